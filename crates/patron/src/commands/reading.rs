//! From the reading arguments to options, and `inspect`.

use std::path::Path;

use anyhow::Context;
use patron_ingest::{DateOrder, DecimalMark, Profile, ReadOptions, inspect as look_at};

use super::Failure;
use crate::args::{DatesArg, DecimalArg, InspectArgs, ReadingArgs};
use crate::screen;
use crate::terminal::print;

/// Shows how a file would be read.
pub(crate) fn inspect(args: &InspectArgs) -> Result<(), Failure> {
    let options = read_options(&args.reading)?;
    let inspection = look_at(&args.input, &options)?;
    print(&screen::inspection(&inspection))?;
    Ok(())
}

pub(crate) fn read_options(args: &ReadingArgs) -> Result<ReadOptions, Failure> {
    let map = args.map.as_deref().map(str::parse).transpose().map_err(Failure::usage)?;
    let date_order = args.dates.map(|order| match order {
        DatesArg::DayFirst => DateOrder::DayFirst,
        DatesArg::MonthFirst => DateOrder::MonthFirst,
        DatesArg::YearFirst => DateOrder::YearFirst,
    });
    let decimal = args.decimal.map(|mark| match mark {
        DecimalArg::Point => DecimalMark::Point,
        DecimalArg::Comma => DecimalMark::Comma,
    });
    let profile = profile(&args.profile)?;
    Ok(ReadOptions { map, profile, date_order, decimal, sheet: args.sheet.clone(), ..ReadOptions::default() })
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
