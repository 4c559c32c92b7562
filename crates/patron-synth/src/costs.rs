//! What reaching and winning customers costs.

use std::collections::BTreeMap;

use patron_domain::{AcquisitionSpend, ContactCost, MarketingCosts, Money, Month};
use rand::RngExt;
use rayon::prelude::*;

use crate::seed::SeedTree;
use crate::world::World;
use crate::{Scenario, SynthError};

/// Customers looked at by one thread at a time.
const WINDOW: u32 = 65_536;
/// What a newcomer costs by the channel that brings people in, in cents: the usual channels, then any other.
const CENTS_PER_NEWCOMER: [(&str, f64); 5] = [
    ("search", 620.0),
    ("newsletter", 140.0),
    ("social media", 850.0),
    ("friends", 200.0),
    ("marketplace", 480.0),
];
const CENTS_ELSEWHERE: f64 = 500.0;

/// What the shop spends on marketing: one contact by each way its campaigns go (the latest campaign's cost where
/// they differ), and per month and acquisition channel what its newcomers have cost.
///
/// Each channel has a price per newcomer that swings by a quarter from month to month; a month in which a channel brings
/// nobody has no entry. A pure function of scenario and seed, on the threads of the current rayon pool.
///
/// # Errors
/// [`SynthError`] with the field of the scenario that is impossible.
pub fn marketing_costs(scenario: &Scenario, seed: u64) -> Result<MarketingCosts, SynthError> {
    let world = World::new(scenario, seed)?;
    let mut contacts = BTreeMap::new();
    let mut campaigns: Vec<_> = scenario.campaigns.iter().collect();
    campaigns.sort_by_key(|campaign| campaign.day);
    for campaign in campaigns {
        contacts.insert(campaign.channel.clone(), cents((campaign.cost * 100.0).round()));
    }
    let contacts = contacts.into_iter().map(|(channel, cost)| ContactCost { channel, cost }).collect();
    let mut acquisition = Vec::new();
    for ((month, channel), newcomers) in newcomers(&world) {
        let usual = CENTS_PER_NEWCOMER.iter().find(|(name, _)| *name == channel);
        let each = usual.map_or(CENTS_ELSEWHERE, |(_, cents)| *cents);
        let mut rng =
            SeedTree::new(seed).branch("spend on newcomers", month.number() as u64).child(channel, 0);
        let amount = cents((newcomers as f64 * each * rng.random_range(0.75..1.25)).round());
        acquisition.push(AcquisitionSpend { month, channel: channel.to_owned(), amount });
    }
    Ok(MarketingCosts { contacts, acquisition })
}

/// Customers by the month of their first order and the channel that brought them in.
fn newcomers<'w>(world: &'w World<'_>) -> BTreeMap<(Month, &'w str), u64> {
    let customers = world.scenario.customers;
    let windows: Vec<_> = (0..customers).step_by(WINDOW as usize).collect();
    let counted = windows.into_par_iter().map(|first| {
        let mut counts = BTreeMap::new();
        for customer in first..customers.min(first.saturating_add(WINDOW)) {
            let (arrived, channel) = world.origin(customer);
            *counts.entry((arrived.month(), channel)).or_insert(0) += 1;
        }
        counts
    });
    let add = |mut all: BTreeMap<_, u64>, some: BTreeMap<_, u64>| {
        some.into_iter().for_each(|(key, count)| *all.entry(key).or_default() += count);
        all
    };
    counted.reduce(BTreeMap::new, add)
}

fn cents(cents: f64) -> Money {
    Money::from_ten_thousandths(cents as i64 * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_newcomer_has_cost_something_and_the_latest_letter_counts() {
        let mut scenario = Scenario::ready("holiday-heavy").unwrap();
        scenario.customers = 3_000;
        scenario.campaigns[1].cost = 1.2; // the earlier one of the same channel
        let costs = marketing_costs(&scenario, 7).unwrap();
        assert_eq!(costs.contacts, [ContactCost { channel: "letter".into(), cost: cents(85.0) }]);
        let total: i64 = costs.acquisition.iter().map(|spend| spend.amount.ten_thousandths() / 100).sum();
        assert!((3_000 * 140..3_000 * 1_100).contains(&total), "{total}");
        let keys: Vec<_> = costs.acquisition.iter().map(|spend| (spend.month, &spend.channel)).collect();
        assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(costs, marketing_costs(&scenario, 7).unwrap());
        assert_ne!(costs.acquisition, marketing_costs(&scenario, 8).unwrap().acquisition);
        scenario.campaigns.clear();
        assert_eq!(marketing_costs(&scenario, 7).unwrap().contacts, []);
    }
}
