//! Small shops for tests, written line by line, and forecasts made by hand.

use std::collections::HashMap;

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{
    Attributes, Day, LineKind, Money, NO_CODE, NewEntries, OrderEntry, ProductEntry, PurchaseRule, SaleBatch,
    Segment, Suitability, Trait,
};
use patron_models::{AliveModel, CustomerForecast};

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Lines of `day customer product country quantity amount`, `-` for none; each line an order of its own. Codes count
/// up in order of appearance.
pub(crate) fn table(lines: &str) -> SalesTable {
    let mut known: [HashMap<String, u32>; 3] = Default::default();
    let mut added = NewEntries::default();
    let mut batch = SaleBatch::default();
    for (number, line) in lines.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [on, customer, product, country, quantity, amount] = fields[..] else { panic!("{line}") };
        let mut code = |of: usize, text: &str, add: &mut dyn FnMut(String)| {
            if text == "-" {
                return NO_CODE;
            }
            let next = known[of].len() as u32;
            *known[of].entry(text.to_owned()).or_insert_with(|| {
                add(text.to_owned());
                next
            })
        };
        batch.customer.push(code(0, customer, &mut |id| added.customers.push(id)));
        batch.product.push(code(1, product, &mut |sku| {
            added.products.push(ProductEntry { sku, ..Default::default() });
        }));
        batch.country.push(code(2, country, &mut |name| added.countries.push(name)));
        batch.order.push(number as u32);
        added.orders.push(OrderEntry { number: format!("o{number}"), ..Default::default() });
        batch.timestamp.push(day(on).start());
        let quantity: i32 = quantity.parse().unwrap();
        batch.quantity.push(quantity);
        batch.unit_price.push(Money::ZERO);
        batch.discount.push(Money::ZERO);
        batch.amount.push(money(amount));
        batch.kind.push(if quantity < 0 { LineKind::Return } else { LineKind::Sale });
        batch.line.push(number as u64 + 2);
    }
    batch.added = added;
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    builder.push(&batch);
    builder.finish().0
}

/// A trait by code: `-` for unknown.
pub(crate) fn trait_of(words: &[&str]) -> Trait {
    let mut known = Trait::default();
    for word in words {
        let code = if *word == "-" { NO_CODE } else { known.words.push(word) };
        known.codes.push(code);
    }
    known
}

pub(crate) fn costs(unit_costs: &[&str]) -> Attributes {
    let cost = |text: &&str| (*text != "-").then(|| money(text));
    Attributes { unit_cost: unit_costs.iter().map(cost).collect(), ..Attributes::default() }
}

/// A forecast: value of a purchase, chance to buy, revenue of 3 months; 12 months bring three, 24 five times as much.
pub(crate) fn forecast(code: u32, value: f64, chance: f64, clv_3m: f64) -> CustomerForecast {
    let grade = Suitability::Yes;
    CustomerForecast {
        customer: Some(code),
        orders: 1,
        last_purchase: Day::from_number(0),
        spent_to_date: Money::ZERO,
        chance_to_buy_3m: chance,
        p_alive: 0.5,
        p_alive_model: AliveModel::StandIn,
        expected_purchases_3m: chance,
        expected_value: value,
        clv_3m,
        clv_12m: 3.0 * clv_3m,
        clv_24m: 5.0 * clv_3m,
        clv_3m_range: [0.0, 3.0 * clv_3m],
        clv_12m_range: [0.0, 9.0 * clv_3m],
        clv_24m_range: [0.0, 15.0 * clv_3m],
        clv_margin: None,
        grade_3m: grade,
        grade_12m: grade,
        grade_24m: grade,
        formula_clv: None,
        segment: Segment::A,
        predicted_clv: None,
        predicted_clv_range: None,
        usual_spend_3m: None,
        chance_reason: None,
    }
}
