use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::event::Position;
use serde_json::json;

use crate::LiveConfig;
use crate::testing::client::Harness;
use crate::testing::log::EPOCH;
use crate::testing::{soon, thread, until};

async fn harness() -> Harness {
    Harness::start(LiveConfig::default()).await
}

#[tokio::test]
async fn events_come_in_order() {
    let harness = harness().await;
    for query in ["watch", "watch alone"] {
        let mut client = harness.watcher(1, query).await;
        harness.log.append_many(thread(1), 50);
        for pos in 1..=50 {
            assert_eq!(client.position("1").await, pos);
        }
    }
}

#[tokio::test]
async fn whoever_comes_back_with_his_cursor_misses_nothing_and_gets_nothing_twice() {
    let harness = harness().await;
    let mut variables = harness.whole_thread(1);
    let mut due = 1;
    for round in 0..5 {
        let mut client = harness.client(1).await;
        client.subscribe("op", "watch", variables.clone()).await;
        harness.log.append_many(thread(1), 10 + round);
        for _ in 0..7 {
            let data = client.hear().await["payload"]["data"].clone();
            assert_eq!(data["pos"], due);
            variables["after"] = data["cursor"].clone();
            due += 1;
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_epoch_gets_a_resync_and_then_what_comes() {
    let harness = harness().await;
    harness.log.append_many(thread(1), 4);
    for query in ["watch", "watch alone"] {
        let at = Position {
            stream: thread(1),
            epoch: EPOCH - 1,
            pos: 2,
        };
        let mut client = harness.client(1).await;
        let variables = json!({"after": harness.cursors.seal(at)});
        client.subscribe("1", query, variables).await;
        let data = client.hear().await["payload"]["data"].clone();
        let head = harness.log.append(thread(1)).at;
        assert_eq!(data["resync"], head.pos - 1);
        assert_eq!(
            data["cursor"],
            harness.cursors.seal(Position {
                pos: head.pos - 1,
                ..head
            })
        );
        assert_eq!(client.position("1").await, head.pos);
    }
}

#[tokio::test]
async fn ten_watchers_of_the_same_cost_one_execution_an_event() {
    let harness = harness().await;
    let mut clients = Vec::new();
    for viewer in 1..=10 {
        let mut client = harness.watcher(viewer, "watch").await;
        // One event each, so that all stand before those that are counted.
        harness.log.append(thread(1));
        for pos in 1..=i64::try_from(viewer).unwrap() {
            assert_eq!(client.position("1").await, pos);
        }
        clients.push(client);
    }
    let before = harness.gate.runs.load(Ordering::Relaxed);
    let loads = harness.gate.loads.load(Ordering::Relaxed);
    for client in &mut clients[..9] {
        while client.position("1").await < 10 {}
    }
    for pos in 11..=30 {
        harness.log.append(thread(1));
        for client in &mut clients {
            assert_eq!(client.position("1").await, pos);
        }
    }
    assert_eq!(harness.gate.runs.load(Ordering::Relaxed) - before, 20);
    assert_eq!(harness.gate.loads.load(Ordering::Relaxed) - loads, 20);
    assert_eq!(harness.live.counts().delivered, 55 + 45 + 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_gets_everything_once_while_much_happens_at_once() {
    let harness = Arc::new(harness().await);
    let mut watchers = tokio::task::JoinSet::new();
    for viewer in 1..=40 {
        let harness = Arc::clone(&harness);
        watchers.spawn(async move {
            let query = if viewer % 8 == 0 {
                "watch alone"
            } else {
                "watch"
            };
            let mut client = harness.watcher(viewer, query).await;
            for pos in 1..=200 {
                assert_eq!(client.position("1").await, pos);
            }
        });
    }
    for number in 0..200 {
        harness.log.lose_hints(number % 40 == 39);
        harness.log.append(thread(1));
        if number % 3 == 0 {
            tokio::task::yield_now().await;
        }
    }
    while let Some(watcher) = soon(watchers.join_next()).await {
        watcher.unwrap();
    }
    assert_eq!(harness.hub.counts().resyncs + harness.hub.counts().gaps, 0);
}

#[tokio::test]
async fn what_depends_on_the_viewer_is_executed_for_each_but_its_facts_loaded_once() {
    let harness = harness().await;
    let mut clients = Vec::new();
    for viewer in 1..=3 {
        clients.push(harness.watcher(viewer, "watch alone").await);
    }
    until(|| harness.gate.planned.load(Ordering::Relaxed) == 3).await;
    harness.log.append(thread(1));
    for client in &mut clients {
        assert_eq!(client.position("1").await, 1);
    }
    assert_eq!(harness.gate.runs.load(Ordering::Relaxed), 3);
    assert_eq!(harness.gate.loads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_group_goes_on_without_the_one_who_began_it() {
    let harness = harness().await;
    let mut first = harness.watcher(1, "watch").await;
    harness.log.append(thread(1));
    first.position("1").await;
    let mut second = harness.watcher(2, "watch").await;
    assert_eq!(second.position("1").await, 1);
    drop(first);
    until(|| harness.live.counts().sockets == 1).await;
    for pos in 2..=5 {
        harness.log.append(thread(1));
        assert_eq!(second.position("1").await, pos);
    }
    drop(second);
    // Nothing of the thread is left: neither a driver nor a ring.
    until(|| harness.hub.counts().streams == 1).await;
}

#[tokio::test]
async fn facts_that_cannot_be_loaded_delay_an_event_and_lose_none() {
    let harness = harness().await;
    harness.gate.failing.store(1, Ordering::Relaxed);
    let mut client = harness.watcher(1, "watch").await;
    harness.log.append_many(thread(1), 2);
    assert_eq!(client.position("1").await, 1);
    assert_eq!(client.position("1").await, 2);
}

#[tokio::test]
async fn a_hot_stream_starves_neither_another_nor_the_client() {
    let harness = harness().await;
    // The hot stream has always something ready.
    harness.log.be_instant();
    harness.gate.instant.store(true, Ordering::Relaxed);
    harness.log.append_many(thread(1), 5000);
    harness.log.append_many(thread(2), 20);
    let mut client = harness.client(1).await;
    client
        .subscribe("hot", "watch", harness.whole_thread(1))
        .await;
    client
        .subscribe("calm", "watch alone", harness.whole_thread(2))
        .await;
    client.say(json!({"type": "ping"})).await;
    let (mut calm, mut pongs) = (0, 0);
    for _ in 0..100 {
        let message = client.hear().await;
        calm += usize::from(message["id"] == "calm");
        pongs += usize::from(message["type"] == "pong");
    }
    assert_eq!((calm, pongs), (20, 1));
}

#[tokio::test]
async fn a_reader_that_stalls_is_dropped_and_others_go_on() {
    let config = LiveConfig {
        stall: Duration::from_millis(100),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    harness.gate.padding.store(1 << 20, Ordering::Relaxed);
    let mut slow = harness.watcher(1, "watch").await;
    let mut quick = harness.watcher(2, "watch").await;
    harness.log.append_many(thread(1), 40);
    for pos in 1..=40 {
        assert_eq!(quick.position("1").await, pos);
    }
    until(|| harness.live.counts().stalled == 1).await;
    until(|| harness.live.counts().sockets == 1).await;
    // What was underway arrives; then it is over.
    let mut last = 0;
    soon(async {
        use futures_util::StreamExt as _;
        while let Some(Ok(message)) = slow.socket.next().await {
            assert!(message.is_text(), "{message:?}");
            last += 1;
        }
    })
    .await;
    assert!(last < 40, "{last} messages");
}
