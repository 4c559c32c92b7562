//! One million simulated customers: compression, fit, predictions for all; 100,000 for the other models.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use patron_columns::HistoryHistogram;
use patron_domain::DayHistory;
use patron_models::{BgNbd, GammaGamma, MbgNbd, ParetoNbd, RepeatSpend, TransactionModel};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const CUSTOMERS: usize = 1_000_000;

/// Histories in days of customers who arrived over half a year, half a year to a year ago.
fn histories() -> Vec<DayHistory> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let Ok(model) = BgNbd::new(0.243, 4.414, 0.793, 2.426) else { return Vec::new() };
    let one = |_| {
        let age: u32 = rng.random_range(180..=364);
        let drawn = model.sample(f64::from(age) / 7.0, &mut rng).ok()?;
        let (_, t_x, _) = drawn.symbols();
        let recency = (t_x * 7.0).ceil() as u32;
        Some(DayHistory { frequency: drawn.frequency().min(recency), recency, customer_age: age })
    };
    (0..CUSTOMERS).filter_map(one).collect()
}

fn spends(histories: &[DayHistory]) -> Vec<RepeatSpend> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
    let repeaters = histories.iter().filter(|history| history.frequency > 0);
    repeaters
        .map(|h| RepeatSpend { frequency: h.frequency, mean: 5.0 + 60.0 * rng.random::<f64>().powi(3) })
        .collect()
}

fn btyd(criterion: &mut Criterion) {
    let histories = histories();
    let spends = spends(&histories);
    let mut group = criterion.benchmark_group("bg_nbd");
    group.sample_size(10);
    group.bench_function("compress/1_000_000", |bench| {
        bench.iter(|| HistoryHistogram::of(black_box(&histories).iter().copied()));
    });
    let histogram = HistoryHistogram::of(histories.iter().copied());
    group.bench_function("fit/1_000_000", |bench| bench.iter(|| BgNbd::params().fit(black_box(&histogram))));
    if let Ok(fit) = BgNbd::params().fit(&histogram) {
        group.bench_function("predict/1_000_000", |bench| {
            bench.iter(|| fit.model.expected_purchases_on_days(black_box(&histories), 7.0, 273));
        });
    }
    group.bench_function("gamma_gamma/fit/repeat_customers", |bench| {
        bench.iter(|| GammaGamma::params().fit(black_box(&spends)));
    });
    group.finish();
    pareto_nbd(criterion, &histories[..100_000]);
}

/// The first 100,000 of them, which are Pareto/NBD's as little as any real ones: two fits from nothing but histories.
fn pareto_nbd(criterion: &mut Criterion, histories: &[DayHistory]) {
    let mut group = criterion.benchmark_group("transaction_models");
    group.sample_size(10);
    let histogram = HistoryHistogram::of(histories.iter().copied());
    group.bench_function("pareto_nbd/fit/100_000", |bench| {
        bench.iter(|| ParetoNbd::params().fit(black_box(&histogram)));
    });
    group.bench_function("mbg_nbd/fit/100_000", |bench| {
        bench.iter(|| MbgNbd::params().fit(black_box(&histogram)));
    });
    if let Ok(fit) = ParetoNbd::params().fit(&histogram) {
        let in_weeks: Vec<_> = histories.iter().take(10_000).map(|history| history.in_units(7.0)).collect();
        group.bench_function("pareto_nbd/predict/10_000", |bench| {
            bench.iter(|| {
                let one = |history| fit.model.expected_purchases(history, 39.0).unwrap_or(f64::NAN);
                black_box(&in_weeks).iter().map(one).sum::<f64>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, btyd);
criterion_main!(benches);
