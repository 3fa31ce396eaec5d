//! What a concern's life takes besides its moves.

use api::schema::global_id::Kind;
use serde_json::{Value, json};

use super::{Id, nothing};
use crate::cases::bad_input::stage::Stage;

/// The ids of commitments, drafts, templates, letters, reports and rules.
pub(super) fn table(stage: &Stage) -> Vec<Id<'_>> {
    let Stage {
        civil,
        officer,
        moderator,
        admin,
        agency,
        acknowledged,
        ..
    } = stage;
    let of = |kind, at: &str, mut input: Value| {
        input[at] = nothing(kind);
        input
    };
    let on = |input: Value| of(Kind::Commitment, "commitmentId", input);
    let contest = on(json!({ "reason": "x" }));
    let decide = on(json!({ "reason": "x", "kept": true }));
    let postpone = on(json!({ "reason": "x", "dueOn": "2025-12-24" }));
    let report = on(json!({ "note": "x", "percent": 50 }));
    let commit = json!({ "threadId": acknowledged, "statement": "x", "dueOn": "2025-12-24" });
    let commit = of(Kind::Response, "responseId", commit);
    let draft = json!({
        "threadId": acknowledged, "body": "x",
        "outcome": { "duplicate": { "of": stage.answered } },
    });
    let approve = of(Kind::ResponseDraft, "draftId", json!({}));
    let retire = of(Kind::ResponseTemplate, "templateId", json!({}));
    let mut save = retire.clone();
    for (at, value) in [("expectedVersion", "1"), ("titleEn", "x"), ("bodyEn", "x")] {
        save[at] = json!(value);
    }
    let sent = json!({
        "threadId": stage.open, "agency": "POL_SD", "kind": "LETTER", "sentOn": "2025-11-17",
    });
    let reply = json!({ "receivedOn": "2025-11-17", "body": "x" });
    let reply = of(Kind::Letter, "letterId", reply);
    let suffered = json!({ "threadId": acknowledged, "agency": agency, "body": "x" });
    let judge = json!({ "uphold": true, "reason": "x" });
    let judge = of(Kind::RetaliationReport, "reportId", judge);
    let mute = json!({ "threadId": stage.thread, "notifications": "MUTED" });
    let alone = json!({ "agency": agency, "required": true });
    let found = [
        ("confirmCommitment", civil, on(json!({})), "commitmentId"),
        ("contestCommitment", civil, contest.clone(), "commitmentId"),
        ("withdrawCommitment", officer, contest, "commitmentId"),
        ("decideCommitment", moderator, decide, "commitmentId"),
        ("postponeCommitment", officer, postpone, "commitmentId"),
        ("reportProgress", officer, report, "commitmentId"),
        ("makeCommitment", officer, commit.clone(), "threadId"),
        ("makeCommitment", officer, commit, "responseId"),
        ("draftResponse", officer, draft.clone(), "threadId"),
        ("draftResponse", officer, draft, "outcome/duplicate/of"),
        ("approveResponse", officer, approve, "draftId"),
        ("saveResponseTemplate", officer, save, "templateId"),
        ("retireResponseTemplate", officer, retire, "templateId"),
        ("recordDispatch", moderator, sent.clone(), "threadId"),
        ("recordPaperReply", moderator, reply, "letterId"),
        ("reportRetaliation", civil, suffered.clone(), "threadId"),
        ("decideRetaliation", moderator, judge, "reportId"),
        ("setThreadNotifications", civil, mute, "threadId"),
        ("setSecondOfficer", admin, alone, "agency"),
    ];
    let rule = json!({ "agency": agency, "answerDays": 5 });
    let known = [
        ("recordDispatch", moderator, sent, "agency"),
        ("reportRetaliation", civil, suffered, "agency"),
        ("setClockRule", admin, rule, "agency"),
    ];
    let found = found.map(|row| (row, "NOT_FOUND"));
    let known = known.map(|row| (row, "UNKNOWN"));
    found
        .into_iter()
        .chain(known)
        .map(|((act, who, input, at), code)| Id {
            act,
            who,
            input,
            at,
            code,
        })
        .collect()
}
