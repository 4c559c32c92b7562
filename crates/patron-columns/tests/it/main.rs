//! Every rollup against a recount line by line.

#![expect(clippy::expect_used, reason = "a table in memory never fails to yield its rollups")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod file;
mod shop;
mod summaries;

use std::collections::{BTreeMap, BTreeSet};

use patron_columns::{Batches, HistoryHistogram, RollupSource, SalesTable, TableBuilder};
use patron_domain::{CustomerHistory, Day, LineKind, Money, Month, NO_CODE, PurchaseRule, SaleBatch};
use proptest::prelude::*;
use shop::{Line, any_lines, batch_of};

fn table(lines: &[Line]) -> SalesTable {
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    builder.push(&batch_of(lines));
    builder.finish().0
}

fn all<T>(batches: Batches<'_, Vec<T>>) -> Vec<T> {
    batches.flat_map(|batch| batch.expect("a table never fails")).collect()
}

fn goods(lines: &[Line]) -> impl Iterator<Item = &Line> {
    lines.iter().filter(|line| line.kind != LineKind::Service)
}

/// The line that opens each order: the earliest sale line, of those the first in the file.
fn opening(lines: &[Line]) -> BTreeMap<u32, &Line> {
    let mut opening: BTreeMap<u32, &Line> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.kind == LineKind::Sale) {
        let first = opening.entry(line.order).or_insert(line);
        if line.timestamp < first.timestamp {
            *first = line;
        }
    }
    opening
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn rows_are_sorted_and_nothing_is_lost(lines in any_lines()) {
        let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
        builder.push(&batch_of(&lines));
        let (table, arrival) = builder.finish();
        prop_assert_eq!(table.len(), lines.len());
        prop_assert_eq!(table.total_amount(), lines.iter().map(|line| line.amount).sum::<Money>());
        let sorted: Vec<_> = arrival.iter().map(|&row| { let line = &lines[row as usize]; (line.customer, line.timestamp, row) }).collect();
        prop_assert!(sorted.is_sorted());
    }

    #[test]
    fn batch_borders_change_nothing(lines in any_lines(), cut in 0_usize..40) {
        let whole = table(&lines);
        let (first, second) = lines.split_at(cut.min(lines.len()));
        let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
        builder.push(&batch_of(first));
        builder.push(&SaleBatch { added: Default::default(), ..batch_of(second) });
        prop_assert_eq!(whole, builder.finish().0);
    }

    #[test]
    fn customer_days_are_recounted(lines in any_lines()) {
        let table = table(&lines);
        let opening = opening(&lines);
        let mut seen = 0;
        for batch in table.customer_days() {
            for customer in batch.expect("a table never fails").iter() {
                let days: BTreeSet<Day> = goods(&lines).filter(|l| l.customer == customer.customer).map(Line::day).collect();
                prop_assert!(customer.days.iter().map(|day| day.day).eq(days));
                for day in customer.days {
                    let of_day = || goods(&lines).filter(|l| l.customer == customer.customer && l.day() == day.day);
                    let sales = || of_day().filter(|l| l.kind == LineKind::Sale);
                    prop_assert_eq!(day.sales, sales().map(|l| l.amount).sum::<Money>());
                    prop_assert_eq!(day.net(), of_day().map(|l| l.amount).sum::<Money>());
                    prop_assert_eq!(day.lines as usize, of_day().count());
                    prop_assert_eq!(day.quantity, of_day().map(|l| i64::from(l.quantity)).sum::<i64>());
                    prop_assert_eq!(day.products as usize, sales().map(|l| l.product).collect::<BTreeSet<_>>().len());
                    let orders = opening.values().filter(|l| l.customer == customer.customer && l.day() == day.day);
                    prop_assert_eq!(day.orders as usize, orders.count());
                    seen += day.lines as usize;
                }
            }
        }
        prop_assert_eq!(seen, goods(&lines).filter(|l| l.customer != NO_CODE).count());
    }

    #[test]
    fn order_months_are_recounted(lines in any_lines()) {
        let mut expected: BTreeMap<(Month, u32, bool), (u64, Money)> = BTreeMap::new();
        for line in goods(&lines) {
            expected.entry(line.cell()).or_default().1 += line.amount;
        }
        for line in opening(&lines).values() {
            expected.entry(line.cell()).or_default().0 += 1;
        }
        let cells = all(table(&lines).order_months());
        let counted: Vec<_> = cells.iter().map(|c| ((c.month, c.country, c.known_customer), (c.orders, c.revenue))).collect();
        prop_assert_eq!(counted, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn product_rollups_are_recounted(lines in any_lines()) {
        let table = table(&lines);
        let goods: Vec<&Line> = goods(&lines).filter(|l| l.product != NO_CODE).collect();
        let total: Money = goods.iter().map(|l| l.amount).sum();
        let days = all(table.product_days());
        prop_assert_eq!(days.iter().map(|d| d.revenue).sum::<Money>(), total);
        for day in &days {
            let of_cell = || goods.iter().filter(|l| (l.product, l.day(), l.country) == (day.product, day.day, day.country));
            prop_assert_eq!(day.quantity, of_cell().map(|l| i64::from(l.quantity)).sum::<i64>());
            let orders: BTreeSet<u32> = of_cell().filter(|l| l.kind == LineKind::Sale).map(|l| l.order).collect();
            prop_assert_eq!(day.orders as usize, orders.len());
        }
        for month in all(table.product_months()) {
            let sales = || goods.iter().filter(|l| l.kind == LineKind::Sale && l.product == month.product && l.day().month() == month.month);
            let customers: BTreeSet<u32> = sales().map(|l| l.customer).filter(|&c| c != NO_CODE).collect();
            prop_assert_eq!(month.customers as usize, customers.len());
            prop_assert_eq!(month.orders as usize, sales().map(|l| l.order).collect::<BTreeSet<_>>().len());
        }
        let known: Money = goods.iter().filter(|l| l.customer != NO_CODE).map(|l| l.amount).sum();
        let by_customer = all(table.customer_product_days());
        prop_assert_eq!(by_customer.iter().map(|d| d.revenue).sum::<Money>(), known);
        prop_assert!(by_customer.is_sorted_by_key(|d| (d.product, d.customer, d.day)));
    }

    #[test]
    fn histories_are_the_fold_of_the_days(lines in any_lines(), as_of in 0_i32..60) {
        let table = table(&lines);
        let as_of = Day::from_number(as_of);
        let batches: Vec<_> = table.customer_days().map(|b| b.expect("a table never fails")).collect();
        let customers = batches.iter().flat_map(|b| b.iter());
        let folded: Vec<_> = customers.filter_map(|c| Some((c.customer, CustomerHistory::fold(c.days, PurchaseRule::NetPositive, as_of)?))).collect();
        prop_assert_eq!(table.histories(as_of), folded.clone());
        let histogram = table.history_histogram(as_of).expect("a table never fails");
        prop_assert_eq!(histogram.total() as usize, folded.len());
        prop_assert_eq!(histogram, HistoryHistogram::of(folded.iter().map(|(_, customer)| customer.history)));
    }
}

#[test]
fn a_cancellation_is_linked_where_its_purchase_is_unique() {
    let line = |second: i64, order, quantity: i32, kind| Line {
        customer: 0,
        product: 1,
        order,
        country: 0,
        timestamp: second,
        quantity,
        amount: Money::from_ten_thousandths(i64::from(quantity) * 100),
        kind,
    };
    let lines = [
        line(0, 0, 5, LineKind::Sale),
        line(10, 1, 12, LineKind::Sale),
        line(20, 2, -12, LineKind::Return),
        line(30, 3, -5, LineKind::Return),
    ];
    assert_eq!(table(&lines).cancellation_links(), [(2, 1)], "12 units fit one purchase, 5 units fit two");
}

#[test]
fn an_empty_table_has_no_span_and_no_rollups() {
    let (table, arrival) = TableBuilder::new(PurchaseRule::NetPositive).finish();
    assert!(table.is_empty() && arrival.is_empty() && table.span().is_none());
    assert_eq!(all(table.order_months()).len() + all(table.product_days()).len(), 0);
    assert_eq!(table.histories(Day::from_number(0)).len(), 0);
}
