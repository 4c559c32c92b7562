//! The likelihood over distinct histories: every logarithm of a day and every gamma function of a count is
//! taken once, and what is left per history is one exponential.

use patron_columns::HistoryHistogram;
use rayon::prelude::*;

use crate::ModelError;
use crate::optimise::{LogLikelihood, Symmetric};

/// Histories summed by one thread at a time; fixed, so that sums do not depend on the number of threads.
const PIECE: usize = 8192;

/// When customers may drop out.
#[derive(Clone, Copy, PartialEq)]
enum DropOut {
    Never,
    AfterRepeats,
    AfterAll,
}

/// Distinct histories with weights, their days and counts replaced by places in tables.
pub(crate) struct Compressed {
    rows: Vec<Row>,
    /// Distinct x, ascending.
    counts: Vec<u32>,
    /// Distinct t_x and T in time units.
    times: Vec<f64>,
    pub(crate) customers: f64,
    /// Σ x and Σ T over customers.
    pub(crate) purchases: f64,
    pub(crate) exposure: f64,
    pub(crate) repeaters: u64,
}

struct Row {
    count: u32,
    recency: u32,
    age: u32,
    weight: f64,
}

impl Compressed {
    pub(crate) fn new(histogram: &HistoryHistogram, days_per_unit: f64) -> Result<Self, ModelError> {
        let pairs =
            || histogram.histories.iter().zip(&histogram.customers).filter(|&(_, &weight)| weight > 0);
        for (history, _) in pairs() {
            let possible = history.recency <= history.customer_age
                && history.frequency <= history.recency
                && (history.frequency == 0) == (history.recency == 0);
            if !possible {
                let (frequency, recency) = (history.frequency, history.recency);
                let customer_age = history.customer_age;
                return Err(ModelError::ImpossibleHistory { frequency, recency, customer_age });
            }
        }
        let counts = distinct(pairs().map(|(history, _)| history.frequency));
        let days = distinct(pairs().flat_map(|(history, _)| [history.recency, history.customer_age]));
        let place = |sorted: &[u32], value: u32| sorted.partition_point(|&other| other < value) as u32;
        let day_place = Places::of(&days);
        let rows = pairs()
            .map(|(history, &weight)| Row {
                count: place(&counts, history.frequency),
                recency: day_place.of_day(history.recency),
                age: day_place.of_day(history.customer_age),
                weight: weight as f64,
            })
            .collect();
        let times = days.iter().map(|&day| f64::from(day) / days_per_unit).collect();
        let total = |value: fn(&patron_domain::DayHistory) -> u32| {
            pairs().map(|(history, &weight)| f64::from(value(history)) * weight as f64).sum::<f64>()
        };
        Ok(Self {
            rows,
            counts,
            times,
            customers: histogram.total() as f64,
            purchases: total(|history| history.frequency),
            exposure: total(|history| history.customer_age) / days_per_unit,
            repeaters: pairs().filter(|(history, _)| history.frequency > 0).map(|(_, &weight)| weight).sum(),
        })
    }

    /// At most `rows` of the distinct histories, evenly spread; enough to choose among starts.
    pub(crate) fn thinned(&self, rows: usize) -> Self {
        let step = self.rows.len().div_ceil(rows).max(1);
        let kept = self.rows.iter().step_by(step);
        Self {
            rows: kept.map(|row| Row { ..*row }).collect(),
            counts: self.counts.clone(),
            times: self.times.clone(),
            ..*self
        }
    }

    fn sum<const SECOND: bool>(&self, at: &[f64; 4], drop_out: DropOut) -> Sums {
        let tables = Tables::new(self, at, drop_out);
        let pieces: Vec<Sums> = self.rows.par_chunks(PIECE).map(|rows| tables.sum::<SECOND>(rows)).collect();
        pieces.into_iter().fold(Sums::default(), Sums::plus)
    }
}

/// BG/NBD over log-parameters (ln r, ln α, ln a, ln b).
pub(crate) struct WithDropOut<'a>(pub(crate) &'a Compressed);

impl LogLikelihood<4> for WithDropOut<'_> {
    fn first(&self, at: &[f64; 4]) -> (f64, [f64; 4]) {
        self.0.sum::<false>(at, DropOut::AfterRepeats).on_log_scale(at).into_first()
    }
    fn second(&self, at: &[f64; 4]) -> (f64, [f64; 4], Symmetric<4>) {
        let sums = self.0.sum::<true>(at, DropOut::AfterRepeats).on_log_scale(at);
        (sums.value, sums.gradient, sums.hessian)
    }
}

/// MBG/NBD over log-parameters (ln r, ln α, ln a, ln b): BG/NBD with b + 1 for b and drop-out for one-time buyers
/// too, times P(no drop-out after the first purchase) = b ÷ (a + b).
pub(crate) struct DroppingAtOnce<'a>(pub(crate) &'a Compressed);

impl LogLikelihood<4> for DroppingAtOnce<'_> {
    fn first(&self, at: &[f64; 4]) -> (f64, [f64; 4]) {
        self.0.sum::<false>(at, DropOut::AfterAll).on_log_scale(at).into_first()
    }
    fn second(&self, at: &[f64; 4]) -> (f64, [f64; 4], Symmetric<4>) {
        let sums = self.0.sum::<true>(at, DropOut::AfterAll).on_log_scale(at);
        (sums.value, sums.gradient, sums.hessian)
    }
}

/// Its limit at a = 0, the NBD, over (ln r, ln α).
pub(crate) struct WithoutDropOut<'a>(pub(crate) &'a Compressed);

impl LogLikelihood<2> for WithoutDropOut<'_> {
    fn first(&self, at: &[f64; 2]) -> (f64, [f64; 2]) {
        let at = [at[0], at[1], 0.0, 0.0];
        let (value, [r, alpha, ..]) = self.0.sum::<false>(&at, DropOut::Never).on_log_scale(&at).into_first();
        (value, [r, alpha])
    }
    fn second(&self, at: &[f64; 2]) -> (f64, [f64; 2], Symmetric<2>) {
        let at = [at[0], at[1], 0.0, 0.0];
        let Sums { value, gradient: [r, alpha, ..], hessian: h } =
            self.0.sum::<true>(&at, DropOut::Never).on_log_scale(&at);
        (value, [r, alpha], [[h[0][0], h[0][1]], [h[1][0], h[1][1]]])
    }
}

/// ln L, its gradient and its second derivatives in (r, α, a, b).
#[derive(Clone, Copy, Default)]
struct Sums {
    value: f64,
    gradient: [f64; 4],
    hessian: Symmetric<4>,
}

impl Sums {
    fn plus(mut self, other: Self) -> Self {
        self.value += other.value;
        for i in 0..4 {
            self.gradient[i] += other.gradient[i];
            for j in 0..4 {
                self.hessian[i][j] += other.hessian[i][j];
            }
        }
        self
    }

    /// Chain rule from θ to ln θ.
    fn on_log_scale(self, at: &[f64; 4]) -> Self {
        let theta = at.map(f64::exp);
        let gradient: [f64; 4] = std::array::from_fn(|i| self.gradient[i] * theta[i]);
        let hessian = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let own = if i == j { gradient[i] } else { 0.0 };
                self.hessian[i.max(j)][i.min(j)] * theta[i] * theta[j] + own
            })
        });
        Self { value: self.value, gradient, hessian }
    }

    fn into_first(self) -> (f64, [f64; 4]) {
        (self.value, self.gradient)
    }
}

/// What depends on the parameters and one count, or one time, alone.
struct Tables {
    r: f64,
    a: f64,
    by_count: Vec<CountTerms>,
    /// ln(α + t) and 1 ÷ (α + t) by place of t.
    by_time: Vec<(f64, f64)>,
    ln_alpha: f64,
    alpha: f64,
}

#[derive(Clone, Copy, Default)]
struct CountTerms {
    x: f64,
    /// ln A₁ without α's part, plus ln A₂.
    value: f64,
    gradient: [f64; 3],
    /// rr, aa (and ab), bb.
    hessian: [f64; 3],
    /// Whether a customer with x can have dropped out.
    drops: bool,
    /// ln(a ÷ (b + x − 1)) and 1 ÷ (b + x − 1), where one can.
    ln_odds: f64,
    inverse: f64,
}

/// What the first purchase contributes, and b of the purchases that follow.
fn first_purchase(a: f64, b: f64, drop_out: DropOut) -> (CountTerms, f64) {
    if drop_out != DropOut::AfterAll {
        return (CountTerms::default(), b);
    }
    let (ib, iab) = (1.0 / b, 1.0 / (a + b));
    let terms = CountTerms {
        value: -(a * ib).ln_1p(),
        gradient: [0.0, -iab, ib - iab],
        hessian: [0.0, iab * iab, iab * iab - ib * ib],
        ..Default::default()
    };
    (terms, b + 1.0)
}

impl Tables {
    fn new(data: &Compressed, at: &[f64; 4], drop_out: DropOut) -> Self {
        let [r, alpha, a, b] = at.map(f64::exp);
        let (mut running, b) = first_purchase(a, b, drop_out);
        let by_time = data.times.iter().map(|t| ((alpha + t).ln(), 1.0 / (alpha + t))).collect();
        // sums over j < x of what (r)ₓ and (b)ₓ ÷ (a + b)ₓ contribute
        let mut reached = 0_u32;
        let by_count = data
            .counts
            .iter()
            .map(|&count| {
                for step in reached..count {
                    let j = f64::from(step);
                    let (ir, ib, iab) = (1.0 / (r + j), 1.0 / (b + j), 1.0 / (a + b + j));
                    running.value += (r + j).ln();
                    running.gradient[0] += ir;
                    running.hessian[0] -= ir * ir;
                    if drop_out != DropOut::Never {
                        running.value += (iab / ib).ln();
                        running.gradient[1] -= iab;
                        running.gradient[2] += ib - iab;
                        running.hessian[1] += iab * iab;
                        running.hessian[2] += iab * iab - ib * ib;
                    }
                }
                reached = count;
                let x = f64::from(count);
                let drops = match drop_out {
                    DropOut::Never => false,
                    DropOut::AfterRepeats => count > 0,
                    DropOut::AfterAll => true,
                };
                let (ln_odds, inverse) = match drops {
                    true => (at[2] - (b + x - 1.0).ln(), 1.0 / (b + x - 1.0)),
                    false => (f64::NEG_INFINITY, 0.0),
                };
                CountTerms { x, drops, ln_odds, inverse, ..running }
            })
            .collect();
        Self { r, a, by_count, by_time, ln_alpha: at[1], alpha }
    }

    fn sum<const SECOND: bool>(&self, rows: &[Row]) -> Sums {
        let mut sums = Sums::default();
        for row in rows {
            self.add::<SECOND>(row, &mut sums);
        }
        sums
    }

    #[inline(always)]
    fn add<const SECOND: bool>(&self, row: &Row, sums: &mut Sums) {
        let terms = &self.by_count[row.count as usize];
        let (ln_age, inverse_age) = self.by_time[row.age as usize];
        let (r, alpha, n, s) = (self.r, self.alpha, row.weight, self.r + terms.x);
        let mut value = terms.value + r * self.ln_alpha - s * ln_age;
        let mut gradient = [
            terms.gradient[0] + self.ln_alpha - ln_age,
            r / alpha - s * inverse_age,
            terms.gradient[1],
            terms.gradient[2],
        ];
        let mut hessian = [[0.0; 4]; 4];
        if SECOND {
            hessian[0][0] = terms.hessian[0];
            hessian[1][0] = 1.0 / alpha - inverse_age;
            hessian[1][1] = s * inverse_age * inverse_age - r / (alpha * alpha);
            hessian[2][2] = terms.hessian[1];
            hessian[3][2] = terms.hessian[1];
            hessian[3][3] = terms.hessian[2];
        }
        if terms.drops {
            // ln(1 + e^δ): the chance of having dropped out against that of having stayed
            let (ln_recency, inverse_recency) = self.by_time[row.recency as usize];
            let (longer, nearer) = (ln_age - ln_recency, inverse_age - inverse_recency);
            let delta = terms.ln_odds + s * longer;
            let (softplus, w) = softplus(delta);
            let slope = [longer, s * nearer, 1.0 / self.a, -terms.inverse];
            value += softplus;
            gradient.iter_mut().zip(slope).for_each(|(sum, slope)| *sum += w * slope);
            if SECOND {
                let bend = w * (1.0 - w);
                for (i, row) in hessian.iter_mut().enumerate() {
                    for (cell, slope_j) in row.iter_mut().zip(slope).take(i + 1) {
                        *cell += bend * slope[i] * slope_j;
                    }
                }
                hessian[1][0] += w * nearer;
                hessian[1][1] -= w * s * nearer * (inverse_age + inverse_recency);
                hessian[2][2] -= w / (self.a * self.a);
                hessian[3][3] += w * terms.inverse * terms.inverse;
            }
        }
        sums.value += n * value;
        sums.gradient.iter_mut().zip(gradient).for_each(|(sum, part)| *sum += n * part);
        if SECOND {
            let cells = sums.hessian.iter_mut().flatten().zip(hessian.iter().flatten());
            cells.for_each(|(sum, part)| *sum += n * part);
        }
    }
}

/// ln(1 + e^δ) and its derivative.
fn softplus(delta: f64) -> (f64, f64) {
    let small = (-delta.abs()).exp();
    let w = if delta > 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
    (delta.max(0.0) + small.ln_1p(), w)
}

fn distinct(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut all: Vec<u32> = values.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Where a day stands among the distinct days; looked up directly while the days are few.
struct Places<'a> {
    days: &'a [u32],
    direct: Vec<u32>,
}

impl<'a> Places<'a> {
    fn of(days: &'a [u32]) -> Self {
        let longest = days.last().copied().unwrap_or(0) as usize;
        let mut direct = Vec::new();
        if longest < 1 << 20 {
            direct.resize(longest + 1, 0);
            for (place, &day) in days.iter().enumerate() {
                direct[day as usize] = place as u32;
            }
        }
        Self { days, direct }
    }

    fn of_day(&self, day: u32) -> u32 {
        let searched = || self.days.partition_point(|&other| other < day) as u32;
        self.direct.get(day as usize).copied().unwrap_or_else(searched)
    }
}
