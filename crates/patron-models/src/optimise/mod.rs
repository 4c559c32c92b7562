//! The maximum of a likelihood, and the proof that it is one.
//!
//! L-BFGS walks from several starts, on logarithms of the parameters inside a box; from the best of them
//! Newton's method with the exact second derivatives goes on until the gain it still expects is below
//! [`TOLERANCE`]: convergence is measured in units of ln L, never in steps. A parameter that the data push
//! onto its bound is held there and named.

mod matrix;
mod newton;
mod penalty;

use std::cell::RefCell;

use argmin::core::{CostFunction, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

pub(crate) use matrix::{Symmetric, add_weighted, cholesky, solve, solve_positive};
pub(crate) use newton::{Optimum, maximise};
pub(crate) use penalty::{Penalty, check_strength};

/// ln L that another Newton step may still promise at the end.
pub(crate) const TOLERANCE: f64 = 1e-9;

/// Evaluations that a step of L-BFGS takes at most, on average.
const EVALUATIONS: u32 = 20;

/// A log-likelihood of `N` log-parameters.
pub(crate) trait LogLikelihood<const N: usize>: Sync {
    /// ln L and its gradient.
    fn first(&self, at: &[f64; N]) -> (f64, [f64; N]);

    /// ln L, gradient and second derivatives.
    fn second(&self, at: &[f64; N]) -> (f64, [f64; N], Symmetric<N>);
}

/// The range of each log-parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds<const N: usize> {
    pub(crate) lower: [f64; N],
    pub(crate) upper: [f64; N],
}

impl<const N: usize> Bounds<N> {
    pub(crate) fn hold(&self, at: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|i| at[i].clamp(self.lower[i], self.upper[i]))
    }
}

/// The best point L-BFGS reaches from any of `starts`; never worse than the best start.
pub(crate) fn explore<const N: usize>(
    likelihood: &dyn LogLikelihood<N>,
    bounds: &Bounds<N>,
    starts: &[[f64; N]],
    steps: u32,
) -> [f64; N] {
    let walks = starts.iter().map(|start| walk(likelihood, bounds, start, steps));
    let best = walks.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.map_or([0.0; N], |(_, at)| at)
}

fn walk<const N: usize>(
    likelihood: &dyn LogLikelihood<N>,
    bounds: &Bounds<N>,
    start: &[f64; N],
    steps: u32,
) -> (f64, [f64; N]) {
    let start = bounds.hold(start);
    let scale = likelihood.first(&start).0.abs().max(1.0);
    let seen = RefCell::new(Seen { best: (f64::NEG_INFINITY, start), last: None, left: steps * EVALUATIONS });
    let problem = Scaled { likelihood, bounds, scale, seen: &seen };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 7);
    let run = solver.with_tolerance_grad(1e-7).map(|solver| {
        Executor::new(problem, solver)
            .configure(|state| state.param(start.to_vec()).max_iters(u64::from(steps)))
    });
    // a line search that gives up is no failure here: the best point seen is where Newton goes on
    if let Ok(executor) = run
        && let Err(stopped) = executor.run()
    {
        tracing::debug!(%stopped, "L-BFGS stopped early");
    }
    seen.into_inner().best
}

/// The best point seen, and the last evaluation (cost and gradient are asked for one after the other).
struct Seen<const N: usize> {
    best: (f64, [f64; N]),
    last: Option<([f64; N], f64, [f64; N])>,
    /// Evaluations that may follow.
    left: u32,
}

/// −ln L on the scale of its start, so that the solver's tolerances mean the same for 100 and 10 million customers.
struct Scaled<'a, const N: usize> {
    likelihood: &'a dyn LogLikelihood<N>,
    bounds: &'a Bounds<N>,
    scale: f64,
    seen: &'a RefCell<Seen<N>>,
}

impl<const N: usize> Scaled<'_, N> {
    /// Value and gradient; an error ends the walk, because the line search would never end among values that are no
    /// numbers, and seldom on a surface that is flat to rounding.
    fn evaluate(&self, at: &[f64]) -> Result<(f64, [f64; N]), argmin::core::Error> {
        let free: [f64; N] = std::array::from_fn(|i| at.get(i).copied().unwrap_or(0.0));
        if let Some((seen_at, value, gradient)) = self.seen.borrow().last
            && seen_at == free
        {
            return Ok((value, gradient));
        }
        if self.seen.borrow().left == 0 || !free.iter().all(|one| one.is_finite()) {
            return Err(argmin::core::Error::msg("the walk leads nowhere"));
        }
        let held = self.bounds.hold(&free);
        let (ln_likelihood, mut gradient) = self.likelihood.first(&held);
        // outside the box the surface rises with the square of the distance, so that the walk turns back
        let mut value = -ln_likelihood / self.scale;
        for i in 0..N {
            let outside = free[i] - held[i];
            value += 0.01 * outside * outside;
            gradient[i] = if outside == 0.0 { -gradient[i] / self.scale } else { 0.02 * outside };
        }
        if !value.is_finite() || !gradient.iter().all(|one| one.is_finite()) {
            return Err(argmin::core::Error::msg("ln L is no number here"));
        }
        let mut seen = self.seen.borrow_mut();
        if ln_likelihood > seen.best.0 {
            seen.best = (ln_likelihood, held);
        }
        seen.left -= 1;
        seen.last = Some((free, value, gradient));
        Ok((value, gradient))
    }
}

impl<const N: usize> CostFunction for Scaled<'_, N> {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, at: &Self::Param) -> Result<f64, argmin::core::Error> {
        Ok(self.evaluate(at)?.0)
    }
}

impl<const N: usize> Gradient for Scaled<'_, N> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, at: &Self::Param) -> Result<Vec<f64>, argmin::core::Error> {
        Ok(self.evaluate(at)?.1.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −Σ(θ − 1)², and no number at all where the first θ is above 3.
    struct Torn;

    impl LogLikelihood<2> for Torn {
        fn first(&self, at: &[f64; 2]) -> (f64, [f64; 2]) {
            if at[0] > 3.0 {
                return (f64::NAN, [f64::NAN; 2]);
            }
            (-at.iter().map(|one| (one - 1.0).powi(2)).sum::<f64>(), at.map(|one| -2.0 * (one - 1.0)))
        }

        fn second(&self, at: &[f64; 2]) -> (f64, [f64; 2], Symmetric<2>) {
            let (value, gradient) = self.first(at);
            (value, gradient, [[-2.0, 0.0], [0.0, -2.0]])
        }
    }

    #[test]
    fn a_walk_among_values_that_are_no_numbers_ends() {
        let bounds = Bounds { lower: [-5.0; 2], upper: [5.0; 2] };
        let best = explore(&Torn, &bounds, &[[4.0, 0.0], [2.9, -4.0]], 60);
        assert!(best.iter().all(|one| (one - 1.0).abs() < 1e-3), "{best:?}");
        assert_eq!(explore(&Torn, &bounds, &[[4.0, 0.0]], 60), [4.0, 0.0], "never worse than its start");
    }
}
