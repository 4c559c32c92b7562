use patron_columns::SalesTable;
use patron_domain::Attributes;

use super::*;
use crate::margins::test_shop::{day, forecast, table};
use crate::segments::{Rhythm, ValueTier, rhythms};

const LOG: &str = "
    2024-01-01 anna tea uk 1 100.00
    2024-01-20 anna cup uk 1 100.00
    2024-02-08 anna tea uk 1 100.00
    2024-02-27 anna tea uk 1 100.00
    2024-03-17 anna tea uk 1 100.00
    2024-01-01 ben tea uk 1 80.00
    2024-01-31 ben pot uk 1 80.00
    2024-02-20 carl tea fr 1 30.00
    2024-03-21 carl tea fr 2 30.00
    2024-03-30 dora cup fr 1 10.00
    2024-04-05 dora pot fr 1 999.00
";

fn on<T>(table: &SalesTable, ask: impl Fn(&Shop<'_>, &Seen) -> T) -> T {
    let attributes = Attributes::default();
    let forecasts = [
        forecast(0, 10.0, 0.9, 100.0),
        forecast(1, 10.0, 0.2, 50.0),
        forecast(2, 1.0, 0.5, 6.0),
        forecast(3, 1.0, 0.3, 4.0),
    ];
    let shop = Shop::new(table, &attributes, day("2024-03-31"), &forecasts).unwrap();
    ask(&shop, &Seen::read(&shop).unwrap())
}

#[test]
fn the_win_back_list_by_hand() {
    let found = on(&table(LOG), |shop, seen| {
        retention(shop, seen, &rhythms(shop, seen), &RetentionOptions::default())
    });
    // Ben: 160 of 730 to date, away for 60 days, 20 % likely to buy, 150 expected in 12 months
    let [ben] = &found.win_back[..] else { panic!("{:?}", found.win_back) };
    assert_eq!((ben.rank, ben.risk.customer, ben.past_value, ben.revenue), (1, 1, ValueTier::Medium, 160.0));
    assert_eq!((ben.risk.rhythm, ben.risk.inactivity), (Rhythm::Overdue, 60));
    assert!((ben.risk.value_at_risk.unwrap() - 0.8 * 150.0).abs() < 1e-9);
    assert!((ben.risk.no_purchase_3m.unwrap() - 0.8).abs() < 1e-12 && ben.risk.p_alive == Some(0.5));
    let totals = found.totals;
    assert_eq!((totals.customers, totals.with_forecast, totals.overdue), (4, 4, 1));
    assert!((totals.expected_silent_3m - (0.1 + 0.8 + 0.5 + 0.7)).abs() < 1e-12);
    assert!((totals.value_at_risk - (30.0 + 120.0 + 9.0 + 8.4)).abs() < 1e-9);
    assert_eq!(totals.clv_12m, 480.0);
    assert!(matches!(found.moved_up, MovedUpAnswer::NotEnoughHistory { days: 90, needed: 180 }));
    serde_json::to_string(&found).unwrap();
}

#[test]
fn without_forecasts_nothing_is_made_up() {
    let (table, attributes) = (table(LOG), Attributes::default());
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &[]).unwrap();
    let seen = Seen::read(&shop).unwrap();
    let found = retention(&shop, &seen, &rhythms(&shop, &seen), &RetentionOptions::default());
    assert!(found.win_back.is_empty());
    assert!(found.risks.iter().all(|risk| risk.no_purchase_3m.is_none() && risk.value_at_risk.is_none()));
    assert_eq!((found.totals.with_forecast, found.totals.overdue), (0, 1));
}

#[test]
fn nobody_is_overdue_where_nobody_has_come_back() {
    let (table, attributes) =
        (table("2020-01-01 a t uk 1 5.00\n2020-02-01 b t uk 1 5.00"), Attributes::default());
    let shop = Shop::new(&table, &attributes, day("2024-03-31"), &[]).unwrap();
    let seen = Seen::read(&shop).unwrap();
    let found = rhythms(&shop, &seen);
    assert!(found.iter().all(|of| of.limit.is_none() && of.rhythm == Rhythm::OnRhythm));
}

#[test]
fn time_to_the_second_purchase_by_hand() {
    let rows = on(&table(LOG), next_purchases);
    let first = rows.iter().find(|row| row.group == NextGroup::All && row.after == 1).unwrap();
    // Anna came back after 19 days, Ben and Carl after 30 of 90 and 40 watched; Dora was watched for one
    assert_eq!((first.customers, first.bought_again), (4, 3));
    assert_eq!(first.quarter.unwrap().days, 19); // a third of the three at risk
    assert_eq!(first.half.unwrap().days, 30);
    assert_eq!(first.three_quarters.unwrap().days, 30);
    assert_eq!(first.within_90.unwrap().0, 1.0);
    let second = rows.iter().find(|row| row.group == NextGroup::All && row.after == 2).unwrap();
    assert_eq!((second.customers, second.bought_again), (3, 1)); // Anna; Ben waits for 60 days, Carl for 10
    assert_eq!(second.quarter.unwrap().days, 19);
    assert!(second.three_quarters.is_none());
    let fifth = rows.iter().find(|row| row.group == NextGroup::All && row.after == 5).unwrap();
    assert_eq!((fifth.customers, fifth.bought_again), (1, 0));
    assert!(rows.iter().all(|row| row.group == NextGroup::All), "groups of four are too few");
}

#[test]
fn who_still_buys_a_product_by_hand() {
    let rows = on(&table(LOG), |shop, seen| product_retention(shop, seen, 60));
    let tea = rows.iter().find(|row| row.sku == "tea").unwrap();
    // Anna again after 38 days, Carl after 30 of 40 watched, Ben not in 90
    assert_eq!(tea.buyers, 3);
    assert!((tea.bought_again.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    // of Anna and Ben, who have known it for 60 days, Anna had it 14 days ago
    assert_eq!((tea.long_known, tea.still_buying), (2, Some(0.5)));
    let (low, high) = tea.still_buying_interval.unwrap();
    assert!(low < 0.5 && high > 0.5);
    let cup = rows.iter().find(|row| row.sku == "cup").unwrap();
    assert_eq!((cup.buyers, cup.long_known), (2, 1)); // Anna; Dora had it yesterday
    let pot = rows.iter().find(|row| row.sku == "pot").unwrap();
    assert_eq!((pot.buyers, pot.bought_again, pot.still_buying), (1, Some(0.0), Some(0.0)));
}

/// 400 customers over two years. In the first, forty carry it; of a hundred in the middle, every third buys four times as
/// often in small pieces and spends most of all in the second.
fn planted() -> SalesTable {
    let mut lines = String::new();
    let start = day("2022-01-01");
    let mut buy = |customer: usize, on: i32, amount: f64| {
        lines += &format!("{} c{customer} p uk 1 {amount:.2}\n", start.plus_days(on));
    };
    for customer in 0..400 {
        let shift = customer as i32 % 7;
        let (first, second): (Vec<f64>, f64) = match customer {
            0..40 => (vec![551.0; 2], 500.0),
            40..140 if customer % 3 == 0 => (vec![65.0; 4], 900.0),
            40..140 => (vec![260.0], 150.0),
            _ => (vec![65.0], 10.0),
        };
        for (time, &amount) in first.iter().enumerate() {
            buy(customer, 80 * time as i32 + shift, amount + f64::from(shift));
        }
        buy(customer, 500 + shift, second);
    }
    table(&lines)
}

#[test]
fn what_those_who_moved_up_did_differently_is_found() {
    let (table, attributes) = (planted(), Attributes::default());
    let shop = Shop::new(&table, &attributes, day("2023-12-31"), &[]).unwrap();
    let seen = Seen::read(&shop).unwrap();
    let MovedUpAnswer::Compared(found) = moved_up(&shop, &seen) else { panic!() };
    assert_eq!((found.window, found.moved_up + found.stayed + found.moved_down), (364, found.medium_then));
    assert!(found.moved_up >= 20 && found.moved_down + found.stayed >= 45, "{found:?}");
    let of = |habit| found.differences.iter().find(|row| row.habit == habit).unwrap();
    let days = of(Habit::PurchaseDays);
    assert_eq!((days.moved_up, days.stayed), (4.0, 1.0));
    assert!(days.interval.0 > 0.8 && days.adjusted_p < 1e-6, "{days:?}");
    assert!(of(Habit::CustomerAge).adjusted_p > 0.05, "{found:?}");
    assert!(
        found.differences.iter().all(|row| row.habit != Habit::Lines),
        "all have one line: nothing to compare"
    );
}
