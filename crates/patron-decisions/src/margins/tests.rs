//! Margins worked out by hand, and what must not move them.

use patron_domain::{Attributes, Money};
use patron_models::DiscountRate;

use super::test_shop::{costs, day, forecast, money, table, trait_of};
use super::*;

/// tea is known to cost 2, cup is China, pot has no category; the last line comes after the decision.
const SHOP: &str = "
    2024-01-05 ann tea UK  5  25.00
    2024-01-06 bob cup UK  2  12.00
    2024-02-03 ann pot FR  1  30.00
    2024-02-09 ann tea UK -1  -5.00
    2024-02-10 -   tea FR  2  10.00
    2024-02-11 cal -   FR  1   8.00
    2024-06-01 bob tea UK  9  99.00
";

fn known() -> Attributes {
    Attributes { category: trait_of(&["Drinks", "China", "-"]), ..costs(&["2", "-", "-"]) }
}

fn margins(attributes: &Attributes, rates: &MarginRates) -> Margins {
    let table = table(SHOP);
    Margins::new(&Shop::new(&table, attributes, day("2024-03-01"), &[]).unwrap(), rates).unwrap()
}

fn check(margin: &GroupMargin, expected: (&str, &str, Option<&str>, MarginBasis)) {
    let (revenue, known, earned, basis) = expected;
    let found = (margin.revenue, margin.known_revenue, margin.margin, margin.basis);
    assert_eq!(found, (money(revenue), money(known), earned.map(money), basis));
}

#[test]
fn every_margin_is_worked_out_by_hand_and_says_what_it_rests_on() {
    let rates = MarginRates::new([(" china ", 0.25)], Some(0.1)).unwrap();
    let found = margins(&known(), &rates);
    // tea: 30 − 6 × 2 = 18; cup: 25 % of 12 = 3; pot: 10 % of 30 = 3; cal's 8 without a product: .80
    check(&found.shop, ("80", "80", Some("24.80"), MarginBasis::Mixed));
    let rests_on = found.shop.rests_on;
    assert_eq!(
        [rests_on.unit_costs, rests_on.category_rates, rests_on.one_rate],
        [money("30"), money("12"), money("38")]
    );
    let names: Vec<&str> = found.products.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["tea", "pot", "cup"]);
    check(&found.products[0].margin, ("30", "30", Some("18"), MarginBasis::UnitCosts));
    check(&found.products[2].margin, ("12", "12", Some("3"), MarginBasis::CategoryRates));
    // UK: tea 20 − 8, cup 3; FR: pot 3, tea 10 − 4, .80
    let countries: Vec<_> =
        found.countries.iter().map(|row| (row.name.as_str(), row.margin.margin)).collect();
    assert_eq!(countries, [("UK", Some(money("15"))), ("FR", Some(money("9.80")))]);
    let categories: Vec<_> =
        found.categories.iter().map(|row| (row.name.as_str(), row.margin.margin)).collect();
    let expected = [("Drinks", "18"), ("", "3.80"), ("China", "3")];
    assert_eq!(categories, expected.map(|(name, margin)| (name, Some(money(margin)))));
    // ann: tea 20 − 4 × 2, pot 3; bob: 3; cal: .80
    let own: Vec<_> = (0..3).map(|place| found.customer(place).unwrap().so_far.margin).collect();
    assert_eq!(own, ["15", "3", "0.80"].map(|margin| Some(money(margin))));
    check(&found.of_group([0, 2]).unwrap(), ("58", "58", Some("15.80"), MarginBasis::Mixed));
    assert_eq!(found.missing, []);
}

#[test]
fn what_is_not_known_is_said_and_never_guessed() {
    let found = margins(&known(), &MarginRates::default());
    check(&found.shop, ("80", "30", Some("18"), MarginBasis::UnitCosts));
    assert_eq!((found.shop.rate, found.shop.covered), (Some(0.6), Some(0.375)));
    check(&found.customer(1).unwrap().so_far, ("12", "0", None, MarginBasis::Unknown));
    assert_eq!(found.missing, [Missing::UnitCostsOrMarginRate]);

    let nothing = margins(&Attributes::default(), &MarginRates::default());
    check(&nothing.shop, ("80", "0", None, MarginBasis::Unknown));
    assert_eq!((nothing.rate(0), nothing.categories.len()), (None, 0));
    assert!(nothing.missing[0].to_string().contains("unit_cost"));
}

#[test]
fn a_product_that_sells_much_and_earns_nothing_is_named() {
    // pot 30 of 72, tea 30, cup 12: pot and tea make the first 80 %; cup loses money and sells little
    let found = margins(&costs(&["2", "7", "30"]), &MarginRates::default());
    let names: Vec<&str> = found.sells_much_earns_nothing.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["pot"]);
    assert_eq!(found.sells_much_earns_nothing[0].margin.margin, Some(Money::ZERO));
}

#[test]
fn personal_attributes_move_nothing() {
    let personal = Attributes {
        gender: trait_of(&["f", "m", "f"]),
        city: trait_of(&["Leeds", "York", "Bath"]),
        birthday: vec![Some(day("1980-01-01")); 3],
        ..known()
    };
    let shown = |attributes| format!("{:?}", margins(attributes, &MarginRates::default()));
    assert_eq!(shown(&personal), shown(&known()));
}

#[test]
fn one_rate_is_the_rate_of_everybody_and_value_is_discounted() {
    let found = margins(&Attributes::default(), &MarginRates::new([], Some(0.25)).unwrap());
    assert!((0..3).all(|place| found.rate(place) == Some(0.25)));
    // revenue 100, 200 more, 200 more; no discount: 25, 75, 125
    assert_eq!(DiscountRate::default().get(), YEARLY_DISCOUNT);
    let none = DiscountRate::new(0.0).unwrap();
    let whole = margin_value(0.25, &forecast(0, 50.0, 0.5, 100.0), none);
    assert_eq!([whole.months_3, whole.months_12, whole.months_24], [25.0, 75.0, 125.0]);
    // 10 %: 25 × .988 187, 50 × .942 370, 50 × .867 112
    let today = margin_value(0.25, &forecast(0, 50.0, 0.5, 100.0), DiscountRate::default());
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 2e-3, "{found}");
    near(today.months_3, 24.7047);
    near(today.months_12, 24.7047 + 47.1185);
    near(today.months_24, 24.7047 + 47.1185 + 43.3556);
}

#[test]
fn a_customers_own_purchases_count_by_their_revenue() {
    // ann on two days at 50 % and 30 %, bob at 10 % twice: the example of docs/models/margin.md
    let table = table(
        "2024-01-01 ann a UK 1 100\n2024-01-02 ann b UK 1 100\n2024-01-01 bob c UK 1 100\n2024-01-02 bob d UK 1 300\n\
         2024-01-03 cal e UK 1 50",
    );
    let attributes = costs(&["50", "70", "90", "270", "-"]);
    let shop = Shop::new(&table, &attributes, day("2024-03-01"), &[]).unwrap();
    let found = Margins::new(&shop, &MarginRates::default()).unwrap();
    for (place, (rate, weight)) in
        [(0.378_378, 0.891_892), (0.105_714, 0.942_857), (0.2, 0.0)].into_iter().enumerate()
    {
        let one = found.customer(place).unwrap();
        assert!((one.rate.unwrap() - rate).abs() < 1e-6 && (one.own_weight - weight).abs() < 1e-6, "{one:?}");
    }
}

#[test]
fn a_rate_that_cannot_be_is_refused() {
    let refused = MarginRates::new([("tea", 35.0)], None).unwrap_err().to_string();
    assert_eq!(refused, "the margin rate must be between 0 and 1 (0.35 for 35 %), but is 35");
}
