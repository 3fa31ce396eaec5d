//! Who may do what, as sentences.

use super::cast::{
    ASSIGNED, CIRCLE, COMPLAINED, MYSELF, OVERSIGHT, SOMEBODY, about, concern, everybody, member,
    official, the, with_duty,
};
use super::*;
use crate::concern::{Concern, State};
use crate::id::PersonaId;
use crate::people::Duty;
use crate::thread::ModerationStatus::{Held, Visible};

#[test]
fn practice_is_answered_by_the_agency_itself_conduct_and_not_sure_are_not() {
    let complained = the("official complained about at the assigned desk");
    let thread = complained.thread(Audience::Confidential, Visible);
    let answer = |kind| {
        decide(
            &complained.actor,
            &Action::Answer(&about(thread.clone(), kind)),
        )
    };
    assert_eq!(answer(AboutKind::Practice), Ok(()));
    assert_eq!(
        answer(AboutKind::Conduct),
        denied(Denial::ConflictOfInterest)
    );
    assert_eq!(
        answer(AboutKind::NotSure),
        denied(Denial::ConflictOfInterest)
    );
}

#[test]
fn a_concern_about_conduct_is_not_put_before_the_agency_complained_about() {
    let moderator = with_duty(Duty::Moderator);
    let open = concern(Audience::Public, Visible);
    for kind in [AboutKind::Conduct, AboutKind::NotSure] {
        let thread = about(open.clone(), kind);
        let refused = denied(Denial::ConflictOfInterest);
        assert_eq!(
            decide(&moderator, &Action::Assign(&thread, COMPLAINED)),
            refused
        );
        assert_eq!(
            decide(&moderator, &Action::Assign(&thread, ASSIGNED)),
            Ok(())
        );
        let desk = the("official at the assigned desk").actor;
        assert_eq!(decide(&desk, &Action::Refer(&thread, COMPLAINED)), refused);
    }
    let thread = about(open, AboutKind::Practice);
    assert_eq!(
        decide(&moderator, &Action::Assign(&thread, COMPLAINED)),
        Ok(())
    );
}

#[test]
fn only_officers_of_the_assigned_office_answer() {
    let answered = done_by(
        Audience::Public,
        |thread| thread,
        |thread| Action::Answer(thread),
    );
    assert_eq!(
        answered,
        [
            "official at the assigned desk",
            "official complained about at the assigned desk",
            "official of the oversight body that it is assigned to",
        ]
    );
}

#[test]
fn nobody_reviews_an_answer_of_his_own() {
    let officer = the("official at the assigned desk");
    let thread = officer.thread(Audience::Confidential, Visible);
    let own = officer.actor.personas[0];
    let review = |by| decide(&officer.actor, &Action::Review(&thread, by));
    assert_eq!(review(own), denied(Denial::OwnAct));
    assert_eq!(review(SOMEBODY), Ok(()));
}

#[test]
fn of_a_dispute_neither_who_wrote_the_answer_nor_who_approved_it_reviews() {
    let officer = the("official at the assigned desk");
    let thread = officer.thread(Audience::Confidential, Visible);
    let own = officer.actor.personas.first().copied();
    let concern = |state, answered_by, approved_by| Concern {
        state,
        answered_by,
        approved_by,
        drafted_by: Some(SOMEBODY),
        ..Concern::submitted()
    };
    let other = Some(SOMEBODY);
    for (answered, approved, reviews) in [
        (own, other, false),
        (other, own, false),
        (other, None, true),
    ] {
        let concern = concern(State::InReview, answered, approved);
        assert_eq!(
            may_answer(&officer.actor, &thread, &concern).is_ok(),
            reviews
        );
        assert_eq!(
            may_approve(&officer.actor, &thread, &concern).is_ok(),
            reviews
        );
    }
    let anew = concern(State::InProgress, own, own);
    assert_eq!(may_answer(&officer.actor, &thread, &anew), Ok(()));
}

#[test]
fn before_a_desk_is_known_any_office_of_the_assigned_agency_answers_what_it_sees() {
    let officer = the("official of the same agency at another office").actor;
    let agency_wide = |audience| ThreadFacts {
        assigned_office: None,
        ..concern(audience, Visible)
    };
    assert_eq!(
        decide(&officer, &Action::Answer(&agency_wide(Audience::Public))),
        Ok(())
    );
    let sealed = agency_wide(Audience::Confidential);
    assert_eq!(
        decide(&officer, &Action::Answer(&sealed)),
        Err(Refusal::Hidden)
    );
    let stranger = official(COMPLAINED, officer.offices[0]);
    let public = agency_wide(Audience::Public);
    assert_eq!(
        decide(&stranger, &Action::Answer(&public)),
        denied(Denial::NotAssigned)
    );
}

#[test]
fn oversight_decides_on_commitments_where_it_owns_the_concern_and_the_forum_elsewhere() {
    let decide_on = |agency| {
        move |shape: fn(ThreadFacts) -> ThreadFacts| {
            done_by(Audience::Public, shape, |thread| {
                Action::DecideCommitment(thread, agency)
            })
        }
    };
    let forum = ["moderator", "moderator who claimed it", "convenor"];
    let oversight = [
        "official of the oversight body",
        "official of the oversight body that it is assigned to",
    ];
    let of_the_agency = decide_on(ASSIGNED);
    assert_eq!(of_the_agency(|thread| thread), forum);
    assert_eq!(
        of_the_agency(|thread| about(thread, AboutKind::Practice)),
        forum
    );
    assert_eq!(
        of_the_agency(|thread| about(thread, AboutKind::Conduct)),
        oversight
    );
    assert_eq!(
        of_the_agency(|thread| about(thread, AboutKind::NotSure)),
        oversight
    );
    // What oversight itself committed to is not its own to judge.
    let of_oversight = decide_on(OVERSIGHT);
    assert_eq!(
        of_oversight(|thread| about(thread, AboutKind::Conduct)),
        forum
    );
}

#[test]
fn nobody_moderates_his_own() {
    let moderator = the("moderator who raised it");
    for status in [Visible, Held] {
        let thread = moderator.thread(Audience::Public, status);
        for act in [
            Action::Claim(&thread),
            Action::Release(&thread),
            Action::Return(&thread),
        ] {
            assert_eq!(decide(&moderator.actor, &act), denied(Denial::OwnAct));
        }
        let assign = Action::Assign(&thread, ASSIGNED);
        assert_eq!(decide(&moderator.actor, &assign), denied(Denial::OwnAct));
    }
}

#[test]
fn a_moderator_who_became_an_official_moderates_and_decides_no_more() {
    let thread = concern(Audience::Public, Visible);
    let subject = Moderated {
        author: SOMEBODY,
        organization: None,
    };
    let demand = crate::legal::DemandFacts {
        registrar: None,
        approver: None,
        author: None,
    };
    let moderator = with_duty(Duty::Moderator);
    let became = Actor {
        duties: vec![Duty::Moderator],
        ..the("official at the assigned desk").actor
    };
    let of_an_agency = Actor {
        agency: Some(ASSIGNED),
        ..moderator.clone()
    };
    let refused = denied(Denial::WrongConstituency);
    for act in [
        Action::Moderate(&thread, subject),
        Action::DecideAppeal(&thread, subject, false),
        Action::Release(&thread),
        Action::Return(&thread),
        Action::Assign(&thread, ASSIGNED),
        Action::DecideDemand(demand),
    ] {
        assert_eq!(decide(&moderator, &act), Ok(()));
        assert_eq!(decide(&became, &act), refused);
        assert_eq!(decide(&of_an_agency, &act), refused);
    }
}

#[test]
fn only_the_raiser_judges_and_withdraws() {
    let raisers = ["moderator who raised it", "raiser", "silenced raiser"];
    let same = |thread| thread;
    assert_eq!(
        done_by(Audience::Public, same, |thread| Action::Judge(thread)),
        raisers
    );
    assert_eq!(
        done_by(Audience::Public, same, |thread| Action::Withdraw(thread)),
        raisers
    );
}

#[test]
fn the_access_ledger_is_read_by_the_raiser_and_by_oversight() {
    let readers = done_by(
        Audience::Confidential,
        |thread| thread,
        |thread| Action::ViewAccessLedger(thread),
    );
    assert_eq!(
        readers,
        [
            "official of the oversight body",
            "official of the oversight body that it is assigned to",
            "moderator who raised it",
            "raiser",
            "silenced raiser",
        ]
    );
}

#[test]
fn who_takes_part_is_read_by_the_raiser_and_the_moderator_on_it() {
    let readers = done_by(
        Audience::Confidential,
        |thread| thread,
        |thread| Action::ViewParticipants(thread),
    );
    let expected = [
        "moderator who claimed it",
        "moderator who raised it",
        "raiser",
        "silenced raiser",
    ];
    assert_eq!(readers, expected);
}

#[test]
fn an_official_speaks_once_he_is_vouched_for_a_young_person_before() {
    let thread = concern(Audience::Public, Visible);
    let official = the("unvouched official").actor;
    assert_eq!(
        decide(&official, &Action::AddPost(&thread)),
        denied(Denial::NotVouched)
    );
    let new = new_thread(ThreadKind::Question, Audience::Public);
    assert_eq!(
        decide(&official, &Action::RaiseThread(new)),
        denied(Denial::NotVouched)
    );
    let youth = the("unvouched youth").actor;
    assert_eq!(decide(&youth, &Action::AddPost(&thread)), Ok(()));
    let caucus = new_thread(ThreadKind::Discussion, Audience::Caucus);
    assert_eq!(
        decide(&youth, &Action::RaiseThread(caucus)),
        denied(Denial::WrongConstituency)
    );
}

#[test]
fn an_official_raises_no_concern_but_asks_a_question() {
    let officer = the("official at the assigned desk").actor;
    let raise = |kind, audience| decide(&officer, &Action::RaiseThread(new_thread(kind, audience)));
    let refused = denied(Denial::WrongConstituency);
    assert_eq!(raise(ThreadKind::Concern, Audience::Public), refused);
    assert_eq!(raise(ThreadKind::Question, Audience::Public), Ok(()));
    assert_eq!(raise(ThreadKind::Discussion, Audience::Caucus), refused);
    assert_eq!(raise(ThreadKind::Discussion, Audience::Officials), Ok(()));
}

#[test]
fn whoever_raises_a_thread_is_of_its_audience() {
    for subject in everybody() {
        for audience in Audience::ALL {
            let new = new_thread(ThreadKind::Discussion, *audience);
            if decide(&subject.actor, &Action::RaiseThread(new)).is_err() {
                continue;
            }
            // Somebody else's thread of that audience is seen as well, or it
            // would be a room to speak into but not to listen in. What is
            // confidential is between those it names.
            let thread = concern(*audience, Visible);
            let alone = *audience == Audience::Confidential;
            assert!(
                alone || sees(&subject, &thread),
                "{} in {audience}",
                subject.name
            );
        }
    }
}

#[test]
fn conduct_is_accepted_in_a_demonstration_alone() {
    let civil = the("civil society").actor;
    let raise = |about, demonstration| {
        let new = NewThread {
            about: Some(about),
            demonstration,
            ..new_thread(ThreadKind::Concern, Audience::Confidential)
        };
        decide(&civil, &Action::RaiseThread(new))
    };
    assert_eq!(
        raise(AboutKind::Conduct, false),
        denied(Denial::ConductNotAccepted)
    );
    assert_eq!(raise(AboutKind::Conduct, true), Ok(()));
    assert_eq!(raise(AboutKind::Practice, false), Ok(()));
}

#[test]
fn a_peer_of_an_organization_vouches_for_his_own_constituency_and_only_the_forum_for_officials() {
    let peer = Actor {
        organization: Some(uuid::Uuid::from_u128(50).into()),
        ..member(Constituency::Youth)
    };
    let other = uuid::Uuid::from_u128(11).into();
    let vouch = |actor: &Actor, constituency| decide(actor, &Action::Vouch(other, constituency));
    assert_eq!(vouch(&peer, Constituency::Youth), Ok(()));
    assert_eq!(
        vouch(&peer, Constituency::Official),
        denied(Denial::DutyRequired)
    );
    assert_eq!(
        vouch(&member(Constituency::Youth), Constituency::Youth),
        denied(Denial::DutyRequired)
    );
    let administrator = with_duty(Duty::Administrator);
    assert_eq!(vouch(&administrator, Constituency::Official), Ok(()));
    let himself = Action::Vouch(MYSELF, Constituency::CivilSociety);
    assert_eq!(decide(&administrator, &himself), denied(Denial::OwnAct));
}

pub(super) fn new_thread(kind: ThreadKind, audience: Audience) -> NewThread<'static> {
    NewThread {
        kind,
        audience,
        circle: (audience == Audience::Circle).then_some(CIRCLE),
        category: None,
        about: None,
        demonstration: false,
    }
}

#[test]
fn nothing_waits_unread_of_a_raiser_in_his_concern_nor_among_few() {
    use crate::thread::ThreadKind;
    for audience in Audience::ALL.iter().copied() {
        let among_few = Audience::NAMING.contains(&audience);
        let raised = concern(audience, Visible);
        assert!(!waits_unread(&raised, raised.raiser), "{audience}");
        assert_eq!(waits_unread(&raised, SOMEBODY), !among_few, "{audience}");
        // What is no concern is his thread, not his complaint.
        let talk = ThreadFacts {
            kind: ThreadKind::Discussion,
            ..raised
        };
        assert_eq!(waits_unread(&talk, talk.raiser), !among_few, "{audience}");
    }
}

#[test]
fn whoever_holds_a_duty_or_an_office_is_entrusted() {
    assert!(is_entrusted(&with_duty(Duty::Convenor)));
    assert!(is_entrusted(&the("official at the assigned desk").actor));
    assert!(!is_entrusted(&the("raiser").actor));
}

#[test]
fn whom_a_report_brought_is_shown_to_the_raiser_and_to_himself() {
    let thread = concern(Audience::Confidential, Visible);
    let knows = |own: PersonaId| {
        let actor = Actor {
            personas: vec![own],
            ..Actor::default()
        };
        knows_who_was_brought(&actor, &thread, SOMEBODY)
    };
    let claimed = PersonaId(uuid::Uuid::from_u128(77));
    assert_eq!(
        [thread.raiser, SOMEBODY, claimed].map(knows),
        [true, true, false]
    );
}
