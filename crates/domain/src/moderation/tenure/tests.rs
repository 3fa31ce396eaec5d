use super::*;

fn tenure(days: i64, accepted: u32, removed: u32) -> Tenure {
    let age = TimeDelta::days(days);
    PostingRules::default().tenure(&History {
        age,
        accepted,
        removed,
    })
}

#[test]
fn tenure_takes_time_and_accepted_posts_both() {
    assert_eq!(tenure(0, 0, 0), Tenure::Newcomer);
    assert_eq!(tenure(2, 100, 0), Tenure::Newcomer);
    assert_eq!(tenure(100, 2, 0), Tenure::Newcomer);
    assert_eq!(tenure(3, 3, 0), Tenure::Known);
    assert_eq!(tenure(29, 100, 0), Tenure::Known);
    assert_eq!(tenure(30, 19, 0), Tenure::Known);
    assert_eq!(tenure(30, 20, 0), Tenure::Established);
}

#[test]
fn what_was_removed_lately_takes_tenure_away() {
    assert_eq!(tenure(400, 100, 1), Tenure::Known);
    assert_eq!(tenure(400, 100, 2), Tenure::Newcomer);
}

#[test]
fn a_rule_that_is_set_holds_for_its_tenure_alone() {
    let mut rules = PostingRules::default();
    let rule = PostingRule {
        links_max: 7,
        min_age_days: 1,
        min_posts: 1,
        ..*rules.of(Tenure::Known)
    };
    rules.set(Tenure::Known, rule);
    assert_eq!(rules.of(Tenure::Known), &rule);
    let default = PostingRules::default();
    for other in [Tenure::Newcomer, Tenure::Established] {
        assert_eq!(rules.of(other), default.of(other));
    }
    let young = History {
        age: TimeDelta::days(1),
        accepted: 1,
        removed: 0,
    };
    assert_eq!(rules.tenure(&young), Tenure::Known);
}
