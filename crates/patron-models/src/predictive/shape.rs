//! The shape that the positive parts of all customers share, on the scale of logarithms.

use serde::{Deserialize, Serialize};
use statrs::function::erf::{erfc, erfc_inv};

use crate::forecaster::is_usual;

/// Places of the knots, in standard normal deviations: the shares 2.3, 9.7, 25.8, 50, 74.2, 90.3 and 97.7 % lie below.
pub(super) const KNOTS: [f64; 7] = [-2.0, -1.3, -0.65, 0.0, 0.65, 1.3, 2.0];
/// Smallest slope between knots: no value holds more than a sliver of the customers.
const FLATTEST: f64 = 0.05;

/// A standard normal deviate bent at fixed knots, straight between and beyond them: increasing, so shares keep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shape {
    values: [f64; KNOTS.len()],
}

impl Shape {
    /// The normal distribution itself.
    pub(crate) const NORMAL: Self = Self { values: KNOTS };

    /// The shape whose shares below the knots are those of `sorted`, drawn toward the normal distribution with the
    /// weight of `prior` values.
    pub(super) fn learn(sorted: &[f64], prior: f64) -> Self {
        let n = sorted.len() as f64;
        if sorted.is_empty() {
            return Self::NORMAL;
        }
        let mut values = KNOTS.map(|knot| (n * at_share(sorted, below(knot)) + prior * knot) / (n + prior));
        for k in 1..values.len() {
            values[k] = values[k].max(values[k - 1] + FLATTEST * (KNOTS[k] - KNOTS[k - 1]));
        }
        Self { values }
    }

    /// Whether a fit may have made it.
    pub(super) fn is_sound(&self) -> bool {
        let grow = (1..KNOTS.len())
            .all(|k| self.values[k] - self.values[k - 1] >= 0.9 * FLATTEST * (KNOTS[k] - KNOTS[k - 1]));
        grow && self.values.iter().copied().all(is_usual)
    }

    /// The value with the share [`below`]`(z)` below it.
    pub(super) fn at(&self, z: f64) -> f64 {
        let k = piece(&KNOTS, z);
        self.values[k] + (z - KNOTS[k]) * self.slope(k)
    }

    /// The deviate of a value: [`Self::at`] turned round.
    pub(super) fn deviate(&self, value: f64) -> f64 {
        let k = piece(&self.values, value);
        KNOTS[k] + (value - self.values[k]) / self.slope(k)
    }

    /// E exp(`sigma` × value), piece by piece in closed form.
    pub(super) fn mean_of_exp(&self, sigma: f64) -> f64 {
        let last = KNOTS.len() - 2;
        let part = |k: usize| {
            let low = if k == 0 { f64::NEG_INFINITY } else { KNOTS[k] };
            let high = if k == last { f64::INFINITY } else { KNOTS[k + 1] };
            let slope = sigma * self.slope(k);
            let start = sigma * self.values[k] - slope * KNOTS[k];
            (start + slope * slope / 2.0).exp() * (below(high - slope) - below(low - slope))
        };
        (0..=last).map(part).sum()
    }

    /// Slope of the last piece: how heavy the tail is.
    pub(super) fn last_slope(&self) -> f64 {
        self.slope(KNOTS.len() - 2)
    }

    fn slope(&self, k: usize) -> f64 {
        (self.values[k + 1] - self.values[k]) / (KNOTS[k + 1] - KNOTS[k])
    }
}

/// The piece a place belongs to; the outer ones reach to infinity.
fn piece(knots: &[f64; KNOTS.len()], place: f64) -> usize {
    knots.partition_point(|&knot| knot < place).clamp(1, KNOTS.len() - 1) - 1
}

/// Share of a standard normal distribution below `z`.
pub(super) fn below(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}

/// The `z` with `share` below it.
pub(super) fn deviate_of(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)
}

/// The value with `share` of future draws below it: place share × (n + 1), between neighbours in proportion.
fn at_share(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() as f64 - 1.0;
    let place = (share * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, last);
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (place - place.floor()) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_shape_is_the_normal_distribution() {
        // E exp(σZ) = exp(σ²/2)
        for sigma in [0.1, 0.8, 2.0] {
            let mean = Shape::NORMAL.mean_of_exp(sigma);
            assert!((mean / (sigma * sigma / 2.0_f64).exp() - 1.0).abs() < 1e-12, "{sigma} {mean}");
        }
        assert!((below(1.959_963_984_540_054) - 0.975).abs() < 1e-10);
        assert!((deviate_of(0.975) - 1.959_963_984_540_054).abs() < 1e-9);
        assert_eq!((Shape::NORMAL.at(-3.5), Shape::NORMAL.deviate(2.7)), (-3.5, 2.7));
    }

    #[test]
    fn a_bent_shape_by_hand() {
        // below the middle half as steep: E exp(Z/2; Z<0) + E exp(Z; Z>0) = e^⅛·Φ(−½) + e^½·Φ(1)
        let values = KNOTS.map(|knot| if knot < 0.0 { knot / 2.0 } else { knot });
        let shape = Shape { values };
        let expected = 0.125_f64.exp() * 0.308_537_538_725_986_9 + 0.5_f64.exp() * 0.841_344_746_068_542_9;
        assert!((shape.mean_of_exp(1.0) - expected).abs() < 1e-9);
        assert!((shape.at(-3.0) + 1.5).abs() < 1e-12 && (shape.deviate(-1.5) + 3.0).abs() < 1e-12);
        assert!(shape.is_sound() && !Shape { values: [0.0; 7] }.is_sound());
    }

    #[test]
    fn few_values_stay_near_the_normal_distribution() {
        assert_eq!(Shape::learn(&[], 50.0), Shape::NORMAL);
        let sorted: Vec<f64> = (1..1000).map(|k| 2.0 * deviate_of(f64::from(k) / 1000.0)).collect();
        let learned = Shape::learn(&sorted, 0.0);
        assert!((learned.at(1.0) - 2.0).abs() < 0.01, "{learned:?}");
        // as many values as the prior is worth: half-way
        let drawn = Shape::learn(&sorted, 999.0);
        assert!((drawn.at(1.0) - 1.5).abs() < 0.01, "{drawn:?}");
        // all values equal: still increasing
        assert!(Shape::learn(&[1.0; 500], 1.0).is_sound());
    }
}
