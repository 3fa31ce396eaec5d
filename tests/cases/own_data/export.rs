//! All that is kept of somebody, given out to himself.

use mukalma_tests::{Answer, Client, TestForum};
use serde_json::{Value, json};

use super::{account_of, say};

const JSON: &str = "/me/export.json";
const HTML: &str = "/me/export.html";

/// Sections of the file for programs.
async fn sections(who: &Client) -> Value {
    let mut answer = who.get(JSON).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["format"], "mukalma-own-data");
    assert_eq!(answer.body["version"], 1);
    answer.body["sections"].take()
}

fn text(answer: &Answer) -> String {
    match &answer.body {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A concern and a thread in which two speak, with words by which each is known.
async fn talk(forum: &TestForum) -> (Client, Client, Value) {
    let (civil, youth) = (forum.sign_in("civil").await, forum.sign_in("youth").await);
    let officer = forum.sign_in("officer").await;
    let input = json!({
        "title": "civil-title", "body": "civil-issue", "facts": "civil-facts",
        "category": "DRG", "region": "PB",
    });
    let raised = civil.done("raiseConcern", input, "thread { id }").await;
    let concern = raised["thread"]["id"].clone();
    let release = json!({ "threadId": concern });
    let moderator = forum.sign_in("moderator").await;
    moderator.done("releaseThread", release, "").await;
    let read = "query($id: ID!) { thread(id: $id) { title } }";
    officer.run(read, json!({ "id": concern })).await;
    let of = json!({ "threadId": concern });
    officer.done("acknowledgeConcern", of, "").await;
    let asks = json!({ "threadId": concern, "question": "officer-question" });
    officer.done("requestClarification", asks, "").await;
    let answers = json!({ "threadId": concern, "answer": "civil-clarifies" });
    civil.done("clarifyConcern", answers, "").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let first = say(&civil, &thread, "civil-first").await;
    let edit = json!({ "postId": first, "body": "civil-second" });
    civil.done("editPost", edit, "").await;
    let theirs = say(&youth, &thread, "youth-post").await;
    let flag = json!({ "subjectId": first, "reason": "SPAM", "note": "youth-note" });
    youth.done("flag", flag, "").await;
    let flag = json!({ "subjectId": theirs, "reason": "SPAM", "note": "civil-note" });
    civil.done("flag", flag, "").await;
    let others = forum.open_discussion(&youth, "PUBLIC").await;
    civil
        .done("endorseThread", json!({ "threadId": others }), "")
        .await;
    civil
        .done("followThread", json!({ "threadId": others }), "")
        .await;
    (civil, youth, concern)
}

#[test]
fn every_heading_has_its_words_in_both_languages_and_no_words_are_left_over() {
    assert_eq!(api::export::unworded(), [""; 0]);
}

#[tokio::test]
async fn one_finds_all_of_ones_own_and_nothing_of_others() {
    let forum = TestForum::new().await;
    let (civil, youth, _) = talk(&forum).await;
    let file = sections(&civil).await.to_string();
    for own in [
        "civil-title",
        "civil-issue",
        "civil-facts",
        "civil-clarifies",
        "civil-first",
        "civil-second",
        "civil-note",
        "The civil",
    ] {
        assert!(file.contains(own), "{own}");
    }
    for other in [
        "youth-",
        "officer-",
        "The youth",
        "The moderator",
        "officer",
    ] {
        assert!(!file.contains(other), "{other}");
    }
    for other in ["youth", "moderator", "officer", "admin"] {
        let id = account_of(&forum.sign_in(other).await).await;
        assert!(!file.contains(&id), "{other}");
    }
    let theirs = sections(&youth).await.to_string();
    assert!(theirs.contains("youth-note") && !theirs.contains("civil-"));
}

#[tokio::test]
async fn each_section_says_what_there_is() {
    let forum = TestForum::new().await;
    let (civil, _, _) = talk(&forum).await;
    let file = sections(&civil).await;
    let of = |name: &str| {
        file[name]
            .as_array()
            .unwrap_or_else(|| panic!("{name}"))
            .len()
    };
    let sizes = [
        "account",
        "sessions",
        "threads",
        "caseFacts",
        "posts",
        "revisions",
        "flags",
        "endorsements",
        "follows",
        "accessLedger",
        "moves",
        "authors",
    ];
    let sizes = sizes.map(|name| (name, of(name)));
    for (name, size) in sizes {
        assert!(size > 0, "{name}");
    }
    assert_eq!((of("account"), of("caseFacts"), of("revisions")), (1, 1, 1));
    let account = &file["account"][0];
    assert_eq!(account["login"], "civil");
    assert!(account["createdAt"].as_str().unwrap().ends_with('Z'));
    let ledger = file["accessLedger"].as_array().unwrap();
    assert!(
        ledger
            .iter()
            .any(|one| one["name"] == "SP Investigation, Lahore")
    );
    // What the audit log commits to is proved with what is given out.
    let moderator = forum.sign_in("moderator").await;
    let log = sections(&moderator).await["auditLog"].take();
    let opened = log.as_array().unwrap().iter().any(|one| {
        let body: Value = serde_json::from_str(one["body"].as_str().unwrap()).unwrap();
        let salt = one["salt"].as_str().unwrap();
        assert_eq!(salt.len(), 64);
        body["act"] == "releaseThread" || body["act"] == "moderate"
    });
    assert!(opened, "{log}");
}

#[tokio::test]
async fn secrets_are_named_and_not_shown() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let answer = civil.get(JSON).await;
    let held = answer.body["heldNotShown"].as_array().unwrap();
    let password = json!({ "what": "account.password_hash", "why": "SECRET" });
    assert!(held.contains(&password));
    assert!(!answer.body["sections"].to_string().contains("$argon2"));
}

#[tokio::test]
async fn what_somebody_wrote_is_no_markup_and_the_page_runs_nothing() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    say(&civil, &thread, "<script>alert('x')</script> & \"more\"").await;
    let answer = civil.get(HTML).await;
    assert_eq!(answer.status, 200);
    let page = text(&answer);
    assert!(
        page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
    );
    assert!(!page.contains("<script"));
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">"));
    assert!(page.ends_with("</html>\n"));
    assert!(page.contains("<h2 id=\"posts\">Your posts</h2>"));
    assert!(page.contains("<th scope=\"col\">Text</th>"));
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
}

#[tokio::test]
async fn whoever_reads_urdu_has_it_in_urdu() {
    let forum = TestForum::new().await;
    let input = json!({
        "login": "reader", "displayName": "قاری", "password": mukalma_tests::PASSWORD,
        "constituency": "EXPERT", "language": "UR",
    });
    let made = forum.visitor();
    let made = made
        .done("registerAccount", input, "session { token }")
        .await;
    let token = made["session"]["token"].as_str().unwrap().to_owned();
    let page = text(&Client::new(forum.address, Some(token)).get(HTML).await);
    assert!(page.contains("<html lang=\"ur\" dir=\"rtl\">"));
    assert!(page.contains("<h2 id=\"account\">آپ کا اکاؤنٹ</h2>"));
    assert!(page.contains("<td dir=\"auto\">قاری</td>"));
}

#[tokio::test]
async fn it_is_given_to_its_owner_alone_and_kept_by_nobody() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    for path in [JSON, HTML] {
        let visitor = forum.visitor().get(path).await;
        assert_eq!((visitor.status, visitor.code()), (401, "UNAUTHENTICATED"));
        let nobody = Client::new(forum.address, Some("x".repeat(43)));
        assert_eq!(nobody.get(path).await.status, 401);
        let own = civil.get(path).await;
        assert_eq!(own.status, 200);
        assert_eq!(own.header("cache-control"), "no-store");
        let file = own.header("content-disposition");
        assert!(file.starts_with("attachment; filename=\"mukalma-own-data."));
    }
    civil.done("signOut", json!({}), "").await;
    assert_eq!(civil.get(JSON).await.status, 401);
    let paths = "{ viewer { account { exportPaths } } }";
    let again = forum.sign_in("civil").await;
    let seen = again.run(paths, json!({})).await;
    assert_eq!(
        seen["viewer"]["account"]["exportPaths"],
        json!([JSON, HTML])
    );
}

#[tokio::test]
async fn it_is_given_out_so_often_in_an_hour() {
    let open = domain::people::RegistrationMode::Open;
    let forum = TestForum::with(true, open, &[("export.per_hour", "2")]).await;
    let civil = forum.sign_in("civil").await;
    for _ in 0..2 {
        assert_eq!(civil.get(HTML).await.status, 200);
    }
    let third = civil.get(JSON).await;
    assert_eq!((third.status, third.code()), (429, "RATE_LIMITED"));
    assert!(third.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(forum.sign_in("youth").await.get(JSON).await.status, 200);
    forum.clock.advance(chrono::Duration::minutes(30));
    assert_eq!(civil.get(JSON).await.status, 200);
}

#[tokio::test]
async fn many_rows_come_whole_and_few_cost_what_some_do() {
    let open = domain::people::RegistrationMode::Open;
    let forum = TestForum::with(true, open, &[("export.per_hour", "20")]).await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    // The least of some: what was said before may still be passed on.
    let costs = async || {
        let (mut posts, mut least) = (0, u64::MAX);
        for _ in 0..4 {
            let before = forum.store().statements();
            let file = sections(&civil).await;
            least = least.min(forum.store().statements() - before);
            posts = file["posts"].as_array().unwrap().len();
        }
        (posts, least)
    };
    say(&civil, &thread, "post 0.").await;
    let (one, few) = costs().await;
    for n in 1..205 {
        say(&civil, &thread, &format!("post {n}.")).await;
        if n == 50 {
            assert_eq!(costs().await, (51, few));
        }
    }
    assert_eq!(one, 1);
    let file = sections(&civil).await;
    let posts = file["posts"].as_array().unwrap();
    assert_eq!(posts.len(), 205);
    for n in 0..205 {
        let body = json!(format!("post {n}."));
        assert_eq!(
            posts.iter().filter(|one| one["body"] == body).count(),
            1,
            "{n}"
        );
    }
}

#[tokio::test]
async fn an_official_has_what_he_did_as_far_as_he_still_sees_it() {
    let forum = TestForum::new().await;
    let (_, _, concern) = talk(&forum).await;
    let officer = forum.sign_in("officer").await;
    let answer = json!({
        "threadId": concern, "body": "officer-answer", "outcome": { "resolved": true },
    });
    officer.done("respondToConcern", answer, "").await;
    let file = sections(&officer).await;
    assert_eq!(file["responses"][0]["body"], "officer-answer");
    assert!(!file.to_string().contains("civil-"));
    let thread = file["responses"][0]["thread"].as_str().unwrap().to_owned();
    let told = |file: &Value| file["notices"].to_string().contains(&thread);
    assert!(told(&file));
    // He holds the office no more.
    let office = forum.office("POL_PB").await;
    let seen = officer
        .run("{ viewer { account { id } } }", json!({}))
        .await;
    let end = json!({ "office": office, "account": seen["viewer"]["account"]["id"] });
    forum
        .sign_in("admin")
        .await
        .done("endHolding", end, "")
        .await;
    let file = sections(&officer).await;
    assert_eq!(file["responses"], json!([]));
    assert!(!told(&file));
    assert!(file["offices"][0]["until"].is_string());
}
