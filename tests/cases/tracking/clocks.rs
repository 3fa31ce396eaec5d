//! By what clocks run, and what is told when they run out.

use chrono::Duration;
use serde_json::{Value, json};

use super::Stage;

const CLOCK: &str =
    "state clock { runsFor expects since dueOn dueAt veryOverdueOn lateness escalation }";

async fn clock(stage: &Stage) -> Value {
    stage.sees(&stage.civil, CLOCK).await["clock"].take()
}

/// What a clock says, in one line. Every test begins on Monday, 17 November.
fn line(clock: &Value) -> String {
    let words = ["runsFor", "expects", "dueOn", "veryOverdueOn", "lateness"];
    let words = words.map(|key| clock[key].as_str().unwrap_or("-"));
    format!("{} {}", words.join(" "), clock["escalation"])
}

impl Stage {
    /// Lets days pass, and what is due be done.
    async fn days(&self, days: i64) {
        let mut left = days;
        loop {
            let step = left.min(20);
            self.forum.clock.advance(Duration::days(step));
            self.forum.forum.run_clocks().await.expect("clocks run");
            // Whoever is away for too long has to sign in again.
            for who in [
                &self.civil,
                &self.moderator,
                &self.officer,
                &self.colleague,
                &self.oversight,
            ] {
                who.run("{ viewer { account { id } } }", json!({})).await;
            }
            left -= step;
            if left == 0 {
                return;
            }
        }
    }

    async fn admin(&self, act: &str, input: Value) -> Value {
        let admin = self.forum.sign_in("admin").await;
        let done = admin.done(act, input, "").await;
        self.forum.forum.run_clocks().await.expect("clocks run");
        done
    }
}

#[tokio::test]
async fn a_clock_runs_in_working_days_pauses_for_a_question_and_begins_anew_once() {
    let stage = Stage::new().await;
    let mut lines = vec![line(&clock(&stage).await)];
    stage.days(2).await;
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    lines.push(line(&clock(&stage).await));
    stage.days(1).await;
    let ask = json!({ "question": "On which road?" });
    stage
        .done(&stage.officer, "requestClarification", ask)
        .await;
    lines.push(line(&clock(&stage).await));
    stage.days(4).await;
    stage
        .done(
            &stage.civil,
            "clarifyConcern",
            json!({ "answer": "To the hostel." }),
        )
        .await;
    lines.push(line(&clock(&stage).await));
    stage.answer(&stage.officer).await;
    lines.push(line(&clock(&stage).await));
    stage
        .done(
            &stage.civil,
            "giveVerdict",
            json!({ "verdict": "NOT_GRANTED" }),
        )
        .await;
    lines.push(line(&clock(&stage).await));
    stage.answer(&stage.colleague).await;
    stage
        .done(&stage.civil, "giveVerdict", json!({ "verdict": "PARTIAL" }))
        .await;
    assert_eq!(clock(&stage).await, Value::Null);
    insta::assert_snapshot!(lines.join("\n"), @r"
    ACKNOWLEDGE OFFICE 2025-11-24 2026-01-13 ON_TIME 0
    ANSWER OFFICE 2025-12-15 2026-01-13 ON_TIME 0
    CLARIFY RAISER 2025-12-18 - ON_TIME 0
    ANSWER OFFICE 2025-12-22 2026-01-20 ON_TIME 0
    VERDICT RAISER 2025-12-22 - ON_TIME 0
    REVIEW OFFICE 2025-12-22 2026-01-20 ON_TIME 0
    ");
}

#[tokio::test]
async fn silence_is_passed_on_once_to_the_office_and_at_last_to_oversight() {
    let mut stage = Stage::new().await;
    stage.done(&stage.civil, "withdrawConcern", json!({})).await;
    let input = json!({
        "title": "Students are searched", "body": "Every Friday.", "category": "DRG",
        "region": "PB", "about": { "kind": "PRACTICE", "agency": "POL_PB" },
    });
    stage.id = stage
        .civil
        .done("raiseConcern", input, "thread { id }")
        .await["thread"]["id"]
        .take();
    let document = "subscription { viewerEvents { __typename } }";
    let mut civil = stage.civil.watch(document, json!({})).await;
    let mut officer = stage.officer.watch(document, json!({})).await;
    let mut oversight = stage.oversight.watch(document, json!({})).await;
    let kind = |event: Value| event["viewerEvents"]["__typename"].clone();
    // Monday to Monday there is time; on the seventh day the office is reminded.
    stage.days(7).await;
    assert_eq!(clock(&stage).await["lateness"], "ON_TIME");
    assert_eq!(kind(officer.next().await), "ReminderDue");
    for (days, lateness, level) in [
        (1, "OVERDUE", 1),
        (50, "VERY_OVERDUE", 2),
        (30, "VERY_OVERDUE", 2),
    ] {
        stage.days(days).await;
        stage.days(0).await;
        let clock = clock(&stage).await;
        assert_eq!(
            (&clock["lateness"], &clock["escalation"]),
            (&json!(lateness), &json!(level))
        );
    }
    for inbox in [&mut civil, &mut officer] {
        for _ in 0..2 {
            assert_eq!(kind(inbox.next().await), "ConcernEscalated");
        }
    }
    assert_eq!(kind(oversight.next().await), "ConcernEscalated");
    // Each once: what comes next is what is done next.
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(kind(civil.next().await), "ConcernAcknowledged");
    let items = "timeline(first: 9) { nodes { __typename ... on TimelineEscalation { level } } }";
    let items = stage.sees(&stage.civil, items).await["timeline"]["nodes"].take();
    let levels: Vec<&Value> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["level"])
        .collect();
    assert_eq!(
        levels,
        [
            &Value::Null,
            &Value::Null,
            &json!(1),
            &json!(2),
            &Value::Null
        ]
    );
}

#[tokio::test]
async fn a_clock_that_jumps_and_two_nodes_escalate_once() {
    let mut stage = Stage::new().await;
    let other = stage.forum.another_node().await;
    stage.forum.clock.advance(Duration::days(90));
    stage.civil = stage.forum.sign_in("civil").await;
    let one = stage.forum.forum.run_clocks();
    let (one, two) = tokio::join!(one, other.run_clocks());
    one.and(two).expect("clocks run");
    let count = "timeline(first: 9) { nodes { __typename ... on TimelineEscalation { level } } }";
    let nodes = stage.sees(&stage.civil, count).await["timeline"]["nodes"].take();
    assert_eq!(
        nodes,
        json!([{ "__typename": "TimelineMove" }, { "__typename": "TimelineAssignment" },
        { "__typename": "TimelineEscalation", "level": 1 },
        { "__typename": "TimelineEscalation", "level": 2 }])
    );
}

#[tokio::test]
async fn clocks_are_looked_at_anew_where_they_are_set_otherwise() {
    let stage = Stage::new().await;
    let forum = &stage.forum.forum;
    let looks = async |node: &forum::Forum| node.rewind_if_set_otherwise().await.unwrap();
    looks(forum).await;
    assert!(!looks(forum).await, "the same settings");
    let fridays = forum::Settings {
        weekend: chrono::WeekdaySet::single(chrono::Weekday::Fri),
        ..forum.settings().clone()
    };
    let other = stage.forum.another_node_set(fridays).await;
    assert!(looks(&other).await, "other settings");
    assert!(!looks(&other).await);
}

#[tokio::test]
async fn what_is_due_is_done_by_the_next_server_that_starts() {
    let stage = Stage::new().await;
    let id = stage.id.clone();
    stage.forum.clock.advance(Duration::days(8));
    let settings = stage.forum.database.settings();
    let forum = stage.forum.again(&settings).await;
    forum.forum.run_clocks().await.expect("clocks run");
    let civil = forum.sign_in("civil").await;
    let document = "query($id: ID!) { thread(id: $id) { clock { escalation } \
        timeline { totalCount } } }";
    let seen = civil.run(document, json!({ "id": id })).await["thread"].take();
    let expected = json!({ "clock": { "escalation": 1 }, "timeline": { "totalCount": 3 } });
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn an_answer_without_a_verdict_is_closed_unconfirmed_after_a_reminder() {
    let stage = Stage::new().await;
    stage.answered().await;
    let document = "subscription { viewerEvents { __typename } }";
    let mut civil = stage.civil.watch(document, json!({})).await;
    for (days, state) in [
        (22, "ANSWERED"),
        (6, "ANSWERED"),
        (1, "CLOSED"),
        (60, "CLOSED"),
    ] {
        stage.days(days).await;
        assert_eq!(
            stage.sees(&stage.civil, "state").await["state"],
            state,
            "{days}"
        );
    }
    for kind in [
        "ReminderDue",
        "ConcernMoved",
        "VerdictAsked",
        "VerdictAsked",
    ] {
        assert_eq!(civil.next().await["viewerEvents"]["__typename"], kind);
    }
    let last = "timeline(last: 1) { nodes { side ... on TimelineMove { kind } } }";
    let last = stage.sees(&stage.civil, last).await["timeline"]["nodes"].take();
    assert_eq!(last, json!([{ "side": "FORUM", "kind": "LAPSE" }]));
    // Unconfirmed is not the end.
    stage
        .done(
            &stage.civil,
            "giveVerdict",
            json!({ "verdict": "NOT_GRANTED" }),
        )
        .await;
    assert_eq!(
        stage.sees(&stage.civil, "state").await["state"],
        "IN_REVIEW"
    );
}

#[tokio::test]
async fn a_question_that_nobody_answers_lets_the_concern_rest_until_he_does() {
    let stage = Stage::new().await;
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let ask = json!({ "question": "On which road?" });
    stage
        .done(&stage.officer, "requestClarification", ask)
        .await;
    for (days, state) in [
        (28, "CLARIFICATION_REQUESTED"),
        (1, "DORMANT"),
        (90, "DORMANT"),
    ] {
        stage.days(days).await;
        assert_eq!(
            stage.sees(&stage.civil, "state").await["state"],
            state,
            "{days}"
        );
    }
    assert_eq!(clock(&stage).await, Value::Null);
    stage
        .done(
            &stage.civil,
            "clarifyConcern",
            json!({ "answer": "To the hostel." }),
        )
        .await;
    assert_eq!(clock(&stage).await["runsFor"], "ANSWER");
}

#[tokio::test]
async fn clocks_go_by_the_rule_that_held_when_they_began() {
    let stage = Stage::new().await;
    let due = async || clock(&stage).await["dueOn"].as_str().unwrap().to_owned();
    assert_eq!(due().await, "2025-11-24");
    let rule =
        json!({ "agency": "POL_PB", "category": "DRG", "acknowledgeDays": 2, "answerDays": 10 });
    stage.admin("setClockRule", rule).await;
    assert_eq!(due().await, "2025-11-24");
    let raised = stage.forum.open_concern(&stage.civil).await;
    let stage = Stage {
        id: raised,
        ..stage
    };
    let due = async || clock(&stage).await["dueOn"].as_str().unwrap().to_owned();
    assert_eq!(due().await, "2025-11-19");
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(due().await, "2025-12-01");
    let rules = "{ clockRules { agency { code } category { code } acknowledgeDays answerDays \
        veryOverdueDays reviewDays since } }";
    stage
        .admin(
            "setClockRule",
            json!({ "agency": "POL_PB", "category": "DRG" }),
        )
        .await;
    let rules = stage.civil.run(rules, json!({})).await["clockRules"].take();
    assert_eq!(rules.as_array().map(Vec::len), Some(2));
    assert_eq!(rules[0]["acknowledgeDays"], 2);
    assert_eq!(rules[1]["acknowledgeDays"], Value::Null);
}

#[tokio::test]
async fn a_rule_has_its_bounds() {
    let stage = Stage::new().await;
    let admin = stage.forum.sign_in("admin").await;
    for (days, code) in [(0, "INVALID"), (366, "INVALID"), (-1, "INVALID")] {
        let refused = admin
            .refused("setClockRule", json!({ "answerDays": days }))
            .await;
        assert_eq!(refused, code, "{days}");
    }
    for days in [1, 365] {
        admin
            .done(
                "setClockRule",
                json!({ "answerDays": days }),
                "rule { answerDays }",
            )
            .await;
    }
    let rule = json!({ "acknowledgeDays": 9, "answerDays": 8 });
    assert_eq!(admin.refused("setClockRule", rule).await, "INVALID");
    for (key, value) in [("agency", "NONE"), ("category", "NONE")] {
        assert_eq!(
            admin.refused("setClockRule", json!({ key: value })).await,
            "UNKNOWN"
        );
    }
    let refused = stage
        .moderator
        .refused("setClockRule", json!({ "answerDays": 5 }))
        .await;
    assert_eq!(refused, "FORBIDDEN");
}

#[tokio::test]
async fn a_holiday_that_the_moon_is_sighted_for_gives_a_day_more() {
    let stage = Stage::new().await;
    let holiday = |day: &str| json!({ "day": day, "nameEn": "Eid", "nameUr": "عید" });
    stage.admin("declareHoliday", holiday("2025-11-20")).await;
    assert_eq!(clock(&stage).await["dueOn"], "2025-11-25");
    let list = "query($year: Int!) { holidays(year: $year) { day name yearly } }";
    let list = stage.civil.run(list, json!({ "year": 2025 })).await["holidays"].take();
    let eid = json!({ "day": "2025-11-20", "name": "Eid", "yearly": false });
    assert!(list.as_array().unwrap().contains(&eid), "{list}");
    stage
        .admin("withdrawHoliday", json!({ "day": "2025-11-20" }))
        .await;
    assert_eq!(clock(&stage).await["dueOn"], "2025-11-24");
    let admin = stage.forum.sign_in("admin").await;
    assert_eq!(
        admin.refused("declareHoliday", holiday("2025-11-17")).await,
        "NOT_AHEAD"
    );
    let again = admin
        .refused("withdrawHoliday", json!({ "day": "2025-11-20" }))
        .await;
    assert_eq!(again, "NOT_FOUND");
}

#[tokio::test]
async fn no_clock_runs_for_an_agency_that_does_not_answer() {
    let stage = Stage::new().await;
    let agency = |to: &str| json!({ "agency": "POL_PB", "participation": to });
    stage.admin("setParticipation", agency("LISTED")).await;
    assert_eq!(clock(&stage).await, Value::Null);
    stage.days(60).await;
    stage.admin("setParticipation", agency("INVITED")).await;
    stage.admin("setParticipation", agency("ANSWERING")).await;
    // From the day it began, and not before: 16 January is a Friday.
    let clock = clock(&stage).await;
    assert_eq!(
        (&clock["since"], &clock["dueOn"]),
        (&json!("2026-01-16"), &json!("2026-01-23"))
    );
    assert_eq!(clock["escalation"], 0);
}

/// How many statements it takes to tell that so many concerns are late.
async fn statements_for(concerns: usize) -> u64 {
    let stage = Stage::new().await;
    for n in 1..concerns {
        let input = json!({
            "title": format!("Concern {n}"), "body": "It happens again.", "category": "DRG",
            "region": "PB",
        });
        stage.civil.done("raiseConcern", input, "").await;
    }
    // The first of them was told of before: all stand alike.
    stage.forum.clock.advance(Duration::days(5));
    stage.forum.forum.run_clocks().await.unwrap();
    stage.forum.clock.advance(Duration::days(15));
    let before = stage.forum.store().statements();
    stage.forum.forum.run_clocks().await.unwrap();
    stage.forum.store().statements() - before
}

#[tokio::test]
async fn silence_about_many_concerns_is_passed_on_by_as_many_statements_as_about_few() {
    assert_eq!(statements_for(9).await, statements_for(3).await);
}
