//! Why a product is put in front of a customer, in words.

use patron_columns::Catalog;
use patron_decisions::recommend::{BuyAgain, NewToCustomer, WhyNew};

use super::{description, sku};
use crate::format;

/// `bought X; who buys X buys this 3.2 times as often`.
pub(crate) fn new(one: &NewToCustomer, catalog: &Catalog) -> String {
    match one.why {
        WhyNew::BoughtTogether { bought, times_as_often, .. } => {
            let bought = name(catalog, bought);
            let times = format::two_digits(times_as_often);
            format!("bought {bought}; who buys {bought} buys this {times} times as often")
        }
        WhyNew::Popular { buyers } => {
            format!("popular: {} bought it", format::counted(i64::from(buyers), "customer", "customers"))
        }
    }
}

/// `bought on 4 days, last on 9 Nov 2011; comes back to it about every 30 days`.
pub(crate) fn again(one: &BuyAgain) -> String {
    let every = if one.every_days.is_finite() {
        format!("; about {} days from one purchase of it to the next", format::two_digits(one.every_days))
    } else {
        String::new()
    };
    format!(
        "bought on {}, last on {}{every}",
        format::counted(i64::from(one.times), "day", "days"),
        format::day(one.last),
    )
}

/// Description, or the SKU where there is none.
pub(crate) fn name(catalog: &Catalog, product: u32) -> String {
    let words = description(catalog, product);
    if words.is_empty() { sku(catalog, product).to_owned() } else { words }
}
