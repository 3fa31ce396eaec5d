//! Posts that are moved, split off and merged, and taken back.

use chrono::Duration;
use mukalma_tests::{Client, Watch};
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::appeals::second;
use super::newcomers::newcomer;
use super::{Square, act, legal, modlog, say, together};

/// Another discussion of the same audience as the square's.
pub(super) async fn elsewhere(square: &Square) -> Value {
    square.forum.open_discussion(&square.youth, "PUBLIC").await
}

pub(super) fn moving(from: &Value, posts: &[&Value], to: &Value) -> Value {
    json!({
        "threadId": from, "postIds": posts, "toThreadId": to,
        "reason": "OFF_TOPIC", "text": "It is of something else.",
    })
}

fn splitting(from: &Value, posts: &[&Value]) -> Value {
    json!({
        "threadId": from, "postIds": posts, "title": "Telephones and their prices",
        "reason": "OFF_TOPIC", "text": "It is of something else.",
    })
}

fn merging(from: &Value, into: &Value) -> Value {
    json!({
        "threadId": from, "intoThreadId": into,
        "reason": "DUPLICATE", "text": "They are of the same.",
    })
}

/// The texts that somebody reads in a thread, and how many it says there are.
async fn read(who: &Client, thread: &Value) -> (Vec<Value>, Value) {
    let fields = "postCount posts(first: 20) { nodes { body } }";
    let document = format!("query($id: ID!) {{ thread(id: $id) {{ {fields} }} }}");
    let mut seen = who.run(&document, json!({ "id": thread })).await["thread"].take();
    let nodes = seen["posts"]["nodes"].as_array().unwrap().clone();
    let bodies = nodes.into_iter().map(|mut node| node["body"].take());
    (bodies.collect(), seen["postCount"].take())
}

/// Whether a thread is closed, and where it goes on.
async fn standing(who: &Client, thread: &Value) -> Value {
    let document = "query($id: ID!) { thread(id: $id) { closed mergedInto { id } } }";
    who.run(document, json!({ "id": thread })).await["thread"].take()
}

const PHONES: &str = "Buy cheap phones.";

#[tokio::test]
async fn posts_are_moved_and_their_authors_are_told() {
    let square = Square::new().await;
    let (other, visitor) = (elsewhere(&square).await, square.forum.visitor());
    let input = moving(&square.thread, &[&square.post], &other);
    let moved = square
        .moderator
        .done("movePosts", input, "thread { id }")
        .await;
    assert_eq!(moved["thread"]["id"], other);
    let here = read(&visitor, &square.thread).await;
    assert_eq!(here, (vec![], json!(0)));
    let there = read(&visitor, &other).await;
    assert_eq!(there, (vec![json!(PHONES)], json!(1)));
    let fields = "moderation { act reason text viewerCanAppeal }";
    let told = square.sees(&square.civil, &square.post, fields).await;
    let expected = json!({
        "act": "MOVE", "reason": "OFF_TOPIC", "text": "It is of something else.",
        "viewerCanAppeal": true,
    });
    assert_eq!(told["moderation"], json!([expected]));
    let log = modlog(&visitor, "act text subjectId").await;
    let entry = json!({ "act": "MOVE", "text": null, "subjectId": square.post });
    assert_eq!(log[0], entry);
}

#[tokio::test]
async fn what_was_moved_is_taken_back_and_once() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let input = moving(&square.thread, &[&square.post], &other);
    square.moderator.done("movePosts", input, "").await;
    let back = act(&square.post, "MOVE_BACK", "MISTAKEN");
    square.moderator.done("moderate", back.clone(), "").await;
    let here = read(&square.expert, &square.thread).await;
    assert_eq!(here, (vec![json!(PHONES)], json!(1)));
    assert_eq!(read(&square.expert, &other).await.1, 0);
    assert_eq!(square.moderator.refused("moderate", back).await, "INVALID");
    let log = modlog(&square.expert, "id act reversesId").await;
    assert_eq!(log[0]["reversesId"], log[1]["id"]);
}

#[tokio::test]
async fn an_appeal_against_a_move_that_wins_takes_the_post_back() {
    let square = Square::new().await;
    let second = second(&square).await;
    let other = elsewhere(&square).await;
    let input = moving(&square.thread, &[&square.post], &other);
    square.moderator.done("movePosts", input, "").await;
    let told = square.sees(&square.civil, &square.post, "moderation { id }");
    let entry = told.await["moderation"][0]["id"].take();
    let input = json!({ "entryId": entry, "text": "It was of this." });
    let mut made = square.civil.done("appeal", input, "appeal { id }").await;
    let input = json!({
        "appealId": made["appeal"]["id"].take(), "outcome": "OVERTURNED", "text": "So it was.",
    });
    second.done("decideAppeal", input, "").await;
    let here = read(&square.expert, &square.thread).await;
    assert_eq!(here, (vec![json!(PHONES)], json!(1)));
}

#[tokio::test]
async fn posts_are_split_off_into_a_discussion_of_who_wrote_the_first() {
    let square = Square::new().await;
    let later = say(&square.youth, &square.thread, "How much are they?").await;
    let stays = say(&square.youth, &square.thread, "Back to the matter.").await;
    let input = splitting(&square.thread, &[&later, &square.post]);
    let fields = "thread { id kind audience title author { id } splitFrom { id } }";
    let mut made = square.moderator.done("splitThread", input, fields).await;
    let made = made["thread"].take();
    assert_eq!(made["kind"], "DISCUSSION");
    assert_eq!(made["audience"], "PUBLIC");
    assert_eq!(made["splitFrom"]["id"], square.thread);
    let first = square.sees(&square.expert, &square.post, "author { id }");
    assert_eq!(made["author"], first.await["author"]);
    let (there, count) = read(&square.expert, &made["id"]).await;
    assert_eq!(there, [PHONES, "How much are they?"]);
    assert_eq!(count, 2);
    let (here, _) = read(&square.expert, &square.thread).await;
    assert_eq!(here, ["Back to the matter."]);
    // One goes back, the other is where it was taken.
    let back = act(&later, "MOVE_BACK", "MISTAKEN");
    square.moderator.done("moderate", back, "").await;
    assert_eq!(read(&square.expert, &square.thread).await.1, 2);
    assert_eq!(read(&square.expert, &made["id"]).await.1, 1);
    let refused = act(&stays, "MOVE_BACK", "MISTAKEN");
    assert_eq!(
        square.moderator.refused("moderate", refused).await,
        "INVALID"
    );
}

#[tokio::test]
async fn out_of_what_is_down_by_order_nothing_is_taken_back() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let input = merging(&square.thread, &other);
    square.moderator.done("mergeThreads", input, "").await;
    let demand = legal::demand("TAKE_DOWN", &other);
    let (admin, demand) = legal::complied(&square, demand).await;
    let back = act(&square.thread, "MOVE_BACK", "MISTAKEN");
    let refused = square.moderator.refused("moderate", back.clone()).await;
    assert_eq!(refused, "INVALID");
    legal::status(&admin, legal::decision(&demand, "LIFT")).await;
    square.moderator.done("moderate", back, "").await;
    assert_eq!(read(&square.expert, &square.thread).await.0, [PHONES]);
}

#[tokio::test]
async fn merged_threads_are_read_in_one_and_parted_again() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    say(&square.expert, &other, "The same again?").await;
    let input = merging(&square.thread, &other);
    square.moderator.done("mergeThreads", input, "").await;
    let visitor = square.forum.visitor();
    let ended = standing(&visitor, &square.thread).await;
    let expected = json!({ "closed": true, "mergedInto": { "id": other } });
    assert_eq!(ended, expected);
    let (there, count) = read(&visitor, &other).await;
    assert_eq!(there, [PHONES, "The same again?"]);
    assert_eq!(count, 2);
    // Into what was merged itself, nothing is, and it is merged once.
    let third = elsewhere(&square).await;
    let (into, again) = (
        merging(&third, &square.thread),
        merging(&square.thread, &third),
    );
    for (input, code) in [(into, "LOCKED"), (again, "INVALID")] {
        assert_eq!(square.moderator.refused("mergeThreads", input).await, code);
    }
    let back = act(&square.thread, "MOVE_BACK", "MISTAKEN");
    square.moderator.done("moderate", back, "").await;
    let parted = standing(&visitor, &square.thread).await;
    assert_eq!(parted, json!({ "closed": false, "mergedInto": null }));
    assert_eq!(read(&visitor, &square.thread).await.0, [PHONES]);
    assert_eq!(read(&visitor, &other).await.0, ["The same again?"]);
}

const INBOX: &str = "subscription { viewerEvents { __typename \
                     ... on PostModerated { post { id } thread { id } } } }";

/// The next that somebody is told of a post of his, and of which thread.
async fn of_a_post(inbox: &mut Watch) -> [Value; 2] {
    loop {
        let mut told = inbox.next().await["viewerEvents"].take();
        if told["__typename"] == "PostModerated" {
            return ["post", "thread"].map(|of| told[of]["id"].take());
        }
    }
}

#[tokio::test]
async fn each_author_is_told_of_each_post_of_his_that_is_merged_and_when_it_goes_back() {
    let square = Square::new().await;
    let (here, other) = (&square.thread, elsewhere(&square).await);
    let mut said = Vec::new();
    for words in ["How much are they?", "And where?"] {
        said.push(say(&square.expert, here, words).await);
        square.forum.clock.advance(Duration::seconds(1));
    }
    let mut civil = square.civil.watch(INBOX, json!({})).await;
    let mut expert = square.expert.watch(INBOX, json!({})).await;
    for (name, input, thread) in [
        ("mergeThreads", merging(here, &other), &other),
        ("moderate", act(here, "MOVE_BACK", "MISTAKEN"), here),
    ] {
        square.moderator.done(name, input, "").await;
        let own = [square.post.clone(), thread.clone()];
        assert_eq!(of_a_post(&mut civil).await, own);
        for post in &said {
            let own = [post.clone(), thread.clone()];
            assert_eq!(of_a_post(&mut expert).await, own);
        }
    }
}

#[tokio::test]
async fn of_a_merge_all_are_told_by_as_many_statements_as_one() {
    let square = Square::new().await;
    let document = "mutation($input: MergeThreadsInput!) { mergeThreads(input: $input) \
                    { userErrors { code } } }";
    let mut counts = Vec::new();
    for posts in [1, 6] {
        let mut threads = Vec::new();
        for _ in 0..3 {
            let thread = elsewhere(&square).await;
            for n in 0..posts {
                let who = [&square.expert, &square.civil][n % 2];
                say(who, &thread, &n.to_string()).await;
            }
            threads.push(thread);
        }
        let input = |run: u32| json!({ "input": merging(&threads[run as usize], &square.thread) });
        let count = statements(&square.forum, &square.moderator, document, input);
        counts.push(count.await);
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn nobody_merges_what_he_or_his_organization_said_nor_parts_it_again() {
    let square = Square::new().await;
    let (here, other) = (&square.thread, elsewhere(&square).await);
    say(&square.moderator, here, "Please keep to it.").await;
    let merge = merging(here, &other);
    let back = act(here, "MOVE_BACK", "MISTAKEN");
    let code = square
        .moderator
        .refused("mergeThreads", merge.clone())
        .await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    assert_eq!(read(&square.expert, here).await.1, 2);
    let second = second(&square).await;
    second.done("mergeThreads", merge.clone(), "").await;
    let code = square.moderator.refused("moderate", back.clone()).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    second.done("moderate", back, "").await;
    assert_eq!(read(&square.expert, here).await.1, 2);
    let [youth, colleague] = together(&square.forum, ["youth", "expert"]).await;
    say(&youth, here, "We all say so.").await;
    let code = colleague.refused("mergeThreads", merge).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
}

#[tokio::test]
async fn nothing_is_moved_to_where_others_read_it() {
    let square = Square::new().await;
    for audience in ["MEMBERS", "CAUCUS"] {
        let other = square.forum.open_discussion(&square.youth, audience).await;
        let input = moving(&square.thread, &[&square.post], &other);
        assert_eq!(
            square.moderator.refused("movePosts", input).await,
            "FORBIDDEN"
        );
        let input = merging(&other, &square.thread);
        assert_eq!(
            square.moderator.refused("mergeThreads", input).await,
            "FORBIDDEN"
        );
    }
    let hidden = square.forum.open_concern(&square.youth).await;
    let input = moving(&square.thread, &[&square.post], &hidden);
    assert_eq!(
        square.moderator.refused("movePosts", input).await,
        "NOT_FOUND"
    );
    let (here, _) = read(&square.expert, &square.thread).await;
    assert_eq!(here, [PHONES]);
}

#[tokio::test]
async fn a_post_that_nobody_else_reads_makes_nobody_a_raiser() {
    let square = Square::new().await;
    let hidden = say(&square.expert, &square.thread, "Ask me about them.").await;
    let input = act(&square.post, "REMOVE", "ABUSE");
    square.moderator.done("moderate", input, "").await;
    let alone = splitting(&square.thread, &[&square.post]);
    assert_eq!(
        square.moderator.refused("splitThread", alone).await,
        "INVALID"
    );
    let both = splitting(&square.thread, &[&square.post, &hidden]);
    let fields = "thread { id author { id } }";
    let made = square.moderator.done("splitThread", both, fields).await;
    let author = square
        .sees(&square.moderator, &hidden, "author { id }")
        .await;
    assert_eq!(made["thread"]["author"], author["author"]);
    let (there, count) = read(&square.youth, &made["thread"]["id"]).await;
    assert_eq!(
        (there, count),
        (vec![json!("Ask me about them.")], json!(1))
    );
}

#[tokio::test]
async fn what_was_merged_comes_back_also_when_the_other_is_hidden_and_not_by_an_old_entry() {
    let square = Square::new().await;
    let (other, visitor) = (elsewhere(&square).await, square.forum.visitor());
    let input = merging(&square.thread, &other);
    square
        .moderator
        .done("mergeThreads", input.clone(), "")
        .await;
    let reopen = act(&square.thread, "REOPEN", "MISTAKEN");
    assert_eq!(
        square.moderator.refused("moderate", reopen).await,
        "ILLEGAL_MOVE"
    );
    // Into a third, and what was merged first stands there with the rest.
    let third = elsewhere(&square).await;
    let onwards = merging(&other, &third);
    square.moderator.done("mergeThreads", onwards, "").await;
    let back = act(&square.thread, "MOVE_BACK", "MISTAKEN");
    assert_eq!(
        square.moderator.refused("moderate", back.clone()).await,
        "INVALID"
    );
    let first = act(&other, "MOVE_BACK", "MISTAKEN");
    square.moderator.done("moderate", first, "").await;
    let hide = act(&other, "REMOVE", "ABUSE");
    square.moderator.done("moderate", hide, "").await;
    square.moderator.done("moderate", back, "").await;
    assert_eq!(read(&visitor, &square.thread).await.0, [PHONES]);
}

#[tokio::test]
async fn a_post_that_was_moved_twice_goes_back_by_the_last_move() {
    let square = Square::new().await;
    let members = [
        square.forum.open_discussion(&square.civil, "MEMBERS").await,
        square.forum.open_discussion(&square.youth, "MEMBERS").await,
        square.forum.open_discussion(&square.youth, "MEMBERS").await,
    ];
    let post = say(&square.youth, &members[0], "Where does it belong?").await;
    for pair in members.windows(2) {
        let input = moving(&pair[0], &[&post], &pair[1]);
        square.moderator.done("movePosts", input, "").await;
    }
    for back_in in [&members[1], &members[0]] {
        let back = act(&post, "MOVE_BACK", "MISTAKEN");
        square.moderator.done("moderate", back, "").await;
        assert_eq!(read(&square.expert, back_in).await.1, 1);
    }
}

#[tokio::test]
async fn nothing_is_moved_to_where_its_author_could_not_change_it() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let lock = act(&other, "LOCK", "HEATED");
    square.moderator.done("moderate", lock, "").await;
    let input = moving(&square.thread, &[&square.post], &other);
    assert_eq!(square.moderator.refused("movePosts", input).await, "LOCKED");
}

#[tokio::test]
async fn only_moderators_move_and_none_what_is_his_own() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let input = moving(&square.thread, &[&square.post], &other);
    for who in [&square.civil, &square.expert] {
        assert_eq!(who.refused("movePosts", input.clone()).await, "FORBIDDEN");
    }
    let own = say(&square.moderator, &square.thread, "Please keep to it.").await;
    let input = moving(&square.thread, &[&own], &other);
    assert_eq!(
        square.moderator.refused("movePosts", input).await,
        "CONFLICT_OF_INTEREST"
    );
}

#[tokio::test]
async fn what_cannot_be_moved_is_named() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let elsewhere = say(&square.youth, &other, "It stands there.").await;
    let none = moving(&square.thread, &[], &other);
    let itself = moving(&square.thread, &[&square.post], &square.thread);
    let strange = moving(&square.thread, &[&elsewhere], &other);
    let mut unfitting = moving(&square.thread, &[&square.post], &other);
    unfitting["reason"] = json!("PERSONAL_INFORMATION");
    for (input, code) in [
        (none, "INVALID"),
        (itself, "INVALID"),
        (strange, "NOT_FOUND"),
        (unfitting, "INVALID"),
    ] {
        assert_eq!(square.moderator.refused("movePosts", input).await, code);
    }
    for act_alone in ["MOVE", "SPLIT", "MERGE", "REDACT"] {
        let input = act(&square.post, act_alone, "OFF_TOPIC");
        assert_eq!(square.moderator.refused("moderate", input).await, "INVALID");
    }
    let mut telling = splitting(&square.thread, &[&square.post]);
    telling["title"] = json!("Call me at 0300 1234567");
    let code = square
        .moderator
        .refused("splitThread", telling.clone())
        .await;
    assert_eq!(code, "PERSONAL_INFORMATION");
    telling["confirm"] = json!(true);
    square.moderator.done("splitThread", telling, "").await;
}

#[tokio::test]
async fn fifty_posts_are_moved_at_once_and_no_more() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let ids: Vec<String> = (0..51).map(|n| format!("unknown{n}")).collect();
    let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    let all: Vec<&Value> = ids.iter().collect();
    let code = async |posts: &[&Value]| {
        let input = moving(&square.thread, posts, &other);
        square.moderator.refused("movePosts", input).await
    };
    // None of them is there, which is found out once they are few enough.
    assert_eq!(code(&all[..50]).await, "NOT_FOUND");
    assert_eq!(code(&all).await, "TOO_MANY");
}

#[tokio::test]
async fn a_thread_of_more_posts_than_the_forum_says_is_not_merged() {
    let square = Square::with(&[("moderation.merged_posts_max", "1")]).await;
    let other = elsewhere(&square).await;
    let more = say(&square.youth, &square.thread, "How much are they?").await;
    let input = merging(&square.thread, &other);
    let code = square
        .moderator
        .refused("mergeThreads", input.clone())
        .await;
    assert_eq!(code, "TOO_MANY");
    let away = moving(&square.thread, &[&more], &other);
    square.moderator.done("movePosts", away, "").await;
    square.moderator.done("mergeThreads", input, "").await;
}

#[tokio::test]
async fn a_concern_ends_by_its_own_moves_and_takes_what_is_merged_into_it() {
    let square = Square::new().await;
    let input = json!({
        "title": "No light on the road", "body": "For three weeks.", "category": "DRG",
        "region": "PB", "audience": "PUBLIC",
    });
    let mut raised = square
        .youth
        .done("raiseConcern", input, "thread { id status }")
        .await;
    let concern = square.forum.released(raised["thread"].take()).await;
    let input = merging(&concern, &square.thread);
    assert_eq!(
        square.moderator.refused("mergeThreads", input).await,
        "INVALID"
    );
    let input = merging(&square.thread, &concern);
    square.moderator.done("mergeThreads", input, "").await;
    assert_eq!(read(&square.expert, &concern).await.0, [PHONES]);
}

#[tokio::test]
async fn whoever_watches_learns_that_a_post_left_and_does_not_read_it_there() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let document = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename \
                    ... on PostModerated { post { id } } } }";
    let watch = square
        .expert
        .watch(document, json!({ "id": square.thread }));
    let mut watch = watch.await;
    let input = moving(&square.thread, &[&square.post], &other);
    square.moderator.done("movePosts", input, "").await;
    let told = watch.next().await;
    let expected = json!({ "__typename": "PostModerated", "post": null });
    assert_eq!(told["threadEvents"], expected);
}

#[tokio::test]
async fn nobody_who_watches_learns_that_a_post_that_nobody_saw_was_moved() {
    let square = Square::new().await;
    let other = elsewhere(&square).await;
    let new = newcomer(&square.forum, "new").await;
    let waits = say(&new, &square.thread, "I am new here.").await;
    let cursors = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Thread { cursor } } }";
    let ids = json!({ "ids": [square.thread, other] });
    let before = square.expert.run(cursors, ids.clone()).await;
    let input = moving(&square.thread, &[&waits], &other);
    square.moderator.done("movePosts", input, "").await;
    let back = act(&waits, "MOVE_BACK", "MISTAKEN");
    square.moderator.done("moderate", back, "").await;
    assert_eq!(square.expert.run(cursors, ids).await, before);
}
