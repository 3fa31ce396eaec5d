//! The main job: a concern is raised, answered and followed live.

use mukalma_tests::TestForum;
use serde_json::{Value, json};

fn concern() -> Value {
    json!({
        "title": "Students are searched without reason",
        "body": "On the road to the hostel, every Friday.",
        "facts": "FIR 0/26, Station Road",
        "category": "DRG",
        "region": "PB",
        "themes": ["SAFE_SPACES"],
    })
}

const THREAD: &str = "thread { id reference status state audience assignedOffice { id name } }";

#[tokio::test]
async fn a_concern_is_raised_acknowledged_answered_and_judged() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let moderator = forum.sign_in("moderator").await;
    let officer = forum.sign_in("officer").await;

    let raised = civil.done("raiseConcern", concern(), THREAD).await;
    assert_eq!(raised["thread"]["status"], "HELD");
    assert_eq!(raised["thread"]["state"], "SUBMITTED");
    assert_eq!(raised["thread"]["audience"], "CONFIDENTIAL");
    let id = raised["thread"]["id"].clone();

    let released = moderator
        .done("releaseThread", json!({ "threadId": id }), THREAD)
        .await;
    assert_eq!(released["thread"]["status"], "VISIBLE");
    assert_eq!(released["thread"]["state"], "ASSIGNED");
    assert_eq!(
        released["thread"]["assignedOffice"]["name"],
        "SP Investigation, Lahore"
    );

    officer
        .done("acknowledgeConcern", json!({ "threadId": id }), THREAD)
        .await;
    let answer = json!({
        "threadId": id,
        "body": "The searches have ended; the patrol was told why.",
        "outcome": { "resolved": true },
    });
    let selection = "response { outcome office { name } agency { code } }";
    let answered = officer.done("respondToConcern", answer, selection).await;
    assert_eq!(answered["response"]["outcome"], "RESOLVED");
    assert_eq!(answered["response"]["agency"]["code"], "POL_PB");

    let verdict = json!({ "threadId": id, "verdict": "RELIEF_GRANTED", "comment": "Thank you" });
    let judged = civil.done("giveVerdict", verdict, THREAD).await;
    assert_eq!(judged["thread"]["state"], "CLOSED");
}

#[tokio::test]
async fn whoever_may_see_a_concern_watches_its_life() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let moderator = forum.sign_in("moderator").await;
    let officer = forum.sign_in("officer").await;
    let raised = civil.done("raiseConcern", concern(), THREAD).await;
    let id = raised["thread"]["id"].clone();

    let document = "subscription($id: ID!) { threadEvents(threadId: $id) \
                    { __typename cursor ... on PostAdded { post { body author { name } } } } }";
    let mut watch = civil.watch(document, json!({ "id": id })).await;
    moderator
        .done("releaseThread", json!({ "threadId": id }), "thread { id }")
        .await;
    officer
        .done(
            "acknowledgeConcern",
            json!({ "threadId": id }),
            "thread { id }",
        )
        .await;
    officer
        .done(
            "addPost",
            json!({ "threadId": id, "body": "On which road?" }),
            "post { id }",
        )
        .await;

    assert_eq!(
        watch.next().await["threadEvents"]["__typename"],
        "ThreadModerated"
    );
    assert_eq!(
        watch.next().await["threadEvents"]["__typename"],
        "ConcernAcknowledged"
    );
    let added = watch.next().await;
    assert_eq!(added["threadEvents"]["post"]["body"], "On which road?");
    assert_eq!(
        added["threadEvents"]["post"]["author"]["name"],
        "SP Investigation, Lahore"
    );
}

#[tokio::test]
async fn a_watcher_goes_on_from_a_cursor_without_loss_or_repeat() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let page = civil
        .run(
            "query($id: ID!) { thread(id: $id) { cursor } }",
            json!({ "id": id }),
        )
        .await;
    for n in 0..5 {
        civil
            .done(
                "addPost",
                json!({ "threadId": id, "body": n.to_string() }),
                "",
            )
            .await;
    }
    let document = "subscription($id: ID!, $after: String) { threadEvents(threadId: $id, \
                    after: $after) { cursor ... on PostAdded { post { body } } } }";
    let mut after = page["thread"]["cursor"].clone();
    for n in 0..5 {
        let mut watch = civil
            .watch(document, json!({ "id": id, "after": after }))
            .await;
        let event = watch.next().await["threadEvents"].take();
        assert_eq!(event["post"]["body"], n.to_string());
        after = event["cursor"].clone();
    }
}

#[tokio::test]
async fn a_raiser_hears_of_every_official_move() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let mut inbox = civil
        .watch(
            "subscription { viewerEvents { __typename cursor } }",
            json!({}),
        )
        .await;
    let raised = civil.done("raiseConcern", concern(), THREAD).await;
    let id = raised["thread"]["id"].clone();
    forum
        .sign_in("moderator")
        .await
        .done("releaseThread", json!({ "threadId": id }), "")
        .await;
    forum
        .sign_in("officer")
        .await
        .done("acknowledgeConcern", json!({ "threadId": id }), "")
        .await;
    assert_eq!(
        inbox.next().await["viewerEvents"]["__typename"],
        "ThreadModerated"
    );
    assert_eq!(
        inbox.next().await["viewerEvents"]["__typename"],
        "ConcernAcknowledged"
    );
}

#[tokio::test]
async fn losing_sight_of_a_thread_ends_the_subscription() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let expert = forum.sign_in("expert").await;
    let id = forum.open_concern(&civil).await;
    let author = expert
        .run("{ viewer { account { author { id } } } }", json!({}))
        .await;
    let invitation =
        json!({ "threadId": id, "authorId": author["viewer"]["account"]["author"]["id"] });
    civil.done("inviteToThread", invitation.clone(), "").await;
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { cursor } }";
    let mut watch = expert.watch(document, json!({ "id": id })).await;
    civil.done("uninviteFromThread", invitation, "").await;
    assert_eq!(watch.end().await, "complete");
}

#[tokio::test]
async fn signing_out_closes_the_socket() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let mut watch = civil
        .watch("subscription { viewerEvents { cursor } }", json!({}))
        .await;
    civil
        .run(
            "mutation { signOut(input: {}) { userErrors { code } } }",
            json!({}),
        )
        .await;
    assert_eq!(watch.end().await, "4403");
}

#[tokio::test]
async fn a_repeated_key_writes_once() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "PUBLIC").await;
    let post = json!({ "threadId": id, "body": "Once", "clientMutationId": "k1" });
    let first = civil.done("addPost", post.clone(), "post { id }").await;
    let again = civil.done("addPost", post, "post { id }").await;
    assert_eq!(first["post"]["id"], again["post"]["id"]);
    let other = json!({ "threadId": id, "body": "Twice", "clientMutationId": "k1" });
    assert_eq!(
        civil.refused("addPost", other).await,
        "IDEMPOTENCY_KEY_REUSED"
    );
    let count = civil
        .run(
            "query($id: ID!) { thread(id: $id) { postCount } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(count["thread"]["postCount"], 1);
}

#[tokio::test]
async fn a_returned_concern_is_mended_and_sent_again() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let moderator = forum.sign_in("moderator").await;
    let raised = civil.done("raiseConcern", concern(), THREAD).await;
    let id = raised["thread"]["id"].clone();
    let reason = json!({ "threadId": id, "reason": "It names a person" });
    let returned = moderator.done("returnThread", reason, THREAD).await;
    assert_eq!(returned["thread"]["state"], "RETURNED");
    civil
        .done(
            "editThread",
            json!({ "threadId": id, "body": "Mended" }),
            THREAD,
        )
        .await;
    let sent = civil
        .done("resubmitThread", json!({ "threadId": id }), THREAD)
        .await;
    assert_eq!(sent["thread"]["state"], "SUBMITTED");
    moderator
        .done("releaseThread", json!({ "threadId": id }), THREAD)
        .await;
}

#[tokio::test]
async fn what_someone_did_goes_to_oversight_and_never_to_his_agency() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let moderator = forum.sign_in("moderator").await;
    let mut input = concern();
    let agency = forum.agency("POL_PB").await;
    input["themes"] = json!(["FALSE_IMPLICATION"]);
    assert_eq!(
        civil.refused("raiseConcern", input.clone()).await,
        "ABOUT_REQUIRED"
    );
    input["about"] = json!({ "kind": "CONDUCT", "agency": agency });
    let raised = civil.done("raiseConcern", input, THREAD).await;
    let id = raised["thread"]["id"].clone();
    let selection = "thread { assignedAgency { code } oversightAgency { code } }";
    let released = moderator
        .done("releaseThread", json!({ "threadId": id }), selection)
        .await;
    assert_eq!(released["thread"]["assignedAgency"]["code"], "NCHR");
    assert_eq!(released["thread"]["oversightAgency"]["code"], "NCHR");
    let assign = json!({ "threadId": id, "agency": "POL_PB" });
    assert_eq!(
        moderator.refused("assignConcern", assign).await,
        "CONFLICT_OF_INTEREST"
    );
    let officer = forum.sign_in("officer").await;
    assert_eq!(
        officer
            .refused("acknowledgeConcern", json!({ "threadId": id }))
            .await,
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn a_value_that_is_not_known_is_answered_with_where_the_known_ones_are() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let mut input = concern();
    for code in ["category", "region"] {
        input[code] = json!("NONE");
    }
    for codes in ["themes", "affectedGroups"] {
        input[codes] = json!(["NONE"]);
    }
    input["about"] = json!({ "kind": "PRACTICE", "agency": "NONE", "office": "NONE" });
    for reader in [&civil, &civil.in_urdu()] {
        let refused = reader.act("raiseConcern", input.clone(), "").await;
        let errors = refused["userErrors"].as_array().expect("errors");
        assert_eq!(errors.len(), 6);
        for error in errors {
            assert_eq!(error["code"], "UNKNOWN");
            let message = error["message"].as_str().expect("a message");
            let query = message.split('"').nth(1).expect("a query");
            reader.run(query, json!({})).await;
        }
    }
}

#[tokio::test]
async fn an_agency_is_named_by_its_id_or_by_its_code() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    for agency in [forum.agency("POL_PB").await, json!("POL_PB")] {
        let mut input = concern();
        input["about"] = json!({ "kind": "PRACTICE", "agency": agency });
        let selection = "thread { about { agency { code } } }";
        let raised = civil.done("raiseConcern", input, selection).await;
        assert_eq!(raised["thread"]["about"]["agency"]["code"], "POL_PB");
    }
}

#[tokio::test]
async fn the_raiser_sees_who_opened_the_case_facts() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_concern(&civil).await;
    let document = "query($id: ID!) { thread(id: $id) { caseFacts accessLedger \
                    { opened office { name } duty } } }";
    let officer = forum.sign_in("officer").await;
    let seen = officer.run(document, json!({ "id": id })).await;
    assert_eq!(seen["thread"]["caseFacts"], "FIR 0/26, Station Road");
    assert_eq!(seen["thread"]["accessLedger"], Value::Null);
    let ledger = civil.run(document, json!({ "id": id })).await["thread"]["accessLedger"].take();
    let facts: Vec<&Value> = ledger
        .as_array()
        .expect("the raiser reads the ledger")
        .iter()
        .filter(|entry| entry["opened"] == "FACTS")
        .collect();
    assert_eq!(facts[0]["office"]["name"], "SP Investigation, Lahore");
}

#[tokio::test]
async fn messages_are_in_the_readers_language() {
    let forum = TestForum::new().await;
    let bad = json!({ "login": "nobody", "password": "nothing at all" });
    let english = forum.visitor().act("signIn", bad.clone(), "").await;
    let urdu = forum.visitor().in_urdu().act("signIn", bad, "").await;
    assert_eq!(
        english["userErrors"][0]["code"],
        urdu["userErrors"][0]["code"]
    );
    assert_ne!(
        english["userErrors"][0]["message"],
        urdu["userErrors"][0]["message"]
    );
}

#[tokio::test]
async fn a_visitor_reads_the_language_that_he_likes_most() {
    let forum = TestForum::new().await;
    for (accepted, language) in [
        ("ur", "UR"),
        ("de, ur-PK, en", "UR"),
        ("en;q=0.1, ur;q=0.9", "UR"),
        ("ur; q=0.5, en-GB; q=0.5", "UR"),
        ("ur;q=0.5, en", "EN"),
        ("ur;q=0", "EN"),
        ("en;q=0, ur;q=0.5", "UR"),
        ("ur;q=x", "EN"),
        ("de", "EN"),
    ] {
        let visitor = forum.visitor().accepting(accepted);
        let seen = visitor.run("{ viewer { language } }", json!({})).await;
        assert_eq!(seen["viewer"]["language"], language, "{accepted}");
    }
}
