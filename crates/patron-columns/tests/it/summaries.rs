//! The summaries against a recount line by line, from the table and from its file.

use std::collections::{BTreeMap, BTreeSet};

use patron_columns::{
    CustomerSummary, LineSource, ProductCell, ProductPair, RepeatCustomers, TableFile, customer_summaries,
    product_cells, product_pairs, repeat_customers,
};
use patron_domain::{Day, LineKind, Money, NO_CODE};
use proptest::prelude::*;
use tempfile::TempDir;

use super::shop::{Line, any_lines};
use super::{goods, opening, table};

fn customers(lines: &[Line]) -> Vec<CustomerSummary> {
    let opening = opening(lines);
    let known: BTreeSet<u32> =
        goods(lines).map(|line| line.customer).filter(|&code| code != NO_CODE).collect();
    let summary = |customer| {
        let own = || goods(lines).filter(move |line| line.customer == customer);
        let days: BTreeSet<Day> = own().map(Line::day).collect();
        CustomerSummary {
            customer,
            orders: opening.values().filter(|line| line.customer == customer).count() as u32,
            days: days.len() as u32,
            first: *days.first().unwrap(),
            last: *days.last().unwrap(),
            quantity: own().map(|line| i64::from(line.quantity)).sum(),
            revenue: own().map(|line| line.amount).sum(),
        }
    };
    known.into_iter().map(summary).collect()
}

fn cells(lines: &[Line]) -> Vec<ProductCell> {
    let mut cells: BTreeMap<_, (i64, Money)> = BTreeMap::new();
    for line in goods(lines).filter(|line| line.product != NO_CODE) {
        let cell = cells.entry((line.product, line.day().month(), line.country)).or_default();
        cell.0 += i64::from(line.quantity);
        cell.1 += line.amount;
    }
    let cell = |((product, month, country), (quantity, revenue))| ProductCell {
        product,
        month,
        country,
        quantity,
        revenue,
    };
    cells.into_iter().map(cell).collect()
}

fn repeats(lines: &[Line]) -> Vec<RepeatCustomers> {
    let mut days: BTreeMap<u32, BTreeMap<u32, BTreeSet<Day>>> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.kind == LineKind::Sale && line.product != NO_CODE && line.customer != NO_CODE)
    {
        days.entry(line.product).or_default().entry(line.customer).or_default().insert(line.day());
    }
    let count = |(product, customers): (u32, BTreeMap<u32, BTreeSet<Day>>)| RepeatCustomers {
        product,
        customers: customers.len() as u32,
        repeat_customers: customers.values().filter(|days| days.len() > 1).count() as u32,
    };
    days.into_iter().map(count).collect()
}

fn pairs(lines: &[Line], top: usize) -> Vec<ProductPair> {
    let sales = || lines.iter().filter(|line| line.kind == LineKind::Sale && line.product != NO_CODE);
    let mut counts: BTreeMap<u32, i32> = BTreeMap::new();
    sales().for_each(|line| *counts.entry(line.product).or_default() -= 1);
    let mut most: Vec<(i32, u32)> = counts.into_iter().map(|(product, lines)| (lines, product)).collect();
    most.sort_unstable();
    let most: BTreeSet<u32> = most.into_iter().take(top).map(|(_, product)| product).collect();
    let mut baskets: BTreeMap<(u32, u32), BTreeSet<u32>> = BTreeMap::new();
    for line in sales().filter(|line| most.contains(&line.product)) {
        baskets.entry((line.customer, line.order)).or_default().insert(line.product);
    }
    let mut pairs: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for basket in baskets.values() {
        for &first in basket {
            basket.range(first + 1..).for_each(|&second| *pairs.entry((first, second)).or_default() += 1);
        }
    }
    pairs.into_iter().map(|((first, second), orders)| ProductPair { first, second, orders }).collect()
}

fn check(source: &impl LineSource, lines: &[Line], top: usize) {
    assert_eq!(customer_summaries(source).unwrap().concat(), customers(lines));
    assert_eq!(product_cells(source).unwrap().concat(), cells(lines));
    assert_eq!(repeat_customers(source).unwrap(), repeats(lines));
    assert_eq!(product_pairs(source, top).unwrap(), pairs(lines, top));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn summaries_are_recounted(lines in any_lines(), top in 0_usize..5) {
        let table = table(&lines);
        check(&table, &lines, top);
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("shop.parquet");
        table.write_parquet(std::fs::File::create(&path).unwrap()).unwrap();
        check(&TableFile::open(&path).unwrap(), &lines, top);
    }
}
