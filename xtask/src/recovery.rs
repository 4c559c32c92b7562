//! The judge of the models.

use anyhow::{Result, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use patron_tests::recovery::{Plan, names, recover};

use crate::{anstream_line, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Shops of each kind
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    shops: u32,
    /// Seed of all shops
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A model to judge, once for each [default: all]
    #[arg(long, value_parser = PossibleValuesParser::new(names()))]
    model: Vec<String>,
}

/// Says the tables; fails where something lies outside of its band, and says what.
pub(crate) fn run(options: &Options) -> Result<()> {
    let plan =
        Plan { shops: options.shops as usize, seed: options.seed, ..Plan::full(options.model.clone()) };
    let found = recover(&plan, &anstream_line);
    say(&found.text);
    ensure!(found.off.is_empty(), "outside of what chance explains:\n{}", found.off.join("\n"));
    Ok(())
}
