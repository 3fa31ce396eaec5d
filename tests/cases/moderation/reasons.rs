//! Why somebody may not do something, as he is told before he tries: what trying it
//! answers.

use std::collections::BTreeSet;

use chrono::Duration;
use mukalma_tests::Client;
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::newcomers::set_rule;
use super::sanctions::{imposed, panel};
use super::{Square, act, flag_of, say};

/// Something to be done with a thread or a post, as its fields call it.
pub(in crate::cases) struct Try<'a> {
    pub(in crate::cases) of: &'static str,
    pub(in crate::cases) id: &'a Value,
    pub(in crate::cases) name: &'static str,
    pub(in crate::cases) act: &'static str,
    pub(in crate::cases) input: Value,
}

/// Why somebody is told that he may not, which is what trying it answers. Nothing of
/// what he does not see.
pub(in crate::cases) async fn told(who: &Client, one: Try<'_>) -> Vec<Value> {
    let Try { of, id, name, .. } = one;
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ can: viewerCan{name} \
         why: viewerCannot{name}Reasons {{ code message field }} }} }} }}"
    );
    let mut seen = who.run(&document, json!({ "id": id })).await["node"].take();
    if seen.is_null() {
        return Vec::new();
    }
    let why = seen["why"].take();
    assert_eq!(seen["can"], json!(why == json!([])), "{}", one.act);
    assert_eq!(why, tried(who, one.act, one.input).await, "{}", one.act);
    why.as_array().unwrap().clone()
}

/// What trying it answers.
async fn tried(who: &Client, act: &str, input: Value) -> Value {
    let of = format!("{}{}Input", act[..1].to_uppercase(), &act[1..]);
    let document = format!(
        "mutation($input: {of}!) {{ {act}(input: $input) \
         {{ userErrors {{ code message field }} }} }}"
    );
    let mut answer = who.send(&document, json!({ "input": input })).await;
    // Whoever is not signed in is refused as a whole.
    if answer.code() == "UNAUTHENTICATED" {
        return json!([{ "code": "FORBIDDEN", "message": "Sign in first.", "field": null }]);
    }
    answer.body["data"][act]["userErrors"].take()
}

/// To say something that nobody said before.
pub(in crate::cases) fn speaking(thread: &Value, number: usize) -> Try<'_> {
    Try {
        of: "Thread",
        id: thread,
        name: "Post",
        act: "addPost",
        input: json!({ "threadId": thread, "body": format!("Said {number}.") }),
    }
}

/// All that is told of.
fn all<'a>(thread: &'a Value, post: &'a Value, number: usize) -> [Try<'a>; 6] {
    let of = |of, id, name, act, input| Try {
        of,
        id,
        name,
        act,
        input,
    };
    let title = json!({ "threadId": thread, "title": format!("A title {number}") });
    let body = json!({ "postId": post, "body": format!("A text {number}.") });
    let endorsing = json!({ "threadId": thread });
    [
        of("Thread", thread, "Edit", "editThread", title),
        of("Thread", thread, "Endorse", "endorseThread", endorsing),
        of("Thread", thread, "Flag", "flag", flag_of(thread)),
        of("Post", post, "Edit", "editPost", body),
        of("Post", post, "Flag", "flag", flag_of(post)),
        speaking(thread, number),
    ]
}

/// An official for whom nobody vouched yet.
async fn clerk(square: &Square) -> Client {
    let input = json!({
        "login": "clerk", "displayName": "A clerk", "password": mukalma_tests::PASSWORD,
        "constituency": "OFFICIAL",
    });
    let visitor = square.forum.visitor();
    let made = visitor.done("registerAccount", input, "session { token }");
    let token = made.await["session"]["token"].as_str().map(str::to_owned);
    Client::new(square.forum.address, token)
}

#[tokio::test]
async fn what_keeps_somebody_from_an_act_is_what_trying_it_answers() {
    let square = Square::with(&[("moderation.hold_at", "100")]).await;
    let officer = square.forum.sign_in("officer").await;
    let (visitor, clerk) = (square.forum.visitor(), clerk(&square).await);
    let (civil, youth, moderator) = (&square.civil, &square.youth, &square.moderator);
    let people = [&visitor, civil, youth, &officer, &clerk, moderator];
    let (mut number, mut reasons) = (0, BTreeSet::new());
    let mut trying = async |who: &Client, thread: &Value, post: &Value| {
        for one in all(thread, post, number) {
            number += 1;
            for why in told(who, one).await {
                reasons.insert(why["message"].as_str().unwrap().to_owned());
            }
        }
    };
    for (of_post, state) in [
        (false, None),
        (false, Some(("LOCK", "HEATED"))),
        (false, Some(("CLOSE", "SETTLED"))),
        (false, Some(("MINIMIZE", "OFF_TOPIC"))),
        (false, Some(("HOLD", "ABUSE"))),
        (false, Some(("REMOVE", "SPAM"))),
        (true, Some(("MINIMIZE", "OFF_TOPIC"))),
        (true, Some(("HOLD", "ABUSE"))),
        (true, Some(("REMOVE", "SPAM"))),
    ] {
        // Whose words were removed no longer says as much as he likes, nor the same
        // again within a day.
        square.forum.clock.advance(Duration::hours(25));
        let thread = square.forum.open_discussion(civil, "PUBLIC").await;
        let post = say(civil, &thread, "Good day.").await;
        if let Some((doing, reason)) = state {
            let input = act(if of_post { &post } else { &thread }, doing, reason);
            moderator.done("moderate", input, "").await;
        }
        for who in people {
            trying(who, &thread, &post).await;
        }
    }
    let words = say(&square.expert, &square.thread, "You are all fools.").await;
    let panelist = panel(&square.forum).await;
    imposed(&square, &panelist, &words, ["SILENCE", "THREAD"]).await;
    trying(&square.expert, &square.thread, &words).await;
    let expected = [
        "Nobody decides on what he wrote, did or flagged himself.",
        "Only the author may do this.",
        "Sign in first.",
        "Somebody must vouch for you first.",
        "The thread is locked.",
        "This account may read but not speak here for now.",
        "This conversation is closed.",
        "This is not for your constituency.",
        "This is not possible as it stands now; it may be done already.",
    ];
    assert_eq!(reasons, BTreeSet::from(expected.map(str::to_owned)));
}

/// The codes of why somebody may not speak now; where he may, he does.
async fn speaks(who: &Client, thread: &Value, number: usize) -> Vec<Value> {
    let why = told(who, speaking(thread, number)).await;
    why.into_iter().map(|mut one| one["code"].take()).collect()
}

#[tokio::test]
async fn who_has_to_wait_is_told_so_before_he_speaks() {
    let square = Square::new().await;
    let (youth, moderator) = (&square.youth, &square.moderator);
    let (free, soon) = (Vec::<Value>::new(), vec![json!("TOO_SOON")]);
    let mut slow = act(&square.thread, "SLOW_MODE", "HEATED");
    slow["seconds"] = json!(60);
    moderator.done("moderate", slow, "").await;
    for (number, (who, expected)) in [
        (youth, &free),
        (youth, &soon),
        (moderator, &free),
        (moderator, &free),
        (&square.expert, &free),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(speaks(who, &square.thread, number).await, *expected);
    }
    square.forum.clock.advance(Duration::seconds(59));
    assert_eq!(speaks(youth, &square.thread, 5).await, soon);
    square.forum.clock.advance(Duration::seconds(1));
    assert_eq!(speaks(youth, &square.thread, 6).await, free);
    // In another thread he says as much as the rules let him, and no more anywhere.
    let other = square.forum.open_discussion(&square.civil, "PUBLIC").await;
    let limit = json!({ "postsPerHour": 1 });
    set_rule(&square.forum, "ESTABLISHED", limit).await;
    let many = vec![json!("TOO_MANY")];
    assert_eq!(speaks(youth, &other, 7).await, free);
    assert_eq!(speaks(youth, &other, 8).await, many);
    square.forum.clock.advance(Duration::hours(1));
    assert_eq!(speaks(youth, &other, 9).await, free);
}

#[tokio::test]
async fn a_visitor_is_told_why_in_his_language() {
    let square = Square::new().await;
    let fields = "viewerCannotPostReasons { code message field }";
    for (who, message) in [
        (square.forum.visitor(), "Sign in first."),
        (square.forum.visitor().in_urdu(), "پہلے داخل ہوں۔"),
    ] {
        let seen = square.sees_thread(&who, fields).await;
        let why = json!([{ "code": "FORBIDDEN", "message": message, "field": null }]);
        assert_eq!(seen["viewerCannotPostReasons"], why);
    }
}

impl Square {
    /// Fields of the thread, as somebody sees it.
    async fn sees_thread(&self, who: &Client, fields: &str) -> Value {
        let document = format!("query($id: ID!) {{ thread(id: $id) {{ {fields} }} }}");
        who.run(&document, json!({ "id": self.thread })).await["thread"].take()
    }
}

#[tokio::test]
async fn why_he_may_not_costs_no_statement_an_item() {
    let square = Square::new().await;
    for number in 0..3 {
        say(&square.youth, &square.thread, &format!("Said {number}.")).await;
    }
    let page = |of_thread: &str, of_post: &str| {
        format!(
            "query($id: ID!) {{ thread(id: $id) {{ viewerIsFollowing {of_thread} \
             posts(first: 20) {{ nodes {{ id {of_post} }} }} }} }}"
        )
    };
    let of_post = "viewerCanEdit viewerCanFlag viewerCannotEditReasons { code } \
                   viewerCannotFlagReasons { code }";
    let of_thread = "viewerCanPost viewerCannotPostReasons { code } \
                     viewerCannotEndorseReasons { code }";
    let of_thread = format!("{of_post} {of_thread}");
    let variables = |_| json!({ "id": square.thread });
    let (forum, youth) = (&square.forum, &square.youth);
    let plain = statements(forum, youth, &page("", ""), variables).await;
    let whole = page(&of_thread, of_post);
    assert_eq!(statements(forum, youth, &whole, variables).await, plain);
    // Who has to wait is one statement more, however many threads are slow.
    let list = "{ threads(first: 10) { nodes { viewerCanPost \
                viewerCannotPostReasons { code } } } }";
    let other = forum.open_discussion(&square.civil, "PUBLIC").await;
    assert_eq!(statements(forum, youth, list, |_| json!({})).await, 1);
    for thread in [&square.thread, &other] {
        let mut slow = act(thread, "SLOW_MODE", "HEATED");
        slow["seconds"] = json!(60);
        square.moderator.done("moderate", slow, "").await;
    }
    assert_eq!(statements(forum, youth, list, |_| json!({})).await, 2);
    assert_eq!(statements(forum, youth, &whole, variables).await, plain + 1);
}
