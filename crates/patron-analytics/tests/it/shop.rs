//! Small shops: written line by line, or random.

use std::collections::HashMap;

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{
    Day, LineKind, Money, NO_CODE, OrderEntry, ProductEntry, PurchaseRule, SECONDS_PER_DAY, SaleBatch,
};
use proptest::prelude::*;

/// One line; a return has a negative quantity and amount.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) day: Day,
    /// Empty where unknown.
    pub(crate) customer: String,
    pub(crate) order: String,
    pub(crate) product: String,
    pub(crate) country: String,
    pub(crate) quantity: i32,
    pub(crate) amount: Money,
}

/// Lines of `day customer order product country quantity amount`, `-` for none.
pub(crate) fn lines_of(text: &str) -> Vec<Line> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let parse = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let or_none = |field: &str| if field == "-" { String::new() } else { field.to_owned() };
        Line {
            day: fields[0].parse().unwrap(),
            customer: or_none(fields[1]),
            order: fields[2].to_owned(),
            product: or_none(fields[3]),
            country: or_none(fields[4]),
            quantity: fields[5].parse().unwrap(),
            amount: fields[6].parse().unwrap(),
        }
    };
    lines.map(parse).collect()
}

pub(crate) fn table_of(lines: &[Line]) -> SalesTable {
    let mut known: [HashMap<String, u32>; 4] = Default::default();
    let mut batch = SaleBatch::default();
    let mut code = |table: usize, text: &str| {
        let next = known[table].len() as u32;
        match known[table].get(text) {
            _ if text.is_empty() => (NO_CODE, None),
            Some(&code) => (code, None),
            None => {
                known[table].insert(text.to_owned(), next);
                (next, Some(text.to_owned()))
            }
        }
    };
    for line in lines {
        let (customer, new_customer) = code(0, &line.customer);
        let (product, new_product) = code(1, &line.product);
        let (order, new_order) = code(2, &line.order);
        let (country, new_country) = code(3, &line.country);
        batch.customer.push(customer);
        batch.product.push(product);
        batch.order.push(order);
        batch.country.push(country);
        batch.timestamp.push(line.day.start());
        batch.quantity.push(line.quantity);
        batch.unit_price.push(Money::ZERO);
        batch.discount.push(Money::ZERO);
        batch.amount.push(line.amount);
        batch.kind.push(if line.quantity < 0 { LineKind::Return } else { LineKind::Sale });
        batch.line.push(0);
        batch.added.customers.extend(new_customer);
        let described = |sku: String| ProductEntry { description: format!("a {sku}"), sku };
        batch.added.products.extend(new_product.map(described));
        batch.added.orders.extend(new_order.map(|number| OrderEntry { number, ..Default::default() }));
        batch.added.countries.extend(new_country);
    }
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    builder.push(&batch);
    builder.finish().0
}

/// Random lines over about a year; an order belongs to one customer, country and day.
pub(crate) fn any_lines() -> impl Strategy<Value = Vec<Line>> {
    let order = (0_u8..9, 0_u8..4, 0_i64..400, prop::collection::vec(any_item(), 1..5));
    prop::collection::vec(order, 0..60).prop_map(|orders| {
        let lines = orders.into_iter().enumerate().flat_map(|(number, (customer, country, day, items))| {
            items.into_iter().map(move |(product, quantity, price)| Line {
                day: Day::of((14_975 + day) * SECONDS_PER_DAY),
                customer: if customer == 0 { String::new() } else { format!("c{customer}") },
                order: format!("o{number}"),
                product: if product == 0 { String::new() } else { format!("p{product}") },
                country: if country == 0 { String::new() } else { format!("land{country}") },
                quantity,
                amount: Money::from_ten_thousandths(price * i64::from(quantity)),
            })
        });
        lines.collect()
    })
}

fn any_item() -> impl Strategy<Value = (u8, i32, i64)> {
    (0_u8..6, prop_oneof![4 => 1_i32..9, 1 => -9_i32..0], 0_i64..90_000)
}
