//! Log lines, measurements, and what is said of a panic.
//!
//! Nothing here writes content, identities or addresses: log lines carry ids
//! of objects and of requests.

use std::io::{self, IsTerminal as _};
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use realtime::{HubCounts, LiveCounts};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{LogFormat, LogLevel, LogSettings};

/// How often measurements that nobody fetched are condensed.
const UPKEEP: Duration = Duration::from_secs(5);

const RESPONSES: &str = "mukalma_http_responses_total";
const RESPONSE_SECONDS: &str = "mukalma_http_response_seconds";

/// Up to how many seconds an answer may have taken to be counted with those
/// that took no longer.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

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
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

/// Says what each measurement is.
fn describe() {
    use metrics::{Unit, describe_counter as counter, describe_gauge as gauge};

    counter!("mukalma_panics_total", "Panics since the start.");
    counter!(RESPONSES, "Answers to HTTP requests, by class of status.");
    metrics::describe_histogram!(
        RESPONSE_SECONDS,
        Unit::Seconds,
        "Time from a request's head to its answer's head."
    );
    gauge!(
        "mukalma_live_connections",
        "Websockets and streams of events that are open."
    );
    counter!(
        "mukalma_live_messages_total",
        "Messages sent for subscriptions and other operations over websockets and streams."
    );
    counter!(
        "mukalma_live_executions_total",
        "Runs of live documents; those who watch the same share one."
    );
    counter!(
        "mukalma_live_stalled_total",
        "Connections closed because their reader stalled."
    );
    gauge!(
        "mukalma_live_streams",
        "Streams of events that somebody follows."
    );
    counter!(
        "mukalma_live_resyncs_total",
        "Readers of the event log that had to load anew."
    );
    counter!(
        "mukalma_log_gaps_total",
        "Gaps found in the event log. Anything but 0 is a bug."
    );
    counter!(
        "mukalma_log_failures_total",
        "Reads of the event log that failed."
    );
}

/// Counts an answer that took so long.
pub fn count_response(status: StatusCode, took: Duration) {
    let class = match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    };
    metrics::counter!(RESPONSES, "status" => class).increment(1);
    metrics::histogram!(RESPONSE_SECONDS).record(took);
}

/// Measures live delivery as it stands.
pub fn measure_live(live: &LiveCounts, hub: &HubCounts) {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    metrics::gauge!("mukalma_live_connections").set(number(live.sockets));
    metrics::gauge!("mukalma_live_streams").set(number(hub.streams));
    for (name, count) in [
        ("mukalma_live_messages_total", live.delivered),
        ("mukalma_live_executions_total", live.executions),
        ("mukalma_live_stalled_total", live.stalled),
        ("mukalma_live_resyncs_total", hub.resyncs),
        ("mukalma_log_gaps_total", hub.gaps),
        ("mukalma_log_failures_total", hub.failures),
    ] {
        metrics::counter!(name).absolute(count);
    }
}

/// What is measured when somebody asks.
pub type Probe = Arc<dyn Fn() + Send + Sync>;

/// Answers `GET /metrics`.
pub fn metrics_router(handle: PrometheusHandle, probe: Probe) -> Router {
    async fn answer(State((handle, probe)): State<(PrometheusHandle, Probe)>) -> impl IntoResponse {
        probe();
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
        .with_state((handle, probe))
}

/// Serves `/metrics` on its own listener until told to stop.
pub async fn serve_metrics(
    listener: TcpListener,
    (handle, probe): (PrometheusHandle, Probe),
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
    let server = axum::serve(listener, metrics_router(handle, probe))
        .with_graceful_shutdown(stop.cancelled_owned())
        .into_future();
    tokio::select! {
        ended = server => ended,
        () = upkeep => unreachable!("upkeep has no end"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::body::Body;
    use axum::http::Request;
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
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .unwrap()
            .build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            count_response(StatusCode::OK, Duration::from_millis(2));
            count_response(StatusCode::NOT_FOUND, Duration::from_millis(2));
            let live = LiveCounts {
                sockets: 3,
                delivered: 40,
                wired: 30,
                executions: 10,
                stalled: 1,
            };
            measure_live(&live, &HubCounts::default());
        });
        let asked = Arc::new(AtomicBool::new(false));
        let probed = Arc::clone(&asked);
        let probe: Probe = Arc::new(move || probed.store(true, Ordering::Relaxed));
        let response = metrics_router(recorder.handle(), probe)
            .oneshot(Request::get("/metrics").body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = std::str::from_utf8(&body).unwrap();
        for line in [
            "mukalma_http_responses_total{status=\"4xx\"} 1",
            "mukalma_http_response_seconds_bucket{le=\"0.0025\"} 2",
            "mukalma_live_connections 3",
            "mukalma_live_messages_total 40",
            "mukalma_log_gaps_total 0",
        ] {
            assert!(body.lines().any(|found| found == line), "{line}: {body}");
        }
        assert!(asked.load(Ordering::Relaxed));
    }
}
