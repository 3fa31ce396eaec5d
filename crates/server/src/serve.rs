//! `mukalma serve`.

mod prepare;
mod welcome;

pub use prepare::prepare;
pub use welcome::Welcome;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware;
use door::graphiql;
use metrics_exporter_prometheus::PrometheusHandle;
use miette::IntoDiagnostic as _;
use storage::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::checkpoints::Keeper;
use crate::clock::SystemClock;
use crate::config::{self, Config, Loaded};
use crate::secrets::Secrets;
use crate::shutdown::{drain, on_signal};
use crate::telemetry::Probe;
use crate::{demo, front, listen, open, pages, peer, telemetry};

/// Runs the server until it is told to stop.
pub async fn run(loaded: Loaded, out: &mut (dyn Write + Send)) -> miette::Result<()> {
    let rules = config::rules(&loaded);
    let config = loaded.config;
    if config.demo {
        demo::check_password(&config)?;
    }
    telemetry::start_log(&config.log).into_diagnostic()?;
    let stop = on_signal().into_diagnostic()?;
    let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
    let _lock = crate::lock::take(&config)?;
    let listener = bind(config.listen, "MUKALMA_LISTEN").await?;
    api::schema::make_ahead();
    let store = open::migrated(&config).await?;
    warn_of_rights(&store).await;
    let forum = open::forum(&config, &secrets, store, config.demo).await?;
    let welcome = prepare(&config, &forum).await?;
    // A log that cannot be written is no reason to serve nobody: what is audited is
    // refused then.
    if let Err(error) = forum.tell_restore().await {
        tracing::error!(%error, "the audit log is not told whether a copy was restored");
    }
    if let Err(error) = forum.tell_rules(&rules).await {
        tracing::error!(%error, "the audit log is not told by what settings this server goes");
    }
    let metrics = metrics(&config).await?;
    let address = listener.local_addr().into_diagnostic()?;
    let explorer = open::explorer(&config, graphiql::FILES);
    let cursor_key = *secrets.cursor_key.expose();
    let app = App::start(&config, forum, cursor_key, explorer, stop.clone())
        .await
        .map_err(|error| miette::miette!("the server cannot start: {error}"))?;
    let key = secrets.audit_key().public().clone();
    let keeper = Keeper::new(&config, Arc::clone(&app.forum), key)?;
    app.tasks.spawn(keeper.run(stop.clone()));
    let metrics = metrics.map(|(listener, handle)| {
        let measured = (handle, probe(&app));
        tokio::spawn(serve_metrics(listener, measured, stop.clone()))
    });
    let router = router(&config, &app, &stop);
    let limits = listen::Limits::of(&config);
    let serving = tokio::spawn(listen::serve(listener, router, limits, stop.clone()));
    tracing::info!(%address, "listening");
    write!(out, "{}", welcome.page(address)).into_diagnostic()?;
    out.flush().into_diagnostic()?;

    tokio::select! {
        () = stop.cancelled() => {}
        () = give_back() => stop.cancelled().await,
    }
    let grace = Duration::from_secs(config.stop_grace_seconds);
    let listeners = async {
        serving.await.ok();
        app.live.finished().await;
        if let Some(metrics) = metrics {
            metrics.await.ok();
        }
    };
    drain(listeners, &app.tasks, grace).await;
    app.forum.store().close().await;
    Ok(())
}

/// Says so where whoever serves could change what is written once: on PostgreSQL, as
/// the owner of its tables.
pub async fn warn_of_rights(store: &Store) {
    if let Ok(Some(true)) = store.could_change_the_log().await {
        tracing::warn!(
            "the role that serves could change the audit log and the moderators' record: as the \
             owner of the tables run `mukalma migrate up --serve-as ROLE`, and name that role in \
             MUKALMA_DATABASE_URL here"
        );
    }
}

/// Gives back the memory that starting took for a while. The allocator purges
/// what was freed on a thread with the next large block that is freed there, and
/// this thread does little else from now on.
async fn give_back() {
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
}

/// Everything that is served, behind its layers.
pub fn router(config: &Config, app: &App, stop: &CancellationToken) -> axum::Router {
    let (forum, stopping) = (Arc::clone(&app.forum), stop.clone());
    let ready = pages::ready_check(move || {
        let (forum, stopping) = (Arc::clone(&forum), stopping.clone());
        async move { !stopping.is_cancelled() && forum.store().ping().await.is_ok() }
    });
    let router = pages::router(&config.forum.name, ready)
        .merge(pages::unsubscribe::router(
            &config.forum.name,
            Arc::clone(&app.forum),
        ))
        .merge(pages::statistics::router(
            &config.forum.name,
            Arc::clone(&app.forum),
        ))
        .merge(pages::transparency::router(
            &config.forum.name,
            Arc::clone(&app.forum),
        ))
        .merge(app.router.clone());
    let trusted: Arc<[ipnet::IpNet]> = config.trusted_proxies.clone().into();
    let router = router.layer(middleware::from_fn_with_state(
        trusted,
        peer::behind_proxies,
    ));
    front::layers(router, config, |bytes| SystemClock.fill(bytes))
}

async fn bind(address: SocketAddr, setting: &str) -> miette::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        miette::miette!(
            help = format!("end what uses the address, or name another one with {setting}"),
            "cannot listen on {address}: {error}"
        )
    })
}

/// What is measured, and where it is told, if anywhere.
async fn metrics(config: &Config) -> miette::Result<Option<(TcpListener, PrometheusHandle)>> {
    let Some(address) = config.metrics_listen else {
        return Ok(None);
    };
    let handle = telemetry::start_metrics().into_diagnostic()?;
    let listener = bind(address, "MUKALMA_METRICS_LISTEN").await?;
    Ok(Some((listener, handle)))
}

fn probe(app: &App) -> Probe {
    let (live, hub) = (Arc::clone(&app.live), Arc::clone(&app.hub));
    Arc::new(move || telemetry::measure_live(&live.counts(), &hub.counts()))
}

async fn serve_metrics(
    listener: TcpListener,
    measured: (PrometheusHandle, Probe),
    stop: CancellationToken,
) {
    if telemetry::serve_metrics(listener, measured, stop)
        .await
        .is_err()
    {
        tracing::warn!("the metrics' listener ended with an error");
    }
}
