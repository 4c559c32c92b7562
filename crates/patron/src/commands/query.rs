//! `query`: the ready-made queries.

use anyhow::anyhow;
use patron_report::format::Currency;
use patron_report::{Cell, Kind, MONEY, Table};
use patron_store::{ReadyAnswer, ReadyCell, ReadyGiven, ReadyKind, ReadyQuery, Store};

use super::Failure;
use super::imports::database;
use super::reading::csv_reader;
use crate::args::{QueryArgs, QueryFormat};
use crate::screen;
use crate::terminal::{print, print_exactly};

/// Rows of a table on the screen unless `--limit` says otherwise.
const SHOWN: u64 = 50;

/// Answers a query, or lists them.
pub(crate) fn run(args: &QueryArgs) -> Result<(), Failure> {
    let Some(name) = &args.name else {
        print(&screen::queries())?;
        return Ok(());
    };
    let query = ReadyQuery::named(name)
        .map_err(|error| Failure::usage(anyhow!("{error}; all are listed by: patron query")))?;
    let given = given(args);
    query
        .check(&given)
        .map_err(|error| Failure::usage(anyhow!("{error}; for example: {}", screen::query_example(query))))?;
    let mut store = Store::open_existing(&database(&args.database)?)?;
    let limit = args.limit.or((args.format == QueryFormat::Table).then_some(SHOWN));
    let answer = store.ready(query, &given, limit)?;
    let currency = store.shop()?.currency;
    let currency = Currency::new(currency.as_deref());
    let total = answer.total;
    let table = table(query, answer, currency);
    let text = match args.format {
        QueryFormat::Table => screen::answered(query, &table, total, currency),
        QueryFormat::Csv => table.to_csv(csv_reader(&args.tables)),
        QueryFormat::Json => table.to_json().to_string(),
        QueryFormat::Markdown => table.to_markdown(),
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if args.format == QueryFormat::Table {
        print(text)?
    } else {
        print_exactly(text)?
    }
    Ok(())
}

fn given(args: &QueryArgs) -> ReadyGiven {
    ReadyGiven {
        month: args.month,
        year: args.year,
        price: args.price,
        n: args.n,
        customer: args.customer.clone(),
        country: args.country.clone(),
        method: args.method.clone(),
    }
}

fn table(query: &ReadyQuery, answer: ReadyAnswer, currency: Currency<'_>) -> Table<'static> {
    let mut table = Table::of(answer.rows);
    for (place, column) in query.columns.iter().enumerate() {
        let (kind, unit) = match column.kind {
            ReadyKind::Text => (Kind::Text, column.unit.to_owned()),
            ReadyKind::Integer => (Kind::Integer, column.unit.to_owned()),
            ReadyKind::Money => (Kind::Money { digits: 4 }, currency.name().unwrap_or(MONEY).to_owned()),
            ReadyKind::Day => (Kind::Day, column.unit.to_owned()),
            ReadyKind::Month => (Kind::Month, column.unit.to_owned()),
        };
        let value = move |row: &Vec<ReadyCell>| row.get(place).map_or(Cell::Empty, cell);
        table = table.column(kind, column.key, unit, column.meaning, value);
    }
    table.finish()
}

fn cell(cell: &ReadyCell) -> Cell {
    match cell {
        ReadyCell::Empty => Cell::Empty,
        ReadyCell::Text(text) => Cell::Text(text.clone()),
        ReadyCell::Integer(number) => Cell::Integer(*number),
        ReadyCell::Money(amount) => Cell::Money(*amount),
        ReadyCell::Day(day) => Cell::Day(*day),
        ReadyCell::Month(month) => Cell::Month(*month),
    }
}
