//! Those who have nothing else to do, and are told past their tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::event::{Position, StreamName};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::LiveConfig;
use crate::testing::client::{Client, Harness};
use crate::testing::log::EPOCH;
use crate::testing::{soon, thread, until};
use crate::{PROTOCOL, lock};

/// Large enough to fill a connection soon, and not too large for a driver.
const PADDING: usize = 50_003;

async fn harness() -> Harness {
    Harness::start(LiveConfig::default()).await
}

/// Watchers of the same who all were told of the first event.
async fn watchers(harness: &Harness, count: u128) -> Vec<Client> {
    let mut watchers = Vec::new();
    for viewer in 1..=count {
        watchers.push(harness.watcher(viewer, "watch").await);
    }
    harness.log.append(thread(1));
    everyone_gets(&mut watchers, 1).await;
    watchers
}

async fn everyone_gets(watchers: &mut [Client], pos: i64) {
    for watcher in watchers {
        assert_eq!(watcher.position("1").await, pos);
    }
}

/// Tells of events that `watchers[0]` hears at once, until there are so many.
async fn fill(harness: &Harness, watchers: &mut [Client], last: i64) {
    harness.gate.padding.store(PADDING, Ordering::Relaxed);
    for pos in 2..=last {
        harness.log.append(thread(1));
        everyone_gets(&mut watchers[..1], pos).await;
    }
}

#[tokio::test]
async fn whoever_waits_is_told_without_being_woken() {
    let harness = harness().await;
    let mut watchers = watchers(&harness, 3).await;
    for pos in 2..=10 {
        harness.log.append(thread(1));
        everyone_gets(&mut watchers, pos).await;
    }
    let counts = harness.live.counts();
    assert_eq!((counts.delivered, counts.executions), (30, 10));
    // The first of a group is told by his own task.
    assert!(counts.wired >= 2 * 9, "{counts:?}");
}

#[tokio::test]
async fn pings_tell_how_far_others_told_him() {
    let config = LiveConfig {
        keepalive: Duration::from_millis(50),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut watchers = vec![harness.watcher(1, "watch").await];
    let mut second = harness.watcher(2, "watch").await;
    watchers.push(harness.watcher(3, "watch").await);
    harness.log.append_many(thread(1), 3);
    let mut last = Value::Null;
    soon(async {
        loop {
            let said = second.hear().await;
            if said["type"] == "ping" {
                second.say(json!({"type": "pong"})).await;
                if said["payload"]["cursors"] == json!({"1": last}) {
                    return;
                }
            } else {
                last = said["payload"]["data"]["cursor"].clone();
            }
        }
    })
    .await;
    let last = harness.cursors.open(last.as_str().unwrap()).unwrap();
    assert!((1..=3).contains(&last.pos));
}

#[tokio::test]
async fn a_completed_operation_is_told_nothing_and_its_id_is_free() {
    let harness = harness().await;
    let mut watchers = watchers(&harness, 3).await;
    for round in 1..=5 {
        let second = &mut watchers[1];
        second.say(json!({"id": "1", "type": "complete"})).await;
        second.say(json!({"type": "ping"})).await;
        assert_eq!(second.hear().await["type"], "pong");
        harness.log.append(thread(1));
        let after = Position {
            stream: thread(1),
            epoch: EPOCH,
            pos: 2 * round - 1,
        };
        let variables = json!({"after": harness.cursors.seal(after)});
        second.subscribe("1", "watch", variables).await;
        everyone_gets(&mut watchers, 2 * round).await;
        harness.log.append(thread(1));
        everyone_gets(&mut watchers, 2 * round + 1).await;
    }
}

#[tokio::test]
async fn another_life_of_the_stream_is_told_of_to_everyone() {
    let harness = harness().await;
    let mut watchers = watchers(&harness, 3).await;
    harness.log.restore(thread(1), EPOCH + 1, 1);
    harness.log.append(thread(1));
    for watcher in &mut watchers {
        let mut data = watcher.hear().await["payload"]["data"].clone();
        assert!(data["resync"].is_number(), "{data}");
        if data["resync"] == 1 {
            data = watcher.hear().await["payload"]["data"].clone();
        }
        assert!(data["resync"] == 2 || data["pos"] == 2, "{data}");
    }
    harness.log.append(thread(1));
    everyone_gets(&mut watchers, 3).await;
}

#[tokio::test]
async fn a_reader_that_rests_gets_everything_once_and_in_order() {
    let harness = harness().await;
    harness.gate.padding.store(PADDING, Ordering::Relaxed);
    let mut watchers = watchers(&harness, 2).await;
    fill(&harness, &mut watchers, 300).await;
    for pos in 2..=300 {
        everyone_gets(&mut watchers[1..], pos).await;
    }
    watchers[1].say(json!({"type": "ping"})).await;
    assert_eq!(watchers[1].hear().await["type"], "pong");
    assert!(harness.live.counts().wired > 0);
}

#[tokio::test]
async fn a_reader_that_stalls_is_dropped() {
    let config = LiveConfig {
        stall: Duration::from_millis(100),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    harness.gate.padding.store(PADDING, Ordering::Relaxed);
    let mut watchers = watchers(&harness, 2).await;
    fill(&harness, &mut watchers, 400).await;
    until(|| harness.live.counts().stalled == 1).await;
    until(|| harness.live.counts().sockets == 1).await;
}

#[tokio::test]
async fn a_message_that_was_begun_ends_before_the_close() {
    let harness = harness().await;
    harness.gate.padding.store(PADDING, Ordering::Relaxed);
    let mut watchers = watchers(&harness, 2).await;
    fill(&harness, &mut watchers, 300).await;
    lock(&harness.gate.revoked).insert(2);
    let about = Some(Uuid::from_u128(2));
    harness.log.append_about(StreamName::Access, about);
    let (mut pos, mut end) = (1, None);
    soon(async {
        while let Some(Ok(message)) = watchers[1].socket.next().await {
            match message {
                Message::Text(text) if end.is_none() => {
                    pos += 1;
                    let message: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(message["payload"]["data"]["pos"], pos);
                }
                Message::Close(Some(frame)) if end.is_none() => end = Some(frame.code),
                other => panic!("after {end:?} came {other:?}"),
            }
        }
    })
    .await;
    assert_eq!(end.map(u16::from), Some(4403));
    assert!((2..300).contains(&pos), "{pos}");
}

#[tokio::test]
async fn what_breaks_for_one_is_told_to_the_others() {
    let harness = harness().await;
    let mut watchers = watchers(&harness, 4).await;
    lock(&harness.gate.breaking).insert((2, 2));
    let mut broken = watchers.remove(1);
    for pos in 2..=4 {
        harness.log.append(thread(1));
        everyone_gets(&mut watchers, pos).await;
    }
    assert!(!matches!(soon(broken.socket.next()).await, Some(Ok(_))));
    // He comes back, and is told with the others.
    lock(&harness.gate.breaking).clear();
    watchers.push(harness.watcher(2, "watch").await);
    assert_eq!(watchers[3].position("1").await, 1);
}

#[tokio::test]
async fn only_the_first_operations_of_a_socket_are_left_to_others() {
    let harness = harness().await;
    let mut clients = [harness.client(1).await, harness.client(2).await];
    for client in &mut clients {
        for id in 1..=10 {
            let whole = harness.whole_thread(1);
            client.subscribe(&id.to_string(), "watch", whole).await;
        }
    }
    for pos in 1..=5 {
        harness.log.append(thread(1));
        for client in &mut clients {
            let mut ids = std::collections::BTreeSet::new();
            for _ in 1..=10 {
                let message = client.hear().await;
                assert_eq!(message["payload"]["data"]["pos"], pos);
                ids.insert(message["id"].as_str().unwrap().to_owned());
            }
            assert_eq!(ids.len(), 10);
        }
    }
    let wired = harness.live.counts().wired;
    assert!((1..=5 * 2 * 4).contains(&wired), "{wired}");
}

/// A client with two subscriptions that also speaks, and whose rights are
/// looked at meanwhile.
async fn talks(harness: Arc<Harness>, viewer: u128, events: i64, heard: Arc<AtomicUsize>) {
    let mut client = harness.dial(PROTOCOL).await;
    let init = json!({"viewer": u64::try_from(viewer).unwrap()});
    client
        .say(json!({"type": "connection_init", "payload": init}))
        .await;
    assert_eq!(client.hear().await["type"], "connection_ack");
    for (id, number) in [("a", 1), ("b", 2)] {
        let whole = harness.whole_thread(number);
        client.subscribe(id, "watch", whole).await;
    }
    let (mut a, mut b) = (0, 0);
    while a < events || b < events {
        let message = client.hear().await;
        let told = match message["id"].as_str() {
            Some("a") => &mut a,
            Some("b") => &mut b,
            _ => continue,
        };
        *told += 1;
        heard.fetch_add(1, Ordering::Relaxed);
        assert_eq!(message["payload"]["data"]["pos"], *told);
        if *told % 7 == 0 {
            client.send(Message::Ping("hello".into())).await;
            client.say(json!({"type": "ping"})).await;
        }
        if *told % 11 == 0 {
            let about = Some(Uuid::from_u128(viewer));
            harness.log.append_about(StreamName::Access, about);
        }
        if *told % 5 == 0 && viewer.is_multiple_of(3) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_gets_both_of_his_streams_in_order_while_he_speaks() {
    let harness = Arc::new(harness().await);
    harness.gate.padding.store(20_000, Ordering::Relaxed);
    let (heard, left) = (Arc::default(), Arc::default());
    let mut clients = tokio::task::JoinSet::new();
    // More than a driver tells before others have their turn.
    for viewer in 1..=80 {
        clients.spawn(talks(Arc::clone(&harness), viewer, 60, Arc::clone(&heard)));
    }
    // Some leave in the middle.
    for viewer in 81..=90 {
        clients.spawn(talks(Arc::clone(&harness), viewer, 20, Arc::clone(&left)));
    }
    until(|| harness.gate.planned.load(Ordering::Relaxed) == 2 * 90).await;
    for number in 1..=60 {
        harness.log.append(thread(1));
        harness.log.append(thread(2));
        // Some come one by one, some at once.
        if number % 4 < 2 {
            until(|| heard.load(Ordering::Relaxed) >= 2 * 80 * number).await;
        }
    }
    while let Some(client) = soon(clients.join_next()).await {
        client.unwrap();
    }
    assert!(harness.live.counts().wired > 0);
    assert_eq!(harness.hub.counts().resyncs + harness.hub.counts().gaps, 0);
}
