//! Every planted piece of dirt is accounted for, row by row, and nothing clean is touched.

use std::collections::{BTreeMap, BTreeSet};

use patron_columns::RollupSource;
use patron_domain::{LineKind, Money};
use patron_synth::{DirtKind, DirtRates, FileDirt, Scenario, Shop, generate};

use super::{Fate, Imported, Score, imported};

const SEEDS: [u64; 4] = [101, 102, 103, 104];

fn scenario() -> Scenario {
    let dirt = DirtRates {
        duplicates: 0.02,
        cancellations: 0.06,
        returns: 0.06,
        without_customer: 0.1,
        zero_prices: 0.04,
        negative_prices: 0.01,
        services: 0.1,
    };
    let file_dirt = FileDirt { ragged: 0.01, wrong_dates: 0.02, encodings: 0.1, overlap_days: 45 };
    Scenario { customers: 600, dirt, file_dirt, ..Scenario::demo() }
}

type Planted = BTreeMap<u64, BTreeMap<DirtKind, Option<u64>>>;

fn planted(imported: &Imported) -> Planted {
    let mut rows = Planted::new();
    for own in &imported.truth.planted {
        rows.entry(own.row).or_default().insert(own.kind, own.of);
    }
    rows
}

/// Whether nothing of a row can be read as a sale.
fn is_unreadable(kinds: Option<&BTreeMap<DirtKind, Option<u64>>>) -> bool {
    let unreadable = [DirtKind::Ragged, DirtKind::NoDate, DirtKind::OtherCentury];
    kinds.is_some_and(|kinds| unreadable.iter().any(|kind| kinds.contains_key(kind)))
}

/// What must become of a row.
fn expected(planted: &Planted, row: u64) -> Vec<Fate> {
    let aside = |rule: &str| Fate::SetAside(rule.to_owned());
    let Some(kinds) = planted.get(&row) else { return vec![Fate::Accepted(LineKind::Sale, true)] };
    let has = |kind: DirtKind| kinds.contains_key(&kind);
    let is_in_other_bytes =
        |row: u64| planted.get(&row).is_some_and(|own| own.contains_key(&DirtKind::OtherEncoding));
    // a second copy repeats nothing where the first one could not be read: it is the sale then, once
    let repeats = |kind: DirtKind| {
        let of = kinds.get(&kind).copied().flatten();
        of.is_some_and(|of| {
            !is_unreadable(planted.get(&of)) && is_in_other_bytes(of) == is_in_other_bytes(row)
        })
    };
    if has(DirtKind::Ragged) {
        return vec![aside("ragged-row")];
    }
    if has(DirtKind::NoDate) || has(DirtKind::OtherCentury) {
        return vec![aside("unreadable-date"), aside("missing-value")];
    }
    if repeats(DirtKind::Repeated) || repeats(DirtKind::Duplicate) {
        return vec![aside("duplicate")];
    }
    if has(DirtKind::ZeroPrice) || has(DirtKind::NegativePrice) {
        return vec![aside("price-not-positive")];
    }
    let kind = match () {
        () if has(DirtKind::Cancellation) || has(DirtKind::Return) => LineKind::Return,
        () if has(DirtKind::Service) => LineKind::Service,
        () => LineKind::Sale,
    };
    vec![Fate::Accepted(kind, !has(DirtKind::WithoutCustomer))]
}

/// Second copies that are spelt in another encoding than the first: different bytes, so both count.
fn spelt_differently(planted: &Planted) -> usize {
    let in_other_bytes =
        |row: u64| planted.get(&row).is_some_and(|own| own.contains_key(&DirtKind::OtherEncoding));
    let copies = planted
        .iter()
        .filter_map(|(&row, kinds)| Some((row, kinds.get(&DirtKind::Duplicate).copied().flatten()?)));
    copies.filter(|&(row, of)| in_other_bytes(row) != in_other_bytes(of)).count()
}

/// Found: rows that were treated as dirt of a kind is; planted: rows that are of the kind.
fn scores(imported: &Imported, planted: &Planted) -> BTreeMap<DirtKind, Score> {
    let mut scores = BTreeMap::new();
    for (&row, kinds) in planted {
        let fates = expected(planted, row);
        let met = imported.fate(row).is_some_and(|fate| fates.contains(fate));
        for &kind in kinds.keys() {
            let one = usize::from(met);
            scores.entry(kind).or_insert_with(Score::default).add(Score { found: one, planted: 1, hit: one });
        }
    }
    scores
}

/// The rules that flag count the rows they own.
fn check_flags(imported: &Imported) {
    let accepted = |wanted: &dyn Fn(LineKind, bool) -> bool| {
        let fits = |fate: &&Fate| matches!(fate, Fate::Accepted(kind, known) if wanted(*kind, *known));
        imported.fates.iter().flatten().filter(fits).count() as u64
    };
    let rule =
        |name: &str| imported.report.rules.iter().find(|rule| rule.rule == name).map_or(0, |rule| rule.lines);
    assert_eq!(rule("service"), accepted(&|kind, _| kind == LineKind::Service));
    assert_eq!(rule("cancellation"), accepted(&|kind, _| kind == LineKind::Return));
    assert_eq!(rule("no-customer"), accepted(&|kind, known| kind == LineKind::Sale && !known));
    assert_eq!(rule("bad-debt") + rule("cancellation-not-negative") + rule("negative-quantity"), 0);
    let counted = imported.report.lines_accepted + imported.report.lines_quarantined;
    assert_eq!((imported.report.lines_read, counted), (imported.truth.rows, imported.truth.rows));
}

/// Letters in another encoding cost no product its name.
fn check_names(shop: &Shop, imported: &Imported) {
    let catalog = imported.table.catalog();
    let spelt: BTreeMap<&str, String> = shop
        .truth
        .products
        .iter()
        .map(|product| (product.sku.as_str(), product.description.replace("CREAM ", "CRÈME ")))
        .collect();
    let mut with_accent = 0;
    for code in 0..catalog.skus.len() as u32 {
        if let Some(name) = spelt.get(catalog.skus.text(code)) {
            with_accent += usize::from(name.contains('È'));
            assert_eq!(catalog.descriptions.text(code), name);
        }
    }
    assert!(with_accent > 0);
}

#[test]
fn every_planted_row_is_accounted_for_and_no_other_is_touched() {
    let mut all: BTreeMap<DirtKind, Score> = BTreeMap::new();
    let (mut clean, mut touched, mut differently) = (0, 0, 0);
    for seed in SEEDS {
        let shop = generate(&scenario(), seed).unwrap();
        let imported = imported(&shop);
        let planted = planted(&imported);
        for row in 2..imported.truth.rows + 2 {
            let (found, wanted) = (imported.fate(row), expected(&planted, row));
            assert!(
                found.is_some_and(|found| wanted.contains(found)),
                "seed {seed}, row {row}: {found:?}, not {wanted:?}"
            );
        }
        scores(&imported, &planted)
            .into_iter()
            .for_each(|(kind, score)| all.entry(kind).or_default().add(score));
        let untouched = |row: &u64| !planted.contains_key(row);
        let rows: BTreeSet<u64> = (2..imported.truth.rows + 2).filter(untouched).collect();
        clean += rows.len();
        let as_sale = Fate::Accepted(LineKind::Sale, true);
        touched += rows.iter().filter(|row| imported.fate(**row) != Some(&as_sale)).count();
        differently += spelt_differently(&planted);
        check_flags(&imported);
        check_names(&shop, &imported);
    }
    println!("dirt | planted | accounted for");
    for (kind, score) in &all {
        println!("{kind:?} | {} | {}", score.planted, score.hit);
        score.check(&format!("{kind:?}"), 1.0, 1.0);
    }
    println!("clean rows | {clean} | touched {touched}");
    println!(
        "second copies in another encoding than the first, which count as lines of their own: {differently}"
    );
    assert_eq!((all.len(), touched), (12, 0));
}

/// Without what a file adds, what is left after the import is what was really sold, to the cent.
#[test]
fn what_is_left_is_what_was_sold() {
    let shop = generate(&Scenario { file_dirt: FileDirt::default(), ..scenario() }, 105).unwrap();
    let imported = imported(&shop);
    let totals = shop.truth.totals;
    assert_eq!(imported.report.sales_amount, totals.sales);
    assert_eq!(imported.report.returns_amount, totals.cancellations + totals.returns);
    let written_off: Money = imported
        .report
        .rules
        .iter()
        .filter(|rule| rule.rule == "price-not-positive")
        .map(|rule| rule.amount)
        .sum();
    assert_eq!(imported.report.services_amount + written_off, totals.services);
    let duplicates: Money =
        imported.report.rules.iter().filter(|rule| rule.rule == "duplicate").map(|rule| rule.amount).sum();
    assert_eq!(duplicates, totals.duplicates);
    let sold = totals.sales + totals.cancellations + totals.returns;
    let revenue: Money =
        imported.table.order_months().flat_map(Result::unwrap).map(|month| month.revenue).sum();
    assert_eq!(revenue, sold);
}
