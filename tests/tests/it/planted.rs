//! What a synthetic shop has planted in it is found: by the import row by row, by the answers product by product.
//!
//! Each test goes the whole way: the shop is written as a file, the file is imported, the answers are computed from the
//! table. The measured figures are printed (`--nocapture`) and stand in `docs/benchmarks.md`. The answers were developed
//! on seeds 1 to 5; the tests use others.

mod dirt;
mod prices;
mod products;
mod score;

use std::fs::File;
use std::io::BufWriter;

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{ImportReport, LineKind, NO_CODE};
use patron_ingest::{Known, ReadOptions, inspect, open};
use patron_synth::{FileTruth, Shop, write_online_retail};

use score::Score;

/// What became of a row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// Set aside, by this rule.
    SetAside(String),
    /// Accepted as this, with or without a customer.
    Accepted(LineKind, bool),
}

/// A file of a shop after its import.
struct Imported {
    truth: FileTruth,
    table: SalesTable,
    report: ImportReport,
    /// By row, from row 2 on.
    fates: Vec<Option<Fate>>,
}

impl Imported {
    fn fate(&self, row: u64) -> Option<&Fate> {
        self.fates.get(row as usize - 2)?.as_ref()
    }
}

/// Writes the shop as a file and imports it.
fn imported(shop: &Shop) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    let truth = write_online_retail(shop, &mut BufWriter::new(File::create(&path).unwrap())).unwrap();
    let reading = ReadOptions::default();
    let inspection = inspect(&path, &reading).unwrap();
    let mut reader = open(&path, &inspection, &reading, Known::default()).unwrap();
    let mut builder = TableBuilder::new(reading.profile.purchase_rule());
    let mut fates = vec![None; truth.rows as usize];
    let mut note = |line: u64, fate: Fate| {
        let before = fates[line as usize - 2].replace(fate);
        assert_eq!(before, None, "row {line} came twice");
    };
    while let Some(batch) = reader.next_batch().unwrap() {
        let sales = &batch.sales;
        for ((&line, &kind), &customer) in sales.line.iter().zip(&sales.kind).zip(&sales.customer) {
            note(line, Fate::Accepted(kind, customer != NO_CODE));
        }
        batch.quarantined.into_iter().for_each(|own| note(own.line, Fate::SetAside(own.rule)));
        builder.push(&batch.sales);
    }
    let finished = reader.finish();
    builder.describe(&finished.descriptions);
    Imported { truth, table: builder.finish().0, report: finished.report, fates }
}
