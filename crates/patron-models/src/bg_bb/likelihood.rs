//! The likelihood over distinct histories, with exact derivatives.

use rayon::prelude::*;

use super::OpportunityHistory;
use crate::optimise::{LogLikelihood, Symmetric, add_weighted};

/// Distinct histories with the number of customers that share each.
pub(super) struct Histories {
    pub(super) rows: Vec<(OpportunityHistory, f64)>,
    longest: u32,
}

impl Histories {
    pub(super) fn new(rows: Vec<(OpportunityHistory, f64)>) -> Self {
        let longest = rows.iter().map(|(history, _)| history.opportunities).max().unwrap_or(0);
        Self { rows, longest }
    }

    fn sum<const SECOND: bool>(&self, at: &[f64; 4]) -> (f64, [f64; 4], Symmetric<4>) {
        const PIECE: usize = 256;
        let tables = Tables::new(at.map(f64::exp), self.longest);
        let piece = |rows: &[(OpportunityHistory, f64)]| {
            let (mut value, mut gradient, mut hessian) = (0.0, [0.0; 4], [[0.0; 4]; 4]);
            for (history, weight) in rows {
                let one = tables.of_history::<SECOND>(history);
                value += weight * one.0;
                gradient.iter_mut().zip(one.1).for_each(|(sum, part)| *sum += weight * part);
                add_weighted(&mut hessian, *weight, &one.2);
            }
            (value, gradient, hessian)
        };
        let pieces: Vec<_> = self.rows.par_chunks(PIECE).map(piece).collect();
        pieces.into_iter().fold((0.0, [0.0; 4], [[0.0; 4]; 4]), |all, one| {
            (
                all.0 + one.0,
                std::array::from_fn(|i| all.1[i] + one.1[i]),
                std::array::from_fn(|i| std::array::from_fn(|j| all.2[i][j] + one.2[i][j])),
            )
        })
    }
}

/// BG/BB over (ln α, ln β, ln γ, ln δ).
impl LogLikelihood<4> for Histories {
    fn first(&self, at: &[f64; 4]) -> (f64, [f64; 4]) {
        let (value, gradient, _) = self.sum::<false>(at);
        (value, gradient)
    }

    fn second(&self, at: &[f64; 4]) -> (f64, [f64; 4], Symmetric<4>) {
        self.sum::<true>(at)
    }
}

/// Its limit at γ = 0 over (ln α, ln β): everybody stays and n opportunities were taken or not, each for itself.
pub(super) struct Everybody<'a>(pub(super) &'a Histories);

impl LogLikelihood<2> for Everybody<'_> {
    fn first(&self, at: &[f64; 2]) -> (f64, [f64; 2]) {
        let (value, gradient, _) = self.second(at);
        (value, gradient)
    }

    fn second(&self, at: &[f64; 2]) -> (f64, [f64; 2], Symmetric<2>) {
        let [alpha, beta] = at.map(f64::exp);
        let tables = Tables::new([alpha, beta, 1.0, 1.0], self.0.longest);
        let (mut value, mut gradient, mut hessian) = (0.0, [0.0; 2], [[0.0; 2]; 2]);
        for (history, weight) in &self.0.rows {
            let (x, n) = (history.purchases, history.opportunities);
            let (a, b, ab) = (tables.alpha.of(x), tables.beta.of(n - x), tables.both.of(n));
            value += weight * (a[0] + b[0] - ab[0]);
            let slopes = [alpha * (a[1] - ab[1]), beta * (b[1] - ab[1])];
            let bends = [alpha * alpha * (a[2] - ab[2]), beta * beta * (b[2] - ab[2])];
            for i in 0..2 {
                gradient[i] += weight * slopes[i];
                hessian[i][i] += weight * (bends[i] + slopes[i]);
                hessian[i][1 - i] -= weight * alpha * beta * ab[2];
            }
        }
        (value, gradient, hessian)
    }
}

/// ln (θ)ₖ with its first two derivatives in θ, for every k up to a limit.
struct Rising(Vec<[f64; 3]>);

impl Rising {
    fn new(theta: f64, most: u32) -> Self {
        let mut running = [0.0; 3];
        let mut table = vec![running];
        for j in 0..most {
            let factor = theta + f64::from(j);
            running =
                [running[0] + factor.ln(), running[1] + 1.0 / factor, running[2] - 1.0 / (factor * factor)];
            table.push(running);
        }
        Self(table)
    }

    fn of(&self, k: u32) -> [f64; 3] {
        self.0[k as usize]
    }
}

/// Rising factorials of α, β, α + β, δ and γ + δ.
struct Tables {
    theta: [f64; 4],
    alpha: Rising,
    beta: Rising,
    both: Rising,
    delta: Rising,
    leaving: Rising,
}

impl Tables {
    fn new(theta: [f64; 4], longest: u32) -> Self {
        let [alpha, beta, gamma, delta] = theta;
        Self {
            theta,
            alpha: Rising::new(alpha, longest),
            beta: Rising::new(beta, longest),
            both: Rising::new(alpha + beta, longest),
            delta: Rising::new(delta, longest),
            leaving: Rising::new(gamma + delta, longest + 1),
        }
    }

    /// ln, gradient and second derivatives, on the log scale, of x purchases among k opportunities by somebody who leaves
    /// before the next (`leaves`) or is still there.
    fn term<const SECOND: bool>(&self, x: u32, k: u32, leaves: bool) -> (f64, [f64; 4], Symmetric<4>) {
        let [alpha, beta, gamma, delta] = self.theta;
        let (a, b, ab) = (self.alpha.of(x), self.beta.of(k - x), self.both.of(k));
        let (d, gd) = (self.delta.of(k), self.leaving.of(if leaves { k + 1 } else { k }));
        let left = if leaves { 1.0 } else { 0.0 };
        let value = a[0] + b[0] - ab[0] + d[0] - gd[0] + left * gamma.ln();
        let gradient =
            [alpha * (a[1] - ab[1]), beta * (b[1] - ab[1]), left - gamma * gd[1], delta * (d[1] - gd[1])];
        let mut hessian = [[0.0; 4]; 4];
        if SECOND {
            hessian[0][0] = alpha * alpha * (a[2] - ab[2]) + gradient[0];
            hessian[1][1] = beta * beta * (b[2] - ab[2]) + gradient[1];
            hessian[2][2] = -gamma * (gamma * gd[2] + gd[1]);
            hessian[3][3] = delta * delta * (d[2] - gd[2]) + gradient[3];
            hessian[0][1] = -alpha * beta * ab[2];
            hessian[1][0] = hessian[0][1];
            hessian[2][3] = -gamma * delta * gd[2];
            hessian[3][2] = hessian[2][3];
        }
        (value, gradient, hessian)
    }

    fn of_history<const SECOND: bool>(&self, history: &OpportunityHistory) -> (f64, [f64; 4], Symmetric<4>) {
        let &OpportunityHistory { purchases, last, opportunities } = history;
        let alive = self.term::<SECOND>(purchases, opportunities, false);
        let gone = (last..opportunities).map(|k| self.term::<SECOND>(purchases, k, true));
        // a mixture: weights relative to the largest term so far
        let (mut top, mut total) = (alive.0, 1.0);
        let (_, mut gradient, mut hessian) = alive;
        square(&mut hessian, &alive.1);
        for mut term in gone {
            let rescale = if term.0 > top { (top - term.0).exp() } else { 1.0 };
            top = top.max(term.0);
            let weight = (term.0 - top).exp();
            square(&mut term.2, &term.1);
            total = total * rescale + weight;
            gradient.iter_mut().zip(term.1).for_each(|(sum, part)| *sum = *sum * rescale + weight * part);
            hessian.iter_mut().flatten().for_each(|sum| *sum *= rescale);
            add_weighted(&mut hessian, weight, &term.2);
        }
        let gradient = gradient.map(|sum| sum / total);
        let hessian = std::array::from_fn(|i| {
            std::array::from_fn(|j| hessian[i][j] / total - gradient[i] * gradient[j])
        });
        (top + total.ln(), gradient, hessian)
    }
}

/// Adds g gᵀ.
fn square(hessian: &mut Symmetric<4>, gradient: &[f64; 4]) {
    for i in 0..4 {
        for j in 0..4 {
            hessian[i][j] += gradient[i] * gradient[j];
        }
    }
}
