//! Making apps, giving them new secrets, revoking them; and who may.

use chrono::Duration;
use domain::people::RegistrationMode;
use futures_util::future::join_all;
use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::{App, READING, SHOWN, decide, is_good, organization, post, stage};

const LIST: &str = "query($id: ID!) { clients(organization: $id) { id name scopes trustedOnly \
    sandbox budget { limit windowSeconds } createdAt lastUsedAt revokedAt organization { id } } }";

#[tokio::test]
async fn an_app_is_listed_with_its_use_scopes_budget_and_end() {
    let forum = TestForum::new().await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let input = json!({
        "organization": organization, "name": "The reader", "scopes": READING,
        "trustedOnly": true, "sandbox": true,
    });
    let made = member.done("createClient", input, SHOWN).await;
    let app = App::shown(&made);
    assert!(app.secret.starts_with("mks_") && app.secret.len() == 47);
    let list = async || {
        let mut seen = member.run(LIST, json!({ "id": organization })).await;
        seen["clients"][0].take()
    };
    let seen = list().await;
    assert_eq!(seen["name"], "The reader");
    assert_eq!(seen["scopes"], json!(READING));
    assert_eq!(seen["trustedOnly"], true);
    assert_eq!(seen["sandbox"], true);
    let budget = json!({ "limit": 1_000_000_000, "windowSeconds": 60 });
    assert_eq!(seen["budget"], budget);
    assert_eq!(seen["organization"]["id"], organization);
    assert_eq!(seen["lastUsedAt"], Value::Null);
    app.sign_in(&forum).await;
    let used = list().await["lastUsedAt"].clone();
    assert!(used.is_string());
    // The last use is known to five minutes.
    for (minutes, same) in [(4, true), (1, false)] {
        forum.clock.advance(Duration::minutes(minutes));
        app.sign_in(&forum).await;
        assert_eq!(list().await["lastUsedAt"] == used, same);
    }
    let revoke = json!({ "client": app.id });
    let revoked = member
        .done("revokeClient", revoke.clone(), "client { revokedAt }")
        .await;
    assert!(revoked["client"]["revokedAt"].is_string());
    assert_eq!(list().await["revokedAt"], revoked["client"]["revokedAt"]);
    member.done("revokeClient", revoke, "").await;
}

#[tokio::test]
async fn nobody_else_is_told_of_an_organizations_apps() {
    let (forum, member, app) = stage(&READING).await;
    let mut of = member
        .run(
            "query($id: ID!) { node(id: $id) { ... on Client { name organization { id } } } }",
            json!({ "id": app.id }),
        )
        .await;
    assert_eq!(of["node"]["name"], "An app");
    let organization = of["node"]["organization"]["id"].take();
    let youth = forum.sign_in("youth").await;
    let create = json!({ "organization": organization, "name": "Mine", "scopes": READING });
    assert_eq!(
        youth.refused("createClient", create.clone()).await,
        "NOT_FOUND"
    );
    let read = "query($id: ID!) { node(id: $id) { id } }";
    let nothing = forum.thread_id_of_nothing();
    for id in [json!(app.id), nothing] {
        for act in ["rotateClientSecret", "revokeClient"] {
            let refused = youth.refused(act, json!({ "client": id })).await;
            assert_eq!(refused, "NOT_FOUND", "{act}");
        }
        assert_eq!(
            youth.run(read, json!({ "id": id })).await["node"],
            Value::Null
        );
        let query = "mutation($input: RevokeClientInput!) { revokeClient(input: $input) \
                     { userErrors { code } } }";
        let input = json!({ "input": { "client": id } });
        let answer = forum.visitor().send(query, input).await;
        assert_eq!(answer.code(), "UNAUTHENTICATED");
    }
    let list = youth.send(LIST, json!({ "id": organization })).await;
    assert_eq!(list.code(), "NOT_FOUND");
    let admin = forum.sign_in("admin").await;
    let list = admin.run(LIST, json!({ "id": organization })).await;
    assert_eq!(list["clients"].as_array().map(Vec::len), Some(1));
    admin.done("createClient", create, "").await;
    admin
        .done("revokeClient", json!({ "client": app.id }), "")
        .await;
}

#[tokio::test]
async fn an_app_that_cannot_be_is_named_and_not_made() {
    let forum = TestForum::with(false, RegistrationMode::Open, &[]).await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let input = json!({
        "organization": organization, "name": "x", "scopes": [], "sandbox": true,
    });
    let payload = member.act("createClient", input, SHOWN).await;
    let errors = payload["userErrors"].as_array().unwrap();
    let fields: Vec<_> = errors.iter().map(|one| one["field"][0].clone()).collect();
    assert_eq!(fields, ["name", "scopes", "sandbox"]);
    assert_eq!(payload["secret"], Value::Null);
    let admin = forum.sign_in("admin").await;
    let asked = member
        .done(
            "requestAccreditation",
            json!({ "name": "Another" }),
            "organization { id }",
        )
        .await;
    let waits = json!({
        "organization": asked["organization"]["id"], "name": "An app", "scopes": READING,
    });
    assert_eq!(admin.refused("createClient", waits).await, "NOT_FOUND");
    let seen = member.run(LIST, json!({ "id": organization })).await;
    assert_eq!(seen["clients"], json!([]));
}

#[tokio::test]
async fn an_organization_has_twenty_apps_and_no_more() {
    let (forum, member, app) = stage(&READING).await;
    let of = "query($id: ID!) { node(id: $id) { ... on Client { organization { id } } } }";
    let mut of = member.run(of, json!({ "id": app.id })).await;
    let organization = of["node"]["organization"]["id"].take();
    for _ in 1..20 {
        App::of(&member, &organization, &READING).await;
    }
    let more = json!({ "organization": organization, "name": "More", "scopes": READING });
    assert_eq!(
        member.refused("createClient", more.clone()).await,
        "TOO_MANY"
    );
    member
        .done("revokeClient", json!({ "client": app.id }), "")
        .await;
    member.done("createClient", more, "").await;
    drop(forum);
}

#[tokio::test]
async fn many_who_make_apps_at_once_make_no_more() {
    let (forum, member, _) = stage(&READING).await;
    let organization = organization(&forum, &member).await;
    for _ in 0..18 {
        App::of(&member, &organization, &READING).await;
    }
    let input = json!({ "organization": organization, "name": "Another", "scopes": READING });
    let make = || member.act("createClient", input.clone(), SHOWN);
    let made = join_all((0..12).map(|_| make())).await;
    let made = made.iter().filter(|one| one["secret"].is_string());
    assert_eq!(made.count(), 2);
}

#[tokio::test]
async fn two_who_replace_a_secret_at_once_leave_one_that_is_good_without_end() {
    let (forum, member, app) = stage(&READING).await;
    let input = json!({ "client": app.id, "overlapHours": 1 });
    let rotate = || member.done("rotateClientSecret", input.clone(), SHOWN);
    let all = join_all((0..8).map(|_| rotate())).await;
    forum.clock.advance(Duration::hours(1));
    let mut good = 0;
    for made in &all {
        let form = App::shown(made).asks("");
        good += u32::from(post(&forum, "/oauth/token", &form).await.status == 200);
    }
    assert_eq!(good, 1);
}

#[tokio::test]
async fn a_replaced_secret_is_good_as_long_as_was_said() {
    let (forum, member, first) = stage(&READING).await;
    let rotate = async |hours: Option<u32>| {
        let mut input = json!({ "client": first.id });
        if let Some(hours) = hours {
            input["overlapHours"] = hours.into();
        }
        App::shown(&member.done("rotateClientSecret", input, SHOWN).await)
    };
    let opens = async |app: &App| post(&forum, "/oauth/token", &app.asks("")).await.status == 200;
    let second = rotate(None).await;
    assert_ne!(first.secret, second.secret);
    assert!(opens(&first).await && opens(&second).await);
    forum
        .clock
        .advance(Duration::hours(24) - Duration::seconds(1));
    assert!(opens(&first).await);
    forum.clock.advance(Duration::seconds(1));
    assert!(!opens(&first).await && opens(&second).await);

    let third = rotate(Some(168)).await;
    assert!(opens(&second).await && opens(&third).await);
    // Of two that were replaced, the older ends at once.
    let fourth = rotate(Some(1)).await;
    assert!(!opens(&second).await && opens(&third).await && opens(&fourth).await);
    let fifth = rotate(Some(0)).await;
    assert!(!opens(&fourth).await && opens(&fifth).await);

    let too_long = json!({ "client": first.id, "overlapHours": 169 });
    let refused = member.refused("rotateClientSecret", too_long).await;
    assert_eq!(refused, "INVALID");
    let client = json!({ "client": first.id });
    member.done("revokeClient", client.clone(), "").await;
    assert!(!opens(&fifth).await);
    assert_eq!(
        member.refused("rotateClientSecret", client).await,
        "INVALID"
    );
}

#[tokio::test]
async fn an_app_acts_while_its_organization_is_accredited() {
    let forum = TestForum::new().await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let app = App::of(&member, &organization, &READING).await;
    let client = app.sign_in(&forum).await;
    assert!(is_good(&client).await);
    decide(&forum, &organization, "SUSPENDED").await;
    assert!(!is_good(&client).await);
    let refused = post(&forum, "/oauth/token", &app.asks("")).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["error"], "unauthorized_client");
    decide(&forum, &organization, "APPROVED").await;
    assert!(is_good(&client).await);
}

#[tokio::test]
async fn a_sandbox_app_gets_nothing_from_a_real_forum() {
    let forum = TestForum::with(false, RegistrationMode::Open, &[]).await;
    let member = forum.sign_in("civil").await;
    let organization = organization(&forum, &member).await;
    let app = App::of(&member, &organization, &READING).await;
    let client = app.sign_in(&forum).await;
    // As if it had come with rows from elsewhere.
    forum.has_only_sandbox_clients().await;
    let refused = post(&forum, "/oauth/token", &app.asks("")).await;
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (400, &json!("unauthorized_client"))
    );
    let said = refused.body["error_description"].as_str().unwrap();
    assert!(said.contains("demonstration"), "{said}");
    forum.forum.forget_every_account();
    assert!(!is_good(&client).await);
}

#[tokio::test]
async fn a_list_of_apps_with_their_addresses_costs_the_same_however_long_it_is() {
    let (forum, member, _) = stage(&READING).await;
    let organization = organization(&forum, &member).await;
    let list = "query($id: ID!) { clients(organization: $id) { name redirectUris } }";
    let about = |_| json!({ "id": organization });
    let mut costs = Vec::new();
    for n in 1..=4 {
        let uri = format!("https://app{n}.example.org/back");
        let input = json!({
            "organization": organization, "name": format!("App {n}"), "scopes": READING,
            "redirectUris": [uri],
        });
        member.done("createClient", input, "").await;
        costs.push(statements(&forum, &member, list, about).await);
        let seen = member.run(list, about(0)).await;
        assert_eq!(seen["clients"][0]["redirectUris"], json!([uri]));
    }
    assert_eq!(costs.first(), costs.last());
}
