//! Server-sent events: `graphql-sse` in its distinct connections mode, for
//! networks that break websockets.
//!
//! One operation a connection, by POST or by GET, under the rules of the front
//! door: its bounded JSON body, its origins, no mutation by GET. What the guard
//! refuses is told in the stream, as the protocol asks. The id of an event is
//! its cursor, so that `Last-Event-ID` goes on where a connection broke off.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use domain::event::Position;
use door::document::{About, Ask, Refusal};
use door::fault::Fault;
use door::front::{
    Media, Serve, Turned, allow, malformed, read_body, reads_events, refused, tell_standing, turned,
};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use realtime::{Listener, LiveServer, Plan};

use crate::live::{self, Connected, Unprepared};
use crate::service::Service;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What serves streams of events.
pub struct Streams {
    /// The forum's service.
    pub service: Arc<Service>,
    /// Its live delivery.
    pub live: Arc<LiveServer<Service>>,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}

/// Answers a request for a stream of events, whatever its method.
///
/// Boxed here, so that whoever serves it does not compile what executes
/// operations once more.
pub fn stream(
    State(streams): State<Arc<Streams>>,
    request: Request,
) -> BoxFuture<'static, Response> {
    Box::pin(async move { answer(&streams, request).await })
}

async fn answer(streams: &Streams, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let door = streams.service.door();
    if !matches!(parts.method, Method::GET | Method::POST) {
        let message = "Only GET and POST are served here.";
        let response = malformed(StatusCode::METHOD_NOT_ALLOWED, Media::Json, message);
        return allow(response, "GET, POST");
    }
    if !reads_events(&parts.headers) {
        let message = "Only text/event-stream is answered.";
        return malformed(StatusCode::NOT_ACCEPTABLE, Media::Json, message);
    }
    if !door.origins.allows(&parts.headers) {
        let message = "Requests from pages of this origin are not accepted.";
        let refusal = Refusal::one(About::Request, Fault::Forbidden, message);
        return refused(Media::Json, &refusal, Fault::Forbidden.status());
    }
    let ask = if parts.method == Method::POST {
        match read_body(door, &parts.headers, body).await {
            Ok(body) => Ask::from_json(&body),
            Err((status, message)) => return malformed(status, Media::Json, message),
        }
    } else {
        Ask::from_query(parts.uri.query().unwrap_or_default())
    };
    // What is no request at all has no operation to tell errors of.
    if let Err(refusal) = &ask {
        return refused(Media::Json, refusal, refusal.fault().status());
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = peer.map(|ConnectInfo(address)| address.ip());
    match open(streams, &parts.method, &parts.headers, address, ask).await {
        Ok(response) => response,
        Err(Stop::Turned(why)) => {
            let mut response = turned(Media::Json, why);
            if let Turned::Over(over) = why {
                tell_standing(response.headers_mut(), &over.standing);
            }
            response
        }
        Err(Stop::MutationByGet) => {
            let message = "A mutation must be sent by POST.";
            let response = malformed(StatusCode::METHOD_NOT_ALLOWED, Media::Json, message);
            allow(response, "POST")
        }
    }
}

/// Why there is no stream.
enum Stop {
    Turned(Turned),
    MutationByGet,
}

impl<T: Into<Turned>> From<T> for Stop {
    fn from(turned: T) -> Self {
        Self::Turned(turned.into())
    }
}

async fn open(
    streams: &Streams,
    method: &Method,
    headers: &HeaderMap,
    address: Option<IpAddr>,
    ask: Result<Ask, Refusal>,
) -> Result<Response, Stop> {
    let service = &streams.service;
    // The seat hears of what changes while rights are read.
    let listener = Listener::sit(&streams.live).ok_or(Fault::Unavailable)?;
    let mut viewer = service.connected(headers, address).await?;
    let after = last_event(service, headers);
    let plan = match service.prepare(&mut viewer, ask).await {
        Ok(prepared) if prepared.kind() == OperationType::Mutation && method == Method::GET => {
            return Err(Stop::MutationByGet);
        }
        Ok(prepared) => match &after {
            Ok(_) => service.plan_prepared(&viewer, prepared).await,
            Err(refusal) => live::refused(refusal),
        },
        Err(Unprepared::Refused(refusal)) => live::refused(&refusal),
        Err(Unprepared::Over(over)) => return Err(over.into()),
    };
    Ok(events(listener, viewer, plan, after.ok().flatten()).await)
}

/// The last event that the client has.
fn last_event(service: &Service, headers: &HeaderMap) -> Result<Option<Position>, Refusal> {
    let Some(id) = headers.get(LAST_EVENT_ID).filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let position = id
        .to_str()
        .ok()
        .and_then(|id| service.cursors.open(id).ok());
    position.map(Some).ok_or_else(|| {
        let message = "This cursor cannot be read.";
        Refusal::one(About::Document, Fault::BadUserInput, message)
    })
}

async fn events(
    listener: Listener<Service>,
    viewer: Connected,
    plan: Plan<Service>,
    after: Option<Position>,
) -> Response {
    let standing = viewer.standing().copied();
    let events = listener.read(viewer, plan, after).await;
    let events = events.map(Ok::<_, std::convert::Infallible>);
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::VARY, "accept, origin, authorization, cookie"),
        // Of nginx: what is sent is not to wait for more.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(standing) = standing {
        tell_standing(headers, &standing);
    }
    response
}
