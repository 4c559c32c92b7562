//! Lines that cannot be read: what to say of one of them, and of a file of which most are so.

use crate::IngestError;
use crate::inspect::Plan;
use crate::line::{Fault, Faulty};
use crate::rows::Row;
use crate::sniff::text;

/// The first line with a fault.
#[derive(Clone, Debug)]
pub(crate) struct FirstFault {
    line: u64,
    column: Option<usize>,
    fields: usize,
    value: String,
}

impl FirstFault {
    pub(crate) fn new(row: Row<'_>, faulty: &Faulty) -> Self {
        let value = faulty.column.map_or_else(String::new, |column| text(row.field(column)));
        Self {
            line: row.line,
            column: faulty.column,
            fields: row.len(),
            value: value.chars().take(80).collect(),
        }
    }

    /// The reason that stands in the quarantine.
    pub(crate) fn reason(&self, plan: &Plan, fault: Fault) -> String {
        let heading = self.column.and_then(|column| plan.columns.get(column)).map_or("", String::as_str);
        let column = format!("column '{heading}'");
        let value = &self.value;
        match fault {
            Fault::RaggedRow => format!("{} fields where the header has {}", self.fields, plan.widths.1),
            Fault::RepeatedHeader => "the headings stand here again".to_owned(),
            Fault::ZeroByte => format!("{column} holds a zero byte; the file is damaged there"),
            Fault::MissingValue => format!("{column} is empty"),
            Fault::UnreadableDate => format!("{column} has '{value}', which is no date"),
            Fault::UnreadableNumber => format!("{column} has '{value}', which is no number"),
            Fault::NumberTooLarge => format!("{column} has '{value}', which is too large"),
        }
    }
}

/// Most lines of the file cannot be read.
pub(crate) struct Unreadable {
    pub(crate) fault: Fault,
    pub(crate) first: FirstFault,
    pub(crate) unreadable: u64,
    pub(crate) lines: u64,
    pub(crate) expected: usize,
}

impl Unreadable {
    pub(crate) fn named(self, file: String, plan: &Plan) -> IngestError {
        let Self { fault, first, unreadable, lines, expected } = self;
        if fault == Fault::RaggedRow {
            let (line, found) = (first.line, first.fields);
            return IngestError::MostlyRagged { file, ragged: unreadable, lines, expected, line, found };
        }
        let column = first.column.and_then(|column| plan.columns.get(column)).cloned().unwrap_or_default();
        let (line, value, cause) = (first.line, first.value, fault.cause());
        IngestError::MostlyUnreadable { file, unreadable, lines, line, column, value, cause }
    }
}
