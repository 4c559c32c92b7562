//! A customer's purchase days and the fold to a purchase history.

use serde::{Deserialize, Serialize};

use crate::{Day, Money};

/// Which days count as purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PurchaseRule {
    /// A day whose net value (sales minus cancellations) is above zero; a negative net is a return.
    #[default]
    NetPositive,
    /// Every day with a line, whatever its value.
    AnyLine,
}

/// All lines of one customer on one calendar day, services left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerDay {
    /// The day.
    pub day: Day,
    /// Orders whose first sale line falls on this day.
    pub orders: u32,
    /// Lines, returns included.
    pub lines: u32,
    /// Distinct products among the sale lines.
    pub products: u32,
    /// Net units.
    pub quantity: i64,
    /// Value of the sale lines.
    pub sales: Money,
    /// Value of the return lines: zero or negative.
    pub returns: Money,
}

impl CustomerDay {
    /// Sales plus (negative) returns.
    pub fn net(&self) -> Money {
        self.sales + self.returns
    }

    /// Whether the day counts as a purchase.
    pub fn is_purchase(&self, rule: PurchaseRule) -> bool {
        match rule {
            PurchaseRule::NetPositive => self.net() > Money::ZERO,
            PurchaseRule::AnyLine => true,
        }
    }
}

/// What the models see of a customer, in whole days: x, t_x and T at an as-of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DayHistory {
    /// x: purchase days after the first one.
    pub frequency: u32,
    /// t_x: days from the first to the last purchase; 0 when x = 0.
    pub recency: u32,
    /// T: days from the first purchase to the as-of date.
    pub customer_age: u32,
}

impl DayHistory {
    /// The history in time units of `days_per_unit` days (7 for weeks).
    pub fn in_units(self, days_per_unit: f64) -> PurchaseHistory {
        PurchaseHistory {
            frequency: self.frequency,
            recency: f64::from(self.recency) / days_per_unit,
            customer_age: f64::from(self.customer_age) / days_per_unit,
        }
    }
}

/// A customer folded at an as-of date: the history, and the money that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerHistory {
    /// x, t_x and T in days.
    pub history: DayHistory,
    /// Day of the first purchase.
    pub first: Day,
    /// Day of the last purchase on or before the as-of date.
    pub last: Day,
    /// Net value of the repeat purchases (all but the first purchase day).
    pub repeat_value: Money,
    /// Net value of all purchase days.
    pub purchase_value: Money,
    /// Net value of the days that are no purchase: zero or negative under [`PurchaseRule::NetPositive`].
    pub return_value: Money,
}

impl CustomerHistory {
    /// Folds `days` (in time order) up to and including `as_of`; `None` without a purchase by then.
    pub fn fold(days: &[CustomerDay], rule: PurchaseRule, as_of: Day) -> Option<Self> {
        let seen = &days[..days.partition_point(|day| day.day <= as_of)];
        let mut folded: Option<Self> = None;
        let mut early_returns = Money::ZERO;
        for day in seen {
            match (&mut folded, day.is_purchase(rule)) {
                (None, false) => early_returns += day.net(),
                (None, true) => folded = Some(Self::starting(day, early_returns)),
                (Some(customer), true) => {
                    customer.history.frequency += 1;
                    customer.last = day.day;
                    customer.repeat_value += day.net();
                    customer.purchase_value += day.net();
                }
                (Some(customer), false) => customer.return_value += day.net(),
            }
        }
        folded.map(|mut customer| {
            customer.history.recency = customer.last.days_since(customer.first) as u32;
            customer.history.customer_age = as_of.days_since(customer.first) as u32;
            customer
        })
    }

    /// z̄: mean net value of the repeat purchases; `None` when x = 0.
    pub fn monetary_value(&self) -> Option<f64> {
        let count = self.history.frequency;
        (count > 0).then(|| self.repeat_value.to_f64() / f64::from(count))
    }

    /// Everything spent up to the as-of date, returns taken off; may be negative.
    pub fn spent_to_date(&self) -> Money {
        self.purchase_value + self.return_value
    }

    fn starting(day: &CustomerDay, return_value: Money) -> Self {
        Self {
            history: DayHistory { frequency: 0, recency: 0, customer_age: 0 },
            first: day.day,
            last: day.day,
            repeat_value: Money::ZERO,
            purchase_value: day.net(),
            return_value,
        }
    }
}

/// x, t_x and T in the time unit of a model. A value that exists is valid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PurchaseHistory {
    frequency: u32,
    recency: f64,
    customer_age: f64,
}

/// Why three numbers are no purchase history.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum HistoryError {
    /// t_x must lie between 0 and T, and T must be finite.
    #[error("recency {recency} must lie between 0 and the customer's age {customer_age}")]
    OutOfOrder {
        /// t_x as given.
        recency: f64,
        /// T as given.
        customer_age: f64,
    },
    /// x = 0 means t_x = 0, and only then.
    #[error("frequency {frequency} and recency {recency} contradict each other: both are zero or neither is")]
    ZeroMismatch {
        /// x as given.
        frequency: u32,
        /// t_x as given.
        recency: f64,
    },
}

impl PurchaseHistory {
    /// A checked history.
    ///
    /// # Errors
    /// [`HistoryError`] unless 0 ≤ t_x ≤ T < ∞ and (x = 0) = (t_x = 0).
    pub fn new(frequency: u32, recency: f64, customer_age: f64) -> Result<Self, HistoryError> {
        let in_order = (0.0..=customer_age).contains(&recency) && customer_age.is_finite();
        if !in_order {
            return Err(HistoryError::OutOfOrder { recency, customer_age });
        }
        if (frequency == 0) != (recency == 0.0) {
            return Err(HistoryError::ZeroMismatch { frequency, recency });
        }
        Ok(Self { frequency, recency, customer_age })
    }

    /// (x, t_x, T), the symbols of the papers.
    pub fn symbols(&self) -> (f64, f64, f64) {
        (f64::from(self.frequency), self.recency, self.customer_age)
    }

    /// x.
    pub fn frequency(&self) -> u32 {
        self.frequency
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: &str, sales: i64, returns: i64) -> CustomerDay {
        CustomerDay {
            day: day.parse().unwrap(),
            orders: 1,
            lines: 1,
            products: 1,
            quantity: 1,
            sales: Money::from_ten_thousandths(sales),
            returns: Money::from_ten_thousandths(returns),
        }
    }

    #[test]
    fn purchases_returns_and_the_as_of_date_are_kept_apart() {
        let days = [
            day("2011-01-01", 0, -5),
            day("2011-01-10", 100, 0),
            day("2011-01-20", 50, -50),
            day("2011-02-01", 60, -10),
            day("2011-03-01", 0, -20),
            day("2011-04-01", 70, 0),
        ];
        let as_of = "2011-03-31".parse().unwrap();
        let customer = CustomerHistory::fold(&days, PurchaseRule::NetPositive, as_of).unwrap();
        assert_eq!(customer.history, DayHistory { frequency: 1, recency: 22, customer_age: 80 });
        assert_eq!(customer.repeat_value.ten_thousandths(), 50);
        assert_eq!(customer.spent_to_date().ten_thousandths(), 125);

        let every_day = CustomerHistory::fold(&days, PurchaseRule::AnyLine, as_of).unwrap();
        assert_eq!(every_day.history, DayHistory { frequency: 4, recency: 59, customer_age: 89 });
    }

    #[test]
    fn nobody_is_a_customer_before_the_first_purchase() {
        let days = [day("2011-01-10", 100, 0)];
        let earlier = "2011-01-09".parse().unwrap();
        assert_eq!(CustomerHistory::fold(&days, PurchaseRule::NetPositive, earlier), None);
    }

    #[test]
    fn impossible_histories_do_not_exist() {
        assert!(PurchaseHistory::new(2, 30.43, 38.86).is_ok());
        assert!(matches!(PurchaseHistory::new(2, 40.0, 38.86), Err(HistoryError::OutOfOrder { .. })));
        assert!(matches!(PurchaseHistory::new(2, f64::NAN, 38.86), Err(HistoryError::OutOfOrder { .. })));
        assert!(matches!(PurchaseHistory::new(0, 1.0, 38.86), Err(HistoryError::ZeroMismatch { .. })));
        assert!(matches!(PurchaseHistory::new(1, 0.0, 38.86), Err(HistoryError::ZeroMismatch { .. })));
    }
}
