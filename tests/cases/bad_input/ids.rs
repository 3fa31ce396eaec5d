//! Ids that name nothing, something else, or what is not for this person.

mod moderation;
mod tracking;

use std::collections::BTreeSet;

use api::schema::global_id::{Kind, encode};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};
use uuid::Uuid;

use super::place;
use super::stage::{Stage, content};

/// Where the ids of the table are.
pub(super) fn places(stage: &Stage) -> BTreeSet<String> {
    let table = table(stage);
    let places = table.iter().map(|id| place(id.act, id.at));
    places.collect()
}

/// An id of a mutation.
struct Id<'a> {
    act: &'static str,
    who: &'a Client,
    /// The input with good ids.
    input: Value,
    /// Where it is in the input.
    at: &'static str,
    code: &'static str,
}

/// Ids of which another than the good one is not found.
fn absent<'a, const N: usize>(
    ids: [(&'static str, &'a Client, Value, &'static str); N],
) -> Vec<Id<'a>> {
    let absent = |(act, who, input, at)| Id {
        act,
        who,
        input,
        at,
        code: "NOT_FOUND",
    };
    ids.into_iter().map(absent).collect()
}

fn table(stage: &Stage) -> Vec<Id<'_>> {
    let Stage {
        civil,
        officer,
        moderator,
        admin,
        ..
    } = stage;
    let id = |act, who, input, at, code| Id {
        act,
        who,
        input,
        at,
        code,
    };
    let mut table = Vec::new();
    let on = |thread: &Value| json!({ "threadId": thread });
    for (act, who, thread) in [
        ("endorseThread", civil, &stage.thread),
        ("unendorseThread", civil, &stage.thread),
        ("followThread", civil, &stage.thread),
        ("unfollowThread", civil, &stage.thread),
        ("releaseThread", moderator, &stage.held),
        ("claimThread", moderator, &stage.held),
        ("resubmitThread", civil, &stage.acknowledged),
        ("acknowledgeConcern", officer, &stage.acknowledged),
        ("startConcern", officer, &stage.acknowledged),
        ("takeConcern", officer, &stage.acknowledged),
        ("putBackConcern", officer, &stage.acknowledged),
        ("shortlistConcern", officer, &stage.acknowledged),
        ("unshortlistConcern", officer, &stage.acknowledged),
        ("recuseFromConcern", officer, &stage.acknowledged),
        ("withdrawConcern", civil, &stage.acknowledged),
    ] {
        table.push(id(act, who, on(thread), "threadId", "NOT_FOUND"));
    }
    let add = json!({ "threadId": stage.thread, "body": "x" });
    table.push(id("addPost", civil, add, "threadId", "NOT_FOUND"));
    let edit = json!({ "postId": stage.post, "body": "x" });
    table.push(id("editPost", civil, edit, "postId", "NOT_FOUND"));
    let edit = json!({ "threadId": stage.thread, "title": "A title" });
    table.push(id("editThread", civil, edit, "threadId", "NOT_FOUND"));
    let give_back = json!({ "threadId": stage.held, "reason": "x" });
    table.push(id(
        "returnThread",
        moderator,
        give_back,
        "threadId",
        "NOT_FOUND",
    ));
    let ask = json!({ "threadId": stage.acknowledged, "question": "x" });
    table.push(id(
        "requestClarification",
        officer,
        ask,
        "threadId",
        "NOT_FOUND",
    ));
    let clarify = json!({ "threadId": stage.acknowledged, "answer": "x" });
    table.push(id(
        "clarifyConcern",
        civil,
        clarify,
        "threadId",
        "NOT_FOUND",
    ));
    let refer = json!({ "threadId": stage.acknowledged, "office": stage.office, "reason": "x" });
    table.push(id(
        "referConcern",
        officer,
        refer.clone(),
        "threadId",
        "NOT_FOUND",
    ));
    table.push(id("referConcern", officer, refer, "office", "UNKNOWN"));
    let refer = json!({ "threadId": stage.acknowledged, "agency": stage.agency, "reason": "x" });
    table.push(id("referConcern", officer, refer, "agency", "UNKNOWN"));
    let assign = json!({ "threadId": stage.open, "office": stage.office });
    table.push(id(
        "assignConcern",
        moderator,
        assign.clone(),
        "threadId",
        "NOT_FOUND",
    ));
    table.push(id("assignConcern", moderator, assign, "office", "UNKNOWN"));
    let assign = json!({ "threadId": stage.open, "agency": stage.agency });
    table.push(id("assignConcern", moderator, assign, "agency", "UNKNOWN"));
    let answer = json!({
        "threadId": stage.acknowledged, "body": "x", "outcome": { "duplicate": { "of": stage.answered } },
    });
    table.push(id(
        "respondToConcern",
        officer,
        answer.clone(),
        "threadId",
        "NOT_FOUND",
    ));
    table.push(id(
        "respondToConcern",
        officer,
        answer,
        "outcome/duplicate/of",
        "NOT_FOUND",
    ));
    let judge = json!({ "threadId": stage.answered, "verdict": "PARTIAL" });
    table.push(id("giveVerdict", civil, judge, "threadId", "NOT_FOUND"));
    let invite = json!({ "threadId": stage.acknowledged, "authorId": stage.youth_author });
    for act in ["inviteToThread", "uninviteFromThread"] {
        table.push(id(act, civil, invite.clone(), "threadId", "NOT_FOUND"));
        table.push(id(act, civil, invite.clone(), "authorId", "NOT_FOUND"));
    }
    let raise = json!({
        "title": "A concern", "body": "x", "category": "DRG", "region": "PB",
        "audience": "MEMBERS",
        "about": { "kind": "PRACTICE", "agency": stage.agency, "office": stage.office },
    });
    table.push(id(
        "raiseConcern",
        civil,
        raise.clone(),
        "about/agency",
        "UNKNOWN",
    ));
    table.push(id("raiseConcern", civil, raise, "about/office", "UNKNOWN"));
    table.extend(directory(stage, admin));
    let revoke = json!({ "session": stage.session });
    table.push(id("revokeSession", civil, revoke, "session", "NOT_FOUND"));
    let join = json!({ "organization": stage.organization });
    let youth = &stage.youth;
    table.push(id(
        "joinOrganization",
        youth,
        join,
        "organization",
        "NOT_FOUND",
    ));
    table.extend(partners(stage));
    table.extend(moderation::table(stage));
    table.extend(tracking::table(stage));
    table
}

/// An id of which there is nothing, which answers as every bad one does.
fn nothing(kind: Kind) -> Value {
    json!(encode(kind, Uuid::from_u128(1)).to_string())
}

/// What is done to partner apps and webhooks. There are none.
fn partners(stage: &Stage) -> Vec<Id<'_>> {
    let (client, consent) = (nothing(Kind::Client), nothing(Kind::Consent));
    let webhook = json!({ "webhookId": nothing(Kind::Webhook) });
    let (mut replay, mut retry) = (webhook.clone(), webhook.clone());
    replay["after"] = json!("x");
    retry["messageId"] = json!("msg_x");
    let label = json!({
        "organizationId": stage.organization, "label": "Ours", "url": "https://example.org/hook",
    });
    let of =
        json!({ "organization": stage.organization, "name": "An app", "scopes": ["STATS_READ"] });
    let request = json!({
        "request": { "clientId": client, "redirectUri": "https://example.org/" }, "allow": true,
    });
    let (civil, admin) = (&stage.civil, &stage.admin);
    absent([
        ("createClient", admin, of, "organization"),
        (
            "rotateClientSecret",
            admin,
            json!({ "client": client }),
            "client",
        ),
        ("revokeClient", admin, json!({ "client": client }), "client"),
        (
            "revokeConsent",
            civil,
            json!({ "consent": consent }),
            "consent",
        ),
        ("decideAuthorization", civil, request, "request/clientId"),
        ("createWebhook", admin, label, "organizationId"),
        ("updateWebhook", admin, webhook.clone(), "webhookId"),
        ("deleteWebhook", admin, webhook.clone(), "webhookId"),
        ("testWebhook", admin, webhook.clone(), "webhookId"),
        ("rotateWebhookKey", admin, webhook, "webhookId"),
        ("replayWebhook", admin, replay, "webhookId"),
        ("retryWebhookMessage", admin, retry, "webhookId"),
    ])
}

fn directory<'a>(stage: &Stage, admin: &'a Client) -> Vec<Id<'a>> {
    let Stage {
        agency,
        office,
        organization,
        circle,
        ..
    } = stage;
    let (civil, youth, officer) = (
        &stage.civil_account,
        &stage.youth_account,
        &stage.officer_account,
    );
    let mut table = Vec::new();
    for (act, input, places) in [
        (
            "setParticipation",
            json!({ "agency": agency, "participation": "INVITED" }),
            &["agency"][..],
        ),
        (
            "decideAgency",
            json!({ "agency": agency, "accreditation": "APPROVED" }),
            &["agency"],
        ),
        (
            "createOffice",
            json!({ "agency": agency, "nameEn": "Desk", "nameUr": "Desk" }),
            &["agency"],
        ),
        (
            "appointHolder",
            json!({ "office": office, "account": officer }),
            &["office", "account"],
        ),
        (
            "endHolding",
            json!({ "office": office, "account": officer }),
            &["office", "account"],
        ),
        (
            "handOver",
            json!({ "office": office, "from": officer, "to": youth }),
            &["office", "from", "to"],
        ),
        (
            "decideAccreditation",
            json!({ "organization": organization, "accreditation": "APPROVED" }),
            &["organization"],
        ),
        (
            "decideMembership",
            json!({ "organization": organization, "account": civil, "accreditation": "APPROVED" }),
            &["organization", "account"],
        ),
        ("distrustDocument", json!({ "id": organization }), &["id"]),
        ("approveAccount", json!({ "account": civil }), &["account"]),
        ("rejectAccount", json!({ "account": civil }), &["account"]),
        (
            "vouch",
            json!({ "account": youth, "constituency": "YOUTH" }),
            &["account"],
        ),
        (
            "grantDuty",
            json!({ "account": youth, "duty": "CONVENOR" }),
            &["account"],
        ),
        (
            "revokeDuty",
            json!({ "account": youth, "duty": "CONVENOR" }),
            &["account"],
        ),
        (
            "createInvitation",
            json!({ "constituency": "OFFICIAL", "office": office }),
            &["office"],
        ),
        (
            "createInvitation",
            json!({ "constituency": "YOUTH", "organization": organization }),
            &["organization"],
        ),
        (
            "addCircleMember",
            json!({ "circle": circle, "account": youth }),
            &["circle", "account"],
        ),
        (
            "removeCircleMember",
            json!({ "circle": circle, "account": youth }),
            &["circle", "account"],
        ),
    ] {
        for at in places {
            table.push(Id {
                act,
                who: admin,
                input: input.clone(),
                at,
                code: "NOT_FOUND",
            });
        }
    }
    table
}

#[tokio::test]
async fn an_id_of_nothing_or_of_something_else_is_not_found() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let before = content(&forum).await;
    let nothing = forum.thread_id_of_nothing();
    for id in table(&stage) {
        let pointer = format!("/{}", id.at);
        let good = id.input.pointer(&pointer).expect("the id's place").clone();
        // Of another kind, whatever this one's is: a subject is a thread or a post.
        let of_threads = id.at.ends_with("hreadId") || id.at.ends_with("of");
        let other = match id.at {
            "subjectId" => &stage.organization,
            _ if of_threads || good == stage.thread => &stage.post,
            _ => &stage.thread,
        };
        let mut swapped = good.as_str().expect("an id").to_owned();
        let last = if swapped.pop() == Some('A') { 'Q' } else { 'A' };
        swapped.push(last);
        for bad in [
            json!(""),
            json!("\u{0}"),
            json!("nothing"),
            json!("' OR 1=1 --"),
            json!("A".repeat(10_000)),
            json!(uuid::Uuid::nil().to_string()),
            json!(swapped),
            nothing.clone(),
            other.clone(),
        ] {
            let mut input = id.input.clone();
            *input.pointer_mut(&pointer).expect("the id's place") = bad.clone();
            input["clientMutationId"] = json!("the same for all");
            let case = format!("{} {} {bad}", id.act, id.at);
            let payload = id.who.act(id.act, input, "").await;
            assert_eq!(
                payload["userErrors"][0]["code"], id.code,
                "{case}: {payload}"
            );
        }
    }
    assert_eq!(content(&forum).await, before);
    let document = "query($id: ID!, $ids: [ID!]!) { thread(id: $id) { id } node(id: $id) { id } \
                    nodes(ids: $ids) { id } \
                    modlog(filter: { threadId: $id }) { totalCount nodes { id } } }";
    for bad in ["", "\u{0}", "nothing", &"A".repeat(10_000)] {
        let seen = stage
            .civil
            .run(document, json!({ "id": bad, "ids": [bad, bad] }))
            .await;
        let none = json!({
            "thread": null, "node": null, "nodes": [null, null],
            "modlog": { "totalCount": 0, "nodes": [] },
        });
        assert_eq!(seen, none, "{bad:?}");
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_found_or_forbidden() {
    let forum = TestForum::new().await;
    let stage = Stage::set(&forum).await;
    let before = content(&forum).await;
    let of = |client: &Client| client.clone();
    // Hidden means absent; seen but not his means forbidden.
    for (who, name) in [(of(&stage.youth), "youth"), (of(&stage.admin), "admin")] {
        for id in table(&stage) {
            let confidential =
                [&stage.acknowledged, &stage.answered].contains(&&id.input["threadId"]);
            if confidential || id.at == "session" {
                let refused = who.refused(id.act, id.input.clone()).await;
                assert_eq!(refused, "NOT_FOUND", "{name} {}", id.act);
            }
        }
        for (act, input) in [
            ("editPost", json!({ "postId": stage.post, "body": "x" })),
            (
                "editThread",
                json!({ "threadId": stage.thread, "title": "Mine now" }),
            ),
        ] {
            assert_eq!(who.refused(act, input).await, "FORBIDDEN", "{name} {act}");
        }
    }
    for id in directory(&stage, &stage.civil) {
        let refused = stage.civil.refused(id.act, id.input.clone()).await;
        assert_eq!(refused, "FORBIDDEN", "{}", id.act);
    }
    assert_eq!(content(&forum).await, before);
}
