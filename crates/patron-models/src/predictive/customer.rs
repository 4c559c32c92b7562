//! The predictive distribution of one customer.

use super::shape::{Shape, below, deviate_of};
use crate::special::GAUSS_5;

/// What one customer may spend in a horizon: nothing with one probability, else a value whose logarithm has the shape
/// that the shop's customers share. Values are net revenue, at least 0, in money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CustomerSpend {
    positive: f64,
    /// ln of the value at the shape's zero.
    location: f64,
    sigma: f64,
    shape: Shape,
    mean: f64,
}

/// Shares below the low and the high end of [`CustomerSpend::interval`].
pub(super) const ENDS: [f64; 2] = [0.05, 0.95];
/// Beyond so many deviations nothing is counted.
const FAR: f64 = 9.0;
/// Widest piece of the integral, in deviations.
const WIDEST: f64 = 0.6;

impl CustomerSpend {
    /// Probability `positive` of a value above zero, mean `mean` over all outcomes, spread `sigma` of the positive
    /// part. Nothing expected, or numbers that are none: certainly nothing.
    pub(super) fn new(positive: f64, mean: f64, sigma: f64, shape: Shape) -> Self {
        let usable = positive > 0.0 && positive <= 1.0 && mean > 0.0 && mean.is_finite() && sigma > 0.0;
        let location = (mean / positive).ln() - shape.mean_of_exp(sigma).ln();
        if usable && location.is_finite() {
            Self { positive, location, sigma, shape, mean }
        } else {
            Self { positive: 0.0, location: 0.0, sigma: 1.0, shape, mean: 0.0 }
        }
    }

    /// Probability of nothing: no purchase, or everything sent back.
    pub fn zero(&self) -> f64 {
        1.0 - self.positive
    }

    /// The mean, in money.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The smallest value that at least a share `level` of outcomes does not exceed; `level` within 0 … 1 (else 0).
    /// Infinite at 1, unless nothing can come.
    pub fn quantile(&self, level: f64) -> f64 {
        let zero = self.zero();
        if self.positive == 0.0 || level <= zero || level.is_nan() {
            return 0.0;
        }
        self.at(deviate_of(((level - zero) / self.positive).min(1.0)))
    }

    /// The ends between which 9 in 10 such customers spend: the 5 % quantile, for most customers 0, and the 95 %.
    pub fn interval(&self) -> [f64; 2] {
        ENDS.map(|level| self.quantile(level))
    }

    /// Probability of at most `value`; 0 below zero.
    pub fn cdf(&self, value: f64) -> f64 {
        if value < 0.0 {
            return 0.0;
        }
        self.zero() + self.positive * below(self.deviate(value))
    }

    /// Randomised probability integral transform: uniform over many customers if the distributions are right.
    /// `uniform` within 0 … 1 places an outcome of nothing within the mass at zero.
    pub fn pit(&self, value: f64, uniform: f64) -> f64 {
        if value > 0.0 { self.cdf(value) } else { self.zero() * uniform }
    }

    /// Continuous ranked probability score ∫ (F(v) − 1{v ≥ value})² dv, in money; less is better.
    pub fn crps(&self, value: f64) -> f64 {
        let value = value.max(0.0);
        if self.positive == 0.0 {
            return value;
        }
        let split = self.deviate(value).clamp(-FAR, self.farthest());
        let under = |z: f64| (self.zero() + self.positive * below(z)).powi(2);
        let over = |z: f64| (self.positive * below(-z)).powi(2);
        let nearest = self.at(-FAR);
        let start = nearest.min(value) * self.zero() * self.zero()
            + (nearest - value).max(0.0) * self.positive * self.positive;
        // beyond the farthest piece nothing was expected, so what came beyond it is missed in full
        let end = (value - self.at(self.farthest())).max(0.0);
        start + self.integral(-FAR, split, &under) + self.integral(split, self.farthest(), &over) + end
    }

    /// Mean of the two errors' weights at a quantile: (value − q)·level above it, (q − value)·(1 − level) below.
    pub fn pinball(&self, level: f64, value: f64) -> f64 {
        let error = value - self.quantile(level);
        if error > 0.0 { level * error } else { (level - 1.0) * error }
    }

    /// ∫ f(z) dv(z).
    fn integral(&self, low: f64, high: f64, f: &dyn Fn(f64) -> f64) -> f64 {
        let mut sum = 0.0;
        let mut from = low;
        while from < high {
            let knot = super::shape::KNOTS.into_iter().find(|&knot| knot > from).unwrap_or(high);
            let to = knot.min(from + WIDEST).min(high);
            let slope = self.sigma * (self.shape.at(to) - self.shape.at(from)) / (to - from);
            let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
            let term = |&(node, weight): &(f64, f64)| {
                let z = middle + half * node;
                weight * f(z) * self.at(z)
            };
            sum += slope * half * GAUSS_5.iter().map(term).sum::<f64>();
            from = to;
        }
        sum
    }

    fn at(&self, z: f64) -> f64 {
        (self.location + self.sigma * self.shape.at(z)).exp()
    }

    fn deviate(&self, value: f64) -> f64 {
        self.shape.deviate((value.ln() - self.location) / self.sigma)
    }

    fn farthest(&self) -> f64 {
        FAR + self.sigma * self.shape.last_slope()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// ln N(0, 1) with probability ½: mean ½·e^½.
    fn half() -> CustomerSpend {
        CustomerSpend::new(0.5, 0.5 * 0.5_f64.exp(), 1.0, Shape::NORMAL)
    }

    #[test]
    fn half_a_lognormal_by_hand() {
        let spend = half();
        assert_eq!((spend.zero(), spend.quantile(0.3), spend.quantile(0.5)), (0.5, 0.0, 0.0));
        // the 90 % quantile is the 80 % quantile of the positive part: exp(0.841621)
        assert!((spend.quantile(0.9) - 0.841_621_233_572_914_2_f64.exp()).abs() < 1e-9);
        assert!((spend.cdf(1.0) - 0.75).abs() < 1e-12 && spend.cdf(-1.0) == 0.0 && spend.cdf(0.0) == 0.5);
        assert!((spend.pit(1.0, 0.2) - 0.75).abs() < 1e-12 && (spend.pit(0.0, 0.2) - 0.1).abs() < 1e-12);
        // 5 % quantile 0; 95 % is the 90 % quantile of the positive part
        let [low, high] = spend.interval();
        assert!(low == 0.0 && (high - 1.281_551_565_544_600_5_f64.exp()).abs() < 1e-9);
        // (2 − q)·0.9 above, (q − 1)·0.1 below, q = 2.3201
        assert!((spend.pinball(0.9, 3.0) - 0.9 * (3.0 - spend.quantile(0.9))).abs() < 1e-12);
        assert!((spend.pinball(0.9, 1.0) - 0.1 * (spend.quantile(0.9) - 1.0)).abs() < 1e-12);
    }

    #[test] // lognormal: y(2Φ(ω) − 1) − 2e^(σ²/2)(Φ(ω − σ) + Φ(σ/√2) − 1), ω = ln y ÷ σ (Baran & Lerch 2015)
    fn crps_of_a_lognormal() {
        for (sigma, value) in [(1.0_f64, 2.0_f64), (0.4, 0.7), (1.6, 30.0)] {
            let mean = (sigma * sigma / 2.0).exp();
            let spend = CustomerSpend::new(1.0, mean, sigma, Shape::NORMAL);
            let omega = value.ln() / sigma;
            let tails = below(omega - sigma) + below(sigma / std::f64::consts::SQRT_2) - 1.0;
            let expected = value * (2.0 * below(omega) - 1.0) - 2.0 * mean * tails;
            assert!(
                (spend.crps(value) - expected).abs() < 1e-6 * expected,
                "{} {expected}",
                spend.crps(value)
            );
        }
    }

    #[test]
    fn nothing_expected_is_certain() {
        for nothing in [
            CustomerSpend::new(0.4, 0.0, 1.0, Shape::NORMAL),
            CustomerSpend::new(0.0, 5.0, 1.0, Shape::NORMAL),
        ] {
            assert_eq!((nothing.zero(), nothing.quantile(0.99), nothing.cdf(0.0)), (1.0, 0.0, 1.0));
            assert_eq!((nothing.crps(7.0), nothing.interval()), (7.0, [0.0, 0.0]));
        }
    }

    proptest! {
        #[test]
        fn quantiles_grow_and_belong_to_the_cdf(
            positive in 0.001..1.0_f64, mean in 1e-3..1e6_f64, sigma in 0.05..3.0_f64, rate in 1e-3..1e3_f64,
            came in prop_oneof![Just(0.0), 1e-3..1e7_f64],
        ) {
            let spend = CustomerSpend::new(positive, mean, sigma, Shape::NORMAL);
            let there = CustomerSpend::new(positive, mean * rate, sigma, Shape::NORMAL);
            let mut before = 0.0;
            for level in [0.01, 0.05, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99] {
                let value = spend.quantile(level);
                prop_assert!(value >= before && value.is_finite());
                prop_assert!((spend.cdf(value) - level.max(spend.zero())).abs() < 1e-7);
                prop_assert!((there.quantile(level) / rate - value).abs() <= 1e-6 * value);
                before = value;
            }
            let score = spend.crps(came);
            prop_assert!(score >= 0.0 && score <= came + spend.mean());
        }

        // CRPS = 2∫ pinball: the two scores must agree
        #[test]
        fn crps_is_the_integral_of_pinball(
            positive in 0.1..1.0_f64, sigma in 0.1..1.2_f64, came in prop_oneof![Just(0.0), 1e-2..20_f64],
        ) {
            let spend = CustomerSpend::new(positive, 1.0, sigma, Shape::NORMAL);
            let n = 20_000;
            let level = |k: i32| (f64::from(k) + 0.5) / f64::from(n);
            let integral = 2.0 * (0..n).map(|k| spend.pinball(level(k), came)).sum::<f64>() / f64::from(n);
            prop_assert!((spend.crps(came) - integral).abs() < 5e-3 * (1.0 + integral), "{} {integral}", spend.crps(came));
        }
    }
}
