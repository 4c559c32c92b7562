//! How every candidate did at every date of the past: what `backtest.csv` holds.

use patron_domain::Day;
use patron_models::{Backtest, CandidateScores, Comparison, DistributionScores, Scores};

use crate::{Table, TableBuilder, format};

/// One score of one candidate at one origin.
struct Row {
    origin: Day,
    end: Day,
    customers: u64,
    forecaster: &'static str,
    score: &'static str,
    value: Option<f64>,
    standard_error: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

/// A line per origin (the latest first), candidate and score: what `backtest.csv` holds. The forecaster that is shown has
/// the scores of its distributions, too.
pub fn backtest(backtest: &Backtest) -> Table<'static> {
    let shown = backtest.forecaster.name();
    let rows = backtest.origins().flat_map(|holdout| {
        let spread = holdout.distribution.iter().flat_map(distribution_scores);
        let spread = spread.map(move |(score, value)| Row {
            origin: holdout.origin,
            end: holdout.end,
            customers: holdout.customers,
            forecaster: shown,
            score,
            value: Some(value),
            standard_error: None,
            low: None,
            high: None,
        });
        let scored = holdout.candidates.iter();
        let each = scored.flat_map(move |candidate: &CandidateScores| {
            let intervals = candidate.intervals.as_ref();
            let of = |scores: Option<&Scores>| scores.map_or([None; Scores::NAMES.len()], Scores::values);
            let [values, errors, lows, highs] = [
                Some(&candidate.scores),
                intervals.map(|found| &found.standard_error),
                intervals.map(|found| &found.low),
                intervals.map(|found| &found.high),
            ]
            .map(of);
            (0..Scores::NAMES.len()).map(move |place| Row {
                origin: holdout.origin,
                end: holdout.end,
                customers: holdout.customers,
                forecaster: candidate.forecaster.name(),
                score: Scores::NAMES[place],
                value: values[place],
                standard_error: errors[place],
                low: lows[place],
                high: highs[place],
            })
        });
        each.chain(spread)
    });
    Table::of(rows.collect())
        .day("origin", "Last day the forecast has seen.", |row: &Row| row.origin)
        .day("end", "Last day forecast.", |row| row.end)
        .integer("customers", "customers", "Customers known on that day.", |row| row.customers)
        .text("forecaster", "The candidate.", |row| row.forecaster)
        .text("score", "The score; docs/models/backtest.md defines each.", |row| row.score)
        .number(4, "value", "number", "Its value; empty where it is undefined.", |row| row.value)
        .number(4, "standard_error", "number", "Over resampled customers.", |row| row.standard_error)
        .number(4, "low", "number", "Low end of the interval at level 0.9.", |row| row.low)
        .number(4, "high", "number", "High end of it.", |row| row.high)
        .finish()
}

/// Scores of distributions by name; `docs/models/intervals.md` defines each.
fn distribution_scores(scores: &DistributionScores) -> Vec<(&'static str, f64)> {
    let pinball = scores.pinball.iter().filter_map(|&(level, loss)| {
        let name = match (level * 100.0).round() {
            50.0 => "pinball_50",
            80.0 => "pinball_80",
            90.0 => "pinball_90",
            95.0 => "pinball_95",
            _ => return None,
        };
        Some((name, loss))
    });
    let others = [
        ("brier", scores.brier),
        ("crps", scores.crps),
        ("upper_90_held", scores.upper_90.overall),
        ("interval_score", scores.interval_score),
        ("interval_score_one_width", scores.interval_score_one_width),
    ];
    pinball.chain(others).collect()
}

/// One candidate's mean scores over all origins.
struct Mean {
    forecaster: &'static str,
    origins: usize,
    scores: [Option<f64>; Scores::NAMES.len()],
}

/// A line per candidate, simplest first: its scores, averaged over all origins.
pub fn backtest_means(backtest: &Backtest) -> Table<'static> {
    let names = patron_models::ForecasterName::ALL.into_iter();
    let rows = names.filter_map(|name| {
        let origins = backtest.origins().filter(|origin| origin.scores_of(name).is_some()).count();
        let scores = backtest.mean_scores(name);
        (origins > 0).then(|| Mean { forecaster: name.name(), origins, scores })
    });
    let table = Table::of(rows.collect())
        .text("forecaster", "The candidate.", |row: &Mean| row.forecaster)
        .integer("origins", "dates", "Dates of the past it was tested on.", |row| row.origins);
    scored(table, |row| row.scores).finish()
}

/// The scores as columns, in the order of [`Scores::NAMES`].
pub fn scored<'a, T: Send + Sync + 'a>(
    table: TableBuilder<'a, T>,
    of: impl Fn(&T) -> [Option<f64>; Scores::NAMES.len()] + Copy + Send + Sync + 'a,
) -> TableBuilder<'a, T> {
    let mut table = table;
    for (place, (name, heading, digits, meaning)) in COLUMNS.into_iter().enumerate() {
        table = table.number(digits, name, "number", meaning, move |row| of(row)[place]).heading(heading);
    }
    table
}

const COLUMNS: [(&str, &str, u8, &str); Scores::NAMES.len()] = [
    ("mae", "MAE", 2, "Mean absolute error, in currency units."),
    ("rmse", "RMSE", 2, "Root of the mean squared error, in currency units."),
    ("r2", "R²", 3, "1 − squared errors ÷ those of the mean."),
    ("r2_without_largest_3", "R² without 3", 3, "R² without the three customers who spent most."),
    ("deviance_skill", "Deviance skill", 3, "1 − Tweedie deviance ÷ that of the constant mean, power 1.5."),
    ("spearman", "Spearman", 3, "Rank correlation."),
    ("normalised_gini", "Norm. Gini", 3, "Gini of the ranking by forecast ÷ Gini of the perfect one."),
    ("bias", "Bias", 3, "Forecast ÷ actual total."),
    ("decile_mape", "Tenths off by", 3, "Mean gap of the tenths by forecast, relative to what they brought."),
    ("top_tenth_share", "Top tenth", 3, "Share of what came from the tenth with the highest forecasts."),
];

/// A line per origin and comparison, and one for the mean over origins.
pub fn backtest_comparisons(comparisons: &[Comparison]) -> Table<'static> {
    let rows = comparisons.iter().flat_map(|compared| {
        let kind = (compared.rival.words(), compared.score.words());
        let each = compared.origins.iter().map(move |pair| Compared {
            kind,
            origin: format::day(pair.origin),
            rival: pair.rival.name(),
            difference: pair.difference,
            standard_error: pair.standard_error,
        });
        let mean = [
            Compared {
                kind,
                origin: "mean".to_owned(),
                rival: "the best of each date",
                difference: compared.mean,
                standard_error: compared.standard_error,
            },
            Compared {
                kind,
                origin: "mean".to_owned(),
                rival: compared.steady.rival.name(),
                difference: compared.steady.mean,
                standard_error: compared.steady.standard_error,
            },
        ];
        each.chain(mean)
    });
    Table::of(rows.collect())
        .text("against", "The rivals.", |row: &Compared| row.kind.0)
        .text("score", "By which score.", |row| row.kind.1)
        .text("origin", "Last day the forecasts have seen; mean: over all origins.", |row| {
            row.origin.as_str()
        })
        .heading("Made on")
        .text("rival", "The rival that did best.", |row| row.rival)
        .number(3, "difference", "number", "Score of the forecast less that of the rival.", |row| {
            row.difference
        })
        .number(3, "standard_error", "number", "Of the difference, over resampled customers.", |row| {
            row.standard_error
        })
        .finish()
}

struct Compared {
    kind: (&'static str, &'static str),
    origin: String,
    rival: &'static str,
    difference: f64,
    standard_error: Option<f64>,
}
