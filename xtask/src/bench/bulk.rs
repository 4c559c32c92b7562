//! Bulk loads: our import writer beside a bare loop of prepared statements that fills the same tables.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use patron_domain::{ImportReport, SaleBatch};
use patron_store::{DatabaseUrl, NewImport, Store, StoreError};
use patron_synth::{Scenario, generate};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::serve::told;
use crate::shop::remove;

/// Lines per batch when the database is scanned.
const BATCH: usize = 1 << 14;

/// Rows of one table, and the statement that puts one in.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// Wall and CPU seconds of this thread.
#[derive(Clone, Copy)]
struct Took {
    wall: f64,
    cpu: f64,
}

/// Loads so many lines again and again, ours and bare in turn; medians are told.
pub(super) fn run(lines: usize, runs: usize, postgres: Option<&str>, folder: &Path) -> Result<()> {
    let batches = batches(lines)?;
    let lines: usize = batches.iter().map(SaleBatch::len).sum();
    let (own, bare) = (folder.join("bulk-own.db"), folder.join("bulk-bare.db"));
    let (mut ours, mut theirs, mut scans) = (Vec::new(), Vec::new(), Vec::new());
    let mut tables = Vec::new();
    for _ in 0..runs.max(1) {
        remove(&own)?;
        let mut store = Store::open(&DatabaseUrl::from_path(&own))?;
        ours.push(timed(|| load(&mut store, &batches, lines))?);
        scans.push(timed(|| scan(&mut store, lines))?);
        drop(store);
        if tables.is_empty() {
            tables = filled(&own)?;
        }
        remove(&bare)?;
        drop(Store::open(&DatabaseUrl::from_path(&bare))?);
        theirs.push(timed(|| loop_of_statements(&bare, &tables))?);
    }
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
    let (our, their, scanned) = (median(&ours), median(&theirs), median(&scans));
    let share = their.wall / our.wall;
    told(
        &format!(
            "SQLite: load of {lines} lines, beside a bare loop of prepared statements over the same {rows} rows"
        ),
        &format!(
            "{:.0} lines/s ({:.2} s, {:.2} CPU s); the loop {:.2} s, {:.2} CPU s: {:.0} % of its speed",
            lines as f64 / our.wall,
            our.wall,
            our.cpu,
            their.wall,
            their.cpu,
            100.0 * share
        ),
        "≥ 90 %",
        share >= 0.9,
    );
    let rate = lines as f64 / scanned.cpu / 1e6;
    told("SQLite: scan", &format!("{rate:.2} million lines per CPU second"), "≥ 1", rate >= 1.0);
    for path in [&own, &bare] {
        remove(path)?;
    }
    let Some(url) = postgres else { return Ok(()) };
    let mut store = Store::open(&url.parse()?)?;
    let took = timed(|| load(&mut store, &batches, lines))?;
    let rate = lines as f64 / took.wall;
    told("PostgreSQL: load with COPY", &format!("{rate:.0} lines/s"), "≥ 150000 lines/s", rate >= 150_000.0);
    let took = timed(|| scan(&mut store, lines))?;
    told("PostgreSQL: scan", &format!("{:.2} million lines/s", lines as f64 / took.wall / 1e6), "", true);
    Ok(())
}

/// A demo shop with about so many lines.
fn batches(lines: usize) -> Result<Vec<SaleBatch>> {
    let demo = Scenario::demo();
    let small = generate(&demo, 7)?.lines() as f64;
    let customers = f64::from(demo.customers) * lines as f64 / small;
    let shop = generate(&Scenario { customers: customers.ceil() as u32, ..demo }, 7)?;
    Ok(shop.batches().collect())
}

fn load(store: &mut Store, batches: &[SaleBatch], lines: usize) -> Result<()> {
    let mut writer = store.begin_import(&NewImport {
        file_name: "bulk".to_owned(),
        sha256: "bulk".to_owned(),
        settings_sha256: String::new(),
        profile: "retail".to_owned(),
        imported_at: Default::default(),
        replace: Vec::new(),
    })?;
    for batch in batches {
        writer.write(batch, &[])?;
    }
    let count = lines as u64;
    let report = ImportReport { lines_read: count, lines_accepted: count, ..ImportReport::default() };
    writer.finish(&report, &[], &[], &[])?;
    Ok(())
}

fn scan(store: &mut Store, lines: usize) -> Result<()> {
    let mut sum = 0;
    let seen = store.scan(BATCH, |batch| {
        sum += batch.amount.iter().map(|amount| amount.ten_thousandths()).sum::<i64>();
        Ok::<(), StoreError>(())
    })?;
    ensure!(seen == lines as u64 && sum != 0, "{seen} of {lines} lines came back");
    Ok(())
}

/// What our load has put into which tables.
fn filled(path: &Path) -> Result<Vec<Table>> {
    let connection = Connection::open(path)?;
    let mut names =
        connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut tables = Vec::new();
    for name in names.iter().filter(|name| !name.starts_with("sqlite_") && !name.starts_with("__")) {
        let mut select = connection.prepare(&format!("SELECT * FROM \"{name}\""))?;
        let columns = select.column_count();
        let read = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
        let rows: Vec<Vec<Value>> = select.query_map([], read)?.collect::<Result<_, _>>()?;
        let marks = vec!["?"; columns].join(", ");
        tables.push(Table { insert: format!("INSERT OR REPLACE INTO \"{name}\" VALUES ({marks})"), rows });
    }
    Ok(tables)
}

/// One transaction, one prepared statement a table, one execution a row; settings and indexes as in our load, which
/// makes the indexes at the end.
fn loop_of_statements(path: &Path, tables: &[Table]) -> Result<()> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16384; \
         PRAGMA wal_autocheckpoint = 0;",
    )?;
    let transaction = connection.transaction()?;
    let indexes: Vec<(String, String)> = transaction
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, _) in &indexes {
        transaction.execute_batch(&format!("DROP INDEX \"{name}\""))?;
    }
    for table in tables {
        let mut insert = transaction.prepare(&table.insert)?;
        for row in &table.rows {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
    }
    for (_, make) in &indexes {
        transaction.execute_batch(make)?;
    }
    transaction.commit()?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Took> {
    let (begun, cpu) = (Instant::now(), cpu_seconds()?);
    work()?;
    Ok(Took { wall: begun.elapsed().as_secs_f64(), cpu: cpu_seconds()? - cpu })
}

/// CPU seconds of this thread.
fn cpu_seconds() -> Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")
        .context("CPU time is read from /proc: Linux only")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}

fn median(runs: &[Took]) -> Took {
    let middle = |of: fn(&Took) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Took { wall: middle(|took| took.wall), cpu: middle(|took| took.cpu) }
}
