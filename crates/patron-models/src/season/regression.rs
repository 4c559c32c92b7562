//! Log-linear regression of net spend on cohort age, calendar month and cohort quality.
//!
//! Month after month, a cohort's customers spend μ = days × exp(level + first month + β·ln(1 + age) + trend + season of
//! the calendar month + shock of the month + quality of the cohort). Quasi-Poisson: only mean and variance (φ·μ) are
//! used, so that net spend below zero in a small cell is no trouble. Age, calendar and cohort are linearly dependent:
//! the slope of cohort quality is held at zero by a strong ridge. All other effects have ridges whose widths are learned
//! (expectation–maximisation with an inverse-gamma prior each).

use super::dense::Matrix;

/// Prior scale of the slope of cohort quality, per month: as good as zero.
const SLOPE_SCALE: f64 = 0.01;
/// Prior scales: ln(1 + months) of age, first month, trend per year, quality of a cohort, shock of one month.
const AGE_SCALE: f64 = 0.5;
const FIRST_SCALE: f64 = 0.7;
const TREND_SCALE: f64 = 0.15;
const QUALITY_SCALE: f64 = 0.3;
const SHOCK_SCALE: f64 = 0.08;
/// What the prior scales of season, qualities and shocks weigh, in effects.
const SEASON_FREEDOM: f64 = 2.0;
const QUALITY_FREEDOM: f64 = 4.0;
const SHOCK_FREEDOM: f64 = 30.0;
/// Correlation of neighbouring calendar months: seasons are smooth, shocks are not.
pub(super) const NEIGHBOURS: f64 = 0.5;
/// Rounds of learning the widths, Newton steps in each, and the step at which they end.
const ROUNDS: usize = 8;
const STEPS: usize = 60;
const SETTLED: f64 = 1e-9;
/// Longest step of one effect, on the scale of logarithms.
const LONGEST: f64 = 1.0;

const LEVEL: usize = 0;
const AGE: usize = 1;
const FIRST: usize = 2;
const TREND: usize = 3;
const SEASON: usize = 4;
const SHOCKS: usize = SEASON + 12;

/// A cohort in a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    /// Counted from 0.
    pub(super) cohort: usize,
    /// Month of the log, counted from 0.
    pub(super) period: usize,
    /// January is 0.
    pub(super) month: usize,
    /// Whether it is the cohort's first month.
    pub(super) first: bool,
    /// Mean time since the first purchase, in months.
    pub(super) age: f64,
    /// Days of all customers after the day of their first purchase.
    pub(super) exposure: f64,
    /// Net spend in them.
    pub(super) spend: f64,
}

/// What is known of the season before the cells are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prior {
    /// ln(index), January first.
    pub(super) centre: [f64; 12],
    /// How far from it the shop's own season may be.
    pub(super) scale: f64,
}

/// The season found: ln(index) around zero, January first, and standard errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) ln_index: [f64; 12],
    pub(super) spread: [f64; 12],
}

/// Fits; `dispersion` is φ. `None` where no maximum is found.
pub(super) fn regress(cells: &[Cell], dispersion: f64, prior: &Prior) -> Option<Found> {
    let problem = Problem::new(cells, dispersion, prior)?;
    let mut widths =
        Widths { season: prior.scale.powi(2), shock: SHOCK_SCALE.powi(2), quality: QUALITY_SCALE.powi(2) };
    let mut at = problem.start();
    let mut found = None;
    for _ in 0..ROUNDS {
        let covariance = problem.maximise(&mut at, &widths)?;
        widths = problem.learn(&at, &covariance, prior);
        found = Some(problem.season(&at, &covariance));
    }
    found.filter(|found| found.ln_index.iter().chain(&found.spread).all(|value| value.is_finite()))
}

/// Variances of the effects.
struct Widths {
    season: f64,
    shock: f64,
    quality: f64,
}

struct Problem<'a> {
    cells: &'a [Cell],
    dispersion: f64,
    /// ln(index) before the cells are known, mean zero.
    centre: [f64; 12],
    /// Inverse of the correlation of calendar months.
    precision: [[f64; 12]; 12],
    periods: usize,
    cohorts: usize,
}

impl<'a> Problem<'a> {
    fn new(cells: &'a [Cell], dispersion: f64, prior: &Prior) -> Option<Self> {
        let spend: f64 = cells.iter().map(|cell| cell.spend).sum();
        let periods = cells.iter().map(|cell| cell.period + 1).max()?;
        let cohorts = cells.iter().map(|cell| cell.cohort + 1).max()?;
        if !(spend > 0.0 && spend.is_finite() && dispersion > 0.0 && dispersion.is_finite()) {
            return None;
        }
        let mean = prior.centre.iter().sum::<f64>() / 12.0;
        let correlation = Matrix::of(12, correlation);
        let inverse = correlation.inverse()?;
        let precision = std::array::from_fn(|i| std::array::from_fn(|j| inverse.get(i, j)));
        let centre = prior.centre.map(|value| value - mean);
        Some(Self { cells, dispersion, centre, precision, periods, cohorts })
    }

    fn slope(&self) -> usize {
        SHOCKS + self.periods
    }

    fn len(&self) -> usize {
        self.slope() + 1 + self.cohorts
    }

    fn start(&self) -> Vec<f64> {
        let mut at = vec![0.0; self.len()];
        let total = |value: fn(&Cell) -> f64| self.cells.iter().map(value).sum::<f64>();
        at[LEVEL] = (total(|cell| cell.spend) / total(|cell| cell.exposure).max(1e-9)).ln();
        at[SEASON..SHOCKS].copy_from_slice(&self.centre);
        at
    }

    /// The effects that act on a cell, each with its factor.
    fn effects(&self, cell: &Cell) -> [(usize, f64); 8] {
        let months = cell.period as f64 - (self.periods as f64 - 1.0) / 2.0;
        let place = cell.cohort as f64 - (self.cohorts as f64 - 1.0) / 2.0;
        let (first, age) = if cell.first { (1.0, 0.0) } else { (0.0, cell.age.ln_1p()) };
        [
            (LEVEL, 1.0),
            (AGE, age),
            (FIRST, first),
            (TREND, months / 12.0),
            (SEASON + cell.month, 1.0),
            (SHOCKS + cell.period, 1.0),
            (self.slope(), place),
            (self.slope() + 1 + cell.cohort, 1.0),
        ]
    }

    fn mean(&self, cell: &Cell, at: &[f64]) -> f64 {
        let sum: f64 = self.effects(cell).iter().map(|&(effect, factor)| factor * at[effect]).sum();
        cell.exposure * sum.min(600.0).exp()
    }

    /// The ridge: second derivatives of the penalty, diagonal but for the season's block.
    fn ridge(&self, widths: &Widths) -> Matrix {
        let single = |effect: usize| match effect {
            LEVEL => 1e-9,
            AGE => AGE_SCALE.powi(-2),
            FIRST => FIRST_SCALE.powi(-2),
            TREND => TREND_SCALE.powi(-2),
            _ if effect < self.slope() => 1.0 / widths.shock,
            _ if effect == self.slope() => SLOPE_SCALE.powi(-2),
            _ => 1.0 / widths.quality,
        };
        let season = SEASON..SHOCKS;
        Matrix::of(self.len(), |i, j| match (season.contains(&i), season.contains(&j)) {
            (true, true) => self.precision[i - SEASON][j - SEASON] / widths.season,
            _ if i == j => single(i),
            _ => 0.0,
        })
    }

    /// Distance of each effect from what is known before: only the season's is not zero.
    fn away(&self, at: &[f64]) -> Vec<f64> {
        let mut away = at.to_vec();
        away[LEVEL] = 0.0;
        away[SEASON..SHOCKS].iter_mut().zip(self.centre).for_each(|(value, centre)| *value -= centre);
        away
    }

    fn objective(&self, at: &[f64], ridge: &Matrix) -> f64 {
        let fit: f64 = self
            .cells
            .iter()
            .map(|cell| {
                let mean = self.mean(cell, at);
                (cell.spend * mean.ln() - mean) / self.dispersion
            })
            .sum();
        let away = self.away(at);
        let penalty: f64 = ridge.times(&away).iter().zip(&away).map(|(a, b)| a * b).sum();
        fit - penalty / 2.0
    }

    /// Newton with halved steps on a concave function; spend never grows with age alone. Gives the inverse of the
    /// second derivatives, zero for an age effect held at zero.
    fn maximise(&self, at: &mut Vec<f64>, widths: &Widths) -> Option<Matrix> {
        let ridge = self.ridge(widths);
        let mut value = self.objective(at, &ridge);
        for _ in 0..STEPS {
            let (gradient, mut second) = self.derivatives(at, &ridge);
            let held = at[AGE] >= 0.0 && gradient[AGE] > 0.0;
            if held {
                second.hold(AGE);
            }
            let mut step = second.solve(&gradient)?;
            if held {
                step[AGE] = 0.0;
            }
            let longest = step.iter().fold(0.0_f64, |longest, one| longest.max(one.abs()));
            let mut share = (LONGEST / longest).min(1.0);
            let settled = loop {
                let mut next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at + share * step).collect();
                next[AGE] = next[AGE].min(0.0);
                let reached = self.objective(&next, &ridge);
                if reached >= value || share * longest < SETTLED {
                    (*at, value) = (next, reached);
                    break share * longest < SETTLED;
                }
                share /= 2.0;
            };
            if settled {
                let mut inverse = second.inverse()?;
                if held {
                    inverse.set(AGE, AGE, 0.0);
                }
                return Some(inverse);
            }
        }
        None
    }

    /// Gradient, and minus the second derivatives.
    fn derivatives(&self, at: &[f64], ridge: &Matrix) -> (Vec<f64>, Matrix) {
        let mut gradient: Vec<f64> = ridge.times(&self.away(at)).iter().map(|value| -value).collect();
        let mut second = ridge.clone();
        for cell in self.cells {
            let mean = self.mean(cell, at);
            let effects = self.effects(cell);
            for &(i, factor) in &effects {
                gradient[i] += factor * (cell.spend - mean) / self.dispersion;
                for &(j, other) in &effects {
                    second.add(i, j, factor * other * mean / self.dispersion);
                }
            }
        }
        (gradient, second)
    }

    /// The widths at which these effects are most likely, given their uncertainty and the priors.
    fn learn(&self, at: &[f64], covariance: &Matrix, prior: &Prior) -> Widths {
        let away = self.away(at);
        let squares = |effects: std::ops::Range<usize>| -> f64 {
            effects.map(|i| away[i] * away[i] + covariance.get(i, i)).sum()
        };
        let mut season = 0.0;
        for i in 0..12 {
            for j in 0..12 {
                let product = away[SEASON + i] * away[SEASON + j] + covariance.get(SEASON + i, SEASON + j);
                season += self.precision[i][j] * product;
            }
        }
        let width = |scale: f64, freedom: f64, sum: f64, count: usize| {
            (freedom * scale * scale + sum) / (freedom + count as f64)
        };
        Widths {
            season: width(prior.scale, SEASON_FREEDOM, season, 12),
            shock: width(SHOCK_SCALE, SHOCK_FREEDOM, squares(SHOCKS..self.slope()), self.periods),
            quality: width(
                QUALITY_SCALE,
                QUALITY_FREEDOM,
                squares(self.slope() + 1..self.len()),
                self.cohorts,
            ),
        }
    }

    /// The season around its own mean; the mean belongs to the level.
    fn season(&self, at: &[f64], covariance: &Matrix) -> Found {
        let mean = at[SEASON..SHOCKS].iter().sum::<f64>() / 12.0;
        let block = |i: usize, j: usize| covariance.get(SEASON + i, SEASON + j);
        let row = |i: usize| (0..12).map(|j| block(i, j)).sum::<f64>() / 12.0;
        let all = (0..12).map(row).sum::<f64>() / 12.0;
        Found {
            ln_index: std::array::from_fn(|i| at[SEASON + i] - mean),
            spread: std::array::from_fn(|i| (block(i, i) - 2.0 * row(i) + all).max(0.0).sqrt()),
        }
    }
}

/// Correlation of two calendar months, January being 0.
pub(super) fn correlation(i: usize, j: usize) -> f64 {
    let apart = i.abs_diff(j);
    NEIGHBOURS.powi(apart.min(12 - apart) as i32)
}
