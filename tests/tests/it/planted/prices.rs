//! How demand answers to prices, category by category.

use std::collections::BTreeSet;
use std::fs;

use patron_analytics::{Analysis, AnalysisOptions, ElasticityMeasure, PriceElasticity};
use patron_columns::SalesTable;
use patron_domain::{Attributes, NO_CODE, ProductRow, Trait};
use patron_ingest::{SideOptions, read_products};
use patron_synth::{Scenario, generate, product_rows};

use super::{Score, imported};

const PLANTED: [(&str, f64); 3] = [("Garden", 2.0), ("Kitchen & Dining", 3.0), ("Textiles", 1.0)];

/// Orders that can be paid: a price moves what is wanted, not what has to be put back.
fn scenario() -> Scenario {
    let mut scenario = Scenario { customers: 4_000, ..Scenario::demo() };
    (scenario.spend.v, scenario.catalogue.price_spread) = (300.0, 0.4);
    let prices = &mut scenario.prices;
    (prices.changes_per_year, prices.change_spread, prices.inflation_per_year) = (2.0, 0.15, 1.05);
    prices.elasticity = PLANTED.map(|(name, elasticity)| (name.to_owned(), elasticity)).into();
    scenario
}

/// The shop's product list, by way of a file.
fn products(rows: &[ProductRow]) -> Vec<ProductRow> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("products.csv");
    let mut text = String::from("sku,category\n");
    for row in rows {
        text += &format!("{},{}\n", row.sku, row.attributes.category.as_deref().unwrap_or_default());
    }
    fs::write(&path, text).unwrap();
    read_products(&path, &SideOptions::default()).unwrap().content
}

fn attributes(table: &SalesTable, rows: &[ProductRow]) -> Attributes {
    let mut category = Trait { codes: vec![NO_CODE; table.catalog().skus.len()], ..Trait::default() };
    let mut known: Vec<&str> = Vec::new();
    for (code, slot) in (0..).zip(&mut category.codes) {
        let row = rows.iter().find(|row| row.sku == table.catalog().skus.text(code));
        let Some(word) = row.and_then(|row| row.attributes.category.as_deref()) else { continue };
        let place = known.iter().position(|own| *own == word).unwrap_or_else(|| {
            known.push(word);
            category.words.push(word) as usize
        });
        *slot = place as u32;
    }
    Attributes { category, ..Attributes::default() }
}

fn elasticities(scenario: &Scenario, seed: u64) -> Vec<PriceElasticity> {
    let table = imported(&generate(scenario, seed).unwrap()).table;
    let rows = products(&product_rows(scenario, seed).unwrap());
    let options = AnalysisOptions::at(scenario.end);
    Analysis::new(&table, &options).unwrap().price_elasticities(&attributes(&table, &rows)).unwrap()
}

#[test]
fn planted_elasticities_are_found_by_category() {
    let scenario = scenario();
    let planted: BTreeSet<String> = PLANTED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let (mut score, mut covered, mut intervals, mut off) = (Score::default(), 0, 0, [0.0; PLANTED.len()]);
    let seeds = [101, 102, 103, 104, 105];
    for seed in seeds {
        let rows = elasticities(&scenario, seed);
        let orders = || rows.iter().filter(|row| row.measure == ElasticityMeasure::Orders);
        let known =
            || orders().filter_map(|row| Some((row.category.clone()?, row.elasticity?, row.low?, row.high?)));
        // less is bought at a higher price, beyond doubt
        let found = known().filter(|(_, _, _, high)| *high < 0.0).map(|(name, ..)| name).collect();
        score.add(Score::of(&found, &planted));
        for (name, elasticity, low, high) in known() {
            let truth = -PLANTED.iter().find(|(own, _)| *own == name).map_or(0.0, |(_, truth)| *truth);
            intervals += 1;
            covered += usize::from(low <= truth && truth <= high);
            if let Some(place) = PLANTED.iter().position(|(own, _)| *own == name) {
                off[place] += (elasticity - truth) / seeds.len() as f64;
            }
        }
        // whoever has so much to spend takes more units of what is cheaper
        let of = |measure| rows.iter().find(|row| row.measure == measure && row.category.is_none()).unwrap();
        let (orders, units) = (of(ElasticityMeasure::Orders), of(ElasticityMeasure::Units));
        assert!(
            units.elasticity < orders.elasticity && orders.elasticity < Some(0.0),
            "{units:?} {orders:?}"
        );
    }
    println!("elastic categories: planted | found | right | precision | recall: {score}");
    println!("intervals that hold the truth: {covered} of {intervals}");
    PLANTED
        .iter()
        .zip(off)
        .for_each(|((name, truth), off)| println!("{name}: planted {}, mean error {off:+.2}", -truth));
    score.check("elastic categories", 0.75, 0.9);
    assert!(covered * 10 >= intervals * 7, "{covered} of {intervals} intervals hold the truth");
    assert!(off.iter().all(|off| off.abs() < 0.6), "{off:?}");
}

#[test]
fn prices_that_never_move_tell_nothing() {
    let scenario = Scenario { customers: 1_500, ..Scenario::demo() };
    let rows = elasticities(&scenario, 101);
    assert!(!rows.is_empty());
    assert!(
        rows.iter().all(|row| row.changes == 0 && row.elasticity.is_none() && row.low.is_none()),
        "{rows:?}"
    );
}
