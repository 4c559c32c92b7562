//! Counts of many things over common times, explained by something that changes within each of them.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// One thing over consecutive times.
#[derive(Clone, Debug)]
pub(crate) struct PanelRow {
    /// Which slope is its own.
    pub(crate) group: usize,
    /// Its times: the count and what explains it.
    pub(crate) cells: Vec<PanelCell>,
}

/// One thing at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PanelCell {
    pub(crate) time: usize,
    /// Not negative.
    pub(crate) count: f64,
    pub(crate) x: f64,
}

/// A slope with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PanelSlope {
    pub(crate) slope: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Rows with a change of x that a slope needs: its interval rests on how they differ.
const FEWEST: usize = 5;
/// Newton steps.
const MOST_STEPS: usize = 50;

/// E count = exp(levelᵢ + g_time + β_group · x): Poisson regression with a level of each row and of each time, and one slope
/// per group.
///
/// The rows' levels drop out of the likelihood (Hausman, Hall & Griliches 1984, Econometrica 52); the rest is concave and
/// found by Newton's method. Consistent whatever the counts' variance (Wooldridge 1999, J. Econometrics 90), zeros
/// included, where logarithms of counts are not (Santos Silva & Tenreyro 2006, Rev. Econ. Stat. 88). Intervals from
/// errors clustered by row, Student t with one degree of freedom per row with a change, less one. A group with fewer than
/// five rows in which x changes, or whose x cannot be told from the times, has none.
pub(crate) fn panel_slopes(rows: &[PanelRow], times: usize, groups: usize) -> Vec<Option<PanelSlope>> {
    let mut changing = vec![0_usize; groups];
    let varies = |row: &&PanelRow| row.cells.windows(2).any(|pair| (pair[0].x - pair[1].x).abs() > 1e-9);
    rows.iter().filter(varies).for_each(|row| changing[row.group] += 1);
    let told: Vec<usize> = (0..groups).filter(|&group| changing[group] >= FEWEST).collect();
    let mut slopes = vec![None; groups];
    if told.is_empty() || times == 0 {
        return slopes;
    }
    let place = |group: usize| told.iter().position(|&own| own == group).map(|at| times - 1 + at);
    // a group without a slope of its own would bend the times
    let used: Vec<(&PanelRow, usize)> =
        rows.iter().filter_map(|row| Some((row, place(row.group)?))).collect();
    let size = times - 1 + told.len();
    let mut theta = vec![0.0; size];
    for step in 0..MOST_STEPS {
        let sums = Sums::at(&theta, &used, times);
        let Some(inverse) = inverse(&sums.information, size) else { return slopes };
        let mut change: Vec<f64> = (0..size)
            .map(|row| (0..size).map(|col| inverse[row * size + col] * sums.score[col]).sum())
            .collect();
        let largest = change.iter().fold(0.0_f64, |largest, c| largest.max(c.abs()));
        let damping = (1.0 / largest).min(1.0);
        change.iter_mut().for_each(|c| *c *= damping);
        theta.iter_mut().zip(&change).for_each(|(value, c)| *value += c);
        if largest < 1e-9 {
            let sums = Sums::at(&theta, &used, times);
            for (at, &group) in told.iter().enumerate() {
                slopes[group] = sums.slope(times - 1 + at, &theta, &inverse, changing[group]);
            }
            return slopes;
        }
        if step + 1 == MOST_STEPS || theta.iter().any(|value| !value.is_finite()) {
            break;
        }
    }
    slopes
}

struct Sums {
    score: Vec<f64>,
    information: Vec<f64>,
    /// Of each row its part of the score.
    parts: Vec<Vec<(usize, f64)>>,
}

impl Sums {
    fn at(theta: &[f64], rows: &[(&PanelRow, usize)], times: usize) -> Self {
        let size = theta.len();
        let mut sums = Self {
            score: vec![0.0; size],
            information: vec![0.0; size * size],
            parts: Vec::with_capacity(rows.len()),
        };
        let level = |time: usize| if time == 0 { 0.0 } else { theta[time - 1] };
        for &(row, own) in rows {
            let total: f64 = row.cells.iter().map(|cell| cell.count).sum();
            let mut weights: Vec<f64> =
                row.cells.iter().map(|cell| (level(cell.time) + theta[own] * cell.x).exp()).collect();
            let all: f64 = weights.iter().sum();
            if total <= 0.0 || !(all > 0.0 && all.is_finite() && times > 0) {
                continue;
            }
            weights.iter_mut().for_each(|weight| *weight /= all);
            let centre: f64 = weights.iter().zip(&row.cells).map(|(p, cell)| p * cell.x).sum();
            let mut part = Vec::with_capacity(row.cells.len() + 1);
            let mut of_slope = 0.0;
            for (&p, cell) in weights.iter().zip(&row.cells) {
                let rest = cell.count - total * p;
                of_slope += rest * cell.x;
                sums.information[own * size + own] += total * p * (cell.x - centre).powi(2);
                let Some(time) = cell.time.checked_sub(1) else { continue };
                part.push((time, rest));
                let cross = total * p * (cell.x - centre);
                sums.information[time * size + own] += cross;
                sums.information[own * size + time] += cross;
                sums.information[time * size + time] += total * p;
                for (&q, other) in weights.iter().zip(&row.cells) {
                    if let Some(other) = other.time.checked_sub(1) {
                        sums.information[time * size + other] -= total * p * q;
                    }
                }
            }
            part.push((own, of_slope));
            part.iter().for_each(|&(at, value)| sums.score[at] += value);
            sums.parts.push(part);
        }
        sums
    }

    /// The sandwich: a row of the inverse information, times the rows' scores, squared.
    fn slope(&self, at: usize, theta: &[f64], inverse: &[f64], changing: usize) -> Option<PanelSlope> {
        let own = &inverse[at * theta.len()..(at + 1) * theta.len()];
        let influence =
            |part: &Vec<(usize, f64)>| part.iter().map(|&(place, score)| own[place] * score).sum::<f64>();
        let variance: f64 = self.parts.iter().map(|part| influence(part).powi(2)).sum();
        let clusters = changing as f64;
        let quantile = StudentsT::new(0.0, 1.0, clusters - 1.0).ok()?.inverse_cdf(0.975);
        let reach = quantile * (variance * clusters / (clusters - 1.0)).sqrt();
        let slope = theta[at];
        (reach.is_finite() && reach > 0.0).then_some(PanelSlope {
            slope,
            low: slope - reach,
            high: slope + reach,
        })
    }
}

/// Inverse of a symmetric matrix by Gauss–Jordan elimination; `None` where it is not clearly positive definite.
fn inverse(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut left = matrix.to_vec();
    let mut right = vec![0.0; size * size];
    (0..size).for_each(|place| right[place * size + place] = 1.0);
    for pivot in 0..size {
        let value = left[pivot * size + pivot];
        let negligible = matrix[pivot * size + pivot] * 1e-9;
        if value.is_nan() || value <= negligible {
            return None;
        }
        for col in 0..size {
            left[pivot * size + col] /= value;
            right[pivot * size + col] /= value;
        }
        for row in (0..size).filter(|&row| row != pivot) {
            let factor = left[row * size + pivot];
            if factor != 0.0 {
                for col in 0..size {
                    left[row * size + col] -= factor * left[pivot * size + col];
                    right[row * size + col] -= factor * right[pivot * size + col];
                }
            }
        }
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact expected counts: levels 3ᵢ, times 1, 1.5, 0.8, 2, slopes −2 and −0.5.
    fn panel(noise: impl Fn(usize, usize) -> f64) -> Vec<PanelRow> {
        let times = [1.0, 1.5, 0.8, 2.0_f64];
        let row = |number: usize| {
            let (group, slope) = if number.is_multiple_of(2) { (0, -2.0) } else { (1, -0.5) };
            let cell = |time: usize| {
                let x = if time > number % 3 { 0.1 * (1 + number % 4) as f64 } else { 0.0 };
                let count = 3.0 * number as f64 * times[time] * f64::exp(slope * x) * noise(number, time);
                PanelCell { time, count, x }
            };
            PanelRow { group, cells: (0..4).map(cell).collect() }
        };
        (1..25).map(row).collect()
    }

    #[test]
    fn exact_counts_give_the_slopes_back() {
        let jitter = |number: usize, time: usize| 1.0 + 1e-7 * ((number * 7 + time * 3) % 5) as f64;
        let slopes = panel_slopes(&panel(jitter), 4, 3);
        for (found, wanted) in slopes.iter().zip([-2.0, -0.5]) {
            let found = found.unwrap();
            assert!((found.slope - wanted).abs() < 1e-5 && found.high - found.low < 1e-4, "{found:?}");
        }
        assert_eq!(slopes[2], None);
    }

    #[test]
    fn noise_widens_the_interval_and_it_holds_the_truth() {
        let noise = |number: usize, time: usize| 1.0 + 0.05 * ((number * 7 + time * 11) % 5) as f64 - 0.1;
        let slopes = panel_slopes(&panel(noise), 4, 2);
        for (found, wanted) in slopes.iter().zip([-2.0, -0.5]) {
            let found = found.unwrap();
            assert!(found.low < wanted && wanted < found.high && found.high - found.low < 2.0, "{found:?}");
        }
    }

    #[test]
    fn without_changes_or_with_the_same_change_everywhere_there_is_no_slope() {
        let mut rows = panel(|_, _| 1.0);
        rows.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| cell.x = 0.3);
        assert_eq!(panel_slopes(&rows, 4, 2), [None, None]);
        rows.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| cell.x = cell.time as f64);
        rows.iter_mut().for_each(|row| row.group = 0);
        assert_eq!(panel_slopes(&rows, 4, 1), [None]);
        assert_eq!(panel_slopes(&[], 0, 1), [None]);
    }
}
