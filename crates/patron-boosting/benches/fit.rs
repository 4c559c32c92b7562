//! Training and prediction time. The same data and settings as `tests/oracle/lightgbm_speed.py`, which times
//! LightGBM on one thread; run this with `RAYON_NUM_THREADS=1` to compare.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2};

mod common;

use common::{data, settings};

fn bench(criterion: &mut Criterion) {
    let (small, large) = (data(0..16_000, 15), data(0..200_000, 40));
    let mut group = criterion.benchmark_group("gbt");
    group.sample_size(10);
    for (id, dataset) in [("16_000x15", &small), ("200_000x40", &large)] {
        group.bench_function(BenchmarkId::new("fit", id), |b| b.iter(|| settings().fit(black_box(dataset))));
    }
    let sampled = settings().row_fraction(0.8).column_fraction(0.8);
    group.bench_function("fit_sampled/16_000x15", |b| b.iter(|| sampled.fit(black_box(&small))));
    if let Ok(model) = settings().fit(&small) {
        let predict = |records: &Array2<f64>| -> Array1<f64> { model.predict(records) };
        group.bench_function("predict/16_000x15", |b| b.iter(|| predict(black_box(&small.records))));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
