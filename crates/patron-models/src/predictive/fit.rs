//! What is learned of single customers' spending from forecasts of the past.

use serde::{Deserialize, Serialize};

use super::CustomerSpend;
use super::shape::Shape;
use crate::forecaster::is_usual;
use crate::optimise::solve_positive;

/// Spread of the logarithm of the positive part before a log has a record: what 24 made-up shops and the earlier
/// origins of Online Retail and CDNOW have (.77 … .85).
const PRIOR_SIGMA: f64 = 0.8;
/// Customers this prior weighs as much as; and those that the normal shape does.
const PRIOR_CUSTOMERS: f64 = 20.0;
const PRIOR_SHAPE: f64 = 50.0;
/// Ridge toward the chance as it stands, per coefficient: on the log-odds of the chance, and on the expected purchases.
const CHANCE_RIDGE: [f64; 3] = [0.1, 3.0, 3.0];
/// Probabilities are never closer to 0 or 1 than this.
const EDGE: f64 = 0.001;
/// Most that the logarithm of the expected purchases, and the log-odds of a spread, are counted with.
const LARGEST_LN: f64 = 5.0;
/// ln of the narrowest and the widest spread.
const SIGMA: [f64; 2] = [-3.0, 1.2];

/// What a forecast says of one customer and a horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpendFacts {
    /// Expected net revenue, in money.
    pub mean: f64,
    /// Chance of at least one purchase.
    pub chance: f64,
    /// Purchase days so far, the first one included.
    pub purchases: u32,
}

/// A forecast of the past, made without knowing anything after its day, and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastSpend {
    /// What was said then.
    pub facts: SpendFacts,
    /// Net revenue that came, in money; below zero counts as zero.
    pub value: f64,
}

/// How customers' spending spreads around its forecast: a probability of spending at all, and a shape for the rest.
/// The mean of every distribution is the forecast. `docs/models/intervals.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpendDistribution {
    /// Mean value of a purchase, in money: makes the rest free of the currency.
    unit: f64,
    /// Log-odds of a positive value: constant, on the log-odds of the chance, on ln(mean ÷ (chance × unit)).
    chance: [f64; 3],
    /// ln of the spread: constant, on ln(purchases).
    spread: [f64; 2],
    shape: Shape,
    /// Forecasts of the past, and those of them that came to something.
    learned_from: [u64; 2],
}

impl SpendDistribution {
    /// Learns from forecasts of the past, in any order; `unit` is the mean value of a purchase, in money. Without any
    /// the chances stand as they are and a prior spread serves.
    pub fn fit(past: &[PastSpend], unit: f64) -> Self {
        let prior = Self {
            unit: if unit > 0.0 && unit.is_finite() { unit } else { 1.0 },
            chance: [0.0, 1.0, 0.0],
            spread: [PRIOR_SIGMA.ln(), 0.0],
            shape: Shape::NORMAL,
            learned_from: [0, 0],
        };
        let usable: Vec<&PastSpend> = past.iter().filter(|past| past.is_usable()).collect();
        prior.with_chance(&usable).with_spread(&usable)
    }

    /// The distribution for the horizon that was learned from.
    pub fn of(&self, facts: &SpendFacts) -> CustomerSpend {
        CustomerSpend::new(self.positive(facts), facts.mean, self.sigma(facts), self.shape)
    }

    /// The distribution for another horizon, with its mean and chance, of a customer with `facts` for the horizon that
    /// was learned from: what was learned of the log-odds is carried over, the spread stays. Measured for up to 12
    /// months only: `docs/models/intervals.md`.
    pub fn in_horizon(&self, facts: &SpendFacts, mean: f64, chance: f64) -> CustomerSpend {
        let moved = log_odds(self.positive(facts)) - log_odds(facts.chance);
        CustomerSpend::new(probability(log_odds(chance) + moved), mean, self.sigma(facts), self.shape)
    }

    /// Forecasts of the past it was learned from, and those of them that came to something.
    pub fn learned_from(&self) -> [u64; 2] {
        self.learned_from
    }

    /// Whether every number in it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        let numbers = self.chance.iter().chain(&self.spread).copied();
        self.unit > 0.0 && is_usual(self.unit) && numbers.into_iter().all(is_usual) && self.shape.is_sound()
    }

    fn positive(&self, facts: &SpendFacts) -> f64 {
        probability(dot(&self.chance, &self.chance_inputs(facts)))
    }

    fn sigma(&self, facts: &SpendFacts) -> f64 {
        bounded(dot(&self.spread, &spread_inputs(facts)))
    }

    fn chance_inputs(&self, facts: &SpendFacts) -> [f64; 3] {
        let purchases = (facts.mean / (facts.chance.clamp(EDGE, 1.0 - EDGE) * self.unit)).ln();
        [1.0, log_odds(facts.chance), purchases.clamp(-LARGEST_LN, LARGEST_LN)]
    }

    /// Logistic regression of "came to something", with a ridge toward the chance as it stands.
    fn with_chance(mut self, past: &[&PastSpend]) -> Self {
        let start = self.chance;
        let rows: Vec<([f64; 3], f64)> = past
            .iter()
            .map(|past| (self.chance_inputs(&past.facts), f64::from(u8::from(past.value > 0.0))))
            .collect();
        let fitted = newton(start, CHANCE_RIDGE, &rows, |log_odds, came| {
            let chance = 1.0 / (1.0 + (-log_odds).exp());
            (chance - came, chance * (1.0 - chance))
        });
        self.chance = fitted.unwrap_or(start);
        self
    }

    /// Spread by penalised likelihood, as if ln(value × probability ÷ mean) were normal with E exp(·) = 1; then the
    /// shape from what is left over.
    fn with_spread(mut self, past: &[&PastSpend]) -> Self {
        let ratio = |past: &PastSpend| (past.value * self.positive(&past.facts) / past.facts.mean).ln();
        let rows: Vec<([f64; 2], f64)> = past
            .iter()
            .filter(|past| past.value > 0.0 && past.facts.mean > 0.0)
            .map(|past| (spread_inputs(&past.facts), ratio(past)))
            .filter(|(_, ratio)| ratio.is_finite())
            .collect();
        self.learned_from = [past.len() as u64, rows.len() as u64];
        let start = self.spread;
        let fitted = newton(start, [PRIOR_CUSTOMERS; 2], &rows, |ln_sigma, ratio| {
            // −ln L = ½(y ÷ σ + σ ÷ 2)² + ln σ, convex in ln σ
            let variance = bounded(ln_sigma).powi(2);
            let square = ratio * ratio / variance;
            (variance / 4.0 - square + 1.0, variance / 2.0 + 2.0 * square)
        });
        self.spread = fitted.unwrap_or(start);
        let rest = |&(inputs, ratio): &([f64; 2], f64)| {
            let sigma = bounded(dot(&self.spread, &inputs));
            ratio / sigma + sigma / 2.0
        };
        let mut rests: Vec<f64> = rows.iter().map(rest).collect();
        rests.sort_by(f64::total_cmp);
        self.shape = Shape::learn(&rests, PRIOR_SHAPE);
        self
    }
}

impl PastSpend {
    fn is_usable(&self) -> bool {
        let SpendFacts { mean, chance, .. } = self.facts;
        mean >= 0.0 && is_usual(mean) && (0.0..=1.0).contains(&chance) && self.value.is_finite()
    }
}

fn spread_inputs(facts: &SpendFacts) -> [f64; 2] {
    [1.0, f64::from(facts.purchases.max(1)).ln()]
}

/// A spread from its logarithm.
fn bounded(ln_sigma: f64) -> f64 {
    ln_sigma.clamp(SIGMA[0], SIGMA[1]).exp()
}

fn log_odds(chance: f64) -> f64 {
    let chance = chance.clamp(EDGE, 1.0 - EDGE);
    (chance / (1.0 - chance)).ln()
}

fn probability(log_odds: f64) -> f64 {
    (1.0 / (1.0 + (-log_odds).exp())).clamp(EDGE, 1.0 - EDGE)
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Newton's method on a convex sum over rows (inputs, outcome) plus a ridge toward `start`. `term` gives, for the
/// linear predictor of a row and its outcome, the first and second derivative of its part. `None` if it does not settle.
fn newton<const N: usize>(
    start: [f64; N],
    ridge: [f64; N],
    rows: &[([f64; N], f64)],
    term: impl Fn(f64, f64) -> (f64, f64),
) -> Option<[f64; N]> {
    let mut at = start;
    for _ in 0..60 {
        let mut slope: [f64; N] = std::array::from_fn(|i| ridge[i] * (start[i] - at[i]));
        let mut curvature = [[0.0; N]; N];
        (0..N).for_each(|i| curvature[i][i] = ridge[i]);
        for (inputs, outcome) in rows {
            let (first, second) = term(dot(&at, inputs), *outcome);
            for i in 0..N {
                slope[i] -= first * inputs[i];
                for j in 0..N {
                    curvature[i][j] += second * inputs[i] * inputs[j];
                }
            }
        }
        let step = solve_positive(&curvature, &slope)?;
        let longest = step.iter().fold(0.0_f64, |longest, step| longest.max(step.abs()));
        let shrink = if longest > 1.0 { 1.0 / longest } else { 1.0 };
        at.iter_mut().zip(step).for_each(|(at, step)| *at += shrink * step);
        if longest < 1e-9 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::shape::deviate_of;
    use super::*;

    fn facts(mean: f64, chance: f64, purchases: u32) -> SpendFacts {
        SpendFacts { mean, chance, purchases }
    }

    /// `count` customers of a kind who come to what `spend` says, at even shares.
    fn drawn(kind: SpendFacts, spend: &CustomerSpend, count: u32) -> Vec<PastSpend> {
        let share = |k: u32| (f64::from(k) + 0.5) / f64::from(count);
        (0..count).map(|k| PastSpend { facts: kind, value: spend.quantile(share(k)) }).collect()
    }

    #[test]
    fn without_a_past_the_prior_stands() {
        let fitted = SpendDistribution::fit(&[], 10.0);
        let spend = fitted.of(&facts(30.0, 0.6, 3));
        assert!((spend.zero() - 0.4).abs() < 1e-12 && spend.mean() == 30.0);
        // the 90 % quantile is the 5/6 quantile of a lognormal with mean 50 and spread 0.8
        let expected = 50.0 * (0.8 * deviate_of(5.0 / 6.0) - 0.32).exp();
        assert!((spend.quantile(0.9) - expected).abs() < 1e-9);
        assert_eq!(fitted.learned_from(), [0, 0]);
        assert!(fitted.is_sound());
    }

    #[test]
    fn what_was_planted_is_found() {
        // chances were told 0.6 where 0.3 came to something; loyal customers spread half as wide
        let (new, loyal) = (facts(20.0, 0.6, 1), facts(80.0, 0.6, 20));
        let planted = |mean, sigma| CustomerSpend::new(0.3, mean, sigma, Shape::NORMAL);
        let mut past = drawn(new, &planted(20.0, 1.0), 10_000);
        past.extend(drawn(loyal, &planted(80.0, 0.5), 10_000));
        let fitted = SpendDistribution::fit(&past, 10.0);
        assert_eq!(fitted.learned_from(), [20_000, 6_000]);
        for (kind, sigma) in [(new, 1.0), (loyal, 0.5)] {
            let (found, planted) = (fitted.of(&kind), planted(kind.mean, sigma));
            assert!((found.zero() - 0.7).abs() < 1e-3, "{}", found.zero());
            for level in [0.75, 0.9, 0.98] {
                let (found, planted) = (found.quantile(level), planted.quantile(level));
                assert!((found / planted - 1.0).abs() < 0.03, "{level}: {found} {planted}");
            }
        }
        // in a longer horizon the log-odds move by as much: from 0.6 to 0.3 as from 0.9 to 0.72
        let longer = fitted.in_horizon(&new, 60.0, 0.9);
        let odds = 9.0 * (0.3 / 0.7) / (0.6 / 0.4);
        assert!((1.0 - longer.zero() - odds / (1.0 + odds)).abs() < 1e-3 && longer.mean() == 60.0);
    }

    #[test]
    fn few_customers_move_little() {
        let kind = facts(20.0, 0.6, 1);
        let spend = CustomerSpend::new(0.6, 20.0, 2.0, Shape::NORMAL);
        let sigma = |count| SpendDistribution::fit(&drawn(kind, &spend, count), 10.0).sigma(&kind);
        assert!(sigma(4) < 1.2 && sigma(4) > 0.8 && sigma(4_000) > 1.8, "{} {}", sigma(4), sigma(4_000));
    }

    #[test]
    fn nonsense_is_left_out_and_extremes_stay_finite() {
        let odd = [
            PastSpend { facts: facts(f64::NAN, 0.5, 1), value: 1.0 },
            PastSpend { facts: facts(1.0, f64::NAN, 1), value: 1.0 },
            PastSpend { facts: facts(1.0, 0.5, 1), value: f64::INFINITY },
        ];
        assert_eq!(SpendDistribution::fit(&odd, 1.0), SpendDistribution::fit(&[], 1.0));
        let nothing = PastSpend { facts: facts(0.0, 0.5, 0), value: -5.0 };
        let huge = PastSpend { facts: facts(1e-9, 0.001, 4_000_000_000), value: 1e12 };
        for unit in [0.0, f64::NAN, 1e-9, 1e12] {
            let fitted = SpendDistribution::fit(&[vec![nothing; 60], vec![huge; 60]].concat(), unit);
            assert!(fitted.is_sound(), "{fitted:?}");
            let spend = fitted.of(&facts(1e9, 1.0, 1));
            assert!(spend.interval().into_iter().all(f64::is_finite));
        }
    }

    #[test]
    fn what_no_fit_makes_is_not_sound() {
        let fitted = SpendDistribution::fit(&[], 10.0);
        let chance = [0.0, f64::NAN, 0.0];
        assert!(!SpendDistribution { chance, ..fitted.clone() }.is_sound());
        assert!(!SpendDistribution { unit: 0.0, ..fitted.clone() }.is_sound());
        assert!(!SpendDistribution { spread: [1e300, 0.0], ..fitted }.is_sound());
    }

    proptest! {
        #[test]
        fn the_mean_is_the_forecast_in_any_currency(
            rows in prop::collection::vec((0.01..1e4_f64, 0.01..0.99_f64, 1..60_u32, prop::option::of(0.01..1e5_f64)), 0..300),
            (mean, chance, purchases) in (0.01..1e4_f64, 0.001..0.999_f64, 1..100_u32),
            rate in 1e-3..1e3_f64,
        ) {
            let at = |rate: f64| -> SpendDistribution {
                let one = |&(mean, chance, purchases, value): &(f64, f64, u32, Option<f64>)| PastSpend {
                    facts: facts(mean * rate, chance, purchases),
                    value: value.unwrap_or(0.0) * rate,
                };
                SpendDistribution::fit(&rows.iter().map(one).collect::<Vec<_>>(), 10.0 * rate)
            };
            let here = at(1.0);
            prop_assert!(here.is_sound());
            let (spend, there) = (here.of(&facts(mean, chance, purchases)), at(rate).of(&facts(mean * rate, chance, purchases)));
            prop_assert_eq!(spend.mean(), mean);
            for level in [0.5, 0.9, 0.99] {
                let (low, high) = (spend.quantile(level), there.quantile(level) / rate);
                prop_assert!((low - high).abs() <= 1e-6 * low.max(1e-12));
            }
        }
    }
}
