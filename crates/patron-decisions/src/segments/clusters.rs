//! Clusters: k-means on how customers behave, as many as come out again on other customers.
//!
//! Lloyd's algorithm is ours: stability asks for some two hundred fits of a few thousand rows. linfa-clustering took 4.1 s for
//! them on Online Retail where this takes a fraction, and brought eleven crates along.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use super::behaviour::{Behaviour, Feature};
use super::rule::mixed;

/// Numbers of clusters that are tried.
pub const TRIED: std::ops::RangeInclusive<usize> = 2..=8;
/// Mean prediction strength from which a number of clusters counts as stable.
pub const STABLE_FROM: f64 = 0.8;
/// Splits into halves.
const SPLITS: u64 = 8;
/// Customers that the choice and the centres are made from, drawn where there are more.
const SAMPLE: u64 = 4_000;
/// Customers below which nothing is clustered.
const MINIMUM: usize = 200;
const STARTS: u64 = 2;
const ITERATIONS: u32 = 60;

/// How alike the clusters of two halves of the customers are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stability {
    /// Number of clusters.
    pub clusters: usize,
    /// Mean over the splits of the prediction strength: of the customers who share a cluster by one half, the share of pairs who
    /// share one by the other half too, in the cluster for which it is lowest.
    pub prediction_strength: f64,
    /// Mean over the splits of the adjusted Rand index: 1 for the same clusters, 0 for what chance would give.
    pub rand_index: f64,
}

/// A cluster's middle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClusterCentre {
    /// Its number, from 1.
    pub cluster: u8,
    /// Median of each column among its customers; shares for words.
    pub middle: Vec<(Feature, f64)>,
}

/// What clustering comes to: the number of the cluster of each customer, from 1, or none.
pub(crate) struct Clustered {
    pub(crate) stability: Vec<Stability>,
    pub(crate) chosen: Option<usize>,
    /// By place, from 0; empty where no number of clusters is stable.
    pub(crate) of: Vec<usize>,
}

/// Clusters of the customers, `codes` being their codes.
///
/// For each k the customers are split in two at random, eight times; each half is clustered, and all customers are assigned
/// by the centres of both. Chosen is the largest k whose mean prediction strength (Tibshirani & Walther 2005, J. Comput. Graph.
/// Stat. 14) is at least [`STABLE_FROM`]: the finest clusters of which every one would come out again.
pub(crate) fn cluster(behaviour: &Behaviour, codes: &[u32], seed: u64) -> Clustered {
    if codes.len() < MINIMUM {
        return Clustered { stability: Vec::new(), chosen: None, of: Vec::new() };
    }
    let points = standardised(behaviour, codes.len());
    let keep = (codes.len() as u64).div_ceil(SAMPLE);
    let sample: Vec<usize> =
        (0..codes.len()).filter(|&place| mixed(codes[place]).is_multiple_of(keep)).collect();
    let drawn = points.rows(&sample);
    let stability: Vec<Stability> = TRIED.map(|clusters| stability(&drawn, clusters, seed)).collect();
    let stable = stability.iter().rev().find(|tried| tried.prediction_strength >= STABLE_FROM);
    let chosen = stable.map(|tried| tried.clusters);
    let centres = chosen.and_then(|clusters| centres(&drawn, clusters, seed));
    let of = centres.map_or_else(Vec::new, |centres| points.nearest(&centres));
    Clustered { stability, chosen: chosen.filter(|_| !of.is_empty()), of }
}

/// The columns clusters are made of: logarithms of behaviour brought to mean 0 and standard deviation 1, then words.
///
/// Two customers with different words are as far apart as two who differ by one standard deviation. Columns without
/// spread are left out, ages too where not everybody's is known.
fn standardised(behaviour: &Behaviour, customers: usize) -> Points {
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for (feature, values) in behaviour.features.iter().zip(&behaviour.columns) {
        match feature {
            // how long ago somebody came first says when, not how, a customer buys; countries are in the rows
            Feature::CustomerAge | Feature::Country(_) => {}
            Feature::Channel(_) | Feature::Gender(_) | Feature::City(_) => {
                columns.push(values.iter().map(|value| value * std::f64::consts::FRAC_1_SQRT_2).collect());
            }
            _ if values.iter().any(|value| value.is_nan()) => {}
            _ => columns.extend(scaled(values)),
        }
    }
    let cells = (0..customers).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
    Points { width: columns.len(), cells }
}

fn scaled(values: &[f64]) -> Option<Vec<f64>> {
    let logs: Vec<f64> = values.iter().map(|value| value.max(0.0).ln_1p()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let deviation = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64).sqrt();
    (deviation > 1e-9).then(|| logs.iter().map(|log| (log - mean) / deviation).collect())
}

fn stability(points: &Points, clusters: usize, seed: u64) -> Stability {
    let split = |number: u64| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ (number << 8) ^ 0x5eed);
        let (one, other): (Vec<usize>, Vec<usize>) = (0..points.len()).partition(|_| rng.random::<bool>());
        let assigned = |half: &[usize]| {
            let centres = centres(&points.rows(half), clusters, seed ^ number)?;
            Some(points.nearest(&centres))
        };
        let both = assigned(&one).zip(assigned(&other));
        both.map_or((0.0, 0.0), |(one, other)| {
            let pairs = Pairs::of(&one, &other, clusters);
            (pairs.prediction_strength(), pairs.adjusted_rand())
        })
    };
    let found: Vec<(f64, f64)> = (0..SPLITS).into_par_iter().map(split).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| found.iter().map(of).sum::<f64>() / found.len() as f64;
    Stability { clusters, prediction_strength: mean(|of| of.0), rand_index: mean(|of| of.1) }
}

/// Centres by Lloyd's algorithm (1982) from k-means++ starts (Arthur & Vassilvitskii 2007), the best of two; `None` for fewer
/// points than clusters.
fn centres(points: &Points, clusters: usize, seed: u64) -> Option<Points> {
    if points.len() < clusters || points.width == 0 {
        return None;
    }
    let run = |start: u64| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(start).wrapping_mul(0x9e37_79b9));
        lloyd(points, plus_plus(points, clusters, &mut rng))
    };
    (0..STARTS).map(run).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(centres, _)| centres)
}

/// Moves each centre into the middle of the points nearest to it, until no point changes its centre; the sum of squared
/// distances beside them. A centre without points stays where it is.
fn lloyd(points: &Points, mut centres: Points) -> (Points, f64) {
    let (mut of, width) = (vec![usize::MAX; points.len()], points.width);
    for _ in 0..ITERATIONS {
        let (mut sums, mut counts) = (vec![0.0; centres.cells.len()], vec![0.0_f64; centres.len()]);
        let mut moved = false;
        for (point, of) in points.iter().zip(&mut of) {
            let (nearest, _) = centres.nearest_to(point);
            moved |= nearest != *of;
            *of = nearest;
            counts[nearest] += 1.0;
            sums[nearest * width..][..width].iter_mut().zip(point).for_each(|(sum, value)| *sum += value);
        }
        if !moved {
            break;
        }
        let filled = centres.cells.chunks_mut(width).zip(sums.chunks(width)).zip(&counts);
        for ((centre, sum), count) in filled.filter(|(_, count)| **count > 0.0) {
            centre.iter_mut().zip(sum).for_each(|(value, sum)| *value = sum / count);
        }
    }
    let inertia = points.iter().map(|point| centres.nearest_to(point).1).sum();
    (centres, inertia)
}

/// Each centre a point drawn with probability in proportion to its squared distance to the centres before it.
fn plus_plus(points: &Points, clusters: usize, rng: &mut Xoshiro256PlusPlus) -> Points {
    let mut chosen = vec![rng.random_range(0..points.len())];
    let mut distance = vec![f64::INFINITY; points.len()];
    while chosen.len() < clusters {
        let last = points.row(chosen[chosen.len() - 1]);
        for (point, distance) in points.iter().zip(&mut distance) {
            *distance = distance.min(squared(point, last));
        }
        let mut left = rng.random::<f64>() * distance.iter().sum::<f64>();
        let next = distance.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        chosen.push(next.unwrap_or(chosen.len() % points.len()));
    }
    points.rows(&chosen)
}

/// Points of `width` coordinates each, one after the other.
struct Points {
    width: usize,
    cells: Vec<f64>,
}

impl Points {
    fn len(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.width..][..self.width]
    }

    fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.cells.chunks_exact(self.width.max(1))
    }

    fn rows(&self, chosen: &[usize]) -> Self {
        Self { width: self.width, cells: chosen.iter().flat_map(|&row| self.row(row)).copied().collect() }
    }

    /// The row nearest to a point, the first of equals, and the squared distance.
    fn nearest_to(&self, point: &[f64]) -> (usize, f64) {
        let mut best = (0, f64::INFINITY);
        for (number, centre) in self.iter().enumerate() {
            let distance = squared(point, centre);
            if distance < best.1 {
                best = (number, distance);
            }
        }
        best
    }

    fn nearest(&self, centres: &Self) -> Vec<usize> {
        self.iter().map(|point| centres.nearest_to(point).0).collect()
    }
}

fn squared(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Pairs of points that are together in two partitions of the same points.
struct Pairs {
    /// Points of each cluster of the one in each cluster of the other.
    table: Vec<Vec<u64>>,
}

impl Pairs {
    fn of(one: &[usize], other: &[usize], clusters: usize) -> Self {
        let mut table = vec![vec![0; clusters]; clusters];
        one.iter().zip(other).for_each(|(&a, &b)| table[a][b] += 1);
        Self { table }
    }

    /// The lowest share, over the clusters of both, of a cluster's pairs that are together in the other partition; 0 where
    /// a cluster has no pair.
    fn prediction_strength(&self) -> f64 {
        let strength = |counts: &Vec<u64>| {
            let all = pairs(counts.iter().sum());
            if all > 0.0 { counts.iter().map(|&count| pairs(count)).sum::<f64>() / all } else { 0.0 }
        };
        self.table.iter().chain(&self.turned()).map(strength).fold(1.0, f64::min)
    }

    /// (index − expected) ÷ (most − expected) over the pairs together in both. Hubert & Arabie (1985), J. Classif. 2, equation
    /// 5. 1 where both hold one cluster.
    fn adjusted_rand(&self) -> f64 {
        let sizes = |table: &[Vec<u64>]| table.iter().map(|counts| pairs(counts.iter().sum())).sum::<f64>();
        let (in_one, in_other) = (sizes(&self.table), sizes(&self.turned()));
        let together: f64 = self.table.iter().flatten().map(|&count| pairs(count)).sum();
        let expected = in_one * in_other / pairs(self.table.iter().flatten().sum()).max(1.0);
        let most = (in_one + in_other) / 2.0;
        if most > expected { (together - expected) / (most - expected) } else { 1.0 }
    }

    fn turned(&self) -> Vec<Vec<u64>> {
        (0..self.table.len()).map(|b| self.table.iter().map(|counts| counts[b]).collect()).collect()
    }
}

fn pairs(count: u64) -> f64 {
    (count * count.saturating_sub(1) / 2) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something like a normal deviate: the sum of twelve uniform ones, less six.
    fn deviate(code: u32, stream: u32) -> f64 {
        let draw =
            |i: u32| (mixed(code * 31 + i * 7_919 + stream * 104_729) >> 11) as f64 / (1_u64 << 53) as f64;
        (0..12).map(draw).sum::<f64>() - 6.0
    }

    /// Customers around so many middles that lie far apart.
    fn around(middles: &[[f64; 3]]) -> Behaviour {
        let column = |axis: usize| {
            let value = |code: u32| {
                let middle = middles[code as usize % middles.len()][axis];
                (middle + 0.15 * deviate(code, axis as u32)).exp()
            };
            (0..900).map(value).collect()
        };
        let features = vec![Feature::PurchaseDays, Feature::Inactivity, Feature::Revenue];
        Behaviour { features, columns: (0..3).map(column).collect() }
    }

    #[test]
    fn planted_clusters_are_found() {
        let behaviour = around(&[[1.0, 5.0, 3.0], [4.0, 2.0, 6.0], [1.0, 1.5, 6.5], [3.0, 5.0, 8.0]]);
        let codes: Vec<u32> = (0..900).collect();
        let found = cluster(&behaviour, &codes, 7);
        assert_eq!(found.chosen, Some(4), "{:?}", found.stability);
        let planted: Vec<usize> = (0..900).map(|code| code % 4).collect();
        assert!(Pairs::of(&found.of, &planted, 4).adjusted_rand() > 0.99);
        let again = cluster(&behaviour, &codes, 7);
        assert!(again.of == found.of && again.stability == found.stability);
    }

    #[test]
    fn a_round_cloud_has_no_clusters() {
        let found = cluster(&around(&[[3.0, 3.0, 3.0]]), &(0..900).collect::<Vec<_>>(), 7);
        assert_eq!((found.chosen, found.of.len()), (None, 0), "{:?}", found.stability);
        let few = cluster(&around(&[[3.0; 3]]), &(0..50).collect::<Vec<_>>(), 7);
        assert!(few.stability.is_empty() && few.chosen.is_none());
    }

    #[test]
    fn both_measures_by_hand() {
        let of = |one: &[usize], other: &[usize]| {
            let pairs = Pairs::of(one, other, 2);
            (pairs.prediction_strength(), pairs.adjusted_rand())
        };
        // together in both: one pair of 3 and 2; expected 3 · 2 ÷ 6 = 1, most (3 + 2) ÷ 2; the last point has no pair
        assert_eq!(of(&[0, 0, 0, 1], &[0, 0, 1, 1]), (0.0, 0.0));
        assert_eq!(of(&[0, 0, 1, 1], &[1, 1, 0, 0]), (1.0, 1.0));
        // of the three pairs of the first cluster one stays together
        assert_eq!(of(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1]).0, 1.0 / 3.0);
        assert_eq!(of(&[0, 0, 0], &[0, 0, 0]).1, 1.0);
    }
}
