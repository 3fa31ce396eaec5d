//! Who asks, and of what.

use std::collections::BTreeMap;

use domain::people::{Constituency, Duty};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

pub(super) const AUDIENCES: [&str; 6] = [
    "PUBLIC",
    "MEMBERS",
    "CIRCLE",
    "CAUCUS",
    "OFFICIALS",
    "CONFIDENTIAL",
];

/// Everybody, the administrator last. `civil` raises what is asked about, but
/// for officials, among whom `colleague` does; `member` is in the circle.
pub(super) const EVERYBODY: [&str; 13] = [
    "visitor",
    "civil",
    "ally",
    "youth",
    "member",
    "expert",
    "officer",
    "colleague",
    "oversight",
    "moderator",
    "custodian",
    "convenor",
    "admin",
];

/// A forum with everybody in it.
pub(super) struct World {
    pub(super) forum: TestForum,
    pub(super) people: BTreeMap<&'static str, Client>,
    /// What stands for `$account`, `$office` and so on.
    named: BTreeMap<&'static str, Value>,
}

impl World {
    pub(super) async fn new() -> Self {
        let forum = TestForum::new().await;
        for (login, constituency, duties) in [
            ("ally", Constituency::CivilSociety, &[][..]),
            ("member", Constituency::Youth, &[]),
            ("custodian", Constituency::CivilSociety, &[Duty::Custodian]),
            ("convenor", Constituency::CivilSociety, &[Duty::Convenor]),
            ("target", Constituency::Youth, &[]),
        ] {
            forum.install(login, constituency, duties).await;
        }
        let mut people = BTreeMap::new();
        for login in EVERYBODY {
            people.insert(login, sign_in(&forum, login).await);
        }
        // Whoever begins a thread had one released before.
        for login in ["civil", "colleague"] {
            forum.open_discussion(&people[login], "MEMBERS").await;
        }
        let named = name(&forum, &people).await;
        Self {
            forum,
            people,
            named,
        }
    }

    /// Begins a thread for an audience: what stands for `$id`, `$post` and so
    /// on.
    pub(super) async fn thread(&self, audience: &str) -> BTreeMap<&'static str, Value> {
        let mut named = self.named.clone();
        let (by, act) = match audience {
            "OFFICIALS" => ("colleague", "startThread"),
            _ => ("civil", "raiseConcern"),
        };
        let mut input = json!({
            "title": "A thread", "body": "On the road.", "audience": audience,
            "category": "DRG", "region": "PB",
        });
        match audience {
            "OFFICIALS" => input["kind"] = json!("DISCUSSION"),
            "CIRCLE" => input["circle"] = named["circle"].clone(),
            _ => {}
        }
        let author = &self.people[by];
        let selection = "thread { id reference cursor }";
        let begun = author.done(act, input, selection).await;
        let post = json!({ "threadId": begun["thread"]["id"], "body": "More." });
        let post = author.done("addPost", post, "post { id }").await;
        named.extend([
            ("id", begun["thread"]["id"].clone()),
            ("reference", begun["thread"]["reference"].clone()),
            ("cursor", begun["thread"]["cursor"].clone()),
            ("post", post["post"]["id"].clone()),
        ]);
        named
    }
}

pub(super) async fn sign_in(forum: &TestForum, login: &str) -> Client {
    match login {
        "visitor" => forum.visitor(),
        login => forum.sign_in(login).await,
    }
}

async fn name(
    forum: &TestForum,
    people: &BTreeMap<&'static str, Client>,
) -> BTreeMap<&'static str, Value> {
    let admin = &people["admin"];
    let viewer = "{ viewer { account { id } author { id } } }";
    let target = sign_in(forum, "target").await;
    let mut target = target.run(viewer, json!({})).await["viewer"].take();
    let mut ally = people["ally"].run(viewer, json!({})).await;
    let circle = json!({ "code": "STREETS", "nameEn": "Streets", "nameUr": "گلیاں" });
    let circle = admin.done("createCircle", circle, "circle { id }").await["circle"]["id"].take();
    for login in ["civil", "member"] {
        let account = people[login].run(viewer, json!({})).await["viewer"]["account"]["id"].take();
        let input = json!({ "account": account, "circle": circle });
        admin.done("addCircleMember", input, "").await;
    }
    let asked = json!({ "name": "An alliance of the river" });
    let selection = "organization { id }";
    let organization = people["ally"].done("requestAccreditation", asked, selection);
    let organization = organization.await["organization"]["id"].take();
    BTreeMap::from([
        ("account", target["account"]["id"].take()),
        ("author", ally["viewer"]["author"]["id"].take()),
        ("circle", circle),
        ("office", forum.office("NCHR").await),
        ("organization", organization),
    ])
}
