//! Rows of fields, whatever the file: each reader yields one row at a time as text.

pub(crate) mod cells;
pub(crate) mod delimited;
pub(crate) mod parquet;
pub(crate) mod workbook;

use crate::IngestError;

/// Where a field's text lies; `unescaped` fields lie in the row's second text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) unescaped: bool,
}

/// One row; its fields are UTF-8 wherever the file's text is.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) unescaped: &'a [u8],
    pub(crate) fields: &'a [Span],
    pub(crate) line: u64,
    /// Fields that were not part of a line of text: the raw line must be written from them.
    pub(crate) from_cells: bool,
}

impl<'a> Row<'a> {
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The text of a field; empty where the row is too short.
    pub(crate) fn field(&self, index: usize) -> &'a [u8] {
        let Some(span) = self.fields.get(index) else { return b"" };
        let text = if span.unescaped { self.unescaped } else { self.text };
        &text[span.start as usize..span.end as usize]
    }

    /// The line as it stood in the file; for cells, as CSV.
    pub(crate) fn raw(&self) -> String {
        if !self.from_cells {
            return String::from_utf8_lossy(self.text).into_owned();
        }
        let mut line = String::new();
        for index in 0..self.len() {
            if index > 0 {
                line.push(',');
            }
            let field = String::from_utf8_lossy(self.field(index));
            if field.contains([',', '"', '\n', '\r']) {
                line.push('"');
                line.push_str(&field.replace('"', "\"\""));
                line.push('"');
            } else {
                line.push_str(&field);
            }
        }
        line
    }
}

/// The rows of a file, in order.
pub(crate) enum Rows {
    Delimited(delimited::DelimitedRows),
    Cells(cells::CellRows),
}

impl Rows {
    /// Goes to the next row; `false` at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, IngestError> {
        match self {
            Self::Delimited(rows) => rows.advance(),
            Self::Cells(rows) => rows.advance(),
        }
    }

    /// The row that [`Self::advance`] went to.
    pub(crate) fn row(&self) -> Row<'_> {
        match self {
            Self::Delimited(rows) => rows.row(),
            Self::Cells(rows) => rows.row(),
        }
    }
}

/// Without blanks around it.
pub(crate) fn trimmed(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    match text {
        [0xc2, 0xa0, rest @ ..] => trimmed(rest),
        [rest @ .., 0xc2, 0xa0] => trimmed(rest),
        _ => text,
    }
}
