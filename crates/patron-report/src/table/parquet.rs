//! Tables as Parquet: typed columns, and what each means beside it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Cell, Column, Kind, Table};

/// Rows that are turned into arrays at once.
const BATCH_ROWS: usize = 8_192;
/// Rows that are compressed together, and so the most that are read for a page.
pub(super) const GROUP_ROWS: usize = 16_384;
/// Digits and decimals of amounts: those of [`patron_domain::Money`].
const MONEY_DIGITS: (u8, i8) = (19, 4);

/// What a column's cells are, as Parquet has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Text,
    Integer,
    Money,
    Number,
    Day,
    Month,
    YesNo,
}

impl Stored {
    /// A column's cells are all of one kind, which the first that is not empty shows.
    fn of(column: &Column<'_>, rows: usize) -> Self {
        let first = (0..rows).map(|row| column.cell(row)).find(|cell| *cell != Cell::Empty);
        match (first.unwrap_or(Cell::Empty), column.kind) {
            (Cell::Text(_), _) | (Cell::Empty, Kind::Text) => Self::Text,
            (Cell::Integer(_), _) | (Cell::Empty, Kind::Integer) => Self::Integer,
            (Cell::Money(_), _) | (Cell::Empty, Kind::Money { .. }) => Self::Money,
            (Cell::Day(_), _) | (Cell::Empty, Kind::Day) => Self::Day,
            (Cell::Month(_), _) | (Cell::Empty, Kind::Month) => Self::Month,
            (Cell::YesNo(_), _) | (Cell::Empty, Kind::YesNo) => Self::YesNo,
            (Cell::Number(_), _)
            | (Cell::Empty, Kind::Number { .. } | Kind::Share { .. } | Kind::Forecast | Kind::Chance) => {
                Self::Number
            }
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Integer => DataType::Int64,
            Self::Money => DataType::Decimal128(MONEY_DIGITS.0, MONEY_DIGITS.1),
            Self::Number => DataType::Float64,
            Self::Day | Self::Month => DataType::Date32,
            Self::YesNo => DataType::Boolean,
        }
    }

    fn array(self, cells: impl Iterator<Item = Cell>) -> io::Result<ArrayRef> {
        macro_rules! array {
            ($array:ty, $($cell:pat => $value:expr),+) => {
                Arc::new(cells.map(|cell| match cell { $($cell => Some($value),)+ _ => None }).collect::<$array>())
            };
        }
        Ok(match self {
            Self::Text => array!(StringArray, Cell::Text(text) => text),
            Self::Integer => array!(Int64Array, Cell::Integer(number) => number),
            Self::Money => {
                let amounts = cells.map(|cell| match cell {
                    Cell::Money(amount) => Some(i128::from(amount.ten_thousandths())),
                    _ => None,
                });
                let amounts = amounts.collect::<Decimal128Array>();
                let (digits, decimals) = MONEY_DIGITS;
                Arc::new(amounts.with_precision_and_scale(digits, decimals).map_err(io::Error::other)?)
            }
            Self::Number => array!(Float64Array, Cell::Number(number) => number),
            Self::Day | Self::Month => array!(
                Date32Array,
                Cell::Day(day) => day.number(),
                Cell::Month(month) => month.first_day().number()
            ),
            Self::YesNo => array!(BooleanArray, Cell::YesNo(yes) => yes),
        })
    }
}

/// Writes `table`, and returns what its columns are stored as.
pub(super) fn write(table: &Table<'_>, out: impl Write + Send) -> io::Result<Vec<Stored>> {
    let stored: Vec<Stored> = table.columns.iter().map(|column| Stored::of(column, table.rows)).collect();
    let fields = table.columns.iter().zip(&stored).map(|(column, stored)| field(column, *stored));
    let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let settings = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(settings))?;
    let mut start = 0;
    while start < table.rows {
        let end = table.rows.min(start + BATCH_ROWS);
        let columns = table.columns.iter().zip(&stored);
        let arrays = columns.map(|(column, stored)| stored.array((start..end).map(|row| column.cell(row))));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect::<io::Result<_>>()?);
        writer.write(&batch.map_err(io::Error::other)?)?;
        start = end;
    }
    writer.close()?;
    Ok(stored)
}

fn field(column: &Column<'_>, stored: Stored) -> Field {
    let told = [("heading", &column.heading), ("meaning", &column.meaning), ("unit", &column.unit)];
    let told = told.into_iter().filter(|(_, text)| !text.is_empty());
    let told: HashMap<String, String> =
        told.map(|(name, text)| (name.to_owned(), text.to_string())).collect();
    Field::new(column.key.as_ref(), stored.data_type(), true).with_metadata(told)
}

impl Table<'_> {
    /// Writes the table as Parquet: texts as UTF-8, whole numbers as 64-bit integers, exact amounts as decimals with
    /// four digits after the point, other numbers as doubles, days as dates and months as their first day. What is
    /// not known is null; heading, meaning and unit of a column are metadata of its field.
    ///
    /// # Errors
    /// As `out` fails.
    pub fn write_parquet(&self, out: impl Write + Send) -> io::Result<()> {
        write(self, out).map(drop)
    }
}
