//! Why a customers, products or costs file is refused: each variant is a sentence with the way out.

use std::fmt;

use patron_domain::{AttributeKind, Month};

use crate::error::{numbered, quoted};

/// A cell of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as given.
    pub file: String,
    /// The line, from 1 with the headings.
    pub line: u64,
    /// The column's heading.
    pub column: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {}, column '{}'", self.file, self.line, self.column)
    }
}

impl From<SideError> for crate::IngestError {
    fn from(error: SideError) -> Self {
        Box::new(error).into()
    }
}

/// Why a file with customers, products or costs is refused. Nothing of a refused file is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SideError {
    /// Not text, not a workbook, not Parquet.
    #[error(
        "{file} is {what}, not a table of {}; save it as CSV, Excel (.xlsx) or Parquet and name that file",
        kind.word()
    )]
    NotATable {
        /// The file as given.
        file: String,
        /// What it looks like.
        what: &'static str,
        /// What was asked for.
        kind: AttributeKind,
    },
    /// The sales themselves.
    #[error(
        "{file} is a sales log and not a {} file: it has {}; give it as the sales file, and here one made like \
         `patron template {}`",
        kind.word(), quoted(found), kind.word()
    )]
    SalesLog {
        /// The file as given.
        file: String,
        /// What was asked for.
        kind: AttributeKind,
        /// The headings that tell it.
        found: Vec<String>,
    },
    /// Headings and nothing below.
    #[error("{file} has headings but no line below them; add lines like that of `patron template {}`", kind.word())]
    NoLines {
        /// The file as given.
        file: String,
        /// What was asked for.
        kind: AttributeKind,
    },
    /// The first line holds values.
    #[error(
        "{file} has no headings: its first line is {}; write a line above it that names the columns as \
         `patron template {}` does",
        numbered(first), kind.word()
    )]
    NoHeadings {
        /// The file as given.
        file: String,
        /// The first line.
        first: Vec<String>,
        /// What was asked for.
        kind: AttributeKind,
    },
    /// The headings do not tell what is needed.
    #[error(
        "{file}: no column was recognised as {missing}; the columns are {}: name them as `patron template {}` does",
        quoted(found), kind.word()
    )]
    MissingColumn {
        /// The file as given.
        file: String,
        /// What is missing, in words.
        missing: &'static str,
        /// The columns there are.
        found: Vec<String>,
        /// What was asked for.
        kind: AttributeKind,
    },
    /// Two columns of one heading.
    #[error("{file}: columns {first} and {second} are both called '{heading}'; rename or remove one of them")]
    TwoColumns {
        /// The file as given.
        file: String,
        /// The heading.
        heading: String,
        /// Number of the first column, from 1.
        first: usize,
        /// Number of the second column, from 1.
        second: usize,
    },
    /// Several sheets that fit, none chosen.
    #[error(
        "{file} has {} on several sheets ({}); name one with --sheet, or save it as a workbook of its own",
        kind.word(), quoted(found)
    )]
    SeveralSheets {
        /// The file as given.
        file: String,
        /// What was asked for.
        kind: AttributeKind,
        /// The sheets that fit.
        found: Vec<String>,
    },
    /// A line with another number of fields than the headings.
    #[error(
        "{file}: line {line} has {} where the headings have {expected}; {}",
        super::counted(*found as u64, "field", "fields"),
        if found > expected { "quote the texts in which the delimiter occurs" } else { "complete it or remove it" }
    )]
    Ragged {
        /// The file as given.
        file: String,
        /// The line.
        line: u64,
        /// Its fields.
        found: usize,
        /// Columns of the headings.
        expected: usize,
    },
    /// A zero byte, as damaged files have.
    #[error("{file}: line {line} holds a zero byte; the file is damaged there: export it again")]
    ZeroByte {
        /// The file as given.
        file: String,
        /// The line.
        line: u64,
    },
    /// A cell that must not be empty.
    #[error("{at} is empty; {remedy}")]
    Missing {
        /// Where.
        at: Place,
        /// What to do.
        remedy: &'static str,
    },
    /// A customer without id and e-mail.
    #[error(
        "{file}: line {line} names no customer: it has neither an id nor an e-mail address; add one or remove the line"
    )]
    NoCustomer {
        /// The file as given.
        file: String,
        /// The line.
        line: u64,
    },
    /// No day between 1900 and 2200.
    #[error("{at} has '{value}', which is no date between 1900 and 2200; correct it or leave it empty")]
    NoDate {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// A day of birth whose century is open.
    #[error("{at} has '{value}', which may be a day in {} or in {year}; write the year with four digits", year - 100)]
    ShortYear {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
        /// The later of the two years.
        year: i32,
    },
    /// Day first and month first in one file.
    #[error(
        "{file}: column '{column}' mixes two ways to write dates: line {day_first_line} has {day_first} (day first), \
         line {month_first_line} has {month_first} (month first); write them one way"
    )]
    MixedDates {
        /// The file as given.
        file: String,
        /// The column's heading, or those of several columns.
        column: Box<str>,
        /// A line that can only be day first.
        day_first_line: u64,
        /// Its date.
        day_first: Box<str>,
        /// A line that can only be month first.
        month_first_line: u64,
        /// Its date.
        month_first: Box<str>,
    },
    /// No month between 1900 and 2200.
    #[error("{at} has '{value}', which is no month between 1900 and 2200; write it as 2011-11")]
    NoMonth {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// No amount of money.
    #[error("{at} has '{value}', which is no amount; write it as 12.50")]
    NoAmount {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// An amount that cannot be counted exactly.
    #[error("{at} has '{value}', which is too large to be counted exactly; correct it")]
    AmountTooLarge {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// An amount below 0.
    #[error("{at} has '{value}'; a cost or price is never below 0: correct it")]
    Negative {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// `40%` for an amount.
    #[error("{at} has '{value}', a percentage where an amount is meant: {remedy}")]
    Percentage {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
        /// What to write instead.
        remedy: &'static str,
    },
    /// A heading that announces percentages.
    #[error("{file}: column '{column}' holds percentages where an amount is meant: {remedy}")]
    PercentageColumn {
        /// The file as given.
        file: String,
        /// The column's heading.
        column: String,
        /// What to write instead.
        remedy: &'static str,
    },
    /// Neither yes nor no.
    #[error("{at} has '{value}'; write yes or no, or leave it empty")]
    NoTruth {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// One customer or product on two lines that differ.
    #[error(
        "{file}: lines {first} and {second} both describe {whom}, and differ in column '{column}' ('{first_value}', \
         '{second_value}'); keep one of them"
    )]
    Differing {
        /// The file as given.
        file: String,
        /// The earlier line.
        first: u64,
        /// The later line.
        second: u64,
        /// Customer or product, with its name.
        whom: Box<str>,
        /// A column in which they differ.
        column: String,
        /// What the earlier line has there.
        first_value: Box<str>,
        /// What the later line has there.
        second_value: Box<str>,
    },
    /// Taken off sale before it was put on sale.
    #[error("{at} has {retired}, but the product was launched on {launched}; correct one of them")]
    RetiredBeforeLaunched {
        /// Where.
        at: Place,
        /// Last day on sale.
        retired: patron_domain::Day,
        /// First day on sale.
        launched: patron_domain::Day,
    },
    /// A word that is no kind of cost.
    #[error(
        "{at} has '{value}'; write contact (the cost of reaching one customer once) or acquisition (what a month's \
         advertising cost)"
    )]
    NoCostKind {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// A contact cost of one month.
    #[error(
        "{at} has '{value}', but the cost of a contact has no month; leave it empty, or write acquisition as the kind"
    )]
    ContactWithMonth {
        /// Where.
        at: Place,
        /// What stands there.
        value: String,
    },
    /// One month and channel on two lines.
    #[error(
        "{file}: lines {first} and {second} both give the spend of '{channel}' in {month}; add them up into one line \
         or remove one"
    )]
    SpendTwice {
        /// The file as given.
        file: String,
        /// The earlier line.
        first: u64,
        /// The later line.
        second: u64,
        /// The channel.
        channel: String,
        /// The month.
        month: Month,
    },
    /// One channel's contact cost on two lines.
    #[error(
        "{file}: lines {first} and {second} both give the cost of a contact by '{channel}'; keep one of them"
    )]
    ContactTwice {
        /// The file as given.
        file: String,
        /// The earlier line.
        first: u64,
        /// The later line.
        second: u64,
        /// The channel.
        channel: String,
    },
}
