//! What can be done to a commitment, and what it comes to.

use super::*;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

fn noon(on: NaiveDate) -> DateTime<Utc> {
    on.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn done(life: Life, doing: Doing, on: u32) -> Life {
    life.apply(doing, day(on), noon(day(on))).unwrap()
}

const DUE: u32 = 10;

#[test]
fn an_office_never_says_itself_that_it_kept_its_word() {
    let life = done(Life::made(day(DUE)), Doing::Report(DONE), 5);
    assert_eq!(life.state(), CommitmentState::ReportedDone);
    assert_eq!(life.kept_at, None);
    let kept = done(life, Doing::Confirm, 6);
    assert_eq!(kept.state(), CommitmentState::Kept);
    assert_eq!(kept.kept_at, Some(noon(day(6))));
}

#[test]
fn what_is_over_lapses_once_whatever_the_office_says_and_can_be_kept_late() {
    let open = Life::made(day(DUE));
    for life in [open, done(open, Doing::Report(DONE), 9)] {
        assert!(life.apply(Doing::Lapse, day(DUE), noon(day(DUE))).is_err());
        let lapsed = done(life, Doing::Lapse, 11);
        assert_eq!(lapsed.state(), CommitmentState::Lapsed);
        assert!(lapsed.apply(Doing::Lapse, day(12), noon(day(12))).is_err());
        let late = done(lapsed, Doing::Report(DONE), 12);
        assert_eq!(late.state(), CommitmentState::Lapsed);
        let kept = done(late, Doing::Confirm, 13);
        assert_eq!(kept.state(), CommitmentState::Kept);
        assert_eq!(kept.lapsed_at, Some(noon(day(11))));
    }
}

#[test]
fn a_day_that_is_over_is_not_moved_although_nobody_said_yet_that_it_is() {
    let life = Life::made(day(DUE));
    let later = Doing::Postpone(day(20));
    let moved = done(life, later, DUE);
    assert_eq!((moved.due_on, moved.postponed), (day(20), 1));
    assert!(life.apply(later, day(11), noon(day(11))).is_err());
    assert!(
        done(life, Doing::Lapse, 11)
            .apply(later, day(11), noon(day(11)))
            .is_err()
    );
}

#[test]
fn only_what_is_said_to_be_done_is_contested_and_decided_on() {
    let open = Life::made(day(DUE));
    for doing in [
        Doing::Contest,
        Doing::Decide(Ruling::Kept),
        Doing::Decide(Ruling::NotKept),
    ] {
        let illegal = open.apply(doing, day(1), noon(day(1))).unwrap_err();
        assert_eq!(illegal.state, CommitmentState::Open);
    }
    let contested = done(done(open, Doing::Report(DONE), 1), Doing::Contest, 2);
    assert_eq!(contested.state(), CommitmentState::Contested);
    let again = done(contested, Doing::Decide(Ruling::NotKept), 3);
    assert_eq!(again.state(), CommitmentState::Open);
    let kept = done(contested, Doing::Decide(Ruling::Kept), 3);
    assert_eq!(kept.state(), CommitmentState::Kept);
}

#[test]
fn nothing_is_done_to_what_is_settled() {
    let open = Life::made(day(DUE));
    for life in [
        done(open, Doing::Confirm, 1),
        done(open, Doing::Withdraw, 1),
    ] {
        assert_eq!(life.legal_acts(day(2)), []);
        assert!(life.apply(Doing::Lapse, day(11), noon(day(11))).is_err());
    }
}

#[test]
fn what_is_legal_is_what_can_be_applied() {
    let open = Life::made(day(DUE));
    let claimed = done(open, Doing::Report(DONE), 1);
    let all = [
        Doing::Report(50),
        Doing::Report(DONE),
        Doing::Confirm,
        Doing::Contest,
        Doing::Decide(Ruling::Kept),
        Doing::Decide(Ruling::NotKept),
        Doing::Postpone(day(20)),
        Doing::Withdraw,
    ];
    for life in [
        open,
        claimed,
        done(claimed, Doing::Contest, 1),
        done(open, Doing::Lapse, 11),
    ] {
        for today in [day(5), day(11)] {
            let legal = life.legal_acts(today);
            for doing in all {
                let applied = life.apply(doing, today, noon(today)).is_ok();
                assert_eq!(applied, legal.contains(&doing.act()), "{life:?} {doing:?}");
            }
        }
    }
}
