//! `bench`: what a request costs, as a ratio to the least it could cost.
//!
//! `bench run` starts a floor and the server on the same seeded database, sends
//! both the same load in turns and compares the CPU they and the database
//! took. The load comes from processes of its own, so that it is not counted.

// The optimizer looks deep into the futures of the schema, which `hostile` asks
// in this process.
#![recursion_limit = "256"]

mod clock;
mod database;
mod detect;
mod floor;
mod hostile;
mod http;
mod load;
mod output;
mod prepare;
mod process;
mod run;
mod watch;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the server against a floor.
#[derive(Debug, Parser)]
#[command(name = "bench", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes and seeds the databases that `run` uses
    Prepare(prepare::Prepare),
    /// Measures everything and prints one table
    Run(run::Run),
    /// Serves the floor
    Floor(floor::Floor),
    /// Sends requests as fast as they are answered
    Load(load::Load),
    /// Watches one thread with many websockets while posts are added
    Watch(watch::Watch),
    /// Says what hostile documents, and hostile connections, cost
    Hostile(hostile::HostileRun),
    /// Says what detection adds to a post
    Detect,
}

#[tokio::main]
async fn main() -> anyhow::Result<std::process::ExitCode> {
    match Cli::parse().command {
        Command::Prepare(prepare) => prepare::prepare(&prepare).await?,
        Command::Run(run) => return run::run(&run).await,
        Command::Floor(floor) => floor::serve(floor).await?,
        Command::Load(load) => load::load(load).await?,
        Command::Watch(watch) => watch::watch(watch).await?,
        Command::Detect => {
            if !detect::measure()? {
                return Ok(std::process::ExitCode::FAILURE);
            }
        }
        Command::Hostile(args) => {
            if !hostile::measure(&args).await? {
                return Ok(std::process::ExitCode::FAILURE);
            }
        }
    }
    Ok(std::process::ExitCode::SUCCESS)
}
