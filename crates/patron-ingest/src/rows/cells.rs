//! Rows of cells as text, block by block: what workbooks and Parquet files become.

use std::sync::Arc;

use super::{Row, Span};
use crate::IngestError;

/// A block of rows in one text.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellBlock {
    text: Vec<u8>,
    fields: Vec<Span>,
    /// Per row: its line number, the end of its fields, the start of its text.
    rows: Vec<(u64, usize, usize)>,
}

impl CellBlock {
    /// Appends a cell to the row that is being written.
    pub(crate) fn push_cell(&mut self, text: &str) {
        let base = self.row_base();
        let start = (self.text.len() - base) as u32;
        self.text.extend_from_slice(text.as_bytes());
        let end = (self.text.len() - base) as u32;
        self.fields.push(Span { start, end, unescaped: false });
    }

    /// Cells of the row that is being written.
    pub(crate) fn open_cells(&self) -> usize {
        self.fields.len() - self.rows.last().map_or(0, |&(_, fields_end, _)| fields_end)
    }

    /// Ends the row that is being written.
    pub(crate) fn end_row(&mut self, line: u64) {
        self.rows.push((line, self.fields.len(), self.text.len()));
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn row_base(&self) -> usize {
        self.rows.last().map_or(0, |&(_, _, text_end)| text_end)
    }

    pub(crate) fn row(&self, index: usize) -> Row<'_> {
        let (_, fields_start, text_start) =
            if index == 0 { (0, 0, 0) } else { self.rows.get(index - 1).copied().unwrap_or_default() };
        let (line, fields_end, text_end) =
            self.rows.get(index).copied().unwrap_or((0, fields_start, text_start));
        Row {
            text: &self.text[text_start..text_end],
            unescaped: b"",
            fields: &self.fields[fields_start..fields_end],
            line,
            from_cells: true,
        }
    }
}

/// Yields blocks until there are no more.
pub(crate) type Blocks = Box<dyn FnMut() -> Result<Option<Arc<CellBlock>>, IngestError> + Send>;

/// The rows of a sequence of blocks.
pub(crate) struct CellRows {
    blocks: Blocks,
    block: Arc<CellBlock>,
    next: usize,
}

impl CellRows {
    pub(crate) fn new(blocks: Blocks) -> Self {
        Self { blocks, block: Arc::default(), next: 0 }
    }

    pub(crate) fn advance(&mut self) -> Result<bool, IngestError> {
        while self.next >= self.block.len() {
            match (self.blocks)()? {
                Some(block) => (self.block, self.next) = (block, 0),
                None => return Ok(false),
            }
        }
        self.next += 1;
        Ok(true)
    }

    pub(crate) fn row(&self) -> Row<'_> {
        self.block.row(self.next.saturating_sub(1))
    }
}

/// A number as a person would write it: `17850`, not `17850.0`; no exponent.
pub(crate) fn number_text(value: f64) -> String {
    if value.is_finite() { format!("{value}") } else { String::new() }
}
