use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::BoostingError;
use crate::quantile::{quantile, weighted_quantile};

/// The loss a model minimises, which also fixes the scale of its targets and predictions.
///
/// Trees are summed on a raw score F; a prediction is the inverse link of F. With weight w, target y and
/// prediction μ, training minimises Σ w·ℓ(y, μ):
///
/// | loss | targets | link | ℓ(y, μ) up to a constant |
/// |---|---|---|---|
/// | `SquaredError` | finite | μ = F | (y − μ)² / 2 |
/// | `Tweedie` | y ≥ 0 | μ = eᶠ | μ²⁻ᵖ / (2 − p) − y·μ¹⁻ᵖ / (1 − p); at p = 1 the limit μ − y ln μ |
/// | `Gamma` | y > 0 | μ = eᶠ | y / μ + ln μ |
/// | `Logistic` | 0 ≤ y ≤ 1 | μ = 1 / (1 + e⁻ᶠ) | −y ln μ − (1 − y) ln(1 − μ) |
/// | `AbsoluteError` | finite | μ = F | \|y − μ\| |
/// | `Quantile` | finite | μ = F | q·(y − μ) where y ≥ μ, (1 − q)·(μ − y) elsewhere |
///
/// The Tweedie and gamma rows are the negative log-likelihoods of the exponential dispersion models of
/// Jørgensen (1987, *JRSS B* 49, 127–162) with variance μᵖ and μ².
///
/// Squared error and logistic loss keep the mean of the training targets. Tweedie and gamma with their logarithmic
/// link need not: the closer such a model fits noise, the further its total falls below the targets' total (several
/// percent is common). Where totals matter, scale predictions by a factor estimated on held-out rows. Quantiles, the
/// median among them, do not add up at all: of customers most of whom buy nothing, every median is 0.
///
/// Absolute error and quantile loss have no second derivative. Their trees are grown on gradients as if it were 1,
/// then each leaf gets the (weighted) quantile of its rows' residuals y − F, which minimises the loss in that leaf
/// (Friedman 2001, *Annals of Statistics* 29, algorithm 3; LightGBM does the same). The L2 penalty takes part in the
/// choice of their splits only.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Squared error; predicts the conditional mean of any finite target.
    #[default]
    SquaredError,
    /// Tweedie deviance with logarithmic link: targets that are exactly 0 for many rows and positive and skewed for
    /// the others, such as spend per customer.
    Tweedie {
        /// Variance power p with 1 ≤ p < 2: at 1 the targets behave like counts (Poisson), near 2 like gamma amounts;
        /// for 2 itself there is [`Loss::Gamma`].
        power: f64,
    },
    /// Gamma deviance with logarithmic link: positive, skewed amounts.
    Gamma,
    /// Logistic loss: predicts a probability from 0/1 targets (fractions are allowed).
    Logistic,
    /// Absolute error: predicts the conditional median; a few wild targets hardly move it.
    AbsoluteError,
    /// Quantile ("pinball") loss: predicts the value below which the target lies with chance `level`. Models of
    /// several levels are trained apart, so their predictions may cross: sort them where order matters.
    Quantile {
        /// Chance q in (0, 1) that the target lies below the prediction.
        level: f64,
    },
}

/// Smallest and largest probability that enters a logarithm of the mean logistic loss.
const PROBABILITY_FLOOR: f64 = 1e-15;

impl Loss {
    /// Weighted mean of ℓ(y, μ) over rows, for scoring predictions on the response scale.
    ///
    /// Squared error is reported as (y − μ)², without the half. Without `weights` every row counts once. Logistic
    /// predictions are kept 10⁻¹⁵ away from 0 and 1. The result is what early stopping compares.
    ///
    /// # Errors
    /// [`BoostingError::LengthMismatch`] when lengths differ, [`BoostingError::NoRows`] when there are none or all
    /// weights are 0.
    pub fn mean_loss(
        &self,
        targets: ArrayView1<'_, f64>,
        predictions: ArrayView1<'_, f64>,
        weights: Option<ArrayView1<'_, f64>>,
    ) -> Result<f64, BoostingError> {
        let rows = targets.len();
        let mismatch = |what, found| BoostingError::LengthMismatch { what, rows, found };
        if predictions.len() != rows {
            return Err(mismatch("predictions", predictions.len()));
        }
        let pairs = targets.iter().zip(predictions);
        let (sum, total) = match weights {
            None => (pairs.map(|(&y, &mu)| self.row_loss(y, mu)).sum::<f64>(), rows as f64),
            Some(weights) if weights.len() != rows => return Err(mismatch("weights", weights.len())),
            Some(weights) => {
                (pairs.zip(weights).map(|((&y, &mu), &w)| w * self.row_loss(y, mu)).sum(), weights.sum())
            }
        };
        if total > 0.0 { Ok(sum / total) } else { Err(BoostingError::NoRows) }
    }

    fn row_loss(&self, y: f64, mu: f64) -> f64 {
        match *self {
            Self::SquaredError => (y - mu) * (y - mu),
            // the limit without its constant, which grows beyond all bounds as p falls to 1
            Self::Tweedie { power: 1.0 } => mu - if y > 0.0 { y * mu.ln() } else { 0.0 },
            Self::Tweedie { power: p } => {
                let amount = if y > 0.0 { y * mu.powf(1.0 - p) / (1.0 - p) } else { 0.0 };
                mu.powf(2.0 - p) / (2.0 - p) - amount
            }
            Self::Gamma => y / mu + mu.ln(),
            Self::Logistic => {
                let mu = mu.clamp(PROBABILITY_FLOOR, 1.0 - PROBABILITY_FLOOR);
                -y * mu.ln() - (1.0 - y) * (-mu).ln_1p()
            }
            Self::AbsoluteError => (y - mu).abs(),
            Self::Quantile { level } => (level * (y - mu)).max((level - 1.0) * (y - mu)),
        }
    }

    /// Share of the targets that a constant prediction leaves below it, where the loss is about shares.
    pub(crate) fn quantile_level(&self) -> Option<f64> {
        match *self {
            Self::AbsoluteError => Some(0.5),
            Self::Quantile { level } => Some(level),
            Self::SquaredError | Self::Tweedie { .. } | Self::Gamma | Self::Logistic => None,
        }
    }

    /// Raw score of the constant with the smallest loss; −∞ or ∞ where it lies on the edge of the target range.
    /// Weights are above 0.
    pub(crate) fn base(&self, targets: &[f64], weights: Option<&[f64]>) -> f64 {
        // the mean of equal numbers is that number, whatever rounding says
        if targets.windows(2).all(|pair| pair[0] == pair[1]) {
            return targets.first().map_or(f64::NAN, |&target| self.link(target));
        }
        match (self.quantile_level(), weights) {
            (Some(level), None) => quantile(&mut targets.to_vec(), level),
            (Some(level), Some(weights)) => {
                let mut pairs: Vec<_> = targets.iter().copied().zip(weights.iter().copied()).collect();
                weighted_quantile(&mut pairs, level)
            }
            (None, None) => self.link(targets.iter().sum::<f64>() / targets.len() as f64),
            (None, Some(weights)) => {
                let total: f64 = weights.iter().sum();
                self.link(targets.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>() / total)
            }
        }
    }

    /// Raw score whose prediction is `mean`; −∞ or ∞ where the mean lies on the edge of the target range.
    pub(crate) fn link(&self, mean: f64) -> f64 {
        match self {
            Self::SquaredError | Self::AbsoluteError | Self::Quantile { .. } => mean,
            Self::Tweedie { .. } | Self::Gamma => mean.ln(),
            Self::Logistic => mean.ln() - (-mean).ln_1p(),
        }
    }

    /// Prediction of a raw score F: the inverse link of the table above, −∞ and ∞ included.
    pub fn response(&self, score: f64) -> f64 {
        match self {
            Self::SquaredError | Self::AbsoluteError | Self::Quantile { .. } => score,
            Self::Tweedie { .. } | Self::Gamma => score.exp(),
            Self::Logistic => 1.0 / (1.0 + (-score).exp()),
        }
    }

    /// First and second derivative of ℓ by the raw score; the second is taken as 1 where ℓ is made of straight lines.
    #[inline]
    pub(crate) fn gradient(&self, y: f64, score: f64) -> [f64; 2] {
        match *self {
            Self::SquaredError => [score - y, 1.0],
            Self::Tweedie { power: p } => {
                let level = ((2.0 - p) * score).exp();
                if y == 0.0 {
                    return [level, (2.0 - p) * level];
                }
                // at p = 1.5 the two exponents are opposite: one exponential serves both
                let decay = if p == 1.5 { level.recip() } else { ((1.0 - p) * score).exp() };
                let pull = y * decay;
                [level - pull, (2.0 - p) * level + (p - 1.0) * pull]
            }
            Self::Gamma => {
                let ratio = y * (-score).exp();
                [1.0 - ratio, ratio]
            }
            Self::Logistic => {
                let mu = self.response(score);
                [mu - y, mu * (1.0 - mu)]
            }
            Self::AbsoluteError if score == y => [0.0, 1.0],
            Self::AbsoluteError => [(score - y).signum(), 1.0],
            Self::Quantile { level } => [if score >= y { 1.0 - level } else { -level }, 1.0],
        }
    }

    /// Largest Newton step of one leaf before the learning rate. The gamma loss is so flat below its minimum that
    /// a pure Newton step can overflow; a factor of e⁴ per tree is more than any sound fit takes.
    pub(crate) fn largest_step(&self) -> f64 {
        match self {
            Self::Gamma => 4.0,
            Self::SquaredError
            | Self::Tweedie { .. }
            | Self::Logistic
            | Self::AbsoluteError
            | Self::Quantile { .. } => f64::INFINITY,
        }
    }

    pub(crate) fn check(&self) -> Result<(), BoostingError> {
        match *self {
            Self::Tweedie { power } if !(1.0..2.0).contains(&power) => Err(BoostingError::Parameter {
                parameter: "loss.power",
                value: power,
                expected: "a power of at least 1 and below 2",
            }),
            Self::Quantile { level } if !(level > 0.0 && level < 1.0) => Err(BoostingError::Parameter {
                parameter: "loss.level",
                value: level,
                expected: "a chance strictly between 0 and 1",
            }),
            _ => Ok(()),
        }
    }

    pub(crate) fn check_target(&self, row: usize, value: f64) -> Result<(), BoostingError> {
        if !value.is_finite() {
            return Err(BoostingError::NonFiniteTarget { row, value });
        }
        let (allowed, expected) = match self {
            Self::SquaredError | Self::AbsoluteError | Self::Quantile { .. } => (true, "that are finite"),
            Self::Tweedie { .. } => (value >= 0.0, "of at least 0"),
            Self::Gamma => (value > 0.0, "above 0"),
            Self::Logistic => ((0.0..=1.0).contains(&value), "from 0 to 1"),
        };
        if allowed {
            Ok(())
        } else {
            Err(BoostingError::TargetOutOfRange { row, value, loss: *self, expected })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, array};

    const LOSSES: [(Loss, [f64; 3]); 6] = [
        (Loss::SquaredError, [-3.0, 0.0, 2.5]),
        (Loss::Tweedie { power: 1.0 }, [0.0, 0.4, 30.0]),
        (Loss::Tweedie { power: 1.2 }, [0.0, 0.4, 30.0]),
        (Loss::Tweedie { power: 1.5 }, [0.0, 0.4, 30.0]),
        (Loss::Gamma, [0.01, 0.4, 30.0]),
        (Loss::Logistic, [0.0, 0.3, 1.0]),
    ];

    /// ℓ as documented in the table of [`Loss`]: `row_loss`, halved for squared error.
    fn half_loss(loss: Loss, y: f64, score: f64) -> f64 {
        loss.row_loss(y, loss.response(score)) * if loss == Loss::SquaredError { 0.5 } else { 1.0 }
    }

    #[test]
    fn derivatives_agree_with_finite_differences() {
        let step = 1e-4;
        for (loss, targets) in LOSSES {
            for (y, score) in targets.into_iter().flat_map(|y| [-1.3, 0.2, 2.1].map(|score| (y, score))) {
                let [low, mid, high] = [score - step, score, score + step].map(|s| half_loss(loss, y, s));
                let [gradient, hessian] = loss.gradient(y, score);
                let slope = (high - low) / (2.0 * step);
                let bend = (high - 2.0 * mid + low) / (step * step);
                assert!((gradient - slope).abs() < 1e-5 * (1.0 + slope.abs()), "{loss:?} y={y} F={score}");
                assert!((hessian - bend).abs() < 1e-4 * (1.0 + bend.abs()), "{loss:?} y={y} F={score}");
            }
        }
    }

    #[test]
    fn slopes_of_straight_losses_agree_with_finite_differences() {
        for loss in [Loss::AbsoluteError, Loss::Quantile { level: 0.2 }, Loss::Quantile { level: 0.9 }] {
            for score in [-3.0, -0.5, 0.5, 8.0] {
                let slope = (loss.row_loss(0.0, score + 0.1) - loss.row_loss(0.0, score - 0.1)) / 0.2;
                assert!((loss.gradient(0.0, score)[0] - slope).abs() < 1e-12, "{loss:?} F={score}");
            }
            let targets = [4.0, -1.0, 7.0, 2.0, 100.0];
            let base = loss.base(&targets, None);
            assert_eq!(base, loss.base(&targets, Some(&[2.0; 5])));
            let cost = |at: f64| targets.iter().map(|&y| loss.row_loss(y, at)).sum::<f64>();
            assert!(targets.iter().all(|&other| cost(other) >= cost(base)), "{loss:?}");
        }
    }

    #[test]
    fn link_and_response_are_inverse() {
        for (loss, _) in LOSSES {
            assert!((loss.response(loss.link(0.3)) - 0.3).abs() < 1e-12, "{loss:?}");
        }
    }

    #[test]
    fn the_mean_is_where_the_gradient_vanishes() {
        for (loss, targets) in LOSSES {
            let mean = targets.iter().sum::<f64>() / 3.0;
            let sum: f64 = targets.iter().map(|&y| loss.gradient(y, loss.link(mean))[0]).sum();
            assert!(sum.abs() < 1e-12 * (1.0 + mean), "{loss:?}: {sum}");
        }
    }

    #[test]
    fn mean_loss_weighs_rows() {
        let (y, mu, w) = (array![1.0, 2.0], array![0.0, 4.0], array![3.0, 1.0]);
        let loss = Loss::SquaredError;
        assert_eq!(loss.mean_loss(y.view(), mu.view(), None).unwrap(), 2.5);
        assert_eq!(loss.mean_loss(y.view(), mu.view(), Some(w.view())).unwrap(), 1.75);
        let none = Array1::zeros(0);
        assert!(matches!(loss.mean_loss(none.view(), none.view(), None), Err(BoostingError::NoRows)));
        assert!(loss.mean_loss(y.view(), none.view(), None).is_err());
        assert!(loss.mean_loss(y.view(), mu.view(), Some(none.view())).is_err());
    }
}
