//! What is flagged, moderated, appealed against and demanded.

use api::schema::global_id::Kind;
use serde_json::json;

use super::{Id, absent, nothing};
use crate::cases::bad_input::stage::Stage;
use crate::cases::moderation::act;

/// The ids of moderation.
pub(super) fn table(stage: &Stage) -> Vec<Id<'_>> {
    let Stage {
        civil,
        youth,
        moderator,
        admin,
        thread,
        post,
        elsewhere,
        ..
    } = stage;
    let flag = json!({ "subjectId": post, "reason": "SPAM" });
    let minimize = act(post, "MINIMIZE", "OFF_TOPIC");
    let redact = json!({
        "subjectId": post, "expectedVersion": "x", "reason": "PERSONAL_INFORMATION", "text": "x",
        "spans": [{ "start": 0, "end": 1, "kind": "OTHER" }],
    });
    let warn = json!({ "subjectId": post, "kind": "WARN", "reason": "ABUSE", "text": "x" });
    let demand = json!({
        "kind": "PRESERVE", "instrument": "COURT_ORDER", "authority": "A court", "scope": "x",
        "subjectId": post, "receivedOn": "2025-11-17", "noticeBarred": false,
    });
    let moves = json!({
        "threadId": thread, "postIds": [post], "toThreadId": elsewhere, "reason": "OFF_TOPIC",
        "text": "x",
    });
    let split = json!({
        "threadId": thread, "postIds": [post], "title": "A title", "reason": "OFF_TOPIC",
        "text": "x",
    });
    let merge = json!({
        "threadId": thread, "intoThreadId": elsewhere, "reason": "DUPLICATE", "text": "x",
    });
    let claim = json!({ "reviewableId": nothing(Kind::Reviewable) });
    let mut review = claim.clone();
    review["decision"] = json!("AGREE");
    review["text"] = json!("x");
    let appeal = json!({ "entryId": nothing(Kind::ModlogEntry), "text": "x" });
    let answer = json!({
        "appealId": nothing(Kind::Appeal), "outcome": "UPHELD", "text": "x",
    });
    let reject = json!({
        "sanctionId": nothing(Kind::Sanction), "decision": "REJECT", "text": "x",
    });
    let lift = json!({
        "sanctionId": nothing(Kind::Sanction), "reason": "MISTAKEN", "text": "x",
    });
    let refuse = json!({
        "demandId": nothing(Kind::LegalDemand), "decision": "REFUSE", "text": "x",
    });
    absent([
        ("flag", youth, flag, "subjectId"),
        ("moderate", moderator, minimize, "subjectId"),
        ("redact", moderator, redact, "subjectId"),
        ("proposeSanction", moderator, warn, "subjectId"),
        ("registerLegalDemand", admin, demand, "subjectId"),
        ("movePosts", moderator, moves.clone(), "threadId"),
        ("movePosts", moderator, moves.clone(), "toThreadId"),
        ("movePosts", moderator, moves, "postIds/0"),
        ("splitThread", moderator, split.clone(), "threadId"),
        ("splitThread", moderator, split, "postIds/0"),
        ("mergeThreads", moderator, merge.clone(), "threadId"),
        ("mergeThreads", moderator, merge, "intoThreadId"),
        ("claimReviewable", moderator, claim.clone(), "reviewableId"),
        ("releaseReviewable", moderator, claim, "reviewableId"),
        ("decideReviewable", moderator, review, "reviewableId"),
        ("appeal", civil, appeal, "entryId"),
        ("decideAppeal", moderator, answer, "appealId"),
        ("decideSanction", moderator, reject, "sanctionId"),
        ("liftSanction", moderator, lift, "sanctionId"),
        ("decideLegalDemand", moderator, refuse, "demandId"),
    ])
}
