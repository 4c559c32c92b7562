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
    /// Whether money is rounded to whole currency units.
    pub whole_money: bool,
    /// Rows that are totals, counted from 0.
    pub totals: &'a [usize],
}

impl<'a> TableView<'a> {
    /// All rows under a caption.
    pub fn new(table: &'a Table<'a>, caption: &'a str) -> Self {
        Self { table, caption, rows: usize::MAX, file: None, whole_money: false, totals: &[] }
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

    /// Rounds money to whole currency units.
    #[must_use]
    pub fn whole_money(mut self) -> Self {
        self.whole_money = true;
        self
    }

    /// Sets these rows apart as totals.
    #[must_use]
    pub fn totals(mut self, rows: &'a [usize]) -> Self {
        self.totals = rows;
        self
    }

    fn kind(&self, column: &Column<'_>) -> Kind {
        match column.kind {
            Kind::Money { .. } if self.whole_money => Kind::Money { digits: 0 },
            kind => kind,
        }
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
                table class=[(columns.len() >= MANY).then_some("many")] {
                    caption { (self.caption) @if !note.is_empty() { " " span.note { (note) } } }
                    thead { tr { @for column in columns { (head(column)) } } }
                    tbody {
                        @for row in 0..self.table.rows().min(self.rows) {
                            tr class=[self.totals.contains(&row).then_some("total")] {
                                @for (index, column) in columns.iter().enumerate() {
                                    (cell(index, column, self.kind(column), &column.cell(row)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A table of so many columns is set closer.
const MANY: usize = 8;
/// Texts of more letters are no plain word, get room for a few words a line, and for a whole sentence.
const WORD: usize = 16;
const WORDS: usize = 24;
const PROSE: usize = 60;

fn head(column: &Column<'_>) -> Markup {
    let long = column.heading.chars().count() > WORDS;
    let class = match (column.kind.is_numeric() || column.figures, long) {
        (true, true) => Some("num words"),
        (true, false) => Some("num"),
        (false, true) => Some("words"),
        (false, false) => None,
    };
    html! { th scope="col" class=[class] title=(column.meaning) { (column.heading) } }
}

fn cell(index: usize, column: &Column<'_>, kind: Kind, cell: &Cell) -> Markup {
    let length = if let Cell::Text(text) = cell { text.chars().count() } else { 0 };
    // a long id, as an e-mail address, may break anywhere
    let code = matches!(cell, Cell::Text(text) if length > WORD && !text.contains(char::is_whitespace));
    let class = match kind {
        _ if index == 0 && code => Some("code"),
        _ if column.figures => Some("num figures"),
        _ if length > PROSE => Some("prose"),
        _ if length > WORDS && index > 0 => Some("words"),
        kind if kind.is_numeric() => Some("num"),
        Kind::Day | Kind::Month => Some("date"),
        _ => None,
    };
    html! {
        @match (index, cell) {
            (_, Cell::Empty) => td class=[class] { span.none { "–" } },
            (0, cell) => th scope="row" class=[class] { (cell.shown(kind)) },
            (_, cell) => td class=[class] { (cell.shown(kind)) },
        }
    }
}
