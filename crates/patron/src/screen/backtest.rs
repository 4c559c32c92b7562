//! What `backtest` shows.

use std::path::Path;

use patron_models::{Backtest, CandidateScores, Holdout, Scores};
use patron_pipeline::ThoroughTest;
use patron_report::tables::{backtest_comparisons, backtest_means, scored};
use patron_report::{Table, format, say};

use super::query::in_columns;
use super::{grouped, plain};

/// Scores of every candidate, averaged and on the latest date, what the forecast is worth beside its rivals, and in
/// words.
pub(crate) fn backtest(tested: &ThoroughTest, card: Option<&Path>) -> String {
    let Some(record) = &tested.models.backtest else { return String::new() };
    let mut lines = vec![head(record), String::new()];
    if !record.earlier.is_empty() {
        lines.push("Mean over these dates:".to_owned());
        lines.extend(in_columns(&backtest_means(record)));
        let everywhere = |scored: &&Holdout| scored.left_out.is_empty();
        if record.origins().filter(everywhere).count() <= record.earlier.len() {
            lines.push("Means over fewer dates are not to be compared with means over more.".to_owned());
        }
        lines.push(String::new());
    }
    lines.push(latest(&record.holdout));
    lines.extend(in_columns(&candidates(&record.holdout)));
    lines.extend(sure(record));
    let left_out = record.holdout.left_out.iter();
    lines.extend(left_out.map(|left| format!("{} was left out: {}.", left.forecaster, left.reason)));
    if !record.comparisons.is_empty() {
        lines.push(String::new());
        let shown = record.forecaster;
        lines.push(format!("{shown} less its best rivals, on the same customers drawn again and again:"));
        lines.extend(in_columns(&backtest_comparisons(&record.comparisons)));
    }
    lines.push(String::new());
    lines.extend(say::tested_in_words(record, Some(tested.last_day)));
    lines.push(tested.card.season.said.clone());
    lines.extend(card.map(|path| format!("Model card    {}", path.display())));
    plain(&lines.join("\n"))
}

fn head(record: &Backtest) -> String {
    let dates: Vec<&Holdout> = record.origins().collect();
    let first = dates.last().map_or(record.holdout.origin, |date| date.origin);
    let overlap = dates.windows(2).any(|pair| pair[1].end > pair[0].origin);
    let made = match dates.len() {
        1 => format!("made on {}", format::day(first)),
        count => {
            let last = format::day(record.holdout.origin);
            format!("made on {count} dates from {} to {last}", format::day(first))
        }
    };
    format!(
        "Forecasts of {} by \u{201c}{}\u{201d}, {made}, against what came{}",
        format::counted(i64::from(record.holdout.days), "day", "days"),
        record.forecaster,
        if overlap { " (the days they cover overlap)" } else { "" }
    )
}

fn latest(holdout: &Holdout) -> String {
    format!(
        "Made on {}, up to {}: {} customers were known, {} of them bought:",
        format::day(holdout.origin),
        format::day(holdout.end),
        grouped(holdout.customers),
        grouped(holdout.buyers)
    )
}

/// How sure the scores of the forecaster are: `blend: R² 0.511 (0.42 to 0.60), …`.
fn sure(record: &Backtest) -> Option<String> {
    const SHOWN: [(usize, &str); 4] = [(2, "R²"), (6, "normalised Gini"), (7, "bias"), (9, "top tenth")];
    let own = record.holdout.candidates.iter().find(|found| found.forecaster == record.forecaster)?;
    let intervals = own.intervals.as_ref()?;
    let [values, lows, highs] = [&own.scores, &intervals.low, &intervals.high].map(Scores::values);
    let ends = SHOWN.into_iter().filter_map(|(place, name)| {
        let [value, low, high] = [values, lows, highs].map(|scores| scores[place]);
        let text = |number: f64| format::decimal(number, 3);
        Some(format!("{name} {} ({} to {})", text(value?), text(low?), text(high?)))
    });
    let ends: Vec<String> = ends.collect();
    (!ends.is_empty()).then(|| {
        let (name, all) = (record.forecaster, ends.join(", "));
        format!("{name}, with the ends of 90% of {} draws of the customers: {all}", intervals.resamples)
    })
}

fn candidates(holdout: &Holdout) -> Table<'_> {
    let name = |row: &&CandidateScores| row.forecaster.name().to_owned();
    let table = Table::of(holdout.candidates.iter().collect()).composed("forecaster", "The candidate.", name);
    scored(table, |row| row.scores.values()).finish()
}
