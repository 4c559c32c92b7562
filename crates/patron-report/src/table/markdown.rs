//! Tables as Markdown.

use std::fmt::Write;

use super::Table;

impl Table<'_> {
    /// A pipe table with headings and values as people read them; numbers stand on the right.
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        line(&mut out, self.columns.iter().map(|column| escaped(&column.heading)));
        line(
            &mut out,
            self.columns.iter().map(|c| if c.kind.is_numeric() { "---:" } else { "---" }.to_owned()),
        );
        for row in 0..self.rows {
            line(&mut out, self.columns.iter().map(|column| escaped(&column.cell(row).shown(column.kind))));
        }
        out
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    out.push('|');
    for cell in cells {
        let _ = write!(out, " {cell} |"); // writing to a text does not fail
    }
    out.push('\n');
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => out.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' => {
                out.push('\\');
                out.push(letter);
            }
            other => out.push(other),
        }
    }
    out
}
