//! Clients that do harm before they ask anything: what they get, what it ends
//! with, and that nobody else notices.

use domain::people::RegistrationMode;
use futures_util::{SinkExt as _, StreamExt as _};
use mukalma_tests::raw::Raw;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

const LIVE: &str = "GET /livez HTTP/1.1\r\nhost: forum\r\n";

async fn forum_with(settings: &[(&str, &str)]) -> TestForum {
    TestForum::with(true, RegistrationMode::Open, settings).await
}

async fn is_served(client: &Client) {
    client.run("{ __typename }", json!({})).await;
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let forum = forum_with(&[("connection.head_seconds", "1")]).await;
    for begun in ["", "G", LIVE, "POST /graphql HTTP/1.1\r\nx-slow: a"] {
        let mut raw = Raw::open(forum.address).await;
        raw.say(begun).await;
        is_served(&forum.visitor()).await;
        assert_eq!(raw.rest().await, "", "{begun:?}");
    }
    // Also between two requests.
    let mut raw = Raw::open(forum.address).await;
    raw.say(format!("{LIVE}\r\n")).await;
    assert!(raw.answer().await.starts_with("HTTP/1.1 200"));
    assert_eq!(raw.rest().await, "");
}

#[tokio::test]
async fn a_head_has_at_most_a_hundred_fields_and_64_kib() {
    let forum = TestForum::new().await;
    // One field is in it already.
    let fields = |n: usize| "x-a: b\r\n".repeat(n - 1);
    let of_bytes = |n: usize| {
        let rest = LIVE.len() + "x-a: \r\n\r\n".len();
        format!("x-a: {}\r\n", "a".repeat(n - rest))
    };
    for (more, status) in [
        (fields(100), "200"),
        (fields(101), "431"),
        (of_bytes(65_536), "200"),
        (of_bytes(65_537), "431"),
    ] {
        let mut raw = Raw::open(forum.address).await;
        raw.say(format!("{LIVE}{more}\r\n")).await;
        let answer = raw.answer().await;
        assert_eq!(&answer[9..12], status, "{answer}");
    }
    is_served(&forum.visitor()).await;
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_left() {
    let forum = forum_with(&[("connection.body_seconds", "1")]).await;
    let mut raw = Raw::open(forum.address).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: forum\r\ncontent-type: application/json\r\n\
                content-length: 1000\r\n\r\n{\"query\"";
    raw.say(head).await;
    is_served(&forum.visitor()).await;
    assert!(raw.answer().await.starts_with("HTTP/1.1 408"));
}

#[tokio::test]
async fn whoever_reads_no_answer_is_left() {
    let forum = forum_with(&[("connection.stall_seconds", "1")]).await;
    let mut raw = Raw::narrow(forum.address).await;
    let ask = "GET / HTTP/1.1\r\nhost: forum\r\n\r\n".repeat(64);
    // Asked again and again, and never read: the server writes no further, and
    // then breaks off.
    while raw.say(&ask).await {}
    is_served(&forum.visitor()).await;
}

#[tokio::test]
async fn as_many_connections_are_served_as_may_and_others_wait() {
    let forum = forum_with(&[("connection.most", "2")]).await;
    let ask = format!("{LIVE}\r\n");
    let mut held = [
        Raw::open(forum.address).await,
        Raw::open(forum.address).await,
    ];
    for one in &mut held {
        one.say(&ask).await;
        assert!(one.answer().await.starts_with("HTTP/1.1 200"));
    }
    let mut waits = Raw::open(forum.address).await;
    waits.say(&ask).await;
    for one in &mut held {
        one.say(&ask).await;
        assert!(one.answer().await.starts_with("HTTP/1.1 200"));
    }
    let [gone, _stays] = held;
    drop(gone);
    assert!(waits.answer().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_websocket_has_its_place_among_the_connections() {
    let forum = forum_with(&[("connection.most", "1")]).await;
    let mut upgraded = Raw::open(forum.address).await;
    upgraded.say(handshake(&forum)).await;
    assert!(upgraded.answer().await.starts_with("HTTP/1.1 101"));
    let mut waits = Raw::open(forum.address).await;
    waits.say(format!("{LIVE}\r\n")).await;
    // Still at it: told that what it says is nothing.
    upgraded.say([0x81, 0x80, 0, 0, 0, 0]).await;
    assert_eq!(upgraded.rest_bytes().await.first(), Some(&0x88));
    drop(upgraded);
    assert!(waits.answer().await.starts_with("HTTP/1.1 200"));
}

/// The head that opens a websocket.
fn handshake(forum: &TestForum) -> String {
    format!(
        "GET /graphql/ws HTTP/1.1\r\nhost: {}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n",
        forum.address
    )
}

/// A websocket of somebody's that has been acknowledged.
async fn socket(
    client: &Client,
    forum: &TestForum,
) -> tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>> {
    let mut request = format!("ws://{}/graphql/ws", forum.address)
        .into_client_request()
        .unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let token = format!("Bearer {}", client.token.as_deref().unwrap());
    let init = json!({ "type": "connection_init", "payload": { "authorization": token } });
    socket.send(Message::text(init.to_string())).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Text(_)))));
    socket
}

/// What comes next on a socket that stays open.
async fn next_text(
    hears: &mut (
             impl futures_util::Stream<Item = tokio_tungstenite::tungstenite::Result<Message>> + Unpin
         ),
) -> Value {
    loop {
        match hears.next().await {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
            Some(Ok(Message::Ping(_))) => {}
            ended => panic!("the socket stays open: {ended:?}"),
        }
    }
}

#[tokio::test]
async fn ten_thousand_operations_on_one_socket_leave_the_others_alone() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let id = forum.open_discussion(&civil, "MEMBERS").await;
    let (mut says, mut hears) = socket(&civil, &forum).await.split();
    let query = "subscription($id: ID!) { threadEvents(threadId: $id) { cursor } }";
    let saying = async {
        for n in 0..10_000 {
            let subscribe = json!({
                "id": n.to_string(), "type": "subscribe",
                "payload": { "query": query, "variables": { "id": id } },
            });
            says.send(Message::text(subscribe.to_string()))
                .await
                .unwrap();
        }
    };
    let hearing = async {
        let mut refused = 0;
        while refused < 9_900 {
            let heard = next_text(&mut hears).await;
            if heard["type"] == "error" {
                let code = &heard["payload"][0]["extensions"]["code"];
                assert_eq!(code, "RATE_LIMITED");
                refused += 1;
            }
        }
    };
    let expert = forum.sign_in("expert").await;
    let others = async {
        for _ in 0..20 {
            is_served(&expert).await;
        }
    };
    tokio::join!(saying, hearing, others);
    // A hundred are followed, each once.
    let post = json!({ "threadId": id, "body": "Told to all of them" });
    civil.done("addPost", post, "").await;
    let mut told = std::collections::BTreeSet::new();
    while told.len() < 100 {
        let heard = next_text(&mut hears).await;
        if heard["type"] == "next" {
            assert!(told.insert(heard["id"].to_string()), "{heard}");
        }
    }
}

#[tokio::test]
async fn text_that_is_no_text_closes_the_socket_with_4400() {
    let forum = TestForum::new().await;
    let head = handshake(&forum);
    // Masked with zeros: a text of two bytes that are not UTF-8, a frame of
    // 64 KiB and one byte, one with a bit that nobody agreed on, one that is
    // not masked.
    let mut large = vec![0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    large.resize(large.len() + 65_537, b' ');
    for frame in [
        vec![0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28],
        large,
        vec![0xc1, 0x80, 0, 0, 0, 0],
        vec![0x81, 0x02, b'{', b'}'],
    ] {
        let mut raw = Raw::open(forum.address).await;
        raw.say(&head).await;
        assert!(raw.answer().await.starts_with("HTTP/1.1 101"));
        raw.say(&frame).await;
        let closed = raw.rest_bytes().await;
        // A close frame with the code 4400.
        assert_eq!(closed.first(), Some(&0x88), "{frame:?}");
        assert_eq!(&closed[2..4], 4400_u16.to_be_bytes(), "{frame:?}");
    }
    is_served(&forum.visitor()).await;
}
