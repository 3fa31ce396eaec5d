//! Documents that were looked at before they are executed.

use async_trait::async_trait;

use super::Hash;
use crate::fault::Fault;

/// Which documents a caller may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admits {
    /// Whichever the guard lets pass.
    Any,
    /// Of these only those that are trusted.
    Trusted,
}

/// What knows the trusted documents.
#[async_trait]
pub trait Trusted: std::fmt::Debug + Send + Sync + 'static {
    /// Whether the document with this hash is trusted. Asked for each request,
    /// also with hashes that somebody made up, so it must be cheap.
    fn knows(&self, hash: &Hash) -> bool;

    /// The text of a trusted document, whose SHA-256 is the hash.
    ///
    /// # Errors
    ///
    /// When nobody can tell now.
    async fn text(&self, hash: &Hash) -> Result<Option<String>, Fault>;
}

/// Where no document is trusted.
#[derive(Clone, Copy, Debug)]
pub struct Untrusting;

#[async_trait]
impl Trusted for Untrusting {
    fn knows(&self, _: &Hash) -> bool {
        false
    }

    async fn text(&self, _: &Hash) -> Result<Option<String>, Fault> {
        Ok(None)
    }
}
