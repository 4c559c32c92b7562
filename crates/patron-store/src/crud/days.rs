//! The days of one customer.

use diesel::prelude::*;
use patron_domain::{CustomerDay, Day, LineKind, Money, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::StoreError;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{countries, customers, sales};

/// A customer's days, and where the customer is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerDays {
    /// Days with a sale or return line, in time order; services are left out.
    pub days: Vec<CustomerDay>,
    /// Country of the customer's first line (by time, then by id; services count), where known.
    pub country: Option<String>,
}

/// A line, without what a day does not need.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sales)]
struct Line {
    id: i64,
    transaction_id: i64,
    product_id: Option<i64>,
    customer_id: Option<i64>,
    country_id: Option<i64>,
    timestamp: Timestamp,
    quantity: i32,
    amount: i64,
    kind: String,
}

diesel::alias!(sales as own: Own);

pub(super) fn of_customer(connection: &mut Connection, customer: i64) -> Outcome<CustomerDays> {
    // All lines of the orders the customer has a line in: an order is counted with its first sale line, whoever
    // that belongs to.
    let orders =
        own.filter(own.field(sales::customer_id).eq(customer)).select(own.field(sales::transaction_id));
    let lines: Vec<Line> = sales::table
        .filter(sales::transaction_id.eq_any(orders))
        .order((sales::timestamp, sales::id))
        .select(Line::as_select())
        .load(connection)?;
    if lines.is_empty() {
        let there = customers::table.find(customer).select(customers::id).get_result::<i64>(connection);
        let missing = StoreError::Missing { what: "customer", key: customer.to_string() };
        there.optional()?.ok_or(missing)?;
    }
    let first = lines.iter().find(|line| line.customer_id == Some(customer));
    let country = match first.and_then(|line| line.country_id) {
        Some(id) => Some(countries::table.find(id).select(countries::name).get_result(connection)?),
        None => None,
    };
    Ok(CustomerDays { days: fold(&lines, customer)?, country })
}

/// Folds lines in time order into the days of one of their customers.
fn fold(lines: &[Line], customer: i64) -> Outcome<Vec<CustomerDay>> {
    let mut days: Vec<CustomerDay> = Vec::new();
    let mut opened: FxHashMap<i64, i64> = FxHashMap::default();
    let mut products: FxHashSet<Option<i64>> = FxHashSet::default();
    for line in lines {
        let unreadable = || StoreError::Unreadable { what: "kind of line", value: line.kind.clone() };
        let kind = LineKind::from_word(&line.kind).ok_or_else(unreadable)?;
        let is_sale = kind == LineKind::Sale;
        let opens = is_sale && *opened.entry(line.transaction_id).or_insert(line.id) == line.id;
        if line.customer_id != Some(customer) || kind == LineKind::Service {
            continue;
        }
        let today = Day::of(line.timestamp);
        if days.last().is_none_or(|last| last.day != today) {
            products.clear();
            days.push(empty(today));
        }
        let Some(day) = days.last_mut() else { continue };
        let amount = Money::from_ten_thousandths(line.amount);
        day.orders += u32::from(opens);
        day.lines += 1;
        day.quantity += i64::from(line.quantity);
        if is_sale {
            day.sales += amount;
            day.products += u32::from(products.insert(line.product_id));
        } else {
            day.returns += amount;
        }
    }
    Ok(days)
}

fn empty(day: Day) -> CustomerDay {
    let (sales, returns) = (Money::ZERO, Money::ZERO);
    CustomerDay { day, orders: 0, lines: 0, products: 0, quantity: 0, sales, returns }
}
