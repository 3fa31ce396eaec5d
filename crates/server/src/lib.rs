//! The `mukalma` server: command line, configuration, wiring, telemetry and
//! shutdown. It holds no behaviour of the forum.

pub mod app;
pub mod backup;
pub mod checkpoints;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
mod documents;
pub mod front;
pub mod listen;
pub mod lock;
pub mod offline;
pub mod open;
pub mod pages;
pub mod peer;
pub mod reference;
pub mod secrets;
pub mod seed;
pub mod serve;
pub mod shutdown;
pub mod telemetry;
pub mod webhooks;
