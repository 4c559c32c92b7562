//! All answers about Online Retail, the table being there; and what reading the rollups costs of it.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first error")]

#[path = "../tests/it/real_data.rs"]
mod real_data;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use patron_analytics::{Analysis, AnalysisOptions, analyse, attribute_answers};
use patron_columns::RollupSource;
use patron_domain::{Attributes, Day, Money, Trait};

fn answers(criterion: &mut Criterion) {
    let _ = real_data::cdnow; // the tests read it
    let Some(table) = real_data::online_retail() else { return };
    let options = AnalysisOptions::at(table.span().unwrap().last);
    criterion.bench_function("rollups/online_retail", |bench| {
        bench.iter(|| {
            let table = black_box(&table);
            let customers = (table.customer_days().count(), table.order_months().count());
            let products = (table.product_days().count(), table.product_months().count());
            (customers, products, table.customer_product_days().count())
        });
    });
    criterion.bench_function("answers/online_retail", |bench| {
        bench.iter(|| analyse(black_box(&table), &options).unwrap());
    });
    let attributes = attributes(table.catalog().customers.len(), table.catalog().skus.len());
    criterion.bench_function("attributes/online_retail", |bench| {
        bench.iter(|| attribute_answers(black_box(&table), &attributes, &options, &[]).unwrap());
    });
    let analysis = Analysis::new(&table, &options).unwrap();
    analysis.answers().unwrap();
    criterion.bench_function("attributes_after_answers/online_retail", |bench| {
        bench.iter(|| black_box(&analysis).attributes(&attributes, &[]).unwrap());
    });
}

/// Everything known of everybody and everything.
fn attributes(customers: usize, products: usize) -> Attributes {
    let words = |codes: usize, of: u32| Trait {
        codes: (0..codes as u32).map(|code| code % of).collect(),
        words: (0..of).map(|word| format!("word {word}")).collect(),
    };
    let born = |code: i32| Some(Day::from_number(code * 7 % 15_000));
    Attributes {
        city: words(customers, 300),
        gender: words(customers, 3),
        channel: words(customers, 6),
        birthday: (0..customers as i32).map(born).collect(),
        category: words(products, 40),
        producer_country: words(products, 12),
        unit_cost: (0..products as i64)
            .map(|code| Some(Money::from_ten_thousandths(code % 30_000)))
            .collect(),
        ..Attributes::default()
    }
}

criterion_group!(benches, answers);
criterion_main!(benches);
