//! `explain`: the lines behind a number.

use anyhow::anyhow;
use patron_pipeline::{explain_revenue, explain_set_aside};
use patron_store::{LineFilter, Store};

use super::Failure;
use super::imports::database;
use super::reading::csv_reader;
use crate::args::{ExplainArgs, ExplainWhat};
use crate::screen;
use crate::terminal::print;

/// Shows a number and what it is the sum of.
pub(crate) fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let filter = LineFilter {
        month: args.month,
        customer: args.customer.clone(),
        product: args.product.clone(),
        country: args.country.clone(),
        order: args.order.clone(),
    };
    let mut store = Store::open_existing(&database(&args.database)?)?;
    match args.what {
        ExplainWhat::Revenue if args.rule.is_none() => revenue(&mut store, &filter, args),
        ExplainWhat::Revenue | ExplainWhat::SetAside if filter != LineFilter::default() => {
            Err(Failure::usage(anyhow!(
                "lines that were set aside have no month, customer, product, country or order: give --rule alone"
            )))
        }
        ExplainWhat::Revenue | ExplainWhat::SetAside => set_aside(&mut store, args),
    }
}

fn revenue(store: &mut Store, filter: &LineFilter, args: &ExplainArgs) -> Result<(), Failure> {
    let csv = args.csv.as_deref();
    let reader = csv_reader(&args.tables);
    let explained = explain_revenue(store, filter, args.lines, csv.map(|path| (path, reader)))?;
    let currency = store.shop()?.currency;
    print(&screen::explained(filter, &explained, currency.as_deref(), csv))?;
    Ok(())
}

fn set_aside(store: &mut Store, args: &ExplainArgs) -> Result<(), Failure> {
    let Some(rule) = &args.rule else {
        print(&screen::set_aside(&store.quarantine_rules()?))?;
        return Ok(());
    };
    let csv = args.csv.as_deref();
    let reader = csv_reader(&args.tables);
    let (rule, shown) = explain_set_aside(store, rule, args.lines, csv.map(|path| (path, reader)))?;
    print(&screen::set_aside_by(&rule, &shown, csv))?;
    Ok(())
}
