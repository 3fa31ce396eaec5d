//! The rounds of a run on one database.

use super::furnish::{appoint, fill_queue, furnish};
use super::report::{Limit, Line, median};
use super::requests::{Requests, check_same_work};
use super::subjects::Subjects;
use super::{Run, Serving, Side, Workload, tell};
use crate::load::Outcome;
use crate::prepare::{Forum, neighbour};
use crate::process::{Program, postgres_cpu_seconds};
use crate::watch::Deliveries;
use anyhow::{Context as _, ensure};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// How long a server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(2);

/// How often the start is measured.
const STARTS: u32 = 3;

/// A run on one database.
pub(super) struct Bench<'a> {
    pub(super) args: &'a Run,
    pub(super) large: &'a Forum,
}

/// What one round of a workload took.
#[derive(Debug, Clone, Copy)]
struct Sample {
    /// CPU seconds a thousand requests or deliveries.
    cpu: f64,
    p50: f64,
    p99: f64,
    /// Growth of the memory, in KiB a socket.
    socket_kib: f64,
}

/// The samples of both sides, in the order of the rounds.
#[derive(Debug, Default)]
struct Samples {
    floor: Vec<Sample>,
    ours: Vec<Sample>,
}

impl Samples {
    fn add(&mut self, side: Side, sample: Sample) {
        match side {
            Side::Floor => self.floor.push(sample),
            Side::Ours => self.ours.push(sample),
        }
    }
}

fn middle(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    median(samples.iter().map(of).collect())
}

/// Who begins changes from round to round.
fn order(round: u32) -> [Side; 2] {
    if round.is_multiple_of(2) {
        [Side::Floor, Side::Ours]
    } else {
        [Side::Ours, Side::Floor]
    }
}

impl Bench<'_> {
    /// All workloads that are wanted, as lines of the table.
    pub(super) async fn everything(&self, small: &Forum) -> anyhow::Result<Vec<Line>> {
        let mut lines = Vec::new();
        if self.args.wants("desk") || self.args.wants("statistics") {
            furnish(&self.large.database).await?;
        }
        if self.args.wants("queue") || self.args.wants("audit") {
            appoint(&self.large.database).await?;
        }
        if self.args.wants("queue") {
            fill_queue(&self.large.database).await?;
        }
        self.large.database.settle().await?;
        if self.args.wants("start") {
            lines.extend(self.start_and_memory().await?);
        }
        let subjects = Subjects::of(&self.large.database).await?;
        let floor = self.args.floor(self.large).await?;
        let ours = self.args.serve(self.large).await?;
        let postmaster = self.large.database.postmaster().await?;
        let requests = Requests::new(ours.http, subjects).await?;
        check_same_work(&requests, floor.http, ours.http).await?;
        let pair = Pair {
            bench: self,
            floor,
            ours,
            postmaster,
            requests,
        };
        lines.extend(pair.workloads().await?);
        if self.args.wants("w4") {
            lines.extend(pair.fan_out().await?);
        }
        if self.args.wants("scale") {
            lines.push(pair.scale(small).await?);
        }
        let acts = if self.args.wants("audit") {
            Some(pair.acts().await?)
        } else {
            None
        };
        pair.floor.running.stop().await?;
        pair.ours.running.stop().await?;
        if let Some(acts) = acts {
            lines.push(self.audited(&acts, postmaster).await?);
        }
        if self.args.wants("escalate") {
            lines.extend(self.escalations().await?);
        }
        Ok(lines)
    }

    async fn start_and_memory(&self) -> anyhow::Result<[Line; 2]> {
        tell(self.large, "start and idle memory")?;
        let (mut starts, mut memories) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let serving = self.args.serve(self.large).await?;
            starts.push(serving.started_in.as_secs_f64() * 1_000.0);
            tokio::time::sleep(IDLE).await;
            memories.push(number(serving.running.resident_kib()?) / 1_024.0);
            serving.running.stop().await?;
        }
        let start = Limit {
            must: 300.0,
            aim: 100.0,
        };
        let memory = Limit {
            must: 40.0,
            aim: 20.0,
        };
        Ok([
            self.absolute("Start to first answer", median(starts), " ms", start),
            self.absolute("Idle memory", median(memories), " MiB", memory),
        ])
    }

    /// A line that is not held against a floor.
    pub(super) fn absolute(
        &self,
        what: &str,
        measured: f64,
        unit: &'static str,
        limit: Limit,
    ) -> Line {
        Line {
            what: what.to_owned(),
            database: self.large.database.kind(),
            floor: None,
            ours: None,
            measured,
            unit,
            limit,
            times: Vec::new(),
        }
    }

    /// Writes what a load process is to read.
    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.large.directory.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// Floor and server, both answering.
pub(super) struct Pair<'a> {
    pub(super) bench: &'a Bench<'a>,
    floor: Serving,
    pub(super) ours: Serving,
    postmaster: Option<u32>,
    pub(super) requests: Requests,
}

impl Pair<'_> {
    fn serving(&self, side: Side) -> &Serving {
        match side {
            Side::Floor => &self.floor,
            Side::Ours => &self.ours,
        }
    }

    async fn workloads(&self) -> anyhow::Result<Vec<Line>> {
        let args = self.bench.args;
        let mut lines = Vec::new();
        for workload in Workload::ALL {
            if !args.wants(workload.name()) {
                continue;
            }
            tell(self.bench.large, workload.title())?;
            let files = [Side::Floor, Side::Ours].map(|side| {
                let requests = serde_json::to_string(&self.requests.of(workload, side))?;
                self.bench
                    .write(&format!("{}-{side:?}.json", workload.name()), &requests)
            });
            let [floor_file, ours_file] = files;
            let (floor_file, ours_file) = (floor_file?, ours_file?);
            let mut samples = Samples::default();
            for round in 0..args.rounds {
                for side in order(round) {
                    let file = match side {
                        Side::Floor => &floor_file,
                        Side::Ours => &ours_file,
                    };
                    let sample = self.load(self.serving(side), file, &[]).await?;
                    samples.add(side, sample);
                }
            }
            let database = &self.bench.large.database;
            lines.push(self.compared(workload.title(), &samples, workload.limit(database)));
            if workload == Workload::Page {
                lines.push(
                    self.guard(middle(&samples.ours, |sample| sample.cpu))
                        .await?,
                );
            }
        }
        Ok(lines)
    }

    /// What the guard and the cached document path are of a thread page, whose
    /// CPU seconds a thousand are given.
    async fn guard(&self, page: f64) -> anyhow::Result<Line> {
        let guarded = crate::hostile::guarded(&self.requests.page_body()?).await?;
        let thousand = guarded.as_secs_f64() * 1_000.0;
        let limit = Limit {
            must: 5.0,
            aim: 2.0,
        };
        let line = self.bench.absolute(
            "Guard and cached document of W1",
            thousand / page * 100.0,
            " %",
            limit,
        );
        Ok(Line {
            ours: Some(thousand),
            ..line
        })
    }

    /// CPU seconds of a thousand of the server's requests, one after the other.
    pub(super) async fn cost_in_turn(&self, requests: &Path) -> anyhow::Result<f64> {
        let one = ["--connections", "1"];
        Ok(self.load(&self.ours, requests, &one).await?.cpu)
    }

    /// One round of requests.
    async fn load(
        &self,
        serving: &Serving,
        requests: &Path,
        how: &[&str],
    ) -> anyhow::Result<Sample> {
        let seconds = self.bench.args.seconds.to_string();
        let target = serving.http.to_string();
        // Each round has numbers of its own, or the posts would be repeats.
        let nonce = (crate::clock::micros() / 1_000_000 % i64::from(u32::MAX)).to_string();
        let file = requests.display().to_string();
        let arguments = [
            "load",
            "--target",
            &target,
            "--requests",
            &file,
            "--seconds",
            &seconds,
            "--nonce",
            &nonce,
        ];
        let arguments = [&arguments[..], how].concat();
        let program = Program::new(&neighbour("bench")?, &arguments);
        let before = self.cpu(serving)?;
        let output = program.output().await?;
        let cpu = self.cpu(serving)? - before;
        let outcome: Outcome = serde_json::from_str(&output)?;
        ensure!(
            outcome.failures == 0,
            "{} of {} requests failed, the first with {}",
            outcome.failures,
            outcome.requests,
            outcome.failure.unwrap_or_default()
        );
        Ok(Sample {
            cpu: cpu * 1_000.0 / number(outcome.requests),
            p50: outcome.p50_ms,
            p99: outcome.p99_ms,
            socket_kib: 0.0,
        })
    }

    /// CPU seconds of a side so far, the database's included.
    fn cpu(&self, serving: &Serving) -> anyhow::Result<f64> {
        let database = match self.postmaster {
            Some(postmaster) => postgres_cpu_seconds(postmaster)?,
            None => 0.0,
        };
        Ok(serving.running.cpu_seconds()? + database)
    }

    fn compared(&self, what: &str, samples: &Samples, limit: Limit) -> Line {
        let floor = middle(&samples.floor, |sample| sample.cpu);
        let ours = middle(&samples.ours, |sample| sample.cpu);
        let times = [&samples.floor, &samples.ours].map(|samples| {
            [
                middle(samples, |sample| sample.p50),
                middle(samples, |sample| sample.p99),
            ]
        });
        Line {
            what: what.to_owned(),
            database: self.bench.large.database.kind(),
            floor: Some(floor),
            ours: Some(ours),
            measured: ours / floor,
            unit: "x",
            limit,
            times: times.to_vec(),
        }
    }

    async fn fan_out(&self) -> anyhow::Result<Vec<Line>> {
        let args = self.bench.args;
        tell(self.bench.large, "W4 fan-out")?;
        let mut samples = Samples::default();
        for round in 0..args.rounds {
            for side in order(round) {
                samples.add(side, self.watch(side).await?);
            }
        }
        let what = format!("W4 {} watchers, {} posts/s", args.watchers, args.rate);
        let ratio = Limit {
            must: 2.5,
            aim: 1.5,
        };
        let p99 = Limit {
            must: 100.0,
            aim: 40.0,
        };
        let memory = Limit {
            must: 16.0,
            aim: 8.0,
        };
        // Memory that was taken once is used again, so that only the first
        // round shows what sockets need.
        let largest = samples
            .ours
            .iter()
            .map(|sample| sample.socket_kib)
            .fold(0.0, f64::max);
        Ok(vec![
            self.compared(&what, &samples, ratio),
            self.bench.absolute(
                "W4 p99 of a delivery",
                middle(&samples.ours, |sample| sample.p99),
                " ms",
                p99,
            ),
            self.bench
                .absolute("W4 memory of a socket", largest, " KiB", memory),
        ])
    }

    /// One round of posts before watchers.
    async fn watch(&self, side: Side) -> anyhow::Result<Sample> {
        let args = self.bench.args;
        let serving = self.serving(side);
        let plan = self.requests.watch_plan(side, serving.http, serving.watch);
        let plan = serde_json::to_string(&plan)?;
        let plan = self.bench.write(&format!("w4-{side:?}.json"), &plan)?;
        let (plan, watchers) = (plan.display().to_string(), args.watchers.to_string());
        let (rate, seconds) = (args.rate.to_string(), args.seconds.to_string());
        let arguments = [
            "watch",
            "--plan",
            &plan,
            "--watchers",
            &watchers,
            "--rate",
            &rate,
            "--seconds",
            &seconds,
        ];
        let memory_before = serving.running.resident_kib()?;
        let mut watching = Program::new(&neighbour("bench")?, &arguments).talk()?;
        let ready = watching.line(Duration::from_secs(90)).await?;
        ensure!(ready == "ready", "the watchers said {ready:?}");
        let memory = serving
            .running
            .resident_kib()?
            .saturating_sub(memory_before);
        let before = self.cpu(serving)?;
        watching.input.write_all(b"go\n").await?;
        let patience = Duration::from_secs_f64(args.seconds) + Duration::from_mins(1);
        let deliveries = watching.line(patience).await?;
        let cpu = self.cpu(serving)? - before;
        watching.running()?.finish().await?;
        let deliveries: Deliveries = serde_json::from_str(&deliveries)?;
        ensure!(
            deliveries.delivered == deliveries.expected,
            "of {} deliveries {} came",
            deliveries.expected,
            deliveries.delivered
        );
        Ok(Sample {
            cpu: cpu * 1_000.0 / number(deliveries.delivered),
            p50: deliveries.p50_ms,
            p99: deliveries.p99_ms,
            socket_kib: number(memory) / f64::from(args.watchers),
        })
    }

    /// The same page on the large forum and on a small one.
    async fn scale(&self, small: &Forum) -> anyhow::Result<Line> {
        let args = self.bench.args;
        tell(self.bench.large, "W1 on a large forum against a small one")?;
        small.database.settle().await?;
        let serving = args.serve(small).await?;
        let requests = Requests::new(serving.http, Subjects::of(&small.database).await?).await?;
        let small_file = serde_json::to_string(&requests.of(Workload::Page, Side::Ours))?;
        let small_file = self.bench.write("scale-small.json", &small_file)?;
        let large_file = serde_json::to_string(&self.requests.of(Workload::Page, Side::Ours))?;
        let large_file = self.bench.write("scale-large.json", &large_file)?;
        let mut samples = Samples::default();
        for _ in 0..args.rounds {
            // In the place of the floor stands the server on the small forum.
            let sample = self.load(&serving, &small_file, &[]).await?;
            samples.add(Side::Floor, sample);
            let sample = self.load(&self.ours, &large_file, &[]).await?;
            samples.add(Side::Ours, sample);
        }
        serving.running.stop().await?;
        let what = format!(
            "W1 at {} against {} threads",
            self.bench.large.threads, small.threads
        );
        Ok(self.compared(
            &what,
            &samples,
            Limit {
                must: 1.3,
                aim: 1.1,
            },
        ))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted here stays below 2^52"
)]
fn number(count: u64) -> f64 {
    count as f64
}
