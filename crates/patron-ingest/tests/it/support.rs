//! Reading a file to its end, as the tests want it.

use std::path::{Path, PathBuf};

use patron_domain::{ImportReport, LineKind, Names, OrderEntry, QuarantinedLine, SaleBatch};
use patron_ingest::{
    Finished, IngestError, Inspection, Known, Profile, ReadOptions, SaleReader, inspect, open,
};

/// A file written for the tests.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Everything a file gave.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) inspection: Inspection,
    pub(crate) lines: Vec<Line>,
    pub(crate) quarantined: Vec<QuarantinedLine>,
    pub(crate) finished: Finished,
    pub(crate) orders: Vec<OrderEntry>,
}

/// An accepted line with its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) customer: Option<String>,
    pub(crate) order: String,
    pub(crate) product: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) timestamp: i64,
    pub(crate) quantity: i32,
    pub(crate) unit_price: String,
    pub(crate) discount: String,
    pub(crate) amount: String,
    pub(crate) kind: LineKind,
    pub(crate) line: u64,
}

impl Outcome {
    pub(crate) fn report(&self) -> &ImportReport {
        &self.finished.report
    }

    pub(crate) fn rule(&self, name: &str) -> (u64, String) {
        rule(self.report(), name)
    }

    /// `customer day-and-time amount`, line by line.
    pub(crate) fn shown(&self) -> Vec<String> {
        let shown = |line: &Line| {
            let customer = line.customer.as_deref().unwrap_or("-");
            format!("{customer} {} {}", moment(line.timestamp), line.amount)
        };
        self.lines.iter().map(shown).collect()
    }
}

/// Lines and money of a rule.
pub(crate) fn rule(report: &ImportReport, name: &str) -> (u64, String) {
    let rule = report.rules.iter().find(|rule| rule.rule == name);
    rule.map_or((0, "absent".to_owned()), |rule| (rule.lines, rule.amount.to_string()))
}

pub(crate) fn moment(timestamp: i64) -> String {
    chrono::DateTime::from_timestamp(timestamp, 0).unwrap().format("%Y-%m-%d %H:%M:%S").to_string()
}

pub(crate) fn options(profile: &str) -> ReadOptions {
    ReadOptions { profile: Profile::named(profile).unwrap(), ..ReadOptions::default() }
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Outcome, IngestError> {
    read_with(path, options, Known::default())
}

pub(crate) fn read_with(path: &Path, options: &ReadOptions, known: Known) -> Result<Outcome, IngestError> {
    let columns = read_columns(path, options, known)?;
    let mut lines = Vec::new();
    for sales in &columns.batches {
        for row in 0..sales.len() {
            lines.push(Line {
                customer: columns.customers.get(sales.customer[row]).map(str::to_owned),
                order: columns.orders[sales.order[row] as usize].number.clone(),
                product: columns.products.get(sales.product[row]).map(str::to_owned),
                country: columns.countries.get(sales.country[row]).map(str::to_owned),
                timestamp: sales.timestamp[row],
                quantity: sales.quantity[row],
                unit_price: sales.unit_price[row].to_string(),
                discount: sales.discount[row].to_string(),
                amount: sales.amount[row].to_string(),
                kind: sales.kind[row],
                line: sales.line[row],
            });
        }
    }
    let Columns { inspection, quarantined, finished, orders, .. } = columns;
    Ok(Outcome { inspection, lines, quarantined, finished, orders })
}

/// Everything a large file gave, in columns.
pub(crate) struct Columns {
    pub(crate) inspection: Inspection,
    pub(crate) batches: Vec<SaleBatch>,
    pub(crate) quarantined: Vec<QuarantinedLine>,
    pub(crate) finished: Finished,
    pub(crate) customers: Names,
    pub(crate) products: Names,
    pub(crate) orders: Vec<OrderEntry>,
    pub(crate) countries: Names,
}

pub(crate) fn read_columns(path: &Path, options: &ReadOptions, known: Known) -> Result<Columns, IngestError> {
    let inspection = inspect(path, options)?;
    let mut reader: SaleReader = open(path, &inspection, options, known)?;
    let (mut batches, mut quarantined) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.next_batch()? {
        assert!(batch.sales.len() <= options.batch_lines);
        batches.push(batch.sales);
        quarantined.extend(batch.quarantined);
    }
    let finished = reader.finish();
    let added = || batches.iter().map(|batch: &SaleBatch| &batch.added);
    let columns = Columns {
        inspection,
        quarantined,
        finished,
        customers: added().flat_map(|added| &added.customers).collect(),
        products: added().flat_map(|added| &added.products).map(|entry| &entry.sku).collect(),
        orders: added().flat_map(|added| added.orders.clone()).collect(),
        countries: added().flat_map(|added| &added.countries).collect(),
        batches,
    };
    check_account(&columns);
    Ok(columns)
}

/// What holds for every file.
fn check_account(columns: &Columns) {
    let report = &columns.finished.report;
    assert_eq!(report.lines_read, report.lines_accepted + report.lines_quarantined);
    assert_eq!(report.lines_accepted, columns.batches.iter().map(SaleBatch::len).sum::<usize>() as u64);
    assert_eq!(report.lines_quarantined, columns.quarantined.len() as u64);
    let rejecting = || report.rules.iter().filter(|rule| rule.action == patron_domain::RuleAction::Reject);
    assert_eq!(rejecting().map(|rule| rule.lines).sum::<u64>(), report.lines_quarantined);
    let rejected = rejecting().map(|rule| rule.amount).sum::<patron_domain::Money>();
    assert_eq!(report.before.amount - rejected, report.after.amount);
    assert_eq!(report.sales_amount + report.returns_amount + report.services_amount, report.after.amount);
    let discount = rejecting().map(|rule| rule.discount).sum::<patron_domain::Money>();
    assert_eq!(report.before.discount - discount, report.after.discount);
    let services = report.services.iter().map(|service| service.amount).sum::<patron_domain::Money>();
    assert_eq!(services, report.services_amount);
    if let Some(form) = &report.order_form {
        assert_eq!(form.rows, report.lines_read - form.lines_made + form.order_rows);
    }
    for line in &columns.quarantined {
        assert!(report.rules.iter().any(|rule| rule.rule == line.rule), "{line:?}");
        assert!(line.line > 0 && !line.reason.is_empty(), "{line:?}");
    }
    assert_eq!(columns.products.len(), columns.finished.descriptions.len());
    // shipping, tax and the like have a code and are no products
    let codes = columns.products.len() as u64;
    let are_all = report.order_form.is_none();
    assert!(report.after.products == codes || !are_all && report.after.products < codes);
    assert_eq!(report.after.customers, columns.customers.len() as u64);
    assert_eq!(report.after.orders, columns.orders.len() as u64);
    assert_eq!(report.after.countries, columns.countries.len() as u64);
}

/// A text as a file, read.
pub(crate) fn read_text(text: impl AsRef<[u8]>, options: &ReadOptions) -> Result<Outcome, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, text).unwrap();
    read(&path, options)
}

/// A real file, or `None` (said loudly) where the data are not at hand.
pub(crate) fn real_file(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("PATRON_DATA").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!(
        "SKIPPED: {} is not there; set PATRON_DATA to the folder with the real sales logs",
        path.display()
    );
    None
}
