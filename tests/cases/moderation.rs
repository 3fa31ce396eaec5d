//! Flags, the moderators' queue, their acts, sanctions and the public record.

mod acts;
mod appeals;
mod brigade;
mod flags;
mod legal;
pub(super) mod newcomers;
mod overdue;
mod queue;
pub(super) mod reasons;
mod redact;
mod relocate;
mod sanctions;
mod screen;

use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// The mutations whose bad input is tried here.
pub(super) const ACTS: [&str; 17] = [
    "appeal",
    "claimReviewable",
    "decideAppeal",
    "decideLegalDemand",
    "decideReviewable",
    "decideSanction",
    "flag",
    "liftSanction",
    "mergeThreads",
    "moderate",
    "movePosts",
    "redact",
    "registerLegalDemand",
    "proposeSanction",
    "releaseReviewable",
    "setPostingRule",
    "splitThread",
];

/// A public discussion with a post in it, and those who look at it.
pub(super) struct Square {
    pub(super) forum: TestForum,
    pub(super) civil: Client,
    pub(super) youth: Client,
    pub(super) expert: Client,
    pub(super) moderator: Client,
    pub(super) thread: Value,
    pub(super) post: Value,
}

impl Square {
    pub(super) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(super) async fn with(settings: &[(&str, &str)]) -> Self {
        let open = domain::people::RegistrationMode::Open;
        let forum = TestForum::with(true, open, settings).await;
        let civil = forum.sign_in("civil").await;
        let thread = forum.open_discussion(&civil, "PUBLIC").await;
        Self {
            post: say(&civil, &thread, "Buy cheap phones.").await,
            youth: forum.sign_in("youth").await,
            expert: forum.sign_in("expert").await,
            moderator: forum.sign_in("moderator").await,
            civil,
            thread,
            forum,
        }
    }

    /// Fields of an object, as somebody sees it.
    pub(super) async fn sees(&self, who: &Client, id: &Value, fields: &str) -> Value {
        let document = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Thread {{ {fields} }} \
             ... on Post {{ {fields} }} }} }}"
        );
        who.run(&document, json!({ "id": id })).await["node"].take()
    }

    pub(super) async fn status(&self, who: &Client, id: &Value) -> Value {
        self.sees(who, id, "status").await["status"].take()
    }
}

pub(super) async fn say(who: &Client, thread: &Value, body: &str) -> Value {
    let input = json!({ "threadId": thread, "body": body });
    who.done("addPost", input, "post { id }").await["post"]["id"].take()
}

fn flag_of(subject: &Value) -> Value {
    json!({ "subjectId": subject, "reason": "SPAM", "note": "An advertisement." })
}

pub(super) async fn flag(who: &Client, subject: &Value) {
    who.done("flag", flag_of(subject), "").await;
}

/// An act with a reason that fits it.
pub(super) fn act(subject: &Value, act: &str, reason: &str) -> Value {
    json!({ "subjectId": subject, "act": act, "reason": reason, "text": "By the rules." })
}

pub(super) async fn modlog(who: &Client, fields: &str) -> Vec<Value> {
    let document = format!("{{ modlog(first: 100) {{ nodes {{ {fields} }} }} }}");
    let mut seen = who.run(&document, json!({})).await;
    let nodes = seen["modlog"]["nodes"].take();
    nodes.as_array().unwrap().clone()
}

pub(super) async fn queue(who: &Client, fields: &str) -> Vec<Value> {
    let document = format!(
        "{{ viewer {{ moderationDesk {{ reviewables(first: 20) {{ nodes {{ {fields} }} }} }} }} }}"
    );
    let mut seen = who.run(&document, json!({})).await;
    let nodes = seen["viewer"]["moderationDesk"]["reviewables"]["nodes"].take();
    nodes.as_array().unwrap().clone()
}

/// Makes an official of somebody who keeps his duty, and signs him in anew.
pub(super) async fn official(forum: &TestForum, login: &str) -> Client {
    let becomes = format!(
        "UPDATE account SET constituency = 'OFFICIAL', vouched_at = 1 WHERE login = '{login}'"
    );
    let changed = super::audit::by_hand(forum, &becomes).await;
    assert_eq!(changed.unwrap(), 1);
    forum.forum.forget_every_account();
    forum.sign_in(login).await
}

/// Brings people into one accredited organization, and signs them in anew.
pub(super) async fn together<const N: usize>(forum: &TestForum, logins: [&str; N]) -> [Client; N] {
    let admin = forum.sign_in("admin").await;
    let first = forum.sign_in(logins[0]).await;
    let asks = json!({ "name": "An alliance" });
    let mut asked = first
        .done("requestAccreditation", asks, "organization { id }")
        .await;
    let organization = asked["organization"]["id"].take();
    let decision = json!({
        "organization": organization, "accreditation": "APPROVED", "reason": "So it is.",
    });
    admin.done("decideAccreditation", decision, "").await;
    for login in &logins[1..] {
        let another = forum.sign_in(login).await;
        let input = json!({ "organization": organization });
        another.done("joinOrganization", input, "").await;
        let seen = another
            .run("{ viewer { account { id } } }", json!({}))
            .await;
        let decision = json!({
            "organization": organization, "account": seen["viewer"]["account"]["id"],
            "accreditation": "APPROVED", "reason": "So it is.",
        });
        admin.done("decideMembership", decision, "").await;
    }
    let members = logins.map(|login| forum.sign_in(login));
    let members = futures_util::future::join_all(members).await;
    members.try_into().ok().unwrap()
}
