//! What each kind of sanction keeps from whom, where, and until when.

use chrono::Duration;
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::super::super::budgets::statements;
use super::super::{Square, flag_of, say};
use super::{imposed, lifting, own, panel};

fn speaks(thread: &Value) -> Value {
    json!({ "threadId": thread, "body": "Another word." })
}

/// What somebody does in a thread of another, with how it ends.
async fn acts(who: &Client, thread: &Value, post: &Value) -> Vec<(&'static str, String)> {
    let of = json!({ "threadId": thread });
    let mut all = Vec::new();
    for (act, input) in [
        ("addPost", speaks(thread)),
        ("endorseThread", of.clone()),
        ("flag", flag_of(post)),
        ("followThread", of),
    ] {
        let done = who.act(act, input, "").await;
        let code = done["userErrors"][0]["code"].as_str().unwrap_or("DONE");
        all.push((act, code.to_owned()));
    }
    all
}

/// Whether he speaks, endorses and flags; and whether he follows.
async fn may(who: &Client, thread: &Value, post: &Value) -> (bool, bool) {
    let all = acts(who, thread, post).await;
    let done = |name| all.iter().any(|one| *one == (name, "DONE".to_owned()));
    let speaks = done("addPost");
    // What he flagged before he may not again: that is no sanction.
    assert_eq!(speaks, done("endorseThread"), "{all:?}");
    (speaks, done("followThread"))
}

async fn title(who: &Client, thread: &Value) -> Value {
    let document = "query($id: ID!) { thread(id: $id) { title } }";
    who.run(document, json!({ "id": thread })).await["thread"].take()
}

/// A thread of the expert's with a post in it, filed under this category.
async fn elsewhere(square: &Square, category: Option<&str>) -> [Value; 2] {
    let input = json!({
        "kind": "DISCUSSION", "title": "Another discussion", "body": "Of something else.",
        "audience": "PUBLIC", "category": category,
    });
    let selection = "thread { id status }";
    let mut started = square.expert.done("startThread", input, selection).await;
    let thread = started["thread"]["id"].take();
    if started["thread"]["status"] == "HELD" {
        let input = json!({ "threadId": thread });
        square.moderator.done("releaseThread", input, "").await;
    }
    let post = say(&square.expert, &thread, "An opinion.").await;
    [thread, post]
}

#[tokio::test]
async fn a_silence_holds_in_its_thread_and_ends_by_itself() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let [thread, post] = elsewhere(&square, None).await;
    let words = say(&square.youth, &thread, "You are all fools.").await;
    let [other, another] = elsewhere(&square, None).await;
    imposed(&square, &panelist, &words, ["SILENCE", "THREAD"]).await;
    let refused = |act| (act, "FORBIDDEN".to_owned());
    let done = |act| (act, "DONE".to_owned());
    assert_eq!(
        acts(&square.youth, &thread, &post).await,
        [
            refused("addPost"),
            refused("endorseThread"),
            refused("flag"),
            done("followThread"),
        ]
    );
    let edits = json!({ "postId": words, "body": "I did not mean it." });
    assert_eq!(square.youth.refused("editPost", edits).await, "FORBIDDEN");
    // He reads it, and speaks elsewhere.
    assert_ne!(title(&square.youth, &thread).await, Value::Null);
    assert_eq!(may(&square.youth, &other, &another).await, (true, true));
    let said = square.youth.act("addPost", speaks(&thread), "").await;
    let said = said["userErrors"][0]["message"].to_string();
    assert!(said.contains("may read but not speak"), "{said}");
    // A moment before its end it holds, then it does not.
    square
        .forum
        .clock
        .advance(Duration::days(2) - Duration::seconds(1));
    let code = square.youth.refused("addPost", speaks(&thread)).await;
    assert_eq!(code, "FORBIDDEN");
    square.forum.clock.advance(Duration::seconds(1));
    assert_eq!(may(&square.youth, &thread, &post).await, (true, true));
    assert_eq!(
        own(&square.youth, "stands").await,
        json!([{ "stands": false }])
    );
}

#[tokio::test]
async fn a_silence_of_everything_leaves_reading_and_his_own_account() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let [thread, post] = elsewhere(&square, None).await;
    let members = square
        .forum
        .open_discussion(&square.expert, "MEMBERS")
        .await;
    let words = say(&square.youth, &thread, "You are all fools.").await;
    imposed(&square, &panelist, &words, ["SILENCE", "EVERYTHING"]).await;
    assert_eq!(may(&square.youth, &thread, &post).await, (false, true));
    assert_ne!(title(&square.youth, &members).await, Value::Null);
    let raises = json!({ "kind": "DISCUSSION", "title": "My own", "body": "Let me speak." });
    let code = square.youth.refused("startThread", raises).await;
    assert_eq!(code, "FORBIDDEN");
    let again = square.forum.sign_in("youth").await;
    assert_eq!(
        own(&again, "kind scope").await,
        json!([{ "kind": "SILENCE", "scope": "EVERYTHING" }])
    );
}

#[tokio::test]
async fn of_a_category_a_sanction_holds_in_its_threads_and_in_no_others() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let [thread, post] = elsewhere(&square, Some("DRG")).await;
    let same = elsewhere(&square, Some("DRG")).await;
    let others = [
        elsewhere(&square, Some("TIP")).await,
        elsewhere(&square, None).await,
    ];
    let words = say(&square.youth, &thread, "You are all fools.").await;
    let id = imposed(&square, &panelist, &words, ["SUSPEND", "CATEGORY"]).await;
    for [thread, post] in [[thread, post], same] {
        assert_eq!(may(&square.youth, &thread, &post).await, (false, false));
        assert_ne!(title(&square.youth, &thread).await, Value::Null);
    }
    for [thread, post] in &others {
        assert_eq!(may(&square.youth, thread, post).await, (true, true));
    }
    let new = |category| {
        json!({
            "kind": "DISCUSSION", "title": "My own", "body": "Let me speak.",
            "audience": "PUBLIC", "category": category,
        })
    };
    let code = square.youth.refused("startThread", new("DRG")).await;
    assert_eq!(code, "FORBIDDEN");
    square.youth.done("startThread", new("TIP"), "").await;
    let shown = own(&square.youth, "category { code }").await;
    assert_eq!(shown, json!([{ "category": { "code": "DRG" } }]));
    panelist.done("liftSanction", lifting(&id), "").await;
    square.youth.done("startThread", new("DRG"), "").await;
}

#[tokio::test]
async fn whoever_is_suspended_from_a_thread_is_told_of_nothing_there() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let [thread, _] = elsewhere(&square, None).await;
    let [other, _] = elsewhere(&square, None).await;
    for id in [&thread, &other] {
        let follows = json!({ "threadId": id });
        square.youth.done("followThread", follows, "").await;
    }
    let words = say(&square.youth, &thread, "You are all fools.").await;
    imposed(&square, &panelist, &words, ["SUSPEND", "THREAD"]).await;
    square.forum.forum.empty_outbox().await.unwrap();
    assert_ne!(title(&square.youth, &thread).await, Value::Null);
    let follows = json!({ "threadId": thread });
    let code = square.youth.refused("followThread", follows).await;
    assert_eq!(code, "FORBIDDEN");
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { cursor } }";
    let watch = square.youth.watch(document, json!({ "id": thread }));
    assert_eq!(watch.await.end().await, "FORBIDDEN");
    let inbox = "subscription { viewerEvents { ... on PostAdded { post { body } } } }";
    let mut inbox = square.youth.watch(inbox, json!({})).await;
    say(&square.expert, &thread, "Here he is not told.").await;
    say(&square.expert, &other, "There he is.").await;
    square.forum.forum.empty_outbox().await.unwrap();
    let told = inbox.next().await;
    assert_eq!(told["viewerEvents"]["post"]["body"], "There he is.");
}

/// What somebody sees who is kept out of everything: what a visitor does, but
/// for his own account.
async fn is_out(square: &Square, who: &Client, concern: &Value, members: &Value) {
    assert_eq!(title(who, members).await, Value::Null);
    assert_eq!(title(who, concern).await, Value::Null);
    assert_ne!(title(who, &square.thread).await, Value::Null);
    assert_eq!(may(who, &square.thread, &square.post).await, (false, false));
    let document = "{ viewer { author { id } moderationDesk { __typename } canAdminister \
                    concerns(first: 5) { nodes { id } } \
                    account { login author { id } sessions { current } } } }";
    let seen = who.run(document, json!({})).await;
    let sessions = seen["viewer"]["account"]["sessions"].clone();
    assert!(
        sessions
            .as_array()
            .unwrap()
            .contains(&json!({ "current": true }))
    );
    let nothing = json!({ "viewer": {
        "author": null, "moderationDesk": null, "canAdminister": false,
        "concerns": { "nodes": [] },
        "account": { "login": "youth", "author": null, "sessions": sessions },
    } });
    assert_eq!(seen, nothing);
    let raises = json!({ "kind": "DISCUSSION", "title": "My own", "body": "Let me speak." });
    assert_eq!(who.refused("startThread", raises).await, "FORBIDDEN");
}

#[tokio::test]
async fn whoever_is_suspended_or_banned_is_as_a_visitor_but_signs_in_and_reads_why() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let concern = square.forum.open_concern(&square.youth).await;
    let members = square
        .forum
        .open_discussion(&square.expert, "MEMBERS")
        .await;
    let words = say(&square.youth, &square.thread, "You are all fools.").await;
    imposed(&square, &panelist, &words, ["SUSPEND", "EVERYTHING"]).await;
    is_out(&square, &square.youth, &concern, &members).await;
    let again = square.forum.sign_in("youth").await;
    is_out(&square, &again, &concern, &members).await;
    let why = own(&again, "kind scope reason text subjectId").await;
    assert_eq!(
        why,
        json!([{
            "kind": "SUSPEND", "scope": "EVERYTHING", "reason": "ABUSE",
            "text": "This is no way to speak.", "subjectId": words,
        }])
    );
    square.forum.clock.advance(Duration::days(2));
    assert_ne!(title(&again, &concern).await, Value::Null);
    assert_ne!(title(&again, &members).await, Value::Null);
    say(&again, &square.thread, "I am sorry.").await;
    let id = imposed(&square, &panelist, &words, ["BAN", "EVERYTHING"]).await;
    is_out(&square, &again, &concern, &members).await;
    // What is his own stays his.
    let export = again.get("/me/export.json").await;
    assert_eq!(export.status, 200, "{}", export.body);
    assert!(export.body.to_string().contains("You are all fools."));
    square.forum.clock.advance(Duration::days(20));
    let later = square.forum.sign_in("youth").await;
    is_out(&square, &later, &concern, &members).await;
    let panelist = square.forum.sign_in("panelist").await;
    panelist.done("liftSanction", lifting(&id), "").await;
    assert_ne!(title(&later, &concern).await, Value::Null);
}

#[tokio::test]
async fn a_suspended_ones_socket_closes_and_his_inbox_says_so() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let members = square
        .forum
        .open_discussion(&square.expert, "MEMBERS")
        .await;
    let words = say(&square.youth, &square.thread, "You are all fools.").await;
    let inbox = "subscription($after: String) { viewerEvents(after: $after) { cursor \
                 __typename ... on SanctionChanged { sanction { kind text stands } } } }";
    let follows = json!({ "threadId": square.thread });
    square.youth.done("followThread", follows, "").await;
    let mut before = square.youth.watch(inbox, json!({})).await;
    say(&square.expert, &square.thread, "Well.").await;
    square.forum.forum.empty_outbox().await.unwrap();
    let cursor = before.next().await["viewerEvents"]["cursor"].take();
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { cursor } }";
    let mut watch = square.youth.watch(document, json!({ "id": members })).await;
    imposed(&square, &panelist, &words, ["SUSPEND", "EVERYTHING"]).await;
    assert_eq!(watch.end().await, "4403");
    assert_eq!(before.end().await, "4403");
    let refused = square.youth.watch(document, json!({ "id": members }));
    assert_eq!(refused.await.end().await, "NOT_FOUND");
    say(
        &square.expert,
        &square.thread,
        "He is told of this no more.",
    )
    .await;
    square.forum.forum.empty_outbox().await.unwrap();
    let mut after = square.youth.watch(inbox, json!({ "after": cursor })).await;
    let mut told = after.next().await;
    told["viewerEvents"]["cursor"].take();
    let expected = json!({ "cursor": null, "__typename": "SanctionChanged", "sanction": {
        "kind": "SUSPEND", "text": "This is no way to speak.", "stands": true,
    } });
    assert_eq!(told["viewerEvents"], expected);
}

#[tokio::test]
async fn whoever_has_no_sanction_costs_no_statement_and_a_list_as_many_as_one() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let forum = &square.forum;
    let counted = async |who: &Client| {
        let mut least = u64::MAX;
        for _ in 0..3 {
            forum.forum.forget_every_account();
            let before = forum.store().statements();
            title(who, &square.thread).await;
            least = least.min(forum.store().statements() - before);
        }
        least
    };
    let usual = counted(&square.youth).await;
    let words = say(&square.youth, &square.thread, "You are all fools.").await;
    let mut of_lists = Vec::new();
    let list = "{ viewer { moderationDesk { sanctions(filter: { state: STANDING }) { nodes { \
                id viewerCanLift thread { title } } } } } }";
    for _ in 0..2 {
        imposed(&square, &panelist, &words, ["SILENCE", "THREAD"]).await;
        of_lists.push(statements(forum, &panelist, list, |_| json!({})).await);
    }
    assert_eq!(of_lists[0], of_lists[1]);
    assert_eq!(counted(&square.expert).await, usual);
    assert_eq!(counted(&square.youth).await, usual + 1);
    forum.clock.advance(Duration::days(2));
    let later = forum.sign_in("youth").await;
    assert_eq!(counted(&later).await, usual);
}
