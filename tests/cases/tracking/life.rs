//! Every move, by whom, and with what it takes.

use domain::people::{Constituency, Duty};
use mukalma_tests::TestForum;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::Stage;
use crate::cases::audit::told;

fn moves(seen: &Value) -> Vec<&str> {
    let moves = seen["legalMoves"].as_array().expect("a concern");
    moves.iter().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn everybody_is_told_the_moves_that_are_his() {
    let stage = Stage::new().await;
    let of = async |who| stage.sees(who, "legalMoves").await;
    let officer = ["REFER", "ACKNOWLEDGE"];
    assert_eq!(moves(&of(&stage.officer).await), officer);
    assert_eq!(moves(&of(&stage.civil).await), ["WITHDRAW"]);
    stage.answered().await;
    assert!(moves(&of(&stage.officer).await).is_empty());
    let civil = ["ACCEPT", "DISPUTE", "WITHDRAW"];
    assert_eq!(moves(&of(&stage.civil).await), civil);
}

#[tokio::test]
async fn of_two_officers_one_is_first_and_the_other_is_told_where_it_stands() {
    let stage = Stage::new().await;
    let input = stage.with(json!({}));
    let twice = [(); 2].map(|()| stage.officer.act("acknowledgeConcern", input.clone(), ""));
    let [one, other] = futures_util::future::join_all(twice)
        .await
        .try_into()
        .unwrap();
    let (done, late) = if one["userErrors"] == json!([]) {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(done["userErrors"], json!([]));
    assert_eq!(late["userErrors"][0]["code"], "ILLEGAL_MOVE");
    let again = stage.officer.run(
        "mutation($input: AcknowledgeConcernInput!) { acknowledgeConcern(input: $input) \
         { userErrors { code state legalMoves } } }",
        json!({ "input": input }),
    );
    let expected = json!([{
        "code": "ILLEGAL_MOVE",
        "state": "ACKNOWLEDGED",
        "legalMoves": ["ASSIGN", "REFER", "START", "REQUEST_CLARIFICATION", "ANSWER", "WITHDRAW"],
    }]);
    assert_eq!(again.await["acknowledgeConcern"]["userErrors"], expected);
}

#[tokio::test]
async fn a_question_needs_words_and_is_asked_once() {
    let stage = Stage::new().await;
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let ask = |text: &str| json!({ "question": text });
    let refused = stage
        .refused(&stage.officer, "requestClarification", ask("  "))
        .await;
    assert_eq!(refused, "BLANK");
    stage
        .done(
            &stage.officer,
            "requestClarification",
            ask("On which road?"),
        )
        .await;
    let answer = |text: &str| json!({ "answer": text });
    assert_eq!(
        stage
            .refused(&stage.officer, "clarifyConcern", answer("x"))
            .await,
        "FORBIDDEN"
    );
    let long = "x".repeat(2_001);
    assert_eq!(
        stage
            .refused(&stage.civil, "clarifyConcern", answer(&long))
            .await,
        "TOO_LONG"
    );
    stage
        .done(&stage.civil, "clarifyConcern", answer(&long[1..]))
        .await;
    assert_eq!(
        stage.sees(&stage.civil, "state").await["state"],
        "IN_PROGRESS"
    );
    let again = stage
        .refused(&stage.officer, "requestClarification", ask("And when?"))
        .await;
    assert_eq!(again, "ILLEGAL_MOVE");
}

#[tokio::test]
async fn an_office_sends_on_with_a_reason_a_few_times_and_then_a_moderator_looks() {
    let stage = Stage::on(mukalma_tests::TestForum::new().await).await;
    let office = async |login: &str| {
        let document = "{ viewer { account { author { office { id } } } } }";
        let client = stage.forum.sign_in(login).await;
        client.run(document, json!({})).await["viewer"]["account"]["author"]["office"]["id"].take()
    };
    let (here, there) = (office("officer").await, office("colleague").await);
    let to = |office: &Value| json!({ "office": office, "reason": "It is their road." });
    let silent = json!({ "office": there, "reason": "" });
    assert_eq!(
        stage.refused(&stage.officer, "referConcern", silent).await,
        "BLANK"
    );
    assert_eq!(
        stage
            .refused(&stage.officer, "referConcern", to(&here))
            .await,
        "INVALID"
    );
    stage.done(&stage.officer, "referConcern", to(&there)).await;
    // Who has sent a confidential concern on sees it no more.
    assert_eq!(
        stage
            .refused(&stage.officer, "referConcern", to(&there))
            .await,
        "NOT_FOUND"
    );
    stage
        .done(&stage.colleague, "referConcern", to(&here))
        .await;
    stage.done(&stage.officer, "referConcern", to(&there)).await;
    assert_eq!(
        stage
            .refused(&stage.colleague, "referConcern", to(&here))
            .await,
        "TOO_MANY"
    );
    let audited = told(&stage.forum, "referConcern").await;
    assert_eq!(audited.len(), 3, "{audited:?}");
}

#[tokio::test]
async fn a_dispute_goes_to_another_officer_and_then_to_oversight_for_good() {
    let stage = Stage::new().await;
    stage.answered().await;
    let verdict = |verdict: &str| json!({ "verdict": verdict, "comment": "In my words" });
    let seen = "state assignedOffice { name } assignedAgency { code }";
    stage
        .done(&stage.civil, "giveVerdict", verdict("NOT_GRANTED"))
        .await;
    let expected = json!({
        "state": "IN_REVIEW",
        "assignedOffice": { "name": "Traffic" },
        "assignedAgency": { "code": "POL_PB" },
    });
    assert_eq!(stage.sees(&stage.civil, seen).await, expected);
    stage.answer(&stage.colleague).await;
    // An answer that was accepted may be disputed all the same.
    stage
        .done(&stage.civil, "giveVerdict", verdict("PARTIAL"))
        .await;
    stage
        .done(&stage.civil, "giveVerdict", verdict("NOT_GRANTED"))
        .await;
    let expected = json!({
        "state": "IN_REVIEW",
        "assignedOffice": { "name": "Complaints" },
        "assignedAgency": { "code": "NCHR" },
    });
    assert_eq!(stage.sees(&stage.civil, seen).await, expected);
    stage.answer(&stage.oversight).await;
    let again = stage
        .refused(&stage.civil, "giveVerdict", verdict("NOT_GRANTED"))
        .await;
    assert_eq!(again, "ILLEGAL_MOVE");
    stage
        .done(&stage.civil, "giveVerdict", verdict("RELIEF_GRANTED"))
        .await;
    assert_eq!(stage.sees(&stage.civil, "state").await["state"], "CLOSED");
}

#[tokio::test]
async fn nobody_reviews_his_own_answer() {
    let stage = Stage::new().await;
    stage.answered().await;
    let verdict = json!({ "verdict": "NOT_GRANTED" });
    stage.done(&stage.civil, "giveVerdict", verdict).await;
    // Whoever answered holds the other office as well.
    let account = "{ viewer { account { id } } }";
    let account = stage.officer.run(account, json!({})).await["viewer"]["account"]["id"].take();
    let office =
        stage.sees(&stage.civil, "assignedOffice { id }").await["assignedOffice"]["id"].take();
    let admin = stage.forum.sign_in("admin").await;
    admin
        .done(
            "appointHolder",
            json!({ "account": account, "office": office }),
            "",
        )
        .await;
    let answer = json!({ "body": "As before.", "outcome": { "resolved": true } });
    let refused = stage
        .refused(&stage.officer, "respondToConcern", answer)
        .await;
    assert_eq!(refused, "CONFLICT_OF_INTEREST");
    assert!(moves(&stage.sees(&stage.officer, "legalMoves").await).is_empty());
}

#[tokio::test]
async fn whoever_takes_his_concern_back_may_say_why() {
    let stage = Stage::new().await;
    stage
        .done(
            &stage.civil,
            "withdrawConcern",
            json!({ "reason": "It is over." }),
        )
        .await;
    assert!(moves(&stage.sees(&stage.civil, "legalMoves").await).is_empty());
    let answer = json!({ "body": "Too late.", "outcome": { "resolved": true } });
    let refused = stage
        .refused(&stage.officer, "respondToConcern", answer)
        .await;
    assert_eq!(refused, "ILLEGAL_MOVE");
}

#[tokio::test]
async fn an_agency_that_is_suspended_gives_its_officers_nothing_to_see_or_do() {
    let stage = Stage::new().await;
    let office = stage.sees(&stage.civil, "assignedOffice { id }").await;
    let admin = stage.forum.sign_in("admin").await;
    let suspend =
        json!({ "agency": "POL_PB", "accreditation": "SUSPENDED", "reason": "An inquiry." });
    admin.done("decideAgency", suspend, "").await;
    assert_eq!(stage.sees(&stage.officer, "id").await, Value::Null);
    let acknowledged = stage
        .refused(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(acknowledged, "NOT_FOUND");
    let connection = stage.forum.database.connect().await;
    connection
        .execute_unprepared("UPDATE thread SET audience = 'PUBLIC'")
        .await
        .unwrap();
    let acknowledged = stage
        .refused(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    assert_eq!(acknowledged, "FORBIDDEN");
    // It is found by a moderator, who puts it before another, and not there again.
    let queue =
        "{ viewer { moderationDesk { concerns(filter: {queue: STRANDED}) { totalCount } } } }";
    let stranded = stage.moderator.run(queue, json!({})).await;
    assert_eq!(
        stranded["viewer"]["moderationDesk"]["concerns"]["totalCount"],
        1
    );
    let back = json!({ "office": office["assignedOffice"]["id"] });
    let refused = stage.refused(&stage.moderator, "assignConcern", back).await;
    assert_eq!(refused, "INVALID");
    let there = json!({ "agency": "NCHR" });
    stage.done(&stage.moderator, "assignConcern", there).await;
    let stranded = stage.moderator.run(queue, json!({})).await;
    assert_eq!(
        stranded["viewer"]["moderationDesk"]["concerns"]["totalCount"],
        0
    );
}

#[tokio::test]
async fn what_an_office_has_begun_a_moderator_may_put_before_another() {
    let stage = Stage::new().await;
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let there = json!({ "agency": "NCHR" });
    stage
        .done(&stage.moderator, "assignConcern", there.clone())
        .await;
    let seen = "state assignedAgency { code }";
    let assigned = json!({ "state": "ASSIGNED", "assignedAgency": { "code": "NCHR" } });
    assert_eq!(stage.sees(&stage.civil, seen).await, assigned);
    // So may a review, and it stays one.
    let stage = Stage::new().await;
    stage.answered().await;
    let verdict = json!({ "verdict": "NOT_GRANTED" });
    stage.done(&stage.civil, "giveVerdict", verdict).await;
    stage.done(&stage.moderator, "assignConcern", there).await;
    let reviewed = json!({ "state": "IN_REVIEW", "assignedAgency": { "code": "NCHR" } });
    assert_eq!(stage.sees(&stage.civil, seen).await, reviewed);
}

#[tokio::test]
async fn what_nobody_can_go_on_with_every_moderator_sees_until_one_is_on_it() {
    let forum = TestForum::new().await;
    let duties = [Duty::Moderator];
    forum
        .install("second-moderator", Constituency::CivilSociety, &duties)
        .await;
    let stage = Stage::on(forum).await;
    let second = stage.forum.sign_in("second-moderator").await;
    // Nobody looked at it first: its raiser is known by now.
    let input = json!({ "title": "Nobody answers there", "body": "Not at all.",
        "category": "DRG", "region": "SD", "audience": "CONFIDENTIAL" });
    let mut raised = stage
        .civil
        .done("raiseConcern", input, "thread { id state }")
        .await;
    assert_eq!(raised["thread"]["state"], "OPEN");
    let stage = Stage {
        id: raised["thread"]["id"].take(),
        ..stage
    };
    let seen = "title caseFacts";
    let open = json!({ "title": "Nobody answers there", "caseFacts": null });
    assert_eq!(stage.sees(&stage.moderator, seen).await, open);
    assert_eq!(stage.sees(&second, seen).await, open);
    let there = json!({ "agency": "POL_PB" });
    stage.done(&second, "assignConcern", there).await;
    assert_eq!(stage.sees(&second, "title").await["title"], open["title"]);
    assert_eq!(stage.sees(&stage.moderator, seen).await, Value::Null);
    // Where all of an office step back it is so again for whoever is on it.
    stage
        .done(&stage.officer, "recuseFromConcern", json!({}))
        .await;
    let elsewhere = json!({ "agency": "NCHR" });
    stage.done(&second, "assignConcern", elsewhere).await;
}
