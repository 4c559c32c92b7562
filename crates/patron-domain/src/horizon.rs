//! How far ahead a forecast looks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Day;

/// A span of time after the as-of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Horizon {
    /// Calendar months.
    Months(u32),
    /// Exactly so many days.
    Days(u32),
}

impl Horizon {
    /// The three horizons every forecast has: 3, 12 and 24 calendar months.
    pub const STANDARD: [Self; 3] = [Self::Months(3), Self::Months(12), Self::Months(24)];

    /// The last day of (as_of, as_of + horizon].
    pub fn end(self, as_of: Day) -> Day {
        match self {
            Self::Months(months) => as_of.plus_months(months),
            Self::Days(days) => as_of.plus_days(i32::try_from(days).unwrap_or(i32::MAX)),
        }
    }

    /// Its length in days from `as_of` on.
    pub fn days(self, as_of: Day) -> u32 {
        self.end(as_of).days_since(as_of).max(0) as u32
    }
}

impl fmt::Display for Horizon {
    /// `3m` or `90d`, as in column names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) => write!(f, "{months}m"),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_calendar_months() {
        let as_of: Day = "2011-12-09".parse().unwrap();
        assert_eq!(Horizon::Months(3).end(as_of).to_string(), "2012-03-09");
        assert_eq!(Horizon::Months(3).days(as_of), 91);
        assert_eq!(Horizon::Days(90).days(as_of), 90);
        assert_eq!(Horizon::STANDARD.map(|h| h.to_string()), ["3m", "12m", "24m"]);
    }
}
