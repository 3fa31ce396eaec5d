//! The rules of the policy as sentences, as laws, and as a printed table.
//!
//! Who sees what is here; who may do what is in `act`.

mod act;
mod app;
mod cast;
mod law;
mod sanction;
mod table;
mod trust;

use cast::{SELF, SOMEBODY, Subject, about, concern, everybody, member, post, the, with_duty};

use super::*;
use crate::people::Duty;
use crate::thread::ModerationStatus::{Held, Minimized, Removed, Visible};

fn denied(denial: Denial) -> Result<(), Refusal> {
    Err(Refusal::Denied(denial))
}

fn sees(subject: &Subject, thread: &ThreadFacts) -> bool {
    decide(&subject.actor, &Action::ViewThread(thread)).is_ok()
}

/// Who of everybody sees the thread, by name.
fn seen_by(audience: Audience, status: crate::thread::ModerationStatus) -> Vec<&'static str> {
    everybody()
        .iter()
        .filter(|subject| sees(subject, &subject.thread(audience, status)))
        .map(|subject| subject.name)
        .collect()
}

/// Who of everybody may do it with a visible concern, by name.
fn done_by(
    audience: Audience,
    shape: impl Fn(ThreadFacts) -> ThreadFacts,
    act: impl Fn(&ThreadFacts) -> Action<'_>,
) -> Vec<&'static str> {
    everybody()
        .iter()
        .filter(|subject| {
            let thread = shape(subject.thread(audience, Visible));
            decide(&subject.actor, &act(&thread)).is_ok()
        })
        .map(|subject| subject.name)
        .collect()
}

#[test]
fn a_confidential_concern_is_absent_for_everyone_it_does_not_name() {
    let expected = [
        "official at the assigned desk",
        "official complained about at the assigned desk",
        "official of the oversight body",
        "official of the oversight body that it is assigned to",
        "official invited",
        "moderator who claimed it",
        "moderator who raised it",
        "raiser",
        "silenced raiser",
        "participant",
    ];
    assert_eq!(seen_by(Audience::Confidential, Visible), expected);
    assert_eq!(seen_by(Audience::Confidential, Minimized), expected);
}

/// Whether somebody has no account, or is kept out of everything.
fn is_out(name: &str) -> bool {
    ["visitor", "suspended member", "suspended moderator"].contains(&name)
}

#[test]
fn a_public_thread_is_there_for_all() {
    let all: Vec<_> = everybody().iter().map(|subject| subject.name).collect();
    assert_eq!(seen_by(Audience::Public, Visible), all);
    assert_eq!(seen_by(Audience::Public, Minimized), all);
    let members: Vec<_> = all.into_iter().filter(|name| !is_out(name)).collect();
    assert_eq!(seen_by(Audience::Members, Visible), members);
}

#[test]
fn what_is_held_is_seen_by_its_author_and_moderators_alone() {
    let expected = [
        "moderator",
        "moderator who claimed it",
        "moderator who raised it",
        "raiser",
        "silenced raiser",
    ];
    for audience in Audience::ALL {
        assert_eq!(seen_by(*audience, Held), expected, "{audience}");
    }
}

#[test]
fn what_is_removed_is_seen_by_its_author_and_the_moderators_of_its_audience() {
    let everywhere = ["moderator who raised it", "raiser", "silenced raiser"];
    for audience in Audience::ALL {
        let seen = seen_by(*audience, Removed);
        let moderators = match audience {
            Audience::Public | Audience::Members | Audience::Caucus | Audience::Officials => {
                vec!["moderator", "moderator who claimed it"]
            }
            Audience::Circle => vec![],
            Audience::Confidential => vec!["moderator who claimed it"],
        };
        let expected: Vec<_> = moderators.into_iter().chain(everywhere).collect();
        assert_eq!(seen, expected, "{audience}");
    }
}

#[test]
fn a_held_or_removed_post_is_seen_by_its_author_and_moderators() {
    let thread = concern(Audience::Public, Visible);
    let view = |actor: &Actor, post: &PostFacts| decide(actor, &Action::ViewPost(&thread, post));
    for status in [Held, Removed] {
        let own = post(SELF, status);
        let another = post(SOMEBODY, status);
        let author = member(Constituency::Youth);
        assert_eq!(view(&author, &own), Ok(()));
        assert_eq!(view(&author, &another), Err(Refusal::Hidden));
        assert_eq!(view(&with_duty(Duty::Moderator), &another), Ok(()));
        assert_eq!(view(&Actor::visitor(), &another), Err(Refusal::Hidden));
    }
    assert_eq!(view(&Actor::visitor(), &post(SOMEBODY, Minimized)), Ok(()));
}

#[test]
fn what_a_text_was_before_is_read_by_its_author_and_moderators_and_of_an_office_by_the_raiser() {
    let read = |revised: Revised| {
        let public = |thread: ThreadFacts| thread;
        done_by(Audience::Public, public, |thread| {
            Action::ViewRevisions(thread, None, revised)
        })
    };
    let another = Revised {
        author: SOMEBODY,
        organization: None,
        agency: None,
        moved: false,
    };
    let moderators = ["moderator", "moderator who claimed it"];
    assert_eq!(read(another), moderators);
    let raisers = ["moderator who raised it", "raiser", "silenced raiser"];
    let own = Revised {
        author: cast::RAISER,
        ..another
    };
    assert_eq!(read(own), [&moderators[..], &raisers].concat());
    let of_an_office = Revised {
        agency: Some(cast::ASSIGNED),
        ..another
    };
    assert_eq!(read(of_an_office), read(own));
    let from_elsewhere = Revised {
        moved: true,
        ..of_an_office
    };
    assert_eq!(read(from_elsewhere), moderators);
}

#[test]
fn nobody_reads_by_his_duty_what_a_text_of_his_own_organization_was_before() {
    let moderator = Actor {
        organization: Some(cast::ORGANIZATION),
        ..with_duty(Duty::Moderator)
    };
    let thread = concern(Audience::Public, Visible);
    let revised = |organization| Revised {
        author: SOMEBODY,
        organization: Some(organization),
        agency: None,
        moved: false,
    };
    let read = |of: Revised| decide(&moderator, &Action::ViewRevisions(&thread, None, of));
    assert_eq!(read(revised(cast::OTHER_ORGANIZATION)), Ok(()));
    let own = read(revised(cast::ORGANIZATION));
    assert_eq!(own, denied(Denial::NotTheAuthor));
}

#[test]
fn the_caucus_is_absent_for_officials_and_those_not_vouched_for() {
    let seen = seen_by(Audience::Caucus, Visible);
    for subject in everybody() {
        let actor = &subject.actor;
        let belongs = actor.vouched && actor.constituency != Some(Constituency::Official);
        assert_eq!(seen.contains(&subject.name), belongs, "{}", subject.name);
    }
}

#[test]
fn the_officials_room_is_absent_for_all_but_answering_officials_moderators_and_the_raiser() {
    assert_eq!(
        seen_by(Audience::Officials, Visible),
        [
            "official at the assigned desk",
            "official of the same agency at another office",
            "official complained about",
            "official complained about at the assigned desk",
            "official of the oversight body",
            "official of the oversight body that it is assigned to",
            "official invited",
            "moderator",
            "moderator who claimed it",
            "moderator who raised it",
            "raiser",
            "silenced raiser",
            "official counted in the circle",
        ]
    );
}

#[test]
fn a_circle_is_absent_for_officials_it_did_not_invite_and_for_moderators_not_of_it() {
    let expected = [
        "official invited",
        "moderator who raised it",
        "raiser",
        "silenced raiser",
        "participant",
        "member of the circle",
    ];
    assert_eq!(seen_by(Audience::Circle, Visible), expected);
    let unvouched = Actor {
        vouched: false,
        circles: vec![cast::CIRCLE],
        ..member(Constituency::Official)
    };
    let thread = concern(Audience::Circle, Visible);
    assert_eq!(
        decide(&unvouched, &Action::ViewThread(&thread)),
        Err(Refusal::Hidden)
    );
}

#[test]
fn custodians_convenors_and_administrators_see_no_more_than_their_constituency() {
    for name in ["custodian", "convenor", "administrator"] {
        let holder = the(name).actor;
        let plain = Actor {
            duties: Vec::new(),
            ..holder.clone()
        };
        assert_eq!(scope(&holder), scope(&plain), "{name}");
        assert_eq!(post_scope(&holder), post_scope(&plain), "{name}");
        assert_eq!(facts_scope(&holder), facts_scope(&plain), "{name}");
    }
}

#[test]
fn case_facts_are_opened_by_the_raiser_the_desk_the_claiming_moderator_and_oversight() {
    let opened = |shape: fn(ThreadFacts) -> ThreadFacts| {
        done_by(Audience::Confidential, shape, |thread| {
            Action::ViewCaseFacts(thread)
        })
    };
    let complained = "official complained about at the assigned desk";
    let always = [
        "official at the assigned desk",
        complained,
        "official of the oversight body",
        "official of the oversight body that it is assigned to",
        "moderator who claimed it",
        "moderator who raised it",
        "raiser",
        "silenced raiser",
    ];
    assert_eq!(opened(|thread| thread), always);
    let mut but_the_complained = always.to_vec();
    but_the_complained.retain(|name| *name != complained);
    assert_eq!(
        opened(|thread| about(thread, AboutKind::Practice)),
        but_the_complained
    );
    assert_eq!(
        opened(|thread| about(thread, AboutKind::Conduct)),
        but_the_complained
    );
    assert_eq!(
        opened(|thread| about(thread, AboutKind::NotSure)),
        but_the_complained
    );
}

#[test]
fn an_office_complained_of_keeps_its_holders_away_although_no_agency_is_named() {
    let complained = the("official complained about at the assigned desk");
    for kind in AboutKind::ALL {
        let thread = complained.thread(Audience::Confidential, Visible);
        let thread = ThreadFacts {
            about_agency: None,
            ..about(thread, *kind)
        };
        let actor = &complained.actor;
        assert_eq!(
            decide(actor, &Action::ViewCaseFacts(&thread)),
            denied(Denial::NotAssigned)
        );
        let expected = match kind {
            AboutKind::Practice => Ok(()),
            AboutKind::Conduct | AboutKind::NotSure => denied(Denial::ConflictOfInterest),
        };
        assert_eq!(decide(actor, &Action::Answer(&thread)), expected);
    }
}

#[test]
fn case_facts_stay_sealed_in_a_thread_that_everyone_reads() {
    let opened = done_by(
        Audience::Public,
        |thread| thread,
        |thread| Action::ViewCaseFacts(thread),
    );
    assert!(!opened.contains(&"visitor"));
    assert!(!opened.contains(&"moderator"));
    assert!(!opened.contains(&"participant"));
    assert!(!opened.contains(&"official of the same agency at another office"));
    assert!(opened.contains(&"raiser"));
}
