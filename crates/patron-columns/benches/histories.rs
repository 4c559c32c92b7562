//! Ten million lines in a `SalesTable` into purchase histories.

use criterion::{Criterion, criterion_group, criterion_main};
use patron_columns::{RollupSource, SalesTable, TableBuilder};
use patron_domain::{Day, LineKind, Money, NO_CODE, NewEntries, PurchaseRule, SECONDS_PER_DAY, SaleBatch};

const LINES: usize = 10_000_000;
const CUSTOMERS: u32 = 1_000_000;

/// Lines in time order over two years; customers by a multiplicative walk, ten lines each on average.
fn table() -> SalesTable {
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    let seconds_per_line = 730 * SECONDS_PER_DAY / LINES as i64;
    let mut state = 7_u64;
    let mut next = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    };
    let customers: Vec<String> = (0..CUSTOMERS).map(|code| code.to_string()).collect();
    for start in (0..LINES).step_by(1 << 18) {
        let lines = start..LINES.min(start + (1 << 18));
        let count = lines.len();
        let orders: Vec<u32> = lines.clone().map(|line| line as u32 / 4).collect();
        builder.push(&SaleBatch {
            customer: orders.chunk_by(|a, b| a == b).flat_map(|o| vec![next(CUSTOMERS); o.len()]).collect(),
            product: (0..count).map(|_| next(5_000)).collect(),
            order: orders,
            country: vec![NO_CODE; count],
            timestamp: lines.map(|line| line as i64 * seconds_per_line).collect(),
            quantity: vec![1; count],
            unit_price: Vec::new(),
            discount: Vec::new(),
            amount: vec![Money::from_ten_thousandths(25_500); count],
            kind: vec![LineKind::Sale; count],
            line: Vec::new(),
            added: NewEntries {
                customers: if start == 0 { customers.clone() } else { Vec::new() },
                ..Default::default()
            },
        });
    }
    builder.finish().0
}

fn bench(criterion: &mut Criterion) {
    let table = table();
    let as_of = table.span().map_or(Day::from_number(0), |span| span.last);
    let mut group = criterion.benchmark_group("histories");
    group.sample_size(10);
    group.bench_function("sales_table/10_000_000", |bencher| bencher.iter(|| table.histories(as_of)));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
