//! What is past its time is removed, and nothing before.

use chrono::{DateTime, Duration};
use mukalma_tests::{TestDatabase, TestForum};
use serde_json::json;
use storage::retention::OVER;

use super::super::introspect::Schema;
use super::super::migrations::fill;
use super::number;

/// A row in every table that ends one microsecond after the beginning of time.
#[tokio::test]
async fn every_line_removes_what_is_over_and_not_what_is_not() {
    let database = TestDatabase::new().await;
    let connection = database.connect().await;
    fill(&connection, &Schema::read(&connection).await).await;
    let store = database.open().await;
    let forget = async |line, micros| {
        let at = DateTime::from_timestamp_micros(micros).unwrap();
        let gone = store
            .write(at, |tx| async move { tx.forget_over(line, at, 10).await })
            .await;
        gone.unwrap()
    };
    for line in OVER {
        assert_eq!(forget(*line, 0).await, 0, "{line:?}");
    }
    let mut gone = std::collections::BTreeSet::new();
    for line in OVER {
        // A session that is over is removed by the first of its lines.
        let again = !gone.insert(line.table);
        assert_eq!(forget(*line, 2).await, u64::from(!again), "{line:?}");
    }
}

async fn sessions(forum: &TestForum) -> i64 {
    number(forum, "SELECT COUNT(*) FROM session").await
}

#[tokio::test]
async fn a_session_is_removed_once_it_was_not_used_for_long_and_once_it_ends() {
    let forum = TestForum::new().await;
    forum.sign_in("civil").await;
    forum
        .clock
        .advance(Duration::days(30) - Duration::minutes(1));
    forum.forum.forget_over().await.unwrap();
    assert_eq!(sessions(&forum).await, 1);
    forum.clock.advance(Duration::minutes(1));
    forum.forum.forget_over().await.unwrap();
    assert_eq!(sessions(&forum).await, 0);
}

#[tokio::test]
async fn keys_of_mutations_are_removed_after_a_week() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let thread = forum.open_discussion(&civil, "MEMBERS").await;
    let input = json!({ "threadId": thread, "body": "Once.", "clientMutationId": "one" });
    civil.done("addPost", input, "").await;
    let keys = async || number(&forum, "SELECT COUNT(*) FROM idempotency").await;
    forum
        .clock
        .advance(Duration::days(7) - Duration::minutes(1));
    forum.forum.forget_over().await.unwrap();
    assert_eq!(keys().await, 1);
    forum.clock.advance(Duration::minutes(2));
    forum.forum.forget_over().await.unwrap();
    assert_eq!(keys().await, 0);
}

/// Sessions that are over, more than a bite takes.
async fn with_much_to_remove() -> TestForum {
    let settings = [("retention.rows_at_once", "10")];
    let open = domain::people::RegistrationMode::Open;
    let forum = TestForum::with(true, open, &settings).await;
    for _ in 0..25 {
        forum.sign_in("civil").await;
    }
    forum.clock.advance(Duration::days(31));
    forum
}

#[tokio::test]
async fn rounds_follow_each_other_at_their_time_and_bites_until_nothing_is_left() {
    let forum = with_much_to_remove().await;
    let run = async || forum.forum.run_retention().await.unwrap();
    forum.forum.begin_retention().await.unwrap();
    run().await;
    assert_eq!(sessions(&forum).await, 0);
    forum.sign_in("civil").await;
    forum.clock.advance(Duration::days(31));
    run().await;
    assert_eq!(sessions(&forum).await, 0);
    // What ends within the pause waits for its end.
    forum.sign_in("civil").await;
    let over = "UPDATE session SET expires_at = 1";
    super::by_hand(&forum, over).await;
    forum.clock.advance(Duration::minutes(9));
    run().await;
    assert_eq!(sessions(&forum).await, 1);
    forum.clock.advance(Duration::minutes(1));
    run().await;
    assert_eq!(sessions(&forum).await, 0);
}

#[tokio::test]
async fn one_node_does_it_and_another_goes_on_where_it_was_killed() {
    let forum = with_much_to_remove().await;
    let other = forum.another_node().await;
    forum.forum.begin_retention().await.unwrap();
    other.begin_retention().await.unwrap();
    let jobs = "SELECT COUNT(*) FROM job WHERE kind = 'retention'";
    assert_eq!(number(&forum, jobs).await, 1);
    // A node took the job and was killed after its first bite.
    let now = forum.forum.time();
    let lease = forum.store().write(now, async |tx| {
        let until = now + Duration::minutes(5);
        let leased = tx.lease_jobs("retention", until, 1).await?;
        tx.forget_over(OVER[0], now, 10).await?;
        tx.forget_over(OVER[1], now - Duration::days(30), 10)
            .await?;
        Ok::<_, storage::StorageError>(leased.len())
    });
    assert_eq!(lease.await.unwrap(), 1);
    let left = sessions(&forum).await;
    assert!(left > 0);
    other.run_retention().await.unwrap();
    assert_eq!(sessions(&forum).await, left);
    forum.clock.advance(Duration::minutes(5));
    other.run_retention().await.unwrap();
    assert_eq!(sessions(&forum).await, 0);
    assert_eq!(number(&forum, jobs).await, 1);
}
