//! Whom the forum trusts with what.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::super::own_data::delete;
use super::{account_id, register};

#[tokio::test]
async fn duties_that_do_not_go_together_are_refused() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let officer = account_id(&forum.sign_in("officer").await).await;
    let civil = account_id(&forum.sign_in("civil").await).await;
    let own = account_id(&admin).await;
    let give = async |account: &Value, duty: &str| {
        let input = json!({ "account": account, "duty": duty });
        let query = "mutation($input: GrantDutyInput!) { grantDuty(input: $input) \
                     { userErrors { code } account { duties } } }";
        admin.run(query, json!({ "input": input })).await["grantDuty"].take()
    };
    for duty in ["MODERATOR", "CUSTODIAN", "CONVENOR", "ADMINISTRATOR"] {
        let refused = give(&officer, duty).await;
        assert_eq!(
            refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST",
            "{duty}"
        );
    }
    let refused = give(&own, "CUSTODIAN").await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST");
    assert_eq!(
        give(&civil, "CUSTODIAN").await["account"]["duties"],
        json!(["CUSTODIAN"])
    );
    let refused = give(&civil, "ADMINISTRATOR").await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST");
}

#[tokio::test]
async fn what_an_officer_said_keeps_his_name_when_the_office_goes_on() {
    let forum = TestForum::new().await;
    let (civil, admin) = (forum.sign_in("civil").await, forum.sign_in("admin").await);
    let officer = forum.sign_in("officer").await;
    let colleague = forum.sign_in("colleague").await;
    let id = forum.open_concern(&civil).await;
    officer
        .done(
            "addPost",
            json!({ "threadId": id, "body": "On which road?" }),
            "",
        )
        .await;
    let read = "query($id: ID!) { thread(id: $id) { assignedOffice { id } \
                posts { nodes { body author { id name } } } } }";
    let before = civil.run(read, json!({ "id": id })).await["thread"].take();
    assert_eq!(
        colleague
            .refused("acknowledgeConcern", json!({ "threadId": id }))
            .await,
        "NOT_FOUND"
    );

    let hand_over = json!({
        "office": before["assignedOffice"]["id"],
        "from": account_id(&officer).await,
        "to": account_id(&colleague).await,
    });
    assert_eq!(
        officer.refused("handOver", hand_over.clone()).await,
        "FORBIDDEN"
    );
    admin
        .done("handOver", hand_over, "office { id } holders { until }")
        .await;

    // Who has the desk now goes on; who left it sees the concern no longer.
    colleague
        .done("acknowledgeConcern", json!({ "threadId": id }), "")
        .await;
    colleague
        .done("addPost", json!({ "threadId": id, "body": "I see." }), "")
        .await;
    let gone = officer.run(read, json!({ "id": id })).await;
    assert_eq!(gone["thread"], Value::Null);
    let after = civil.run(read, json!({ "id": id })).await["thread"].take();
    let (old, new) = (&after["posts"]["nodes"][0], &after["posts"]["nodes"][1]);
    assert_eq!(*old, before["posts"]["nodes"][0]);
    assert_eq!(old["author"]["name"], "SP Investigation, Lahore");
    assert_ne!(old["author"]["id"], new["author"]["id"]);
}

#[tokio::test]
async fn a_real_forum_takes_no_concern_about_what_somebody_did() {
    for (demonstration, code) in [(false, Some("FORBIDDEN")), (true, None)] {
        let forum = TestForum::with(demonstration, RegistrationMode::Open, &[]).await;
        let civil = forum.sign_in("civil").await;
        let concern = |kind: &str| {
            json!({
                "title": "Students are searched without reason", "body": "Every Friday.",
                "category": "DRG", "region": "PB", "about": { "kind": kind },
            })
        };
        let conduct = civil
            .act("raiseConcern", concern("CONDUCT"), "thread { id }")
            .await;
        assert_eq!(conduct["userErrors"][0]["code"].as_str(), code);
        assert_eq!(conduct["thread"].is_null(), code.is_some());
        civil.done("raiseConcern", concern("PRACTICE"), "").await;
    }
}

#[tokio::test]
async fn the_first_thread_of_an_account_waits_and_the_second_does_not() {
    let forum = TestForum::new().await;
    let (somebody, _) = register(&forum, "somebody").await;
    let thread = |body: &str| json!({ "kind": "QUESTION", "title": "A question", "body": body });
    let start = "thread { id status }";
    for body in ["Who knows?", "Who says so?"] {
        let held = somebody.done("startThread", thread(body), start).await;
        assert_eq!(held["thread"]["status"], "HELD", "none is released yet");
    }
    let held = somebody
        .done("startThread", thread("Who else?"), start)
        .await;
    let release = json!({ "threadId": held["thread"]["id"] });
    assert_eq!(
        somebody.refused("releaseThread", release.clone()).await,
        "FORBIDDEN"
    );
    forum
        .sign_in("moderator")
        .await
        .done("releaseThread", release, "")
        .await;
    let free = somebody
        .done("startThread", thread("Who now?"), start)
        .await;
    assert_eq!(free["thread"]["status"], "VISIBLE");
}

#[tokio::test]
async fn what_is_no_concern_waits_by_the_rules_and_a_concern_whatever_they_say() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let thread = |audience: &str| json!({ "kind": "DISCUSSION", "title": "Talk", "body": audience, "audience": audience });
    let (first, _) = register(&forum, "first").await;
    let (second, _) = register(&forum, "second").await;
    let civil = forum.sign_in("civil").await;
    let status = async |who: &Client, act: &str, input: Value| {
        who.done(act, input, "thread { status }").await["thread"]["status"].take()
    };
    for who in [&first, &civil] {
        assert_eq!(status(who, "startThread", thread("PUBLIC")).await, "HELD");
    }
    // What few are to read is not for every moderator.
    let among_few = status(&first, "startThread", thread("CONFIDENTIAL")).await;
    assert_eq!(among_few, "VISIBLE");
    let rule = json!({
        "tenure": "NEWCOMER", "heldFirst": 0, "linksMax": 1, "postsPerHour": 10,
        "postsPerDay": 30, "minAgeDays": 0, "minPosts": 0,
    });
    admin.done("setPostingRule", rule, "").await;
    for who in [&second, &civil] {
        assert_eq!(
            status(who, "startThread", thread("MEMBERS")).await,
            "VISIBLE"
        );
    }
    let concern = json!({
        "title": "They search us", "body": "Every Friday.", "category": "DRG", "region": "PB",
    });
    assert_eq!(status(&second, "raiseConcern", concern).await, "HELD");
}

const DECIDED: &str = "accreditation decidedAt decidedBy { name organization { name } }";

/// One's own places in organizations.
async fn memberships(who: &Client) -> Value {
    let document = format!(
        "{{ viewer {{ account {{ memberships {{ reason {DECIDED} \
         organization {{ {DECIDED} }} }} }} }} }}"
    );
    let mut seen = who.run(&document, json!({})).await;
    seen["viewer"]["account"]["memberships"].take()
}

/// What is told of a decision; of when it was, whether it is told.
fn told(mut of: Value) -> Value {
    of["decidedAt"] = json!(of["decidedAt"].is_string());
    of
}

/// Asks for an organization to be accepted, and decides on it.
async fn organization(admin: &Client, founder: &Client, name: &str, decision: &str) -> Value {
    let asks = json!({ "name": name });
    let asked = founder.done("requestAccreditation", asks, "organization { id }");
    let id = asked.await["organization"]["id"].take();
    let decision = json!({ "organization": id, "accreditation": decision, "reason": "So it is." });
    admin.done("decideAccreditation", decision, "").await;
    id
}

#[tokio::test]
async fn who_decided_on_an_organization_is_told_to_its_members_and_nobody_else() {
    let forum = TestForum::new().await;
    let (admin, civil) = (forum.sign_in("admin").await, forum.sign_in("civil").await);
    let expert = forum.sign_in("expert").await;
    let id = organization(&admin, &civil, "An alliance", "APPROVED").await;
    let refused = organization(&admin, &expert, "Another one", "REJECTED").await;
    let document = format!("{{ organizations {{ {DECIDED} }} }}");
    let decided = |state: &str| {
        let by = json!({ "name": "The admin", "organization": null });
        json!({ "accreditation": state, "decidedAt": true, "decidedBy": by })
    };
    let untold = json!({ "accreditation": "APPROVED", "decidedAt": false, "decidedBy": null });
    for (who, expected) in [
        (&civil, &decided("APPROVED")),
        (&admin, &decided("APPROVED")),
        (&expert, &untold),
        (&forum.visitor(), &untold),
    ] {
        let mut seen = who.run(&document, json!({})).await;
        assert_eq!(told(seen["organizations"][0].take()), *expected);
        assert_eq!(seen["organizations"], json!([null]));
    }
    // Also once they are its members no more, or where it never was one.
    let suspended = json!({
        "organization": id, "accreditation": "SUSPENDED", "reason": "A doubt.",
    });
    admin.done("decideAccreditation", suspended, "").await;
    for (who, state) in [(&civil, "SUSPENDED"), (&expert, "REJECTED")] {
        let of = memberships(who).await[0]["organization"].take();
        assert_eq!(told(of), decided(state));
    }
    let waiting = "{ organizationsWaiting(accreditation: REJECTED) { organization { id } \
                   decidedBy { name } } }";
    let seen = admin.run(waiting, json!({})).await;
    let by = json!({ "name": "The admin" });
    let expected = json!([{ "organization": { "id": refused }, "decidedBy": by }]);
    assert_eq!(seen["organizationsWaiting"], expected);
}

#[tokio::test]
async fn who_decided_on_a_place_is_told_as_whom_he_did_to_whose_it_is() {
    let forum = TestForum::new().await;
    let (admin, civil) = (forum.sign_in("admin").await, forum.sign_in("civil").await);
    let (youth, expert) = (forum.sign_in("youth").await, forum.sign_in("expert").await);
    let id = organization(&admin, &civil, "An alliance", "APPROVED").await;
    let nothing = json!({ "accreditation": "APPROVED", "decidedAt": null, "decidedBy": null });
    for who in [&youth, &expert] {
        who.done("joinOrganization", json!({ "organization": id }), "")
            .await;
        let asked = json!([{ "accreditation": "REQUESTED", "reason": null, "decidedAt": null,
            "decidedBy": null, "organization": nothing }]);
        assert_eq!(memberships(who).await, asked);
    }
    let decide = async |who: &Client, decision: &str| {
        let input = json!({ "organization": id, "account": account_id(who).await,
            "accreditation": decision, "reason": "So it is." });
        let selection = "member { decidedBy { name } }";
        civil.done("decideMembership", input, selection).await["member"].take()
    };
    let by = json!({ "decidedBy": { "name": "The civil" } });
    assert_eq!(decide(&youth, "REJECTED").await, by);
    assert_eq!(decide(&expert, "APPROVED").await, by);
    // As whom he speaks later does not change it.
    forum.clock.advance(Duration::seconds(1));
    organization(&admin, &civil, "Another one", "APPROVED").await;
    let speaks = "{ viewer { author { organization { name } } } }";
    let speaks = civil.run(speaks, json!({})).await;
    assert_eq!(
        speaks["viewer"]["author"]["organization"]["name"],
        "Another one"
    );
    let seen = memberships(&youth).await;
    let by = json!({ "name": "The civil", "organization": { "name": "An alliance" } });
    assert_eq!(seen[0]["accreditation"], "REJECTED");
    assert_eq!(seen[0]["reason"], "So it is.");
    assert_eq!(seen[0]["decidedBy"], by);
    assert_ne!(seen[0]["decidedAt"], Value::Null);
    assert_eq!(seen[0]["organization"], nothing);
    assert_eq!(memberships(&expert).await[0]["decidedBy"], by);
    let members = "query($id: ID!) { organizationMembers(organization: $id) { accreditation \
                   decidedBy { name } organization { name } } }";
    let seen = admin.run(members, json!({ "id": id })).await;
    let seen = seen["organizationMembers"].as_array().unwrap();
    let by_civil = |one: &&Value| one["decidedBy"]["name"] == "The civil";
    assert_eq!((seen.len(), seen.iter().filter(by_civil).count()), (3, 2));
    // Others are not told, and of whoever is gone there is no name.
    let account = "query($id: ID!) { account(id: $id) { memberships { reason } } }";
    let seen = admin.run(account, json!({ "id": account_id(&youth).await }));
    assert_eq!(seen.await["account"]["memberships"], Value::Null);
    delete(&civil, "KEEP").await;
    let by = memberships(&youth).await[0]["decidedBy"].to_string();
    assert!(!by.contains("The civil"), "{by}");
}

#[tokio::test]
async fn who_decided_on_an_agency_is_told_to_its_officers_and_nobody_else() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let decision = json!({
        "agency": "POL_PB", "accreditation": "SUSPENDED", "reason": "A doubt.",
    });
    let done = admin
        .done("decideAgency", decision, "agency { decidedBy { name } }")
        .await;
    assert_eq!(done["agency"]["decidedBy"]["name"], "The admin");
    let document = "{ agency(code: \"POL_PB\") { accreditation decidedAt decidedBy { name } } }";
    let decided = json!({ "accreditation": "SUSPENDED", "decidedAt": true,
        "decidedBy": { "name": "The admin" } });
    let untold = json!({ "accreditation": "SUSPENDED", "decidedAt": false, "decidedBy": null });
    for (login, expected) in [
        ("officer", &decided),
        ("colleague", &decided),
        ("admin", &decided),
        ("oversight", &untold),
        ("moderator", &untold),
        ("civil", &untold),
    ] {
        let mut seen = forum.sign_in(login).await.run(document, json!({})).await;
        assert_eq!(told(seen["agency"].take()), *expected, "{login}");
    }
    let mut seen = forum.visitor().run(document, json!({})).await;
    assert_eq!(told(seen["agency"].take()), untold);
}
