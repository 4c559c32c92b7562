//! Parameters → checked parameters → fitted model.

use linfa::ParamGuard;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::GammaGamma;
use crate::ModelError;
use crate::fit_report::{FitReport, Parameter, PenaltyUsed};
use crate::optimise::{Bounds, LogLikelihood, Penalty, Symmetric, check_strength, explore, maximise};
use crate::special::{digamma, ln_gamma, trigamma};

/// One repeat customer's spend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RepeatSpend {
    /// x: repeat purchases, at least 1.
    pub frequency: u32,
    /// z̄: their mean value, above zero.
    pub mean: f64,
}

/// How to fit a [`GammaGamma`]; made by [`GammaGamma::params`], checked by [`Self::fit`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGammaParams(GammaGammaValidParams);

/// Checked settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGammaValidParams {
    max_iterations: u32,
    penalty: f64,
}

/// A fitted model and how the fit went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GammaGammaFit {
    /// The model.
    pub model: GammaGamma,
    /// Estimates with standard errors, ln L, and what could not be identified.
    pub report: FitReport,
    /// Pearson's correlation of x and z̄ over the repeat customers, which the model takes for zero.
    pub frequency_value_correlation: Option<f64>,
    /// Customers left out because the mean of their repeat purchases is not above zero.
    pub left_out: u64,
}

impl Default for GammaGammaParams {
    fn default() -> Self {
        Self(GammaGammaValidParams { max_iterations: 200, penalty: 0.0 })
    }
}

impl GammaGammaParams {
    /// Most Newton steps; default 200 (a few are usual).
    pub fn max_iterations(mut self, iterations: u32) -> Self {
        self.0.max_iterations = iterations;
        self
    }

    /// Holds the estimates near p = 1, q = 2 and v = the mean of z̄, where values of one customer and the means of all
    /// vary widely around the log's own mean; default 0, not at all. Otherwise as
    /// [`TransactionParams::penalty`](crate::TransactionParams::penalty); neither the currency nor repeating all
    /// customers, with as many times the strength, changes the estimates.
    pub fn penalty(mut self, strength: f64) -> Self {
        self.0.penalty = strength;
        self
    }

    /// Checks the settings and fits: [`GammaGammaValidParams::fit`].
    ///
    /// # Errors
    /// As [`GammaGammaValidParams::fit`], and [`ModelError::BadParameter`].
    pub fn fit(self, customers: &[RepeatSpend]) -> Result<GammaGammaFit, ModelError> {
        self.check()?.fit(customers)
    }
}

impl ParamGuard for GammaGammaParams {
    type Checked = GammaGammaValidParams;
    type Error = ModelError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.max_iterations == 0 {
            return Err(ModelError::BadParameter {
                name: "most iterations",
                allowed: "at least 1",
                value: 0.0,
            });
        }
        check_strength(self.0.penalty)?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// Repeat customers it takes.
const FEWEST_CUSTOMERS: usize = 3;

impl GammaGammaValidParams {
    /// Maximum likelihood over customers with x ≥ 1 and z̄ > 0; others are left out and counted. Each customer's mean
    /// is one observation, whose precision grows with x.
    ///
    /// # Errors
    /// [`ModelError::NotEnough`] with fewer than three such customers, [`ModelError::NotConverged`] if no maximum was
    /// reached.
    pub fn fit(&self, customers: &[RepeatSpend]) -> Result<GammaGammaFit, ModelError> {
        let used: Vec<RepeatSpend> = customers
            .iter()
            .copied()
            .filter(|c| c.frequency > 0 && c.mean > 0.0 && c.mean.is_finite())
            .collect();
        if used.len() < FEWEST_CUSTOMERS {
            return Err(ModelError::NotEnough {
                model: "gamma-gamma",
                what: "customers with repeat purchases of positive value",
                needed: FEWEST_CUSTOMERS as u64,
                found: used.len() as u64,
            });
        }
        let n = used.len() as f64;
        let observed_mean = used.iter().map(|c| c.mean).sum::<f64>() / n;
        // in units of the mean, so that a change of currency changes nothing but v
        let data = Observations::new(&used, observed_mean);
        let bounds =
            Bounds { lower: [1e-4_f64, 1e-2, 1e-6].map(f64::ln), upper: [1e5_f64, 1e5, 1e8].map(f64::ln) };
        let start = |p: f64, q: f64| [p, q, (q - 1.0) / p].map(f64::ln);
        let starts = [start(1.0, 3.0), start(6.0, 4.0), start(2.0, 1.5), start(20.0, 8.0)];
        let thinned = data.thinned(5_000);
        let mut penalty = Penalty::of(self.penalty, [0.0, 2.0_f64.ln(), 0.0]);
        let mut optimum = match &penalty {
            Some(penalty) => penalty.maximise(&data, &thinned, &bounds, &starts, self.max_iterations),
            None => {
                let best = explore(&thinned, &bounds, &starts, 60);
                maximise(&data, &bounds, &best, self.max_iterations)
            }
        };
        optimum.ln_likelihood -= n * observed_mean.ln();
        if !optimum.converged {
            return Err(ModelError::NotConverged {
                model: "gamma-gamma",
                iterations: optimum.iterations,
                ln_likelihood: optimum.ln_likelihood,
                decrement: optimum.decrement,
            });
        }
        let at_bound = (0..3).any(|i| optimum.at[i] >= bounds.upper[i] || optimum.at[i] <= bounds.lower[i]);
        optimum.at[2] += observed_mean.ln();
        penalty.iter_mut().for_each(|penalty| penalty.toward[2] += observed_mean.ln());
        let [p, q, v] = optimum.at.map(f64::exp);
        let parameters = Parameter::all(["p", "q", "v"], &optimum);
        let infinite = q <= 1.0 + 1e-6;
        let degenerate = match (infinite, at_bound) {
            (true, _) => Some(INFINITE_MEAN),
            (false, true) => Some(NO_SPREAD),
            (false, false) => None,
        };
        let population_mean = if infinite { observed_mean } else { p * v / (q - 1.0) };
        let mut report = FitReport::new("gamma-gamma", parameters, &optimum, n, 0, degenerate);
        report.penalty = penalty.map(|penalty| PenaltyUsed::at(&optimum.at, &penalty));
        Ok(GammaGammaFit {
            model: GammaGamma { p, q, v, population_mean },
            report,
            frequency_value_correlation: correlation(&used),
            left_out: (customers.len() - used.len()) as u64,
        })
    }
}

const INFINITE_MEAN: &str = "Purchase values differ so much between customers that the model's mean over all \
    customers is infinite (q ≤ 1). For customers without repeat purchases the observed mean stands in; the others \
    are shrunk toward it as usual.";
const NO_SPREAD: &str = "Purchase values hardly differ within customers, or hardly differ between them: one parameter \
    runs to its bound and has no standard error. Expected values are not affected.";

/// z̄ in units of the overall mean, sorted by x so that gamma functions are taken once per x.
struct Observations {
    /// (x, customers with it), ascending; the rows follow in the same order.
    groups: Vec<(f64, std::ops::Range<usize>)>,
    /// z̄ and ln z̄.
    rows: Vec<(f64, f64)>,
}

impl Observations {
    fn new(customers: &[RepeatSpend], unit: f64) -> Self {
        let mut sorted = customers.to_vec();
        sorted.sort_by(|a, b| a.frequency.cmp(&b.frequency).then(a.mean.total_cmp(&b.mean)));
        Self::of_sorted(&sorted, unit)
    }

    fn of_sorted(sorted: &[RepeatSpend], unit: f64) -> Self {
        let mut groups = Vec::new();
        let mut start = 0;
        for group in sorted.chunk_by(|a, b| a.frequency == b.frequency) {
            groups.push((f64::from(group[0].frequency), start..start + group.len()));
            start += group.len();
        }
        let rows = sorted.iter().map(|c| (c.mean / unit, (c.mean / unit).ln())).collect();
        Self { groups, rows }
    }

    fn thinned(&self, most: usize) -> Self {
        let step = self.rows.len().div_ceil(most).max(1);
        let mut groups = Vec::new();
        let mut rows = Vec::new();
        for (x, range) in &self.groups {
            let start = rows.len();
            let offset = (step - range.start % step) % step;
            rows.extend(self.rows[range.clone()].iter().skip(offset).step_by(step));
            if rows.len() > start {
                groups.push((*x, start..rows.len()));
            }
        }
        Self { groups, rows }
    }

    /// Per group: what depends on x alone, and Σ over its rows of ln z̄, ln(v + x z̄) and powers of 1 ÷ (v + x z̄).
    fn sums(&self, v: f64) -> Vec<[f64; 4]> {
        const PIECE: usize = 8192;
        let one = |(x, range): &(f64, std::ops::Range<usize>)| {
            let pieces: Vec<[f64; 4]> = self.rows[range.clone()]
                .par_chunks(PIECE)
                .map(|rows| {
                    let mut sums = [0.0; 4];
                    for (z, ln_z) in rows {
                        let total = v + x * z;
                        let inverse = 1.0 / total;
                        sums[0] += ln_z;
                        sums[1] += total.ln();
                        sums[2] += inverse;
                        sums[3] += inverse * inverse;
                    }
                    sums
                })
                .collect();
            pieces.into_iter().fold([0.0; 4], |all, piece| std::array::from_fn(|i| all[i] + piece[i]))
        };
        self.groups.iter().map(one).collect()
    }
}

impl LogLikelihood<3> for Observations {
    fn first(&self, at: &[f64; 3]) -> (f64, [f64; 3]) {
        let (value, gradient, _) = self.second(at);
        (value, gradient)
    }

    fn second(&self, at: &[f64; 3]) -> (f64, [f64; 3], Symmetric<3>) {
        let [p, q, v] = at.map(f64::exp);
        let (mut value, mut g, mut h) = (0.0, [0.0; 3], [[0.0; 3]; 3]);
        for ((x, range), [ln_z, ln_total, inverse, inverse_square]) in self.groups.iter().zip(self.sums(v)) {
            let (n, px, pxq, ln_x) = (range.len() as f64, p * x, p * x + q, x.ln());
            value += n * (ln_gamma(pxq) - ln_gamma(px) - ln_gamma(q) + q * at[2] + px * ln_x);
            value += (px - 1.0) * ln_z - pxq * ln_total;
            g[0] += x * (n * (digamma(pxq) - digamma(px) + ln_x) + ln_z - ln_total);
            g[1] += n * (digamma(pxq) - digamma(q) + at[2]) - ln_total;
            g[2] += n * q / v - pxq * inverse;
            let bend = trigamma(pxq);
            h[0][0] += n * x * x * (bend - trigamma(px));
            h[1][0] += n * x * bend;
            h[2][0] -= x * inverse;
            h[1][1] += n * (bend - trigamma(q));
            h[2][1] += n / v - inverse;
            h[2][2] += pxq * inverse_square - n * q / (v * v);
        }
        // chain rule from θ to ln θ
        let theta = [p, q, v];
        let gradient: [f64; 3] = std::array::from_fn(|i| g[i] * theta[i]);
        let hessian = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let own = if i == j { gradient[i] } else { 0.0 };
                h[i.max(j)][i.min(j)] * theta[i] * theta[j] + own
            })
        });
        (value, gradient, hessian)
    }
}

/// Pearson's correlation of x and z̄; `None` where one of them does not vary.
fn correlation(customers: &[RepeatSpend]) -> Option<f64> {
    let n = customers.len() as f64;
    let mean = |value: fn(&RepeatSpend) -> f64| customers.iter().map(value).sum::<f64>() / n;
    let (mean_x, mean_z) = (mean(|c| f64::from(c.frequency)), mean(|c| c.mean));
    let (mut xx, mut zz, mut xz) = (0.0, 0.0, 0.0);
    for customer in customers {
        let (x, z) = (f64::from(customer.frequency) - mean_x, customer.mean - mean_z);
        xx += x * x;
        zz += z * z;
        xz += x * z;
    }
    (xx > 0.0 && zz > 0.0).then(|| xz / (xx * zz).sqrt())
}

#[cfg(test)]
pub(super) fn tests_only(customers: &[RepeatSpend]) -> impl LogLikelihood<3> {
    Observations::new(customers, 1.0)
}
