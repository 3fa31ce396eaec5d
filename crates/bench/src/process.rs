//! Processes that are started, and what they cost, from `/proc`.

use anyhow::{Context as _, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// `USER_HZ`: what `/proc` counts CPU in. The kernel tells programs 100,
/// whatever it uses itself.
const TICKS_A_SECOND: f64 = 100.0;

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pub(crate) pid: u32,
}

/// A process that is talked with: its lines, and its input.
#[derive(Debug)]
pub(crate) struct Talking {
    child: Child,
    pub(crate) lines: Lines<BufReader<ChildStdout>>,
    pub(crate) input: ChildStdin,
}

/// What to start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: BTreeMap<String, String>,
    /// Where it runs; here where nothing is said.
    pub(crate) directory: Option<PathBuf>,
    /// What it reads, if it is run to its end.
    pub(crate) input: Option<String>,
    /// Where what it says about itself goes.
    pub(crate) log: Option<PathBuf>,
}

impl Program {
    pub(crate) fn new(path: &Path, arguments: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
            ..Self::default()
        }
    }

    fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .envs(&self.environment)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(directory) = &self.directory {
            std::fs::create_dir_all(directory)?;
            command.current_dir(directory);
        }
        if let Some(log) = &self.log {
            let log = std::fs::File::create(log)?;
            command.stdout(log.try_clone()?).stderr(log);
        }
        Ok(command)
    }

    fn failed_to_start(&self) -> String {
        format!(
            "cannot start {}; build it first: cargo build --release -p mukalma -p mukalma-bench",
            self.path.display()
        )
    }

    /// Starts it and leaves it running.
    pub(crate) fn start(&self) -> anyhow::Result<Running> {
        let child = self
            .command()?
            .spawn()
            .with_context(|| self.failed_to_start())?;
        let pid = child.id().context("it has ended already")?;
        Ok(Running { child, pid })
    }

    /// Starts it with its output and input in our hands.
    pub(crate) fn talk(&self) -> anyhow::Result<Talking> {
        let mut child = self
            .command()?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| self.failed_to_start())?;
        let output = child.stdout.take().context("its output is ours")?;
        let input = child.stdin.take().context("its input is ours")?;
        Ok(Talking {
            child,
            lines: BufReader::new(output).lines(),
            input,
        })
    }

    /// Runs it to its end and returns what it wrote.
    pub(crate) async fn output(&self) -> anyhow::Result<String> {
        let output = self
            .command()?
            .stdout(Stdio::piped())
            .output()
            .await
            .with_context(|| self.failed_to_start())?;
        ensure!(
            output.status.success(),
            "{} {} failed ({})",
            self.path.display(),
            self.arguments.join(" "),
            output.status
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs it to its end, with its output for everyone to see.
    pub(crate) async fn finish(&self) -> anyhow::Result<()> {
        let mut command = self.command()?;
        if self.input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().with_context(|| self.failed_to_start())?;
        if let (Some(text), Some(mut input)) = (&self.input, child.stdin.take()) {
            input.write_all(text.as_bytes()).await?;
        }
        let status = child.wait().await?;
        ensure!(
            status.success(),
            "{} {} failed ({status})",
            self.path.display(),
            self.arguments.join(" ")
        );
        Ok(())
    }
}

impl Running {
    /// Ends it and waits until it has ended.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }

    /// Waits until it ends by itself.
    pub(crate) async fn finish(mut self) -> anyhow::Result<()> {
        let status = self.child.wait().await?;
        ensure!(status.success(), "it failed ({status})");
        Ok(())
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    pub(crate) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = Stat::of(self.pid)?;
        Ok(seconds(stat.own + stat.reaped))
    }

    pub(crate) fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .context("the process has no memory")
    }
}

impl Talking {
    /// Its next line.
    pub(crate) async fn line(&mut self, patience: Duration) -> anyhow::Result<String> {
        tokio::time::timeout(patience, self.lines.next_line())
            .await
            .context("it says nothing")??
            .context("it ended without a word")
    }

    /// Leaves it running; it is heard no more.
    pub(crate) fn running(self) -> anyhow::Result<Running> {
        let pid = self.child.id().context("it has ended already")?;
        Ok(Running {
            child: self.child,
            pid,
        })
    }
}

/// The CPU of a PostgreSQL server: the postmaster, its children, and those
/// that have ended.
pub(crate) fn postgres_cpu_seconds(postmaster: u32) -> anyhow::Result<f64> {
    let stat = Stat::of(postmaster)?;
    let mut ticks = stat.own + stat.reaped;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end while the directory is read.
        if let Ok(stat) = Stat::of(pid)
            && stat.parent == postmaster
        {
            ticks += stat.own + stat.reaped;
        }
    }
    Ok(seconds(ticks))
}

/// The parent of a process: of a PostgreSQL backend, the postmaster.
pub(crate) fn parent(pid: u32) -> anyhow::Result<u32> {
    Ok(Stat::of(pid)?.parent)
}

/// What `/proc/PID/stat` says (proc_pid_stat(5)); times in ticks.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own: u64,
    reaped: u64,
}

impl Stat {
    fn of(pid: u32) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .with_context(|| format!("there is no process {pid} on this machine"))?;
        Self::parse(&text).context("/proc is not what it was")
    }

    fn parse(text: &str) -> Option<Self> {
        // The name of the program, in brackets, may hold anything.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            own: number(11)? + number(12)?,
            reaped: number(13)? + number(14)?,
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a process lives less than 2^52 ticks"
)]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_a_bracket_in_its_name_is_read() {
        let text = "42 (odd) name) S 7 42 42 0 -1 4194304 100 0 0 0 11 5 3 2 20 0 1 0 100";
        assert_eq!(
            Stat::parse(text),
            Some(Stat {
                parent: 7,
                own: 16,
                reaped: 5
            })
        );
    }
}
