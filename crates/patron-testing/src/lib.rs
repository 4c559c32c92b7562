//! For tests only: a throw-away PostgreSQL server.
//!
//! A [`Cluster`] lies in a folder of its own under `/tmp` and answers on a Unix socket there (one with TLS also on a
//! port of 127.0.0.1). A shell beside the test holds it: it waits for the end of a pipe whose other end the test
//! process has, so that server and folder go with that process, even when it is killed.
//!
//! PostgreSQL's programs are looked for in `PATRON_POSTGRES_BIN` and nowhere else where that is set, else on the
//! `PATH` and where distributions keep them. Where they are missing the tests that need them say `SKIPPED`; with
//! `CI=true` that is a failure.

#![expect(clippy::expect_used, reason = "helpers of tests fail loudly")]

mod cluster;
mod programs;

pub use cluster::{Cluster, Database};
