//! Small random shops.

use patron_domain::{
    Day, LineKind, Money, Month, NO_CODE, NewEntries, OrderEntry, ProductEntry, SECONDS_PER_DAY, SaleBatch,
};
use proptest::prelude::*;

/// One line, field by field.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) customer: u32,
    pub(crate) product: u32,
    pub(crate) order: u32,
    pub(crate) country: u32,
    pub(crate) timestamp: i64,
    pub(crate) quantity: i32,
    pub(crate) amount: Money,
    pub(crate) kind: LineKind,
}

impl Line {
    pub(crate) fn day(&self) -> Day {
        Day::of(self.timestamp)
    }

    pub(crate) fn cell(&self) -> (Month, u32, bool) {
        (self.day().month(), self.country, self.customer != NO_CODE)
    }
}

const CODES: u32 = 4;

fn code() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0..CODES, 1 => Just(NO_CODE)]
}

fn any_line() -> impl Strategy<Value = Line> {
    let kind =
        prop_oneof![6 => Just(LineKind::Sale), 2 => Just(LineKind::Return), 1 => Just(LineKind::Service)];
    let fields = (code(), code(), 0_u32..8, code(), 0..60 * SECONDS_PER_DAY, 1_i32..20, 1_i64..1_000, kind);
    fields.prop_map(|(customer, product, order, country, timestamp, quantity, price, kind)| {
        let quantity = if kind == LineKind::Return { -quantity } else { quantity };
        let amount = Money::from_ten_thousandths(price * i64::from(quantity));
        Line { customer, product, order, country, timestamp, quantity, amount, kind }
    })
}

pub(crate) fn any_lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(any_line(), 0..60)
}

pub(crate) fn batch_of(lines: &[Line]) -> SaleBatch {
    let names =
        |letter: &str, count: u32| (0..count).map(|code| format!("{letter}{code}")).collect::<Vec<_>>();
    SaleBatch {
        customer: lines.iter().map(|l| l.customer).collect(),
        product: lines.iter().map(|l| l.product).collect(),
        order: lines.iter().map(|l| l.order).collect(),
        country: lines.iter().map(|l| l.country).collect(),
        timestamp: lines.iter().map(|l| l.timestamp).collect(),
        quantity: lines.iter().map(|l| l.quantity).collect(),
        unit_price: vec![Money::ZERO; lines.len()],
        discount: vec![Money::ZERO; lines.len()],
        amount: lines.iter().map(|l| l.amount).collect(),
        kind: lines.iter().map(|l| l.kind).collect(),
        line: (0..lines.len() as u64).collect(),
        added: NewEntries {
            customers: names("c", CODES),
            products: names("p", CODES)
                .into_iter()
                .map(|sku| ProductEntry { sku, ..Default::default() })
                .collect(),
            orders: names("o", 8)
                .into_iter()
                .map(|number| OrderEntry { number, ..Default::default() })
                .collect(),
            countries: names("land", CODES),
        },
    }
}
