//! The databases that `bench run` measures on, made by the server's own
//! commands.

use crate::database::Database;
use crate::output::note;
use crate::process::Program;
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// The password of the seeded accounts.
pub(crate) const PASSWORD: &str = "the bench knows this one";

/// Which databases, and how large.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Prepare {
    /// Where files are kept.
    #[arg(long, default_value = "target/bench")]
    pub(crate) directory: PathBuf,
    /// The PostgreSQL database to use; a second one, for the small forum,
    /// gets the same name with `_small`.
    #[arg(long, default_value = "postgres://root@127.0.0.1:5432/mukalma_bench")]
    pub(crate) postgres_url: String,
    /// Only this database.
    #[arg(long, value_parser = ["postgres", "sqlite"])]
    pub(crate) only: Option<String>,
    /// Threads of the large forum.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) threads: usize,
    /// Posts of the large forum.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) posts: u64,
    /// Threads of the small forum, which the large one is compared with; it
    /// has ten posts a thread.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) small_threads: usize,
    /// Makes them anew even if they are there.
    #[arg(long)]
    pub(crate) again: bool,
    /// A setting of the server, as NAME=VALUE; may be repeated.
    #[arg(long = "serve-env", value_name = "NAME=VALUE")]
    pub(crate) serve_env: Vec<String>,
}

/// A seeded forum.
#[derive(Debug, Clone)]
pub(crate) struct Forum {
    pub(crate) database: Database,
    pub(crate) threads: usize,
    pub(crate) posts: u64,
    /// Where the server keeps what is not in the database.
    pub(crate) directory: PathBuf,
}

impl Forum {
    /// A forum beside this one, with more than so many concerns that are before
    /// an office: two of three threads are.
    pub(crate) fn escalating(&self, concerns: u32) -> Self {
        let directory = self.directory.with_extension("escalate");
        let database = match &self.database {
            Database::Postgres(url) => Database::Postgres(format!("{url}_escalate")),
            Database::Sqlite(_) => Database::Sqlite(directory.join("mukalma.db")),
        };
        let threads = usize::try_from(concerns).unwrap_or(usize::MAX) * 2;
        Self {
            database,
            threads,
            posts: threads as u64,
            directory,
        }
    }
}

impl Prepare {
    /// The forums: of each database the large one and the small one.
    pub(crate) fn forums(&self) -> Vec<[Forum; 2]> {
        ["postgres", "sqlite"]
            .into_iter()
            .filter(|kind| self.only.as_deref().is_none_or(|only| only == *kind))
            .map(|kind| {
                ["", "_small"].map(|size| {
                    let (threads, posts) = if size.is_empty() {
                        (self.threads, self.posts)
                    } else {
                        (self.small_threads, self.small_threads as u64 * 10)
                    };
                    let directory = self.directory.join(format!("{kind}{size}"));
                    let database = if kind == "postgres" {
                        Database::Postgres(format!("{}{size}", self.postgres_url))
                    } else {
                        Database::Sqlite(directory.join("mukalma.db"))
                    };
                    Forum {
                        database,
                        threads,
                        posts,
                        directory,
                    }
                })
            })
            .collect()
    }

    /// One of the server's commands on a forum.
    pub(crate) fn server(&self, forum: &Forum, arguments: &[&str]) -> anyhow::Result<Program> {
        let mut program = Program::new(&neighbour("mukalma")?, arguments);
        let database = match &forum.database {
            Database::Postgres(url) => url.clone(),
            Database::Sqlite(_) => "sqlite://mukalma.db".to_owned(),
        };
        program.directory = Some(forum.directory.clone());
        program
            .environment
            .insert("MUKALMA_DATABASE_URL".to_owned(), database);
        program
            .environment
            .insert("MUKALMA_DATA_DIR".to_owned(), "data".to_owned());
        for setting in &self.serve_env {
            let (name, value) = setting
                .split_once('=')
                .with_context(|| format!("{setting:?} is no NAME=VALUE"))?;
            program
                .environment
                .insert(name.to_owned(), value.to_owned());
        }
        Ok(program)
    }
}

/// A program that was built together with this one.
pub(crate) fn neighbour(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let directory: &Path = own.parent().context("this program stands in a directory")?;
    Ok(directory.join(name))
}

/// Makes and seeds what is not there yet.
pub(crate) async fn prepare(args: &Prepare) -> anyhow::Result<()> {
    for forum in args.forums().iter().flatten() {
        let Forum {
            database,
            threads,
            posts,
            ..
        } = forum;
        let what = format!(
            "{} with {threads} threads and {posts} posts",
            database.kind()
        );
        if !args.again && database.holds(*threads, *posts).await {
            note(&format!("{what}: there already"))?;
            continue;
        }
        note(&format!("{what}: being made"))?;
        make(args, forum).await?;
    }
    Ok(())
}

/// Makes and seeds a forum anew.
pub(crate) async fn make(args: &Prepare, forum: &Forum) -> anyhow::Result<()> {
    std::fs::create_dir_all(&forum.directory)?;
    forum.database.recreate().await?;
    args.server(forum, &["migrate", "up"])?.finish().await?;
    let (threads, posts) = (forum.threads.to_string(), forum.posts.to_string());
    let seed = [
        "seed",
        "--threads",
        &threads,
        "--posts",
        &posts,
        "--password-stdin",
    ];
    let mut seed = args.server(forum, &seed)?;
    seed.input = Some(format!("{PASSWORD}\n"));
    seed.finish().await?;
    forum.database.settle().await
}
