//! Why a file cannot be read: each variant is a sentence that names file, line and column and the way out.

use std::io;

use crate::Field;
use crate::side::SideError;

/// Why a file cannot be imported. Single lines that cannot be read are no error: they go to the quarantine.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No such file.
    #[error("{file}: there is no such file; check the path")]
    NotFound {
        /// The file as given.
        file: String,
    },
    /// A folder was given.
    #[error("{file} is a folder; name one file in it")]
    Folder {
        /// The file as given.
        file: String,
    },
    /// The operating system refuses.
    #[error("{file} cannot be read: {source}")]
    Io {
        /// The file as given.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing in it.
    #[error("{file} is empty; export it again")]
    Empty {
        /// The file as given.
        file: String,
    },
    /// A header and nothing below it.
    #[error("{file} has a header but no sale line below it; export it again with its lines")]
    NoLines {
        /// The file as given.
        file: String,
    },
    /// Not text, not a workbook, not Parquet.
    #[error(
        "{file} is {what}, not a sales log; export the sales as CSV, Excel (.xlsx) or Parquet and name that file"
    )]
    NotASalesLog {
        /// The file as given.
        file: String,
        /// What it looks like.
        what: &'static str,
    },
    /// Compressed data that do not unpack.
    #[error(
        "{file}: the {compression} data are damaged or cut off ({source}); copy or export the file again"
    )]
    Damaged {
        /// The file as given.
        file: String,
        /// `gzip` or `zstd`.
        compression: &'static str,
        /// What the unpacker says.
        source: io::Error,
    },
    /// A workbook that does not open.
    #[error(
        "{file}: the workbook cannot be read ({source}); open it in a spreadsheet and save it again as .xlsx"
    )]
    Workbook {
        /// The file as given.
        file: String,
        /// What the reader says.
        source: Box<calamine::XlsxError>,
    },
    /// A Parquet file that does not open.
    #[error("{file}: the Parquet data cannot be read ({source}); write the file again")]
    Parquet {
        /// The file as given.
        file: String,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A sheet that the workbook does not have.
    #[error("{file} has no sheet '{sheet}'; it has {}: name one with --sheet", quoted(found))]
    NoSuchSheet {
        /// The file as given.
        file: String,
        /// The sheet as told.
        sheet: String,
        /// The sheets there are.
        found: Vec<String>,
    },
    /// Several sheets with sales, none chosen.
    #[error(
        "{file} has sales on several sheets ({}); name one with --sheet and import them one by one",
        quoted(found)
    )]
    SeveralSheets {
        /// The file as given.
        file: String,
        /// The sheets with sales.
        found: Vec<String>,
    },
    /// A column name with which nothing can be done.
    #[error("{file} has no column '{told}' for {field}; it has {}: correct --map {field}=…", quoted(found))]
    UnknownColumn {
        /// The file as given.
        file: String,
        /// The field it was told for.
        field: Field,
        /// The column as told.
        told: String,
        /// The columns there are.
        found: Vec<String>,
    },
    /// Rows of one order with other orders between them, without the order's fields.
    #[error(
        "{file}: line {line} belongs to order {order}, whose other rows stand elsewhere: the file was sorted, and \
         which rows make up an order can no longer be told; sort it by the order number (column '{column}'), or \
         export it again and import it as it comes"
    )]
    Scattered {
        /// The file as given.
        file: String,
        /// The first such line.
        line: u64,
        /// The order's number.
        order: String,
        /// The column that holds the numbers.
        column: String,
    },
    /// Two columns of one heading.
    #[error(
        "{file}: columns {first} and {second} are both called '{heading}'; say which one is the {field} with --map \
         {field}={first} or --map {field}={second}"
    )]
    AmbiguousColumn {
        /// The file as given.
        file: String,
        /// The field.
        field: Field,
        /// The heading.
        heading: String,
        /// Number of the first column, from 1.
        first: usize,
        /// Number of the second column, from 1.
        second: usize,
    },
    /// The delimiter is none of the known ones.
    #[error(
        "{file}: line {line} reads as a single column ('{text}'); columns must be separated by comma, semicolon, tab \
         or |: export the file again with one of them"
    )]
    OneColumn {
        /// The file as given.
        file: String,
        /// The line looked at.
        line: u64,
        /// How it begins.
        text: String,
    },
    /// Headings that do not tell the fields.
    #[error("{file}: no column was recognised as {}; the columns are {}: tell it with {suggestion}",
        missing.join(", nor as "), quoted(found))]
    MissingColumns {
        /// The file as given.
        file: String,
        /// The fields that are missing, in words.
        missing: Vec<&'static str>,
        /// The columns there are.
        found: Vec<String>,
        /// A `--map` to start from.
        suggestion: String,
    },
    /// No header, and no fixed layout that is known.
    #[error(
        "{file} has no header: its first line is {}; say which column is which by number with {suggestion}",
        numbered(first)
    )]
    NoHeader {
        /// The file as given.
        file: String,
        /// The fields of the first line.
        first: Vec<String>,
        /// A `--map` to start from.
        suggestion: String,
    },
    /// Day-first or month-first cannot be told from the file.
    #[error(
        "{file}: line {line}, column '{column}' has {value}, which is {day_first} or {month_first}, and no line \
         settles it; say --dates day-first for {day_first}, --dates month-first for {month_first}"
    )]
    AmbiguousDates {
        /// The file as given.
        file: String,
        /// The line of the example.
        line: u64,
        /// Heading of the date column.
        column: String,
        /// The example.
        value: Box<str>,
        /// It read day first, spelled out.
        day_first: Box<str>,
        /// It read month first, spelled out.
        month_first: Box<str>,
    },
    /// Both orders occur.
    #[error(
        "{file}: column '{column}' mixes two ways to write dates: line {day_first_line} has {day_first} (day first), \
         line {month_first_line} has {month_first} (month first); write them one way, or say --dates day-first or \
         --dates month-first to set the others aside"
    )]
    MixedDates {
        /// The file as given.
        file: String,
        /// Heading of the date column.
        column: String,
        /// A line that can only be day first.
        day_first_line: u64,
        /// Its date.
        day_first: String,
        /// A line that can only be month first.
        month_first_line: u64,
        /// Its date.
        month_first: String,
    },
    /// Decimal comma or thousands comma cannot be told from the file.
    #[error(
        "{file}: line {line}, column '{column}' has {value}, whose mark may begin the decimals or part thousands, and \
         no line settles it; say --decimal comma or --decimal point"
    )]
    AmbiguousDecimals {
        /// The file as given.
        file: String,
        /// The line of the example.
        line: u64,
        /// Heading of the column.
        column: String,
        /// The example.
        value: String,
    },
    /// Amounts of several currencies, none chosen.
    #[error(
        "{file} holds several currencies ({}): sums of them mean nothing; say which one to read with --currency {} (the \
         others are set aside)",
        counted(counts, unit),
        counts.iter().take(SHOWN_COUNTS).map(|(code, _)| code.as_str()).collect::<Vec<_>>().join(" or --currency ")
    )]
    SeveralCurrencies {
        /// The file as given.
        file: String,
        /// What is counted: `orders`, or `lines` where there are no order numbers.
        unit: &'static str,
        /// The currencies and how often each occurs, the most frequent first.
        counts: Vec<(String, u64)>,
    },
    /// A currency that the file does not have.
    #[error("{file} holds nothing in {told}; it has {}: correct --currency", counted(counts, unit))]
    OtherCurrency {
        /// The file as given.
        file: String,
        /// The currency as told.
        told: String,
        /// What is counted: `orders` or `lines`.
        unit: &'static str,
        /// The currencies there are and how often each occurs.
        counts: Vec<(String, u64)>,
    },
    /// A text that names no currency.
    #[error("'{told}' is no currency; write its ISO code, such as --currency EUR or --currency GBP")]
    NoCurrency {
        /// The text as told.
        told: String,
    },
    /// Discounts in percent where amounts are read.
    #[error(
        "{file}: line {line}, column '{column}' has '{value}': a percentage, where {field} is read as an amount of money; \
         leave the column out with --map {field}=, or write the amounts into it"
    )]
    Percentages {
        /// The file as given.
        file: String,
        /// The line.
        line: u64,
        /// Heading of the column.
        column: String,
        /// What stands there.
        value: String,
        /// The field it is read for.
        field: Field,
    },
    /// A quotation mark without its partner.
    #[error(
        "{file}: line {line}, column {column}: a quotation mark is opened and never closed; close it, or double it \
         where it belongs to the text"
    )]
    UnclosedQuote {
        /// The file as given.
        file: String,
        /// The line it stands in.
        line: u64,
        /// Number of the column, from 1.
        column: usize,
    },
    /// A line of many megabytes is no sale.
    #[error(
        "{file}: line {line} is longer than {limit} bytes, which is no sale line; export the file again as CSV"
    )]
    LineTooLong {
        /// The file as given.
        file: String,
        /// The line.
        line: u64,
        /// The longest line that is read.
        limit: usize,
    },
    /// Most lines do not have as many fields as the header.
    #[error(
        "{file}: {ragged} of {lines} lines do not have the header's {expected} columns (line {line} has {found}); \
         the delimiter may also occur inside the texts: quote them, or export the file again with another delimiter"
    )]
    MostlyRagged {
        /// The file as given.
        file: String,
        /// Lines with another number of fields.
        ragged: u64,
        /// Lines read.
        lines: u64,
        /// Columns of the header.
        expected: usize,
        /// The first such line.
        line: u64,
        /// Its fields.
        found: usize,
    },
    /// Most lines have a date or a number that cannot be read.
    #[error(
        "{file}: {unreadable} of {lines} lines cannot be read; the first is line {line}, column '{column}' with \
         '{value}': {cause}"
    )]
    MostlyUnreadable {
        /// The file as given.
        file: String,
        /// Lines that cannot be read.
        unreadable: u64,
        /// Lines read.
        lines: u64,
        /// The first of them.
        line: u64,
        /// Heading of the column.
        column: String,
        /// What stands there.
        value: String,
        /// What is likely wrong, and what to do.
        cause: &'static str,
    },
    /// The file is not the one that was inspected.
    #[error("{file} changed while it was being read; wait until it is written and import it again")]
    Changed {
        /// The file as given.
        file: String,
    },
    /// A customers, products or costs file is refused.
    #[error(transparent)]
    Side(#[from] Box<SideError>),
    /// More customers, products, orders or countries than a code can number.
    #[error("{file}: line {line}: more than 4,294,967,294 different {what}; split the file")]
    TooMany {
        /// The file as given.
        file: String,
        /// The line.
        line: u64,
        /// Of what.
        what: &'static str,
    },
}

fn counted(counts: &[(String, u64)], unit: &str) -> String {
    let one = |(code, count): &(String, u64)| match count {
        1 => format!("1 {} in {code}", unit.trim_end_matches('s')),
        _ => format!("{count} {unit} in {code}"),
    };
    let shown: Vec<String> = counts.iter().take(SHOWN_COUNTS).map(one).collect();
    let more = counts.len().saturating_sub(SHOWN_COUNTS);
    format!("{}{}", shown.join(", "), if more > 0 { format!(" and {more} more") } else { String::new() })
}

/// Currencies named in a message.
const SHOWN_COUNTS: usize = 5;

pub(crate) fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn numbered(values: &[String]) -> String {
    let column = |(index, value): (usize, &String)| format!("{}: '{value}'", index + 1);
    values.iter().enumerate().map(column).collect::<Vec<_>>().join(", ")
}
