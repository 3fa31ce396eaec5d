//! What sanctions keep from whom, and who decides on them.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::act::new_thread;
use super::cast::{SELF, SOMEBODY, concern, post, the, with_duty};
use super::law::{PROPOSER, actor, curb, deeds, id, silenced, theirs, thread};
use super::*;
use crate::id::{AccountId, AgencyId, PersonaId};
use crate::thread::ModerationStatus::{Removed, Visible};

#[test]
fn in_a_thread_from_which_he_is_suspended_somebody_reads_and_is_told_of_nothing() {
    let thread = concern(Audience::Members, Visible);
    let suspended = the("member suspended from the thread").actor;
    assert_eq!(decide(&suspended, &Action::ViewThread(&thread)), Ok(()));
    let follow = decide(&suspended, &Action::Follow(&thread));
    assert_eq!(follow, denied(Denial::Suspended));
    let watch = decide(&suspended, &Action::Watch(&thread));
    assert_eq!(watch, denied(Denial::Suspended));
    assert!(!told_scope(&suspended).holds(&thread, None));
    let silenced = the("member silenced in the thread").actor;
    assert_eq!(decide(&silenced, &Action::Follow(&thread)), Ok(()));
    assert!(told_scope(&silenced).holds(&thread, None));
    let elsewhere = the("member silenced elsewhere").actor;
    assert_eq!(decide(&elsewhere, &Action::AddPost(&thread)), Ok(()));
    for (category, expected) in [
        (Some("DRG"), denied(Denial::Silenced)),
        (Some("TIP"), Ok(())),
        (None, Ok(())),
    ] {
        let new = NewThread {
            category,
            ..new_thread(ThreadKind::Discussion, Audience::Public)
        };
        let silenced = the("member silenced in the category").actor;
        assert_eq!(decide(&silenced, &Action::RaiseThread(new)), expected);
    }
}

#[test]
fn whoever_is_suspended_is_as_a_visitor_but_reads_why() {
    let suspended = the("suspended member").actor;
    let public = concern(Audience::Public, Visible);
    let members = concern(Audience::Members, Visible);
    assert_eq!(decide(&suspended, &Action::ViewThread(&public)), Ok(()));
    let hidden = Err(Refusal::Hidden);
    assert_eq!(decide(&suspended, &Action::ViewThread(&members)), hidden);
    assert_eq!(decide(&suspended, &Action::ManageOwnAccount), Ok(()));
    let own = post(SELF, Removed);
    let reasons = Action::ViewReasons(&public, Some(&own));
    assert_eq!(decide(&suspended, &reasons), Ok(()));
    let another = post(SOMEBODY, Removed);
    let reasons = Action::ViewReasons(&public, Some(&another));
    assert!(decide(&suspended, &reasons).is_err());
    for act in [
        Action::AddPost(&public),
        Action::Follow(&public),
        Action::Flag(&public, None),
        Action::Endorse(&public),
        Action::AllowClient,
        Action::RequestAccreditation,
    ] {
        assert_eq!(decide(&suspended, &act), denied(Denial::Suspended));
    }
    assert!(!told_scope(&suspended).holds(&public, None));
    assert_eq!(reader(&suspended), reader(&Actor::visitor()));
}

#[test]
fn a_panel_is_of_two_constituencies_and_no_official_sits_on_it() {
    let thread = concern(Audience::Public, Visible);
    let subject = Moderated {
        author: SOMEBODY,
        organization: None,
    };
    let civil = with_duty(Duty::Moderator);
    let of = |account, constituency| Actor {
        account: Some(account),
        personas: vec![PersonaId(uuid::Uuid::from_u128(77))],
        constituency: Some(constituency),
        ..civil.clone()
    };
    let another = AccountId(uuid::Uuid::from_u128(11));
    let decided = |proposer: &Actor, decider: &Actor| {
        let proposer = Proposer::of(proposer, &thread, subject);
        decide(decider, &Action::DecideSanction(&thread, subject, proposer))
    };
    let youth = of(another, Constituency::Youth);
    let peer = of(another, Constituency::CivilSociety);
    assert_eq!(decided(&youth, &civil), Ok(()));
    assert_eq!(decided(&civil, &youth), Ok(()));
    assert_eq!(decided(&peer, &civil), denied(Denial::SameConstituency));
    assert_eq!(decided(&civil, &civil), denied(Denial::OwnAct));
    for vouched in [false, true] {
        let official = Actor {
            vouched,
            ..of(another, Constituency::Official)
        };
        assert!(decided(&official, &civil).is_err());
        assert!(decided(&civil, &official).is_err());
        let sanction = Action::Sanction(&thread, subject);
        assert!(decide(&official, &sanction).is_err());
        let lift = Action::LiftSanction(&thread, subject, None);
        assert!(decide(&official, &lift).is_err());
    }
    let former = Actor {
        duties: Vec::new(),
        ..youth.clone()
    };
    assert_eq!(decided(&former, &civil), denied(Denial::ProposerUnfit));
    let gone = Actor::visitor();
    assert_eq!(decided(&gone, &civil), denied(Denial::ProposerUnfit));
    let unvouched = Actor {
        vouched: false,
        ..youth
    };
    assert_eq!(decided(&unvouched, &civil), denied(Denial::ProposerUnfit));
    assert_eq!(decided(&civil, &unvouched), denied(Denial::NotVouched));
}

#[test]
fn a_silenced_member_reads_but_does_not_speak() {
    let silenced = the("silenced member").actor;
    let thread = concern(Audience::Members, Visible);
    assert_eq!(decide(&silenced, &Action::ViewThread(&thread)), Ok(()));
    assert_eq!(decide(&silenced, &Action::Follow(&thread)), Ok(()));
    assert_eq!(decide(&silenced, &Action::ManageOwnAccount), Ok(()));
    assert_eq!(
        decide(&silenced, &Action::AddPost(&thread)),
        denied(Denial::Silenced)
    );
    assert_eq!(
        decide(&silenced, &Action::Endorse(&thread)),
        denied(Denial::Silenced)
    );
    let new = new_thread(ThreadKind::Discussion, Audience::Public);
    assert_eq!(
        decide(&silenced, &Action::RaiseThread(new)),
        denied(Denial::Silenced)
    );
    let own = post(SELF, Visible);
    assert_eq!(
        decide(&silenced, &Action::EditPost(&thread, &own)),
        denied(Denial::Silenced)
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_sanction_only_ever_takes_away(
        actor in actor(), more in curb(), thread in thread(), post in super::law::post(),
        agency in id::<AgencyId>(),
    ) {
        let mut under = actor.clone();
        under.sanctions.standing.push(more);
        let under = curbed(under);
        for deed in deeds(&thread, &post, agency) {
            prop_assert!(
                decide(&under, &deed).is_err() || decide(&actor, &deed).is_ok(), "{:?}", deed
            );
        }
        prop_assert!(!told_scope(&under).holds(&thread, None)
            || told_scope(&actor).holds(&thread, None));
    }

    #[test]
    fn a_member_is_told_of_what_he_may_watch(actor in actor(), thread in thread()) {
        let watches = decide(&actor, &Action::Watch(&thread)).is_ok();
        let told = told_scope(&actor).holds(&thread, None);
        prop_assert_eq!(told, watches && !actor.sanctions.bar());
    }

    #[test]
    fn no_official_ever_sanctions_and_nobody_with_one_of_his_own(
        actor in actor(), thread in thread(),
    ) {
        let theirs = theirs(&thread);
        let acts = [
            Action::Sanction(&thread, theirs),
            Action::DecideSanction(&thread, theirs, PROPOSER),
            Action::LiftSanction(&thread, theirs, None),
        ];
        let official = actor.constituency == Some(Constituency::Official)
            || actor.agency.is_some();
        let may = acts.iter().any(|act| decide(&actor, act).is_ok());
        prop_assert!(!(official && may));
        let decides = decide(&actor, &acts[1]).is_ok();
        prop_assert!(!decides || actor.constituency != PROPOSER.constituency);
        prop_assert!(!may || !actor.personas.contains(&thread.raiser));
    }

    #[test]
    fn to_be_silenced_takes_no_sight(actor in actor()) {
        let silenced = silenced(&actor);
        prop_assert_eq!(scope(&silenced), scope(&actor));
        prop_assert_eq!(post_scope(&silenced), post_scope(&actor));
        prop_assert_eq!(facts_scope(&silenced), facts_scope(&actor));
    }
}
