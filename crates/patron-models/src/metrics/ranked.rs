//! Scores where every customer stands for a whole number of customers: once for the scores themselves, as often as
//! drawn in a resample. Everything is sorted once; a resample is one pass.

use super::{SCORES, highest_first};

/// Predictions below this share of the mean actual value count as it in the deviance, which is infinite at 0.
const SMALLEST_SHARE: f64 = 1e-3;
/// Customers left out in `r2_without_largest_3`.
const LARGEST: usize = 3;

/// What came, sorted once for all that was predicted.
pub(super) struct Truth<'a> {
    actual: &'a [f64],
    /// Places, highest value first.
    order: Vec<u32>,
    mean: f64,
}

/// What a resample holds, whatever was predicted.
pub(super) struct Sample<'a> {
    weights: &'a [u8],
    all: Moments,
    without_largest: Moments,
    /// Σ √y.
    roots: f64,
    /// [`area`] of the perfect ranking.
    perfect: f64,
    /// Ranks from the top less their mean, by place; equal values share theirs.
    ranks: Vec<f64>,
    rank_squares: f64,
}

/// Customers, their total, and Σ(y − ȳ)².
#[derive(Clone, Copy, Default)]
struct Moments {
    customers: u64,
    total: f64,
    squares: f64,
}

impl Moments {
    fn of(items: impl Iterator<Item = (u8, f64)> + Clone) -> Self {
        let customers: u64 = items.clone().map(|(weight, _)| u64::from(weight)).sum();
        let total: f64 = items.clone().map(|(weight, y)| f64::from(weight) * y).sum();
        let mean = total / customers as f64;
        let squares = items.map(|(weight, y)| f64::from(weight) * (y - mean) * (y - mean)).sum();
        Self { customers, total, squares }
    }
}

/// One forecast, sorted; columns stand in the order of the prediction, highest first.
pub(super) struct Ranked {
    places: Vec<u32>,
    actual: Vec<f64>,
    predicted: Vec<f64>,
    /// Unit deviances.
    deviances: Vec<f64>,
    /// Squared errors of the customers of highest value, by place.
    largest: Vec<(u32, f64)>,
}

impl<'a> Truth<'a> {
    pub(super) fn new(actual: &'a [f64]) -> Self {
        let mean = actual.iter().sum::<f64>() / actual.len().max(1) as f64;
        Self { actual, order: highest_first(actual), mean }
    }

    /// Every customer as often as `weights` says, by place.
    pub(super) fn sample<'w>(&self, weights: &'w [u8]) -> Sample<'w> {
        let item = |&place: &u32| (weights[place as usize], self.actual[place as usize]);
        let all = Moments::of(weights.iter().copied().zip(self.actual.iter().copied()));
        let rest = self.order.get(LARGEST..).unwrap_or_default();
        let without_largest = Moments::of(rest.iter().map(item));
        let roots =
            self.order.iter().map(item).map(|(weight, y)| f64::from(weight) * y.max(0.0).sqrt()).sum();
        let mut sample = Sample {
            weights,
            all,
            without_largest,
            roots,
            perfect: area(self.order.iter().map(item)),
            ranks: vec![0.0; self.actual.len()],
            rank_squares: 0.0,
        };
        let groups = self.order.chunk_by(|&a, &b| self.actual[a as usize] == self.actual[b as usize]);
        let (mut above, middle) = (0, (all.customers as f64 + 1.0) / 2.0);
        for group in groups {
            let size: u64 = group.iter().map(|&place| u64::from(weights[place as usize])).sum();
            let rank = above as f64 + (size as f64 + 1.0) / 2.0 - middle;
            group.iter().for_each(|&place| sample.ranks[place as usize] = rank);
            sample.rank_squares += size as f64 * rank * rank;
            above += size;
        }
        sample
    }
}

impl Ranked {
    pub(super) fn new(truth: &Truth<'_>, predicted: &[f64]) -> Self {
        let places = highest_first(predicted);
        let at = |values: &[f64]| places.iter().map(|&place| values[place as usize]).collect::<Vec<f64>>();
        let (actual, predicted_sorted) = (at(truth.actual), at(predicted));
        let floor = truth.mean.max(0.0) * SMALLEST_SHARE;
        let unit = |(y, p): (&f64, &f64)| {
            let root = p.max(floor).max(0.0).sqrt();
            let gap = y.max(0.0).sqrt() - root;
            if root > 0.0 { 4.0 * gap * gap / root } else { 0.0 }
        };
        let deviances = actual.iter().zip(&predicted_sorted).map(unit).collect();
        let error = |&place: &u32| (predicted[place as usize] - truth.actual[place as usize]).powi(2);
        let largest = truth.order.iter().take(LARGEST).map(|place| (*place, error(place))).collect();
        Self { places, actual, predicted: predicted_sorted, deviances, largest }
    }

    /// The scores in the order of [`super::Scores::NAMES`]; NaN where one is undefined.
    pub(super) fn scores(&self, sample: &Sample<'_>) -> [f64; SCORES] {
        let n = sample.all.customers;
        let count = n as f64;
        let (mut absolute, mut squared, mut deviance, mut predicted) = (0.0, 0.0, 0.0, 0.0);
        let (mut cumulated, mut own_area) = (0.0, 0.0);
        let mut tenths = Tenths::new(n);
        let columns = self.places.iter().zip(&self.actual).zip(&self.predicted).zip(&self.deviances);
        for (((&place, &y), &p), &unit) in columns {
            let drawn = sample.weights[place as usize];
            if drawn == 0 {
                continue;
            }
            let (weight, error) = (f64::from(drawn), p - y);
            absolute += weight * error.abs();
            squared += weight * error * error;
            deviance += weight * unit;
            predicted += weight * p;
            own_area += weight * cumulated + y * weight * (weight + 1.0) / 2.0;
            cumulated += weight * y;
            tenths.add(u64::from(drawn), y, p);
        }
        let (Moments { total, squares, .. }, top) = (sample.all, tenths.top);
        let largest = self.largest.iter();
        let of_largest: f64 =
            largest.map(|&(place, error)| f64::from(sample.weights[place as usize]) * error).sum();
        let mean = total / count;
        // d(y, μ) = 4(√y − √μ)² ÷ √μ at variance power 1.5; the difference of equal sums is no deviance
        let roots = count * mean.max(0.0).sqrt();
        let constant = if roots - sample.roots > 1e-12 * roots { 8.0 * (roots - sample.roots) } else { 0.0 };
        let (own, perfect) = (gini(own_area, total, count), gini(sample.perfect, total, count));
        [
            absolute / count,
            (squared / count).sqrt(),
            skill(squared, squares),
            skill((squared - of_largest).max(0.0), sample.without_largest.squares),
            skill(deviance, constant),
            self.spearman(sample),
            if total > 0.0 && perfect > 0.0 { own / perfect } else { f64::NAN },
            if total > 0.0 { predicted / total } else { f64::NAN },
            tenths.mape(),
            if total > 0.0 { top / total } else { f64::NAN },
        ]
    }

    fn spearman(&self, sample: &Sample<'_>) -> f64 {
        let middle = (sample.all.customers as f64 + 1.0) / 2.0;
        let (mut above, mut squares, mut common, mut start) = (0, 0.0, 0.0, 0);
        for group in self.predicted.chunk_by(|a, b| a == b) {
            let places = &self.places[start..start + group.len()];
            start += group.len();
            let (mut size, mut ranks) = (0, 0.0);
            for &place in places {
                let weight = sample.weights[place as usize];
                size += u64::from(weight);
                ranks += f64::from(weight) * sample.ranks[place as usize];
            }
            let rank = above as f64 + (size as f64 + 1.0) / 2.0 - middle;
            squares += size as f64 * rank * rank;
            common += rank * ranks;
            above += size;
        }
        let both = squares * sample.rank_squares;
        if both > 0.0 { common / both.sqrt() } else { f64::NAN }
    }
}

/// 1 − error ÷ that of a constant; NaN where the constant has none.
fn skill(error: f64, of_constant: f64) -> f64 {
    if of_constant > 0.0 { 1.0 - error / of_constant } else { f64::NAN }
}

/// Sum of the cumulated values, customer by customer.
fn area(items: impl Iterator<Item = (u8, f64)>) -> f64 {
    let (mut cumulated, mut area) = (0.0, 0.0);
    for (weight, y) in items {
        let weight = f64::from(weight);
        area += weight * cumulated + y * weight * (weight + 1.0) / 2.0;
        cumulated += weight * y;
    }
    area
}

fn gini(area: f64, total: f64, count: f64) -> f64 {
    2.0 * area / total / count - 1.0
}

/// Tenths as they fill, from the one with the highest predictions down.
struct Tenths {
    customers: u64,
    /// The tenth being filled: 9 is the highest.
    tenth: u64,
    /// Seats left in it.
    left: u64,
    predicted: f64,
    actual: f64,
    gaps: f64,
    filled: u32,
    /// What the top ⌈n ÷ 10⌉ brought, and seats left among them.
    top: f64,
    top_left: u64,
}

impl Tenths {
    fn new(customers: u64) -> Self {
        let mut tenths = Self {
            customers,
            tenth: 9,
            left: 0,
            predicted: 0.0,
            actual: 0.0,
            gaps: 0.0,
            filled: 0,
            top: 0.0,
            top_left: customers.div_ceil(10),
        };
        tenths.left = tenths.size();
        tenths
    }

    /// The first tenths from below take one more where ten does not divide.
    fn size(&self) -> u64 {
        self.customers / 10 + u64::from(self.tenth < self.customers % 10)
    }

    fn add(&mut self, mut weight: u64, y: f64, p: f64) {
        let among_top = weight.min(self.top_left);
        self.top += among_top as f64 * y;
        self.top_left -= among_top;
        while weight > 0 {
            while self.left == 0 {
                self.close();
            }
            let seated = weight.min(self.left);
            self.predicted += seated as f64 * p;
            self.actual += seated as f64 * y;
            self.left -= seated;
            weight -= seated;
        }
    }

    /// Ends a tenth and begins the one below.
    fn close(&mut self) {
        if self.actual > 0.0 {
            self.gaps += (self.predicted - self.actual).abs() / self.actual;
            self.filled += 1;
        }
        (self.predicted, self.actual) = (0.0, 0.0);
        self.tenth = self.tenth.saturating_sub(1);
        // beyond the lowest nobody is left to be seated
        self.left = self.size().max(u64::from(self.tenth == 0));
    }

    fn mape(mut self) -> f64 {
        self.close();
        if self.filled > 0 { self.gaps / f64::from(self.filled) } else { f64::NAN }
    }
}
