//! A segment in words: the best leaf of a small classification tree, tested on customers it has not seen.
//!
//! The tree is ours. linfa-trees sums its impurities over a `HashMap`, whose order changes from fit to fit, so equal
//! gains are broken differently each time; and it looks at every row for every node and column where some twenty segments
//! are described at once. This one counts in quantile bins, breaks ties by column and cut, and gives the same words
//! for the same shop.

use patron_analytics::wilson;
use serde::Serialize;

use super::behaviour::{Behaviour, Feature};
use super::words;

/// Splits from the root to a leaf, at most: more would be no sentence.
const DEPTH: usize = 3;
/// Cuts looked at in a column.
const CUTS: usize = 60;
/// Customers looked at: more change the words no further.
const SAMPLE: u64 = 20_000;
/// Customers below which nothing is described, and those a segment needs among the ones learned from.
const MINIMUM: usize = 60;
const MINIMUM_MEMBERS: usize = 8;

/// A bound on one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Condition {
    /// The column.
    pub feature: Feature,
    /// Values above this; `None` for no lower bound.
    pub above: Option<f64>,
    /// Values up to this; `None` for no upper bound.
    pub up_to: Option<f64>,
}

/// Who is in a segment, mostly.
///
/// The tree learns from two of three customers; every number here is counted on the third.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// All of them hold.
    pub conditions: Vec<Condition>,
    /// The same in words: `bought on more than 4 days, last bought at most 60 days ago`.
    pub words: String,
    /// Customers counted on: one in three, of a sample where there are very many.
    pub tested_on: u64,
    /// Those for whom the rule holds.
    pub matching: u64,
    /// Share of those who are in the segment: "87 % of them are A".
    pub precision: f64,
    /// Its 95 % interval (Wilson).
    pub precision_interval: (f64, f64),
    /// Share of the segment for whom the rule holds.
    pub coverage: f64,
    /// Share of all whom the whole tree puts on the right side: in the segment, or not.
    pub tree_accuracy: f64,
    /// What always saying the commoner side would get right.
    pub baseline_accuracy: f64,
}

/// Columns cut into bins once, to describe many segments by.
pub(crate) struct Describer {
    features: Vec<Feature>,
    /// Ascending; bin b of a column holds the values up to cut b and above cut b − 1.
    cuts: Vec<Vec<f64>>,
    /// By column, then by position in `learned` and `tested` one after the other.
    bins: Vec<Vec<u8>>,
    /// Places of the customers learned from, then of those tested on.
    places: Vec<usize>,
    learned: usize,
}

/// A side of a cut of a column, by number.
#[derive(Clone, Copy)]
struct Side {
    column: usize,
    cut: u8,
    above: bool,
}

struct Leaf {
    path: Vec<Side>,
    rows: usize,
    hits: usize,
}

impl Describer {
    /// `codes` are those of the customers, in order of their places: which third a customer is in depends on nothing else.
    pub(crate) fn new(behaviour: &Behaviour, codes: &[u32]) -> Self {
        let keep = (codes.len() as u64).div_ceil(SAMPLE).max(1);
        let drawn = |place: &usize| (mixed(codes[*place]) / 3).is_multiple_of(keep);
        let (tested, mut places): (Vec<usize>, Vec<usize>) =
            (0..codes.len()).filter(drawn).partition(|&place| mixed(codes[place]).is_multiple_of(3));
        let learned = places.len();
        places.extend(tested);
        let columns = || behaviour.columns.iter();
        let cuts: Vec<Vec<f64>> =
            columns().map(|column| cuts(places[..learned].iter().map(|&place| column[place]))).collect();
        let binned = |(column, cuts): (&Vec<f64>, &Vec<f64>)| {
            let bin = |value: f64| cuts.partition_point(|cut| value > *cut || value.is_nan()) as u8;
            places.iter().map(|&place| bin(column[place])).collect()
        };
        let bins = columns().zip(&cuts).map(binned).collect();
        Self { features: behaviour.features.clone(), cuts, bins, places, learned }
    }

    /// The rule that tells the members (by place) best from the others.
    ///
    /// Of the tree's leaves it is the one with the highest F₁ among those learned from: 2 · hits ÷ (rows of the leaf +
    /// members).
    pub(crate) fn describe(&self, member: &[bool]) -> Option<Description> {
        let is_member: Vec<bool> = self.places.iter().map(|&place| member[place]).collect();
        let members = is_member[..self.learned].iter().filter(|is| **is).count();
        if self.places.len() < MINIMUM || members < MINIMUM_MEMBERS || members == self.learned {
            return None;
        }
        let mut leaves = Vec::new();
        let least = (self.learned / 100).max(5);
        self.grow((0..self.learned).collect(), &is_member, least, &mut Vec::new(), &mut leaves);
        let f1 = |leaf: &Leaf| 2.0 * leaf.hits as f64 / (leaf.rows + members) as f64;
        let best = leaves.iter().max_by(|a, b| f1(a).total_cmp(&f1(b)).then(b.rows.cmp(&a.rows)))?;
        let conditions = self.conditions(&best.path);
        let tested: Vec<usize> = (self.learned..self.places.len()).collect();
        let in_segment = tested.iter().filter(|&&row| is_member[row]).count();
        let matching: Vec<usize> =
            tested.iter().copied().filter(|&row| self.holds(&best.path, row)).collect();
        let hits = matching.iter().filter(|&&row| is_member[row]).count();
        if conditions.is_empty() || matching.is_empty() || in_segment == 0 {
            return None;
        }
        let right = |row: &&usize| {
            let leaf = leaves.iter().find(|leaf| self.holds(&leaf.path, **row));
            leaf.is_some_and(|leaf| (2 * leaf.hits > leaf.rows) == is_member[**row])
        };
        Some(Description {
            words: words::of(&conditions),
            conditions,
            tested_on: tested.len() as u64,
            matching: matching.len() as u64,
            precision: hits as f64 / matching.len() as f64,
            precision_interval: wilson(hits as u64, matching.len() as u64),
            coverage: hits as f64 / in_segment as f64,
            tree_accuracy: tested.iter().filter(right).count() as f64 / tested.len() as f64,
            baseline_accuracy: in_segment.max(tested.len() - in_segment) as f64 / tested.len() as f64,
        })
    }

    fn grow(
        &self,
        rows: Vec<usize>,
        member: &[bool],
        least: usize,
        path: &mut Vec<Side>,
        out: &mut Vec<Leaf>,
    ) {
        let hits = rows.iter().filter(|&&row| member[row]).count();
        let split = (path.len() < DEPTH).then(|| self.best_split(&rows, hits, member, least)).flatten();
        let Some((column, cut)) = split else {
            out.push(Leaf { path: path.clone(), rows: rows.len(), hits });
            return;
        };
        let (below, above): (Vec<usize>, Vec<usize>) =
            rows.into_iter().partition(|&row| self.bins[column][row] <= cut);
        for (rows, side) in [(below, false), (above, true)] {
            path.push(Side { column, cut, above: side });
            self.grow(rows, member, least, path, out);
            path.pop();
        }
    }

    /// The split that lowers Gini's impurity most: the first column, then the lowest cut, of equals.
    fn best_split(&self, rows: &[usize], hits: usize, member: &[bool], least: usize) -> Option<(usize, u8)> {
        // n · Gini of two classes ÷ 2
        let impurity = |hits: usize, rows: usize| hits as f64 * (rows - hits) as f64 / rows.max(1) as f64;
        let mut best = (impurity(hits, rows.len()) - 1e-9, None);
        for (column, bins) in self.bins.iter().enumerate() {
            let mut counts = vec![(0_usize, 0_usize); self.cuts[column].len() + 1];
            for &row in rows {
                let count = &mut counts[usize::from(bins[row])];
                *count = (count.0 + 1, count.1 + usize::from(member[row]));
            }
            let (mut below, mut below_hits) = (0, 0);
            for (cut, (count, count_hits)) in counts[..self.cuts[column].len()].iter().enumerate() {
                (below, below_hits) = (below + count, below_hits + count_hits);
                let above = rows.len() - below;
                if below < least || above < least {
                    continue;
                }
                let after = impurity(below_hits, below) + impurity(hits - below_hits, above);
                if after < best.0 {
                    best = (after, Some((column, cut as u8)));
                }
            }
        }
        best.1
    }

    fn holds(&self, path: &[Side], row: usize) -> bool {
        path.iter().all(|side| (self.bins[side.column][row] > side.cut) == side.above)
    }

    /// The path with the bounds of a column drawn together, columns in their own order.
    fn conditions(&self, path: &[Side]) -> Vec<Condition> {
        let of_column = |column: usize| {
            let sides = || path.iter().filter(move |side| side.column == column);
            let cut = |side: &Side| self.cuts[column][usize::from(side.cut)];
            let above = sides().filter(|side| side.above).map(cut).max_by(f64::total_cmp);
            let up_to = sides().filter(|side| !side.above).map(cut).min_by(f64::total_cmp);
            Condition { feature: self.features[column].clone(), above, up_to }
        };
        let columns = (0..self.features.len()).map(of_column);
        columns.filter(|condition| condition.above.is_some() || condition.up_to.is_some()).collect()
    }
}

/// Quantiles of the values, whole numbers or two digits long so that they can be said, ascending, the largest left out.
fn cuts(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(&most) = sorted.last() else {
        return Vec::new();
    };
    let whole = sorted.iter().all(|value| value.fract() == 0.0);
    let at = |part: usize| sorted[part * sorted.len() / CUTS];
    let mut cuts: Vec<f64> = (0..CUTS).map(at).map(|value| readable(value, whole)).collect();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    cuts.retain(|cut| *cut < most);
    cuts
}

/// Small whole numbers as they are, everything else to two digits.
fn readable(value: f64, whole: bool) -> f64 {
    if value == 0.0 || (whole && value.abs() < 100.0) {
        return value;
    }
    let step = 10.0_f64.powi(value.abs().log10().floor() as i32 - 1);
    let rounded = (value / step).round() * step;
    // what the multiplication leaves behind the decimals that count
    (rounded * 1e6).round() / 1e6
}

/// A number that has nothing to do with the order of the codes: the finaliser of SplitMix64 (Steele, Lea & Flood 2014).
pub(crate) fn mixed(code: u32) -> u64 {
    let mut bits = u64::from(code).wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 600 customers: members buy on more than 4 days and were here within 60 days; the rest is chance.
    fn planted() -> (Behaviour, Vec<bool>) {
        let days: Vec<f64> =
            (0..600_u32).map(|code| (mixed(code) >> 7) % 10).map(|day| day as f64 + 1.0).collect();
        let away: Vec<f64> = (0..600_u32).map(|code| ((mixed(code) >> 20) % 50) as f64 * 4.0).collect();
        let noise: Vec<f64> = (0..600_u32).map(|code| ((mixed(code) >> 40) % 97) as f64 * 1.7).collect();
        let member = days.iter().zip(&away).map(|(days, away)| *days > 4.0 && *away <= 60.0).collect();
        let features = vec![Feature::PurchaseDays, Feature::Inactivity, Feature::Revenue];
        (Behaviour { features, columns: vec![days, away, noise] }, member)
    }

    #[test]
    fn the_planted_rule_is_found_and_said() {
        let (behaviour, member) = planted();
        let codes: Vec<u32> = (0..600).collect();
        let found = Describer::new(&behaviour, &codes).describe(&member).unwrap();
        assert_eq!(found.words, "bought on more than 4 days, last bought at most 60 days ago");
        assert_eq!((found.precision, found.coverage, found.tree_accuracy), (1.0, 1.0, 1.0));
        assert!(found.baseline_accuracy < 0.9 && found.tested_on > 150 && found.tested_on < 250, "{found:?}");
        let again = Describer::new(&behaviour, &codes).describe(&member).unwrap();
        assert_eq!(found, again);
    }

    #[test]
    fn chance_is_not_described_as_knowledge() {
        let (behaviour, _) = planted();
        let codes: Vec<u32> = (0..600).collect();
        let describer = Describer::new(&behaviour, &codes);
        let by_chance = |draw: u32| {
            let is = |code: u32| mixed(code + 1_000 * draw + 1_000).is_multiple_of(2);
            describer.describe(&(0..600).map(is).collect::<Vec<_>>()).unwrap()
        };
        // counted on customers the tree has not seen, so rules about nothing look like nothing
        let found: Vec<Description> = (0..40).map(by_chance).collect();
        let mean = |of: fn(&Description) -> f64| found.iter().map(of).sum::<f64>() / 40.0;
        assert!((mean(|of| of.precision) - 0.5).abs() < 0.03, "{}", mean(|of| of.precision));
        assert!(mean(|of| of.tree_accuracy) < mean(|of| of.baseline_accuracy));
        let everybody = vec![true; 600];
        assert_eq!(Describer::new(&behaviour, &codes).describe(&everybody), None);
        let few = Behaviour { columns: vec![vec![1.0; 20]; 3], ..behaviour };
        assert_eq!(Describer::new(&few, &codes[..20]).describe(&[true; 20]), None);
    }

    #[test]
    fn cuts_can_be_said() {
        assert_eq!(readable(1_234.5, false), 1_200.0);
        assert_eq!(readable(0.0374, false), 0.037);
        assert_eq!((readable(87.0, true), readable(187.0, true)), (87.0, 190.0));
        assert_eq!(cuts([1.0, 1.0, 2.0, 3.0].into_iter()), [1.0, 2.0]);
        assert!(cuts([f64::NAN].into_iter()).is_empty() && cuts([5.0; 9].into_iter()).is_empty());
    }
}
