//! Budgets and newcomers worked out by hand.

use patron_domain::{AcquisitionSpend, Attributes, Horizon, MarketingCosts, Money};
use patron_models::{DiscountRate, NewcomersExpected};

use super::*;
use crate::margins::test_shop::{day, money, table, trait_of};
use crate::{CostOfContact, MarginRates, Margins, Missing, Response, Shop};

/// A hundred customers, a contact at 1, a response known exactly.
fn item(name: &str, margin: f64, response: f64) -> BudgetItem {
    BudgetItem {
        name: name.into(),
        customers: 100,
        margin,
        value_factors: None,
        baseline: 0.2,
        cost: CostOfContact { per_contact: money("1"), per_buyer: Money::ZERO },
        response: Response::your_assumption(response, response).unwrap(),
        curve: ResponseCurve::OneContact,
    }
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
}

#[test]
fn a_split_is_worked_out_by_hand() {
    // good: 2 for every 1; bad: .50 for every 1, and its purchases earn less
    let items = [item("bad", 10.0, 0.05), item("good", 20.0, 0.1)];
    let found = split_budget(&items, money("150")).unwrap();
    let shares: Vec<_> = found.shares.iter().map(|share| (share.name.as_str(), share.spend)).collect();
    assert_eq!(shares, [("good", money("100")), ("bad", Money::ZERO)]);
    assert_eq!((found.spent, found.spend_nothing), (money("100"), false));
    near(found.gain.middle, 100.0);
    near(found.shares[0].extra_buyers.middle, 10.0);
    near(found.equal_split.middle, 75.0 - 37.5);
    near(found.top_by_value.middle, 100.0 - 25.0);
    assert_eq!(found.next_loses.middle, Some(money("100")));
    assert_eq!(found.shares[0].rests_on, "your assumption");
    let last = found.curve.last().unwrap();
    assert_eq!(last.spend, money("200"));
    near(last.gain.middle, 50.0);
    near(found.curve[0].gain.middle, 0.0);
}

#[test]
fn where_everything_loses_nothing_is_spent() {
    let found = split_budget(&[item("a", 10.0, 0.05), item("b", 99.0, 0.01)], money("500")).unwrap();
    assert!(found.spend_nothing && found.spent == Money::ZERO);
    assert_eq!((found.gain.middle, found.next_loses.middle), (0.0, Some(Money::ZERO)));
    assert!(found.equal_split.middle < 0.0);
    assert!(split_budget(&[], money("500")).unwrap().spend_nothing);
    assert!(split_budget(&[], Money::ZERO).is_err());
}

#[test]
fn more_of_the_same_brings_less_and_less() {
    // 1000 (1 − 2^(−x ÷ 100)) − x is greatest at 100 log₂(10 ln 2) = 279.3
    let curve = ResponseCurve::Saturating { half_at: money("1") };
    let items = [BudgetItem { curve, ..item("a", 20.0, 0.5) }];
    let found = split_budget(&items, money("1000")).unwrap();
    assert!((found.spent.to_f64() - 279.3).abs() < 1.0, "{}", found.spent);
    assert!((found.gain.middle - 576.4).abs() < 0.1, "{:?}", found.gain);
    let little = split_budget(&items, money("100")).unwrap();
    assert_eq!(little.spent, money("100"));
    near(little.gain.middle, 400.0);
    assert!((little.next_loses.middle.unwrap().to_f64() - 279.3).abs() < 0.2);
}

#[test]
fn both_ranges_are_carried_through() {
    let response = Response::your_assumption(0.05, 0.15).unwrap();
    let cost = CostOfContact { per_contact: money("1"), per_buyer: money("2") };
    let ranged = BudgetItem { value_factors: Some([0.5, 1.5]), response, cost, ..item("a", 22.0, 0.1) };
    let found = split_budget(&[ranged], money("100")).unwrap();
    // 100 (e (m − 2) − 2 × .2) − 100: .05 × 9, .1 × 20, .15 × 31
    near(found.gain.low, 45.0 - 40.0 - 100.0);
    near(found.gain.middle, 200.0 - 40.0 - 100.0);
    near(found.gain.high, 465.0 - 40.0 - 100.0);
    assert_eq!(found.next_loses.low, Some(Money::ZERO), "in the worst case it does not pay at all");
    assert_eq!(found.next_loses.high, Some(money("100")));
}

#[test]
fn a_measured_response_that_may_be_nothing_is_nothing() {
    let measured = |low| Response::Measured { share: 0.3, low, high: 0.5, campaign: "spring".into() };
    let with =
        |low| split_budget(&[BudgetItem { response: measured(low), ..item("a", 20.0, 0.0) }], money("50"));
    assert!(with(-0.01).unwrap().spend_nothing);
    let found = with(0.01).unwrap();
    assert_eq!((found.spent, found.shares[0].rests_on.as_str()), (money("50"), "measured: spring"));
}

#[test]
fn no_other_split_of_the_same_units_brings_more() {
    let curve = |half: &str| ResponseCurve::Saturating { half_at: money(half) };
    let items = [
        BudgetItem { curve: curve("0.50"), ..item("a", 9.0, 0.3) },
        BudgetItem { curve: curve("0.20"), ..item("b", 14.0, 0.1) },
        item("c", 25.0, 0.08),
    ];
    let gain = |spends: [i64; 3]| -> f64 {
        let of = |(item, units): (&BudgetItem, i64)| {
            let spend = 20.0 * units as f64;
            item.at_full(super::item::Case::Middle) * item.reach(spend) - spend
        };
        items.iter().zip(spends).map(of).sum()
    };
    let spends = super::split::best(&items, money("20"), money("240"));
    let units = |place: usize| spends[place].ten_thousandths() / money("20").ten_thousandths();
    let found = gain([units(0), units(1), units(2)]);
    let all = (0..=12)
        .flat_map(|a| (0..=12 - a).flat_map(move |b| (0..=(12 - a - b).min(5)).map(move |c| [a, b, c])));
    let best = all.map(gain).fold(f64::NEG_INFINITY, f64::max);
    near(found, best);
    assert!(found > 100.0);
}

/// Eighty newcomers, one a day from 2022-06-01 on, at 50; every other one is back after 60 days for 30. The old one came
/// in the log's first month.
fn newcomers_shop() -> String {
    let mut lines = "2022-01-10 old tea UK 1 500.00\n2022-08-01 old tea UK 1 500.00\n".to_owned();
    for place in 0..80 {
        let first = day("2022-06-01").plus_days(place);
        lines += &format!("{first} c{place} tea UK 1 50.00\n");
        if place % 2 == 0 {
            lines += &format!("{} c{place} cup UK 1 30.00\n", first.plus_days(60));
        }
    }
    lines
}

fn spends() -> Attributes {
    let spend = |month: &str, channel: &str, amount: &str| AcquisitionSpend {
        month: day(month).month(),
        channel: channel.into(),
        amount: money(amount),
    };
    // codes in order of appearance: old, c0, c1 …
    let channels: Vec<&str> =
        (0..81).map(|code| if code > 0 && code % 2 == 1 { "Ads" } else { "-" }).collect();
    Attributes {
        channel: trait_of(&channels),
        costs: MarketingCosts {
            acquisition: vec![
                spend("2022-06-01", "ads", "1000"), // before the last twelve months
                spend("2022-07-01", "ads", "900"),
                spend("2022-08-01", "radio", "20"),
            ],
            ..MarketingCosts::default()
        },
        ..Attributes::default()
    }
}

fn paybacks(rate: Option<f64>, discount: f64, model: &[NewcomersExpected]) -> Vec<Payback> {
    let (table, attributes) = (table(&newcomers_shop()), spends());
    let shop = Shop::new(&table, &attributes, day("2023-06-30"), &[]).unwrap();
    let margins = Margins::new(&shop, &MarginRates::new([], rate).unwrap()).unwrap();
    payback(&shop, &margins, model, DiscountRate::new(discount).unwrap()).unwrap()
}

fn model() -> NewcomersExpected {
    NewcomersExpected {
        horizon: Horizon::Months(24),
        arrivals: 10.0,
        value_per_newcomer: 90.0,
        revenue: 900.0,
        low: 450.0,
        high: 1_800.0,
        level: 0.9,
        record: Vec::new(),
    }
}

#[test]
fn what_a_new_customer_may_cost_is_worked_out_by_hand() {
    let found = paybacks(Some(0.4), 0.0, &[]);
    let names: Vec<_> = found.iter().map(|row| (row.by, row.name.as_str(), row.new_customers)).collect();
    let expected = [
        (NewcomersBy::All, "", 80),
        (NewcomersBy::Channel, "ads", 40),
        (NewcomersBy::Country, "UK", 80),
        (NewcomersBy::FirstProduct, "tea", 80),
    ];
    assert_eq!(names, expected, "the old one is nobody new");
    let all = &found[0];
    // 40 % of 50, and of 30 for every other one: those who never return are in it
    near(all.highest[0].cost.unwrap().middle, 26.0);
    near(all.highest[1].cost.unwrap().middle, 26.0);
    let PaybackBasis::Cohorts { customers, to, .. } = all.highest[1].basis else { panic!() };
    assert_eq!((customers, to), (30, day("2022-06-30")), "those of June are a year old");
    assert_eq!(all.highest[2].basis, PaybackBasis::Unknown { missing: vec![Missing::OlderCustomers] });
    // from July on: 50 new ones, 25 of them by ads
    let actual = all.actual.unwrap();
    assert_eq!((actual.spend, actual.new_customers, actual.per_customer), (money("920"), 50, Some(18.4)));
    assert_eq!(all.highest[0].pays_back, Some(PaysBack::Yes));
    let ads = &found[1];
    near(ads.highest[0].cost.unwrap().middle, 32.0);
    assert_eq!(ads.actual.unwrap().per_customer, Some(36.0));
    assert_eq!(ads.highest[0].pays_back, Some(PaysBack::No));
    assert_eq!(ads.highest[1].cost, None, "15 of June are too few");
    assert_eq!(found[2].actual, None);
}

#[test]
fn later_margin_is_worth_less_and_what_is_not_known_is_said() {
    let found = paybacks(Some(0.4), 0.1, &[model()]);
    // the first purchase in full; ½ × 12 × (1 − 1.1^−¼) ÷ (¼ ln 1.1)
    near(found[0].highest[0].cost.unwrap().middle, 20.0 + 6.0 * 0.988_180_291_8);
    let two_years = &found[0].highest[2];
    assert_eq!(two_years.basis, PaybackBasis::NewcomerModel);
    let cost = two_years.cost.unwrap();
    for (found, expected) in [(cost.low, 18.0), (cost.middle, 36.0), (cost.high, 72.0)] {
        near(found, expected);
    }
    assert_eq!(two_years.pays_back, Some(PaysBack::TooCloseToTell));
    let unknown = PaybackBasis::Unknown { missing: vec![Missing::UnitCostsOrMarginRate] };
    assert!(
        paybacks(None, 0.1, &[model()]).iter().all(|row| row.highest.iter().all(|one| one.basis == unknown))
    );
}
