//! A small forum's schema and a server for it, for the tests of the front door
//! and the guard. Every resolver of a root counts itself.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{
    Enum, ID, InputObject, Interface, Object, OneofObject, Schema, SchemaBuilder, SimpleObject,
    Subscription, ValidationMode,
};
use async_trait::async_trait;
use axum::http::{HeaderMap, header};
use futures_util::Stream;
use tokio::sync::{Semaphore, mpsc};

use super::{Answer, Door, Serve, Turned};
use crate::budget::{Over, Standing};
use crate::directive::{On, cost, depends, list_size, names, page};
use crate::document::{Admits, CACHE_BYTES, Documents, Prepared, Strict, Trusted};
use crate::fault::Fault;
use crate::guard::{Limits, SchemaTable};

/// How many resolvers of roots ran, and what a slow mutation waits for.
#[derive(Clone)]
pub(crate) struct Runs {
    count: Arc<AtomicU64>,
    pub(crate) release: Arc<Semaphore>,
    pub(crate) steps: mpsc::UnboundedSender<&'static str>,
}

impl Runs {
    fn ran(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }
}

pub(crate) struct Query(Runs);
pub(crate) struct Mutation(Runs);
pub(crate) struct Events(Runs);
pub(crate) struct Thread;

#[derive(SimpleObject)]
pub(crate) struct Agency {
    #[graphql(directive = depends::apply(On::Directory))]
    name: &'static str,
    viewer_can_answer: bool,
}

#[derive(SimpleObject)]
pub(crate) struct Page {
    #[graphql(directive = depends::apply(On::Thread))]
    nodes: Vec<Thread>,
    #[graphql(directive = depends::apply(On::Thread))]
    total_count: i32,
}

#[derive(SimpleObject)]
pub(crate) struct Added {
    #[graphql(directive = depends::apply(On::Thread))]
    cursor: &'static str,
    #[graphql(directive = depends::apply(On::Thread))]
    text: &'static str,
}

#[derive(SimpleObject)]
pub(crate) struct Removed {
    #[graphql(directive = depends::apply(On::Directory))]
    cursor: &'static str,
}

#[derive(Interface)]
#[graphql(field(name = "cursor", ty = "&&'static str", directive = depends::apply(On::Thread)))]
pub(crate) enum Event {
    Added(Added),
    Removed(Removed),
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Concern,
    Poll,
}

#[derive(InputObject)]
pub(crate) struct Filter {
    kind: Kind,
    text: Option<String>,
    #[graphql(default = 3)]
    least: i32,
    both: Option<Vec<Filter>>,
}

#[derive(OneofObject)]
pub(crate) enum Which {
    Id(ID),
    Reference(String),
}

#[Object(serial)]
impl Thread {
    #[graphql(directive = depends::apply(On::Thread))]
    async fn title(&self) -> &str {
        "a title"
    }

    #[graphql(directive = depends::apply(On::Thread))]
    async fn agency(&self) -> Agency {
        Agency {
            name: "an agency",
            viewer_can_answer: true,
        }
    }

    #[graphql(directive = page::apply(20), directive = depends::apply(On::Thread))]
    async fn threads(&self, first: Option<i32>, last: Option<i32>) -> Page {
        let _ = (first, last);
        pages()
    }

    #[graphql(directive = depends::apply(On::Thread))]
    async fn related(&self) -> Vec<Thread> {
        vec![Thread]
    }

    async fn followed(&self) -> bool {
        true
    }
}

fn pages() -> Page {
    Page {
        nodes: vec![Thread],
        total_count: 1,
    }
}

#[Object(serial)]
impl Query {
    #[graphql(directive = depends::apply(On::Thread))]
    async fn thread(&self, id: Option<ID>) -> Thread {
        let _ = id;
        self.0.ran();
        Thread
    }

    #[graphql(directive = page::apply(20), directive = depends::apply(On::Thread))]
    async fn threads(&self, first: Option<i32>, last: Option<i32>) -> Page {
        let _ = (first, last);
        self.0.ran();
        pages()
    }

    #[graphql(directive = list_size::apply(1, names(&["ids"]), Vec::new()))]
    async fn nodes(&self, ids: Vec<ID>) -> Vec<Thread> {
        self.0.ran();
        ids.iter().map(|_| Thread).collect()
    }

    #[graphql(directive = cost::apply(50))]
    async fn search(&self, filter: Filter) -> i32 {
        self.0.ran();
        filter.least
    }

    async fn pick(&self, which: Which) -> bool {
        self.0.ran();
        matches!(which, Which::Id(_))
    }

    async fn ratio(&self, of: Option<f64>, yes: Option<bool>) -> bool {
        let _ = (of, yes);
        self.0.ran();
        true
    }

    async fn defect(&self) -> async_graphql::Result<Option<i32>> {
        self.0.ran();
        Err("the secret table is gone".into())
    }

    async fn missing(&self) -> async_graphql::Result<Option<i32>> {
        self.0.ran();
        Err(Fault::NotFound.into())
    }

    async fn panics(&self) -> i32 {
        self.0.ran();
        let ran = self.0.count.load(Ordering::SeqCst);
        assert_eq!(ran, 0, "a defect that a test asked for");
        1
    }
}

#[Object(serial)]
impl Mutation {
    async fn add(&self, text: String) -> String {
        self.0.ran();
        text
    }

    /// Says that it began, waits to be let on, says that it ended.
    async fn slowly(&self) -> bool {
        self.0.ran();
        let _ = self.0.steps.send("began");
        let allowed = self.0.release.acquire().await.is_ok();
        let _ = self.0.steps.send("ended");
        allowed
    }
}

#[Subscription]
impl Events {
    #[graphql(directive = depends::apply(On::Thread))]
    async fn events(&self) -> impl Stream<Item = Event> {
        self.0.ran();
        let (cursor, text) = ("c", "t");
        futures_util::stream::iter([Event::Added(Added { cursor, text })])
    }
}

/// The schema's server.
pub(crate) struct Sample {
    schema: Schema<Query, Mutation, Events>,
    documents: Documents,
    pub(crate) door: Door,
    pub(crate) runs: Runs,
    pub(crate) steps: Option<mpsc::UnboundedReceiver<&'static str>>,
}

fn build(runs: &Runs) -> SchemaBuilder<Query, Mutation, Events> {
    let (query, mutation) = (Query(runs.clone()), Mutation(runs.clone()));
    Schema::build(query, mutation, Events(runs.clone()))
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let (steps, received) = mpsc::unbounded_channel();
        let runs = Runs {
            count: Arc::default(),
            release: Arc::new(Semaphore::new(0)),
            steps,
        };
        let schema = build(&runs).validation_mode(ValidationMode::Fast).finish();
        let table = SchemaTable::from_sdl(&schema.sdl()).unwrap();
        let strict = Strict::new(build(&runs));
        Self {
            documents: Documents::new(table, limits, CACHE_BYTES, strict),
            schema,
            door: Door::default(),
            runs,
            steps: Some(received),
        }
    }

    pub(crate) fn trusting(self, trusted: impl Trusted) -> Self {
        Self {
            documents: self.documents.trusting(trusted),
            ..self
        }
    }

    pub(crate) fn sdl(&self) -> String {
        self.schema.sdl()
    }

    /// How many resolvers of roots ran so far.
    pub(crate) fn ran(&self) -> u64 {
        self.runs.count.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Serve for Sample {
    type Viewer = bool;

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn door(&self) -> &Door {
        &self.door
    }

    /// `Bearer spent` has no budget left, any other token is unknown.
    async fn viewer(&self, headers: &HeaderMap, _: Option<IpAddr>) -> Result<bool, Turned> {
        match headers
            .get(header::AUTHORIZATION)
            .map(axum::http::HeaderValue::as_bytes)
        {
            None => Ok(true),
            Some(b"Bearer spent") => Ok(false),
            Some(_) => Err(Fault::Unauthenticated.into()),
        }
    }

    fn admits(&self, _: &bool) -> Admits {
        Admits::Any
    }

    fn spend(&self, has_budget: &mut bool, units: u64) -> Result<Option<Standing>, Over> {
        let standing = Standing {
            policy: "sample",
            cost: units,
            limit: 100,
            remaining: 40,
            window: 60,
            reset: 36,
            reset_at: chrono::DateTime::UNIX_EPOCH,
        };
        let retry_after = 7;
        has_budget.then_some(Some(standing)).ok_or(Over {
            standing,
            retry_after,
        })
    }

    async fn execute(&self, _: bool, prepared: Prepared) -> Answer {
        Answer::Executed(self.schema.execute(prepared.into_request()).await)
    }
}
