//! Association rules: who has these has that too.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Baskets;
use super::fisher::{false_discovery, overlap_p_value};

/// Which rules are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleSettings {
    /// Baskets that must hold all products of a rule with one product on its left side; below 2 it counts as 2.
    pub least_baskets: u32,
    /// The same with two products on the left side; `None`: no such rules.
    pub least_baskets_of_three: Option<u32>,
    /// Share of false rules among those reported, at most: what [`Rule::q_value`] is held against.
    pub false_discovery: f64,
    /// A rule with two products on the left must be this many times as confident as either of them alone.
    pub improvement: f64,
    /// Rules reported, at most.
    pub most: usize,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            least_baskets: 20,
            least_baskets_of_three: Some(100),
            false_discovery: 0.01,
            improvement: 1.1,
            most: 1_000,
        }
    }
}

/// Baskets with `given` hold `then` too.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// One or two product codes, ascending.
    pub given: Vec<u32>,
    /// Product code.
    pub then: u32,
    /// Baskets with all of them.
    pub both: u32,
    /// Baskets with `given`.
    pub given_baskets: u32,
    /// Baskets with `then`.
    pub then_baskets: u32,
    /// `both` ÷ all baskets.
    pub support: f64,
    /// `both` ÷ `given_baskets`.
    pub confidence: f64,
    /// Confidence ÷ share of all baskets with `then`.
    pub lift: f64,
    /// The lift less what comes from some baskets being much larger than others: `lift` ÷ [`Rules::size_factor`], for
    /// one product on the left; `None` for two.
    pub lift_beyond_size: Option<f64>,
    /// One-sided Fisher test of independence.
    pub p_value: f64,
    /// The same after Benjamini & Hochberg over all rules that could have been found.
    pub q_value: f64,
}

/// Rules and what they were found among.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rules {
    /// Baskets with any product.
    pub baskets: u64,
    /// Products in enough baskets.
    pub products: u64,
    /// Pairs of them: all count as tests, whether they ever met or not.
    pub pairs_tested: u64,
    /// Pairs of products in enough baskets with one more product: the tests of rules with two products on the left.
    pub threes_tested: u64,
    /// Lift of any pair if products were dealt out to baskets of these sizes at random: 1 where all baskets are alike,
    /// more where some are large. Σ s(s − 1) over baskets of s products × baskets ÷ (A² − Σ n²), where product i is in nᵢ
    /// baskets and A = Σ nᵢ.
    pub size_factor: f64,
    /// Significant rules that were left out beyond [`RuleSettings::most`].
    pub left_out: u64,
    /// Lift above 1 (above [`Rules::size_factor`] for one product on the left), within the false discovery rate; the most
    /// telling first: `both` × ln(lift), ties by codes.
    pub rules: Vec<Rule>,
}

/// Finds rules among baskets.
///
/// Counts of pairs and threes are exact: a list of baskets by product, walked product by product in parallel (vertical
/// counting, Zaki 2000, IEEE Trans. Knowl. Data Eng. 12), without candidates. Memory: the baskets twice and a count per
/// product and thread. The same on any number of threads.
pub fn association_rules(baskets: &Baskets, settings: &RuleSettings) -> Rules {
    let least = settings.least_baskets.max(2);
    let (ranked, products) = baskets.frequent(least);
    let (starts, holders) = ranked.by_product();
    let miner = Miner { ranked: &ranked, starts, holders, all: baskets.len() as u32 };
    let pairs: Vec<(u32, u32, u32)> = (0..products.len() as u32)
        .into_par_iter()
        .with_min_len(8)
        .map_init(|| Counter::new(products.len()), |counter, first| miner.pairs(counter, first, least))
        .flatten_iter()
        .collect();
    let count = products.len() as u64;
    let pairs_tested = count * count.saturating_sub(1) / 2;
    let size_factor = miner.size_factor();
    let mut rules = miner.rules_of_two(&pairs, pairs_tested, size_factor);
    let mut threes_tested = 0;
    if let Some(least) = settings.least_baskets_of_three {
        let least = least.max(2);
        let enough = pairs.iter().filter(|pair| pair.2 >= least).count() as u64;
        threes_tested = enough * count.saturating_sub(2);
        rules.extend(miner.rules_of_three(&pairs, least, threes_tested, settings.improvement));
    }
    rules.retain(|rule| rule.q_value <= settings.false_discovery);
    let telling = |rule: &Rule| f64::from(rule.both) * rule.lift.ln();
    rules.sort_by(|a, b| {
        telling(b).total_cmp(&telling(a)).then_with(|| (&a.given, a.then).cmp(&(&b.given, b.then)))
    });
    let left_out = rules.len().saturating_sub(settings.most) as u64;
    rules.truncate(settings.most);
    for rule in &mut rules {
        rule.given.iter_mut().for_each(|rank| *rank = products[*rank as usize]);
        rule.then = products[rule.then as usize];
    }
    Rules {
        baskets: baskets.len() as u64,
        products: count,
        pairs_tested,
        threes_tested,
        size_factor,
        left_out,
        rules,
    }
}

/// Baskets and products by rank.
struct Miner<'a> {
    ranked: &'a Baskets,
    starts: Vec<usize>,
    holders: Vec<u32>,
    all: u32,
}

/// Counts of one product's companions.
struct Counter {
    counts: Vec<u32>,
    touched: Vec<u32>,
}

impl Counter {
    fn new(products: usize) -> Self {
        Self { counts: vec![0; products], touched: Vec::new() }
    }

    fn add(&mut self, items: &[u32]) {
        for &item in items {
            if self.counts[item as usize] == 0 {
                self.touched.push(item);
            }
            self.counts[item as usize] += 1;
        }
    }

    /// Those counted often enough, ascending; no count is left behind.
    fn take(&mut self, least: u32) -> Vec<(u32, u32)> {
        let counts = &mut self.counts;
        let own = self.touched.drain(..).map(|item| (item, std::mem::take(&mut counts[item as usize])));
        let mut enough: Vec<(u32, u32)> = own.filter(|&(_, count)| count >= least).collect();
        enough.sort_unstable();
        enough
    }
}

impl Miner<'_> {
    fn holders(&self, product: u32) -> &[u32] {
        &self.holders[self.starts[product as usize]..self.starts[product as usize + 1]]
    }

    fn count(&self, product: u32) -> u32 {
        self.holders(product).len() as u32
    }

    fn pairs(&self, counter: &mut Counter, first: u32, least: u32) -> Vec<(u32, u32, u32)> {
        for &basket in self.holders(first) {
            let items = self.ranked.basket(basket);
            counter.add(&items[items.partition_point(|&item| item <= first)..]);
        }
        counter.take(least).into_iter().map(|(second, both)| (first, second, both)).collect()
    }

    fn size_factor(&self) -> f64 {
        let baskets = 0..self.ranked.len() as u32;
        let ordered: f64 = baskets
            .map(|basket| {
                let size = self.ranked.basket(basket).len() as f64;
                size * (size - 1.0)
            })
            .filter(|pairs| *pairs > 0.0)
            .sum();
        let sizes = (0..self.ranked.products as u32).map(|product| f64::from(self.count(product)));
        let (all, squares) = sizes.fold((0.0, 0.0), |sums, n| (sums.0 + n, sums.1 + n * n));
        let chance = all * all - squares;
        if chance > 0.0 { ordered * f64::from(self.all) / chance } else { 1.0 }
    }

    fn rule(&self, given: Vec<u32>, given_baskets: u32, then: u32, both: u32) -> Rule {
        let (all, then_baskets) = (f64::from(self.all), self.count(then));
        let confidence = f64::from(both) / f64::from(given_baskets);
        Rule {
            given,
            then,
            both,
            given_baskets,
            then_baskets,
            support: f64::from(both) / all,
            confidence,
            lift: confidence * all / f64::from(then_baskets),
            lift_beyond_size: None,
            p_value: overlap_p_value(both, given_baskets, then_baskets, self.all),
            q_value: 1.0,
        }
    }

    /// Both directions of every pair above chance.
    fn rules_of_two(&self, pairs: &[(u32, u32, u32)], tests: u64, size_factor: f64) -> Vec<Rule> {
        let p_value = |&(one, other, both): &(u32, u32, u32)| {
            overlap_p_value(both, self.count(one), self.count(other), self.all)
        };
        let p_values: Vec<f64> = pairs.par_iter().map(p_value).collect();
        let q_values = false_discovery(&p_values, tests);
        let mut rules = Vec::new();
        for (&(one, other, both), q_value) in pairs.iter().zip(q_values) {
            for (given, then) in [(one, other), (other, one)] {
                let rule = self.rule(vec![given], self.count(given), then, both);
                let beyond = rule.lift / size_factor;
                if rule.lift > 1.0 && beyond > 1.0 {
                    rules.push(Rule { q_value, lift_beyond_size: Some(beyond), ..rule });
                }
            }
        }
        rules
    }

    /// Two given products that say more together than either alone.
    fn rules_of_three(
        &self,
        pairs: &[(u32, u32, u32)],
        least: u32,
        tests: u64,
        improvement: f64,
    ) -> Vec<Rule> {
        let both = |one: u32, other: u32| {
            let key = (one.min(other), one.max(other));
            pairs.binary_search_by_key(&key, |pair| (pair.0, pair.1)).map_or(0, |at| pairs[at].2)
        };
        let of_pair = |counter: &mut Counter, &(one, other, count): &(u32, u32, u32)| {
            let (left, right) = (self.holders(one), self.holders(other));
            let (mut at, mut rules) = (0, Vec::new());
            for &basket in left {
                at += right[at..].partition_point(|&own| own < basket);
                if right.get(at) == Some(&basket) {
                    counter.add(self.ranked.basket(basket));
                }
            }
            for (then, all) in counter.take(least) {
                if then == one || then == other {
                    continue;
                }
                let alone = |given: u32| f64::from(both(given, then)) / f64::from(self.count(given));
                let rule = self.rule(vec![one, other], count, then, all);
                if rule.lift > 1.0 && rule.confidence >= improvement * alone(one).max(alone(other)) {
                    rules.push(rule);
                }
            }
            rules
        };
        let mut rules: Vec<Rule> = pairs
            .par_iter()
            .with_min_len(16)
            .filter(|pair| pair.2 >= least)
            .map_init(|| Counter::new(self.ranked.products), of_pair)
            .flatten_iter()
            .collect();
        let p_values: Vec<f64> = rules.iter().map(|rule| rule.p_value).collect();
        let q_values = false_discovery(&p_values, tests);
        rules.iter_mut().zip(q_values).for_each(|(rule, q_value)| rule.q_value = q_value);
        rules
    }
}
