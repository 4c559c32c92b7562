//! Ways to forecast each customer's net revenue, by name.

mod blend;
mod inputs;
mod level;
mod linear;
mod naive;
mod relative;
mod study;
mod trees;
mod weights;

use std::fmt;
use std::str::FromStr;

use ndarray::Array2;
use patron_domain::Day;
use serde::{Deserialize, Serialize};

pub(crate) use inputs::MODEL_COLUMNS;
pub(crate) use linear::Linear;
pub(crate) use relative::{BoostingBtyd, TwoPartLog};
pub use study::MIN_HISTORY;
pub(crate) use study::{Study, YEAR};
pub(crate) use trees::{Boosting, TwoPart};

use crate::ModelError;
use crate::book::View;
use crate::btyd::Btyd;
use crate::features::FeatureSpec;
use crate::season::Season;
use blend::Blend;
use inputs::inputs;

/// A forecaster that can be asked for by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForecasterName {
    /// Net spend ÷ days since the customer's first purchase × horizon.
    NaiveRate,
    /// Net spend ÷ days the log covers × horizon.
    SpendOverSpan,
    /// The last 90 days once more.
    StatusQuo,
    /// BG/NBD × gamma-gamma × net share.
    Btyd,
    /// Linear regression on the features of the history.
    Linear,
    /// Gradient-boosted trees with Tweedie loss on the features of the history.
    Boosting,
    /// Gradient-boosted trees that correct BG/NBD × gamma-gamma and past spend by a factor.
    BoostingBtyd,
    /// Two boosted models: will they buy, and how much if they do.
    TwoPart,
    /// The same with a log-normal amount, as a factor of BG/NBD × gamma-gamma and past spend.
    TwoPartLog,
    /// The default: a weighted mean of several of these.
    #[default]
    Blend,
}

impl ForecasterName {
    /// All of them, simplest first.
    pub const ALL: [Self; 10] = [
        Self::NaiveRate,
        Self::SpendOverSpan,
        Self::StatusQuo,
        Self::Btyd,
        Self::Linear,
        Self::Boosting,
        Self::BoostingBtyd,
        Self::TwoPart,
        Self::TwoPartLog,
        Self::Blend,
    ];

    /// The name on the command line and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NaiveRate => "naive-rate",
            Self::SpendOverSpan => "spend-over-span",
            Self::StatusQuo => "status-quo",
            Self::Btyd => "btyd",
            Self::Linear => "linear",
            Self::Boosting => "boosting",
            Self::BoostingBtyd => "boosting-btyd",
            Self::TwoPart => "two-part",
            Self::TwoPartLog => "two-part-log",
            Self::Blend => "blend",
        }
    }

    /// Whether it learns from what came after earlier dates.
    pub(crate) const fn is_learned(self) -> bool {
        !matches!(self, Self::NaiveRate | Self::SpendOverSpan | Self::StatusQuo | Self::Btyd)
    }

    /// What it does, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NaiveRate => {
                "what the customer has spent per day since the first purchase, times the horizon"
            }
            Self::SpendOverSpan => "what the customer has spent per day of the whole log, times the horizon",
            Self::StatusQuo => "what the customer spent in the last 90 days, once more",
            Self::Btyd => "expected purchases (BG/NBD) times expected value of a purchase (gamma-gamma)",
            Self::Linear => "linear regression on features of the purchase history",
            Self::Boosting => "gradient-boosted trees (Tweedie loss) on features of the purchase history",
            Self::BoostingBtyd => {
                "boosted trees that correct BG/NBD with gamma-gamma and past spend by a factor for each customer"
            }
            Self::TwoPart => "boosted trees: the chance to buy, times the spend of those who buy",
            Self::TwoPartLog => {
                "boosted trees: the chance to buy, times a factor of BG/NBD with gamma-gamma and past spend"
            }
            Self::Blend => {
                "a mean of boosted trees and BG/NBD with gamma-gamma, weighted by how well each did on earlier dates"
            }
        }
    }
}

impl fmt::Display for ForecasterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ForecasterName {
    type Err = ModelError;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|candidate| candidate.name() == name);
        found.ok_or_else(|| ModelError::UnknownForecaster { name: name.to_owned(), known: known() })
    }
}

/// What every fitted candidate can do.
pub(crate) trait Candidate {
    /// Net revenue of each customer of `view` in each of `horizons` (in days), in the view's order: finite, at
    /// least 0.
    fn values(
        &self,
        serving: &Serving<'_>,
        view: &View<'_>,
        horizons: &[u32],
    ) -> Result<Vec<Vec<f64>>, ModelError>;

    /// The same for one horizon.
    fn value(&self, serving: &Serving<'_>, view: &View<'_>, days: u32) -> Result<Vec<f64>, ModelError> {
        Ok(self.values(serving, view, &[days])?.pop().unwrap_or_default())
    }
}

/// What candidates share when they serve: fitted once per forecaster.
#[derive(Clone, Copy)]
pub(crate) struct Serving<'a> {
    pub(crate) btyd: &'a Btyd,
    pub(crate) spec: &'a FeatureSpec,
    pub(crate) season: &'a Season,
    /// First purchase day of the log.
    pub(crate) first: Day,
    /// Days that learned candidates were trained for.
    pub(crate) base_days: u32,
}

impl Serving<'_> {
    /// What learned candidates see of the customers of `view`.
    pub(crate) fn inputs<'v>(&self, view: &'v View<'_>) -> &'v Array2<f64> {
        view.inputs(|| inputs(view, self.spec, Some(self.btyd), self.base_days))
    }
}

/// What a boosted model was made from.
pub(crate) struct Learned {
    /// Share of the gain per column of the inputs.
    pub(crate) importance: Vec<f64>,
    pub(crate) trees: usize,
    /// Customers at origins.
    pub(crate) rows: usize,
}

/// A fitted candidate, ready to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fitted {
    NaiveRate,
    SpendOverSpan,
    StatusQuo,
    Btyd,
    Linear(Linear),
    Boosting(Boosting),
    BoostingBtyd(BoostingBtyd),
    TwoPart(TwoPart),
    TwoPartLog(TwoPartLog),
    Blend(Blend),
}

impl Fitted {
    /// Trains what `name` needs and nothing else.
    pub(crate) fn fit(name: ForecasterName, study: &Study<'_>) -> Result<Self, ModelError> {
        Ok(match name {
            ForecasterName::NaiveRate => Self::NaiveRate,
            ForecasterName::SpendOverSpan => Self::SpendOverSpan,
            ForecasterName::StatusQuo => Self::StatusQuo,
            ForecasterName::Btyd => Self::Btyd,
            ForecasterName::Linear => Self::Linear(Linear::fit(study)?),
            ForecasterName::Boosting => Self::Boosting(Boosting::fit(study)?),
            ForecasterName::BoostingBtyd => Self::BoostingBtyd(BoostingBtyd::fit(study)?),
            ForecasterName::TwoPart => Self::TwoPart(TwoPart::fit(study)?),
            ForecasterName::TwoPartLog => Self::TwoPartLog(TwoPartLog::fit(study)?),
            ForecasterName::Blend => Self::Blend(Blend::fit(study)?),
        })
    }

    /// Whether the candidate takes rows of `columns` features.
    pub(crate) fn takes(&self, columns: usize) -> bool {
        match self {
            Self::NaiveRate | Self::SpendOverSpan | Self::StatusQuo | Self::Btyd => true,
            Self::Linear(linear) => linear.takes(columns),
            Self::Boosting(trees) => trees.takes(columns),
            Self::BoostingBtyd(trees) => trees.takes(columns),
            Self::TwoPart(trees) => trees.takes(columns),
            Self::TwoPartLog(trees) => trees.takes(columns),
            Self::Blend(blend) => blend.takes(columns),
        }
    }

    /// Whether every number in it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::NaiveRate | Self::SpendOverSpan | Self::StatusQuo | Self::Btyd => true,
            Self::Linear(linear) => linear.is_sound(),
            Self::Boosting(trees) => trees.is_sound(),
            Self::BoostingBtyd(trees) => trees.is_sound(),
            Self::TwoPart(trees) => trees.is_sound(),
            Self::TwoPartLog(trees) => trees.is_sound(),
            Self::Blend(blend) => blend.is_sound(),
        }
    }

    /// The candidates inside, with their weights.
    pub(crate) fn weights(&self) -> Vec<(String, f64)> {
        match self {
            Self::Blend(blend) => blend.weights(),
            _ => Vec::new(),
        }
    }

    /// What the boosted model inside has learned from, and which features it uses.
    pub(crate) fn learned(&self) -> Option<Learned> {
        match self {
            Self::Boosting(boosting) => Some(boosting.learned()),
            Self::BoostingBtyd(boosting) => Some(boosting.learned()),
            Self::Blend(blend) => blend.learned(),
            _ => None,
        }
    }
}

impl Candidate for Fitted {
    fn values(
        &self,
        serving: &Serving<'_>,
        view: &View<'_>,
        horizons: &[u32],
    ) -> Result<Vec<Vec<f64>>, ModelError> {
        let each = |rule: &dyn Fn(u32) -> Vec<f64>| horizons.iter().map(|&days| rule(days)).collect();
        let by_horizon: Vec<Vec<f64>> = match self {
            Self::NaiveRate => each(&|days| naive::rate(view, days)),
            Self::SpendOverSpan => each(&|days| naive::spend_over_span(view, serving.first, days)),
            Self::StatusQuo => each(&|days| naive::status_quo(view, days)),
            Self::Btyd => {
                horizons.iter().map(|&days| serving.btyd.value(view, days)).collect::<Result<_, _>>()?
            }
            Self::Linear(linear) => extended(&linear.base_value(serving, view), serving, view, horizons)?,
            Self::Boosting(trees) => extended(&trees.base_value(serving, view), serving, view, horizons)?,
            Self::BoostingBtyd(trees) => extended(&trees.base_value(serving, view), serving, view, horizons)?,
            Self::TwoPart(trees) => extended(&trees.base_value(serving, view), serving, view, horizons)?,
            Self::TwoPartLog(trees) => extended(&trees.base_value(serving, view), serving, view, horizons)?,
            Self::Blend(blend) => {
                let mut by_horizon = extended(&blend.base_value(serving, view)?, serving, view, horizons)?;
                for (values, &days) in by_horizon.iter_mut().zip(horizons) {
                    let season = serving.season.mean(view.as_of, view.as_of.plus_days(days as i32));
                    values.iter_mut().for_each(|value| *value *= season);
                }
                by_horizon
            }
        };
        let valid = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
        Ok(by_horizon.into_iter().map(|values| values.into_iter().map(valid).collect()).collect())
    }
}

/// From the trained horizon to others: by the ratio of expected purchases, never by the ratio of days.
fn extended(
    base: &[f64],
    serving: &Serving<'_>,
    view: &View<'_>,
    horizons: &[u32],
) -> Result<Vec<Vec<f64>>, ModelError> {
    let one = |&days: &u32| {
        let ratios = serving.btyd.extension(view, serving.base_days, days)?;
        Ok(base.iter().zip(ratios).map(|(value, ratio)| value * ratio).collect())
    };
    horizons.iter().map(one).collect()
}
