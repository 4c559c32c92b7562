//! One function per command.

mod analyze;
mod backtest;
mod decide;
mod explain;
mod export;
mod imports;
mod key;
mod maintenance;
mod model;
mod pipeline;
mod query;
mod reading;
mod season;
mod serve;
mod template;

use anyhow::Error;

use crate::args::Command;

/// Why a command failed, and with which exit code.
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) error: Error,
}

impl Failure {
    /// The command line does not make sense.
    pub(crate) fn usage(error: impl Into<Error>) -> Self {
        Self { code: 2, error: error.into() }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { code: 1, error: error.into() }
    }
}

pub(crate) fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Pipeline(args) => pipeline::run(args),
        Command::Import(args) => imports::import(args),
        Command::Imports(command) => imports::imports(command),
        Command::Inspect(args) => reading::inspect(&args),
        Command::Analyze(args) => analyze::run(args),
        Command::Backtest(args) => backtest::run(&args),
        Command::Decide(args) => decide::run(&args),
        Command::Season(args) => season::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Query(args) => query::run(&args),
        Command::Sql(args) => maintenance::sql(&args),
        Command::Backup(args) => maintenance::backup(&args),
        Command::Export(args) => export::run(&args),
        Command::Check(args) => maintenance::check(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Key(args) => key::run(args),
        Command::Model(args) => model::run(args),
        Command::Template(args) => template::run(args),
    }
}
