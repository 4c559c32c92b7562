//! What must hold for every shop.

use std::collections::{BTreeMap, BTreeSet};

use patron_analytics::{AnalysisOptions, Answers, ProductMeasure, RankEnd, analyse};
use patron_columns::{
    Batches, Catalog, CustomerDayBatch, CustomerProductDay, OrderMonth, ProductDay, ProductMonth,
    RollupSource, SalesTable, Span,
};
use patron_domain::{Day, Money, Month, PurchaseRule};
use proptest::prelude::*;

use crate::shop::{Line, any_lines, table_of};

fn options() -> AnalysisOptions {
    AnalysisOptions { minimum_customers: 1, top: 4, ..AnalysisOptions::at(Day::from_number(0)) }
}

fn answers(source: &dyn RollupSource) -> Answers {
    analyse(source, &options()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn parts_add_up_to_the_whole(lines in any_lines()) {
        let table = table_of(&lines);
        let answers = answers(&table);
        let total: Money = lines.iter().map(|line| line.amount).sum();
        prop_assert_eq!(answers.totals.revenue, total);
        prop_assert_eq!(answers.monthly.iter().map(|m| m.revenue).sum::<Money>(), total);
        prop_assert_eq!(answers.countries.iter().map(|c| c.revenue).sum::<Money>(), total);
        for (month, detail) in answers.monthly.iter().zip(&answers.month_details) {
            prop_assert_eq!(month.new_customers + month.returning_customers, month.active_customers);
            let split = detail.new_revenue + detail.returning_revenue + detail.returns_only_revenue;
            prop_assert_eq!(split, detail.known_revenue);
            prop_assert_eq!(split + detail.revenue_without_customer, month.revenue);
        }
        let known = answers.totals.known_revenue;
        prop_assert_eq!(answers.customers.iter().map(|c| c.revenue).sum::<Money>(), known);
        let cells: Money = answers.cohorts.cells.iter().map(|c| c.revenue).sum();
        prop_assert_eq!(cells + answers.cohorts.revenue_without_purchase, known);
        let cohorts: u64 = answers.cohorts.cohorts.iter().map(|c| c.customers).sum();
        prop_assert_eq!(cohorts, answers.totals.purchasers);
        prop_assert!(answers.cohorts.cells.iter().all(|c| c.months_since > 0 || c.retention == 1.0));
        let counted: u64 = answers.orders_histogram.iter().map(|b| b.customers).sum();
        prop_assert_eq!(counted, answers.totals.customers);
        prop_assert_eq!(answers.days_between.buckets.iter().map(|b| b.gaps).sum::<u64>(), answers.days_between.gaps);
        let units: i64 = answers.products.iter().map(|p| p.quantity).sum();
        prop_assert_eq!(answers.product_months.iter().map(|p| p.quantity).sum::<i64>(), units);
        prop_assert_eq!(answers.countries.iter().map(|c| c.quantity).sum::<i64>(), units);
    }

    #[test]
    fn countries_add_up_to_all_repeat_customers(lines in any_lines()) {
        let answers = answers(&table_of(&lines));
        for whole in &answers.repeat_shares {
            let parts = || answers.repeat_by_country.iter().filter(|row| {
                row.month == whole.month && row.definition == whole.definition
            });
            prop_assert_eq!(parts().map(|row| row.customers).sum::<u64>(), whole.customers);
            prop_assert_eq!(parts().map(|row| row.repeat_customers).sum::<u64>(), whole.repeat_customers);
            prop_assert_eq!(parts().map(|row| row.repeat_revenue).sum::<Money>(), whole.repeat_revenue);
            prop_assert_eq!(parts().map(|row| row.revenue).sum::<Money>(), whole.revenue);
            prop_assert!(whole.repeat_customers <= whole.customers);
        }
    }

    #[test]
    fn months_are_recounted_line_by_line(lines in any_lines()) {
        let answers = answers(&table_of(&lines));
        let mut orders: BTreeMap<(&str, Month), BTreeSet<&str>> = BTreeMap::new();
        let sales = lines.iter().filter(|line| line.quantity > 0 && !line.customer.is_empty());
        for line in sales {
            orders.entry((&line.customer, line.day.month())).or_default().insert(&line.order);
        }
        for row in &answers.monthly {
            let own = |line: &&Line| line.day.month() == row.month;
            let active = orders.keys().filter(|(_, month)| *month == row.month);
            prop_assert_eq!(active.count() as u64, row.active_customers);
            let repeat: BTreeSet<&str> = orders
                .iter()
                .filter(|((_, month), own)| *month == row.month && own.len() >= 2)
                .map(|((customer, _), _)| *customer)
                .collect();
            prop_assert_eq!(repeat.len() as u64, row.repeat_customers);
            let revenue = lines.iter().filter(own).filter(|line| repeat.contains(line.customer.as_str()));
            prop_assert_eq!(revenue.map(|line| line.amount).sum::<Money>(), row.repeat_revenue);
            let returning: BTreeSet<&str> = orders
                .keys()
                .filter(|(_, month)| *month == row.month)
                .map(|(customer, _)| *customer)
                .filter(|customer| orders.keys().any(|(other, month)| other == customer && *month < row.month))
                .collect();
            prop_assert_eq!(returning.len() as u64, row.returning_customers);
            let revenue = lines.iter().filter(own).filter(|line| returning.contains(line.customer.as_str()));
            prop_assert_eq!(revenue.map(|line| line.amount).sum::<Money>(), row.returning_revenue);
        }
    }

    #[test]
    fn products_are_recounted_line_by_line(lines in any_lines()) {
        let answers = answers(&table_of(&lines));
        for product in &answers.products {
            let own = || lines.iter().filter(|line| line.product == product.product.sku);
            prop_assert_eq!(own().map(|line| i64::from(line.quantity)).sum::<i64>(), product.quantity);
            prop_assert_eq!(own().map(|line| line.amount).sum::<Money>(), product.revenue);
            let mut days: BTreeMap<(&str, Day), (i64, Money)> = BTreeMap::new();
            for line in own().filter(|line| !line.customer.is_empty()) {
                let day = days.entry((&line.customer, line.day)).or_default();
                *day = (day.0 + i64::from(line.quantity), day.1 + line.amount);
            }
            let mut buyers: BTreeMap<&str, u32> = BTreeMap::new();
            for ((customer, _), _) in days.iter().filter(|(_, day)| day.0 > 0 || day.1 > Money::ZERO) {
                *buyers.entry(customer).or_default() += 1;
            }
            prop_assert_eq!(buyers.len() as u64, product.customers);
            let repeat = buyers.values().filter(|&&days| days >= 2).count();
            prop_assert_eq!(repeat as u64, product.repeat_customers);
        }
        let mut ranks: Vec<u32> = answers.products.iter().map(|p| p.popularity_rank).collect();
        ranks.sort_unstable();
        prop_assert_eq!(ranks, (1..=answers.products.len() as u32).collect::<Vec<_>>());
    }

    #[test]
    fn rankings_are_sorted_and_account_for_ties(lines in any_lines()) {
        let answers = answers(&table_of(&lines));
        for measure in ProductMeasure::ALL {
            for end in [RankEnd::Most, RankEnd::Least] {
                let fits = |row: &&patron_analytics::RankedProduct| row.measure == measure && row.end == end;
                let list: Vec<_> = answers.product_ranking.iter().filter(fits).collect();
                prop_assert!(list.len() <= options().top);
                let sign = if end == RankEnd::Most { -1.0 } else { 1.0 };
                prop_assert!(list.is_sorted_by(|a, b| sign * a.value <= sign * b.value));
                for row in list.iter().filter(|row| row.product.is_some()) {
                    let equal = list.iter().filter(|other| other.value == row.value).count();
                    prop_assert_eq!(equal as u32, row.tied);
                }
            }
        }
    }

    #[test]
    fn shares_lie_between_nothing_and_all(lines in any_lines()) {
        let answers = answers(&table_of(&lines));
        let unit = 0.0..=1.0;
        prop_assert!(answers.second_order.iter().filter_map(|row| row.share).all(|share| unit.contains(&share)));
        prop_assert!(answers.second_order_curve.is_sorted_by(|a, b| a.share <= b.share && a.at_risk >= b.at_risk));
        for row in &answers.first_products {
            prop_assert!(row.share_low <= row.share && row.share <= row.share_high && unit.contains(&row.q_value));
        }
        for row in answers.product_trends.iter().filter_map(|row| row.trend) {
            prop_assert!(row.ols.low <= row.ols.slope && row.ols.slope <= row.ols.high);
            prop_assert!(row.theil_sen.low <= row.theil_sen.slope && row.theil_sen.slope <= row.theil_sen.high);
            prop_assert!(unit.contains(&row.p_value));
        }
        for scores in answers.customers.iter().filter_map(|customer| customer.rfm) {
            for score in [scores.recency, scores.frequency, scores.monetary] {
                prop_assert!((1..=5).contains(&score));
            }
        }
    }

    #[test]
    fn where_batches_begin_changes_nothing(lines in any_lines()) {
        let table = table_of(&lines);
        prop_assert_eq!(answers(&table), answers(&OneByOne(&table)));
    }
}

/// The same rollups, one customer or one product at a time.
pub(crate) struct OneByOne<'a>(pub(crate) &'a SalesTable);

fn split<'a, T: Copy + Send + 'a>(
    batches: Batches<'a, Vec<T>>,
    together: fn(&T, &T) -> bool,
) -> Batches<'a, Vec<T>> {
    let pieces = batches.flat_map(move |batch| {
        let batch = batch.unwrap();
        batch.chunk_by(together).map(|piece| Ok(piece.to_vec())).collect::<Vec<_>>()
    });
    Box::new(pieces)
}

impl RollupSource for OneByOne<'_> {
    fn catalog(&self) -> &Catalog {
        self.0.catalog()
    }

    fn purchase_rule(&self) -> PurchaseRule {
        self.0.purchase_rule()
    }

    fn span(&self) -> Option<Span> {
        self.0.span()
    }

    fn customer_days(&self) -> Batches<'_, CustomerDayBatch> {
        let single = |batch: CustomerDayBatch| {
            let customers = batch.iter().map(|customer| {
                let mut one = CustomerDayBatch::new();
                one.push(customer.customer, customer.country, customer.days);
                Ok(one)
            });
            customers.collect::<Vec<_>>()
        };
        Box::new(self.0.customer_days().flat_map(move |batch| single(batch.unwrap())))
    }

    fn order_months(&self) -> Batches<'_, Vec<OrderMonth>> {
        split(self.0.order_months(), |_, _| false)
    }

    fn product_days(&self) -> Batches<'_, Vec<ProductDay>> {
        split(self.0.product_days(), |a, b| a.product == b.product)
    }

    fn product_months(&self) -> Batches<'_, Vec<ProductMonth>> {
        split(self.0.product_months(), |a, b| a.product == b.product)
    }

    fn customer_product_days(&self) -> Batches<'_, Vec<CustomerProductDay>> {
        split(self.0.customer_product_days(), |a, b| a.product == b.product)
    }
}
