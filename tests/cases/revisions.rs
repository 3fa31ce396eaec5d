//! What threads and posts were before their authors changed them, and who reads it.

use chrono::Duration;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::budgets::statements;
use super::moderation::{Square, act, say, together};

async fn edit(who: &Client, post: &Value, bodies: &[&str]) {
    for body in bodies {
        let edit = json!({ "postId": post, "body": body });
        who.done("editPost", edit, "").await;
    }
}

/// What a thread or a post was before, as somebody reads it.
async fn revisions(square: &Square, who: &Client, id: &Value) -> Value {
    let mut seen = square.sees(who, id, "revisions { title body }").await;
    seen["revisions"].take()
}

fn of_post(bodies: &[&str]) -> Value {
    let one = |body: &&str| json!({ "title": null, "body": body });
    bodies.iter().map(one).collect()
}

#[tokio::test]
async fn an_author_reads_what_his_post_was_before_the_newest_first() {
    let square = Square::new().await;
    edit(&square.civil, &square.post, &["Buy **phones**.", "Sorry."]).await;
    let read = revisions(&square, &square.civil, &square.post).await;
    assert_eq!(read, of_post(&["Buy **phones**.", "Buy cheap phones."]));
    let fields = "createdAt revisions { bodyHtml replacedOn }";
    let seen = square.sees(&square.civil, &square.post, fields).await;
    let newest = &seen["revisions"][0];
    let html = newest["bodyHtml"].as_str().unwrap();
    assert!(html.contains("<strong>phones</strong>"), "{html}");
    let day = &seen["createdAt"].as_str().unwrap()[..10];
    assert_eq!(newest["replacedOn"], day);
}

#[tokio::test]
async fn what_says_the_same_as_before_is_no_change() {
    let square = Square::new().await;
    edit(&square.civil, &square.post, &["Buy cheap phones."]).await;
    let same = json!({ "threadId": square.thread, "title": "A discussion" });
    square.civil.done("editThread", same, "").await;
    for id in [&square.post, &square.thread] {
        let seen = square.sees(&square.civil, id, "editedAt revisions { body }");
        let nothing = json!({ "editedAt": null, "revisions": [] });
        assert_eq!(seen.await, nothing);
    }
}

#[tokio::test]
async fn a_moderator_reads_what_a_post_was_before_and_another_member_does_not() {
    let square = Square::new().await;
    edit(&square.civil, &square.post, &["Sorry."]).await;
    let read = revisions(&square, &square.moderator, &square.post).await;
    assert_eq!(read, of_post(&["Buy cheap phones."]));
    for who in [&square.youth, &square.forum.visitor()] {
        let read = revisions(&square, who, &square.post).await;
        assert_eq!(read, json!([]));
    }
}

#[tokio::test]
async fn a_moderator_does_not_read_what_a_post_of_his_own_organization_was_before() {
    let square = Square::new().await;
    let [civil, moderator] = together(&square.forum, ["civil", "moderator"]).await;
    let post = say(&civil, &square.thread, "Ask the alliance.").await;
    edit(&civil, &post, &["Ask us."]).await;
    let read = revisions(&square, &moderator, &post).await;
    assert_eq!(read, json!([]));
    let read = revisions(&square, &civil, &post).await;
    assert_eq!(read, of_post(&["Ask the alliance."]));
}

#[tokio::test]
async fn whoever_began_a_thread_reads_what_an_office_said_in_it_before() {
    let square = Square::new().await;
    let officer = square.forum.sign_in("officer").await;
    let post = say(&officer, &square.thread, "It ends on Friday.").await;
    edit(&officer, &post, &["It ends soon."]).await;
    for who in [&square.civil, &officer] {
        let read = revisions(&square, who, &post).await;
        assert_eq!(read, of_post(&["It ends on Friday."]));
    }
    let others = revisions(&square, &square.youth, &post).await;
    assert_eq!(others, json!([]));
    square
        .moderator
        .done("moderate", act(&post, "REMOVE", "ABUSE"), "")
        .await;
    let removed = revisions(&square, &square.civil, &post).await;
    assert_eq!(removed, Value::Null);
}

#[tokio::test]
async fn what_an_office_said_to_somebody_else_is_not_told_to_whom_it_is_moved_to() {
    let square = Square::new().await;
    let officer = square.forum.sign_in("officer").await;
    let post = say(&officer, &square.thread, "Ask Ali of the shop.").await;
    edit(&officer, &post, &["Ask in the shop."]).await;
    let other = square.forum.open_discussion(&square.youth, "PUBLIC").await;
    let moved = json!({
        "threadId": square.thread, "postIds": [post], "toThreadId": other,
        "reason": "OFF_TOPIC", "text": "It is of something else.",
    });
    square.moderator.done("movePosts", moved, "").await;
    for who in [&square.youth, &square.civil] {
        assert_eq!(revisions(&square, who, &post).await, json!([]));
    }
    let read = revisions(&square, &officer, &post).await;
    assert_eq!(read, of_post(&["Ask Ali of the shop."]));
}

#[tokio::test]
async fn a_thread_keeps_the_title_and_the_text_that_it_began_with() {
    let square = Square::new().await;
    let edit = json!({ "threadId": square.thread, "title": "Of phones" });
    square.civil.done("editThread", edit, "").await;
    let edit = json!({ "threadId": square.thread, "body": "Let us talk of phones." });
    square.civil.done("editThread", edit, "").await;
    let before = json!([
        { "title": "Of phones", "body": "Let us talk." },
        { "title": "A discussion", "body": "Let us talk." },
    ]);
    for who in [&square.civil, &square.moderator] {
        assert_eq!(revisions(&square, who, &square.thread).await, before);
    }
    let read = revisions(&square, &square.youth, &square.thread).await;
    assert_eq!(read, json!([]));
}

#[tokio::test]
async fn of_an_author_who_edits_without_end_the_newest_fifty_are_shown() {
    let square = Square::new().await;
    for n in 0..51 {
        edit(
            &square.civil,
            &square.post,
            &[format!("Draft {n}").as_str()],
        )
        .await;
    }
    let read = revisions(&square, &square.civil, &square.post).await;
    let read = read.as_array().unwrap();
    assert_eq!(read.len(), 50);
    assert_eq!(read[0]["body"], "Draft 49");
    assert_eq!(read[49]["body"], "Draft 0");
}

#[tokio::test]
async fn what_posts_were_before_is_one_statement_more_whatever_their_number_and_none_for_others() {
    let square = Square::new().await;
    let page = |fields: &str| {
        format!(
            "query($id: ID!) {{ thread(id: $id) {{ posts(first: 20) {{ nodes {{ \
             viewerCanEdit {fields} }} }} }} }}"
        )
    };
    let (plain, asks) = (page("body"), page("revisions { body }"));
    for posts in [1, 8] {
        for n in 0..posts {
            let body = format!("Said {posts} {n}");
            let post = say(&square.civil, &square.thread, &body).await;
            edit(
                &square.civil,
                &post,
                &[format!("Meant {posts} {n}").as_str()],
            )
            .await;
        }
        let of = async |who: &Client, page: &str| {
            let id = |_| json!({ "id": square.thread });
            statements(&square.forum, who, page, id).await
        };
        let (civil, youth) = (&square.civil, &square.youth);
        assert_eq!(of(civil, &asks).await, of(civil, &plain).await + 1);
        assert_eq!(of(youth, &asks).await, of(youth, &plain).await);
    }
}

#[tokio::test]
async fn what_threads_of_a_list_were_before_is_one_statement_more_whatever_their_number() {
    let square = Square::new().await;
    let list = "{ threads(first: 20) { nodes { id revisions { title } } } }";
    for threads in [1, 4] {
        for n in 0..threads {
            let id = square.forum.open_discussion(&square.civil, "MEMBERS").await;
            let edit = json!({ "threadId": id, "title": format!("Talk {threads} {n}") });
            square.civil.done("editThread", edit, "").await;
        }
        let run = statements(&square.forum, &square.civil, list, |_| json!({}));
        assert_eq!(run.await, 2);
    }
}

/// How often it is noted that somebody opened a concern.
async fn openings(raiser: &Client, id: &Value) -> usize {
    let document = "query($id: ID!) { thread(id: $id) { accessLedger { opened } } }";
    let seen = raiser.run(document, json!({ "id": id })).await;
    seen["thread"]["accessLedger"].as_array().unwrap().len()
}

#[tokio::test]
async fn whoever_reads_in_a_list_what_a_concern_was_before_is_noted() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let moderator = forum.sign_in("moderator").await;
    let id = forum.open_concern(&civil).await;
    let edit = json!({ "threadId": id, "title": "Everybody is searched" });
    civil.done("editThread", edit, "").await;
    forum.clock.advance(Duration::minutes(61));
    let before = openings(&civil, &id).await;
    let list = "{ threads(filter: { kind: CONCERN }) { nodes { revisions { title } } } }";
    let seen = moderator.run(list, json!({})).await;
    let read = &seen["threads"]["nodes"][0]["revisions"][0]["title"];
    assert_eq!(*read, "Students are searched without reason");
    assert_eq!(openings(&civil, &id).await, before + 1);
}
