//! A concern's life in full: who moves it, and what is kept of it.

mod bulk;
mod clocks;
mod commitments;
mod desks;
mod drafts;
mod letters;
mod life;
mod retaliation;
mod templates;
mod timeline;
mod twenty;

use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// The mutations whose bad input is tried in `bulk`, `clocks`, `commitments`,
/// `drafts`, `letters`, `retaliation` and `templates`.
pub(super) const ACTS: [&str; 19] = [
    "acknowledgeConcerns",
    "approveResponse",
    "confirmCommitment",
    "contestCommitment",
    "decideCommitment",
    "decideRetaliation",
    "draftResponse",
    "makeCommitment",
    "postponeCommitment",
    "recordDispatch",
    "recordPaperReply",
    "reportProgress",
    "reportRetaliation",
    "retireResponseTemplate",
    "saveResponseTemplate",
    "setClockRule",
    "setSecondOfficer",
    "withdrawCommitment",
    "withdrawHoliday",
];

/// The people that a concern's life takes, and one at the desk of `officer`.
pub(super) struct Stage {
    pub(super) forum: TestForum,
    pub(super) civil: Client,
    pub(super) moderator: Client,
    pub(super) officer: Client,
    pub(super) colleague: Client,
    pub(super) oversight: Client,
    pub(super) id: Value,
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::on(TestForum::new().await).await
    }

    pub(super) async fn on(forum: TestForum) -> Self {
        let civil = forum.sign_in("civil").await;
        let id = forum.open_concern(&civil).await;
        Self {
            moderator: forum.sign_in("moderator").await,
            officer: forum.sign_in("officer").await,
            colleague: forum.sign_in("colleague").await,
            oversight: forum.sign_in("oversight").await,
            civil,
            id,
            forum,
        }
    }

    /// An input about the concern.
    pub(super) fn with(&self, mut input: Value) -> Value {
        input["threadId"] = self.id.clone();
        input
    }

    /// Does something to the concern.
    pub(super) async fn done(&self, who: &Client, act: &str, input: Value) -> Value {
        who.done(act, self.with(input), "").await
    }

    /// The code of what is to be mended.
    pub(super) async fn refused(&self, who: &Client, act: &str, input: Value) -> String {
        who.refused(act, self.with(input)).await
    }

    /// The office answers.
    pub(super) async fn answer(&self, who: &Client) {
        let input = json!({ "body": "It has ended.", "outcome": { "resolved": true } });
        self.done(who, "respondToConcern", input).await;
    }

    /// The office has it and answers.
    pub(super) async fn answered(&self) {
        self.done(&self.officer, "acknowledgeConcern", json!({}))
            .await;
        self.answer(&self.officer).await;
    }

    /// Fields of the concern, as somebody sees it.
    pub(super) async fn sees(&self, who: &Client, fields: &str) -> Value {
        let document = format!("query($id: ID!) {{ thread(id: $id) {{ {fields} }} }}");
        who.run(&document, json!({ "id": self.id })).await["thread"].take()
    }
}
