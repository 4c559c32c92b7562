//! The table's own Parquet form.
//!
//! Row groups hold whole customers in order of their codes. Beside the codes stand the texts, so that any program can
//! read the file; texts, kinds and codes are dictionary coded. Between the row groups, where other readers never look,
//! lie the dictionaries; the entry `patron.table` of the file's metadata says where, and holds a sum of every column
//! of every row group, by which damage is found.

mod chunks;
mod names;
mod read;
mod sums;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use patron_domain::{LineKind, PurchaseRule};
use serde::{Deserialize, Serialize};

use crate::Column;

pub use read::TableFile;
pub use write::TableWriter;

/// The form that is written, and the newest that is read.
const FORM: u32 = 1;
/// The entry of the file's metadata.
const ENTRY: &str = "patron.table";
/// Lines of a row group, and those that its last customer has beyond.
const GROUP_LINES: usize = 1 << 17;
/// Ten-thousandths fill 64 bits, which Parquet calls 18 digits.
const MONEY_DIGITS: (u8, i8) = (18, 4);
/// Times are stored in microseconds, which every reader knows.
const MICROSECONDS: i64 = 1_000_000;

/// Why a table's file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TableFileError {
    /// The system does not give the file.
    #[error("cannot read {file}")]
    Open {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The end of a Parquet file is missing.
    #[error(
        "{file} is not a Parquet file, or its end is missing; write it again: patron export --parquet {file}"
    )]
    NotParquet {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: parquet::errors::ParquetError,
    },
    /// Parquet of another program.
    #[error(
        "{file} is Parquet, but no table that patron export wrote; a sales log is read with: patron import {file}"
    )]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// The form of a later version.
    #[error(
        "{file} was written by a newer Patron (form {form}, this one reads forms up to {FORM}): update Patron, or write the \
         file again with this one: patron export --parquet {file}"
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its form.
        form: u32,
    },
    /// The Parquet reader found something wrong.
    #[error("{file} is damaged; write it again: patron export --parquet {file}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        source: parquet::errors::ParquetError,
    },
    /// It can be read, but holds something else than was written.
    #[error(
        "{file} is damaged: {what} is not what was written; write it again: patron export --parquet {file}"
    )]
    Changed {
        /// The file.
        file: PathBuf,
        /// What is.
        what: Changed,
    },
    /// The file could not be written.
    #[error("the table could not be written as Parquet")]
    Write(#[source] parquet::errors::ParquetError),
    /// A stream of lines that is not a table's.
    #[error(
        "line {line} of the stream does not come after the line before, by customer, then time; build a table instead"
    )]
    Unsorted {
        /// The line, counted from 1.
        line: u64,
    },
    /// A stream with an order that a second customer shares.
    #[error("line {line} of the stream belongs to an order of an earlier customer; build a table instead")]
    SharedOrder {
        /// The line, counted from 1.
        line: u64,
    },
    /// A time that no calendar has.
    #[error("a line's time is {seconds} seconds from 1970, more than 290,000 years")]
    Time {
        /// The time.
        seconds: i64,
    },
}

/// What is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A column of a row group, counted from 0.
    Column(Column, usize),
    /// A dictionary.
    Names,
    /// What the file says about itself.
    Entry,
}

impl std::fmt::Display for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Column(column, group) => write!(f, "column '{}' of row group {group}", column.name()),
            Self::Names => write!(f, "a dictionary"),
            Self::Entry => write!(f, "its entry '{ENTRY}'"),
        }
    }
}

/// The entry of the file's metadata.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Head {
    form: u32,
    rule: PurchaseRule,
    groups: Vec<Group>,
    skus: Place,
    descriptions: Place,
    countries: Place,
    /// Customers that no row group has named.
    other_customers: Place,
}

/// A row group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Group {
    lines: usize,
    /// Names of customers whose code has not come up before this row group's end.
    customers: Place,
    /// One for each of [`Column::ALL`].
    sums: Vec<u64>,
}

/// Where a dictionary lies.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Place {
    at: u64,
    bytes: usize,
    names: usize,
    sum: u64,
}

impl Column {
    /// As the file calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Product => "product",
            Self::Order => "order",
            Self::Country => "country",
            Self::Time => "time",
            Self::Quantity => "quantity",
            Self::Amount => "amount",
            Self::Kind => "kind",
            Self::OpensOrder => "opens_order",
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Customer | Self::Product | Self::Order | Self::Country => DataType::UInt32,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Quantity => DataType::Int32,
            Self::Amount => DataType::Decimal64(MONEY_DIGITS.0, MONEY_DIGITS.1),
            Self::Kind => DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8)),
            Self::OpensOrder => DataType::Boolean,
        }
    }

    /// Codes are null where there is none.
    fn is_nullable(self) -> bool {
        self.data_type() == DataType::UInt32
    }
}

/// Kinds by their number.
const KINDS: [LineKind; 3] = [LineKind::Sale, LineKind::Return, LineKind::Service];
/// The columns of texts, after those of [`Column::ALL`].
const TEXTS: [&str; 3] = ["customer_id", "sku", "country_name"];

fn schema() -> SchemaRef {
    let columns =
        Column::ALL.map(|column| Field::new(column.name(), column.data_type(), column.is_nullable()));
    let texts = || DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8));
    let texts = TEXTS.map(|name| Field::new(name, texts(), true));
    Arc::new(Schema::new(columns.into_iter().chain(texts).collect::<Vec<_>>()))
}
