//! The API people build on: the schema, and what serves it behind the door.
//!
//! `schema` is one file a feature; `service` is the forum behind the front door
//! and the websocket, `stream` the same for server-sent events. `oauth` is where
//! partner apps get their tokens, `export` where people get all that is kept of
//! them.

pub mod export;
mod kept;
pub mod live;
pub mod names;
pub mod oauth;
pub mod schema;
pub mod service;
pub mod stream;

pub use service::Service;
