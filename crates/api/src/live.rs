//! How live delivery asks the forum: the gate that `realtime` goes through.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Variables};
use async_trait::async_trait;
use axum::http::HeaderMap;
use bytes::Bytes;
use domain::event::{Event, EventKind, StreamName};
use domain::people::{Actor, Language};
use domain::policy::{Watcher, is_public, reader, told_scope, watches_as_reader};
use domain::webhook::Filter;
use door::budget::{ENTRY, Over, Standing};
use door::directive::On;
use door::document::{About, Ask, Documents, Prepared, Refusal, Shape};
use door::fault::{Fault, finish};
use door::front::{Serve, Turned};
use forum::thread::Happened;
use forum::webhook::wants_event;
use futures_util::StreamExt;
use realtime::{
    Admission, AdmitAll, Gate, Handshake, History, Item, Known, Live, LogError, OperationRequest,
    Plan, Refused, Run, Share, ShareKey,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::Digest;

use crate::kept;
use crate::schema::caller::Caller;
use crate::schema::live as schema;
use crate::schema::opening;
use crate::service::{Service, bearer, session_cookie, token_of};

/// How long an event waits before it is told again where the database is away.
const RETRY: Duration = Duration::from_millis(500);

/// Somebody connected by a websocket or a stream of events.
#[derive(Clone)]
pub struct Connected {
    caller: Caller,
    token: Option<Arc<str>>,
    /// Made for the first event that is decided on for him alone.
    watcher: Arc<OnceLock<Watcher>>,
}

impl Connected {
    fn new(caller: Caller, token: Option<Arc<str>>) -> Self {
        Self {
            caller,
            token,
            watcher: Arc::default(),
        }
    }

    /// He connects anew once his rights are others.
    fn watcher(&self) -> &Watcher {
        let actor = &self.caller.viewer.actor;
        self.watcher.get_or_init(|| Watcher::new(actor.clone()))
    }

    /// How his budget stands.
    pub(crate) fn standing(&self) -> Option<&Standing> {
        self.caller.standing.as_ref()
    }
}

/// Why an operation does not pass the guard.
pub(crate) enum Unprepared {
    Refused(Refusal),
    Over(Over),
}

impl From<Refusal> for Unprepared {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Over> for Unprepared {
    fn from(over: Over) -> Self {
        Self::Over(over)
    }
}

/// What one subscription is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A thread, whose every event is decided on anew.
    Thread {
        /// Whether its events are told as to any reader of the thread, and so
        /// decided on for all of them.
        as_reader: bool,
    },
    /// What is addressed to the viewer.
    Inbox,
    /// What everyone may read, as far as it is asked for.
    Feed(Arc<Filter>),
}

/// The payload of `connection_init`, as far as it matters here.
#[derive(Deserialize)]
struct Init {
    #[serde(alias = "Authorization")]
    authorization: Option<String>,
}

#[async_trait]
impl Gate for Service {
    type Viewer = Connected;
    type Subject = Subject;
    type Facts = Option<Happened>;

    async fn connect(
        &self,
        handshake: &Handshake,
        payload: Option<&RawValue>,
    ) -> Result<Connected, Refused> {
        let init: Option<Init> = payload
            .map(|payload| serde_json::from_str(payload.get()))
            .transpose()
            .map_err(|_| Refused::Forbidden)?;
        let said = init.and_then(|init| init.authorization);
        let token = match &said {
            Some(value) => Some(token_of(value).ok_or(Refused::Forbidden)?),
            None => bearer(&handshake.headers)
                .map_err(|_| Refused::Forbidden)?
                .or_else(|| session_cookie(&handshake.headers)),
        };
        let caller = self
            .caller(token, &handshake.headers, handshake.address)
            .await;
        let caller = caller.map_err(|turned| match turned {
            Turned::Fault(Fault::Unavailable) | Turned::Over(_) => Refused::Unavailable,
            Turned::Fault(_) => Refused::Forbidden,
        })?;
        Ok(Connected::new(caller, token.map(Arc::from)))
    }

    fn concerned(&self, viewer: &Connected, event: &Event) -> bool {
        let mut holders = viewer.caller.viewer.holders();
        holders.any(|id| event.object.is_none_or(|changed| changed == id))
    }

    async fn refresh(&self, viewer: &Connected) -> Result<Connected, Refused> {
        let Some(token) = viewer.token.as_deref() else {
            return Ok(viewer.clone());
        };
        for holder in viewer.caller.viewer.holders() {
            self.forum.forget_holder(holder);
        }
        let now = self.forum.viewer_of_token(token).await;
        let now = now.map_err(|_| Refused::Unavailable)?;
        // Plans were made for what he could see then: he connects anew.
        now.filter(|now| now.actor == viewer.caller.viewer.actor)
            .map(|_| viewer.clone())
            .ok_or(Refused::Forbidden)
    }

    fn remaining(&self, viewer: &Connected) -> Option<Duration> {
        let left = viewer.caller.viewer.holds_until()? - self.forum.time();
        Some(left.to_std().unwrap_or(Duration::ZERO))
    }

    async fn plan(&self, viewer: &Connected, request: OperationRequest) -> Plan<Service> {
        let mut viewer = viewer.clone();
        match self.prepare(&mut viewer, ask(&request)).await {
            Ok(prepared) => self.plan_prepared(&viewer, prepared).await,
            Err(Unprepared::Refused(refusal)) => refused(&refusal),
            Err(Unprepared::Over(over)) => {
                let fault = Fault::RateLimited;
                refused(&Refusal::one(About::Request, fault, over.message()))
            }
        }
    }

    async fn facts(&self, event: &Event) -> Result<Option<Happened>, LogError> {
        let Some(thread) = event.thread else {
            return Ok(None);
        };
        let found = self.forum.facts_for_all(thread).await;
        found.map_err(|error| LogError::new(error.to_string()))
    }

    fn admit(
        &self,
        viewer: &Connected,
        subject: &Subject,
        event: &Event,
        facts: &Option<Happened>,
    ) -> Admission {
        let actor = &viewer.caller.viewer.actor;
        let facts = facts.as_ref();
        let sees = || facts.is_some_and(|facts| viewer.watcher().watches(&facts.thread));
        match subject {
            Subject::Thread { as_reader: true } => {
                close_unless(facts.is_some_and(|facts| watches_as_reader(actor, &facts.thread)))
            }
            Subject::Thread { as_reader: false } => close_unless(sees()),
            // It is told of his account, and of no thread.
            Subject::Inbox if event.kind == EventKind::SanctionChanged => Admission::Deliver,
            Subject::Inbox if !is_told(actor, facts) => Admission::Skip,
            Subject::Feed(filter) if !is_wanted(filter, event, facts) => Admission::Skip,
            Subject::Inbox | Subject::Feed(_) if !sees() => Admission::Skip,
            Subject::Inbox | Subject::Feed(_) => Admission::Deliver,
        }
    }
}

/// What is told of a thread ends for whoever may not watch it any more.
fn close_unless(watches: bool) -> Admission {
    if watches {
        Admission::Deliver
    } else {
        Admission::Close
    }
}

/// What is decided of a thread for all who watch it as readers. Once it was
/// narrowed to those it names, they come again, each as himself.
fn admit_readers(reader: &Actor, stream: StreamName) -> AdmitAll<Service> {
    if !matches!(stream, StreamName::Thread(_)) {
        return Arc::new(|_, _| Admission::Deliver);
    }
    let reader = Watcher::new(reader.clone());
    Arc::new(move |_, facts| {
        let facts = facts.as_ref();
        close_unless(facts.is_some_and(|facts| reader.watches(&facts.thread)))
    })
}

/// Whether somebody is told of what happens in the threads that are his.
fn is_told(actor: &Actor, facts: Option<&Happened>) -> bool {
    facts.is_some_and(|facts| told_scope(actor).holds(&facts.thread, None))
}

/// Whether an event of the feed is for whoever chose so: everyone may still
/// read its thread, and it is asked for.
fn is_wanted(filter: &Filter, event: &Event, facts: Option<&Happened>) -> bool {
    facts.is_some_and(|Happened { thread, filed, .. }| {
        is_public(thread.audience, thread.status)
            && wants_event(filter, event)
            && filter.wants_thread(filed)
    })
}

impl Service {
    /// Who reads a stream of events: as he is known over HTTP.
    pub(crate) async fn connected(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Result<Connected, Turned> {
        let caller = self.viewer(headers, address).await?;
        let known = caller.viewer.holders().next().is_some();
        let token = if known {
            bearer(headers)?.or_else(|| session_cookie(headers))
        } else {
            None
        };
        Ok(Connected::new(caller, token.map(Arc::from)))
    }

    /// Guards what somebody connected asks, at the cost of his budget.
    pub(crate) async fn prepare(
        &self,
        viewer: &mut Connected,
        ask: Result<Ask, Refusal>,
    ) -> Result<Prepared, Unprepared> {
        let caller = &mut viewer.caller;
        // It may be long since the last operation: nothing is left of its cost.
        caller.standing = None;
        self.spend(caller, ENTRY)?;
        let prepared = self.documents().prepare(ask?, self.admits(caller)).await?;
        if prepared.cost() > ENTRY {
            self.spend(caller, prepared.cost() - ENTRY)?;
        }
        Ok(prepared)
    }

    /// Plans what passed the guard.
    pub(crate) async fn plan_prepared(
        &self,
        viewer: &Connected,
        prepared: Prepared,
    ) -> Plan<Service> {
        let caller = viewer.caller.clone();
        if let Err(barred) = opening::admit(&caller.viewer.actor, &prepared) {
            return Plan::Refused(json(&[opening::error(&barred)]));
        }
        match prepared.kind() {
            OperationType::Query => Plan::Query(self.once(caller, prepared)),
            OperationType::Mutation => Plan::Mutation(self.once(caller, prepared)),
            OperationType::Subscription => self.follow(caller, prepared).await,
        }
    }

    fn once(
        &self,
        caller: Caller,
        prepared: Prepared,
    ) -> futures_util::future::BoxFuture<'static, Bytes> {
        let (schema, documents) = (self.schema.clone(), Arc::clone(&self.documents));
        let shape = prepared.shape();
        let request = prepared.into_request().data(caller);
        Box::pin(async move {
            let mut response = schema.execute(request).await;
            shape.give(&mut response, documents.table());
            to_json(response)
        })
    }

    /// Plans a subscription: lets its resolver say what it follows.
    async fn follow(&self, caller: Caller, prepared: Prepared) -> Plan<Service> {
        let slot = Arc::new(schema::Plan::default());
        let request = prepared.to_request().data(caller.clone());
        let request = request.data(Arc::clone(&slot));
        let answer = {
            let mut answers = self.schema.execute_stream(request);
            answers.next().await
        };
        if let Some(mut answer) = answer.filter(async_graphql::Response::is_err) {
            finish(&mut answer);
            return Plan::Refused(json(&answer.errors));
        }
        let Some(planned) = slot.take() else {
            return refused(&Refusal::one(
                About::Document,
                Fault::Internal,
                Fault::Internal.message(),
            ));
        };
        // What is told to many is told to none of them by name: whoever asked
        // first may see more than the others.
        let reader = reader(&caller.viewer.actor)
            .filter(|_| planned.reads_only && prepared.depends() < On::Viewer);
        let share = reader.as_ref().map(|reader| Share {
            key: share_key(caller.language, &prepared, reader),
            admit: admit_readers(reader, planned.stream),
        });
        let as_reader = reader.is_some();
        let caller = match reader {
            Some(actor) => caller.as_reader(actor),
            None => caller,
        };
        let documents = Arc::clone(&self.documents);
        let source = Arc::new(Source::new(prepared, caller, documents));
        let schema = self.schema.clone();
        let run: Run<Self> = Arc::new(move |item: Item, known: Known<Self>| {
            let (schema, source) = (schema.clone(), Arc::clone(&source));
            Box::pin(async move {
                loop {
                    let mut request = source.request().data(item);
                    // What is made for one alone is read when he is told: it is kept
                    // for nobody else.
                    if as_reader {
                        request = request.data(Arc::clone(&known));
                    }
                    let mut answers = schema.execute_stream(request);
                    let mut answer = answers.next().await?;
                    if !is_unavailable(&answer) {
                        source.shape.give(&mut answer, source.documents.table());
                        return Some(to_json(answer));
                    }
                    // Told without its content, the event would be lost for
                    // whoever goes on from its cursor: it waits.
                    tokio::time::sleep(RETRY).await;
                }
            })
        });
        // A thread that is closed leaves the feed without a word in it.
        let history = match planned.stream {
            StreamName::Feed => History::Anew,
            _ => History::Shared,
        };
        let subject = match (planned.filter, planned.stream) {
            (Some(filter), _) => Subject::Feed(filter),
            (None, StreamName::Thread(_)) => Subject::Thread { as_reader },
            (None, _) => Subject::Inbox,
        };
        Plan::Live(Live {
            subject,
            stream: planned.stream,
            start: planned.start,
            share,
            history,
            run,
        })
    }
}

/// What a subscription is executed from, once an item.
struct Source {
    shape: Shape,
    prepared: Prepared,
    caller: Caller,
    documents: Arc<Documents>,
}

impl Source {
    fn new(prepared: Prepared, caller: Caller, documents: Arc<Documents>) -> Self {
        Self {
            shape: prepared.shape(),
            prepared,
            caller,
            documents,
        }
    }

    fn request(&self) -> Request {
        self.prepared.to_request().data(self.caller.clone())
    }
}

/// With whom a subscription's execution is shared: with every such reader who
/// sent the same document with the same variables, but for the cursor, and
/// reads the same language.
fn share_key(language: Language, prepared: &Prepared, reader: &Actor) -> ShareKey {
    let mut hash = kept::named(prepared, language, reader);
    let cursor = prepared.cursor_variable();
    let mut variables: Vec<(&str, String)> = prepared
        .variables()
        .iter()
        .filter(|(name, _)| Some(name.as_str()) != cursor.as_deref())
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    variables.sort_unstable();
    for (name, value) in variables {
        hash.update(name);
        hash.update([0]);
        hash.update(value);
        hash.update([0]);
    }
    ShareKey(hash.finalize().into())
}

fn ask(request: &OperationRequest) -> Result<Ask, Refusal> {
    let text = |raw: &Option<Box<RawValue>>| raw.as_ref().map(|raw| raw.get().to_owned());
    let variables: Variables = match text(&request.variables) {
        None => Variables::default(),
        Some(text) => serde_json::from_str(&text).map_err(|_| unreadable("variables"))?,
    };
    let persisted = match text(&request.extensions) {
        None => None,
        Some(text) => Ask::persisted_in(&text)?,
    };
    let trusted = match &request.document_id {
        None => None,
        Some(_) if request.query.is_some() => {
            let message = "Send a query or a documentId, not both.";
            return Err(Refusal::one(About::Request, Fault::BadUserInput, message));
        }
        Some(id) => Some(Ask::trusted_by(id)?),
    };
    Ok(Ask {
        query: request.query.clone(),
        operation_name: request.operation_name.clone(),
        variables,
        persisted,
        trusted,
    })
}

fn unreadable(what: &str) -> Refusal {
    Refusal::one(
        About::Request,
        Fault::BadUserInput,
        format!("The {what} cannot be read."),
    )
}

/// The plan of what is not carried out.
pub(crate) fn refused(refusal: &Refusal) -> Plan<Service> {
    Plan::Refused(json(&refusal.errors))
}

/// Whether the database was away while an answer was made.
fn is_unavailable(response: &async_graphql::Response) -> bool {
    let mut errors = response.errors.iter();
    errors.any(|error| Fault::of(error) == Some(Fault::Unavailable))
}

fn to_json(mut response: async_graphql::Response) -> Bytes {
    finish(&mut response);
    json(&response)
}

fn json(value: &impl serde::Serialize) -> Bytes {
    let mut buffer = Vec::with_capacity(512);
    if let Err(error) = serde_json::to_writer(&mut buffer, value) {
        tracing::error!(%error, "an answer cannot be written as JSON");
        return Bytes::from_static(br#"[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]"#);
    }
    buffer.into()
}
