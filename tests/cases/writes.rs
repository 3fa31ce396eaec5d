//! Writes: all of it or nothing, and again where a transaction lost.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::event::StreamName;
use mukalma_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use storage::{Backend, StorageError, Store};
use tokio::sync::Notify;

use super::rows::{at, circle, event, post_in_no_thread};

/// Under which a write shares a transaction, or does not.
fn names(n: u128) -> [uuid::Uuid; 2] {
    [n, 1_000 + n].map(uuid::Uuid::from_u128)
}

async fn circles(store: &Store) -> Vec<String> {
    let directory = store.read().directory().await.unwrap();
    directory
        .circles
        .into_iter()
        .map(|circle| circle.code)
        .collect()
}

async fn add_circle(store: &Store, id: u128, code: &str) -> Result<(), StorageError> {
    store
        .write(at(0), |tx| {
            let new = circle(id, code);
            async move { tx.insert_circle(&new).await }
        })
        .await
}

#[tokio::test]
async fn a_write_that_returns_an_error_leaves_nothing() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let failed = store.write(at(0), |tx| async move {
        tx.insert_circle(&circle(1, "YOUTH")).await?;
        tx.emit(event(StreamName::Directory));
        Err::<(), _>(StorageError::Address("changed his mind".to_owned()))
    });
    assert!(matches!(failed.await, Err(StorageError::Address(_))));
    assert_eq!(circles(&store).await, [""; 0]);
    assert_eq!(
        store
            .read()
            .stream_head(StreamName::Directory)
            .await
            .unwrap(),
        None
    );
    add_circle(&store, 1, "YOUTH").await.unwrap();
    assert_eq!(circles(&store).await, ["YOUTH"]);
}

#[tokio::test]
async fn a_write_whose_caller_hangs_up_leaves_nothing_and_hinders_nobody() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let reached = Notify::new();
    let reached = &reached;
    let writing = store.write_together(names(1), at(0), |tx| async move {
        tx.insert_circle(&circle(1, "YOUTH")).await?;
        tx.emit(event(StreamName::Directory));
        reached.notify_one();
        std::future::pending::<Result<(), StorageError>>().await
    });
    tokio::select! {
        _ = writing => panic!("the write never ends"),
        () = reached.notified() => {}
    }
    add_circle(&store, 2, "WOMEN").await.unwrap();
    assert_eq!(circles(&store).await, ["WOMEN"]);
    assert_eq!(
        store
            .read()
            .stream_head(StreamName::Directory)
            .await
            .unwrap(),
        None
    );
}

/// Those who write at once may share a commit: what one of them fails at, or
/// leaves in the middle, is his alone.
#[tokio::test]
async fn a_write_that_fails_among_others_takes_nobody_with_it() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let store = &store;
    let writing = |n: u128| async move {
        let writing = store.write_together(names(n), at(0), |tx| async move {
            tx.insert_circle(&circle(n, &format!("CIRCLE_{n:02}")))
                .await?;
            tx.emit(event(StreamName::Directory));
            match n % 4 {
                1 => Err(StorageError::Address("changed his mind".to_owned())),
                2 => std::future::pending().await,
                3 => tx.insert_circle(&circle(n, "AGAIN")).await,
                _ => Ok(()),
            }
        });
        // Whoever would never end hangs up.
        let patience = std::time::Duration::from_millis(if n % 4 == 2 { 5 } else { 30_000 });
        matches!(tokio::time::timeout(patience, writing).await, Ok(Ok(())))
    };
    let done = futures_util::future::join_all((0..24).map(writing)).await;
    let fourth: Vec<bool> = (0..24).map(|n| n % 4 == 0).collect();
    assert_eq!(done, fourth);
    let mut written = circles(store).await;
    written.sort();
    let expected: Vec<String> = (0..24)
        .step_by(4)
        .map(|n| format!("CIRCLE_{n:02}"))
        .collect();
    assert_eq!(written, expected);
    let head = store.read().stream_head(StreamName::Directory).await;
    assert_eq!(head.unwrap().map(|head| head.head), Some(6));
}

/// On PostgreSQL nobody waits for the answer of the statement that fails: by
/// then the next may be writing in the same transaction.
#[tokio::test]
async fn what_fails_after_its_turn_takes_nobody_with_it() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let writing = async |n: u128| {
        let writing = store.write_together(names(n), at(0), |tx| async move {
            if n % 4 == 1 {
                return tx.insert_post(&post_in_no_thread(n)).await;
            }
            tx.insert_circle(&circle(n, &format!("CIRCLE_{n:02}")))
                .await?;
            tx.emit(event(StreamName::Directory));
            Ok(())
        });
        writing.await.is_ok()
    };
    let done = futures_util::future::join_all((0..24).map(writing)).await;
    let others: Vec<bool> = (0..24).map(|n| n % 4 != 1).collect();
    assert_eq!(done, others);
    assert_eq!(circles(&store).await.len(), 18);
    let head = store.read().stream_head(StreamName::Directory).await;
    assert_eq!(head.unwrap().map(|head| head.head), Some(18));
}

/// On SQLite all writes stand in one line.
#[tokio::test]
async fn who_was_to_blame_once_holds_up_nobody_again() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    if store.backend() == Backend::Sqlite {
        return;
    }
    let fails = |_| async { Err::<(), _>(StorageError::Taken) };
    let together = async || store.write_together(names(1), at(0), fails).await;
    // Only beside others it does harm.
    futures_util::future::join_all((0..8).map(|_| together())).await;
    let reached = Notify::new();
    let hangs = store.write_together(names(1), at(0), |tx| {
        let reached = &reached;
        async move {
            tx.insert_circle(&circle(1, "YOUTH")).await?;
            reached.notify_one();
            std::future::pending::<Result<(), StorageError>>().await
        }
    });
    let others = async {
        reached.notified().await;
        let writing = |tx: storage::Tx| async move { tx.insert_circle(&circle(2, "WOMEN")).await };
        store.write_together(names(2), at(0), writing).await
    };
    tokio::select! {
        _ = hangs => panic!("the write never ends"),
        done = others => done.unwrap(),
    }
    assert_eq!(circles(&store).await, ["WOMEN"]);
}

/// On SQLite the lock is the file's, and everybody waits.
#[tokio::test]
async fn a_write_that_waits_for_a_lock_holds_up_no_other() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    if store.backend() == Backend::Sqlite {
        return;
    }
    let outside = database.connect().await;
    let sql = "BEGIN; INSERT INTO circle (id, code, name_en, name_ur) VALUES (gen_random_uuid(), \
               'CIRCLE_00', 'A', 'A')";
    outside.execute_unprepared(sql).await.unwrap();
    let writing = async |n: u128| {
        let writing = store.write_together(names(n), at(0), |tx| async move {
            tx.insert_circle(&circle(n, &format!("CIRCLE_{n:02}")))
                .await
        });
        writing.await
    };
    let others = async {
        let done = futures_util::future::join_all((1..9).map(writing)).await;
        assert!(done.iter().all(Result::is_ok), "{done:?}");
        outside.execute_unprepared("COMMIT").await.unwrap();
    };
    let (waited, ()) = tokio::join!(writing(0), others);
    assert!(matches!(waited, Err(StorageError::Taken)), "{waited:?}");
}

#[tokio::test]
async fn a_value_that_is_taken_says_so() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    add_circle(&store, 1, "YOUTH").await.unwrap();
    let same_code = add_circle(&store, 2, "YOUTH").await;
    assert!(
        matches!(same_code, Err(StorageError::Taken)),
        "{same_code:?}"
    );
    let same_id = add_circle(&store, 1, "WOMEN").await;
    assert!(matches!(same_id, Err(StorageError::Taken)), "{same_id:?}");
    assert_eq!(circles(&store).await, ["YOUTH"]);
}

#[tokio::test]
async fn a_failed_statement_ends_the_write_even_if_its_error_is_passed_over() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    add_circle(&store, 1, "YOUTH").await.unwrap();
    let careless = store.write(at(0), |tx| async move {
        tx.insert_circle(&circle(2, "WOMEN")).await?;
        tx.insert_circle(&circle(3, "YOUTH")).await.unwrap_err();
        Ok::<_, StorageError>(())
    });
    careless.await.unwrap_err();
    assert_eq!(circles(&store).await, ["YOUTH"]);
}

#[tokio::test]
async fn a_reference_to_nothing_is_refused() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let dangling = store.write(at(0), |tx| async move {
        let nobody = uuid::Uuid::from_u128(404);
        tx.insert_circle_member(nobody.into(), nobody.into(), None)
            .await
    });
    assert!(matches!(dangling.await, Err(StorageError::Refused(_))));
}

/// When a row of the table is written, the transaction is made to lose
/// against another so many times. PostgreSQL alone: a writer on SQLite is
/// alone from its beginning to its end.
async fn lose(connection: &DatabaseConnection, table: &str, when: &str, times: u32) {
    connection
        .execute_unprepared(&format!(
            "CREATE SEQUENCE tries; \
             CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
               IF nextval('tries') <= {times} THEN \
                 RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; \
               END IF; \
               RETURN NEW; END $$; \
             CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON {table} {when} \
               FOR EACH ROW EXECUTE FUNCTION lose()"
        ))
        .await
        .unwrap();
}

/// Writes a row and an event; says how often the work ran, and how it ended.
async fn write_counted(store: &Store) -> (u32, Result<(), StorageError>) {
    let runs = AtomicU32::new(0);
    let runs = &runs;
    let result = store
        .write(at(0), |tx| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            // The work may make another error of it.
            let inserted = tx.insert_circle(&circle(1, "YOUTH")).await;
            inserted.map_err(|_| StorageError::Corrupt("something else"))?;
            tx.emit(event(StreamName::Directory));
            Ok(())
        })
        .await;
    (runs.load(Ordering::Relaxed), result)
}

#[tokio::test]
async fn a_write_that_lost_runs_again_wherever_it_lost() {
    for (table, when) in [
        ("circle", ""),
        ("stream", ""),
        ("circle", "DEFERRABLE INITIALLY DEFERRED"),
    ] {
        let database = TestDatabase::new().await;
        if !database.is_postgres() {
            return;
        }
        let store = database.open_as_owner().await;
        lose(&database.connect().await, table, when, 3).await;
        let (runs, result) = write_counted(&store).await;
        result.unwrap();
        assert_eq!(runs, 4, "{table} {when}");
        assert_eq!(circles(&store).await, ["YOUTH"]);
        let head = store
            .read()
            .stream_head(StreamName::Directory)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(head.head, 1, "{table} {when}");
    }
}

#[tokio::test]
async fn a_write_that_loses_again_and_again_gives_up_and_leaves_nothing() {
    for when in ["", "DEFERRABLE INITIALLY DEFERRED"] {
        let database = TestDatabase::new().await;
        if !database.is_postgres() {
            return;
        }
        let store = database.open_as_owner().await;
        lose(&database.connect().await, "stream", when, 1_000).await;
        let (runs, result) = write_counted(&store).await;
        assert!(
            matches!(result, Err(StorageError::Unavailable(_))),
            "{result:?}"
        );
        assert_eq!(runs, 5);
        assert_eq!(circles(&store).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_write_that_failed_otherwise_runs_once() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    add_circle(&store, 1, "WOMEN").await.unwrap();
    let (runs, result) = write_counted(&store).await;
    assert!(
        matches!(result, Err(StorageError::Corrupt(_))),
        "{result:?}"
    );
    assert_eq!(runs, 1);
}
