//! How many lines per CPU second, and per second, the database takes in and gives back: `cargo run --release
//! -p patron-store --example bulk_speed [LINES [postgres://… of an empty database]]`. Linux only (it reads the process's
//! CPU time from /proc).
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::fs;
use std::time::Instant;

use patron_store::{DatabaseUrl, Store, StoreError};

#[path = "../tests/it/shop.rs"]
mod shop;

fn main() -> Result<(), Box<dyn Error>> {
    let lines = std::env::args().nth(1).map_or(Ok(541_909), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let batches = shop::batches(&shop::lines(lines, 1), 8192, 2);
    let quarantined: Vec<_> = (0..7_000).map(|line| shop::set_aside(line + 1_000_000)).collect();
    fs::write("/proc/self/clear_refs", "5")?; // the peak starts anew
    let before = memory()?;

    let in_folder = || Ok(DatabaseUrl::from_path(folder.path().join("shop.db")));
    let url = std::env::args().nth(2).map_or_else(in_folder, |url| url.parse())?;
    let (start, clock) = (cpu_seconds()?, Instant::now());
    let mut store = Store::open(&url)?;
    let mut writer = store.begin_import(&shop::import("shop.csv"))?;
    writer.write(&Default::default(), &quarantined)?;
    for batch in &batches {
        writer.write(batch, &[])?;
    }
    let descriptions: Vec<String> = (0..4_000).map(|code| format!("final name {code}")).collect();
    let written = cpu_seconds()? - start;
    let products: usize = batches.iter().map(|batch| batch.added.products.len()).sum();
    writer.finish(&shop::report(lines, quarantined.len()), &descriptions[..products.min(4_000)], &[], &[])?;
    let stored = cpu_seconds()? - start;
    println!("import: {lines} lines in {stored:.3} CPU s (commit and checkpoint {:.3})", stored - written);
    println!("        {:.0} lines per second by the clock", lines as f64 / clock.elapsed().as_secs_f64());
    println!("memory: {} KiB above the batches at the peak", memory()?.saturating_sub(before));

    for what in ["scan", "again"] {
        let (start, clock) = (cpu_seconds()?, Instant::now());
        let mut total = 0;
        store.scan(8192, |batch| {
            total += batch.amount.iter().map(|amount| amount.ten_thousandths()).sum::<i64>();
            Ok::<(), StoreError>(())
        })?;
        let scanned = cpu_seconds()? - start;
        println!("{what}: {:.2} million lines per CPU s ({scanned:.3} s)", lines as f64 / scanned / 1e6);
        println!("        {:.0} lines per second by the clock", lines as f64 / clock.elapsed().as_secs_f64());
    }
    let start = cpu_seconds()?;
    let known = store.known_sales()?.lines.len();
    println!("known lines: {known} in {:.3} CPU s", cpu_seconds()? - start);
    let start = cpu_seconds()?;
    let import = store.imports()?[0].id;
    println!("undo: {:?}, {:.3} CPU s", store.undo_import(import)?, cpu_seconds()? - start);
    Ok(())
}

fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(stat.split(' ').next().unwrap_or("").parse::<f64>()? / 1e9)
}

/// Peak resident memory in KiB.
fn memory() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
