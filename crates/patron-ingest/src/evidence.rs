//! What the lines themselves say about the order of day and month and about the decimal mark.

use patron_domain::Timestamp;

use crate::clock::SeenOffsets;
use crate::dates::{self, WrittenDate, spelled};
use crate::field::Field;
use crate::mapping::ColumnMap;
use crate::numbers::{MarkEvidence, mark_evidence};
use crate::rows::{Row, trimmed};
use crate::{DateOrder, DecimalMark, IngestError};

/// How dates are read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateReading {
    pub(crate) order: DateOrder,
    pub(crate) words: String,
}

/// A value and the line it stands in.
#[derive(Clone, Debug)]
struct Example {
    line: u64,
    text: String,
}

/// How often something was seen, and the first place.
#[derive(Clone, Debug, Default)]
struct Seen {
    count: u64,
    first: Option<Example>,
}

impl Seen {
    fn note(&mut self, line: u64, text: &[u8]) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(Example { line, text: String::from_utf8_lossy(text).into_owned() });
        }
    }
}

/// Evidence collected line by line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    known: u64,
    by_name: u64,
    day_first: Seen,
    month_first: Seen,
    year_first: Seen,
    open: Seen,
    open_with_points: u64,
    same: Seen,
    point: u64,
    comma: u64,
    either: Option<(Example, usize)>,
    pub(crate) offsets: SeenOffsets,
}

/// Where what is looked for stands.
pub(crate) struct Looked {
    pub(crate) date: Option<usize>,
    pub(crate) numbers: Vec<usize>,
}

impl Looked {
    pub(crate) fn new(map: &ColumnMap) -> Self {
        let numbers = [
            Field::Quantity,
            Field::Price,
            Field::Amount,
            Field::Discount,
            Field::OrderTotal,
            Field::Subtotal,
            Field::Shipping,
            Field::Tax,
            Field::Tip,
            Field::Fee,
            Field::Duties,
            Field::OrderDiscount,
            Field::Refund,
            Field::Gross,
        ];
        Self {
            date: map.get(Field::Date),
            numbers: numbers.into_iter().filter_map(|field| map.get(field)).collect(),
        }
    }
}

impl Evidence {
    pub(crate) fn add(&mut self, row: Row<'_>, looked: &Looked) {
        if let Some(column) = looked.date {
            self.add_date(row.line, trimmed(row.field(column)));
        }
        for &column in &looked.numbers {
            let text = trimmed(row.field(column));
            match mark_evidence(text) {
                MarkEvidence::Point => self.point += 1,
                MarkEvidence::Comma => self.comma += 1,
                MarkEvidence::Either if self.either.is_none() => {
                    let example =
                        Example { line: row.line, text: String::from_utf8_lossy(text).into_owned() };
                    self.either = Some((example, column));
                }
                MarkEvidence::Either | MarkEvidence::Nothing => {}
            }
        }
    }

    fn add_date(&mut self, line: u64, text: &[u8]) {
        let Some(date) = dates::parse(text) else { return };
        self.offsets.note(date.offset);
        match date.date {
            WrittenDate::Known { named, .. } => {
                self.known += 1;
                self.by_name += u64::from(named);
            }
            WrittenDate::Numbers { parts: [first, second, _], points, .. } => {
                let valid = |order| date.under(order).is_some();
                match (valid(DateOrder::DayFirst), valid(DateOrder::MonthFirst)) {
                    (true, true) if first == second => self.same.note(line, text),
                    (true, true) => {
                        self.open.note(line, text);
                        self.open_with_points += u64::from(points);
                    }
                    (true, false) => self.day_first.note(line, text),
                    (false, true) => self.month_first.note(line, text),
                    (false, false) if valid(DateOrder::YearFirst) => self.year_first.note(line, text),
                    (false, false) => {}
                }
            }
        }
    }

    /// Whether the lines seen settle how dates are read.
    pub(crate) fn settles_dates(&self) -> bool {
        let ordered = self.day_first.count + self.month_first.count + self.year_first.count;
        ordered > 0 || self.known > 0 && self.open.count == 0
    }

    /// Whether the lines seen settle the decimal mark; where the comma separates columns it hardly occurs.
    pub(crate) fn settles_mark(&self, comma_separates: bool) -> bool {
        self.point + self.comma > 0 || comma_separates
    }

    /// The reading of dates.
    ///
    /// # Errors
    /// [`IngestError::AmbiguousDates`] and [`IngestError::MixedDates`].
    pub(crate) fn date_reading(
        &self,
        file: &str,
        column: &str,
        told: Option<DateOrder>,
    ) -> Result<DateReading, IngestError> {
        let reading = |order, words: String| Ok(DateReading { order, words });
        let because = |seen: &Seen| match &seen.first {
            Some(Example { line, text }) => format!(", because line {line} has {text}"),
            None => String::new(),
        };
        if let Some(order) = told {
            return reading(order, format!("{}, as told", words(order)));
        }
        let (day, month, year) = (self.day_first.count, self.month_first.count, self.year_first.count);
        // One slip of the pen in a hundred does not turn a file round.
        let outweighs = |many: u64, others: u64| many > 0 && many >= others * 100;
        if outweighs(day, month + year) {
            return reading(DateOrder::DayFirst, words(DateOrder::DayFirst) + &because(&self.day_first));
        }
        if outweighs(month, day + year) {
            return reading(
                DateOrder::MonthFirst,
                words(DateOrder::MonthFirst) + &because(&self.month_first),
            );
        }
        if outweighs(year, day + month) {
            return reading(DateOrder::YearFirst, words(DateOrder::YearFirst) + &because(&self.year_first));
        }
        if let (Some(day), Some(month)) = (&self.day_first.first, &self.month_first.first) {
            return Err(IngestError::MixedDates {
                file: file.to_owned(),
                column: column.to_owned(),
                day_first_line: day.line,
                day_first: day.text.clone(),
                month_first_line: month.line,
                month_first: month.text.clone(),
            });
        }
        match &self.open.first {
            Some(_) if self.open_with_points == self.open.count => {
                let words = words(DateOrder::DayFirst) + ", as dates with points are written";
                reading(DateOrder::DayFirst, words)
            }
            Some(example) => Err(ambiguous(file, column, example)),
            None if self.same.count > 0 && self.known == 0 => {
                reading(DateOrder::DayFirst, "day and month are the same in every date".to_owned())
            }
            None if self.by_name > 0 => reading(DateOrder::YearFirst, "month by name".to_owned()),
            None => reading(DateOrder::YearFirst, words(DateOrder::YearFirst)),
        }
    }

    /// The decimal mark.
    ///
    /// # Errors
    /// [`IngestError::AmbiguousDecimals`].
    pub(crate) fn mark(
        &self,
        file: &str,
        columns: &[String],
        comma_separates: bool,
        told: Option<DecimalMark>,
    ) -> Result<DecimalMark, IngestError> {
        if let Some(mark) = told {
            return Ok(mark);
        }
        match &self.either {
            _ if self.comma > self.point => Ok(DecimalMark::Comma),
            Some((example, column)) if self.point == 0 && !comma_separates => {
                Err(IngestError::AmbiguousDecimals {
                    file: file.to_owned(),
                    line: example.line,
                    column: columns.get(*column).cloned().unwrap_or_default(),
                    value: example.text.clone(),
                })
            }
            _ => Ok(DecimalMark::Point),
        }
    }
}

fn words(order: DateOrder) -> String {
    match order {
        DateOrder::DayFirst => "day first",
        DateOrder::MonthFirst => "month first",
        DateOrder::YearFirst => "year-month-day",
    }
    .to_owned()
}

fn ambiguous(file: &str, column: &str, example: &Example) -> IngestError {
    let read = |order| -> Option<Timestamp> { dates::parse(example.text.as_bytes())?.under(order) };
    let shown = |order| read(order).map(spelled).unwrap_or_default();
    IngestError::AmbiguousDates {
        file: file.to_owned(),
        line: example.line,
        column: column.to_owned(),
        value: example.text.as_str().into(),
        day_first: shown(DateOrder::DayFirst).into(),
        month_first: shown(DateOrder::MonthFirst).into(),
    }
}
