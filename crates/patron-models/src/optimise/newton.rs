//! Newton's method in a box, with damping.

use super::matrix::{cholesky, inverse_diagonal, solve};
use super::{Bounds, LogLikelihood, Symmetric, TOLERANCE};

/// Promise that counts as none where no step climbs any more.
const BY_ROUNDING: f64 = 1e-4;

/// Where the search ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Optimum<const N: usize> {
    /// The log-parameters.
    pub(crate) at: [f64; N],
    /// ln L there.
    pub(crate) ln_likelihood: f64,
    /// Standard errors of the log-parameters from the observed information; `None` for one held at its bound.
    pub(crate) standard_errors: [Option<f64>; N],
    /// Newton steps.
    pub(crate) iterations: u32,
    /// What another step still promises, in ln L.
    pub(crate) decrement: f64,
    /// Whether the promise is below the tolerance at a point where ln L is strictly concave.
    pub(crate) converged: bool,
}

/// Climbs from `start` until a further step promises less than [`TOLERANCE`] in ln L.
pub(crate) fn maximise<const N: usize>(
    likelihood: &dyn LogLikelihood<N>,
    bounds: &Bounds<N>,
    start: &[f64; N],
    most_iterations: u32,
) -> Optimum<N> {
    let mut at = bounds.hold(start);
    let mut here = likelihood.second(&at);
    let mut damping = 0.0_f64;
    let (mut iterations, mut exhausted) = (0, false);
    loop {
        let (value, gradient, hessian) = &here;
        let free = free_parameters(bounds, &at, gradient);
        let slope: [f64; N] = std::array::from_fn(|i| if free[i] { gradient[i] } else { 0.0 });
        let exact = cholesky(&negated(hessian, 0.0), &free);
        let promise = |factor: &Symmetric<N>| {
            let step = solve(factor, &slope);
            0.5 * (0..N).map(|i| step[i] * slope[i]).sum::<f64>()
        };
        // on a plateau, flat to rounding, what a step of ordinary length could gain
        let flat = || cholesky(&negated(hessian, 1e-6 * size(hessian)), &free);
        let decrement = match &exact {
            Some(factor) => promise(factor),
            None if exhausted => flat().as_ref().map_or(f64::INFINITY, promise),
            None => f64::INFINITY,
        };
        // rounding of a sum of many terms hides gains below this
        let reachable = TOLERANCE.max(value.abs() * 1e-14);
        let converged = decrement <= if exhausted { BY_ROUNDING } else { reachable };
        if converged || exhausted || iterations >= most_iterations || !value.is_finite() {
            let errors = exact.map(|factor| inverse_diagonal(&factor));
            let standard_errors = std::array::from_fn(|i| {
                errors.filter(|_| free[i]).map(|variance| variance[i].max(0.0).sqrt())
            });
            return Optimum { at, ln_likelihood: *value, standard_errors, iterations, decrement, converged };
        }
        iterations += 1;
        let Some((next, there, used)) = step(likelihood, bounds, &at, &here, &free, damping) else {
            // no direction climbs any more: rounding decides, and the decrement says how far the end is
            exhausted = true;
            continue;
        };
        damping = if used <= 1e-6 { 0.0 } else { used / 10.0 };
        (at, here) = (next, there);
    }
}

type Derivatives<const N: usize> = (f64, [f64; N], Symmetric<N>);

/// One step that climbs, with as little damping as that takes.
fn step<const N: usize>(
    likelihood: &dyn LogLikelihood<N>,
    bounds: &Bounds<N>,
    at: &[f64; N],
    here: &Derivatives<N>,
    free: &[bool; N],
    damping: f64,
) -> Option<([f64; N], Derivatives<N>, f64)> {
    const LONGEST: f64 = 3.0;
    let (value, gradient, hessian) = here;
    let slope: [f64; N] = std::array::from_fn(|i| if free[i] { gradient[i] } else { 0.0 });
    let size = size(hessian);
    let mut damping = damping;
    for _ in 0..60 {
        if let Some(factor) = cholesky(&negated(hessian, damping * size), free) {
            let step = solve(&factor, &slope);
            let length = step.iter().fold(0.0_f64, |longest, s| longest.max(s.abs()));
            let shrink = if length > LONGEST { LONGEST / length } else { 1.0 };
            let next = bounds.hold(&std::array::from_fn(|i| at[i] + shrink * step[i]));
            if next != *at {
                let there = likelihood.second(&next);
                if there.0 > *value {
                    return Some((next, there, damping));
                }
            }
        }
        damping = if damping == 0.0 { 1e-6 } else { damping * 4.0 };
    }
    None
}

/// A parameter at its bound stays there while ln L rises towards the outside.
fn free_parameters<const N: usize>(bounds: &Bounds<N>, at: &[f64; N], gradient: &[f64; N]) -> [bool; N] {
    std::array::from_fn(|i| {
        let low = at[i] <= bounds.lower[i] && gradient[i] <= 0.0;
        let high = at[i] >= bounds.upper[i] && gradient[i] >= 0.0;
        !(low || high)
    })
}

/// Largest curvature.
fn size<const N: usize>(hessian: &Symmetric<N>) -> f64 {
    (0..N).map(|i| hessian[i][i].abs()).fold(1e-12, f64::max)
}

fn negated<const N: usize>(hessian: &Symmetric<N>, damping: f64) -> Symmetric<N> {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| if i == j { damping - hessian[i][i] } else { -hessian[i][j] })
    })
}
