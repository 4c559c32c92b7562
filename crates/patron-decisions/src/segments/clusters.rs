//! Clusters: k-means on how customers behave, as many as come out again on other customers.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array2, ArrayView2};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::Serialize;

use super::behaviour::{Behaviour, Feature};
use super::rule::mixed;

/// Numbers of clusters that are tried.
pub const TRIED: std::ops::RangeInclusive<usize> = 2..=8;
/// Mean adjusted Rand index from which a number of clusters counts as stable.
pub const STABLE_FROM: f64 = 0.8;
/// Splits into halves.
const SPLITS: u64 = 8;
/// Customers that the choice and the centres are made from, drawn where there are more.
const SAMPLE: u64 = 4_000;
/// Customers below which nothing is clustered.
const MINIMUM: usize = 200;
const STARTS: u64 = 2;
const ITERATIONS: u64 = 60;

/// How alike the clusters of two halves of the customers are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stability {
    /// Number of clusters.
    pub clusters: usize,
    /// Mean over the splits of the adjusted Rand index: 1 for the same clusters, 0 for what chance would give.
    pub rand_index: f64,
    /// The lowest of them.
    pub lowest: f64,
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
/// For each k the customers are split in two at random, eight times; each half is clustered, all customers are assigned by
/// the centres of both, and the two assignments are compared by the adjusted Rand index (Hubert & Arabie 1985). Chosen is
/// the largest k whose mean is at least [`STABLE_FROM`]: the finest description that would come out again.
pub(crate) fn cluster(behaviour: &Behaviour, codes: &[u32], seed: u64) -> Clustered {
    if codes.len() < MINIMUM {
        return Clustered { stability: Vec::new(), chosen: None, of: Vec::new() };
    }
    let points = standardised(behaviour, codes.len());
    let keep = (codes.len() as u64).div_ceil(SAMPLE);
    let sample: Vec<usize> =
        (0..codes.len()).filter(|&place| mixed(codes[place]).is_multiple_of(keep)).collect();
    let drawn = rows(points.view(), &sample);
    let stability: Vec<Stability> = TRIED.map(|clusters| stability(drawn.view(), clusters, seed)).collect();
    let stable = stability.iter().rev().find(|tried| tried.rand_index >= STABLE_FROM);
    let chosen = stable.map(|tried| tried.clusters);
    let centres = chosen.and_then(|clusters| centres(drawn.view(), clusters, seed));
    let of = centres.map_or_else(Vec::new, |centres| nearest(points.view(), centres.view()));
    Clustered { stability, chosen: chosen.filter(|_| !of.is_empty()), of }
}

/// The columns clusters are made of: logarithms of behaviour brought to mean 0 and standard deviation 1, then words.
///
/// Two customers with different words are as far apart as two who differ by one standard deviation. Columns without
/// spread are left out, ages too where not everybody's is known.
fn standardised(behaviour: &Behaviour, customers: usize) -> Array2<f64> {
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
    Array2::from_shape_fn((customers, columns.len()), |(row, column)| columns[column][row])
}

fn scaled(values: &[f64]) -> Option<Vec<f64>> {
    let logs: Vec<f64> = values.iter().map(|value| value.max(0.0).ln_1p()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let deviation = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64).sqrt();
    (deviation > 1e-9).then(|| logs.iter().map(|log| (log - mean) / deviation).collect())
}

fn stability(points: ArrayView2<'_, f64>, clusters: usize, seed: u64) -> Stability {
    let split = |number: u64| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ (number << 8) ^ 0x5eed);
        let (one, other): (Vec<usize>, Vec<usize>) = (0..points.nrows()).partition(|_| rng.random::<bool>());
        let assigned = |half: &[usize]| {
            let centres = centres(rows(points, half).view(), clusters, seed ^ number)?;
            Some(nearest(points, centres.view()))
        };
        assigned(&one).zip(assigned(&other)).map_or(0.0, |(one, other)| adjusted_rand(&one, &other))
    };
    let indices: Vec<f64> = (0..SPLITS).into_par_iter().map(split).collect();
    let rand_index = indices.iter().sum::<f64>() / indices.len() as f64;
    Stability { clusters, rand_index, lowest: indices.iter().copied().fold(1.0, f64::min) }
}

/// Centres by Lloyd's algorithm from k-means++ starts (Arthur & Vassilvitskii 2007), the best of two; `None` for fewer
/// points than clusters.
fn centres(points: ArrayView2<'_, f64>, clusters: usize, seed: u64) -> Option<Array2<f64>> {
    if points.nrows() < clusters || points.ncols() == 0 {
        return None;
    }
    let data = DatasetBase::from(points);
    let run = |start: u64| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(start).wrapping_mul(0x9e37_79b9));
        let begin = plus_plus(points, clusters, &mut rng);
        // the starts are given, so the generator inside linfa draws nothing
        let params = KMeans::params(clusters).init_method(KMeansInit::Precomputed(begin));
        params.n_runs(1).tolerance(1e-3).max_n_iterations(ITERATIONS).fit(&data).ok()
    };
    let best = (0..STARTS).filter_map(run).min_by(|a, b| a.inertia().total_cmp(&b.inertia()))?;
    Some(best.centroids().clone())
}

/// Each centre a point drawn with probability in proportion to its squared distance to the centres before it.
fn plus_plus(points: ArrayView2<'_, f64>, clusters: usize, rng: &mut Xoshiro256PlusPlus) -> Array2<f64> {
    let mut chosen = vec![rng.random_range(0..points.nrows())];
    let mut distance = vec![f64::INFINITY; points.nrows()];
    while chosen.len() < clusters {
        let last = points.row(chosen[chosen.len() - 1]);
        for (row, distance) in points.rows().into_iter().zip(&mut distance) {
            *distance = distance.min(squared(row.iter(), last.iter()));
        }
        let mut left = rng.random::<f64>() * distance.iter().sum::<f64>();
        let next = distance.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        chosen.push(next.unwrap_or(chosen.len() % points.nrows()));
    }
    rows(points, &chosen)
}

fn nearest(points: ArrayView2<'_, f64>, centres: ArrayView2<'_, f64>) -> Vec<usize> {
    let of = |row: ndarray::ArrayView1<'_, f64>| {
        let distance = |centre: ndarray::ArrayView1<'_, f64>| squared(row.iter(), centre.iter());
        let distances = centres.rows().into_iter().map(distance).enumerate();
        distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(number, _)| number)
    };
    points.rows().into_iter().map(of).collect()
}

fn squared<'v>(one: impl Iterator<Item = &'v f64>, other: impl Iterator<Item = &'v f64>) -> f64 {
    one.zip(other).map(|(a, b)| (a - b).powi(2)).sum()
}

fn rows(points: ArrayView2<'_, f64>, chosen: &[usize]) -> Array2<f64> {
    points.select(ndarray::Axis(0), chosen)
}

/// Adjusted Rand index of two partitions of the same points: (index − expected) ÷ (most − expected) over pairs of points
/// that are together in both. Hubert & Arabie (1985), J. Classif. 2, equation 5. 1 where both hold one cluster.
fn adjusted_rand(one: &[usize], other: &[usize]) -> f64 {
    let most = |labels: &[usize]| labels.iter().max().map_or(0, |label| label + 1);
    let (width, height) = (most(one), most(other));
    let mut table = vec![0_u64; width * height];
    one.iter().zip(other).for_each(|(&a, &b)| table[a * height + b] += 1);
    let pairs = |count: u64| (count * count.saturating_sub(1) / 2) as f64;
    let together: f64 = table.iter().map(|&count| pairs(count)).sum();
    let sum = |counts: Vec<u64>| counts.into_iter().map(pairs).sum::<f64>();
    let in_one = sum((0..width).map(|a| table[a * height..(a + 1) * height].iter().sum()).collect());
    let in_other = sum((0..height).map(|b| (0..width).map(|a| table[a * height + b]).sum()).collect());
    let expected = in_one * in_other / pairs(one.len() as u64).max(1.0);
    let highest = (in_one + in_other) / 2.0;
    if highest > expected { (together - expected) / (highest - expected) } else { 1.0 }
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
        assert!(adjusted_rand(&found.of, &planted) > 0.99);
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
    fn the_index_by_hand() {
        // together in both: 1 pair of 3 and of 2; expected 3 · 2 ÷ 6 = 1, most (3 + 2) ÷ 2
        assert_eq!(adjusted_rand(&[0, 0, 0, 1], &[0, 0, 1, 1]), 0.0);
        assert_eq!(adjusted_rand(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
        assert_eq!(adjusted_rand(&[0, 0, 0], &[0, 0, 0]), 1.0);
    }
}
