//! `mukalma seed`: a forum of any size, for trying and measuring.

use std::sync::Arc;
use std::time::Duration;

use domain::id::AgencyId;
use domain::people::Participation;
use forum::Forum;
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic as _, WrapErr as _};
use storage::{Rows, StorageError, Store};
use uuid::Uuid;

use super::Out;
use super::admin::explained;
use super::password::given;
use crate::cli::SeedArgs;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::seed::{self, Known, Office, Plan, Progress};
use crate::{lock, open, reference};

/// How many moments an epoch counts: the same as the log's own, which begins
/// a stream's at the time of its first event.
const EPOCH: i64 = 1;

/// The agencies whose officials answer: one of each kind, and the body that
/// watches over them.
const ANSWERING: [&str; 5] = ["POL_PB", "NCCIA", "FIA", "ANF", "NCHR"];

pub(super) async fn run(config: &Config, args: &SeedArgs, out: Out<'_>) -> miette::Result<()> {
    let _lock = lock::take(config)?;
    let given = given(config, args.password)?;
    let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
    let store = open::migrated(config).await?;
    let forum = open::forum(config, &secrets, Arc::clone(&store), config.demo).await?;
    if forum.directory().forum.is_some() {
        return Err(miette::miette!(
            help = "name another database with MUKALMA_DATABASE_URL",
            "this database holds a forum already"
        ));
    }
    forum
        .create_forum(&config.forum.name, false)
        .await
        .map_err(explained)?;
    let data = reference::data()
        .into_diagnostic()
        .wrap_err("the reference data")?;
    forum.load_reference(&data).await.map_err(explained)?;
    let agencies = answering(&store, &forum).await?;

    let bar = bar(args.posts);
    let plan = plan(config, args, &forum, agencies, &given.password).await?;
    let tell = |progress: Progress| bar.set_position(progress.posts);
    let done = seed::run(&plan, async |rows| write(&store, rows).await, tell)
        .await
        .into_diagnostic()?;
    bar.finish_and_clear();
    catch_up(&forum).await?;
    store.close().await;
    writeln!(
        out,
        "{} threads, {} posts and {} responses are written.\n\
         Accounts sign in as seed-00001, seed-00002 and so on.",
        done.threads, done.posts, done.responses,
    )
    .into_diagnostic()?;
    if given.generated {
        writeln!(out, "password  {}", given.password).into_diagnostic()?;
    }
    Ok(())
}

/// Does what a server would have done meanwhile: looks at every clock, tells
/// what is late, and counts the concerns. So a server that starts has no more
/// to do than with a forum that ran all the time.
async fn catch_up(forum: &Forum) -> miette::Result<()> {
    let spinner = ProgressBar::new_spinner().with_message("clocks and figures");
    spinner.enable_steady_tick(Duration::from_millis(200));
    forum.rewind_if_set_otherwise().await.map_err(explained)?;
    forum.run_clocks().await.map_err(explained)?;
    forum.count_concerns().await.map_err(explained)?;
    forum.empty_outbox().await.map_err(explained)?;
    spinner.finish_and_clear();
    Ok(())
}

/// Has the agencies that answer here take part: the others stay listed, as in
/// a forum that begins.
async fn answering(store: &Store, forum: &Forum) -> miette::Result<Vec<Uuid>> {
    let directory = forum.directory();
    let agencies: Vec<AgencyId> = ANSWERING
        .iter()
        .filter_map(|code| directory.agency_by_code(code))
        .map(|agency| agency.id)
        .collect();
    store
        .write(SystemClock.now(), async |tx| {
            for agency in &agencies {
                tx.set_participation(*agency, Participation::Answering)
                    .await?;
            }
            Ok::<_, StorageError>(())
        })
        .await
        .into_diagnostic()?;
    forum.reload_directory().await.map_err(explained)?;
    Ok(agencies.iter().map(|agency| agency.0).collect())
}

async fn write(store: &Store, rows: Vec<Rows>) -> Result<(), StorageError> {
    store
        .write(SystemClock.now(), async |tx| tx.insert_rows(&rows).await)
        .await?;
    Ok(())
}

async fn plan(
    config: &Config,
    args: &SeedArgs,
    forum: &Forum,
    agencies: Vec<Uuid>,
    password: &str,
) -> miette::Result<Plan> {
    let directory = forum.directory();
    let codes = |all: Vec<&String>| all.into_iter().cloned().collect::<Vec<String>>();
    Ok(Plan {
        seed: args.seed,
        threads: usize::try_from(args.threads).into_diagnostic()?,
        posts: args.posts,
        now: forum.time(),
        password_hash: forum.hash_password(password).await.map_err(explained)?,
        epoch: EPOCH,
        prefix: config.forum.reference_prefix.clone(),
        known: Known {
            categories: codes(directory.categories.iter().map(|one| &one.code).collect()),
            regions: codes(directory.regions.iter().map(|one| &one.code).collect()),
            themes: codes(directory.themes.iter().map(|one| &one.code).collect()),
            groups: codes(directory.groups.iter().map(|one| &one.code).collect()),
            agencies,
            offices: directory
                .offices
                .iter()
                .map(|one| Office {
                    id: one.id.0,
                    agency: one.agency.0,
                })
                .collect(),
        },
    })
}

/// A bar on a terminal, nothing where the output goes elsewhere.
fn bar(posts: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} posts  {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(posts).with_style(style)
}
