//! Checks of what is to be written: all that is wrong with a row, told at once.

use patron_domain::{Day, Money, Timestamp};

use crate::error::Outcome;
use crate::{FieldError, MAX_AMOUNT, StoreError};

/// Characters of the shop's own word for a row.
const MAX_KEY: usize = 200;
/// Characters of any other text.
const MAX_TEXT: usize = 2_000;

/// The first and the last day a row may tell of.
fn days() -> (Day, Day) {
    (Day::from_number(-43_829), Day::from_number(2_932_896)) // 1850-01-01, 9999-12-31
}

/// The fields of a row that are wrong so far.
#[derive(Default)]
pub(super) struct Checks {
    fields: Vec<FieldError>,
}

impl Checks {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Notes that a field is wrong.
    pub(super) fn fail(&mut self, field: &'static str, reason: impl Into<String>) {
        self.fields.push(FieldError { field, reason: reason.into() });
    }

    /// The shop's own word for a row, without blanks around it.
    pub(super) fn key(&mut self, field: &'static str, text: &str) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.fail(field, "must not be empty");
        } else if text.chars().count() > MAX_KEY {
            self.fail(field, format!("must not be longer than {MAX_KEY} characters"));
        } else if text.chars().any(char::is_control) {
            self.fail(field, "must not have line breaks or other control characters");
        }
        text.to_owned()
    }

    /// A text without blanks around it, possibly empty.
    pub(super) fn text(&mut self, field: &'static str, text: &str) -> String {
        let text = text.trim();
        if text.chars().count() > MAX_TEXT {
            self.fail(field, format!("must not be longer than {MAX_TEXT} characters"));
        } else if text.contains('\0') {
            self.fail(field, "must not have the character U+0000");
        }
        text.to_owned()
    }

    /// A text without blanks around it; an empty one is none.
    pub(super) fn maybe(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        text.map(|text| self.text(field, text)).filter(|text| !text.is_empty())
    }

    /// An e-mail address in lower case.
    pub(super) fn email(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        let address = self.maybe(field, text)?.to_lowercase();
        let sides = address.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
        if sides.is_none_or(|(_, host)| host.contains('@')) || address.contains(char::is_whitespace) {
            self.fail(field, "is no e-mail address; write it as name@shop.example");
        }
        Some(address)
    }

    pub(super) fn day(&mut self, field: &'static str, day: Option<Day>) -> Option<Day> {
        let (first, last) = days();
        if day.is_some_and(|day| day < first || day > last) {
            self.fail(field, format!("must be between {first} and {last}"));
        }
        day
    }

    pub(super) fn time(&mut self, field: &'static str, time: Timestamp) -> Timestamp {
        self.day(field, Some(Day::of(time)));
        time
    }

    /// Money within [`MAX_AMOUNT`].
    pub(super) fn money(&mut self, field: &'static str, money: Money) -> Money {
        if money > MAX_AMOUNT || money < -MAX_AMOUNT {
            self.fail(field, format!("must be between -{MAX_AMOUNT} and {MAX_AMOUNT}"));
        }
        money
    }

    /// Money from 0 to [`MAX_AMOUNT`].
    pub(super) fn positive(&mut self, field: &'static str, money: Money) -> Money {
        if money < Money::ZERO {
            self.fail(field, "must not be negative");
        }
        self.money(field, money)
    }

    /// The answer, when all fields are checked.
    pub(super) fn finish(self) -> Outcome<()> {
        if self.fields.is_empty() { Ok(()) } else { Err(StoreError::Invalid { fields: self.fields }.into()) }
    }
}
