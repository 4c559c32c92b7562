//! A sheet of an Excel workbook as rows of cells.

use std::path::Path;
use std::sync::Arc;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::cells::{CellBlock, number_text};
use crate::IngestError;
use crate::source::{open_file, shown};

/// The sheet that was chosen, read whole.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) cells: Arc<CellBlock>,
}

/// Reads the sheet told, or the only one that `holds_sales` (asked with each sheet's first row).
pub(crate) fn read(
    path: &Path,
    told: Option<&str>,
    holds_sales: impl Fn(&[String]) -> bool,
) -> Result<Sheet, IngestError> {
    let file = shown(path);
    let failed = |source: XlsxError| IngestError::Workbook { file: shown(path), source: Box::new(source) };
    let mut book = Xlsx::new(std::io::BufReader::new(open_file(path)?)).map_err(failed)?;
    let names = book.sheet_names();
    let name = match told {
        Some(sheet) if names.iter().any(|name| name == sheet) => sheet.to_owned(),
        Some(sheet) => return Err(IngestError::NoSuchSheet { file, sheet: sheet.to_owned(), found: names }),
        None => {
            let mut with_sales = Vec::new();
            for name in &names {
                // A chart sheet has no cells; it is no reason to refuse the workbook.
                let first = read_sheet(&mut book, name, 1).unwrap_or_default();
                if first.len() > 0 && holds_sales(&texts(&first)) {
                    with_sales.push(name.clone());
                }
            }
            match with_sales.as_slice() {
                [only] => only.clone(),
                [] => names.first().cloned().ok_or_else(|| IngestError::Empty { file: file.clone() })?,
                _ => return Err(IngestError::SeveralSheets { file, found: with_sales }),
            }
        }
    };
    let cells = read_sheet(&mut book, &name, usize::MAX).map_err(failed)?;
    if cells.len() == 0 {
        return Err(IngestError::Empty { file });
    }
    Ok(Sheet { name, cells: Arc::new(cells) })
}

fn texts(block: &CellBlock) -> Vec<String> {
    let row = block.row(0);
    (0..row.len()).map(|index| String::from_utf8_lossy(row.field(index)).into_owned()).collect()
}

/// The first `limit` rows that hold anything; columns count from A.
fn read_sheet<RS>(book: &mut Xlsx<RS>, name: &str, limit: usize) -> Result<CellBlock, XlsxError>
where
    RS: std::io::Read + std::io::Seek,
{
    let epoch_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(name)?;
    let mut block = CellBlock::default();
    let mut open_row = None;
    let mut width = 0;
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let text = cell_text(cell.get_value(), epoch_1904);
        if text.is_empty() {
            continue;
        }
        if open_row.is_some_and(|open| open != row) {
            end_row(&mut block, &mut width, open_row);
            if block.len() == limit {
                return Ok(block);
            }
        }
        open_row = Some(row);
        while block.open_cells() < column as usize {
            block.push_cell("");
        }
        block.push_cell(&text);
    }
    if open_row.is_some() {
        end_row(&mut block, &mut width, open_row);
    }
    Ok(block)
}

/// Rows of a sheet end with their last filled cell: shorter ones are filled up to the width of the first.
fn end_row(block: &mut CellBlock, width: &mut usize, row: Option<u32>) {
    if block.len() == 0 {
        *width = block.open_cells();
    }
    while block.open_cells() < *width {
        block.push_cell("");
    }
    block.end_row(u64::from(row.unwrap_or_default()) + 1);
}

fn cell_text(value: &DataRef<'_>, epoch_1904: bool) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => serial_text(moment.as_f64(), epoch_1904),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Excel counts days since 1899-12-30 (or 1904-01-01) and writes the time as a part of the day.
fn serial_text(serial: f64, epoch_1904: bool) -> String {
    const EPOCH_1900: f64 = 25_569.0;
    const EPOCH_1904: f64 = 24_107.0;
    let days = serial - if epoch_1904 { EPOCH_1904 } else { EPOCH_1900 };
    let seconds = (days * 86_400.0).round();
    let moment = chrono::DateTime::from_timestamp(seconds as i64, 0);
    moment.map_or_else(|| number_text(serial), |moment| moment.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_dates() {
        assert_eq!(serial_text(40_513.351_388_888_9, false), "2010-12-01 08:26:00");
        assert_eq!(serial_text(39_051.0, true), "2010-12-01 00:00:00");
        assert_eq!(serial_text(f64::INFINITY, false), "");
    }
}
