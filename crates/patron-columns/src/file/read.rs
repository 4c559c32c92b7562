//! Reading: the whole table, or only the columns that are asked for.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal64Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use patron_domain::{LineKind, Money, NO_CODE, Names};
use rayon::prelude::*;

use super::chunks::Chunks;
use super::names::decode;
use super::write::sum;
use super::{Changed, Column, ENTRY, FORM, Head, MICROSECONDS, Place, TableFileError, schema};
use crate::{Catalog, LineSource, Lines, RollupError, SalesTable};

/// Lines that are decoded at once.
const BATCH_LINES: usize = 1 << 14;

/// A table's file: its end was read, its lines are read when they are asked for.
#[derive(Debug)]
pub struct TableFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    head: Head,
    customers: usize,
    /// Columns that were read and are done with: memory that need not be asked for again.
    spare: Mutex<Vec<Lines<'static>>>,
}

impl TableFile {
    /// Opens a file that [`SalesTable::write_parquet`] or [`super::TableWriter`] has written.
    ///
    /// # Errors
    /// [`TableFileError`]: for a file that cannot be opened, is no Parquet, was written by another program, by a newer
    /// Patron, or has lost its end.
    pub fn open(path: &Path) -> Result<Self, TableFileError> {
        let file = || path.to_owned();
        let opened = open(path)?;
        let metadata = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new())
            .map_err(|source| TableFileError::NotParquet { file: file(), source })?;
        let entries = metadata.metadata().file_metadata().key_value_metadata();
        let entry = entries.into_iter().flatten().find(|entry| entry.key == ENTRY);
        let text = entry.and_then(|entry| entry.value.as_deref());
        let text = text.ok_or_else(|| TableFileError::Foreign { file: file() })?;
        let changed = || TableFileError::Changed { file: file(), what: Changed::Entry };
        let value: serde_json::Value = serde_json::from_str(text).map_err(|_| changed())?;
        let form = value["form"].as_u64().and_then(|form| u32::try_from(form).ok()).ok_or_else(changed)?;
        if form > FORM {
            return Err(TableFileError::Newer { file: file(), form });
        }
        let head: Head = serde_json::from_value(value).map_err(|_| changed())?;
        let options = ArrowReaderOptions::new().with_schema(schema());
        let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options)
            .map_err(|source| TableFileError::Unreadable { file: file(), source })?;
        let groups = metadata.metadata().row_groups();
        let fits = groups.len() == head.groups.len()
            && groups.iter().zip(&head.groups).all(|(group, noted)| {
                usize::try_from(group.num_rows()) == Ok(noted.lines) && noted.sums.len() == Column::ALL.len()
            });
        let customers = head.groups.iter().map(|group| group.customers.names).sum::<usize>();
        let (customers, lines) = (
            customers + head.other_customers.names,
            head.groups.iter().map(|group| group.lines).sum::<usize>(),
        );
        if !fits || lines > u32::MAX as usize || customers >= NO_CODE as usize {
            return Err(changed());
        }
        Ok(Self { path: path.to_owned(), metadata, head, customers, spare: Mutex::default() })
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.head.groups.iter().map(|group| group.lines).sum()
    }

    /// Whether it holds no line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts behind the codes.
    ///
    /// # Errors
    /// [`TableFileError`] for a file that is damaged or gone.
    pub fn catalog(&self) -> Result<Catalog, TableFileError> {
        let mut file = open(&self.path)?;
        let mut catalog = Catalog::default();
        let customers = self.head.groups.iter().map(|group| &group.customers);
        for place in customers.chain([&self.head.other_customers]) {
            self.names(&mut file, place, &mut catalog.customers)?;
        }
        self.names(&mut file, &self.head.skus, &mut catalog.skus)?;
        self.names(&mut file, &self.head.descriptions, &mut catalog.descriptions)?;
        self.names(&mut file, &self.head.countries, &mut catalog.countries)?;
        Ok(catalog)
    }

    /// The whole table, equal to the one that was written. Row groups are read on all threads of the current rayon
    /// pool; beside the table one row group for each of them is held.
    ///
    /// # Errors
    /// [`TableFileError`] for a file that is damaged or gone.
    pub fn read(&self) -> Result<SalesTable, TableFileError> {
        let catalog = self.catalog()?;
        let lines = self.len();
        let mut table = SalesTable {
            customer: Vec::with_capacity(lines),
            product: Vec::with_capacity(lines),
            order: Vec::with_capacity(lines),
            country: Vec::with_capacity(lines),
            timestamp: Vec::with_capacity(lines),
            quantity: Vec::with_capacity(lines),
            amount: Vec::with_capacity(lines),
            kind: Vec::with_capacity(lines),
            opens_order: Vec::with_capacity(lines),
            customer_starts: Vec::new(),
            catalog,
            rule: self.head.rule,
            by_product: OnceLock::new(),
        };
        let groups: Vec<usize> = (0..self.head.groups.len()).collect();
        for wave in groups.chunks(rayon::current_num_threads()) {
            let read = wave.par_iter().map(|&group| self.group(group, &Column::ALL));
            // in order of the row groups
            for lines in read.collect::<Result<Vec<_>, _>>()? {
                table.customer.extend_from_slice(&lines.customer);
                table.product.extend_from_slice(&lines.product);
                table.order.extend_from_slice(&lines.order);
                table.country.extend_from_slice(&lines.country);
                table.timestamp.extend_from_slice(&lines.time);
                table.quantity.extend_from_slice(&lines.quantity);
                table.amount.extend_from_slice(&lines.amount);
                table.kind.extend_from_slice(&lines.kind);
                table.opens_order.extend_from_slice(&lines.opens_order);
                self.give_back(lines);
            }
        }
        table.customer_starts = starts(&table.customer, self.customers)
            .ok_or_else(|| self.changed(Changed::Column(Column::Customer, 0)))?;
        Ok(table)
    }

    fn names(&self, file: &mut File, place: &Place, names: &mut Names) -> Result<(), TableFileError> {
        let failed = |source| TableFileError::Open { file: self.path.clone(), source };
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(place.at)).map_err(failed)?;
        file.take(place.bytes as u64).read_to_end(&mut bytes).map_err(failed)?;
        decode(place, &bytes, names).ok_or_else(|| self.changed(Changed::Names))
    }

    fn group(&self, group: usize, columns: &[Column]) -> Result<Lines<'static>, TableFileError> {
        let mut lines = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        lines.clear();
        for batch in self.batches(group, columns)? {
            let batch = batch.map_err(|error| self.unreadable(ParquetError::External(Box::new(error))))?;
            for &column in columns {
                let array = batch.column_by_name(column.name());
                let filled = array.and_then(|array| fill(&mut lines, column, array));
                filled.ok_or_else(|| self.changed(Changed::Column(column, group)))?;
            }
        }
        for (&column, noted) in Column::ALL.iter().zip(&self.head.groups[group].sums) {
            let is_known = match column {
                Column::Customer => below(&lines.customer, self.customers),
                Column::Product => below(&lines.product, self.head.skus.names),
                Column::Country => below(&lines.country, self.head.countries.names),
                _ => true,
            };
            if columns.contains(&column) && (!is_known || *noted != sum(&lines, column)) {
                return Err(self.changed(Changed::Column(column, group)));
            }
        }
        Ok(lines)
    }

    fn give_back(&self, lines: Lines<'static>) {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(lines);
    }

    fn batches(&self, group: usize, columns: &[Column]) -> Result<ParquetRecordBatchReader, TableFileError> {
        let leaves = Column::ALL.iter().enumerate().filter(|(_, column)| columns.contains(column));
        let leaves: Vec<usize> = leaves.map(|(leaf, _)| leaf).collect();
        let chunks = self.metadata.metadata().row_group(group);
        let chunks = leaves.iter().map(|&leaf| chunks.column(leaf).byte_range());
        let chunks =
            Chunks::read(&mut open(&self.path)?, chunks).map_err(|source| self.unreadable(source))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, self.metadata.clone())
            .with_projection(ProjectionMask::leaves(self.metadata.parquet_schema(), leaves))
            .with_row_groups(vec![group])
            .with_batch_size(BATCH_LINES)
            .build();
        reader.map_err(|source| self.unreadable(source))
    }

    fn unreadable(&self, source: ParquetError) -> TableFileError {
        TableFileError::Unreadable { file: self.path.clone(), source }
    }

    fn changed(&self, what: Changed) -> TableFileError {
        TableFileError::Changed { file: self.path.clone(), what }
    }
}

impl LineSource for TableFile {
    fn pieces(&self) -> usize {
        self.head.groups.len()
    }

    fn products(&self) -> usize {
        self.head.skus.names
    }

    fn with_lines<T>(
        &self,
        piece: usize,
        columns: &[Column],
        work: impl FnOnce(&Lines<'_>) -> T,
    ) -> Result<T, RollupError> {
        let lines = self.group(piece, columns).map_err(|error| RollupError::Source(Box::new(error)))?;
        let found = work(&lines);
        self.give_back(lines);
        Ok(found)
    }
}

fn open(path: &Path) -> Result<File, TableFileError> {
    File::open(path).map_err(|source| TableFileError::Open { file: path.to_owned(), source })
}

/// Appends an array to its column; `None` when a null stands where none can be, or a word that is no kind.
fn fill(lines: &mut Lines<'static>, column: Column, array: &ArrayRef) -> Option<()> {
    if array.null_count() > 0 && !column.is_nullable() {
        return None;
    }
    match column {
        Column::Customer => add_codes(lines.customer.to_mut(), array),
        Column::Product => add_codes(lines.product.to_mut(), array),
        Column::Order => add_codes(lines.order.to_mut(), array),
        Column::Country => add_codes(lines.country.to_mut(), array),
        Column::Time => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().values();
            lines.time.to_mut().extend(micros.iter().map(|time| time.div_euclid(MICROSECONDS)));
        }
        Column::Quantity => {
            lines.quantity.to_mut().extend_from_slice(array.as_primitive::<Int32Type>().values());
        }
        Column::Amount => {
            let amounts = array.as_primitive::<Decimal64Type>().values();
            lines.amount.to_mut().extend(amounts.iter().map(|&amount| Money::from_ten_thousandths(amount)));
        }
        Column::Kind => {
            let words = array.as_dictionary::<UInt8Type>();
            let kinds = words.values().as_string::<i32>().iter().map(|word| LineKind::from_word(word?));
            // 256 places, so that no key can miss its own
            let mut by_key = [LineKind::Sale; 256];
            by_key.iter_mut().zip(kinds.collect::<Option<Vec<_>>>()?).for_each(|(place, kind)| *place = kind);
            lines.kind.to_mut().extend(words.keys().values().iter().map(|&key| by_key[usize::from(key)]));
        }
        Column::OpensOrder => lines.opens_order.to_mut().extend(array.as_boolean().values().iter()),
    }
    Some(())
}

fn add_codes(codes: &mut Vec<u32>, array: &ArrayRef) {
    let added = array.as_primitive::<UInt32Type>();
    if added.null_count() == 0 {
        codes.extend_from_slice(added.values());
    } else {
        codes.extend(added.iter().map(|code| code.unwrap_or(NO_CODE)));
    }
}

/// Whether all codes are in a dictionary of so many entries.
fn below(codes: &[u32], names: usize) -> bool {
    codes.iter().all(|&code| (code as usize) < names || code == NO_CODE)
}

/// Where each customer's rows begin, and those without one; `None` when customers do not ascend.
fn starts(customer: &[u32], customers: usize) -> Option<Vec<u32>> {
    let mut starts = Vec::with_capacity(customers + 1);
    let mut row = 0_u32;
    for group in customer.chunk_by(|a, b| a == b) {
        let code = group.first()?.min(&(customers as u32)).to_owned() as usize;
        if code < starts.len() {
            return None;
        }
        starts.resize(code + 1, row);
        row += group.len() as u32;
    }
    starts.resize(customers + 1, row);
    Some(starts)
}
