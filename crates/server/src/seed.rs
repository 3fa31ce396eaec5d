//! `mukalma seed`: a forum of any size, the same for the same numbers.
//!
//! The texts are invented. Everything follows from the plan: its seed, its
//! moment and the reference data it was given; so two runs write the same
//! rows, on either database.

mod people;
mod random;
mod shape;
mod talk;
mod thread;
mod volume;
mod words;

use chrono::{DateTime, Utc};
use domain::reference::Prefix;
use storage::Rows;
use uuid::Uuid;

/// Rows of about this many posts go into one batch.
const POSTS_A_BATCH: u64 = 10_000;

/// Threads of one batch at most.
const THREADS_A_BATCH: usize = 1_000;

/// What to write.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Any number; another one gives another forum.
    pub seed: u64,
    /// How many threads; at least 1.
    pub threads: usize,
    /// How many posts, in all threads together.
    pub posts: u64,
    /// The moment the forum has reached: everything happened in the year
    /// before.
    pub now: DateTime<Utc>,
    /// The hash of the password that all accounts share.
    pub password_hash: String,
    /// The epoch that the streams begin with.
    pub epoch: i64,
    /// How references begin.
    pub prefix: Prefix,
    /// The reference data of the forum.
    pub known: Known,
}

/// The reference data that threads are filed under.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Codes of the categories.
    pub categories: Vec<String>,
    /// Codes of the regions.
    pub regions: Vec<String>,
    /// Codes of the themes.
    pub themes: Vec<String>,
    /// Codes of the affected groups.
    pub groups: Vec<String>,
    /// Ids of the agencies.
    pub agencies: Vec<Uuid>,
    /// The offices that answer. Without any, each agency gets one.
    pub offices: Vec<Office>,
}

/// An office and the agency it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Office {
    /// The office.
    pub id: Uuid,
    /// Its agency.
    pub agency: Uuid,
}

/// How far the writing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Threads that were written.
    pub threads: usize,
    /// Posts that were written.
    pub posts: u64,
    /// Answers that were written.
    pub responses: u64,
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeedError<E> {
    /// Threads were not asked for.
    #[error("at least one thread is needed")]
    NoThread,
    /// A table of the reference data is empty.
    #[error("the forum has no {0} yet: load the reference data first")]
    Missing(&'static str),
    /// The database refused a batch.
    #[error(transparent)]
    Write(E),
}

/// Writes the forum in batches and tells after each how far it is.
///
/// `write` is given the rows of a batch, tables that refer to others after
/// them, and commits them together. Nothing is taken back when a later batch
/// fails.
pub async fn run<E>(
    plan: &Plan,
    mut write: impl AsyncFnMut(Vec<Rows>) -> Result<(), E>,
    mut tell: impl FnMut(Progress),
) -> Result<Progress, SeedError<E>> {
    check(plan)?;
    let (people, rows) = people::people(plan);
    write(rows).await.map_err(SeedError::Write)?;
    let shapes = shape::shapes(plan);
    let open: Vec<bool> = shapes.iter().map(|shape| shape.is_open()).collect();
    let counts = volume::distribute(plan.seed, plan.posts, &open);
    let mut done = Progress::default();
    let mut batch = thread::Batch::default();
    for (index, (shape, posts)) in shapes.iter().zip(&counts).enumerate() {
        done.responses += batch.thread(plan, &people, index, *shape, *posts);
        done.threads += 1;
        done.posts += posts;
        let last = done.threads == plan.threads;
        if last || batch.post_count() >= POSTS_A_BATCH || batch.thread_count() >= THREADS_A_BATCH {
            let rows = std::mem::take(&mut batch).into_rows();
            write(rows).await.map_err(SeedError::Write)?;
            tell(done);
        }
    }
    Ok(done)
}

fn check<E>(plan: &Plan) -> Result<(), SeedError<E>> {
    let known = &plan.known;
    let tables = [
        ("categories", known.categories.is_empty()),
        ("regions", known.regions.is_empty()),
        ("themes", known.themes.is_empty()),
        ("affected groups", known.groups.is_empty()),
        ("agencies", known.agencies.is_empty()),
    ];
    if plan.threads == 0 {
        return Err(SeedError::NoThread);
    }
    match tables.into_iter().find(|(_, empty)| *empty) {
        Some((table, _)) => Err(SeedError::Missing(table)),
        None => Ok(()),
    }
}

/// A moment as the database keeps it.
fn micros(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_micros()
}

#[cfg(test)]
mod tests;
