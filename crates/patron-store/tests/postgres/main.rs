//! The store from outside, on PostgreSQL: the tests of `it`, and what only a server has.
//!
//! The server is a throw-away one, [`patron_testing::Cluster`]. Where PostgreSQL is not installed this says SKIPPED and
//! ends at once; with `CI=true` that is a failure.
#![expect(clippy::unwrap_used, reason = "in a test a failure is the message")]

mod away;
mod backend;
mod backup;
mod sql;
mod statements;
mod tls;

#[path = "../it"]
mod it {
    pub(crate) mod access;
    pub(crate) mod attributes;
    pub(crate) mod change;
    pub(crate) mod contacts;
    pub(crate) mod contract;
    pub(crate) mod created;
    pub(crate) mod crud;
    pub(crate) mod explain;
    pub(crate) mod jobs;
    pub(crate) mod killed;
    pub(crate) mod maintenance;
    pub(crate) mod ready;
    pub(crate) mod refusals;
    pub(crate) mod round_trip;
    pub(crate) mod runs;
    pub(crate) mod shop;
    pub(crate) mod support;
    pub(crate) mod undo;
    pub(crate) mod upgrade;
}

use it::{attributes, maintenance, runs, shop, support};
