//! Arguments of the commands that look after a database.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DATABASE_URL, PATRON_DB, TableArgs};

/// What `sql` is used for.
pub(super) const SQL_EXAMPLES: &str = "Examples:
  patron sql                                                  which tables there are, and how money and times are kept
  patron sql \"SELECT * FROM sales_readable WHERE customer = '12346'\"
  patron sql \"SELECT country, count(*) FROM sales_readable GROUP BY country\" --format csv > countries.csv
  patron sql - < question.sql";

/// Arguments of `sql`.
#[derive(Args)]
pub struct SqlArgs {
    /// One SELECT; `-` reads it from standard input; without it, tables and columns are shown
    #[arg(value_name = "SQL")]
    pub sql: Option<String>,
    /// Show tables, views and their columns
    #[arg(long, conflicts_with = "sql")]
    pub tables: bool,
    /// Rows at most
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Seconds at most
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
    /// How rows are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = SqlFormat::Table)]
    pub format: SqlFormat,
    /// Database: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// How CSV is written
    #[command(flatten)]
    pub table_args: TableArgs,
}

/// Forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SqlFormat {
    /// Columns side by side, long texts cut, for the screen
    Table,
    /// Comma-separated values
    Csv,
    /// One object: columns, rows, more
    Json,
    /// A table for a document
    Markdown,
}

/// Arguments of `backup`.
#[derive(Args)]
pub struct BackupArgs {
    /// File for the copy
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Database: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// Overwrite the file if there is one
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArgs {
    /// Database: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
}
