//! `/unsubscribe`: ends an account's mail, without a session (RFC 8058).
//!
//! Opening the address changes nothing, because programs that look through
//! mail open every link in it: the page shows a button, which posts what a mail
//! program's own button posts.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use forum::Forum;
use forum::notice::UNSUBSCRIBE;
use serde::Deserialize;
use storage::apart;

use super::Page;

const ASK: &str = include_str!("unsubscribe.html");
const DONE: &str = include_str!("unsubscribed.html");

/// What stands in the link.
#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

struct Pages {
    ask: Page,
    done: Page,
    forum: Arc<Forum>,
}

/// `GET` and `POST /unsubscribe`.
pub fn router(forum_name: &str, forum: Arc<Forum>) -> Router {
    let pages = Pages {
        ask: Page::with_form(ASK, forum_name),
        done: Page::new(DONE, forum_name, None),
        forum,
    };
    Router::new()
        .route(UNSUBSCRIBE, get(ask).post(end))
        .with_state(Arc::new(pages))
}

/// The same page whatever the link: it tells nothing of it.
async fn ask(State(pages): State<Arc<Pages>>) -> Response {
    unkept(pages.ask.answer())
}

async fn end(State(pages): State<Arc<Pages>>, Query(link): Query<Link>) -> Response {
    match apart(pages.forum.unsubscribe(&link.token)).await {
        Ok(true) => unkept(pages.done.answer()),
        Ok(false) => (StatusCode::NOT_FOUND, "this link is not whole\n").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "try again later\n").into_response(),
    }
}

fn unkept(mut answer: Response) -> Response {
    let value = header::HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, value);
    answer
}
