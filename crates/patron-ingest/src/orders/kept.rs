//! Rows that must stay while the rest of their order is read.

use crate::rows::{Row, Span};

/// A copy of a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeptRow {
    text: Vec<u8>,
    unescaped: Vec<u8>,
    fields: Vec<Span>,
    line: u64,
    from_cells: bool,
}

impl KeptRow {
    fn keep(&mut self, row: Row<'_>) {
        self.text.clear();
        self.text.extend_from_slice(row.text);
        self.unescaped.clear();
        self.unescaped.extend_from_slice(row.unescaped);
        self.fields.clear();
        self.fields.extend_from_slice(row.fields);
        self.line = row.line;
        self.from_cells = row.from_cells;
    }

    pub(crate) fn row(&self) -> Row<'_> {
        let Self { text, unescaped, fields, line, from_cells } = self;
        Row { text, unescaped, fields, line: *line, from_cells: *from_cells }
    }
}

/// The rows of one order; the memory of one serves the next.
#[derive(Debug, Default)]
pub(crate) struct KeptRows {
    rows: Vec<KeptRow>,
    used: usize,
}

impl KeptRows {
    pub(crate) fn clear(&mut self) {
        self.used = 0;
    }

    pub(crate) fn push(&mut self, row: Row<'_>) {
        if self.used == self.rows.len() {
            self.rows.push(KeptRow::default());
        }
        self.rows[self.used].keep(row);
        self.used += 1;
    }

    pub(crate) fn len(&self) -> usize {
        self.used
    }

    pub(crate) fn row(&self, index: usize) -> Row<'_> {
        self.rows[index].row()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows[..self.used].iter().map(KeptRow::row)
    }
}
