//! Refits, stops, and models that travel.

use std::fmt::Write;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::DateTime;
use patron_store::{Counts, DatabaseUrl};
use tempfile::TempDir;

use super::*;
use crate::{ImportOutcome, ImportRequest, Silent, import};

fn at(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
}

/// 40 customers over `months` months, 30 orders a month.
fn sales(months: u32) -> String {
    let mut text = String::from("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    for order in 0..30 * months {
        let customer = (order.wrapping_mul(2_654_435_761) >> 11) % 40;
        let (month, day) = (order / 30, 1 + order % 28);
        let (year, month) = (2022 + month / 12, 1 + month % 12);
        let line = format!("{},{},{}", 5000 + order, 10_000 + order % 7, 1 + order % 3);
        writeln!(text, "{line},{year}-{month:02}-{day:02} 10:00:00,2.25,c{customer},France").unwrap();
    }
    text
}

fn shop(text: &str) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
    add(&folder, &mut store, text, &Silent).unwrap();
    (folder, store)
}

fn add(
    folder: &TempDir,
    store: &mut Store,
    text: &str,
    progress: &dyn Progress,
) -> Result<bool, PipelineError> {
    let file = folder.path().join("sales.csv");
    fs::write(&file, text).unwrap();
    let request = ImportRequest::inspect(file, Default::default(), at(5), &Silent).unwrap();
    let outcome = import(store, &request, progress, |_, _| ())?;
    Ok(matches!(outcome, ImportOutcome::Imported { .. }))
}

fn serving(store: &mut Store) -> Option<RunId> {
    store.reading().serving_run().unwrap()
}

#[test]
fn a_new_fit_serves_and_a_failed_one_changes_nothing() {
    let (_folder, mut store) = shop(&sales(20));
    let request = ComputeRequest { backtest: true, ..ComputeRequest::default() };
    let first = refit(&mut store, "shop.db", &request, at(10), &Silent).unwrap();
    assert_eq!((first.run, first.customers, serving(&mut store)), (RunId(1), 40, Some(RunId(1))));
    assert!(first.report.backtest.is_some());
    let second = refit(&mut store, "shop.db", &ComputeRequest::default(), at(11), &Silent).unwrap();
    assert_eq!(serving(&mut store), Some(second.run));
    assert_eq!(store.predictions(second.run).unwrap().len(), 40);

    let counts = store.counts().unwrap();
    let early = ComputeRequest { as_of: Some("2022-01-01".parse().unwrap()), ..ComputeRequest::default() };
    let failed = refit(&mut store, "shop.db", &early, at(12), &Silent);
    assert!(matches!(failed, Err(PipelineError::Models(_))), "{failed:?}");
    assert_eq!((serving(&mut store), store.counts().unwrap()), (Some(second.run), counts));
    let record = test_on_the_past(&mut store, "shop.db", &request, &Silent).unwrap();
    assert_eq!(record.holdout.customers, 40);
    assert_eq!(store.counts().unwrap(), counts);
}

#[test]
fn a_model_goes_from_shop_to_shop() {
    let (_folder, mut store) = shop(&sales(20));
    assert!(matches!(model_file(&mut store, None), Err(PipelineError::NoModel { run: None })));
    let fit = refit(&mut store, "shop.db", &ComputeRequest::default(), at(10), &Silent).unwrap();
    let (run, file) = model_file(&mut store, None).unwrap();
    assert_eq!((run, file.fitted_at()), (fit.run, "1970-01-01T00:00:10Z"));
    let mut bytes = Vec::new();
    file.to_writer(&mut bytes).unwrap();

    let (_other_folder, mut other) = shop(&sales(3));
    let (loaded, _) = load_model(&mut other, bytes.as_slice(), at(99), None).unwrap();
    let model = other.reading().model(loaded).unwrap().unwrap();
    assert_eq!((model.created_at, model.can_serve, model.forecaster.as_str()), (at(10), true, "blend"));
    let mut again = Vec::new();
    model_file(&mut other, Some(loaded)).unwrap().1.to_writer(&mut again).unwrap();
    assert!(again == bytes);
    let none = model_file(&mut other, Some(RunId(77)));
    assert!(matches!(none, Err(PipelineError::NoModel { run: Some(RunId(77)) })));
    assert!(load_model(&mut other, &bytes[1..], at(99), None).is_err());
    assert_eq!(other.counts().unwrap().model_runs, 1);
}

/// Stops when it is asked for the n-th time; notes the steps that ran until then.
struct StopAt {
    asked: AtomicUsize,
    stop_at: usize,
    steps: Mutex<Vec<Step>>,
}

impl StopAt {
    fn new(stop_at: usize) -> Self {
        Self { asked: AtomicUsize::new(0), stop_at, steps: Mutex::default() }
    }
}

impl Progress for StopAt {
    fn begin(&self, step: Step, _: Option<u64>) {
        self.steps.lock().unwrap().push(step);
    }
    fn advance(&self, _: Step, _: u64, _: u64) {}
    fn end(&self, _: Step) {}
    fn stopped(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) + 1 >= self.stop_at
    }
}

#[test]
fn a_fit_stops_wherever_it_asks_and_leaves_nothing() {
    let (_folder, mut store) = shop(&sales(20));
    let before = store.counts().unwrap();
    let request = ComputeRequest { backtest: true, ..ComputeRequest::default() };
    let mut ends = Vec::new();
    for stop_at in 1.. {
        let progress = StopAt::new(stop_at);
        match refit(&mut store, "shop.db", &request, at(10), &progress) {
            Err(PipelineError::Stopped) => {
                assert_eq!(store.counts().unwrap(), before, "stop {stop_at}");
                ends.extend(progress.steps.lock().unwrap().last().copied());
            }
            done => {
                assert_eq!(done.unwrap().customers, 40);
                break;
            }
        }
    }
    ends.dedup();
    assert_eq!(ends, [Step::Load, Step::Forecast, Step::Backtest]);
}

#[test]
fn an_import_stops_wherever_it_asks_and_leaves_nothing() {
    for first in [None, Some(sales(2))] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db"))).unwrap();
        if let Some(first) = &first {
            add(&folder, &mut store, first, &Silent).unwrap();
        }
        let (before, mut stops) = (store.counts().unwrap(), 0);
        loop {
            let progress = StopAt::new(stops + 1);
            match add(&folder, &mut store, &sales(20), &progress) {
                Err(PipelineError::Stopped) => {
                    assert_eq!(store.counts().unwrap(), before, "stop {stops}");
                    stops += 1;
                }
                done => {
                    assert!(done.unwrap());
                    break;
                }
            }
        }
        let Counts { sales, imports, .. } = store.counts().unwrap();
        assert_eq!((sales, imports), (600, before.imports + 1));
        assert!(stops >= 3, "{stops}");
    }
}
