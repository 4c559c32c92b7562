//! `decide`: what to do, from a database filled earlier.

use patron_decisions::{DecideOptions, DecisionError, MarginRates, Response};
use patron_models::DiscountRate;
use patron_pipeline::{ComputeRequest, compute, compute_decisions, load, write_decisions};
use patron_store::Store;

use super::Failure;
use super::analyze::compute_request;
use super::imports::{database, shown};
use super::reading::csv_reader;
use crate::args::{DecideArgs, DecisionArgs, ForecastArgs};
use crate::screen;
use crate::terminal::{Terminal, print};

/// Forecasts, decides, writes the tables and says the most important.
pub(crate) fn run(args: &DecideArgs) -> Result<(), Failure> {
    let options = decide_options(&args.decisions, &args.forecast)?;
    let request = ComputeRequest { backtest: false, ..compute_request(&args.forecast)? };
    let url = database(&args.database)?;
    let terminal = Terminal::new();
    let mut store = Store::open_existing(&url)?;
    let loaded = load(&mut store, &shown(&url), &terminal)?;
    let results = compute(&loaded.table, &request, &terminal)?;
    let decisions = compute_decisions(&mut store, &loaded.table, &results, &options, &terminal)?;
    let currency = loaded.shop.currency.as_deref();
    write_decisions(&args.out, &decisions, loaded.table.catalog(), currency, csv_reader(&args.tables))?;
    print(&screen::decide(&decisions, currency, &args.out))?;
    Ok(())
}

/// What was stated, checked.
pub(crate) fn decide_options(args: &DecisionArgs, forecast: &ForecastArgs) -> Result<DecideOptions, Failure> {
    let by_category: Vec<(&str, f64)> =
        args.category_margin.iter().map(|stated| category_margin(stated)).collect::<Result<_, _>>()?;
    Ok(DecideOptions {
        rates: MarginRates::new(by_category, forecast.margin).map_err(Failure::usage)?,
        channel: args.channel.clone(),
        contact_cost: args.contact_cost,
        response: args.response.as_deref().map(response).transpose()?,
        budget: args.budget,
        control_share: args.control,
        discount: DiscountRate::new(forecast.discount_rate).map_err(Failure::usage)?,
        seed: forecast.seed,
        ..DecideOptions::default()
    })
}

fn category_margin(stated: &str) -> Result<(&str, f64), Failure> {
    let split = stated.rsplit_once('=').and_then(|(name, rate)| Some((name, rate.trim().parse().ok()?)));
    split.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!(
            "--category-margin wants NAME=SHARE, such as Garden=0.4, but got '{stated}'"
        ))
    })
}

fn response(stated: &str) -> Result<Response, Failure> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let ends = match stated.split_once('-') {
        Some((low, high)) => number(low).zip(number(high)),
        None => number(stated).map(|one| (one, one)),
    };
    let (low, high) = ends.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("--response wants a range such as 0.01-0.03, but got '{stated}'"))
    })?;
    Response::your_assumption(low, high).map_err(|error: DecisionError| Failure::usage(error))
}
