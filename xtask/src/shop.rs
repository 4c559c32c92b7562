//! A shop to work with: an empty database, an invented sales log.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;
use patron_pipeline::write_log;
use patron_store::{DatabaseUrl, Store};
use patron_synth::{BgNbdParams, Buying, Scenario};

use crate::say;

#[derive(Args)]
pub(crate) struct SchemaOptions {
    /// Database to make, or to bring up to date
    #[arg(long, value_name = "URL", default_value = "patron.db")]
    database: String,
}

#[derive(Args)]
pub(crate) struct DemoOptions {
    /// File to write, as CSV
    file: PathBuf,
    /// Customers of the shop
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    customers: u32,
    /// The same seed makes the same file
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
}

/// Makes the tables, or brings them up to date.
pub(crate) fn schema(options: &SchemaOptions) -> Result<()> {
    let url: DatabaseUrl = options.database.parse()?;
    let counts = Store::open(&url)?.counts()?;
    say(&format!(
        "{url} has the tables this version needs; {} customers, {} products and {} sale lines are in it",
        counts.customers, counts.products, counts.sales
    ));
    Ok(())
}

/// Writes the sales log of an invented shop.
pub(crate) fn demo(options: &DemoOptions) -> Result<()> {
    let scenario = Scenario { customers: options.customers, ..Scenario::demo() };
    let lines = write_log(&options.file, &scenario, options.seed)?.totals.lines;
    ensure!(lines > 0, "a shop without customers has no sales");
    say(&format!("{}: {lines} lines of an invented shop", options.file.display()));
    Ok(())
}

/// A log of so many customers who buy seldom and little, so that very many fit: about three lines each.
pub(crate) fn write_seldom(file: &Path, customers: u32, seed: u64) -> Result<u64> {
    let scenario = Scenario {
        customers,
        lines_per_order: 1.2,
        buying: Buying::BgNbd(BgNbdParams { r: 0.4, alpha: 15.0, a: 0.8, b: 2.5 }),
        ..Scenario::demo()
    };
    Ok(write_log(file, &scenario, seed)?.totals.lines)
}

/// Removes an SQLite database with its files beside, if it is there.
pub(crate) fn remove(database: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut path = database.to_owned().into_os_string();
        path.push(ending);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
