//! `bench run`: floor and server in turns on the same forum, and one table.

mod acts;
mod escalate;
mod furnish;
mod measure;
mod report;
mod requests;
mod subjects;

use crate::database::Database;
use crate::detect;
use crate::floor::Addresses;
use crate::output::{line, note};
use crate::prepare::{Forum, Prepare, neighbour, prepare};
use crate::process::{Program, Running};
use anyhow::{Context as _, bail};
use measure::Bench;
use report::{Limit, Line, table};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What to measure, and how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) prepare: Prepare,
    /// How often each is measured; the middle counts.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// How long each is measured, in seconds.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// A quick look: a small forum, two short rounds, 500 watchers and
    /// escalations.
    #[arg(long)]
    quick: bool,
    /// How many websockets watch.
    #[arg(long, default_value_t = 2_000)]
    watchers: u32,
    /// How many posts a second they watch.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    /// How many concerns become due in one moment, to be escalated.
    #[arg(long, default_value_t = 10_000)]
    escalations: u32,
    /// Only these: start, w1, w1v, w2, w3, w4, desk, queue, statistics, scale,
    /// audit, escalate, detect; separated by commas.
    ///
    /// `desk` is the desk of an agency that all concerns of the forum are put
    /// before, with its counts; `queue` the moderators' queue, of the first 100,000
    /// posts, by score; `statistics` the figures by agency, category,
    /// region and month; `audit` what the audit log adds to a moderator's act;
    /// `detect` what detection adds to a post; `escalate` how long it takes to pass on that so many
    /// concerns became due at once, while people write, and how long a write
    /// takes meanwhile at most. The forum that is escalated is made anew.
    #[arg(long, value_delimiter = ',')]
    workloads: Vec<String>,
    /// Fails when a must is not reached.
    #[arg(long)]
    gate: bool,
    /// Writes the figures to this file as well.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// The two that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Floor,
    Ours,
}

/// What is asked of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Workload {
    Page,
    PublicPage,
    List,
    AddPost,
    Desk,
    Queue,
    Statistics,
}

impl Workload {
    const ALL: [Self; 7] = [
        Self::Page,
        Self::PublicPage,
        Self::List,
        Self::AddPost,
        Self::Desk,
        Self::Queue,
        Self::Statistics,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Page => "w1",
            Self::PublicPage => "w1v",
            Self::List => "w2",
            Self::AddPost => "w3",
            Self::Desk => "desk",
            Self::Queue => "queue",
            Self::Statistics => "statistics",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Page => "W1 thread page, member",
            Self::PublicPage => "W1 thread page, visitor",
            Self::List => "W2 thread list",
            Self::AddPost => "W3 add a post",
            Self::Desk => "Desk of an agency, with counts",
            Self::Queue => "Moderators' queue",
            Self::Statistics => "Figures by agency, category, region, month",
        }
    }

    /// The ratios to the floor that are required and wished for.
    fn limit(self, database: &Database) -> Limit {
        let (must, aim) = match (self, database) {
            (Self::Page | Self::AddPost, Database::Postgres(_)) => (2.0, 1.5),
            (Self::Page, Database::Sqlite(_)) => (4.5, 2.5),
            (Self::PublicPage, _) => (1.0, 0.2),
            (Self::List | Self::Desk | Self::Queue | Self::Statistics, Database::Postgres(_)) => {
                (2.5, 2.0)
            }
            (Self::List | Self::Desk | Self::Queue | Self::Statistics, Database::Sqlite(_)) => {
                (5.0, 3.0)
            }
            (Self::AddPost, Database::Sqlite(_)) => (5.0, 2.5),
        };
        Limit { must, aim }
    }
}

/// A server that answers.
#[derive(Debug)]
struct Serving {
    running: Running,
    http: SocketAddr,
    watch: SocketAddr,
    /// How long it took until it answered.
    started_in: Duration,
}

pub(crate) async fn run(args: &Run) -> anyhow::Result<ExitCode> {
    let args = &args.adjusted();
    let mut lines = Vec::new();
    if args.wants_a_forum() {
        prepare(&args.prepare).await?;
        for [large, small] in args.prepare.forums() {
            let bench = Bench {
                args,
                large: &large,
            };
            lines.extend(bench.everything(&small).await?);
        }
    }
    if args.wants("detect") {
        lines.extend(detection()?);
    }
    line(&table(&lines))?;
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(&lines)?;
        std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let failed = lines.iter().any(|line: &Line| !line.passes());
    Ok(if failed && args.gate {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// What detection adds to a post, by language: a line each.
fn detection() -> anyhow::Result<Vec<Line>> {
    note("what detection adds to a post")?;
    let milliseconds = |took: Duration| took.as_secs_f64() * 1_000.0;
    let must = milliseconds(detect::MUST);
    let lines = detect::slowest()?.into_iter().map(|(language, took)| Line {
        what: format!("Detection in 5,000 characters, {language}"),
        database: "none",
        floor: None,
        ours: None,
        measured: milliseconds(took),
        unit: " ms",
        limit: Limit {
            must,
            aim: must / 2.0,
        },
        times: Vec::new(),
    });
    Ok(lines.collect())
}

impl Run {
    /// With `--quick`, the numbers of a quick look.
    fn adjusted(&self) -> Self {
        let mut prepare = self.prepare.clone();
        let (mut rounds, mut seconds, mut watchers) = (self.rounds, self.seconds, self.watchers);
        let mut escalations = self.escalations;
        if self.quick {
            prepare.directory = prepare.directory.join("quick");
            prepare.postgres_url.push_str("_quick");
            prepare.threads = prepare.threads.min(5_000);
            prepare.posts = prepare.posts.min(50_000);
            rounds = rounds.min(2);
            seconds = seconds.min(1.5);
            watchers = watchers.min(500);
            escalations = escalations.min(500);
        }
        Self {
            prepare,
            rounds,
            seconds,
            quick: self.quick,
            watchers,
            rate: self.rate,
            escalations,
            workloads: self.workloads.clone(),
            gate: self.gate,
            json: self.json.clone(),
        }
    }

    fn wants(&self, workload: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|name| name == workload)
    }

    /// Whether anything else is wanted than what runs in this process alone.
    fn wants_a_forum(&self) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|name| name != "detect")
    }

    /// Starts the server on a forum and waits for its first answer.
    async fn serve(&self, forum: &Forum) -> anyhow::Result<Serving> {
        let http = free_port()?;
        let mut program = self.prepare.server(forum, &["serve"])?;
        for (name, value) in [
            ("MUKALMA_LISTEN", http.to_string()),
            ("MUKALMA_LOG_LEVEL", "warn".to_owned()),
            // Eight accounts of one address sign in at once.
            ("MUKALMA_LOGIN_BURST", "1000".to_owned()),
            ("MUKALMA_LOGIN_PER_MINUTE", "1000".to_owned()),
            // Counted, as for everybody, but never spent.
            ("MUKALMA_BUDGET_ACCOUNT", "1000000000".to_owned()),
            ("MUKALMA_BUDGET_ADDRESS", "1000000000".to_owned()),
        ] {
            program.environment.entry(name.to_owned()).or_insert(value);
        }
        program.log = Some(forum.directory.join("server.log"));
        let begin = Instant::now();
        let mut running = program.start()?;
        let question = crate::http::request(
            "POST",
            "/graphql",
            Some("application/json"),
            None,
            r#"{"query":"{ __typename }"}"#,
        );
        while crate::http::once(http, &question).await.is_err() {
            if let Some(status) = running.ended() {
                bail!(
                    "the server ended ({status}): see {}",
                    forum.directory.join("server.log").display()
                );
            }
            if begin.elapsed() > Duration::from_secs(30) {
                bail!(
                    "the server does not answer: see {}",
                    forum.directory.join("server.log").display()
                );
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Serving {
            running,
            http,
            watch: http,
            started_in: begin.elapsed(),
        })
    }

    /// Starts the floor on a forum's database.
    async fn floor(&self, forum: &Forum) -> anyhow::Result<Serving> {
        let database = forum.database.for_floor()?;
        let url = database.url();
        let program = Program::new(&neighbour("bench")?, &["floor", "--database-url", &url]);
        let begin = Instant::now();
        let mut talking = program.talk()?;
        let addresses = talking.line(Duration::from_secs(30)).await?;
        let Addresses { http, watch } = serde_json::from_str(&addresses)?;
        Ok(Serving {
            running: talking.running()?,
            http,
            watch,
            started_in: begin.elapsed(),
        })
    }
}

/// An address that nobody listens on.
fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Says what is being measured.
fn tell(forum: &Forum, what: &str) -> anyhow::Result<()> {
    note(&format!("{}: {what}", forum.database.kind()))?;
    Ok(())
}
