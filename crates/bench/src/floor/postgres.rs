//! The floor on PostgreSQL: prepared statements, pipelined over a few
//! connections that all requests share.

use super::json::{Json, object};
use super::{
    COUNTED, COUNTS, DeskQuery, FiguresQuery, ListQuery, NewPost, POSTS, PageQuery, PostQuery,
    THREADS, answer,
};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

/// Connections that read; on two cores more buy nothing.
const READERS: usize = 4;
/// Connections that write: commits that wait together share an fsync.
const WRITERS: usize = 8;

const THREAD: &str = "SELECT t.id, t.reference, t.kind, t.title, t.body, t.state, t.created_at, \
     p.display_name, p.constituency, c.code, c.name_en, a.code, a.name_en \
     FROM thread t JOIN persona p ON p.id = t.persona \
     LEFT JOIN category c ON c.code = t.category LEFT JOIN agency a ON a.id = t.assigned_agency \
     WHERE t.id = $1";
const PAGE_POSTS: &str = "SELECT o.id, o.body, o.created_at, p.display_name, p.constituency \
     FROM post o JOIN persona p ON p.id = o.persona \
     WHERE o.thread = $1 ORDER BY o.created_at, o.id LIMIT $2";
const RESPONSES: &str = "SELECT r.id, r.body, r.outcome, r.created_at, o.name_en \
     FROM response r JOIN office o ON o.id = r.office \
     WHERE r.thread = $1 ORDER BY r.created_at, r.id LIMIT 10";
const LIST: &str = "SELECT t.id, t.title, t.last_activity_at, t.post_count, p.display_name, c.code, c.name_en \
     FROM thread t JOIN persona p ON p.id = t.persona JOIN category c ON c.code = t.category \
     WHERE t.category = $1 AND t.state = $2 \
     ORDER BY t.last_activity_at DESC, t.id DESC LIMIT $3";
const DESK: &str = "SELECT t.id, t.title, t.state, t.due_on, p.display_name, c.code, c.name_en \
     FROM thread t JOIN persona p ON p.id = t.persona LEFT JOIN category c ON c.code = t.category \
     WHERE t.assigned_agency = $1 AND t.desk_on IS NOT NULL ORDER BY t.desk_on, t.id LIMIT $2";
const QUEUE: &str = "SELECT r.id, r.subject, r.score, r.flags, r.created_at, r.body, t.id, t.title, \
     p.display_name FROM reviewable r JOIN thread t ON t.id = r.thread \
     JOIN persona p ON p.id = t.persona WHERE r.decided_at IS NULL \
     ORDER BY r.score DESC, r.id DESC LIMIT $1";
const FIGURES: &str = "SELECT key, measure, CAST(SUM(value) AS bigint) FROM edition_cell \
     WHERE kind = $1 AND month >= $2 AND month <= $3 GROUP BY key, measure";
/// Both rows in one statement, which is a transaction of its own.
const ADD: &str = "WITH added AS (INSERT INTO post \
     (id, thread, persona, body, language, status, reuse, created_at) \
     VALUES ($1, $2, $3, $4, 'EN', 'VISIBLE', 'PARAPHRASE', $5)) \
     UPDATE thread SET post_count = post_count + 1, last_activity_at = $5 WHERE id = $2";

struct Reader {
    client: Client,
    thread: Statement,
    posts: Statement,
    responses: Statement,
    list: Statement,
    desk: Statement,
    queue: Statement,
    counts: Statement,
    figures: Statement,
}

struct Writer {
    client: Client,
    add: Statement,
}

struct Pages {
    readers: Vec<Reader>,
    writers: Vec<Writer>,
    next: AtomicUsize,
}

pub(super) async fn router(url: &str) -> anyhow::Result<Router> {
    let mut readers = Vec::new();
    let counts =
        format!("SELECT {COUNTS} FROM thread WHERE assigned_agency = $1 AND desk_on IS NOT NULL");
    for _ in 0..READERS {
        let client = connect(url).await?;
        readers.push(Reader {
            thread: client.prepare(THREAD).await?,
            posts: client.prepare(PAGE_POSTS).await?,
            responses: client.prepare(RESPONSES).await?,
            list: client.prepare(LIST).await?,
            desk: client.prepare(DESK).await?,
            queue: client.prepare(QUEUE).await?,
            counts: client.prepare(&counts).await?,
            figures: client.prepare(FIGURES).await?,
            client,
        });
    }
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let client = connect(url).await?;
        let add = client.prepare(ADD).await?;
        writers.push(Writer { client, add });
    }
    let pages = Pages {
        readers,
        writers,
        next: AtomicUsize::new(0),
    };
    Ok(Router::new()
        .route("/w1", get(page))
        .route("/w2", get(list))
        .route("/w3", post(add))
        .route("/desk", get(desk))
        .route("/queue", get(queue))
        .route("/statistics", get(figures))
        .with_state(Arc::new(pages)))
}

/// A connection whose traffic runs in a task of its own.
pub(crate) async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // The task ends with the client; what fails shows at the next statement.
    tokio::spawn(connection);
    Ok(client)
}

impl Pages {
    fn turn(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    async fn page(&self, query: &PageQuery) -> anyhow::Result<Vec<u8>> {
        let reader = &self.readers[self.turn() % READERS];
        let client = &reader.client;
        let id: [&(dyn ToSql + Sync); 1] = [&query.id];
        let id_and_limit: [&(dyn ToSql + Sync); 2] = [&query.id, &POSTS];
        let (thread, posts, responses) = tokio::try_join!(
            client.query_one(&reader.thread, &id),
            client.query(&reader.posts, &id_and_limit),
            client.query(&reader.responses, &id),
        )?;
        let mut json = Json::new();
        json.raw("{\"thread\":");
        object!(json, {
            "id": id(thread.try_get(0)?),
            "reference": text(thread.try_get(1)?),
            "kind": text(thread.try_get(2)?),
            "title": text(thread.try_get(3)?),
            "body": text(thread.try_get(4)?),
            "state": maybe(thread.try_get(5)?),
            "createdAt": number(thread.try_get(6)?),
            "author": maybe(thread.try_get(7)?),
            "constituency": maybe(thread.try_get(8)?),
            "category": maybe(thread.try_get(9)?),
            "categoryName": maybe(thread.try_get(10)?),
            "agency": maybe(thread.try_get(11)?),
            "agencyName": maybe(thread.try_get(12)?),
        });
        json.raw(",\"posts\":[");
        for (at, post) in posts.iter().enumerate() {
            json.comma(at);
            object!(json, {
                "id": id(post.try_get(0)?),
                "body": text(post.try_get(1)?),
                "createdAt": number(post.try_get(2)?),
                "author": maybe(post.try_get(3)?),
                "constituency": maybe(post.try_get(4)?),
            });
        }
        json.raw("],\"responses\":[");
        for (at, response) in responses.iter().enumerate() {
            json.comma(at);
            object!(json, {
                "id": id(response.try_get(0)?),
                "body": text(response.try_get(1)?),
                "outcome": text(response.try_get(2)?),
                "createdAt": number(response.try_get(3)?),
                "office": text(response.try_get(4)?),
            });
        }
        json.raw("]}");
        Ok(json.into_bytes())
    }

    async fn list(&self, query: &ListQuery) -> anyhow::Result<Vec<u8>> {
        let reader = &self.readers[self.turn() % READERS];
        let threads = reader
            .client
            .query(&reader.list, &[&query.category, &query.state, &THREADS])
            .await?;
        let mut json = Json::new();
        json.raw("[");
        for (at, thread) in threads.iter().enumerate() {
            json.comma(at);
            object!(json, {
                "id": id(thread.try_get(0)?),
                "title": text(thread.try_get(1)?),
                "lastActivityAt": number(thread.try_get(2)?),
                "postCount": number(thread.try_get(3)?),
                "author": maybe(thread.try_get(4)?),
                "category": text(thread.try_get(5)?),
                "categoryName": text(thread.try_get(6)?),
            });
        }
        json.raw("]");
        Ok(json.into_bytes())
    }

    async fn desk(&self, query: &DeskQuery) -> anyhow::Result<Vec<u8>> {
        let reader = &self.readers[self.turn() % READERS];
        let client = &reader.client;
        let agency: [&(dyn ToSql + Sync); 1] = [&query.agency];
        let agency_and_limit: [&(dyn ToSql + Sync); 2] = [&query.agency, &THREADS];
        let (threads, counts) = tokio::try_join!(
            client.query(&reader.desk, &agency_and_limit),
            client.query_one(&reader.counts, &agency),
        )?;
        let mut json = Json::new();
        json.raw("{\"concerns\":[");
        for (at, thread) in threads.iter().enumerate() {
            json.comma(at);
            object!(json, {
                "id": id(thread.try_get(0)?),
                "title": text(thread.try_get(1)?),
                "state": maybe(thread.try_get(2)?),
                "dueOn": maybe(thread.try_get(3)?),
                "author": maybe(thread.try_get(4)?),
                "category": maybe(thread.try_get(5)?),
                "categoryName": maybe(thread.try_get(6)?),
            });
        }
        json.raw("],\"counts\":[");
        for at in 0..COUNTED {
            json.comma(at);
            json.number(counts.try_get(at)?);
        }
        json.raw("]}");
        Ok(json.into_bytes())
    }

    async fn queue(&self) -> anyhow::Result<Vec<u8>> {
        let reader = &self.readers[self.turn() % READERS];
        let found = reader.client.query(&reader.queue, &[&THREADS]).await?;
        let mut json = Json::new();
        json.raw("[");
        for (at, one) in found.iter().enumerate() {
            json.comma(at);
            object!(json, {
                "id": id(one.try_get(0)?),
                "subjectId": id(one.try_get(1)?),
                "score": number(one.try_get(2)?),
                "flagCount": number(one.try_get(3)?),
                "createdAt": number(one.try_get(4)?),
                "body": text(one.try_get(5)?),
                "threadId": id(one.try_get(6)?),
                "title": text(one.try_get(7)?),
                "author": maybe(one.try_get(8)?),
            });
        }
        json.raw("]");
        Ok(json.into_bytes())
    }

    async fn figures(&self, query: &FiguresQuery) -> anyhow::Result<Vec<u8>> {
        let reader = &self.readers[self.turn() % READERS];
        let params: [&(dyn ToSql + Sync); 3] = [&query.by, &query.from, &query.to];
        let figures = reader.client.query(&reader.figures, &params).await?;
        let mut json = Json::new();
        json.raw("[");
        for (at, figure) in figures.iter().enumerate() {
            json.comma(at);
            object!(json, {
                "key": text(figure.try_get(0)?),
                "measure": text(figure.try_get(1)?),
                "value": number(figure.try_get(2)?),
            });
        }
        json.raw("]");
        Ok(json.into_bytes())
    }

    async fn add(&self, post: NewPost) -> anyhow::Result<Vec<u8>> {
        let writer = &self.writers[self.turn() % WRITERS];
        let NewPost {
            id,
            thread,
            persona,
            body,
            at,
        } = post;
        writer
            .client
            .execute(&writer.add, &[&id, &thread, &persona, &body, &at])
            .await?;
        let mut json = Json::new();
        object!(json, { "id": id(id) });
        Ok(json.into_bytes())
    }
}

async fn page(State(pages): State<Arc<Pages>>, Query(query): Query<PageQuery>) -> Response {
    answer(pages.page(&query).await)
}

async fn list(State(pages): State<Arc<Pages>>, Query(query): Query<ListQuery>) -> Response {
    answer(pages.list(&query).await)
}

async fn queue(State(pages): State<Arc<Pages>>) -> Response {
    answer(pages.queue().await)
}

async fn desk(State(pages): State<Arc<Pages>>, Query(query): Query<DeskQuery>) -> Response {
    answer(pages.desk(&query).await)
}

async fn figures(State(pages): State<Arc<Pages>>, Query(query): Query<FiguresQuery>) -> Response {
    answer(pages.figures(&query).await)
}

async fn add(
    State(pages): State<Arc<Pages>>,
    Query(query): Query<PostQuery>,
    body: String,
) -> Response {
    answer(pages.add(NewPost::new(&query, body)).await)
}
