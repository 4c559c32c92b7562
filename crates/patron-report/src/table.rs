//! One table, many forms: typed columns over rows, written as CSV, HTML, JSON, Markdown or Parquet.

mod csv;
mod html;
mod json;
mod markdown;
mod parquet;
mod shelf;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use patron_domain::{Day, Money, Month};

use crate::format;

pub use csv::{CsvReader, defused, quoted};
pub use html::TableView;
pub use shelf::{Shelf, ShelvedColumn, ShelvedTable};

/// What a column holds; decides how its cells are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A whole number.
    Integer,
    /// An exact amount in the shop's currency, shown with so many decimals.
    Money {
        /// Decimals shown to people; machines get the exact amount.
        digits: u8,
    },
    /// A number, shown with so many decimals.
    Number {
        /// Decimals shown to people.
        digits: u8,
    },
    /// A fraction of 1, shown as a percentage.
    Share {
        /// Decimals of the percentage.
        digits: u8,
    },
    /// A forecast: a number shown with two significant digits.
    Forecast,
    /// A probability, never shown as 0% or 100%.
    Chance,
    /// A calendar day.
    Day,
    /// A calendar month.
    Month,
    /// Yes or no.
    YesNo,
}

impl Kind {
    /// The kind's name in JSON and in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Money { .. } => "money",
            Self::Number { .. } => "number",
            Self::Share { .. } => "share",
            Self::Forecast => "forecast",
            Self::Chance => "probability",
            Self::Day => "day",
            Self::Month => "month",
            Self::YesNo => "yes/no",
        }
    }

    /// Whether the cells are numbers, and so stand on the right.
    pub const fn is_numeric(self) -> bool {
        !matches!(self, Self::Text | Self::Day | Self::Month | Self::YesNo)
    }
}

/// One value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact amount.
    Money(Money),
    /// A number or a fraction; one that is not finite counts as empty.
    Number(f64),
    /// A calendar day.
    Day(Day),
    /// A calendar month.
    Month(Month),
    /// Yes or no.
    YesNo(bool),
}

macro_rules! cell_from {
    ($($from:ty => |$value:ident| $cell:expr;)*) => {$(
        impl From<$from> for Cell {
            fn from($value: $from) -> Self {
                $cell
            }
        }
    )*};
}

cell_from! {
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    &String => |value| Self::Text(value.clone());
    i64 => |value| Self::Integer(value);
    i32 => |value| Self::Integer(i64::from(value));
    u32 => |value| Self::Integer(i64::from(value));
    u64 => |value| Self::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    usize => |value| Self::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    u8 => |value| Self::Integer(i64::from(value));
    f64 => |value| if value.is_finite() { Self::Number(value) } else { Self::Empty };
    Money => |value| Self::Money(value);
    Day => |value| Self::Day(value);
    Month => |value| Self::Month(value);
    bool => |value| Self::YesNo(value);
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl Cell {
    /// The cell as a person reads it, under a column of `kind`; empty where nothing is known.
    pub fn shown(&self, kind: Kind) -> String {
        match (self, kind) {
            (Self::Empty, _) => String::new(),
            (Self::Text(text), _) => text.clone(),
            (Self::Integer(number), _) => format::count(*number),
            (Self::Money(amount), Kind::Money { digits: 4 }) => format::exact_money(*amount),
            (Self::Money(amount), Kind::Money { digits }) => format::exact_decimal(*amount, digits),
            (Self::Money(amount), _) => format::exact_money(*amount),
            (Self::Number(number), Kind::Forecast) => format::two_digits(*number),
            (Self::Number(number), Kind::Chance) => format::chance(*number),
            (Self::Number(number), Kind::Share { digits }) => format::share(*number, digits),
            (Self::Number(number), Kind::Number { digits } | Kind::Money { digits }) => {
                format::decimal(*number, digits)
            }
            (Self::Number(number), _) => format::decimal(*number, 2),
            (Self::Day(day), _) => format::day(*day),
            (Self::Month(month), _) => format::month(*month),
            (Self::YesNo(true), _) => "yes".to_owned(),
            (Self::YesNo(false), _) => "no".to_owned(),
        }
    }

    /// The cell as a machine reads it: plain digits, a point, dates as `2011-12-09`, months as `2011-12`.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Money(amount) => Cow::Owned(amount.to_string()),
            Self::Number(number) => Cow::Owned(plain_number(*number)),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::Month(month) => Cow::Owned(month.to_string()),
            Self::YesNo(true) => Cow::Borrowed("yes"),
            Self::YesNo(false) => Cow::Borrowed("no"),
        }
    }
}

/// Six decimals without trailing zeros; below a millionth, in scientific notation.
fn plain_number(number: f64) -> String {
    if number != 0.0 && number.abs() < 1e-6 {
        return format!("{number:.3e}");
    }
    let text = format!("{number:.6}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

type CellOf<'a> = Box<dyn Fn(usize) -> Cell + Send + Sync + 'a>;

/// A column: what it is called, what it means, and how a row's value is had.
pub struct Column<'a> {
    /// Name for machines, in snake case: `repeat_customers`.
    pub key: Cow<'static, str>,
    /// Name for people: `Repeat customers`.
    pub heading: Cow<'static, str>,
    /// What the value is, in a sentence.
    pub meaning: Cow<'static, str>,
    /// What it is counted in: `customers`, `GBP`, `days`, `fraction`; empty for words.
    pub unit: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether its words are figures (`37%`, `300 to 1,100`), and so stand on the right as numbers do.
    pub figures: bool,
    value: CellOf<'a>,
}

impl fmt::Debug for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column").field("key", &self.key).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Column<'_> {
    /// The value of a row, counted from 0.
    pub fn cell(&self, row: usize) -> Cell {
        (self.value)(row)
    }
}

/// Typed columns over rows. The cells are computed as they are written: a table over a million customers costs
/// nothing but the customers.
///
/// ```
/// use patron_report::{CsvReader, Table};
///
/// let months = [("2011-10", 2040_u64), ("2011-11", 2884)];
/// let table = Table::over(&months)
///     .text("month", "Calendar month.", |month| month.0)
///     .integer("orders", "orders", "Invoices with a sale line.", |month| month.1)
///     .finish();
/// assert_eq!(table.to_csv(CsvReader::Machine), "month,orders\n2011-10,2040\n2011-11,2884\n");
/// ```
#[derive(Debug)]
pub struct Table<'a> {
    rows: usize,
    columns: Vec<Column<'a>>,
}

impl<'a> Table<'a> {
    /// Starts a table over borrowed rows.
    pub fn over<T: Send + Sync>(rows: &'a [T]) -> TableBuilder<'a, T> {
        TableBuilder { rows: Arc::new(Rows::Borrowed(rows)), columns: Vec::new() }
    }

    /// Starts a table over rows of its own.
    pub fn of<T: Send + Sync + 'a>(rows: Vec<T>) -> TableBuilder<'a, T> {
        TableBuilder { rows: Arc::new(Rows::Owned(rows)), columns: Vec::new() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, from left to right.
    pub fn columns(&self) -> &[Column<'a>] {
        &self.columns
    }

    /// Without the columns of these keys.
    #[must_use]
    pub fn without(mut self, keys: &[&str]) -> Self {
        self.columns.retain(|column| !keys.contains(&column.key.as_ref()));
        self
    }

    /// The first `rows` rows only.
    #[must_use]
    pub fn head(mut self, rows: usize) -> Self {
        self.rows = self.rows.min(rows);
        self
    }
}

#[derive(Debug)]
enum Rows<'a, T> {
    Borrowed(&'a [T]),
    Owned(Vec<T>),
}

impl<T> Rows<'_, T> {
    fn all(&self) -> &[T] {
        match self {
            Self::Borrowed(rows) => rows,
            Self::Owned(rows) => rows,
        }
    }
}

/// Adds columns to a table, from left to right.
#[derive(Debug)]
pub struct TableBuilder<'a, T> {
    rows: Arc<Rows<'a, T>>,
    columns: Vec<Column<'a>>,
}

type Words = Cow<'static, str>;

impl<'a, T: Send + Sync + 'a> TableBuilder<'a, T> {
    /// Adds a column of any kind.
    #[must_use]
    pub fn column<V: Into<Cell>>(
        mut self,
        kind: Kind,
        key: impl Into<Words>,
        unit: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        let rows = Arc::clone(&self.rows);
        let key = key.into();
        self.columns.push(Column {
            heading: Cow::Owned(heading_of(&key)),
            key,
            meaning: meaning.into(),
            unit: unit.into(),
            kind,
            figures: false,
            value: Box::new(move |row| rows.all().get(row).map_or(Cell::Empty, |row| value(row).into())),
        });
        self
    }

    /// Words.
    #[must_use]
    pub fn text(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> &str + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Text, key, "", meaning, move |row| value(row).to_owned())
    }

    /// Words where there are any.
    #[must_use]
    pub fn text_if(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> Option<&str> + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Text, key, "", meaning, move |row| value(row).map(str::to_owned))
    }

    /// Figures put into words from the row: `37%`, `300 to 1,100`, `too few to say`.
    #[must_use]
    pub fn figures(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> String + Send + Sync + 'a,
    ) -> Self {
        let mut with = self.composed(key, meaning, value);
        if let Some(column) = with.columns.last_mut() {
            column.figures = true;
        }
        with
    }

    /// Words put together from the row.
    #[must_use]
    pub fn composed(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> String + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Text, key, "", meaning, value)
    }

    /// Whole numbers of `unit`.
    #[must_use]
    pub fn integer<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        unit: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Integer, key, unit, meaning, value)
    }

    /// Exact amounts, shown in whole currency units.
    #[must_use]
    pub fn money<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Money { digits: 2 }, key, MONEY, meaning, value)
    }

    /// Numbers of `unit`, shown with so many decimals.
    #[must_use]
    pub fn number<V: Into<Cell>>(
        self,
        digits: u8,
        key: impl Into<Words>,
        unit: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Number { digits }, key, unit, meaning, value)
    }

    /// Fractions of 1, shown as percentages with one decimal.
    #[must_use]
    pub fn share<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Share { digits: 1 }, key, "fraction", meaning, value)
    }

    /// Forecasts in `unit`, shown with two significant digits.
    #[must_use]
    pub fn forecast<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        unit: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Forecast, key, unit, meaning, value)
    }

    /// Probabilities, shown in whole percent but never as 0% or 100%.
    #[must_use]
    pub fn chance<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Chance, key, "probability", meaning, value)
    }

    /// Calendar days.
    #[must_use]
    pub fn day<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Day, key, "date", meaning, value)
    }

    /// Calendar months.
    #[must_use]
    pub fn month<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::Month, key, "month", meaning, value)
    }

    /// Yes or no.
    #[must_use]
    pub fn yes_no<V: Into<Cell>>(
        self,
        key: impl Into<Words>,
        meaning: impl Into<Words>,
        value: impl Fn(&T) -> V + Send + Sync + 'a,
    ) -> Self {
        self.column(Kind::YesNo, key, "yes or no", meaning, value)
    }

    /// Gives the last column a heading of its own; without it, the key with spaces serves.
    #[must_use]
    pub fn heading(mut self, heading: impl Into<Words>) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.heading = heading.into();
        }
        self
    }

    /// The table.
    pub fn finish(self) -> Table<'a> {
        Table { rows: self.rows.all().len(), columns: self.columns }
    }
}

/// The unit of every money column: the currency belongs to the shop, not to the table.
pub const MONEY: &str = "currency units";

fn heading_of(key: &str) -> String {
    format::capital(&key.replace('_', " "))
}

#[cfg(test)]
mod tests;
