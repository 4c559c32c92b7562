//! Splits where the truth is planted and the optimiser does not know it.

use patron_domain::Money;
use patron_synth::SeedTree;
use rand::RngExt;

use super::item::Case;
use super::*;
use crate::campaigns::proof_tests::{measured, shop_with};
use crate::{CostOfContact, Response};

fn cents(units: f64) -> Money {
    Money::from_ten_thousandths((units * 100.0).round() as i64 * 100)
}

/// Segments as they are, and as the user states them: the range of the response holds the truth, the spend of half the
/// response is off by up to a factor of 1.6.
fn planted(seed: u64, effect: f64) -> (Vec<BudgetItem>, Vec<BudgetItem>) {
    let mut rng = SeedTree::new(seed).child("segments", 0);
    let segment = |number: u32| {
        let response = effect * rng.random_range(0.005..0.12);
        let half = rng.random_range(0.3..2.0);
        let truth = BudgetItem {
            name: format!("segment {number}"),
            customers: rng.random_range(50..2_000),
            margin: rng.random_range(5.0..60.0),
            value_factors: None,
            baseline: rng.random_range(0.05..0.6),
            cost: CostOfContact { per_contact: cents(half), per_buyer: Money::ZERO },
            response: Response::your_assumption(response, response).unwrap(),
            curve: ResponseCurve::Saturating { half_at: cents(half) },
        };
        let (low, high) = (response * rng.random_range(0.3..1.0), response * rng.random_range(1.0..1.7));
        let off = half * rng.random_range(0.625..1.6);
        let stated = BudgetItem {
            response: Response::your_assumption(low, high).unwrap(),
            curve: ResponseCurve::Saturating { half_at: cents(off) },
            value_factors: Some([0.8, 1.25]),
            ..truth.clone()
        };
        (truth, stated)
    };
    (0..12).map(segment).unzip()
}

/// What spends bring in truth.
fn truly(truth: &[BudgetItem], spends: &[Money]) -> f64 {
    let of = |(item, spend): (&BudgetItem, &Money)| {
        item.at_full(Case::Middle) * item.reach(spend.to_f64()) - spend.to_f64()
    };
    truth.iter().zip(spends).map(of).sum()
}

#[test]
fn the_split_beats_equal_parts_and_top_by_value_though_it_does_not_know_the_truth() {
    let (mut best, mut split, mut equal, mut value, mut won) = (0.0, 0.0, 0.0, 0.0, 0);
    let shops = 100;
    for seed in 0..shops {
        let (truth, stated) = planted(seed, 1.0);
        let budget = Money::from_ten_thousandths(4_000 * Money::SCALE);
        let unit = Money::from_ten_thousandths(4 * Money::SCALE);
        let gains = [
            truly(&truth, &super::split::best(&truth, unit, budget)),
            truly(&truth, &super::split::best(&stated, unit, budget)),
            truly(&truth, &super::split::equally(&truth, budget)),
            truly(&truth, &super::split::by_value(&truth, budget)),
        ];
        assert!(gains.iter().all(|&gain| gain <= gains[0] + 1.0), "{seed}: {gains:?}");
        won += u32::from(gains[1] > gains[2].max(gains[3]));
        best += gains[0];
        split += gains[1];
        equal += gains[2];
        value += gains[3];
    }
    let regret = |gain: f64| 100.0 * (best - gain) / best;
    println!(
        "regret: split {:.1} %, equal parts {:.1} %, top by value {:.1} %; best of the three in {won} of {shops} shops",
        regret(split),
        regret(equal),
        regret(value)
    );
    assert!(
        regret(split) < 10.0 && regret(split) < regret(equal) / 2.0 && regret(split) < regret(value) / 2.0
    );
    assert!(won >= 90, "{won}");
}

#[test]
fn where_nothing_has_an_effect_nothing_is_spent() {
    for seed in 0..20 {
        let (_, stated) = planted(seed, 0.0);
        assert!(split_budget(&stated, cents(4_000.0)).unwrap().spend_nothing);
    }
}

#[test]
fn a_measured_campaign_decides_whether_the_next_one_is_paid_for() {
    let item = |response: &[f64]| {
        let (synthetic, table) = shop_with(response);
        let response = measured(&synthetic, &table).response().unwrap();
        let baseline = 0.2;
        let cost = CostOfContact { per_contact: cents(0.85), per_buyer: Money::ZERO };
        let (customers, margin) = (1_000, 20.0);
        let (curve, name) = (ResponseCurve::OneContact, "all".to_owned());
        BudgetItem { name, customers, margin, value_factors: None, baseline, cost, response, curve }
    };
    let nothing = split_budget(&[item(&[0.0; 6])], cents(500.0)).unwrap();
    assert!(nothing.spend_nothing, "{nothing:?}");
    let works = split_budget(&[item(&[3.0, 3.0, 2.0, 2.0, 1.0, 1.0])], cents(500.0)).unwrap();
    assert_eq!((works.spent, works.shares[0].rests_on.as_str()), (cents(500.0), "measured: Spring card"));
}
