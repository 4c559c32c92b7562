//! One kernel for every model: each group has its own log-parameters, which are linear in the common ones.

use crate::ModelError;
use crate::optimise::{Bounds, LogLikelihood, Optimum, Symmetric, maximise};

/// Most parameters, the model's own and one per covariate and moved parameter; those not used are held at 0.
pub(super) const MOST: usize = 40;
/// How far a coefficient may go.
const WIDEST: f64 = 20.0;
/// Newton steps.
const MOST_STEPS: u32 = 200;

/// A parameter that covariates move.
#[derive(Clone, Copy)]
pub(super) struct Moved {
    /// Its place among the model's.
    pub(super) parameter: usize,
    /// −1 where a larger parameter means a smaller rate.
    pub(super) sign: f64,
    /// What a coefficient multiplies.
    pub(super) words: &'static str,
}

/// One group's likelihood and covariates.
pub(super) struct Part<'a, const N: usize> {
    pub(super) likelihood: Box<dyn LogLikelihood<N> + 'a>,
    pub(super) values: &'a [f64],
}

struct Stacked<'a, const N: usize> {
    parts: Vec<Part<'a, N>>,
    moves: &'a [Moved],
    width: usize,
}

/// The maximum over the model's parameters, in logarithms, and the coefficients, row by row.
pub(super) fn climb<const N: usize>(
    parts: Vec<Part<'_, N>>,
    start: [f64; N],
    moves: &[Moved],
    width: usize,
) -> Result<Optimum<MOST>, ModelError> {
    let used = N + moves.len() * width;
    if used > MOST {
        return Err(ModelError::Covariates {
            what: "there are too many: at most 12 for BG/NBD and 18 for Pareto/NBD",
        });
    }
    let stacked = Stacked { parts, moves, width };
    let mut at = [0.0; MOST];
    at[..N].copy_from_slice(&start.map(f64::ln));
    // around the fit without covariates, which lies within its own bounds
    let bound = |side: f64| -> [f64; MOST] {
        std::array::from_fn(|i| match i {
            own if own < N => at[own] + side * 8.0,
            coefficient if coefficient < used => side * WIDEST,
            _ => 0.0,
        })
    };
    let bounds = Bounds { lower: bound(-1.0), upper: bound(1.0) };
    let optimum = maximise(&stacked, &bounds, &at, MOST_STEPS);
    let Optimum { ln_likelihood, iterations, decrement, converged, .. } = optimum;
    let model = "the model with covariates";
    let failed = ModelError::NotConverged { model, iterations, ln_likelihood, decrement };
    if converged { Ok(optimum) } else { Err(failed) }
}

impl<const N: usize> Stacked<'_, N> {
    /// For each common parameter in use: the group's parameter it adds to, and by what factor.
    fn columns(&self, values: &[f64]) -> Vec<(usize, f64)> {
        let own = (0..N).map(|i| (i, 1.0));
        let moved = self
            .moves
            .iter()
            .flat_map(|moved| values.iter().map(|value| (moved.parameter, moved.sign * value)));
        own.chain(moved).collect()
    }

    fn own(columns: &[(usize, f64)], at: &[f64; MOST]) -> [f64; N] {
        let mut own = [0.0; N];
        columns.iter().zip(at).for_each(|(&(place, factor), at)| own[place] += factor * at);
        own
    }
}

impl<const N: usize> LogLikelihood<MOST> for Stacked<'_, N> {
    fn first(&self, at: &[f64; MOST]) -> (f64, [f64; MOST]) {
        let (mut value, mut gradient) = (0.0, [0.0; MOST]);
        for part in &self.parts {
            let columns = self.columns(&part.values[..self.width]);
            let (one, slopes) = part.likelihood.first(&Self::own(&columns, at));
            value += one;
            columns.iter().zip(&mut gradient).for_each(|(&(i, factor), sum)| *sum += factor * slopes[i]);
        }
        (value, gradient)
    }

    fn second(&self, at: &[f64; MOST]) -> (f64, [f64; MOST], Symmetric<MOST>) {
        let (mut value, mut gradient, mut hessian) = (0.0, [0.0; MOST], [[0.0; MOST]; MOST]);
        for part in &self.parts {
            let columns = self.columns(&part.values[..self.width]);
            let (one, slopes, bends) = part.likelihood.second(&Self::own(&columns, at));
            value += one;
            columns.iter().zip(&mut gradient).for_each(|(&(i, factor), sum)| *sum += factor * slopes[i]);
            for (&(i, factor), row) in columns.iter().zip(&mut hessian) {
                let cells = columns.iter().zip(row);
                cells.for_each(|(&(j, other), sum)| *sum += factor * other * bends[i][j]);
            }
        }
        (value, gradient, hessian)
    }
}
