//! Who is new: what waits, how much he may write, and how that grows.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, PASSWORD, TestForum, Watch};
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::{Square, act, queue, say};

/// Somebody who came by himself just now.
pub(in crate::cases) async fn newcomer(forum: &TestForum, login: &str) -> Client {
    let input = json!({
        "login": login, "displayName": "Somebody New", "password": PASSWORD,
        "constituency": "CIVIL_SOCIETY",
    });
    let made = forum
        .visitor()
        .done("registerAccount", input, "session { token }")
        .await;
    let token = made["session"]["token"].as_str().map(str::to_owned);
    Client::new(forum.address, token)
}

/// A rule with some of its numbers changed.
pub(in crate::cases) async fn set_rule(forum: &TestForum, tenure: &str, change: Value) {
    let admin = forum.sign_in("admin").await;
    let input = rule(&admin, tenure, change).await;
    admin.done("setPostingRule", input, "").await;
}

/// The input of a rule as it stands, changed so.
async fn rule(who: &Client, tenure: &str, change: Value) -> Value {
    let document = "{ postingRules { tenure heldFirst linksMax postsPerHour postsPerDay \
                    minAgeDays minPosts } }";
    let mut all = who.run(document, json!({})).await;
    let all = all["postingRules"].as_array_mut().unwrap();
    let one = all.iter_mut().find(|one| one["tenure"] == tenure);
    let mut input = one.unwrap().take();
    for (key, value) in change.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

fn post(thread: &Value, body: &str) -> Value {
    json!({ "threadId": thread, "body": body })
}

fn linked(thread: &Value, links: usize, word: &str) -> Value {
    let all: Vec<String> = (0..links)
        .map(|n| ["https://example.org/", word, "/", &n.to_string()].concat())
        .collect();
    post(thread, &all.join(" and "))
}

/// The status of a post that is added now.
pub(super) async fn added(who: &Client, thread: &Value, body: &str) -> Value {
    let input = post(thread, body);
    who.done("addPost", input, "post { status }").await["post"]["status"].take()
}

#[tokio::test]
async fn a_newcomer_repeats_no_public_concern_and_edits_no_links_into_a_thread() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    let concern = json!({
        "title": "A road", "body": "It is closed to all of us.", "category": "DRG", "region": "PB",
        "audience": "PUBLIC",
    });
    let first = new
        .done("raiseConcern", concern.clone(), "thread { id }")
        .await;
    let release = json!({ "threadId": first["thread"]["id"] });
    square.moderator.done("releaseThread", release, "").await;
    let again = new.refused("raiseConcern", concern.clone()).await;
    assert_eq!(again, "DUPLICATE");
    let mut confidential = concern;
    confidential["audience"] = json!("CONFIDENTIAL");
    new.done("raiseConcern", confidential, "").await;
    let text = linked(&square.thread, 10, "here")["body"].take();
    let edit = json!({ "threadId": first["thread"]["id"], "body": text });
    assert_eq!(new.refused("editThread", edit).await, "TOO_MANY");
}

const THREAD: &str = "query($id: ID!) { thread(id: $id) { postCount lastActivityAt \
                      posts(first: 10) { totalCount } } }";

#[tokio::test]
async fn a_first_post_waits_unseen_until_a_moderator_finds_nothing_wrong() {
    let square = Square::new().await;
    let (visitor, id) = (square.forum.visitor(), json!({ "id": square.thread }));
    let before = visitor.run(THREAD, id.clone()).await;
    square.forum.clock.advance(Duration::minutes(5));
    let new = newcomer(&square.forum, "new").await;
    let mut said = new
        .done(
            "addPost",
            post(&square.thread, "I am new here."),
            "post { id status }",
        )
        .await;
    let first = said["post"]["id"].take();
    assert_eq!(said["post"]["status"], "HELD");
    assert_eq!(square.status(&new, &first).await, "HELD");
    for other in [&visitor, &square.civil] {
        assert_eq!(square.status(other, &first).await, Value::Null);
        assert_eq!(other.run(THREAD, id.clone()).await, before);
    }
    // The only act so far is that the thread was looked at.
    assert_eq!(super::modlog(&visitor, "act").await.len(), 1);
    // So does whatever he says until one of them was accepted.
    assert_eq!(
        added(&new, &square.thread, "Is anybody there?").await,
        "HELD"
    );
    let fields = "id subjectId body flagCount heldByFlags history { kind moderator }";
    let waiting = queue(&square.moderator, fields).await;
    let seen = waiting
        .iter()
        .find(|one| one["subjectId"] == first)
        .unwrap();
    assert_eq!((waiting.len(), &seen["heldByFlags"]), (2, &json!(true)));
    assert_eq!(
        (&seen["body"], &seen["flagCount"]),
        (&json!("I am new here."), &json!(0))
    );
    assert_eq!(
        seen["history"],
        json!([{ "kind": "FIRST_POST", "moderator": null }])
    );
    let decision = json!({
        "reviewableId": seen["id"], "decision": "DISAGREE", "text": "Nothing is wrong.",
    });
    square
        .moderator
        .done("decideReviewable", decision, "")
        .await;
    assert_eq!(square.status(&visitor, &first).await, "VISIBLE");
    let after = visitor.run(THREAD, id).await;
    assert_eq!(
        (
            &after["thread"]["postCount"],
            &before["thread"]["postCount"]
        ),
        (&json!(2), &json!(1))
    );
    assert_eq!(added(&new, &square.thread, "Thank you.").await, "VISIBLE");
}

/// Somebody who watches the square's thread.
async fn watching(square: &Square) -> Watch {
    let watched = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename } }";
    let id = json!({ "id": square.thread });
    square.youth.watch(watched, id).await
}

/// Nothing was told until now: what is told next is what is done here.
async fn hears_of_the_lock_alone(square: &Square, mut watch: Watch) {
    let lock = act(&square.thread, "LOCK", "HEATED");
    square.moderator.done("moderate", lock, "").await;
    let next = watch.next().await;
    assert_eq!(next["threadEvents"]["__typename"], "ThreadModerated");
}

#[tokio::test]
async fn nobody_who_watches_hears_of_a_post_that_waits() {
    let square = Square::new().await;
    let watch = watching(&square).await;
    let new = newcomer(&square.forum, "new").await;
    added(&new, &square.thread, "I am new here.").await;
    hears_of_the_lock_alone(&square, watch).await;
}

#[tokio::test]
async fn nobody_who_watches_hears_what_becomes_of_a_post_that_nobody_saw() {
    let square = Square::new().await;
    let watch = watching(&square).await;
    let cursor = "query($id: ID!) { thread(id: $id) { cursor } }";
    let visitor = square.forum.visitor();
    let before = visitor.run(cursor, json!({ "id": square.thread })).await;
    let new = newcomer(&square.forum, "new").await;
    let first = new
        .done("addPost", post(&square.thread, "I am new."), "post { id }")
        .await["post"]["id"]
        .take();
    square
        .moderator
        .done("moderate", act(&first, "REMOVE", "SPAM"), "")
        .await;
    let after = visitor.run(cursor, json!({ "id": square.thread })).await;
    assert_eq!(after, before);
    assert_eq!(square.status(&new, &first).await, "REMOVED");
    hears_of_the_lock_alone(&square, watch).await;
}

#[tokio::test]
async fn a_key_that_is_sent_again_gives_the_post_that_waits() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    let mut input = post(&square.thread, "I am new here.");
    input["clientMutationId"] = json!("once");
    let first = new
        .done("addPost", input.clone(), "post { id status }")
        .await;
    let again = new.done("addPost", input, "post { id status }").await;
    assert_eq!(first, again);
    assert_eq!(queue(&square.moderator, "id").await.len(), 1);
}

#[tokio::test]
async fn what_a_raiser_says_in_his_concern_never_waits() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    // The concern itself is what a moderator looked at.
    let concern = square.forum.open_concern(&new).await;
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 5 })).await;
    assert_eq!(added(&new, &concern, "They came again.").await, "VISIBLE");
    let connection = square.forum.database.connect().await;
    let sql = "UPDATE thread SET audience = 'PUBLIC'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, sql)
        .await
        .unwrap();
    assert_eq!(added(&new, &concern, "And again.").await, "VISIBLE");
    assert_eq!(added(&new, &square.thread, "Here, too.").await, "HELD");
    let other = newcomer(&square.forum, "other").await;
    assert_eq!(added(&other, &concern, "Liars.").await, "HELD");
}

#[tokio::test]
async fn what_somebody_may_write_grows_with_time_and_with_what_was_accepted() {
    let square = Square::new().await;
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    set_rule(
        &square.forum,
        "KNOWN",
        json!({ "minAgeDays": 2, "minPosts": 2 }),
    )
    .await;
    set_rule(
        &square.forum,
        "ESTABLISHED",
        json!({ "minAgeDays": 4, "minPosts": 4 }),
    )
    .await;
    let new = newcomer(&square.forum, "new").await;
    let thread = &square.thread;
    // One link, then five, then twenty.
    let tries = async |word: &str| {
        let mut most = 0;
        for links in [1, 5, 20, 21] {
            let payload = new.act("addPost", linked(thread, links, word), "").await;
            if payload["userErrors"] == json!([]) {
                most = links;
                let posts = new.bodies(thread).await.len();
                assert!(posts > 1);
            } else {
                assert_eq!(payload["userErrors"][0]["code"], "TOO_MANY");
                break;
            }
        }
        most
    };
    assert_eq!(tries("first").await, 1);
    square.forum.clock.advance(Duration::days(2));
    // Old enough, but one post only.
    assert_eq!(
        new.refused("addPost", linked(thread, 2, "a")).await,
        "TOO_MANY"
    );
    assert_eq!(tries("second").await, 5);
    square.forum.clock.advance(Duration::days(1));
    assert_eq!(tries("third").await, 5);
    square.forum.clock.advance(Duration::days(1));
    assert_eq!(tries("fourth").await, 20);
}

#[tokio::test]
async fn a_newcomer_writes_so_much_in_an_hour_and_a_day_and_hears_when_he_may_again() {
    let square = Square::new().await;
    let change = json!({ "heldFirst": 0, "postsPerHour": 2, "postsPerDay": 3 });
    set_rule(&square.forum, "NEWCOMER", change).await;
    let new = newcomer(&square.forum, "new").await;
    let thread = &square.thread;
    for body in ["One.", "Two."] {
        say(&new, thread, body).await;
        square.forum.clock.advance(Duration::minutes(10));
    }
    let payload = new.act("addPost", post(thread, "Three."), "").await;
    let said = &payload["userErrors"][0];
    assert_eq!(said["code"], "TOO_MANY");
    let message = said["message"].as_str().unwrap();
    assert!(
        message.contains("2 posts within 1 h") && message.contains("40 min"),
        "{message}"
    );
    square.forum.clock.advance(Duration::minutes(40));
    say(&new, thread, "Three.").await;
    square.forum.clock.advance(Duration::hours(1));
    assert_eq!(
        new.refused("addPost", post(thread, "Four.")).await,
        "TOO_MANY"
    );
    square.forum.clock.advance(Duration::hours(22));
    say(&new, thread, "Four.").await;
    // Nobody else is bounded by it.
    for n in 0..5 {
        say(&square.civil, thread, &n.to_string()).await;
    }
}

#[tokio::test]
async fn an_established_member_is_bounded_where_the_rule_says_so() {
    let square = Square::new().await;
    set_rule(&square.forum, "ESTABLISHED", json!({ "postsPerHour": 2 })).await;
    let thread = &square.thread;
    say(&square.civil, thread, "One.").await;
    say(&square.civil, thread, "One.").await;
    assert_eq!(
        square.civil.refused("addPost", post(thread, "One.")).await,
        "TOO_MANY"
    );
    square.forum.clock.advance(Duration::hours(1));
    say(&square.civil, thread, "One.").await;
    let links = linked(thread, 21, "x");
    assert_eq!(square.civil.refused("addPost", links).await, "TOO_MANY");
}

#[tokio::test]
async fn threads_count_and_keep_to_the_links_but_concerns_for_few_do_not() {
    let square = Square::new().await;
    let change = json!({ "heldFirst": 0, "postsPerHour": 1, "linksMax": 0 });
    set_rule(&square.forum, "NEWCOMER", change).await;
    let new = newcomer(&square.forum, "new").await;
    let thread = |body: &str| json!({ "kind": "DISCUSSION", "title": "Talk", "body": body, "audience": "PUBLIC" });
    let linked = "See https://example.org";
    assert_eq!(new.refused("startThread", thread(linked)).await, "TOO_MANY");
    square.forum.open_discussion(&new, "PUBLIC").await;
    assert_eq!(
        new.refused("startThread", thread("More.")).await,
        "TOO_MANY"
    );
    let input = json!({
        "title": "A concern", "body": linked, "category": "DRG", "region": "PB",
        "audience": "CONFIDENTIAL",
    });
    new.done("raiseConcern", input, "").await;
}

#[tokio::test]
async fn of_whom_something_was_removed_that_counts_again() {
    let square = Square::new().await;
    let thread = &square.thread;
    square
        .civil
        .done("addPost", linked(thread, 2, "a"), "")
        .await;
    let remove = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    // He came today, as the operator installed him.
    let code = square
        .civil
        .refused("addPost", linked(thread, 2, "b"))
        .await;
    assert_eq!(code, "TOO_MANY");
    square
        .civil
        .done("addPost", linked(thread, 1, "b"), "")
        .await;
    // Whoever holds a duty or an office stays what he is.
    let officer = square.forum.sign_in("officer").await;
    let own = say(&officer, thread, "We look into it.").await;
    let remove = act(&own, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    officer.done("addPost", linked(thread, 2, "c"), "").await;
}

#[tokio::test]
async fn a_new_text_keeps_to_the_links_too() {
    let square = Square::new().await;
    set_rule(&square.forum, "NEWCOMER", json!({ "heldFirst": 0 })).await;
    let new = newcomer(&square.forum, "new").await;
    let own = say(&new, &square.thread, "I am new here.").await;
    let text = |body: &str| json!({ "postId": own, "body": body });
    let two = "https://example.org/1 https://example.org/2";
    assert_eq!(new.refused("editPost", text(two)).await, "TOO_MANY");
    new.done("editPost", text("https://example.org/1"), "")
        .await;
}

#[tokio::test]
async fn rules_are_read_by_all_and_set_by_administrators_within_bounds() {
    let square = Square::new().await;
    let admin = square.forum.sign_in("admin").await;
    let fine = rule(&admin, "KNOWN", json!({ "linksMax": 100 })).await;
    for who in [&square.civil, &square.moderator] {
        assert_eq!(
            who.refused("setPostingRule", fine.clone()).await,
            "FORBIDDEN"
        );
    }
    for (tenure, change) in [
        ("KNOWN", json!({ "heldFirst": 21 })),
        ("KNOWN", json!({ "heldFirst": -1 })),
        ("KNOWN", json!({ "linksMax": 101 })),
        ("KNOWN", json!({ "postsPerHour": 0 })),
        (
            "KNOWN",
            json!({ "postsPerHour": 1_001, "postsPerDay": 10_000 }),
        ),
        ("KNOWN", json!({ "postsPerDay": 10_001 })),
        ("KNOWN", json!({ "postsPerHour": null })),
        ("KNOWN", json!({ "postsPerDay": null })),
        ("KNOWN", json!({ "postsPerHour": 101, "postsPerDay": 100 })),
        ("KNOWN", json!({ "minAgeDays": 31 })),
        ("KNOWN", json!({ "minPosts": 21 })),
        ("ESTABLISHED", json!({ "minAgeDays": 3_651 })),
        ("ESTABLISHED", json!({ "minPosts": 10_001 })),
        ("ESTABLISHED", json!({ "heldFirst": 1 })),
        ("NEWCOMER", json!({ "minAgeDays": 1 })),
        ("NEWCOMER", json!({ "minPosts": 1 })),
    ] {
        let input = rule(&admin, tenure, change).await;
        let said = input.to_string();
        assert_eq!(
            admin.refused("setPostingRule", input).await,
            "INVALID",
            "{said}"
        );
    }
    for (tenure, change) in [
        (
            "KNOWN",
            json!({ "heldFirst": 20, "linksMax": 100, "minAgeDays": 30, "minPosts": 20 }),
        ),
        (
            "KNOWN",
            json!({ "postsPerHour": 1_000, "postsPerDay": 10_000 }),
        ),
        (
            "ESTABLISHED",
            json!({ "minAgeDays": 3_650, "minPosts": 10_000, "postsPerHour": 1 }),
        ),
        (
            "NEWCOMER",
            json!({ "heldFirst": 0, "linksMax": 0, "postsPerHour": 1, "postsPerDay": 1 }),
        ),
    ] {
        let input = rule(&admin, tenure, change.clone()).await;
        let selection =
            "rule { tenure heldFirst linksMax postsPerHour postsPerDay minAgeDays minPosts }";
        let set = admin.done("setPostingRule", input.clone(), selection).await;
        assert_eq!(set["rule"], input);
        assert_eq!(
            rule(&square.forum.visitor(), tenure, json!({})).await,
            input
        );
    }
    let another = square.forum.another_node().await;
    assert_eq!(
        another.directory().posting_rules,
        square.forum.forum.directory().posting_rules
    );
}

#[tokio::test]
async fn what_a_newcomers_post_costs_does_not_grow() {
    let forum = TestForum::with(true, RegistrationMode::Open, &[]).await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let change = json!({ "heldFirst": 0, "postsPerHour": 100, "postsPerDay": 100 });
    set_rule(&forum, "NEWCOMER", change).await;
    let new = newcomer(&forum, "new").await;
    let add = "mutation($input: AddPostInput!) { addPost(input: $input) \
               { post { id } userErrors { code } } }";
    let mut counted = Vec::new();
    for round in ["a", "b"] {
        let input = |run: u32| json!({ "input": post(&thread, &format!("{round} {run}")) });
        counted.push(statements(&forum, &new, add, input).await);
        for n in 0..5 {
            say(&new, &thread, &format!("{round} more {n}")).await;
        }
    }
    assert_eq!(counted[0], counted[1]);
    // What is hidden from him costs what is absent.
    let hidden = forum.open_concern(&civil).await;
    let absent = forum.thread_id_of_nothing();
    let input = |id: &Value| json!({ "input": post(id, "Said") });
    assert_eq!(
        statements(&forum, &new, add, |_| input(&hidden)).await,
        statements(&forum, &new, add, |_| input(&absent)).await,
    );
}
