//! How the lines of a text are to be split, told from its beginning.

use std::io::Cursor;
use std::path::Path;

use crate::field::{Field, normalised};
use crate::mapping::{ColumnMap, Mapping, resolve};
use crate::rows::Rows;
use crate::rows::delimited::{DelimitedRows, Delimiter, Dialect};
use crate::source::shown;
use crate::{DecimalMark, IngestError, dates, numbers};

/// How the text is laid out.
pub(crate) struct Layout {
    pub(crate) dialect: Dialect,
    /// Lines before the first sale line that are none (`sep=;`, the header).
    pub(crate) skip: usize,
    pub(crate) has_header: bool,
    pub(crate) columns: Vec<String>,
    pub(crate) fixed_cdnow: bool,
}

/// Rows looked at.
const SAMPLE: usize = 200;

/// The layout of a text that begins with `head`; `whole` when there is no more of it.
pub(crate) fn layout(
    path: &Path,
    head: &[u8],
    whole: bool,
    told: Option<&Mapping>,
) -> Result<Layout, IngestError> {
    let terminator =
        if memchr::memchr(b'\n', head).is_none() && head.contains(&b'\r') { b'\r' } else { b'\n' };
    let complete = match memchr::memrchr(terminator, head) {
        Some(end) if !whole => &head[..=end],
        _ => head,
    };
    if complete.iter().all(u8::is_ascii_whitespace) {
        return Err(IngestError::Empty { file: shown(path) });
    }
    if let Some(columns) = cdnow_columns(path, complete, terminator) {
        let dialect = Dialect { delimiter: Delimiter::Blanks, terminator };
        return Ok(Layout { dialect, skip: 0, has_header: false, columns, fixed_cdnow: true });
    }
    let announced = announced_delimiter(complete);
    let mut best: Option<(Score, Dialect, Vec<Vec<String>>)> = None;
    for delimiter in announced.map_or_else(|| b",;\t|".to_vec(), |delimiter| vec![delimiter]) {
        let dialect = Dialect { delimiter: Delimiter::Byte(delimiter), terminator };
        let rows = sample(path, complete, dialect, usize::from(announced.is_some()));
        let score = Score::of(path, &rows, told);
        if best.as_ref().is_none_or(|(known, ..)| score > *known) {
            best = Some((score, dialect, rows));
        }
    }
    let (dialect, first) = match best {
        Some((_, dialect, rows)) => (dialect, rows.into_iter().next().unwrap_or_default()),
        None => return Err(IngestError::Empty { file: shown(path) }),
    };
    if first.len() < 2 {
        let text: String = first.concat().chars().take(60).collect();
        return Err(IngestError::OneColumn { file: shown(path), line: 1, text });
    }
    let has_header = is_header(&first, told);
    let skip = usize::from(announced.is_some()) + usize::from(has_header);
    Ok(Layout { dialect, skip, has_header, columns: first, fixed_cdnow: false })
}

/// Whether a first row holds headings and not a sale.
pub(crate) fn is_header(first: &[String], told: Option<&Mapping>) -> bool {
    let by_name = first.iter().filter(|heading| names_a_field(heading)).count();
    let names_told = told.into_iter().flat_map(Mapping::iter).any(|(_, column)| {
        !column.is_empty() && first.iter().any(|heading| normalised(heading) == normalised(column))
    });
    let is_value = |text: &String| {
        let bytes = text.trim().as_bytes();
        numbers::parse(bytes, DecimalMark::Point).is_ok()
            || numbers::parse(bytes, DecimalMark::Comma).is_ok()
            || dates::parse(bytes).is_some()
    };
    by_name >= 2
        || (!first.iter().any(is_value) && (by_name > 0 || names_told || first.iter().any(|h| !h.is_empty())))
}

fn names_a_field(heading: &str) -> bool {
    let plain = normalised(heading);
    Field::ALL.iter().any(|field| field.headings().contains(&plain.as_str()))
}

/// Which columns a file without header might mean, as a `--map` to start from.
pub(crate) fn suggestion(columns: &[String], map: &ColumnMap, has_header: bool) -> String {
    let name = |index: usize| match columns.get(index) {
        Some(heading) if has_header && !heading.is_empty() => heading.clone(),
        _ => (index + 1).to_string(),
    };
    let is_date = |text: &String| dates::parse(text.trim().as_bytes()).is_some() && text.len() >= 8;
    let has_decimals = |text: &String| {
        let text = text.trim();
        text.contains(['.', ','])
            && numbers::parse(text.replace(',', ".").as_bytes(), DecimalMark::Point).is_ok()
    };
    let free = |index: &usize| !map.iter().any(|(_, column)| column == *index);
    let date = (0..columns.len()).filter(free).find(|&index| is_date(&columns[index]));
    // in a wider file the column with decimals may be a unit price just as well: that is left to the person
    let narrow = columns.len() <= 3 || has_header;
    let amount = (0..columns.len())
        .rev()
        .filter(|_| narrow)
        .filter(free)
        .find(|&i| has_decimals(&columns[i]) && Some(i) != date);
    let customer =
        (0..columns.len()).filter(free).find(|&index| Some(index) != date && Some(index) != amount);
    let guesses =
        [(Field::Customer, customer.filter(|_| !has_header)), (Field::Date, date), (Field::Amount, amount)];
    let part = |(field, guess): (Field, Option<usize>)| {
        let value = field == Field::Amount && map.has_value();
        (!map.has(field) && !value).then(|| format!("{field}={}", guess.map_or_else(|| "…".to_owned(), name)))
    };
    let or = if narrow || map.has_value() {
        ""
    } else {
        " (or price=…,quantity=… instead of the amount of the line)"
    };
    format!("--map {}{or}", guesses.into_iter().filter_map(part).collect::<Vec<_>>().join(","))
}

/// How well a delimiter fits: fields recognised, then rows of one width, then columns.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Score(bool, bool, f64, usize);

impl Score {
    fn of(path: &Path, rows: &[Vec<String>], told: Option<&Mapping>) -> Self {
        let Some(first) = rows.first() else { return Self(false, false, 0.0, 0) };
        let map = resolve(&shown(path), first, true, told);
        let alike = rows.iter().filter(|row| row.len() == first.len()).count() as f64 / rows.len() as f64;
        Self(map.is_ok_and(|map| map.is_complete()), first.len() > 1, alike, first.len())
    }
}

/// Excel's first line `sep=;`.
fn announced_delimiter(head: &[u8]) -> Option<u8> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match head {
        [b's', b'e', b'p', b'=', delimiter, b'\r' | b'\n', ..] => Some(*delimiter),
        _ => None,
    }
}

fn sample(path: &Path, head: &[u8], dialect: Dialect, skip: usize) -> Vec<Vec<String>> {
    let reader = Box::new(Cursor::new(head.to_vec()));
    let mut rows = Rows::Delimited(DelimitedRows::new(path, None, reader, dialect));
    let mut sample = Vec::new();
    let mut skipped = 0;
    // An error here (a quote that the sample cuts off) comes again, with its line, when the file is read.
    while sample.len() < SAMPLE && rows.advance().unwrap_or(false) {
        if skipped < skip {
            skipped += 1;
            continue;
        }
        let row = rows.row();
        sample.push((0..row.len()).map(|index| text(row.field(index))).collect());
    }
    sample
}

pub(crate) fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().to_owned()
}

/// Columns of the published CDNOW files: ids, yyyymmdd, number of CDs, dollars, separated by blanks.
fn cdnow_columns(path: &Path, head: &[u8], terminator: u8) -> Option<Vec<String>> {
    let rows = sample(path, head, Dialect { delimiter: Delimiter::Blanks, terminator }, 0);
    let width = rows.first()?.len();
    let digits = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_sale = |row: &Vec<String>| match row.as_slice() {
        [ids @ .., date, units, dollars] => {
            ids.iter().all(digits)
                && date.len() == 8
                && digits(date)
                && dates::parse(date.as_bytes()).is_some()
                && digits(units)
                && dollars.contains('.')
                && numbers::parse(dollars.as_bytes(), DecimalMark::Point).is_ok()
        }
        _ => false,
    };
    let fitting = rows.iter().filter(|row| row.len() == width && is_sale(row)).count();
    let names: &[&str] = match width {
        4 => &["customer_id", "date", "cds", "amount"],
        5 => &["master_id", "customer_id", "date", "cds", "amount"],
        _ => return None,
    };
    (is_sale(rows.first()?) && fitting * 10 >= rows.len() * 9)
        .then(|| names.iter().map(ToString::to_string).collect())
}
