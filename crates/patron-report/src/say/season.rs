//! What is said of the season: where the log is too short to know it, and what it has to do with long periods.

use patron_domain::Day;
use patron_models::SeasonKnown;

use crate::format;

/// Complete months in which each month of the year was seen once.
const A_YEAR: u32 = 12;
/// Complete months from which on a season can be told from a trend.
const ENOUGH_MONTHS: u32 = 24;

/// What must stand beside a forecast from fewer than 24 complete months of sales, in whole sentences: that the season
/// is not known, or only roughly, what follows from it, and what unlocks it. `None` from 24 months on.
///
/// `complete_months` are the months seen whole up to the as-of date, `history_days` the days of history behind the
/// forecast.
pub fn season_unknown(complete_months: u32, history_days: u32, as_of: Day) -> Option<String> {
    let clause = season_unknown_shortly(complete_months, history_days)?;
    let hold = match complete_months {
        0 => "they hold no complete month".to_owned(),
        some => {
            format!("they hold {}", format::counted(i64::from(some), "complete month", "complete months"))
        }
    };
    let follows = if complete_months < A_YEAR {
        format!(
            "If the weeks up to {} were a high or a low season, the forecast may carry it on. Ranges of totals allow for \
             that with a season of a quarter up or down, which is an assumption; the season of another year can be given \
             with --season.",
            format::day(as_of)
        )
    } else {
        "The forecast allows for what each month of the year has shown so far, most of them once.".to_owned()
    };
    Some(format!(
        "{}: {hold}, and it takes {ENOUGH_MONTHS}, two years of sales, to tell a season from a trend. {follows}",
        format::capital(&clause),
    ))
}

/// The same as a short clause: `the season is not known from 283 days`.
pub fn season_unknown_shortly(complete_months: u32, history_days: u32) -> Option<String> {
    let days = format::counted(i64::from(history_days), "day", "days");
    match complete_months {
        0..A_YEAR => Some(format!("the season is not known from {days}")),
        A_YEAR..ENOUGH_MONTHS => Some(format!("the season is known only roughly from {days}")),
        _ => None,
    }
}

/// What the season has to do with the forecasts of 12 and 24 months, as a clause: `the season of each period is part of
/// it`. `source` names a season from a file; `seasonal` says whether the forecaster uses a season at all.
pub fn season_of_long_periods(known: SeasonKnown, source: Option<&str>, seasonal: bool) -> String {
    match (seasonal, known) {
        (false, _) => "no season is part of it, as this forecaster uses none".to_owned(),
        (true, SeasonKnown::Unknown) => {
            format!("no season is part of it, as under {A_YEAR} complete months of sales none is known")
        }
        (true, SeasonKnown::OneYear) => {
            "the season of each period is part of it as far as each month of the year, seen once so \
                                         far, tells of it: what one month has shown is held back"
                .to_owned()
        }
        (true, SeasonKnown::Years) => {
            format!(
                "the season of each period is part of it, known from {ENOUGH_MONTHS} complete months of sales or more"
            )
        }
        (true, SeasonKnown::File) => format!(
            "the season of each period is part of it, learned from: {}; corrected by what these sales show",
            source.unwrap_or("a source that is not named")
        ),
    }
}
