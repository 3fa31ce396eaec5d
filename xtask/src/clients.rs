//! `cargo xtask clients`: tries the server with clients that others wrote.
//!
//! They are installed by name, at the versions that `clients/` pins, from the
//! registries that npm and pip are set up with, into a folder outside the tree,
//! where the next run finds them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{NPM, Outcome, POSTGRES, POSTGRES_DEFAULT, root, run, say, server, step};

/// Where what is tried with stands, in the workspace's directory.
const FOLDER: &str = "clients";

/// What is pinned. Another content of any is another installation.
const PINNED: [&str; 3] = ["package.json", "package-lock.json", "requirements.txt"];

/// The file that says that an installation is whole.
const WHOLE: &str = "whole";

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// The tools that are not here, of those that the clients need.
pub(super) fn missing() -> Vec<&'static str> {
    let starts = |tool: &&str| {
        let mut command = Command::new(tool);
        command.arg("--version").stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let tools = ["node", NPM, PYTHON];
    tools.into_iter().filter(|tool| !starts(tool)).collect()
}

/// Builds the server, installs the clients where they are not yet, and runs
/// them on both databases.
pub(super) fn try_all() -> Outcome {
    let missing = missing();
    if !missing.is_empty() {
        return Err(format!(
            "the clients need {}, which is not here; install Node.js 20.11 or later with npm, and Python 3.9 or \
             later with venv",
            missing.join(" and "),
        ));
    }
    step("the server");
    let binary = server()?;
    let installed = install()?;
    step("clients that others wrote");
    // A folder of its own, so that two trees can be tried at once; Node.js finds
    // the packages in the folder above.
    let scripts = installed.join(format!("run-{}", std::process::id()));
    let outcome = copy(&scripts).and_then(|()| {
        let postgres = std::env::var(POSTGRES).unwrap_or_else(|_| POSTGRES_DEFAULT.to_owned());
        run(Command::new("node")
            .arg(scripts.join("run.mjs"))
            .arg(binary)
            .arg(root())
            .arg(python(&installed))
            .arg(postgres))
    });
    // What is left of it is only in the way.
    let _gone_already = fs::remove_dir_all(&scripts);
    outcome
}

/// The folder that the pinned packages stand in, installed if they are not yet.
fn install() -> Result<PathBuf, String> {
    let own = root().join(FOLDER);
    let mut pinned = Vec::new();
    for name in PINNED {
        let content = fs::read(own.join(name));
        pinned.extend(content.map_err(|error| format!("cannot read {FOLDER}/{name}: {error}"))?);
    }
    let name = format!("{FOLDER}-{}", &super::graphiql::sum(&pinned)[..16]);
    let folder = cache()?.join("mukalma").join(name);
    let whole = folder.join(WHOLE);
    if whole.exists() {
        return Ok(folder);
    }
    step("the pinned packages of npm and PyPI; this takes a minute, once");
    // What was broken off is begun anew.
    let _was_not_there = fs::remove_dir_all(&folder);
    let written = |error| format!("cannot write the clients' folder: {error}");
    fs::create_dir_all(&folder).map_err(written)?;
    for name in PINNED {
        fs::copy(own.join(name), folder.join(name)).map_err(written)?;
    }
    // Nothing of a package runs while it is installed.
    run(Command::new(NPM).current_dir(&folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    run(Command::new(PYTHON)
        .current_dir(&folder)
        .args(["-m", "venv", "python"]))?;
    run(Command::new(python(&folder)).current_dir(&folder).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        "requirements.txt",
    ]))?;
    fs::write(whole, "").map_err(written)?;
    Ok(folder)
}

/// Where a user's programs keep what can be fetched again.
fn cache() -> Result<PathBuf, String> {
    let named = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    named("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| named("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .or_else(|| named("LOCALAPPDATA").map(PathBuf::from))
        .ok_or_else(|| "neither XDG_CACHE_HOME nor HOME says where to install the clients".into())
}

fn python(folder: &Path) -> PathBuf {
    let parts = if cfg!(windows) {
        ["Scripts", "python.exe"]
    } else {
        ["bin", "python"]
    };
    folder.join("python").join(parts[0]).join(parts[1])
}

fn copy(to: &Path) -> Outcome {
    let copying = || {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(root().join(FOLDER))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), to.join(entry.file_name()))?;
            }
        }
        Ok(())
    };
    copying().map_err(|error: std::io::Error| format!("cannot copy the clients' files: {error}"))
}

/// The same where a developer may do without: what CI cannot leave out.
pub(super) fn try_all_if_possible() -> Outcome {
    let missing = missing();
    if missing.is_empty() || std::env::var_os("CI").is_some() {
        return try_all();
    }
    say(&format!(
        "left out, for {} is not here; CI tries them",
        missing.join(" and ")
    ));
    Ok(())
}
