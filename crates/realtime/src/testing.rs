//! A log in memory, a gate that counts, and a client: what the tests stand on.

pub(crate) mod client;
pub(crate) mod gate;
pub(crate) mod log;

use std::time::Duration;

use domain::event::{EventKind, StreamName};
use uuid::Uuid;

/// Longer than anything in these tests may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for something that must come.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .expect("it should have come by now")
}

/// Waits until something is so.
pub(crate) async fn until(mut so: impl FnMut() -> bool) {
    soon(async {
        while !so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

pub(crate) fn thread(number: u128) -> StreamName {
    StreamName::Thread(Uuid::from_u128(number).into())
}

pub(crate) const KIND: EventKind = EventKind::PostAdded;
