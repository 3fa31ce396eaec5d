//! The API people build on: the front door, the guard, and the schema.
//!
//! A request goes `front` → `document` (read, guarded, validated, kept) → the
//! schema. `budget` is how much whoever asks may ask for, `directive` what the
//! schema says about itself, `fault` the one place of error codes, `oauth` where
//! partner apps get their tokens, `export` where people get all that is kept of them; a browser gets `graphiql`, or `console`, the explorer of our own.

pub mod budget;
pub mod console;
pub mod directive;
pub mod document;
pub mod export;
pub mod fault;
pub mod front;
pub mod graphiql;
pub mod guard;
mod kept;
pub mod live;
pub mod names;
pub mod oauth;
pub mod schema;
pub mod service;

pub use service::Service;
