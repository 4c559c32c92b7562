//! How far totals are off: a common error of level, learned from past forecasts, and the customers' own chance.

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::Expected;

/// Share of cases a range of a total is made for.
pub(crate) const LEVEL: f64 = 0.9;
/// What is taken for the spread of ln(actual ÷ predicted) before a log has a record of its own: the root of the mean
/// square over the earlier origins of Online Retail (0.097) and CDNOW (0.107). `docs/models/ranges.md` has them all.
const PRIOR_SCALE: f64 = 0.1;
/// Past forecasts without overlap that the prior scale weighs as much as; also the degrees of freedom without any.
const PRIOR_FREEDOM: f64 = 3.0;
/// Independent past forecasts from which on a log's own record stands alone; from which on it needs no Student t.
const OWN_RECORD: f64 = 5.0;
const CONFORMAL: f64 = 19.0;
/// Least scale of a log's own record: none is better than that for long.
const LEAST_SCALE: f64 = 0.02;
/// Dispersion of single customers before a record: the median over the same origins; and the customers it weighs.
const PRIOR_DISPERSION: f64 = 3.4;
const PRIOR_CUSTOMERS: f64 = 100.0;
/// Variance power of a customer's spend, between counts (1) and amounts (2): as in the trees.
pub(crate) const POWER: f64 = 1.5;
/// Errors of level beyond a factor of this, nothing that came included, count as such.
const LARGEST_FACTOR: f64 = 100.0;

/// A forecast of the past, what came of it, and how its customers scattered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastTotal {
    /// Last day it has seen.
    pub origin: Day,
    /// Last day forecast.
    pub end: Day,
    /// Customers with a purchase by the origin.
    pub customers: u64,
    /// Expected net revenue of these customers, in money.
    pub expected: f64,
    /// Net revenue that came, in money.
    pub came: f64,
    /// Relative variance of the total per unit of dispersion, if customers spend independently.
    pub own_chance: f64,
    /// Σ(actual − predicted)² ÷ its expectation at dispersion 1, once predictions are brought to the actual total;
    /// absent where nothing came.
    pub dispersion: Option<f64>,
    /// How uncertain the season made it: standard error on the scale of logarithms.
    #[serde(default)]
    pub season_error: f64,
}

impl PastTotal {
    pub(crate) fn new(origin: Day, end: Day, values: &[f64], mean_purchase: f64, net: &[f64]) -> Self {
        let expected = Expected::new(values, mean_purchase);
        let came: f64 = net.iter().sum();
        let level = came / expected.total;
        let squares: f64 = values.iter().zip(net).map(|(value, net)| (net - level * value).powi(2)).sum();
        let unit = level.powf(POWER) * expected.own_chance * expected.total * expected.total;
        let dispersion = Some(squares / unit).filter(|dispersion| dispersion.is_finite());
        let (own_chance, customers) = (expected.own_chance, values.len() as u64);
        let (expected, season_error) = (expected.total, 0.0);
        Self { origin, end, customers, expected, came, own_chance, dispersion, season_error }
    }

    /// The same with the uncertainty of the season at its origin.
    pub(crate) fn with_season_error(self, season_error: f64) -> Self {
        Self { season_error, ..self }
    }

    /// ln(came ÷ expected) within bounds; `None` where nothing was expected.
    fn ln_error(&self) -> Option<f64> {
        let bounds = (1.0 / LARGEST_FACTOR, LARGEST_FACTOR);
        (self.expected > 0.0).then(|| (self.came / self.expected).max(bounds.0).min(bounds.1).ln())
    }

    /// Share of the horizon that two forecasts have in common.
    fn overlap(&self, other: &Self) -> f64 {
        let common = self.end.min(other.end).days_since(self.origin.max(other.origin)).max(0);
        let longer = self.end.days_since(self.origin).max(other.end.days_since(other.origin)).max(1);
        f64::from(common) / f64::from(longer)
    }
}

/// How far totals of a horizon are off, as a distribution of ln(actual ÷ expected): Student t around zero, or, with 19
/// past forecasts that do not overlap, what their errors were.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TotalSpread {
    /// The horizon.
    pub horizon: Horizon,
    /// Degrees of freedom.
    pub freedom: f64,
    /// Scale of the error that all customers have in common.
    pub level_scale: f64,
    /// Dispersion φ: a customer with expected spend m has variance φ·√u·m^1.5, u being `mean_purchase`.
    pub dispersion: f64,
    /// Mean value of a purchase, in money.
    pub mean_purchase: f64,
    /// The errors of a long record, which then take the place of Student's t.
    #[serde(default)]
    pub conformal: Option<Conformal>,
}

/// The ends of the errors that a record of at least 19 independent forecasts has (split conformal: Vovk et al. 2005).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conformal {
    /// ln(actual ÷ expected) at the places 5 % and 95 % × (n + 1) of the n errors.
    pub ends: [f64; 2],
    /// Mean of ln(1 + φ·v) over the record: the part of the customers' own chance that is in the errors already.
    pub own: f64,
}

impl TotalSpread {
    /// Learns from past forecasts, in any order; without any, the prior stands. Forecasts that overlap count for
    /// less: n of them as n² ÷ Σ overlaps.
    pub(crate) fn learn(horizon: Horizon, past: &[PastTotal], mean_purchase: f64) -> Self {
        let told = past.iter().filter_map(|total| Some((total, total.dispersion?)));
        let (mut customers, mut sum) = (PRIOR_CUSTOMERS, PRIOR_CUSTOMERS * PRIOR_DISPERSION);
        for (total, dispersion) in told {
            customers += total.customers as f64;
            sum += total.customers as f64 * dispersion;
        }
        let dispersion = sum / customers;
        let errors: Vec<(&PastTotal, f64)> =
            past.iter().filter_map(|total| Some((total, total.ln_error()?))).collect();
        let n = errors.len() as f64;
        let overlaps: f64 = errors.iter().flat_map(|(a, _)| errors.iter().map(|(b, _)| a.overlap(b))).sum();
        let independent = if n > 0.0 { n * n / overlaps } else { 0.0 };
        // what the customers' own chance and the season explain of the squares is no error of level
        let excess = |&(total, error): &(&PastTotal, f64)| {
            let season = total.season_error * total.season_error;
            error * error - (dispersion * total.own_chance).ln_1p() - season
        };
        let squares = independent * errors.iter().map(excess).sum::<f64>() / n.max(1.0);
        let (freedom, level_scale) = if independent < OWN_RECORD {
            let freedom = PRIOR_FREEDOM + independent;
            let variance = (PRIOR_FREEDOM * PRIOR_SCALE * PRIOR_SCALE + squares.max(0.0)) / freedom;
            (freedom, variance.sqrt())
        } else {
            (independent - 1.0, (squares.max(0.0) / independent).sqrt().max(LEAST_SCALE))
        };
        let conformal = (independent >= CONFORMAL).then(|| Conformal::of(&errors, dispersion));
        Self { horizon, freedom, level_scale, dispersion, mean_purchase, conformal }
    }

    /// The same where the season is uncertain by `error` besides: standard error on the scale of logarithms.
    pub(crate) fn widened(self, error: f64) -> Self {
        Self { level_scale: self.level_scale.hypot(error), ..self }
    }

    /// Low and high end, in 9 of 10 cases, of what customers with these expected values spend together. `None`
    /// without customers or without expected spend, and for values that are not finite. All customers of the shop
    /// together have the shop's range; fewer have, as a rule, a wider one for their size.
    pub fn group(&self, values: &[f64]) -> Option<(f64, f64)> {
        self.range(Expected::new(values, self.mean_purchase))
    }

    pub(crate) fn range(&self, expected: Expected) -> Option<(f64, f64)> {
        let Expected { total, own_chance } = expected;
        if !(total > 0.0 && total.is_finite() && own_chance.is_finite()) {
            return None;
        }
        let own = (self.dispersion * own_chance).ln_1p();
        if let Some(conformal) = self.conformal {
            return conformal.range(total, own);
        }
        let deviation = (self.level_scale * self.level_scale + own).sqrt();
        let reach = t_quantile(0.5 + LEVEL / 2.0, self.freedom) * deviation;
        // a skew distribution has its middle below its mean
        let middle = total * (-own / 2.0).exp();
        let (low, high) = (middle * (-reach).exp(), middle * reach.exp());
        high.is_finite().then_some((low, high))
    }
}

impl Conformal {
    fn of(errors: &[(&PastTotal, f64)], dispersion: f64) -> Self {
        let mut sorted: Vec<f64> = errors.iter().map(|&(_, error)| error).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len() as f64;
        let at = |place: f64| sorted[(place.clamp(1.0, n) - 1.0) as usize];
        let low = (0.5 - LEVEL / 2.0) * (n + 1.0);
        let own = errors.iter().map(|(total, _)| (dispersion * total.own_chance).ln_1p()).sum::<f64>() / n;
        // rounded outward; no nearer to zero than the least scale, so that the forecast stays inside
        let reach = 1.645 * LEAST_SCALE;
        Self { ends: [at(low.floor()).min(-reach), at((n + 1.0 - low).ceil()).max(reach)], own }
    }

    /// The ends around `total`, further away for customers with more chance of their own than the record's.
    fn range(&self, total: f64, own: f64) -> Option<(f64, f64)> {
        let more = 1.645_f64.powi(2) * (own - self.own).max(0.0);
        let reach = |end: f64| (end * end + more).sqrt();
        let middle = total * (-(own - self.own).max(0.0) / 2.0).exp();
        let (low, high) = (middle * (-reach(self.ends[0])).exp(), middle * reach(self.ends[1]).exp());
        high.is_finite().then_some((low, high))
    }
}

/// Student's t; the normal distribution's place is taken by infinite degrees of freedom, which do not occur.
fn t_quantile(share: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_data::day;

    const QUARTER: Horizon = Horizon::Months(3);

    fn check(range: Option<(f64, f64)>, low: f64, high: f64) {
        let (found_low, found_high) = range.unwrap();
        assert!((found_low - low).abs() < 5e-3 && (found_high - high).abs() < 5e-3, "{range:?}");
    }

    fn past(origin: i32, days: i32, ln_error: f64) -> PastTotal {
        let origin = day("2020-01-01").plus_days(origin);
        let (expected, came) = (100.0, 100.0 * ln_error.exp());
        let end = origin.plus_days(days);
        PastTotal {
            origin,
            end,
            customers: 0,
            expected,
            came,
            own_chance: 0.0,
            dispersion: None,
            season_error: 0.0,
        }
    }

    #[test] // t(0.95; 3) = 2.35336, so the shop's range is 1000·exp(±0.235336) before any record
    fn the_prior_alone() {
        let spread = TotalSpread::learn(QUARTER, &[], 100.0);
        assert_eq!((spread.freedom, spread.level_scale, spread.dispersion), (3.0, 0.1, 3.4));
        check(spread.range(Expected { total: 1_000.0, own_chance: 0.0 }), 790.305, 1_265.334);
        // two customers: φ·√u·Σm^1.5 ÷ (Σm)² = 3.4·10·2000 ÷ 200² = 1.7, middle 200 ÷ √2.7
        check(spread.group(&[100.0, 100.0]), 11.525, 1_285.468);
    }

    #[test] // (3·0.1² + 2·0.2²) ÷ 5 = 0.022, t(0.95; 5) = 2.01505
    fn two_past_forecasts() {
        let errors = [past(0, 90, 0.2), past(90, 90, -0.2)];
        let spread = TotalSpread::learn(QUARTER, &errors, 100.0);
        assert!((spread.freedom - 5.0).abs() < 1e-12);
        assert!((spread.level_scale - 0.022_f64.sqrt()).abs() < 1e-12);
        check(spread.range(Expected { total: 1_000.0, own_chance: 0.0 }), 741.648, 1_348.348);
        // both low by the same: nothing is taken off the mean, so the range is as wide
        let low = [past(0, 90, 0.2), past(90, 90, 0.2)];
        let scale = TotalSpread::learn(QUARTER, &low, 100.0).level_scale;
        assert!((scale - spread.level_scale).abs() < 1e-12);
    }

    #[test] // four at ±0.2 still lean on the prior; of five on their own mean square stands, t(0.95; 4) = 2.13185
    fn five_past_forecasts_stand_alone() {
        let some = |n: i32| -> Vec<PastTotal> { (0..n).map(|k| past(90 * k, 90, 0.2)).collect() };
        let four = TotalSpread::learn(QUARTER, &some(4), 100.0);
        assert!(
            (four.freedom - 7.0).abs() < 1e-12 && (four.level_scale - (0.19_f64 / 7.0).sqrt()).abs() < 1e-12
        );
        let five = TotalSpread::learn(QUARTER, &some(5), 100.0);
        assert!((five.freedom - 4.0).abs() < 1e-12 && (five.level_scale - 0.2).abs() < 1e-12);
        check(five.range(Expected { total: 1_000.0, own_chance: 0.0 }), 652.875, 1_531.686);
        let never_wrong = TotalSpread::learn(QUARTER, &[past(0, 90, 0.0), past(90, 90, 0.0)], 1.0);
        assert!(never_wrong.level_scale > 0.05);
    }

    #[test] // errors −0.10 … 0.08 in steps of 0.01: of 19 the places 1 and 19 are the ends
    fn nineteen_past_forecasts_need_no_student() {
        let errors: Vec<PastTotal> = (0..19).map(|k| past(90 * k, 90, 0.01 * f64::from(k - 10))).collect();
        let spread = TotalSpread::learn(QUARTER, &errors, 100.0);
        let ends = spread.conformal.unwrap().ends;
        assert!((ends[0] + 0.1).abs() < 1e-12 && (ends[1] - 0.08).abs() < 1e-12, "{ends:?}");
        check(spread.range(Expected { total: 1_000.0, own_chance: 0.0 }), 904.837, 1_083.287);
        // few customers: 1.645²·ln(1 + φ·v) more, and a middle below the mean
        let own = (spread.dispersion * 0.2).ln_1p();
        let reach = (0.01 + 1.645_f64.powi(2) * own).sqrt();
        let (low, _) = spread.range(Expected { total: 1_000.0, own_chance: 0.2 }).unwrap();
        assert!((low - 1_000.0 * (-own / 2.0 - reach).exp()).abs() < 1e-6);
        assert_eq!(TotalSpread::learn(QUARTER, &errors[..18], 100.0).conformal, None);
        // all high: the forecast itself stays inside
        let high: Vec<PastTotal> = (0..20).map(|k| past(90 * k, 90, 0.3)).collect();
        let (low, high) =
            TotalSpread::learn(QUARTER, &high, 1.0).range(Expected { total: 1.0, own_chance: 0.0 }).unwrap();
        assert!(low < 1.0 && high > 1.3);
    }

    #[test]
    fn forecasts_that_overlap_count_for_less() {
        let freedom = |past: &[PastTotal]| TotalSpread::learn(QUARTER, past, 1.0).freedom;
        assert!((freedom(&[past(0, 90, 0.1), past(0, 90, 0.1)]) - 4.0).abs() < 1e-12);
        // n² ÷ Σ overlaps = 9 ÷ (3 + 2·(2/3 + 2/3 + 1/3)) = 1.421…
        let thirds = [past(0, 90, 0.1), past(30, 90, 0.1), past(60, 90, 0.1)];
        assert!((freedom(&thirds) - 3.0 - 9.0 / (3.0 + 10.0 / 3.0)).abs() < 1e-12);
    }

    #[test]
    fn what_the_customers_own_chance_explains_is_no_error_of_level() {
        // e² = 0.04 = ln(1 + φ·v): nothing is left over, and (3·0.1² + 0) ÷ (3 + 1) remains
        let own = PastTotal { own_chance: 0.04_f64.exp_m1() / 3.4, ..past(0, 90, 0.2) };
        let spread = TotalSpread::learn(QUARTER, &[own], 1.0);
        assert!((spread.level_scale - (0.03_f64 / 4.0).sqrt()).abs() < 1e-9);
    }

    #[test] // (3·0.1² + (0.2² − 0.2²)) ÷ 4; the season comes back where it is uncertain
    fn what_the_season_explains_is_no_error_of_level() {
        let spread = TotalSpread::learn(QUARTER, &[past(0, 90, 0.2).with_season_error(0.2)], 1.0);
        assert!((spread.level_scale - (0.03_f64 / 4.0).sqrt()).abs() < 1e-12);
        assert!((spread.widened(0.1).level_scale - (0.0075_f64 + 0.01).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_past_total_by_hand() {
        // predictions 4 and 16, actual 10 and 30 (level 2): residuals 10 − 8 and 30 − 32
        let total = PastTotal::new(day("2020-01-01"), day("2020-04-01"), &[4.0, 16.0], 4.0, &[10.0, 30.0]);
        assert_eq!((total.customers, total.expected, total.came), (2, 20.0, 40.0));
        // √4·(8 + 64) ÷ 20² = 0.36; Σ residuals² ÷ (√4·(8^1.5 + 32^1.5)) = 8 ÷ (2·203.647)
        assert!((total.own_chance - 0.36).abs() < 1e-12);
        assert!(
            (total.dispersion.unwrap() - 8.0 / (2.0 * (8_f64.powf(1.5) + 32_f64.powf(1.5)))).abs() < 1e-12
        );
        // nothing came: an error of level as large as any, and no dispersion
        let nothing = PastTotal::new(day("2020-01-01"), day("2020-04-01"), &[4.0], 4.0, &[-1.0]);
        assert_eq!((nothing.dispersion, nothing.ln_error()), (None, Some(0.01_f64.ln())));
        let unexpected = PastTotal::new(day("2020-01-01"), day("2020-04-01"), &[0.0], 4.0, &[1.0]);
        assert_eq!((unexpected.dispersion, unexpected.ln_error()), (None, None));
    }

    proptest! {
        #[test]
        fn ranges_hold_the_forecast_and_follow_the_currency(
            values in prop::collection::vec(0.0..1e5_f64, 1..60),
            errors in prop::collection::vec(-6.0..6.0_f64, 0..70),
            mean_purchase in 0.01..1e4_f64,
            rate in 1e-3..1e3_f64,
        ) {
            prop_assume!(values.iter().sum::<f64>() > 1e-3);
            let errors: Vec<PastTotal> = (0..).zip(errors).map(|(k, error)| past(30 * k, 90, error)).collect();
            let spread = TotalSpread::learn(QUARTER, &errors, mean_purchase);
            let (low, high) = spread.group(&values).unwrap();
            let total: f64 = values.iter().sum();
            prop_assert!(0.0 < low && low < total && total < high && high.is_finite());
            let other = TotalSpread { mean_purchase: mean_purchase * rate, ..spread };
            let there: Vec<f64> = values.iter().map(|value| value * rate).collect();
            let (other_low, other_high) = other.group(&there).unwrap();
            prop_assert!((other_low / rate - low).abs() < 1e-9 * low && (other_high / rate - high).abs() < 1e-9 * high);
        }
    }
}
