//! Which dates of the past are tested.

use patron_domain::{Day, Horizon};

use super::Depth;
use crate::candidates::MIN_HISTORY;

/// Origins of a usual test, and of a thorough one.
const USUAL: usize = 4;
const THOROUGH: usize = 8;
/// With fewer origins than this without overlap, a thorough test lets horizons overlap.
const FEW: usize = 4;

/// Origins from the latest possible one back, each with 75 days of history before it; empty where the log is too short.
pub(super) fn origins(as_of: Day, horizon: Horizon, first: Day, depth: Depth) -> Vec<Day> {
    let most = if depth == Depth::Thorough { THOROUGH } else { USUAL };
    let whole = back(as_of, horizon, horizon, first, most);
    if depth == Depth::Usual || whole.len() >= FEW {
        return whole;
    }
    let third = match horizon {
        Horizon::Months(months) => Horizon::Months(months.div_ceil(3)),
        Horizon::Days(days) => Horizon::Days(days.div_ceil(3)),
    };
    back(as_of, horizon, third, first, most)
}

fn back(as_of: Day, horizon: Horizon, step: Horizon, first: Day, most: usize) -> Vec<Day> {
    let latest = before(as_of, horizon);
    let old_enough = |origin: &Day| origin.days_since(first) >= MIN_HISTORY as i32;
    // steps are counted from the latest origin: months of different length do not add up to a drift
    let times = |count: u32| match step {
        Horizon::Months(months) => Horizon::Months(months * count),
        Horizon::Days(days) => Horizon::Days(days.saturating_mul(count)),
    };
    (0..).map(|count| before(latest, times(count))).take_while(old_enough).take(most).collect()
}

/// The latest origin whose horizon ends by `end`.
pub(super) fn before(end: Day, horizon: Horizon) -> Day {
    match horizon {
        Horizon::Months(months) => end.minus_months(months),
        Horizon::Days(days) => end.plus_days(-(days.min(i32::MAX as u32) as i32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::day;

    fn check(depth: Depth, horizon: Horizon, first: &str, expected: &[&str]) {
        let found = origins(day("2011-12-09"), horizon, day(first), depth);
        assert_eq!(found.iter().map(Day::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_usual_test_leaves_no_day_to_two_horizons() {
        let quarters = ["2011-09-09", "2011-06-09", "2011-03-09"];
        check(Depth::Usual, Horizon::Months(3), "2010-12-01", &quarters);
        let nineties = ["2011-09-10", "2011-06-12", "2011-03-14", "2010-12-14"];
        check(Depth::Usual, Horizon::Days(90), "2000-01-01", &nineties);
        check(Depth::Usual, Horizon::Months(3), "2011-08-01", &[]);
    }

    #[test]
    fn a_thorough_test_takes_what_the_log_has_room_for() {
        let monthly = [
            "2011-09-09",
            "2011-08-09",
            "2011-07-09",
            "2011-06-09",
            "2011-05-09",
            "2011-04-09",
            "2011-03-09",
        ];
        check(Depth::Thorough, Horizon::Months(3), "2010-12-01", &monthly);
        let nineties = ["2011-09-10", "2011-06-12", "2011-03-14", "2010-12-14", "2010-09-15"];
        check(Depth::Thorough, Horizon::Days(90), "2010-06-01", &nineties);
        let found = origins(day("2011-12-09"), Horizon::Days(90), day("2000-01-01"), Depth::Thorough);
        assert_eq!(found.len(), 8);
        check(Depth::Thorough, Horizon::Days(365), "2010-08-01", &["2010-12-09"]);
    }
}
