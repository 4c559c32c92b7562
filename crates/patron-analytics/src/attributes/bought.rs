//! Who bought what, read once for margins by customer and buyers by product group.

use patron_columns::RollupSource;
use rayon::prelude::*;

use super::costs::{CostSum, Costs};
use super::products::TraitOfProducts;
use crate::AnalyticsError;
use crate::facts::bought;

/// What the rollup `CustomerProductDay` tells of customers and product groups.
#[derive(Default)]
pub(super) struct Bought {
    /// By customer code; empty where no cost is known. May be shorter than the dictionary.
    costs: Vec<CostSum>,
    /// Who bought of which group, for each of the product traits asked about.
    pub(super) buyers: Vec<Buyers>,
}

/// Pairs of a group and a customer, each once and in order, when asked.
#[derive(Clone, Default)]
pub(super) struct Buyers {
    pairs: Vec<(u32, u32)>,
    /// Pairs above which repeated ones are thrown out.
    room: usize,
}

/// Room for pairs that is not worth tidying up.
const ROOM: usize = 1 << 20;

impl Buyers {
    pub(super) fn push(&mut self, group: usize, customer: u32) {
        self.pairs.push((group as u32, customer));
        if self.pairs.len() > self.room.max(ROOM) {
            self.tidy();
            self.room = 2 * self.pairs.len();
        }
    }

    /// The same customers in other groups.
    pub(super) fn moved(&self, group: impl Fn(usize) -> Option<usize>) -> Self {
        let moved = |&(old, customer): &(u32, u32)| Some((group(old as usize)? as u32, customer));
        Self { pairs: self.pairs.iter().filter_map(moved).collect(), room: 0 }
    }

    /// Distinct customers of each of so many groups; others do not count.
    pub(super) fn count(&mut self, groups: usize) -> Vec<u64> {
        self.tidy();
        let mut counts = vec![0; groups];
        for &(group, _) in &self.pairs {
            if let Some(count) = counts.get_mut(group as usize) {
                *count += 1;
            }
        }
        counts
    }

    fn tidy(&mut self) {
        self.pairs.par_sort_unstable();
        self.pairs.dedup();
    }
}

impl Bought {
    /// Reads nothing where nothing is asked.
    pub(super) fn read(
        source: &dyn RollupSource,
        costs: &Costs<'_>,
        traits: &[TraitOfProducts],
    ) -> Result<Self, AnalyticsError> {
        let mut facts = Self { costs: Vec::new(), buyers: vec![Buyers::default(); traits.len()] };
        if !costs.any() && traits.is_empty() {
            return Ok(facts);
        }
        let rule = source.purchase_rule();
        for batch in source.customer_product_days() {
            let batch = batch?;
            for own in batch.chunk_by(|a, b| (a.product, a.customer) == (b.product, b.customer)) {
                let (product, customer) = (own[0].product, own[0].customer);
                if let Some(cost) = costs.of(product) {
                    let sum = facts.costs_of(customer);
                    own.iter().for_each(|row| sum.add_units(row.quantity, row.revenue, cost));
                }
                if own.iter().any(|row| bought(row, rule)) {
                    for (traits, buyers) in traits.iter().zip(&mut facts.buyers) {
                        buyers.push(traits.group(product), customer);
                    }
                }
            }
        }
        Ok(facts)
    }

    /// What a customer bought of products with a known cost.
    pub(super) fn costs(&self, customer: u32) -> CostSum {
        self.costs.get(customer as usize).copied().unwrap_or_default()
    }

    fn costs_of(&mut self, customer: u32) -> &mut CostSum {
        let place = customer as usize;
        if self.costs.len() <= place {
            self.costs.resize(place + 1, CostSum::default());
        }
        &mut self.costs[place]
    }
}
