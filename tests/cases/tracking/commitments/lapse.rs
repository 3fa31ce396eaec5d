//! What becomes of a commitment when its day is over.

use chrono::Duration;
use serde_json::{Value, json};

use super::super::Stage;
use super::{commitment, done, november, shown};
use crate::cases::audit::told;

const ACTS: &str = "timeline(first: 100) { nodes { ... on TimelineCommitment { act side } } }";

/// How often a commitment lapsed, as the timeline tells.
async fn lapses(stage: &Stage) -> usize {
    let civil = stage.forum.sign_in("civil").await;
    let seen = stage.sees(&civil, ACTS).await["timeline"]["nodes"].take();
    let lapse = json!({ "act": "LAPSE", "side": "FORUM" });
    seen.as_array()
        .unwrap()
        .iter()
        .filter(|one| **one == lapse)
        .count()
}

impl Stage {
    async fn later(&self, by: Duration) {
        self.forum.clock.advance(by);
        self.forum.forum.run_clocks().await.expect("clocks run");
    }
}

#[tokio::test]
async fn what_is_not_kept_lapses_when_its_day_is_over_in_the_forums_zone() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    stage.reported_done(&id).await;
    let inbox = "subscription { viewerEvents { __typename } }";
    let mut civil = stage.civil.watch(inbox, json!({})).await;
    let mut officer = stage.officer.watch(inbox, json!({})).await;
    // From noon on the 17th in UTC to the last minute of the 28th in Karachi.
    let start = stage.forum.forum.time();
    let end = "2025-11-28T19:00:00Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap();
    stage.later(end - start - Duration::minutes(1)).await;
    assert_eq!(lapses(&stage).await, 0);
    stage.later(Duration::minutes(1)).await;
    stage.later(Duration::days(3)).await;
    assert_eq!(lapses(&stage).await, 1);
    let who = stage.forum.sign_in("civil").await;
    let seen = shown(&who, &id, "state isReportedDone lapsedAt legalActs").await;
    assert_eq!(seen["state"], "LAPSED");
    assert_eq!(seen["isReportedDone"], true);
    assert_ne!(seen["lapsedAt"], Value::Null);
    assert_eq!(seen["legalActs"], json!(["CONFIRM", "CONTEST"]));
    for inbox in [&mut civil, &mut officer] {
        loop {
            let kind = inbox.next().await["viewerEvents"]["__typename"].take();
            if kind == "CommitmentLapsed" {
                break;
            }
        }
    }
    // It can be kept late, and shows both.
    who.done("confirmCommitment", json!({ "commitmentId": id }), "")
        .await;
    let seen = shown(&who, &id, "state lapsedAt keptAt").await;
    assert_eq!(seen["state"], "KEPT");
    assert_ne!(seen["lapsedAt"], Value::Null);
    assert_ne!(seen["keptAt"], Value::Null);
    stage.later(Duration::days(3)).await;
    assert_eq!(lapses(&stage).await, 1);
}

#[tokio::test]
async fn a_clock_that_jumps_and_two_nodes_have_it_lapse_once() {
    let stage = Stage::acknowledged().await;
    let kept = stage.committed(commitment()).await;
    let confirm = json!({ "commitmentId": kept });
    stage.civil.done("confirmCommitment", confirm, "").await;
    for _ in 0..3 {
        stage.committed(commitment()).await;
    }
    let other = stage.forum.another_node().await;
    stage.forum.clock.advance(Duration::days(90));
    let one = stage.forum.forum.run_clocks();
    let (one, two) = tokio::join!(one, other.run_clocks());
    one.and(two).expect("clocks run");
    stage.later(Duration::minutes(10)).await;
    assert_eq!(lapses(&stage).await, 3);
}

#[tokio::test]
async fn what_is_over_lapses_on_the_next_server_that_starts() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    let cursor = stage.sees(&stage.civil, "cursor").await["cursor"].take();
    let on = json!({ "id": stage.id, "after": cursor });
    stage.forum.clock.advance(Duration::days(12));
    let settings = stage.forum.database.settings();
    let forum = stage.forum.again(&settings).await;
    let civil = forum.sign_in("civil").await;
    // Whichever is first, the server's own look at clocks or this.
    forum.forum.run_clocks().await.expect("clocks run");
    let document = "subscription($id: ID!, $after: String) { \
        threadEvents(threadId: $id, after: $after) { __typename } }";
    let mut watch = civil.watch(document, on).await;
    loop {
        let told = watch.next().await["threadEvents"]["__typename"].take();
        if told == "CommitmentLapsed" {
            break;
        }
    }
    assert_eq!(shown(&civil, &id, "state").await["state"], "LAPSED");
}

#[tokio::test]
async fn a_later_day_is_named_before_the_first_is_over_so_often_and_both_are_shown() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    let to = |day: u32| json!({ "commitmentId": id, "reason": "Rain", "dueOn": format!("2025-12-{day:02}") });
    let earlier = json!({ "commitmentId": id, "reason": "Sun", "dueOn": november(28) });
    assert_eq!(
        stage.officer.refused("postponeCommitment", earlier).await,
        "NOT_AHEAD"
    );
    for day in [1, 2, 3] {
        stage.officer.done("postponeCommitment", to(day), "").await;
    }
    assert_eq!(
        stage.officer.refused("postponeCommitment", to(4)).await,
        "TOO_MANY"
    );
    let audited = told(&stage.forum, "postponeCommitment").await;
    assert_eq!(audited.len(), 3, "{audited:?}");
    let fields = "dueOn firstDueOn history { act dueOn wasDueOn }";
    let seen = shown(&stage.civil, &id, fields).await;
    assert_eq!(seen["dueOn"], "2025-12-03");
    assert_eq!(seen["firstDueOn"], november(28));
    let step = json!({ "act": "POSTPONE", "dueOn": "2025-12-01", "wasDueOn": november(28) });
    assert_eq!(seen["history"][2], step);
    // The first day passes without a word.
    stage.later(Duration::days(14)).await;
    assert_eq!(lapses(&stage).await, 0);
    stage.later(Duration::days(14)).await;
    assert_eq!(lapses(&stage).await, 1);
}

#[tokio::test]
async fn a_day_that_is_over_is_not_postponed_although_no_clock_ran() {
    let stage = Stage::acknowledged().await;
    let id = stage.committed(commitment()).await;
    stage.forum.clock.advance(Duration::days(12));
    let officer = stage.forum.sign_in("officer").await;
    let later = json!({ "commitmentId": id, "reason": "Rain", "dueOn": "2025-12-24" });
    // Whichever comes first, the server's own look at clocks or this.
    assert_eq!(
        officer.refused("postponeCommitment", later).await,
        "ILLEGAL_MOVE"
    );
    // Nor is it taken back, nor is what is said to be done late on time.
    let withdraw = json!({ "commitmentId": id, "reason": "No money" });
    let refused = officer.refused("withdrawCommitment", withdraw).await;
    assert_eq!(refused, "ILLEGAL_MOVE");
    officer.done("reportProgress", done(&id), "").await;
    let civil = stage.forum.sign_in("civil").await;
    let confirm = json!({ "commitmentId": id });
    let kept = "commitment { state lapsedAt }";
    let kept = civil.done("confirmCommitment", confirm, kept).await;
    assert_eq!(kept["commitment"]["state"], "KEPT");
    assert_ne!(kept["commitment"]["lapsedAt"], Value::Null);
}
