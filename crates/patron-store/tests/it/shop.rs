//! A shop's sales as batches, made up without a random generator: the same number gives the same shop.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};
use patron_domain::{
    FileFacts, ImportReport, LineKind, Money, NO_CODE, OrderEntry, Overview, ProductEntry, PurchaseRule,
    QuarantinedLine, SaleBatch, Timestamp,
};
use patron_store::NewImport;

/// One line, as a file has it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) customer: Option<String>,
    pub(crate) sku: Option<String>,
    pub(crate) order: String,
    pub(crate) country: Option<String>,
    pub(crate) timestamp: Timestamp,
    pub(crate) quantity: i32,
    pub(crate) amount: i64,
    pub(crate) kind: LineKind,
}

/// Codes given in the order in which texts appear.
#[derive(Default)]
struct Dictionary(BTreeMap<String, u32>);

impl Dictionary {
    fn code(&mut self, text: Option<&str>, new: impl FnOnce(&str)) -> u32 {
        let Some(text) = text else { return NO_CODE };
        let next = self.0.len() as u32;
        *self.0.entry(text.to_owned()).or_insert_with(|| {
            new(text);
            next
        })
    }
}

/// The lines as batches of `size`, line numbers from `first_line` on.
pub(crate) fn batches(lines: &[Line], size: usize, first_line: u64) -> Vec<SaleBatch> {
    let (mut customers, mut products) = (Dictionary::default(), Dictionary::default());
    let (mut orders, mut countries) = (Dictionary::default(), Dictionary::default());
    let mut number = first_line;
    let pack = |part: &[Line]| {
        let mut batch = SaleBatch::default();
        let added = &mut batch.added;
        for line in part {
            let new_customer = |name: &str| added.customers.push(name.to_owned());
            batch.customer.push(customers.code(line.customer.as_deref(), new_customer));
            let new_product = |sku: &str| {
                added.products.push(ProductEntry { sku: sku.to_owned(), description: format!("item {sku}") });
            };
            batch.product.push(products.code(line.sku.as_deref(), new_product));
            let new_order = |number: &str| {
                let payment = number.ends_with('7').then(|| "card".to_owned());
                added.orders.push(OrderEntry {
                    number: number.to_owned(),
                    derived: number.contains('@'),
                    payment,
                });
            };
            batch.order.push(orders.code(Some(&line.order), new_order));
            let new_country = |name: &str| added.countries.push(name.to_owned());
            batch.country.push(countries.code(line.country.as_deref(), new_country));
            batch.timestamp.push(line.timestamp);
            batch.quantity.push(line.quantity);
            let amount = Money::from_ten_thousandths(line.amount);
            batch.unit_price.push(Money::from_ten_thousandths(line.amount / i64::from(line.quantity.max(1))));
            batch.discount.push(Money::ZERO);
            batch.amount.push(amount);
            batch.kind.push(line.kind);
            batch.line.push(number);
            number += 1;
        }
        batch
    };
    lines.chunks(size.max(1)).map(pack).collect()
}

/// About 20 lines an order, a quarter of them without a customer, some returns and services.
pub(crate) fn lines(count: usize, seed: u64) -> Vec<Line> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut made = Vec::with_capacity(count);
    let mut time = 1_291_191_960;
    while made.len() < count {
        let order = format!("{}", 536_000 + seed * 100_000 + made.len() as u64);
        let customer = (next(4) > 0).then(|| format!("{}", 12_000 + next(5_000)));
        let country = ["United Kingdom", "France", "Germany", "EIRE"][next(4) as usize].to_owned();
        let (size, kind) = (1 + next(40), next(20));
        time += next(2_600) as i64;
        for _ in 0..size.min((count - made.len()) as u64) {
            let kind = match kind {
                0 => LineKind::Return,
                1 => LineKind::Service,
                _ => LineKind::Sale,
            };
            let sign = if kind == LineKind::Return { -1 } else { 1 };
            let quantity = sign * (1 + next(24) as i32);
            made.push(Line {
                customer: customer.clone(),
                sku: Some(format!("{}", 20_000 + next(4_000))),
                order: order.clone(),
                country: Some(country.clone()),
                timestamp: time,
                quantity,
                amount: i64::from(quantity) * (100 + next(200_000) as i64),
                kind,
            });
        }
    }
    made
}

/// A quarantined line.
pub(crate) fn set_aside(line: u64) -> QuarantinedLine {
    QuarantinedLine {
        line,
        rule: "price".to_owned(),
        reason: "the price 0 is not above zero".to_owned(),
        raw: format!("536365,85123A,,{line},01/12/2010 08:26,0,17850,United Kingdom"),
        amount: line.is_multiple_of(2).then_some(Money::from_ten_thousandths(-12_345)),
    }
}

/// An import of the file `name`, whose bytes are told apart by that name.
pub(crate) fn import(name: &str) -> NewImport {
    NewImport {
        file_name: name.to_owned(),
        sha256: format!("sha of {name}"),
        settings_sha256: "settings".to_owned(),
        profile: "retail".to_owned(),
        imported_at: NaiveDateTime::default() + TimeDelta::seconds(1_323_509_400),
        replace: Vec::new(),
    }
}

/// The report that counts so many lines.
pub(crate) fn report(accepted: usize, quarantined: usize) -> ImportReport {
    ImportReport {
        file: FileFacts { name: "a.csv".to_owned(), ..FileFacts::default() },
        mapping: Vec::new(),
        dates: "year-month-day".to_owned(),
        profile: "retail".to_owned(),
        settings_sha256: "settings".to_owned(),
        purchase_rule: PurchaseRule::NetPositive,
        lines_read: (accepted + quarantined) as u64,
        lines_accepted: accepted as u64,
        lines_quarantined: quarantined as u64,
        rules: Vec::new(),
        known_customer_amount: Money::ZERO,
        sales_amount: Money::ZERO,
        returns_amount: Money::ZERO,
        services_amount: Money::ZERO,
        derived_orders: false,
        before: Overview::default(),
        after: Overview::default(),
        ..ImportReport::default()
    }
}
