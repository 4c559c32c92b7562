//! Arguments of `export`.

use std::path::PathBuf;

use clap::Args;

use super::{DATABASE_URL, PATRON_DB};

/// What `export` is used for.
pub(super) const EXAMPLES: &str = "Examples:
  patron export --parquet sales.parquet
  duckdb -c \"SELECT country_name, sum(amount) FROM 'sales.parquet' WHERE kind <> 'service' GROUP BY ALL\"";

/// Arguments of `export`.
#[derive(Args)]
pub struct ExportArgs {
    /// Parquet file for all sale lines, sorted by customer, then time; an earlier Parquet file is replaced
    #[arg(long, value_name = "FILE")]
    pub parquet: PathBuf,
    /// Database: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
}
