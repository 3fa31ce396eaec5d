//! What is counted of concerns, and what of it is shown.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

const FIGURES: &str = "withheld received acknowledged acknowledgedInTime answered \
    answeredInTime medianDays ninetiethPercentileDays reopened overdueNow \
    outcomes { outcome answers reliefGranted partial notGranted }";

async fn forum(least: &str) -> TestForum {
    let settings = [("statistics.least", least)];
    TestForum::with(true, RegistrationMode::Open, &settings).await
}

/// Lets days pass, and what is due be done.
async fn days(forum: &TestForum, days: i64) {
    forum.clock.advance(Duration::days(days));
    forum.forum.run_clocks().await.unwrap();
    forum.forum.count_concerns().await.unwrap();
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
        "withheld": false, "received": 3, "acknowledged": 2, "acknowledgedInTime": 1,
        "answered": 2, "answeredInTime": 2, "medianDays": 3, "ninetiethPercentileDays": 8,
        "reopened": 1, "overdueNow": 1,
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
    let document = "{ statistics(by: MONTH, from: \"2025-11-30\", to: \"2025-11-01\") \
                    { rows { month received } } }";
    let shown = visitor.run(document, json!({})).await;
    let rows = json!([{ "month": "2025-11", "received": 3 }]);
    assert_eq!(shown["statistics"]["rows"], rows);
    for (from, to) in [
        ("2025-12-01", "2025-11-30"),
        ("2020-11-30", "2025-11-30"),
        ("2025-11-30", "2025-12-31"),
    ] {
        let document =
            format!("{{ statistics(by: MONTH, from: \"{from}\", to: \"{to}\") {{ least }} }}");
        let answer = visitor.send(&document, json!({})).await;
        let code = &answer.body["errors"][0]["extensions"]["code"];
        assert_eq!(code, "BAD_USER_INPUT", "{from} {to}");
    }
    let document = "{ statistics(by: MONTH, from: \"2020-12-01\", to: \"2025-11-30\") { least } }";
    visitor.run(document, json!({})).await;
}

#[tokio::test]
async fn figures_that_change_with_each_move_are_of_a_demonstration_alone() {
    for demonstration in [true, false] {
        let settings = [("statistics.least", "1")];
        let forum = TestForum::with(demonstration, RegistrationMode::Open, &settings).await;
        let civil = forum.sign_in("civil").await;
        raise(&forum, &civil, "DRG").await;
        days(&forum, 30).await;
        let document = "{ statistics(by: AGENCY) { rows { received } } \
            answerClock(agency: \"POL_PB\") { received } }";
        let seen = forum.visitor().run(document, json!({})).await;
        let rows = seen["statistics"]["rows"].as_array().unwrap();
        assert_eq!(rows.is_empty(), !demonstration);
        assert_eq!(seen["answerClock"]["received"].is_null(), !demonstration);
    }
}

#[tokio::test]
async fn what_would_show_too_few_is_withheld_and_so_is_what_would_tell_it() {
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
    let document = "{ statistics(by: CATEGORY) { rows { category { code } withheld received } \
                    total { withheld received } } agencies: statistics(by: AGENCY) \
                    { total { received answered medianDays outcomes { answers } } } }";
    let shown = visitor.run(document, json!({})).await;
    let nothing =
        |code: &str| json!({ "category": { "code": code }, "withheld": true, "received": null });
    // Beside three, two could be found out from the sum.
    assert_eq!(
        shown["statistics"]["rows"],
        json!([nothing("DRG"), nothing("TIP")])
    );
    assert_eq!(
        shown["statistics"]["total"],
        json!({ "withheld": true, "received": null })
    );
    let few = json!({ "received": 5, "answered": 2, "medianDays": null, "outcomes": null });
    assert_eq!(shown["agencies"]["total"], few);
    // From so many answers on, they are told apart.
    answer(&forum, &all[2]).await;
    days(&forum, 0).await;
    let shown = visitor.run(document, json!({})).await;
    let answers = json!([{ "answers": 3 }]);
    assert_eq!(shown["agencies"]["total"]["outcomes"], answers);
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
        let mut least = u64::MAX;
        for _ in 0..3 {
            let before = forum.store().statements();
            visitor.run(document, json!({})).await;
            least = least.min(forum.store().statements() - before);
        }
        assert_eq!(least, 1);
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
async fn whatever_moves_are_made_the_cells_are_what_a_recount_comes_to() {
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
    forum.forum.count_concerns().await.unwrap();
    let counted = forum.store().read().cells().await.unwrap();
    assert!(counted.len() > 5, "{counted:?}");
    forum.forum.recount_concerns().await.unwrap();
    assert_eq!(forum.store().read().cells().await.unwrap(), counted);
}
