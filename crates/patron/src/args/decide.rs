//! Arguments of `decide`.

use std::path::PathBuf;

use clap::Args;

use super::{DATABASE_URL, DecisionArgs, ForecastArgs, PATRON_DB, TableArgs};

pub(super) const EXAMPLES: &str = "Examples:
  patron decide --database out/sales/patron.db            what can be said without knowing any margin
  patron decide --margin 0.35 --contact-cost 0.60    what a letter must bring to pay
  patron decide --margin 0.35 --contact-cost 0.60 --response 0.01-0.03 --budget 500
                                                          where the money goes, if your assumption holds";

/// Arguments of `decide`.
#[derive(Args)]
pub struct DecideArgs {
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// Folder in which `decisions` is written
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// What decisions rest on
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// What is forecast
    #[command(flatten)]
    pub forecast: ForecastArgs,
    /// How tables are written
    #[command(flatten)]
    pub tables: TableArgs,
}
