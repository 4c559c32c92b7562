//! `explain`: the lines behind a number.

use std::path::Path;

use anyhow::anyhow;
use patron_domain::Day;
use patron_pipeline::{PipelineError, explain_revenue, explain_set_aside, set_aside_rules};
use patron_store::{LineFilter, Store, StoreError};

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
    let url = database(&args.database)?;
    if let (Some(path), Some(database)) = (&args.csv, url.path()) {
        refuse_database(path, database)?;
    }
    let mut store = Store::open_existing(&url)?;
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

/// A CSV file must not take the place of the database, nor of the files beside it.
fn refuse_database(csv: &Path, database: &Path) -> Result<(), Failure> {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let csv = whole(csv);
    let taken = ["", "-wal", "-shm"].into_iter().any(|ending| {
        let mut name = whole(database).into_os_string();
        name.push(ending);
        csv.as_os_str() == name
    });
    if taken {
        return Err(Failure::usage(anyhow!(
            "--csv {} is the database itself: choose another file",
            csv.display()
        )));
    }
    Ok(())
}

fn revenue(store: &mut Store, filter: &LineFilter, args: &ExplainArgs) -> Result<(), Failure> {
    let csv = args.csv.as_deref();
    let reader = csv_reader(&args.tables);
    let explain = |store: &mut Store, filter: &LineFilter| {
        explain_revenue(store, filter, args.lines, csv.map(|path| (path, reader)))
    };
    let mut filter = filter.clone();
    let explained = match (explain(store, &filter), filter.order.clone()) {
        (
            Err(PipelineError::Store(unknown @ StoreError::UnknownName { what: "order", .. })),
            Some(number),
        ) => {
            // Shopify writes #1001, and people leave the sign out
            filter.order = Some(format!("#{number}"));
            match explain(store, &filter) {
                Err(PipelineError::Store(StoreError::UnknownName { what: "order", .. })) => {
                    return order_set_aside(store, &number, unknown);
                }
                explained => explained?,
            }
        }
        (explained, _) => explained?,
    };
    let currency = store.shop()?.currency;
    let is_empty = explained.sales.lines + explained.returns.lines == 0;
    let span = if is_empty { span(store)? } else { None };
    print(&screen::explained(&filter, &explained, span, currency.as_deref(), csv))?;
    Ok(())
}

/// An order that is not among the sales may be among what was set aside.
fn order_set_aside(store: &mut Store, number: &str, unknown: StoreError) -> Result<(), Failure> {
    let found = patron_pipeline::order_set_aside(store, number)?;
    if found.is_empty() {
        return Err(unknown.into());
    }
    print(&screen::order_set_aside(number, &found))?;
    Ok(())
}

/// First and last day of all imports.
fn span(store: &mut Store) -> Result<Option<(Day, Day)>, Failure> {
    let imports = store.imports()?;
    let first = imports.iter().filter_map(|record| record.first_day).min();
    Ok(first.zip(imports.iter().filter_map(|record| record.last_day).max()))
}

fn set_aside(store: &mut Store, args: &ExplainArgs) -> Result<(), Failure> {
    let Some(rule) = &args.rule else {
        print(&screen::set_aside(&set_aside_rules(store)?))?;
        return Ok(());
    };
    let csv = args.csv.as_deref();
    let reader = csv_reader(&args.tables);
    let found = explain_set_aside(store, rule, args.lines, csv.map(|path| (path, reader)))?;
    print(&screen::set_aside_by(&found, csv))?;
    Ok(())
}
