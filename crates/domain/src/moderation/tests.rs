use proptest::prelude::*;

use super::*;

const fn stands(status: ModerationStatus, locked: bool) -> Stands {
    Stands {
        locked,
        ..Stands::in_status(status)
    }
}

#[test]
fn a_newcomers_flag_weighs_one_and_a_record_moves_it_slowly() {
    let weight = |agreed, disagreed| Record { agreed, disagreed }.weight();
    assert_eq!(weight(0, 0), ONE);
    assert_eq!(weight(1, 0), 1_333);
    assert_eq!(weight(0, 1), 666);
    assert_eq!(weight(8, 0), 1_800);
    assert_eq!(weight(0, 8), 200);
}

#[test]
fn those_who_belong_together_count_once() {
    assert_eq!(adds(1_000, None), 1_000);
    assert_eq!(adds(1_000, Some(1_000)), 0);
    assert_eq!(adds(1_333, Some(1_000)), 333);
    assert_eq!(adds(200, Some(1_000)), 0);
}

#[test]
fn every_act_has_reasons_and_the_forums_own_is_no_moderators() {
    for act in ModAct::ALL {
        let on_appeal = matches!(act, ModAct::Uphold | ModAct::Overturn);
        assert_eq!(act.reasons().is_empty(), on_appeal, "{act}");
        assert!(!act.takes(ReasonCode::Flagged), "{act}");
        assert!(!act.takes(ReasonCode::Unread), "{act}");
        assert!(!act.takes(ReasonCode::Appealed), "{act}");
        assert!(!act.takes(ReasonCode::LegalOrder), "{act}");
    }
    assert!(!ModAct::Remove.takes(ReasonCode::OffTopic));
    assert!(!ModAct::Release.takes(ReasonCode::Spam));
    assert!(!ModAct::Silence.takes(ReasonCode::OffTopic));
}

#[test]
fn a_sanction_changes_nothing_of_what_was_written_and_is_lifted() {
    let before = stands(ModerationStatus::Visible, false);
    for act in ModAct::ALL.iter().filter(|act| act.is_sanction()) {
        assert_eq!(act.apply(before), None, "{act}");
        let lifted = ModAct::Lift.reverses().contains(act);
        assert_eq!(lifted, *act != ModAct::Lift, "{act}");
    }
}

#[test]
fn what_is_done_can_be_taken_back() {
    for status in [ModerationStatus::Visible, ModerationStatus::Minimized] {
        for locked in [false, true] {
            let before = stands(status, locked);
            for act in ModAct::ALL {
                let Some(after) = act.apply(before) else {
                    continue;
                };
                let mut undo = ModAct::ALL
                    .iter()
                    .filter(|one| one.reverses().contains(act));
                if act.reverses().is_empty() {
                    let undo = undo.next().expect("an act that takes it back");
                    let again = undo.apply(after).expect("it can be taken back");
                    assert!(again.status.is_open(), "{act}");
                    assert_eq!(again.locked, locked, "{act}");
                }
            }
        }
    }
}

#[test]
fn warnings_are_of_what_is_missing() {
    let all = Bench::default().warnings();
    assert_eq!(all, Warning::ALL);
    let bench = Bench {
        organizations: 2,
        women: 1,
        under_thirty: 1,
    };
    assert!(bench.warnings().is_empty());
    let one = Bench {
        organizations: 1,
        ..bench
    };
    assert_eq!(one.warnings(), [Warning::FewerThanTwoOrganizations]);
}

proptest! {
    #[test]
    fn a_weight_lies_between_nothing_and_two_and_follows_the_record(
        agreed in 0_u32..100_000, disagreed in 0_u32..100_000,
    ) {
        let record = Record { agreed, disagreed };
        let weight = record.weight();
        prop_assert!(weight > 0 && weight < 2 * ONE);
        let better = Record { agreed: agreed + 1, ..record };
        let worse = Record { disagreed: disagreed + 1, ..record };
        prop_assert!(better.weight() >= weight);
        prop_assert!(worse.weight() <= weight);
    }

    #[test]
    fn an_organization_never_adds_more_than_its_weightiest(
        weights in prop::collection::vec(1_i64..2_000, 1..50),
    ) {
        let (mut score, mut most) = (0, None);
        for weight in &weights {
            score += adds(*weight, most);
            most = most.max(Some(*weight));
        }
        prop_assert_eq!(Some(score), weights.iter().copied().max());
    }
}
