//! Products that go together, and products that take each other's place.

use patron_domain::NO_CODE;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::{Product, ProductRole};
use crate::chance::happens;
use crate::scenario::Scenario;
use crate::seed::{SeedTree, SynthRng};

/// How two products belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairKind {
    /// The second joins orders that the first one is in.
    Complement,
    /// An order seldom holds both.
    Substitute,
}

/// Two products, by their place in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) kind: PairKind,
    pub(crate) first: u32,
    pub(crate) second: u32,
}

/// All pairs; no product is in two of them.
#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    pub(crate) all: Vec<Pair>,
    /// By product, the place of its pair.
    of: Vec<u32>,
    complement_chance: f64,
    substitute_chance: f64,
}

impl Pairs {
    /// Steady products, the more popular half of the catalogue first, are paired by chance.
    pub(super) fn new(scenario: &Scenario, products: &[Product], seed: SeedTree) -> Self {
        let catalogue = &scenario.catalogue;
        let mut free: Vec<u32> = (0..products.len() as u32)
            .filter(|&index| products[index as usize].role == ProductRole::Steady)
            .collect();
        free.shuffle(&mut seed.child("pairs", 0));
        free.sort_by_key(|&index| products[index as usize].rank > scenario.products / 2);
        let kinds =
            [(PairKind::Complement, catalogue.complements), (PairKind::Substitute, catalogue.substitutes)];
        let kinds = kinds.into_iter().flat_map(|(kind, count)| std::iter::repeat_n(kind, count as usize));
        let pair = |(both, kind): (&[u32], PairKind)| Pair { kind, first: both[0], second: both[1] };
        let all: Vec<Pair> = free.chunks_exact(2).zip(kinds).map(pair).collect();
        let mut of = vec![NO_CODE; if all.is_empty() { 0 } else { products.len() }];
        for (place, pair) in all.iter().enumerate() {
            of[pair.first as usize] = place as u32;
            of[pair.second as usize] = place as u32;
        }
        let (complement_chance, substitute_chance) =
            (catalogue.complement_chance, catalogue.substitute_chance);
        Self { all, of, complement_chance, substitute_chance }
    }

    /// Whether nothing is planted.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds complements to what has been chosen, then puts substitutes back; the first one stays first.
    pub(crate) fn apply(&self, rng: &mut SynthRng, chosen: &mut Vec<u32>) {
        for place in 0..chosen.len() {
            if let Some(second) = self.joins(chosen[place])
                && happens(rng, self.complement_chance)
                && !chosen.contains(&second)
            {
                chosen.push(second);
            }
        }
        let mut place = 1;
        while place < chosen.len() {
            let (before, from) = chosen.split_at(place);
            let is_doubled = self.replaces(from[0]).is_some_and(|other| before.contains(&other));
            if is_doubled && happens(rng, self.substitute_chance) {
                chosen.remove(place);
            } else {
                place += 1;
            }
        }
    }

    fn of(&self, product: u32) -> Option<&Pair> {
        self.all.get(*self.of.get(product as usize)? as usize)
    }

    /// What joins orders that this product is in.
    fn joins(&self, product: u32) -> Option<u32> {
        let pair = self.of(product).filter(|pair| pair.kind == PairKind::Complement)?;
        (pair.first == product).then_some(pair.second)
    }

    /// What takes this product's place.
    fn replaces(&self, product: u32) -> Option<u32> {
        let pair = self.of(product).filter(|pair| pair.kind == PairKind::Substitute)?;
        Some(if pair.first == product { pair.second } else { pair.first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn pairs_are_apart_and_steady() {
        let mut scenario = Scenario::demo();
        (scenario.catalogue.complements, scenario.catalogue.substitutes) = (6, 4);
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let mut members: Vec<u32> =
            catalogue.pairs.all.iter().flat_map(|pair| [pair.first, pair.second]).collect();
        members.sort_unstable();
        members.dedup();
        assert_eq!((catalogue.pairs.all.len(), members.len()), (10, 20));
        assert!(members.iter().all(|&member| {
            let product = &catalogue.products[member as usize];
            product.role == ProductRole::Steady && product.rank <= 200
        }));
    }

    #[test]
    fn complements_join_and_substitutes_leave() {
        let mut scenario = Scenario::demo();
        let planted = &mut scenario.catalogue;
        (planted.complements, planted.complement_chance) = (1, 1.0);
        (planted.substitutes, planted.substitute_chance) = (1, 1.0);
        let pairs = Catalogue::new(&scenario, SeedTree::new(1)).pairs;
        let (complement, substitute) = (pairs.all[0], pairs.all[1]);
        let mut rng = SeedTree::new(2).child("test", 0);
        let mut check = |chosen: &[u32], expected: &[u32]| {
            let mut chosen = chosen.to_vec();
            pairs.apply(&mut rng, &mut chosen);
            assert_eq!(chosen, expected);
        };
        check(&[complement.first], &[complement.first, complement.second]);
        check(&[complement.second], &[complement.second]);
        check(&[complement.second, complement.first], &[complement.second, complement.first]);
        check(&[substitute.first, substitute.second], &[substitute.first]);
        check(
            &[substitute.second, complement.first, substitute.first],
            &[substitute.second, complement.first, complement.second],
        );
    }
}
