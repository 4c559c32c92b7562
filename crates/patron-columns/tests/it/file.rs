//! The table's own Parquet form: back to the bit, and whatever is no such file refused.

use std::fs;
use std::io::Write;
use std::path::Path;

use patron_columns::{
    LineSource, SalesTable, TableBuilder, TableFile, TableFileError, TableWriter, repeat_customers,
};
use patron_domain::{Money, NO_CODE, PurchaseRule, SaleBatch};
use patron_synth::{Scenario, stream};
use proptest::prelude::*;
use tempfile::TempDir;

use super::shop::{Line, any_lines, batch_of};
use super::table;

fn written(table: &SalesTable) -> Vec<u8> {
    let mut bytes = Vec::new();
    table.write_parquet(&mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<SalesTable, TableFileError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shop.parquet");
    fs::write(&path, bytes).unwrap();
    TableFile::open(&path)?.read()
}

/// A shop of the generator, customer by customer.
fn batches() -> Vec<SaleBatch> {
    let mut scenario = Scenario { customers: 400, ..Scenario::demo() };
    scenario.dirt.without_customer = 0.0;
    stream(&scenario, 7).unwrap().collect()
}

fn made(batches: &[SaleBatch]) -> SalesTable {
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    batches.iter().for_each(|batch| builder.push(batch));
    builder.finish().0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_table_comes_back_to_the_bit(lines in any_lines(), far in any::<i32>()) {
        let mut lines = lines;
        if let Some(line) = lines.first_mut() {
            // amounts beyond what 18 digits hold, and times before 1970
            line.amount = Money::from_ten_thousandths(i64::MAX - i64::from(far.unsigned_abs()));
            line.timestamp = i64::from(far) * 1_000;
        }
        let table = table(&lines);
        prop_assert_eq!(read(&written(&table)).unwrap(), table);
    }

    #[test]
    fn a_sorted_stream_gives_the_tables_file(lines in any_lines(), cut in 0_usize..40) {
        let table = table(&lines);
        let mut lines = lines;
        lines.sort_by_key(|line| (line.customer, line.timestamp));
        let (first, second) = lines.split_at(cut.min(lines.len()));
        let mut bytes = Vec::new();
        let mut writer = TableWriter::new(&mut bytes, PurchaseRule::NetPositive).unwrap();
        let second = SaleBatch { added: Default::default(), ..batch_of(second) };
        let written = writer.push(&batch_of(first)).and_then(|()| writer.push(&second)).and_then(|()| writer.finish());
        match written {
            Ok(()) => prop_assert_eq!(read(&bytes).unwrap(), table),
            Err(error) => {
                prop_assert!(matches!(error, TableFileError::SharedOrder { .. }), "{error}");
                prop_assert!(is_shared(&lines));
            }
        }
    }
}

/// Whether two customers share an order.
fn is_shared(lines: &[Line]) -> bool {
    lines.iter().any(|a| lines.iter().any(|b| a.order == b.order && a.customer != b.customer))
}

#[test]
fn a_shop_of_several_row_groups_is_the_same_written_at_once_and_streamed() {
    let mut scenario = Scenario { customers: 11_000, ..Scenario::huge() };
    scenario.dirt.without_customer = 0.0;
    let batches: Vec<SaleBatch> = stream(&scenario, 7).unwrap().collect();
    let table = made(&batches);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shop.parquet");
    table.write_parquet(fs::File::create(&path).unwrap()).unwrap();
    let file = TableFile::open(&path).unwrap();
    assert!(file.pieces() > 1, "{} lines", file.len());
    assert!(file.read().unwrap() == table);
    assert_eq!(repeat_customers(&file).unwrap(), repeat_customers(&table).unwrap());
    let mut streamed = Vec::new();
    let mut writer = TableWriter::new(&mut streamed, PurchaseRule::NetPositive).unwrap();
    batches.iter().for_each(|batch| writer.push(batch).unwrap());
    writer.finish().unwrap();
    assert!(read(&streamed).unwrap() == table, "the stream is the table");
}

#[test]
fn the_order_of_arrival_and_the_threads_make_no_other_table() {
    let batches = batches();
    let whole = made(&batches);
    let threads = |count: usize| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
    // the same lines, newest customers first, names before them; lines of one order stay in their order
    let names = SaleBatch { added: batches.iter().fold(Default::default(), join), ..SaleBatch::default() };
    let backwards: Vec<SaleBatch> = std::iter::once(names)
        .chain(batches.iter().rev().map(|batch| SaleBatch { added: Default::default(), ..batch.clone() }))
        .collect();
    for count in [1, 2, 5] {
        assert_eq!(threads(count).install(|| made(&backwards)), whole, "{count} threads");
        let bytes = written(&whole);
        assert_eq!(threads(count).install(|| read(&bytes).unwrap()), whole, "{count} threads");
    }
}

fn join(mut all: patron_domain::NewEntries, batch: &SaleBatch) -> patron_domain::NewEntries {
    all.customers.extend_from_slice(&batch.added.customers);
    all.products.extend_from_slice(&batch.added.products);
    all.orders.extend_from_slice(&batch.added.orders);
    all.countries.extend_from_slice(&batch.added.countries);
    all
}

#[test]
fn other_files_are_refused_with_the_way_out() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shop.parquet");
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        TableFile::open(&path).and_then(|file| file.read()).unwrap_err()
    };
    let whole = written(&made(&batches()));
    assert!(matches!(refused(b"customer,date\n1,2\n"), TableFileError::NotParquet { .. }));
    assert!(matches!(refused(b""), TableFileError::NotParquet { .. }));
    for length in [whole.len() - 1, whole.len() / 2, 4] {
        let error = refused(&whole[..length]);
        assert!(matches!(error, TableFileError::NotParquet { .. }), "{error}");
        assert!(error.to_string().contains("patron export --parquet"), "{error}");
    }
    let foreign = refused(&foreign());
    assert!(matches!(foreign, TableFileError::Foreign { .. }), "{foreign}");
    assert!(foreign.to_string().contains("patron import"), "{foreign}");
    let newer = refused(&replaced(&whole, b"{\"form\":1,", b"{\"form\":7,"));
    assert!(matches!(newer, TableFileError::Newer { form: 7, .. }), "{newer}");
    assert!(newer.to_string().contains("newer Patron"), "{newer}");
    assert!(matches!(TableFile::open(Path::new("no such file")).unwrap_err(), TableFileError::Open { .. }));
}

fn foreign() -> Vec<u8> {
    use arrow_array::{Int32Array, RecordBatch};
    let column: arrow_array::ArrayRef = std::sync::Arc::new(Int32Array::from(vec![1, 2]));
    let batch = RecordBatch::try_from_iter([("customer", column)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it is there");
    let mut other = bytes.to_vec();
    other[at..at + to.len()].copy_from_slice(to);
    other
}

#[test]
fn a_flipped_bit_is_never_read_as_another_table() {
    let table = made(&batches());
    let whole = written(&table);
    let mut found = 0;
    for place in (4..whole.len()).step_by(whole.len() / 150) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        // texts for other readers, and some statistics, are not what a table is read from
        match std::panic::catch_unwind(|| read(&damaged)) {
            Ok(Ok(same)) => assert!(same == table, "byte {place} was read as another table"),
            Ok(Err(_)) => found += 1,
            Err(_) => panic!("byte {place} ended the program"),
        }
    }
    assert!(found > 75, "{found} of 150");
}

#[test]
fn a_stream_that_is_no_table_is_refused() {
    let line = |customer, order, timestamp| Line {
        customer,
        product: 0,
        order,
        country: NO_CODE,
        timestamp,
        quantity: 1,
        amount: Money::from_ten_thousandths(1),
        kind: patron_domain::LineKind::Sale,
    };
    let pushed = |lines: &[Line]| {
        let mut writer = TableWriter::new(Vec::new(), PurchaseRule::NetPositive).unwrap();
        writer.push(&batch_of(lines)).unwrap_err()
    };
    assert!(matches!(pushed(&[line(1, 0, 5), line(0, 1, 9)]), TableFileError::Unsorted { line: 2 }));
    assert!(matches!(pushed(&[line(1, 0, 5), line(1, 1, 4)]), TableFileError::Unsorted { line: 2 }));
    let shared = pushed(&[line(0, 3, 5), line(1, 1, 4), line(1, 3, 4)]);
    assert!(matches!(shared, TableFileError::SharedOrder { line: 3 }), "{shared}");
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let table = made(&batches());
    let all = written(&table).len();
    for room in [0, 3, all / 2, all - 1] {
        assert!(matches!(table.write_parquet(Full(room)), Err(TableFileError::Write(_))), "{room} bytes");
    }
}
