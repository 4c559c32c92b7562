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
            let aim = std::array::from_fn(|i| at[i] + shrink * step[i]);
            // past the bound, along it or up to it: a ridge may lead aslant into it
            let held = bounds.hold(&aim);
            let up_to_it = (held != aim).then(|| up_to_the_bound(bounds, at, &aim));
            for next in std::iter::once(held).chain(up_to_it).filter(|next| next != at) {
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

/// The point of the line from `at` to `aim` where it leaves the box; the parameter that leaves is on its bound exactly.
fn up_to_the_bound<const N: usize>(bounds: &Bounds<N>, at: &[f64; N], aim: &[f64; N]) -> [f64; N] {
    let held = bounds.hold(aim);
    let share = |i: usize| if held[i] == aim[i] { 1.0 } else { (held[i] - at[i]) / (aim[i] - at[i]) };
    let nearest = (0..N).map(share).fold(1.0, f64::min);
    bounds.hold(&std::array::from_fn(|i| {
        if share(i) == nearest && nearest < 1.0 { held[i] } else { at[i] + nearest * (aim[i] - at[i]) }
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// −10⁶ (θ₀ − θ₁)² − e^−θ₁: a sharp ridge that rises aslant, for ever.
    struct Ridge;

    impl LogLikelihood<2> for Ridge {
        fn first(&self, at: &[f64; 2]) -> (f64, [f64; 2]) {
            let (across, left) = (at[0] - at[1], (-at[1]).exp());
            (-1e6 * across * across - left, [-2e6 * across, 2e6 * across + left])
        }

        fn second(&self, at: &[f64; 2]) -> (f64, [f64; 2], Symmetric<2>) {
            let (value, gradient) = self.first(at);
            (value, gradient, [[-2e6, 2e6], [2e6, -2e6 - (-at[1]).exp()]])
        }
    }

    #[test]
    fn a_ridge_that_runs_aslant_into_a_bound_is_followed_to_its_end() {
        // one step short of the bound of θ₁, which is no whole number of steps away
        let bounds = Bounds { lower: [-20.0; 2], upper: [20.0, 6.3] };
        let end = maximise(&Ridge, &bounds, &[0.0, 0.0], 40);
        assert!(end.converged, "{end:?}");
        assert_eq!(end.at[1], 6.3);
        assert!((end.at[0] - 6.3).abs() < 1e-6 && end.standard_errors[1].is_none(), "{end:?}");
    }
}
