use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::routing::any;
use axum::serve::IncomingStream;
use domain::event::Position;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;

use super::gate::FakeGate;
use super::log::MemoryLog;
use super::{soon, thread};
use crate::{
    Cursors, Handshake, Hub, HubConfig, LiveConfig, LiveServer, PROTOCOL, Wire, WiredStream,
    upgrade,
};

/// Takes connections that others than their task may write to.
struct Wiring(TcpListener);

impl axum::serve::Listener for Wiring {
    type Io = WiredStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (WiredStream, SocketAddr) {
        let (stream, peer) = self.0.accept().await.unwrap();
        (WiredStream::new(stream), peer)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// What writes to a connection.
#[derive(Clone)]
struct Wired(Wire);

impl Connected<IncomingStream<'_, Wiring>> for Wired {
    fn connect_info(stream: IncomingStream<'_, Wiring>) -> Self {
        Self(stream.io().wire().clone())
    }
}

/// A server with a fake gate on a log in memory.
pub(crate) struct Harness {
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) gate: Arc<FakeGate>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) live: Arc<LiveServer<FakeGate>>,
    pub(crate) cursors: Arc<Cursors>,
    pub(crate) shutdown: CancellationToken,
    address: SocketAddr,
}

impl Harness {
    pub(crate) async fn start(config: LiveConfig) -> Self {
        let shutdown = CancellationToken::new();
        let log = Arc::new(MemoryLog::default());
        let hub = Hub::start(
            Arc::clone(&log) as _,
            HubConfig {
                ring: 16,
                ..HubConfig::default()
            },
            shutdown.clone(),
        );
        let cursors = Arc::new(Cursors::new([3; 32]));
        let gate = Arc::new(FakeGate::new(Arc::clone(&cursors)));
        let live = LiveServer::new(
            Arc::clone(&gate),
            Arc::clone(&hub),
            Arc::clone(&cursors),
            config,
            shutdown.clone(),
        );
        let served = Arc::clone(&live);
        let handler = move |wired: ConnectInfo<Wired>, headers: HeaderMap, ws: WebSocketUpgrade| {
            let handshake = Handshake {
                headers,
                address: None,
                wire: Some(wired.0.0),
            };
            std::future::ready(upgrade(ws, handshake, Arc::clone(&served)))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = Wiring(listener);
        let app = Router::new()
            .route("/", any(handler))
            .into_make_service_with_connect_info::<Wired>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        // The access stream is followed from here on.
        super::until(|| hub.counts().streams == 1).await;
        Self {
            log,
            gate,
            hub,
            live,
            cursors,
            shutdown,
            address,
        }
    }

    /// A handshake with some headers.
    pub(crate) async fn handshake(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, tungstenite::Error> {
        let mut request = format!("ws://{}/", self.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let tcp = TcpStream::connect(self.address).await?;
        let (socket, _) = soon(tokio_tungstenite::client_async(request, tcp)).await?;
        Ok(Client { socket })
    }

    /// A client of a subprotocol that has said nothing yet.
    pub(crate) async fn dial(&self, protocol: &str) -> Client {
        let headers = [("sec-websocket-protocol", protocol)];
        let headers = if protocol.is_empty() {
            &[]
        } else {
            &headers[..]
        };
        self.handshake(headers).await.unwrap()
    }

    /// A connected client.
    pub(crate) async fn client(&self, viewer: u128) -> Client {
        let mut client = self.dial(PROTOCOL).await;
        let viewer = u64::try_from(viewer).unwrap();
        client
            .say(json!({"type": "connection_init", "payload": {"viewer": viewer}}))
            .await;
        assert_eq!(client.hear().await, json!({"type": "connection_ack"}));
        client
    }

    /// A connected client that watches thread 1 from its beginning, as
    /// operation `1`.
    pub(crate) async fn watcher(&self, viewer: u128, query: &str) -> Client {
        let mut client = self.client(viewer).await;
        client.subscribe("1", query, self.whole_thread(1)).await;
        client
    }

    /// The variables of a subscription to a whole thread.
    pub(crate) fn whole_thread(&self, number: u64) -> Value {
        let at = Position {
            stream: thread(number.into()),
            epoch: 0,
            pos: 0,
        };
        json!({"thread": number, "after": self.cursors.seal(at)})
    }
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.say(json!({"type": "subscribe", "id": id, "payload": payload}))
            .await;
    }

    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Pong(_))) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    /// The position of the next event of an operation.
    pub(crate) async fn position(&mut self, id: &str) -> i64 {
        let message = self.hear().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("next"), &json!(id)),
            "{message}"
        );
        message["payload"]["data"]["pos"]
            .as_i64()
            .unwrap_or_else(|| panic!("{message}"))
    }

    /// Waits for the server to close, past what it says before.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("expected a close frame, got {other:?}"),
            }
        }
    }
}
