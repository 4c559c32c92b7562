//! Whether customers drop out at all: the likelihood ratio against the model without drop-out.

use linfa::ParamGuard;
use patron_columns::HistoryHistogram;
use statrs::function::erf::erfc;

use super::compressed::{Compressed, WithDropOut, WithoutDropOut};
use super::{BgNbdParams, BgNbdValidParams};
use crate::ModelError;
use crate::optimise::{Bounds, Optimum, explore, maximise};

/// What the data say against the model without drop-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DropOutTest {
    /// Twice what drop-out gains in ln L; 0 where it gains nothing.
    pub ratio: f64,
    /// The chance of a ratio at least as large where nobody drops out. a = 0 lies on the edge of what a may be, so half
    /// of the samples put a there and have the ratio 0: the reference is ½ χ²₀ + ½ χ²₁ (Self & Liang 1987).
    pub p_value: f64,
}

impl BgNbdParams {
    /// Checks the settings and tests: [`BgNbdValidParams::drop_out_test`].
    ///
    /// # Errors
    /// As [`BgNbdValidParams::drop_out_test`], and [`ModelError::BadParameter`].
    pub fn drop_out_test(
        self,
        histories: &HistoryHistogram,
        b: Option<f64>,
    ) -> Result<DropOutTest, ModelError> {
        self.check()?.drop_out_test(histories, b)
    }
}

/// Half-widths of the search, on the logarithmic scale: r, then α about the mean age.
const WIDE: [f64; 2] = [12.0, 14.0];
/// ln a from practically nobody to practically everybody, and ln b.
const LN_A: [f64; 2] = [-16.0, 11.0];
const LN_B: [f64; 2] = [-11.0, 14.0];
/// Where the climbs begin.
const LN_A_STARTS: [f64; 2] = [-4.0, -1.0];
const LN_B_STARTS: [f64; 5] = [-1.0, 0.0, 1.0, 2.5, 5.0];
/// Newton steps after which a flat surface has been followed far enough.
const ENOUGH: u32 = 40;

impl BgNbdValidParams {
    /// The test of a = 0, by the likelihood maximised over everything else.
    ///
    /// Where nobody drops out b has no meaning, and the reference distribution holds for a `b` that was given beforehand
    /// (the test is sharpest where it is near the true one). With `None` it is maximised over as well: the p-value is
    /// then a little too small. A penalty has no part in it.
    ///
    /// # Errors
    /// [`ModelError::ImpossibleHistory`]; [`ModelError::BadParameter`] unless `b` is above zero;
    /// [`ModelError::NotConverged`] if the model without drop-out has no maximum.
    pub fn drop_out_test(
        &self,
        histories: &HistoryHistogram,
        b: Option<f64>,
    ) -> Result<DropOutTest, ModelError> {
        if let Some(value) = b
            && !(value > 0.0 && value.is_finite())
        {
            return Err(ModelError::BadParameter { name: "b", allowed: "above zero", value });
        }
        let data = Compressed::new(histories, self.days_per_unit)?;
        let unit = (data.exposure / data.customers).ln();
        let ([low_r, low_alpha], [high_r, high_alpha]) =
            ([-WIDE[0], unit - WIDE[1]], [WIDE[0], unit + WIDE[1]]);
        let narrow = Bounds { lower: [low_r, low_alpha], upper: [high_r, high_alpha] };
        let ln_wait = (data.exposure / data.purchases).ln();
        let starts = [0.25_f64, 1.0].map(|r| [r.ln(), r.ln() + ln_wait]);
        let start = explore(&WithoutDropOut(&data), &narrow, &starts, 40);
        let without = maximise(&WithoutDropOut(&data), &narrow, &start, self.max_iterations);
        if !without.converged {
            return Err(ModelError::NotConverged {
                model: "the model without drop-out",
                iterations: without.iterations,
                ln_likelihood: without.ln_likelihood,
                decrement: without.decrement,
            });
        }
        let bounds = |ln_b: [f64; 2]| Bounds {
            lower: [low_r, low_alpha, LN_A[0], ln_b[0]],
            upper: [high_r, high_alpha, LN_A[1], ln_b[1]],
        };
        let drop_out = WithDropOut(&data);
        // toward a = 0 the surface is flat and ends at the other model: no step has to be the last one
        let climb = |bounds: &Bounds<4>, start: &[f64; 4]| maximise(&drop_out, bounds, start, ENOUGH);
        let higher = |one: Optimum<4>, other: Optimum<4>| {
            if other.ln_likelihood > one.ln_likelihood { other } else { one }
        };
        let [r, alpha] = without.at;
        let held = |ln_b: f64| {
            let bounds = bounds([ln_b; 2]);
            let [rare, common] = LN_A_STARTS.map(|ln_a| climb(&bounds, &[r, alpha, ln_a, ln_b]));
            higher(rare, common)
        };
        let with = match b {
            Some(b) => held(b.ln()),
            // ln L has several small hills in b: the highest of those held is where the climb begins
            None => {
                let [first, rest @ ..] = LN_B_STARTS;
                let best = rest.into_iter().map(held).fold(held(first), higher);
                higher(best, climb(&bounds(LN_B), &best.at))
            }
        };
        let ratio = (2.0 * (with.ln_likelihood - without.ln_likelihood)).max(0.0);
        Ok(DropOutTest { ratio, p_value: p_value(ratio) })
    }
}

/// P(½ χ²₀ + ½ χ²₁ ≥ ratio).
fn p_value(ratio: f64) -> f64 {
    if ratio > 0.0 { 0.5 * erfc((ratio / 2.0).sqrt()) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use patron_synth::{CustomerAge, simulate_day_histories};

    use super::*;
    use crate::BgNbd;

    fn drawn(a: f64) -> HistoryHistogram {
        let params = patron_synth::BgNbdParams { r: 1.0, alpha: 12.0, a, b: 2.5 };
        let ages = CustomerAge::Uniform { from: 26.0, to: 52.0 };
        HistoryHistogram::of(simulate_day_histories(&params, 2_000, ages, 3).unwrap())
    }

    #[test]
    fn drop_out_is_seen_where_it_is_and_not_where_it_is_not() {
        let params = BgNbd::params();
        let with = params.drop_out_test(&drawn(0.6), Some(2.0)).unwrap();
        assert!(with.p_value < 1e-6, "{with:?}");
        let without = params.drop_out_test(&drawn(0.0), Some(2.0)).unwrap();
        assert!(without.p_value > 0.05, "{without:?}");
    }

    #[test]
    fn the_ratio_is_that_of_the_fit_and_its_p_value_half_a_chi_square() {
        let histories = drawn(0.6);
        let fit = BgNbd::params().fit(&histories).unwrap();
        let free = BgNbd::params().drop_out_test(&histories, None).unwrap();
        let at_the_fit = BgNbd::params().drop_out_test(&histories, Some(fit.model.b())).unwrap();
        assert!((free.ratio - at_the_fit.ratio).abs() < 1e-6, "{free:?} {at_the_fit:?}");
        let elsewhere = BgNbd::params().drop_out_test(&histories, Some(0.3)).unwrap();
        assert!(elsewhere.ratio < free.ratio);
        // 2.7055 is the point of χ² with one degree of freedom that leaves 10 % above it
        assert!((p_value(2.7055) - 0.05).abs() < 1e-5 && p_value(0.0) == 1.0);
    }

    #[test]
    fn a_b_that_cannot_be_is_refused() {
        for b in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let refused = BgNbd::params().drop_out_test(&drawn(0.0), Some(b));
            assert!(matches!(refused, Err(ModelError::BadParameter { name: "b", .. })));
        }
    }
}
