//! What reaches people: by mail, as each wants it, once.

mod mail;
mod verdict;

use chrono::Duration;
use forum::ports::Mail;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

/// The mutations whose bad input is tried in `mail`.
pub(super) const ACTS: [&str; 4] = [
    "changeEmail",
    "confirmEmail",
    "setMailPreference",
    "setThreadNotifications",
];

/// A forum that says where it is reached, so that mails hold links.
pub(super) async fn forum() -> TestForum {
    let settings = [("public_url", "https://forum.example")];
    TestForum::with(true, domain::people::RegistrationMode::Open, &settings).await
}

/// Gives somebody a mail address that is known to reach him.
pub(super) async fn reachable(forum: &TestForum, who: &Client, email: &str) {
    let input = json!({ "email": email, "password": mukalma_tests::PASSWORD });
    who.done("changeEmail", input, "").await;
    let code = code(&arrives(forum).await);
    let confirmed = who
        .done(
            "confirmEmail",
            json!({ "email": email, "code": code }),
            "account { emailConfirmed }",
        )
        .await;
    assert_eq!(confirmed["account"]["emailConfirmed"], true);
}

/// The next mail. It is sent after the answer was given.
async fn arrives(forum: &TestForum) -> Mail {
    loop {
        if let Some(mail) = forum.mailbox.take().pop() {
            return mail;
        }
        tokio::task::yield_now().await;
    }
}

fn code(mail: &Mail) -> String {
    let line = mail.text.lines().find(|line| line.starts_with("    "));
    line.expect("a code").trim().to_owned()
}

/// Has somebody told by mail.
pub(super) async fn wants(who: &Client, reason: &str, frequency: &str) {
    let input = json!({ "reason": reason, "frequency": frequency });
    who.done("setMailPreference", input, "").await;
}

/// The mails that come of what happened until now.
pub(super) async fn mails(forum: &TestForum) -> Vec<Mail> {
    forum.forum.empty_outbox().await.expect("it is passed on");
    forum.forum.send_mail().await.expect("mail is sent");
    let mut mails = forum.mailbox.take();
    mails.sort_by(|one, other| one.to.cmp(&other.to));
    mails
}

/// Lets time pass, and what is due be done.
pub(super) async fn later(forum: &TestForum, time: Duration) -> Vec<Mail> {
    forum.clock.advance(time);
    forum.forum.run_clocks().await.expect("clocks run");
    mails(forum).await
}

pub(super) fn to(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.to.as_str()).collect()
}

pub(super) async fn say(who: &Client, thread: &Value) {
    let input = json!({ "threadId": thread, "body": "A word that no mail may hold." });
    who.done("addPost", input, "").await;
}
