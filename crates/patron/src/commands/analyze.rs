//! `analyze`: answers, predictions and report from a database; and the second half of `pipeline`.

use std::path::Path;

use patron_columns::SalesTable;
use patron_decisions::{DecideOptions, DecisionError};
use patron_models::{DiscountRate, ForecastOptions, ForecasterName, ModelError};
use patron_pipeline::{
    AddedFile, ComputeRequest, Computed, PipelineError, Presentation, Results, compute, compute_attributes,
    compute_decisions, load, name_shop, read_season, store_forecasts, write_outputs,
};
use patron_report::CsvReader;
use patron_store::{DatabaseUrl, Store};

use super::Failure;
use super::decide::decide_options;
use super::imports::{database, now, shown};
use super::reading::csv_reader;
use crate::args::{AnalyzeArgs, ForecastArgs};
use crate::screen::{self, Summary};
use crate::terminal::{Terminal, print};

/// Runs on a database filled earlier.
pub(crate) fn run(args: AnalyzeArgs) -> Result<(), Failure> {
    let request = compute_request(&args.forecast)?;
    let decide = decide_options(&args.decisions, &args.forecast)?;
    let url = database(&args.database)?;
    let terminal = Terminal::new();
    let mut store = Store::open_existing(&url)?;
    let loaded = load(&mut store, &shown(&url), &terminal)?;
    let mut results = compute(&loaded.table, &request, &terminal)?;
    finish(Job {
        store: &mut store,
        url: &url,
        out: &args.out,
        table: &loaded.table,
        results: &mut results,
        decide: &decide,
        shop_name: args.shop.shop_name.as_deref(),
        currency: args.currency.as_deref(),
        demo: loaded.shop.name == patron_pipeline::DEMO_NAME,
        already_there: None,
        added: &[],
        csv: csv_reader(&args.tables),
        terminal: &terminal,
        timings: args.timings,
    })
}

pub(crate) fn compute_request(args: &ForecastArgs) -> Result<ComputeRequest, Failure> {
    let forecaster: ForecasterName =
        args.forecaster.parse().map_err(|error: ModelError| Failure::usage(error))?;
    let options = ForecastOptions {
        forecaster,
        horizon_days: args.horizon_days,
        margin: args.margin,
        seed: args.seed,
        season: args.season.as_deref().map(read_season).transpose()?,
        discount_rate: DiscountRate::new(args.discount_rate).map_err(Failure::usage)?,
    };
    Ok(ComputeRequest { as_of: args.as_of, options, backtest: !args.no_backtest })
}

/// What is left to do when everything is computed.
pub(crate) struct Job<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) url: &'a DatabaseUrl,
    pub(crate) out: &'a Path,
    pub(crate) table: &'a SalesTable,
    pub(crate) results: &'a mut Results,
    /// What decisions rest on.
    pub(crate) decide: &'a DecideOptions,
    /// Name and currency as told on the command line.
    pub(crate) shop_name: Option<&'a str>,
    pub(crate) currency: Option<&'a str>,
    pub(crate) demo: bool,
    pub(crate) already_there: Option<String>,
    /// Files of customers, products and costs that came with this run.
    pub(crate) added: &'a [AddedFile],
    pub(crate) csv: CsvReader,
    pub(crate) terminal: &'a Terminal,
    pub(crate) timings: bool,
}

/// Notes the shop's name, writes every file and shows the last screen.
pub(crate) fn finish(job: Job<'_>) -> Result<(), Failure> {
    name_shop(job.store, job.shop_name, job.currency)?;
    let catalog = job.table.catalog();
    if let Ok(forecasts) = &job.results.forecasts {
        store_forecasts(job.store, catalog, forecasts, now())?;
    }
    let generated_on = now().format("%-d %B %Y").to_string();
    let presentation = Presentation { demo: job.demo, generated_on, csv: job.csv };
    let attributes = compute_attributes(job.store, job.table, job.results, job.terminal)?;
    let decisions = match compute_decisions(job.store, job.table, job.results, job.decide, job.terminal) {
        Ok(decisions) => Some(decisions),
        Err(PipelineError::Decision(DecisionError::NobodyYet { .. })) => None,
        Err(error) => return Err(error.into()),
    };
    let computed = Computed { results: job.results, attributes: &attributes, decisions: decisions.as_ref() };
    let written = write_outputs(job.out, job.store, catalog, &computed, &presentation, job.terminal)?;
    let database = shown(job.url);
    let Job { out, already_there, added, .. } = job;
    let summary = Summary { written: &written, out, database: &database, already_there, added };
    print(&screen::summary(&summary))?;
    if job.timings {
        print(&screen::timings(&job.terminal.timings()))?;
    }
    Ok(())
}
