//! Mail into a directory, or to a mail server.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use domain::people::Language;
use forum::ports::{Clock, Mail, MailError, Mailer};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
};

/// How long a mail server may take for one step of the conversation.
const STEP_LIMIT: Duration = Duration::from_secs(20);

/// Who mail comes from.
#[derive(Clone)]
pub struct Sender {
    mailbox: Mailbox,
    /// The part after the `@`, which makes ids of messages our own.
    host: String,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("mailbox", &self.mailbox)
            .finish_non_exhaustive()
    }
}

/// A sender's address, or a mail server's URL, that is not understood.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// The address mail comes from.
    #[error("the address mail comes from is no mail address")]
    From,
    /// The mail server's URL. It is not repeated, for it may hold a password.
    #[error("the mail server's URL is not understood")]
    Url,
    /// The directory of the file mailbox.
    #[error("{} cannot be the file mailbox", path.display())]
    Directory {
        /// Which directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Sender {
    /// A forum's name and address. The clock dates the mails.
    pub fn new(name: &str, address: &str, clock: Arc<dyn Clock>) -> Result<Self, MailSetupError> {
        let address: Address = address.parse().map_err(|_| MailSetupError::From)?;
        let host = address.domain().to_owned();
        Ok(Self {
            mailbox: Mailbox::new(Some(name.to_owned()), address),
            host,
            clock,
        })
    }

    fn message(&self, mail: Mail) -> Result<Message, MailError> {
        let to: Address = mail.to.parse().map_err(|_| MailError::Unsendable)?;
        let id = mail.id.map_or_else(
            || {
                let mut id = [0; 16];
                self.clock.fill(&mut id);
                u128::from_be_bytes(id)
            },
            |id| id.as_u128(),
        );
        let mut builder = Message::builder();
        if let Some(link) = mail.unsubscribe {
            builder = builder
                .header(ListUnsubscribe(link))
                .header(ListUnsubscribePost);
        }
        builder
            .from(self.mailbox.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .date(SystemTime::from(self.clock.now()))
            // Otherwise the machine's name would be in it.
            .message_id(Some(format!("<{id:032x}@{}>", self.host)))
            .header(ContentLanguage(mail.language))
            // Answering machines leave it alone (RFC 3834, 5).
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)
            .map_err(|_| MailError::Unsendable)
    }
}

/// The language of a mail (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(Language);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_ascii_uppercase().parse()?))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.code().to_ascii_lowercase())
    }
}

/// Where such mails are ended (RFC 2369, 3.2).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // Not folded: what is between the brackets is one word.
        let value = format!("<{}>", self.0);
        HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
    }
}

/// Says that one click there is enough (RFC 8058, 3.1).
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// Says that a machine wrote the mail by itself.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A mailbox in a directory: each mail is a file ending in `.eml`. For trying
/// things out, and where a person carries mail on.
#[derive(Debug)]
pub struct FileMailer {
    sender: Sender,
    transport: AsyncFileTransport<Tokio1Executor>,
}

impl FileMailer {
    /// The mailbox in this directory, which is made if it is not there, open
    /// to this user alone: mail holds codes that open accounts.
    pub fn new(directory: &Path, sender: Sender) -> Result<Self, MailSetupError> {
        make_directory(directory).map_err(|source| MailSetupError::Directory {
            path: directory.to_owned(),
            source,
        })?;
        Ok(Self {
            sender,
            transport: AsyncFileTransport::new(directory),
        })
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.sender.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // A directory that is full or gone may be seen to.
            Err(_) => Err(MailError::Unavailable),
        }
    }
}

/// A mail server.
#[derive(Debug)]
pub struct SmtpMailer {
    sender: Sender,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl SmtpMailer {
    /// The mail server at this URL (`smtps://user:password@host:465`, or
    /// `smtp://…?tls=required`). Nothing is connected yet.
    pub fn new(url: &str, sender: Sender) -> Result<Self, MailSetupError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailSetupError::Url)?
            .timeout(Some(STEP_LIMIT))
            .build();
        Ok(Self { sender, transport })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.sender.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused {
                status: error.status().map(u16::from),
            }),
            Err(_) => Err(MailError::Unavailable),
        }
    }
}

#[cfg(test)]
mod tests;
