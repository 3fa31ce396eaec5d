//! The forum's tests, all in one binary.
//!
//! A file of `cases` is about one thing; what several of them stand on is in
//! the library.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod cases {
    mod alike;
    mod audit;
    mod backup;
    mod bad_input;
    mod budgets;
    mod canary;
    mod closed_schema;
    mod commands;
    mod connections;
    mod demonstration;
    mod documents;
    mod durability;
    mod explorer;
    mod feed;
    mod futures;
    mod global_ids;
    mod hidden;
    mod hostile;
    mod hostile_month;
    mod idempotency;
    mod introspect;
    mod ledger;
    mod log;
    mod matrix;
    mod migrations;
    mod moderation;
    mod named;
    mod nodes;
    mod notices;
    mod openings;
    mod order;
    mod outbox;
    mod own_data;
    mod pages;
    mod partners;
    mod policy_alone;
    mod rate_limit;
    mod revisions;
    mod rows;
    mod schema;
    mod schema_file;
    mod scope_equals_decide;
    mod sessions;
    mod statistics;
    mod story;
    mod streams;
    mod takeover;
    mod tracking;
    mod transparency;
    mod webhooks;
    mod world;
    mod writes;
}
