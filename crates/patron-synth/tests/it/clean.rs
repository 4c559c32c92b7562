//! The clean log is the raw one without its dirt, and says what it left out and what was taken back.

use std::collections::HashSet;

use patron_domain::{LineKind, Money, NO_CODE, SaleBatch};
use patron_synth::{Aside, DirtKind, DirtRates, Scenario, Truth, generate, stream};

fn scenario() -> Scenario {
    let dirt = DirtRates { returns: 0.2, negative_prices: 0.02, ..Scenario::demo().dirt };
    Scenario { customers: 900, dirt, ..Scenario::ready("holiday-heavy").unwrap() }
}

fn joined(all: &mut Aside, some: Aside) {
    all.lines.extend(some.lines);
    all.links.extend(some.links);
}

fn check(batches: &[SaleBatch], aside: &Aside, truth: &Truth) {
    let lines: Vec<_> = batches
        .iter()
        .flat_map(|batch| {
            (0..batch.len()).map(|row| {
                (
                    batch.line[row],
                    batch.kind[row],
                    batch.amount[row],
                    (batch.customer[row], batch.product[row]),
                    batch.quantity[row],
                    batch.timestamp[row],
                )
            })
        })
        .collect();
    // every line of the raw log stands in one of the two, once
    let numbers = lines.iter().map(|line| line.0).chain(aside.lines.iter().map(|line| line.line));
    let distinct: HashSet<u64> = numbers.collect();
    assert_eq!(distinct.len() as u64, truth.totals.lines);
    assert_eq!((lines.len() + aside.lines.len()) as u64, truth.totals.lines);
    assert_eq!(distinct.iter().max(), Some(&(truth.totals.lines + 1)));
    let sum = |kind| lines.iter().filter(|line| line.1 == kind).map(|line| line.2).sum::<Money>();
    let of = |kind| aside.lines.iter().filter(move |line| line.kind == kind);
    let debts: Money = of(DirtKind::NegativePrice).map(|line| line.amount).sum();
    assert_eq!(sum(LineKind::Sale), truth.totals.sales);
    assert_eq!(sum(LineKind::Return), truth.totals.cancellations + truth.totals.returns);
    assert_eq!(sum(LineKind::Service), truth.totals.services - debts);
    let planted = &truth.planted;
    assert_eq!(of(DirtKind::Duplicate).count() as u64, planted.duplicate_lines);
    assert_eq!(of(DirtKind::ZeroPrice).count() as u64, planted.zero_price_lines);
    assert_eq!(of(DirtKind::NegativePrice).count() as u64, planted.negative_price_lines);
    assert!(planted.negative_price_lines > 5 && planted.duplicate_lines > 50);
    // everything that goes back names its purchase
    assert_eq!(aside.links.len() as u64, planted.cancellation_lines + planted.return_lines);
    for &(back, bought) in &aside.links {
        let (back, bought) = (&lines[back as usize], &lines[bought as usize]);
        assert_eq!((back.1, bought.1, back.3), (LineKind::Return, LineKind::Sale, bought.3));
        assert!(-back.4 <= bought.4 && bought.5 <= back.5);
    }
    // dictionaries hold what lines name, and nothing else
    let named = |codes: fn(&SaleBatch) -> &Vec<u32>| {
        let all: HashSet<u32> = batches.iter().flat_map(|batch| codes(batch)).copied().collect();
        all.into_iter().filter(|code| *code != NO_CODE).count()
    };
    let added = |count: fn(&SaleBatch) -> usize| batches.iter().map(count).sum::<usize>();
    assert_eq!(named(|batch| &batch.order), added(|batch| batch.added.orders.len()));
    assert_eq!(named(|batch| &batch.product), added(|batch| batch.added.products.len()));
    assert_eq!(named(|batch| &batch.customer), added(|batch| batch.added.customers.len()));
}

#[test]
fn a_clean_log_and_what_was_left_out_are_the_raw_log() {
    let scenario = scenario();
    let shop = generate(&scenario, 5).unwrap();
    let mut clean = shop.clean_batches();
    let (mut batches, mut aside) = (Vec::new(), Aside::default());
    while let Some(batch) = clean.next() {
        batches.push(batch);
        joined(&mut aside, clean.take_aside());
    }
    joined(&mut aside, clean.take_aside());
    check(&batches, &aside, &shop.truth);
    let raw = shop.batches().flat_map(|batch| batch.added.orders).count() as u64;
    let kept = batches.iter().flat_map(|batch| &batch.added.orders).count() as u64;
    assert_eq!(raw - kept, shop.truth.planted.negative_price_lines, "an order of its own for each debt");
}

#[test]
fn a_stream_is_cleaned_alike() {
    let scenario = scenario();
    let mut clean = stream(&scenario, 5).unwrap().cleaned();
    let (mut batches, mut aside) = (Vec::new(), Aside::default());
    while let Some(batch) = clean.next() {
        batches.push(batch);
        joined(&mut aside, clean.take_aside());
    }
    joined(&mut aside, clean.take_aside());
    let truth = clean.into_truth();
    check(&batches, &aside, &truth);
    let whole = generate(&scenario, 5).unwrap().truth;
    assert_eq!((truth.planted, truth.totals.sales), (whole.planted, whole.totals.sales));
}
