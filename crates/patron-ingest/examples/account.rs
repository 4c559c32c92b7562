//! Reads a sales file and prints its account: `cargo run -p patron-ingest --example account -- sales.csv [profile]`.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use patron_ingest::{Known, Profile, ReadOptions, inspect, open};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("name a sales file")?);
    let profile = arguments.next().map_or_else(|| Ok(Profile::default()), |name| Profile::named(&name))?;
    let options = ReadOptions { profile, ..ReadOptions::default() };

    let inspection = inspect(&path, &options)?;
    let mut reader = open(&path, &inspection, &options, Known::default())?;
    while reader.next_batch()?.is_some() {}
    let report = reader.finish().report;

    let mut out = std::io::stdout().lock();
    let from: Vec<String> = report.mapping.iter().map(|m| format!("{} = {}", m.field, m.column)).collect();
    writeln!(out, "{}: {}; dates {}", report.file.name, from.join(", "), report.dates)?;
    writeln!(out, "{:>9} lines read      {:>16}", report.lines_read, report.before.amount.to_string())?;
    for rule in &report.rules {
        writeln!(
            out,
            "{:>9} {:<15} {:>16}  {:?}: {}",
            rule.lines,
            rule.rule,
            rule.amount.to_string(),
            rule.action,
            rule.meaning
        )?;
    }
    writeln!(out, "{:>9} lines accepted  {:>16}", report.lines_accepted, report.after.amount.to_string())?;
    Ok(())
}
