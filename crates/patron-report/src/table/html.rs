//! Tables as HTML.

use maud::{Markup, Render, html};

use super::{Cell, Column, Kind, Table};
use crate::format;

/// How a table appears on a page.
#[derive(Clone, Copy, Debug)]
pub struct TableView<'a> {
    /// The table.
    pub table: &'a Table<'a>,
    /// What it shows, in a few words.
    pub caption: &'a str,
    /// Rows shown at most.
    pub rows: usize,
    /// The file that holds all rows, where there is one.
    pub file: Option<&'a str>,
}

impl<'a> TableView<'a> {
    /// All rows under a caption.
    pub fn new(table: &'a Table<'a>, caption: &'a str) -> Self {
        Self { table, caption, rows: usize::MAX, file: None }
    }

    /// At most so many rows; the caption says how many there are.
    #[must_use]
    pub fn head(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Names the file that holds all rows.
    #[must_use]
    pub fn file(mut self, file: &'a str) -> Self {
        self.file = Some(file);
        self
    }

    fn note(&self) -> String {
        let (all, shown) = (self.table.rows(), self.table.rows().min(self.rows));
        let cut = (shown < all).then(|| format!("The first {shown} of {}", format::count(all as i64)));
        match (cut, self.file) {
            (Some(cut), Some(file)) => format!("{cut}; all in {file}."),
            (Some(cut), None) => format!("{cut}."),
            (None, Some(file)) => format!("Also in {file}."),
            (None, None) => String::new(),
        }
    }
}

impl Render for TableView<'_> {
    fn render(&self) -> Markup {
        let columns = self.table.columns();
        let note = self.note();
        html! {
            div.table-box role="region" tabindex="0" aria-label=(self.caption) {
                table {
                    caption { (self.caption) @if !note.is_empty() { " " span.note { (note) } } }
                    thead { tr { @for column in columns { (head(column)) } } }
                    tbody {
                        @for row in 0..self.table.rows().min(self.rows) {
                            tr { @for (index, column) in columns.iter().enumerate() { (cell(index, column, row)) } }
                        }
                    }
                }
            }
        }
    }
}

fn head(column: &Column<'_>) -> Markup {
    let class = column.kind.is_numeric().then_some("num");
    html! { th scope="col" class=[class] title=(column.meaning) { (column.heading) } }
}

fn cell(index: usize, column: &Column<'_>, row: usize) -> Markup {
    let cell = column.cell(row);
    let class = match column.kind {
        kind if kind.is_numeric() => Some("num"),
        Kind::Day | Kind::Month => Some("date"),
        _ => None,
    };
    html! {
        @match (index, cell) {
            (_, Cell::Empty) => td class=[class] { span.none { "–" } },
            (0, cell) => th scope="row" class=[class] { (cell.shown(column.kind)) },
            (_, cell) => td class=[class] { (cell.shown(column.kind)) },
        }
    }
}
