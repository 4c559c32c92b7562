//! A small table read whole: its headings understood, its dates and decimals settled from all its lines.

use std::path::Path;
use std::sync::{Arc, atomic::AtomicU64};

use encoding_rs::Encoding;
use patron_domain::FileFacts;

use super::headings::{Columns, Holds, SideField, of_sales};
use super::{SideError, SideOptions, counted};
use crate::evidence::{Evidence, Looked};
use crate::rows::cells::{CellBlock, CellRows};
use crate::rows::delimited::{DelimitedRows, Delimiter, Dialect};
use crate::rows::{Row, Rows, parquet, trimmed, workbook};
use crate::sniff;
use crate::source::{self, Compression, Container};
use crate::{DateOrder, DecimalMark, IngestError, dates, numbers};

/// The lines of a file in which something was understood, with the columns that were.
pub(super) struct Table<F> {
    pub(super) file: String,
    pub(super) facts: FileFacts,
    pub(super) headings: Vec<String>,
    pub(super) columns: Columns<F>,
    /// Fields by their place in `columns`.
    cells: CellBlock,
    pub(super) order: DateOrder,
    /// How dates are read, in words, where there are any.
    pub(super) dates: Option<String>,
    pub(super) mark: DecimalMark,
    /// Dates may stand as bare numbers of days.
    pub(super) serial_dates: bool,
    pub(super) warnings: Vec<String>,
}

impl<F: SideField> Table<F> {
    /// Reads a whole file; headings that will not do are refused before any line is read.
    pub(super) fn read(path: &Path, options: &SideOptions) -> Result<Self, IngestError> {
        let Opened { facts, body, headings } = open::<F>(path, options)?;
        let file = source::shown(path);
        let columns = understood::<F>(&file, &headings)?;
        let (cells, warnings) = cells(path, &body, &headings, &columns)?;
        if cells.len() == 0 {
            return Err(SideError::NoLines { file, kind: F::KIND }.into());
        }
        if source::look(path)?.sha256 != facts.sha256 {
            return Err(IngestError::Changed { file });
        }
        let names: Vec<String> = columns.iter().map(|(_, column)| headings[column].clone()).collect();
        let (order, dates) = date_reading(&file, &columns, &names, &cells, options.date_order)?;
        let mark = mark(&file, &columns, &names, &cells, body.comma_separates(), options.decimal)?;
        let serial_dates = matches!(body, Body::Sheet { .. });
        Ok(Self { file, facts, headings, columns, cells, order, dates, mark, serial_dates, warnings })
    }

    /// Lines in file order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|index| self.cells.row(index))
    }

    pub(super) fn row(&self, index: usize) -> Row<'_> {
        self.cells.row(index)
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The heading of a field's column; its word where there is none.
    pub(super) fn heading(&self, field: F) -> String {
        let column = self.columns.iter().find(|&(known, _)| known == field);
        column.map_or_else(|| field.word().to_owned(), |(_, column)| self.headings[column].clone())
    }

    /// Why two lines about one customer or product cannot both stay.
    pub(super) fn differing(&self, first: usize, second: usize, whom: String, field: F) -> SideError {
        let (first, second) = (self.line(first), self.line(second));
        SideError::Differing {
            file: self.file.clone(),
            first: first.number(),
            second: second.number(),
            whom: whom.into(),
            column: self.heading(field),
            first_value: first.raw(field).into(),
            second_value: second.raw(field).into(),
        }
    }
}

/// A file whose headings are known and whose lines are not read yet.
struct Opened {
    facts: FileFacts,
    body: Body,
    headings: Vec<String>,
}

enum Body {
    Text { compression: Option<Compression>, encoding: &'static Encoding, dialect: Dialect, skip: usize },
    Sheet { cells: Arc<CellBlock> },
    Parquet,
}

impl Body {
    fn comma_separates(&self) -> bool {
        match self {
            Self::Text { dialect, .. } => dialect.delimiter == Delimiter::Byte(b','),
            Self::Sheet { .. } | Self::Parquet => true,
        }
    }

    /// The lines below the headings, with the `wanted` columns at least.
    fn rows(&self, path: &Path, wanted: &[usize]) -> Result<Rows, IngestError> {
        let (mut rows, skip) = match self {
            Self::Text { compression, encoding, dialect, skip } => {
                let text = source::text(path, *compression, encoding, Arc::default())?;
                (Rows::Delimited(DelimitedRows::new(path, *compression, text, *dialect)), *skip)
            }
            Self::Sheet { cells } => {
                let mut cells = Some(Arc::clone(cells));
                (Rows::Cells(CellRows::new(Box::new(move || Ok(cells.take())))), 1)
            }
            Self::Parquet => (Rows::Cells(parquet::rows(path, wanted)?), 0),
        };
        for _ in 0..skip {
            rows.advance()?;
        }
        Ok(rows)
    }
}

fn open<F: SideField>(path: &Path, options: &SideOptions) -> Result<Opened, IngestError> {
    let looked = source::look(path).map_err(|error| match error {
        IngestError::NotASalesLog { file, what } => SideError::NotATable { file, what, kind: F::KIND }.into(),
        other => other,
    })?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let facts = FileFacts { name, bytes: looked.bytes, sha256: looked.sha256, ..FileFacts::default() };
    match looked.container {
        Container::Text { compression, encoding } => open_text::<F>(path, facts, compression, encoding),
        Container::Workbook => open_sheet::<F>(path, facts, options.sheet.as_deref()),
        Container::Parquet => {
            let (headings, _) = parquet::columns(path)?;
            let facts = FileFacts { format: "parquet".to_owned(), ..facts };
            Ok(Opened { facts, body: Body::Parquet, headings })
        }
    }
}

fn open_text<F: SideField>(
    path: &Path,
    facts: FileFacts,
    compression: Option<Compression>,
    encoding: &'static Encoding,
) -> Result<Opened, IngestError> {
    let mut text = source::text(path, compression, encoding, Arc::<AtomicU64>::default())?;
    let mut head = vec![0; 1 << 18];
    let read = source::read_full(&mut text, &mut head);
    let filled = read.map_err(|error| source::unpack_error(path, compression, error))?;
    let layout = sniff::layout(path, &head[..filled], filled < head.len(), None)?;
    if layout.fixed_cdnow {
        let file = source::shown(path);
        return Err(SideError::SalesLog { file, kind: F::KIND, found: layout.columns }.into());
    }
    let (dialect, announced) = (layout.dialect, layout.skip - usize::from(layout.has_header));
    let without_mark = |heading: String| heading.trim_start_matches('\u{feff}').to_owned();
    let facts = FileFacts {
        format: "csv".to_owned(),
        delimiter: Some(dialect.delimiter.word().to_owned()),
        encoding: Some(encoding.name().to_owned()),
        compression: compression.map(|compression| compression.word().to_owned()),
        ..facts
    };
    let headings = layout.columns.into_iter().map(without_mark).collect();
    Ok(Opened { facts, body: Body::Text { compression, encoding, dialect, skip: announced + 1 }, headings })
}

fn open_sheet<F: SideField>(
    path: &Path,
    facts: FileFacts,
    told: Option<&str>,
) -> Result<Opened, IngestError> {
    let fits = |first: &[String]| {
        let columns = Columns::<F>::by_name("", first);
        columns.is_ok_and(|columns| F::missing(&columns).is_none() && of_sales(first, &columns).is_none())
    };
    let sheet = workbook::read(path, told, fits).map_err(|error| match error {
        IngestError::SeveralSheets { file, found } => {
            SideError::SeveralSheets { file, kind: F::KIND, found }.into()
        }
        other => other,
    })?;
    let first = sheet.cells.row(0);
    let headings = (0..first.len()).map(|index| sniff::text(first.field(index))).collect();
    let facts = FileFacts { format: "xlsx".to_owned(), ..facts };
    Ok(Opened { facts, body: Body::Sheet { cells: sheet.cells }, headings })
}

fn understood<F: SideField>(file: &str, headings: &[String]) -> Result<Columns<F>, SideError> {
    let (file, kind) = (file.to_owned(), F::KIND);
    let columns = Columns::by_name(&file, headings)?;
    if let Some(found) = of_sales(headings, &columns) {
        return Err(SideError::SalesLog { file, kind, found });
    }
    if columns.is_empty() && headings.iter().any(|text| is_value(text)) {
        return Err(SideError::NoHeadings { file, first: headings.to_vec(), kind });
    }
    if let Some((column, remedy)) = F::percentages(headings, &columns) {
        return Err(SideError::PercentageColumn { file, column: column.to_owned(), remedy });
    }
    match F::missing(&columns) {
        Some(missing) => Err(SideError::MissingColumn { file, missing, found: headings.to_vec(), kind }),
        None => Ok(columns),
    }
}

/// Whether a text is a number, a date or an e-mail address, and so no heading.
fn is_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.contains('@')
        || dates::parse(bytes).is_some()
        || [DecimalMark::Point, DecimalMark::Comma].iter().any(|&mark| numbers::parse(bytes, mark).is_ok())
}

/// The understood columns of all lines that hold something in them, and what to tell of the other lines.
fn cells<F: SideField>(
    path: &Path,
    body: &Body,
    headings: &[String],
    columns: &Columns<F>,
) -> Result<(CellBlock, Vec<String>), IngestError> {
    let file = || source::shown(path);
    let wanted = columns.numbers();
    let required = headings.iter().rposition(|heading| !heading.is_empty()).map_or(0, |last| last + 1);
    let mut rows = body.rows(path, &wanted)?;
    let mut cells = CellBlock::default();
    let (mut passed_over, mut first_passed) = (0_u64, 0);
    while rows.advance()? {
        let row = rows.row();
        if (0..row.len()).all(|index| trimmed(row.field(index)).is_empty()) {
            continue;
        }
        let beyond = (headings.len()..row.len()).any(|index| !row.field(index).is_empty());
        if !row.from_cells && (row.len() < required || beyond) {
            let (line, found, expected) = (row.line, row.len(), headings.len());
            return Err(SideError::Ragged { file: file(), line, found, expected }.into());
        }
        if memchr::memchr(0, row.text).is_some() {
            return Err(SideError::ZeroByte { file: file(), line: row.line }.into());
        }
        if wanted.iter().all(|&column| trimmed(row.field(column)).is_empty()) {
            passed_over += 1;
            first_passed = if passed_over == 1 { row.line } else { first_passed };
            continue;
        }
        for &column in &wanted {
            cells.push_cell(&String::from_utf8_lossy(row.field(column)));
        }
        cells.end_row(row.line);
    }
    let warning = format!(
        "passed over {} without anything in the columns that were understood; the first is line {first_passed}",
        counted(passed_over, "line", "lines")
    );
    Ok((cells, if passed_over > 0 { vec![warning] } else { Vec::new() }))
}

/// Places of the columns that hold dates, or amounts.
fn places<F: SideField>(columns: &Columns<F>, held: Holds) -> Vec<usize> {
    let holds = |&(_, (field, _)): &(usize, (F, usize))| field.holds() == held;
    columns.iter().enumerate().filter(holds).map(|(place, _)| place).collect()
}

/// All date columns of a file are written one way; an error names the column that gives rise to it.
fn date_reading<F: SideField>(
    file: &str,
    columns: &Columns<F>,
    names: &[String],
    cells: &CellBlock,
    told: Option<DateOrder>,
) -> Result<(DateOrder, Option<String>), IngestError> {
    let places = places(columns, Holds::Date);
    let evidence = |places: &[usize]| {
        let mut evidence = Evidence::default();
        for &place in places {
            let looked = Looked { date: Some(place), numbers: Vec::new() };
            (0..cells.len()).for_each(|index| evidence.add(cells.row(index), &looked));
        }
        evidence
    };
    let has_dates = (0..cells.len()).any(|index| {
        places.iter().any(|&place| dates::parse(trimmed(cells.row(index).field(place))).is_some())
    });
    let reading = |places: &[usize]| {
        let shown: Vec<&str> = places.iter().map(|&place| names[place].as_str()).collect();
        evidence(places).date_reading(file, &shown.join(" / "), told).map_err(whole_file)
    };
    let reading = reading(&places)
        .or_else(|all| places.iter().try_for_each(|&place| reading(&[place]).map(drop)).and(Err(all)))?;
    Ok((reading.order, has_dates.then_some(reading.words)))
}

/// Of these files no line is set aside: what is said of dates must not promise it.
fn whole_file(error: IngestError) -> IngestError {
    match error {
        IngestError::MixedDates {
            file,
            column,
            day_first_line,
            day_first,
            month_first_line,
            month_first,
        } => SideError::MixedDates {
            file,
            column: column.into(),
            day_first_line,
            day_first: day_first.into(),
            month_first_line,
            month_first: month_first.into(),
        }
        .into(),
        other => other,
    }
}

fn mark<F: SideField>(
    file: &str,
    columns: &Columns<F>,
    names: &[String],
    cells: &CellBlock,
    comma_separates: bool,
    told: Option<DecimalMark>,
) -> Result<DecimalMark, IngestError> {
    let looked = Looked { date: None, numbers: places(columns, Holds::Amount) };
    let mut evidence = Evidence::default();
    (0..cells.len()).for_each(|index| evidence.add(cells.row(index), &looked));
    evidence.mark(file, names, comma_separates, told)
}
