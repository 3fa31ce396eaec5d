//! All that is kept of somebody, given out to himself: `/me/export.json`, for
//! programs, and `/me/export.html`, to be read.
//!
//! What is sent is asked for while it is sent, some rows at a time: neither the
//! database nor the memory waits for a slow reader. A file that breaks off has
//! no end, and so is not taken for a whole one.

mod html;
mod json;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::people::Language;
use door::fault::Fault;
use door::front::{Serve as _, Turned};
use forum::account::export::{Export, Part};
use futures_util::future::BoxFuture;
use futures_util::stream;
use serde_json::json;

use crate::schema::caller::Caller;
use crate::service::Service;

/// Where it is for programs.
pub const JSON: &str = "/me/export.json";

/// Where it is to be read.
pub const HTML: &str = "/me/export.html";

/// The names of sections and columns that lack words in a language, and those of
/// words that are of nothing: none.
#[cfg(feature = "testing")]
pub fn unworded() -> Vec<&'static str> {
    words::unworded()
}

/// What one costs of the budget: as much as the greatest operation.
const COST: u64 = 1_000;

/// What makes a file of it.
trait Form: Send + 'static {
    /// What stands before everything.
    fn begin(&mut self, out: &mut String);
    /// Some rows.
    fn part(&mut self, part: &Part, out: &mut String);
    /// What stands after everything.
    fn end(&mut self, out: &mut String);
}

/// Answers at [`JSON`].
pub fn json(State(service): State<Arc<Service>>, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move {
        answer(&service, request, |export, _| {
            let kind = HeaderValue::from_static("application/json");
            (kind, None, "mukalma-own-data.json", json::Json::new(export))
        })
        .await
    })
}

/// Answers at [`HTML`].
pub fn html(State(service): State<Arc<Service>>, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move {
        answer(&service, request, |export, language| {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            let form = html::Html::new(export, language);
            (kind, Some(html::policy()), "mukalma-own-data.html", form)
        })
        .await
    })
}

/// How a file is sent: its type, what it may load, its name, and what makes it.
type Sent<F> = (HeaderValue, Option<HeaderValue>, &'static str, F);

async fn answer<F: Form>(
    service: &Service,
    request: Request,
    form: impl FnOnce(&Export, Language) -> Sent<F>,
) -> Response {
    let (parts, _) = request.into_parts();
    let (caller, export) = match admit(service, &parts).await {
        Ok(admitted) => admitted,
        Err(response) => return *response,
    };
    let (kind, policy, name, form) = form(&export, caller.language);
    let sending = Sending {
        caller,
        export,
        form,
        at: At::Beginning,
    };
    let body = Body::from_stream(stream::try_unfold(sending, next));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let name = format!("attachment; filename=\"{name}\"");
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    let unkept = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, unkept);
    response
}

/// Finds out who asks, and begins if he may.
async fn admit(service: &Service, asked: &Parts) -> Result<(Caller, Export), Box<Response>> {
    let headers = &asked.headers;
    if !service.door().origins.allows(headers) {
        return Err(refused(Fault::Forbidden, None));
    }
    let peer = asked.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    let turned = |why| match why {
        Turned::Fault(fault) => refused(fault, None),
        Turned::Over(over) => refused(Fault::RateLimited, Some(over.retry_after)),
    };
    let mut caller = service.viewer(headers, peer).await.map_err(turned)?;
    let spent = service.spend(&mut caller, COST);
    spent.map_err(|over| turned(Turned::Over(over)))?;
    match caller.forum.begin_export(&caller.viewer) {
        Ok(export) => Ok((caller, export)),
        Err(forum::Error::Busy { seconds }) => Err(refused(Fault::RateLimited, Some(seconds))),
        // A session's owner alone; no app.
        Err(_) if caller.viewer.account.is_none() => Err(refused(Fault::Unauthenticated, None)),
        Err(_) => Err(refused(Fault::Forbidden, None)),
    }
}

#[expect(
    clippy::unnecessary_box_returns,
    reason = "every other answer would carry the room of this one"
)]
fn refused(fault: Fault, wait: Option<u64>) -> Box<Response> {
    let body = json!({ "errors": [{
        "message": fault.message(), "extensions": { "code": fault.code() },
    }] });
    let mut response = (fault.status(), Json(body)).into_response();
    let headers = response.headers_mut();
    if let Some(wait) = wait {
        headers.insert(header::RETRY_AFTER, wait.into());
    }
    if fault.status() == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer realm=\"mukalma\"");
        headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
    Box::new(response)
}

/// A file on its way.
struct Sending<F> {
    caller: Caller,
    export: Export,
    form: F,
    at: At,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Beginning,
    Middle,
    End,
}

/// The next bytes of a file.
async fn next<F: Form>(
    mut sending: Sending<F>,
) -> Result<Option<(Bytes, Sending<F>)>, &'static str> {
    let mut out = String::new();
    match sending.at {
        At::End => return Ok(None),
        At::Beginning => {
            sending.form.begin(&mut out);
            sending.at = At::Middle;
        }
        At::Middle => {
            let viewer = Arc::clone(&sending.caller.viewer);
            let forum = Arc::clone(&sending.caller.forum);
            let part = forum.export_some(&viewer, &mut sending.export).await;
            if let Some(part) = part.map_err(|_| "it breaks off")? {
                sending.form.part(&part, &mut out);
            } else {
                sending.form.end(&mut out);
                sending.at = At::End;
            }
        }
    }
    Ok(Some((out.into(), sending)))
}
