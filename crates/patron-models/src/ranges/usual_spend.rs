//! "If they do, usually 300 to 1,100": what customers who buy spend, as a range for 8 of 10.

use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::{Outcome, View};
use crate::btyd::Btyd;
use crate::candidates::Study;
use crate::forecaster::is_usual;

/// Shares of the customers below the low and below the high end.
const ENDS: [f64; 2] = [0.1, 0.9];
/// Customers it takes for ends of their own, most such strata, and fewest customers to say anything.
const STRATUM: usize = 100;
const MOST_STRATA: usize = 4;
const FEWEST: usize = 50;
/// Lengths that pass for three months, as a factor.
const ABOUT: f64 = 1.5;

/// How the ranges of what buyers would usually spend held on a date that has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Customers who bought in the horizon and had a range at the origin.
    pub buyers: u64,
    /// Those who spent an amount within it, ends included; made for 8 in 10.
    pub inside: u64,
    /// Those who spent less (net of returns).
    pub below: u64,
    /// Those who spent more.
    pub above: u64,
}

impl Coverage {
    /// Counts the buyers among `outcomes`, each beside its range.
    pub(crate) fn of(outcomes: &[Outcome], ranges: &[Option<[f64; 2]>]) -> Self {
        let mut coverage = Self::default();
        for (outcome, range) in outcomes.iter().zip(ranges) {
            let Some([low, high]) = range.filter(|_| outcome.purchases > 0) else { continue };
            coverage.buyers += 1;
            coverage.below += u64::from(outcome.net < low);
            coverage.above += u64::from(outcome.net > high);
        }
        coverage.inside = coverage.buyers - coverage.below - coverage.above;
        coverage
    }

    /// Share inside; `None` without buyers.
    pub fn share(&self) -> Option<f64> {
        (self.buyers > 0).then(|| self.inside as f64 / self.buyers as f64)
    }
}

/// Quantiles of (spent ÷ expected of a buyer), learned at earlier origins; one-time buyers apart from others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct UsualSpend {
    one_time: Vec<Knot>,
    repeat: Vec<Knot>,
}

/// The middle of a stratum: what its buyers were expected to spend, and the ends of what they spent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Knot {
    expected: f64,
    ends: [f64; 2],
}

/// A buyer at an earlier origin.
#[derive(Clone, Copy)]
struct Buyer {
    repeat: bool,
    expected: f64,
    spent: f64,
}

impl UsualSpend {
    /// Learns three months' spending at the study's origins, or, where those look ahead for much longer or shorter,
    /// at origins of its own.
    pub(crate) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let quarter = study.quarterly()?;
        let study = quarter.as_ref().unwrap_or(study);
        if study.origins.is_empty() {
            return Ok(Self::default());
        }
        let mut buyers = Vec::new();
        for (view, outcomes, btyd) in study.training(crate::ForecasterName::Blend)?.past() {
            let expected = btyd.spend_if_bought(view, study.base_days)?;
            let rows = view.seen.iter().zip(expected).zip(outcomes);
            let bought = rows.filter(|((_, expected), outcome)| outcome.purchases > 0 && *expected > 0.0);
            buyers.extend(bought.map(|((seen, expected), outcome)| Buyer {
                repeat: seen.history.history.frequency > 0,
                expected,
                spent: outcome.net,
            }));
        }
        Ok(Self::learn(&buyers))
    }

    fn learn(buyers: &[Buyer]) -> Self {
        let of = |repeat: bool| {
            let own: Vec<Buyer> = buyers.iter().copied().filter(|buyer| buyer.repeat == repeat).collect();
            if own.len() < STRATUM { knots(buyers.to_vec()) } else { knots(own) }
        };
        Self { one_time: of(false), repeat: of(true) }
    }

    /// Whether every number in it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        let sound = |knot: &Knot| {
            let [low, high] = knot.ends;
            knot.expected > 0.0 && 0.0 < low && low <= high && is_usual(knot.expected) && is_usual(high)
        };
        [&self.one_time, &self.repeat].into_iter().all(|knots| {
            let grow = knots.windows(2).all(|pair| pair[0].expected < pair[1].expected);
            knots.len() <= MOST_STRATA && grow && knots.iter().all(sound)
        })
    }

    /// Low and high end per customer of `view`, in its order; `None` where nothing could be learned.
    pub(crate) fn ranges(
        &self,
        btyd: &Btyd,
        view: &View<'_>,
        days: u32,
    ) -> Result<Vec<Option<[f64; 2]>>, ModelError> {
        let expected = btyd.spend_if_bought(view, days)?;
        let one = |(seen, expected): (&crate::book::Seen<'_>, f64)| {
            let repeat = seen.history.history.frequency > 0;
            range(if repeat { &self.repeat } else { &self.one_time }, expected)
        };
        Ok(view.seen.iter().zip(expected).map(one).collect())
    }
}

/// Whether `days` pass for the three months that are `quarter` days.
pub(crate) fn about_three_months(days: u32, quarter: u32) -> bool {
    let (days, quarter) = (f64::from(days), f64::from(quarter));
    days <= quarter * ABOUT && quarter <= days * ABOUT
}

/// Strata of equal size by expectation. Ends are made to grow with the expectation and to be above zero; without
/// that many buyers, or where a tenth of them sent everything back, there are no knots.
fn knots(mut buyers: Vec<Buyer>) -> Vec<Knot> {
    if buyers.len() < FEWEST {
        return Vec::new();
    }
    buyers.sort_by(|a, b| a.expected.total_cmp(&b.expected).then(a.spent.total_cmp(&b.spent)));
    let strata = (buyers.len() / STRATUM).clamp(1, MOST_STRATA);
    let mut knots: Vec<Knot> = Vec::new();
    for stratum in 0..strata {
        let members = &buyers[stratum * buyers.len() / strata..(stratum + 1) * buyers.len() / strata];
        let mut ratios: Vec<f64> = members.iter().map(|buyer| buyer.spent / buyer.expected).collect();
        ratios.sort_by(f64::total_cmp);
        let expected = members[members.len() / 2].expected;
        let ends = ENDS.map(|share| quantile(&ratios, share) * expected);
        let before = knots.last().map_or([0.0; 2], |knot| knot.ends);
        knots.push(Knot { expected, ends: [ends[0].max(before[0]), ends[1].max(before[1])] });
    }
    knots.retain(|knot| knot.ends[0] > 0.0);
    knots.dedup_by(|later, earlier| later.expected <= earlier.expected);
    knots
}

/// The value with `share` of future draws below it: place share × (n + 1), between neighbours in proportion.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, sorted.len() as f64 - 1.0);
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (place - place.floor()) * (high - low)
}

/// Between knots both ends are interpolated on logarithmic scales; beyond the outer ones they keep their ratio to
/// the expectation.
fn range(knots: &[Knot], expected: f64) -> Option<[f64; 2]> {
    if !(expected > 0.0 && expected.is_finite()) {
        return None;
    }
    let after = knots.partition_point(|knot| knot.expected < expected);
    let (low, high) =
        (knots.get(after.wrapping_sub(1)).or(knots.first())?, knots.get(after).or(knots.last())?);
    if low.expected == high.expected {
        return Some(low.ends.map(|end| end * expected / low.expected));
    }
    let share = (expected / low.expected).ln() / (high.expected / low.expected).ln();
    let between = |end: usize| low.ends[end] * (high.ends[end] / low.ends[end]).powf(share);
    Some([between(0), between(1)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn buyers(count: usize, repeat: bool, expected: f64) -> Vec<Buyer> {
        (1..=count).map(|k| Buyer { repeat, expected, spent: k as f64 }).collect()
    }

    #[test] // places 0.1·101 and 0.9·101 of 1 … 100
    fn ends_by_hand() {
        let learned = UsualSpend::learn(&buyers(100, false, 10.0));
        let [low, high] = range(&learned.one_time, 20.0).unwrap();
        assert!((low - 20.2).abs() < 1e-9 && (high - 181.8).abs() < 1e-9, "{low} {high}");
        // nobody bought twice before: what is known of one-time buyers serves
        assert_eq!(range(&learned.repeat, 20.0), Some([low, high]));
        assert_eq!(range(&learned.repeat, 0.0), None);
    }

    #[test]
    fn too_few_buyers_and_too_many_returns_say_nothing() {
        assert_eq!(range(&UsualSpend::learn(&buyers(49, false, 10.0)).one_time, 10.0), None);
        let mut returning = buyers(100, true, 10.0);
        returning.iter_mut().take(20).for_each(|buyer| buyer.spent = -5.0);
        assert_eq!(range(&UsualSpend::learn(&returning).repeat, 10.0), None);
    }

    #[test]
    fn coverage_counts_buyers_with_a_range() {
        let outcome = |purchases, net: f64| Outcome { net, value: net.max(0.0), purchases };
        let outcomes =
            [outcome(1, 5.0), outcome(2, 50.0), outcome(1, 500.0), outcome(0, 0.0), outcome(1, 5.0)];
        let range = Some([5.0, 60.0]);
        let coverage = Coverage::of(&outcomes, &[range, range, range, range, None]);
        assert_eq!(coverage, Coverage { buyers: 3, inside: 2, below: 0, above: 1 });
        assert_eq!((coverage.share(), Coverage::default().share()), (Some(2.0 / 3.0), None));
    }

    #[test]
    fn three_months_or_nearly() {
        assert!(about_three_months(90, 92) && about_three_months(62, 91) && about_three_months(120, 91));
        assert!(!about_three_months(30, 91) && !about_three_months(365, 91));
    }

    proptest! {
        #[test]
        fn ends_are_in_order_grow_and_follow_the_currency(
            rows in prop::collection::vec((any::<bool>(), 0.01..1e4_f64, -0.1..8.0_f64), 50..900),
            expected in prop::collection::vec(1e-3..1e5_f64, 2..20),
            rate in 1e-3..1e3_f64,
        ) {
            let at = |rate: f64| -> Vec<Buyer> {
                let one = |&(repeat, expected, ratio): &(bool, f64, f64)| {
                    Buyer { repeat, expected: expected * rate, spent: expected * ratio * rate }
                };
                rows.iter().map(one).collect()
            };
            let (here, there) = (UsualSpend::learn(&at(1.0)), UsualSpend::learn(&at(rate)));
            let mut expected = expected;
            expected.sort_by(f64::total_cmp);
            for (knots, others) in [(&here.one_time, &there.one_time), (&here.repeat, &there.repeat)] {
                let mut before = [0.0; 2];
                for &value in &expected {
                    let Some([low, high]) = range(knots, value) else { continue };
                    prop_assert!(0.0 < low && low <= high && high.is_finite());
                    prop_assert!(low >= before[0] * (1.0 - 1e-9) && high >= before[1] * (1.0 - 1e-9));
                    before = [low, high];
                    let [other_low, other_high] = range(others, value * rate).unwrap();
                    prop_assert!((other_low / rate - low).abs() < 1e-6 * low);
                    prop_assert!((other_high / rate - high).abs() < 1e-6 * high);
                }
            }
        }
    }
}
