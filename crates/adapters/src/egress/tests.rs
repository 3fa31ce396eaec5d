use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::webhook::Failure;
use forum::ports::{Egress as _, Outgoing};
use forum::webhook::{Endpoint, Reach};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{HttpEgress, Limits, Resolve};

/// Answers each time with the next list of addresses, the last for ever.
struct Answers {
    lists: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolve for Answers {
    async fn resolve(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst);
        let list = &self.lists[at.min(self.lists.len() - 1)];
        Ok(list.iter().map(|ip| SocketAddr::new(*ip, port)).collect())
    }
}

fn egress(reach: Reach, lists: &[&[&str]]) -> (HttpEgress, Arc<Answers>) {
    let lists = lists
        .iter()
        .map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect())
        .collect();
    let answers = Arc::new(Answers {
        lists,
        asked: AtomicUsize::new(0),
    });
    let limits = Limits {
        reach,
        timeout: Duration::from_secs(2),
    };
    let resolver: Arc<dyn Resolve> = answers.clone();
    (HttpEgress::with(limits, resolver), answers)
}

fn to(url: &str) -> Outgoing {
    Outgoing {
        endpoint: Endpoint::parse(url, Reach::Anywhere).unwrap(),
        headers: vec![
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", "1".to_owned()),
            ("webhook-signature", "v1,a v1,b".to_owned()),
        ],
        body: "{\"type\":\"webhook.test\"}".to_owned(),
    }
}

/// A server that answers every request with these bytes, or never.
async fn server(answer: Option<String>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut all = Vec::new();
            while !all.ends_with(b"}") {
                let mut part = [0; 4096];
                match stream.read(&mut part).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => all.extend_from_slice(&part[..read]),
                }
            }
            hears
                .lock()
                .unwrap()
                .push(String::from_utf8_lossy(&all).into_owned());
            match &answer {
                Some(answer) => {
                    stream.write_all(answer.as_bytes()).await.ok();
                }
                None => std::future::pending().await,
            }
        }
    });
    (address, heard)
}

#[tokio::test]
async fn a_message_is_posted_with_its_header_fields_and_the_status_comes_back() {
    let answer = "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
    let (address, heard) = server(Some(answer)).await;
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    let url = format!("http://hook.example:{}/a?b=c", address.port());
    assert_eq!(egress.post(&to(&url)).await, Ok(204));
    let heard = heard.lock().unwrap()[0].to_ascii_lowercase();
    for part in [
        "post /a?b=c http/1.1\r\n",
        &format!("host: hook.example:{}\r\n", address.port()),
        "webhook-id: msg_1\r\n",
        "webhook-timestamp: 1\r\n",
        "webhook-signature: v1,a v1,b\r\n",
        "content-type: application/json\r\n",
        "\r\n\r\n{\"type\":\"webhook.test\"}",
    ] {
        assert!(heard.contains(part), "{part} is not in {heard}");
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (aim, reached) = server(None).await;
    let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{aim}/\r\n\r\n");
    let (address, _) = server(Some(answer)).await;
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    assert_eq!(
        egress.post(&to(&format!("http://{address}/"))).await,
        Ok(307)
    );
    assert!(reached.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_does_not_answer_is_left_after_a_while() {
    let (address, _) = server(None).await;
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    let posted = egress.post(&to(&format!("http://{address}/"))).await;
    assert_eq!(posted, Err(Failure::Timeout));
}

#[tokio::test]
async fn an_answer_may_have_a_head_of_16_kib_and_no_more() {
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    for (bytes, posted) in [(8_000, Ok(200)), (40_000, Err(Failure::Broken))] {
        let answer = format!("HTTP/1.1 200 OK\r\nfill: {}\r\n\r\n", "a".repeat(bytes));
        let (address, _) = server(Some(answer)).await;
        assert_eq!(
            egress.post(&to(&format!("http://{address}/"))).await,
            posted
        );
    }
}

#[tokio::test]
async fn the_body_of_an_answer_is_not_waited_for() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\nbegin".to_owned();
    let (address, _) = server(Some(answer)).await;
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    assert_eq!(
        egress.post(&to(&format!("http://{address}/"))).await,
        Ok(200)
    );
}

#[tokio::test]
async fn a_name_that_leads_to_a_closed_address_is_refused_whole() {
    for list in [
        &["127.0.0.1"][..],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["0.0.0.0"],
        &["224.0.0.1"],
        &["::1"],
        &["fe80::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        // One that is open does not open the others.
        &["8.8.8.8", "127.0.0.1"],
        &["2606:4700:4700::1111", "fd00::1"],
    ] {
        let (egress, _) = egress(Reach::Public, &[list]);
        let posted = egress.post(&to("https://hook.example/")).await;
        assert_eq!(posted, Err(Failure::Closed), "{list:?}");
    }
    let (egress, _) = egress(Reach::Public, &[&[]]);
    let posted = egress.post(&to("https://hook.example/")).await;
    assert_eq!(posted, Err(Failure::Unresolved));
}

#[tokio::test]
async fn an_address_that_was_open_when_it_was_given_may_be_closed_now() {
    let (egress, answers) = egress(Reach::Public, &[&["8.8.8.8"]]);
    for url in [
        "http://8.8.8.8/",
        "https://127.0.0.1/",
        "https://8.8.8.8:22/",
        "https://localhost/",
        "https://[::ffff:10.0.0.1]/",
    ] {
        assert_eq!(egress.post(&to(url)).await, Err(Failure::Closed), "{url}");
    }
    assert_eq!(answers.asked.load(Ordering::SeqCst), 0);
}

/// Whoever answers the second question with something else is not asked.
#[tokio::test]
async fn a_name_is_resolved_once_and_connected_to_where_it_led() {
    let answer = "HTTP/1.1 200 OK\r\n\r\n".to_owned();
    let (address, heard) = server(Some(answer)).await;
    let (egress, answers) = egress(Reach::Anywhere, &[&["127.0.0.1"], &["127.0.0.2"]]);
    let url = format!("http://hook.example:{}/", address.port());
    assert_eq!(egress.post(&to(&url)).await, Ok(200));
    assert_eq!(answers.asked.load(Ordering::SeqCst), 1);
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_does_not_prove_who_he_is_hears_nothing() {
    let (address, heard) = server(Some("HTTP/1.1 200 OK\r\n\r\n".to_owned())).await;
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    let url = format!("https://hook.example:{}/", address.port());
    let posted = egress.post(&to(&url)).await;
    assert!(
        matches!(posted, Err(Failure::Tls | Failure::Timeout)),
        "{posted:?}"
    );
    assert!(
        heard
            .lock()
            .unwrap()
            .iter()
            .all(|all| !all.contains("webhook"))
    );
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (egress, _) = egress(Reach::Anywhere, &[&["127.0.0.1"]]);
    let posted = egress.post(&to(&format!("http://{address}/"))).await;
    assert_eq!(posted, Err(Failure::Unreachable));
}
