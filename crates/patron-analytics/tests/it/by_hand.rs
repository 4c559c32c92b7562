//! A shop small enough to be worked out with pencil and paper.

use patron_analytics::{
    AnalysisOptions, Answers, ProductMeasure, ProductRole, RankEnd, RepeatDefinition, RepeatShare, RfmScores,
    SpenderGroup, TrendClass, analyse,
};
use patron_domain::{Day, Money};

use crate::shop::{lines_of, table_of};

/// Day, customer, order, product, country, quantity, amount.
const SHOP: &str = "
    2011-01-03 anna o1 tea UK  2  10.00
    2011-01-03 anna o1 cup UK  1   5.00
    2011-01-20 anna o2 tea UK  1   5.00
    2011-01-10 ben  o3 cup UK  4  20.00
    2011-01-31 -    o4 tea UK 10  50.00
    2011-02-05 anna o5 tea UK  1   5.00
    2011-02-06 cleo o6 tea FR  3  15.00
    2011-02-06 cleo r6 tea FR -3 -15.00
    2011-02-14 ben  r3 cup UK -1  -5.00
    2011-02-28 dora o7 cup FR  2  12.00
    2011-02-28 dora o8 tea FR  1   6.00
";

fn options() -> AnalysisOptions {
    AnalysisOptions {
        minimum_country_customers: 2,
        minimum_customers: 1,
        return_days: 30,
        minimum_days_on_sale: 50,
        ..AnalysisOptions::at(day("2011-02-28"))
    }
}

fn answers() -> Answers {
    analyse(&table_of(&lines_of(SHOP)), &options()).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn near(found: impl Into<Option<f64>>, wanted: f64) {
    let found = found.into().unwrap();
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn months_split_into_new_returning_and_unknown() {
    let answers = answers();
    let [january, february] = &answers.monthly[..] else { panic!("{:?}", answers.monthly) };
    assert_eq!((january.orders, january.revenue, january.active_customers), (4, money("90"), 2));
    assert_eq!((january.new_customers, january.repeat_customers, january.returning_customers), (2, 1, 0));
    assert_eq!((january.repeat_revenue, january.revenue_without_customer), (money("20"), money("50")));
    assert_eq!((february.orders, february.revenue, february.active_customers), (4, money("18"), 3));
    assert_eq!((february.new_customers, february.repeat_customers, february.returning_customers), (2, 1, 1));
    assert_eq!((february.repeat_revenue, february.returning_revenue), (money("18"), money("5")));
    let detail = &answers.month_details[1];
    let split = (detail.new_revenue, detail.returning_revenue, detail.returns_only_revenue);
    assert_eq!(split, (money("18"), money("5"), money("-5")));
    assert_eq!((detail.quantity, detail.complete), (3, true));
    near(detail.average_order_value, 4.5);
    near(detail.new_share, 2.0 / 3.0);
}

#[test]
fn three_definitions_of_a_repeat_customer() {
    let answers = answers();
    let find = |rows: &[RepeatShare], country: Option<&str>, month: Option<&str>, wanted| {
        let fits = |row: &&RepeatShare| {
            row.country.as_deref() == country
                && row.month.map(|month| month.to_string()).as_deref() == month
                && row.definition == wanted
        };
        rows.iter().find(fits).cloned().unwrap()
    };
    let whole = |definition| find(&answers.repeat_shares, None, None, definition);
    let two_orders = whole(RepeatDefinition::TwoOrdersInMonth);
    assert_eq!((two_orders.customers, two_orders.repeat_customers), (4, 2));
    assert_eq!((two_orders.repeat_revenue, two_orders.known_revenue), (money("38"), money("58")));
    near(two_orders.share_of_revenue, 38.0 / 108.0);
    near(two_orders.share_of_known_revenue, 38.0 / 58.0);
    let before = whole(RepeatDefinition::BoughtBefore);
    assert_eq!((before.repeat_customers, before.repeat_revenue), (1, money("5")));
    let ever = whole(RepeatDefinition::TwoDaysEver);
    assert_eq!((ever.repeat_customers, ever.repeat_revenue), (1, money("25")));
    let january = find(&answers.repeat_shares, None, Some("2011-01"), RepeatDefinition::TwoDaysEver);
    assert_eq!((january.repeat_customers, january.repeat_revenue), (1, money("20")));
    let uk =
        find(&answers.repeat_by_country, Some("UK"), Some("2011-01"), RepeatDefinition::TwoOrdersInMonth);
    assert_eq!((uk.customers, uk.repeat_customers, uk.revenue), (2, 1, money("90")));
    let fr = find(&answers.repeat_by_country, Some("FR"), None, RepeatDefinition::TwoOrdersInMonth);
    assert_eq!((fr.customers, fr.repeat_customers, fr.repeat_revenue), (2, 1, money("18")));
    let spend = &answers.repeat_spend[0];
    assert_eq!((spend.month, spend.definition), (None, RepeatDefinition::TwoOrdersInMonth));
    assert_eq!((spend.customers, spend.minimum, spend.maximum), (2, money("18"), money("25")));
    near(spend.mean, 21.5);
    near(spend.median, 21.5);
}

#[test]
fn products_and_who_buys_them_again() {
    let answers = answers();
    let [cup, tea] = &answers.products[..] else { panic!("{:?}", answers.products) };
    assert_eq!((tea.product.sku.as_str(), tea.product.description.as_str()), ("tea", "a tea"));
    assert_eq!((tea.quantity, tea.revenue, tea.orders, tea.popularity_rank), (15, money("76"), 6, 1));
    assert_eq!((tea.customers, tea.repeat_customers, tea.days_on_sale), (2, 1, 57));
    near(tea.spend_per_customer, 13.0);
    assert_eq!((cup.quantity, cup.revenue, cup.orders, cup.popularity_rank), (6, money("32"), 3, 2));
    assert_eq!((cup.customers, cup.repeat_customers), (3, 0));
    let again = &answers.repeat_items[0];
    assert_eq!((again.product.sku.as_str(), again.median_days_between), ("tea", Some(16.5)));
    // tea is half of the products of January's visits, and of February's; anna came twice more, for one product each
    assert_eq!(again.bought_again, 2);
    near(again.bought_again_by_chance, 1.0);
    near(again.q_value, 2.0 * (1.0 - 2.0 * (-1.0_f64).exp()));
    let cup_again = &answers.repeat_items[1];
    assert_eq!(cup_again.bought_again, 0);
    near(cup_again.bought_again_by_chance, 0.75);
    near(cup_again.q_value, 1.0);
    let spend = |group| {
        let of_tea = |row: &&patron_analytics::ProductSpend| {
            row.role == ProductRole::MostRepeatCustomers && row.group == group
        };
        let row = answers.product_spend.iter().find(of_tea).unwrap();
        (row.product.sku.clone(), row.customers, row.minimum, row.maximum, row.mean)
    };
    let tea = || "tea".to_owned();
    assert_eq!(spend(SpenderGroup::ProductOnTwoDays), (tea(), 1, money("20"), money("20"), 20.0));
    assert_eq!(spend(SpenderGroup::TwoOrdersInMonth), (tea(), 2, money("6"), money("20"), 13.0));
    assert_eq!(spend(SpenderGroup::AllBuyers), (tea(), 2, money("6"), money("20"), 13.0));
    let least = answers.product_ranking.iter().find(|row| row.end == RankEnd::Least).unwrap();
    assert_eq!((least.measure, least.value, least.tied), (ProductMeasure::Quantity, 6.0, 1));
    assert!(answers.product_trends.iter().all(|row| row.class == TrendClass::TooShort));
    assert_eq!(answers.product_trends.len(), 4);
    assert!(answers.trending.is_empty(), "ten recent orders are asked for");
}

#[test]
fn countries_and_their_favourites() {
    let answers = answers();
    let [uk, fr] = &answers.countries[..] else { panic!("{:?}", answers.countries) };
    assert_eq!((uk.country.as_str(), uk.customers, uk.orders, uk.revenue), ("UK", 2, 5, money("90")));
    assert_eq!((fr.country.as_str(), fr.customers, fr.orders, fr.revenue), ("FR", 2, 3, money("18")));
    assert_eq!(fr.favourite.as_ref().map(|product| product.sku.as_str()), Some("cup"));
    assert_eq!((fr.favourite_quantity, fr.shop_favourite_quantity), (2, 1));
    near(fr.shop_favourite_share, 1.0 / 3.0);
    near(uk.repeat_share, 0.5);
    let strict = AnalysisOptions { minimum_country_customers: 3, ..options() };
    let few = analyse(&table_of(&lines_of(SHOP)), &strict).unwrap();
    assert!(few.countries.iter().all(|c| c.too_few && c.repeat_share.is_none() && c.favourite.is_none()));
    assert!(few.country_products.is_empty());
}

#[test]
fn customers_one_by_one() {
    let answers = answers();
    let [anna, ben, cleo, dora] = &answers.customers[..] else { panic!("{:?}", answers.customers) };
    assert_eq!((anna.first_purchase, anna.last_purchase), (Some(day("2011-01-03")), Some(day("2011-02-05"))));
    assert_eq!((anna.orders, anna.purchase_days, anna.revenue), (3, 3, money("25")));
    assert_eq!((anna.mean_days_between, anna.inactivity), (Some(16.5), Some(23)));
    near(anna.purchases_per_year, 2.0 * 365.0 / 56.0);
    near(anna.average_order_value, 25.0 / 3.0);
    assert_eq!((ben.purchase_days, ben.revenue, ben.mean_days_between), (1, money("15"), None));
    assert_eq!((cleo.orders, cleo.purchase_days, cleo.first_purchase, cleo.rfm), (1, 0, None, None));
    assert_eq!((dora.orders, dora.purchases_per_year), (2, None));
    assert_eq!(anna.rfm, Some(RfmScores { recency: 2, frequency: 4, monetary: 4 }));
    let counts: Vec<_> = answers.orders_histogram.iter().map(|b| (b.orders, b.customers)).collect();
    assert_eq!(counts, [(1, 2), (2, 1), (3, 1)]);
    near(answers.orders_histogram[1].share_at_least, 0.5);
    let weeks: Vec<_> = answers.days_between.buckets.iter().map(|b| b.gaps).collect();
    assert_eq!((weeks, answers.days_between.median), (vec![0, 0, 2], Some(16.5)));
    let best = answers.concentration[0];
    assert_eq!((best.customers, best.revenue), (1, money("25")));
    near(best.share_of_known_revenue, 25.0 / 58.0);
    near(answers.lorenz[100].revenue, 1.0);
}

#[test]
fn returns_and_cohorts() {
    let answers = answers();
    let all = &answers.second_order[..4];
    assert_eq!((all[0].by_day, all[0].customers, all[0].watched, all[0].returned), (30, 3, 2, 1));
    near(all[0].share, 0.5);
    assert_eq!((all[1].by_day, all[1].share), (60, None));
    near(answers.second_order_curve[16].share, 0.0);
    near(answers.second_order_curve[17].share, 0.5);
    let first: Vec<_> = answers
        .first_products
        .iter()
        .map(|row| (row.product.sku.as_str(), row.customers, row.returned))
        .collect();
    assert_eq!(first, [("tea", 1, 1), ("cup", 2, 1)]);
    let sizes: Vec<_> =
        answers.cohorts.cohorts.iter().map(|c| (c.customers, c.repeat_customers, c.revenue)).collect();
    assert_eq!(sizes, [(2, 1, money("40")), (1, 0, money("18"))]);
    let cells: Vec<_> = answers.cohorts.cells.iter().map(|c| (c.months_since, c.active, c.revenue)).collect();
    assert_eq!(cells, [(0, 2, money("40")), (1, 1, money("0")), (0, 1, money("18"))]);
    near(answers.cohorts.cells[1].cumulative_revenue_per_customer, 20.0);
    assert_eq!(answers.cohorts.revenue_without_purchase, Money::ZERO);
}

#[test]
fn equal_values_are_counted_not_listed_by_chance() {
    let shop: String = (1..=9).map(|n| format!("2011-01-0{n} - o{n} p{n} UK {} 5.00\n", n.max(7))).collect();
    let options = AnalysisOptions { top: 3, minimum_days_on_sale: 1, ..options() };
    let answers = analyse(&table_of(&lines_of(&shop)), &options).unwrap();
    let rows = |wanted| {
        let units = answers.product_ranking.iter();
        let units = units.filter(move |row| row.measure == ProductMeasure::Quantity && row.end == wanted);
        units.map(|row| (row.rank, row.product.as_ref().map(|p| p.sku.clone()), row.tied)).collect::<Vec<_>>()
    };
    assert_eq!(rows(RankEnd::Least), [(1, None, 7)]);
    assert_eq!(rows(RankEnd::Most), [(1, Some("p9".into()), 1), (2, Some("p8".into()), 1), (3, None, 7)]);
}

#[test]
fn an_empty_shop_has_empty_answers() {
    let answers = analyse(&table_of(&[]), &options()).unwrap();
    assert!(answers.calendar.is_none() && answers.monthly.is_empty() && answers.customers.is_empty());
    assert_eq!((answers.totals.orders, answers.totals.repeat_rate), (0, None));
    assert!(serde_json::to_string(&answers).unwrap().contains("\"lorenz\":[]"));
}
