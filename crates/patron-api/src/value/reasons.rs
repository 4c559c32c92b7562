//! `include=reasons`: what moved a customer's value and the chance to buy, in words and numbers.

use patron_domain::{Day, Horizon, Money};
use patron_models::{
    ChanceFact, ChanceReason, CustomerForecast, ValueFact, ValueFactors, ValueReasons, Without,
};
use patron_report::format::{self, plain};
use patron_report::say;
use serde::Serialize;
use utoipa::ToSchema;

use crate::rows::amount;

/// What moved the value and the chance to buy.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reasons {
    /// Numbers whose product is `value`.
    factors: Vec<Factor>,
    /// What `value` would be for a history that lacks one fact, the fact that changes most first. Each is a forecast of
    /// its own: they overlap and do not add up.
    without: Vec<WithoutFact>,
    /// What moves the chance to buy, the strongest first; empty where no fact moves it.
    chance: Vec<Reason>,
}

/// One of the numbers whose product is the value.
#[derive(Serialize, ToSchema)]
pub(crate) struct Factor {
    /// Which: `p_alive`, `purchases_if_alive`, `value_of_purchase` or `correction`.
    #[schema(example = "p_alive")]
    factor: &'static str,
    /// The number.
    #[schema(example = 0.91)]
    number: f64,
    /// In words.
    #[schema(example = "91% that the customer has not dropped out for good")]
    words: String,
}

/// What the value would be without a fact.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithoutFact {
    /// Which: `last-purchase`, `returns`, `spend-level`, `silence` or `country`.
    #[schema(example = "last-purchase")]
    fact: &'static str,
    /// What `value` would be.
    #[schema(example = "371.2")]
    value: String,
    /// What the fact adds to `value`; below zero where it takes off.
    #[schema(example = "41.55")]
    adds: String,
    /// In words.
    #[schema(example = "the purchase of 7 Dec 2011, worth 80.00, adds 41.55")]
    words: String,
}

/// A fact that moves the chance to buy away from that of the average customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Which fact.
    #[schema(value_type = String, example = "inactivity")]
    fact: ChanceFact,
    /// Whether it raises the chance; else it lowers it.
    raises: bool,
    /// How far, in log-odds.
    #[schema(example = 0.8)]
    effect: f64,
    /// In words, to be read after "mainly because".
    #[schema(example = "the last purchase was 214 days ago")]
    words: String,
}

impl Reasons {
    pub(super) fn of(
        reasons: Option<&ValueReasons>,
        forecast: &CustomerForecast,
        as_of: Day,
        horizon: Horizon,
    ) -> Self {
        let chance = |reason: ChanceReason| Reason {
            fact: reason.fact,
            raises: reason.raises,
            effect: reason.effect,
            words: say::because(forecast, Some(as_of)).map_or_else(String::new, |words| plain(&words)),
        };
        let without = |reasons: &ValueReasons| {
            let value = reasons.value;
            reasons.without.iter().map(|one| without_fact(one, value)).collect()
        };
        Self {
            factors: reasons.map(|reasons| factors(&reasons.factors, as_of, horizon)).unwrap_or_default(),
            without: reasons.map(without).unwrap_or_default(),
            chance: forecast.chance_reason.map(chance).into_iter().collect(),
        }
    }
}

fn factors(factors: &ValueFactors, as_of: Day, horizon: Horizon) -> Vec<Factor> {
    let ValueFactors { p_alive, purchases_if_alive, value_of_purchase, correction } = *factors;
    let until = plain(&format::day(horizon.end(as_of)));
    let mut told = vec![
        Factor {
            factor: "p_alive",
            number: p_alive,
            words: format!("{} that the customer has not dropped out for good", format::chance(p_alive)),
        },
        Factor {
            factor: "purchases_if_alive",
            number: purchases_if_alive,
            words: format!(
                "{} purchase days expected until {until} of one who has not",
                format::two_digits(purchases_if_alive)
            ),
        },
        Factor {
            factor: "value_of_purchase",
            number: value_of_purchase,
            words: format!(
                "{} expected a purchase, returns taken off",
                format::decimal(value_of_purchase, 2)
            ),
        },
    ];
    told.extend(correction.map(|correction| Factor {
        factor: "correction",
        number: correction,
        words: format!(
            "times {}: what the forecaster makes of the rest of the history",
            format::decimal(correction, 2)
        ),
    }));
    told
}

fn without_fact(without: &Without, value: f64) -> WithoutFact {
    let adds = value - without.value;
    let does = if adds < 0.0 { "takes off" } else { "adds" };
    let effect = format!("{does} {}", format::decimal(adds.abs(), 2));
    let exact = |amount: Money| format::exact_decimal(amount, 2);
    let (fact, words) = match without.fact {
        ValueFact::LastPurchase { day, amount } => {
            let (day, amount) = (format::day(day), exact(amount));
            ("last-purchase", format!("the purchase of {day}, worth {amount}, {effect}"))
        }
        ValueFact::Returns { amount } => {
            ("returns", format!("what was brought back, worth {}, {effect}", exact(amount)))
        }
        ValueFact::SpendLevel { own, shop } => {
            let [own, shop] = [own, shop].map(|mean| format::decimal(mean, 2));
            ("spend-level", format!("spending {own} a purchase, where the shop's mean is {shop}, {effect}"))
        }
        ValueFact::Silence { days } => {
            let days = format::counted(i64::from(days), "day", "days");
            ("silence", format!("{days} without a purchase since the last one: that {effect}"))
        }
        ValueFact::Country => ("country", format!("the customer's country {effect}")),
    };
    WithoutFact { fact, value: amount(without.value), adds: amount(adds), words: plain(&words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_told_with_what_they_add_or_take_off() {
        let day: Day = "2011-12-07".parse().unwrap();
        let told = |fact, value| {
            let told = without_fact(&Without { fact, value }, 400.0);
            format!("{} | {} | {} | {}", told.fact, told.value, told.adds, told.words)
        };
        let purchase = ValueFact::LastPurchase { day, amount: "80".parse().unwrap() };
        assert_eq!(
            told(purchase, 358.45),
            "last-purchase | 358.45 | 41.55 | the purchase of 7 Dec 2011, worth 80.00, adds 41.55"
        );
        assert_eq!(
            told(ValueFact::Silence { days: 1 }, 420.5),
            "silence | 420.5 | -20.5 | 1 day without a purchase since the last one: that takes off 20.50"
        );
        let spend = ValueFact::SpendLevel { own: 45.2, shop: 20.1 };
        assert_eq!(
            told(spend, 200.0),
            "spend-level | 200 | 200 | spending 45.20 a purchase, where the shop's mean is 20.10, adds 200.00"
        );
        let returns = ValueFact::Returns { amount: "12.5".parse().unwrap() };
        assert!(told(returns, 410.0).ends_with("what was brought back, worth 12.50, takes off 10.00"));
        assert!(told(ValueFact::Country, 400.0).ends_with("adds 0.00"));
    }

    #[test]
    fn factors_are_told_in_the_order_of_the_product() {
        let as_of: Day = "2011-12-09".parse().unwrap();
        let known = ValueFactors {
            p_alive: 0.5,
            purchases_if_alive: 4.0,
            value_of_purchase: 25.0,
            correction: Some(1.2),
        };
        let told = factors(&known, as_of, Horizon::Months(12));
        assert_eq!(told.iter().map(|one| one.number).product::<f64>(), 60.0);
        assert_eq!(told[1].words, "4.0 purchase days expected until 9 Dec 2012 of one who has not");
        assert_eq!(factors(&ValueFactors { correction: None, ..known }, as_of, Horizon::Days(5)).len(), 3);
    }
}
