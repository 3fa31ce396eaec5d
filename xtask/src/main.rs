//! `cargo xtask`: what is done to the project, from checking to measuring.

mod clients;
mod graphiql;
mod order;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const USAGE: &str = "\
cargo xtask <task>

  check             everything CI checks, in CI's order: formatting, lints, documents,
                    the tests on SQLite and on PostgreSQL, schema.graphql, the clients
  schema            writes schema.graphql from the server's types
  schema --check    fails when schema.graphql is not what the server would write
  bless             writes schema.graphql and accepts every snapshot as it is now;
                    read the diff before you commit it
  graphiql          fetches GraphiQL's files into data/graphiql with npm, each checked
                    against its sum; the server serves them from there
  clients           tries the server, on both databases, with clients that others wrote
                    and that npm and pip install into a folder outside the tree
  bench [options]   builds for release, seeds databases under target/bench and compares
                    the server with the floors; --quick for a first look, --help for
                    the rest
  bench detect      says what detection adds to a post: personal information, danger,
                    what is written elsewhere, links
  bench hostile     says what hostile documents cost, and attacks a server of its own
  order [URL ...]   writes crates/server/start.names: what a start runs, counted by
                    valgrind, on SQLite and on the databases at the addresses given

PostgreSQL is looked for at MUKALMA_TEST_POSTGRES_URL,
postgres://root@127.0.0.1:5432/postgres when that is not set; each test makes its own
database there and drops it.
";

/// Where the tests look for PostgreSQL.
const POSTGRES: &str = "MUKALMA_TEST_POSTGRES_URL";
const POSTGRES_DEFAULT: &str = "postgres://root@127.0.0.1:5432/postgres";

/// What npm is called.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

const SCHEMA: &str = "schema.graphql";

/// What went wrong, for a person to read.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["check"] => check(),
        ["schema"] => write_schema(),
        ["schema", "--check"] => check_schema(),
        ["bless"] => bless(),
        ["graphiql"] => graphiql::fetch(),
        ["clients"] => clients::try_all(),
        ["bench", options @ ..] => bench(options),
        ["order", urls @ ..] => order::write(urls),
        ["help" | "--help" | "-h"] => {
            say(USAGE);
            Ok(())
        }
        [] => Err(USAGE.to_owned()),
        other => Err(format!("there is no task {:?}\n\n{USAGE}", other.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&reason);
            ExitCode::FAILURE
        }
    }
}

fn check() -> Outcome {
    step("formatting");
    run(cargo(&["fmt", "--all", "--check"]))?;
    step("lints");
    run(cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    step("documents");
    run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    step("tests on SQLite; the data map is one of them");
    run(cargo(&["test", "--workspace"]).env_remove(POSTGRES))?;
    step("tests on PostgreSQL");
    let url = std::env::var(POSTGRES).unwrap_or_else(|_| POSTGRES_DEFAULT.to_owned());
    run(cargo(&["test", "--workspace"]).env(POSTGRES, url))?;
    step("schema.graphql");
    check_schema()?;
    step("clients");
    clients::try_all_if_possible()?;
    say("all of it holds");
    Ok(())
}

/// Builds the server and says where it is. With the whole workspace, as the
/// tests build it: by itself it has dependencies with fewer features, which
/// would all be built once more.
fn server() -> Result<PathBuf, String> {
    run(cargo(&[
        "build",
        "--quiet",
        "--workspace",
        "--bins",
        "--tests",
    ]))?;
    let name = format!("mukalma{}", std::env::consts::EXE_SUFFIX);
    Ok(target().join("debug").join(name))
}

/// The schema in the server's own words.
fn schema() -> Result<Vec<u8>, String> {
    let output = Command::new(server()?)
        .args(["schema", "print"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("the server does not start: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!(
            "the server did not print its schema ({})",
            output.status
        ))
    }
}

fn write_schema() -> Outcome {
    let path = root().join(SCHEMA);
    fs::write(&path, schema()?).map_err(|error| format!("cannot write {SCHEMA}: {error}"))
}

fn check_schema() -> Outcome {
    let wanted = schema()?;
    let found = fs::read(root().join(SCHEMA)).unwrap_or_default();
    if found == wanted {
        return Ok(());
    }
    let (found, wanted) = (
        String::from_utf8_lossy(&found),
        String::from_utf8_lossy(&wanted),
    );
    let same = found
        .lines()
        .zip(wanted.lines())
        .take_while(|(a, b)| a == b)
        .count();
    Err(format!(
        "{SCHEMA} is not what the server would write; they part at line {}:\n  {SCHEMA}: {}\n  server: {}\n\
         Write it anew with: cargo xtask schema",
        same + 1,
        found.lines().nth(same).unwrap_or("(ends here)"),
        wanted.lines().nth(same).unwrap_or("(ends here)"),
    ))
}

fn bless() -> Outcome {
    write_schema()?;
    // Tests that compare more than snapshots may still fail, and should.
    run(cargo(&["test", "--workspace", "--no-fail-fast"]).env("INSTA_UPDATE", "always"))
}

fn bench(options: &[&str]) -> Outcome {
    run(cargo(&[
        "build",
        "--release",
        "--package",
        "mukalma",
        "--package",
        "mukalma-bench",
    ]))?;
    let target = target();
    let mut command = Command::new(target.join("release").join("bench"));
    command.current_dir(root());
    match options {
        ["detect"] => command.arg("detect"),
        ["hostile", options @ ..] => command
            .args(["hostile", "--directory"])
            .arg(target.join("bench").join("hostile"))
            .args(options),
        _ => command
            .args(["run", "--directory"])
            .arg(target.join("bench"))
            .args(options),
    };
    run(&mut command)
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The workspace's directory.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// A call of the cargo that runs this.
fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a command with its output for everyone to see.
fn run(mut command: impl std::borrow::BorrowMut<Command>) -> Outcome {
    let command = command.borrow_mut();
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| {
            Path::new(word)
                .file_name()
                .unwrap_or(word)
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let words = words.join(" ");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed ({status}): {words}")),
        Err(error) => Err(format!("does not start ({error}): {words}")),
    }
}

fn step(what: &str) {
    say(&format!("— {what}"));
}

/// A line to whoever called. When nobody listens any more, nothing is lost.
fn say(text: &str) {
    let _unheard = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
