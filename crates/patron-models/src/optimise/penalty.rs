//! A penalty that holds log-parameters near a point.

use super::{Bounds, LogLikelihood, Optimum, Symmetric, explore, maximise};
use crate::ModelError;

/// Steps of L-BFGS from each start.
const STEPS: u32 = 60;

/// `strength` × ½ Σ (ln θ − ln θ₀)²: as much as that many customers know who tell each log-parameter to ± 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Penalty<const N: usize> {
    pub(crate) strength: f64,
    /// ln θ₀.
    pub(crate) toward: [f64; N],
}

impl<const N: usize> Penalty<N> {
    /// None of strength 0.
    pub(crate) fn of(strength: f64, toward: [f64; N]) -> Option<Self> {
        (strength > 0.0).then_some(Self { strength, toward })
    }

    /// What it takes from ln L.
    pub(crate) fn cost(&self, at: &[f64; N]) -> f64 {
        0.5 * self.strength * self.away(at).iter().map(|away| away * away).sum::<f64>()
    }

    fn away(&self, at: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|i| at[i] - self.toward[i])
    }

    /// The highest point of ln L less the penalty, found from `starts` and ln θ₀ on `thinned`. Standard errors, steps and
    /// convergence are those of the penalised surface; `ln_likelihood` is the data's alone.
    pub(crate) fn maximise(
        &self,
        all: &dyn LogLikelihood<N>,
        thinned: &dyn LogLikelihood<N>,
        bounds: &Bounds<N>,
        starts: &[[f64; N]],
        most_iterations: u32,
    ) -> Optimum<N> {
        let starts: Vec<[f64; N]> = starts.iter().copied().chain([self.toward]).collect();
        let best = explore(&Penalised { likelihood: thinned, penalty: self }, bounds, &starts, STEPS);
        let mut optimum =
            maximise(&Penalised { likelihood: all, penalty: self }, bounds, &best, most_iterations);
        optimum.ln_likelihood += self.cost(&optimum.at);
        optimum
    }
}

/// Refuses a strength that is none.
pub(crate) fn check_strength(value: f64) -> Result<(), ModelError> {
    let (name, allowed) = ("penalty", "zero or above, and finite");
    let refused = ModelError::BadParameter { name, allowed, value };
    if value >= 0.0 && value.is_finite() { Ok(()) } else { Err(refused) }
}

/// ln L less the penalty.
struct Penalised<'a, const N: usize> {
    likelihood: &'a dyn LogLikelihood<N>,
    penalty: &'a Penalty<N>,
}

impl<const N: usize> Penalised<'_, N> {
    fn pulled(&self, gradient: &[f64; N], at: &[f64; N]) -> [f64; N] {
        let away = self.penalty.away(at);
        std::array::from_fn(|i| gradient[i] - self.penalty.strength * away[i])
    }
}

impl<const N: usize> LogLikelihood<N> for Penalised<'_, N> {
    fn first(&self, at: &[f64; N]) -> (f64, [f64; N]) {
        let (value, gradient) = self.likelihood.first(at);
        (value - self.penalty.cost(at), self.pulled(&gradient, at))
    }

    fn second(&self, at: &[f64; N]) -> (f64, [f64; N], Symmetric<N>) {
        let (value, gradient, mut hessian) = self.likelihood.second(at);
        hessian.iter_mut().enumerate().for_each(|(i, row)| row[i] -= self.penalty.strength);
        (value - self.penalty.cost(at), self.pulled(&gradient, at), hessian)
    }
}
