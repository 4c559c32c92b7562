//! Whether recommendations would have been right: made as of a day, judged by what was bought after it.

use patron_columns::{RollupError, RollupSource};
use patron_domain::Day;
use rayon::prelude::*;
use serde::Serialize;

use super::bootstrap::{Interval, paired_difference};
use super::{NeighbourSettings, Purchased, Purchases, Recommender};

/// What recommendations have to beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// The products with the most customers, the same for everybody.
    MostPopular,
    /// The same without what the customer bought before.
    MostPopularNotYetBought,
    /// What the customer bought before, the latest first.
    BoughtBeforeLatest,
    /// What the customer bought before, the most frequent first (then the latest).
    BoughtBeforeOften,
}

/// How well lists of k products met what was bought.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ListScore {
    /// Customers with at least one product of the list among those they bought ÷ all that are judged.
    pub hit_rate: f64,
    /// Mean share of a customer's bought products that were on the list.
    pub recall: f64,
    /// Different products on any list ÷ products bought by anybody before.
    pub coverage: f64,
}

/// Recommendations beside a baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgainstBaseline {
    /// Which one.
    pub baseline: Baseline,
    /// How well it did.
    pub score: ListScore,
    /// Hit rate of the recommendations less that of the baseline, with a 95 % bootstrap interval over customers.
    pub hit_rate: Interval,
    /// The same of the recall.
    pub recall: Interval,
}

/// One kind of recommendation on a later period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindEvaluation {
    /// Customers that are judged: known at the as-of date and with a purchase of this kind in the period.
    pub customers: u64,
    /// How well the recommendations did.
    pub score: ListScore,
    /// Beside each baseline.
    pub against: Vec<AgainstBaseline>,
}

/// Both kinds on a later period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The day up to which recommendations had seen.
    pub as_of: Day,
    /// The last day of the period that they are judged by.
    pub until: Day,
    /// Products a list holds.
    pub k: usize,
    /// Products that were new to the customer, by those first bought in the period.
    pub new: KindEvaluation,
    /// Products bought before, by those bought again in the period.
    pub again: KindEvaluation,
}

/// Makes lists of `k` products as of `as_of` and judges them by the `days` after it. The bootstrap draws 1,000 times from
/// `seed`. Nothing after `as_of` enters the lists, nothing after the period enters at all; rates are 0 where nobody is
/// judged.
///
/// # Errors
/// As the source fails.
pub fn evaluate(
    source: &dyn RollupSource,
    as_of: Day,
    days: u32,
    k: usize,
    settings: &NeighbourSettings,
    seed: u64,
) -> Result<Evaluation, RollupError> {
    let until = as_of.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
    let later = Purchases::between(source, as_of, until)?;
    let recommender = Recommender::new(Purchases::until(source, as_of)?, settings);
    let judge = Judge { recommender: &recommender, later: &later, k };
    use Baseline::{BoughtBeforeLatest, BoughtBeforeOften, MostPopular, MostPopularNotYetBought};
    Ok(Evaluation {
        as_of,
        until,
        k,
        new: judge.kind(true, &[MostPopularNotYetBought, MostPopular], seed),
        again: judge.kind(false, &[BoughtBeforeOften, BoughtBeforeLatest, MostPopular], seed),
    })
}

/// The settings among `candidates` whose new products had the highest mean hit rate over some earlier origins, with that
/// rate; the first of equal ones. `None` without candidates or origins.
///
/// # Errors
/// As the source fails.
pub fn choose_settings(
    source: &dyn RollupSource,
    origins: &[Day],
    days: u32,
    k: usize,
    candidates: &[NeighbourSettings],
) -> Result<Option<(NeighbourSettings, f64)>, RollupError> {
    let mut sums = vec![0.0; candidates.len()];
    for &as_of in origins {
        let until = as_of.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
        let later = Purchases::between(source, as_of, until)?;
        let earlier = Purchases::until(source, as_of)?;
        for (settings, sum) in candidates.iter().zip(&mut sums) {
            let recommender = Recommender::new(earlier.clone(), settings);
            let judge = Judge { recommender: &recommender, later: &later, k };
            *sum += judge.kind(true, &[], 0).score.hit_rate;
        }
    }
    let mut best: Option<(NeighbourSettings, f64)> = None;
    for (settings, sum) in candidates.iter().zip(sums) {
        let mean = sum / origins.len().max(1) as f64;
        if !origins.is_empty() && best.is_none_or(|(_, known)| mean > known) {
            best = Some((*settings, mean));
        }
    }
    Ok(best)
}

struct Judge<'a> {
    recommender: &'a Recommender,
    later: &'a Purchases,
    k: usize,
}

/// One customer's list beside what was bought.
struct Met {
    list: Vec<u32>,
    hit: f64,
    recall: f64,
}

impl Judge<'_> {
    fn kind(&self, new: bool, baselines: &[Baseline], seed: u64) -> KindEvaluation {
        let relevant: Vec<(u32, Vec<u32>)> = (0..self.later.customers() as u32)
            .filter_map(|customer| {
                let relevant = self.relevant(customer, new)?;
                (!relevant.is_empty()).then_some((customer, relevant))
            })
            .collect();
        let ours = self.met(&relevant, |customer| {
            let both = self.recommender.of(customer, self.k);
            match new {
                true => both.new.iter().map(|row| row.product).collect(),
                false => both.again.iter().map(|row| row.product).collect(),
            }
        });
        let against = baselines.iter().map(|&baseline| {
            let theirs = self.met(&relevant, |customer| self.baseline(baseline, customer));
            let pairs = |value: fn(&Met) -> f64| -> Vec<f64> {
                ours.iter().zip(&theirs).map(|(own, their)| value(own) - value(their)).collect()
            };
            AgainstBaseline {
                baseline,
                score: self.score(&theirs),
                hit_rate: paired_difference(&pairs(|met| met.hit), seed),
                recall: paired_difference(&pairs(|met| met.recall), seed),
            }
        });
        KindEvaluation {
            customers: relevant.len() as u64,
            score: self.score(&ours),
            against: against.collect(),
        }
    }

    /// `None` for somebody who was not known at the as-of date.
    fn relevant(&self, customer: u32, new: bool) -> Option<Vec<u32>> {
        let before = self.recommender.purchases().of(customer);
        let known = |row: &&Purchased| before.binary_search_by_key(&row.product, |own| own.product).is_ok();
        let bought = self.later.of(customer).iter().filter(|row| known(row) != new);
        (!before.is_empty()).then(|| bought.map(|row| row.product).collect())
    }

    fn met(&self, relevant: &[(u32, Vec<u32>)], list: impl Fn(u32) -> Vec<u32> + Sync) -> Vec<Met> {
        let judged = |(customer, relevant): &(u32, Vec<u32>)| {
            let list = list(*customer);
            let met = list.iter().filter(|product| relevant.binary_search(product).is_ok()).count() as f64;
            Met { hit: f64::from(u8::from(met > 0.0)), recall: met / relevant.len() as f64, list }
        };
        relevant.par_iter().with_min_len(32).map(judged).collect()
    }

    fn score(&self, met: &[Met]) -> ListScore {
        let mean = |value: fn(&Met) -> f64| match met.len() {
            0 => 0.0,
            count => met.iter().map(value).sum::<f64>() / count as f64,
        };
        let mut shown: Vec<u32> = met.iter().flat_map(|met| met.list.iter().copied()).collect();
        shown.sort_unstable();
        shown.dedup();
        let coverage = shown.len() as f64 / self.recommender.popular().len().max(1) as f64;
        ListScore { hit_rate: mean(|met| met.hit), recall: mean(|met| met.recall), coverage }
    }

    fn baseline(&self, baseline: Baseline, customer: u32) -> Vec<u32> {
        let popular = self.recommender.popular().iter().copied();
        let purchases = self.recommender.purchases();
        let own = purchases.of(customer);
        let before = |key: fn(&Purchases, &Purchased) -> (f64, f64)| {
            let mut rows: Vec<((f64, f64), u32)> =
                own.iter().map(|row| (key(purchases, row), row.product)).collect();
            rows.sort_by(|a, b| a.0.0.total_cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)).then(a.1.cmp(&b.1)));
            rows.into_iter().take(self.k).map(|(_, product)| product).collect()
        };
        match baseline {
            Baseline::MostPopular => popular.take(self.k).collect(),
            Baseline::MostPopularNotYetBought => popular
                .filter(|product| own.binary_search_by_key(product, |row| row.product).is_err())
                .take(self.k)
                .collect(),
            Baseline::BoughtBeforeLatest => {
                before(|purchases, row| (purchases.since_last(row), -f64::from(row.times)))
            }
            Baseline::BoughtBeforeOften => {
                before(|purchases, row| (-f64::from(row.times), purchases.since_last(row)))
            }
        }
    }
}
