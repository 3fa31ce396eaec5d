//! Texts that must not get into a log.

use std::fmt;

use async_graphql::NewType;

/// A password, a code or a token. To GraphQL it is a String.
#[derive(NewType, Clone)]
pub struct Secret(pub(crate) String);

/// Hides the text.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
