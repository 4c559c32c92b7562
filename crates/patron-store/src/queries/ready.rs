//! The twenty ready-made queries: what each asks for, answers and means.

mod given;
mod list;
mod run;

use patron_domain::{Day, Money, Month};

use crate::StoreError;

pub use given::ReadyGiven;
pub(crate) use run::read;

/// A question the database answers with one documented statement.
///
/// Revenue is the net value of sale and return lines; services (postage, fees, tips and the like) are left out. An
/// order is an invoice with a sale line; it counts once, on the day, in the country and for the customer of its first
/// sale line.
///
/// ```
/// use patron_store::ReadyQuery;
///
/// let query = ReadyQuery::named("transactions-per-month")?;
/// assert_eq!((query.number, query.columns[0].key), (5, "month"));
/// assert_eq!(ReadyQuery::all().len(), 20);
/// # Ok::<(), patron_store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct ReadyQuery {
    /// Its number, 1 to 20.
    pub number: u8,
    /// Its name, in lower case with hyphens: `customers-in-month`.
    pub name: &'static str,
    /// What it answers, in a sentence.
    pub meaning: &'static str,
    /// What exactly counts, in Markdown; empty where there is nothing to add.
    pub notes: &'static str,
    /// What it asks for.
    pub parameters: &'static [ReadyParameter],
    /// What its rows hold, from left to right.
    pub columns: &'static [ReadyColumn],
    /// The order of its rows.
    pub order: &'static str,
    /// The view that shows the same for every value of the parameters, with money in currency units.
    pub view: &'static str,
    /// The statement; parameters are `$1`, `$2` …, a month and a year being two: their first and last day, as days
    /// since 1970-01-01. Money and prices are in ten-thousandths.
    pub sql: &'static str,
}

impl ReadyQuery {
    /// All twenty, by number.
    pub fn all() -> &'static [Self] {
        &list::ALL
    }

    /// The query of that name or number.
    ///
    /// # Errors
    /// [`StoreError::UnknownQuery`] with the names that come nearest.
    pub fn named(name: &str) -> Result<&'static Self, StoreError> {
        let found = Self::all().iter().find(|query| query.name == name || query.number.to_string() == name);
        let unknown = || StoreError::UnknownQuery { name: name.to_owned(), nearest: nearest(name) };
        found.ok_or_else(unknown)
    }
}

/// Something a query asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyParameter {
    /// What it is.
    pub kind: ReadyParameterKind,
    /// Whether it may be left out.
    pub need: ReadyNeed,
}

/// Whether a parameter may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyNeed {
    /// It may not.
    Required,
    /// Without it the query answers for all values of it.
    Optional,
    /// Without it this number counts.
    Default(u32),
}

/// What a query may ask for; each query asks for each of them at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyParameterKind {
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
    /// A price of a unit.
    Price,
    /// How many.
    Count,
    /// A customer, by the id the shop writes.
    Customer,
    /// A country, by name.
    Country,
    /// A payment method, as the shop calls it, without regard to case and outer blanks; `unknown` for orders
    /// without one.
    Method,
}

impl ReadyParameterKind {
    /// The word it goes by: `month`, `year`, `price`, `n`, `customer`, `country`, `method`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Price => "price",
            Self::Count => "n",
            Self::Customer => "customer",
            Self::Country => "country",
            Self::Method => "method",
        }
    }

    /// A value it may have.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Month => "2011-11",
            Self::Year => "2011",
            Self::Price => "9.99",
            Self::Count => "100",
            Self::Customer => "12346",
            Self::Country => "France",
            Self::Method => "card",
        }
    }
}

/// A column of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyColumn {
    /// Name for machines, in snake case.
    pub key: &'static str,
    /// What its cells are.
    pub kind: ReadyKind,
    /// What it is counted in; empty for words and days, and for money, which is in the shop's currency.
    pub unit: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
}

/// What the cells of a column are; any of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyKind {
    /// Words.
    Text,
    /// A whole number.
    Integer,
    /// An exact amount.
    Money,
    /// A calendar day.
    Day,
    /// A calendar month.
    Month,
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadyCell {
    /// Nothing is known.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact amount.
    Money(Money),
    /// A calendar day.
    Day(Day),
    /// A calendar month.
    Month(Month),
}

/// What a query answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadyAnswer {
    /// A cell for each of [`ReadyQuery::columns`] in every row, in [`ReadyQuery::order`].
    pub rows: Vec<Vec<ReadyCell>>,
    /// Number of rows there are, whatever the limit.
    pub total: u64,
}

/// At most three names that share a word with `name`, or differ from it in few letters; the best first.
fn nearest(name: &str) -> Vec<&'static str> {
    let name = name.trim().to_lowercase().replace(['_', ' '], "-");
    let mut scored: Vec<(usize, usize, &'static str)> = ReadyQuery::all()
        .iter()
        .map(|query| (usize::MAX - shared_words(&name, query.name), distance(&name, query.name), query.name))
        .filter(|(missing, letters, _)| *missing < usize::MAX || *letters <= 1 + name.len() / 3)
        .collect();
    scored.sort_unstable();
    scored.into_iter().take(3).map(|(_, _, name)| name).collect()
}

/// How many words of `asked` begin like a word of `name`, or the other way round.
fn shared_words(asked: &str, name: &str) -> usize {
    const SHORTEST: usize = 4;
    let like = |a: &str, b: &str| a.len().min(b.len()) >= SHORTEST && (a.starts_with(b) || b.starts_with(a));
    asked.split('-').filter(|word| name.split('-').any(|other| like(word, other))).count()
}

/// The least number of letters to insert, remove or exchange (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (done, letter) in (1..).zip(from.chars()) {
        let mut diagonal = std::mem::replace(&mut row[0], done);
        for (place, other) in (1..).zip(to.chars()) {
            let exchanged = diagonal + usize::from(letter != other);
            diagonal = row[place];
            row[place] = exchanged.min(diagonal + 1).min(row[place - 1] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_what_it_resembles() {
        assert_eq!(nearest("revenue-per-quater")[0], "revenue-per-quarter");
        assert_eq!(nearest("Top_Customer")[0], "top-customers");
        assert_eq!(nearest("never-sold")[0], "products-never-sold");
        assert_eq!(nearest("xyz"), [""; 0]);
        assert_eq!(nearest("customers").len(), 3);
    }

    #[test]
    fn distances_are_levenshteins() {
        for (from, to, letters) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(from, to), letters);
        }
    }
}
