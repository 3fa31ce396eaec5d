//! What the forum's tests stand on.
//!
//! A test takes a [`TestForum`], or only a [`TestDatabase`], of its own and
//! shares nothing with any other. It runs on SQLite, and on PostgreSQL where
//! `MUKALMA_TEST_POSTGRES_URL` names a server whose databases it may create
//! and drop.

pub mod client;
pub mod clock;
pub mod database;
pub mod events;
pub mod forum;
pub mod graphiql;
pub mod line;
pub mod process;
pub mod raw;
pub mod receiver;

pub use client::{Answer, Client, Watch};
pub use clock::TestClock;
pub use database::TestDatabase;
pub use events::Events;
pub use forum::{PASSWORD, TestForum};
pub use line::{Line, Mishap};
pub use process::ServerProcess;
pub use receiver::{Receiver, Reply};
