//! For analysts: how every candidate did on the past.

use maud::{Markup, html};
use patron_models::{Backtest, CandidateScores};

use crate::tables::{backtest_comparisons, backtest_means, scored};
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableView, format};

/// All scores at the latest origin, their means over all origins, and the paired comparisons.
pub(super) fn candidates(backtest: &Backtest) -> Markup {
    let holdout = &backtest.holdout;
    let table = Table::of(holdout.candidates.iter().collect()).composed(
        "forecaster",
        "The candidate.",
        |row: &&CandidateScores| row.forecaster.name().to_owned(),
    );
    let latest = scored(table, |row| row.scores.values()).finish();
    let caption = format!(
        "Candidates on the days from {} to {}, {} customers",
        format::day(holdout.origin.plus_days(1)),
        format::day(holdout.end),
        format::count(holdout.customers as i64)
    );
    let (means, compared) = (backtest_means(backtest), backtest_comparisons(&backtest.comparisons));
    let dates = 1 + backtest.earlier.len();
    html! {
        (TableView::new(&latest, &caption).file("backtest.csv"))
        @for left_out in &holdout.left_out { p { (left_out.forecaster.name()) " was left out: " (left_out.reason) "." } }
        @if dates > 1 {
            (TableView::new(&means, &format!("The same, averaged over {dates} dates of the past")).file("backtest.csv"))
        }
        @if !backtest.comparisons.is_empty() {
            (TableView::new(&compared, &format!("\u{201c}{}\u{201d} less its best rivals, customer by customer", backtest.forecaster.name())).file("model_card.json"))
        }
    }
}

/// Chances said against shares that bought.
pub(super) fn calibration(backtest: &Backtest) -> Markup {
    let tenths = &backtest.holdout.chance_deciles;
    if tenths.len() < 2 {
        return html! {};
    }
    let names = (1..=tenths.len()).map(|place| place.to_string()).collect();
    let said: Vec<_> = tenths.iter().map(|tenth| Some(tenth.predicted)).collect();
    let bought: Vec<_> = tenths.iter().map(|tenth| Some(tenth.actual)).collect();
    let summary = format!(
        "Mean squared error of the chance (Brier score): {}.",
        format::decimal(backtest.holdout.brier, 3)
    );
    let chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Share)
        .axis_name("tenths of the customers by chance to buy")
        .bars("Chance said", Ink::Third, &said)
        .bars("Bought", Ink::Accent, &bought)
        .finish(
            "appendix-calibration",
            "Chance to buy against the share that bought, in the latest test",
            summary,
        );
    html! { (chart) }
}
