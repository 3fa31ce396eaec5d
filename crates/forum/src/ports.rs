//! What the use cases need from outside, and others provide: time and
//! randomness, the sending of mail, and the posting to webhooks.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::event::Position;
use domain::people::Language;
use domain::webhook::{Failure, ObjectKind};
use uuid::Uuid;

use crate::webhook::Endpoint;

/// Time and randomness. The server has the system's; a test has its own.
pub trait Clock: Send + Sync {
    /// The time now, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Fills the bytes with randomness fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one mail over. When this answers, it is where it will be
    /// delivered from; whether anybody reads it is not known.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}

/// A mail to one person, as plain text.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address, without a name.
    pub to: String,
    /// One line. It is seen on locked screens: it names no thread.
    pub subject: String,
    /// The text, its lines ended by `\n`.
    pub text: String,
    /// The language it is written in.
    pub language: Language,
    /// What its `Message-ID` is made of: the same each time the same mail is
    /// sent. `None` for a mail that is sent once.
    pub id: Option<Uuid>,
    /// The link that ends such mails with one click (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// Hides all but the language: a mail must not get into the log by way of an
/// error.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// Why a mail was not handed over. It names neither address nor content, so
/// that it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The address, or the mail as such, cannot be sent; trying again is of
    /// no use.
    #[error("the mail cannot be sent to this address")]
    Unsendable,
    /// The mail server refused for good.
    #[error("the mail server refused the mail ({status:?})")]
    Refused {
        /// Its answer, as a code of SMTP (RFC 5321, 4.2.1).
        status: Option<u16>,
    },
    /// It did not work this time and may work later.
    #[error("mail cannot be sent now")]
    Unavailable,
}

impl MailError {
    /// Whether the same mail may go through later.
    pub const fn may_pass_later(self) -> bool {
        matches!(self, Self::Unavailable)
    }
}

/// Posts to webhooks, on the public internet and nowhere else.
#[async_trait]
pub trait Egress: Send + Sync {
    /// Posts once, and gives the status of the answer, whatever it is. Follows
    /// nothing and reads no more of the answer.
    async fn post(&self, outgoing: &Outgoing) -> Result<u16, Failure>;
}

/// What is posted.
#[derive(Clone)]
pub struct Outgoing {
    /// Where to.
    pub endpoint: Endpoint,
    /// Header fields beside those of every request.
    pub headers: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: String,
}

/// Hides all of it: an address may hold a secret of its owner's.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

/// How the API names things to those outside.
pub trait Names: Send + Sync {
    /// The cursor that stands for a position.
    fn cursor(&self, position: Position) -> String;

    /// The position that a cursor stands for, if it is one.
    fn position(&self, cursor: &str) -> Option<Position>;

    /// The id of an object.
    fn id(&self, kind: ObjectKind, id: Uuid) -> String;
}
