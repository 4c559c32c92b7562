//! Charts, tables and the self-contained report.
pub mod format;
mod table;

pub use table::{Cell, Column, CsvReader, Kind, MONEY, Table, TableBuilder, TableView};
