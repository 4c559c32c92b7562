//! Fit once, serve one customer or all: the same call for live value, batch prediction and backtest.

mod intervals;
mod reasons;
mod sound;
mod stored;
mod yearly;

use patron_columns::RollupSource;
use patron_domain::{
    CustomerDay, CustomerHistory, Day, Horizon, Money, PurchaseRule, Segment, Suitability, quartile_segments,
};
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::{Book, Outcome, Seen, View};
use crate::btyd::{AliveModel, Btyd};
use crate::buy_chance::BuyChance;
use crate::candidates::{Fitted, ForecasterName, Serving, Study};
use crate::data_check::DataCheck;
use crate::features::FeatureSpec;
use crate::margin::DiscountRate;
use crate::newcomers::{Newcomers, NewcomersExpected};
use crate::predictive::SpendDistribution;
use crate::ranges::{ChanceReason, Coverage, Expected, UsualSpend, about_three_months};
use crate::report::RegressionReport;
use crate::season::{Season, SeasonFile};
use crate::textbook::TextbookClv;
pub use reasons::{ValueFact, ValueFactors, ValueReasons, Without};
pub(crate) use sound::{MOST_NODES, is_size, is_usual};
use yearly::Yearly;

/// Version of the stored form.
pub const FORMAT_VERSION: u32 = 5;

/// What to fit.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ForecastOptions {
    /// Which candidate; only what it needs is trained.
    pub forecaster: ForecasterName,
    /// A further horizon in days, besides 3, 12 and 24 calendar months: fills
    /// [`CustomerForecast::predicted_clv`].
    pub horizon_days: Option<u32>,
    /// Profit as a share of revenue, for the textbook formula; 10 % is assumed, and said so, where none is given.
    pub margin: Option<f64>,
    /// Seed of whatever is drawn in training.
    pub seed: u64,
    /// The season of another year or shop; its days must end by the as-of date.
    #[serde(default)]
    pub season: Option<SeasonFile>,
    /// At which later margin is worth less, for [`CustomerForecast::clv_margin`].
    #[serde(default)]
    pub discount_rate: DiscountRate,
}

/// Where fitting begins.
#[derive(Clone, Copy, Debug)]
pub struct Forecaster;

impl Forecaster {
    /// Fits at `as_of`: nothing after that day is read.
    ///
    /// # Errors
    /// [`ModelError::NoPurchases`] or [`ModelError::OnePurchaseDay`] where nothing can be said;
    /// [`ModelError::TooShortToLearn`] for a candidate that learns from earlier dates on a log without any;
    /// [`ModelError::BadParameter`] for a margin outside 0 … 1 or a horizon of 0 days; as [`Season::from_file`] for a
    /// season that cannot be used; and as the source fails.
    pub fn fit(
        source: &dyn RollupSource,
        as_of: Day,
        options: &ForecastOptions,
    ) -> Result<FittedForecaster, ModelError> {
        check(options, as_of)?;
        let book = Book::until(source, as_of)?;
        let study = Study::new(&book, as_of, options.horizon_days, options.seed, options.season.as_ref())?;
        FittedForecaster::from_study(&study, options)
    }
}

pub(crate) fn check(options: &ForecastOptions, as_of: Day) -> Result<(), ModelError> {
    if let Some(margin) = options.margin.filter(|margin| !(0.0..=1.0).contains(margin)) {
        return Err(ModelError::BadParameter { name: "margin", allowed: "from 0 to 1", value: margin });
    }
    if let Some(days) = options.horizon_days.filter(|days| !(1..=36_525).contains(days)) {
        let value = f64::from(days);
        return Err(ModelError::BadParameter { name: "horizon in days", allowed: "from 1 to 36525", value });
    }
    options.season.as_ref().map_or(Ok(()), |file| Season::from_file(file, as_of).map(drop))
}

/// A forecaster that can be stored and served: parameters, trees, calibration and levels, countries by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "stored::Unchecked")]
pub struct FittedForecaster {
    version: u32,
    options: ForecastOptions,
    as_of: Day,
    first_purchase: Day,
    purchase_rule: PurchaseRule,
    base_days: u32,
    origins: Vec<Day>,
    btyd: Btyd,
    season: Season,
    pub(crate) features: FeatureSpec,
    candidate: Fitted,
    /// The same candidate learned from outcomes a year long, for horizons of a year and longer.
    yearly: Option<Yearly>,
    chance: BuyChance,
    usual_spend: UsualSpend,
    /// How single customers' spending in `base_days` spreads around the forecast.
    spend: SpendDistribution,
    textbook: TextbookClv,
    data_check: DataCheck,
    /// Mean value of a purchase by the fit, in money.
    mean_purchase: f64,
    /// Newcomers per horizon, the standard ones first.
    newcomers: Vec<NewcomersExpected>,
    /// Expected total per horizon of the customers of the fit.
    totals: Vec<(Horizon, Expected)>,
    /// Smallest `clv_12m` of segments A, B and C at the fit.
    segment_bounds: [f64; 3],
}

/// Everything that is said about one customer. No number is NaN, infinite or negative (but `spent_to_date` of a
/// customer who returned more than was bought); clv_3m ≤ clv_12m ≤ clv_24m.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerForecast {
    /// The customer's code in the source; `None` for a customer served alone.
    pub customer: Option<u32>,
    /// Orders so far.
    pub orders: u64,
    /// Day of the last purchase.
    pub last_purchase: Day,
    /// Net spend so far, returns taken off.
    pub spent_to_date: Money,
    /// Chance of at least one purchase in the next 3 calendar months, calibrated on earlier dates; above 0, below 1.
    pub chance_to_buy_3m: f64,
    /// P(alive) under [`Self::p_alive_model`].
    pub p_alive: f64,
    /// The model that it comes from.
    pub p_alive_model: AliveModel,
    /// Purchases expected in the next 3 calendar months.
    pub expected_purchases_3m: f64,
    /// Expected net value of one purchase, in money.
    pub expected_value: f64,
    /// Expected net revenue in the next 3 calendar months, in money.
    pub clv_3m: f64,
    /// The same for 12 months.
    pub clv_12m: f64,
    /// The same for 24 months.
    pub clv_24m: f64,
    /// The 5 % quantile of what is spent in the next 3 calendar months, 0 for most customers, and the 95 %, in money; a
    /// customer who is nearly sure to buy nothing has twice 0. Neither falls with the horizon.
    /// `docs/models/intervals.md`.
    pub clv_3m_range: [f64; 2],
    /// The same for 12 months.
    pub clv_12m_range: [f64; 2],
    /// The same for 24 months.
    pub clv_24m_range: [f64; 2],
    /// Margin expected in the next 3, 12 and 24 calendar months, discounted to the as-of date, in money; a fit knows no
    /// costs and leaves it `None`, whoever knows them fills it by [`Self::margin`]. `docs/models/margin.md`.
    #[serde(default)]
    pub clv_margin: Option<[f64; 3]>,
    /// Whether the data are enough for 3 months.
    pub grade_3m: Suitability,
    /// For 12 months.
    pub grade_12m: Suitability,
    /// For 24 months.
    pub grade_24m: Suitability,
    /// The textbook formula, in money; absent where churn is 0.
    pub formula_clv: Option<f64>,
    /// Quartile of `clv_12m`, A highest.
    pub segment: Segment,
    /// Expected net revenue in exactly the days asked for, undiscounted, in money.
    pub predicted_clv: Option<f64>,
    /// The 5 % and the 95 % quantile of what is spent in these days, in money.
    pub predicted_clv_range: Option<[f64; 2]>,
    /// What the customer would usually spend in the next 3 calendar months if there is a purchase in them at all:
    /// low and high end, in money, above zero; 8 in 10 such customers lay between on earlier dates. `None` where
    /// fewer than 50 buyers on earlier dates could be learned from. `docs/models/ranges.md`.
    pub usual_spend_3m: Option<[f64; 2]>,
    /// What moves the chance to buy most, away from that of the average customer; `None` where the chance is not
    /// calibrated, and for a customer whom no fact moves by 0.1 of log-odds.
    pub chance_reason: Option<ChanceReason>,
}

impl FittedForecaster {
    pub(crate) fn from_study(study: &Study<'_>, options: &ForecastOptions) -> Result<Self, ModelError> {
        let view = &study.view;
        let candidate = study.fit(options.forecaster)?;
        let chance = BuyChance::fit(study)?;
        let mut fitted = Self {
            version: FORMAT_VERSION,
            options: options.clone(),
            as_of: study.as_of,
            first_purchase: study.first,
            purchase_rule: view.rule,
            base_days: study.base_days,
            origins: study.origins.clone(),
            btyd: study.btyd.clone(),
            season: study.season.clone(),
            features: study.spec.clone(),
            candidate,
            yearly: Yearly::fit(study, options.forecaster),
            chance,
            usual_spend: UsualSpend::fit(study)?,
            spend: SpendDistribution::learn(study, options.forecaster)?,
            textbook: textbook(view, options.margin),
            data_check: DataCheck::of(view, study.first, options.horizon_days),
            mean_purchase: view.mean_purchase(),
            newcomers: newcomers(study, options.horizon_days),
            totals: Vec::new(),
            segment_bounds: [0.0; 3],
        };
        let horizons: Vec<Horizon> = [12, 3, 24]
            .map(Horizon::Months)
            .into_iter()
            .chain(options.horizon_days.map(Horizon::Days))
            .collect();
        let days: Vec<u32> = horizons.iter().map(|horizon| horizon.days(view.as_of)).collect();
        let values = fitted.values_in(view, &days)?;
        let expected = values.iter().map(|values| Expected::new(values, fitted.mean_purchase));
        fitted.totals = horizons.into_iter().zip(expected).collect();
        let mut values = values.into_iter().next().unwrap_or_default();
        values.sort_by(|a, b| b.total_cmp(a));
        let last_of = |quarter: usize| (values.len() * quarter).div_ceil(4).checked_sub(1);
        fitted.segment_bounds = [1, 2, 3].map(|quarter| last_of(quarter).map_or(0.0, |place| values[place]));
        Ok(fitted)
    }

    /// Forecast for one customer from all its days, in time order; days after `as_of` are not looked at. `None`
    /// without a purchase by then. `horizon_days` fills [`CustomerForecast::predicted_clv`].
    ///
    /// # Errors
    /// [`ModelError::SeriesDiverged`] and [`ModelError::BadParameter`] for horizons beyond all use.
    pub fn forecast_customer(
        &self,
        days: &[CustomerDay],
        country: Option<&str>,
        as_of: Day,
        horizon_days: Option<u32>,
    ) -> Result<Option<CustomerForecast>, ModelError> {
        let days = &days[..days.partition_point(|day| day.day <= as_of)];
        let Some(history) = CustomerHistory::fold(days, self.purchase_rule, as_of) else { return Ok(None) };
        let seen = Seen { index: 0, customer: 0, country, days, history };
        let view = View::new(as_of, self.purchase_rule, vec![seen]);
        let mut forecasts = self.forecast_view(&view, horizon_days)?;
        Ok(forecasts.pop().map(|forecast| CustomerForecast { customer: None, ..forecast }))
    }

    /// Forecasts for all customers of `source` with a purchase on or before `as_of`, in order of their codes; the
    /// same numbers as [`Self::forecast_customer`], but segments are quartiles of these customers, ties by id.
    ///
    /// # Errors
    /// As [`Self::forecast_customer`], and as the source fails.
    pub fn forecast_all(
        &self,
        source: &dyn RollupSource,
        as_of: Day,
        horizon_days: Option<u32>,
    ) -> Result<Vec<CustomerForecast>, ModelError> {
        let book = Book::until(source, as_of)?;
        let view = book.view(as_of);
        Ok(in_quarters(self.forecast_view(&view, horizon_days)?, source))
    }

    /// Forecasts for all customers of `source` with a purchase, in order of their codes, each at the later of the fit's
    /// as-of date and the customer's own last day: a shop that has gone on since the fit. Else as [`Self::forecast_all`].
    ///
    /// # Errors
    /// As [`Self::forecast_all`].
    pub fn forecast_live(
        &self,
        source: &dyn RollupSource,
        horizon_days: Option<u32>,
    ) -> Result<Vec<CustomerForecast>, ModelError> {
        let book = Book::until(source, Day::from_number(i32::MAX))?;
        let mut forecasts = Vec::new();
        for view in book.latest(self.as_of) {
            forecasts.append(&mut self.forecast_view(&view, horizon_days)?);
        }
        Ok(in_quarters(forecasts, source))
    }

    /// The fit's as-of date.
    pub fn as_of(&self) -> Day {
        self.as_of
    }

    /// Which days count as purchases.
    pub(crate) fn purchase_rule(&self) -> PurchaseRule {
        self.purchase_rule
    }

    /// What was asked for.
    pub fn options(&self) -> &ForecastOptions {
        &self.options
    }

    /// The candidate that answers.
    pub fn forecaster(&self) -> ForecasterName {
        self.options.forecaster
    }

    /// The BTYD models inside.
    pub fn btyd(&self) -> &Btyd {
        &self.btyd
    }

    /// The season the forecast was made with.
    pub fn season(&self) -> &Season {
        &self.season
    }

    /// The textbook numbers of the shop.
    pub fn textbook(&self) -> &TextbookClv {
        &self.textbook
    }

    /// Whether the data are enough, per horizon.
    pub fn data_check(&self) -> &DataCheck {
        &self.data_check
    }

    /// The regression inside: features, importance, weights.
    pub fn regression(&self) -> RegressionReport {
        RegressionReport::new(
            &self.features,
            &self.candidate,
            &self.origins,
            self.base_days,
            self.chance.rows(),
        )
    }

    pub(crate) fn serving(&self) -> Serving<'_> {
        Serving {
            btyd: &self.btyd,
            spec: &self.features,
            season: &self.season,
            first: self.first_purchase,
            base_days: self.base_days,
        }
    }

    pub(crate) fn values(&self, view: &View<'_>, days: u32) -> Result<Vec<f64>, ModelError> {
        Ok(self.values_in(view, &[days])?.pop().unwrap_or_default())
    }

    pub(crate) fn chances(&self, view: &View<'_>, days: u32) -> Vec<f64> {
        self.chance.predict(&self.btyd, view, days)
    }

    /// What newcomers are expected to bring, for 3, 12 and 24 months and the days asked for.
    pub fn newcomers(&self) -> &[NewcomersExpected] {
        &self.newcomers
    }

    /// How uncertain the season makes a total up to `end`: standard error on the scale of logarithms.
    pub(crate) fn season_error(&self, end: Day) -> f64 {
        self.season.error(self.first_purchase, self.as_of, end)
    }

    /// The total expected of the customers of the fit in a horizon of the fit.
    pub(crate) fn expected_total(&self, horizon: Horizon) -> Option<Expected> {
        self.totals.iter().find(|(other, _)| *other == horizon).map(|&(_, expected)| expected)
    }

    /// Mean value of a purchase by the fit, in money.
    pub(crate) fn mean_purchase(&self) -> f64 {
        self.mean_purchase
    }

    /// How the ranges of buyers held in `days` that are about three months; `None` for other horizons and where no
    /// buyer has a range.
    pub(crate) fn usual_coverage(
        &self,
        view: &View<'_>,
        days: u32,
        outcomes: &[Outcome],
    ) -> Result<Option<Coverage>, ModelError> {
        if !about_three_months(days, Horizon::Months(3).days(view.as_of)) {
            return Ok(None);
        }
        let ranges = self.usual_spend.ranges(&self.btyd, view, days)?;
        Ok(Some(Coverage::of(outcomes, &ranges)).filter(|coverage| coverage.buyers > 0))
    }

    fn forecast_view(
        &self,
        view: &View<'_>,
        horizon_days: Option<u32>,
    ) -> Result<Vec<CustomerForecast>, ModelError> {
        let [days_3m, days_12m, days_24m] = Horizon::STANDARD.map(|horizon| horizon.days(view.as_of));
        let horizons: Vec<u32> = [days_3m, days_12m, days_24m].into_iter().chain(horizon_days).collect();
        let mut values = self.values_in(view, &horizons)?;
        never_falling(&mut values);
        let value = |horizon: usize, row: usize| values.get(horizon).map(|values| values[row]);
        let known = |horizon: usize, row: usize| value(horizon, row).unwrap_or(0.0);
        let intervals = self.intervals(view, &horizons, &values)?;
        let interval = |horizon: usize, row: usize| intervals.get(horizon).map(|ends| ends[row]);
        let within = |horizon: usize, row: usize| interval(horizon, row).unwrap_or_default();
        let purchases = self.btyd.expected_purchases(view, days_3m)?;
        let chances = self.chances(view, days_3m);
        let reasons = self.chance.reasons(&self.btyd, view, days_3m);
        let usual_spend = self.usual_spend.ranges(&self.btyd, view, days_3m)?;
        let expected_values = self.btyd.expected_value(view);
        let [grade_3m, grade_12m, grade_24m] =
            Horizon::STANDARD.map(|horizon| self.data_check.grade(horizon));
        let one = |(row, seen): (usize, &Seen<'_>)| {
            let clv_12m = known(1, row);
            CustomerForecast {
                customer: Some(seen.customer),
                orders: seen.days.iter().map(|day| u64::from(day.orders)).sum(),
                last_purchase: seen.history.last,
                spent_to_date: seen.history.spent_to_date(),
                chance_to_buy_3m: chances[row],
                p_alive: self.btyd.p_alive(seen),
                p_alive_model: self.btyd.alive_model(),
                expected_purchases_3m: purchases[row],
                expected_value: expected_values[row],
                clv_3m: known(0, row),
                clv_12m,
                clv_24m: known(2, row),
                clv_3m_range: within(0, row),
                clv_12m_range: within(1, row),
                clv_24m_range: within(2, row),
                clv_margin: None,
                grade_3m,
                grade_12m,
                grade_24m,
                formula_clv: self.textbook.of_customer(seen.history.spent_to_date().to_f64()),
                segment: self.segment_of(clv_12m),
                predicted_clv: value(3, row),
                predicted_clv_range: interval(3, row),
                usual_spend_3m: usual_spend[row],
                chance_reason: reasons[row],
            }
        };
        Ok(view.seen.iter().enumerate().map(one).collect())
    }

    /// The quarter a value would have been in at the fit.
    fn segment_of(&self, clv_12m: f64) -> Segment {
        let letters = [Segment::A, Segment::B, Segment::C];
        let found = letters.into_iter().zip(self.segment_bounds).find(|&(_, bound)| clv_12m >= bound);
        found.map_or(Segment::D, |(letter, _)| letter)
    }
}

/// A longer one of the three standard horizons brings no less than a shorter one.
fn never_falling(values: &mut [Vec<f64>]) {
    for longer in 1..values.len().min(3) {
        let (before, after) = values.split_at_mut(longer);
        let rows = after[0].iter_mut().zip(&before[longer - 1]);
        rows.for_each(|(value, shorter)| *value = value.max(*shorter));
    }
}

/// The forecasts in order of the customers' codes, with the quarters these customers are in, ties by id.
fn in_quarters(mut forecasts: Vec<CustomerForecast>, source: &dyn RollupSource) -> Vec<CustomerForecast> {
    forecasts.sort_unstable_by_key(|forecast| forecast.customer);
    let values: Vec<f64> = forecasts.iter().map(|forecast| forecast.clv_12m).collect();
    let names = &source.catalog().customers;
    let id = |forecast: &CustomerForecast| forecast.customer.map_or("", |code| names.text(code));
    let ids: Vec<&str> = forecasts.iter().map(id).collect();
    let segments = quartile_segments(&values, &ids);
    forecasts.iter_mut().zip(segments).for_each(|(forecast, segment)| forecast.segment = segment);
    forecasts
}

fn newcomers(study: &Study<'_>, horizon_days: Option<u32>) -> Vec<NewcomersExpected> {
    let horizons = Horizon::STANDARD.into_iter().chain(horizon_days.map(Horizon::Days));
    let newcomers = Newcomers::fit(&study.view, &study.season);
    newcomers.map_or_else(Vec::new, |newcomers| horizons.map(|horizon| newcomers.expected(horizon)).collect())
}

fn textbook(view: &View<'_>, margin: Option<f64>) -> TextbookClv {
    let repeats = view.seen.iter().filter(|seen| seen.history.history.frequency > 0).count();
    let orders = view.seen.iter().flat_map(|seen| seen.days).map(|day| u64::from(day.orders)).sum();
    let revenue = view.seen.iter().map(|seen| seen.history.spent_to_date()).sum::<Money>();
    TextbookClv::new(view.len() as u64, repeats as u64, orders, revenue.to_f64(), margin)
}
