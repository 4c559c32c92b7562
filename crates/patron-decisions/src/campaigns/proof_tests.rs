//! Campaigns whose truth is planted.

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{Attributes, PurchaseRule};
use patron_synth::{Campaign, DirtRates, Scenario, SeedTree, Shop as Synthetic, generate};
use rand::RngExt;

use super::*;
use crate::{MarginRates, Margins, Shop};

/// A shop with one letter in its last year, which adds `response` to the purchase rate week by week.
pub(crate) fn shop_with(response: &[f64]) -> (Synthetic, SalesTable) {
    let base = Scenario::demo();
    let letter = Campaign {
        name: "Spring card".into(),
        day: base.end.plus_days(-120),
        channel: "letter".into(),
        chosen: 1.0,
        held_back: 0.5,
        response: response.to_vec(),
        cost: 0.85,
    };
    let dirt = DirtRates::default();
    let synthetic =
        generate(&Scenario { campaigns: vec![letter], dirt, season: [1.0; 12], ..base }, 11).unwrap();
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    synthetic.clean_batches().for_each(|batch| builder.push(&batch));
    let (table, _) = builder.finish();
    (synthetic, table)
}

/// The campaign as planted, measured over its weeks.
pub(crate) fn measured(synthetic: &Synthetic, table: &SalesTable) -> CampaignResult {
    let names = &table.catalog().customers;
    let code = |id: &str| names.iter().position(|name| name == id).map(|code| code as u32);
    let (mut treated, mut control) = (Vec::new(), Vec::new());
    for customer in &synthetic.truth.customers {
        if let Some(contact) = customer.campaigns.first() {
            let arm = if contact.held_back { &mut control } else { &mut treated };
            arm.extend(code(&customer.id));
        }
    }
    let campaign = &synthetic.truth.scenario.campaigns[0];
    let until = campaign.day.plus_days(7 * campaign.response.len().max(4) as i32 - 1);
    let attributes = Attributes::default();
    let shop = Shop::new(table, &attributes, campaign.day.plus_days(-1), &[]).unwrap();
    let margins = Margins::new(&shop, &MarginRates::new([], Some(0.4)).unwrap()).unwrap();
    let (name, sent) = (campaign.name.as_str(), campaign.day);
    let assignment =
        Assignment { campaign: name, sent, until, treated: &treated, control: &control, cost: None };
    measure(table, &assignment, &margins, synthetic.truth.scenario.end).unwrap()
}

#[test]
fn a_planted_campaign_is_found_and_one_without_effect_is_not() {
    let (synthetic, table) = shop_with(&[3.0, 3.0, 2.0, 2.0, 1.0, 1.0]);
    let found = measured(&synthetic, &table);
    let truth = &synthetic.truth.campaigns[0];
    assert_eq!((found.treated.customers, found.control.customers), (truth.contacted, truth.held_back));
    assert_eq!(found.extra_buyers.unwrap().verdict, Verdict::Adds, "{found:?}");
    assert_eq!(found.extra_money.unwrap().verdict, Verdict::Adds, "{found:?}");
    let (synthetic, table) = shop_with(&[0.0; 6]);
    let found = measured(&synthetic, &table);
    assert_eq!(found.extra_buyers.unwrap().verdict, Verdict::TooSmallToTell, "{found:?}");
    assert_eq!(found.extra_money.unwrap().verdict, Verdict::TooSmallToTell, "{found:?}");
    assert!(found.response().unwrap().too_small_to_tell());
}

/// Bernoulli purchases worth a skewed amount each; how often the intervals hold the truth, in per cent.
fn coverage(baseline: f64, extra: f64, treated: u64, control: u64) -> [f64; 2] {
    let campaigns = 2_000;
    let mut held = [0_u32; 2];
    for campaign in 0..campaigns {
        let mut rng = SeedTree::new(5).child("campaign", campaign);
        let mut arm = |customers: u64, share: f64| {
            let one = |_| {
                let bought = rng.random::<f64>() < share;
                // a purchase: exponential with mean 50
                (bought, if bought { -50.0 * (1.0 - rng.random::<f64>()).ln() } else { 0.0 })
            };
            ArmFacts::of((0..customers).map(one))
        };
        let (treated, control) = (arm(treated, baseline + extra), arm(control, baseline));
        let found = [shares_differ(&treated, &control), means_differ(&treated, &control)].map(Option::unwrap);
        for ((held, found), truth) in held.iter_mut().zip(found).zip([extra, 50.0 * extra]) {
            *held += u32::from((found.low..=found.high).contains(&truth));
        }
    }
    held.map(|held| 100.0 * f64::from(held) / campaigns as f64)
}

#[test]
fn nineteen_of_twenty_intervals_hold_the_truth() {
    for (baseline, extra, treated, control) in
        [(0.2, 0.0, 900, 100), (0.05, 0.03, 800, 400), (0.3, 0.1, 300, 300)]
    {
        let [shares, money] = coverage(baseline, extra, treated, control);
        println!("baseline {baseline}, extra {extra}: buyers {shares} %, money {money} %");
        assert!((93.0..=97.5).contains(&shares), "{shares}");
        assert!((92.0..=97.5).contains(&money), "{money}");
    }
}

#[test]
fn one_in_twenty_campaigns_without_effect_seems_to_have_one() {
    let (synthetic, table) = shop_with(&[0.0; 6]);
    let (from, end) = (synthetic.truth.scenario.campaigns[0].day, synthetic.truth.scenario.end);
    let attributes = Attributes::default();
    let shop = Shop::new(&table, &attributes, from.plus_days(-1), &[]).unwrap();
    let margins = Margins::new(&shop, &MarginRates::new([], Some(0.4)).unwrap()).unwrap();
    let names = &table.catalog().customers;
    let draws = 300;
    let mut seen = [0; 2];
    for seed in 0..draws {
        let arm = |arm: Arm| -> Vec<u32> {
            let is_in = |customer: &&crate::Customer<'_>| {
                arm_of(seed, "A/A", Stratum::of(customer.purchase_days()), names.text(customer.code), 0.3)
                    == arm
            };
            shop.customers.iter().filter(is_in).map(|customer| customer.code).collect()
        };
        let (treated, control) = (arm(Arm::Treated), arm(Arm::Control));
        let until = from.plus_days(59);
        let assignment = Assignment {
            campaign: "A/A",
            sent: from,
            until,
            treated: &treated,
            control: &control,
            cost: None,
        };
        let found = measure(&table, &assignment, &margins, end).unwrap();
        for (seen, found) in seen.iter_mut().zip([found.extra_buyers, found.extra_money]) {
            *seen += u32::from(found.unwrap().verdict != Verdict::TooSmallToTell);
        }
    }
    println!("buyers {} of {draws}, money {} of {draws}", seen[0], seen[1]);
    // 5 % of 300 is 15; ± 3 standard errors
    assert!(seen.iter().all(|seen| (4..=27).contains(seen)), "{seen:?}");
}

#[test]
fn the_smallest_effect_is_seen_in_eight_of_ten_cases() {
    let (baseline, treated, control) = (0.15, 1_800, 600);
    let extra = smallest_extra_share(baseline, treated, control).unwrap();
    let campaigns = 1_000;
    let seen = (0..campaigns).filter(|&campaign| {
        let mut rng = SeedTree::new(9).child("campaign", campaign);
        let mut arm = |n: u64, share: f64| ArmFacts::of((0..n).map(|_| (rng.random::<f64>() < share, 0.0)));
        let (treated, control) = (arm(treated, baseline + extra), arm(control, baseline));
        shares_differ(&treated, &control).unwrap().verdict == Verdict::Adds
    });
    let share = seen.count() as f64 / campaigns as f64;
    assert!((0.76..0.84).contains(&share), "{share}");
}
