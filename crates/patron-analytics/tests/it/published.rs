//! Numbers published for the Online Retail log, and a recount of it with another tool.

use patron_analytics::{
    AnalysisOptions, Answers, MonthTotals, ProductMeasure, ProductTrend, RankEnd, RepeatDefinition,
    SpenderGroup, TrendMeasure, analyse,
};
use patron_columns::{RollupSource, SalesTable};
use patron_domain::Money;

use crate::real_data::{cdnow, online_retail};

fn answers(table: &SalesTable) -> Answers {
    analyse(table, &AnalysisOptions::at(table.span().unwrap().last)).unwrap()
}

fn month_line(row: &MonthTotals) -> String {
    let MonthTotals {
        month,
        orders,
        revenue,
        active_customers,
        new_customers,
        repeat_customers,
        repeat_revenue,
        returning_customers,
        returning_revenue,
        revenue_without_customer,
    } = row;
    format!(
        "{month},{orders},{revenue},{active_customers},{new_customers},{repeat_customers},{repeat_revenue},\
         {returning_customers},{returning_revenue},{revenue_without_customer}"
    )
}

#[test]
fn online_retail_comes_out_as_published() {
    let Some(table) = online_retail() else { return };
    let answers = answers(&table);
    check_months(&answers);
    check_recount(&table, &answers);
    check_best_sellers(&table, &answers);
}

fn check_months(answers: &Answers) {
    let lines: Vec<String> = answers.monthly.iter().map(month_line).collect();
    let expected: Vec<&str> = include_str!("../oracle/online_retail_monthly.csv").lines().skip(1).collect();
    assert_eq!(lines, expected);
    let published = [
        (0, "2010-12", 1_629, "823746.14", 885, 263, 29.7175, 43.6021),
        (11, "2011-11", 2_884, "1509496.33", 1_665, 540, 32.4324, 47.2689),
    ];
    for (place, month, orders, revenue, customers, repeat, of_customers, of_revenue) in published {
        let row = &answers.monthly[place];
        let found = (row.month.to_string(), row.orders, row.revenue.to_string());
        assert_eq!(found, (month.to_owned(), orders, revenue.to_owned()));
        assert_eq!((row.active_customers, row.repeat_customers), (customers, repeat));
        let share = answers.repeat_shares.iter().find(|share| {
            share.month == Some(row.month) && share.definition == RepeatDefinition::TwoOrdersInMonth
        });
        let share = share.unwrap();
        assert!((share.share_of_customers.unwrap() * 100.0 - of_customers).abs() < 5e-5, "{share:?}");
        assert!((share.share_of_revenue.unwrap() * 100.0 - of_revenue).abs() < 5e-5, "{share:?}");
    }
    let complete: Vec<String> =
        answers.month_details.iter().filter(|m| m.complete).map(|m| m.month.to_string()).collect();
    assert_eq!((complete.len(), complete[0].as_str(), complete[11].as_str()), (12, "2010-12", "2011-11"));
}

/// Against the recount from the lines by `tests/oracle/online_retail_answers.py`: name, stock code where there is
/// one, numbers.
fn check_recount(table: &SalesTable, answers: &Answers) {
    for line in include_str!("../oracle/online_retail_answers.txt").lines() {
        let mut fields = line.split(' ');
        let name = fields.next().unwrap();
        let coded = ["repeat_item", "spend_on", "first_product", "trend"].contains(&name);
        let sku = if coded { fields.next().unwrap() } else { "" };
        let expected: Vec<f64> = fields.map(|field| field.parse().unwrap()).collect();
        let found = recounted(table, answers, name, sku);
        assert_eq!(found.len(), expected.len(), "{line}");
        for (found, wanted) in found.iter().zip(&expected) {
            assert!((found - wanted).abs() <= 5e-9 * wanted.abs(), "{line}: found {found}");
        }
    }
    let order: Vec<&str> =
        answers.repeat_items.iter().take(5).map(|item| item.product.sku.as_str()).collect();
    assert_eq!(order, ["85123A", "22423", "85099B", "84879", "47566"]);
    let order: Vec<&str> = answers.first_products.iter().take(3).map(|p| p.product.sku.as_str()).collect();
    assert_eq!(order, ["21216", "21984", "22795"]);
}

fn recounted(table: &SalesTable, answers: &Answers, name: &str, sku: &str) -> Vec<f64> {
    let second = |day: u32| answers.second_order.iter().find(|row| row.by_day == day).unwrap().share.unwrap();
    let top = |place: usize| {
        let top = &answers.concentration[place];
        vec![top.customers as f64, top.revenue.to_f64()]
    };
    match name {
        "product_months" => {
            let rows = &answers.product_months;
            let sums = [
                rows.iter().map(|row| row.quantity).sum::<i64>(),
                rows.iter().map(|row| row.revenue).sum::<Money>().ten_thousandths(),
                rows.iter().map(|row| i64::from(row.orders)).sum(),
                rows.iter().map(|row| i64::from(row.customers)).sum(),
            ];
            let skus = &table.catalog().skus;
            assert!(rows.is_sorted_by_key(|row| (row.month, skus.text(row.product))));
            std::iter::once(rows.len() as f64).chain(sums.map(|sum| sum as f64)).collect()
        }
        "purchasers" => vec![answers.totals.purchasers as f64, answers.totals.repeat_customers as f64],
        "gaps" => {
            let between = &answers.days_between;
            vec![between.gaps as f64, between.median.unwrap(), between.mean.unwrap()]
        }
        "second_by_30" => vec![second(30)],
        "second_by_60" => vec![second(60)],
        "second_by_90" => vec![second(90)],
        "second_by_180" => vec![second(180)],
        "repeat_item" => {
            let item = answers.repeat_items.iter().find(|item| item.product.sku == sku).unwrap();
            vec![item.customers as f64, item.repeat_customers as f64, item.median_days_between.unwrap()]
        }
        "spend_on" => {
            let row = &answers.product_spend[0];
            assert_eq!((row.product.sku.as_str(), row.group), (sku, SpenderGroup::ProductOnTwoDays));
            vec![row.customers as f64, row.minimum.to_f64(), row.maximum.to_f64(), row.mean, row.median]
        }
        "old_enough" => {
            let row = &answers.first_products[0];
            let returned = row.share_others.unwrap() * (2_485 - row.customers) as f64 + row.returned as f64;
            vec![2_485.0, returned]
        }
        "first_product" => {
            let row = answers.first_products.iter().find(|row| row.product.sku == sku).unwrap();
            vec![row.customers as f64, row.returned as f64, row.share_others.unwrap()]
        }
        "top_1" => top(0),
        "top_10" => top(1),
        "top_20" => top(2),
        "trend" => {
            let fits = |row: &&ProductTrend| row.product.sku == sku && row.measure == TrendMeasure::Quantity;
            let row = answers.product_trends.iter().find(fits).unwrap();
            let trend = row.trend.unwrap();
            let robust = trend.theil_sen;
            let line =
                [trend.ols.slope, trend.standard_error, trend.p_value, robust.slope, robust.low, robust.high];
            line.into_iter().chain(row.slope_against_shop).collect()
        }
        other => panic!("{other} is not recounted"),
    }
}

fn check_best_sellers(table: &SalesTable, answers: &Answers) {
    let skus = &table.catalog().skus;
    let mut november: Vec<_> =
        answers.product_months.iter().filter(|row| row.month.to_string() == "2011-11").collect();
    november.sort_by_key(|row| -row.quantity);
    let best: Vec<_> = november.iter().take(5).map(|row| (skus.text(row.product), row.quantity)).collect();
    let published =
        [("23084", 14_954), ("84826", 12_551), ("22197", 12_460), ("22086", 7_908), ("85099B", 5_909)];
    assert_eq!(best, published);
    november.sort_by_key(|row| -row.revenue.ten_thousandths());
    let best: Vec<_> =
        november.iter().take(5).map(|row| (skus.text(row.product), row.revenue.to_string())).collect();
    let published = [
        ("DOT", "36905.40"),
        ("23084", "34556.72"),
        ("22086", "28985.04"),
        ("22197", "14195.60"),
        ("85123A", "14136.70"),
    ];
    assert_eq!(best, published.map(|(sku, revenue)| (sku, revenue.to_owned())));
    let most = answers
        .product_ranking
        .iter()
        .find(|row| row.measure == ProductMeasure::Quantity && row.end == RankEnd::Most)
        .unwrap();
    assert_eq!(most.product.as_ref().unwrap(), &answers.popular[0].product);
}

#[test]
fn a_log_without_products_answers_about_customers() {
    let Some(table) = cdnow() else { return };
    let answers = answers(&table);
    let total: Money = answers.customers.iter().map(|customer| customer.revenue).sum();
    assert_eq!((answers.totals.customers, total), (23_570, table.total_amount()));
    assert!(answers.products.is_empty() && answers.product_trends.is_empty() && answers.popular.is_empty());
    assert_eq!(answers.calendar.unwrap().last_complete.unwrap().to_string(), "1998-06");
    assert_eq!(answers.cohorts.cohorts.len(), 3);
}
