//! Arguments of `season`.

use std::path::PathBuf;

use clap::Args;
use patron_domain::Day;

use super::{DATABASE_URL, PATRON_DB, ReadingArgs};

/// How a season is learned and used.
pub(super) const EXAMPLES: &str = "Examples:
  patron season --input sales_2010.csv --out season.toml      a file, without any database
  patron season --database out/sales/patron.db --as-of 2011-11-30 --out season.toml
  patron pipeline --input sales_2011.csv --season season.toml";

/// Arguments of `season`.
#[derive(Args)]
pub struct SeasonArgs {
    /// Sales file; nothing is stored. Without one the database is read
    #[arg(long, short, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// The day up to which it is learned [default: the day of the last sale]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Day>,
    /// Where the season comes from, in words [default: the shop's name, or the file's]
    #[arg(long, value_name = "WORDS")]
    pub source: Option<String>,
    /// File to write
    #[arg(long, short, value_name = "FILE", default_value = "season.toml")]
    pub out: PathBuf,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
}
