//! From the reading arguments to options, and `inspect`.

use std::path::Path;

use anyhow::Context;
use patron_ingest::{DateOrder, DecimalMark, Profile, ReadOptions, SideOptions, inspect as look_at};
use patron_report::CsvReader;
use patron_store::DatabaseUrl;

use super::Failure;
use super::imports::existing;
use crate::args::{DatesArg, DecimalArg, InspectArgs, ReadingArgs, TableArgs};
use crate::screen;
use crate::terminal::print;

/// Shows how a file would be read.
pub(crate) fn inspect(args: &InspectArgs) -> Result<(), Failure> {
    let options = options(&args.reading)?;
    let inspection = look_at(&args.input, &options)?;
    print(&screen::inspection(&inspection))?;
    Ok(())
}

/// The options for an import into `url`: what is not told is taken from the shop that is there already.
pub(crate) fn read_options(args: &ReadingArgs, url: &DatabaseUrl) -> Result<ReadOptions, Failure> {
    let mut options = options(args)?;
    if options.time_zone.is_none()
        && let Some(mut store) = existing(url)?
    {
        let zone = store.shop()?.time_zone;
        options.time_zone = zone.as_deref().map(str::parse).transpose().map_err(Failure::usage)?;
    }
    Ok(options)
}

/// How a customers, products or costs file is to be read.
pub(crate) fn side_options(args: &ReadingArgs) -> SideOptions {
    SideOptions { date_order: date_order(args), decimal: decimal(args), sheet: args.sheet.clone() }
}

/// Who reads the CSV files.
pub(crate) fn csv_reader(args: &TableArgs) -> CsvReader {
    if args.raw_csv { CsvReader::Machine } else { CsvReader::Spreadsheet }
}

fn date_order(args: &ReadingArgs) -> Option<DateOrder> {
    args.dates.map(|order| match order {
        DatesArg::DayFirst => DateOrder::DayFirst,
        DatesArg::MonthFirst => DateOrder::MonthFirst,
        DatesArg::YearFirst => DateOrder::YearFirst,
    })
}

fn decimal(args: &ReadingArgs) -> Option<DecimalMark> {
    args.decimal.map(|mark| match mark {
        DecimalArg::Point => DecimalMark::Point,
        DecimalArg::Comma => DecimalMark::Comma,
    })
}

/// The options as told, for a file that is only read.
pub(crate) fn options(args: &ReadingArgs) -> Result<ReadOptions, Failure> {
    let map = args.map.as_deref().map(str::parse).transpose().map_err(Failure::usage)?;
    let time_zone = args.timezone.as_deref().map(str::parse).transpose().map_err(Failure::usage)?;
    let profile = profile(&args.profile)?;
    Ok(ReadOptions {
        map,
        profile,
        date_order: date_order(args),
        decimal: decimal(args),
        sheet: args.sheet.clone(),
        time_zone,
        currency: args.currency.clone(),
        ..ReadOptions::default()
    })
}

/// A shipped profile by name, or one from a file.
fn profile(name: &str) -> Result<Profile, Failure> {
    let path = Path::new(name);
    if path.extension().is_none_or(|ending| ending != "toml") {
        return Profile::named(name).map_err(Failure::usage);
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the profile {name}"));
    let profile = text.map(|text| Profile::from_toml(&text).with_context(|| format!("the profile {name}")));
    profile.and_then(|profile| profile).map_err(Failure::usage)
}
