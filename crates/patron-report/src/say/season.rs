//! What is said where the log is too short to know the season.

use patron_domain::Day;

use crate::format;

/// Complete months from which on a season can be told from a trend.
const ENOUGH_MONTHS: u32 = 24;

/// What must stand beside a forecast from fewer than 24 complete months of sales, in whole sentences: that the season
/// is not known, what follows from it, and what unlocks it. `None` from 24 months on.
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
    Some(format!(
        "{}: {hold}, and it takes {ENOUGH_MONTHS}, two years of sales, to tell a season from a trend. If the weeks up to {} were \
         a high or a low season, the forecast may carry it on, and a range made from so short a past does not contain that \
         error.",
        format::capital(&clause),
        format::day(as_of),
    ))
}

/// The same as a short clause: `the season is not known from 374 days`.
pub fn season_unknown_shortly(complete_months: u32, history_days: u32) -> Option<String> {
    let days = format::counted(i64::from(history_days), "day", "days");
    (complete_months < ENOUGH_MONTHS).then(|| format!("the season is not known from {days}"))
}
