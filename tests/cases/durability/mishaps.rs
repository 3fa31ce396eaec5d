//! Everything goes wrong in turn, while several write.

use std::time::Duration;

use futures_util::future::join_all;
use mukalma_tests::{Client, Mishap};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{ADD, EVENTS, heard, on_a_line, post};

/// What has been answered, and what has been refused.
#[derive(Debug, Default)]
struct Tally {
    answered: Vec<String>,
    refused: Vec<String>,
    enough: bool,
}

/// Writes one post after the other until it is enough.
async fn speak(client: &Client, thread: &Value, name: usize, tally: &watch::Sender<Tally>) {
    for n in 0.. {
        if tally.borrow().enough {
            return;
        }
        let key = format!("{name}-{n}");
        let answer = client
            .send(ADD, json!({ "input": post(thread, &key) }))
            .await;
        let done = answer.body["data"]["addPost"]["post"]["id"].is_string();
        if !done {
            assert_eq!(answer.code(), "UNAVAILABLE", "{}", answer.body);
        }
        tally.send_modify(|tally| {
            let list = if done {
                &mut tally.answered
            } else {
                &mut tally.refused
            };
            list.push(key);
        });
    }
}

/// Waits until it is so; a test that waits too long has failed.
async fn until(tally: &watch::Sender<Tally>, so: impl Fn(&Tally) -> bool) {
    let mut seen = tally.subscribe();
    let waiting = seen.wait_for(|tally| so(tally));
    tokio::time::timeout(Duration::from_mins(1), waiting)
        .await
        .expect("it comes about")
        .unwrap();
}

#[tokio::test]
async fn whatever_goes_wrong_nothing_answered_is_lost() {
    let Some((line, _forum, civil, thread)) = on_a_line().await else {
        return;
    };
    let cursor = "query($id: ID!) { thread(id: $id) { cursor } }";
    let before = civil.run(cursor, json!({ "id": thread })).await["thread"]["cursor"].take();

    let tally = watch::Sender::<Tally>::default();
    let troubling = async {
        for mishap in [
            Some(Mishap::FullDisk),
            Some(Mishap::BreakAtPost),
            Some(Mishap::BreakAfterCommit),
            None,
            Some(Mishap::FullDiskAtCommit),
            Some(Mishap::BreakBeforeCommit),
        ] {
            let refused = tally.borrow().refused.len();
            match mishap {
                Some(mishap) => line.has(mishap),
                None => line.cut().await,
            }
            if mishap == Some(Mishap::BreakAtPost) {
                // Nobody notices.
                until(&tally, |_| line.mishap().is_none()).await;
            } else {
                until(&tally, |tally| tally.refused.len() > refused).await;
            }
            line.mend();
            let answered = tally.borrow().answered.len();
            until(&tally, |tally| tally.answered.len() > answered + 5).await;
        }
        tally.send_modify(|tally| tally.enough = true);
    };
    let speaking = join_all((0..3).map(|n| speak(&civil, &thread, n, &tally)));
    tokio::join!(troubling, speaking);

    let Tally {
        answered, refused, ..
    } = tally.send_replace(Tally::default());
    let bodies = civil.bodies(&thread).await;
    for key in &answered {
        assert!(bodies.contains(key), "{key} was answered and is lost");
    }
    // Whoever asks again has each written once.
    for key in &refused {
        civil.done("addPost", post(&thread, key), "").await;
    }
    let bodies = civil.bodies(&thread).await;
    let mut asked = [answered, refused].concat();
    asked.sort_unstable();
    let mut found = bodies.clone();
    found.sort_unstable();
    assert_eq!(found, asked);
    // And who was away meanwhile hears each once.
    let was_away = json!({ "id": thread, "after": before });
    let mut watch = civil.watch(EVENTS, was_away).await;
    let mut followed = Vec::new();
    while followed.len() < bodies.len() {
        followed.push(heard(&watch.next().await).1);
    }
    followed.sort_unstable();
    assert_eq!(followed, found);
}
