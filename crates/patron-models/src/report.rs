//! What goes into `models.json`.

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};

use crate::backtest::Backtest;
use crate::btyd::Btyd;
use crate::candidates::{Fitted, MODEL_COLUMNS};
use crate::data_check::DataCheck;
use crate::features::FeatureSpec;
use crate::margin::DiscountRate;
use crate::newcomers::{ForecastTotal, NewcomersExpected, rows};
use crate::ranges::{LEVEL, TotalRange, TotalSpread};
use crate::season::{Season, SeasonKnown};
use crate::textbook::TextbookClv;
use crate::{BgNbdFit, FittedForecaster, ForecasterName, GammaGammaFit};

/// Every model with its parameters, the textbook numbers, the regression, the data check and the holdout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelsReport {
    /// The as-of date of the fit.
    pub as_of: Day,
    /// The candidate that fills the forecasts.
    pub forecaster: ForecasterName,
    /// What it does, in one sentence.
    pub forecaster_meaning: String,
    /// BG/NBD, time in weeks; absent where it could not be fitted.
    pub bg_nbd: Option<BgNbdFit>,
    /// Gamma-gamma; absent where it could not be fitted.
    pub gamma_gamma: Option<GammaGammaFit>,
    /// Why a stand-in serves for one of them, in words.
    pub stand_ins: Vec<String>,
    /// Net revenue ÷ value of the purchase days.
    pub net_share: f64,
    /// The textbook formula.
    pub textbook: TextbookClv,
    /// Units of the textbook numbers and of the parameters.
    pub units: Vec<Unit>,
    /// Features, importance, weights.
    pub regression: RegressionReport,
    /// Whether the data are enough.
    pub data_check: DataCheck,
    /// The holdout, where one was run.
    pub backtest: Option<Backtest>,
    /// The shop's total with its range, for each horizon tested on the past; empty without a test.
    #[serde(default)]
    pub totals: Vec<TotalRange>,
    /// How far totals of these horizons are off, for groups of customers; in the order of `totals`.
    #[serde(default)]
    pub total_spreads: Vec<TotalSpread>,
    /// What newcomers are expected to bring, for 3, 12 and 24 months and the days asked for.
    #[serde(default)]
    pub newcomers: Vec<NewcomersExpected>,
    /// Known customers, newcomers and the whole shop, for the same horizons.
    #[serde(default)]
    pub forecast_totals: Vec<ForecastTotal>,
    /// At which effective annual rate later margin is worth less.
    #[serde(default)]
    pub discount_rate: DiscountRate,
    /// The season the forecast was made with.
    #[serde(default = "Season::flat")]
    pub season: Season,
    /// Where it comes from and what it says, in whole sentences.
    #[serde(default)]
    pub season_said: Vec<String>,
}

/// The unit of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The field.
    pub name: String,
    /// Its unit.
    pub unit: String,
}

impl ModelsReport {
    /// Gathers what a fit and, where one was run, a backtest have to tell.
    pub fn new(fitted: &FittedForecaster, backtest: Option<Backtest>) -> Self {
        let btyd: &Btyd = fitted.btyd();
        let ranges = backtest.iter().flat_map(|backtest| &backtest.totals).filter_map(|tested| {
            let spread = tested.spread(fitted.as_of(), fitted.mean_purchase());
            let spread = spread.widened(fitted.season_error(tested.horizon.end(fitted.as_of())));
            Some((tested.range(fitted.expected_total(tested.horizon)?, &spread)?, spread))
        });
        let (totals, total_spreads): (Vec<TotalRange>, Vec<TotalSpread>) = ranges.unzip();
        let forecast_totals = forecast_totals(fitted, &totals, &total_spreads);
        let unit = |(name, unit): (&str, &str)| Unit { name: name.to_owned(), unit: unit.to_owned() };
        Self {
            as_of: fitted.as_of(),
            forecaster: fitted.forecaster(),
            forecaster_meaning: fitted.forecaster().meaning().to_owned(),
            bg_nbd: btyd.transaction_fit.clone(),
            gamma_gamma: btyd.spend_fit.clone(),
            stand_ins: btyd.stand_ins.clone(),
            net_share: btyd.net_share(),
            textbook: fitted.textbook().clone(),
            units: UNITS.into_iter().map(unit).collect(),
            regression: fitted.regression(),
            data_check: fitted.data_check().clone(),
            backtest,
            totals,
            total_spreads,
            newcomers: fitted.newcomers().to_vec(),
            forecast_totals,
            discount_rate: fitted.options().discount_rate,
            season: fitted.season().clone(),
            season_said: fitted.season().said(),
        }
    }

    /// Low and high end, in 9 of 10 cases, of what some customers spend together in `horizon`, from their expected
    /// values for it ([`crate::CustomerForecast::clv_3m`], or `predicted_clv` for a horizon in days). All of them
    /// together have the range in `totals`; fewer, as a rule, a wider one for their size. `None` for a horizon that is not in
    /// `totals`, for nobody, and where nothing is expected. Made for groups: one customer's range is
    /// [`crate::CustomerForecast::usual_spend_3m`].
    pub fn group_range(&self, horizon: Horizon, values: &[f64]) -> Option<(f64, f64)> {
        self.total_spreads.iter().find(|spread| spread.horizon == horizon)?.group(values)
    }
}

/// Known customers, newcomers and the shop for every horizon: with the ranges of `totals` where a horizon was tested,
/// else with those of the nearest one that was (or the prior), wider with the root of the horizon.
fn forecast_totals(
    fitted: &FittedForecaster,
    totals: &[TotalRange],
    spreads: &[TotalSpread],
) -> Vec<ForecastTotal> {
    let as_of = fitted.as_of();
    let unknown = fitted.season().known() == SeasonKnown::Unknown;
    let quarter = f64::from(Horizon::Months(3).days(as_of));
    let untested = |horizon: Horizon| {
        let days = f64::from(horizon.days(as_of));
        // the season's part is of its own length, and comes back below
        let learned = spreads.first().map(|spread| {
            let season = fitted.season_error(spread.horizon.end(as_of));
            let level = (spread.level_scale.powi(2) - season * season).max(0.0).sqrt();
            TotalSpread { level_scale: level, conformal: None, ..*spread }
        });
        let base = learned.map_or(quarter, |spread| f64::from(spread.horizon.days(as_of)));
        let spread = learned.unwrap_or_else(|| TotalSpread::learn(horizon, &[], fitted.mean_purchase()));
        let longer = (days / base.max(1.0)).max(1.0).sqrt();
        let season = fitted.season_error(horizon.end(as_of));
        let spread =
            TotalSpread { horizon, level_scale: spread.level_scale * longer, ..spread }.widened(season);
        let expected = fitted.expected_total(horizon)?;
        let (low, high) = spread.range(expected).unwrap_or((0.0, 0.0));
        Some(TotalRange { horizon, expected: expected.total, low, high, level: LEVEL, record: Vec::new() })
    };
    let of = |newcomers: &NewcomersExpected| {
        let tested = totals.iter().find(|total| total.horizon == newcomers.horizon).cloned();
        let known = tested.or_else(|| untested(newcomers.horizon))?;
        let count = known.record.len();
        Some(rows(as_of, &known, count, newcomers, unknown))
    };
    fitted.newcomers().iter().filter_map(of).flatten().collect()
}

const UNITS: [(&str, &str); 15] = [
    ("bg_nbd.r", "number"),
    ("bg_nbd.alpha", "weeks"),
    ("bg_nbd.a", "number"),
    ("bg_nbd.b", "number"),
    ("gamma_gamma.p", "number"),
    ("gamma_gamma.q", "number"),
    ("gamma_gamma.v", "currency"),
    ("textbook.revenue", "currency, whole log, returns taken off"),
    ("textbook.average_order_value", "currency per order"),
    ("textbook.purchase_frequency", "orders per customer over the whole log"),
    ("textbook.repeat_rate", "share of customers with two or more purchase days"),
    ("textbook.churn_rate", "share of customers who bought only once so far"),
    ("textbook.customer_value", "currency per customer over the whole log"),
    ("textbook.margin", "share of revenue"),
    ("textbook.clv", "currency of profit per customer"),
];

/// The regression behind a forecast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegressionReport {
    /// Earlier as-of dates learned from, the latest first; empty where the log is too short.
    pub origins: Vec<Day>,
    /// Days of the outcome learned at each of them.
    pub outcome_days: u32,
    /// Names of the features.
    pub features: Vec<String>,
    /// Features by their share of the boosted trees' gain, highest first; empty without boosted trees.
    pub importance: Vec<Importance>,
    /// Trees of the boosted model.
    pub trees: usize,
    /// Rows (customer at an origin) the trees were trained on.
    pub training_rows: usize,
    /// Candidates in a blend and their weights.
    pub weights: Vec<Weight>,
    /// Rows the chance to buy was calibrated on; absent where it was not.
    pub chance_rows: Option<usize>,
}

/// A feature and what it did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Its share of the gain, 0 to 1.
    pub share: f64,
}

/// A candidate of a blend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Its name.
    pub forecaster: String,
    /// Its weight, 0 to 1.
    pub weight: f64,
}

impl RegressionReport {
    pub(crate) fn new(
        spec: &FeatureSpec,
        candidate: &Fitted,
        origins: &[Day],
        outcome_days: u32,
        chance_rows: Option<usize>,
    ) -> Self {
        let models = MODEL_COLUMNS.iter().map(|&name| name.to_owned());
        let features: Vec<String> = spec.names().into_iter().chain(models).collect();
        let learned = candidate.learned();
        let shares = learned.as_ref().map(|learned| learned.importance.clone()).unwrap_or_default();
        let pairs = features.iter().cloned().zip(shares);
        let mut importance: Vec<_> = pairs.map(|(feature, share)| Importance { feature, share }).collect();
        importance.sort_by(|a, b| b.share.total_cmp(&a.share));
        let weights = candidate.weights().into_iter();
        Self {
            origins: origins.to_vec(),
            outcome_days,
            features,
            importance,
            trees: learned.as_ref().map_or(0, |learned| learned.trees),
            training_rows: learned.as_ref().map_or(0, |learned| learned.rows),
            weights: weights.map(|(forecaster, weight)| Weight { forecaster, weight }).collect(),
            chance_rows,
        }
    }
}
