use std::sync::Arc;
use std::time::Duration;

use domain::event::Position;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::testing::log::{EPOCH, MemoryLog};
use crate::testing::{soon, thread, until};
use crate::{Hub, HubConfig, Item, Reader, Start};

fn hub(ring: u32, poll: Duration) -> (Arc<MemoryLog>, Arc<Hub>) {
    let log = Arc::new(MemoryLog::default());
    let config = HubConfig { ring, poll };
    let hub = Hub::start(Arc::clone(&log) as _, config, CancellationToken::new());
    (log, hub)
}

/// A hub whose polling never comes to its help.
fn hinted() -> (Arc<MemoryLog>, Arc<Hub>) {
    hub(8, Duration::from_hours(1))
}

fn at(pos: i64) -> Position {
    Position {
        stream: thread(1),
        epoch: EPOCH,
        pos,
    }
}

async fn next(reader: &mut Reader) -> Item {
    soon(reader.next()).await.unwrap()
}

async fn expect_events(reader: &mut Reader, positions: impl Iterator<Item = i64>) {
    for pos in positions {
        assert_eq!(next(reader).await.position(), at(pos));
        assert_eq!(reader.position(), at(pos));
    }
}

#[tokio::test]
async fn a_reader_at_the_head_gets_what_comes_and_nothing_before() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 3);
    let mut reader = hub.reader(thread(1), Start::Head).await.unwrap();
    assert_eq!(reader.position(), at(3));
    log.append_many(thread(1), 2);
    expect_events(&mut reader, 4..=5).await;
}

#[tokio::test]
async fn whoever_starts_at_the_head_is_not_told_what_the_hub_had_not_heard_of() {
    let (log, hub) = hinted();
    let _other = hub.reader(thread(1), Start::Head).await.unwrap();
    log.lose_hints(true);
    log.append_many(thread(1), 3);
    let reader = hub.reader(thread(1), Start::Head).await.unwrap();
    assert_eq!(reader.position(), at(3));
}

#[tokio::test]
async fn a_stream_that_begins_later_is_read_from_its_first_event() {
    let (log, hub) = hinted();
    let mut reader = hub.reader(thread(1), Start::Head).await.unwrap();
    assert_eq!(reader.position(), Position { epoch: 0, ..at(0) });
    log.append_many(thread(1), 3);
    expect_events(&mut reader, 1..=3).await;
    assert_eq!(hub.counts().resyncs, 0);
}

#[tokio::test]
async fn what_the_ring_no_longer_holds_is_read_from_the_log() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 100);
    let mut reader = hub.reader(thread(1), Start::After(at(0))).await.unwrap();
    log.append_many(thread(1), 100);
    expect_events(&mut reader, 1..=200).await;
}

#[tokio::test]
async fn a_hint_may_be_lost_but_no_event() {
    let (log, hub) = hub(8, Duration::from_millis(10));
    let mut reader = hub.reader(thread(1), Start::Head).await.unwrap();
    log.lose_hints(true);
    log.append_many(thread(1), 30);
    expect_events(&mut reader, 1..=30).await;
}

#[tokio::test]
async fn a_reader_that_keeps_up_costs_one_read_an_event_for_all() {
    let (log, hub) = hinted();
    log.lose_hints(true);
    log.append(thread(1));
    let mut readers = Vec::new();
    for _ in 0..10 {
        readers.push(hub.reader(thread(1), Start::Head).await.unwrap());
    }
    log.lose_hints(false);
    for pos in 2..=6 {
        log.append(thread(1));
        for reader in &mut readers {
            expect_events(reader, pos..=pos).await;
        }
    }
    assert_eq!(log.reads(), 5);
}

#[tokio::test]
async fn another_epoch_is_a_resync_from_the_head() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 5);
    let old = Position {
        epoch: EPOCH - 1,
        ..at(3)
    };
    let mut reader = hub.reader(thread(1), Start::After(old)).await.unwrap();
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(5) });
    log.append(thread(1));
    expect_events(&mut reader, 6..=6).await;
}

#[tokio::test]
async fn a_position_below_the_floor_is_a_resync_and_one_at_it_is_not() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 9);
    log.trim(thread(1), 4);
    let mut reader = hub.reader(thread(1), Start::After(at(3))).await.unwrap();
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(9) });
    let mut reader = hub.reader(thread(1), Start::After(at(4))).await.unwrap();
    expect_events(&mut reader, 5..=9).await;
    assert_eq!(hub.counts().gaps, 0);
}

#[tokio::test]
async fn a_position_above_the_head_is_a_resync() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 2);
    let mut reader = hub.reader(thread(1), Start::After(at(3))).await.unwrap();
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(2) });
}

#[tokio::test]
async fn a_position_the_hub_has_not_heard_of_yet_is_not_above_the_head() {
    let (log, hub) = hinted();
    log.append(thread(1));
    let _first = hub.reader(thread(1), Start::Head).await.unwrap();
    log.lose_hints(true);
    log.append(thread(1));
    let mut reader = hub.reader(thread(1), Start::After(at(2))).await.unwrap();
    log.lose_hints(false);
    log.append(thread(1));
    expect_events(&mut reader, 3..=3).await;
    assert_eq!(hub.counts().resyncs, 0);
}

#[tokio::test]
async fn a_position_of_another_stream_is_a_resync() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 2);
    let foreign = Position {
        stream: thread(2),
        ..at(1)
    };
    let mut reader = hub.reader(thread(1), Start::After(foreign)).await.unwrap();
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(2) });
}

#[tokio::test]
async fn a_restore_under_a_readers_feet_is_a_resync() {
    let (log, hub) = hub(8, Duration::from_millis(10));
    log.append_many(thread(1), 5);
    let mut reader = hub.reader(thread(1), Start::Head).await.unwrap();
    log.restore(thread(1), EPOCH + 1, 3);
    let restored = |pos| Position {
        epoch: EPOCH + 1,
        ..at(pos)
    };
    assert_eq!(next(&mut reader).await, Item::Resync { at: restored(3) });
    log.append(thread(1));
    assert_eq!(next(&mut reader).await.position(), restored(4));
}

#[tokio::test]
async fn a_log_that_lost_commits_is_a_resync() {
    let (log, hub) = hub(8, Duration::from_millis(10));
    log.append_many(thread(1), 5);
    let mut reader = hub.reader(thread(1), Start::Head).await.unwrap();
    log.restore(thread(1), EPOCH, 2);
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(2) });
}

#[tokio::test]
async fn events_removed_before_a_slow_reader_came_are_a_resync_and_no_alarm() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 100);
    let mut reader = hub.reader(thread(1), Start::After(at(0))).await.unwrap();
    expect_events(&mut reader, 1..=1).await;
    log.trim(thread(1), 90);
    // The page it holds already is still good.
    expect_events(&mut reader, 2..=32).await;
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(100) });
    assert_eq!(hub.counts().gaps, 0);
}

#[tokio::test]
async fn a_gap_among_old_events_is_counted_and_a_resync() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 50);
    log.tear(thread(1), 10);
    let mut reader = hub.reader(thread(1), Start::After(at(0))).await.unwrap();
    assert_eq!(next(&mut reader).await, Item::Resync { at: at(50) });
    assert_eq!(hub.counts().gaps, 1);
    log.append(thread(1));
    expect_events(&mut reader, 51..=51).await;
}

#[tokio::test]
async fn a_gap_among_new_events_is_counted_once_for_all_readers() {
    let (log, hub) = hub(8, Duration::from_millis(10));
    log.append(thread(1));
    let mut readers = [
        hub.reader(thread(1), Start::Head).await.unwrap(),
        hub.reader(thread(1), Start::Head).await.unwrap(),
    ];
    log.lose_hints(true);
    log.append_many(thread(1), 3);
    log.tear(thread(1), 2);
    for reader in &mut readers {
        assert_eq!(next(reader).await, Item::Resync { at: at(4) });
    }
    assert_eq!(hub.counts().gaps, 1);
}

#[tokio::test]
async fn a_reader_stands_where_it_stood_after_an_error() {
    let (log, hub) = hinted();
    log.append_many(thread(1), 40);
    let mut reader = hub.reader(thread(1), Start::After(at(0))).await.unwrap();
    log.fail(true);
    soon(reader.next()).await.unwrap_err();
    log.fail(false);
    expect_events(&mut reader, 1..=40).await;
}

#[tokio::test]
async fn events_come_after_the_log_was_away() {
    let (log, hub) = hub(8, Duration::from_millis(10));
    let mut reader = hub.reader(thread(1), Start::Head).await.unwrap();
    log.fail(true);
    log.append_many(thread(1), 3);
    until(|| hub.counts().failures > 0).await;
    log.fail(false);
    expect_events(&mut reader, 1..=3).await;
}

#[tokio::test]
async fn streams_without_subscribers_are_forgotten() {
    let (_, hub) = hinted();
    let one = hub.reader(thread(1), Start::Head).await.unwrap();
    let two = hub.reader(thread(2), Start::Head).await.unwrap();
    assert_eq!(hub.counts().streams, 2);
    drop(one);
    assert_eq!(hub.counts().streams, 1);
    drop(two);
    assert_eq!(hub.counts().streams, 0);
}

#[derive(Debug, Clone)]
enum Step {
    Append(u8),
    Read(usize),
    Join(i64),
    LoseHints(bool),
    Let,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..12u8).prop_map(Step::Append),
        (0..4usize).prop_map(Step::Read),
        (0..60i64).prop_map(Step::Join),
        any::<bool>().prop_map(Step::LoseHints),
        Just(Step::Let),
    ]
}

/// A reader, and the position it must give next.
struct Follower {
    reader: Reader,
    due: i64,
}

impl Follower {
    async fn follow(&mut self) {
        assert_eq!(next(&mut self.reader).await.position(), at(self.due));
        self.due += 1;
    }
}

async fn play(steps: Vec<Step>) {
    let (log, hub) = hub(4, Duration::from_millis(1));
    let mut head = 0;
    let mut followers = Vec::new();
    for step in steps {
        match step {
            Step::Append(count) => {
                log.append_many(thread(1), i64::from(count));
                head += i64::from(count);
            }
            Step::Join(pos) => {
                // A position that was given out, as a client's cursor is.
                let pos = pos.min(head);
                let epoch = if pos == 0 { 0 } else { EPOCH };
                let start = Start::After(Position { epoch, ..at(pos) });
                let reader = hub.reader(thread(1), start).await.unwrap();
                followers.push(Follower {
                    reader,
                    due: pos + 1,
                });
            }
            Step::Read(which) => {
                let count = followers.len();
                if let Some(follower) = followers.get_mut(which % count.max(1))
                    && follower.due <= head
                {
                    follower.follow().await;
                }
            }
            Step::LoseHints(lose) => log.lose_hints(lose),
            Step::Let => tokio::task::yield_now().await,
        }
    }
    for follower in &mut followers {
        while follower.due <= head {
            follower.follow().await;
        }
    }
    log.append(thread(1));
    for follower in &mut followers {
        follower.follow().await;
    }
    assert_eq!(hub.counts().gaps + hub.counts().resyncs, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn each_position_comes_exactly_once_and_in_order(steps in proptest::collection::vec(step(), 1..60)) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(play(steps));
    }
}
