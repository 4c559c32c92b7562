//! The textbook formula for customer value. Definitions, units and limits: `docs/models/textbook-clv.md`.

use serde::{Deserialize, Serialize};

/// The margin that stands in where none is given.
pub const ASSUMED_MARGIN: f64 = 0.10;

/// The textbook numbers of a shop over all data up to the as-of date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextbookClv {
    /// Customers with a purchase.
    pub customers: u64,
    /// Their orders.
    pub orders: u64,
    /// Net revenue, returns taken off, in money.
    pub revenue: f64,
    /// Revenue ÷ orders, in money per order.
    pub average_order_value: Option<f64>,
    /// Orders ÷ customers, in orders per customer over the whole log.
    pub purchase_frequency: Option<f64>,
    /// Customers with two or more purchase days ÷ customers.
    pub repeat_rate: Option<f64>,
    /// 1 − repeat rate: in words, the share that bought only once so far.
    pub churn_rate: Option<f64>,
    /// Average order value × purchase frequency, in money per customer.
    pub customer_value: Option<f64>,
    /// Share of revenue that is profit.
    pub margin: f64,
    /// Whether that share is the assumed 10 % because none was given.
    pub assumed_margin: bool,
    /// Customer value ÷ churn rate × margin, in money per customer; absent when churn is 0.
    pub clv: Option<f64>,
    /// Why there is no `clv`.
    pub reason: Option<String>,
}

impl TextbookClv {
    /// From totals over customers with a purchase; `repeat_customers` have two or more purchase days. `margin` is a
    /// share of revenue, `None` when not known.
    pub fn new(
        customers: u64,
        repeat_customers: u64,
        orders: u64,
        revenue: f64,
        margin: Option<f64>,
    ) -> Self {
        let ratio = |part: f64, whole: u64| (whole > 0).then(|| part / whole as f64);
        let average_order_value = ratio(revenue, orders);
        let purchase_frequency = ratio(orders as f64, customers);
        let repeat_rate = ratio(repeat_customers as f64, customers);
        let churn_rate = repeat_rate.map(|rate| 1.0 - rate);
        let customer_value = average_order_value.zip(purchase_frequency).map(|(value, count)| value * count);
        let (margin, assumed_margin) = (margin.unwrap_or(ASSUMED_MARGIN), margin.is_none());
        let nobody_left = customers > 0 && repeat_customers == customers;
        let clv = customer_value.zip(churn_rate.filter(|&churn| churn > 0.0));
        let reason = match (nobody_left, customers) {
            (_, 0) => Some("there are no customers".to_owned()),
            (true, _) => {
                Some("every customer has bought again: the formula divides by a churn of 0".to_owned())
            }
            _ if clv.is_none() => Some("there are no orders".to_owned()),
            _ => None,
        };
        Self {
            customers,
            orders,
            revenue,
            average_order_value,
            purchase_frequency,
            repeat_rate,
            churn_rate,
            customer_value,
            margin,
            assumed_margin,
            clv: clv.map(|(value, churn)| (value / churn * margin).max(0.0)),
            reason,
        }
    }

    /// The formula for one customer: average order value × number of orders ÷ churn × margin, which is what the
    /// customer has spent ÷ churn × margin. Never below zero; `None` where the shop has no value either.
    pub fn of_customer(&self, spent_to_date: f64) -> Option<f64> {
        let churn = self.churn_rate.filter(|&churn| churn > 0.0)?;
        Some((spent_to_date / churn * self.margin).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_by_hand() {
        // 4 customers, 1 of them repeat, 6 orders worth 120: 20 × 1.5 ÷ 0.75 × 10 %
        let shop = TextbookClv::new(4, 1, 6, 120.0, None);
        assert_eq!((shop.average_order_value, shop.purchase_frequency), (Some(20.0), Some(1.5)));
        assert_eq!((shop.churn_rate, shop.assumed_margin), (Some(0.75), true));
        assert!((shop.clv.unwrap() - 4.0).abs() < 1e-12);
        assert!((shop.of_customer(60.0).unwrap() - 8.0).abs() < 1e-12);
        assert_eq!(shop.of_customer(-3.0), Some(0.0));
        let given = TextbookClv::new(4, 1, 6, 120.0, Some(0.5));
        assert_eq!((given.clv, given.assumed_margin), (Some(20.0), false));
    }

    #[test]
    fn no_churn_is_a_reason_not_a_number() {
        let loyal = TextbookClv::new(3, 3, 9, 90.0, None);
        assert_eq!((loyal.clv, loyal.of_customer(10.0)), (None, None));
        assert!(loyal.reason.unwrap().contains("churn of 0"));
        assert!(TextbookClv::new(0, 0, 0, 0.0, None).reason.is_some());
    }
}
