//! The `mukalma` command.

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use server::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A terminal breaks lines better than we can: URLs and commands stay whole.
    let plain = |_: &_| Box::new(miette::MietteHandlerOpts::new().wrap_lines(false).build()) as _;
    miette::set_hook(Box::new(plain)).expect("nothing was reported before");
    let cli = Cli::parse();
    match server::commands::run(&cli, &mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// Says what went wrong, and what to do, to the person at the terminal.
#[expect(
    clippy::print_stderr,
    reason = "the one place where a command's failure is told"
)]
fn report(error: &miette::Report) -> ExitCode {
    eprintln!("{error:?}");
    ExitCode::FAILURE
}
