//! The forum's words as types, its one policy, and a concern's life.
//!
//! Everything here is plain data and pure functions: no input or output, no
//! async, no serialization, no ambient time or randomness. Each boundary
//! (GraphQL, SQL, the command line) has mirror types of its own.

mod code;

pub mod calendar;
pub mod clock;
pub mod commitment;
pub mod concern;
pub mod desk;
pub mod event;
pub mod id;
pub mod legal;
pub mod letter;
pub mod moderation;
pub mod notice;
pub mod own_data;
pub mod partner;
pub mod people;
pub mod policy;
pub mod reference;
pub mod screen;
pub mod statistics;
pub mod template;
pub mod text;
pub mod thread;
pub mod timeline;
pub mod transparency;
pub mod webhook;

pub use code::{UnknownCode, is_code};
