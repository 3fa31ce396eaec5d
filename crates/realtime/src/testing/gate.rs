use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::event::Event;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::thread;
use crate::{
    Admission, Cursors, Gate, Handshake, History, Item, Live, LogError, OperationRequest, Plan,
    Refused, Run, Share, ShareKey, Start, lock,
};

#[derive(Clone)]
pub(crate) struct Viewer {
    pub(crate) number: u128,
    ends: Option<Duration>,
}

/// A gate whose documents are words: `query`, `stuck`, `write`, `refuse`,
/// `watch` (shared) and `watch alone`.
pub(crate) struct FakeGate {
    cursors: Arc<Cursors>,
    /// Who may connect no longer.
    pub(crate) revoked: Mutex<HashSet<u128>>,
    /// What is decided otherwise than to deliver, by viewer and position.
    pub(crate) decisions: Mutex<HashMap<(u128, i64), Admission>>,
    /// For whom deciding breaks down, and at which positions.
    pub(crate) breaking: Mutex<HashSet<(u128, i64)>>,
    /// At which positions nobody who shares it gets it any more.
    pub(crate) closed: Arc<Mutex<HashSet<i64>>>,
    /// How often it was decided for all who share.
    pub(crate) decided: Arc<AtomicUsize>,
    pub(crate) runs: Arc<AtomicUsize>,
    pub(crate) loads: AtomicUsize,
    pub(crate) refreshed: AtomicUsize,
    pub(crate) planned: AtomicUsize,
    pub(crate) written: Arc<AtomicUsize>,
    /// How many loads of facts fail.
    pub(crate) failing: AtomicUsize,
    /// What slow connects wait for.
    pub(crate) door: Arc<Semaphore>,
    pub(crate) connecting: AtomicUsize,
    /// What writes wait for.
    pub(crate) writes: Arc<Semaphore>,
    /// What runs of live documents wait for, while they are held.
    pub(crate) held: Arc<Semaphore>,
    pub(crate) hold: AtomicBool,
    /// Answers without letting others go first, as no database does.
    pub(crate) instant: Arc<AtomicBool>,
    /// Bytes that make payloads long.
    pub(crate) padding: AtomicUsize,
}

impl FakeGate {
    pub(crate) fn new(cursors: Arc<Cursors>) -> Self {
        Self {
            cursors,
            revoked: Mutex::default(),
            decisions: Mutex::default(),
            breaking: Mutex::default(),
            closed: Arc::default(),
            decided: Arc::default(),
            runs: Arc::default(),
            loads: AtomicUsize::new(0),
            refreshed: AtomicUsize::new(0),
            planned: AtomicUsize::new(0),
            written: Arc::default(),
            failing: AtomicUsize::new(0),
            door: Arc::new(Semaphore::new(0)),
            connecting: AtomicUsize::new(0),
            writes: Arc::new(Semaphore::new(0)),
            held: Arc::new(Semaphore::new(0)),
            hold: AtomicBool::new(false),
            instant: Arc::default(),
            padding: AtomicUsize::new(0),
        }
    }

    pub(crate) fn decide(&self, viewer: u128, pos: i64, admission: Admission) {
        lock(&self.decisions).insert((viewer, pos), admission);
    }

    fn share(&self) -> Share<Self> {
        let (closed, decided) = (Arc::clone(&self.closed), Arc::clone(&self.decided));
        Share {
            key: ShareKey([0; 32]),
            admit: Arc::new(move |event, _| {
                decided.fetch_add(1, Ordering::Relaxed);
                if lock(&closed).contains(&event.at.pos) {
                    Admission::Close
                } else {
                    Admission::Deliver
                }
            }),
        }
    }

    fn live(&self, viewer: u128, shared: bool, variables: &Value) -> Live<Self> {
        let number = variables["thread"].as_u64().map_or(1, u128::from);
        let start = match variables["after"].as_str() {
            Some(cursor) => Start::After(self.cursors.open(cursor).expect("a cursor")),
            None => Start::Head,
        };
        let cursors = Arc::clone(&self.cursors);
        let runs = Arc::clone(&self.runs);
        let padding = "x".repeat(self.padding.load(Ordering::Relaxed));
        let instant = Arc::clone(&self.instant);
        let held = self
            .hold
            .load(Ordering::Relaxed)
            .then(|| Arc::clone(&self.held));
        let run: Run<Self> = Arc::new(move |item, _| {
            runs.fetch_add(1, Ordering::Relaxed);
            let cursor = cursors.seal(item.position());
            let mut payload = match item {
                Item::Event(event) => json!({"data": {"pos": event.at.pos, "cursor": cursor}}),
                Item::Resync { at } => json!({"data": {"resync": at.pos, "cursor": cursor}}),
            };
            if !padding.is_empty() {
                payload["padding"] = json!(padding);
            }
            let held = held.clone();
            let instant = Arc::clone(&instant);
            Box::pin(async move {
                if let Some(held) = held {
                    held.acquire().await.expect("an open semaphore").forget();
                }
                pause(&instant).await;
                Some(Bytes::from(payload.to_string()))
            })
        });
        Live {
            subject: viewer,
            stream: thread(number),
            start,
            share: shared.then(|| self.share()),
            history: History::Shared,
            run,
        }
    }
}

#[async_trait]
impl Gate for FakeGate {
    type Viewer = Viewer;
    type Subject = u128;
    type Facts = i64;

    async fn connect(
        &self,
        handshake: &Handshake,
        payload: Option<&RawValue>,
    ) -> Result<Viewer, Refused> {
        let payload: Value = payload.map_or(Value::Null, |raw| {
            serde_json::from_str(raw.get()).expect("an object")
        });
        self.connecting.fetch_add(1, Ordering::Relaxed);
        if payload["slow"] == true {
            self.door
                .acquire()
                .await
                .expect("an open semaphore")
                .forget();
        }
        match payload["as"].as_str() {
            Some("nobody") => return Err(Refused::Forbidden),
            Some("unlucky") => return Err(Refused::Unavailable),
            _ => {}
        }
        let number = match handshake.headers.get("cookie") {
            Some(cookie) => cookie.to_str().ok().and_then(|cookie| cookie.parse().ok()),
            None => payload["viewer"].as_u64().map(u128::from),
        };
        let ends = payload["ends"].as_u64().map(Duration::from_millis);
        Ok(Viewer {
            number: number.unwrap_or(1),
            ends,
        })
    }

    fn concerned(&self, viewer: &Viewer, event: &Event) -> bool {
        event.object == Some(Uuid::from_u128(viewer.number))
    }

    async fn refresh(&self, viewer: &Viewer) -> Result<Viewer, Refused> {
        tokio::task::yield_now().await;
        self.refreshed.fetch_add(1, Ordering::Relaxed);
        let ended = lock(&self.revoked).contains(&viewer.number);
        if ended {
            return Err(Refused::Forbidden);
        }
        Ok(viewer.clone())
    }

    fn remaining(&self, viewer: &Viewer) -> Option<Duration> {
        viewer.ends
    }

    async fn plan(&self, viewer: &Viewer, request: OperationRequest) -> Plan<Self> {
        tokio::task::yield_now().await;
        self.planned.fetch_add(1, Ordering::Relaxed);
        let variables = request.variables.map_or(Value::Null, |raw| {
            serde_json::from_str(raw.get()).expect("an object")
        });
        match request.query.as_deref() {
            Some("query") => {
                let payload = json!({"data": {"viewer": u64::try_from(viewer.number).ok()}});
                Plan::Query(Box::pin(async move { payload.to_string().into() }))
            }
            Some("stuck") => Plan::Query(Box::pin(std::future::pending())),
            Some("write") => {
                let (writes, written) = (Arc::clone(&self.writes), Arc::clone(&self.written));
                Plan::Mutation(Box::pin(async move {
                    writes.acquire().await.expect("an open semaphore").forget();
                    written.fetch_add(1, Ordering::Relaxed);
                    Bytes::from_static(br#"{"data":{"written":true}}"#)
                }))
            }
            Some("watch") => Plan::Live(self.live(viewer.number, true, &variables)),
            Some("watch alone") => Plan::Live(self.live(viewer.number, false, &variables)),
            _ => Plan::Refused(Bytes::from_static(br#"[{"message":"no"}]"#)),
        }
    }

    async fn facts(&self, event: &Event) -> Result<i64, LogError> {
        pause(&self.instant).await;
        let failing = self.failing.load(Ordering::Relaxed);
        if failing > 0 {
            self.failing.store(failing - 1, Ordering::Relaxed);
            return Err(LogError::new("away"));
        }
        self.loads.fetch_add(1, Ordering::Relaxed);
        Ok(event.at.pos)
    }

    fn admit(&self, viewer: &Viewer, subject: &u128, event: &Event, facts: &i64) -> Admission {
        assert_eq!((viewer.number, event.at.pos), (*subject, *facts));
        let at = (viewer.number, event.at.pos);
        let breaks = lock(&self.breaking).contains(&at);
        assert!(!breaks, "this viewer breaks it");
        let decided = lock(&self.decisions).get(&at).copied();
        decided.unwrap_or(Admission::Deliver)
    }
}

async fn pause(instant: &AtomicBool) {
    if !instant.load(Ordering::Relaxed) {
        tokio::task::yield_now().await;
    }
}
