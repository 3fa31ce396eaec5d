//! Writing: one write after another, and one commit for all that came while
//! the last one went to the disk.
//!
//! A write's statements run on the thread of whoever writes, while it holds
//! the one connection that writes. The first of a group begins a transaction;
//! those that stand in line behind it continue it, each in a savepoint. When
//! the first is done, a task is put in line that nobody can cancel: it commits
//! for all who came before it, away from the threads that serve, and only then
//! is any of them told. Those who come meanwhile are the next group.

use std::sync::Arc;
use std::time::Duration;

use domain::event::StreamName;
use rusqlite::Connection;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::Instant;

use super::{File, closed};
use crate::error::StorageError;
use crate::log::CommitSignal;

/// The longest pause between two looks at whether another process still
/// writes.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The connection that writes, for one at a time, in the order of coming.
#[derive(Debug)]
pub(crate) struct Writer {
    line: Arc<Mutex<Desk>>,
    patience: Duration,
}

/// Whoever has this writes.
#[derive(Debug)]
struct Desk {
    /// `None` once it is closed.
    connection: Option<Connection>,
    /// Whether a transaction is open.
    open: bool,
    /// Who waits for its commit.
    group: Vec<Waiting>,
    signal: Arc<CommitSignal>,
}

#[derive(Debug)]
struct Waiting {
    told: oneshot::Sender<Result<(), StorageError>>,
    streams: Vec<StreamName>,
}

/// A write under way. Dropped before it is released, it is taken back.
#[derive(Debug)]
pub(crate) struct Job {
    /// `None` once it has ended.
    desk: Option<OwnedMutexGuard<Desk>>,
    line: Arc<Mutex<Desk>>,
    /// Whether it continues another's transaction.
    nested: bool,
}

impl Writer {
    pub(crate) fn open(file: &File, signal: Arc<CommitSignal>) -> rusqlite::Result<Self> {
        let connection = file.open()?;
        // Others' locks are waited for without holding up a thread.
        connection.busy_timeout(Duration::ZERO)?;
        let desk = Desk {
            connection: Some(connection),
            open: false,
            group: Vec::new(),
            signal,
        };
        Ok(Self {
            line: Arc::new(Mutex::new(desk)),
            patience: file.patience,
        })
    }

    /// Waits for its turn and begins a write.
    pub(crate) async fn begin(&self) -> Result<Job, StorageError> {
        let line = Arc::clone(&self.line);
        let mut desk = if let Ok(desk) = Arc::clone(&line).try_lock_owned() {
            desk
        } else {
            tokio::time::timeout(self.patience, Arc::clone(&line).lock_owned())
                .await
                .map_err(|_| StorageError::Unavailable("no connection was free in time"))?
        };
        let nested = desk.open;
        if nested {
            desk.execute("SAVEPOINT job")?;
        } else {
            self.begin_alone(&mut desk).await?;
        }
        Ok(Job {
            desk: Some(desk),
            line,
            nested,
        })
    }

    /// Begins a transaction, once no other process writes.
    async fn begin_alone(&self, desk: &mut Desk) -> Result<(), StorageError> {
        let until = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(1);
        loop {
            match desk.execute("BEGIN IMMEDIATE") {
                Ok(()) => {
                    desk.open = true;
                    return Ok(());
                }
                Err(error) if is_busy(&error) && Instant::now() < until => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Commits what is open and closes the file.
    pub(crate) async fn close(&self) {
        let mut desk = Arc::clone(&self.line).lock_owned().await;
        let closing = tokio::task::spawn_blocking(move || {
            desk.commit();
            desk.connection = None;
        });
        if closing.await.is_err() {
            tracing::warn!("closing the file failed");
        }
    }
}

impl Desk {
    fn execute(&self, sql: &'static str) -> rusqlite::Result<()> {
        let connection = self.connection.as_ref().ok_or_else(closed)?;
        connection.prepare_cached(sql)?.raw_execute().map(drop)
    }

    /// Commits for everybody who waits, and tells them.
    fn commit(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        let done = self.execute("COMMIT");
        if done.is_err() {
            self.take_back();
        }
        self.tell(done.as_ref().err());
    }

    /// Takes back what is open, unless SQLite did so already.
    fn take_back(&self) {
        let Some(connection) = &self.connection else {
            return;
        };
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(code = ?error.sqlite_error_code(), "a rollback failed");
        }
    }

    fn tell(&mut self, error: Option<&rusqlite::Error>) {
        if error.is_none() {
            // Before anybody is answered.
            for one in &self.group {
                self.signal.touch(one.streams.iter().copied());
            }
        }
        for one in self.group.drain(..) {
            let heard = error.map_or(Ok(()), |error| Err(StorageError::of_commit(error)));
            // Whoever has gone waits for nothing.
            let _gone = one.told.send(heard);
        }
    }
}

impl Job {
    /// Where its statements run; nowhere once SQLite took back the
    /// transaction, or what comes next would stand by itself.
    pub(crate) fn connection(&self) -> rusqlite::Result<&Connection> {
        let desk = self.desk.as_ref().ok_or_else(closed)?;
        let connection = desk.connection.as_ref().ok_or_else(closed)?;
        if connection.is_autocommit() {
            return Err(closed());
        }
        Ok(connection)
    }

    /// Ends the write. It is durable once what is given back says so; the
    /// streams are then told of.
    pub(crate) fn release(
        mut self,
        streams: Vec<StreamName>,
    ) -> Result<oneshot::Receiver<Result<(), StorageError>>, StorageError> {
        let mut desk = self.desk.take().ok_or_else(closed)?;
        if self.nested
            && let Err(error) = desk.execute("RELEASE job")
        {
            self.desk = Some(desk);
            return Err(error.into());
        }
        let (told, heard) = oneshot::channel();
        desk.group.push(Waiting { told, streams });
        if !self.nested {
            let line = Arc::clone(&self.line);
            tokio::spawn(async move {
                let mut desk = line.lock_owned().await;
                tokio::task::spawn_blocking(move || desk.commit()).await
            });
        }
        Ok(heard)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let Some(mut desk) = self.desk.take() else {
            return;
        };
        let lost = desk
            .connection
            .as_ref()
            .is_none_or(Connection::is_autocommit);
        let undone = if lost || !self.nested {
            desk.take_back();
            false
        } else {
            desk.execute("ROLLBACK TO job")
                .and_then(|()| desk.execute("RELEASE job"))
                .is_ok()
        };
        if !undone {
            // With this one went whoever came before it in the group.
            desk.take_back();
            desk.open = false;
            desk.tell(Some(&closed()));
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::*;

    /// SQLite takes a whole transaction back when the disk fails. What then
    /// still comes would stand by itself, and whoever came before in the group
    /// would think his write done.
    #[tokio::test]
    async fn what_sqlite_takes_back_is_told_to_its_group_and_nothing_follows_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forum.db");
        Connection::open(&path).unwrap();
        let file = File {
            path,
            patience: Duration::from_secs(5),
            max_page_count: None,
        };
        let writer = Writer::open(&file, Arc::default()).unwrap();
        let job = async || Arc::new(std::sync::Mutex::new(writer.begin().await.unwrap()));
        let run = |job: &Arc<_>, sql: &str| Place::Job(Arc::clone(job)).run(sql, &[]);

        let first = job().await;
        run(&first, "CREATE TABLE said (n INTEGER)").unwrap();
        let first = Arc::into_inner(first).unwrap().into_inner().unwrap();
        let heard = first.release(Vec::new()).unwrap();
        let second = job().await;
        run(&second, "INSERT INTO said VALUES (1)").unwrap();
        run(&second, "ROLLBACK").unwrap();
        run(&second, "CREATE TABLE alone (n INTEGER)").unwrap_err();
        drop(second);
        heard.await.unwrap().unwrap_err();

        let third = job().await;
        for table in ["said", "alone"] {
            run(&third, &format!("INSERT INTO {table} VALUES (1)")).unwrap_err();
        }
    }
}
