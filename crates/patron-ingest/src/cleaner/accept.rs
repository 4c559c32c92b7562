//! Lines that pass the rules: looked up, coded and counted.

use std::borrow::Cow;
use std::path::Path;

use patron_domain::{Day, LineKind, Money, NO_CODE, OrderEntry, ProductEntry, line_key};

use super::{Cleaner, Numbers, widen};
use crate::IngestError;
use crate::dictionary::Goods;
use crate::line::{SaleLine, ServiceName};
use crate::people::KnownBy;
use crate::reader::CleanBatch;
use crate::rows::Row;
use crate::source::shown;

impl Cleaner {
    pub(super) fn numbers(
        &mut self,
        path: &Path,
        row: Row<'_>,
        line: &SaleLine<'_>,
    ) -> Result<Numbers, IngestError> {
        let too_many = |what| move || IngestError::TooMany { file: shown(path), line: row.line, what };
        let customer = match line.customer.as_ref() {
            b"" => None,
            text => Some(self.customers.number(text).ok_or_else(too_many("customers"))?),
        };
        let product = match line.product {
            b"" => None,
            text => Some(self.products.number(text).ok_or_else(too_many("products"))?),
        };
        let country = match line.country {
            b"" => None,
            text => Some(self.countries.number(text).ok_or_else(too_many("countries"))?),
        };
        let order_is_derived = line.order.is_empty();
        let order = if order_is_derived {
            self.derived_order(row.line, line, customer)
        } else {
            self.orders.number(line.order)
        };
        let order = order.ok_or_else(too_many("orders"))?;
        Ok(Numbers { customer, order, order_is_derived, product, country })
    }

    /// Notes the product of a line of an order that is goods.
    pub(super) fn note_goods(&mut self, line: &SaleLine<'_>, numbers: &Numbers, note: fn(&mut Goods, u32)) {
        let is_goods = line.order_tells.is_some_and(|told| told.kind != LineKind::Service);
        if let (Some(goods), Some(product), true) = (&mut self.goods, numbers.product, is_goods) {
            note(goods, product);
        }
    }

    /// All lines of a customer and day are one order; a line without a customer is one of its own.
    fn derived_order(&mut self, line_number: u64, line: &SaleLine<'_>, customer: Option<u32>) -> Option<u32> {
        let Some(customer) = customer else {
            return self.orders.number(derived_number(line_number, line).as_bytes());
        };
        let key = (customer, Day::of(line.timestamp).number());
        if let Some(&order) = self.derived.get(&key) {
            return Some(order);
        }
        let order = self.orders.number(derived_number(line_number, line).as_bytes())?;
        self.derived.insert(key, order);
        Some(order)
    }

    /// Whether an earlier import holds the line; its count goes down by one.
    pub(super) fn is_known(&mut self, line: &SaleLine<'_>, numbers: &Numbers) -> bool {
        let Some((key, order)) = self.key(line, numbers) else { return false };
        self.known.recognise(key, &order)
    }

    /// Notes that a line is set aside with its order.
    pub(super) fn withdraw(&mut self, line: &SaleLine<'_>, numbers: &Numbers) {
        if let Some((key, order)) = self.key(line, numbers) {
            self.known.withdraw(key, &order);
        }
    }

    /// What a line is known by, and the number of its order; `None` where nothing is known.
    fn key<'a>(&self, line: &SaleLine<'a>, numbers: &Numbers) -> Option<(u128, Cow<'a, str>)> {
        if self.known.is_empty() || numbers.order_is_derived {
            return None;
        }
        let sku = numbers.product.map_or("", |product| self.products.spelling(product));
        let order = String::from_utf8_lossy(line.order);
        Some((line_key(&order, sku, line.timestamp, line.units, line.amount), order))
    }

    pub(super) fn accept(
        &mut self,
        line_number: u64,
        line: &SaleLine<'_>,
        numbers: &Numbers,
        kind: LineKind,
        batch: &mut CleanBatch,
    ) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let sales = &mut batch.sales;
        let customer = numbers.customer.map_or(NO_CODE, |number| {
            let (code, first) = self.customers.accept(number);
            if first {
                sales.added.customers.push(text(&line.customer));
                self.joined.customers += u64::from(line.known_by == KnownBy::Address);
            }
            code
        });
        let product = numbers.product.map_or(NO_CODE, |number| {
            let (code, first) = self.products.accept(number);
            if first {
                let sku = self.products.spelling(number).to_owned();
                sales.added.products.push(ProductEntry { sku, description: text(line.description) });
            }
            if !line.description.is_empty() {
                self.products.describe(number, line.description);
            }
            code
        });
        let country = numbers.country.map_or(NO_CODE, |number| {
            let (code, first) = self.countries.accept(number);
            if first {
                sales.added.countries.push(text(line.country));
            }
            code
        });
        let (order, first) = self.orders.accept(numbers.order);
        if first {
            let derived = numbers.order_is_derived;
            let number = if derived { derived_number(line_number, line) } else { text(line.order) };
            let payment = (!line.payment.is_empty()).then(|| text(line.payment));
            sales.added.orders.push(OrderEntry { number, derived, payment });
            self.joined.orders += u64::from(line.known_by != KnownBy::Id);
            self.joined.joined_an_account += u64::from(line.known_by == KnownBy::AddressOfAccount);
        }
        sales.customer.push(customer);
        sales.product.push(product);
        sales.order.push(order);
        sales.country.push(country);
        sales.timestamp.push(line.timestamp);
        sales.quantity.push(line.units);
        sales.unit_price.push(line.unit_price);
        sales.discount.push(line.discount);
        sales.amount.push(line.amount);
        sales.kind.push(kind);
        sales.line.push(line_number);
        self.count_accepted(line, numbers.customer.is_some(), kind);
    }

    fn count_accepted(&mut self, line: &SaleLine<'_>, known_customer: bool, kind: LineKind) {
        widen(&mut self.span_after, line.timestamp);
        match kind {
            LineKind::Sale => self.sales.add(line.amount),
            LineKind::Return => self.returns.add(line.amount),
            LineKind::Service => {
                self.services.add(line.amount);
                let name = line.order_tells.map_or(ServiceName::Other, |told| told.service);
                self.service_names[name as usize].add(line.amount);
            }
        }
        if known_customer && kind != LineKind::Service {
            self.known_customer += i128::from(line.amount.ten_thousandths());
        }
        if line.order_tells.is_some_and(|told| told.unknown_status) {
            self.unknown_status.add(line.amount);
        }
        if line.quantity.is_some_and(|quantity| quantity % Money::SCALE != 0) {
            self.fractional.add(line.amount);
        }
    }
}

fn derived_number(line_number: u64, line: &SaleLine<'_>) -> String {
    match line.customer.as_ref() {
        b"" => format!("line {line_number}"),
        customer => format!("{}@{}", String::from_utf8_lossy(customer), Day::of(line.timestamp)),
    }
}
