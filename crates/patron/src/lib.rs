//! The installable command: arguments, progress, the last screen, exit codes. Everything it does is a use case of
//! `patron-pipeline`.
//!
//! ```no_run
//! // what `main` does, and how `cargo xtask` extends the same commands
//! let code: std::process::ExitCode = patron::main();
//! ```

mod args;
mod commands;
mod screen;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

pub use args::{
    AnalyzeArgs, AttributeArgs, BacktestArgs, BackupArgs, CheckArgs, Command, DatesArg, DecideArgs,
    DecimalArg, DecisionArgs, Expiry, ExplainArgs, ExplainWhat, ExportArgs, ForecastArgs, ImportArgs,
    ImportsArgs, ImportsCommand, InspectArgs, KeyArgs, KeyCommand, ModelArgs, ModelCommand, PipelineArgs,
    QueryArgs, QueryFormat, ReadingArgs, SeasonArgs, ServeArgs, ShopArgs, SqlArgs, SqlFormat, TableArgs,
    TemplateArgs, TemplateKind,
};

/// From a shop's raw sales log to decisions.
#[derive(Parser)]
#[command(name = "patron", version, about, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Parses the command line and runs it.
pub fn main() -> ExitCode {
    run(Cli::parse().command)
}

/// Runs a command: exit code 0 when it did what was asked, 1 when the data or the machine stood in the way, 2 when
/// the command line did not make sense.
pub fn run(command: Command) -> ExitCode {
    let filter = EnvFilter::try_from_env("PATRON_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // a second call in one process keeps the first subscriber
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    match commands::dispatch(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::say(&format!("error: {:#}", failure.error));
            ExitCode::from(failure.code)
        }
    }
}
