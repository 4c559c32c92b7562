//! Arguments of `backtest`.

use std::path::PathBuf;

use clap::Args;

use super::{DATABASE_URL, ForecastArgs, PATRON_DB, ReadingArgs};

/// How the forecast is tested.
pub(super) const EXAMPLES: &str = "Examples:
  patron backtest --input sales.csv                      a file, without any database
  patron backtest --database out/sales/patron.db --horizon-days 90
  patron backtest --input sales.csv --as-of 2011-09-10 --json model_card.json";

/// Arguments of `backtest`.
#[derive(Args)]
pub struct BacktestArgs {
    /// Sales file; nothing is stored. Without one the database is read
    #[arg(long, short, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// Write the model card to this file: scores with intervals, parameters, season, known limits
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// What is forecast
    #[command(flatten)]
    pub forecast: ForecastArgs,
}
