//! The columns of a Parquet file as rows of cells.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::cells::{Blocks, CellBlock, CellRows, number_text};
use crate::IngestError;
use crate::source::{open_file, shown};

type Builder = ParquetRecordBatchReaderBuilder<File>;

/// Names of the top-level columns, and the number of rows.
pub(crate) fn columns(path: &Path) -> Result<(Vec<String>, u64), IngestError> {
    let builder = builder(path)?;
    let names = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let rows = builder.metadata().file_metadata().num_rows();
    Ok((names, u64::try_from(rows).unwrap_or(0)))
}

/// All rows. Columns that are not `wanted` are left empty and not even read; row n of the file is line n.
pub(crate) fn rows(path: &Path, wanted: &[usize]) -> Result<CellRows, IngestError> {
    let builder = builder(path)?;
    let width = builder.schema().fields().len();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
    let built = builder.with_projection(mask).with_batch_size(8_192).build();
    let mut batches = built.map_err(|source| failed(path, source))?;
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let (path, mut line) = (path.to_owned(), 0);
    let blocks: Blocks = Box::new(move || {
        let Some(batch) = batches.next() else { return Ok(None) };
        let batch = batch.map_err(|source| failed(&path, source))?;
        let block = block(&batch, &wanted, width, line).map_err(|source| failed(&path, source))?;
        line += batch.num_rows() as u64;
        Ok(Some(Arc::new(block)))
    });
    Ok(CellRows::new(blocks))
}

fn builder(path: &Path) -> Result<Builder, IngestError> {
    Builder::try_new(open_file(path)?).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> IngestError {
    IngestError::Parquet { file: shown(path), source: Box::new(source) }
}

fn block(batch: &RecordBatch, wanted: &[usize], width: usize, lines: u64) -> Result<CellBlock, ArrowError> {
    let mut columns: Vec<Option<Vec<String>>> = vec![None; width];
    for (array, &column) in batch.columns().iter().zip(wanted) {
        if let Some(place) = columns.get_mut(column) {
            *place = Some(texts(array)?);
        }
    }
    let mut block = CellBlock::default();
    for row in 0..batch.num_rows() {
        for column in &columns {
            block.push_cell(column.as_ref().and_then(|texts| texts.get(row)).map_or("", String::as_str));
        }
        block.end_row(lines + row as u64 + 1);
    }
    Ok(block)
}

fn texts(array: &ArrayRef) -> Result<Vec<String>, ArrowError> {
    match array.data_type() {
        DataType::Float64 => {
            let numbers = array.as_primitive::<Float64Type>();
            Ok(numbers.iter().map(|number| number.map_or_else(String::new, number_text)).collect())
        }
        DataType::Float32 => {
            let numbers = array.as_primitive::<Float32Type>();
            let text = |number: Option<f32>| {
                number.filter(|n| n.is_finite()).map_or_else(String::new, |n| n.to_string())
            };
            Ok(numbers.iter().map(text).collect())
        }
        DataType::Timestamp(unit, Some(zone)) if !zone.starts_with(['+', '-']) => {
            // A named zone needs a zone database to give its wall clock; what is stored is UTC, and is read so.
            let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
            formatted(&arrow_cast::cast(array, &utc)?)
        }
        _ => formatted(array),
    }
}

fn formatted(array: &dyn Array) -> Result<Vec<String>, ArrowError> {
    let options = FormatOptions::new().with_display_error(true);
    let formatter = ArrayFormatter::try_new(array, &options)?;
    (0..array.len()).map(|row| formatter.value(row).try_to_string()).collect()
}
