//! What the forum keeps: queries and transactions on SQLite and PostgreSQL,
//! the event log and its commit signal.
//!
//! [`Store`] is the one way in. Reads are methods of [`Conn`]; writes run in
//! [`Store::write`] and emit their events through [`Tx::emit`]. Nothing here
//! decides who may do or see what: a [`domain::policy::Scope`] comes in and is
//! compiled to SQL.
//!
//! One SQL text serves both databases: parameters are `$1`, `$2`, …, moments
//! are whole microseconds, sets are one parameter each (`conn::Params`), so
//! that a statement's text is constant and stays prepared.

mod append;
mod bulk;
mod checkup;
mod conn;
mod error;
mod log;
mod params;
mod postgres;
mod rights;
mod row;
mod scope;
mod sqlite;
mod store;
mod tries;
mod write;

pub mod account;
pub mod answer;
pub mod appeal;
pub mod audit_log;
pub mod commitment;
pub mod concern;
pub mod data_map;
pub mod desk;
pub mod directory;
mod document;
pub mod draft;
pub mod dump;
pub mod edition;
pub mod erasure;
pub mod hold;
pub mod idempotency;
pub mod job;
pub mod legal;
pub mod letter;
pub mod modlog;
pub mod notice;
pub mod outbox;
pub mod overdue;
pub mod own_data;
pub mod partner;
pub mod persona;
pub mod post;
pub mod posting;
pub mod redaction;
pub mod relocation;
pub mod retaliation;
pub mod retention;
pub mod reviewable;
pub mod revision;
pub mod sanction;
pub mod statistic;
pub mod template;
pub mod thread;
pub mod transparency;
pub mod webhook;

pub use bulk::Rows;
pub use conn::{Conn, apart};
pub use error::StorageError;
pub use log::CommitSignal;
pub use sea_orm::Value;
pub use store::{Backend, Settings, Store};
pub use write::Tx;
