//! The queue: who sees it, taking, putting back, deciding.

use chrono::Duration;
use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::newcomers::newcomer;
use super::{Square, flag, official, queue, say, together};

/// A moderator who did nothing yet.
pub(super) async fn second(forum: &TestForum) -> Client {
    let duties = [Duty::Moderator];
    let civil = Constituency::CivilSociety;
    forum.install("second", civil, &duties).await;
    forum.sign_in("second").await
}

async fn waiting(square: &Square) -> Value {
    flag(&square.youth, &square.post).await;
    queue(&square.moderator, "id").await[0]["id"].take()
}

fn decision(id: &Value, decision: &str) -> Value {
    json!({ "reviewableId": id, "decision": decision, "text": "I looked." })
}

/// Why a moderator may not decide so.
async fn is_refused(square: &Square, input: &Value) -> String {
    let moderator = &square.moderator;
    moderator.refused("decideReviewable", input.clone()).await
}

/// A confidential concern in which its raiser flags what an officer said.
async fn complained_of(square: &Square) -> Value {
    let officer = square.forum.sign_in("officer").await;
    let concern = square.forum.open_concern(&square.civil).await;
    let post = say(&officer, &concern, "Come to the station.").await;
    flag(&square.civil, &post).await;
    concern
}

#[tokio::test]
async fn the_queue_is_for_moderators_and_not_of_their_own() {
    let square = Square::new().await;
    let id = waiting(&square).await;
    let own = say(&square.moderator, &square.thread, "I moderate.").await;
    flag(&square.youth, &own).await;
    assert_eq!(queue(&square.moderator, "id").await.len(), 1);
    let another = second(&square.forum).await;
    assert_eq!(queue(&another, "id").await.len(), 2);
    let document =
        "query($id: ID!) { node(id: $id) { id } viewer { moderationDesk { __typename } } }";
    let nothing = json!({ "node": null, "viewer": { "moderationDesk": null } });
    for who in [&square.civil, &square.youth, &square.forum.visitor()] {
        assert_eq!(who.run(document, json!({ "id": id })).await, nothing);
    }
    let input = json!({ "reviewableId": id });
    for act in ["claimReviewable", "releaseReviewable"] {
        assert_eq!(square.youth.refused(act, input.clone()).await, "NOT_FOUND");
    }
    let input = decision(&id, "AGREE");
    let code = square.youth.refused("decideReviewable", input).await;
    assert_eq!(code, "NOT_FOUND");
}

#[tokio::test]
async fn what_one_took_another_leaves_until_it_is_stale() {
    let square = Square::with(&[("moderation.claim_hours", "2")]).await;
    let id = waiting(&square).await;
    let another = second(&square.forum).await;
    let input = json!({ "reviewableId": id });
    let selection = "reviewable { claimedBy claimIsStale }";
    let first = square
        .moderator
        .done("claimReviewable", input.clone(), selection)
        .await;
    assert_eq!(first["reviewable"]["claimIsStale"], false);
    assert!(first["reviewable"]["claimedBy"].as_i64().unwrap() >= 100_000);
    let code = another.refused("claimReviewable", input.clone()).await;
    assert_eq!(code, "INVALID");
    let code = another
        .refused("decideReviewable", decision(&id, "AGREE"))
        .await;
    assert_eq!(code, "INVALID");
    let code = another.refused("releaseReviewable", input.clone()).await;
    assert_eq!(code, "INVALID");
    square.forum.clock.advance(Duration::hours(2));
    let seen = queue(&another, "claimIsStale").await;
    assert_eq!(Value::from(seen), json!([{ "claimIsStale": true }]));
    let taken = another
        .done("claimReviewable", input.clone(), selection)
        .await;
    assert_ne!(
        taken["reviewable"]["claimedBy"],
        first["reviewable"]["claimedBy"]
    );
    let selection = "reviewable { claimedBy history { kind } }";
    let back = another.done("releaseReviewable", input, selection).await;
    let history = json!([
        { "kind": "RELEASED" }, { "kind": "CLAIMED" }, { "kind": "CLAIMED" }, { "kind": "OPENED" },
    ]);
    assert_eq!(
        back["reviewable"],
        json!({ "claimedBy": null, "history": history })
    );
}

#[tokio::test]
async fn a_moderator_who_becomes_an_official_takes_nothing_and_decides_on_nothing() {
    let square = Square::with(&[("moderation.claim_hours", "2")]).await;
    let id = waiting(&square).await;
    let it = json!({ "reviewableId": id });
    square
        .moderator
        .done("claimReviewable", it.clone(), "")
        .await;
    let official = official(&square.forum, "moderator").await;
    let agree = json!({
        "reviewableId": id, "decision": "AGREE", "act": "REMOVE", "reason": "SPAM", "text": "Spam.",
    });
    for (act, input) in [
        ("claimReviewable", it.clone()),
        ("releaseReviewable", it.clone()),
        ("decideReviewable", agree.clone()),
        ("decideReviewable", decision(&id, "DISAGREE")),
        ("decideReviewable", decision(&id, "DEFER")),
    ] {
        assert_eq!(official.refused(act, input).await, "FORBIDDEN", "{act}");
    }
    // What he had taken, another takes once it is stale.
    let another = second(&square.forum).await;
    square.forum.clock.advance(Duration::hours(2));
    another.done("claimReviewable", it, "").await;
    another.done("decideReviewable", agree, "").await;
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_does_and_the_other_sees_it() {
    let square = Square::new().await;
    let id = waiting(&square).await;
    let another = second(&square.forum).await;
    let agree = json!({
        "reviewableId": id, "decision": "AGREE", "act": "REMOVE", "reason": "SPAM", "text": "Spam.",
    });
    let (one, two) = tokio::join!(
        square
            .moderator
            .act("decideReviewable", agree, "reviewable { decision }"),
        another.act(
            "decideReviewable",
            decision(&id, "DISAGREE"),
            "reviewable { decision }"
        ),
    );
    let (won, lost) = if one["userErrors"] == json!([]) {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(lost["userErrors"][0]["code"], "ALREADY_DECIDED");
    let decided = won["reviewable"]["decision"].as_str().unwrap();
    let said = lost["userErrors"][0]["message"].as_str().unwrap();
    assert!(said.contains(decided), "{said}");
    let removed = square.status(&square.civil, &square.post).await == "REMOVED";
    assert_eq!(removed, decided == "AGREE");
    assert_eq!(queue(&another, "id").await.len(), 0);
}

#[tokio::test]
async fn what_is_deferred_waits_for_another() {
    let square = Square::new().await;
    let id = waiting(&square).await;
    let input = json!({ "reviewableId": id });
    square.moderator.done("claimReviewable", input, "").await;
    let selection = "reviewable { decision claimedBy }";
    let deferred = square
        .moderator
        .done("decideReviewable", decision(&id, "DEFER"), selection)
        .await;
    assert_eq!(
        deferred["reviewable"],
        json!({ "decision": null, "claimedBy": null })
    );
    let another = second(&square.forum).await;
    let done = another
        .done("decideReviewable", decision(&id, "AGREE"), selection)
        .await;
    assert_eq!(done["reviewable"]["decision"], "AGREE");
}

#[tokio::test]
async fn a_decision_is_of_the_text_that_was_judged() {
    let square = Square::new().await;
    let id = waiting(&square).await;
    let version = queue(&square.moderator, "version").await[0]["version"].take();
    let shown = square.sees(&square.youth, &square.post, "version").await;
    assert_eq!(shown["version"], version);
    let input = json!({ "postId": square.post, "body": "Good day." });
    square.civil.done("editPost", input, "").await;
    let mut late = decision(&id, "AGREE");
    late["expectedVersion"] = version;
    let code = square
        .moderator
        .refused("decideReviewable", late.clone())
        .await;
    assert_eq!(code, "VERSION_CONFLICT");
    // What was flagged is still there to be read.
    let snapshot = queue(&square.moderator, "body").await;
    assert_eq!(snapshot[0]["body"], "Buy cheap phones.");
    late["expectedVersion"] =
        square.sees(&square.youth, &square.post, "version").await["version"].take();
    square.moderator.done("decideReviewable", late, "").await;
}

#[tokio::test]
async fn a_decision_that_does_not_fit_is_refused() {
    let square = Square::new().await;
    let id = waiting(&square).await;
    for (more, code) in [
        (
            json!({ "decision": "DISAGREE", "act": "REMOVE", "reason": "SPAM" }),
            "INVALID",
        ),
        (json!({ "decision": "AGREE", "act": "REMOVE" }), "INVALID"),
        (json!({ "decision": "AGREE", "reason": "SPAM" }), "INVALID"),
        (
            json!({ "decision": "AGREE", "act": "REMOVE", "reason": "OFF_TOPIC" }),
            "INVALID",
        ),
        (
            json!({ "decision": "AGREE", "act": "LOCK", "reason": "HEATED" }),
            "INVALID",
        ),
        (json!({ "decision": "AGREE", "text": " " }), "BLANK"),
    ] {
        let mut input = json!({ "reviewableId": id, "text": "So." });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        let refused = square.moderator.refused("decideReviewable", input).await;
        assert_eq!(refused, code, "{more}");
    }
    assert_eq!(queue(&square.moderator, "id").await.len(), 1);
}

#[tokio::test]
async fn whoever_agrees_to_what_the_forum_holds_says_what_becomes_of_it() {
    let square = Square::new().await;
    let new = newcomer(&square.forum, "new").await;
    let post = say(&new, &square.thread, "I am new here.").await;
    let id = queue(&square.moderator, "id").await[0]["id"].take();
    let mut input = decision(&id, "AGREE");
    assert_eq!(is_refused(&square, &input).await, "INVALID");
    (input["act"], input["reason"]) = (json!("MINIMIZE"), json!("OFF_TOPIC"));
    assert_eq!(is_refused(&square, &input).await, "INVALID");
    input["act"] = json!("HOLD");
    square.moderator.done("decideReviewable", input, "").await;
    let fields = "status hold { reason } moderation { act reason text viewerCanAppeal }";
    let told = json!({
        "status": "HELD", "hold": { "reason": "MODERATOR" },
        "moderation": [
            { "act": "HOLD", "reason": "OFF_TOPIC", "text": "I looked.", "viewerCanAppeal": true },
        ],
    });
    assert_eq!(square.sees(&new, &post, fields).await, told);
    // It waits again, for whoever ends what the moderator began.
    let waits = json!([{ "subjectId": post, "history": [{ "kind": "HELD_BY_MODERATOR" }] }]);
    let waiting = queue(&square.moderator, "subjectId history { kind }").await;
    assert_eq!(Value::from(waiting), waits);
}

#[tokio::test]
async fn what_a_moderator_holds_is_let_go_or_removed_and_not_held_again() {
    let square = Square::new().await;
    let hold = super::act(&square.post, "HOLD", "ABUSE");
    square.moderator.done("moderate", hold, "").await;
    let another = second(&square.forum).await;
    let seen = queue(&another, "id viewerCanDecide").await;
    assert_eq!(seen[0]["viewerCanDecide"], true);
    let mut input = decision(&seen[0]["id"], "AGREE");
    for (act, reason) in [
        (Value::Null, Value::Null),
        (json!("HOLD"), json!("SPAM")),
        (json!("MINIMIZE"), json!("SPAM")),
    ] {
        (input["act"], input["reason"]) = (act, reason);
        let code = another.refused("decideReviewable", input.clone()).await;
        assert_eq!(code, "INVALID", "{input}");
    }
    (input["act"], input["reason"]) = (json!("REMOVE"), json!("SPAM"));
    another.done("decideReviewable", input, "").await;
    assert_eq!(square.status(&square.civil, &square.post).await, "REMOVED");
    assert!(queue(&another, "id").await.is_empty());
}

#[tokio::test]
async fn however_often_it_was_taken_what_a_moderator_holds_is_not_held_again() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let hold = super::act(&square.post, "HOLD", "ABUSE");
    square.moderator.done("moderate", hold, "").await;
    square.forum.clock.advance(Duration::minutes(1));
    let id = queue(&another, "id").await[0]["id"].take();
    let taken = json!({ "reviewableId": id });
    for act in ["claimReviewable", "releaseReviewable"].repeat(11) {
        another.done(act, taken.clone(), "").await;
    }
    let mut input = decision(&id, "AGREE");
    (input["act"], input["reason"]) = (json!("HOLD"), json!("SPAM"));
    assert_eq!(another.refused("decideReviewable", input).await, "INVALID");
}

#[tokio::test]
async fn what_a_moderator_held_and_members_flagged_is_still_to_be_decided_on() {
    let square = Square::new().await;
    let id = waiting(&square).await;
    let hold = super::act(&square.post, "HOLD", "ABUSE");
    square.moderator.done("moderate", hold, "").await;
    let release = super::act(&square.post, "RELEASE", "MENDED");
    square.moderator.done("moderate", release, "").await;
    let seen = queue(&square.moderator, "id history { kind reason }").await;
    let history = json!([
        { "kind": "HELD_BY_MODERATOR", "reason": "ABUSE" }, { "kind": "OPENED", "reason": null },
    ]);
    assert_eq!(Value::from(seen), json!([{ "id": id, "history": history }]));
    let input = decision(&id, "AGREE");
    square.moderator.done("decideReviewable", input, "").await;
    let visitor = square.forum.visitor();
    assert_eq!(square.status(&visitor, &square.post).await, "VISIBLE");
}

#[tokio::test]
async fn what_is_held_in_a_confidential_concern_stays_open_to_the_moderators_until_it_is_let_go() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let officer = square.forum.sign_in("officer").await;
    let concern = square.forum.open_concern(&square.civil).await;
    let post = say(&officer, &concern, "Come to the station.").await;
    flag(&square.civil, &post).await;
    let waiting = queue(&square.moderator, "id").await;
    let input = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "act": "HOLD", "reason": "ABUSE",
        "text": "It is a threat.",
    });
    square.moderator.done("decideReviewable", input, "").await;
    assert!(is_seen(&square, &another, &concern).await);
    let remove = super::act(&post, "REMOVE", "ABUSE");
    another.done("moderate", remove, "").await;
    assert!(!is_seen(&square, &another, &concern).await);
    assert!(queue(&another, "id").await.is_empty());
}

#[tokio::test]
async fn what_flags_held_is_agreed_to_with_what_becomes_of_it_too() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    for who in [&square.youth, &square.expert] {
        flag(who, &square.post).await;
    }
    let id = queue(&square.moderator, "id").await[0]["id"].take();
    let mut input = decision(&id, "AGREE");
    assert_eq!(is_refused(&square, &input).await, "INVALID");
    (input["act"], input["reason"]) = (json!("REMOVE"), json!("SPAM"));
    square.moderator.done("decideReviewable", input, "").await;
    assert_eq!(square.status(&square.civil, &square.post).await, "REMOVED");
}

#[tokio::test]
async fn nobody_decides_on_what_he_flagged_himself() {
    let square = Square::new().await;
    flag(&square.moderator, &square.post).await;
    let another = second(&square.forum).await;
    let seen = queue(&square.moderator, "id viewerCanDecide").await;
    assert_eq!(seen[0]["viewerCanDecide"], false);
    let input = json!({ "reviewableId": seen[0]["id"] });
    let claimed = square
        .moderator
        .done(
            "claimReviewable",
            input.clone(),
            "reviewable { viewerCanDecide }",
        )
        .await;
    assert_eq!(claimed["reviewable"]["viewerCanDecide"], false);
    let agree = decision(&seen[0]["id"], "AGREE");
    let code = square
        .moderator
        .refused("decideReviewable", agree.clone())
        .await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    square.moderator.done("releaseReviewable", input, "").await;
    let seen = queue(&another, "viewerCanDecide").await;
    assert_eq!(seen[0]["viewerCanDecide"], true);
    another.done("decideReviewable", agree, "").await;
}

#[tokio::test]
async fn nobody_decides_on_what_his_organization_wrote() {
    let square = Square::new().await;
    let [civil, moderator] = together(&square.forum, ["civil", "moderator"]).await;
    let post = say(&civil, &square.thread, "For our alliance.").await;
    flag(&square.youth, &post).await;
    let seen = queue(&moderator, "id viewerCanDecide").await;
    assert_eq!(seen[0]["viewerCanDecide"], false);
    let input = decision(&seen[0]["id"], "AGREE");
    let code = square
        .moderator
        .refused("decideReviewable", input.clone())
        .await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    let remove = super::act(&post, "REMOVE", "SPAM");
    let code = moderator.refused("moderate", remove).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST");
    let another = second(&square.forum).await;
    another.done("decideReviewable", input, "").await;
}

#[tokio::test]
async fn a_confidential_concern_is_flagged_to_the_moderator_on_it_alone() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let officer = square.forum.sign_in("officer").await;
    // The first of an account is released by a moderator, who is on it then.
    let concern = square.forum.open_concern(&square.expert).await;
    let post = say(&officer, &concern, "Come to the station.").await;
    flag(&square.expert, &post).await;
    let fields = "flags { reason constituency }";
    let few = json!([{ "flags": [{ "reason": "SPAM", "constituency": null }] }]);
    assert_eq!(Value::from(queue(&square.moderator, fields).await), few);
    assert_eq!(queue(&another, "id").await.len(), 0);
    // Nobody is on this one: each sees it until one claims it.
    let alone = square.forum.open_concern(&square.civil).await;
    let post = say(&officer, &alone, "Come to the station.").await;
    assert_eq!(queue(&another, "id").await.len(), 0);
    flag(&square.civil, &post).await;
    assert_eq!(Value::from(queue(&another, fields).await), few);
    let claim = json!({ "threadId": alone });
    square.moderator.done("claimThread", claim, "").await;
    assert_eq!(queue(&another, "id").await.len(), 0);
    assert_eq!(queue(&square.moderator, "id").await.len(), 2);
}

/// Whether a moderator sees a thread.
async fn is_seen(square: &Square, who: &Client, thread: &Value) -> bool {
    square.sees(who, thread, "id").await != Value::Null
}

#[tokio::test]
async fn a_confidential_concern_is_open_to_moderators_only_while_what_was_flagged_in_it_waits() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let officer = square.forum.sign_in("officer").await;
    let concern = square.forum.open_concern(&square.civil).await;
    assert!(!is_seen(&square, &another, &concern).await);
    for said in ["Come to the station.", "Or we come to you."] {
        let post = say(&officer, &concern, said).await;
        flag(&square.civil, &post).await;
    }
    for (id, verdict) in queue(&another, "id")
        .await
        .iter()
        .zip(["AGREE", "DISAGREE"])
    {
        assert!(is_seen(&square, &square.moderator, &concern).await);
        assert!(is_seen(&square, &another, &concern).await);
        let input = decision(&id["id"], verdict);
        another.done("decideReviewable", input, "").await;
    }
    assert!(!is_seen(&square, &square.moderator, &concern).await);
    assert!(!is_seen(&square, &another, &concern).await);
}

#[tokio::test]
async fn whoever_claimed_a_concern_that_a_flag_opened_is_on_it_after_the_decision() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let concern = complained_of(&square).await;
    let claim = json!({ "threadId": concern });
    another.done("claimThread", claim, "").await;
    let waiting = queue(&another, "id").await;
    let input = decision(&waiting[0]["id"], "AGREE");
    another.done("decideReviewable", input, "").await;
    assert!(is_seen(&square, &another, &concern).await);
    assert!(!is_seen(&square, &square.moderator, &concern).await);
}

#[tokio::test]
async fn what_waits_in_a_concern_whose_moderator_left_is_seen_by_the_others() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let concern = complained_of(&square).await;
    let claim = json!({ "threadId": concern });
    another.done("claimThread", claim, "").await;
    assert!(!is_seen(&square, &square.moderator, &concern).await);
    let admin = square.forum.sign_in("admin").await;
    let account = another
        .run("{ viewer { account { id } } }", json!({}))
        .await;
    let account = &account["viewer"]["account"]["id"];
    let duty = json!({ "account": account, "duty": "MODERATOR" });
    admin.done("revokeDuty", duty, "").await;
    assert!(is_seen(&square, &square.moderator, &concern).await);
}

#[tokio::test]
async fn what_nobody_can_go_on_with_stays_open_to_moderators_whatever_becomes_of_a_flag() {
    let square = Square::new().await;
    let input = json!({
        "title": "Nobody answers there", "body": "Not at all.", "category": "DRG", "region": "SD",
        "audience": "CONFIDENTIAL",
    });
    let raised = square.civil.done("raiseConcern", input, "thread { id }");
    let concern = raised.await["thread"]["id"].take();
    let own = square.expert.run("{ viewer { author { id } } }", json!({}));
    let guest = json!({ "threadId": concern, "authorId": own.await["viewer"]["author"]["id"] });
    square.civil.done("inviteToThread", guest, "").await;
    let post = say(&square.expert, &concern, "Buy my book.").await;
    flag(&square.civil, &post).await;
    let waiting = queue(&square.moderator, "id").await;
    let input = decision(&waiting[0]["id"], "AGREE");
    square.moderator.done("decideReviewable", input, "").await;
    assert!(is_seen(&square, &square.moderator, &concern).await);
}

#[tokio::test]
async fn an_appeal_in_a_confidential_concern_opens_it_to_another_moderator_until_he_decides() {
    let square = Square::new().await;
    let another = second(&square.forum).await;
    let officer = square.forum.sign_in("officer").await;
    let concern = square.forum.open_concern(&square.civil).await;
    let post = say(&officer, &concern, "Come to the station.").await;
    flag(&square.civil, &post).await;
    let waiting = queue(&square.moderator, "id").await;
    let input = json!({
        "reviewableId": waiting[0]["id"], "decision": "AGREE", "act": "REMOVE", "reason": "ABUSE",
        "text": "It is a threat.",
    });
    square.moderator.done("decideReviewable", input, "").await;
    assert!(!is_seen(&square, &another, &concern).await);
    let told = square.sees(&officer, &post, "moderation { id }").await;
    let input = json!({ "entryId": told["moderation"][0]["id"], "text": "It is none." });
    let appeal = officer.done("appeal", input, "appeal { id }").await;
    assert!(is_seen(&square, &another, &concern).await);
    let input = json!({
        "appealId": appeal["appeal"]["id"], "outcome": "UPHELD", "text": "I looked again.",
    });
    another.done("decideAppeal", input, "").await;
    assert!(!is_seen(&square, &another, &concern).await);
}

#[tokio::test]
async fn a_page_of_the_queue_takes_as_many_statements_for_many_as_for_one() {
    let square = Square::new().await;
    let document = "{ viewer { moderationDesk { reviewables(first: 20) { nodes { id body score \
                    flags { reason } history { kind } thread { title } } } } } }";
    let mut taken = Vec::new();
    for n in 0..4 {
        let post = say(&square.civil, &square.thread, &n.to_string()).await;
        flag(&square.youth, &post).await;
        let of = statements(&square.forum, &square.moderator, document, |_| json!({})).await;
        taken.push(of);
    }
    assert_eq!(taken, [3; 4]);
}

#[tokio::test]
async fn the_texts_that_flags_were_raised_on_take_one_statement_more_for_many_as_for_one() {
    let square = Square::new().await;
    let document = "{ viewer { moderationDesk { reviewables(first: 20) { nodes { id \
                    flags { reason textAsFlagged { body } } } } } } }";
    let mut taken = Vec::new();
    for n in 0..3 {
        let post = say(&square.civil, &square.thread, &n.to_string()).await;
        flag(&square.youth, &post).await;
        let edit = json!({ "postId": post, "body": format!("{n}, but better.") });
        square.civil.done("editPost", edit, "").await;
        flag(&square.expert, &post).await;
        let of = statements(&square.forum, &square.moderator, document, |_| json!({})).await;
        taken.push(of);
    }
    assert_eq!(taken, [3; 3]);
}

#[tokio::test]
async fn a_thread_of_the_queue_is_told_whole_in_whatever_ways_it_is_asked_for() {
    let square = Square::new().await;
    for said in ["Buy cheap watches.", "Cheap watches, once more."] {
        let post = say(&square.civil, &square.thread, said).await;
        flag(&square.youth, &post).await;
    }
    let fields = "shown: thread { title author { name } } whole: thread { body author { voice } }";
    let found = queue(&square.moderator, fields).await;
    let read = "query($id: ID!) { thread(id: $id) { title body author { name voice } } }";
    let read = square
        .moderator
        .run(read, json!({ "id": square.thread }))
        .await;
    let of = &read["thread"];
    let author = &of["author"];
    let told = json!({
        "shown": { "title": of["title"], "author": { "name": author["name"] } },
        "whole": { "body": of["body"], "author": { "voice": author["voice"] } },
    });
    assert_eq!(found, [told.clone(), told]);
}

#[tokio::test]
async fn what_was_done_to_many_takes_as_many_statements_as_to_one() {
    let square = Square::new().await;
    let document = "{ threads(first: 5) { nodes { id moderation { act } } } }";
    let posts = "query($id: ID!) { thread(id: $id) { posts(first: 9) { nodes { \
                 moderation { act } } } } }";
    let mut taken = Vec::new();
    for n in 0..3 {
        let post = say(&square.civil, &square.thread, &n.to_string()).await;
        let minimize = super::act(&post, "MINIMIZE", "SPAM");
        square.moderator.done("moderate", minimize, "").await;
        square.forum.open_discussion(&square.civil, "PUBLIC").await;
        let id = json!({ "id": square.thread });
        let of = statements(&square.forum, &square.moderator, posts, |_| id.clone()).await;
        let listed = statements(&square.forum, &square.moderator, document, |_| json!({})).await;
        taken.push((of, listed));
    }
    assert_eq!(taken, [taken[0]; 3]);
}

#[tokio::test]
async fn what_was_done_to_posts_is_asked_of_one_thread_at_a_time() {
    let square = Square::new().await;
    let other = square.forum.open_discussion(&square.civil, "PUBLIC").await;
    say(&square.civil, &other, "And here.").await;
    let document = "{ threads(first: 2) { nodes { posts(first: 2) { nodes { \
                    moderation { act } } } } } }";
    let refused = square.moderator.send(document, json!({})).await;
    assert_eq!(refused.code(), "BAD_USER_INPUT", "{}", refused.body);
}

#[tokio::test]
async fn the_queue_has_pages_in_either_order_without_gap_or_repeat() {
    let square = Square::new().await;
    let mut posts = Vec::new();
    for n in 0..5 {
        let post = say(&square.civil, &square.thread, &n.to_string()).await;
        flag(&square.youth, &post).await;
        if n % 2 == 0 {
            flag(&square.expert, &post).await;
        }
        posts.push(post);
    }
    for (field, direction) in [("SCORE", "DESC"), ("CREATED_AT", "ASC"), ("SCORE", "ASC")] {
        let document = format!(
            "query($after: String) {{ viewer {{ moderationDesk {{ reviewables(first: 2, \
             after: $after, orderBy: {{field: {field}, direction: {direction}}}) {{ totalCount \
             nodes {{ subjectId }} pageInfo {{ endCursor hasNextPage }} }} }} }} }}"
        );
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut page = square
                .moderator
                .run(&document, json!({ "after": after }))
                .await;
            let page = page["viewer"]["moderationDesk"]["reviewables"].take();
            assert_eq!(page["totalCount"], 5);
            let nodes = page["nodes"].as_array().unwrap().iter();
            seen.extend(nodes.map(|one| one["subjectId"].clone()));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen.len(), 5, "{field} {direction}");
        assert!(
            posts.iter().all(|post| seen.contains(post)),
            "{field} {direction}"
        );
        if field == "CREATED_AT" {
            assert_eq!(seen, posts);
        }
    }
}

#[tokio::test]
async fn a_queue_that_was_told_before_is_told_as_it_is_now() {
    let square = Square::new().await;
    let document = "{ viewer { moderationDesk { reviewables(first: 5) { nodes { id flagCount \
                    claimedBy thread { title } } pageInfo { hasNextPage } } } } }";
    let told = async || square.moderator.run(document, json!({})).await;
    flag(&square.youth, &square.post).await;
    let mut before = told().await;
    assert_eq!(told().await, before);
    let queue = &before["viewer"]["moderationDesk"]["reviewables"]["nodes"];
    let claim = json!({ "reviewableId": queue[0]["id"] });
    let title = json!({ "threadId": square.thread, "title": "Another title" });
    let again = json!({ "subjectId": square.post, "reason": "ABUSE" });
    for (who, act, input) in [
        (&square.expert, "flag", again),
        (&square.civil, "editThread", title),
        (&square.moderator, "claimReviewable", claim),
    ] {
        who.done(act, input, "").await;
        let now = told().await;
        assert_ne!(now, before, "{act}");
        before = now;
    }
    let expert = square.expert.run(document, json!({})).await;
    assert_eq!(expert["viewer"]["moderationDesk"], Value::Null);
}

#[tokio::test]
async fn two_pages_of_the_queue_in_one_document_are_each_told_as_they_are_now() {
    let square = Square::new().await;
    let other = say(&square.civil, &square.thread, "Buy dear phones.").await;
    for post in [&square.post, &other] {
        flag(&square.youth, post).await;
    }
    let ids = "nodes { subjectId }";
    let document = format!(
        "{{ viewer {{ moderationDesk {{ one: reviewables(first: 1) {{ {ids} }} \
         all: reviewables(first: 9) {{ {ids} }} }} }} }}"
    );
    let told = async || {
        let mut seen = square.moderator.run(&document, json!({})).await;
        let desk = seen["viewer"]["moderationDesk"].take();
        ["one", "all"].map(|list| desk[list]["nodes"].as_array().unwrap().len())
    };
    assert_eq!(told().await, [1, 2]);
    flag(&square.youth, &square.thread).await;
    assert_eq!(told().await, [1, 3]);
    assert_eq!(told().await, [1, 3]);
}
