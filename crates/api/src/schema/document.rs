//! Trusted documents, as administrators see them.

use std::fmt::Write as _;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use door::directive::cost;
use forum::views::directory;

use crate::schema::caller::{caller, read};
use crate::schema::global_id::{Kind, encode};

/// A document that is trusted: an operation of an app that somebody looked at.
/// For administrators.
#[derive(Debug, Clone)]
pub struct TrustedDocument(pub directory::TrustedDocument);

/// A document that is trusted: an operation of an app that somebody looked at.
/// For administrators.
#[Object(serial)]
impl TrustedDocument {
    /// The id of this object, unique in the forum.
    pub async fn id(&self) -> ID {
        encode(Kind::TrustedDocument, self.0.id)
    }

    /// The SHA-256 of its text, by which it is asked for: `documentId` in a
    /// request, or `sha256Hash` of the extension `persistedQuery`.
    async fn document_id(&self) -> String {
        let mut digits = String::with_capacity(64);
        for byte in self.0.hash {
            _ = write!(digits, "{byte:02x}");
        }
        digits
    }

    /// Its text; null once it is not trusted any more.
    #[graphql(directive = cost::apply(2))]
    async fn text(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let caller = caller(ctx);
        read(caller, caller.forum.document_text(&self.0.hash).await)
    }

    /// Since when it is trusted.
    async fn trusted_at(&self) -> DateTime<Utc> {
        self.0.trusted_at
    }
}
