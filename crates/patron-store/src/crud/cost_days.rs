//! What one customer's purchases brought and cost.

use diesel::prelude::*;
use patron_domain::{Day, LineKind, Money, Timestamp};

use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{products, sales};

/// Net revenue and cost of one day's lines of products whose unit cost is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostDay {
    /// The day.
    pub day: Day,
    /// Net revenue, returns taken off.
    pub revenue: Money,
    /// Σ units × unit cost in ten-thousandths of the currency unit; units brought back are taken off.
    cost: i128,
}

impl CostDay {
    /// A day without a line.
    pub fn empty(day: Day) -> Self {
        Self { day, revenue: Money::ZERO, cost: 0 }
    }

    /// Adds net units of a product, what they brought, and what one of them costs.
    pub fn add(&mut self, quantity: i64, revenue: Money, unit_cost: Money) {
        self.revenue += revenue;
        self.cost += i128::from(quantity) * i128::from(unit_cost.ten_thousandths());
    }

    /// What the goods cost, in currency units.
    pub fn cost(&self) -> f64 {
        self.cost as f64 / Money::SCALE as f64
    }
}

/// Days up to `until`, in time order.
pub(super) fn of_customer(connection: &mut Connection, customer: i64, until: Day) -> Outcome<Vec<CostDay>> {
    let lines: Vec<(Timestamp, i32, i64, Option<i64>)> = sales::table
        .inner_join(products::table)
        .filter(sales::customer_id.eq(customer))
        .filter(sales::timestamp.lt(until.plus_days(1).start()))
        .filter(sales::kind.ne(LineKind::Service.word()))
        .filter(products::unit_cost.is_not_null())
        .order((sales::timestamp, sales::id))
        .select((sales::timestamp, sales::quantity, sales::amount, products::unit_cost))
        .load(connection)?;
    let mut days: Vec<CostDay> = Vec::new();
    for (timestamp, quantity, amount, unit_cost) in lines {
        let (today, Some(unit_cost)) = (Day::of(timestamp), unit_cost) else { continue };
        if days.last().is_none_or(|last| last.day != today) {
            days.push(CostDay::empty(today));
        }
        if let Some(day) = days.last_mut() {
            let money = Money::from_ten_thousandths;
            day.add(i64::from(quantity), money(amount), money(unit_cost));
        }
    }
    Ok(days)
}
