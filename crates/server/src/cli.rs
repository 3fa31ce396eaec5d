//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::Sources;

/// Mukalma: a standing dialogue between civil society, young people and the
/// state on transnational organized crime.
#[derive(Debug, Parser)]
#[command(
    name = "mukalma",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  mukalma serve --demo          try everything, with a forum to look at
  mukalma config reference      what can be set, and how
  mukalma doctor                what stands in the way of a good start

Settings come from flags, variables MUKALMA_…, mukalma.toml, and defaults, in this order."
)]
pub struct Cli {
    /// Flags that every command understands.
    #[command(flatten)]
    pub settings: SettingFlags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Settings that are flags of every command.
#[derive(Debug, Args)]
pub struct SettingFlags {
    /// Read this file instead of mukalma.toml
    #[arg(
        long,
        global = true,
        env = "MUKALMA_CONFIG",
        value_name = "FILE",
        help_heading = "Settings"
    )]
    pub config: Option<PathBuf>,
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
    ///
    /// Other users of the machine can read a process's flags: a password
    /// belongs in MUKALMA_DATABASE_URL or in the file.
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    pub database_url: Option<String>,
    /// The directory of everything that is kept in files
    #[arg(
        long,
        global = true,
        value_name = "DIRECTORY",
        help_heading = "Settings"
    )]
    pub data_dir: Option<String>,
    /// How log lines look: text or json
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings")]
    pub log_format: Option<String>,
    /// The least important log lines: error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Settings")]
    pub log_level: Option<String>,
    /// Any other setting; may be given several times
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_and_value, help_heading = "Settings")]
    pub set: Vec<(String, String)>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("a key and a value, such as login.burst=5")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    #[command(after_help = "\
Examples:
  mukalma serve --demo                        a forum to try, in data/
  mukalma serve --listen 127.0.0.1:9000
  MUKALMA_DATABASE_URL=postgres://mukalma:secret@localhost/mukalma mukalma serve

The first start makes the database and the keys. Without --demo it prints, once, the link that makes
the first administrator.")]
    Serve(ServeArgs),
    /// Change the database's tables to what this version needs, or look
    #[command(
        subcommand,
        after_help = "\
Examples:
  mukalma migrate status
  mukalma migrate up
  mukalma migrate up --serve-as mukalma_server      on PostgreSQL, signed in as the tables' owner

`serve` applies what is missing by itself. Copy the database before going down: what a step added is lost."
    )]
    Migrate(MigrateCommand),
    /// Fill an empty database with an invented forum of any size
    #[command(after_help = "\
Examples:
  mukalma seed --threads 1000 --posts 10000
  mukalma seed --threads 100000 --posts 1000000 --seed 7

The same numbers write the same forum. A database that holds a forum is refused.")]
    Seed(SeedArgs),
    /// See to accounts while the server is stopped, or on PostgreSQL while it runs
    #[command(
        subcommand,
        after_help = "\
Examples:
  mukalma admin create --login noor
  mukalma admin reset-password --login noor"
    )]
    Admin(AdminCommand),
    /// The API's schema
    #[command(
        subcommand,
        after_help = "\
Example:
  mukalma schema print > schema.graphql"
    )]
    Schema(SchemaCommand),
    /// The settings
    #[command(
        subcommand,
        after_help = "\
Examples:
  mukalma config check
  MUKALMA_LOGIN_BURST=5 mukalma config print
  mukalma config reference > configuration.md"
    )]
    Config(ConfigCommand),
    /// Check everything a good start needs, and say what to do about the rest
    #[command(after_help = "\
It looks at the database's version, locale and write access, migrations, disk, clock and the modes of
the keys. The exit status is 1 if something must be seen to.")]
    Doctor,
    /// Write an encrypted copy of everything, also while the server runs
    #[command(after_help = "\
Examples:
  mukalma backup --to forum.age
  mukalma backup --to forum.age --recipient age1…

Without --recipient the copy can be opened with the server's own backup.key. The keys are not in it: keep
a copy of them elsewhere, or a lost machine loses its copies too.")]
    Backup(BackupArgs),
    /// Read a copy into an empty database
    #[command(after_help = "\
Examples:
  mukalma restore --from forum.age
  mukalma restore --from forum.age --identity recovery.key --database-url postgres://…

The copy may come from either kind of database. Everybody signs in anew, and live readers read anew. Codes
that were used since are good again. Compare the digest with the one that `backup` printed.")]
    Restore(RestoreArgs),
    /// Read the audit log, and prove that it says what it said
    #[command(
        subcommand,
        after_help = "\
Examples:
  mukalma audit verify
  mukalma audit verify --checkpoints kept-elsewhere --key \"$(cat audit.pub)\"
  mukalma audit prove 12 > proof; mukalma audit check proof
  mukalma audit list --from 100

Every privileged act, every view of sealed or held words and every change of a role, key or rule is an
entry. All of it works on a copy of the database, without the server."
    )]
    Audit(AuditCommand),
    /// Print what makes a shell complete these commands
    #[command(after_help = "\
Examples:
  mukalma completions bash > ~/.local/share/bash-completion/completions/mukalma
  mukalma completions fish > ~/.config/fish/completions/mukalma.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// `serve`.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// Make a demonstration: a forum with content, and accounts whose password is printed
    #[arg(long)]
    pub demo: bool,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The address to serve /metrics on
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<String>,
}

/// `migrate`.
#[derive(Debug, Clone, Subcommand)]
pub enum MigrateCommand {
    /// Apply what is missing
    Up {
        /// Let this PostgreSQL role serve the forum, which owns no table and so cannot change the audit log
        #[arg(long, value_name = "ROLE")]
        serve_as: Option<String>,
    },
    /// Show what is applied and what is missing
    Status,
    /// Take the last steps back; what they added is lost
    Down {
        /// How many steps
        #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        /// Do it although the database holds a forum
        #[arg(long)]
        yes: bool,
    },
}

/// `seed`.
#[derive(Debug, Clone, Copy, Args)]
pub struct SeedArgs {
    /// How many threads
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub threads: u64,
    /// How many posts, in all threads together
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(0..=100_000_000))]
    pub posts: u64,
    /// Any number; another one writes another forum
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub seed: u64,
    /// Where the password of all accounts comes from
    #[command(flatten)]
    pub password: PasswordArgs,
}

/// `admin`.
#[derive(Debug, Clone, Subcommand)]
pub enum AdminCommand {
    /// Make an administrator's account and print its recovery codes
    Create {
        /// What the account signs in with
        #[arg(long)]
        login: String,
        /// The name others see; without it, the login
        #[arg(long)]
        name: Option<String>,
        /// Where the password comes from
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Give an account a new password and end its sessions
    ResetPassword {
        /// What the account signs in with
        #[arg(long)]
        login: String,
        /// Where the password comes from
        #[command(flatten)]
        password: PasswordArgs,
    },
}

/// Where a password comes from. It is never a flag's value: other users of
/// the machine could read it.
#[derive(Debug, Clone, Copy, Args)]
pub struct PasswordArgs {
    /// Read the password from the standard input instead of generating and printing one
    #[arg(long)]
    pub password_stdin: bool,
}

/// `schema`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum SchemaCommand {
    /// Print the schema in its definition language
    Print,
}

/// `config`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting's value and where it came from; secrets are masked
    Print,
    /// Say what is wrong with the settings, and what is allowed
    Check,
    /// Describe every setting, as Markdown
    Reference,
}

/// `audit`.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Prove that nothing was changed, removed or put in; the exit status is 1 if something was
    Verify(VerifyArgs),
    /// Print a proof that an entry is in the log
    Prove {
        /// Which, counted from 0
        entry: u64,
    },
    /// Check such a proof, without a database
    Check {
        /// The file of the proof
        proof: PathBuf,
        /// The log's public key; without it, that of the server's own
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Print the entries: which, when, what, by whom, to whom, to what, and how
    List(ListArgs),
    /// Print the public key, which whoever checks the log needs
    Key,
}

/// `audit verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// A file of checkpoints that was kept elsewhere; may be given several times. Without it, the server's own
    #[arg(long, value_name = "FILE")]
    pub checkpoints: Vec<PathBuf>,
    /// The log's public key; without it, that of the server's own
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// `audit list`.
#[derive(Debug, Clone, Copy, Args)]
pub struct ListArgs {
    /// From this entry on, counted from 0
    #[arg(long, default_value_t = 0, value_name = "ENTRY")]
    pub from: u64,
    /// At most so many
    #[arg(long, default_value_t = 1_000, value_name = "NUMBER")]
    pub most: u64,
}

/// `backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file to write; one that is there is not replaced
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Who can open it, as a recipient of age (age1…); may be given several times
    #[arg(long, value_name = "RECIPIENT")]
    pub recipient: Vec<String>,
}

/// `restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The file to read
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The file of the identity that opens it; without it, the server's own backup.key
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

impl Cli {
    /// Where the settings come from: these flags, the process's environment
    /// and the file.
    pub fn sources(&self) -> Sources {
        let mut sources = Sources::of_process();
        if let Some(file) = &self.settings.config {
            sources.file = Some(file.clone());
        }
        sources.flags = self.flags();
        sources
    }

    /// The settings that were given as flags. What `--set` says comes first,
    /// so that a setting's own flag wins.
    pub fn flags(&self) -> Vec<(String, String)> {
        let mut flags = self.settings.set.clone();
        let mut add = |key: &str, value: &Option<String>| {
            flags.extend(value.clone().map(|value| (key.to_owned(), value)));
        };
        add("database.url", &self.settings.database_url);
        add("data_dir", &self.settings.data_dir);
        add("log.format", &self.settings.log_format);
        add("log.level", &self.settings.log_level);
        if let Command::Serve(serve) = &self.command {
            add("listen", &serve.listen);
            add("metrics_listen", &serve.metrics_listen);
            add("demo", &serve.demo.then(|| "true".to_owned()));
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::config::SETTINGS;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_of_a_setting_is_there_and_reaches_it() {
        let command = Cli::command();
        let serve = command.find_subcommand("serve").unwrap();
        for setting in SETTINGS {
            let Some(flag) = setting.flag else { continue };
            let name = flag.trim_start_matches("--");
            let argument = command
                .get_arguments()
                .chain(serve.get_arguments())
                .find(|argument| argument.get_long() == Some(name))
                .unwrap_or_else(|| panic!("{flag} is no flag"));
            let takes_value = argument.get_action().takes_values();
            let line = format!(
                "mukalma serve {flag} {}",
                if takes_value { "x" } else { "" }
            );
            let expected = if takes_value { "x" } else { "true" };
            let flags = parse(&line).unwrap().flags();
            assert_eq!(flags, [(setting.key.to_owned(), expected.to_owned())]);
        }
    }

    #[test]
    fn a_settings_own_flag_wins_over_set() {
        let cli = parse("mukalma serve --listen 127.0.0.1:2 --set listen=127.0.0.1:1").unwrap();
        assert_eq!(
            cli.flags().last().unwrap(),
            &("listen".to_owned(), "127.0.0.1:2".to_owned())
        );
    }

    #[test]
    fn settings_may_stand_after_the_command() {
        let cli = parse("mukalma config print --data-dir elsewhere --set login.burst=5").unwrap();
        let flags: Vec<_> = cli.flags();
        assert_eq!(flags[0], ("login.burst".to_owned(), "5".to_owned()));
        assert_eq!(flags[1], ("data_dir".to_owned(), "elsewhere".to_owned()));
    }

    #[test]
    fn every_command_of_the_manual_is_understood() {
        for line in [
            "mukalma serve",
            "mukalma serve --demo",
            "mukalma migrate up",
            "mukalma migrate status",
            "mukalma migrate down",
            "mukalma migrate down --steps 3 --yes",
            "mukalma seed --threads 10 --posts 100",
            "mukalma seed --threads 10 --posts 100 --seed 7",
            "mukalma admin create --login noor",
            "mukalma admin create --login noor --name Noor --password-stdin",
            "mukalma admin reset-password --login noor",
            "mukalma schema print",
            "mukalma config print",
            "mukalma config check",
            "mukalma config reference",
            "mukalma doctor",
            "mukalma backup --to forum.age --recipient age1abc --recipient age1def",
            "mukalma restore --from forum.age",
            "mukalma completions fish",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_missing_or_out_of_range_is_refused() {
        for line in [
            "mukalma",
            "mukalma sing",
            "mukalma seed --threads 10",
            "mukalma seed --threads 0 --posts 1",
            "mukalma migrate down --steps 0",
            "mukalma admin create",
            "mukalma completions tcsh",
            "mukalma serve --set listen",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn every_command_has_an_example_or_an_explanation() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_after_help().is_some(), "{}", command.get_name());
        }
    }
}
