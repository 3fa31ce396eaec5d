//! Log lines, measurements, and what is said of a panic.
//!
//! Nothing here writes content, identities or addresses: log lines carry ids
//! of objects and of requests.

use std::io::{self, IsTerminal as _};
use std::panic::PanicHookInfo;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{LogFormat, LogLevel, LogSettings};

/// How often measurements that nobody fetched are condensed.
const UPKEEP: Duration = Duration::from_secs(5);

/// Begins to write log lines to the standard error, which leaves the standard
/// output to what a command answers.
///
/// An error if something else in the process writes them already.
pub fn start_log(settings: &LogSettings) -> Result<(), TryInitError> {
    let lines = match settings.format {
        LogFormat::Text => fmt::layer()
            .with_writer(io::stderr)
            .with_ansi(io::stderr().is_terminal())
            .with_target(false)
            .boxed(),
        LogFormat::Json => fmt::layer()
            .with_writer(io::stderr)
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(targets(settings.level)))
        .try_init()?;
    std::panic::set_hook(Box::new(report_panic));
    Ok(())
}

/// Our crates at the level that was asked for, the libraries beneath at
/// warnings: what they say in detail may hold statements and addresses.
fn targets(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        // Every crate's name begins so, but the library of this one.
        .with_target("mukalma", ours)
        .with_target("server", ours)
}

/// Says where a panic happened. Its message is not written: it may hold what
/// somebody sent.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let location = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let thread = std::thread::current();
    metrics::counter!("mukalma_panics_total").increment(1);
    tracing::error!(%location, thread = thread.name().unwrap_or("unnamed"), "panicked");
}

/// Begins to measure. Until this is called, measuring does nothing.
pub fn start_metrics() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    metrics::describe_counter!("mukalma_panics_total", "Panics since the start.");
    Ok(handle)
}

/// Answers `GET /metrics`.
pub fn metrics_router(handle: PrometheusHandle) -> Router {
    async fn answer(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
        (
            [(
                header::CONTENT_TYPE,
                "text/plain; version=0.0.4; charset=utf-8",
            )],
            handle.render(),
        )
    }
    Router::new()
        .route("/metrics", get(answer))
        .with_state(handle)
}

/// Serves `/metrics` on its own listener until told to stop.
pub async fn serve_metrics(
    listener: TcpListener,
    handle: PrometheusHandle,
    stop: CancellationToken,
) -> io::Result<()> {
    let upkeep = {
        let handle = handle.clone();
        async move {
            let mut ticks = tokio::time::interval(UPKEEP);
            loop {
                ticks.tick().await;
                handle.run_upkeep();
            }
        }
    };
    let server = axum::serve(listener, metrics_router(handle))
        .with_graceful_shutdown(stop.cancelled_owned())
        .into_future();
    tokio::select! {
        ended = server => ended,
        () = upkeep => unreachable!("upkeep has no end"),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    use tracing::Level;

    use super::*;

    #[test]
    fn libraries_are_heard_from_warnings_on() {
        let targets = targets(LogLevel::Trace);
        assert!(targets.would_enable("mukalma_storage::log", &Level::TRACE));
        assert!(targets.would_enable("server::serve", &Level::TRACE));
        assert!(targets.would_enable("sqlx::query", &Level::WARN));
        assert!(!targets.would_enable("sqlx::query", &Level::INFO));
    }

    #[test]
    fn the_level_that_was_asked_for_holds_for_libraries_too() {
        let targets = targets(LogLevel::Error);
        assert!(!targets.would_enable("sqlx::query", &Level::WARN));
        assert!(!targets.would_enable("mukalma_api", &Level::WARN));
        assert!(targets.would_enable("mukalma_api", &Level::ERROR));
    }

    #[tokio::test]
    async fn what_was_measured_is_answered() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || metrics::counter!("answers").increment(3));
        let router = metrics_router(recorder.handle());
        let response = router
            .oneshot(Request::get("/metrics").body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(std::str::from_utf8(&body).unwrap().contains("answers 3"));
    }
}
