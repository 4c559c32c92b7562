//! Dates and times as people and programs write them, read as the shop's wall clock shows them.

use chrono::{Datelike, NaiveDate};
use patron_domain::{SECONDS_PER_DAY, Timestamp};

use crate::DateOrder;

/// A point in time whose date may still be open between day-first and month-first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParsedDate {
    pub(crate) date: WrittenDate,
    seconds: i64,
    /// Seconds by which its clock is ahead of UTC, where the text says.
    pub(crate) offset: Option<i32>,
}

/// A date as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrittenDate {
    /// Year in front, or the month by name: no question.
    Known { year: i32, month: u32, day: u32, named: bool },
    /// Three numbers with the year last (or two digits each).
    Numbers { parts: [u32; 3], short_year: bool, points: bool },
}

impl ParsedDate {
    /// Seconds on the wall clock under an order; `None` where that is no date between 1900 and 2200.
    pub(crate) fn under(self, order: DateOrder) -> Option<Timestamp> {
        let date = match (self.date, order) {
            (WrittenDate::Known { year, month, day, .. }, _) => NaiveDate::from_ymd_opt(year, month, day),
            (WrittenDate::Numbers { parts: [day, month, year], short_year, .. }, DateOrder::DayFirst)
            | (WrittenDate::Numbers { parts: [month, day, year], short_year, .. }, DateOrder::MonthFirst) => {
                NaiveDate::from_ymd_opt(full_year(year, short_year), month, day)
            }
            (WrittenDate::Numbers { parts: [year, month, day], short_year, .. }, DateOrder::YearFirst) => {
                short_year.then(|| NaiveDate::from_ymd_opt(full_year(year, true), month, day)).flatten()
            }
        }?;
        let in_range = (1900..=2200).contains(&date.year());
        in_range.then(|| i64::from(date.to_epoch_days()) * SECONDS_PER_DAY + self.seconds)
    }
}

fn full_year(year: u32, short: bool) -> i32 {
    let year = year as i32;
    match short {
        true if year < 70 => 2000 + year,
        true => 1900 + year,
        false => year,
    }
}

/// A date spelled out, so that nobody can read it two ways: `3 April 2011`.
pub(crate) fn spelled(timestamp: Timestamp) -> String {
    patron_domain::Day::of(timestamp).date().format("%-d %B %Y").to_string()
}

/// Reads a date with an optional time, and the offset behind it. `None` for anything else.
pub(crate) fn parse(text: &[u8]) -> Option<ParsedDate> {
    if let Some(date) = iso(text) {
        return Some(date);
    }
    let mut tokens = Tokens { rest: text };
    let (date, (seconds, offset)) = match tokens.next()? {
        Token::Number { value, digits: 8 } => (compact(value), tokens.time()?),
        Token::Number { value, digits: 14 } => {
            (compact(value / 1_000_000), (compact_time(value % 1_000_000)?, None))
        }
        Token::Number { value, digits: 1..=4 } => {
            let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let date = tokens.after_number(value as u32, digits)?;
            (date, tokens.time()?)
        }
        Token::Word(word) => {
            let date = tokens.after_word(word)?;
            (date, tokens.time()?)
        }
        Token::Number { .. } | Token::Mark(_) => return None,
    };
    Some(ParsedDate { date, seconds, offset })
}

/// A date that a sheet shows as a bare number: days since 1899-12-30, for the years 1927 to 2149.
pub(crate) fn from_serial(text: &[u8]) -> Option<Timestamp> {
    const UNIX_EPOCH: f64 = 25_569.0;
    let serial: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    let plausible = (10_000.0..91_000.0).contains(&serial);
    plausible.then(|| ((serial - UNIX_EPOCH) * SECONDS_PER_DAY as f64).round() as Timestamp)
}

/// `2010-12-01`, `2010-12-01 08:26:00`: the fast path.
fn iso(text: &[u8]) -> Option<ParsedDate> {
    let (&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2], rest) = text.split_first_chunk::<10>()? else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let date = WrittenDate::Known { year: year as i32, month: two(m1, m2)?, day: two(d1, d2)?, named: false };
    let seconds = match rest {
        [] => 0,
        &[b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] => {
            clock(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?
        }
        _ => return None,
    };
    Some(ParsedDate { date, seconds, offset: None })
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    // 60: a leap second is the last second of its minute.
    let valid = hour < 24 && minute < 60 && second <= 60;
    valid.then(|| i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second.min(59)))
}

fn compact(number: u64) -> WrittenDate {
    let number = number as u32;
    WrittenDate::Known {
        year: (number / 10_000) as i32,
        month: number / 100 % 100,
        day: number % 100,
        named: false,
    }
}

fn compact_time(number: u64) -> Option<i64> {
    let number = number as u32;
    clock(number / 10_000, number / 100 % 100, number % 100)
}

#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    Number { value: u64, digits: usize },
    Word(&'a [u8]),
    Mark(u8),
}

#[derive(Clone, Copy)]
struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let (&first, _) = self.rest.split_first()?;
        let length = |same: fn(&u8) -> bool| self.rest.iter().take_while(|byte| same(byte)).count();
        let (token, used) = if first.is_ascii_digit() {
            let digits = length(u8::is_ascii_digit);
            let number = self.rest[..digits].iter().take(18);
            let value = number.fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
            (Token::Number { value, digits }, digits)
        } else if first.is_ascii_alphabetic() {
            let letters = length(u8::is_ascii_alphabetic);
            (Token::Word(&self.rest[..letters]), letters)
        } else {
            (Token::Mark(first), 1)
        };
        self.rest = &self.rest[used..];
        Some(token)
    }
}

impl Tokens<'_> {
    /// The rest of a date that began with a number.
    fn after_number(&mut self, first: u32, digits: usize) -> Option<WrittenDate> {
        let Token::Mark(separator) = self.next()? else { return None };
        if !matches!(separator, b'-' | b'/' | b'.' | b' ') {
            return None;
        }
        match self.next_but_blanks()? {
            Token::Word(word) => {
                let month = month(word)?;
                let (year, year_digits) = self.number_after_mark()?;
                known(year, year_digits, month, first)
            }
            Token::Number { value: second, digits: 1..=2 } => {
                let Token::Mark(again) = self.next()? else { return None };
                let Token::Number { value: third, digits: third_digits } = self.next()? else { return None };
                if again != separator || separator == b' ' {
                    return None;
                }
                let (second, third) = (u32::try_from(second).ok()?, u32::try_from(third).ok()?);
                match (digits, third_digits) {
                    (4, 1..=2) => Some(WrittenDate::Known {
                        year: first as i32,
                        month: second,
                        day: third,
                        named: false,
                    }),
                    (1..=2, 2 | 4) => Some(WrittenDate::Numbers {
                        parts: [first, second, third],
                        short_year: third_digits == 2,
                        points: separator == b'.',
                    }),
                    _ => None,
                }
            }
            Token::Number { .. } | Token::Mark(_) => None,
        }
    }

    /// The rest of a date that began with a word: `Dec 1, 2010`, `Wed, 1 Dec 2010`.
    fn after_word(&mut self, word: &[u8]) -> Option<WrittenDate> {
        let Some(month) = month(word) else {
            weekday(word).then_some(())?;
            let (first, digits) = self.number_after_mark()?;
            return self.after_number(first, digits);
        };
        let (day, _) = self.number_after_mark()?;
        let (year, digits) = self.number_after_mark()?;
        known(year, digits, month, day)
    }

    fn next_but_blanks(&mut self) -> Option<Token<'static>>
    where
        Self: Sized,
    {
        loop {
            match self.next()? {
                Token::Mark(b' ') => {}
                Token::Number { value, digits } => return Some(Token::Number { value, digits }),
                Token::Mark(mark) => return Some(Token::Mark(mark)),
                Token::Word(word) => return month_word(word).map(Token::Word),
            }
        }
    }

    /// A number behind at most two marks (`, ` or `-` or ` `).
    fn number_after_mark(&mut self) -> Option<(u32, usize)> {
        for _ in 0..3 {
            match self.next()? {
                Token::Mark(b' ' | b',' | b'-' | b'/' | b'.') => {}
                Token::Number { value, digits } => return Some((u32::try_from(value).ok()?, digits)),
                Token::Mark(_) | Token::Word(_) => return None,
            }
        }
        None
    }

    /// Seconds of the day and the offset from what is left: nothing, or `[T ]hh:mm[:ss[.fff]] [AM|PM] [zone]`.
    fn time(&mut self) -> Option<(i64, Option<i32>)> {
        let hour = loop {
            match self.next() {
                None => return Some((0, None)),
                Some(Token::Mark(b' ' | b',') | Token::Word(b"T" | b"t" | b"at")) => {}
                Some(Token::Number { value, digits: 1..=2 }) => break value as u32,
                Some(_) => return None,
            }
        };
        let Some(Token::Mark(b':')) = self.next() else { return None };
        let Some(Token::Number { value: minute, digits: 2 }) = self.next() else { return None };
        let mut second = 0;
        if let Some(b':') = self.rest.first() {
            self.next();
            let Some(Token::Number { value, digits: 2 }) = self.next() else { return None };
            second = value as u32;
            if let [b'.' | b',', digit, ..] = self.rest
                && digit.is_ascii_digit()
            {
                self.next();
                self.next();
            }
        }
        let tail = std::str::from_utf8(self.rest).ok()?.trim();
        let (half, zone) = half_of_day(tail);
        let hour = match (half, hour) {
            (None, hour) => hour,
            (Some(Half::Am), 12) => 0,
            (Some(Half::Am), 1..=11) => hour,
            (Some(Half::Pm), 12) => 12,
            (Some(Half::Pm), 1..=11) => hour + 12,
            (Some(_), _) => return None,
        };
        is_zone(zone).then_some(())?;
        Some((clock(hour, minute as u32, second)?, zone_offset(zone)))
    }
}

#[derive(Clone, Copy)]
enum Half {
    Am,
    Pm,
}

fn half_of_day(tail: &str) -> (Option<Half>, &str) {
    for (word, half) in [("AM", Half::Am), ("PM", Half::Pm), ("A.M.", Half::Am), ("P.M.", Half::Pm)] {
        if let (Some(head), Some(rest)) = (tail.get(..word.len()), tail.get(word.len()..))
            && head.eq_ignore_ascii_case(word)
        {
            return (Some(half), rest.trim_start());
        }
    }
    (None, tail)
}

/// The offset that `Z`, `UTC`, `+01:00` or `GMT+1` tell; none for names of places.
fn zone_offset(zone: &str) -> Option<i32> {
    let name = zone.split(['+', '-']).next()?;
    let is_utc = ["", "z", "utc", "gmt"].iter().any(|utc| utc.eq_ignore_ascii_case(name));
    let offset = zone.get(name.len()..)?;
    match (is_utc, zone.is_empty(), offset.is_empty()) {
        (true, false, true) => Some(0),
        (true, false, false) => crate::clock::offset_seconds(offset),
        _ => None,
    }
}

/// `Z`, `UTC`, `+01:00`, `-0500`, `GMT+1`, `Europe/London`: what may stand behind a time.
fn is_zone(text: &str) -> bool {
    let name = text.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_');
    let offset = name.strip_prefix(['+', '-']);
    let digits = offset.map_or(0, |offset| offset.bytes().filter(u8::is_ascii_digit).count());
    let clean = offset.is_none_or(|offset| offset.bytes().all(|byte| byte.is_ascii_digit() || byte == b':'));
    text.len() <= 32 && clean && (name.is_empty() || (1..=4).contains(&digits))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &[u8]) -> Option<u32> {
    let word = std::str::from_utf8(word).ok()?.to_ascii_lowercase();
    let named = |name: &str| {
        word == name || word.len() == 3 && name.starts_with(&word) || word == "sept" && name == "september"
    };
    let index = MONTHS.iter().position(|name| named(name))?;
    Some(index as u32 + 1)
}

/// The full name of the month that `word` means.
fn month_word(word: &[u8]) -> Option<&'static [u8]> {
    month(word).map(|number| MONTHS[number as usize - 1].as_bytes())
}

fn weekday(word: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
    word.get(..3).is_some_and(|start| DAYS.contains(&start.to_ascii_lowercase().as_slice()))
}

fn known(year: u32, digits: usize, month: u32, day: u32) -> Option<WrittenDate> {
    matches!(digits, 2 | 4).then(|| WrittenDate::Known {
        year: full_year(year, digits == 2),
        month,
        day,
        named: true,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::DateOrder::{DayFirst, MonthFirst, YearFirst};

    fn shown(text: &str, order: DateOrder) -> Option<String> {
        let timestamp = parse(text.as_bytes())?.under(order)?;
        let time = chrono::DateTime::from_timestamp(timestamp, 0).unwrap();
        Some(time.format("%Y-%m-%d %H:%M:%S").to_string())
    }

    #[rstest]
    #[case("2010-12-01 08:26:00", DayFirst, "2010-12-01 08:26:00")]
    #[case("2010-12-01", DayFirst, "2010-12-01 00:00:00")]
    #[case("2010-12-01T08:26:00", MonthFirst, "2010-12-01 08:26:00")]
    #[case("2010-12-01T08:26:00.123Z", MonthFirst, "2010-12-01 08:26:00")]
    #[case("2010-12-01T08:26:00+01:00", MonthFirst, "2010-12-01 08:26:00")]
    #[case("2010-12-01 08:26:00 -0500", MonthFirst, "2010-12-01 08:26:00")]
    #[case("2010-12-01 08:26 UTC", MonthFirst, "2010-12-01 08:26:00")]
    #[case("2010/12/1 8:26", DayFirst, "2010-12-01 08:26:00")]
    #[case("2010.12.01", DayFirst, "2010-12-01 00:00:00")]
    #[case("12/1/2010 8:26", MonthFirst, "2010-12-01 08:26:00")]
    #[case("1/12/2010 8:26", DayFirst, "2010-12-01 08:26:00")]
    #[case("12/1/10 8:26", MonthFirst, "2010-12-01 08:26:00")]
    #[case("10-12-01", YearFirst, "2010-12-01 00:00:00")]
    #[case("01.12.2010", DayFirst, "2010-12-01 00:00:00")]
    #[case("01.12.99 23:59", DayFirst, "1999-12-01 23:59:00")]
    #[case("19970101", DayFirst, "1997-01-01 00:00:00")]
    #[case("20101201 08:26", DayFirst, "2010-12-01 08:26:00")]
    #[case("20101201082600", DayFirst, "2010-12-01 08:26:00")]
    #[case("1 Dec 2010", MonthFirst, "2010-12-01 00:00:00")]
    #[case("01-Dec-10", MonthFirst, "2010-12-01 00:00:00")]
    #[case("1 December 2010 08:26", MonthFirst, "2010-12-01 08:26:00")]
    #[case("Dec 1, 2010", DayFirst, "2010-12-01 00:00:00")]
    #[case("Wed, 01 Dec 2010 08:26:00 GMT", DayFirst, "2010-12-01 08:26:00")]
    #[case("12/1/2010 8:26 PM", MonthFirst, "2010-12-01 20:26:00")]
    #[case("12/1/2010 12:26:01 am", MonthFirst, "2010-12-01 00:26:01")]
    fn dates_are_read(#[case] text: &str, #[case] order: DateOrder, #[case] expected: &str) {
        assert_eq!(shown(text, order).as_deref(), Some(expected), "{text}");
    }

    #[rstest]
    #[case("")]
    #[case("2010-13-01")]
    #[case("2010-02-30")]
    #[case("31/12/2010")]
    #[case("2010-12-01 25:00:00")]
    #[case("2010-12-01 08:26:00 tomorrow!")]
    #[case("0000-00-00")]
    #[case("1-2")]
    #[case("1.5")]
    #[case("536365")]
    #[case("1/12-2010")]
    #[case("32 Dec 2010")]
    #[case("1 Dez 2010")]
    #[case("9999-12-31")]
    #[case("2010-12-01 13:00 PM")]
    fn other_texts_are_no_dates(#[case] text: &str) {
        assert_eq!(shown(text, MonthFirst), None, "{text}");
    }

    #[rstest]
    #[case("2010-12-01 08:26:00 -0500", Some(-18_000))]
    #[case("2010-12-01T08:26:00.123Z", Some(0))]
    #[case("2010-12-01 08:26 UTC", Some(0))]
    #[case("2010-12-01T08:26:00+01:00", Some(3_600))]
    #[case("2010-12-01 08:26:00 GMT+1", Some(3_600))]
    #[case("12/1/2010 8:26 PM +0200", Some(7_200))]
    #[case("2010-12-01 08:26:00 Europe/London", None)]
    #[case("2010-12-01 08:26:00", None)]
    #[case("2010-12-01", None)]
    #[case("20101201", None)]
    fn offsets_are_read(#[case] text: &str, #[case] expected: Option<i32>) {
        assert_eq!(parse(text.as_bytes()).unwrap().offset, expected, "{text}");
    }

    #[test]
    fn a_date_is_spelled_out() {
        let date = parse(b"03/04/2011").unwrap();
        assert_eq!(spelled(date.under(DayFirst).unwrap()), "3 April 2011");
        assert_eq!(spelled(date.under(MonthFirst).unwrap()), "4 March 2011");
    }

    #[test]
    fn serial_numbers_of_sheets_are_dates() {
        let expected = parse(b"2010-12-01 08:26:00").unwrap().under(YearFirst);
        assert_eq!(from_serial(b"40513.3513888889"), expected);
        assert_eq!((from_serial(b"17850000"), from_serial(b"x")), (None, None));
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_none(text in "[0-9/:. TAPMZDecJan+-]{0,28}", bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
            for order in [DayFirst, MonthFirst, YearFirst] {
                let _ = parse(text.as_bytes()).and_then(|date| date.under(order));
                let _ = parse(&bytes).and_then(|date| date.under(order));
            }
        }

        #[test]
        fn every_day_survives_every_order(days in 0_i64..80_000) {
            let date = chrono::DateTime::from_timestamp(days * SECONDS_PER_DAY, 0).unwrap();
            for (format, order) in [("%Y-%m-%d", YearFirst), ("%d/%m/%Y", DayFirst), ("%m/%d/%Y", MonthFirst), ("%d %b %Y", DayFirst)] {
                let text = date.format(format).to_string();
                prop_assert_eq!(parse(text.as_bytes()).unwrap().under(order), Some(days * SECONDS_PER_DAY));
            }
        }
    }
}
