//! Tables as CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Cell, Table};

/// Who reads the CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvReader {
    /// A program: every text stands as it is.
    Machine,
    /// A spreadsheet: a text that it would run as a formula (beginning with `=`, `+`, `-`, `@`, tab or carriage
    /// return) gets an apostrophe in front.
    Spreadsheet,
}

impl CsvReader {
    /// A text as this reader gets it, before quoting: [`defused`] for a spreadsheet.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Machine => Cow::Borrowed(text),
            Self::Spreadsheet => defused(text),
        }
    }
}

impl Table<'_> {
    /// Writes a heading line of keys, then a line per row; fields are quoted where they must be.
    ///
    /// # Errors
    /// As `out` fails.
    pub fn write_csv(&self, out: &mut impl Write, reader: CsvReader) -> io::Result<()> {
        heading_line(out, self.columns.iter().map(|column| column.key.as_ref()))?;
        for row in 0..self.rows {
            line(out, self.columns.iter().map(|column| column.cell(row)), reader)?;
        }
        Ok(())
    }

    /// The whole CSV as one text.
    pub fn to_csv(&self, reader: CsvReader) -> String {
        let mut bytes = Vec::new();
        match self.write_csv(&mut bytes, reader) {
            Ok(()) => String::from_utf8(bytes).unwrap_or_default(),
            Err(_) => String::new(), // writing to memory does not fail
        }
    }
}

/// Writes the line of keys.
pub(super) fn heading_line<'k>(out: &mut impl Write, keys: impl Iterator<Item = &'k str>) -> io::Result<()> {
    for (index, key) in keys.enumerate() {
        write!(out, "{}{}", if index == 0 { "" } else { "," }, quoted(key))?;
    }
    out.write_all(b"\n")
}

/// Writes the line of a row.
pub(super) fn line(
    out: &mut impl Write,
    cells: impl Iterator<Item = Cell>,
    reader: CsvReader,
) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        let plain = match &cell {
            Cell::Text(text) => reader.text(text),
            _ => cell.plain(),
        };
        write!(out, "{}{}", if index == 0 { "" } else { "," }, quoted(&plain))?;
    }
    out.write_all(b"\n")
}

/// A text for a spreadsheet's cell: with an apostrophe in front where the spreadsheet would run it as a formula (its
/// first character is `=`, `+`, `-`, `@`, tab or carriage return), else as it is.
///
/// For words only: a number such as `-5` is to be written as it is.
///
/// ```
/// assert_eq!(patron_report::defused("=1+1"), "'=1+1");
/// assert_eq!(patron_report::defused("a=1"), "a=1");
/// ```
pub fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A field as CSV holds it: in quotes where it must be.
pub fn quoted(field: &str) -> Cow<'_, str> {
    let padded = field.starts_with(' ') || field.ends_with(' ');
    if padded || field.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}
