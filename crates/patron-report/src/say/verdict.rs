//! How far a forecast may be trusted, in one of three verdicts by a published rule.

use std::fmt;

use patron_domain::{Horizon, Suitability};
use patron_models::ModelsReport;

/// Where the rule is published, within the program's sources.
pub const RULE_FILE: &str = "docs/models/how-forecasts-are-said.md";

/// How far a forecast may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The data are enough, and this run made such forecasts of the past and compared them with what came.
    Tested,
    /// A number can be given, but the data are thin or this run tested no forecast of this length.
    Rough,
    /// No number is worth giving.
    NotEnoughData,
}

impl Verdict {
    /// The verdict on a horizon: the grade of the data check, lowered to rough where this run did not test it.
    pub fn of(models: &ModelsReport, horizon: Horizon) -> Self {
        Self::new(models.data_check.grade(horizon), tested(models, horizon))
    }

    /// The verdict by the data check's grade and by whether this run tested such forecasts on the past.
    pub fn new(grade: Suitability, tested: bool) -> Self {
        match (grade, tested) {
            (Suitability::No, _) => Self::NotEnoughData,
            (Suitability::Yes, true) => Self::Tested,
            (Suitability::Yes, false) | (Suitability::Rough, _) => Self::Rough,
        }
    }
}

/// Whether this run made forecasts of this length at earlier dates and compared them with what came.
pub(super) fn tested(models: &ModelsReport, horizon: Horizon) -> bool {
    models.totals.iter().any(|total| total.horizon == horizon && !total.record.is_empty())
        || models.backtest.as_ref().is_some_and(|backtest| backtest.horizon == horizon)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tested => "tested",
            Self::Rough => "rough",
            Self::NotEnoughData => "not enough data",
        })
    }
}

/// Why the verdict on a horizon is what it is, in whole sentences.
pub fn verdict_reason(models: &ModelsReport, horizon: Horizon) -> String {
    let checks = models.data_check.horizons.iter();
    let reasons = checks.filter(|check| check.horizon == horizon).flat_map(|check| &check.reasons);
    let mut sentences: Vec<&str> = reasons.map(String::as_str).collect();
    let untested = Verdict::of(models, horizon) == Verdict::Rough
        && models.data_check.grade(horizon) == Suitability::Yes;
    if untested {
        sentences.push("In this run it was not tested.");
    }
    sentences.join(" ")
}
