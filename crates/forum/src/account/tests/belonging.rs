//! Organizations, their members, and circles.

use domain::people::{Accreditation, Constituency};
use domain::policy::Denial;

use super::bodies::once;
use super::world::{World, problem, problems};
use crate::account::{CreateCircle, CreateOffice, DecideAccreditation, DecideMembership};
use crate::{Once, Problem, Written};

#[tokio::test]
async fn every_affiliation_has_a_persona_of_its_own() {
    let (world, admin) = World::with_agencies().await;
    let founder = world.register("amna", Constituency::CivilSociety).await;
    let token = founder.session.unwrap().token;
    let alone = world.viewer(&token).await.unwrap();
    let asked = world
        .forum
        .request_accreditation(&alone, "Legal Aid Circle", &once())
        .await;
    let Written::Now(organization) = asked.unwrap() else {
        panic!("done before")
    };
    assert_eq!(world.viewer(&token).await.unwrap().organization, None);

    let decide = |to, reason: Option<&str>| DecideAccreditation {
        organization,
        to,
        reason: reason.map(str::to_owned),
    };
    let approved = decide(Accreditation::Approved, None);
    world
        .forum
        .decide_accreditation(&admin, &approved, &once())
        .await
        .unwrap();
    let member = world.viewer(&token).await.unwrap();
    assert_eq!(member.organization, Some(organization));
    assert_eq!(
        member.author.as_ref().unwrap().organization,
        Some(organization)
    );
    assert_ne!(member.speaks_as, alone.speaks_as);

    let again = world
        .forum
        .decide_accreditation(&admin, &approved, &once())
        .await
        .unwrap_err();
    assert_eq!(
        problem(again),
        Problem::Invalid("this decision cannot follow here")
    );
    let silent = decide(Accreditation::Suspended, Some(" "));
    let refused = world
        .forum
        .decide_accreditation(&admin, &silent, &once())
        .await
        .unwrap_err();
    assert_eq!(
        problems(refused),
        [("reason", Problem::Invalid("a reason is needed"))]
    );
    let suspended = decide(Accreditation::Suspended, Some("Its papers lapsed"));
    world
        .forum
        .decide_accreditation(&admin, &suspended, &once())
        .await
        .unwrap();
    let after = world.viewer(&token).await.unwrap();
    assert_eq!(after.organization, None);
    assert_eq!(
        after.speaks_as, alone.speaks_as,
        "the same affiliation, the same persona"
    );
    assert_eq!(after.personas.len(), 2);
}

#[tokio::test]
async fn members_decide_on_members() {
    let (world, admin) = World::with_agencies().await;
    let founder = world
        .register("amna", Constituency::CivilSociety)
        .await
        .account;
    let founding = world.viewer_of(founder).await;
    let asked = world
        .forum
        .request_accreditation(&founding, "Legal Aid", &once())
        .await
        .unwrap();
    let Written::Now(organization) = asked else {
        panic!("done before")
    };
    let joiner = world.register("zara", Constituency::Youth).await.account;
    let joining = world.viewer_of(joiner).await;
    let early = world
        .forum
        .join_organization(&joining, organization, &once())
        .await
        .unwrap_err();
    assert_eq!(problem(early), Problem::NotFound);
    let approved = DecideAccreditation {
        organization,
        to: Accreditation::Approved,
        reason: None,
    };
    world
        .forum
        .decide_accreditation(&admin, &approved, &once())
        .await
        .unwrap();
    world
        .forum
        .join_organization(&joining, organization, &once())
        .await
        .unwrap();

    let input = DecideMembership {
        organization,
        account: joiner,
        to: Accreditation::Approved,
        reason: None,
    };
    let own = world
        .forum
        .decide_membership(&joining, &input, &once())
        .await
        .unwrap_err();
    assert_eq!(problem(own), Problem::Denied(Denial::DutyRequired));
    let founding = world.viewer_of(founder).await;
    world
        .forum
        .decide_membership(&founding, &input, &once())
        .await
        .unwrap();
    assert_eq!(
        world.viewer_of(joiner).await.organization,
        Some(organization)
    );
    assert_eq!(
        world
            .forum
            .members(&founding, organization)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_circle_takes_in_who_is_vouched_for_and_no_official() {
    let (world, admin) = World::with_agencies().await;
    let input = CreateCircle {
        code: "YOUTH".to_owned(),
        name_en: "Youth room".to_owned(),
        name_ur: "نوجوانوں کا کمرہ".to_owned(),
    };
    let made = world
        .forum
        .create_circle(&admin, &input, &once())
        .await
        .unwrap();
    let Written::Now(circle) = made else {
        panic!("done before")
    };
    let taken = world
        .forum
        .create_circle(&admin, &input, &once())
        .await
        .unwrap_err();
    assert_eq!(problems(taken), [("code", Problem::Taken)]);
    let add = async |account| {
        world
            .forum
            .add_circle_member(&admin, circle, account, &once())
            .await
            .map_err(problem)
    };
    let young = world.register("zara", Constituency::Youth).await.account;
    assert_eq!(
        add(young).await.unwrap_err(),
        Problem::Denied(Denial::NotVouched)
    );
    let officer = world
        .register("officer", Constituency::Official)
        .await
        .account;
    assert_eq!(
        add(officer).await.unwrap_err(),
        Problem::Denied(Denial::WrongConstituency)
    );
    let own = admin.account.unwrap();
    assert_eq!(add(own).await.unwrap_err(), Problem::Denied(Denial::OwnAct));
    let member = world.register("amna", Constituency::Expert).await.account;
    add(member).await.unwrap();
    let viewer = world.viewer_of(member).await;
    assert_eq!(viewer.circles, [circle]);
    world
        .forum
        .remove_circle_member(&viewer, circle, member, &once())
        .await
        .unwrap();
    assert!(world.viewer_of(member).await.circles.is_empty());
}

#[tokio::test]
async fn a_repeated_key_does_nothing_a_second_time() {
    let (world, admin) = World::with_agencies().await;
    let input = CreateOffice {
        agency: world.agency("POLICE"),
        name_en: "Complaints desk".to_owned(),
        name_ur: "شکایات کا دفتر".to_owned(),
        region: None,
    };
    let key = Once {
        key: Some("one".to_owned()),
        input_hash: [3; 32],
        confirmed: false,
    };
    let first = world
        .forum
        .create_office(&admin, &input, &key)
        .await
        .unwrap();
    let Written::Now(office) = first else {
        panic!("done before")
    };
    let second = world
        .forum
        .create_office(&admin, &input, &key)
        .await
        .unwrap();
    assert_eq!(second, Written::Before(office.into()));
    assert_eq!(world.forum.directory().offices.len(), 1);
    let other = Once {
        input_hash: [4; 32],
        ..key
    };
    let reused = world
        .forum
        .create_office(&admin, &input, &other)
        .await
        .unwrap_err();
    assert_eq!(problem(reused), Problem::IdempotencyKeyReused);
}
