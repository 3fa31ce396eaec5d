use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use domain::event::StreamName;
use futures_util::{Stream, StreamExt as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::client::Harness;
use crate::testing::{soon, thread, until};
use crate::{Gate as _, Handshake, Listener, LiveConfig, OperationRequest, PROTOCOL, lock};

type Events = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// What a viewer reads of an operation.
async fn read(harness: &Harness, viewer: &Value, query: &str, variables: &Value) -> Events {
    let raw = |value: &Value| serde_json::value::to_raw_value(value).unwrap();
    let listener = Listener::sit(&harness.live).unwrap();
    let gate = &harness.gate;
    let payload = raw(viewer);
    let viewer = gate.connect(&Handshake::default(), Some(&payload)).await;
    let viewer = viewer.unwrap();
    let request = OperationRequest {
        query: Some(query.to_owned()),
        document_id: None,
        operation_name: None,
        variables: Some(raw(variables)),
        extensions: None,
    };
    let plan = gate.plan(&viewer, request).await;
    Box::pin(listener.read(viewer, plan, None).await)
}

async fn watch(harness: &Harness, viewer: u64) -> Events {
    let viewer = json!({ "viewer": viewer });
    read(harness, &viewer, "watch", &harness.whole_thread(1)).await
}

async fn next(events: &mut Events) -> Option<String> {
    let bytes = soon(events.next()).await?;
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_result_is_an_event_and_then_the_stream_completes() {
    let harness = Harness::start(LiveConfig::default()).await;
    let mut events = read(&harness, &json!({}), "query", &json!({})).await;
    let expected = "event: next\ndata: {\"data\":{\"viewer\":1}}\n\n";
    assert_eq!(next(&mut events).await.as_deref(), Some(expected));
    let complete = "event: complete\ndata:\n\n";
    assert_eq!(next(&mut events).await.as_deref(), Some(complete));
    assert_eq!(next(&mut events).await, None);
    until(|| harness.live.counts().sockets == 0).await;
}

#[tokio::test]
async fn those_who_watch_the_same_share_one_execution_with_sockets() {
    let harness = Harness::start(LiveConfig::default()).await;
    let mut socket = harness.watcher(1, "watch").await;
    let mut one = watch(&harness, 1).await;
    let mut two = watch(&harness, 1).await;
    harness.log.append(thread(1));
    assert_eq!(socket.position("1").await, 1);
    let said = next(&mut one).await.unwrap();
    assert!(said.starts_with("event: next\nid: "), "{said}");
    assert_eq!(next(&mut two).await, Some(said));
    assert_eq!(harness.live.counts().executions, 1);
}

#[tokio::test]
async fn a_quiet_stream_is_kept_alive_by_comments() {
    let config = LiveConfig {
        keepalive: Duration::from_millis(10),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut events = watch(&harness, 1).await;
    for _ in 0..3 {
        assert_eq!(next(&mut events).await.as_deref(), Some(":\n\n"));
    }
}

#[tokio::test]
async fn a_revoked_right_ends_the_stream_and_no_other() {
    let harness = Harness::start(LiveConfig::default()).await;
    let mut one = watch(&harness, 1).await;
    // Not shared: the fake decides on what is for one viewer.
    let (two, thread_1) = (json!({ "viewer": 2 }), harness.whole_thread(1));
    let mut two = read(&harness, &two, "watch alone", &thread_1).await;
    lock(&harness.gate.revoked).insert(1);
    let who = Some(Uuid::from_u128(1));
    harness.log.append_about(StreamName::Access, who);
    assert_eq!(next(&mut one).await, None);
    harness.log.append(thread(1));
    assert!(next(&mut two).await.is_some());
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let harness = Harness::start(LiveConfig::default()).await;
    let variables = harness.whole_thread(1);
    let brief = json!({ "ends": 20 });
    let mut ended = read(&harness, &brief, "watch", &variables).await;
    assert_eq!(next(&mut ended).await, None);
    let mut stopped = watch(&harness, 1).await;
    harness.shutdown.cancel();
    assert_eq!(next(&mut stopped).await, None);
    soon(harness.live.finished()).await;
}

#[tokio::test]
async fn a_reader_that_stalls_is_left() {
    let config = LiveConfig {
        stall: Duration::from_millis(20),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    harness.log.append_many(thread(1), 5);
    let mut events = watch(&harness, 1).await;
    until(|| harness.live.counts().stalled == 1).await;
    until(|| harness.live.counts().sockets == 0).await;
    // What waited was one event; its id lets the reader come back.
    assert!(next(&mut events).await.is_some());
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_its_seat() {
    let harness = Harness::start(LiveConfig::default()).await;
    let events = watch(&harness, 1).await;
    assert_eq!(harness.live.counts().sockets, 1);
    drop(events);
    until(|| harness.live.counts().sockets == 0).await;
}

#[tokio::test]
async fn one_connection_too_many_is_told_to_come_again() {
    let config = LiveConfig {
        connections: 1,
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let events = watch(&harness, 1).await;
    assert!(Listener::sit(&harness.live).is_none());
    let mut socket = harness.dial(PROTOCOL).await;
    assert_eq!(socket.closed().await, (1013, "Try again later".to_owned()));
    drop(events);
    until(|| harness.live.counts().sockets == 0).await;
    harness.client(1).await;
}
