//! Tables laid down in a file, so that nothing of them stays in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use patron_domain::{Day, Money};

use super::csv::{heading_line, line};
use super::parquet::{GROUP_ROWS, Stored, write};
use super::{Cell, CsvReader, Kind, Table};

/// A file that tables are laid down in as Parquet, one after another, and read from for as long as one of them is
/// there.
///
/// ```
/// use patron_report::{Cell, Shelf, Table};
///
/// let folder = std::env::temp_dir().join(format!("shelf-{}", std::process::id()));
/// let file = std::fs::File::options().read(true).write(true).create(true).truncate(true).open(&folder)?;
/// let mut shelf = Shelf::new(file);
/// let months = [("2011-10", 2040_u64), ("2011-11", 2884)];
/// let table = Table::over(&months)
///     .text("month", "Calendar month.", |month| month.0)
///     .integer("orders", "orders", "Invoices with a sale line.", |month| month.1)
///     .finish();
/// let laid_down = shelf.put(&table)?;
/// assert_eq!(laid_down.cells(1..2)?, [[Cell::from("2011-11"), Cell::from(2884_u64)]]);
/// # std::fs::remove_file(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Shelf(Arc<Mutex<File>>);

impl Shelf {
    /// An empty file that can be read and written.
    pub fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    /// Lays a table down behind the others.
    ///
    /// # Errors
    /// As the file fails, for one when the disk is full.
    pub fn put(&mut self, table: &Table<'_>) -> io::Result<ShelvedTable> {
        let (start, end, stored) = {
            let mut file = lock(&self.0);
            let start = file.seek(SeekFrom::End(0))?;
            let mut out = BufWriter::with_capacity(1 << 18, &mut *file);
            let stored = write(table, &mut out)?;
            out.flush()?;
            drop(out);
            (start, file.stream_position()?, stored)
        };
        let place = Place { file: Arc::clone(&self.0), start, bytes: end - start };
        let metadata = ArrowReaderMetadata::load(&place, ArrowReaderOptions::new())?;
        let columns = table.columns().iter().zip(stored).map(|(column, stored)| ShelvedColumn {
            key: column.key.clone(),
            unit: column.unit.clone(),
            kind: column.kind,
            stored,
        });
        Ok(ShelvedTable { place, metadata, columns: columns.collect(), rows: table.rows() })
    }
}

/// A table on a [`Shelf`].
#[derive(Debug)]
pub struct ShelvedTable {
    place: Place,
    metadata: ArrowReaderMetadata,
    columns: Vec<ShelvedColumn>,
    rows: usize,
}

/// What is known of a column without reading it.
#[derive(Clone, Debug)]
pub struct ShelvedColumn {
    /// Name for machines.
    pub key: Cow<'static, str>,
    /// What it is counted in.
    pub unit: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    stored: Stored,
}

impl ShelvedTable {
    /// Rows that are read from the file together: a page costs at most two such groups.
    pub const GROUP: usize = GROUP_ROWS;

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, from left to right.
    pub fn columns(&self) -> &[ShelvedColumn] {
        &self.columns
    }

    /// The cells of some rows, row by row; rows beyond the last are left out.
    ///
    /// # Errors
    /// As the file fails.
    pub fn cells(&self, rows: Range<usize>) -> io::Result<Vec<Vec<Cell>>> {
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let mut read = Vec::with_capacity(rows.len().min(self.rows));
        for batch in self.batches(rows, &all)? {
            self.push_rows(&batch.map_err(io::Error::other)?, &all, &mut read);
        }
        Ok(read)
    }

    /// The cells of some rows in one column.
    ///
    /// # Errors
    /// As the file fails.
    pub fn column(&self, column: usize, rows: Range<usize>) -> io::Result<Vec<Cell>> {
        let mut read = Vec::new();
        for batch in self.batches(rows, &[column])? {
            self.push_rows(&batch.map_err(io::Error::other)?, &[column], &mut read);
        }
        Ok(read.into_iter().flatten().collect())
    }

    /// Writes the same CSV as [`Table::write_csv`] of the table that was laid down.
    ///
    /// # Errors
    /// As the file or `out` fails.
    pub fn write_csv(&self, out: &mut impl Write, reader: CsvReader) -> io::Result<()> {
        heading_line(out, self.columns.iter().map(|column| column.key.as_ref()))?;
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let mut rows = Vec::new();
        for batch in self.batches(0..self.rows, &all)? {
            self.push_rows(&batch.map_err(io::Error::other)?, &all, &mut rows);
            for row in rows.drain(..) {
                line(out, row.into_iter(), reader)?;
            }
        }
        Ok(())
    }

    /// Writes the same Parquet as [`Table::write_parquet`] of the table that was laid down.
    ///
    /// # Errors
    /// As the file or `out` fails.
    pub fn write_parquet(&self, out: &mut impl Write) -> io::Result<()> {
        io::copy(&mut self.place.get_read(0)?.take(self.place.bytes), out).map(drop)
    }

    /// Bytes as Parquet.
    pub fn parquet_bytes(&self) -> u64 {
        self.place.bytes
    }

    fn batches(&self, rows: Range<usize>, columns: &[usize]) -> io::Result<ParquetRecordBatchReader> {
        let (start, end) = (rows.start.min(self.rows), rows.end.min(self.rows));
        let groups: Vec<usize> = (start / GROUP_ROWS..end.div_ceil(GROUP_ROWS)).collect();
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.place.clone(), self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        Ok(builder
            .with_row_groups(groups)
            .with_projection(mask)
            .with_offset(start % GROUP_ROWS)
            .with_limit(end.saturating_sub(start))
            .build()?)
    }

    fn push_rows(&self, batch: &RecordBatch, columns: &[usize], rows: &mut Vec<Vec<Cell>>) {
        let kinds: Vec<Stored> = columns.iter().map(|&column| self.columns[column].stored).collect();
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().zip(&kinds);
            rows.push(cells.map(|(array, stored)| cell(array.as_ref(), *stored, row)).collect());
        }
    }
}

fn cell(array: &dyn Array, stored: Stored, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Empty;
    }
    let day = || Day::from_number(array.as_primitive::<Date32Type>().value(row));
    match stored {
        Stored::Text => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        Stored::Integer => Cell::Integer(array.as_primitive::<Int64Type>().value(row)),
        Stored::Money => {
            // written from an i64
            let amount = i64::try_from(array.as_primitive::<Decimal128Type>().value(row));
            Cell::Money(Money::from_ten_thousandths(amount.unwrap_or(i64::MAX)))
        }
        Stored::Number => Cell::Number(array.as_primitive::<Float64Type>().value(row)),
        Stored::Day => Cell::Day(day()),
        Stored::Month => Cell::Month(day().month()),
        Stored::YesNo => Cell::YesNo(array.as_boolean().value(row)),
    }
}

/// Where a table lies in the file.
#[derive(Clone, Debug)]
struct Place {
    file: Arc<Mutex<File>>,
    start: u64,
    bytes: u64,
}

impl Length for Place {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Place {
    type T = BufReader<PlaceReader>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(PlaceReader { file: Arc::clone(&self.file), at: self.start + start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = vec![0; length];
        let mut file = lock(&self.file);
        file.seek(SeekFrom::Start(self.start + start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// Reads on from a place; others may read elsewhere in between.
#[derive(Debug)]
struct PlaceReader {
    file: Arc<Mutex<File>>,
    at: u64,
}

impl Read for PlaceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = lock(&self.file);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn lock(file: &Mutex<File>) -> MutexGuard<'_, File> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}
