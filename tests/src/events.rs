//! Somebody who reads a stream of server-sent events.

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::client::Client;

/// A test that waits longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// One event, as the HTML standard reads it.
#[derive(Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its id; empty where it has none.
    pub id: String,
    /// Its data, as JSON; null where that is empty.
    pub data: Value,
}

/// A stream that is read.
pub struct Events {
    response: Response,
    unread: String,
}

impl Client {
    /// A request for a stream by POST.
    pub fn streaming(&self, query: &str, variables: &Value) -> RequestBuilder {
        let url = format!("http://{}/graphql/stream", self.address);
        let body = json!({ "query": query, "variables": variables });
        self.reading(self.http.post(url).json(&body))
    }

    /// A request for a stream by GET.
    pub fn streaming_by_get(&self, query: &str, variables: &Value) -> RequestBuilder {
        let mut url = reqwest::Url::parse(&format!("http://{}/graphql/stream", self.address))
            .expect("an address");
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("query", query);
        pairs.append_pair("variables", &variables.to_string());
        drop(pairs);
        self.reading(self.http.get(url))
    }

    fn reading(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("accept", "text/event-stream");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

impl Events {
    /// Reads what is answered to a request, which must be a stream.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status().as_u16(), 200);
        let kind = &response.headers()["content-type"];
        assert_eq!(kind, "text/event-stream; charset=utf-8");
        Self {
            response,
            unread: String::new(),
        }
    }

    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.unread.find("\n\n") {
                let block: String = self.unread.drain(..end + 2).collect();
                let event = Self::read(&block);
                if event.is_some() {
                    return event;
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk())
                .await
                .expect("an event in time");
            let chunk = chunk.ok().flatten()?;
            self.unread += std::str::from_utf8(&chunk).expect("events are UTF-8");
        }
    }

    /// The data of the next event, which must be a result without errors.
    pub async fn data(&mut self) -> (Value, String) {
        let mut event = self.next().await.expect("the stream goes on");
        assert_eq!(event.name, "next", "{}", event.data);
        assert!(event.data["errors"].is_null(), "{}", event.data);
        (event.data["data"].take(), event.id)
    }

    /// What ended the stream: `complete`, or nothing.
    pub async fn end(&mut self) -> Option<String> {
        loop {
            match self.next().await {
                Some(event) if event.name == "next" => {}
                end => return end.map(|event| event.name),
            }
        }
    }

    /// The code of the error that the stream consists of.
    pub async fn refused(&mut self) -> String {
        let event = self.next().await.expect("an event");
        assert_eq!(self.end().await.as_deref(), Some("complete"));
        let code = &event.data["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or_default().to_owned()
    }

    /// `None` of a comment.
    fn read(block: &str) -> Option<Event> {
        let fields = block.trim_end().lines();
        let fields = fields.filter(|line| !line.starts_with(':'));
        let (mut name, mut id, mut data) = (String::new(), String::new(), String::new());
        for line in fields {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut name),
                "id" => value.clone_into(&mut id),
                "data" => data += value,
                _ => panic!("not a field: {line}"),
            }
        }
        let data = serde_json::from_str(&data).unwrap_or(Value::Null);
        (!name.is_empty()).then_some(Event { name, id, data })
    }
}
