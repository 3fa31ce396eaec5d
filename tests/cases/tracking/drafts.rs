//! Answers that a second officer approves before they are published.

use chrono::Duration;
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::Stage;
use crate::cases::audit::told;

const DRAFTS: &str = "drafts { id number body outcome viewerIsAuthor approvedAt response { id } } \
    viewerCanDraft viewerCanApprove legalMoves";

/// A stage whose agency has a second officer approve, with both at one desk,
/// and the concern acknowledged.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    let admin = stage.forum.sign_in("admin").await;
    let input = json!({ "agency": "POL_PB", "required": true });
    let agency = "agency { code secondOfficerApproves }";
    let set = admin.done("setSecondOfficer", input, agency).await;
    assert_eq!(set["agency"]["secondOfficerApproves"], true);
    appoint(&stage, &stage.colleague).await;
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    stage
}

async fn office(stage: &Stage) -> Value {
    stage.sees(&stage.civil, "assignedOffice { id }").await["assignedOffice"]["id"].take()
}

async fn account(who: &Client) -> Value {
    let account = "{ viewer { account { id } } }";
    who.run(account, json!({})).await["viewer"]["account"]["id"].take()
}

async fn appoint(stage: &Stage, who: &Client) {
    let admin = stage.forum.sign_in("admin").await;
    let input = json!({ "account": account(who).await, "office": office(stage).await });
    admin.done("appointHolder", input, "").await;
}

fn answer(body: &str) -> Value {
    json!({ "body": body, "outcome": { "resolved": true } })
}

impl Stage {
    /// Writes a draft, and gives its id.
    async fn drafted(&self, who: &Client, input: Value) -> Value {
        let draft = who
            .done("draftResponse", self.with(input), "draft { id }")
            .await;
        draft["draft"]["id"].clone()
    }
}

#[tokio::test]
async fn an_answer_is_drafted_approved_by_another_and_signed_by_the_office() {
    let stage = stage().await;
    let refused = stage
        .refused(&stage.officer, "respondToConcern", answer("Done."))
        .await;
    assert_eq!(refused, "SECOND_OFFICER_REQUIRED");
    let before = stage.sees(&stage.officer, DRAFTS).await;
    assert_eq!(
        (&before["viewerCanDraft"], &before["drafts"]),
        (&json!(true), &json!([]))
    );
    let moves = json!(["REFER", "START", "REQUEST_CLARIFICATION"]);
    assert_eq!(before["legalMoves"], moves);
    let old = stage.drafted(&stage.officer, answer("Done.")).await;
    let draft = stage.drafted(&stage.officer, answer("It has ended.")).await;
    // Nobody approves what is his own, or what was replaced.
    for (who, draft, code) in [
        (&stage.officer, &draft, "CONFLICT_OF_INTEREST"),
        (&stage.colleague, &old, "INVALID"),
    ] {
        let input = json!({ "draftId": draft });
        assert_eq!(who.refused("approveResponse", input).await, code);
    }
    assert_eq!(
        stage
            .sees(&stage.officer, "legalMoves viewerCanApprove")
            .await,
        json!({ "legalMoves": moves, "viewerCanApprove": false })
    );
    let seen = stage.sees(&stage.colleague, DRAFTS).await;
    assert_eq!(seen["viewerCanApprove"], true);
    assert!(
        seen["legalMoves"]
            .as_array()
            .unwrap()
            .contains(&json!("ANSWER"))
    );
    let numbers: Vec<&Value> = seen["drafts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["number"])
        .collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    let response = "response { body outcome office { name } }";
    let input = json!({ "draftId": draft });
    let done = stage
        .colleague
        .done("approveResponse", input.clone(), response)
        .await;
    let expected = json!({ "body": "It has ended.", "outcome": "RESOLVED",
        "office": { "name": "SP Investigation, Lahore" } });
    assert_eq!(done["response"], expected);
    assert_eq!(stage.sees(&stage.civil, "state").await["state"], "ANSWERED");
    assert_eq!(
        stage.colleague.refused("approveResponse", input).await,
        "INVALID"
    );
    let audited = told(&stage.forum, "approveResponse").await;
    assert!(
        audited.len() == 1 && audited[0].contains("\tcolleague\t"),
        "{audited:?}"
    );
    let after = stage.sees(&stage.officer, DRAFTS).await;
    assert_eq!(after["viewerCanApprove"], false);
    assert_ne!(after["drafts"][0]["approvedAt"], Value::Null);
    assert_eq!(after["drafts"][1]["approvedAt"], Value::Null);
}

#[tokio::test]
async fn drafts_are_absent_outside_the_agency() {
    let stage = stage().await;
    let draft = stage.drafted(&stage.officer, answer("Not yet.")).await;
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let seen = stage.officer.run(node, json!({ "id": draft })).await;
    assert_eq!(seen["node"]["id"], draft);
    let fields = "drafts { body } viewerCanDraft viewerCanApprove";
    let none = json!({ "drafts": null, "viewerCanDraft": false, "viewerCanApprove": false });
    assert_eq!(stage.sees(&stage.civil, fields).await, none);
    for other in [
        &stage.civil,
        &stage.moderator,
        &stage.oversight,
        &stage.forum.visitor(),
    ] {
        let seen = other.run(node, json!({ "id": draft })).await;
        assert_eq!(seen["node"], Value::Null);
    }
    for other in [&stage.civil, &stage.moderator, &stage.oversight] {
        let input = json!({ "draftId": draft });
        assert_eq!(other.refused("approveResponse", input).await, "NOT_FOUND");
    }
    let refused = stage
        .refused(&stage.civil, "draftResponse", answer("Mine."))
        .await;
    assert_eq!(refused, "FORBIDDEN");
    let refused = stage
        .refused(&stage.oversight, "draftResponse", answer("Mine."))
        .await;
    assert_eq!(refused, "NOT_FOUND");
    // It tells nothing to the thread's own stream, and is not in its timeline.
    let timeline = "timeline { nodes { side } } responses { id }";
    let seen = stage.sees(&stage.civil, timeline).await;
    assert_eq!(seen["responses"], json!([]));
    assert_eq!(seen["timeline"]["nodes"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn of_two_approvals_at_once_one_publishes() {
    let stage = stage().await;
    let draft = stage.drafted(&stage.officer, answer("It has ended.")).await;
    let input = json!({ "draftId": draft });
    let again = stage.forum.sign_in("colleague").await;
    let (one, two) = tokio::join!(
        stage
            .colleague
            .act("approveResponse", input.clone(), "response { id }"),
        again.act("approveResponse", input, "response { id }"),
    );
    let codes = [&one, &two].map(|one| one["userErrors"][0]["code"].clone());
    assert!(
        codes.contains(&Value::Null) && codes.contains(&json!("INVALID")),
        "{codes:?}"
    );
    let responses = stage.sees(&stage.civil, "responses { id }").await;
    assert_eq!(responses["responses"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_draft_outlives_its_officer_and_no_referral() {
    let stage = stage().await;
    let draft = stage.drafted(&stage.officer, answer("It has ended.")).await;
    let from = account(&stage.officer).await;
    let (admin, office) = (stage.forum.sign_in("admin").await, office(&stage).await);
    let input = json!({ "account": from, "office": office });
    admin.done("endHolding", input.clone(), "").await;
    // Whoever left sees nothing of it any more.
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let seen = stage.officer.run(node, json!({ "id": draft })).await;
    assert_eq!(seen["node"], Value::Null);
    assert_eq!(
        stage.sees(&stage.colleague, "viewerCanApprove").await["viewerCanApprove"],
        true
    );
    // Nor does he approve it by coming back as another.
    admin.done("appointHolder", input, "").await;
    let approve = json!({ "draftId": draft });
    let refused = stage
        .officer
        .refused("approveResponse", approve.clone())
        .await;
    assert_eq!(refused, "CONFLICT_OF_INTEREST");
    let offices = "{ agency(code: \"POL_PB\") { offices { id name } } }";
    let offices = stage.civil.run(offices, json!({})).await["agency"]["offices"].take();
    let there = offices
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Traffic");
    let refer = json!({ "office": there.unwrap()["id"], "reason": "Theirs" });
    stage.done(&stage.officer, "referConcern", refer).await;
    assert_eq!(
        stage.colleague.refused("approveResponse", approve).await,
        "INVALID"
    );
}

#[tokio::test]
async fn an_outcome_whose_day_passed_before_it_was_approved_is_written_anew() {
    let stage = stage().await;
    let planned =
        json!({ "body": "Soon.", "outcome": { "actionPlanned": { "by": "2025-11-18" } } });
    let draft = stage.drafted(&stage.officer, planned).await;
    let input = json!({ "draftId": draft });
    stage.forum.clock.advance(Duration::days(2));
    let colleague = stage.forum.sign_in("colleague").await;
    assert_eq!(
        colleague.refused("approveResponse", input).await,
        "NOT_AHEAD"
    );
}

/// Where two of the office are needed, and one of its two gave the answer.
#[tokio::test]
async fn a_dispute_goes_where_enough_others_can_look_at_it_again() {
    let stage = stage().await;
    let draft = stage.drafted(&stage.officer, answer("It has ended.")).await;
    let input = json!({ "draftId": draft });
    stage.colleague.done("approveResponse", input, "").await;
    let verdict = json!({ "verdict": "NOT_GRANTED" });
    stage.done(&stage.civil, "giveVerdict", verdict).await;
    let seen = "state assignedAgency { code }";
    let seen = stage.sees(&stage.civil, seen).await;
    assert_eq!(seen["state"], "IN_REVIEW");
    assert_ne!(seen["assignedAgency"]["code"], "POL_PB");
    for officer in [&stage.officer, &stage.colleague] {
        let refused = stage
            .refused(officer, "draftResponse", answer("As before."))
            .await;
        assert_eq!(refused, "NOT_FOUND");
    }
}

#[tokio::test]
async fn an_officer_writes_so_many_drafts_of_a_concern_and_no_more() {
    let stage = stage().await;
    for n in 1..=50 {
        stage.drafted(&stage.officer, answer(&n.to_string())).await;
    }
    let refused = stage
        .refused(&stage.officer, "draftResponse", answer("51"))
        .await;
    assert_eq!(refused, "TOO_MANY");
    // He keeps nobody else from it.
    stage.drafted(&stage.colleague, answer("52")).await;
}

#[tokio::test]
async fn whether_a_second_officer_approves_is_the_administrators_to_set() {
    let stage = Stage::new().await;
    let input = json!({ "agency": "POL_PB", "required": true });
    for other in [&stage.officer, &stage.moderator] {
        let refused = other.refused("setSecondOfficer", input.clone()).await;
        assert_eq!(refused, "FORBIDDEN");
    }
    let agency = "{ agency(code: \"POL_SD\") { secondOfficerApproves } }";
    let seen = stage.forum.visitor().run(agency, json!({})).await;
    assert_eq!(seen["agency"]["secondOfficerApproves"], true);
}

#[tokio::test]
async fn what_cannot_be_drafted_or_approved_is_named() {
    let stage = stage().await;
    let with = |body: &str, outcome: Value| json!({ "body": body, "outcome": outcome });
    let past = json!({ "actionPlanned": { "by": "2025-11-16" } });
    let nothing = stage.forum.thread_id_of_nothing();
    for (input, code) in [
        (answer(""), "BLANK"),
        (answer(&"x".repeat(20_001)), "TOO_LONG"),
        (with("x", past), "NOT_AHEAD"),
        (
            with("x", json!({ "duplicate": { "of": nothing } })),
            "NOT_FOUND",
        ),
        (
            with("x", json!({ "noFurtherAction": { "reason": " " } })),
            "BLANK",
        ),
    ] {
        assert_eq!(
            stage.refused(&stage.officer, "draftResponse", input).await,
            code
        );
    }
    assert_eq!(
        stage.sees(&stage.officer, "drafts { id }").await["drafts"],
        json!([])
    );
    stage
        .drafted(&stage.officer, answer(&"x".repeat(20_000)))
        .await;
    let mut input = answer("x");
    for id in [nothing.clone(), json!(""), json!("not an id")] {
        input["threadId"] = id.clone();
        assert_eq!(
            stage.officer.refused("draftResponse", input.clone()).await,
            "NOT_FOUND"
        );
        let approve = json!({ "draftId": id });
        assert_eq!(
            stage.colleague.refused("approveResponse", approve).await,
            "NOT_FOUND"
        );
    }
    let admin = stage.forum.sign_in("admin").await;
    let input = json!({ "agency": "NONE", "required": true });
    assert_eq!(admin.refused("setSecondOfficer", input).await, "NOT_FOUND");
}
