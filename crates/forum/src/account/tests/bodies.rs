//! Organizations, agencies, offices, circles and reference data.

use domain::id::{AccountId, AgencyId, OfficeId};
use domain::people::{Accreditation, AgencyKind, Constituency, Participation, RegistrationMode};
use domain::policy::Denial;
use storage::directory::{AffectedGroup, Category, Helpline, Name, Region, Theme};

use super::world::{World, problem, problems};
use crate::account::{
    AgencyEntry, AppointHolder, CreateInvitation, CreateOffice, DecideAgency, Handover,
    HolidayEntry, ReferenceData,
};
use crate::message::CATEGORIES;
use crate::{Once, Problem, Viewer, Written};

pub(super) fn once() -> Once {
    Once::default()
}

fn name(en: &str) -> Name {
    Name {
        en: en.to_owned(),
        ur: "نام".to_owned(),
    }
}

fn reference() -> ReferenceData {
    let category = |code: &str, parent: Option<&str>| Category {
        code: code.to_owned(),
        parent: parent.map(str::to_owned),
        name: name(code),
        basis: "UNTOC".to_owned(),
        youth_priority: true,
        aliases: String::new(),
    };
    let agency = |code: &str, kind, oversees: &[&str]| AgencyEntry {
        code: code.to_owned(),
        kind,
        region: "PB".to_owned(),
        name: name(code),
        mandate: vec!["TIP".to_owned()],
        oversees: oversees.iter().map(|code| (*code).to_owned()).collect(),
        default_oversight: kind == AgencyKind::Oversight,
        participation: Participation::Listed,
    };
    ReferenceData {
        regions: vec![Region {
            code: "PB".to_owned(),
            iso_3166_2: Some("PK-PB".to_owned()),
            kind: "province".to_owned(),
            name: name("Punjab"),
        }],
        categories: vec![category("TIP", None), category("TIP.LAB", Some("TIP"))],
        themes: vec![Theme {
            code: "SAFE_SPACES".to_owned(),
            name: name("Safe spaces"),
        }],
        groups: vec![AffectedGroup {
            code: "CHILDREN".to_owned(),
            name: name("Children"),
            sensitive: true,
        }],
        helplines: vec![Helpline {
            number: "1121".to_owned(),
            agency: None,
            purpose: "Child protection".to_owned(),
            run_by: "state".to_owned(),
            region: "PB".to_owned(),
            check_before_use: true,
        }],
        holidays: vec![HolidayEntry {
            region: "PB".to_owned(),
            month: 3,
            day: 23,
            name: name("Pakistan Day"),
        }],
        agencies: vec![
            agency("POLICE", AgencyKind::LawEnforcement, &[]),
            agency("NCHR", AgencyKind::Oversight, &["CHILDREN"]),
        ],
    }
}

impl World {
    pub(super) async fn with_agencies() -> (Self, std::sync::Arc<Viewer>) {
        let world = Self::new(RegistrationMode::Open).await;
        world.forum.load_reference(&reference()).await.unwrap();
        let admin = world.administrator().await;
        (world, admin)
    }

    pub(super) fn agency(&self, code: &str) -> AgencyId {
        self.forum.directory().agency_by_code(code).unwrap().id
    }

    async fn office(&self, admin: &Viewer, code: &str) -> OfficeId {
        let input = CreateOffice {
            agency: self.agency(code),
            name_en: "Complaints desk".to_owned(),
            name_ur: "شکایات کا دفتر".to_owned(),
            region: Some("PB".to_owned()),
        };
        match self
            .forum
            .create_office(admin, &input, &once())
            .await
            .unwrap()
        {
            Written::Now(id) => id,
            Written::Before(id) => id.into(),
        }
    }

    async fn appoint(&self, admin: &Viewer, office: OfficeId, account: AccountId) {
        let input = AppointHolder { office, account };
        self.forum
            .appoint_holder(admin, input, &once())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn loading_the_same_reference_data_again_changes_nothing() {
    let (world, admin) = World::with_agencies().await;
    let police = world.agency("POLICE");
    for to in [Participation::Invited, Participation::Answering] {
        world
            .forum
            .set_participation(&admin, police, to, &once())
            .await
            .unwrap();
    }
    let kept = |directory: &storage::directory::Directory| {
        let storage::directory::Directory {
            categories,
            themes,
            regions,
            groups,
            helplines,
            agencies,
            ..
        } = directory.clone();
        (categories, themes, regions, groups, helplines, agencies)
    };
    let before = kept(&world.forum.directory());
    world.forum.load_reference(&reference()).await.unwrap();
    assert_eq!(kept(&world.forum.directory()), before);
    let answering = world.forum.directory().agency(police).unwrap().answers();
    assert!(answering, "what was decided stays");
    assert_eq!(
        world
            .forum
            .directory()
            .agency_by_code("NCHR")
            .unwrap()
            .oversees,
        ["CHILDREN"]
    );
}

#[tokio::test]
async fn reference_data_that_speaks_of_what_is_not_there_is_refused() {
    let world = World::new(RegistrationMode::Open).await;
    let mut data = reference();
    data.categories.swap(0, 1);
    data.agencies[0].mandate.push("NONE".to_owned());
    data.holidays[0].day = 32;
    let found = problems(world.forum.load_reference(&data).await.unwrap_err());
    assert_eq!(
        found,
        [
            ("categories", Problem::Unknown(CATEGORIES)),
            ("holidays", Problem::Invalid("no year has such a day")),
            ("agencies", Problem::Unknown(CATEGORIES)),
        ]
    );
    assert!(world.forum.directory().regions.is_empty());
}

#[tokio::test]
async fn a_forum_is_made_once() {
    let world = World::new(RegistrationMode::Open).await;
    assert!(world.forum.create_forum("Mukalma", true).await.unwrap());
    assert!(!world.forum.create_forum("Another", false).await.unwrap());
    let directory = world.forum.directory();
    let forum = directory.forum.as_ref().unwrap();
    assert_eq!(
        (forum.name.as_str(), forum.demonstration),
        ("Mukalma", true)
    );
}

#[tokio::test]
async fn an_official_speaks_as_the_office_while_holding_it() {
    let (world, admin) = World::with_agencies().await;
    let officer = world.register("officer", Constituency::Official).await;
    let token = officer.session.unwrap().token;
    assert!(!world.viewer(&token).await.unwrap().vouched);
    let office = world.office(&admin, "POLICE").await;
    world.appoint(&admin, office, officer.account).await;
    let viewer = world.viewer(&token).await.unwrap();
    assert!(viewer.vouched && !viewer.agency_answers);
    assert_eq!(viewer.offices, [office]);
    let author = viewer.author.as_ref().unwrap();
    assert_eq!(
        (author.office, author.display_name.as_deref()),
        (Some(office), None)
    );
    assert_eq!(author.constituency, Some(Constituency::Official));

    let police = world.agency("POLICE");
    for to in [Participation::Invited, Participation::Answering] {
        world
            .forum
            .set_participation(&admin, police, to, &once())
            .await
            .unwrap();
    }
    assert!(world.viewer(&token).await.unwrap().agency_answers);
    let suspend = DecideAgency {
        agency: police,
        to: Accreditation::Suspended,
        reason: Some("Under review".to_owned()),
    };
    world
        .forum
        .decide_agency(&admin, &suspend, &once())
        .await
        .unwrap();
    assert!(!world.viewer(&token).await.unwrap().agency_answers);

    let input = AppointHolder {
        office,
        account: officer.account,
    };
    world
        .forum
        .end_holding(&admin, input, &once())
        .await
        .unwrap();
    let after = world.viewer(&token).await.unwrap();
    assert!(!after.vouched && after.offices.is_empty() && after.agency.is_none());
    assert!(after.personas.contains(&author.persona));
    assert_ne!(after.speaks_as, Some(author.persona));
}

#[tokio::test]
async fn an_office_is_handed_over_at_one_moment() {
    let (world, admin) = World::with_agencies().await;
    let office = world.office(&admin, "NCHR").await;
    let from = world
        .register("first", Constituency::Official)
        .await
        .account;
    let to = world
        .register("second", Constituency::Official)
        .await
        .account;
    world.appoint(&admin, office, from).await;
    world.clock.pass(chrono::TimeDelta::days(30));
    let input = Handover { office, from, to };
    world.forum.hand_over(&admin, input, &once()).await.unwrap();
    assert!(world.viewer_of(from).await.offices.is_empty());
    let successor = world.viewer_of(to).await;
    assert_eq!(successor.offices, [office]);
    assert!(successor.agency_oversees);
    let history = world.forum.holders(&admin, office).await.unwrap();
    assert_eq!(
        history.iter().map(|one| one.account).collect::<Vec<_>>(),
        [to, from]
    );
    assert_eq!(history[1].until, Some(history[0].since));
    let again = world
        .forum
        .hand_over(&admin, input, &once())
        .await
        .unwrap_err();
    assert_eq!(problem(again), Problem::NotFound);
}

#[tokio::test]
async fn only_an_official_holds_an_office_and_of_one_agency_alone() {
    let (world, admin) = World::with_agencies().await;
    let police = world.office(&admin, "POLICE").await;
    let nchr = world.office(&admin, "NCHR").await;
    let member = world
        .register("amna", Constituency::CivilSociety)
        .await
        .account;
    let input = AppointHolder {
        office: police,
        account: member,
    };
    let refused = world
        .forum
        .appoint_holder(&admin, input, &once())
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::Denied(Denial::WrongConstituency));
    let officer = world
        .register("officer", Constituency::Official)
        .await
        .account;
    world.appoint(&admin, police, officer).await;
    let input = AppointHolder {
        office: nchr,
        account: officer,
    };
    let refused = world
        .forum
        .appoint_holder(&admin, input, &once())
        .await
        .unwrap_err();
    let other = Problem::Invalid("the account holds an office of another agency");
    assert_eq!(problem(refused), other);
}

#[tokio::test]
async fn an_invitation_into_an_office_makes_its_holder() {
    let (world, admin) = World::with_agencies().await;
    let office = world.office(&admin, "POLICE").await;
    let invitation = CreateInvitation {
        constituency: None,
        organization: None,
        office: Some(office),
        days: 7,
    };
    let code = world
        .forum
        .create_invitation(&admin, invitation)
        .await
        .unwrap()
        .code;
    let mut input = super::registration("officer");
    input.constituency = Constituency::Official;
    input.invitation_code = Some(code);
    let made = world
        .forum
        .register_account(&input, super::HOME)
        .await
        .unwrap();
    let viewer = made.session.unwrap().viewer;
    assert!(viewer.vouched);
    assert_eq!(viewer.offices, [office]);
    let wrong = CreateInvitation {
        constituency: Some(Constituency::Official),
        office: None,
        ..invitation
    };
    let refused = world
        .forum
        .create_invitation(&admin, wrong)
        .await
        .unwrap_err();
    assert_eq!(
        problems(refused),
        [(
            "office",
            Problem::Invalid("officials, and only they, have an office")
        )]
    );
}

#[tokio::test]
async fn an_agency_is_invited_before_it_answers() {
    let (world, admin) = World::with_agencies().await;
    let police = world.agency("POLICE");
    let to = Participation::Answering;
    let refused = world
        .forum
        .set_participation(&admin, police, to, &once())
        .await
        .unwrap_err();
    let problem_of = problems(refused);
    let why = Problem::Invalid("an agency is invited before it answers");
    assert_eq!(problem_of, [("participation", why)]);
}
