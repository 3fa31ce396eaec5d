//! What the forum's tests stand on.
//!
//! A test takes a [`TestDatabase`] of its own and shares nothing with any
//! other. It runs on SQLite, and on PostgreSQL where
//! `MUKALMA_TEST_POSTGRES_URL` names a server whose databases it may create
//! and drop.

pub mod database;

pub use database::TestDatabase;
