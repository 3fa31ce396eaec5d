//! The crate from outside: over a loopback websocket, or a reader.

mod delivery;
mod hub;
mod protocol;
mod rights;
mod streams;
mod wired;
