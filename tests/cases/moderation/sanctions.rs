//! Sanctions: what is proposed, how it ends, and what the record says of it. Who
//! decides is in `panel`, what they keep from whom in `effect`.

mod effect;
mod panel;

use chrono::Duration;
use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::super::audit::told;
use super::{Square, modlog, say};

/// A moderator of this constituency.
async fn another(forum: &TestForum, login: &str, constituency: Constituency) -> Client {
    forum.install(login, constituency, &[Duty::Moderator]).await;
    forum.sign_in(login).await
}

/// One with whom `moderator` makes a mixed panel.
pub(super) async fn panel(forum: &TestForum) -> Client {
    another(forum, "panelist", Constituency::Expert).await
}

/// So long from now.
fn after(forum: &TestForum, time: Duration) -> Value {
    json!((forum.forum.time() + time).to_rfc3339())
}

/// A silence or a suspension of two days, or a ban.
fn heavy(forum: &TestForum, subject: &Value, kind: &str, scope: &str) -> Value {
    let until = match kind {
        "BAN" => Value::Null,
        _ => after(forum, Duration::days(2)),
    };
    json!({
        "subjectId": subject, "kind": kind, "scope": scope, "until": until,
        "reason": "ABUSE", "text": "This is no way to speak.",
    })
}

fn warning(subject: &Value) -> Value {
    json!({
        "subjectId": subject, "kind": "WARN", "reason": "ABUSE", "text": "Mind your words.",
    })
}

fn verdict(sanction: &Value, decision: &str) -> Value {
    json!({ "sanctionId": sanction, "decision": decision, "text": "I looked." })
}

fn lifting(sanction: &Value) -> Value {
    json!({ "sanctionId": sanction, "reason": "MISTAKEN", "text": "We erred." })
}

async fn propose(who: &Client, input: Value) -> Value {
    let selection = "sanction { id decision stands }";
    who.done("proposeSanction", input, selection).await["sanction"].take()
}

/// Proposed by one and approved by the other.
pub(super) async fn imposed(
    square: &Square,
    panelist: &Client,
    subject: &Value,
    of: [&str; 2],
) -> Value {
    let input = heavy(&square.forum, subject, of[0], of[1]);
    let id = propose(&square.moderator, input).await["id"].take();
    let selection = "sanction { stands }";
    let done = panelist
        .done("decideSanction", verdict(&id, "APPROVE"), selection)
        .await;
    assert_eq!(done["sanction"]["stands"], true);
    id
}

async fn own(who: &Client, fields: &str) -> Value {
    let document = format!("{{ viewer {{ account {{ sanctions {{ {fields} }} }} }} }}");
    who.run(&document, json!({})).await["viewer"]["account"]["sanctions"].take()
}

/// What the moderators are shown.
async fn desk(who: &Client, state: &str, fields: &str) -> Value {
    let document = format!(
        "query($of: SanctionState!) {{ viewer {{ moderationDesk {{ \
         sanctions(filter: {{ state: $of }}) {{ totalCount nodes {{ {fields} }} }} }} }} }}"
    );
    let mut seen = who.run(&document, json!({ "of": state })).await;
    let mut list = seen["viewer"]["moderationDesk"]["sanctions"].take();
    let nodes = list["nodes"].take();
    assert_eq!(list["totalCount"], nodes.as_array().unwrap().len());
    nodes
}

#[tokio::test]
async fn a_warning_is_told_at_once_to_whom_it_is_of_and_in_the_record_a_month_later_to_all() {
    let square = Square::new().await;
    let warned = propose(&square.moderator, warning(&square.post)).await;
    assert_eq!(
        (&warned["decision"], &warned["stands"]),
        (&json!("APPROVE"), &json!(true))
    );
    let fields = "kind scope until reason text subjectId entryId liftedAt stands";
    let mut seen = own(&square.civil, fields).await;
    let entry = seen[0]["entryId"].take();
    let expected = json!([{
        "kind": "WARN", "scope": null, "until": null, "reason": "ABUSE",
        "text": "Mind your words.", "subjectId": square.post, "entryId": null, "liftedAt": null,
        "stands": true,
    }]);
    assert_eq!(seen, expected);
    // He speaks as before.
    say(&square.civil, &square.thread, "I will.").await;
    let visitor = square.forum.visitor();
    let acts = |log: Vec<Value>| log.iter().filter(|one| one["act"] == "WARN").count();
    for who in [&visitor, &square.youth, &square.civil] {
        assert_eq!(acts(modlog(who, "act").await), 0);
    }
    square.forum.clock.advance(Duration::days(14));
    let fields = "id act at text subjectId moderator";
    let log = modlog(&visitor, fields).await;
    let public = json!({
        "id": entry, "act": "WARN", "at": null, "text": null, "subjectId": null,
        "moderator": null,
    });
    assert!(log.contains(&public), "{log:?}");
    for who in [&square.youth, &square.expert] {
        assert!(modlog(who, fields).await.contains(&public));
    }
    let mut his = public.clone();
    his["text"] = json!("Mind your words.");
    his["subjectId"] = square.post.clone();
    let known = log.iter().find(|one| one["act"] == "RELEASE").unwrap();
    assert_ne!(known["moderator"], Value::Null);
    his["moderator"] = known["moderator"].clone();
    assert!(modlog(&square.civil, fields).await.contains(&his));
}

#[tokio::test]
async fn nobody_else_sees_a_sanction_or_whose_it_is() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let id = imposed(&square, &panelist, &square.post, ["SILENCE", "THREAD"]).await;
    let document = "query($id: ID!, $post: ID!) { node(id: $id) { id } \
                    post: node(id: $post) { ... on Post { moderation { act } } } \
                    viewer { moderationDesk { __typename } account { sanctions { kind } } } }";
    let officer = square.forum.sign_in("officer").await;
    let admin = square.forum.sign_in("admin").await;
    for who in [&square.youth, &square.expert, &officer, &admin] {
        let seen = who
            .run(document, json!({ "id": id, "post": square.post }))
            .await;
        let nothing = json!({
            "node": null, "post": { "moderation": [] },
            "viewer": { "moderationDesk": null, "account": { "sanctions": [] } },
        });
        assert_eq!(seen, nothing);
    }
    // What an administrator sees of his account does not say it.
    let mine = square
        .civil
        .run("{ viewer { account { id } } }", json!({}))
        .await;
    let seen = admin
        .run(
            "query($id: ID!) { node(id: $id) { ... on Account { login standing sanctions { kind } } } }",
            json!({ "id": mine["viewer"]["account"]["id"] }),
        )
        .await;
    let account = json!({ "login": "civil", "standing": "ACTIVE", "sanctions": null });
    assert_eq!(seen["node"], account);
    // Whoever is sanctioned does not read what the moderators say of it.
    assert_eq!(
        square
            .civil
            .run(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": id })
            )
            .await["node"],
        Value::Null
    );
    let standing = desk(&panelist, "STANDING", "id proposedBy subjectId body").await;
    assert_eq!(standing[0]["subjectId"], square.post);
    assert_eq!(standing[0]["body"], "Buy cheap phones.");
}

#[tokio::test]
async fn whoever_is_sanctioned_reads_by_which_two_and_nobody_else_does() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    imposed(&square, &panelist, &square.post, ["SILENCE", "THREAD"]).await;
    let fields = "act moderator proposedBy";
    let own = format!("moderation {{ {fields} }}");
    let told = square.sees(&square.civil, &square.post, &own).await;
    let of_two = desk(&panelist, "STANDING", "proposedBy decidedBy").await;
    let [proposer, decider] = ["proposedBy", "decidedBy"].map(|one| &of_two[0][one]);
    assert_ne!(proposer, decider);
    let entry = json!({ "act": "SILENCE", "moderator": decider, "proposedBy": proposer });
    assert_eq!(told["moderation"], json!([entry]));
    square.forum.clock.advance(Duration::days(14));
    let entry = json!({ "act": "SILENCE", "moderator": null, "proposedBy": null });
    for who in [&square.forum.visitor(), &square.youth] {
        assert!(modlog(who, fields).await.contains(&entry));
    }
}

#[tokio::test]
async fn what_is_rejected_does_nothing_and_is_in_no_record() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let input = heavy(&square.forum, &square.post, "BAN", "EVERYTHING");
    let id = propose(&square.moderator, input).await["id"].take();
    panelist
        .done("decideSanction", verdict(&id, "REJECT"), "")
        .await;
    let late = panelist.act("decideSanction", verdict(&id, "APPROVE"), "");
    let late = late.await;
    assert_eq!(late["userErrors"][0]["code"], "ALREADY_DECIDED");
    assert!(late.to_string().contains("REJECT"), "{late}");
    assert_eq!(own(&square.civil, "kind").await, json!([]));
    let code = panelist.refused("liftSanction", lifting(&id)).await;
    assert_eq!(code, "INVALID");
    square.forum.clock.advance(Duration::days(14));
    let log = modlog(&square.moderator, "act").await;
    assert!(!log.contains(&json!({ "act": "BAN" })), "{log:?}");
}

#[tokio::test]
async fn a_proposal_lapses_by_its_time() {
    let days = [("moderation.proposal_days", "3")];
    let square = Square::with(&days).await;
    let forum = &square.forum;
    let panelist = panel(forum).await;
    let long = |scope, end| {
        let mut input = heavy(forum, &square.post, "SILENCE", scope);
        input["until"] = after(forum, end);
        input
    };
    let soon = propose(&square.moderator, long("THREAD", Duration::hours(2))).await["id"].take();
    let later =
        propose(&square.moderator, long("EVERYTHING", Duration::days(30))).await["id"].take();
    forum.clock.advance(Duration::hours(2));
    let lapsed = panelist.refused("decideSanction", verdict(&soon, "APPROVE"));
    assert_eq!(lapsed.await, "INVALID");
    let waiting = desk(&panelist, "WAITING", "id").await;
    assert_eq!(waiting, json!([{ "id": later }]));
    forum.clock.advance(Duration::days(3));
    assert_eq!(desk(&panelist, "WAITING", "id").await, json!([]));
    let lapsed = panelist.refused("decideSanction", verdict(&later, "APPROVE"));
    assert_eq!(lapsed.await, "INVALID");
    assert_eq!(own(&square.civil, "kind").await, json!([]));
}

#[tokio::test]
async fn another_than_who_proposed_it_takes_a_sanction_back() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let id = imposed(&square, &panelist, &square.post, ["SILENCE", "EVERYTHING"]).await;
    let speaks = json!({ "threadId": square.thread, "body": "But!" });
    let code = square.civil.refused("addPost", speaks.clone()).await;
    assert_eq!(code, "FORBIDDEN");
    let code = square.moderator.refused("liftSanction", lifting(&id)).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    let mut unfit = lifting(&id);
    unfit["reason"] = json!("ABUSE");
    assert_eq!(panelist.refused("liftSanction", unfit).await, "INVALID");
    let selection = "sanction { stands liftedAt }";
    let lifted = panelist.done("liftSanction", lifting(&id), selection).await;
    assert_eq!(lifted["sanction"]["stands"], false);
    square.civil.done("addPost", speaks, "").await;
    assert_eq!(
        own(&square.civil, "stands").await,
        json!([{ "stands": false }])
    );
    let code = panelist.refused("liftSanction", lifting(&id)).await;
    assert_eq!(code, "INVALID");
    square.forum.clock.advance(Duration::days(14));
    let log = modlog(&square.youth, "id act reversesId reversedById subjectId").await;
    let of = |act: &str| log.iter().find(|one| one["act"] == act).unwrap();
    assert_eq!(of("LIFT")["reversesId"], of("SILENCE")["id"]);
    assert_eq!(of("SILENCE")["reversedById"], of("LIFT")["id"]);
    assert_eq!(of("LIFT")["subjectId"], Value::Null);
}

#[tokio::test]
async fn a_repeated_key_sanctions_once_and_each_act_is_audited() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let mut input = warning(&square.post);
    input["clientMutationId"] = json!("once");
    let first = propose(&square.moderator, input.clone()).await;
    assert_eq!(propose(&square.moderator, input).await["id"], first["id"]);
    let count = own(&square.civil, "kind").await.as_array().unwrap().len();
    assert_eq!(count, 1);
    let id = imposed(&square, &panelist, &square.post, ["SUSPEND", "THREAD"]).await;
    panelist.done("liftSanction", lifting(&id), "").await;
    for (act, times) in [
        ("proposeSanction", 2),
        ("decideSanction", 1),
        ("liftSanction", 1),
    ] {
        let lines = told(&square.forum, act).await;
        assert_eq!(lines.len(), times, "{lines:?}");
    }
}

#[tokio::test]
async fn terms_that_do_not_fit_are_named() {
    let square = Square::new().await;
    let forum = &square.forum;
    let hours = |hours| after(forum, Duration::hours(hours));
    for (more, field, code) in [
        (json!({ "scope": "THREAD" }), "scope", "INVALID"),
        (json!({ "until": hours(5) }), "until", "INVALID"),
        (
            json!({ "kind": "SILENCE", "until": hours(5) }),
            "scope",
            "INVALID",
        ),
        (
            json!({ "kind": "SILENCE", "scope": "THREAD" }),
            "until",
            "INVALID",
        ),
        (
            json!({ "kind": "SUSPEND", "scope": "THREAD", "until": hours(0) }),
            "until",
            "INVALID",
        ),
        (
            json!({ "kind": "SUSPEND", "scope": "THREAD", "until": hours(90 * 24 + 1) }),
            "until",
            "INVALID",
        ),
        (
            json!({ "kind": "SILENCE", "scope": "CATEGORY", "until": hours(5) }),
            "scope",
            "INVALID",
        ),
        (
            json!({ "kind": "BAN", "scope": "THREAD" }),
            "scope",
            "INVALID",
        ),
        (
            json!({ "kind": "BAN", "until": hours(5) }),
            "until",
            "INVALID",
        ),
        (
            json!({ "kind": "BAN", "reason": "OFF_TOPIC" }),
            "reason",
            "INVALID",
        ),
        (json!({ "reason": "FLAGGED" }), "reason", "INVALID"),
        (json!({ "text": " " }), "text", "BLANK"),
    ] {
        let mut input = warning(&square.post);
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        let refused = square.moderator.act("proposeSanction", input, "").await;
        let error = &refused["userErrors"][0];
        assert_eq!(error["code"], code, "{more}");
        assert_eq!(error["field"], json!([field]), "{more}");
    }
    // The acts of sanctions are none that is done to a text.
    for act in ["WARN", "SILENCE", "SUSPEND", "BAN", "LIFT"] {
        let reason = if act == "LIFT" { "MISTAKEN" } else { "ABUSE" };
        let input = super::act(&square.post, act, reason);
        let code = square.moderator.refused("moderate", input).await;
        assert_eq!(code, "INVALID", "{act}");
    }
    let mut late = warning(&square.post);
    late["expectedVersion"] = json!("0000000000000000");
    let code = square.moderator.refused("proposeSanction", late).await;
    assert_eq!(code, "VERSION_CONFLICT");
    let nothing = forum.thread_id_of_nothing();
    for who in [&square.moderator, &square.youth] {
        let code = who.refused("proposeSanction", warning(&nothing)).await;
        assert_eq!(code, "NOT_FOUND");
    }
    for act in ["decideSanction", "liftSanction"] {
        let input = if act == "liftSanction" {
            lifting(&nothing)
        } else {
            verdict(&nothing, "APPROVE")
        };
        assert_eq!(square.moderator.refused(act, input).await, "NOT_FOUND");
    }
    let code = square
        .youth
        .refused("proposeSanction", warning(&square.post));
    assert_eq!(code.await, "FORBIDDEN");
}

#[tokio::test]
async fn whoever_is_banned_appeals_and_neither_of_the_panel_decides() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    imposed(&square, &panelist, &square.post, ["BAN", "EVERYTHING"]).await;
    let civil = square.forum.sign_in("civil").await;
    let entry = own(&civil, "entryId").await[0]["entryId"].take();
    let appeal = json!({ "entryId": entry, "text": "It was a joke." });
    let mut made = civil.done("appeal", appeal, "appeal { id }").await;
    let input = json!({
        "appealId": made["appeal"]["id"].take(), "outcome": "OVERTURNED", "text": "It was one.",
    });
    for who in [&square.moderator, &panelist] {
        let code = who.refused("decideAppeal", input.clone()).await;
        assert_eq!(code, "CONFLICT_OF_INTEREST");
    }
    let third = another(&square.forum, "third", Constituency::Youth).await;
    third
        .done("decideAppeal", input, "appeal { outcome }")
        .await;
    assert_eq!(own(&civil, "stands").await, json!([{ "stands": false }]));
    say(&civil, &square.thread, "I am back.").await;
}

#[tokio::test]
async fn until_when_he_may_appeal_reads_also_who_sees_the_text_no_more() {
    let square = Square::new().await;
    propose(&square.moderator, warning(&square.post)).await;
    let entry = square.sees(&square.civil, &square.post, "moderation { appealUntil }");
    let until = entry.await["moderation"][0]["appealUntil"].take();
    assert_eq!(
        own(&square.civil, "appealUntil").await[0]["appealUntil"],
        until
    );
    let panelist = panel(&square.forum).await;
    imposed(&square, &panelist, &square.post, ["BAN", "EVERYTHING"]).await;
    let civil = square.forum.sign_in("civil").await;
    let both = json!([{ "appealUntil": until }, { "appealUntil": until }]);
    assert_eq!(own(&civil, "appealUntil").await, both);
    square.forum.clock.advance(Duration::days(31 + 90));
    let civil = square.forum.sign_in("civil").await;
    assert_eq!(
        own(&civil, "appealUntil").await[0]["appealUntil"],
        Value::Null
    );
}

#[tokio::test]
async fn whoever_appealed_in_vain_against_a_sanction_is_told() {
    let square = Square::new().await;
    let third = another(&square.forum, "third", Constituency::Youth).await;
    propose(&square.moderator, warning(&square.post)).await;
    let entry = own(&square.civil, "entryId").await[0]["entryId"].take();
    let appeal = json!({ "entryId": entry, "text": "It was a joke." });
    let made = square.civil.done("appeal", appeal, "appeal { id }").await;
    square.forum.forum.empty_outbox().await.unwrap();
    let inbox = "subscription { viewerEvents { __typename \
                 ... on SanctionChanged { sanction { kind } } } }";
    let mut inbox = square.civil.watch(inbox, json!({})).await;
    let input = json!({
        "appealId": made["appeal"]["id"], "outcome": "UPHELD", "text": "It was none.",
    });
    third.done("decideAppeal", input, "").await;
    let told = inbox.next().await;
    let expected = json!({ "__typename": "SanctionChanged", "sanction": { "kind": "WARN" } });
    assert_eq!(told["viewerEvents"], expected);
}

#[tokio::test]
async fn the_same_is_proposed_again_only_once_it_was_decided_on() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let input = heavy(&square.forum, &square.post, "SILENCE", "THREAD");
    let first = propose(&square.moderator, input.clone()).await["id"].take();
    let again = panelist.refused("proposeSanction", input.clone()).await;
    assert_eq!(again, "ALREADY_PROPOSED");
    let wider = heavy(&square.forum, &square.post, "SILENCE", "EVERYTHING");
    propose(&square.moderator, wider).await;
    let rejection = verdict(&first, "REJECT");
    panelist.done("decideSanction", rejection, "").await;
    propose(&panelist, input).await;
    let selection = "sanction { lapsesAt }";
    let warned = square
        .moderator
        .done("proposeSanction", warning(&square.post), selection);
    assert_eq!(warned.await["sanction"]["lapsesAt"], Value::Null);
    let twice = square
        .moderator
        .refused("proposeSanction", warning(&square.post));
    assert_eq!(twice.await, "ALREADY_PROPOSED");
}
