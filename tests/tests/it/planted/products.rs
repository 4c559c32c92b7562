//! Products that rise, fade, have their season, bring people back, go together: found, and little else.

use std::collections::BTreeSet;

use patron_analytics::{
    AnalysisOptions, Answers, PairKind as Found, RepeatItem, Season, TotalMeasure, TrendClass, TrendMeasure,
    analyse,
};
use patron_synth::{FileDirt, PairKind, ProductRole, Scenario, Shop, generate};

use super::{Score, imported};

/// What is looked for, in the order of the table.
const NAMES: [&str; 10] = [
    "rising (share of the shop's units)",
    "rising (share of its revenue)",
    "fading (share of the shop's units)",
    "fading (share of its revenue)",
    "season of its own",
    "bought again, half as often again as by chance",
    "the same by share of buyers, as many as planted",
    "first products that bring people back",
    "complements",
    "substitutes",
];

fn scenario(customers: u32) -> Scenario {
    let mut scenario = Scenario { customers, ..Scenario::demo() };
    scenario.file_dirt = FileDirt { ragged: 0.002, wrong_dates: 0.002, encodings: 0.05, overlap_days: 20 };
    let catalogue = &mut scenario.catalogue;
    (catalogue.complements, catalogue.complement_chance) = (10, 0.35);
    (catalogue.substitutes, catalogue.substitute_chance) = (10, 0.9);
    scenario
}

/// The same shop with nothing planted.
fn plain(customers: u32) -> Scenario {
    let mut scenario = scenario(customers);
    let catalogue = &mut scenario.catalogue;
    (catalogue.rising, catalogue.fading, catalogue.christmas, catalogue.summer) = (0, 0, 0, 0);
    (catalogue.brings_back, catalogue.complements, catalogue.substitutes) = (0, 0, 0);
    scenario
}

fn answers(shop: &Shop) -> Answers {
    let table = imported(shop).table;
    analyse(&table, &AnalysisOptions::at(shop.truth.scenario.end)).unwrap()
}

fn pair(one: &str, other: &str) -> (String, String) {
    let (one, other) = (one.to_owned(), other.to_owned());
    if one < other { (one, other) } else { (other, one) }
}

fn scores(shop: &Shop, answers: &Answers) -> [Score; NAMES.len()] {
    let level = AnalysisOptions::at(answers.as_of).level;
    let planted = |roles: &[ProductRole]| -> BTreeSet<String> {
        let own = shop.truth.products.iter().filter(|product| roles.contains(&product.role));
        own.map(|product| product.sku.clone()).collect()
    };
    let trend = |measure: TrendMeasure, class: TrendClass, role: ProductRole| {
        let rows = answers.product_trends.iter().filter(|row| row.measure == measure);
        let found = rows.filter(|row| row.class_against_shop == class).map(|row| row.product.sku.clone());
        Score::of(&found.collect(), &planted(&[role]))
    };
    let seasonal = answers.product_trends.iter().filter(|row| row.own_season == Season::Seasonal);
    let seasonal = seasonal.map(|row| row.product.sku.clone()).collect();
    let back = planted(&[ProductRole::BringsBack]);
    let beyond = |row: &&RepeatItem| row.bought_again as f64 > 1.5 * row.bought_again_by_chance;
    let again = answers.repeat_items.iter().filter(|row| row.q_value < level).filter(beyond);
    let again = again.map(|row| row.product.sku.clone());
    let mut by_share: Vec<_> = answers.repeat_items.iter().collect();
    by_share.sort_by(|a, b| b.share_low.total_cmp(&a.share_low));
    let by_share = by_share.iter().take(back.len()).map(|row| row.product.sku.clone());
    let first =
        answers.first_products.iter().filter(|row| row.q_value < level && Some(row.share) > row.share_others);
    let first = first.map(|row| row.product.sku.clone());
    let pairs = |found: Found, kind: PairKind| {
        let rows = answers.product_pairs.iter().filter(|row| row.kind == found);
        let found = rows.map(|row| pair(&row.first.sku, &row.second.sku)).collect();
        let truth = shop.truth.pairs.iter().filter(|pair| pair.kind == kind);
        Score::of(&found, &truth.map(|own| pair(&own.first, &own.second)).collect())
    };
    [
        trend(TrendMeasure::Quantity, TrendClass::Rising, ProductRole::Rising),
        trend(TrendMeasure::Revenue, TrendClass::Rising, ProductRole::Rising),
        trend(TrendMeasure::Quantity, TrendClass::Declining, ProductRole::Fading),
        trend(TrendMeasure::Revenue, TrendClass::Declining, ProductRole::Fading),
        Score::of(&seasonal, &planted(&[ProductRole::Christmas, ProductRole::Summer])),
        Score::of(&again.collect(), &back),
        Score::of(&by_share.collect(), &back),
        Score::of(&first.collect(), &back),
        pairs(Found::Together, PairKind::Complement),
        pairs(Found::Apart, PairKind::Substitute),
    ]
}

/// Pairs planted as substitutes that are said to go together.
fn confused(shop: &Shop, answers: &Answers) -> usize {
    let together = answers.product_pairs.iter().filter(|row| row.kind == Found::Together);
    let together: BTreeSet<_> = together.map(|row| pair(&row.first.sku, &row.second.sku)).collect();
    let substitutes = shop.truth.pairs.iter().filter(|pair| pair.kind == PairKind::Substitute);
    substitutes.filter(|own| together.contains(&pair(&own.first, &own.second))).count()
}

/// Measures shops of one size.
fn measured(scenario: &Scenario, seeds: &[u64]) -> [Score; NAMES.len()] {
    let mut all = [Score::default(); NAMES.len()];
    for &seed in seeds {
        let shop = generate(scenario, seed).unwrap();
        let answers = answers(&shop);
        all.iter_mut().zip(scores(&shop, &answers)).for_each(|(sum, score)| sum.add(score));
        assert_eq!(confused(&shop, &answers), 0, "a substitute is called a complement");
    }
    all
}

fn table(title: &str, scores: &[Score]) -> String {
    let rows = NAMES.iter().zip(scores).map(|(name, score)| format!("\n{name} | {score}"));
    format!("{title}: planted | found | right | precision | recall{}", rows.collect::<String>())
}

fn check(scores: &[Score], limits: &[(f64, f64)]) {
    for ((name, score), &(precision, recall)) in NAMES.iter().zip(scores).zip(limits) {
        score.check(name, precision, recall);
    }
}

#[test]
fn in_shops_of_three_thousand_customers() {
    let scores = measured(&scenario(3_000), &[201, 202, 203, 204, 205]);
    println!("{}", table("3000 customers, 5 shops", &scores));
    check(
        &scores,
        &[
            (0.75, 0.45),
            (0.75, 0.5),
            (0.8, 0.5),
            (0.8, 0.5),
            (0.85, 0.55),
            (0.75, 0.9),
            (0.0, 0.0),
            (0.5, 0.0),
            (0.85, 0.85),
            (0.0, 0.0),
        ],
    );
}

#[test]
fn in_shops_of_twelve_thousand_customers() {
    let scores = measured(&scenario(12_000), &[201, 202, 203]);
    println!("{}", table("12000 customers, 3 shops", &scores));
    check(
        &scores,
        &[
            (0.8, 0.9),
            (0.8, 0.9),
            (0.8, 0.9),
            (0.8, 0.9),
            (0.8, 0.85),
            (0.85, 0.95),
            (0.0, 0.0),
            (0.5, 0.05),
            (0.85, 0.85),
            (0.0, 0.05),
        ],
    );
}

#[test]
fn where_nothing_is_planted_hardly_anything_is_found() {
    let scores = measured(&plain(3_000), &[201, 202, 203, 204, 205]);
    println!("{}", table("nothing planted, 3000 customers, 5 shops", &scores));
    let found: Vec<usize> = scores.iter().map(|score| score.found).collect();
    // of some hundred products and 45,000 pairs in each shop
    assert!(found.iter().sum::<usize>() <= 6, "{found:?}");
}

/// The shop's own season is told from none.
#[test]
fn the_season_of_the_shop() {
    let (mut seasonal, mut flat) = (0, 0);
    for seed in 101..=106 {
        let is_seasonal = |season: [f64; 12]| {
            let shop = generate(&Scenario { season, ..plain(2_000) }, seed).unwrap();
            let row = answers(&shop).total_trends.into_iter().find(|row| row.measure == TotalMeasure::Orders);
            row.is_some_and(|row| row.season == Season::Seasonal)
        };
        seasonal += usize::from(is_seasonal(Scenario::demo().season));
        flat += usize::from(is_seasonal([1.0; 12]));
    }
    println!("season of the shop: found in {seasonal} of 6 shops with one and in {flat} of 6 without");
    assert!(seasonal >= 5 && flat <= 1);
}
