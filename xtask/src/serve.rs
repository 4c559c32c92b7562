//! `cargo xtask serve` on a fresh machine: with a shop to look at.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use patron::{Command, PipelineArgs};

use crate::say;

/// The database that `serve` opens unless told otherwise.
const USUAL: &str = "patron.db";
/// The demo shop's database, as `cargo xtask pipeline` makes it.
const DEMO: &str = "out/demo/patron.db";

/// `cargo xtask pipeline` without arguments.
#[derive(Parser)]
struct Demo {
    #[command(flatten)]
    pipeline: PipelineArgs,
}

/// Runs a command of `patron`. Where `serve` would find no database at its usual place, it serves the demo shop, which
/// is made first unless it is there; and says so.
pub(crate) fn run(mut command: Command) -> ExitCode {
    if let Command::Serve(args) = &mut command
        && args.database == USUAL
        && !args.create
        && !Path::new(USUAL).exists()
    {
        if Path::new(DEMO).exists() {
            say(&format!("There is no {USUAL} here: serving the demo shop in {DEMO}\n"));
        } else {
            say(&format!("There is no {USUAL} here: making a demo shop in {DEMO} first (once)\n"));
            let made = patron::run(Command::Pipeline(Demo::parse_from(["pipeline"]).pipeline));
            if made != ExitCode::SUCCESS {
                return made;
            }
            say("");
        }
        args.database = DEMO.to_owned();
    }
    patron::run(command)
}
