//! The event log: positions without gaps, in the order of commits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::event::StreamName;
use futures_util::FutureExt as _;
use futures_util::future::{join, join_all};
use mukalma_tests::TestDatabase;
use storage::{CommitSignal, Settings, StorageError, Store, Tx};
use uuid::Uuid;

use super::rows::{at, event};

const STREAMS: [StreamName; 4] = [
    StreamName::Feed,
    StreamName::Access,
    StreamName::Directory,
    StreamName::Moderation,
];

/// The streams of one write: one to four of them, some twice.
fn streams(writer: usize, n: usize) -> Vec<StreamName> {
    (0..=(writer + n) % 5)
        .map(|at| STREAMS[(writer * 3 + n * at) % STREAMS.len()])
        .collect()
}

#[tokio::test]
async fn concurrent_writers_leave_no_gap_and_a_reader_misses_nothing() {
    const WRITERS: usize = 6;
    const WRITES: usize = 20;
    let database = TestDatabase::new().await;
    let store = Store::open(&Settings {
        writers: 4,
        ..database.settings()
    })
    .await
    .unwrap();

    let done = AtomicBool::new(false);
    let writing = async {
        let written = join_all((0..WRITERS).map(|writer| write_many(&store, writer, WRITES))).await;
        done.store(true, Ordering::Relaxed);
        written
    };
    let (written, read) = join(writing, follow(&store, &done)).await;

    let mut expected: BTreeMap<StreamName, i64> = BTreeMap::new();
    for stream in written.into_iter().flatten() {
        *expected.entry(stream).or_default() += 1;
    }
    assert_eq!(read, expected);
    for (stream, count) in expected {
        let head = store.read().stream_head(stream).await.unwrap().unwrap();
        assert_eq!((head.head, head.floor), (count, 0), "{stream}");
    }
}

fn emit_all(tx: &Tx, streams: &[StreamName]) {
    for stream in streams {
        tx.emit(event(*stream));
    }
}

/// Writes to overlapping streams, every fifth write in vain; gives a stream
/// for every event that was committed.
async fn write_many(store: &Store, writer: usize, count: usize) -> Vec<StreamName> {
    let mut committed = Vec::new();
    for n in 0..count {
        let streams = streams(writer, n);
        let fails = n % 5 == 4;
        let result = store
            .write(at(0), |tx| {
                let streams = streams.clone();
                async move {
                    emit_all(&tx, &streams);
                    if fails {
                        Err(StorageError::Taken)
                    } else {
                        Ok(())
                    }
                }
            })
            .await;
        assert_eq!(result.is_err(), fails, "{result:?}");
        if !fails {
            committed.extend(streams);
        }
    }
    committed
}

/// Reads every stream from where it left off until the writers are done, and
/// once more: no position may be missing when a later one is there, because
/// it would never be read. Gives the number of events a stream.
async fn follow(store: &Store, done: &AtomicBool) -> BTreeMap<StreamName, i64> {
    let mut seen: BTreeMap<StreamName, i64> = BTreeMap::new();
    loop {
        let last_round = done.load(Ordering::Relaxed);
        for stream in STREAMS {
            let last = seen.entry(stream).or_default();
            for event in store
                .read()
                .events_after(stream, *last, 1_000)
                .await
                .unwrap()
            {
                assert_eq!(event.at.pos, *last + 1, "{stream}");
                *last = event.at.pos;
            }
        }
        if last_round {
            return seen;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_write_that_is_rolled_back_returns_its_positions() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let feed = StreamName::Feed;
    let write = async |fails: bool| {
        store
            .write(at(0), |tx| async move {
                tx.emit(event(feed));
                tx.emit(event(feed));
                if fails {
                    Err(StorageError::Taken)
                } else {
                    Ok(())
                }
            })
            .await
    };
    write(false).await.unwrap();
    write(true).await.unwrap_err();
    write(false).await.unwrap();
    let events = store.read().events_after(feed, 0, 10).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.at.pos).collect();
    assert_eq!(positions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn events_are_read_after_a_position_in_order_up_to_a_limit() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let (thread, object) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let stream = StreamName::Thread(thread.into());
    for n in 0..5 {
        store
            .write(at(n), |tx| async move {
                let event = domain::event::NewEvent {
                    thread: Some(thread.into()),
                    object: Some(object),
                    ..event(stream)
                };
                tx.emit(event);
                Ok::<_, StorageError>(())
            })
            .await
            .unwrap();
    }
    let events = store.read().events_after(stream, 2, 2).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.at.pos).collect();
    assert_eq!(positions, [3, 4]);
    let head = store.read().stream_head(stream).await.unwrap().unwrap();
    let third = &events[0];
    assert_eq!((third.at.stream, third.at.epoch), (stream, head.epoch));
    assert_eq!(
        (third.thread, third.object),
        (Some(thread.into()), Some(object))
    );
    assert_eq!(third.time, at(2));
    assert_eq!(store.read().events_after(stream, 5, 10).await.unwrap(), []);
    assert_eq!(
        store.read().stream_head(StreamName::Feed).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_stream_keeps_the_epoch_it_began_with() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let write = async |seconds| {
        store
            .write(at(seconds), |tx| async move {
                tx.emit(event(StreamName::Access));
                Ok::<_, StorageError>(())
            })
            .await
            .unwrap();
        store
            .read()
            .stream_head(StreamName::Access)
            .await
            .unwrap()
            .unwrap()
    };
    let (first, second) = (write(0).await, write(60).await);
    assert_eq!(first.epoch, at(0).timestamp_micros());
    assert_eq!(second.epoch, first.epoch);
    assert_eq!((first.head, second.head), (1, 2));
}

#[tokio::test]
async fn the_signal_names_every_committed_stream_once() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    for streams in [vec![STREAMS[2], STREAMS[0]], vec![STREAMS[0]], vec![]] {
        store
            .write(at(0), |tx| {
                let streams = streams.clone();
                async move {
                    emit_all(&tx, &streams);
                    Ok::<_, StorageError>(())
                }
            })
            .await
            .unwrap();
    }
    let failed = store.write(at(0), |tx| async move {
        tx.emit(event(STREAMS[1]));
        Err::<(), _>(StorageError::Taken)
    });
    failed.await.unwrap_err();
    let mut touched = store.commits().touched().await;
    touched.sort_unstable();
    let mut expected = [STREAMS[0], STREAMS[2]];
    expected.sort_unstable();
    assert_eq!(touched, expected);
    assert_eq!(store.commits().touched().now_or_never(), None);
}

#[tokio::test]
async fn the_signal_wakes_a_waiter_and_keeps_what_came_before_it_waited() {
    let signal = CommitSignal::default();
    signal.touch([STREAMS[0]]);
    assert_eq!(signal.touched().await, [STREAMS[0]]);
    let waiting = signal.touched();
    let touching = async {
        tokio::task::yield_now().await;
        signal.touch([STREAMS[1], STREAMS[1]]);
    };
    let (touched, ()) = join(waiting, touching).await;
    assert_eq!(touched, [STREAMS[1]]);
}
