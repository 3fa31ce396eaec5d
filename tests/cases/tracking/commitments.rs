//! What offices say that they will do: from the word to its being kept.

mod lapse;
mod lists;
mod refused;

use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::Stage;
use crate::cases::audit::told;

const SHOWN: &str = "id state isReportedDone isContested percent dueOn firstDueOn lapsedAt keptAt \
    office { name } response { outcome } milestones { number statement dueOn reachedAt } \
    history { act side note percent milestone dueOn wasDueOn evidence { url description } }";

/// A day of the test's calendar; every test begins on the 17th.
fn november(day: u32) -> String {
    format!("2025-11-{day:02}")
}

fn commitment() -> Value {
    json!({ "statement": "Cameras at **both** gates.", "dueOn": november(28) })
}

impl Stage {
    /// A concern that the office says to have.
    async fn acknowledged() -> Self {
        let stage = Self::new().await;
        stage
            .done(&stage.officer, "acknowledgeConcern", json!({}))
            .await;
        stage
    }

    /// The office commits itself; gives the commitment's id.
    async fn committed(&self, input: Value) -> Value {
        let made = self
            .officer
            .done("makeCommitment", self.with(input), "commitment { id }")
            .await;
        made["commitment"]["id"].clone()
    }

    /// The office says that it is done.
    async fn reported_done(&self, id: &Value) {
        self.officer.done("reportProgress", done(id), "").await;
    }
}

/// The office says that it is done.
fn done(id: &Value) -> Value {
    json!({
        "commitmentId": id, "note": "Both hang.", "percent": 100,
        "evidence": [{ "url": "https://gazette.example/17", "description": "The notice" }],
    })
}

async fn shown(who: &Client, id: &Value, fields: &str) -> Value {
    let document =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Commitment {{ {fields} }} }} }}");
    who.run(&document, json!({ "id": id })).await["node"].take()
}

#[tokio::test]
async fn a_word_is_given_reported_on_contested_and_kept_by_the_concerned_side() {
    let stage = Stage::acknowledged().await;
    stage.answer(&stage.officer).await;
    let response = stage.sees(&stage.civil, "responses { id }").await["responses"][0]["id"].take();
    let mut input = commitment();
    input["responseId"] = response;
    input["milestones"] = json!([
        { "statement": "The first gate", "dueOn": november(20) },
        { "statement": "The second gate", "dueOn": november(28) },
    ]);
    let id = stage.committed(input).await;
    let report = json!({
        "commitmentId": id, "note": "One hangs.", "percent": 50, "milestone": 1,
    });
    stage.officer.done("reportProgress", report, "").await;
    stage.reported_done(&id).await;
    let contest = json!({ "commitmentId": id, "reason": "The second is a box." });
    stage.civil.done("contestCommitment", contest, "").await;
    let decide = json!({ "commitmentId": id, "kept": false, "reason": "It is a box." });
    let state = "commitment { state }";
    stage
        .forum
        .install("convenor", Constituency::CivilSociety, &[Duty::Convenor])
        .await;
    // Nobody sees a confidential concern by the duty alone.
    let convenor = stage.forum.sign_in("convenor").await;
    assert_eq!(
        convenor.refused("decideCommitment", decide.clone()).await,
        "NOT_FOUND"
    );
    stage.reported_done(&id).await;
    let kept = stage
        .civil
        .done("confirmCommitment", json!({ "commitmentId": id }), state)
        .await;
    assert_eq!(kept["commitment"]["state"], "KEPT");
    let mut seen = shown(&stage.civil, &id, SHOWN).await;
    for moment in ["id", "keptAt"] {
        assert_ne!(seen[moment].take(), Value::Null, "{moment}");
    }
    assert_ne!(seen["milestones"][0]["reachedAt"].take(), Value::Null);
    insta::assert_snapshot!(format!("{seen:#}"));
    let refused = stage.civil.refused(
        "contestCommitment",
        json!({ "commitmentId": id, "reason": "x" }),
    );
    assert_eq!(refused.await, "ILLEGAL_MOVE");
}

#[tokio::test]
async fn the_timeline_and_the_live_events_tell_every_step() {
    let stage = Stage::acknowledged().await;
    let item = "item { __typename side state ... on TimelineCommitment { act note \
        commitment { state percent } } }";
    let document = format!(
        "subscription($id: ID!) {{ threadEvents(threadId: $id) {{ __typename \
         ... on CommitmentMade {{ {item} }} ... on CommitmentChanged {{ {item} }} \
         ... on CommitmentKept {{ {item} }} }} }}"
    );
    let mut watch = stage
        .civil
        .watch(&document, json!({ "id": stage.id }))
        .await;
    let inbox = "subscription { viewerEvents { __typename } }";
    let mut civil = stage.civil.watch(inbox, json!({})).await;
    let id = stage.committed(commitment()).await;
    stage.reported_done(&id).await;
    stage
        .civil
        .done("confirmCommitment", json!({ "commitmentId": id }), "")
        .await;
    let mut told = Vec::new();
    for _ in 0..3 {
        let event = watch.next().await["threadEvents"].take();
        assert!(event["item"]["commitment"]["state"].is_string(), "{event}");
        told.push(format!(
            "{} {} {}",
            event["__typename"].as_str().unwrap(),
            event["item"]["side"].as_str().unwrap(),
            event["item"]["act"].as_str().unwrap(),
        ));
    }
    assert_eq!(
        told,
        [
            "CommitmentMade OFFICE MAKE",
            "CommitmentChanged OFFICE REPORT_DONE",
            "CommitmentKept RAISER CONFIRM"
        ]
    );
    for kind in ["CommitmentMade", "CommitmentChanged"] {
        assert_eq!(civil.next().await["viewerEvents"]["__typename"], kind);
    }
    let fields =
        "timeline(last: 3) { totalCount nodes { ... on TimelineCommitment { act note } } }";
    let timeline = stage.sees(&stage.civil, fields).await["timeline"].take();
    let nodes = json!([
        { "act": "MAKE", "note": null }, { "act": "REPORT_DONE", "note": "Both hang." },
        { "act": "CONFIRM", "note": null },
    ]);
    assert_eq!(timeline["nodes"], nodes);
}

/// What comes of an act, in a letter or two.
fn letter(payload: &Value) -> String {
    let code = payload["userErrors"][0]["code"].as_str();
    match code.unwrap_or("+") {
        "+" => "+",
        "FORBIDDEN" => "f",
        "CONFLICT_OF_INTEREST" => "i",
        "NOT_FOUND" => ".",
        other => other,
    }
    .to_owned()
}

const ACTS: [&str; 7] = [
    "makeCommitment",
    "reportProgress",
    "postponeCommitment",
    "withdrawCommitment",
    "confirmCommitment",
    "contestCommitment",
    "decideCommitment",
];

fn input(act: &str, id: &Value, thread: &Value) -> Value {
    match act {
        "makeCommitment" => {
            let mut input = commitment();
            input["threadId"] = thread.clone();
            input
        }
        "reportProgress" => json!({ "commitmentId": id, "note": "Half.", "percent": 50 }),
        "postponeCommitment" => {
            json!({ "commitmentId": id, "reason": "Late", "dueOn": "2025-12-24" })
        }
        "confirmCommitment" => json!({ "commitmentId": id }),
        "decideCommitment" => json!({ "commitmentId": id, "kept": true, "reason": "Seen" }),
        _ => json!({ "commitmentId": id, "reason": "So" }),
    }
}

/// A concern that an office has, and what it says of what it complains.
async fn raised(forum: &TestForum, [civil, moderator]: [&Client; 2], about: &Value) -> Value {
    let input = json!({
        "title": "A concern", "body": "On the road.", "category": "DRG", "region": "PB",
        "audience": "MEMBERS", "about": about,
    });
    let id = civil.done("raiseConcern", input, "thread { id }").await["thread"]["id"].take();
    let to = json!({ "threadId": id, "office": forum.office("POL_PB").await });
    moderator.act("assignConcern", to, "").await;
    id
}

#[tokio::test]
async fn each_step_is_for_the_right_people_alone() {
    let forum = TestForum::new().await;
    forum
        .install("convenor", Constituency::CivilSociety, &[Duty::Convenor])
        .await;
    let [civil, officer] = [forum.sign_in("civil").await, forum.sign_in("officer").await];
    let moderator = forum.sign_in("moderator").await;
    forum.open_discussion(&civil, "MEMBERS").await;
    let everybody = [
        "civil",
        "youth",
        "officer",
        "colleague",
        "oversight",
        "moderator",
        "convenor",
        "admin",
    ];
    let mut people = Vec::new();
    for login in everybody {
        people.push(forum.sign_in(login).await);
    }
    let practice = json!({ "kind": "PRACTICE", "agency": "POL_PB" });
    let conduct = json!({ "kind": "CONDUCT", "agency": "POL_SD" });
    let mut table = format!("{:22}{}\n", "", everybody.join(" "));
    for (name, about) in [("PRACTICE", &practice), ("CONDUCT elsewhere", &conduct)] {
        table.push_str(name);
        table.push('\n');
        for act in ACTS {
            let mut cells = Vec::new();
            for (login, who) in everybody.iter().zip(&people) {
                let thread = raised(&forum, [&civil, &moderator], about).await;
                let on = json!({ "threadId": thread });
                officer.done("acknowledgeConcern", on, "").await;
                let mut made = commitment();
                made["threadId"] = thread.clone();
                let made = officer
                    .done("makeCommitment", made, "commitment { id }")
                    .await;
                let id = &made["commitment"]["id"];
                officer.done("reportProgress", done(id), "").await;
                let may = shown(who, id, "legalActs").await["legalActs"].take();
                let payload = who.act(act, input(act, id, &thread), "").await;
                let cell = letter(&payload);
                let word = match act {
                    "makeCommitment" => None,
                    "reportProgress" => Some("REPORT"),
                    "decideCommitment" => Some("DECIDE_KEPT"),
                    other => other.strip_suffix("Commitment"),
                };
                if let Some(word) = word {
                    let legal = may
                        .as_array()
                        .unwrap()
                        .contains(&json!(word.to_uppercase()));
                    assert_eq!(legal, cell == "+", "{login} {act}");
                }
                cells.push(format!("{cell:width$}", width = login.len()));
            }
            table.push_str(format!("  {act:20}{}", cells.join(" ")).trim_end());
            table.push('\n');
        }
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn whoever_stepped_back_does_not_report_and_another_desk_of_the_agency_goes_on() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    let report = json!({ "commitmentId": id, "note": "Half.", "percent": 50 });
    let refer = json!({ "agency": "NCHR", "reason": "It watches." });
    stage
        .done(&stage.officer, "recuseFromConcern", json!({}))
        .await;
    let refused = stage
        .officer
        .refused("reportProgress", report.clone())
        .await;
    assert_eq!(refused, "NOT_FOUND");
    assert_eq!(
        stage.refused(&stage.officer, "referConcern", refer).await,
        "NOT_FOUND"
    );
    let office = json!({ "office": stage.sees(&stage.civil, "assignedOffice { id }").await
        ["assignedOffice"]["id"], "account": account(&stage.colleague).await });
    let admin = stage.forum.sign_in("admin").await;
    admin.done("appointHolder", office, "").await;
    stage.colleague.done("reportProgress", report, "").await;
}

async fn account(who: &Client) -> Value {
    let account = "{ viewer { account { id } } }";
    who.run(account, json!({})).await["viewer"]["account"]["id"].take()
}

#[tokio::test]
async fn a_commitment_is_made_once_under_one_key() {
    let stage = Stage::acknowledged().await;
    let mut input = stage.with(commitment());
    input["clientMutationId"] = json!("one");
    let ids = [
        stage
            .officer
            .done("makeCommitment", input.clone(), "commitment { id }")
            .await,
        stage
            .officer
            .done("makeCommitment", input, "commitment { id }")
            .await,
    ];
    assert_eq!(ids[0]["commitment"]["id"], ids[1]["commitment"]["id"]);
    let all = stage.sees(&stage.civil, "commitments { id }").await["commitments"].take();
    assert_eq!(all.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_contested_is_decided_on_and_goes_on_where_it_was_not_kept() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    let contest = json!({ "commitmentId": id, "reason": "A box." });
    for (kept, state) in [(false, "OPEN"), (true, "KEPT")] {
        let decide = json!({ "commitmentId": id, "kept": kept, "reason": "I looked." });
        let early = stage
            .moderator
            .refused("decideCommitment", decide.clone())
            .await;
        assert_eq!(early, "ILLEGAL_MOVE");
        stage.reported_done(&id).await;
        stage
            .civil
            .done("contestCommitment", contest.clone(), "")
            .await;
        let selection = "commitment { state history { act side } }";
        let decided = stage
            .moderator
            .done("decideCommitment", decide, selection)
            .await;
        assert_eq!(decided["commitment"]["state"], state);
        assert_eq!(decided["commitment"]["history"][0]["side"], "MODERATOR");
    }
    let audited = told(&stage.forum, "decideCommitment").await;
    let kept = audited.iter().map(|line| line.ends_with("_DECIDE_KEPT"));
    assert_eq!(kept.collect::<Vec<_>>(), [false, true], "{audited:?}");
}
