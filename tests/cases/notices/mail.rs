//! Mail about what happens.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use domain::people::{Constituency, RegistrationMode};
use forum::ports::{Mail, MailError, Mailer};
use mukalma_tests::{Client, PASSWORD, TestForum};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{arrives, code, forum, later, mails, reachable, say, to, wants};

#[tokio::test]
async fn a_raiser_and_the_office_are_told_at_once_without_a_word_of_what_is_confidential() {
    let forum = forum().await;
    let (civil, officer) = (forum.sign_in("civil").await, forum.sign_in("officer").await);
    reachable(&forum, &civil, "civil@example.org").await;
    reachable(&forum, &officer, "officer@example.org").await;
    wants(&civil, "OWN", "IMMEDIATE").await;
    wants(&officer, "WORK", "IMMEDIATE").await;
    let concern = forum.open_concern(&civil).await;
    let told = mails(&forum).await;
    assert_eq!(to(&told), ["civil@example.org", "officer@example.org"]);
    for mail in &told {
        assert!(!mail.text.contains("searched"), "{}", mail.text);
        assert!(mail.text.starts_with("MKL-2025-"), "{}", mail.text);
    }
    officer
        .done("acknowledgeConcern", json!({ "threadId": concern }), "")
        .await;
    // What follows soon after waits for the next mail: ten minutes.
    assert_eq!(to(&later(&forum, Duration::seconds(599)).await), [""; 0]);
    let told = later(&forum, Duration::seconds(1)).await;
    assert_eq!(to(&told), ["civil@example.org"]);
    assert!(told[0].text.contains("The office has received it"));
    assert_eq!(to(&later(&forum, Duration::days(1)).await), [""; 0]);
}

#[tokio::test]
async fn digests_come_in_the_morning_and_on_mondays_in_the_readers_language() {
    let forum = forum().await;
    let (civil, expert) = (forum.sign_in("civil").await, forum.sign_in("expert").await);
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    for (who, email, frequency) in [
        (&civil, "civil@example.org", "DAILY"),
        (&expert, "expert@example.org", "WEEKLY"),
    ] {
        reachable(&forum, who, email).await;
        wants(who, "OWN", frequency).await;
        wants(who, "FOLLOWED", frequency).await;
        who.done("followThread", json!({ "threadId": thread }), "")
            .await;
    }
    forum
        .database
        .connect()
        .await
        .execute_unprepared("UPDATE account SET language = 'UR' WHERE login = 'expert'")
        .await
        .unwrap();
    let moderator = forum.sign_in("moderator").await;
    say(&moderator, &thread).await;
    say(&moderator, &thread).await;
    assert_eq!(to(&mails(&forum).await), [""; 0]);
    let daily = later(&forum, Duration::days(1)).await;
    assert_eq!(to(&daily), ["civil@example.org"]);
    assert!(
        daily[0]
            .text
            .contains("A discussion\n  - Somebody wrote (2)")
    );
    let weekly = later(&forum, Duration::days(6)).await;
    assert_eq!(to(&weekly), ["expert@example.org"]);
    assert!(
        weekly[0].text.contains("کسی نے لکھا (2)"),
        "{}",
        weekly[0].text
    );
    for mail in daily.iter().chain(&weekly) {
        assert!(!mail.text.contains("A word"), "{}", mail.text);
    }
}

#[tokio::test]
async fn nobody_is_mailed_unasked_or_at_an_address_that_nobody_confirmed() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let moderator = forum.sign_in("moderator").await;
    say(&moderator, &thread).await;
    assert_eq!(to(&mails(&forum).await), [""; 0]);
    wants(&civil, "OWN", "IMMEDIATE").await;
    let input = json!({ "email": "other@example.org", "password": mukalma_tests::PASSWORD });
    civil.done("changeEmail", input, "").await;
    let sent = code(&arrives(&forum).await);
    say(&moderator, &thread).await;
    let told = mails(&forum).await;
    let elsewhere = told.iter().filter(|mail| mail.to != "civil@example.org");
    assert_eq!(elsewhere.count(), 0, "{told:?}");
    for (email, code) in [
        ("other@example.org", "wrong"),
        // The code is of its address alone.
        ("third@example.org", &*sent),
    ] {
        let input = json!({ "email": email, "code": code });
        assert_eq!(civil.refused("confirmEmail", input).await, "BAD_CODE");
    }
    let input = json!({ "email": "no address", "password": mukalma_tests::PASSWORD });
    assert_eq!(civil.refused("changeEmail", input).await, "INVALID");
    let input = json!({ "threadId": forum.thread_id_of_nothing(), "notifications": "MUTED" });
    assert_eq!(
        civil.refused("setThreadNotifications", input).await,
        "NOT_FOUND"
    );
    let key = "k".repeat(256);
    let input = json!({ "reason": "OWN", "frequency": "OFF", "clientMutationId": key });
    assert_eq!(civil.refused("setMailPreference", input).await, "INVALID");
}

#[tokio::test]
async fn a_thread_is_muted_but_for_what_is_expected_of_the_reader() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    for reason in ["OWN", "DUE", "FOLLOWED"] {
        wants(&civil, reason, "IMMEDIATE").await;
    }
    let concern = forum.open_concern(&civil).await;
    let officer = forum.sign_in("officer").await;
    mails(&forum).await;
    for (level, said) in [("PROGRESS", false), ("ALL", true), ("MUTED", false)] {
        let input = json!({ "threadId": concern, "notifications": level });
        let set = civil
            .done(
                "setThreadNotifications",
                input,
                "thread { viewerNotifications }",
            )
            .await;
        assert_eq!(set["thread"]["viewerNotifications"], level);
        say(&officer, &concern).await;
        let told = later(&forum, Duration::minutes(10)).await;
        assert_eq!(!told.is_empty(), said, "{level}");
    }
    for (act, input) in [
        ("acknowledgeConcern", json!({})),
        ("requestClarification", json!({ "question": "Where?" })),
    ] {
        let mut input: Value = input;
        input["threadId"] = concern.clone();
        officer.done(act, input, "").await;
    }
    assert_eq!(to(&later(&forum, Duration::days(20)).await), [""; 0]);
    // A week before the concern goes dormant.
    let told = later(&forum, Duration::days(2)).await;
    assert!(told[0].text.contains("Something is expected of you"));
}

#[tokio::test]
async fn the_right_to_see_is_decided_when_the_mail_is_made() {
    let forum = forum().await;
    let (civil, expert) = (forum.sign_in("civil").await, forum.sign_in("expert").await);
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    reachable(&forum, &expert, "expert@example.org").await;
    wants(&expert, "FOLLOWED", "DAILY").await;
    expert
        .done("followThread", json!({ "threadId": thread }), "")
        .await;
    say(&civil, &thread).await;
    assert_eq!(to(&mails(&forum).await), [""; 0]);
    let connection = forum.database.connect().await;
    connection
        .execute_unprepared("UPDATE thread SET audience = 'OFFICIALS'")
        .await
        .unwrap();
    assert_eq!(to(&later(&forum, Duration::days(1)).await), [""; 0]);
    // Whoever may not sign in is told nothing, and not later either.
    connection
        .execute_unprepared("UPDATE thread SET audience = 'MEMBERS'")
        .await
        .unwrap();
    say(&civil, &thread).await;
    mails(&forum).await;
    connection
        .execute_unprepared("UPDATE account SET standing = 'PENDING' WHERE login = 'expert'")
        .await
        .unwrap();
    assert_eq!(to(&later(&forum, Duration::days(1)).await), [""; 0]);
}

#[tokio::test]
async fn one_click_ends_all_mail_without_a_session() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    wants(&civil, "OWN", "IMMEDIATE").await;
    forum.open_concern(&civil).await;
    let told = mails(&forum).await;
    let link = told[0].unsubscribe.clone().unwrap();
    assert!(told[0].text.contains(&link));
    let (_, path) = link.split_once("https://forum.example").unwrap();
    let url = format!("http://{}{path}", forum.address);
    let http = reqwest::Client::new();
    // Programs that look through mail open every link: that ends nothing.
    let page = http.get(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("<form method=\"post\">")
    );
    let asked = "{ viewer { account { mailPreferences { reason frequency } } } }";
    let own = |seen: Value| seen["viewer"]["account"]["mailPreferences"][1]["frequency"].clone();
    assert_eq!(own(civil.run(asked, json!({})).await), "IMMEDIATE");
    let form = "List-Unsubscribe=One-Click";
    let post = |url: String| http.post(url).body(form);
    let wrong = format!("{}0", &url[..url.len() - 1]);
    let other = format!("{}1", &url[..url.len() - 1]);
    let not = if wrong == url { other } else { wrong };
    assert_eq!(post(not).send().await.unwrap().status(), 404);
    for _ in 0..2 {
        assert_eq!(post(url.clone()).send().await.unwrap().status(), 200);
    }
    assert_eq!(own(civil.run(asked, json!({})).await), "OFF");
    forum.open_concern(&civil).await;
    assert_eq!(to(&later(&forum, Duration::days(1)).await), [""; 0]);
}

/// A mail server that takes a mail and is gone before it says so.
struct Gone(std::sync::Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Gone {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.0.lock().unwrap().push(mail);
        Err(MailError::Unavailable)
    }
}

#[tokio::test]
async fn a_mail_whose_sending_was_cut_off_is_sent_again_under_its_id_and_no_other_is() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    wants(&civil, "OWN", "IMMEDIATE").await;
    forum.open_concern(&civil).await;
    forum.forum.empty_outbox().await.unwrap();
    let gone = Arc::new(Gone(std::sync::Mutex::default()));
    let mailer: Arc<dyn Mailer> = gone.clone();
    let node = forum.another_node_with(mailer).await;
    node.send_mail().await.unwrap();
    let first = gone.0.lock().unwrap().pop().unwrap();
    // What comes meanwhile is in another mail.
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    say(&forum.sign_in("moderator").await, &thread).await;
    let told = later(&forum, Duration::minutes(1)).await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].id, &told[0].text), (&first.id, &first.text));
    let told = later(&forum, Duration::minutes(10)).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("Somebody wrote\n") && told[0].id != first.id);
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_is_given_up_after_so_many_attempts() {
    let settings = [
        ("mail.attempts", "3"),
        ("public_url", "https://forum.example"),
    ];
    let mode = domain::people::RegistrationMode::Open;
    let forum = mukalma_tests::TestForum::with(true, mode, &settings).await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    wants(&civil, "OWN", "IMMEDIATE").await;
    forum.open_concern(&civil).await;
    forum.forum.empty_outbox().await.unwrap();
    let gone = Arc::new(Gone(std::sync::Mutex::default()));
    let mailer: Arc<dyn Mailer> = gone.clone();
    let node = forum.another_node_with(mailer).await;
    for tries in [1, 2, 3, 3] {
        node.send_mail().await.unwrap();
        assert_eq!(gone.0.lock().unwrap().len(), tries);
        forum.clock.advance(Duration::hours(6));
    }
}

#[tokio::test]
async fn two_nodes_mail_everything_once() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    wants(&civil, "OWN", "IMMEDIATE").await;
    let node = if forum.database.is_postgres() {
        forum.another_node().await
    } else {
        Arc::clone(&forum.forum)
    };
    let moderator = forum.sign_in("moderator").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let mut told = String::new();
    for _ in 0..5 {
        say(&moderator, &thread).await;
        forum.forum.empty_outbox().await.unwrap();
        let (one, other) = tokio::join!(forum.forum.send_mail(), node.send_mail());
        one.unwrap();
        other.unwrap();
        for mail in forum.mailbox.take() {
            told.push_str(&mail.text);
        }
        forum.clock.advance(Duration::minutes(10));
    }
    for mail in mails(&forum).await {
        told.push_str(&mail.text);
    }
    assert_eq!(told.matches("Somebody wrote").count(), 5, "{told}");
    forum.install("another", Constituency::Expert, &[]).await;
}

/// Registers somebody who gives an address.
async fn registers(forum: &TestForum, login: &str, email: &str) -> Client {
    let input = json!({ "login": login, "displayName": "Somebody", "email": email,
        "password": PASSWORD, "constituency": "CIVIL_SOCIETY" });
    forum.visitor().done("registerAccount", input, "").await;
    forum.sign_in(login).await
}

#[tokio::test]
async fn a_password_is_reset_by_mail_only_where_mail_is_known_to_arrive() {
    let forum = forum().await;
    let somebody = registers(&forum, "somebody", "somebody@example.org").await;
    let code = code(&arrives(&forum).await);
    let ask = async |whom: &str| {
        let input = json!({ "loginOrEmail": whom });
        forum
            .visitor()
            .done("requestPasswordReset", input, "")
            .await;
    };
    // Nobody knows yet whose address that is.
    for whom in ["somebody", "somebody@example.org"] {
        ask(whom).await;
    }
    let confirm = json!({ "email": "somebody@example.org", "code": code });
    somebody.done("confirmEmail", confirm, "").await;
    ask("somebody@example.org").await;
    let told = arrives(&forum).await;
    assert!(told.text.contains("the account somebody"), "{}", told.text);
    assert!(forum.mailbox.take().is_empty());
}

#[tokio::test]
async fn an_address_is_mailed_so_many_codes_an_hour_and_no_more() {
    let settings = [("mail.codes_per_hour", "2")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let (civil, expert) = (forum.sign_in("civil").await, forum.sign_in("expert").await);
    let input = json!({ "email": "somebody@example.org", "password": PASSWORD });
    civil.done("changeEmail", input.clone(), "").await;
    expert.done("changeEmail", input.clone(), "").await;
    let late = "mutation($input: ChangeEmailInput!) { changeEmail(input: $input) { userErrors { code } } }";
    let late = civil.send(late, json!({ "input": input })).await;
    assert_eq!(late.code(), "RATE_LIMITED");
    // Another's address is not held up, and in half an hour there is one more.
    let other = json!({ "email": "other@example.org", "password": PASSWORD });
    civil.done("changeEmail", other, "").await;
    forum.clock.advance(Duration::minutes(30));
    expert.done("changeEmail", input, "").await;
}

#[tokio::test]
async fn a_link_that_ends_mail_is_good_as_long_as_mail_goes_to_its_address() {
    let forum = forum().await;
    let civil = forum.sign_in("civil").await;
    reachable(&forum, &civil, "civil@example.org").await;
    wants(&civil, "OWN", "IMMEDIATE").await;
    forum.open_concern(&civil).await;
    let link = mails(&forum).await[0].unsubscribe.clone().unwrap();
    let (_, path) = link.split_once("https://forum.example").unwrap();
    let url = format!("http://{}{path}", forum.address);
    reachable(&forum, &civil, "another@example.org").await;
    let ended = reqwest::Client::new()
        .post(url)
        .body("List-Unsubscribe=One-Click");
    assert_eq!(ended.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_mail_about_a_sanction_says_that_there_is_one_and_not_what_for() {
    let forum = forum().await;
    let (civil, moderator) = (
        forum.sign_in("civil").await,
        forum.sign_in("moderator").await,
    );
    reachable(&forum, &civil, "civil@example.org").await;
    let thread = forum.open_discussion(&civil, "PUBLIC").await;
    let other = forum.open_discussion(&civil, "PUBLIC").await;
    let warns = |subject: &Value| {
        json!({
            "subjectId": subject, "kind": "WARN", "reason": "ABUSE", "text": "Mind your words.",
        })
    };
    moderator.done("proposeSanction", warns(&thread), "").await;
    assert_eq!(to(&mails(&forum).await), [""; 0]);
    wants(&civil, "ACCOUNT", "IMMEDIATE").await;
    moderator.done("proposeSanction", warns(&other), "").await;
    let told = mails(&forum).await;
    assert_eq!(to(&told), ["civil@example.org"]);
    let text = &told[0].text;
    assert!(text.contains("how to appeal"), "{text}");
    for hidden in ["Mind your words", "MKL-", "ABUSE", "WARN"] {
        assert!(!text.contains(hidden), "{text}");
    }
}
