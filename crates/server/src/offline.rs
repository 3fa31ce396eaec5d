//! The commands that need neither a database nor a running server.

use std::io::{self, Write};

use clap::CommandFactory as _;

use crate::cli::{Cli, Command, ConfigCommand};
use crate::config::{self, Config, Sources};

/// Does what the command says, if it is one of those; `None` for others.
pub fn run(cli: &Cli, sources: &Sources, out: &mut dyn Write) -> Option<miette::Result<()>> {
    let text = match &cli.command {
        Command::Completions { shell } => Ok(completions(*shell)),
        Command::Config(ConfigCommand::Reference) => Ok(config::reference()),
        Command::Config(ConfigCommand::Print) => {
            loaded(sources).map(|loaded| config::print(&loaded))
        }
        Command::Config(ConfigCommand::Check) => {
            loaded(sources).map(|_| "the settings are right\n".to_owned())
        }
        _ => return None,
    };
    Some(text.and_then(|text| write(out, &text)))
}

fn loaded(sources: &Sources) -> miette::Result<config::Loaded> {
    Ok(Config::load(sources)?)
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "mukalma", &mut script);
    String::from_utf8(script).expect("the names of the commands are text")
}

/// Writes a whole answer; a reader who has seen enough is no failure.
pub(crate) fn write(out: &mut dyn Write, text: &str) -> miette::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| miette::miette!("cannot write the answer: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn answer(line: &str) -> Option<miette::Result<String>> {
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        let sources = Sources {
            flags: cli.flags(),
            ..Sources::default()
        };
        let mut out = Vec::new();
        run(&cli, &sources, &mut out).map(|done| done.map(|()| String::from_utf8(out).unwrap()))
    }

    #[test]
    fn completions_know_the_commands() {
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let script = answer(&format!("mukalma completions {shell}"))
                .unwrap()
                .unwrap();
            assert!(script.contains("doctor"), "{shell}");
        }
    }

    #[test]
    fn the_settings_are_printed_with_where_they_came_from() {
        let printed = answer("mukalma config print --set login.burst=5")
            .unwrap()
            .unwrap();
        let line = printed
            .lines()
            .find(|line| line.starts_with("login.burst "))
            .unwrap();
        assert!(
            line.contains("= 5 ") && line.ends_with("# --set login.burst"),
            "{line}"
        );
    }

    #[test]
    fn a_wrong_setting_fails_the_check_and_says_what_is_allowed() {
        let error = answer("mukalma config check --set login.burst=none")
            .unwrap()
            .unwrap_err();
        let shown = format!("{error:?}");
        assert!(shown.contains("login.burst cannot be `none`"), "{shown}");
        assert!(shown.contains("a whole number from 1 to 1000"), "{shown}");
    }

    #[test]
    fn what_needs_a_database_is_left_to_others() {
        assert!(answer("mukalma doctor").is_none());
        assert!(answer("mukalma serve").is_none());
    }
}
