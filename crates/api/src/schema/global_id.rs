//! Ids that name one object of the whole forum.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// What kind of object a global id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A thread.
    Thread = 1,
    /// A post.
    Post = 2,
    /// A response.
    Response = 3,
    /// An author.
    Author = 4,
    /// An account.
    Account = 5,
    /// An agency.
    Agency = 6,
    /// An office.
    Office = 7,
    /// An organization.
    Organization = 8,
    /// A circle.
    Circle = 9,
    /// A session.
    Session = 10,
    /// A verdict.
    Verdict = 11,
    /// A trusted document.
    TrustedDocument = 12,
    /// A partner app.
    Client = 20,
    /// What a person allowed an app.
    Consent = 21,
    /// A webhook.
    Webhook = 13,
    /// A message to a webhook.
    WebhookMessage = 14,
    /// A draft of a response.
    ResponseDraft = 15,
    /// A report of retaliation.
    RetaliationReport = 30,
    /// What an office says that it will do.
    Commitment = 16,
    /// A letter on paper.
    Letter = 32,
    /// A template of an agency's answers.
    ResponseTemplate = 33,
    /// What waits in the moderators' queue.
    Reviewable = 40,
    /// An entry of the modlog.
    ModlogEntry = 41,
    /// An appeal against an act of moderation.
    Appeal = 42,
    /// What an authority demands by law.
    LegalDemand = 43,
    /// A sanction, or what is proposed to be one.
    Sanction = 45,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 26] = [
        Self::Thread,
        Self::Post,
        Self::Response,
        Self::Author,
        Self::Account,
        Self::Agency,
        Self::Office,
        Self::Organization,
        Self::Circle,
        Self::Session,
        Self::Verdict,
        Self::TrustedDocument,
        Self::Client,
        Self::Consent,
        Self::Webhook,
        Self::WebhookMessage,
        Self::ResponseDraft,
        Self::RetaliationReport,
        Self::Commitment,
        Self::Letter,
        Self::ResponseTemplate,
        Self::Reviewable,
        Self::ModlogEntry,
        Self::Appeal,
        Self::LegalDemand,
        Self::Sanction,
    ];
}

/// Makes a global id.
pub fn encode(kind: Kind, id: impl Into<Uuid>) -> ID {
    let mut bytes = [0; 17];
    bytes[0] = kind as u8;
    bytes[1..].copy_from_slice(id.into().as_bytes());
    ID(URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a global id; `None` if it is none of ours.
pub fn decode(id: &str) -> Option<(Kind, Uuid)> {
    // 17 bytes are 23 characters of base64.
    if id.len() != 23 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let (kind, id) = bytes.split_first()?;
    let kind = Kind::ALL.into_iter().find(|one| *one as u8 == *kind)?;
    Some((kind, Uuid::from_slice(id).ok()?))
}

/// Reads a global id of one kind. Whatever it cannot name becomes an id under
/// which nothing is stored, so that it is looked up and not found like any
/// other.
pub fn expect<T: From<Uuid>>(kind: Kind, id: &str) -> T {
    match decode(id) {
        Some((found, id)) if found == kind => id.into(),
        _ => Uuid::nil().into(),
    }
}
