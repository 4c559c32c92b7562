//! The public sales logs, read in place into a table.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use csv::{ByteRecord, ReaderBuilder};
use flate2::read::GzDecoder;
use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{
    Day, LineKind, Money, NO_CODE, NewEntries, OrderEntry, ProductEntry, PurchaseRule, SaleBatch,
};

/// A file of the data folder; says so loudly where it is absent.
fn data_file(name: &str) -> Option<File> {
    let folder = std::env::var_os("PATRON_DATA").map(PathBuf::from);
    let folder =
        folder.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let file = File::open(folder.join(name)).ok();
    if file.is_none() {
        // straight to the stream: what a passing test prints is not shown
        let missing = folder.join(name);
        let _ =
            writeln!(std::io::stderr(), "SKIPPED: no {}; set PATRON_DATA to its folder", missing.display());
    }
    file
}

#[derive(Default)]
struct Codes(HashMap<Vec<u8>, u32>);

impl Codes {
    /// The code of a text, and the text when it is new.
    fn of(&mut self, text: &[u8]) -> (u32, Option<String>) {
        if let Some(&code) = self.0.get(text) {
            return (code, None);
        }
        let code = self.0.len() as u32;
        self.0.insert(text.to_vec(), code);
        (code, Some(String::from_utf8_lossy(text).into_owned()))
    }
}

fn text(field: &[u8]) -> &str {
    std::str::from_utf8(field).unwrap_or("")
}

/// Online Retail under the `positive-quantity` profile: lines with quantity > 0, nothing else.
pub(crate) fn online_retail() -> Option<SalesTable> {
    let file = data_file("online_retail.csv.gz")?;
    let mut reader = ReaderBuilder::new().from_reader(GzDecoder::new(file));
    let (mut customers, mut products, mut orders, mut countries) =
        (Codes::default(), Codes::default(), Codes::default(), Codes::default());
    let mut lines = SaleBatch::default();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        let quantity: i32 = text(&record[3]).parse().unwrap();
        if quantity <= 0 {
            continue;
        }
        let (order, new_order) = orders.of(&record[0]);
        let (product, new_product) = products.of(&record[1]);
        let (country, new_country) = countries.of(&record[7]);
        let id = text(&record[6]).trim_end_matches(".0");
        let (customer, new_customer) =
            if id.is_empty() { (NO_CODE, None) } else { customers.of(id.as_bytes()) };
        let (date, time) = text(&record[4]).split_once(' ').unwrap();
        let clock: Vec<i64> = time.split(':').map(|part| part.parse().unwrap()).collect();
        let price: Money = text(&record[5]).parse().unwrap();
        lines.customer.push(customer);
        lines.product.push(product);
        lines.order.push(order);
        lines.country.push(country);
        lines.timestamp.push(date.parse::<Day>().unwrap().start() + clock[0] * 3600 + clock[1] * 60);
        lines.quantity.push(quantity);
        lines.amount.push(price.times(i64::from(quantity)).unwrap());
        lines.kind.push(LineKind::Sale);
        lines.added.customers.extend(new_customer);
        lines.added.orders.extend(new_order.map(|number| OrderEntry { number, ..Default::default() }));
        lines.added.countries.extend(new_country);
        let described = |sku| ProductEntry { sku, description: text(&record[2]).to_owned() };
        lines.added.products.extend(new_product.map(described));
    }
    Some(finish(lines, PurchaseRule::NetPositive))
}

/// CDNOW under the `none` profile: every day with a line is a purchase; no products, no countries.
pub(crate) fn cdnow() -> Option<SalesTable> {
    let file = data_file("cdnow_full.csv.gz")?;
    let mut reader = ReaderBuilder::new().from_reader(GzDecoder::new(file));
    let (mut customers, mut orders) = (Codes::default(), Codes::default());
    let mut lines = SaleBatch { added: NewEntries::default(), ..Default::default() };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        let (customer, new_customer) = customers.of(&record[0]);
        let (order, new_order) = orders.of(&[&record[0], &b"@"[..], &record[1]].concat());
        lines.customer.push(customer);
        lines.product.push(NO_CODE);
        lines.order.push(order);
        lines.country.push(NO_CODE);
        lines.timestamp.push(text(&record[1]).parse::<Day>().unwrap().start());
        lines.quantity.push(text(&record[2]).parse().unwrap());
        lines.amount.push(text(&record[3]).parse().unwrap());
        lines.kind.push(LineKind::Sale);
        lines.added.customers.extend(new_customer);
        let derived = |number| OrderEntry { number, derived: true, ..Default::default() };
        lines.added.orders.extend(new_order.map(derived));
    }
    Some(finish(lines, PurchaseRule::AnyLine))
}

fn finish(mut lines: SaleBatch, rule: PurchaseRule) -> SalesTable {
    lines.unit_price = vec![Money::ZERO; lines.len()];
    lines.discount = vec![Money::ZERO; lines.len()];
    lines.line = (0..lines.len() as u64).collect();
    let mut builder = TableBuilder::new(rule);
    builder.push(&lines);
    builder.finish().0
}
