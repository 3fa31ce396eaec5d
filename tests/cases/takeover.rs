//! The moderator on a confidential concern: one at a time, and shown to the
//! raiser.

use chrono::Duration;
use mukalma_tests::{Client, PASSWORD, TestForum};
use serde_json::{Value, json};

use super::budgets::statements;

const LEDGER: &str = "query($id: ID!) { thread(id: $id) { accessLedger { duty opened } } }";
const SEEN: &str = "query($id: ID!) { thread(id: $id) { caseFacts viewerCanClaim } }";

/// A second moderator besides the one of the cast.
async fn another_moderator(forum: &TestForum) -> Client {
    let admin = forum.sign_in("admin").await;
    let somebody = json!({
        "login": "second", "displayName": "The second", "password": PASSWORD,
        "constituency": "EXPERT",
    });
    let made = forum
        .visitor()
        .done("registerAccount", somebody, "account { id }")
        .await;
    let duty = json!({ "account": made["account"]["id"], "duty": "MODERATOR" });
    admin.done("grantDuty", duty, "").await;
    forum.sign_in("second").await
}

async fn raise(civil: &Client) -> Value {
    let input = json!({
        "title": "Searched without reason", "body": "x", "facts": "FIR 0/26",
        "category": "DRG", "region": "PB",
    });
    let raised = civil.done("raiseConcern", input, "thread { id }").await;
    raised["thread"]["id"].clone()
}

async fn claims_in_ledger(civil: &Client, id: &Value) -> usize {
    let seen = civil.run(LEDGER, json!({ "id": id })).await;
    let entries = seen["thread"]["accessLedger"].as_array().unwrap();
    let claim = json!({ "duty": "MODERATOR", "opened": "CLAIM" });
    entries.iter().filter(|one| **one == claim).count()
}

#[tokio::test]
async fn a_held_concern_is_taken_over_and_the_ledger_shows_each_time() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = raise(&civil).await;
    let first = forum.sign_in("moderator").await;
    let second = another_moderator(&forum).await;
    let it = json!({ "threadId": id });
    for (n, moderator) in [(1, &first), (2, &second), (3, &first)] {
        moderator.done("claimThread", it.clone(), "").await;
        // Done twice, it changes nothing.
        moderator.done("claimThread", it.clone(), "").await;
        assert_eq!(claims_in_ledger(&civil, &id).await, n);
    }
    second.done("releaseThread", it, "").await;
    assert_eq!(claims_in_ledger(&civil, &id).await, 4);
    let seen = second.run(SEEN, json!({ "id": id })).await;
    assert_eq!(seen["thread"]["caseFacts"], "FIR 0/26");
    let seen = first.run(SEEN, json!({ "id": id })).await;
    assert_eq!(seen["thread"], Value::Null);
}

#[tokio::test]
async fn a_released_concern_is_taken_over_by_a_moderator_who_was_invited_alone() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let first = forum.sign_in("moderator").await;
    let second = another_moderator(&forum).await;
    let it = json!({ "threadId": id });
    assert_eq!(second.refused("claimThread", it.clone()).await, "NOT_FOUND");

    let own = second.run("{ viewer { author { id } } }", json!({})).await;
    let invitation = json!({ "threadId": id, "authorId": own["viewer"]["author"]["id"] });
    let own = second.refused("inviteToThread", invitation.clone()).await;
    assert_eq!(own, "NOT_FOUND");
    first.done("inviteToThread", invitation, "").await;
    // To be invited is to read the concern, not its facts.
    let seen = second.run(SEEN, json!({ "id": id })).await;
    let expected = json!({ "caseFacts": null, "viewerCanClaim": true });
    assert_eq!(seen["thread"], expected);

    second.done("claimThread", it, "").await;
    let seen = second.run(SEEN, json!({ "id": id })).await;
    assert_eq!(seen["thread"]["caseFacts"], "FIR 0/26, Station Road");
    // There is one moderator on it.
    let seen = first.run(SEEN, json!({ "id": id })).await;
    assert_eq!(seen["thread"], Value::Null);
    assert_eq!(claims_in_ledger(&civil, &id).await, 2);
}

#[tokio::test]
async fn a_moderator_does_not_invite_himself_and_is_off_it_once_another_takes_over() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let (first, second) = (
        forum.sign_in("moderator").await,
        another_moderator(&forum).await,
    );
    let it = json!({ "threadId": id });
    for (who, other) in [(&first, &second), (&second, &first)] {
        let invitation = async |of: &Client| {
            let seen = of.run("{ viewer { author { id } } }", json!({})).await;
            json!({ "threadId": id, "authorId": seen["viewer"]["author"]["id"] })
        };
        let own = who.refused("inviteToThread", invitation(who).await).await;
        assert_eq!(own, "INVALID");
        who.done("inviteToThread", invitation(other).await, "")
            .await;
        other.done("claimThread", it.clone(), "").await;
        let seen = who.run(SEEN, json!({ "id": id })).await;
        assert_eq!(seen["thread"], Value::Null);
    }
}

/// The author that somebody speaks as.
async fn author(of: &Client) -> Value {
    let mut seen = of.run("{ viewer { author { id } } }", json!({})).await;
    seen["viewer"]["author"]["id"].take()
}

#[tokio::test]
async fn the_raiser_and_the_moderator_on_it_read_who_takes_part_and_nobody_else_does() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let moderator = forum.sign_in("moderator").await;
    let (ally, guest) = (forum.sign_in("youth").await, forum.sign_in("expert").await);
    let mut expected = Vec::new();
    for (by, who, role) in [
        (&civil, &ally, "RAISERS_SIDE"),
        (&moderator, &guest, "INVITED"),
    ] {
        let author = author(who).await;
        let input = json!({ "threadId": id, "authorId": author, "role": role });
        by.done("inviteToThread", input, "").await;
        expected.push(json!({
            "author": { "id": author }, "duty": null, "moderator": null, "role": role,
        }));
        forum.clock.advance(Duration::minutes(1));
    }
    let document = "query($id: ID!) { thread(id: $id) { \
                    participants { author { id } duty moderator role } } }";
    let seen = async |who: &Client| {
        let mut seen = who.run(document, json!({ "id": id })).await;
        seen["thread"]["participants"].take()
    };
    assert_eq!(seen(&civil).await, Value::from(expected.clone()));
    assert_eq!(seen(&moderator).await, Value::from(expected));
    for who in [&ally, &guest, &forum.sign_in("officer").await] {
        assert_eq!(seen(who).await, Value::Null);
    }
    let public = forum.open_discussion(&civil, "PUBLIC").await;
    let open = civil.run(document, json!({ "id": public })).await;
    assert_eq!(open["thread"], json!({ "participants": null }));
}

#[tokio::test]
async fn who_takes_part_in_many_threads_takes_as_many_statements_as_in_one() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let guest = author(&forum.sign_in("expert").await).await;
    let document = "{ threads(first: 9) { nodes { id participants { author { name } } } } }";
    let mut taken = Vec::new();
    for _ in 0..3 {
        let id = forum.open_concern(&civil).await;
        let input = json!({ "threadId": id, "authorId": guest });
        civil.done("inviteToThread", input, "").await;
        taken.push(statements(&forum, &civil, document, |_| json!({})).await);
    }
    assert_eq!(taken, [2; 3]);
}

#[tokio::test]
async fn only_what_is_confidential_is_claimed_and_only_by_moderators() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "PUBLIC").await;
    let it = json!({ "threadId": id });
    let moderator = forum.sign_in("moderator").await;
    assert_eq!(
        moderator.refused("claimThread", it.clone()).await,
        "ILLEGAL_MOVE"
    );
    let youth = forum.sign_in("youth").await;
    assert_eq!(youth.refused("claimThread", it).await, "FORBIDDEN");
    let confidential = json!({ "threadId": raise(&civil).await });
    assert_eq!(
        youth.refused("claimThread", confidential.clone()).await,
        "NOT_FOUND"
    );
    assert_eq!(
        civil.refused("claimThread", confidential).await,
        "FORBIDDEN"
    );
}

#[tokio::test]
async fn an_office_complained_of_stands_for_its_agency() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    forum.open_discussion(&civil, "PUBLIC").await;
    let about = json!({ "kind": "NOT_SURE", "office": forum.office("POL_PB").await });
    let input = json!({
        "title": "Treated badly", "body": "x", "facts": "On Friday",
        "category": "DRG", "region": "PB", "audience": "PUBLIC", "about": about,
    });
    let selection = "thread { id about { agency { code } } assignedAgency { code } }";
    let raised = civil.done("raiseConcern", input, selection).await;
    let thread = &raised["thread"];
    assert_eq!(thread["about"]["agency"]["code"], "POL_PB");
    assert_eq!(thread["assignedAgency"]["code"], "NCHR");
    let seen = async |login: &str| {
        let reader = forum.sign_in(login).await;
        let seen = reader.run(SEEN, json!({ "id": thread["id"] })).await;
        seen["thread"]["caseFacts"].clone()
    };
    assert_eq!(seen("officer").await, Value::Null);
    assert_eq!(seen("colleague").await, Value::Null);
    assert_eq!(seen("oversight").await, "On Friday");

    let preview = "query($input: AudiencePreviewInput!) { audiencePreview(input: $input) \
                   { caseFactsReaders { kind } notices } }";
    let practice = json!({ "kind": "PRACTICE", "office": forum.office("POL_PB").await });
    let input = json!({ "category": "DRG", "region": "PB", "about": practice });
    let seen = civil.run(preview, json!({ "input": input })).await;
    let readers = seen["audiencePreview"]["caseFactsReaders"].to_string();
    assert!(!readers.contains("DESK"), "{readers}");
}
