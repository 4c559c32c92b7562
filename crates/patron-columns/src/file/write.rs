//! Writing: a table at once, or a stream of sorted lines within the memory of a row group.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Decimal64Array, DictionaryArray, Int32Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt8Array, UInt32Array,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use patron_domain::{LineKind, NO_CODE, Names, PurchaseRule, SaleBatch, Timestamp};
use rustc_hash::FxHashSet;

use super::names::encode;
use super::sums::sum_of;
use super::{
    Column, ENTRY, FORM, GROUP_LINES, Group, Head, KINDS, MICROSECONDS, MONEY_DIGITS, Place, TableFileError,
    schema,
};
use crate::{Catalog, Lines, SalesTable};

impl SalesTable {
    /// Writes the table in its own Parquet form: lines sorted by customer, then time, with codes and texts, amounts
    /// as decimals with four digits after the point, times without a zone. [`super::TableFile`] reads it back to
    /// the bit; any other program reads it too.
    ///
    /// # Errors
    /// [`TableFileError::Write`] as `out` fails.
    pub fn write_parquet(&self, out: impl Write + Send) -> Result<(), TableFileError> {
        let mut groups = Groups::new(out, self.rule)?;
        let (mut from, mut named) = (0, 0);
        while from < self.len() {
            let to = self.border(from + GROUP_LINES);
            let lines = self.slice(from, to);
            let last = lines.customer.iter().rev().find(|&&customer| customer != NO_CODE);
            let upto = last.map_or(named, |&customer| customer as usize + 1);
            let customers = (named as u32..upto as u32).map(|code| self.catalog.customers.text(code));
            groups.names(customers)?;
            let ids = Ids { first: 0, names: &self.catalog.customers };
            groups.write(&lines, &ids, &self.catalog)?;
            (from, named) = (to, upto);
        }
        let rest =
            (named as u32..self.catalog.customers.len() as u32).map(|code| self.catalog.customers.text(code));
        groups.finish(rest, &self.catalog)
    }
}

/// Writes a table's file from batches that come in the table's order: customers of ascending codes, those without
/// one last, each in order of time. What is held is a row group, the dictionaries of products and countries, and a
/// bit an order.
pub struct TableWriter<W: Write + Send> {
    groups: Groups<W>,
    lines: Lines<'static>,
    /// The customers that no row group has named yet, and the code of the first of them.
    customers: Names,
    named: u32,
    catalog: Catalog,
    /// Orders of earlier customers, and those whose first sale line has come.
    earlier: Bits,
    opened: Bits,
    /// Orders of the customer that comes now.
    orders: FxHashSet<u32>,
    at: Option<(u32, Timestamp)>,
    written: u64,
}

impl<W: Write + Send> TableWriter<W> {
    /// A file without lines yet.
    ///
    /// # Errors
    /// [`TableFileError::Write`] as `out` fails.
    pub fn new(out: W, rule: PurchaseRule) -> Result<Self, TableFileError> {
        Ok(Self {
            groups: Groups::new(out, rule)?,
            lines: Lines::default(),
            customers: Names::new(),
            named: 0,
            catalog: Catalog::default(),
            earlier: Bits::default(),
            opened: Bits::default(),
            orders: FxHashSet::default(),
            at: None,
            written: 0,
        })
    }

    /// Appends a batch; codes count on from the batches before.
    ///
    /// # Errors
    /// [`TableFileError::Unsorted`] and [`TableFileError::SharedOrder`] for lines that only a
    /// [`crate::TableBuilder`] can put in order; otherwise as the output fails.
    pub fn push(&mut self, batch: &SaleBatch) -> Result<(), TableFileError> {
        batch.added.customers.iter().for_each(|id| {
            self.customers.push(id);
        });
        self.catalog.extend_but_customers(&batch.added);
        for row in 0..batch.len() {
            let (customer, time) = (batch.customer[row], batch.timestamp[row]);
            let line = self.written + self.lines.customer.len() as u64 + 1;
            if self.at.is_some_and(|at| at > (customer, time)) {
                return Err(TableFileError::Unsorted { line });
            }
            if self.at.is_none_or(|(before, _)| before != customer) {
                for order in self.orders.drain().filter(|&order| order != NO_CODE) {
                    self.earlier.insert(order);
                }
                if self.lines.customer.len() >= GROUP_LINES {
                    self.write_group()?;
                }
            }
            self.at = Some((customer, time));
            let opens = self.opens(batch.order[row], batch.kind[row], customer);
            let opens = opens.ok_or(TableFileError::SharedOrder { line })?;
            let lines = &mut self.lines;
            lines.customer.to_mut().push(customer);
            lines.product.to_mut().push(batch.product[row]);
            lines.order.to_mut().push(batch.order[row]);
            lines.country.to_mut().push(batch.country[row]);
            lines.time.to_mut().push(time);
            lines.quantity.to_mut().push(batch.quantity[row]);
            lines.amount.to_mut().push(batch.amount[row]);
            lines.kind.to_mut().push(batch.kind[row]);
            lines.opens_order.to_mut().push(opens);
            if customer == NO_CODE && self.lines.customer.len() >= GROUP_LINES {
                self.write_group()?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As the output fails.
    pub fn finish(mut self) -> Result<(), TableFileError> {
        if !self.lines.customer.is_empty() {
            self.write_group()?;
        }
        self.groups.finish(self.customers.iter(), &self.catalog)
    }

    /// Whether the line is the first sale line of its order.
    fn opens(&mut self, order: u32, kind: LineKind, customer: u32) -> Option<bool> {
        if !self.orders.contains(&order) {
            if self.earlier.contains(order) {
                return None;
            }
            if customer != NO_CODE {
                self.orders.insert(order);
            }
        }
        Some(kind == LineKind::Sale && order != NO_CODE && self.opened.insert(order))
    }

    fn write_group(&mut self) -> Result<(), TableFileError> {
        let lines = std::mem::take(&mut self.lines);
        let last = lines.customer.iter().rev().find(|&&customer| customer != NO_CODE);
        let named = last.map_or(0, |&last| (last + 1).saturating_sub(self.named)) as usize;
        self.groups.names(self.customers.iter().take(named))?;
        let ids = Ids { first: self.named, names: &self.customers };
        self.groups.write(&lines, &ids, &self.catalog)?;
        self.written += lines.customer.len() as u64;
        self.named += named as u32;
        self.customers = self.customers.iter().skip(named).collect();
        Ok(())
    }
}

/// A set of codes, a bit each.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn contains(&self, code: u32) -> bool {
        self.0.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether it is new.
    fn insert(&mut self, code: u32) -> bool {
        let (word, bit) = (code as usize / 64, 1 << (code % 64));
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }
}

/// The ids of customers from a code on.
struct Ids<'a> {
    first: u32,
    names: &'a Names,
}

/// Row groups and the dictionaries between them.
struct Groups<W: Write + Send> {
    writer: ArrowWriter<W>,
    head: Head,
    /// The dictionary of the customers that the next row group names first.
    customers: Place,
}

impl<W: Write + Send> Groups<W> {
    fn new(out: W, rule: PurchaseRule) -> Result<Self, TableFileError> {
        let time = ColumnPath::from(Column::Time.name());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(None)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_column_dictionary_enabled(time, false)
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer =
            ArrowWriter::try_new_with_options(out, schema(), options).map_err(TableFileError::Write)?;
        Ok(Self { writer, head: Head { form: FORM, rule, ..Head::default() }, customers: Place::default() })
    }

    fn place<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> Result<Place, TableFileError> {
        let (bytes, place) = encode(names, self.writer.bytes_written() as u64);
        self.writer.write_all(&bytes).map_err(|error| TableFileError::Write(error.into()))?;
        Ok(place)
    }

    fn names<'a>(&mut self, customers: impl Iterator<Item = &'a str>) -> Result<(), TableFileError> {
        self.customers = self.place(customers)?;
        Ok(())
    }

    fn write(&mut self, lines: &Lines<'_>, ids: &Ids<'_>, catalog: &Catalog) -> Result<(), TableFileError> {
        let arrays = arrays(lines, ids, catalog)?;
        let batch =
            RecordBatch::try_new(schema(), arrays).map_err(|error| TableFileError::Write(error.into()))?;
        self.writer.write(&batch).and_then(|()| self.writer.flush()).map_err(TableFileError::Write)?;
        let customers = std::mem::take(&mut self.customers);
        self.head.groups.push(Group { lines: lines.customer.len(), customers, sums: sums(lines) });
        Ok(())
    }

    fn finish<'a>(
        mut self,
        other_customers: impl Iterator<Item = &'a str>,
        catalog: &Catalog,
    ) -> Result<(), TableFileError> {
        self.head.other_customers = self.place(other_customers)?;
        self.head.skus = self.place(catalog.skus.iter())?;
        self.head.descriptions = self.place(catalog.descriptions.iter())?;
        self.head.countries = self.place(catalog.countries.iter())?;
        let entry = serde_json::to_string(&self.head);
        let entry = entry.map_err(|error| TableFileError::Write(ParquetError::External(Box::new(error))))?;
        self.writer.append_key_value_metadata(KeyValue::new(ENTRY.to_owned(), entry));
        self.writer.close().map(drop).map_err(TableFileError::Write)
    }
}

/// One for each of [`Column::ALL`].
pub(super) fn sums(lines: &Lines<'_>) -> Vec<u64> {
    Column::ALL.map(|column| sum(lines, column)).to_vec()
}

/// The sum of a column.
pub(super) fn sum(lines: &Lines<'_>, column: Column) -> u64 {
    match column {
        Column::Customer => sum_of(&lines.customer),
        Column::Product => sum_of(&lines.product),
        Column::Order => sum_of(&lines.order),
        Column::Country => sum_of(&lines.country),
        Column::Time => sum_of(&lines.time),
        Column::Quantity => sum_of(&lines.quantity),
        Column::Amount => sum_of(&lines.amount),
        Column::Kind => sum_of(&lines.kind),
        Column::OpensOrder => sum_of(&lines.opens_order),
    }
}

fn arrays(lines: &Lines<'_>, ids: &Ids<'_>, catalog: &Catalog) -> Result<Vec<ArrayRef>, TableFileError> {
    let failed = |error: arrow_schema::ArrowError| TableFileError::Write(error.into());
    let (digits, decimals) = MONEY_DIGITS;
    let amounts = lines.amount.iter().map(|amount| amount.ten_thousandths());
    let amounts = Decimal64Array::from_iter_values(amounts).with_precision_and_scale(digits, decimals);
    let words = StringArray::from_iter_values(KINDS.map(LineKind::word));
    let kinds = UInt8Array::from_iter_values(lines.kind.iter().map(|&kind| kind as u8));
    let kinds = DictionaryArray::try_new(kinds, Arc::new(words)).map_err(failed)?;
    let micros = |&seconds: &i64| seconds.checked_mul(MICROSECONDS).ok_or(TableFileError::Time { seconds });
    let times: Vec<i64> = lines.time.iter().map(micros).collect::<Result<_, _>>()?;
    let first = lines.customer.first().copied().unwrap_or(NO_CODE);
    let last = lines.customer.iter().rev().find(|&&customer| customer != NO_CODE).copied();
    let named = last.map_or(first..first, |last| first..last + 1);
    let names = named.map(|code| ids.names.text(code - ids.first));
    let customers: Vec<u32> =
        lines.customer.iter().map(|&code| if code == NO_CODE { code } else { code - first }).collect();
    let texts = [
        text(&customers, StringArray::from_iter_values(names)),
        text(&lines.product, StringArray::from_iter_values(catalog.skus.iter())),
        text(&lines.country, StringArray::from_iter_values(catalog.countries.iter())),
    ];
    let mut arrays: Vec<ArrayRef> = vec![
        codes(&lines.customer),
        codes(&lines.product),
        codes(&lines.order),
        codes(&lines.country),
        Arc::new(TimestampMicrosecondArray::from(times)),
        Arc::new(Int32Array::from(lines.quantity.to_vec())),
        Arc::new(amounts.map_err(failed)?),
        Arc::new(kinds),
        Arc::new(BooleanArray::from(lines.opens_order.to_vec())),
    ];
    for text in texts {
        arrays.push(Arc::new(text.map_err(failed)?));
    }
    Ok(arrays)
}

fn codes(codes: &[u32]) -> ArrayRef {
    Arc::new(nullable(codes))
}

fn nullable(codes: &[u32]) -> UInt32Array {
    if codes.contains(&NO_CODE) {
        codes.iter().map(|&code| (code != NO_CODE).then_some(code)).collect()
    } else {
        UInt32Array::from(codes.to_vec())
    }
}

fn text(
    codes: &[u32],
    names: StringArray,
) -> Result<DictionaryArray<arrow_array::types::UInt32Type>, arrow_schema::ArrowError> {
    DictionaryArray::try_new(nullable(codes), Arc::new(names))
}
