//! `cargo xtask graphiql`: fetches GraphiQL's files with npm.

#[path = "../../crates/door/src/graphiql/files.rs"]
#[expect(unreachable_pub, reason = "in the crate it stands in, it is public")]
mod files;

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

pub(super) use self::files::sum;
use self::files::{FILES, File};
use super::{NPM, Outcome, root, run, say, step};

/// Where the server looks for them when nothing else is said, from the
/// workspace's directory.
const FOLDER: [&str; 2] = ["data", "graphiql"];

const NO_NPM: &str = "\
npm is not here. It comes with Node.js, and only this task needs it: without GraphiQL the
server offers its own explorer.";

/// Fetches the packages that are pinned, by name from the registry that npm is
/// set up with, checks the sum of each file that is needed, and only then
/// writes any.
pub(super) fn fetch() -> Outcome {
    let folder = root().join(FOLDER[0]).join(FOLDER[1]);
    let shown = FOLDER.join("/");
    let is_there = |file: &File| {
        fs::read(folder.join(file.name)).is_ok_and(|bytes| sum(&bytes) == file.sha256)
    };
    if FILES.iter().all(is_there) {
        say(&format!("{shown} holds GraphiQL already"));
        return Ok(());
    }
    let scratch = root().join("target").join("graphiql");
    let fetched = fetch_into(&scratch);
    // What is left of it is only in the way of the next run.
    let _gone_already = fs::remove_dir_all(&scratch);
    let fetched = fetched?;
    make(&folder)?;
    for (file, bytes) in fetched {
        // A reader finds the old file or the new one whole.
        let (part, whole) = (
            folder.join(format!("{}.part", file.name)),
            folder.join(file.name),
        );
        fs::write(&part, bytes)
            .and_then(|()| fs::rename(&part, &whole))
            .map_err(|error| format!("cannot write {shown}/{}: {error}", file.name))?;
    }
    say(&format!(
        "{shown} holds GraphiQL now; a server that runs already must be started anew to serve it"
    ));
    Ok(())
}

fn fetch_into(scratch: &Path) -> Result<Vec<(&'static File, Vec<u8>)>, String> {
    let mut packages: Vec<&str> = FILES.iter().map(|file| file.package).collect();
    packages.dedup();
    let (mut all, mut others) = (Vec::new(), Vec::new());
    for package in packages {
        step(package);
        let folder = scratch.join(package);
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make a folder under target: {error}"))?;
        pack(package, &folder)?;
        for file in FILES.iter().filter(|file| file.package == package) {
            let path = folder.join("package").join(file.path);
            let bytes = fs::read(path)
                .map_err(|error| format!("{package} has no {}: {error}", file.path))?;
            let found = sum(&bytes);
            if found != file.sha256 {
                others.push(format!(
                    "\n  {} of {package}\n    pinned  {}\n    fetched {found}",
                    file.path, file.sha256,
                ));
            }
            all.push((file, bytes));
        }
    }
    if others.is_empty() {
        return Ok(all);
    }
    Err(format!(
        "these are not the files that are pinned, so nothing was written:{}",
        others.concat(),
    ))
}

/// Fetches a package and unpacks it into a folder. Nothing of it runs, and what
/// it depends on stays where it is.
fn pack(package: &str, folder: &Path) -> Outcome {
    let mut npm = Command::new(NPM);
    npm.current_dir(folder)
        .args(["pack", "--loglevel=error", "--ignore-scripts", package]);
    let output = npm
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => NO_NPM.to_owned(),
            _ => format!("npm does not start: {error}"),
        })?;
    if !output.status.success() {
        return Err(format!(
            "npm could not fetch {package} ({}); is there a network?",
            output.status
        ));
    }
    let archive = String::from_utf8_lossy(&output.stdout);
    let archive = archive.trim().lines().last().unwrap_or_default();
    run(Command::new("tar")
        .current_dir(folder)
        .args(["-xzf", archive]))
}

/// Makes the folder. Its parent holds the server's secrets, too, and is for its
/// user alone.
fn make(folder: &Path) -> Outcome {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| format!("cannot make {}: {error}", FOLDER.join("/")))
}
