//! From the event log to open sockets.
//!
//! A [`Hub`] reads the [`Log`] and wakes [`Reader`]s, which hold only a
//! cursor; a [`LiveServer`] speaks `graphql-transport-ws` over websockets, and
//! server-sent events to a [`Listener`], and asks a [`Gate`] whatever belongs to GraphQL, rights and data. Watchers of
//! the same thing share one execution of each event.
//!
//! One live update, followed through: a commit touches a stream → the hub
//! reads the new events into the stream's ring and wakes → one driver a group
//! loads the facts and runs the document once → what holds for all watchers is
//! decided once ([`Share::admit`]), the rest for each of them
//! ([`Gate::admit`]) → the driver writes the same bytes to each connection whose
//! socket has nothing else to do ([`Wire`]), and wakes the others, which send
//! them in their turn.
//!
//! What is absent: nothing here knows a schema, a role or a table, and no
//! log line holds content, an identity or an address.

mod cursor;
mod event;
mod farewell;
mod form;
mod gate;
mod hub;
mod kept;
mod listener;
mod log;
mod message;
mod operation;
mod origin;
mod outlet;
mod reader;
mod ring;
mod seat;
mod server;
mod share;
mod socket;
mod tail;
mod wire;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cursor::{CursorError, Cursors};
pub use gate::{
    Admission, AdmitAll, Gate, Handshake, History, Known, Live, OperationRequest, Plan, Refused,
    Run, Share, ShareKey,
};
pub use hub::{Hub, HubConfig, HubCounts};
pub use listener::Listener;
pub use log::{Log, LogError};
pub use origin::origin_allowed;
pub use reader::{Item, Reader, Start};
pub use server::{LiveConfig, LiveCounts, LiveServer, PROTOCOL, upgrade};
pub use wire::{Wire, WiredStream};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere: what these locks guard is whole at
/// every moment, since nothing that can panic runs between two of its writes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
