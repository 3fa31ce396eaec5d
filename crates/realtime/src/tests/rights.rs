use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::event::StreamName;
use serde_json::json;
use uuid::Uuid;

use crate::testing::client::Harness;
use crate::testing::{thread, until};
use crate::{Admission, LiveConfig, PROTOCOL, lock};

async fn harness() -> Harness {
    Harness::start(LiveConfig::default()).await
}

fn revoke(harness: &Harness, viewer: u128) {
    lock(&harness.gate.revoked).insert(viewer);
    harness
        .log
        .append_about(StreamName::Access, Some(Uuid::from_u128(viewer)));
}

#[tokio::test]
async fn a_revoked_right_closes_the_socket_within_a_second() {
    let harness = harness().await;
    let mut one = harness.watcher(1, "watch").await;
    let mut two = harness.watcher(2, "watch").await;
    revoke(&harness, 1);
    let closed = tokio::time::timeout(Duration::from_secs(1), one.closed()).await;
    assert_eq!(closed.unwrap(), (4403, "Forbidden".to_owned()));
    harness.log.append(thread(1));
    assert_eq!(two.position("1").await, 1);
    // Only whom it concerned was looked at.
    assert_eq!(harness.gate.refreshed.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_lost_hint_delays_a_revocation_by_no_more_than_the_polling() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    harness.log.lose_hints(true);
    revoke(&harness, 1);
    assert_eq!(client.closed().await.0, 4403);
}

#[tokio::test]
async fn a_right_revoked_while_it_is_read_does_not_connect() {
    let harness = harness().await;
    let mut client = harness.dial(PROTOCOL).await;
    let payload = json!({"viewer": 1, "slow": true});
    client
        .say(json!({"type": "connection_init", "payload": payload}))
        .await;
    until(|| harness.gate.connecting.load(Ordering::Relaxed) == 1).await;
    revoke(&harness, 1);
    // Another socket shows that the event has been heard.
    let mut other = harness.client(2).await;
    harness
        .log
        .append_about(StreamName::Access, Some(Uuid::from_u128(2)));
    until(|| harness.gate.refreshed.load(Ordering::Relaxed) == 1).await;
    harness.gate.door.add_permits(1);
    assert_eq!(client.closed().await.0, 4403);
    other.say(json!({"type": "ping"})).await;
    assert_eq!(other.hear().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_change_that_leaves_the_right_leaves_the_socket() {
    let harness = harness().await;
    let mut client = harness.watcher(1, "watch").await;
    for pos in 1..=3 {
        harness
            .log
            .append_about(StreamName::Access, Some(Uuid::from_u128(1)));
        harness.log.append(thread(1));
        assert_eq!(client.position("1").await, pos);
    }
}

#[tokio::test]
async fn the_end_of_the_session_closes_the_socket() {
    let harness = harness().await;
    let mut client = harness.dial(PROTOCOL).await;
    client
        .say(json!({"type": "connection_init", "payload": {"ends": 30}}))
        .await;
    assert_eq!(client.hear().await["type"], "connection_ack");
    assert_eq!(client.closed().await, (4403, "Forbidden".to_owned()));
}

#[tokio::test]
async fn the_headers_of_the_handshake_reach_the_gate() {
    let harness = harness().await;
    let headers = [("sec-websocket-protocol", PROTOCOL), ("cookie", "7")];
    let mut client = harness.handshake(&headers).await.unwrap();
    client.say(json!({"type": "connection_init"})).await;
    assert_eq!(client.hear().await, json!({"type": "connection_ack"}));
    client.subscribe("1", "query", json!({})).await;
    assert_eq!(client.hear().await["payload"]["data"]["viewer"], 7);
}

#[tokio::test]
async fn each_watcher_gets_only_what_is_decided_for_him() {
    let harness = harness().await;
    harness.gate.decide(1, 2, Admission::Skip);
    let mut one = harness.watcher(1, "watch").await;
    let mut two = harness.watcher(2, "watch").await;
    harness.log.append_many(thread(1), 3);
    for pos in [1, 3] {
        assert_eq!(one.position("1").await, pos);
    }
    for pos in [1, 2, 3] {
        assert_eq!(two.position("1").await, pos);
    }
}

#[tokio::test]
async fn those_who_are_told_together_get_only_what_is_decided_for_them() {
    let harness = harness().await;
    let mut watchers = Vec::new();
    for viewer in 1..=3 {
        watchers.push(harness.watcher(viewer, "watch").await);
    }
    harness.gate.decide(2, 2, Admission::Skip);
    harness.gate.decide(3, 2, Admission::Close);
    for number in 1..=3 {
        harness.log.append(thread(1));
        assert_eq!(watchers[0].position("1").await, number);
    }
    assert_eq!(watchers[1].position("1").await, 1);
    assert_eq!(watchers[1].position("1").await, 3);
    assert_eq!(watchers[2].position("1").await, 1);
    assert_eq!(watchers[2].hear().await["type"], "complete");
}

#[tokio::test]
async fn nobody_who_is_told_with_others_is_told_after_his_rights_ended() {
    let harness = harness().await;
    let mut watchers = Vec::new();
    for viewer in 1..=2 {
        let mut watcher = harness.watcher(viewer, "watch").await;
        watcher.say(json!({"type": "ping"})).await;
        assert_eq!(watcher.hear().await["type"], "pong");
        watchers.push(watcher);
    }
    revoke(&harness, 2);
    until(|| harness.gate.refreshed.load(Ordering::Relaxed) == 1).await;
    harness.log.append(thread(1));
    assert_eq!(watchers[0].position("1").await, 1);
    assert_eq!(watchers[1].closed().await.0, 4403);
    assert_eq!(harness.live.counts().delivered, 1);
}

#[tokio::test]
async fn what_was_admitted_under_older_rights_is_decided_again() {
    let harness = harness().await;
    harness.gate.hold.store(true, Ordering::Relaxed);
    let mut client = harness.watcher(1, "watch").await;
    harness.log.append(thread(1));
    until(|| harness.gate.runs.load(Ordering::Relaxed) == 1).await;
    harness.gate.decide(1, 1, Admission::Skip);
    harness
        .log
        .append_about(StreamName::Access, Some(Uuid::from_u128(1)));
    until(|| harness.gate.refreshed.load(Ordering::Relaxed) == 1).await;
    harness.gate.held.add_permits(2);
    harness.log.append(thread(1));
    assert_eq!(client.position("1").await, 2);
}

#[tokio::test]
async fn what_goes_out_of_sight_ends_the_subscription_and_not_the_socket() {
    let harness = harness().await;
    harness.gate.decide(1, 2, Admission::Close);
    let mut client = harness.watcher(1, "watch").await;
    harness.log.append_many(thread(1), 3);
    assert_eq!(client.position("1").await, 1);
    assert_eq!(client.hear().await, json!({"id": "1", "type": "complete"}));
    client.subscribe("1", "query", json!({})).await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn what_is_decided_for_all_is_decided_once_and_ends_it_for_each() {
    let harness = harness().await;
    let mut watchers = Vec::new();
    for viewer in 1..=3 {
        watchers.push(harness.watcher(viewer, "watch").await);
    }
    lock(&harness.gate.closed).insert(2);
    harness.log.append_many(thread(1), 2);
    for watcher in &mut watchers {
        assert_eq!(watcher.position("1").await, 1);
        assert_eq!(watcher.hear().await, json!({"id": "1", "type": "complete"}));
    }
    assert_eq!(harness.gate.decided.load(Ordering::Relaxed), 2);
}
