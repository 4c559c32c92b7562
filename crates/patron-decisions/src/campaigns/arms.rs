//! Two arms compared.

use patron_analytics::wilson;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::response::Range;

/// One arm of a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ArmFacts {
    /// Customers assigned to it.
    pub customers: u64,
    /// Of them: bought.
    pub buyers: u64,
    /// Mean money per customer assigned, in currency units.
    pub mean: f64,
    /// Variance of that money between customers (n − 1).
    pub variance: f64,
    /// Third central moment of that money between customers: how far a few large buyers pull the mean.
    pub third_moment: f64,
}

/// What a difference tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The campaign added: the whole interval lies above zero.
    Adds,
    /// It took away: the whole interval lies below zero.
    TakesAway,
    /// Too small to tell.
    TooSmallToTell,
}

/// Treated less control, with a 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The best estimate.
    pub difference: f64,
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
    /// What it tells.
    pub verdict: Verdict,
}

impl Difference {
    fn new(difference: f64, low: f64, high: f64) -> Self {
        let verdict = match (low > 0.0, high < 0.0) {
            (true, _) => Verdict::Adds,
            (_, true) => Verdict::TakesAway,
            _ => Verdict::TooSmallToTell,
        };
        Self { difference, low, high, verdict }
    }
}

impl ArmFacts {
    /// From whether each customer bought and for how much.
    pub fn of(outcomes: impl Iterator<Item = (bool, f64)>) -> Self {
        let (mut facts, mut squares, mut cubes) = (Self::default(), 0.0, 0.0);
        for (bought, money) in outcomes {
            facts.customers += 1;
            facts.buyers += u64::from(bought);
            // one pass (Welford 1962, Terriberry 2007)
            let (n, before) = (facts.customers as f64, money - facts.mean);
            let step = before / n;
            let term = before * step * (n - 1.0);
            facts.mean += step;
            cubes += term * step * (n - 2.0) - 3.0 * step * squares;
            squares += term;
        }
        facts.variance = if facts.customers > 1 { squares / (facts.customers - 1) as f64 } else { 0.0 };
        facts.third_moment = cubes / facts.customers.max(1) as f64;
        facts
    }

    /// Share of the customers who bought; 0 without any.
    pub fn share(&self) -> f64 {
        if self.customers == 0 { 0.0 } else { self.buyers as f64 / self.customers as f64 }
    }
}

/// Difference of the shares of buyers; `None` where an arm is empty. Newcombe (1998), method 10: Wilson intervals of both
/// shares, put together.
pub fn shares_differ(treated: &ArmFacts, control: &ArmFacts) -> Option<Difference> {
    if treated.customers == 0 || control.customers == 0 {
        return None;
    }
    let (one, other) = (treated.share(), control.share());
    let (low, high) = wilson(treated.buyers, treated.customers);
    let (other_low, other_high) = wilson(control.buyers, control.customers);
    let reach = |a: f64, b: f64| (a * a + b * b).sqrt();
    let difference = one - other;
    let down = reach(one - low, other_high - other);
    Some(Difference::new(difference, difference - down, difference + reach(high - one, other - other_low)))
}

/// Difference of the mean money per customer assigned; `None` where an arm has fewer than two.
///
/// Welch's interval (1947), its ends moved for skewness by Hall's cubic transformation (Hall 1992, for two samples Zhou &
/// Dinh 2005): most customers buy nothing and a few buy much, and without it small arms would seem surer than they are.
pub fn means_differ(treated: &ArmFacts, control: &ArmFacts) -> Option<Difference> {
    let freedom =
        |arm: &ArmFacts| arm.customers.checked_sub(1).filter(|&free| free > 0).map(|free| free as f64);
    let (free, other_free) = (freedom(treated)?, freedom(control)?);
    let of_mean = |arm: &ArmFacts| arm.variance / arm.customers as f64;
    let (one, other) = (of_mean(treated), of_mean(control));
    let difference = treated.mean - control.mean;
    let variance = one + other;
    if variance <= 0.0 {
        return Some(Difference::new(difference, difference, difference));
    }
    let freedom = variance * variance / (one * one / free + other * other / other_free);
    let quantile = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.975);
    let error = variance.sqrt();
    let third = |arm: &ArmFacts| arm.third_moment / (arm.customers as f64).powi(2);
    let skew = (third(treated) - third(control)) / error.powi(3);
    let end = |quantile: f64| difference - error * unskewed(quantile, skew);
    Some(Difference::new(difference, end(quantile), end(-quantile)))
}

/// The mean of an arm with its 95 % interval, as in [`means_differ`]; `None` below two customers.
pub(crate) fn mean_with_range(arm: &ArmFacts) -> Option<Range> {
    let nothing = ArmFacts { customers: 2, ..ArmFacts::default() };
    let found = means_differ(arm, &nothing)?;
    Some(Range { low: found.low, middle: found.difference, high: found.high })
}

/// The statistic whose transform is `quantile`: 3 ((1 + g (q − g ÷ 6))^⅓ − 1) ÷ g for a skewness of g.
fn unskewed(quantile: f64, skew: f64) -> f64 {
    if skew.abs() < 1e-6 {
        return quantile;
    }
    3.0 * ((1.0 + skew * (quantile - skew / 6.0)).cbrt() - 1.0) / skew
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(customers: u64, buyers: u64) -> ArmFacts {
        ArmFacts { customers, buyers, ..ArmFacts::default() }
    }

    #[test] // Newcombe (1998), table II, method 10: examples (a), (e) and (g)
    fn shares_as_printed() {
        for ((buyers, n), (others, m), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((5, 56), (0, 29), -0.0381, 0.1926),
        ] {
            let found = shares_differ(&arm(n, buyers), &arm(m, others)).unwrap();
            assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
        }
        assert_eq!(shares_differ(&arm(0, 0), &arm(5, 1)), None);
    }

    #[test]
    fn means_as_worked_out_by_hand() {
        let of = |money: &[f64]| ArmFacts::of(money.iter().map(|&money| (money > 0.0, money)));
        let (treated, control) = (of(&[1.0, 2.0, 3.0, 4.0, 5.0]), of(&[0.0, 2.0, 4.0]));
        assert_eq!((treated.mean, treated.variance, treated.buyers), (3.0, 2.5, 5));
        assert_eq!((control.mean, control.variance, control.share()), (2.0, 4.0, 2.0 / 3.0));
        // no skewness; variance .5 + 1.3333; freedom 1.8333² ÷ (.25 ÷ 4 + 1.7778 ÷ 2) = 3.5328; t = 2.9305; reach 3.968
        let found = means_differ(&treated, &control).unwrap();
        assert!((found.difference - 1.0).abs() < 1e-12);
        assert!((found.high - 4.968).abs() < 0.01 && (found.low + 2.968).abs() < 0.01, "{found:?}");
        assert_eq!(found.verdict, Verdict::TooSmallToTell);
        assert_eq!(means_differ(&treated, &of(&[1.0])), None);
    }

    #[test]
    fn skewness_is_worked_out_by_hand() {
        // 0, 0, 3: mean 1, third moment (−1 − 1 + 8) ÷ 3
        let arm = ArmFacts::of([0.0, 0.0, 3.0].into_iter().map(|money| (money > 0.0, money)));
        assert!((arm.third_moment - 2.0).abs() < 1e-12 && (arm.variance - 3.0).abs() < 1e-12, "{arm:?}");
        // g = .6, q = 2: 5 (2.14^⅓ − 1); the transform of that is q again
        let found = unskewed(2.0, 0.6);
        assert!((found - 1.443_6).abs() < 1e-3, "{found}");
        assert!((((1.0 + 0.2 * found).powi(3) - 1.0) / 0.6 + 0.1 - 2.0).abs() < 1e-12);
        assert_eq!(unskewed(2.0, 0.0), 2.0);
    }
}
