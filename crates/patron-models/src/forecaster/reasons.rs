//! Why a customer's value is what it is: its factors, and what it would be without each fact. `docs/models/reasons.md`.

use patron_domain::{CustomerDay, CustomerHistory, Day, Horizon, Money};
use serde::{Deserialize, Serialize};

use super::{CustomerForecast, FittedForecaster};
use crate::ModelError;
use crate::book::{Seen, View};

/// Why a customer's value in a horizon is what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueReasons {
    /// Expected net revenue in the horizon, in money: what is explained.
    pub value: f64,
    /// Four numbers whose product it is.
    pub factors: ValueFactors,
    /// The same forecast for a history that lacks one fact, for each fact that there is; the one that changes most comes
    /// first. These overlap and do not add up.
    pub without: Vec<Without>,
}

/// P(alive) × purchases if alive × value of a purchase × correction = value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueFactors {
    /// P(alive) of the BG/NBD model.
    pub p_alive: f64,
    /// Purchase days expected in the horizon if the customer is alive.
    pub purchases_if_alive: f64,
    /// Expected net value of one, in money.
    pub value_of_purchase: f64,
    /// What the forecaster makes of the rest of the history: its value ÷ the product of the three; `None` where that
    /// product is 0.
    pub correction: Option<f64>,
}

/// What the value would be without a fact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Without {
    /// The fact.
    pub fact: ValueFact,
    /// Expected net revenue in the horizon without it, in money.
    pub value: f64,
}

/// A fact that a history can be thought without.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueFact {
    /// The last purchase.
    LastPurchase {
        /// Its day.
        day: Day,
        /// Its net value.
        amount: Money,
    },
    /// Everything that was brought back.
    Returns {
        /// Its value, above zero.
        amount: Money,
    },
    /// The customer's own level of spending: without it, purchases are worth what they are worth in the shop on average.
    SpendLevel {
        /// Mean value of the customer's purchases, in money.
        own: f64,
        /// Mean value of a purchase in the shop of the fit, in money.
        shop: f64,
    },
    /// The days since the last purchase: without them, the forecast is of the day of that purchase.
    Silence {
        /// How many.
        days: u32,
    },
    /// The country, where the model knows it.
    Country,
}

impl FittedForecaster {
    /// Why the value of one customer in `horizon` is what it is, from all its days, in time order; days after `as_of`
    /// are not looked at. `None` without a purchase by then.
    ///
    /// # Errors
    /// As [`Self::forecast_customer`].
    pub fn value_reasons(
        &self,
        days: &[CustomerDay],
        country: Option<&str>,
        as_of: Day,
        horizon: Horizon,
    ) -> Result<Option<ValueReasons>, ModelError> {
        let days = &days[..days.partition_point(|day| day.day <= as_of)];
        let Some(value) = self.value_in(days, country, as_of, horizon)? else { return Ok(None) };
        let Some(factors) = self.factors(days, country, as_of, horizon, value)? else { return Ok(None) };
        let is_known = country.filter(|name| self.features.knows_country(name));
        let others = [
            self.without_last_purchase(days, as_of),
            without_returns(days, as_of),
            self.at_mean_spend(days, as_of),
            is_known.map(|_| (ValueFact::Country, days.to_vec(), as_of)),
            self.without_silence(days, as_of),
        ];
        let mut without = Vec::new();
        for (fact, days, as_of) in others.into_iter().flatten() {
            let country = country.filter(|_| fact != ValueFact::Country);
            if let Some(value) = self.value_in(&days, country, as_of, horizon)? {
                without.push(Without { fact, value });
            }
        }
        let change = |without: &Without| (without.value - value).abs();
        without.sort_by(|a, b| change(b).total_cmp(&change(a)));
        Ok(Some(ValueReasons { value, factors, without }))
    }

    fn value_in(
        &self,
        days: &[CustomerDay],
        country: Option<&str>,
        as_of: Day,
        horizon: Horizon,
    ) -> Result<Option<f64>, ModelError> {
        let horizon_days = match horizon {
            Horizon::Days(days) => Some(days),
            Horizon::Months(_) => None,
        };
        let forecast = self.forecast_customer(days, country, as_of, horizon_days)?;
        Ok(forecast.map(|forecast| forecast.value_in(horizon)))
    }

    fn factors(
        &self,
        days: &[CustomerDay],
        country: Option<&str>,
        as_of: Day,
        horizon: Horizon,
        value: f64,
    ) -> Result<Option<ValueFactors>, ModelError> {
        let Some(history) = CustomerHistory::fold(days, self.purchase_rule, as_of) else { return Ok(None) };
        let seen = Seen { index: 0, customer: 0, country, days, history };
        let view = View::new(as_of, self.purchase_rule, vec![seen]);
        let first = |values: Vec<f64>| values.into_iter().next().unwrap_or_default();
        let p_alive = self.btyd.p_alive(&seen);
        let purchases_if_alive = first(self.btyd.purchases_if_alive(&view, horizon.days(as_of))?);
        let value_of_purchase = first(self.btyd.expected_value(&view));
        let product = p_alive * purchases_if_alive * value_of_purchase;
        let correction = (product > 0.0).then(|| value / product).filter(|correction| correction.is_finite());
        Ok(Some(ValueFactors { p_alive, purchases_if_alive, value_of_purchase, correction }))
    }

    fn last_purchase(&self, days: &[CustomerDay]) -> Option<usize> {
        days.iter().rposition(|day| day.is_purchase(self.purchase_rule))
    }

    fn without_last_purchase(&self, days: &[CustomerDay], as_of: Day) -> Option<Other> {
        let last = self.last_purchase(days)?;
        let fact = ValueFact::LastPurchase { day: days[last].day, amount: days[last].net() };
        let mut days = days.to_vec();
        days.remove(last);
        Some((fact, days, as_of))
    }

    fn at_mean_spend(&self, days: &[CustomerDay], as_of: Day) -> Option<Other> {
        let purchases = || days.iter().filter(|day| day.is_purchase(self.purchase_rule));
        let own = purchases().map(|day| day.net().to_f64()).sum::<f64>() / purchases().count().max(1) as f64;
        let scale = self.mean_purchase / own;
        if !(own > 0.0 && scale > 0.0 && scale.is_finite()) {
            return None;
        }
        let scaled = |amount: Money| Money::from_f64(amount.to_f64() * scale);
        let one = |day: &CustomerDay| {
            Some(CustomerDay { sales: scaled(day.sales)?, returns: scaled(day.returns)?, ..*day })
        };
        let fact = ValueFact::SpendLevel { own, shop: self.mean_purchase };
        Some((fact, days.iter().map(one).collect::<Option<_>>()?, as_of))
    }

    fn without_silence(&self, days: &[CustomerDay], as_of: Day) -> Option<Other> {
        let last = days[self.last_purchase(days)?].day;
        let silence = u32::try_from(as_of.days_since(last)).ok().filter(|days| *days > 0)?;
        Some((ValueFact::Silence { days: silence }, days.to_vec(), last))
    }
}

/// A fact, the days without it, and the day they are looked at.
type Other = (ValueFact, Vec<CustomerDay>, Day);

fn without_returns(days: &[CustomerDay], as_of: Day) -> Option<Other> {
    let returned: Money = days.iter().map(|day| day.returns).sum();
    if returned >= Money::ZERO {
        return None;
    }
    let kept = days.iter().map(|day| CustomerDay { returns: Money::ZERO, ..*day }).collect();
    Some((ValueFact::Returns { amount: Money::ZERO - returned }, kept, as_of))
}

impl CustomerForecast {
    /// Expected net revenue in one of the three standard horizons, or in the days that the forecast was asked for.
    pub fn value_in(&self, horizon: Horizon) -> f64 {
        match horizon {
            Horizon::Months(3) => self.clv_3m,
            Horizon::Months(12) => self.clv_12m,
            Horizon::Months(_) => self.clv_24m,
            Horizon::Days(_) => self.predicted_clv.unwrap_or(0.0),
        }
    }
}
