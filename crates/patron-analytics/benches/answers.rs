//! All answers about Online Retail, the table being there.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first error")]
#![expect(missing_docs, reason = "criterion's macros write undocumented functions")]
#![expect(dead_code, reason = "the tests read one more log")]

#[path = "../tests/it/real_data.rs"]
mod real_data;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use patron_analytics::{AnalysisOptions, analyse};
use patron_columns::RollupSource;

fn answers(criterion: &mut Criterion) {
    let Some(table) = real_data::online_retail() else { return };
    let options = AnalysisOptions::at(table.span().unwrap().last);
    criterion.bench_function("answers/online_retail", |bench| {
        bench.iter(|| analyse(black_box(&table), &options).unwrap());
    });
}

criterion_group!(benches, answers);
criterion_main!(benches);
