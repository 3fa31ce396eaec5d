//! What is counted of concerns, and what of it is shown.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

pub(super) mod export;

const FIGURES: &str = "received acknowledged acknowledgedInTime answered answeredInTime \
    medianDays ninetiethPercentileDays reopened overdue \
    outcomes { outcome answers reliefGranted partial notGranted }";

async fn forum(least: &str) -> TestForum {
    let settings = [("statistics.least", least)];
    TestForum::with(false, RegistrationMode::Open, &settings).await
}

/// Lets days pass, and what is due be done. A month is over sooner or later.
async fn days(forum: &TestForum, days: i64) {
    forum.clock.advance(Duration::days(days));
    forum.forum.run_clocks().await.unwrap();
    count(forum).await;
    forum.forum.take_edition().await.unwrap();
}

/// Counts until nothing is left, also of what the server counts just now.
async fn count(forum: &TestForum) {
    while forum.store().read().uncounted_waits().await.unwrap() {
        forum.forum.count_concerns().await.unwrap();
    }
}

/// Somebody signed in anew: a session ends when it rests for long.
async fn act(forum: &TestForum, login: &str, name: &str, thread: &Value, more: Value) {
    let mut input = more;
    input["threadId"] = thread.clone();
    // What cannot be done here is not done.
    forum.sign_in(login).await.act(name, input, "").await;
}

async fn raise(forum: &TestForum, civil: &Client, category: &str) -> Value {
    let input = json!({
        "title": "Students are searched", "body": "On the road.",
        "category": category, "region": "PB",
    });
    let mut raised = civil
        .done("raiseConcern", input, "thread { id status }")
        .await;
    let id = raised["thread"]["id"].take();
    if raised["thread"]["status"] == "HELD" {
        act(forum, "moderator", "releaseThread", &id, json!({})).await;
    }
    id
}

async fn answer(forum: &TestForum, thread: &Value) {
    act(forum, "officer", "acknowledgeConcern", thread, json!({})).await;
    let said = json!({ "body": "It has ended.", "outcome": { "resolved": true } });
    act(forum, "officer", "respondToConcern", thread, said).await;
}

#[tokio::test]
async fn figures_are_of_agencies_and_months_that_are_over() {
    let forum = forum("1").await;
    let civil = forum.sign_in("civil").await;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(raise(&forum, &civil, "DRG").await);
    }
    days(&forum, 3).await;
    answer(&forum, &all[0]).await;
    days(&forum, 7).await;
    answer(&forum, &all[1]).await;
    let verdict = json!({ "verdict": "RELIEF_GRANTED" });
    act(&forum, "civil", "giveVerdict", &all[0], verdict).await;
    let verdict = json!({ "verdict": "NOT_GRANTED" });
    act(&forum, "civil", "giveVerdict", &all[1], verdict).await;
    let visitor = forum.visitor();
    let document =
        format!("{{ statistics(by: AGENCY) {{ rows {{ agency {{ code }} {FIGURES} }} }} }}");
    // November is not over yet.
    days(&forum, 1).await;
    let shown = visitor.run(&document, json!({})).await;
    assert_eq!(shown["statistics"]["rows"], json!([]));
    days(&forum, 20).await;
    let shown = visitor.run(&document, json!({})).await;
    let figures = json!({
        "received": 3, "acknowledged": 2, "acknowledgedInTime": 1,
        "answered": 2, "answeredInTime": 2, "medianDays": 3, "ninetiethPercentileDays": 8,
        "reopened": 1, "overdue": 1,
        "outcomes": [{
            "outcome": "RESOLVED", "answers": 2, "reliefGranted": 1, "partial": 0, "notGranted": 1,
        }],
    });
    let mut row = figures.clone();
    row["agency"] = json!({ "code": "POL_PB" });
    assert_eq!(shown["statistics"]["rows"], json!([row]));
    let document = format!("{{ answerClock(agency: \"POL_PB\") {{ {FIGURES} }} }}");
    let shown = visitor.run(&document, json!({})).await;
    assert_eq!(shown["answerClock"], figures);
    let document = "{ statistics(by: MONTH, months: 1, to: \"2025-11-01\") \
                    { asOfMonth fromMonth rows { month received } } }";
    let shown = visitor.run(document, json!({})).await;
    let expected = json!({
        "asOfMonth": "2025-11", "fromMonth": "2025-11",
        "rows": [{ "month": "2025-11", "received": 3 }],
    });
    assert_eq!(shown["statistics"], expected);
}

#[tokio::test]
async fn so_many_months_are_shown_and_cost_what_they_are() {
    let forum = forum("1").await;
    let visitor = forum.visitor();
    let document = "query($months: Int, $to: Date) { rateLimit { cost } \
                    statistics(by: MONTH, months: $months, to: $to) { rows { received } } }";
    let mut costs = Vec::new();
    for months in [1, 60] {
        let shown = visitor.run(document, json!({ "months": months })).await;
        costs.push(shown["rateLimit"]["cost"].as_i64().unwrap());
    }
    assert_eq!(costs[1] - costs[0], 59, "{costs:?}");
    let wrong = [
        json!({ "months": 0 }),
        json!({ "months": 61 }),
        json!({ "months": -1 }),
        json!({ "to": "2025-12-01" }),
    ];
    for variables in wrong {
        let answer = visitor.send(document, variables).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
    }
}

const OF_AGENCY: &str = "{ statistics(by: AGENCY) { asOfMonth total { received answered reopened } } \
                         answerClock(agency: \"POL_PB\") { received answered reopened } }";

#[tokio::test]
async fn figures_stay_as_they_are_until_the_next_month_is_over() {
    let forum = forum("1").await;
    let visitor = forum.visitor();
    let nothing = json!({ "received": null, "answered": null, "reopened": null });
    let shown = visitor.run(OF_AGENCY, json!({})).await;
    let before = json!({ "asOfMonth": null, "total": nothing });
    assert_eq!(
        (&shown["statistics"], &shown["answerClock"]),
        (&before, &nothing)
    );
    let civil = forum.sign_in("civil").await;
    let concern = raise(&forum, &civil, "DRG").await;
    days(&forum, 30).await;
    let first = visitor.run(OF_AGENCY, json!({})).await;
    let figures = json!({ "received": 1, "answered": 0, "reopened": 0 });
    assert_eq!(
        (&first["answerClock"], &first["statistics"]["total"]),
        (&figures, &figures)
    );
    answer(&forum, &concern).await;
    days(&forum, 1).await;
    assert_eq!(visitor.run(OF_AGENCY, json!({})).await, first);
    days(&forum, 31).await;
    let next = visitor.run(OF_AGENCY, json!({})).await;
    assert_eq!(next["answerClock"]["answered"], 1);
    assert_eq!(next["statistics"]["asOfMonth"], "2025-12");
}

#[tokio::test]
async fn a_figure_keeps_its_value_until_so_many_of_its_concerns_changed() {
    let forum = forum("4").await;
    let civil = forum.sign_in("civil").await;
    let mut all = Vec::new();
    for _ in 0..4 {
        let concern = raise(&forum, &civil, "DRG").await;
        answer(&forum, &concern).await;
        all.push(concern);
    }
    days(&forum, 20).await;
    let visitor = forum.visitor();
    let verdict = || json!({ "verdict": "NOT_GRANTED" });
    for (disputed, reopened) in [(0..3, 0), (3..4, 4)] {
        for concern in &all[disputed] {
            act(&forum, "civil", "giveVerdict", concern, verdict()).await;
        }
        days(&forum, 31).await;
        let shown = visitor.run(OF_AGENCY, json!({})).await;
        let figures = json!({ "received": 4, "answered": 4, "reopened": reopened });
        assert_eq!(shown["answerClock"], figures);
    }
}

#[tokio::test]
async fn what_would_show_too_few_is_as_absent_as_what_never_was() {
    let forum = forum("3").await;
    let civil = forum.sign_in("civil").await;
    let mut all = Vec::new();
    for (category, count) in [("DRG", 3), ("TIP", 2)] {
        for _ in 0..count {
            all.push(raise(&forum, &civil, category).await);
        }
    }
    answer(&forum, &all[0]).await;
    answer(&forum, &all[1]).await;
    days(&forum, 20).await;
    let visitor = forum.visitor();
    let document = "{ statistics(by: CATEGORY) { rows { category { code } received } \
                    total { received } } agencies: statistics(by: AGENCY) \
                    { total { received answered medianDays outcomes { answers } } } }";
    let shown = visitor.run(document, json!({})).await;
    // Beside three, two could be found out from the sum.
    let nothing = json!({ "rows": [], "total": { "received": null } });
    assert_eq!(shown["statistics"], nothing);
    let few = json!({ "received": 5, "answered": 2, "medianDays": null, "outcomes": null });
    assert_eq!(shown["agencies"]["total"], few);
    // From so many answers on, they are told apart.
    answer(&forum, &all[2]).await;
    days(&forum, 31).await;
    let shown = visitor.run(document, json!({})).await;
    let answers = json!([{ "answers": 3 }]);
    assert_eq!(shown["agencies"]["total"]["outcomes"], answers);
}

#[tokio::test]
async fn an_edition_is_taken_once_whoever_takes_it_and_however_the_clock_goes() {
    let forum = forum("1").await;
    let civil = forum.sign_in("civil").await;
    raise(&forum, &civil, "DRG").await;
    count(&forum).await;
    let other = forum.another_node().await;
    let number = async || {
        let (one, two) = tokio::join!(forum.forum.take_edition(), other.take_edition());
        one.unwrap();
        two.unwrap();
        let newest = forum.forum.newest_edition().await.unwrap();
        newest.map(|newest| (newest.number, newest.month))
    };
    assert_eq!(number().await, None);
    // A month, a moment back over its end, and years that never were.
    for (step, expected) in [
        (30, (1, "2025-11")),
        (-29, (1, "2025-11")),
        (60, (2, "2025-12")),
        (800, (3, "2028-02")),
        (-800, (4, "2025-12")),
        (0, (4, "2025-12")),
    ] {
        forum.clock.advance(Duration::days(step));
        let (count, month) = expected;
        assert_eq!(number().await, Some((count, month.to_owned())), "{step}");
    }
}

#[tokio::test]
async fn every_answer_is_one_statement() {
    let forum = forum("1").await;
    let visitor = forum.visitor();
    for _ in 0..2 {
        let civil = forum.sign_in("civil").await;
        raise(&forum, &civil, "DRG").await;
        days(&forum, 31).await;
        let document = "{ statistics(by: MONTH) { rows { received outcomes { answers } } } }";
        let clock = "{ answerClock(agency: \"POL_PB\") { received } }";
        for document in [document, clock] {
            let mut least = u64::MAX;
            for _ in 0..3 {
                let before = forum.store().statements();
                visitor.run(document, json!({})).await;
                least = least.min(forum.store().statements() - before);
            }
            assert_eq!(least, 1, "{document}");
        }
    }
}

/// A small generator of numbers: the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

#[tokio::test]
async fn whatever_moves_are_made_what_is_counted_is_what_a_recount_comes_to() {
    let forum = forum("1").await;
    let civil = forum.sign_in("civil").await;
    let mut dice = Dice(7);
    let mut all = Vec::new();
    for category in ["DRG", "DRG", "TIP"] {
        all.push(raise(&forum, &civil, category).await);
    }
    for _ in 0..60 {
        let thread = &all[dice.below(all.len())];
        let moves = [
            ("officer", "acknowledgeConcern", json!({})),
            ("officer", "startConcern", json!({})),
            (
                "officer",
                "requestClarification",
                json!({ "question": "Where?" }),
            ),
            (
                "officer",
                "respondToConcern",
                json!({
                    "body": "It has ended.", "outcome": { "resolved": true },
                }),
            ),
            (
                "colleague",
                "respondToConcern",
                json!({
                    "body": "Some of it has.", "outcome": { "partiallyResolved": true },
                }),
            ),
            ("civil", "clarifyConcern", json!({ "answer": "There." })),
            ("civil", "giveVerdict", json!({ "verdict": "NOT_GRANTED" })),
            ("civil", "giveVerdict", json!({ "verdict": "PARTIAL" })),
            (
                "officer",
                "referConcern",
                json!({ "agency": "NCHR", "reason": "It watches." }),
            ),
            ("moderator", "assignConcern", json!({ "agency": "POL_PB" })),
            ("civil", "withdrawConcern", json!({})),
        ];
        let (login, name, input) = moves[dice.below(moves.len())].clone();
        if name != "withdrawConcern" || dice.below(4) == 0 {
            act(&forum, login, name, thread, input).await;
        }
        if dice.below(3) == 0 {
            days(&forum, i64::try_from(dice.below(9)).unwrap()).await;
        }
    }
    count(&forum).await;
    let counted = forum.store().read().all_counted().await.unwrap();
    assert!(!counted.is_empty());
    forum.forum.recount_concerns().await.unwrap();
    assert_eq!(forum.store().read().all_counted().await.unwrap(), counted);
}
