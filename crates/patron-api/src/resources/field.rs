//! The fields of a row: their names, kinds and meaning, told once for answers, bodies and the description.

use patron_domain::{Day, Money, Timestamp};

/// A field of a row as clients see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its name in JSON.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) role: Role,
    /// Whether it tells who a person is: absent for callers without the scope `personal`.
    pub(crate) personal: bool,
    pub(crate) meaning: &'static str,
    /// As JSON.
    pub(crate) example: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The number of a row.
    Id,
    /// A whole number.
    Number,
    /// The shop's own word for a row: 1 to 200 characters.
    Word,
    /// A text of up to 2,000 characters.
    Text,
    /// An e-mail address.
    Email,
    /// Yes or no.
    Flag,
    /// Money of either sign.
    Amount,
    /// Money that is not negative.
    Price,
    /// A day.
    Day,
    /// A time on the shop's clock.
    Time,
    /// `sale`, `return` or `service`.
    Line,
}

/// Who says what a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The service: always there.
    Given,
    /// The service: may be null.
    GivenIfKnown,
    /// The client, who must.
    Needed,
    /// The client, who must say this or the next one of the row, and not both.
    OneOf,
    /// The client; the service fills it where it is left out, so that it is never null.
    Filled,
    /// The client, or nobody: may be null.
    Free,
    /// The client, about the request and not about the row: never in an answer.
    Asked,
}

impl Field {
    pub(crate) const fn new(
        name: &'static str,
        kind: Kind,
        role: Role,
        meaning: &'static str,
        example: &'static str,
    ) -> Self {
        Self { name, kind, role, personal: false, meaning, example }
    }

    pub(crate) const fn personal(self) -> Self {
        Self { personal: true, ..self }
    }

    /// Whether answers have it.
    pub(crate) const fn is_shown(&self) -> bool {
        !matches!(self.role, Role::Asked)
    }

    /// Whether bodies may have it.
    pub(crate) const fn is_written(&self) -> bool {
        !matches!(self.role, Role::Given | Role::GivenIfKnown)
    }

    /// Whether it may be null.
    pub(crate) const fn is_nullable(&self) -> bool {
        matches!(self.role, Role::GivenIfKnown | Role::Free)
    }
}

/// What a field of one row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    /// A word that tells who a person is where it is an e-mail address.
    Named(&'a str),
    Number(i64),
    Flag(bool),
    Money(Money),
    Day(Day),
    Time(Timestamp),
}

impl<'a> Cell<'a> {
    pub(crate) fn text(text: Option<&'a String>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text))
    }

    pub(crate) fn named(word: Option<&'a str>) -> Self {
        word.map_or(Self::Null, Self::Named)
    }

    pub(crate) fn money(money: Option<Money>) -> Self {
        money.map_or(Self::Null, Self::Money)
    }

    pub(crate) fn day(day: Option<Day>) -> Self {
        day.map_or(Self::Null, Self::Day)
    }

    pub(crate) fn id(id: Option<impl Into<i64>>) -> Self {
        id.map_or(Self::Null, |id| Self::Number(id.into()))
    }
}

/// Whether one of the shop's own words tells who a person is, being an e-mail address. The number of an order that
/// was made from customer and day is read without the day.
pub(crate) fn names_a_person(word: &str) -> bool {
    let made_of = word.rsplit_once('@').filter(|(_, day)| super::values::day(day).is_ok());
    made_of.map_or(word, |(customer, _)| customer).contains('@')
}
