//! The judge of the models.

use anyhow::{Result, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use patron_tests::recovery::{Plan, names, recover};

use crate::{anstream_line, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Shops of each kind [default: 200, or 20 with --quick]
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    shops: Option<u32>,
    /// The plan that is one of the tests: fewer and smaller shops, wider bands
    #[arg(long)]
    quick: bool,
    /// Seed of all shops
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A model to judge, once for each [default: all]
    #[arg(long, value_parser = PossibleValuesParser::new(names()))]
    model: Vec<String>,
}

/// Says the tables; fails where something lies outside of its band, and says what.
pub(crate) fn run(options: &Options) -> Result<()> {
    let models = options.model.clone();
    let plan = if options.quick { Plan::quick(models) } else { Plan::full(models) };
    let shops = options.shops.map_or(plan.shops, |shops| shops as usize);
    let plan = Plan { shops, seed: options.seed, ..plan };
    let found = recover(&plan, &anstream_line);
    say(&found.text);
    ensure!(found.off.is_empty(), "outside of what chance explains:\n{}", found.off.join("\n"));
    Ok(())
}
