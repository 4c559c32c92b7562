//! All answers about Online Retail, the table being there; and what reading the rollups costs of it.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first error")]

#[path = "../tests/it/real_data.rs"]
mod real_data;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use patron_analytics::{AnalysisOptions, analyse};
use patron_columns::RollupSource;

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
}

criterion_group!(benches, answers);
criterion_main!(benches);
