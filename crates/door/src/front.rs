//! The front door: GraphQL over HTTP, to the letter of its specification.
//!
//! What holds here: a body is bounded in size and time; only JSON is read, only
//! from an origin we know, and no mutation by GET, which together leave no
//! cross-site request to forge; no batches; a request that is refused is
//! answered without `data` and before any resolver ran; a mutation that began
//! runs to its end even when the caller is gone.
//!
//! | | `application/graphql-response+json` | `application/json` |
//! |---|---|---|
//! | executed, with or without errors below fields | 200 | 200 |
//! | document, operation name or variables refused | 400 | 200 |
//! | no GraphQL request | 400 | 400 |
//! | who asks: 401, 403, 429; our side: 500, 503 | the same | the same |
//!
//! A read by GET has an `ETag`, and is answered 304 to who has it. It is not to be
//! stored all the same: what a browser keeps, others find on its disk.
//!
//! The second column is the specification's rule for clients that take a status
//! other than 200 for a broken connection. `PERSISTED_QUERY_NOT_FOUND` follows
//! the second line, which both rules and the clients of Apollo allow: they read
//! the code, not the status.

mod accept;
mod answer;
mod origin;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_trait::async_trait;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};

pub use self::accept::{Media, reads_events};
use self::accept::{is_json, negotiate, prefers_page};
pub use self::answer::{allow, malformed, refused, tell_standing, turned};
use self::answer::{executed, kept, tagged};
pub use self::origin::Origins;
use crate::budget::{ENTRY, Over, Standing};
use crate::console;
use crate::document::{About, Admits, Ask, Documents, Prepared, Refusal};
use crate::fault::Fault;
use crate::graphiql::Explorer;

/// What stands behind the front door.
#[async_trait]
pub trait Serve: Send + Sync + 'static {
    /// Who asks.
    type Viewer: Send + 'static;

    /// The documents of the schema, with their limits.
    fn documents(&self) -> &Documents;

    /// How the door is set up.
    fn door(&self) -> &Door;

    /// Finds out who asks: from a token, a cookie, or not at all.
    ///
    /// # Errors
    ///
    /// When what was presented is not good, or nobody can tell now.
    async fn viewer(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
    ) -> Result<Self::Viewer, Turned>;

    /// Which documents the viewer may use.
    fn admits(&self, viewer: &Self::Viewer) -> Admits;

    /// Takes so many cost units from the viewer's budget, and says how it
    /// stands; `None` if it has no limit.
    ///
    /// # Errors
    ///
    /// When less than that is left. Nothing is taken then.
    fn spend(&self, viewer: &mut Self::Viewer, cost: u64) -> Result<Option<Standing>, Over>;

    /// Executes the request as this viewer. A refusal before execution is a
    /// response without data whose errors have a code and no path.
    async fn execute(&self, viewer: Self::Viewer, prepared: Prepared) -> Answer;
}

/// Why somebody is turned away before his request is read.
#[derive(Clone, Copy, Debug)]
pub enum Turned {
    /// What he presented is not good, or nobody can tell now.
    Fault(Fault),
    /// His budget is spent.
    Over(Over),
}

impl From<Fault> for Turned {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Over> for Turned {
    fn from(over: Over) -> Self {
        Self::Over(over)
    }
}

/// What an operation came to.
#[derive(Debug)]
pub enum Answer {
    /// It was executed, or refused in place of execution.
    Executed(async_graphql::Response),
    /// The JSON of an answer without errors that was kept from before.
    Kept(Bytes),
}

/// How the front door is set up.
#[derive(Clone, Debug)]
pub struct Door {
    /// Bytes of a request's body. 256 KiB.
    pub body_bytes: usize,
    /// How long a request's body may take to arrive. 15 seconds.
    pub body_wait: Duration,
    /// Which pages of other origins may send requests. None.
    pub origins: Origins,
    /// What a browser gets. The explorer of our own.
    pub explorer: Explorer,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            body_wait: Duration::from_secs(15),
            origins: Origins::default(),
            explorer: Explorer::Own,
        }
    }
}

/// Answers a request to the GraphQL address, whatever its method.
pub async fn graphql<S: Serve>(State(serve): State<Arc<S>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match parts.method {
        Method::GET if prefers_page(&parts.headers) => match &serve.door().explorer {
            Explorer::Graphiql(graphiql) => return graphiql.page(),
            Explorer::Own => return console::page(&parts.headers),
            Explorer::None => {}
        },
        Method::GET | Method::POST => {}
        _ => {
            let message = "Only GET and POST are served here.";
            let response = malformed(StatusCode::METHOD_NOT_ALLOWED, Media::Json, message);
            return allow(response, "GET, POST");
        }
    }
    let Some(media) = negotiate(&parts.headers) else {
        let message = "Only application/graphql-response+json and application/json are answered.";
        return malformed(StatusCode::NOT_ACCEPTABLE, Media::Json, message);
    };
    if !serve.door().origins.allows(&parts.headers) {
        let refusal = Fault::Forbidden;
        let message = "Requests from pages of this origin are not accepted.";
        return refused(
            media,
            &Refusal::one(About::Request, refusal, message),
            refusal.status(),
        );
    }
    let ask = if parts.method == Method::POST {
        match read_body(serve.door(), &parts.headers, body).await {
            Ok(body) => Ask::from_json(&body),
            Err((status, message)) => return malformed(status, media, message),
        }
    } else {
        Ask::from_query(parts.uri.query().unwrap_or_default())
    };
    let mut stands = None;
    let answer = answer(&serve, &parts, ask, &mut stands).await;
    let was_read = parts.method == Method::GET && answer.is_ok();
    let mut response = respond(answer, media);
    if was_read {
        response = tagged(&parts.headers, response).await;
    }
    if let Some(stands) = stands {
        tell_standing(response.headers_mut(), &stands);
    }
    response
}

fn respond(answer: Result<Answer, Stop>, media: Media) -> Response {
    match answer {
        Ok(Answer::Executed(response)) => executed(media, response),
        Ok(Answer::Kept(answer)) => kept(media, answer),
        Err(Stop::Refused(refusal)) => {
            let status = match (refusal.about, media) {
                (About::Document, Media::Json) => StatusCode::OK,
                _ => refusal.fault().status(),
            };
            refused(media, &refusal, status)
        }
        Err(Stop::Turned(why)) => turned(media, why),
        Err(Stop::MutationByGet) => {
            let message = "A mutation must be sent by POST.";
            let response = malformed(StatusCode::METHOD_NOT_ALLOWED, media, message);
            allow(response, "POST")
        }
    }
}

/// Why there is nothing to execute.
enum Stop {
    Refused(Refusal),
    Turned(Turned),
    MutationByGet,
}

impl<T: Into<Turned>> From<T> for Stop {
    fn from(turned: T) -> Self {
        Self::Turned(turned.into())
    }
}

/// Takes from the viewer's budget and notes how it stands.
fn spend<S: Serve>(
    serve: &S,
    viewer: &mut S::Viewer,
    cost: u64,
    stands: &mut Option<Standing>,
) -> Result<(), Stop> {
    match serve.spend(viewer, cost) {
        Ok(now) => *stands = now,
        Err(over) => {
            *stands = Some(over.standing);
            return Err(over.into());
        }
    }
    Ok(())
}

async fn answer<S: Serve>(
    serve: &Arc<S>,
    parts: &Parts,
    ask: Result<Ask, Refusal>,
    stands: &mut Option<Standing>,
) -> Result<Answer, Stop> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    let mut viewer = serve.viewer(&parts.headers, peer).await?;
    // Reading what is refused costs, too.
    spend(&**serve, &mut viewer, ENTRY, stands)?;
    let prepared = serve
        .documents()
        .prepare(ask.map_err(Stop::Refused)?, serve.admits(&viewer))
        .await
        .map_err(Stop::Refused)?;
    match prepared.kind() {
        OperationType::Mutation if parts.method == Method::GET => {
            return Err(Stop::MutationByGet);
        }
        OperationType::Subscription => {
            let message = "Subscriptions are served at /graphql/ws and /graphql/stream.";
            let refusal = Refusal::one(About::Document, Fault::BadUserInput, message);
            return Err(Stop::Refused(refusal));
        }
        OperationType::Query | OperationType::Mutation => {}
    }
    if prepared.cost() > ENTRY {
        spend(&**serve, &mut viewer, prepared.cost() - ENTRY, stands)?;
    }

    let mutation = prepared.kind() == OperationType::Mutation;
    let done = if mutation {
        // This future is dropped when the caller hangs up; the task is not.
        let serve = Arc::clone(serve);
        let task = tokio::spawn(async move { serve.execute(viewer, prepared).await });
        task.await.ok()
    } else {
        let execution = AssertUnwindSafe(serve.execute(viewer, prepared));
        execution.catch_unwind().await.ok()
    };
    done.ok_or(Fault::Internal.into())
}

/// Reads the JSON body of a request, as large and as slow as the door lets in.
///
/// # Errors
///
/// The status and the message to answer with.
pub async fn read_body(
    door: &Door,
    headers: &HeaderMap,
    body: Body,
) -> Result<Bytes, (StatusCode, &'static str)> {
    const TOO_LARGE: (StatusCode, &str) = (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.");
    if !is_json(headers) {
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body must be application/json in UTF-8, without encoding.",
        ));
    }
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > door.body_bytes) {
        return Err(TOO_LARGE);
    }
    let body = Limited::new(body, door.body_bytes).collect();
    match tokio::time::timeout(door.body_wait, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(TOO_LARGE),
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, "The body cannot be read.")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "The body took too long.")),
    }
}
