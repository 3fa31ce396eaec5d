//! The codes by which a question names what the directory holds.

use domain::is_code;
use door::fault::Fault;

/// The code that a question names something by. What cannot be one is the client's
/// mistake, and no database is asked for it; a code of nothing finds nothing.
pub(crate) fn parse_code(text: String) -> async_graphql::Result<String> {
    if is_code(&text) {
        Ok(text)
    } else {
        Err(Fault::BadUserInput.because("A code has 1 to 40 capitals, digits, dots or _."))
    }
}
