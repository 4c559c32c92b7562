//! `patron backtest`, and what every run says of its own past.

use std::path::Path;

use patron_models::{ForecasterName, MODEL_CARD_FORMAT, ModelCard, RivalKind, Scores};
use patron_tests::rows;

use crate::patron_runs;

fn card(path: &Path) -> ModelCard {
    serde_json::from_slice(&std::fs::read(path).unwrap()).expect("the card has the documented form")
}

fn check(card: &ModelCard) {
    assert_eq!(card.format, MODEL_CARD_FORMAT);
    let weights: f64 = card.candidates.iter().filter_map(|candidate| candidate.weight).sum();
    assert!(
        (weights - 1.0).abs() < 1e-9 && card.candidates.len() == ForecasterName::ALL.len(),
        "{:?}",
        card.candidates
    );
    let season = &card.season;
    assert!(season.said.contains(&format!("{} complete calendar months", season.complete_months)));
    assert!(!card.parameters.is_empty() && card.known_limits.len() > 5);
    for horizon in &card.horizons {
        assert_eq!(horizon.tested, !horizon.said.contains("NO BACKTEST"), "{}", horizon.said);
    }
    for test in &card.tests {
        for candidate in &test.candidates {
            let intervals = candidate.intervals.expect("every candidate was resampled");
            assert_eq!((intervals.level, intervals.resamples), (0.9, 200));
            let ends = intervals.low.values().into_iter().zip(intervals.high.values());
            assert!(ends.into_iter().all(|(low, high)| low <= high), "{}", candidate.forecaster);
        }
    }
}

#[test]
fn every_run_and_the_command_tell_how_good_forecasts_were() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    patron_runs(&["pipeline", "--out", out.to_str().unwrap()]).ok();
    let of_run = card(&out.join("model_card.json"));
    check(&of_run);
    let table = rows(&out.join("backtest.csv"));
    let scored: usize = of_run.tests.iter().map(|test| test.candidates.len()).sum();
    let spread = of_run.tests.iter().filter(|test| test.distribution.is_some()).count();
    assert_eq!(table.len(), scored * Scores::NAMES.len() + 9 * spread);
    let gini = table.iter().find(|row| row["score"] == "normalised_gini").unwrap();
    let of_card = of_run.tests[0].candidates[0].scores.normalised_gini.unwrap();
    assert!((gini["value"].parse::<f64>().unwrap() - of_card).abs() < 1e-6);

    let database = out.join("patron.db");
    let thorough = folder.path().join("card.json");
    let places = ["--database", database.to_str().unwrap(), "--json", thorough.to_str().unwrap()];
    let shown = patron_runs(&[&["backtest"][..], &places].concat()).ok().out;
    for said in [
        "days before the end of your data this forecast would have put ",
        "of the revenue that followed into its top tenth of customers and would have ",
        "less its best rivals",
        "card.json",
    ] {
        assert!(shown.contains(said), "'{said}' is missing in:\n{shown}");
    }
    let card = card(&thorough);
    check(&card);
    assert!(card.tests.len() >= of_run.tests.len() && card.tests[0].origin == of_run.tests[0].origin);
    assert_eq!(card.tests[0].predicted_total.to_bits(), of_run.tests[0].predicted_total.to_bits());
    assert_eq!(card.comparisons.len(), 4);
    let naive = card.comparisons.iter().find(|found| found.rival == RivalKind::BestNaive).unwrap();
    assert_eq!(naive.origins.len(), card.tests.len());
    let refused = patron_runs(&["backtest", "--database", places[1], "--no-backtest"]);
    assert_eq!(refused.code, Some(2), "{}", refused.err);
}
