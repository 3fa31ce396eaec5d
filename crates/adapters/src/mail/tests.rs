//! What a mail looks like, and what is answered when it cannot be sent.

use std::fs;

use chrono::{DateTime, Utc};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;

struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn sender() -> Sender {
    Sender::new("Mukalma", "forum@example.org", Arc::new(Still)).unwrap()
}

fn mail(to: &str) -> Mail {
    Mail {
        to: to.to_owned(),
        subject: "مکالمہ".to_owned(),
        text: "آپ کا کوڈ\n12345\n".to_owned(),
        language: Language::Ur,
        id: None,
        unsubscribe: None,
    }
}

#[tokio::test]
async fn a_file_mailbox_keeps_each_mail_in_a_file() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("data/mail");
    let mailer = FileMailer::new(&directory, sender()).unwrap();
    mailer.send(mail("one@example.org")).await.unwrap();
    mailer.send(mail("other@example.org")).await.unwrap();

    let mut texts: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .inspect(|path| assert_eq!(path.extension().unwrap(), "eml"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    texts.sort();
    assert_eq!(texts.len(), 2);
    for header in [
        "From: Mukalma <forum@example.org>\r\n",
        "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
        "Message-ID: <07070707070707070707070707070707@example.org>\r\n",
        "Content-Language: ur\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
    ] {
        assert!(texts[0].contains(header), "{header} is not in {}", texts[0]);
    }
    assert!(texts[0].contains("To: one@example.org\r\n"), "{}", texts[0]);
    assert!(
        texts[1].contains("To: other@example.org\r\n"),
        "{}",
        texts[1]
    );
}

#[tokio::test]
async fn a_mail_that_is_sent_again_has_its_id_and_can_be_ended_with_one_click() {
    let root = tempfile::tempdir().unwrap();
    let mailer = FileMailer::new(root.path(), sender()).unwrap();
    let link = "https://forum.example/unsubscribe?token=0123456789abcdef0123456789abcdef\
                0123456789abcdef0123456789abcdef";
    let notice = Mail {
        id: Some(uuid::Uuid::from_u128(5)),
        unsubscribe: Some(link.to_owned()),
        ..mail("one@example.org")
    };
    mailer.send(notice).await.unwrap();
    let file = fs::read_dir(root.path()).unwrap().next().unwrap().unwrap();
    let text = fs::read_to_string(file.path()).unwrap();
    for header in [
        "Message-ID: <00000000000000000000000000000005@example.org>\r\n".to_owned(),
        format!("List-Unsubscribe: <{link}>\r\n"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".to_owned(),
    ] {
        assert!(text.contains(&header), "{header} is not in {text}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_mailbox_is_open_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("mail");
    FileMailer::new(&directory, sender()).unwrap();
    assert_eq!(
        fs::metadata(&directory).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_unsendable() {
    let root = tempfile::tempdir().unwrap();
    let mailer = FileMailer::new(root.path(), sender()).unwrap();
    for wrong in ["", "nobody", "a@b@c", "a@example.org\r\nBcc: b@example.org"] {
        assert_eq!(
            mailer.send(mail(wrong)).await,
            Err(MailError::Unsendable),
            "{wrong:?}"
        );
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_subject_adds_no_header() {
    let root = tempfile::tempdir().unwrap();
    let mailer = FileMailer::new(root.path(), sender()).unwrap();
    let subject = "x\r\nBcc: other@example.org".to_owned();
    let sent = mailer
        .send(Mail {
            subject,
            ..mail("one@example.org")
        })
        .await;
    for entry in fs::read_dir(root.path()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("\nBcc:"), "{text}");
    }
    assert_eq!(sent, Ok(()));
}

#[tokio::test]
async fn a_mailbox_that_is_gone_may_work_later() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("mail");
    let mailer = FileMailer::new(&directory, sender()).unwrap();
    fs::remove_dir(&directory).unwrap();
    assert_eq!(
        mailer.send(mail("one@example.org")).await,
        Err(MailError::Unavailable)
    );
}

/// A mail server for one conversation, which answers the recipient with this.
async fn server(answer: &'static str) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut heard = Vec::new();
        let mut in_data = false;
        writer.write_all(b"220 ready\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let reply = match line.split([' ', ':']).next().unwrap_or_default() {
                "." => {
                    in_data = false;
                    "250 taken"
                }
                _ if in_data => {
                    heard.push(line);
                    continue;
                }
                "RCPT" => answer,
                "DATA" => {
                    in_data = answer.starts_with('2');
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 good",
            };
            heard.push(line);
            if writer
                .write_all(format!("{reply}\r\n").as_bytes())
                .await
                .is_err()
            {
                break;
            }
        }
        heard
    });
    (url, heard)
}

#[tokio::test]
async fn a_mail_server_is_told_sender_and_recipient() {
    let (url, heard) = server("250 good").await;
    let mailer = SmtpMailer::new(&url, sender()).unwrap();
    mailer.send(mail("one@example.org")).await.unwrap();
    drop(mailer);
    let heard = heard.await.unwrap();
    assert!(
        heard
            .iter()
            .any(|line| line.starts_with("MAIL FROM:<forum@example.org>")),
        "{heard:?}"
    );
    assert!(
        heard
            .iter()
            .any(|line| line.starts_with("RCPT TO:<one@example.org>")),
        "{heard:?}"
    );
    assert!(
        heard.iter().any(|line| line == "Content-Language: ur"),
        "{heard:?}"
    );
}

#[tokio::test]
async fn a_refusal_for_good_is_told_from_one_for_now() {
    let (url, _heard) = server("550 no such mailbox").await;
    let sent = SmtpMailer::new(&url, sender())
        .unwrap()
        .send(mail("one@example.org"))
        .await;
    assert_eq!(sent, Err(MailError::Refused { status: Some(550) }));
    assert!(!sent.unwrap_err().may_pass_later());

    let (url, _heard) = server("451 later").await;
    let sent = SmtpMailer::new(&url, sender())
        .unwrap()
        .send(mail("one@example.org"))
        .await;
    assert!(sent.unwrap_err().may_pass_later());
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_may_be_there_later() {
    // The port was free a moment ago and is not listened on now.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let sent = SmtpMailer::new(&url, sender())
        .unwrap()
        .send(mail("one@example.org"))
        .await;
    assert_eq!(sent, Err(MailError::Unavailable));
}

#[test]
fn a_wrong_setup_is_named_without_the_password() {
    assert!(Sender::new("Mukalma", "nobody", Arc::new(Still)).is_err());
    let error = SmtpMailer::new("ftp://forum:canary@mail.example.org", sender()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn a_mail_is_not_shown() {
    let shown = format!("{:?}", mail("canary@example.org"));
    assert!(
        !shown.contains("canary") && !shown.contains("12345"),
        "{shown}"
    );
}
