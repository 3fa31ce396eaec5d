//! Wires the forum, the API and live delivery together.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::Service;
use api::export;
use api::oauth::{self, OAuth};
use api::stream::{Streams, stream};
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use domain::event::{Event, StreamHead, StreamName};
use door::budget::Budgets;
use door::front::{Door, Origins, graphql};
use door::graphiql::{self, Explorer};
use door::guard::Limits;
use forum::Forum;
use realtime::{
    Cursors, Handshake, Hub, HubConfig, Item, LiveConfig, LiveServer, Log, LogError, Start, Wire,
    origin_allowed, upgrade,
};
use storage::{Store, apart};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::documents;
use crate::webhooks::{self, Runner};

/// A forum that can be served.
pub struct App {
    /// Everything under `/`.
    pub router: Router,
    /// The forum.
    pub forum: Arc<Forum>,
    /// Live delivery.
    pub live: Arc<LiveServer<Service>>,
    /// What follows the event log.
    pub hub: Arc<Hub>,
    /// Tasks that end when the server stops.
    pub tasks: TaskTracker,
}

impl App {
    /// Wires a forum together. Its background tasks end by `stop`.
    pub async fn start(
        config: &Config,
        forum: Arc<Forum>,
        cursor_key: [u8; 32],
        explorer: Explorer,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let cursors = Arc::new(Cursors::new(cursor_key));
        let log = Arc::new(StoreLog(Arc::clone(forum.store())));
        let hub = Hub::start(log, HubConfig::default(), stop.clone());
        let names = Arc::new(api::names::Outside(Arc::clone(&cursors)));
        let service = Arc::new(Service::new(
            Arc::clone(&forum),
            Arc::clone(&cursors),
            door(config, explorer.clone()),
            limits(config),
            budgets(config),
            config.documents.trusted.into(),
        )?);
        if let Some(directory) = &config.documents.directory {
            let texts = documents::read(directory)?;
            let trusting = service.trust(texts).await;
            trusting.map_err(|why| anyhow::anyhow!("documents.directory: {why}"))?;
        }
        let live = LiveServer::new(
            Arc::clone(&service),
            Arc::clone(&hub),
            cursors,
            live_config(config),
            stop.clone(),
        );
        let tasks = TaskTracker::new();
        tasks.spawn(follow(
            Arc::clone(&forum),
            Arc::clone(&hub),
            StreamName::Access,
            stop.clone(),
        ));
        tasks.spawn(follow(
            Arc::clone(&forum),
            Arc::clone(&hub),
            StreamName::Directory,
            stop.clone(),
        ));
        tasks.spawn(empty_outbox(Arc::clone(&forum), stop.clone()));
        let runner = Runner {
            forum: Arc::clone(&forum),
            hub: Arc::clone(&hub),
            egress: webhooks::egress(config),
            names,
        };
        tasks.spawn(runner.run(stop.clone()));
        tasks.spawn(run_clocks(Arc::clone(&forum), stop.clone()));
        let look = Duration::from_secs(config.mail.look_seconds);
        tasks.spawn(send_mail(Arc::clone(&forum), look, stop.clone()));
        tasks.spawn(retain(Arc::clone(&forum), stop.clone()));
        tasks.spawn(keep_house(Arc::clone(&forum), stop));
        let sockets = Sockets {
            live: Arc::clone(&live),
            origins: config
                .websocket_origins
                .iter()
                .chain(&config.cors_origins)
                .map(|origin| origin.as_str().to_owned())
                .collect(),
        };
        let partners = Arc::new(OAuth {
            service: Arc::clone(&service),
        });
        let assets = format!("{}/{{name}}", graphiql::ADDRESS);
        let router = Router::new()
            .route("/graphql", any(graphql::<Service>))
            .with_state(Arc::clone(&service))
            .merge(
                Router::new()
                    .route(export::JSON, get(export::json))
                    .route(export::HTML, get(export::html))
                    .with_state(Arc::clone(&service)),
            )
            .merge(
                Router::new()
                    .route("/graphql/stream", any(stream))
                    .with_state(Arc::new(Streams {
                        service,
                        live: Arc::clone(&live),
                    })),
            )
            .merge(
                Router::new()
                    .route("/graphql/ws", get(socket))
                    .with_state(Arc::new(sockets)),
            )
            .merge(
                Router::new()
                    .route(oauth::TOKEN, any(oauth::token))
                    .route(oauth::REVOKE, any(oauth::revoke))
                    .route(oauth::METADATA, get(oauth::metadata))
                    .with_state(partners),
            )
            .merge(
                Router::new()
                    .route(&assets, get(graphiql::asset))
                    .with_state(explorer),
            );
        Ok(Self {
            router,
            forum,
            live,
            hub,
            tasks,
        })
    }
}

fn door(config: &Config, explorer: Explorer) -> Door {
    let origins = config
        .cors_origins
        .iter()
        .map(|origin| origin.as_str().to_owned());
    Door {
        body_bytes: config.limits.body_bytes,
        body_wait: Duration::from_secs(config.connection.body_seconds),
        origins: Origins::and(origins),
        explorer,
    }
}

fn limits(config: &Config) -> Limits {
    let limits = &config.limits;
    Limits {
        document_bytes: limits.document_bytes,
        tokens: limits.document_tokens,
        depth: limits.depth,
        aliases: limits.aliases,
        directives: limits.directives,
        root_fields: limits.root_fields,
        list_size: limits.page_size,
        cost: limits.cost,
        introspection: config.schema.introspection,
        hints: config.schema.hints,
        ..Limits::default()
    }
}

fn budgets(config: &Config) -> Budgets {
    Budgets {
        account: config.budget.account,
        client: config.budget.client,
        address: config.budget.address,
        window: Duration::from_secs(config.budget.window_seconds),
    }
}

fn live_config(config: &Config) -> LiveConfig {
    let websocket = &config.websocket;
    LiveConfig {
        init_timeout: Duration::from_secs(websocket.init_timeout_seconds),
        keepalive: Duration::from_secs(websocket.keepalive_seconds),
        stall: Duration::from_secs(websocket.stall_seconds),
        connections: websocket.connections,
        operations: websocket.operations,
        message_bytes: websocket.message_bytes,
        ..LiveConfig::default()
    }
}

struct Sockets {
    live: Arc<LiveServer<Service>>,
    origins: Vec<String>,
}

async fn socket(
    State(sockets): State<Arc<Sockets>>,
    extensions: Extensions,
    headers: HeaderMap,
    upgrading: WebSocketUpgrade,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // An Origin that cannot be read is none that is allowed.
    let origin = headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"));
    if !origin_allowed(origin, text(header::HOST), &sockets.origins) {
        return (
            StatusCode::FORBIDDEN,
            "pages of this origin may not connect\n",
        )
            .into_response();
    }
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let address = peer.map(|ConnectInfo(address)| address.ip());
    let handshake = Handshake {
        headers,
        address,
        wire: extensions.get::<Wire>().cloned(),
    };
    upgrade(upgrading, handshake, Arc::clone(&sockets.live))
}

/// The store's event log, as live delivery reads it.
struct StoreLog(Arc<Store>);

#[async_trait::async_trait]
impl Log for StoreLog {
    async fn head(&self, stream: StreamName) -> Result<Option<StreamHead>, LogError> {
        apart(self.0.read().stream_head(stream))
            .await
            .map_err(LogError::new)
    }

    async fn heads(
        &self,
        streams: &[StreamName],
    ) -> Result<Vec<(StreamName, StreamHead)>, LogError> {
        apart(self.0.read().stream_heads(streams))
            .await
            .map_err(LogError::new)
    }

    async fn events_after(
        &self,
        stream: StreamName,
        pos: i64,
        limit: u32,
    ) -> Result<Vec<Event>, LogError> {
        apart(self.0.read().events_after(stream, pos, limit))
            .await
            .map_err(LogError::new)
    }

    async fn touched(&self) -> Vec<StreamName> {
        self.0.commits().touched().await
    }
}

/// How long to wait before the log is asked again after it did not answer.
const RETRY: Duration = Duration::from_secs(1);

/// Drops what the forum keeps at hand when the log says that it changed.
async fn follow(forum: Arc<Forum>, hub: Arc<Hub>, stream: StreamName, stop: CancellationToken) {
    let following = async {
        loop {
            let Ok(mut reader) = hub.reader(stream, Start::Head).await else {
                tokio::time::sleep(RETRY).await;
                continue;
            };
            // Whatever changed before the reader stood is read now.
            forum.forget_every_account();
            reload(&forum).await;
            while let Ok(item) = reader.next().await {
                match (stream, item) {
                    (StreamName::Access, Item::Event(event)) => match event.object {
                        Some(holder) => forum.forget_holder(holder),
                        None => forum.forget_every_account(),
                    },
                    (StreamName::Access, Item::Resync { .. }) => forum.forget_every_account(),
                    _ => reload(&forum).await,
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = apart(following) => {}
    }
}

async fn reload(forum: &Forum) {
    while forum.reload_directory().await.is_err() {
        tokio::time::sleep(RETRY).await;
    }
}

/// What happens is passed on at once after a quiet moment, and at most so
/// often while much is said: a transaction for many events costs as much as
/// for one.
const PASSING_ON: Duration = Duration::from_millis(200);

/// Passes on what is in the outbox. Each commit of this process is heard of;
/// what another left behind is found a moment later.
async fn empty_outbox(forum: Arc<Forum>, stop: CancellationToken) {
    let emptying = async {
        loop {
            let next = Instant::now() + PASSING_ON;
            if forum.empty_outbox().await.is_err() {
                tokio::time::sleep(RETRY).await;
                continue;
            }
            // Until something is said, or a moment is over.
            let _ = tokio::time::timeout(RETRY, forum.store().commits().spoken()).await;
            tokio::time::sleep_until(next).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = apart(emptying) => {}
    }
}

/// Does what is due by the concerns' clocks, and looks at all of them anew where
/// they were set otherwise before the start.
async fn run_clocks(forum: Arc<Forum>, stop: CancellationToken) {
    let running = async {
        while forum.rewind_if_set_otherwise().await.is_err() {
            tokio::time::sleep(RETRY).await;
        }
        loop {
            let counting = async {
                forum.run_clocks().await?;
                forum.count_concerns().await?;
                forum.take_edition().await?;
                forum.make_reports().await
            };
            if counting.await.is_err() {
                tracing::debug!("clocks wait for the database");
            }
            tokio::time::sleep(RETRY).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = apart(running) => {}
    }
}

/// Mails what people want to be told of, as it is due.
async fn send_mail(forum: Arc<Forum>, look: Duration, stop: CancellationToken) {
    let sending = async {
        loop {
            tokio::time::sleep(look).await;
            if forum.send_mail().await.is_err() {
                tracing::debug!("mail waits for the database");
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = apart(sending) => {}
    }
}

/// How often is looked whether it is time to remove what is past its own.
const LOOK: Duration = Duration::from_secs(30);

/// Removes what is past its time, as often as is set.
async fn retain(forum: Arc<Forum>, stop: CancellationToken) {
    let retaining = async {
        while forum.begin_retention().await.is_err() {
            tokio::time::sleep(RETRY).await;
        }
        loop {
            tokio::time::sleep(LOOK).await;
            if forum.run_retention().await.is_err() {
                tracing::warn!("what is over could not be removed; it will be tried again");
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = apart(retaining) => {}
    }
}

/// How often everything that webhooks were told is looked through.
const HOUSEKEEPING: Duration = Duration::from_mins(10);

/// Looks whether webhooks were told what is closed by now.
async fn keep_house(forum: Arc<Forum>, stop: CancellationToken) {
    let keeping = async {
        loop {
            tokio::time::sleep(HOUSEKEEPING).await;
            if forum.retract_hidden().await.is_err() {
                tracing::warn!("webhooks could not be looked through; it will be tried again");
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = apart(keeping) => {}
    }
}
