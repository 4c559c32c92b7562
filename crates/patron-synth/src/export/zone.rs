//! The clocks of an export: the shop's own, and the one its stamps are written in.

use patron_domain::{Day, Month, Timestamp};
use serde::{Deserialize, Serialize};

const HOUR: i64 = 3_600;

/// A time zone with the rule by which its clocks change.
///
/// The rules are those in force since 1996 (Europe) and 2007 (United States).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportZone {
    /// UTC, the whole year.
    #[serde(rename = "UTC")]
    Utc,
    /// America/New_York: −05:00, and −04:00 from the second Sunday in March, 02:00, to the first in November, 02:00.
    #[serde(rename = "America/New_York")]
    NewYork,
    /// Europe/Berlin: +01:00, and +02:00 from the last Sunday in March to the last in October, both at 01:00 UTC.
    #[serde(rename = "Europe/Berlin")]
    Berlin,
}

impl ExportZone {
    /// The zone's IANA name, as `--timezone` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            Self::NewYork => "America/New_York",
            Self::Berlin => "Europe/Berlin",
        }
    }

    /// Seconds that its wall clock is ahead of UTC at `utc` (seconds since 1970-01-01 00:00 UTC).
    pub fn offset(self, utc: Timestamp) -> i64 {
        let (standard, summer) = self.offsets();
        let year = Day::of(utc).month().year();
        let is_summer = match self {
            Self::Utc => false,
            Self::NewYork => {
                let begins = sunday_from(year, 3, 8).start() + 7 * HOUR;
                let ends = sunday_from(year, 11, 1).start() + 6 * HOUR;
                (begins..ends).contains(&utc)
            }
            Self::Berlin => {
                let begins = sunday_from(year, 3, 25).start() + HOUR;
                let ends = sunday_from(year, 10, 25).start() + HOUR;
                (begins..ends).contains(&utc)
            }
        };
        if is_summer { summer } else { standard }
    }

    /// The moment (UTC) at which its wall clock shows `wall`: the first one where the hour comes twice; where the
    /// clock skips it, as if it had not been changed.
    pub(crate) fn utc(self, wall: Timestamp) -> Timestamp {
        let (standard, summer) = self.offsets();
        let in_summer = wall - summer;
        if self.offset(in_summer) == summer { in_summer } else { wall - standard }
    }

    /// What its wall clock shows at `utc`.
    pub(crate) fn wall(self, utc: Timestamp) -> Timestamp {
        utc + self.offset(utc)
    }

    const fn offsets(self) -> (i64, i64) {
        match self {
            Self::Utc => (0, 0),
            Self::NewYork => (-5 * HOUR, -4 * HOUR),
            Self::Berlin => (HOUR, 2 * HOUR),
        }
    }
}

/// The first Sunday on or after a day of a month; 1970-01-01 was a Thursday.
fn sunday_from(year: i32, month: i32, day: i32) -> Day {
    let from = Month::from_number(year * 12 + month - 1).first_day().plus_days(day - 1);
    let after_sunday = (from.number() + 4).rem_euclid(7);
    from.plus_days((7 - after_sunday) % 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str, hour: i64, minute: i64) -> Timestamp {
        day.parse::<Day>().unwrap().start() + hour * HOUR + minute * 60
    }

    #[test] // 2024: 10 March and 3 November in New York, 31 March and 27 October in Berlin
    fn clocks_change_on_the_right_sundays() {
        let (new_york, berlin) = (ExportZone::NewYork, ExportZone::Berlin);
        assert_eq!(new_york.offset(at("2024-03-10", 6, 59)), -5 * HOUR);
        assert_eq!(new_york.offset(at("2024-03-10", 7, 0)), -4 * HOUR);
        assert_eq!(new_york.offset(at("2024-11-03", 5, 59)), -4 * HOUR);
        assert_eq!(new_york.offset(at("2024-11-03", 6, 0)), -5 * HOUR);
        assert_eq!(berlin.offset(at("2024-03-31", 0, 59)), HOUR);
        assert_eq!(berlin.offset(at("2024-03-31", 1, 0)), 2 * HOUR);
        assert_eq!(berlin.offset(at("2024-10-27", 0, 59)), 2 * HOUR);
        assert_eq!(berlin.offset(at("2024-10-27", 1, 0)), HOUR);
        // 2023: 12 March and 5 November, 26 March and 29 October
        assert_eq!(new_york.offset(at("2023-03-12", 7, 0)) - new_york.offset(at("2023-03-12", 6, 0)), HOUR);
        assert_eq!(new_york.offset(at("2023-11-05", 6, 0)) - new_york.offset(at("2023-11-05", 5, 0)), -HOUR);
        assert_eq!(berlin.offset(at("2023-03-26", 1, 0)) - berlin.offset(at("2023-03-26", 0, 0)), HOUR);
        assert_eq!(berlin.offset(at("2023-10-29", 1, 0)) - berlin.offset(at("2023-10-29", 0, 0)), -HOUR);
    }

    #[test]
    fn a_wall_clock_leads_to_its_moment_and_back() {
        for zone in [ExportZone::Utc, ExportZone::NewYork, ExportZone::Berlin] {
            for step in 0..366 * 24 {
                let wall = at("2024-01-01", 0, 17) + step * HOUR;
                let skipped = matches!(zone, ExportZone::NewYork) && wall == at("2024-03-10", 2, 17)
                    || matches!(zone, ExportZone::Berlin) && wall == at("2024-03-31", 2, 17);
                let expected = if skipped { wall + HOUR } else { wall };
                assert_eq!(zone.wall(zone.utc(wall)), expected, "{} {step}", zone.name());
            }
        }
    }
}
