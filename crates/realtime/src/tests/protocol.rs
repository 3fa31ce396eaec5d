use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::testing::client::Harness;
use crate::testing::{soon, thread, until};
use crate::{LiveConfig, PROTOCOL};

async fn harness() -> Harness {
    Harness::start(LiveConfig::default()).await
}

#[tokio::test]
async fn another_subprotocol_is_closed_with_4406() {
    let harness = harness().await;
    let mut client = harness.dial("").await;
    assert_eq!(
        client.closed().await,
        (4406, "Subprotocol not acceptable".to_owned())
    );
    // The legacy protocol is not granted either, which its clients notice
    // before they read anything.
    let legacy = harness
        .handshake(&[("sec-websocket-protocol", "graphql-ws")])
        .await;
    let error = legacy.err().expect("no such subprotocol");
    assert!(error.to_string().contains("SubProtocol"), "{error}");
}

#[tokio::test]
async fn an_invalid_message_is_closed_with_4400() {
    let harness = harness().await;
    for message in [
        Message::text("hello"),
        Message::text(r#"{"type":"start","id":"1"}"#),
        Message::text(r#"{"type":"connection_init","payload":7}"#),
        Message::binary(br#"{"type":"connection_init"}"#.to_vec()),
        Message::text(format!(
            r#"{{"type":"ping","payload":{{"x":"{}"}}}}"#,
            "x".repeat(65_536)
        )),
    ] {
        let mut client = harness.dial(PROTOCOL).await;
        client.send(message).await;
        assert_eq!(client.closed().await.0, 4400);
    }
}

#[tokio::test]
async fn a_message_of_exactly_64_kib_is_read() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    let frame = |padding| format!(r#"{{"type":"ping","payload":{{"x":"{padding}"}}}}"#);
    let padding = "x".repeat(65_536 - frame(String::new()).len());
    client.send(Message::text(frame(padding.clone()))).await;
    assert_eq!(
        client.hear().await,
        json!({"type": "pong", "payload": {"x": padding}})
    );
}

#[tokio::test]
async fn subscribing_before_the_acknowledgement_is_closed_with_4401() {
    let harness = harness().await;
    let mut client = harness.dial(PROTOCOL).await;
    client.subscribe("1", "query", json!({})).await;
    assert_eq!(client.closed().await, (4401, "Unauthorized".to_owned()));

    let mut client = harness.dial(PROTOCOL).await;
    client
        .say(json!({"type": "connection_init", "payload": {"slow": true}}))
        .await;
    client.subscribe("1", "query", json!({})).await;
    assert_eq!(client.closed().await.0, 4401);
}

#[tokio::test]
async fn a_refused_connection_is_closed_with_4403_or_1013() {
    let harness = harness().await;
    for (who, code) in [("nobody", 4403), ("unlucky", 1013)] {
        let mut client = harness.dial(PROTOCOL).await;
        client
            .say(json!({"type": "connection_init", "payload": {"as": who}}))
            .await;
        assert_eq!(client.closed().await.0, code);
    }
}

#[tokio::test]
async fn a_client_that_never_initialises_is_closed_with_4408() {
    let config = LiveConfig {
        init_timeout: Duration::from_millis(20),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut client = harness.dial(PROTOCOL).await;
    let expected = (4408, "Connection initialisation timeout".to_owned());
    assert_eq!(client.closed().await, expected);
}

#[tokio::test]
async fn a_second_initialisation_is_closed_with_4429() {
    let harness = harness().await;
    let init = json!({"type": "connection_init", "payload": {"slow": true}});
    let mut client = harness.dial(PROTOCOL).await;
    client.say(init.clone()).await;
    client.say(init.clone()).await;
    assert_eq!(
        client.closed().await,
        (4429, "Too many initialisation requests".to_owned())
    );

    let mut client = harness.client(1).await;
    client.say(init).await;
    assert_eq!(client.closed().await.0, 4429);
}

#[tokio::test]
async fn a_second_operation_under_one_id_is_closed_with_4409() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    client.subscribe("twice", "stuck", json!({})).await;
    client.subscribe("twice", "query", json!({})).await;
    let expected = (4409, "Subscriber for twice already exists".to_owned());
    assert_eq!(client.closed().await, expected);
}

#[tokio::test]
async fn an_id_may_be_used_again_after_its_operation_ended() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    for _ in 0..3 {
        client.subscribe("1", "query", json!({})).await;
        let payload = json!({"data": {"viewer": 1}});
        let next = json!({"id": "1", "type": "next", "payload": payload});
        assert_eq!(client.hear().await, next);
        assert_eq!(client.hear().await, json!({"id": "1", "type": "complete"}));
    }
}

#[tokio::test]
async fn a_refused_operation_gets_an_error_and_no_complete() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    client.subscribe("1", "nonsense", json!({})).await;
    let error = json!({"id": "1", "type": "error", "payload": [{"message": "no"}]});
    assert_eq!(client.hear().await, error);
    client.subscribe("1", "query", json!({})).await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn pings_are_answered_with_their_payload_also_before_the_acknowledgement() {
    let harness = harness().await;
    let mut client = harness.dial(PROTOCOL).await;
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.hear().await, json!({"type": "pong"}));
    client
        .say(json!({"type": "ping", "payload": {"a": [1, "é"]}}))
        .await;
    assert_eq!(
        client.hear().await,
        json!({"type": "pong", "payload": {"a": [1, "é"]}})
    );
    client.say(json!({"type": "pong", "payload": {}})).await;
    client.send(Message::Ping("below".into())).await;
    let pong = soon(client.socket.next()).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong("below".into()));
}

#[tokio::test]
async fn the_server_pings_with_the_cursors_reached_and_closes_the_silent() {
    let config = LiveConfig {
        keepalive: Duration::from_millis(50),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    harness.log.append_many(thread(1), 3);
    let mut client = harness.watcher(1, "watch").await;
    let mut last = Value::Null;
    for _ in 1..=3 {
        last = client.hear().await["payload"]["data"]["cursor"].clone();
    }
    assert_eq!(
        client.hear().await,
        json!({"type": "ping", "payload": {"cursors": {"1": last}}})
    );
    assert_eq!(
        client.closed().await,
        (1001, "No answer to a ping".to_owned())
    );
}

#[tokio::test]
async fn whoever_answers_pings_stays() {
    let config = LiveConfig {
        keepalive: Duration::from_millis(20),
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut client = harness.client(1).await;
    for _ in 0..10 {
        assert_eq!(client.hear().await["type"], "ping");
        client.say(json!({"type": "pong"})).await;
    }
}

#[tokio::test]
async fn a_completed_operation_says_nothing_more() {
    let harness = harness().await;
    let mut client = harness.watcher(1, "watch").await;
    client
        .subscribe("2", "watch", harness.whole_thread(2))
        .await;
    harness.log.append(thread(1));
    assert_eq!(client.position("1").await, 1);
    client.say(json!({"id": "1", "type": "complete"})).await;
    client
        .say(json!({"id": "unknown", "type": "complete"}))
        .await;
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.hear().await, json!({"type": "pong"}));
    harness.log.append(thread(1));
    harness.log.append(thread(2));
    assert_eq!(client.position("2").await, 1);
}

#[tokio::test]
async fn operations_above_the_cap_get_an_error_until_there_is_room() {
    let config = LiveConfig {
        operations: 2,
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut client = harness.client(1).await;
    client.subscribe("1", "stuck", json!({})).await;
    client.subscribe("2", "stuck", json!({})).await;
    client.subscribe("3", "query", json!({})).await;
    let error = client.hear().await;
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("3"))
    );
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    client.say(json!({"id": "1", "type": "complete"})).await;
    client.subscribe("3", "query", json!({})).await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn a_mutation_goes_on_when_its_caller_hangs_up() {
    let config = LiveConfig {
        operations: 1,
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut client = harness.client(1).await;
    client.subscribe("1", "write", json!({})).await;
    until(|| harness.gate.planned.load(Ordering::Relaxed) == 1).await;
    client.say(json!({"id": "1", "type": "complete"})).await;
    // It still counts: hanging up does not make room for more.
    client.subscribe("2", "query", json!({})).await;
    assert_eq!(
        client.hear().await["payload"][0]["extensions"]["code"],
        "RATE_LIMITED"
    );
    drop(client);
    harness.gate.writes.add_permits(1);
    until(|| harness.gate.written.load(Ordering::Relaxed) == 1).await;
}

#[tokio::test]
async fn a_mutation_answers_whoever_waits() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    client.subscribe("1", "write", json!({})).await;
    harness.gate.writes.add_permits(1);
    assert_eq!(
        client.hear().await["payload"],
        json!({"data": {"written": true}})
    );
    assert_eq!(client.hear().await, json!({"id": "1", "type": "complete"}));
}

#[tokio::test]
async fn an_answer_too_large_for_a_socket_is_an_error() {
    let config = LiveConfig {
        answer_bytes: 20,
        ..LiveConfig::default()
    };
    let harness = Harness::start(config).await;
    let mut client = harness.client(1).await;
    client.subscribe("1", "query", json!({})).await;
    let answer = client.hear().await;
    assert_eq!(
        answer["payload"]["errors"][0]["extensions"]["code"],
        "QUERY_TOO_COMPLEX"
    );
    assert_eq!(client.hear().await["type"], "complete");
}

#[tokio::test]
async fn a_client_that_closes_gets_its_close_answered() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    soon(client.socket.close(None)).await.unwrap();
    let answer = soon(client.socket.next()).await;
    assert!(matches!(answer, Some(Ok(Message::Close(_)))), "{answer:?}");
    assert!(soon(client.socket.next()).await.is_none());
    until(|| harness.live.counts().sockets == 0).await;
}

#[tokio::test]
async fn at_shutdown_sockets_close_with_1012_and_writes_are_waited_for() {
    let harness = harness().await;
    let mut client = harness.client(1).await;
    client.subscribe("1", "write", json!({})).await;
    until(|| harness.gate.planned.load(Ordering::Relaxed) == 1).await;
    let mut idle = harness.dial(PROTOCOL).await;
    idle.say(json!({"type": "ping"})).await;
    idle.hear().await;
    harness.shutdown.cancel();
    assert_eq!(client.closed().await, (1012, "Service restart".to_owned()));
    assert_eq!(idle.closed().await.0, 1012);
    drop((client, idle));
    until(|| harness.live.counts().sockets == 0).await;
    let finished = harness.live.finished();
    tokio::pin!(finished);
    assert!(futures_util::poll!(&mut finished).is_pending());
    harness.gate.writes.add_permits(1);
    soon(finished).await;
    assert_eq!(harness.gate.written.load(Ordering::Relaxed), 1);
}
