//! Copies: whole, of one moment, the same from either database, and never
//! restored by half.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use domain::event::StreamName;
use domain::reference::Prefix;
use mukalma_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use server::backup::{self, BackupError, Copy, Summary};
use server::seed::{self, Known, Office, Plan};
use storage::{Settings, StorageError, Store, data_map};
use uuid::Uuid;

use super::introspect::{OWN_LIST, Schema};
use super::migrations::fill;
use super::rows::{at, circle, event};

/// A row in every table, more posts than are read at once, and an account that
/// was vouched for by one that comes after it.
async fn filled(database: &TestDatabase) -> Store {
    let store = database.open_as_owner().await;
    let connection = database.connect().await;
    fill(&connection, &Schema::read(&connection).await).await;
    let one = Uuid::from_u128(1);
    let codes = || vec!["X".to_owned()];
    let plan = Plan {
        seed: 3,
        threads: 40,
        posts: 2_300,
        now: at(0),
        password_hash: "a hash".to_owned(),
        epoch: 1,
        prefix: Prefix::parse("MKL").unwrap(),
        known: Known {
            categories: codes(),
            regions: codes(),
            themes: codes(),
            groups: codes(),
            agencies: vec![one],
            offices: vec![Office {
                id: one,
                agency: one,
            }],
        },
    };
    let write = async |rows: Vec<storage::Rows>| -> Result<(), StorageError> {
        store
            .write(at(0), async |tx| tx.insert_rows(&rows).await.map(drop))
            .await
    };
    seed::run(&plan, write, |_| {}).await.unwrap();
    let vouch = "UPDATE account SET vouched_by = (SELECT id FROM account WHERE login = 'seed-00009') \
                 WHERE login IN ('seed-00002', 'X')";
    let statement = Statement::from_string(connection.get_database_backend(), vouch);
    assert_eq!(
        connection
            .execute_raw(statement)
            .await
            .unwrap()
            .rows_affected(),
        2
    );
    store
}

async fn on_sqlite(folder: &Path) -> Store {
    let address = format!("sqlite://{}", folder.join("other.db").display());
    let store = Store::open(&Settings::new(address)).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Takes everything out of a database.
async fn emptied(store: &Store) {
    let all = store.migration_status().await.unwrap().len();
    store
        .migrate_down(u32::try_from(all).unwrap())
        .await
        .unwrap();
    store.migrate().await.unwrap();
}

async fn copied(store: &Store, identity: &Identity, to: &Path) -> Summary {
    let file = fs::File::create_new(to).unwrap();
    backup::write(store, at(1), &[identity.to_public()], file, |_, _| {})
        .await
        .unwrap()
}

fn opened(file: &Path, identity: &Identity) -> Result<Copy, BackupError> {
    Copy::open(file, vec![Box::new(identity.clone())])
}

async fn restored(store: &Store, file: &Path, identity: &Identity) -> Result<Summary, BackupError> {
    opened(file, identity)?.restore(store, at(2), |_| {}).await
}

type Change = fn(&mut Vec<String>);

/// Writes a copy whose lines were changed, as somebody could who has the
/// recipient's public key.
fn forged(from: &Path, identity: &Identity, change: impl Fn(&mut Vec<String>)) -> PathBuf {
    let text = age::decrypt(identity, &fs::read(from).unwrap()).unwrap();
    let mut lines: Vec<String> = String::from_utf8(text)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    change(&mut lines);
    let to = from.with_extension("forged");
    let bytes = age::encrypt(&identity.to_public(), (lines.join("\n") + "\n").as_bytes()).unwrap();
    fs::write(&to, bytes).unwrap();
    to
}

#[tokio::test]
async fn a_copy_restores_to_the_same_digest_on_both_databases() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let (store, other) = (filled(&database).await, on_sqlite(folder.path()).await);
    let identity = Identity::generate();
    let (there, back) = (
        folder.path().join("there.age"),
        folder.path().join("back.age"),
    );

    let first = copied(&store, &identity, &there).await;
    assert!(first.rows > 2_300, "{first:?}");
    assert_eq!(restored(&other, &there, &identity).await.unwrap(), first);
    assert_eq!(backup::digest(&other).await.unwrap(), first);

    assert_eq!(copied(&other, &identity, &back).await, first);
    emptied(&store).await;
    assert_eq!(restored(&store, &back, &identity).await.unwrap(), first);
    assert_eq!(backup::digest(&store).await.unwrap(), first);
}

#[tokio::test]
async fn every_table_is_copied_but_sessions_and_tokens() {
    let database = TestDatabase::new().await;
    let snapshot = database.open().await.snapshot().await.unwrap();
    let of_copy = snapshot.tables().iter().flat_map(|table| {
        let columns = table.columns.iter();
        columns.map(|column| (table.name.clone(), column.name.clone()))
    });
    let mut of_copy: Vec<(String, String)> = of_copy.collect();
    let mut of_map: Vec<(String, String)> = data_map::columns()
        .filter(|column| {
            ![
                OWN_LIST,
                "session",
                "client_token",
                "client_renewal",
                "client_code",
            ]
            .contains(&column.table)
        })
        .map(|column| (column.table.to_owned(), column.column.to_owned()))
        .collect();
    of_copy.sort();
    of_map.sort();
    assert_eq!(of_copy, of_map);
}

#[tokio::test]
async fn a_change_of_any_column_but_an_epoch_changes_the_digest() {
    let database = TestDatabase::new().await;
    let store = filled(&database).await;
    let connection = database.connect().await;
    let before = backup::digest(&store).await.unwrap();
    run(&connection, "UPDATE stream SET epoch = epoch + 1").await;
    assert_eq!(backup::digest(&store).await.unwrap(), before);
    run(&connection, "UPDATE stream SET floor = floor + 1").await;
    assert_ne!(backup::digest(&store).await.unwrap(), before);
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.execute_raw(statement).await.unwrap();
}

#[tokio::test]
async fn a_snapshot_does_not_see_what_is_written_after_it() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let snapshot = store.snapshot().await.unwrap();
    let before = snapshot.count().await.unwrap();
    let room = circle(77, "LATER");
    store
        .write(at(3), async |tx| tx.insert_circle(&room).await)
        .await
        .unwrap();
    assert_eq!(snapshot.count().await.unwrap(), before);
    drop(snapshot);
    let after = store.snapshot().await.unwrap().count().await.unwrap();
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn a_restored_stream_has_another_epoch_and_the_same_events() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let (store, other) = (database.open().await, on_sqlite(folder.path()).await);
    let identity = Identity::generate();
    let stream = StreamName::Directory;
    store
        .write(at(0), async |tx| {
            tx.emit(event(stream));
            Ok::<_, StorageError>(())
        })
        .await
        .unwrap();
    let before = store.read().stream_head(stream).await.unwrap().unwrap();
    let file = folder.path().join("copy.age");
    copied(&store, &identity, &file).await;
    restored(&other, &file, &identity).await.unwrap();
    let after = other.read().stream_head(stream).await.unwrap().unwrap();
    assert_eq!((after.head, after.floor), (before.head, before.floor));
    assert_ne!(after.epoch, before.epoch);
    let events = other.read().events_after(stream, 0, 10).await.unwrap();
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn a_database_that_holds_anything_is_left_as_it_is() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let store = filled(&database).await;
    let identity = Identity::generate();
    let file = folder.path().join("copy.age");
    let before = copied(&store, &identity, &file).await;
    let error = restored(&store, &file, &identity).await.unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty(_)), "{error:?}");
    assert_eq!(backup::digest(&store).await.unwrap(), before);
}

#[tokio::test]
async fn a_damaged_copy_is_refused_and_nothing_of_it_is_written() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let (store, other) = (filled(&database).await, on_sqlite(folder.path()).await);
    let identity = Identity::generate();
    let file = folder.path().join("copy.age");
    copied(&store, &identity, &file).await;
    let whole = fs::read(&file).unwrap();

    let damaged = folder.path().join("damaged.age");
    let mut flipped = whole.clone();
    let last = flipped.len() - 40;
    flipped[last] ^= 1;
    let cut = &whole[..whole.len() - 1_000];
    let mut longer = whole.clone();
    longer.write_all(b"more").unwrap();
    for bytes in [flipped.as_slice(), cut, &longer] {
        fs::write(&damaged, bytes).unwrap();
        let error = restored(&other, &damaged, &identity).await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged(_)), "{error:?}");
        assert!(other.read().first_filled().await.unwrap().is_none());
    }

    let changes: [Change; 5] = [
        // A row less, another count, a table less, no end, a second end.
        |lines| drop(lines.remove(lines.len() - 2)),
        |lines| {
            let end = lines.pop().unwrap();
            lines.push(end.replace("\"rows\":", "\"rows\":1"));
        },
        |lines| lines.retain(|line| line != "\"thread\""),
        |lines| drop(lines.pop()),
        |lines| lines.push(lines.last().unwrap().clone()),
    ];
    for change in changes {
        let forged = forged(&file, &identity, change);
        let error = restored(&other, &forged, &identity).await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged(_)), "{error:?}");
        assert!(other.read().first_filled().await.unwrap().is_none());
    }
    restored(&other, &file, &identity).await.unwrap();
}

#[tokio::test]
async fn a_copy_opens_for_its_recipient_alone() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let store = database.open().await;
    let file = folder.path().join("copy.age");
    copied(&store, &Identity::generate(), &file).await;
    let error = opened(&file, &Identity::generate()).unwrap_err();
    assert!(matches!(error, BackupError::Decrypt(_)), "{error:?}");
}

#[tokio::test]
async fn a_copy_of_an_earlier_version_is_brought_to_this_ones_tables() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let store = database.open_as_owner().await;
    let other = on_sqlite(folder.path()).await;
    let identity = Identity::generate();
    store.migrate_down(1).await.unwrap();
    let room = circle(1, "ROOM");
    let written: Result<(), StorageError> = store
        .write(at(0), async |tx| tx.insert_circle(&room).await)
        .await;
    written.unwrap();
    let file = folder.path().join("copy.age");
    copied(&store, &identity, &file).await;

    let restored = restored(&other, &file, &identity).await.unwrap();
    assert_eq!(restored.rows, 1);
    assert!(
        other
            .migration_status()
            .await
            .unwrap()
            .iter()
            .all(|(_, applied)| *applied)
    );
    assert!(other.read().first_filled().await.unwrap().is_some());
}

#[tokio::test]
async fn a_copy_of_a_later_version_is_refused() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let (store, other) = (database.open().await, on_sqlite(folder.path()).await);
    let identity = Identity::generate();
    let file = folder.path().join("copy.age");
    copied(&store, &identity, &file).await;
    let later = forged(&file, &identity, |lines| {
        lines[0] = lines[0].replace("\"migrations\":[", "\"migrations\":[\"m9999_later\",");
    });
    let error = restored(&other, &later, &identity).await.unwrap_err();
    assert!(matches!(error, BackupError::Foreign(_)), "{error:?}");
}
