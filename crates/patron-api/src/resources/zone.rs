//! Times on the shop's clock: with its offset from UTC where the shop's time zone is known, without where it is not.

use std::fmt;

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use patron_domain::Timestamp;

/// The zone of the shop's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Nobody has said: times are as written.
    #[default]
    Unknown,
    /// A fixed distance from UTC.
    Fixed(FixedOffset),
    /// A place, whose distance follows its summer time.
    Place(Tz),
}

impl Zone {
    /// The zone with that name (`Europe/Berlin`) or offset (`+02:00`), as the shop's row has it.
    pub(crate) fn of(name: Option<&str>) -> Self {
        let Some(name) = name else { return Self::Unknown };
        match (name.parse(), name.parse()) {
            (Ok(place), _) => Self::Place(place),
            (_, Ok(offset)) => Self::Fixed(offset),
            _ => Self::Unknown,
        }
    }

    /// A time of the shop's clock, as clients get it: `2011-12-09T12:50:00+00:00`.
    pub(crate) fn show(self, time: Timestamp) -> Shown {
        let clock = DateTime::from_timestamp(time, 0).unwrap_or_default().naive_utc();
        Shown { clock, offset: self.offset(clock) }
    }

    /// The distance from UTC when the shop's clock shows `clock`. Of the hour that comes twice it is the first; in the
    /// hour that is left out it is that of the hour before.
    fn offset(self, clock: NaiveDateTime) -> Option<FixedOffset> {
        match self {
            Self::Unknown => None,
            Self::Fixed(offset) => Some(offset),
            Self::Place(place) => match place.offset_from_local_datetime(&clock) {
                LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => Some(offset.fix()),
                LocalResult::None => {
                    let before = clock - TimeDelta::hours(3);
                    place.offset_from_local_datetime(&before).earliest().map(|offset| offset.fix())
                }
            },
        }
    }

    /// A time as clients write it: on the shop's clock, or with an offset from which it is moved to that clock.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(crate) fn read(self, text: &str) -> Result<Timestamp, String> {
        let no_time = || {
            format!(
                "'{text}' is no time; write it as 2011-12-09T12:50:00 on the shop's clock, or with an offset from UTC"
            )
        };
        if !is_written_in_full(text) {
            return Err(no_time());
        }
        if let Ok(clock) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
            return Ok(clock.and_utc().timestamp());
        }
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| no_time())?;
        let clock = match self {
            Self::Unknown => {
                let place = "the shop's time zone is not known, so its offset cannot be followed";
                return Err(format!(
                    "'{text}': {place}; write the time on the shop's clock, without an offset"
                ));
            }
            Self::Fixed(offset) => moment.with_timezone(&offset).naive_local(),
            Self::Place(place) => moment.with_timezone(&place).naive_local(),
        };
        Ok(clock.and_utc().timestamp())
    }
}

/// Whether a text begins as `2011-12-09T12:50:00` does, digit by digit, and no leap second is in it.
fn is_written_in_full(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |(place, byte): (usize, &u8)| match place {
        4 | 7 => *byte == b'-',
        10 => *byte == b'T',
        13 | 16 => *byte == b':',
        _ => byte.is_ascii_digit(),
    };
    bytes.len() >= 19 && bytes[..19].iter().enumerate().all(fits) && bytes[17] < b'6'
}

/// A time, as clients get it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    clock: NaiveDateTime,
    offset: Option<FixedOffset>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.clock)?;
        self.offset.map_or(Ok(()), |offset| write!(f, "{offset}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Timestamp {
        text.parse::<NaiveDateTime>().unwrap().and_utc().timestamp()
    }

    #[test]
    fn times_are_shown_on_the_clock_with_the_offset_of_that_day() {
        let shown = |zone: Option<&str>, text| Zone::of(zone).show(seconds(text)).to_string();
        assert_eq!(shown(None, "2011-12-09T12:50:00"), "2011-12-09T12:50:00");
        assert_eq!(shown(Some("UTC"), "2011-12-09T12:50:00"), "2011-12-09T12:50:00+00:00");
        assert_eq!(shown(Some("Europe/Berlin"), "2024-01-01T11:00:00"), "2024-01-01T11:00:00+01:00");
        assert_eq!(shown(Some("Europe/Berlin"), "2024-07-01T11:00:00"), "2024-07-01T11:00:00+02:00");
        assert_eq!(shown(Some("-03:30"), "2024-07-01T00:00:01"), "2024-07-01T00:00:01-03:30");
        // 2024-10-27 02:30 comes twice, 2024-03-31 02:30 never
        assert_eq!(shown(Some("Europe/Berlin"), "2024-10-27T02:30:00"), "2024-10-27T02:30:00+02:00");
        assert_eq!(shown(Some("Europe/Berlin"), "2024-03-31T02:30:00"), "2024-03-31T02:30:00+01:00");
    }

    #[test]
    fn times_with_an_offset_are_moved_to_the_shops_clock() {
        let read = |zone: Option<&str>, text| Zone::of(zone).read(text);
        let noon = Ok(seconds("2024-07-01T12:00:00"));
        for text in ["2024-07-01T12:00:00", "2024-07-01T10:00:00Z", "2024-07-01T10:00:00.000Z"] {
            assert_eq!(read(Some("Europe/Berlin"), text), noon, "{text}");
        }
        assert_eq!(read(Some("+02:00"), "2024-07-01T06:00:00-04:00"), noon);
        assert_eq!(read(None, "2024-07-01T12:00:00"), noon);
        assert!(read(None, "2024-07-01T12:00:00Z").unwrap_err().contains("not known"));
        for text in [
            "",
            "2024-07-01",
            "2024-07-01 12:00:00",
            "2024-7-1T12:00:00",
            "2024-02-30T00:00:00",
            "2024-07-01T24:00:00",
            "2024-07-01T12:00:60",
            "2024-07-01T12:00:00+25:00",
            "2024-07-01T12:00",
        ] {
            assert!(read(Some("UTC"), text).is_err(), "{text}");
        }
    }
}
