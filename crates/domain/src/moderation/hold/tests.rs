use super::*;

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
}

fn traces(of_post: bool) -> Traces {
    Traces {
        of_post,
        concern: None,
        began: at(1),
        act: None,
        again: false,
        step: None,
    }
}

fn hold(traces: Traces) -> (HoldReason, Option<DateTime<Utc>>) {
    let Hold { reason, since } = traces.hold();
    (reason, since)
}

#[test]
fn what_the_forum_noticed_says_why_and_since_when() {
    for (step, reason) in [
        (ReviewStep::FirstPost, HoldReason::FirstPost),
        (ReviewStep::NearDuplicate, HoldReason::NearDuplicate),
    ] {
        // As it was written, and as its author changed it.
        for act in [None, Some(ReasonCode::Unread)] {
            let of = Traces {
                act,
                step: Some((step, at(2))),
                ..traces(true)
            };
            assert_eq!(hold(of), (reason, Some(at(2))));
        }
    }
    let flagged = Traces {
        act: Some(ReasonCode::Flagged),
        step: Some((ReviewStep::HeldByForum, at(2))),
        ..traces(true)
    };
    assert_eq!(hold(flagged), (HoldReason::Flagged, Some(at(2))));
    // A moderator agreed, and did nothing.
    let decided = Traces {
        step: None,
        ..flagged
    };
    assert_eq!(hold(decided), (HoldReason::Flagged, None));
}

#[test]
fn a_first_thread_waits_since_it_was_begun_and_a_concern_since_it_was_sent() {
    let first = traces(false);
    assert_eq!(hold(first), (HoldReason::FirstPost, Some(at(1))));
    for (state, told) in [
        (State::Submitted, (HoldReason::FirstLook, Some(at(1)))),
        (State::Returned, (HoldReason::Returned, None)),
    ] {
        // It was given back before.
        let of = Traces {
            concern: Some(state),
            act: Some(ReasonCode::ToMend),
            ..first
        };
        assert_eq!(hold(of), told);
    }
}

#[test]
fn a_discussion_that_was_given_back_waits_since_it_was_sent_again() {
    let back = Traces {
        act: Some(ReasonCode::ToMend),
        ..traces(false)
    };
    assert_eq!(hold(back), (HoldReason::Returned, None));
    let again = Traces {
        again: true,
        ..back
    };
    assert_eq!(hold(again), (HoldReason::FirstPost, Some(at(1))));
    // A moderator let it appear then, and holds it now.
    let held = Traces {
        act: Some(ReasonCode::Spam),
        ..again
    };
    assert_eq!(hold(held), (HoldReason::Moderator, None));
}

#[test]
fn what_a_moderator_holds_waits_since_he_held_it() {
    let assigned = Some(State::Assigned);
    for (of_post, concern) in [(true, None), (false, None), (false, assigned)] {
        let held = Traces {
            concern,
            act: Some(ReasonCode::Spam),
            step: Some((ReviewStep::HeldByModerator, at(2))),
            ..traces(of_post)
        };
        assert_eq!(hold(held), (HoldReason::Moderator, Some(at(2))));
    }
    // Until he gave it back.
    let back = Traces {
        act: Some(ReasonCode::ToMend),
        step: None,
        ..traces(false)
    };
    assert_eq!(hold(back), (HoldReason::Returned, None));
}

#[test]
fn what_is_held_and_in_no_queue_waits_for_nobody() {
    for of_post in [true, false] {
        for (act, reason) in [
            (ReasonCode::Spam, HoldReason::Moderator),
            (ReasonCode::ToMend, HoldReason::Returned),
        ] {
            let held = Traces {
                act: Some(act),
                ..traces(of_post)
            };
            assert_eq!(hold(held), (reason, None));
        }
    }
    // Also what waited once, and was left as it is.
    assert_eq!(hold(traces(true)), (HoldReason::Moderator, None));
    let assigned = Traces {
        concern: Some(State::Assigned),
        ..traces(false)
    };
    assert_eq!(hold(assigned), (HoldReason::Moderator, None));
}
