//! The likelihood over distinct histories: for each x the integral over the moment of dropping out is taken once over the
//! whole grid of days, and every history is a difference of two of its values.
//!
//! With f(τ) = (1 + τ/α)^−(r + x) (1 + τ/β)^−(s + 1) and S(t) = ∫ f over [t, last day] ÷ f(t), someone who dropped out
//! between t_x and T contributes s/β · f(t_x) · (S(t_x) − ρ S(T)), ρ = f(T) ÷ f(t_x), and someone alive at T contributes
//! f(t_x) · ρ (1 + T/β). Since s/β S(T) ≤ 1 + T/β, the sum of the two loses no digits to the difference.

use patron_columns::HistoryHistogram;
use rayon::prelude::*;

use crate::optimise::{LogLikelihood, Symmetric, add_weighted};
use crate::special::{GAUSS_5, GAUSS_16};

/// The integrals carried along: of f, and of f times these and their products.
/// ln(1 + τ/α), τ ÷ (α + τ), ln(1 + τ/β), τ ÷ (β + τ).
const FIRST: usize = 4;
const ALL: usize = 15;

/// Gauss's rule of 16 points with both halves.
const GAUSS_16_BOTH: [(f64, f64); 16] = {
    let mut both = [(0.0, 0.0); 16];
    let mut i = 0;
    while i < 8 {
        let (node, weight) = GAUSS_16[i];
        both[i] = (node, weight);
        both[15 - i] = (-node, weight);
        i += 1;
    }
    both
};

/// Distinct histories with weights, by x.
pub(crate) struct Grid {
    groups: Vec<Group>,
}

/// All customers with the same x.
struct Group {
    count: u32,
    /// Distinct t_x and T in time units, ascending.
    times: Vec<f64>,
    rows: Vec<Row>,
}

struct Row {
    /// Places of t_x and T among the times.
    recency: u32,
    age: u32,
    weight: f64,
}

impl Grid {
    /// Every `step`th of the histories, which are possible ones, in ascending order.
    pub(crate) fn new(histogram: &HistoryHistogram, days_per_unit: f64, step: usize) -> Self {
        let pairs = histogram.histories.iter().zip(&histogram.customers).step_by(step.max(1));
        let mut kept: Vec<_> =
            pairs.filter(|&(_, &n)| n > 0).map(|(history, &n)| (*history, n as f64)).collect();
        kept.sort_by_key(|(history, _)| *history);
        let group = |rows: &[(patron_domain::DayHistory, f64)]| {
            let mut days: Vec<u32> =
                rows.iter().flat_map(|(history, _)| [history.recency, history.customer_age]).collect();
            days.sort_unstable();
            days.dedup();
            let place = |day: u32| days.partition_point(|&other| other < day) as u32;
            let row = |(history, weight): &(patron_domain::DayHistory, f64)| Row {
                recency: place(history.recency),
                age: place(history.customer_age),
                weight: *weight,
            };
            Group {
                count: rows[0].0.frequency,
                rows: rows.iter().map(row).collect(),
                times: days.iter().map(|&day| f64::from(day) / days_per_unit).collect(),
            }
        };
        Self { groups: kept.chunk_by(|a, b| a.0.frequency == b.0.frequency).map(group).collect() }
    }

    fn sum<const SECOND: bool>(&self, at: &[f64; 4]) -> Sums {
        let groups: Vec<Sums> = self.groups.par_iter().map(|group| group.sum::<SECOND>(at)).collect();
        groups.iter().fold(Sums::default(), |mut all, group| {
            all.add(1.0, group.value, &group.gradient, &group.hessian);
            all
        })
    }
}

impl LogLikelihood<4> for Grid {
    fn first(&self, at: &[f64; 4]) -> (f64, [f64; 4]) {
        let sums = self.sum::<false>(at);
        (sums.value, sums.gradient)
    }

    fn second(&self, at: &[f64; 4]) -> (f64, [f64; 4], Symmetric<4>) {
        let mut sums = self.sum::<true>(at);
        for i in 0..4 {
            for j in 0..i {
                sums.hessian[j][i] = sums.hessian[i][j];
            }
        }
        (sums.value, sums.gradient, sums.hessian)
    }
}

/// ln L, its gradient and the lower half of its second derivatives, in (ln r, ln α, ln s, ln β).
#[derive(Clone, Copy, Default)]
struct Sums {
    value: f64,
    gradient: [f64; 4],
    hessian: Symmetric<4>,
}

impl Sums {
    fn add(&mut self, weight: f64, value: f64, gradient: &[f64; 4], hessian: &Symmetric<4>) {
        self.value += weight * value;
        self.gradient.iter_mut().zip(gradient).for_each(|(sum, part)| *sum += weight * part);
        add_weighted(&mut self.hessian, weight, hessian);
    }
}

/// The exponents of f and its parameters.
struct Fall {
    alpha: f64,
    beta: f64,
    /// r + x and s + 1.
    m: f64,
    n: f64,
}

/// What is known of one moment.
#[derive(Clone, Copy)]
struct Moment {
    ln_f: f64,
    /// In the order of [`FIRST`].
    terms: [f64; FIRST],
    /// S and the integrals that go with it.
    later: [f64; ALL],
}

impl Fall {
    fn at(&self, t: f64) -> (f64, [f64; FIRST]) {
        let Self { alpha, beta, m, n } = *self;
        let (ln_a, ln_b) = ((t / alpha).ln_1p(), (t / beta).ln_1p());
        (-m * ln_a - n * ln_b, [ln_a, t / (alpha + t), ln_b, t / (beta + t)])
    }

    /// The integrals over [`from`, `to`], divided by f(`from`), whose logarithm is given; added to `sums`.
    ///
    /// Along v with τ = `from` + unit (eᵛ − 1), so short a piece at a time that f falls by e⁻¹⁶ in it at most, or by
    /// e^−0.6 where five points do.
    fn integrate<const SECOND: bool>(&self, from: f64, to: f64, ln_f: f64, sums: &mut [f64; ALL]) {
        const NEGLIGIBLE: f64 = 60.0;
        let Self { alpha, beta, m, n } = *self;
        let unit = alpha.min(beta) + from;
        let length = ((to - from) / unit).ln_1p();
        let (mut low, mut scale, mut fallen) = (0.0, unit, 0.0);
        while low < length && fallen < NEGLIGIBLE {
            // f falls at this rate, which grows no faster than eᵛ
            let gone = from + scale - unit;
            let slope = m * scale / (alpha + gone) + n * scale / (beta + gone);
            let left = length - low;
            if left <= 0.4_f64.min(0.4 / slope) {
                self.panel::<SECOND>(&GAUSS_5, [from, unit, ln_f], [low, length], sums);
                return;
            }
            let high = low + left.min(1.0).min(6.0 / slope);
            self.panel::<SECOND>(&GAUSS_16_BOTH, [from, unit, ln_f], [low, high], sums);
            fallen += (slope - 1.0) * (high - low);
            (low, scale) = (high, unit * high.exp());
        }
    }

    #[inline(always)]
    fn panel<const SECOND: bool>(
        &self,
        rule: &[(f64, f64)],
        [from, unit, ln_f]: [f64; 3],
        [low, high]: [f64; 2],
        sums: &mut [f64; ALL],
    ) {
        let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
        for (node, weight) in rule {
            let gone = (middle + half * node).exp_m1();
            let (ln_here, terms) = self.at(from + unit * gone);
            let part = weight * half * unit * (1.0 + gone) * (ln_here - ln_f).exp();
            sums[0] += part;
            for (sum, term) in sums[1..].iter_mut().zip(terms) {
                *sum += part * term;
            }
            if SECOND {
                let mut slot = 1 + FIRST;
                for i in 0..FIRST {
                    for j in 0..=i {
                        sums[slot] += part * terms[i] * terms[j];
                        slot += 1;
                    }
                }
            }
        }
    }
}

impl Group {
    fn sum<const SECOND: bool>(&self, at: &[f64; 4]) -> Sums {
        let [r, alpha, s, beta] = at.map(f64::exp);
        let x = f64::from(self.count);
        let fall = Fall { alpha, beta, m: r + x, n: s + 1.0 };
        let moments = self.moments::<SECOND>(&fall);
        let mut sums = Sums::default();
        let mut customers = 0.0;
        for row in &self.rows {
            let (last, end) = (&moments[row.recency as usize], &moments[row.age as usize]);
            let (value, gradient, hessian) = self.row::<SECOND>(&fall, at, last, end);
            sums.add(row.weight, value, &gradient, &hessian);
            customers += row.weight;
        }
        // (r)ₓ ÷ αˣ
        let mut bought = Sums { value: -x * at[1], gradient: [0.0, -x, 0.0, 0.0], ..Sums::default() };
        for j in 0..self.count {
            let (sum, share) = (r + f64::from(j), r / (r + f64::from(j)));
            bought.value += sum.ln();
            bought.gradient[0] += share;
            bought.hessian[0][0] += share * (1.0 - share);
        }
        sums.add(customers, bought.value, &bought.gradient, &bought.hessian);
        sums
    }

    /// All times, each with what lies between it and the last.
    fn moments<const SECOND: bool>(&self, fall: &Fall) -> Vec<Moment> {
        let moment = |&t: &f64| {
            let (ln_f, terms) = fall.at(t);
            Moment { ln_f, terms, later: [0.0; ALL] }
        };
        let mut moments: Vec<Moment> = self.times.iter().map(moment).collect();
        for place in (1..self.times.len()).rev() {
            let (here, next) = (moments[place - 1], moments[place]);
            let carried = (next.ln_f - here.ln_f).exp();
            let mut later = next.later.map(|integral| integral * carried);
            fall.integrate::<SECOND>(self.times[place - 1], self.times[place], here.ln_f, &mut later);
            moments[place - 1].later = later;
        }
        moments
    }

    #[inline(always)]
    fn row<const SECOND: bool>(
        &self,
        fall: &Fall,
        at: &[f64; 4],
        last: &Moment,
        end: &Moment,
    ) -> (f64, [f64; 4], Symmetric<4>) {
        let (m, n) = (fall.m, fall.n);
        let (r, s) = (at[0].exp(), n - 1.0);
        let leaving = (at[2] - at[3]).exp();
        let stayed = (end.ln_f - last.ln_f).exp();
        let [end_ln_a, end_u, end_ln_b, end_w] = end.terms;
        let alive = stayed * end_ln_b.exp();
        let between: [f64; ALL] =
            std::array::from_fn(|i| leaving * (last.later[i] - stayed * end.later[i]).max(0.0));
        let total = between[0] + alive;
        let value = last.ln_f + total.ln();

        // f's logarithm has the slopes c · terms in (ln r, ln α, ln s, ln β); that of someone alive the same with n = s
        let slopes = [-r, m, -s, n];
        let gone_slope: [f64; 4] = std::array::from_fn(|i| slopes[i] * between[1 + i]);
        let alive_slope = [-r * end_ln_a, m * end_u, -s * end_ln_b, s * end_w];
        let of_leaving = [0.0, 0.0, 1.0, -1.0];
        let sums: [f64; 4] =
            std::array::from_fn(|i| gone_slope[i] + of_leaving[i] * between[0] + alive * alive_slope[i]);
        let gradient = sums.map(|sum| sum / total);
        let mut hessian = [[0.0; 4]; 4];
        if SECOND {
            let mut slot = 1 + FIRST;
            for i in 0..4 {
                for j in 0..=i {
                    let products = slopes[i] * slopes[j] * between[slot]
                        + gone_slope[i] * of_leaving[j]
                        + gone_slope[j] * of_leaving[i]
                        + of_leaving[i] * of_leaving[j] * between[0]
                        + alive * alive_slope[i] * alive_slope[j];
                    hessian[i][j] = products / total - gradient[i] * gradient[j];
                    slot += 1;
                }
            }
            // second derivatives of the two logarithms themselves; u² and w² stand at 7 and 14
            let (uu, ww) = (between[7], between[14]);
            hessian[0][0] += (gone_slope[0] + alive * alive_slope[0]) / total;
            hessian[1][0] += r * (between[2] + alive * end_u) / total;
            hessian[1][1] -= m * (between[2] - uu + alive * end_u * (1.0 - end_u)) / total;
            hessian[2][2] += (gone_slope[2] + alive * alive_slope[2]) / total;
            hessian[3][2] += s * (between[4] + alive * end_w) / total;
            hessian[3][3] -= (n * (between[4] - ww) + alive * s * end_w * (1.0 - end_w)) / total;
        }
        (value, gradient, hessian)
    }
}

#[cfg(test)]
pub(super) fn single(history: patron_domain::DayHistory, at: &[f64; 4]) -> f64 {
    let histogram = HistoryHistogram { histories: vec![history], customers: vec![1] };
    Grid::new(&histogram, 1.0, 1).first(at).0
}
