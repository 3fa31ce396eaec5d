//! The floor on SQLite: reads inline on a connection of each thread, writes
//! by one thread that commits in groups.

use super::json::{Json, object};
use super::{
    COUNTED, COUNTS, DeskQuery, FiguresQuery, ListQuery, NewPost, POSTS, PageQuery, PostQuery,
    THREADS, answer,
};
use anyhow::anyhow;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::{Connection, OpenFlags, Row, TransactionBehavior, params};
use std::cell::RefCell;
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Posts of one commit at most.
const GROUP: usize = 256;

const THREAD: &str = "SELECT t.id, t.reference, t.kind, t.title, t.body, t.state, t.created_at, \
     p.display_name, p.constituency, c.code, c.name_en, a.code, a.name_en \
     FROM thread t JOIN persona p ON p.id = t.persona \
     LEFT JOIN category c ON c.code = t.category LEFT JOIN agency a ON a.id = t.assigned_agency \
     WHERE t.id = ?1";
const PAGE_POSTS: &str = "SELECT o.id, o.body, o.created_at, p.display_name, p.constituency \
     FROM post o JOIN persona p ON p.id = o.persona \
     WHERE o.thread = ?1 ORDER BY o.created_at, o.id LIMIT ?2";
const RESPONSES: &str = "SELECT r.id, r.body, r.outcome, r.created_at, o.name_en \
     FROM response r JOIN office o ON o.id = r.office \
     WHERE r.thread = ?1 ORDER BY r.created_at, r.id LIMIT 10";
const LIST: &str = "SELECT t.id, t.title, t.last_activity_at, t.post_count, p.display_name, c.code, c.name_en \
     FROM thread t JOIN persona p ON p.id = t.persona JOIN category c ON c.code = t.category \
     WHERE t.category = ?1 AND t.state = ?2 \
     ORDER BY t.last_activity_at DESC, t.id DESC LIMIT ?3";
const DESK: &str = "SELECT t.id, t.title, t.state, t.due_on, p.display_name, c.code, c.name_en \
     FROM thread t JOIN persona p ON p.id = t.persona LEFT JOIN category c ON c.code = t.category \
     WHERE t.assigned_agency = ?1 AND t.desk_on IS NOT NULL ORDER BY t.desk_on, t.id LIMIT ?2";
const QUEUE: &str = "SELECT r.id, r.subject, r.score, r.flags, r.created_at, r.body, t.id, t.title, \
     p.display_name FROM reviewable r JOIN thread t ON t.id = r.thread \
     JOIN persona p ON p.id = t.persona WHERE r.decided_at IS NULL \
     ORDER BY r.score DESC, r.id DESC LIMIT ?1";
const FIGURES: &str = "SELECT key, measure, SUM(value) FROM edition_cell \
     WHERE kind = ?1 AND month >= ?2 AND month <= ?3 GROUP BY key, measure";
const INSERT: &str = "INSERT INTO post \
     (id, thread, persona, body, language, status, reuse, created_at) \
     VALUES (?1, ?2, ?3, ?4, 'EN', 'VISIBLE', 'PARAPHRASE', ?5)";
const BUMP: &str =
    "UPDATE thread SET post_count = post_count + 1, last_activity_at = ?2 WHERE id = ?1";

/// A post and who waits for it to be durable.
type Job = (NewPost, oneshot::Sender<Result<(), String>>);

struct Pages {
    path: String,
    writer: mpsc::Sender<Job>,
}

thread_local! {
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

pub(super) fn router(path: &str) -> anyhow::Result<Router> {
    let (writer, jobs) = mpsc::channel();
    let connection = open(path)?;
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || write(connection, &jobs))?;
    let pages = Pages {
        path: path.to_owned(),
        writer,
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

fn open(path: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA cache_size = -16000; PRAGMA mmap_size = 1073741824; PRAGMA busy_timeout = 5000;",
    )?;
    Ok(connection)
}

/// Writes what has gathered while the last commit ran, and commits it once.
fn write(mut connection: Connection, jobs: &mpsc::Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let group: Vec<Job> = std::iter::once(first)
            .chain(jobs.try_iter().take(GROUP - 1))
            .collect();
        let written = commit(&mut connection, &group).map_err(|error| error.to_string());
        for (_, waiting) in group {
            // Whoever has hung up waits for nothing.
            let _gone = waiting.send(written.clone());
        }
    }
}

fn commit(connection: &mut Connection, group: &[Job]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut insert = transaction.prepare_cached(INSERT)?;
        let mut bump = transaction.prepare_cached(BUMP)?;
        for (post, _) in group {
            let thread = post.thread.as_bytes();
            insert.execute(params![
                post.id.as_bytes(),
                thread,
                post.persona.as_bytes(),
                post.body,
                post.at
            ])?;
            bump.execute(params![thread, post.at])?;
        }
    }
    transaction.commit()
}

impl Pages {
    /// Runs on the connection of this thread, opened when it is first needed.
    fn read(
        &self,
        answer: impl FnOnce(&Connection) -> anyhow::Result<Vec<u8>>,
    ) -> anyhow::Result<Vec<u8>> {
        READER.with_borrow_mut(|reader| {
            let connection = match reader {
                Some(connection) => connection,
                None => reader.insert(open(&self.path)?),
            };
            answer(connection)
        })
    }

    async fn add(&self, post: NewPost) -> anyhow::Result<Vec<u8>> {
        let (waiting, written) = oneshot::channel();
        let id = post.id;
        self.writer.send((post, waiting))?;
        written.await?.map_err(|error| anyhow!(error))?;
        let mut json = Json::new();
        object!(json, { "id": id(id) });
        Ok(json.into_bytes())
    }
}

fn id(row: &Row<'_>, at: usize) -> anyhow::Result<Uuid> {
    Ok(Uuid::from_slice(row.get_ref(at)?.as_blob()?)?)
}

fn text<'a>(row: &'a Row<'_>, at: usize) -> anyhow::Result<&'a str> {
    Ok(row.get_ref(at)?.as_str()?)
}

fn maybe<'a>(row: &'a Row<'_>, at: usize) -> anyhow::Result<Option<&'a str>> {
    Ok(row.get_ref(at)?.as_str_or_null()?)
}

fn thread_page(connection: &Connection, thread: Uuid) -> anyhow::Result<Vec<u8>> {
    let thread = thread.as_bytes();
    let mut json = Json::new();
    let mut statement = connection.prepare_cached(THREAD)?;
    let mut rows = statement.query(params![thread])?;
    let row = rows.next()?.ok_or_else(|| anyhow!("no such thread"))?;
    json.raw("{\"thread\":");
    object!(json, {
        "id": id(id(row, 0)?),
        "reference": text(text(row, 1)?),
        "kind": text(text(row, 2)?),
        "title": text(text(row, 3)?),
        "body": text(text(row, 4)?),
        "state": maybe(maybe(row, 5)?),
        "createdAt": number(row.get(6)?),
        "author": maybe(maybe(row, 7)?),
        "constituency": maybe(maybe(row, 8)?),
        "category": maybe(maybe(row, 9)?),
        "categoryName": maybe(maybe(row, 10)?),
        "agency": maybe(maybe(row, 11)?),
        "agencyName": maybe(maybe(row, 12)?),
    });
    json.raw(",\"posts\":[");
    let mut statement = connection.prepare_cached(PAGE_POSTS)?;
    let mut rows = statement.query(params![thread, POSTS])?;
    let mut at = 0;
    while let Some(row) = rows.next()? {
        json.comma(at);
        at += 1;
        object!(json, {
            "id": id(id(row, 0)?),
            "body": text(text(row, 1)?),
            "createdAt": number(row.get(2)?),
            "author": maybe(maybe(row, 3)?),
            "constituency": maybe(maybe(row, 4)?),
        });
    }
    json.raw("],\"responses\":[");
    let mut statement = connection.prepare_cached(RESPONSES)?;
    let mut rows = statement.query(params![thread])?;
    let mut at = 0;
    while let Some(row) = rows.next()? {
        json.comma(at);
        at += 1;
        object!(json, {
            "id": id(id(row, 0)?),
            "body": text(text(row, 1)?),
            "outcome": text(text(row, 2)?),
            "createdAt": number(row.get(3)?),
            "office": text(text(row, 4)?),
        });
    }
    json.raw("]}");
    Ok(json.into_bytes())
}

fn thread_list(connection: &Connection, query: &ListQuery) -> anyhow::Result<Vec<u8>> {
    let mut json = Json::new();
    let mut statement = connection.prepare_cached(LIST)?;
    let mut rows = statement.query(params![query.category, query.state, THREADS])?;
    json.raw("[");
    let mut at = 0;
    while let Some(row) = rows.next()? {
        json.comma(at);
        at += 1;
        object!(json, {
            "id": id(id(row, 0)?),
            "title": text(text(row, 1)?),
            "lastActivityAt": number(row.get(2)?),
            "postCount": number(row.get(3)?),
            "author": maybe(maybe(row, 4)?),
            "category": text(text(row, 5)?),
            "categoryName": text(text(row, 6)?),
        });
    }
    json.raw("]");
    Ok(json.into_bytes())
}

fn desk_of(connection: &Connection, query: &DeskQuery) -> anyhow::Result<Vec<u8>> {
    let agency = query.agency.as_bytes();
    let mut json = Json::new();
    let mut statement = connection.prepare_cached(DESK)?;
    let mut rows = statement.query(params![agency, THREADS])?;
    json.raw("{\"concerns\":[");
    let mut at = 0;
    while let Some(row) = rows.next()? {
        json.comma(at);
        at += 1;
        object!(json, {
            "id": id(id(row, 0)?),
            "title": text(text(row, 1)?),
            "state": maybe(maybe(row, 2)?),
            "dueOn": maybe(maybe(row, 3)?),
            "author": maybe(maybe(row, 4)?),
            "category": maybe(maybe(row, 5)?),
            "categoryName": maybe(maybe(row, 6)?),
        });
    }
    json.raw("],\"counts\":[");
    let counts =
        format!("SELECT {COUNTS} FROM thread WHERE assigned_agency = ?1 AND desk_on IS NOT NULL");
    let mut statement = connection.prepare_cached(&counts)?;
    let mut rows = statement.query(params![agency])?;
    if let Some(row) = rows.next()? {
        for at in 0..COUNTED {
            json.comma(at);
            json.number(row.get(at)?);
        }
    }
    json.raw("]}");
    Ok(json.into_bytes())
}

fn queue_of(connection: &Connection) -> anyhow::Result<Vec<u8>> {
    let mut json = Json::new();
    let mut statement = connection.prepare_cached(QUEUE)?;
    let mut rows = statement.query(params![THREADS])?;
    json.raw("[");
    let mut at = 0;
    while let Some(row) = rows.next()? {
        json.comma(at);
        at += 1;
        object!(json, {
            "id": id(id(row, 0)?),
            "subjectId": id(id(row, 1)?),
            "score": number(row.get(2)?),
            "flagCount": number(row.get(3)?),
            "createdAt": number(row.get(4)?),
            "body": text(text(row, 5)?),
            "threadId": id(id(row, 6)?),
            "title": text(text(row, 7)?),
            "author": maybe(maybe(row, 8)?),
        });
    }
    json.raw("]");
    Ok(json.into_bytes())
}

fn figures_by(connection: &Connection, query: &FiguresQuery) -> anyhow::Result<Vec<u8>> {
    let mut json = Json::new();
    let mut statement = connection.prepare_cached(FIGURES)?;
    let mut rows = statement.query(params![query.by, query.from, query.to])?;
    json.raw("[");
    let mut at = 0;
    while let Some(row) = rows.next()? {
        json.comma(at);
        at += 1;
        object!(json, {
            "key": text(text(row, 0)?),
            "measure": text(text(row, 1)?),
            "value": number(row.get(2)?),
        });
    }
    json.raw("]");
    Ok(json.into_bytes())
}

async fn page(State(pages): State<Arc<Pages>>, Query(query): Query<PageQuery>) -> Response {
    answer(pages.read(|connection| thread_page(connection, query.id)))
}

async fn list(State(pages): State<Arc<Pages>>, Query(query): Query<ListQuery>) -> Response {
    answer(pages.read(|connection| thread_list(connection, &query)))
}

async fn queue(State(pages): State<Arc<Pages>>) -> Response {
    answer(pages.read(queue_of))
}

async fn desk(State(pages): State<Arc<Pages>>, Query(query): Query<DeskQuery>) -> Response {
    answer(pages.read(|connection| desk_of(connection, &query)))
}

async fn figures(State(pages): State<Arc<Pages>>, Query(query): Query<FiguresQuery>) -> Response {
    answer(pages.read(|connection| figures_by(connection, &query)))
}

async fn add(
    State(pages): State<Arc<Pages>>,
    Query(query): Query<PostQuery>,
    body: String,
) -> Response {
    answer(pages.add(NewPost::new(&query, body)).await)
}
