//! The model card: everything somebody has to know before money is staked on a forecast, as one JSON document.
//! Its fields are described in `docs/models/backtest.md`.

mod limits;
mod shop;

use patron_domain::{Day, Horizon, PurchaseRule, Suitability};
use serde::{Deserialize, Serialize};

use crate::backtest::{CandidateScores, Holdout, LeftOut};
use crate::metrics::{Comparison, Decile};
use crate::predictive::DistributionScores;
use crate::ranges::{Coverage, TotalRange};
use crate::report::ModelsReport;
use crate::season::SeasonKnown;
use crate::{FORMAT_VERSION, FittedForecaster, ForecasterName};
pub use shop::{CardShop, CardTotal};

/// Version of the card's own form: 2 since it holds `shop`.
pub const MODEL_CARD_FORMAT: u32 = 2;

/// What a model is, from what it was made, how good it was, and what it cannot do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// [`MODEL_CARD_FORMAT`].
    pub format: u32,
    /// The candidate that fills the forecasts.
    pub forecaster: ForecasterName,
    /// What it does, in one sentence.
    pub meaning: String,
    /// Version of the stored form of the model.
    pub stored_format: u32,
    /// Seed of whatever was drawn in training.
    pub seed: u64,
    /// What it was made from.
    pub data: CardData,
    /// Earlier as-of dates learned from, the latest first; empty where the log is too short.
    pub learned_from: Vec<Day>,
    /// Days of the outcome learned at each of them.
    pub outcome_days: u32,
    /// Candidates, simplest first, with their weights in the forecast.
    pub candidates: Vec<CardCandidate>,
    /// Whether the season is known.
    pub season: CardSeason,
    /// Estimates with their errors; time in weeks.
    pub parameters: Vec<CardParameter>,
    /// What the data could not identify, and where a stand-in serves for a model, in words.
    pub remarks: Vec<String>,
    /// Every horizon that is forecast, and whether such a forecast was tested.
    pub horizons: Vec<CardHorizon>,
    /// Tests on the past, the latest first; empty where none was run or the log is too short for one.
    pub tests: Vec<CardTest>,
    /// The forecaster against the best rule without a model and the best single model.
    pub comparisons: Vec<Comparison>,
    /// The shop's total with its range and record, per tested horizon.
    pub totals: Vec<TotalRange>,
    /// Known customers, newcomers and the whole shop.
    pub shop: CardShop,
    /// What the forecast does not do, in whole sentences.
    pub known_limits: Vec<String>,
}

/// What a model was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardData {
    /// Day of the first purchase.
    pub first_purchase: Day,
    /// Last day seen.
    pub as_of: Day,
    /// Days from one to the other, both counted.
    pub history_days: u32,
    /// Customers with a purchase.
    pub customers: u64,
    /// Share of them with two or more purchase days.
    pub with_two_purchases: f64,
    /// Share of them with three or more purchase days.
    pub with_three_purchases: f64,
    /// Which days count as purchases.
    pub purchase_rule: PurchaseRule,
    /// The same in words.
    pub purchase_rule_meaning: String,
    /// Net revenue ÷ value of the purchase days: what returns on other days leave.
    pub net_share: f64,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardCandidate {
    /// Its name.
    pub name: ForecasterName,
    /// What it does, in one sentence.
    pub meaning: String,
    /// Its weight in the forecast, 0 to 1; absent where it has no part in it.
    pub weight: Option<f64>,
}

/// The season.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardSeason {
    /// Whether it is known, and from what.
    pub known: SeasonKnown,
    /// Where a season that was given comes from.
    pub source: Option<String>,
    /// Calendar months seen whole up to the as-of date.
    pub complete_months: u32,
    /// The same in whole sentences.
    pub said: String,
}

/// An estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardParameter {
    /// The model it belongs to.
    pub model: String,
    /// The paper's symbol, spelled out.
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// Standard error; absent where the data do not identify the parameter.
    pub standard_error: Option<f64>,
    /// The interval that holds the true value in 95 of 100 cases.
    pub interval_95: Option<(f64, f64)>,
}

/// A horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardHorizon {
    /// The horizon.
    pub horizon: Horizon,
    /// Its length in days from the as-of date on.
    pub days: u32,
    /// Whether the data are enough.
    pub grade: Suitability,
    /// Why, in whole sentences.
    pub reasons: Vec<String>,
    /// Whether forecasts of this length were made at earlier dates and compared with what came.
    pub tested: bool,
    /// How it is forecast and whether it was tested, in whole sentences.
    pub said: String,
}

/// A test on the past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardTest {
    /// Last day the fit has seen.
    pub origin: Day,
    /// Last day forecast.
    pub end: Day,
    /// Customers with a purchase by the origin.
    pub customers: u64,
    /// Those who bought again by the end.
    pub buyers: u64,
    /// What was forecast for them in all, in money.
    pub predicted_total: f64,
    /// What they spent, customers below zero counted as zero.
    pub actual_total: f64,
    /// What they spent, returns taken off.
    pub actual_net: f64,
    /// Every candidate's scores with their intervals.
    pub candidates: Vec<CandidateScores>,
    /// Candidates that could not be fitted, and why.
    pub left_out: Vec<LeftOut>,
    /// Tenths of the customers by forecast, lowest first.
    pub deciles: Vec<Decile>,
    /// Mean squared error of the chance to buy.
    pub brier: f64,
    /// How the ranges of what buyers usually spend held.
    pub usual_spend: Option<Coverage>,
    /// How the distributions of what single customers may spend held: pinball losses, CRPS, interval scores, bounds.
    #[serde(default)]
    pub distribution: Option<DistributionScores>,
}

impl ModelCard {
    /// The card of a fit and of what `report`, made from it, has to tell.
    pub fn new(fitted: &FittedForecaster, report: &ModelsReport) -> Self {
        let backtest = report.backtest.as_ref();
        let learned = &report.regression;
        let weight = |name: ForecasterName| {
            let own = learned.weights.iter().find(|weight| weight.forecaster == name.name());
            let alone = learned.weights.is_empty() && name == report.forecaster;
            own.map(|weight| weight.weight).or(alone.then_some(1.0))
        };
        let candidates = ForecasterName::ALL.into_iter().map(|name| CardCandidate {
            name,
            meaning: name.meaning().to_owned(),
            weight: weight(name),
        });
        let season = season(fitted, report);
        Self {
            format: MODEL_CARD_FORMAT,
            forecaster: report.forecaster,
            meaning: report.forecaster_meaning.clone(),
            stored_format: FORMAT_VERSION,
            seed: fitted.options().seed,
            data: data(fitted, report),
            learned_from: learned.origins.clone(),
            outcome_days: learned.outcome_days,
            candidates: candidates.collect(),
            parameters: parameters(report),
            remarks: remarks(report),
            horizons: report.data_check.horizons.iter().map(|check| horizon(report, check)).collect(),
            tests: backtest.iter().flat_map(|backtest| backtest.origins()).map(CardTest::new).collect(),
            comparisons: backtest.map(|backtest| backtest.comparisons.clone()).unwrap_or_default(),
            totals: report.totals.clone(),
            shop: CardShop::new(report),
            known_limits: limits::known(&season, report),
            season,
        }
    }
}

fn data(fitted: &FittedForecaster, report: &ModelsReport) -> CardData {
    let check = &report.data_check;
    let rule = fitted.purchase_rule();
    let meaning = match rule {
        PurchaseRule::NetPositive => {
            "a customer's lines of one day are one purchase if what was bought is worth more than what was returned"
        }
        PurchaseRule::AnyLine => "every day with a line of the customer is a purchase, whatever its value",
    };
    CardData {
        first_purchase: check.as_of.plus_days(1 - check.history_days as i32),
        as_of: check.as_of,
        history_days: check.history_days,
        customers: check.customers,
        with_two_purchases: check.with_two_purchases,
        with_three_purchases: check.with_three_purchases,
        purchase_rule: rule,
        purchase_rule_meaning: meaning.to_owned(),
        net_share: report.net_share,
    }
}

fn season(fitted: &FittedForecaster, report: &ModelsReport) -> CardSeason {
    let (season, check) = (fitted.season(), &report.data_check);
    let first = check.as_of.plus_days(1 - check.history_days as i32);
    let months = complete_months(first, check.as_of);
    let seen = format!("The log holds {months} complete calendar months up to {}", check.as_of);
    let said = match season.known() {
        SeasonKnown::Unknown => format!(
            "The season is not known. {seen}, too few to tell a season from a trend: a high or low season in the weeks before \
             {} may be carried on, and one to come is not foreseen.",
            check.as_of
        ),
        SeasonKnown::OneYear => format!(
            "The season is known roughly. {seen}: each month of the year was seen once, and its index is shrunk hard toward \
             an average month."
        ),
        SeasonKnown::Years => format!("The season is known. {seen}: season and trend are told apart."),
        SeasonKnown::File => format!(
            "The season was given, learned from: {}. {seen}.",
            season.source().unwrap_or("a source that is not named")
        ),
    };
    let source = season.source().map(str::to_owned);
    CardSeason { known: season.known(), source, complete_months: months, said }
}

/// Calendar months whose first day is not before `first` and whose last day is not after `as_of`.
fn complete_months(first: Day, as_of: Day) -> u32 {
    let begun = first.month();
    let from = if begun.first_day() == first { begun } else { begun.plus(1) };
    let ended = as_of.month();
    let to = if ended.last_day() == as_of { ended } else { ended.plus(-1) };
    (to.number() - from.number() + 1).max(0) as u32
}

fn parameters(report: &ModelsReport) -> Vec<CardParameter> {
    let fits = report.bg_nbd.iter().map(|fit| &fit.report);
    let fits = fits.chain(report.gamma_gamma.iter().map(|fit| &fit.report));
    let each = fits.flat_map(|fit| fit.parameters.iter().map(move |parameter| (fit, parameter)));
    let one = |(fit, parameter): (&crate::FitReport, &crate::Parameter)| CardParameter {
        model: fit.model.clone(),
        name: parameter.name.clone(),
        value: parameter.value,
        standard_error: parameter.standard_error,
        interval_95: parameter.interval_95(),
    };
    each.map(one).collect()
}

fn remarks(report: &ModelsReport) -> Vec<String> {
    let transactions = report.bg_nbd.iter().filter_map(|fit| fit.report.degenerate.clone());
    let spend = report.gamma_gamma.iter().filter_map(|fit| fit.report.degenerate.clone());
    transactions.chain(spend).chain(report.stand_ins.iter().cloned()).collect()
}

fn horizon(report: &ModelsReport, check: &crate::HorizonCheck) -> CardHorizon {
    let tested = report.backtest.as_ref().is_some_and(|backtest| backtest.horizon == check.horizon)
        || report.totals.iter().any(|total| total.horizon == check.horizon && !total.record.is_empty());
    let trained = report.regression.outcome_days;
    let how = if check.days == trained {
        format!("Forecast for the {} days that were learned from.", check.days)
    } else {
        format!(
            "Forecast for {} days by way of the {trained} days learned from and the ratio of expected purchases, customer by \
             customer.",
            check.days
        )
    };
    let record = if tested {
        "Forecasts of this length were made at earlier dates and compared with what came."
    } else {
        "NO BACKTEST: no forecast of this length was compared with what came."
    };
    CardHorizon {
        horizon: check.horizon,
        days: check.days,
        grade: check.grade,
        reasons: check.reasons.clone(),
        tested,
        said: format!("{how} {record}"),
    }
}

impl CardTest {
    fn new(holdout: &Holdout) -> Self {
        Self {
            origin: holdout.origin,
            end: holdout.end,
            customers: holdout.customers,
            buyers: holdout.buyers,
            predicted_total: holdout.predicted_total,
            actual_total: holdout.actual_total,
            actual_net: holdout.actual_net,
            candidates: holdout.candidates.clone(),
            left_out: holdout.left_out.clone(),
            deciles: holdout.deciles.clone(),
            brier: holdout.brier,
            usual_spend: holdout.usual_spend,
            distribution: holdout.distribution.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::day;

    #[test]
    fn months_that_were_seen_whole() {
        let months = |first, as_of| complete_months(day(first), day(as_of));
        assert_eq!(months("2010-12-01", "2011-12-09"), 12);
        assert_eq!(months("2010-12-02", "2011-11-30"), 11);
        assert_eq!(months("2011-05-03", "2011-05-31"), 0);
        assert_eq!(months("2011-05-01", "2011-05-31"), 1);
        assert_eq!(months("2011-05-03", "2011-06-29"), 0);
    }
}
