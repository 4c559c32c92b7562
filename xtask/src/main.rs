//! The developers' tasks: everything `patron` can do, and test, ci and bench beside it.

mod bench;
mod outside;
mod recovery;
mod serve;
mod shop;
mod synth;
mod tasks;
mod torture;
mod walkthrough;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Patron's commands and the developers' tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    #[command(flatten)]
    Patron(Box<patron::Command>),
    /// Make an empty database, or bring the tables of one up to date
    Schema(shop::SchemaOptions),
    /// Write the sales log of an invented shop
    Demo(shop::DemoOptions),
    /// Invent a shop whose truth is known: into an empty database, or as files
    Synth(Box<synth::Options>),
    /// Run all tests of the workspace, doc tests included
    Test {
        /// Passed on to `cargo test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// What CI runs, in its order: format, lints, the tests (layers and licences among them), then the service from
    /// outside, and the walkthrough
    Ci,
    /// Ask the served API what its description allows, and what it does not, with schemathesis (needs Python 3)
    Outside(outside::Options),
    /// Run docs/walkthrough.md: its commands, and whether what it shows comes out
    Walkthrough,
    /// Kill the service and imports at random moments, and compare what is left with what was acknowledged
    Torture(torture::Options),
    /// Judge the models on invented shops whose true parameters are known, and print the tables of docs/benchmarks.md
    Recovery(recovery::Options),
    /// Measure: criterion benchmarks, and whole runs beside a peer
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Patron(command) => return serve::run(*command),
        Task::Schema(options) => shop::schema(&options),
        Task::Synth(options) => return synth::run(&options),
        Task::Demo(options) => shop::demo(&options),
        Task::Test { rest } => tasks::test(&rest),
        Task::Ci => tasks::ci(),
        Task::Outside(options) => outside::test(&options),
        Task::Walkthrough => walkthrough::run(),
        Task::Torture(options) => torture::run(&options),
        Task::Recovery(options) => recovery::run(&options),
        Task::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream_line(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the person at the terminal.
#[expect(clippy::print_stdout, reason = "the outermost layer talks to the person at the terminal")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "the outermost layer talks to the person at the terminal")]
fn anstream_line(text: &str) {
    eprintln!("{text}");
}
