//! What a partner app may do never goes beyond what the one it acts for may.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::RngSeed;
use uuid::Uuid;

use super::super::app::{Belongs, belongs};
use super::super::{
    Action, Barred, Denial, NewThread, Opening, Refusal, decide, facts_scope, let_in, post_scope,
    reader, scope,
};
use super::law::{actor, deeds, post, thread};
use crate::id::{AccountId, AgencyId, ClientId, OrganizationId};
use crate::partner::{AccessScope, AccessScopes, Through};
use crate::people::{Actor, Constituency};
use crate::thread::{AboutKind, Audience, ThreadKind};

fn through(scopes: impl IntoIterator<Item = AccessScope>) -> Through {
    Through {
        client: ClientId(Uuid::from_u128(1)),
        scopes: scopes.into_iter().collect(),
    }
}

fn scopes() -> impl Strategy<Value = Vec<AccessScope>> {
    subsequence(AccessScope::ALL, 0..=AccessScope::ALL.len())
}

prop_compose! {
    fn new_thread()(
        kind in select(ThreadKind::ALL),
        audience in select(Audience::ALL),
        about in proptest::option::of(select(AboutKind::ALL)),
        demonstration: bool,
    ) -> NewThread<'static> {
        NewThread { kind, audience, circle: None, category: None, about, demonstration }
    }
}

/// What is done without a thread.
fn without_thread(new: NewThread<'static>) -> Vec<Action<'static>> {
    let account = AccountId(Uuid::from_u128(11));
    let organization = OrganizationId(Uuid::from_u128(1));
    vec![
        Action::RaiseThread(new),
        Action::ManageOwnAccount,
        Action::RequestAccreditation,
        Action::Administer,
        Action::Vouch(account, Constituency::Youth),
        Action::ViewMembers(organization),
        Action::DecideMember(organization, account),
        Action::RemoveFromCircle(account),
        Action::ManageClients(organization),
        Action::AllowClient,
        Action::WatchFeed,
        Action::ViewStatistics,
        Action::ManageWebhooks(organization),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever the scopes: what an app is allowed, the one it acts for is,
    /// and the scope that the action belongs to is among them.
    #[test]
    fn no_scope_ever_widens(
        actor in actor(), thread in thread(), post in post(), new in new_thread(),
        scopes in scopes(),
    ) {
        let himself = Actor { organization: Some(OrganizationId(Uuid::from_u128(1))), ..actor };
        let app = Actor { through: Some(through(scopes.clone())), ..himself.clone() };
        let mut all = deeds(&thread, &post, AgencyId(Uuid::from_u128(1)));
        all.extend(without_thread(new));
        for action in all {
            if decide(&app, &action).is_ok() {
                prop_assert!(decide(&himself, &action).is_ok(), "{action:?}");
                let Belongs::To(scope) = belongs(&action) else {
                    panic!("no app does {action:?}");
                };
                prop_assert!(scopes.contains(&scope), "{action:?}");
            }
        }
        for (narrow, whole) in [
            (scope(&app), scope(&himself)),
            (facts_scope(&app), facts_scope(&himself)),
            (post_scope(&app), post_scope(&himself)),
        ] {
            prop_assert!(
                !narrow.holds(&thread, Some(&post)) || whole.holds(&thread, Some(&post))
            );
        }
    }

    /// More scopes never give less, so that nobody gains by asking for fewer.
    #[test]
    fn a_scope_more_takes_nothing_away(
        actor in actor(), thread in thread(), post in post(), scopes in scopes(),
    ) {
        let app = Actor { through: Some(through(scopes)), ..actor.clone() };
        let whole = Actor { through: Some(through(AccessScope::ALL.iter().copied())), ..actor };
        for action in deeds(&thread, &post, AgencyId(Uuid::from_u128(1))) {
            prop_assert!(decide(&app, &action).is_err() || decide(&whole, &action).is_ok());
        }
    }

    /// Nothing sealed, held or removed, and nothing of a narrower circle than
    /// all members, whoever it acts for.
    #[test]
    fn an_app_is_given_nothing_sealed_held_or_removed(
        actor in actor(), thread in thread(), post in post(), new in new_thread(),
    ) {
        let app = Actor { through: Some(through(AccessScope::ALL.iter().copied())), ..actor };
        prop_assert!(!facts_scope(&app).holds(&thread, None));
        let wide = matches!(thread.audience, Audience::Public | Audience::Members);
        if !wide || !thread.status.is_open() {
            for action in deeds(&thread, &post, AgencyId(Uuid::from_u128(1))) {
                prop_assert_eq!(decide(&app, &action), Err(Refusal::Hidden));
            }
        }
        prop_assert!(post.status.is_open() || !post_scope(&app).holds(&thread, Some(&post)));
        let raised = decide(&app, &Action::RaiseThread(new)).is_ok();
        prop_assert!(!raised || matches!(new.audience, Audience::Public | Audience::Members));
    }

    /// An app that acts for its organization has what a visitor has, at most.
    #[test]
    fn an_app_without_a_person_sees_what_a_visitor_sees(
        thread in thread(), post in post(), scopes in scopes(),
    ) {
        let reads = scopes.contains(&AccessScope::ThreadsRead);
        let app = Actor {
            organization: Some(OrganizationId(Uuid::from_u128(1))),
            through: Some(through(scopes)),
            ..Actor::visitor()
        };
        let seen = scope(&Actor::visitor()).holds(&thread, None);
        prop_assert_eq!(scope(&app).holds(&thread, None), reads && seen);
        for action in deeds(&thread, &post, AgencyId(Uuid::from_u128(1))) {
            prop_assert!(decide(&app, &action).is_err() || decide(&Actor::visitor(), &action).is_ok());
        }
    }

    /// What is made for one reader and given to those alike is never made for
    /// one who may read more.
    #[test]
    fn an_app_is_a_reader_of_its_own(actor in actor(), scopes in scopes()) {
        let app = Actor { through: Some(through(scopes)), ..actor };
        prop_assert!(reader(&app).is_none_or(|reader| reader.through == app.through));
    }
}

#[test]
fn without_its_scope_an_app_is_told_which_one_it_lacks() {
    let person = super::member(Constituency::CivilSociety);
    let new = NewThread {
        kind: ThreadKind::Discussion,
        audience: Audience::Public,
        circle: None,
        category: None,
        about: None,
        demonstration: false,
    };
    let app = Actor {
        through: Some(through([AccessScope::ThreadsRead])),
        ..person
    };
    let lacks = Denial::ScopeRequired(AccessScope::ThreadsWrite);
    let denied = Err(Refusal::Denied(lacks));
    assert_eq!(decide(&app, &Action::RaiseThread(new)), denied);
    let own = decide(&app, &Action::ManageOwnAccount);
    assert_eq!(own, Err(Refusal::Denied(Denial::NotForApps)));
}

#[test]
fn an_opening_takes_its_scopes_of_apps_and_of_nobody_else() {
    const READ: Opening = Opening::Scopes(&[AccessScope::ThreadsRead, AccessScope::EventsRead]);
    const WRITE: Opening = Opening::Person(&[AccessScope::ThreadsWrite]);
    let app = |scopes: &[AccessScope]| Actor {
        through: Some(through(scopes.iter().copied())),
        ..Actor::visitor()
    };
    let reads = app(&[AccessScope::ThreadsRead]);
    let lacks: AccessScopes = [AccessScope::EventsRead].into_iter().collect();
    assert_eq!(let_in(&reads, READ), Err(Barred::Lacks(lacks)));
    assert_eq!(let_in(&app(AccessScope::ALL), READ), Ok(()));
    assert_eq!(let_in(&app(AccessScope::ALL), WRITE), Err(Barred::NoPerson));
    let for_somebody = Actor {
        account: Some(AccountId(Uuid::from_u128(1))),
        ..app(AccessScope::ALL)
    };
    assert_eq!(let_in(&for_somebody, WRITE), Ok(()));
    assert_eq!(let_in(&for_somebody, Opening::Closed), Err(Barred::Closed));
    assert_eq!(let_in(&app(&[]), Opening::Open), Ok(()));
    for opening in [READ, WRITE, Opening::Closed] {
        assert_eq!(let_in(&Actor::visitor(), opening), Ok(()));
    }
}
