//! Arguments of `query`.

use clap::{Args, ValueEnum};
use patron_domain::{Money, Month};

use super::{DATABASE_URL, PATRON_DB, TableArgs};

pub(super) const EXAMPLES: &str = "Examples:
  patron query                                                lists all twenty
  patron query transactions-per-month --year 2011
  patron query products-sold-above --year 2011 --n 1000
  patron query top-customers --n 100 --format csv > top.csv";

/// Arguments of `query`.
#[derive(Args)]
pub struct QueryArgs {
    /// Name or number of the query; without it, all twenty are listed with what they ask for
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Month
    #[arg(long, value_name = "YYYY-MM")]
    pub month: Option<Month>,
    /// Year
    #[arg(long, value_name = "YYYY")]
    pub year: Option<u16>,
    /// Price of a unit
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub price: Option<Money>,
    /// How many
    #[arg(long, short, value_name = "NUMBER")]
    pub n: Option<u32>,
    /// Customer, by the id the shop writes
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Country
    #[arg(long, value_name = "NAME")]
    pub country: Option<String>,
    /// Payment method
    #[arg(long, value_name = "NAME")]
    pub method: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub format: QueryFormat,
    /// So many rows at most [default: 50 in a table, else all]
    #[arg(long, value_name = "ROWS")]
    pub limit: Option<u64>,
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// How CSV is written
    #[command(flatten)]
    pub tables: TableArgs,
}

/// Values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// Columns for the screen
    Table,
    /// A line of headings and a line per row
    Csv,
    /// Columns with their meaning, then rows
    Json,
    /// A pipe table
    Markdown,
}
