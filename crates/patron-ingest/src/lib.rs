//! Sales files of any dialect: detected, mapped, cleaned and accounted for.
//!
//! CSV, TSV, semicolons or bars, plain or packed with gzip or zstd, in UTF-8, UTF-16 or Windows-1252; Excel
//! workbooks; Parquet; the fixed-width CDNOW files. [`inspect`] finds out what a file is and how its columns, dates
//! and decimals are to be read; [`open`] then yields cleaned lines batch by batch, beside those that were set aside,
//! and at the end a full account: lines read = lines accepted + lines set aside, always.
//!
//! Order exports of shop systems (Shopify, WooCommerce, one row per order) become the lines of their orders: discounts
//! and refunds of an order fall on its lines, shipping, tax and the like are service lines of their own, and whole
//! orders that were cancelled or never paid are set aside (`docs/adr/0005-order-exports.md`).
//!
//! ```
//! use patron_ingest::{Known, ReadOptions, inspect, open};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("sales.csv");
//! std::fs::write(&path, "customer;date;amount\n00042;31.01.2011;12,50\n00042;31.02.2011;3,00\n")?;
//!
//! let options = ReadOptions::default();
//! let inspection = inspect(&path, &options)?;
//! assert_eq!(inspection.dates, "day first, because line 2 has 31.01.2011");
//!
//! let mut reader = open(&path, &inspection, &options, Known::default())?;
//! while let Some(batch) = reader.next_batch()? {
//!     assert_eq!(batch.sales.added.customers, ["00042"]);
//!     assert_eq!(batch.sales.amount[0].to_string(), "12.50");
//!     assert_eq!(batch.quarantined[0].rule, "unreadable-date");
//! }
//! let report = reader.finish().report;
//! assert_eq!((report.lines_read, report.lines_accepted, report.lines_quarantined), (2, 1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod cleaner;
mod clock;
mod contacts;
mod dates;
mod dictionary;
mod error;
mod evidence;
mod field;
mod headings;
mod inspect;
mod known;
mod line;
mod mapping;
mod mark;
mod notices;
mod numbers;
mod options;
mod orders;
mod overlay;
mod people;
pub mod profile;
mod reader;
mod rows;
mod rules;
mod scattered;
mod side;
mod sniff;
mod source;
mod survey;
mod tally;
mod unreadable;

pub use cleaner::ALREADY_IMPORTED;
pub use clock::{TimeZone, UnknownTimeZone};
pub use error::IngestError;
pub use field::Field;
pub use inspect::{Inspection, inspect};
pub use known::{Known, KnownOrder};
pub use mapping::{Mapping, MappingError};
pub use options::{DateOrder, DecimalMark, ReadOptions, UnknownChoice};
pub use profile::{Profile, ProfileError};
pub use reader::{CleanBatch, Finished, ReadProgress, SaleReader, open};
pub use side::{
    Place, SideError, SideFile, SideOptions, read_costs, read_customers, read_products, template,
};
pub use survey::currency_code;
