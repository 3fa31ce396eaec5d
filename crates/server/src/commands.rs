//! The commands that work on a database, and the server itself.

mod admin;
mod audit;
mod backup;
mod doctor;
mod migrate;
mod password;
mod seed;

use std::io::Write;

use miette::IntoDiagnostic as _;

use crate::cli::{AdminCommand, Cli, Command, MigrateCommand, SchemaCommand};
use crate::config::{Config, Loaded};
use crate::{lock, offline, serve};

/// What a command says goes here.
pub type Out<'a> = &'a mut (dyn Write + Send);

/// Does what the command line says.
pub fn run(cli: &Cli, out: Out<'_>) -> miette::Result<()> {
    if let Some(done) = offline::run(cli, &cli.sources(), out) {
        return done;
    }
    if let Command::Schema(SchemaCommand::Print) = &cli.command {
        return offline::write(out, &api::schema::sdl());
    }
    let loaded = Config::load(&cli.sources())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .into_diagnostic()?;
    runtime.block_on(run_on(cli, loaded, out))
}

async fn run_on(cli: &Cli, loaded: Loaded, out: Out<'_>) -> miette::Result<()> {
    if matches!(cli.command, Command::Serve(_)) {
        return serve::run(loaded, out).await;
    }
    let config = loaded.config;
    match &cli.command {
        Command::Migrate(MigrateCommand::Up { serve_as }) => {
            migrate::up(&config, serve_as.as_deref(), out).await
        }
        Command::Migrate(MigrateCommand::Status) => migrate::status(&config, out).await,
        Command::Migrate(MigrateCommand::Down { steps, yes }) => {
            let lost = migrate::Lost::may_be(*yes);
            migrate::down(&config, *steps, lost, out).await
        }
        Command::Seed(args) => seed::run(&config, args, out).await,
        Command::Admin(AdminCommand::Create {
            login,
            name,
            password,
        }) => {
            let name = name.as_deref().unwrap_or(login);
            admin::create(&config, login, name, *password, out).await
        }
        Command::Admin(AdminCommand::ResetPassword { login, password }) => {
            admin::reset_password(&config, login, *password, out).await
        }
        Command::Audit(what) => audit::run(&config, what, out).await,
        Command::Doctor => doctor::run(&config, out).await,
        Command::Backup(args) => backup::backup(&config, args, out).await,
        Command::Restore(args) => backup::restore(&config, args, out).await,
        Command::Serve(_)
        | Command::Schema(_)
        | Command::Config(_)
        | Command::Completions { .. } => {
            unreachable!("answered before")
        }
    }
}

/// An embedded database that is not there must not be made by a command that
/// only works on what is there.
fn refuse_missing(config: &Config) -> miette::Result<()> {
    match lock::database_file(config) {
        Some(file) if !file.try_exists().into_diagnostic()? => Err(miette::miette!(
            help = "name the database with MUKALMA_DATABASE_URL, or its directory with MUKALMA_DATA_DIR",
            "there is no database at {}",
            file.display()
        )),
        _ => Ok(()),
    }
}
