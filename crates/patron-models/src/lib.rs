//! What every customer will be worth: purchase-history models, regression, forecast and backtest.
//!
//! - [`BgNbd`] and [`GammaGamma`] are the two classic models of customer value, fitted by maximum likelihood;
//!   [`MbgNbd`], [`ParetoNbd`] and [`BgBb`] tell other stories of how customers leave. [`TransactionModel`] and
//!   [`SpendModel`] are what all of them answer.
//! - [`Forecaster::fit`] reads a [`RollupSource`](patron_columns::RollupSource) up to an as-of date and gives a
//!   [`FittedForecaster`], which can be stored and serves one customer or all.
//! - [`backtest`] puts it to the test on dates that have passed.
//! - [`ModelsReport`] gathers what both have to tell, the shop's total with its range and record among it.
//! - [`ModelFile`] is a fitted forecaster as a file, checked when it is read.
//! - [`TextbookClv`] is the formula of the textbooks, beside them.
//!
//! Time is in weeks of 7 days inside the models; dates, horizons and everything shown are in days and calendar
//! months. Every fit of the same data gives the same bits, whatever the number of threads.
//!
//! ```
//! use patron_columns::HistoryHistogram;
//! use patron_domain::DayHistory;
//! use patron_models::BgNbd;
//!
//! // x, t_x and T in days of five kinds of customers, and how many there are of each
//! let kinds = [(0, 0, 200), (1, 40, 210), (3, 150, 190), (8, 180, 185), (2, 20, 230)];
//! let histories = kinds.map(|(frequency, recency, customer_age)| DayHistory { frequency, recency, customer_age });
//! let histogram = HistoryHistogram { histories: histories.to_vec(), customers: vec![600, 150, 90, 20, 60] };
//!
//! let fit = BgNbd::params().fit(&histogram)?;
//! let loyal = fit.model.expected_purchases(&histories[3].in_units(7.0), 13.0)?;
//! let lost = fit.model.expected_purchases(&histories[4].in_units(7.0), 13.0)?;
//! assert!(loyal > 5.0 * lost);
//! # Ok::<(), patron_models::ModelError>(())
//! ```

mod backtest;
#[cfg(test)]
mod backtest_tests;
mod bg_bb;
mod bg_nbd;
mod book;
mod btyd;
mod buy_chance;
mod candidates;
mod chance;
mod covariates;
mod data_check;
mod error;
mod features;
mod fit_report;
mod forecaster;
#[cfg(test)]
mod forecaster_tests;
mod gamma_gamma;
mod heat_maps;
#[cfg(test)]
mod leak_tests;
mod margin;
mod mbg_nbd;
mod metrics;
mod model_card;
mod model_file;
#[cfg(test)]
mod model_file_tests;
mod newcomers;
mod optimise;
mod pareto_nbd;
mod predictive;
mod ranges;
mod report;
mod returns;
mod season;
pub mod special;
mod spend_groups;
#[cfg(test)]
mod test_data;
mod textbook;
mod transactions;

pub use backtest::{
    Backtest, CandidateScores, Depth, Holdout, HoldoutPoint, LeftOut, backtest, rolling_backtest,
};
pub use bg_bb::{BgBb, BgBbFit, BgBbParams, BgBbValidParams, OpportunityHistory};
pub use bg_nbd::{BgNbd, BgNbdFit, BgNbdParams, BgNbdValidParams, DropOutTest};
pub use btyd::{AliveModel, Btyd};
pub use candidates::{ForecasterName, MIN_HISTORY};
pub use covariates::{CovariateFit, CovariateGroup};
pub use data_check::{DataCheck, HorizonCheck};
pub use error::ModelError;
pub use features::FeatureSpec;
pub use fit_report::{FitReport, Parameter, PenaltyUsed};
pub use forecaster::{
    CustomerForecast, FORMAT_VERSION, FittedForecaster, ForecastOptions, Forecaster, ValueFact, ValueFactors,
    ValueReasons, Without,
};
pub use gamma_gamma::{
    GammaGamma, GammaGammaFit, GammaGammaParams, GammaGammaValidParams, RepeatSpend, SpendModel,
};
pub use heat_maps::HeatMap;
pub use margin::{DiscountRate, MarginShares, PurchaseMargin};
pub use mbg_nbd::MbgNbd;
pub use metrics::{
    ComparedScore, Comparison, Decile, PairedDifference, RivalKind, ScoreIntervals, Scores, SteadyRival,
    deciles, scores,
};
pub use model_card::{
    CardCandidate, CardData, CardHorizon, CardParameter, CardSeason, CardShop, CardTest, CardTotal,
    MODEL_CARD_FORMAT, ModelCard,
};
pub use model_file::{MODEL_FILE_LIMIT, ModelFile};
pub use newcomers::{ForecastTotal, MOST_TO_PLAN_WITH, NewcomersExpected, PastNewcomers, TotalOf};
pub use pareto_nbd::ParetoNbd;
pub use predictive::{
    BoundHeld, CustomerSpend, DistributionScores, PastSpend, SpendDistribution, SpendFacts,
};
pub use ranges::{
    ChanceFact, ChanceReason, Conformal, Coverage, PastForecast, PastTotal, TotalRange, TotalSpread,
    TotalsTested,
};
pub use report::{Importance, ModelsReport, RegressionReport, Unit, Weight};
pub use season::{Season, SeasonFile, SeasonKnown};
pub use textbook::{ASSUMED_MARGIN, TextbookClv};
pub use transactions::{
    ActiveCustomer, Fittable, TransactionFit, TransactionModel, TransactionParams, TransactionValidParams,
};
