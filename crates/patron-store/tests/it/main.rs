//! The store from outside: what goes in comes out, and nothing is ever half there.
#![expect(clippy::unwrap_used, reason = "in a test a failure is the message")]

mod access;
mod attributes;
mod contacts;
mod contract;
mod created;
mod crud;
mod explain;
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
