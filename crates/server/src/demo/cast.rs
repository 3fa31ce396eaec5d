//! The people of the demonstration, and the bodies they belong to.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::people::{Accreditation, Constituency, Duty, Language, Participation};
use forum::account::{
    AppointHolder, CreateCircle, CreateOffice, DecideAccreditation, DecideMembership,
    InstallAccount,
};
use forum::{Error, Forum, Once, Viewer};
use futures_util::future::try_join_all;

use super::password;
use super::stage::Stage;

pub(super) const CIVIL: &str = "demo-civil";
pub(super) const YOUTH: &str = "demo-youth";
pub(super) const EXPERT: &str = "demo-expert";
pub(super) const OFFICIAL: &str = "demo-official";
pub(super) const OVERSIGHT: &str = "demo-oversight";
pub(super) const MODERATOR: &str = "demo-moderator";
pub(super) const MODERATOR_2: &str = "demo-moderator-2";
pub(super) const MODERATOR_3: &str = "demo-moderator-3";
pub(super) const CUSTODIAN: &str = "demo-custodian";
pub(super) const CONVENOR: &str = "demo-convenor";
pub(super) const ADMIN: &str = "demo-admin";
/// Somebody whose first thread waits for a moderator. Nobody signs in as him.
pub(super) const NEWCOMER: &str = "demo-newcomer";

/// An account of the demonstration.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// The name to sign in with.
    pub login: &'static str,
    /// Who it is, for whoever chooses one to try.
    pub who: &'static str,
    name: &'static str,
    constituency: Constituency,
    language: Language,
    pub(super) duties: &'static [Duty],
}

impl Account {
    const fn new(
        login: &'static str,
        name: &'static str,
        constituency: Constituency,
        who: &'static str,
    ) -> Self {
        Self {
            login,
            who,
            name,
            constituency,
            language: Language::En,
            duties: &[],
        }
    }

    const fn with(self, duties: &'static [Duty]) -> Self {
        Self { duties, ..self }
    }

    const fn in_urdu(self) -> Self {
        Self {
            language: Language::Ur,
            ..self
        }
    }

    /// What others know of the account.
    pub(super) fn known(&self) -> [&'static str; 2] {
        [self.login, self.name]
    }

    fn installed(&self, password: &str) -> InstallAccount {
        InstallAccount {
            login: self.login.to_owned(),
            display_name: self.name.to_owned(),
            password: password.to_owned(),
            constituency: self.constituency,
            language: self.language,
            duties: self.duties.to_vec(),
        }
    }
}

/// The accounts that are announced.
pub const ACCOUNTS: &[Account] = &[
    Account::new(
        CIVIL,
        "Civil society voice",
        Constituency::CivilSociety,
        "a member of the Pakistan Civil Society Alliance",
    ),
    Account::new(
        YOUTH,
        "Youth voice",
        Constituency::Youth,
        "a young person, in the youth circle",
    ),
    Account::new(
        EXPERT,
        "Academic voice",
        Constituency::Expert,
        "an academic expert, in the women's circle",
    ),
    Account::new(
        OFFICIAL,
        "Officer of Punjab Police",
        Constituency::Official,
        "the holder of the office SP Investigation, Lahore",
    ),
    Account::new(
        OVERSIGHT,
        "قومی کمیشن کا اہلکار",
        Constituency::Official,
        "an officer of the National Commission for Human Rights; reads Urdu",
    )
    .in_urdu(),
    Account::new(
        MODERATOR,
        "Moderator",
        Constituency::CivilSociety,
        "a moderator, with a concern waiting to be released",
    )
    .with(&[Duty::Moderator]),
    // Any two of them are a panel, and one is left for the appeal against it. They are
    // of no organization, so that each moderates what everybody else here wrote.
    Account::new(
        MODERATOR_2,
        "Second moderator",
        Constituency::Youth,
        "a moderator who speaks for youth: sanctions and demands take two",
    )
    .with(&[Duty::Moderator]),
    Account::new(
        MODERATOR_3,
        "Third moderator",
        Constituency::Expert,
        "a moderator who is an expert: decides on appeals against the two",
    )
    .with(&[Duty::Moderator]),
    Account::new(
        CUSTODIAN,
        "امین",
        Constituency::CivilSociety,
        "a custodian, of the Centre for Human Rights; reads Urdu",
    )
    .with(&[Duty::Custodian])
    .in_urdu(),
    Account::new(
        CONVENOR,
        "Convenor",
        Constituency::Expert,
        "a convenor, who gathers the findings",
    )
    .with(&[Duty::Convenor]),
    Account::new(
        ADMIN,
        "Administrator",
        Constituency::CivilSociety,
        "an administrator",
    )
    .with(&[Duty::Administrator]),
];

/// Makes the announced accounts.
pub(super) async fn enter(
    forum: &Forum,
    password: &str,
) -> Result<BTreeMap<&'static str, Arc<Viewer>>, Error> {
    let all = ACCOUNTS.iter().map(|account| one(forum, account, password));
    Ok(try_join_all(all).await?.into_iter().collect())
}

/// Makes the newcomer, whose password nobody knows.
pub(super) async fn enter_newcomer(stage: &mut Stage) -> Result<(), Error> {
    let account = Account::new(NEWCOMER, "Newcomer", Constituency::CivilSociety, "");
    let unknown = password::generate(stage.forum.settings().password_min);
    let (login, viewer) = one(&stage.forum, &account, &unknown).await?;
    stage.enter(login, viewer);
    Ok(())
}

async fn one(
    forum: &Forum,
    account: &Account,
    password: &str,
) -> Result<(&'static str, Arc<Viewer>), Error> {
    let made = forum.install_account(&account.installed(password)).await?;
    let viewer = forum.viewer_of_account(made.account).await?;
    let viewer = viewer.ok_or(Error::Internal("an installed account"))?;
    Ok((account.login, viewer))
}

/// Has agencies take part, opens their offices and fills them, accepts the
/// organizations, and opens the circles.
pub(super) async fn settle(stage: &mut Stage) -> Result<(), Error> {
    use Participation::{Answering, Invited};
    for (code, steps) in [
        ("POL_PB", &[Invited, Answering][..]),
        ("NCHR", &[Invited, Answering]),
        ("NCCIA", &[Invited, Answering]),
        ("FIA", &[Invited]),
    ] {
        let agency = stage.agency(code)?;
        for to in steps {
            let admin = stage.viewer(ADMIN);
            stage
                .forum
                .set_participation(&admin, agency, *to, &Once::default())
                .await?;
        }
        // Its story is told by one officer each.
        let admin = stage.viewer(ADMIN);
        stage
            .forum
            .set_second_officer(&admin, agency, false, &Once::default())
            .await?;
    }
    for office in OFFICES {
        open_office(stage, office).await?;
    }
    accept_organizations(stage).await?;
    for circle in CIRCLES {
        open_circle(stage, circle).await?;
    }
    let logins: Vec<&str> = ACCOUNTS.iter().map(|account| account.login).collect();
    stage.refresh(&logins).await
}

struct Office {
    agency: &'static str,
    name_en: &'static str,
    name_ur: &'static str,
    region: Option<&'static str>,
    holder: Option<&'static str>,
}

/// The first office of an agency for a region is where its concerns go.
const OFFICES: &[Office] = &[
    Office {
        agency: "POL_PB",
        name_en: "SP Investigation, Lahore",
        name_ur: "ایس پی انویسٹی گیشن، لاہور",
        region: Some("PB"),
        holder: Some(OFFICIAL),
    },
    Office {
        agency: "POL_PB",
        name_en: "Complaints desk, Central Police Office",
        name_ur: "شکایات ڈیسک، سنٹرل پولیس آفس",
        region: None,
        holder: None,
    },
    Office {
        agency: "NCHR",
        name_en: "Regional office, Punjab",
        name_ur: "علاقائی دفتر، پنجاب",
        region: Some("PB"),
        holder: Some(OVERSIGHT),
    },
    // It has nobody who answers yet: its silence shows.
    Office {
        agency: "NCCIA",
        name_en: "Cybercrime reporting centre, Lahore",
        name_ur: "سائبر کرائم رپورٹنگ سینٹر، لاہور",
        region: Some("PB"),
        holder: None,
    },
];

async fn open_office(stage: &mut Stage, office: &Office) -> Result<(), Error> {
    let admin = stage.viewer(ADMIN);
    stage.pass(TimeDelta::minutes(1));
    let new = CreateOffice {
        agency: stage.agency(office.agency)?,
        name_en: office.name_en.to_owned(),
        name_ur: office.name_ur.to_owned(),
        region: office.region.map(str::to_owned),
    };
    let once = Once::default();
    let id = stage
        .forum
        .create_office(&admin, &new, &once)
        .await?
        .id(|id| id.0);
    if let Some(holder) = office.holder {
        let account = stage.account(holder)?;
        let holder = AppointHolder {
            office: id.into(),
            account,
        };
        stage.forum.appoint_holder(&admin, holder, &once).await?;
    }
    Ok(())
}

/// Both organizations are the report's own. A member of the second asks for
/// it, a young person joins, and the member accepts.
async fn accept_organizations(stage: &mut Stage) -> Result<(), Error> {
    let (admin, once) = (stage.viewer(ADMIN), Once::default());
    let mut joined = None;
    for (name, asks) in [
        ("Pakistan Civil Society Alliance", CIVIL),
        ("Centre for Human Rights", CUSTODIAN),
    ] {
        stage.pass(TimeDelta::minutes(1));
        let asked = stage
            .forum
            .request_accreditation(&stage.viewer(asks), name, &once)
            .await?;
        let organization = asked.id(|id| id.0).into();
        let decision = DecideAccreditation {
            organization,
            to: Accreditation::Approved,
            reason: None,
        };
        stage
            .forum
            .decide_accreditation(&admin, &decision, &once)
            .await?;
        stage.refresh(&[asks]).await?;
        joined = Some(organization);
    }
    let organization = joined.ok_or(Error::Internal("an organization"))?;
    stage
        .forum
        .join_organization(&stage.viewer(YOUTH), organization, &once)
        .await?;
    let decision = DecideMembership {
        organization,
        account: stage.account(YOUTH)?,
        to: Accreditation::Approved,
        reason: None,
    };
    stage
        .forum
        .decide_membership(&stage.viewer(CUSTODIAN), &decision, &once)
        .await?;
    Ok(())
}

struct Circle {
    code: &'static str,
    name_en: &'static str,
    name_ur: &'static str,
    members: &'static [&'static str],
}

const CIRCLES: &[Circle] = &[
    Circle {
        code: "YOUTH",
        name_en: "Youth circle",
        name_ur: "نوجوانوں کا حلقہ",
        members: &[YOUTH, MODERATOR, MODERATOR_2],
    },
    Circle {
        code: "WOMEN",
        name_en: "Women's circle",
        name_ur: "خواتین کا حلقہ",
        members: &[CIVIL, EXPERT, MODERATOR, MODERATOR_3],
    },
];

async fn open_circle(stage: &mut Stage, circle: &Circle) -> Result<(), Error> {
    let (admin, once) = (stage.viewer(ADMIN), Once::default());
    let new = CreateCircle {
        code: circle.code.to_owned(),
        name_en: circle.name_en.to_owned(),
        name_ur: circle.name_ur.to_owned(),
    };
    let id = stage
        .forum
        .create_circle(&admin, &new, &once)
        .await?
        .id(|id| id.0)
        .into();
    for member in circle.members {
        let account = stage.account(member)?;
        stage
            .forum
            .add_circle_member(&admin, id, account, &once)
            .await?;
    }
    Ok(())
}
