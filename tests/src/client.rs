//! Somebody who speaks GraphQL, over HTTP and over a websocket.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A test that waits longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that speaks to the forum for one person.
#[derive(Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) address: SocketAddr,
    /// The session's token, if somebody is signed in.
    pub token: Option<String>,
    language: &'static str,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: axum::http::HeaderMap,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// The code of the first top-level error.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }

    /// A header field; empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Client {
    /// A client with a token, or without one.
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        Self {
            http: reqwest::Client::new(),
            address,
            token,
            language: "en",
        }
    }

    /// Somebody who signs in at a server.
    pub async fn sign_in(address: SocketAddr, login: &str, password: &str) -> Self {
        let input = json!({ "login": login, "password": password });
        let visitor = Self::new(address, None);
        let signed = visitor.done("signIn", input, "session { token }").await;
        let token = signed["session"]["token"].as_str().map(str::to_owned);
        Self { token, ..visitor }
    }

    /// The same person at another server of the same forum.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// The same client, reading Urdu.
    #[must_use]
    pub fn in_urdu(&self) -> Self {
        self.accepting("ur")
    }

    /// The same client, with this for `Accept-Language`.
    #[must_use]
    pub fn accepting(&self, language: &'static str) -> Self {
        Self {
            language,
            ..self.clone()
        }
    }

    /// Sends an operation and gives the answer as it came.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.post(serde_json::to_vec(&body).expect("JSON")).await
    }

    /// Sends an operation to a server that may be gone.
    pub async fn try_send(&self, query: &str, variables: Value) -> Option<Answer> {
        let body = json!({ "query": query, "variables": variables });
        self.try_post(serde_json::to_vec(&body).expect("JSON"))
            .await
    }

    /// Sends a body as it is.
    pub async fn post(&self, body: Vec<u8>) -> Answer {
        self.try_post(body).await.expect("the server answers")
    }

    async fn try_post(&self, body: Vec<u8>) -> Option<Answer> {
        let mut request = self
            .http
            .post(format!("http://{}/graphql", self.address))
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("accept-language", self.language)
            .body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await.ok()?;
        let body = serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
        Some(Answer {
            status,
            headers,
            body,
        })
    }

    /// Asks for a file.
    pub async fn get(&self, path: &str) -> Answer {
        let mut request = self.http.get(format!("http://{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.expect("a text to its end");
        let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Runs an operation that must succeed, and gives its data.
    pub async fn run(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.send(query, variables).await;
        assert!(answer.body["errors"].is_null(), "{query}\n{}", answer.body);
        answer.body["data"].take()
    }

    /// Runs a mutation of one `input` and gives its payload.
    pub async fn act(&self, name: &str, input: Value, selection: &str) -> Value {
        let of = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {of}!) {{ {name}(input: $input) {{ {selection} \
             userErrors {{ code message field }} clientMutationId }} }}",
        );
        self.run(&query, json!({ "input": input })).await[name].take()
    }

    /// Runs a mutation that must be done.
    pub async fn done(&self, name: &str, input: Value, selection: &str) -> Value {
        let payload = self.act(name, input, selection).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        payload
    }

    /// Runs a mutation that a person must mend, and gives the code of the
    /// first thing to mend.
    pub async fn refused(&self, name: &str, input: Value) -> String {
        let payload = self.act(name, input, "").await;
        let code = payload["userErrors"][0]["code"].as_str();
        code.unwrap_or_else(|| panic!("{name} was not refused: {payload}"))
            .to_owned()
    }

    /// The texts of all posts of a thread.
    pub async fn bodies(&self, thread: &Value) -> Vec<String> {
        let document = "query($id: ID!, $after: String) { thread(id: $id) { \
                        posts(first: 100, after: $after) { nodes { body } \
                        pageInfo { endCursor hasNextPage } } } }";
        let (mut bodies, mut after) = (Vec::new(), Value::Null);
        loop {
            let seen = self
                .run(document, json!({ "id": thread, "after": after }))
                .await;
            let page = &seen["thread"]["posts"];
            let nodes = page["nodes"].as_array().expect("posts");
            bodies.extend(
                nodes
                    .iter()
                    .filter_map(|node| node["body"].as_str().map(str::to_owned)),
            );
            if page["pageInfo"]["hasNextPage"] != true {
                return bodies;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Opens a websocket and watches a subscription.
    pub async fn watch(&self, query: &str, variables: Value) -> Watch {
        self.subscribe(&json!({ "query": query, "variables": variables }))
            .await
    }

    /// Opens a websocket and watches what this payload asks for.
    pub async fn subscribe(&self, payload: &Value) -> Watch {
        let mut socket = self.socket().await;
        let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
        say(&mut socket, &subscribe).await;
        // An answer to a ping comes after whatever was said before it: the
        // subscription stands.
        say(&mut socket, &json!({ "type": "ping" })).await;
        let mut early = VecDeque::new();
        loop {
            let message = hear(&mut socket).await.expect("the socket stays open");
            if message["type"] == "pong" {
                return Watch { socket, early };
            }
            early.push_back(message);
        }
    }

    async fn socket(&self) -> Socket {
        let mut request = format!("ws://{}/graphql/ws", self.address)
            .into_client_request()
            .expect("a request");
        let headers = request.headers_mut();
        headers.insert(
            "sec-websocket-protocol",
            "graphql-transport-ws".parse().expect("a name"),
        );
        let (mut socket, _) = tokio_tungstenite::connect_async(request)
            .await
            .expect("the socket opens");
        let init = match &self.token {
            Some(token) => json!({ "authorization": format!("Bearer {token}") }),
            None => json!({}),
        };
        say(
            &mut socket,
            &json!({ "type": "connection_init", "payload": init }),
        )
        .await;
        let answer = hear(&mut socket).await.expect("the socket stays open");
        assert_eq!(answer["type"], "connection_ack");
        socket
    }
}

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// A subscription that is watched.
pub struct Watch {
    socket: Socket,
    early: VecDeque<Value>,
}

impl Watch {
    /// The data of the next event.
    pub async fn next(&mut self) -> Value {
        loop {
            let mut message = self.message().await.expect("the socket stays open");
            match message["type"].as_str() {
                Some("next") => {
                    assert!(message["payload"]["errors"].is_null(), "{message}");
                    return message["payload"]["data"].take();
                }
                Some("pong" | "ping") => {}
                _ => panic!("not an event: {message}"),
            }
        }
    }

    /// The next answer, as it would be over HTTP: of an event, of an operation,
    /// or the errors that it was refused with.
    pub async fn answer(&mut self) -> Value {
        loop {
            let mut message = self.message().await.expect("the socket stays open");
            match message["type"].as_str() {
                Some("next") => return message["payload"].take(),
                Some("error") => return json!({ "errors": message["payload"] }),
                _ => {}
            }
        }
    }

    /// The data of every event until the socket is gone.
    pub async fn until_gone(mut self) -> Vec<Value> {
        let mut seen = Vec::new();
        while let Ok(mut message) = self.message().await {
            if message["type"] == "next" {
                seen.push(message["payload"]["data"].take());
            }
        }
        seen
    }

    /// What ended the subscription: `complete`, the code of an error, or the
    /// socket's close code.
    pub async fn end(&mut self) -> String {
        loop {
            match self.message().await {
                Err(close) => return close,
                Ok(message) => match message["type"].as_str() {
                    Some("complete") => return "complete".to_owned(),
                    Some("error") => {
                        let code = &message["payload"][0]["extensions"]["code"];
                        return code.as_str().unwrap_or_default().to_owned();
                    }
                    _ => {}
                },
            }
        }
    }

    async fn message(&mut self) -> Result<Value, String> {
        match self.early.pop_front() {
            Some(message) => Ok(message),
            None => hear(&mut self.socket).await,
        }
    }
}

async fn say(socket: &mut Socket, message: &Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .expect("the socket takes a message");
}

async fn hear(socket: &mut Socket) -> Result<Value, String> {
    let hearing = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map(|frame| u16::from(frame.code).to_string());
                    return Err(code.unwrap_or_default());
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err("gone".to_owned()),
            }
        }
    };
    tokio::time::timeout(PATIENCE, hearing)
        .await
        .expect("a message in time")
}
