//! The door to a GraphQL schema, whatever it says: what comes in is read,
//! bounded, measured and validated here, and what goes out is written.
//!
//! A request goes `front` → `document` (read, guarded by `guard`, validated,
//! kept) → the schema behind [`front::Serve`]. `budget` is how much whoever asks
//! may ask for, `directive` what a schema says about itself, `fault` the one place
//! of error codes; a browser gets `graphiql`, or `console`, the explorer of our
//! own.

pub mod budget;
pub mod console;
pub mod directive;
pub mod document;
pub mod fault;
pub mod front;
pub mod graphiql;
pub mod guard;
