//! The store from outside, on SQLite: what goes in comes out, and nothing is ever half there. `postgres` runs the same
//! tests, but for those of `file`, on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "in a test a failure is the message")]

mod access;
mod attributes;
mod backend;
mod change;
mod contacts;
mod contract;
mod created;
mod crud;
mod explain;
mod file;
mod jobs;
mod killed;
mod maintenance;
mod ready;
mod ready_docs;
mod refusals;
mod round_trip;
mod runs;
mod shop;
mod support;
mod undo;
mod upgrade;
