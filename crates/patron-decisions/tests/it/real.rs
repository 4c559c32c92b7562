//! Real logs, read where they lie.

use std::path::{Path, PathBuf};

use patron_columns::{SalesTable, TableBuilder};
use patron_ingest::{Known, ReadOptions, inspect, open};

/// Online Retail under the `retail` rules, or `None` (said loudly) where it is not at hand.
pub(crate) fn online_retail() -> Option<SalesTable> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("PATRON_DATA").map_or(beside, PathBuf::from);
    let path = folder.join("online_retail.csv.gz");
    if !path.exists() {
        println!(
            "SKIPPED: {} is not there; set PATRON_DATA to the folder with the real logs",
            path.display()
        );
        return None;
    }
    let options = ReadOptions::default();
    let inspection = inspect(&path, &options).unwrap();
    let mut reader = open(&path, &inspection, &options, Known::default()).unwrap();
    let mut builder = TableBuilder::new(options.profile.purchase_rule());
    while let Some(batch) = reader.next_batch().unwrap() {
        builder.push(&batch.sales);
    }
    builder.describe(&reader.finish().descriptions);
    Some(builder.finish().0)
}
