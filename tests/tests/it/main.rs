//! The commands from end to end.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails where something is missing")]

mod access;
mod backtest;
mod bad_input;
mod beside_a_fit;
mod beside_the_log;
mod decide;
mod demo;
mod full_server;
mod growing_log;
mod growing_orders;
mod hard_times;
mod home;
mod job_services;
mod jobs;
mod killed;
mod live_value;
mod maintenance;
mod no_leaks;
mod order_exports;
mod planted;
mod postgres;
mod postgres_service;
mod published;
mod ready_queries;
mod recovery;
mod same_table;
mod season;
mod service;
mod synth;
mod thin_logs;
mod torture;

use patron_tests::{Ran, patron, run};

const BINARY: &str = env!("CARGO_BIN_EXE_patron-under-test");

fn patron_runs(arguments: &[&str]) -> Ran {
    run(patron(BINARY, arguments))
}
