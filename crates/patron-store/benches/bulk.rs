//! Import and scan, beside a bare loop over one prepared statement on the same table.
#![expect(clippy::expect_used, reason = "a benchmark ends where it fails")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use patron_domain::SaleBatch;
use patron_store::{DatabaseUrl, Store, StoreError};
use rusqlite::{Connection, params};
use tempfile::TempDir;

#[path = "../tests/it/shop.rs"]
mod shop;

const LINES: usize = 100_000;

fn empty() -> (TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).expect("a database");
    (folder, store)
}

fn import(store: &mut Store, batches: &[SaleBatch]) -> Result<(), StoreError> {
    let mut writer = store.begin_import(&shop::import("shop.csv"))?;
    batches.iter().try_for_each(|batch| writer.write(batch, &[]))?;
    writer.write(&SaleBatch::default(), &[shop::set_aside(7)])?;
    writer.finish(&shop::report(LINES, 1), &[], &[], &[]).map(drop)
}

/// One statement, one row after the other, without anything the rows refer to.
fn bare_loop(connection: &Connection, batches: &[SaleBatch]) -> rusqlite::Result<()> {
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; BEGIN")?;
    let sql = "INSERT INTO sales VALUES (?, 1, 1, 1, 1, 1, ?, ?, ?, ?, ?, ?, ?)";
    let mut insert = connection.prepare(sql)?;
    let mut id = 0;
    for batch in batches {
        for row in 0..batch.len() {
            id += 1;
            insert.execute(params![
                id,
                batch.timestamp[row],
                batch.quantity[row],
                batch.unit_price[row].ten_thousandths(),
                batch.discount[row].ten_thousandths(),
                batch.amount[row].ten_thousandths(),
                batch.kind[row].word(),
                batch.line[row] as i64,
            ])?;
        }
    }
    connection.execute_batch("COMMIT")
}

fn benches(criterion: &mut Criterion) {
    let batches = shop::batches(&shop::lines(LINES, 1), 8192, 2);
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10);
    group.throughput(criterion::Throughput::Elements(LINES as u64));
    group.bench_function("import/100_000", |bencher| {
        let work = |(folder, mut store): (TempDir, Store)| {
            import(&mut store, &batches).expect("an import");
            (folder, store)
        };
        bencher.iter_batched(empty, work, BatchSize::PerIteration);
    });
    group.bench_function("bare_loop/100_000", |bencher| {
        let open = || {
            let (folder, store) = empty();
            drop(store);
            let connection = Connection::open(folder.path().join("shop.db")).expect("a connection");
            (folder, connection)
        };
        let work = |(folder, connection): (TempDir, Connection)| {
            bare_loop(&connection, &batches).expect("rows");
            (folder, connection)
        };
        bencher.iter_batched(open, work, BatchSize::PerIteration);
    });
    let (_folder, mut store) = empty();
    import(&mut store, &batches).expect("an import");
    group.bench_function("scan/100_000", |bencher| {
        bencher.iter(|| {
            let sink = |batch: SaleBatch| {
                black_box(batch);
                Ok::<(), StoreError>(())
            };
            store.scan(8192, sink).expect("a scan")
        });
    });
    group.finish();
}

criterion_group!(bulk, benches);
criterion_main!(bulk);
