//! Real logs for tests, read where they lie; a test that does not find them says so.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::PathBuf;

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{
    Day, LineKind, Money, NO_CODE, NewEntries, OrderEntry, ProductEntry, PurchaseRule, SaleBatch,
};
use patron_synth::{DirtRates, Scenario, generate};

/// The CDNOW log: every line a sale, no products, no orders but customer and day.
pub(crate) fn cdnow(file: &str, rule: PurchaseRule) -> Option<SalesTable> {
    let text = unpacked(file)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut lines = Lines::default();
    for record in reader.records() {
        let record = record.unwrap();
        let day: Day = record[1].parse().unwrap();
        let quantity: i32 = record[2].parse().unwrap();
        let order = format!("{}@{day}", &record[0]);
        lines.add(
            &record[0],
            None,
            &order,
            "",
            day.start(),
            quantity,
            record[3].parse().unwrap(),
            LineKind::Sale,
        );
    }
    Some(lines.table(rule))
}

/// Online Retail under the `retail` rules.
pub(crate) fn online_retail() -> Option<SalesTable> {
    let text = unpacked("online_retail.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut lines = Lines::default();
    let mut seen = HashSet::new();
    for record in reader.records() {
        let record = record.unwrap();
        let fields: Vec<&str> = record.iter().collect();
        let [invoice, sku, _, quantity, date, price, customer, country] = fields[..] else { panic!() };
        if !seen.insert(fields.join("\u{1f}")) {
            continue;
        }
        let (quantity, price): (i32, Money) = (quantity.parse().unwrap(), price.parse().unwrap());
        let cancelled = invoice.starts_with('C');
        if price <= Money::ZERO || invoice.starts_with('A') || (quantity < 0) != cancelled {
            continue;
        }
        let product = sku.len() >= 5 && sku.bytes().take(5).all(|byte| byte.is_ascii_digit());
        let kind = match (product, cancelled) {
            (false, _) => LineKind::Service,
            (true, true) => LineKind::Return,
            (true, false) => LineKind::Sale,
        };
        let (day, time) = date.split_once(' ').unwrap();
        let (hour, minute): (i64, i64) = (time[..2].parse().unwrap(), time[3..5].parse().unwrap());
        let timestamp = day.parse::<Day>().unwrap().start() + hour * 3600 + minute * 60;
        let customer = customer.trim_end_matches(".0");
        let amount = price.times(i64::from(quantity)).unwrap();
        let sku = sku.to_uppercase();
        lines.add(customer, Some(&sku), invoice, country, timestamp, quantity, amount, kind);
    }
    Some(lines.table(PurchaseRule::NetPositive))
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn unpacked(file: &str) -> Option<String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("PATRON_DATA").map_or(here, PathBuf::from).join(file);
    let Ok(packed) = std::fs::File::open(&path) else {
        println!("SKIPPED: {} is not there; set PATRON_DATA to the folder that holds it", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    Some(text)
}

/// Lines in the making, with their dictionaries.
#[derive(Default)]
pub(crate) struct Lines {
    batch: SaleBatch,
    customers: HashMap<String, u32>,
    orders: HashMap<String, u32>,
    products: HashMap<String, u32>,
    countries: HashMap<String, u32>,
}

impl Lines {
    #[expect(clippy::too_many_arguments, reason = "one argument per column of a test file")]
    pub(crate) fn add(
        &mut self,
        customer: &str,
        sku: Option<&str>,
        order: &str,
        country: &str,
        timestamp: i64,
        quantity: i32,
        amount: Money,
        kind: LineKind,
    ) {
        let customer = match customer {
            "" => NO_CODE,
            id => code(&mut self.customers, id),
        };
        let country = match country {
            "" => NO_CODE,
            name => code(&mut self.countries, name),
        };
        let batch = &mut self.batch;
        batch.customer.push(customer);
        batch.product.push(sku.map_or(NO_CODE, |sku| code(&mut self.products, sku)));
        batch.order.push(code(&mut self.orders, order));
        batch.country.push(country);
        batch.timestamp.push(timestamp);
        batch.quantity.push(quantity);
        batch.unit_price.push(amount);
        batch.discount.push(Money::ZERO);
        batch.amount.push(amount);
        batch.kind.push(kind);
        batch.line.push(batch.line.len() as u64 + 2);
    }

    pub(crate) fn table(mut self, rule: PurchaseRule) -> SalesTable {
        let product = |sku: String| ProductEntry { sku, ..Default::default() };
        let order = |number: String| OrderEntry { number, ..Default::default() };
        self.batch.added = NewEntries {
            customers: in_order(self.customers),
            products: in_order(self.products).into_iter().map(product).collect(),
            orders: in_order(self.orders).into_iter().map(order).collect(),
            countries: in_order(self.countries),
        };
        let mut builder = TableBuilder::new(rule);
        builder.push(&self.batch);
        builder.finish().0
    }
}

fn code(codes: &mut HashMap<String, u32>, text: &str) -> u32 {
    let next = codes.len() as u32;
    *codes.entry(text.to_owned()).or_insert(next)
}

fn in_order(codes: HashMap<String, u32>) -> Vec<String> {
    let mut texts: Vec<(u32, String)> = codes.into_iter().map(|(text, code)| (code, text)).collect();
    texts.sort();
    texts.into_iter().map(|(_, text)| text).collect()
}

/// A shop without lines that cleaning would set aside; every other one without a season.
pub(crate) fn made_up(seed: u64) -> (SalesTable, Day) {
    let base = Scenario::demo();
    let season = if seed.is_multiple_of(2) { base.season } else { [1.0; 12] };
    let end = base.end.plus_days(seed as i32 % 14 * -37);
    let scenario = Scenario {
        customers: [300, 800, 1_500, 3_000][seed as usize / 2 % 4],
        growth_per_year: [1.0, 1.4, 0.7, 2.0][seed as usize % 4],
        season,
        end,
        dirt: DirtRates { cancellations: 0.03, ..Default::default() },
        ..base
    };
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    generate(&scenario, seed).unwrap().batches().for_each(|batch| builder.push(&batch));
    (builder.finish().0, end)
}
