//! What is written for people and for the process that started this one.

use std::io::{self, Write as _};

/// A line of result.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// A line about what is being done.
pub(crate) fn note(text: &str) -> io::Result<()> {
    writeln!(io::stderr().lock(), "{text}")
}
