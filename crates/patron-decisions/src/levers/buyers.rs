//! Who buys often but little, who buys big but seldom.

use serde::Serialize;

use crate::{Customer, Shop};

/// Days a customer must have been known for: before, how often somebody buys cannot be told.
pub const KNOWN_FOR: u32 = 90;
/// Customers known for so long that the two groups need.
pub const LEAST_BUYERS: u64 = 30;
/// Listed by name.
const LISTED: usize = 20;
/// Days of a year.
const YEAR: f64 = 365.25;

/// One of a group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PatternBuyer {
    /// The customer's code.
    pub customer: u32,
    /// Purchase days per year known.
    pub per_year: f64,
    /// Net value of a purchase day, in money.
    pub value: f64,
    /// Net revenue to date, in money.
    pub revenue: f64,
    /// Expected net revenue of the next 12 months, in money; `None` without a forecast.
    pub clv_12m: Option<f64>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Buyers {
    /// Customers.
    pub customers: u64,
    /// Net revenue to date, in money.
    pub revenue: f64,
    /// Expected net revenue of the next 12 months, in money; `None` where nobody has a forecast.
    pub clv_12m: Option<f64>,
    /// The 20 with the most expected (without forecasts: the most revenue to date), ties by code.
    pub top: Vec<PatternBuyer>,
}

/// Both groups, or too few customers to tell.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum BuyersAnswer {
    /// Both.
    Found {
        /// Purchase days per year: a third of the customers buy as seldom as the first or more so, a third as often as the
        /// second or more so.
        per_year: [f64; 2],
        /// The same of the value of a purchase day, in money.
        value: [f64; 2],
        /// In the upper third by purchase days per year and in the lower by their value.
        often_but_little: Buyers,
        /// In the lower third by purchase days per year and in the upper by their value.
        big_but_seldom: Buyers,
    },
    /// Too few.
    TooFew {
        /// Customers known for [`KNOWN_FOR`] days.
        customers: u64,
        /// Needed.
        needed: u64,
    },
}

/// Who buys often but little and who big but seldom, among the customers known for [`KNOWN_FOR`] days: thirds by purchase
/// days per year known, and by net revenue per purchase day. Who lies on a border belongs to the outer third; where both
/// borders of a measure are the same its thirds cannot be told apart, and nobody is in a group.
pub fn often_and_big(shop: &Shop<'_>) -> BuyersAnswer {
    let known = shop.customers.iter().filter(|customer| customer.history.history.customer_age >= KNOWN_FOR);
    let buyers: Vec<PatternBuyer> = known.map(buyer).collect();
    if (buyers.len() as u64) < LEAST_BUYERS {
        return BuyersAnswer::TooFew { customers: buyers.len() as u64, needed: LEAST_BUYERS };
    }
    let per_year = thirds(buyers.iter().map(|one| one.per_year).collect());
    let value = thirds(buyers.iter().map(|one| one.value).collect());
    let apart = per_year[0] < per_year[1] && value[0] < value[1];
    let group = |belongs: &dyn Fn(&PatternBuyer) -> bool| {
        let mut own: Vec<PatternBuyer> = buyers.iter().filter(|one| apart && belongs(one)).copied().collect();
        let expected: Vec<f64> = own.iter().filter_map(|one| one.clv_12m).collect();
        let (customers, revenue) = (own.len() as u64, own.iter().map(|one| one.revenue).sum());
        let worth = |one: &PatternBuyer| (one.clv_12m.unwrap_or(f64::NEG_INFINITY), one.revenue);
        own.sort_by(|a, b| {
            let (a_worth, b_worth) = (worth(a), worth(b));
            let by_worth = b_worth.0.total_cmp(&a_worth.0).then(b_worth.1.total_cmp(&a_worth.1));
            by_worth.then(a.customer.cmp(&b.customer))
        });
        own.truncate(LISTED);
        let clv_12m = (!expected.is_empty()).then(|| expected.iter().sum());
        Buyers { customers, revenue, clv_12m, top: own }
    };
    BuyersAnswer::Found {
        per_year,
        value,
        often_but_little: group(&|one| one.per_year >= per_year[1] && one.value <= value[0]),
        big_but_seldom: group(&|one| one.per_year <= per_year[0] && one.value >= value[1]),
    }
}

fn buyer(customer: &Customer<'_>) -> PatternBuyer {
    let (days, revenue) = (f64::from(customer.purchase_days()), customer.revenue().to_f64());
    PatternBuyer {
        customer: customer.code,
        per_year: days * YEAR / f64::from(customer.history.history.customer_age),
        value: revenue / days,
        revenue,
        clv_12m: customer.forecast.map(|forecast| forecast.clv_12m),
    }
}

/// The values that end the lower and begin the upper third.
fn thirds(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    let third = values.len() / 3;
    [values[third.saturating_sub(1)], values[values.len() - third.max(1)]]
}
