//! Arguments of `model`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// How models are used.
pub(super) const EXAMPLES: &str = "Examples:
  patron model list
  patron model save --out model.json                  the model that serves
  patron model load model.json --database other.db    stored there, not serving yet
  patron model use 3                                  an earlier model serves again";

/// Arguments of `model`.
#[derive(Args)]
pub struct ModelArgs {
    /// What to do
    #[command(subcommand)]
    pub command: ModelCommand,
}

/// Subcommands of `model`.
#[derive(Subcommand)]
pub enum ModelCommand {
    /// One line per stored model; the one that serves is marked
    List {
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
    /// Write a fitted model into a file of its own, for another shop or for a program
    Save {
        /// The file
        #[arg(long, short, value_name = "FILE")]
        out: PathBuf,
        /// Number of the model, as `patron model list` shows it [default: the one that serves]
        #[arg(long, value_name = "N")]
        run: Option<i64>,
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
    /// Store the model of a file; whatever cannot be the model of a shop is refused
    Load {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
    /// Let a stored model serve, until another one is chosen or fitted by a job of the service
    Use {
        /// Number of the model, as `patron model list` shows it
        #[arg(value_name = "N")]
        run: i64,
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
}
