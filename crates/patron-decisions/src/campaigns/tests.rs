//! Campaigns on small shops, worked out by hand.

use patron_domain::{Attributes, ContactCost, Day, MarketingCosts, Money};
use patron_models::CustomerForecast;

use super::*;
use crate::margins::test_shop::{day, forecast, money, table, trait_of};
use crate::{DecisionError, MarginRates, Margins, Missing, Shop};

/// Six customers, the last two after the decision.
const SHOP: &str = "
    2024-01-05 ann tea UK 5 50.00
    2024-01-06 bob cup UK 2 20.00
    2024-02-03 ann tea UK 1 10.00
    2024-02-09 cal cup FR 1 40.00
    2024-02-11 dan tea FR 1 30.00
    2024-03-03 ann tea UK 2 20.00
    2024-03-04 cal tea UK 2 30.00
    2024-03-08 cal cup FR -1 -10.00
    2024-04-01 eve tea FR 1 99.00
";
const AS_OF: &str = "2024-02-29";

fn letters(cost: &str) -> Attributes {
    let contacts = vec![ContactCost { channel: " Letter".into(), cost: money(cost) }];
    Attributes { costs: MarketingCosts { contacts, ..Default::default() }, ..Attributes::default() }
}

fn forecasts() -> Vec<CustomerForecast> {
    vec![
        forecast(0, 20.0, 0.5, 15.0),
        forecast(1, 40.0, 0.2, 8.0),
        forecast(2, 60.0, 0.1, 9.0),
        forecast(3, 40.0, 0.2, 8.0),
    ]
}

fn ask<'a>(places: &'a [usize], consent: &'a [Contactable]) -> CampaignAsk<'a> {
    CampaignAsk {
        name: "spring",
        play: Play::WinBack,
        places,
        channel: "letter",
        contact_cost: None,
        incentive: None,
        value_of: ValueOf::OnePurchase,
        value_factors: None,
        response: None,
        control_share: 0.0,
        seed: 7,
        window_days: 90,
        most: None,
        consent,
        product: &|customer| (customer == 2).then_some(1),
    }
}

fn plan(
    attributes: &Attributes,
    rate: Option<f64>,
    ask: &CampaignAsk<'_>,
) -> Result<CampaignPlan, DecisionError> {
    let (table, forecasts) = (table(SHOP), forecasts());
    let shop = Shop::new(&table, attributes, day(AS_OF), &forecasts).unwrap();
    let margins = Margins::new(&shop, &MarginRates::new([], rate).unwrap()).unwrap();
    plan_campaign(&shop, &margins, ask)
}

const ALL: [Contactable; 4] = [Contactable::Yes; 4];

#[test]
fn the_list_is_ranked_and_its_break_even_worked_out_by_hand() {
    let found = plan(&letters("0.50"), Some(0.5), &ask(&[0, 1, 2, 3], &ALL)).unwrap();
    // margins of a purchase: 10, 20, 30, 20; mean 20; .50 ÷ 20 = 25 of 1,000
    let shown: Vec<_> =
        found.list.iter().map(|row| (row.rank, row.customer, row.margin.unwrap(), row.product)).collect();
    assert_eq!(shown, [(1, 2, 30.0, Some(1)), (2, 1, 20.0, None), (3, 3, 20.0, None), (4, 0, 10.0, None)]);
    let expected = BreakEven::PaysFrom { share: 0.025, of_thousand: 25, of_contacts: 1 };
    assert_eq!((found.break_even, found.margin), (expected, Some(20.0)));
    assert_eq!((found.treated, found.control, found.contacts_cost), (4, 0, Some(money("2"))));
    assert!((found.baseline.unwrap() - 0.247).abs() < 1e-3, "90 of 91.3 days of .25");
    assert_eq!(found.missing, [Missing::Response, Missing::ControlGroup]);
    assert_eq!(
        (found.gain, found.smallest_effect),
        (None, None),
        "nothing is expected where nothing was stated"
    );
    let two = plan(&letters("0.50"), Some(0.5), &CampaignAsk { most: Some(2), ..ask(&[0, 1, 2, 3], &ALL) })
        .unwrap();
    assert_eq!(two.list.iter().map(|row| row.customer).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn three_months_of_a_buyer_are_worth_more_than_a_purchase() {
    let of = CampaignAsk { value_of: ValueOf::ThreeMonthsIfBought, ..ask(&[0, 1], &ALL) };
    let found = plan(&letters("0.50"), Some(0.5), &of).unwrap();
    // 15 ÷ .5 = 30 and 8 ÷ .2 = 40, half of it margin
    assert_eq!(found.margin, Some(17.5));
}

#[test]
fn a_gain_is_told_under_your_assumption_only() {
    let response = Response::your_assumption(0.0, 0.05).unwrap();
    let of = CampaignAsk {
        response: Some(&response),
        value_factors: Some([0.8, 1.5]),
        ..ask(&[0, 1, 2, 3], &ALL)
    };
    let gain = plan(&letters("0.50"), Some(0.5), &of).unwrap().gain.unwrap();
    // 4 × (0 − .5) = −2; 4 × (.025 × 20 − .5) = 0; 4 × (.05 × 30 − .5) = 4
    assert_eq!((gain.rests_on.as_str(), gain.value_uncertain), ("your assumption", true));
    for (found, expected) in [(gain.gain.low, -2.0), (gain.gain.middle, 0.0), (gain.gain.high, 4.0)] {
        assert!((found - expected).abs() < 1e-12, "{found}");
    }
    assert!((gain.extra_buyers.high - 0.2).abs() < 1e-12);
    assert!(
        Response::your_assumption(0.3, 0.2).is_err() && Response::your_assumption(f64::NAN, 0.2).is_err()
    );
}

#[test]
fn what_is_missing_is_named_and_never_assumed() {
    let check = |attributes: &Attributes, rate, expected: &[Missing]| {
        let found = plan(attributes, rate, &ask(&[0, 1], &ALL)).unwrap();
        assert_eq!(found.break_even, BreakEven::Unknown { missing: expected.to_vec() });
        assert_eq!((found.gain, found.list[0].pays_from, found.list.len()), (None, None, 2));
    };
    check(&letters("0.50"), None, &[Missing::UnitCostsOrMarginRate]);
    check(&Attributes::default(), Some(0.5), &[Missing::ContactCost]);
    check(&Attributes::default(), None, &[Missing::UnitCostsOrMarginRate, Missing::ContactCost]);
    let gift = CampaignAsk { incentive: Some((Incentive::Gift, None)), ..ask(&[0], &ALL) };
    let found = plan(&letters("0.50"), Some(0.5), &gift).unwrap();
    assert_eq!(found.break_even, BreakEven::Unknown { missing: vec![Missing::IncentiveCost] });
    let stated = CampaignAsk { contact_cost: Some(money("1")), ..ask(&[1], &ALL) };
    let found = plan(&Attributes::default(), Some(0.5), &stated).unwrap();
    assert_eq!(found.break_even.share(), Some(0.05));
}

#[test]
fn an_incentive_for_buyers_is_paid_to_those_who_buy_anyway() {
    let shipping = CostOfContact { per_contact: Money::ZERO, per_buyer: money("4") };
    let with = CampaignAsk { incentive: Some((Incentive::FreeShipping, Some(shipping))), ..ask(&[1], &ALL) };
    let found = plan(&letters("0.50"), Some(0.5), &with).unwrap();
    let anyway = 1.0 - 0.8_f64.powf(90.0 / 91.3125);
    let expected = (0.5 + 4.0 * anyway) / (20.0 - 4.0);
    assert!((found.break_even.share().unwrap() - expected).abs() < 1e-12);
    assert!((found.list[0].pays_from.unwrap() - expected).abs() < 1e-12);
}

#[test]
fn nobody_is_written_to_without_consent_and_all_left_out_are_counted() {
    let consent = [
        Contactable::of(Some(true), false),
        Contactable::of(Some(false), false),
        Contactable::of(Some(true), true),
        // dan: beyond the end
    ];
    let found = plan(&letters("0.50"), Some(0.5), &ask(&[0, 1, 2, 3], &consent)).unwrap();
    assert_eq!(found.list.iter().map(|row| row.customer).collect::<Vec<_>>(), [0]);
    assert_eq!(found.left_out, LeftOut { no_consent: 1, objected: 1, erased: 1 });
    assert_eq!((found.customers, found.left_out.total()), (4, 3));
    let nobody = plan(&letters("0.50"), Some(0.5), &ask(&[0, 3], &[])).unwrap();
    assert!(nobody.list.is_empty() && nobody.missing.contains(&Missing::Consent));
}

#[test]
fn personal_attributes_and_later_sales_move_no_list() {
    let half = CampaignAsk { control_share: 0.5, ..ask(&[0, 1, 2, 3], &ALL) };
    let personal = Attributes {
        gender: trait_of(&["f", "m", "f", "m"]),
        city: trait_of(&["Leeds", "York", "Bath", "Bath"]),
        birthday: vec![Some(day("1980-01-01")); 4],
        ..letters("0.50")
    };
    let plain = plan(&letters("0.50"), Some(0.5), &half).unwrap();
    assert_eq!(plan(&personal, Some(0.5), &half).unwrap(), plain);
    let known: String = SHOP
        .lines()
        .filter(|line| !line.contains("2024-03") && !line.contains("2024-04"))
        .map(|line| format!("{line}\n"))
        .collect();
    let (table, forecasts, attributes) = (table(&known), forecasts(), letters("0.50"));
    let shop = Shop::new(&table, &attributes, day(AS_OF), &forecasts).unwrap();
    let margins = Margins::new(&shop, &MarginRates::new([], Some(0.5)).unwrap()).unwrap();
    assert_eq!(plan_campaign(&shop, &margins, &half).unwrap(), plain);
    assert!(plan(&personal, None, &CampaignAsk { control_share: 1.5, ..half }).is_err());
}

fn measured(until: &str, as_of: &str, rate: Option<f64>, cost: Option<CostOfContact>) -> CampaignResult {
    let (table, attributes) = (table(SHOP), Attributes::default());
    let shop = Shop::new(&table, &attributes, day(AS_OF), &[]).unwrap();
    let margins = Margins::new(&shop, &MarginRates::new([], rate).unwrap()).unwrap();
    let assignment = Assignment {
        campaign: "spring",
        sent: day("2024-03-01"),
        until: day(until),
        treated: &[0, 2],
        control: &[1, 3],
        cost,
    };
    measure(&table, &assignment, &margins, as_of.parse::<Day>().unwrap()).unwrap()
}

#[test]
fn a_result_is_worked_out_by_hand() {
    let cost = CostOfContact { per_contact: money("1"), per_buyer: money("0.50") };
    let found = measured("2024-03-31", "2024-06-30", Some(0.5), Some(cost));
    // ann 20, cal 30 − 10: 10 each at half; nobody of the others
    assert_eq!((found.treated.buyers, found.treated.mean, found.treated.variance), (2, 10.0, 0.0));
    assert_eq!((found.control.buyers, found.control.mean), (0, 0.0));
    let extra = found.extra_buyers.unwrap();
    assert_eq!((extra.difference, extra.verdict), (1.0, Verdict::Adds));
    let net = found.net.unwrap();
    assert_eq!(net.middle, 2.0 * 10.0 - 2.0 - 1.0);
    assert!(found.complete);
    let response = found.response().unwrap();
    assert_eq!((response.label().as_str(), response.range().middle), ("measured: spring", 1.0));
    assert!(!response.too_small_to_tell());
}

#[test]
fn nothing_later_than_the_day_asked_for_is_measured() {
    let found = measured("2024-03-31", "2024-03-03", None, None);
    assert_eq!((found.treated.buyers, found.treated.mean, found.complete), (1, 10.0, false));
    assert_eq!((found.money_is, found.net), (MoneyIs::Revenue, None));
    assert_eq!(found.extra_buyers.unwrap().verdict, Verdict::TooSmallToTell);
    assert!(found.response().unwrap().too_small_to_tell());
    assert_eq!(found.missing, [Missing::UnitCostsOrMarginRate, Missing::ContactCost]);
}

#[test]
fn every_cell_has_its_play() {
    let check = |worth, overdue, days, play| assert_eq!(Play::fitting(worth, overdue, days), play);
    check(Worth::High, false, 5, Play::ThankAndRaise);
    check(Worth::Medium, false, 1, Play::SecondPurchase);
    check(Worth::Low, false, 1, Play::SecondPurchase);
    check(Worth::Low, false, 2, Play::LeaveBe);
    check(Worth::High, true, 1, Play::WinBack);
    check(Worth::Low, true, 9, Play::LetGo);
    assert!(Play::WinBack.is_paid() && !Play::LetGo.is_paid());
}
