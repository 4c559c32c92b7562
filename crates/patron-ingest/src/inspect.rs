//! Detection: what a file is and how its lines are going to be read, before any line is taken.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::Encoding;
use patron_domain::{FileFacts, MappedColumn, PurchaseRule};

use crate::evidence::{DateReading, Evidence, Looked};
use crate::field::{Field, normalised};
use crate::mapping::{ColumnMap, resolve};
use crate::notices::{CustomerTexts, notices};
use crate::orders::{Backs, OrderPlan};
use crate::overlay::{Overlay, recognised};
use crate::people::People;
use crate::rows::cells::{CellBlock, CellRows};
use crate::rows::delimited::{DelimitedRows, Delimiter, Dialect};
use crate::rows::{Row, Rows, parquet, trimmed, workbook};
use crate::sniff::{self, Layout};
use crate::source::{self, Compression, Container, Source};
use crate::survey::{Survey, currency_code};
use crate::{DecimalMark, IngestError, ReadOptions, TimeZone};

/// What was found out about a file. Show it to the person, then hand it to [`open`](crate::open).
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The file, its hash, and how it was understood.
    pub file: FileFacts,
    /// Headings of the columns; `column 1`, `column 2` … where the file has no header.
    pub columns: Vec<String>,
    /// Whether the first line holds headings.
    pub has_header: bool,
    /// Field by field, where it comes from.
    pub mapping: Vec<MappedColumn>,
    /// How dates are read, in words: "day first, because line 14 has 31/01/2011".
    pub dates: String,
    /// How times of day come to the shop's clock, in words, as far as the lines looked at tell.
    pub times: String,
    /// Currency of the amounts, where the file or the person says.
    pub currency: Option<String>,
    /// Whether rows describe whole orders too, so that lines are made from them.
    pub order_form: bool,
    /// What the file holds and is not read, or can be read only roughly: whole sentences for the person.
    pub notices: Vec<String>,
    /// Orders (lines, where there are no order numbers) whose customer is known by an e-mail address only.
    pub guest_orders: u64,
    /// The decimal mark.
    pub decimal: DecimalMark,
    /// The first sale lines, field by field as they stand in the file (at most five).
    pub first_rows: Vec<Vec<String>>,
    /// Name of the cleaning profile.
    pub profile: String,
    /// Name of the overlay of the recognised format, where the profile lets it apply.
    pub overlay: Option<String>,
    /// Which days count as purchases.
    pub purchase_rule: PurchaseRule,
    /// Whether order numbers will be made from customer and day.
    pub derived_orders: bool,
    /// SHA-256 over profile, overlay, mapping and readings: what "the same import" means besides the file's hash.
    pub settings_sha256: String,
    pub(crate) plan: Plan,
}

/// How to read the file.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) origin: Origin,
    pub(crate) skip: usize,
    /// Headings, or `column 1` … where there are none.
    pub(crate) columns: Vec<String>,
    pub(crate) map: ColumnMap,
    /// Columns with a heading, and all columns: a row has at least the first and nothing beyond the second.
    pub(crate) widths: (usize, usize),
    pub(crate) dates: DateReading,
    pub(crate) mark: DecimalMark,
    pub(crate) serial_dates: bool,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) orders: Option<OrderPlan>,
    /// Refunds that are rows of their own.
    pub(crate) backs: Arc<Backs>,
    /// The headings as they would stand in a row again: column and text of those that are read.
    pub(crate) headings: Vec<(usize, Vec<u8>)>,
    pub(crate) people: People,
    pub(crate) zone: Option<TimeZone>,
    /// Offset of times that are written without one, where the column's heading says that they are UTC.
    pub(crate) usual_offset: Option<i32>,
    /// Currency to read where others may stand beside it.
    pub(crate) currency: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Text { compression: Option<Compression>, encoding: &'static Encoding, dialect: Dialect },
    Sheet { cells: Arc<CellBlock> },
    Parquet { rows: u64 },
}

/// Rows always looked at; where they do not settle a reading the rest of the file is.
const LOOKED_AT: u64 = 2_000;
const SHOWN: usize = 5;

/// Finds out what a file is and how it will be read.
///
/// Reads the whole file once for its hash and encoding, and as many lines as it takes to settle how dates and
/// decimals are written.
///
/// # Errors
/// [`IngestError`]: a file that is missing, empty or no sales log; columns that cannot be told; dates or decimals
/// that can be read two ways.
pub fn inspect(path: &Path, options: &ReadOptions) -> Result<Inspection, IngestError> {
    let looked = source::look(path)?;
    let name = source::shown(path);
    let found = match looked.container {
        Container::Text { compression, encoding } => text(path, options, compression, encoding)?,
        Container::Workbook => sheet(path, options)?,
        Container::Parquet => parquet_file(path)?,
    };
    let recognised = if found.has_headings() { recognised(&found.columns) } else { None };
    let map = resolve(&name, &found.columns, found.has_headings(), options.map.as_ref())?;
    if !map.is_complete() {
        return Err(incomplete(name, &found, &map));
    }
    let overlay = recognised.and_then(|format| format.overlay);
    let orders = map.has_orders().then(|| OrderPlan::new(&map, &found.columns, overlay, &options.profile));
    let rules = overlay.filter(|_| options.profile.uses_overlay());
    let required = found.columns.iter().rposition(|heading| !heading.is_empty()).map_or(0, |last| last + 1);
    let widths = (required, found.columns.len());
    let mut plan = Plan {
        skip: found.skip,
        serial_dates: matches!(found.origin, Origin::Sheet { .. }),
        origin: found.origin,
        widths,
        usual_offset: usual_offset(&map, &found.columns),
        people: People::new(&map, orders.as_ref().map(|orders| &orders.settings)),
        zone: options.time_zone,
        currency: None,
        orders,
        backs: Arc::default(),
        headings: if found.has_header { headings(&map, &found.columns) } else { Vec::new() },
        map,
        dates: DateReading { order: crate::DateOrder::YearFirst, words: String::new() },
        mark: DecimalMark::Point,
        overlay: rules.cloned(),
        columns: named(found.columns, found.has_header || found.fixed_cdnow),
    };
    let Settled { first_rows, times, currency, guest_orders, customers } = settle(path, options, &mut plan)?;
    let recognised = recognised.map(|format| format.name);
    let file = facts(path, &looked, &plan, found.fixed_cdnow, recognised);
    Ok(Inspection {
        file,
        mapping: plan.map.shown(&plan.columns),
        has_header: found.has_header,
        dates: plan.dates.words.clone(),
        times,
        currency,
        order_form: plan.orders.is_some(),
        notices: notices(&plan.columns, &plan.map, plan.orders.as_ref(), customers),
        guest_orders,
        decimal: plan.mark,
        first_rows,
        profile: options.profile.name().to_owned(),
        overlay: plan.rules_of(),
        purchase_rule: options.profile.purchase_rule(),
        derived_orders: !plan.map.has(Field::Order),
        settings_sha256: settings(options, &plan, found.sheet.as_deref()),
        columns: plan.columns.clone(),
        plan,
    })
}

impl Plan {
    /// Name of the format whose rules apply beside the profile's.
    fn rules_of(&self) -> Option<String> {
        let any_orders = self.orders.as_ref().filter(|orders| !orders.rules.is_empty());
        let any_orders = any_orders.map(|_| Overlay::of_any_orders());
        self.overlay.as_ref().or(any_orders).map(|overlay| overlay.name.clone())
    }

    /// The sale lines, and the counter of bytes taken from the disk.
    pub(crate) fn rows(&self, path: &Path) -> Result<(Rows, Arc<AtomicU64>), IngestError> {
        let read = Arc::new(AtomicU64::new(0));
        let mut rows = match &self.origin {
            Origin::Text { compression, encoding, dialect } => {
                let text = source::text(path, *compression, encoding, Arc::clone(&read))?;
                Rows::Delimited(DelimitedRows::new(path, *compression, text, *dialect))
            }
            Origin::Sheet { cells } => {
                let mut cells = Some(Arc::clone(cells));
                Rows::Cells(CellRows::new(Box::new(move || Ok(cells.take()))))
            }
            Origin::Parquet { .. } => {
                let wanted: Vec<usize> = self.map.iter().map(|(_, column)| column).collect();
                Rows::Cells(parquet::rows(path, &wanted)?)
            }
        };
        for _ in 0..self.skip {
            rows.advance()?;
        }
        Ok((rows, read))
    }

    /// Whether a row's fields can be those of the header. Cells cannot shift, so theirs always can.
    pub(crate) fn fits(&self, row: Row<'_>) -> bool {
        let (required, width) = self.widths;
        row.from_cells || row.len() >= required && (width..row.len()).all(|index| row.field(index).is_empty())
    }

    /// Whether a row repeats the headings.
    pub(crate) fn is_header(&self, row: Row<'_>) -> bool {
        !self.headings.is_empty()
            && self.headings.iter().all(|(column, heading)| trimmed(row.field(*column)) == heading.as_slice())
    }

    /// Rows of a source that is not text, for the progress.
    pub(crate) fn known_rows(&self) -> Option<u64> {
        match &self.origin {
            Origin::Text { .. } => None,
            Origin::Sheet { cells } => Some(cells.len() as u64),
            Origin::Parquet { rows } => Some(*rows),
        }
    }

    fn comma_separates(&self) -> bool {
        match &self.origin {
            Origin::Text { dialect, .. } => dialect.delimiter == Delimiter::Byte(b','),
            Origin::Sheet { .. } | Origin::Parquet { .. } => true,
        }
    }
}

/// A file's layout, whatever its kind.
struct Found {
    origin: Origin,
    skip: usize,
    has_header: bool,
    columns: Vec<String>,
    fixed_cdnow: bool,
    sheet: Option<String>,
}

impl Found {
    /// Whether columns have names: those of a header, a schema or a published layout.
    fn has_headings(&self) -> bool {
        self.has_header || self.fixed_cdnow || matches!(self.origin, Origin::Parquet { .. })
    }
}

fn text(
    path: &Path,
    options: &ReadOptions,
    compression: Option<Compression>,
    encoding: &'static Encoding,
) -> Result<Found, IngestError> {
    let mut text = source::text(path, compression, encoding, Arc::default())?;
    let mut head = vec![0; 1 << 18];
    let read = source::read_full(&mut text, &mut head);
    let filled = read.map_err(|error| source::unpack_error(path, compression, error))?;
    let whole = filled < head.len();
    let layout = sniff::layout(path, &head[..filled], whole, options.map.as_ref())?;
    let Layout { dialect, skip, has_header, columns, fixed_cdnow } = layout;
    let columns =
        columns.into_iter().map(|heading| heading.trim_start_matches('\u{feff}').to_owned()).collect();
    let origin = Origin::Text { compression, encoding, dialect };
    Ok(Found { origin, skip, has_header, columns, fixed_cdnow, sheet: None })
}

fn sheet(path: &Path, options: &ReadOptions) -> Result<Found, IngestError> {
    let told = options.map.as_ref();
    let name = source::shown(path);
    let holds_sales = |first: &[String]| {
        let map = resolve(&name, first, sniff::is_header(first, told), told);
        map.is_ok_and(|map| map.is_complete())
    };
    let sheet = workbook::read(path, options.sheet.as_deref(), holds_sales)?;
    let row = sheet.cells.row(0);
    let columns: Vec<String> = (0..row.len()).map(|index| sniff::text(row.field(index))).collect();
    let has_header = sniff::is_header(&columns, told);
    let origin = Origin::Sheet { cells: Arc::clone(&sheet.cells) };
    Ok(Found {
        origin,
        skip: usize::from(has_header),
        has_header,
        columns,
        fixed_cdnow: false,
        sheet: Some(sheet.name),
    })
}

fn parquet_file(path: &Path) -> Result<Found, IngestError> {
    let (columns, rows) = parquet::columns(path)?;
    let origin = Origin::Parquet { rows };
    Ok(Found { origin, skip: 0, has_header: true, columns, fixed_cdnow: false, sheet: None })
}

fn incomplete(file: String, found: &Found, map: &ColumnMap) -> IngestError {
    let suggestion = sniff::suggestion(&found.columns, map, found.has_headings());
    let columns = found.columns.clone();
    if found.has_headings() {
        IngestError::MissingColumns { file, missing: map.missing(), found: columns, suggestion }
    } else {
        IngestError::NoHeader { file, first: columns, suggestion }
    }
}

fn named(columns: Vec<String>, has_names: bool) -> Vec<String> {
    let name = |(index, heading): (usize, String)| match has_names && !heading.is_empty() {
        true => heading,
        false => format!("column {}", index + 1),
    };
    columns.into_iter().enumerate().map(name).collect()
}

/// What the lines tell beside dates and decimals.
struct Settled {
    first_rows: Vec<Vec<String>>,
    times: String,
    currency: Option<String>,
    guest_orders: u64,
    customers: CustomerTexts,
}

/// The headings of the mapped columns, to be known again.
fn headings(map: &ColumnMap, columns: &[String]) -> Vec<(usize, Vec<u8>)> {
    let of = |(_, column): (Field, usize)| {
        let heading = columns.get(column)?.trim();
        (!heading.is_empty()).then(|| (column, heading.as_bytes().to_vec()))
    };
    map.iter().filter_map(of).collect()
}

/// Where a heading says that its times are UTC.
fn usual_offset(map: &ColumnMap, columns: &[String]) -> Option<i32> {
    let heading = normalised(columns.get(map.get(Field::Date)?)?);
    (heading.ends_with("gmt") || heading.ends_with("utc")).then_some(0)
}

/// Settles dates, decimals, currency and the accounts of e-mail addresses from the lines.
fn settle(path: &Path, options: &ReadOptions, plan: &mut Plan) -> Result<Settled, IngestError> {
    let (mut rows, _) = plan.rows(path)?;
    let comma_separates = plan.comma_separates();
    let looked = Looked::new(&plan.map);
    let mut survey = Survey::new(&plan.map, &plan.people, plan.orders.as_ref());
    let (mut evidence, mut first_rows, mut lines) = (Evidence::default(), Vec::new(), 0_u64);
    while rows.advance()? {
        let row = rows.row();
        if plan.is_header(row) {
            continue;
        }
        lines += 1;
        if first_rows.len() < SHOWN {
            first_rows.push((0..row.len()).map(|index| sniff::text(row.field(index))).collect());
        }
        if plan.fits(row) {
            evidence.add(row, &looked);
            survey.add(row);
        }
        let dates_settled = options.date_order.is_some() || evidence.settles_dates();
        let mark_settled = options.decimal.is_some() || evidence.settles_mark(comma_separates);
        if lines >= LOOKED_AT && dates_settled && mark_settled && !survey.needs_all() {
            break;
        }
    }
    let file = source::shown(path);
    if lines == 0 {
        return Err(IngestError::NoLines { file });
    }
    let date_column = plan.map.get(Field::Date).and_then(|column| plan.columns.get(column));
    let date_column = date_column.map_or("", String::as_str);
    plan.dates = evidence.date_reading(&file, date_column, options.date_order)?;
    plan.mark = evidence.mark(&file, &plan.columns, comma_separates, options.decimal)?;
    survey.check_discounts(&file, &plan.columns)?;
    let order_column = plan.map.get(Field::Order).and_then(|column| plan.columns.get(column));
    survey.check_neighbours(&file, order_column.map_or("", String::as_str))?;
    plan.backs = Arc::new(survey.seen.take().map(|seen| Backs::new(seen, plan.mark)).unwrap_or_default());
    let currency = survey.currency(&file, options.currency.as_deref())?;
    plan.currency = currency.clone().filter(|_| options.currency.is_some());
    plan.people.accounts = Arc::new(survey.accounts);
    let times = evidence.offsets.with_usual(plan.usual_offset).words(plan.zone);
    Ok(Settled {
        first_rows,
        times,
        currency,
        guest_orders: survey.guest_orders,
        customers: survey.customers,
    })
}

fn facts(
    path: &Path,
    looked: &Source,
    plan: &Plan,
    fixed_cdnow: bool,
    recognised: Option<&'static str>,
) -> FileFacts {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut facts = FileFacts {
        name,
        bytes: looked.bytes,
        sha256: looked.sha256.clone(),
        recognised: recognised.map(str::to_owned),
        ..FileFacts::default()
    };
    match &plan.origin {
        Origin::Text { compression, encoding, dialect } => {
            facts.format = if fixed_cdnow { "cdnow" } else { "csv" }.to_owned();
            facts.delimiter = (!fixed_cdnow).then(|| dialect.delimiter.word().to_owned());
            facts.encoding = Some(encoding.name().to_owned());
            facts.compression = compression.map(|compression| compression.word().to_owned());
        }
        Origin::Sheet { .. } => facts.format = "xlsx".to_owned(),
        Origin::Parquet { .. } => facts.format = "parquet".to_owned(),
    }
    facts
}

fn settings(options: &ReadOptions, plan: &Plan, sheet: Option<&str>) -> String {
    let profile = &options.profile;
    let rules: Vec<_> = profile.rules().iter().map(|rule| (&rule.name, rule.action, &rule.when)).collect();
    let mapping: Vec<_> = plan.map.iter().map(|(field, column)| (field, plan.columns.get(column))).collect();
    let mut text = format!(
        "{} {:?} {:?} {rules:?} {mapping:?} {:?} {:?} {sheet:?}",
        profile.name(),
        profile.purchase_rule(),
        plan.overlay,
        plan.dates.order,
        plan.mark,
    );
    // what is not told and not there leaves no trace, so that settings of earlier versions still compare
    if let Some(orders) = &plan.orders {
        text += &format!(" {orders:?}");
    }
    if let Some(zone) = plan.zone {
        text += &format!(" zone {zone}");
    }
    if let Some(currency) = &options.currency {
        text += &format!(" currency {}", currency_code(currency));
    }
    source::sha256(&text)
}
