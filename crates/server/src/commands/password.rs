//! Where a command's password comes from.

use std::io::Read as _;

use miette::IntoDiagnostic as _;

use crate::cli::PasswordArgs;
use crate::config::Config;
use crate::demo;

/// A password, and whether it was made here and must be told.
pub(super) struct Given {
    pub(super) password: String,
    pub(super) generated: bool,
}

/// Reads the password from the standard input, or makes one.
pub(super) fn given(config: &Config, args: PasswordArgs) -> miette::Result<Given> {
    if !args.password_stdin {
        let password = demo::generate(config.password.min_length);
        return Ok(Given {
            password,
            generated: true,
        });
    }
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .into_diagnostic()?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Given {
        password,
        generated: false,
    })
}
