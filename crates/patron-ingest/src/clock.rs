//! The shop's clock: which wall clock the times of a file are moved to.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeZone as _};
use patron_domain::Timestamp;

/// The time zone of a shop: a place, whose offset follows its summer time, or a fixed offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(Zone);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Zone {
    Place(chrono_tz::Tz),
    /// Seconds ahead of UTC.
    Offset(i32),
}

/// A text that is no time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is no time zone; write the place that sets the shop's clock, such as Europe/Berlin or America/New_York, \
     or an offset from UTC such as +02:00"
)]
pub struct UnknownTimeZone {
    text: String,
}

impl TimeZone {
    /// What the clock of this zone shows when UTC shows `utc`; seconds since 1970-01-01 00:00 of either clock.
    pub(crate) fn wall_clock(self, utc: i64) -> Timestamp {
        match self.0 {
            Zone::Offset(seconds) => utc.saturating_add(i64::from(seconds)),
            Zone::Place(place) => DateTime::from_timestamp(utc, 0).map_or(utc, |moment| {
                place.from_utc_datetime(&moment.naive_utc()).naive_local().and_utc().timestamp()
            }),
        }
    }
}

impl FromStr for TimeZone {
    type Err = UnknownTimeZone;

    /// An IANA name in any case (`Europe/Berlin`, `UTC`), or an offset (`+02:00`, `-0330`, `+2`) of less than a day.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(seconds) = offset_seconds(text) {
            return Ok(Self(Zone::Offset(seconds)));
        }
        let place = chrono_tz::TZ_VARIANTS.iter().find(|place| place.name().eq_ignore_ascii_case(text));
        let place = place.ok_or_else(|| UnknownTimeZone { text: text.to_owned() })?;
        Ok(Self(Zone::Place(*place)))
    }
}

impl fmt::Display for TimeZone {
    /// The text that is stored and typed: what [`FromStr`] reads as the same zone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Zone::Place(place) => f.write_str(place.name()),
            Zone::Offset(seconds) => f.write_str(&offset_text(seconds, '-')),
        }
    }
}

/// `+02:00`, `-0330`, `+2` in seconds ahead of UTC.
pub(crate) fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 1 | 2) => (digits, "0"),
        (None, 4) => digits.split_at_checked(2)?,
        (None, _) => return None,
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (hours, minutes): (i32, i32) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn offset_text(seconds: i32, minus: char) -> String {
    let (sign, minutes) = (if seconds < 0 { minus } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What was seen of the offsets behind the times of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SeenOffsets {
    offsets: Vec<i32>,
    without: bool,
    others: bool,
}

impl SeenOffsets {
    /// Offsets that are named one by one.
    const NAMED: usize = 4;

    pub(crate) fn note(&mut self, offset: Option<i32>) {
        match offset {
            None => self.without = true,
            Some(offset) if self.offsets.contains(&offset) => {}
            Some(_) if self.offsets.len() == Self::NAMED => self.others = true,
            Some(offset) => self.offsets.push(offset),
        }
    }

    /// The same, where times without an offset have this one after all.
    pub(crate) fn with_usual(mut self, usual: Option<i32>) -> Self {
        if self.without && usual.is_some() {
            self.without = false;
            self.note(usual);
        }
        self
    }

    /// How times came to the shop's clock, in words.
    pub(crate) fn words(&self, zone: Option<TimeZone>) -> String {
        let mut sorted = self.offsets.clone();
        sorted.sort_unstable();
        let typeset = |offset| offset_text(offset, '\u{2212}');
        let mut named: Vec<String> = sorted.into_iter().map(typeset).collect();
        if self.others {
            named.push("others".to_owned());
        }
        let last = named.pop();
        let offsets = match (&last, named.is_empty()) {
            (None, _) => None,
            (Some(only), true) => Some(format!("the file's offset is {only}")),
            (Some(last), false) => Some(format!("the file's offsets are {} and {last}", named.join(", "))),
        };
        match (zone, offsets) {
            (None, None) => "as written".to_owned(),
            (None, Some(offsets)) => format!("as written; {offsets}"),
            (Some(zone), None) => {
                format!("as written; no time has an offset from which to move it to {zone}")
            }
            (Some(zone), Some(_)) if self.without => {
                format!("moved from their offsets to {zone}; those without an offset as written")
            }
            (Some(zone), Some(_)) => format!("moved from their offsets to {zone}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(zone: &str, utc: i64) -> String {
        let clock = zone.parse::<TimeZone>().unwrap().wall_clock(utc);
        DateTime::from_timestamp(clock, 0).unwrap().format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_place_follows_its_summer_time_and_an_offset_does_not() {
        let (winter, summer) = (1_704_103_200, 1_719_828_000); // 2024-01-01 10:00 and 2024-07-01 10:00 UTC
        assert_eq!(shown("Europe/Berlin", winter), "2024-01-01 11:00");
        assert_eq!(shown("europe/berlin", summer), "2024-07-01 12:00");
        assert_eq!(shown("+01:00", summer), "2024-07-01 11:00");
        assert_eq!(shown("-0330", winter), "2024-01-01 06:30");
        assert_eq!(shown("UTC", winter), "2024-01-01 10:00");
    }

    #[test]
    fn other_texts_are_no_zone_and_are_told_the_way_out() {
        for text in ["", "Berlin", "+25:00", "+1:99", "CE+T", "+"] {
            let error = text.parse::<TimeZone>().unwrap_err().to_string();
            assert!(error.contains("Europe/Berlin") && error.contains("+02:00"), "{error}");
        }
    }

    #[test]
    fn every_zone_is_read_again_as_it_is_written() {
        let places = chrono_tz::TZ_VARIANTS.iter().map(|place| TimeZone(Zone::Place(*place)));
        let minutes = -(23 * 60 + 59)..=23 * 60 + 59;
        let offsets = minutes.map(|minutes| TimeZone(Zone::Offset(minutes * 60)));
        for zone in places.chain(offsets) {
            assert_eq!(zone.to_string().parse().as_ref(), Ok(&zone), "{zone}");
        }
        assert_eq!("-0330".parse::<TimeZone>().unwrap().to_string(), "-03:30");
        assert_eq!("\u{2212}03:30".parse::<TimeZone>().unwrap().to_string(), "-03:30", "as stored before");
    }

    #[test]
    fn what_happened_to_times_is_said_in_words() {
        let seen = |offsets: &[Option<i32>]| {
            let mut seen = SeenOffsets::default();
            offsets.iter().for_each(|&offset| seen.note(offset));
            seen
        };
        let berlin = "Europe/Berlin".parse().ok();
        let york = seen(&[Some(-14_400), Some(-18_000), Some(-14_400)]);
        let expected = "as written; the file's offsets are \u{2212}05:00 and \u{2212}04:00";
        assert_eq!(york.words(None), expected);
        assert_eq!(york.words(berlin), "moved from their offsets to Europe/Berlin");
        assert_eq!(seen(&[None]).words(None), "as written");
        assert_eq!(seen(&[Some(0)]).words(None), "as written; the file's offset is +00:00");
        let mixed = seen(&[None, Some(0)]).words(berlin);
        assert_eq!(mixed, "moved from their offsets to Europe/Berlin; those without an offset as written");
    }
}
