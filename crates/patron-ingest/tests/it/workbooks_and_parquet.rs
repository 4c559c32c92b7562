//! Cells instead of text: Excel workbooks and Parquet files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
};
use parquet::arrow::ArrowWriter;
use patron_ingest::{IngestError, ReadOptions};

use crate::support::{Outcome, options, read};

/// A zip archive of stored entries: the least that a workbook needs.
fn zip(entries: &[(&str, String)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in entries {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        let (offset, size, length) = (archive.len() as u32, text.len() as u32, name.len() as u16);
        let mut common = Vec::new();
        common.extend([20_u16, 0, 0, 0, 33].map(u16::to_le_bytes).concat());
        common.extend([crc.sum(), size, size].map(u32::to_le_bytes).concat());
        common.extend([length, 0].map(u16::to_le_bytes).concat());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0_u16; 3].map(u16::to_le_bytes).concat());
        directory.extend([0, offset].map(u32::to_le_bytes).concat());
        directory.extend(name.as_bytes());
    }
    let (start, size, count) = (archive.len() as u32, directory.len() as u32, entries.len() as u16);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06");
    archive.extend([0, 0, count, count].map(u16::to_le_bytes).concat());
    archive.extend([size, start].map(u32::to_le_bytes).concat());
    archive.extend([0, 0]);
    archive
}

/// A workbook whose sheets are given as the XML of their rows; style 1 is a date and time.
pub(crate) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    const MAIN: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut list, mut relations, mut types) = (String::new(), String::new(), String::new());
    for (index, (name, _)) in sheets.iter().enumerate() {
        let id = index + 1;
        list += &format!("<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>");
        relations += &format!(
            "<Relationship Id=\"rId{id}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>"
        );
        types += &format!(
            "<Override PartName=\"/xl/worksheets/sheet{id}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
    }
    relations += &format!("<Relationship Id=\"rId99\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/>");
    let mut entries = vec![
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook {MAIN} xmlns:r=\"{RELATIONS}\"><sheets>{list}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet {MAIN}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"
            ),
        ),
    ];
    let names: Vec<String> = (1..=sheets.len()).map(|id| format!("xl/worksheets/sheet{id}.xml")).collect();
    for ((_, rows), name) in sheets.iter().zip(&names) {
        entries.push((name, format!("<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>")));
    }
    zip(&entries)
}

pub(crate) fn row(number: u32, cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .zip('A'..)
        .filter(|(cell, _)| !cell.is_empty())
        .map(|(cell, column)| match cell.strip_prefix("date:") {
            Some(serial) => format!("<c r=\"{column}{number}\" s=\"1\"><v>{serial}</v></c>"),
            None if cell.parse::<f64>().is_ok() => format!("<c r=\"{column}{number}\"><v>{cell}</v></c>"),
            None => format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
        })
        .collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

fn read_workbook(bytes: Vec<u8>, options: &ReadOptions) -> Result<Outcome, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.xlsx");
    std::fs::write(&path, bytes).unwrap();
    read(&path, options)
}

const HEADER: [&str; 8] =
    ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"];

#[test]
fn a_workbook_with_date_cells_text_dates_and_numbers_for_ids() {
    let rows = [
        row(1, &HEADER),
        row(
            2,
            &[
                "489434",
                "85048",
                "LIGHTS",
                "12",
                "date:40148.322916666664",
                "6.95",
                "13085.0",
                "United Kingdom",
            ],
        ),
        row(3, &["489435", "22350", "BOWL", "2", "2009-12-01 07:46:00", "2.55", "13085", "United Kingdom"]),
        row(4, &["489436", "48173C", "MAT", "10", "40148.379", "5.95", "", "France"]),
        row(6, &["C489449", "22087", "BUNTING", "-12", "date:40148.5", "2.95", "16321", "Australia"]),
    ];
    let outcome = read_workbook(workbook(&[("Year 2009-2010", &rows.concat())]), &options("retail")).unwrap();
    let shown = outcome.shown();
    assert_eq!(
        shown,
        [
            "13085 2009-12-01 07:45:00 83.40",
            "13085 2009-12-01 07:46:00 5.10",
            "- 2009-12-01 09:05:46 59.50",
            "16321 2009-12-01 12:00:00 -35.40",
        ]
    );
    assert_eq!(
        (outcome.lines[0].order.as_str(), outcome.lines[0].product.as_deref()),
        ("489434", Some("85048"))
    );
    assert_eq!(outcome.lines[3].line, 6);
    let file = &outcome.inspection.file;
    assert_eq!((file.format.as_str(), file.recognised.as_deref()), ("xlsx", Some("Online Retail II")));
}

#[test]
fn several_sheets_are_chosen_from_by_name() {
    let sales =
        |amount: &str| row(1, &["customer", "date", "amount"]) + &row(2, &["1", "2011-01-31", amount]);
    let notes = row(1, &["just a note"]);
    let one = workbook(&[("Notes", &notes), ("Sales", &sales("5"))]);
    assert_eq!(read_workbook(one, &options("none")).unwrap().lines[0].amount, "5.00");
    let two = workbook(&[("2010", &sales("5")), ("2011", &sales("6"))]);
    let error = read_workbook(two.clone(), &options("none")).unwrap_err();
    assert!(error.to_string().contains("'2010', '2011'"), "{error}");
    let told = |sheet: &str| ReadOptions { sheet: Some(sheet.to_owned()), ..options("none") };
    assert_eq!(read_workbook(two.clone(), &told("2011")).unwrap().lines[0].amount, "6.00");
    let error = read_workbook(two, &told("2012")).unwrap_err();
    assert!(matches!(error, IngestError::NoSuchSheet { .. }), "{error}");
}

pub(crate) fn write_parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_columns_of_many_types() {
    let countries: DictionaryArray<Int32Type> = [Some("France"), None, Some("France")].into_iter().collect();
    let prices = Decimal128Array::from(vec![2_550, 1_000, 5]).with_precision_and_scale(10, 3).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("InvoiceNo", Arc::new(StringArray::from(vec!["536365", "536366", "C536367"]))),
        ("StockCode", Arc::new(StringArray::from(vec!["85123A", "22423", "22423"]))),
        ("Quantity", Arc::new(Int64Array::from(vec![6, 1, -2]))),
        ("InvoiceDate", Arc::new(TimestampMicrosecondArray::from(vec![1_291_191_960_000_000; 3]))),
        ("UnitPrice", Arc::new(prices)),
        ("CustomerID", Arc::new(Float64Array::from(vec![Some(17850.0), None, Some(13047.0)]))),
        ("Country", Arc::new(countries)),
        ("Ignored", Arc::new(Int64Array::from(vec![1, 2, 3]))),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.parquet");
    write_parquet(&path, columns);
    let outcome = read(&path, &options("retail")).unwrap();
    assert_eq!(
        outcome.shown(),
        ["17850 2010-12-01 08:26:00 15.30", "- 2010-12-01 08:26:00 1.00", "13047 2010-12-01 08:26:00 -0.01",]
    );
    assert_eq!(
        (outcome.lines[0].country.as_deref(), outcome.lines[1].country.as_deref()),
        (Some("France"), None)
    );
    assert_eq!(outcome.inspection.file.recognised.as_deref(), Some("Online Retail"));
    assert_eq!(outcome.inspection.dates, "year-month-day");
}

#[test]
fn parquet_days_and_zones_read_as_the_wall_clock() {
    let zoned = |zone: &str| TimestampMillisecondArray::from(vec![1_291_191_960_000]).with_timezone(zone);
    let cases: [(ArrayRef, &str); 4] = [
        (Arc::new(Date32Array::from(vec![14_944])), "2010-12-01 00:00:00"),
        (Arc::new(zoned("+02:00")), "2010-12-01 10:26:00"),
        (Arc::new(zoned("UTC")), "2010-12-01 08:26:00"),
        (Arc::new(StringArray::from(vec!["31/12/2010"])), "2010-12-31 00:00:00"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.parquet");
    for (dates, expected) in cases {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("customer", Arc::new(Int64Array::from(vec![42]))),
            ("date", dates),
            ("amount", Arc::new(Float64Array::from(vec![12.5]))),
        ];
        write_parquet(&path, columns);
        let outcome = read(&path, &options("none")).unwrap();
        assert_eq!(outcome.shown(), [format!("42 {expected} 12.50")]);
    }
    for zone in ["UTC", "+02:00"] {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("customer", Arc::new(Int64Array::from(vec![42]))),
            ("date", Arc::new(zoned(zone))),
            ("amount", Arc::new(Float64Array::from(vec![12.5]))),
        ];
        write_parquet(&path, columns);
        let told = ReadOptions { time_zone: Some("Europe/Berlin".parse().unwrap()), ..options("none") };
        assert_eq!(read(&path, &told).unwrap().shown(), ["42 2010-12-01 09:26:00 12.50"], "{zone}");
    }
}
