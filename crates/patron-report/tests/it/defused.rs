//! Tables that people open in a spreadsheet run no formulas, and tables for machines stand as they are.

use patron_report::tables;
use patron_report::{Cell, CsvReader, defused};

use crate::shop::Shop;

const HOSTILE: [&str; 6] = ["=1+1", "+1", "-17850", "@SUM(A1)", "\tx", "\rx"];

/// A shop whose customers and products begin as formulas do, with returns so that there are negative numbers.
fn hostile() -> Shop {
    let mut lines: Vec<(&str, &str, &str, i32, &str)> = Vec::new();
    for text in HOSTILE {
        lines.push((text, "2024-01-05", text, 3, "30"));
        lines.push((text, "2024-02-07", text, 1, "10"));
        lines.push((text, "2024-02-08", text, -2, "-20"));
    }
    Shop::bare(&lines)
}

#[test]
fn every_table_can_be_written_either_way() {
    let mut shop = hostile();
    shop.attributes = Some(crate::attributes::hostile());
    let catalog = shop.table.catalog();
    let tables = tables::all(&shop.answers, catalog, &shop.imports, shop.attributes.as_ref(), None);
    let (mut texts, mut negative) = (0, 0);
    for named in &tables {
        let table = &named.table;
        for (row, column) in (0..table.rows()).flat_map(|row| table.columns().iter().map(move |c| (row, c))) {
            match column.cell(row) {
                Cell::Text(text) => {
                    texts += usize::from(defused(&text) != text);
                    assert!(!defused(&text).starts_with(['=', '+', '-', '@', '\t', '\r']));
                }
                cell => negative += usize::from(cell.plain().starts_with('-')),
            }
        }
        let people = table.to_csv(CsvReader::Spreadsheet);
        for start in ["=1+1", "+1", "-17850", "@SUM(A1)", "\tx", "\rx"] {
            let fields =
                [format!("\n{start}"), format!(",{start}"), format!("\"{start}"), format!("\n\"{start}")];
            assert!(!fields.iter().any(|field| people.contains(field.as_str())), "{}: {start:?}", named.file);
        }
    }
    assert!(texts > 50 && negative > 10, "{texts} texts, {negative} negative numbers");
    let named = tables.iter().find(|named| named.file == "customers.csv").unwrap();
    let [people, machines] =
        [CsvReader::Spreadsheet, CsvReader::Machine].map(|reader| named.table.to_csv(reader));
    assert!(people.contains("\n'-17850,") && machines.contains("\n-17850,"));
    assert_eq!(people.replace("'", ""), machines, "nothing but the apostrophes differs");
}
