//! The cells of a line as texts, ids, days, amounts and answers.

use patron_domain::{Day, Money, Month};

use super::SideError;
use super::error::Place;
use super::headings::SideField;
use super::table::Table;
use crate::dates;
use crate::line::{is_nothing, whole_id};
use crate::numbers::{self, NumberError};
use crate::rows::{Row, trimmed};

/// One line of a table.
#[derive(Clone, Copy)]
pub(super) struct Line<'a, F> {
    table: &'a Table<F>,
    row: Row<'a>,
}

impl<F: SideField> Table<F> {
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_, F>> {
        self.rows().map(|row| Line { table: self, row })
    }

    pub(super) fn line(&self, index: usize) -> Line<'_, F> {
        Line { table: self, row: self.row(index) }
    }
}

impl<'a, F: SideField> Line<'a, F> {
    /// Its number in the file.
    pub(super) fn number(self) -> u64 {
        self.row.line
    }

    /// What stands there, without blanks around it; empty where nothing does.
    pub(super) fn raw(self, field: F) -> &'a str {
        let Some(place) = self.table.columns.place(field) else { return "" };
        std::str::from_utf8(trimmed(self.row.field(place))).unwrap_or_default()
    }

    /// A text that may be any word, even `Null` (a family name).
    pub(super) fn name(self, field: F) -> Option<String> {
        Some(self.raw(field)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A text, unless it is one of the ways in which programs write "no value".
    pub(super) fn text(self, field: F) -> Option<&'a str> {
        Some(self.raw(field)).filter(|text| !is_nothing(text.as_bytes()))
    }

    pub(super) fn owned(self, field: F) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// An id, telephone number or postal code: digits that a program wrote as a number or marked as text
    /// (`17850.0`, `'17850`) are digits.
    pub(super) fn id(self, field: F) -> Option<String> {
        let text = self.text(field)?;
        let digits = text.strip_prefix('\'').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        let text = digits.unwrap_or(text);
        let whole = std::str::from_utf8(whole_id(text.as_bytes())).unwrap_or(text);
        Some(whole).filter(|id| !id.is_empty()).map(str::to_owned)
    }

    pub(super) fn place(self, field: F) -> Place {
        Place { file: self.table.file.clone(), line: self.number(), column: self.table.heading(field) }
    }

    /// # Errors
    /// A text that is no day between 1900 and 2200.
    pub(super) fn day(self, field: F) -> Result<Option<Day>, SideError> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let day = self.day_of(text);
        day.map(Some).ok_or_else(|| SideError::NoDate { at: self.place(field), value: text.to_owned() })
    }

    /// A month, written as such or as a date in it.
    ///
    /// # Errors
    /// A text that is no month between 1900 and 2200.
    pub(super) fn month(self, field: F) -> Result<Option<Month>, SideError> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let month = month_alone(text).or_else(|| self.day_of(text).map(Day::month));
        month.map(Some).ok_or_else(|| SideError::NoMonth { at: self.place(field), value: text.to_owned() })
    }

    fn day_of(self, text: &str) -> Option<Day> {
        let bytes = text.as_bytes();
        let read = dates::parse(bytes).and_then(|date| date.under(self.table.order));
        let serial = || self.table.serial_dates.then(|| dates::from_serial(bytes)).flatten();
        read.or_else(serial).map(Day::of)
    }

    /// An amount of money that is not below 0; `remedy` says what to write instead of a percentage.
    ///
    /// # Errors
    /// A percentage, a negative amount, or no number.
    pub(super) fn amount(self, field: F, remedy: &'static str) -> Result<Option<Money>, SideError> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let (at, value) = (self.place(field), text.to_owned());
        if is_percentage(text) {
            return Err(SideError::Percentage { at, value, remedy });
        }
        match numbers::parse(text.as_bytes(), self.table.mark).map(Money::from_ten_thousandths) {
            Ok(amount) if amount < Money::ZERO => Err(SideError::Negative { at, value }),
            Ok(amount) => Ok(Some(amount)),
            Err(NumberError::NotANumber) => Err(SideError::NoAmount { at, value }),
            Err(NumberError::TooLarge) => Err(SideError::AmountTooLarge { at, value }),
        }
    }

    /// # Errors
    /// A text that is neither yes nor no.
    pub(super) fn truth(self, field: F) -> Result<Option<bool>, SideError> {
        const YES: [&str; 6] = ["yes", "y", "true", "t", "1", "subscribed"];
        const NO: [&str; 8] =
            ["no", "n", "false", "f", "0", "unsubscribed", "not subscribed", "not_subscribed"];
        let Some(text) = self.id(field) else { return Ok(None) };
        let said = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match (said(&YES), said(&NO)) {
            (true, _) => Ok(Some(true)),
            (_, true) => Ok(Some(false)),
            _ => Err(SideError::NoTruth { at: self.place(field), value: text }),
        }
    }
}

/// `40%`, `% 40`, `40 percent`.
pub(super) fn is_percentage(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    text.contains(['%', '\u{ff05}']) || lower.ends_with("percent") || lower.ends_with("pct")
}

/// `2011-11`, `11/2011`, `201111`, `Nov 2011`, `November-11`.
fn month_alone(text: &str) -> Option<Month> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (first, last) = match text.split_once(['-', '/', '.', ' ']) {
        Some((first, last)) => (first.trim(), last.trim()),
        None if text.len() == 6 && digits(text) => text.split_at(4),
        None => return None,
    };
    let (year, month) = match (digits(first), digits(last)) {
        (true, true) if first.len() == 4 => (first, last.parse().ok()?),
        (true, true) if last.len() == 4 => (last, first.parse().ok()?),
        (false, true) => (last, month_named(first)?),
        (true, false) => (first, month_named(last)?),
        _ => return None,
    };
    let number: i32 = year.parse().ok()?;
    let year = match year.len() {
        2 if number < 70 => 2000 + number,
        2 => 1900 + number,
        _ => number,
    };
    let valid = (1900..=2200).contains(&year) && (1..=12).contains(&month);
    valid.then(|| Month::from_number(year * 12 + month - 1))
}

fn month_named(word: &str) -> Option<i32> {
    let word = word.trim_end_matches(['.', ',']);
    let word = if word.eq_ignore_ascii_case("sept") { "sep" } else { word };
    word.parse::<chrono::Month>().ok().map(|month| month.number_from_month() as i32)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2011-11", "2011-11")]
    #[case("2011/1", "2011-01")]
    #[case("11/2011", "2011-11")]
    #[case("11.2011", "2011-11")]
    #[case("201111", "2011-11")]
    #[case("Nov 2011", "2011-11")]
    #[case("november-11", "2011-11")]
    #[case("Sept. 99", "1999-09")]
    #[case("2011 Nov", "2011-11")]
    fn months_are_read_however_they_are_written(#[case] text: &str, #[case] month: &str) {
        assert_eq!(month_alone(text).map(|month| month.to_string()).as_deref(), Some(month));
    }

    #[rstest]
    #[case("2011-13")]
    #[case("2011-00")]
    #[case("2011")]
    #[case("1811-11")]
    #[case("11-11")]
    #[case("Nov")]
    #[case("-")]
    #[case("")]
    #[case("2011-11-01")]
    fn what_is_no_month_alone_is_none(#[case] text: &str) {
        assert_eq!(month_alone(text), None);
    }
}
