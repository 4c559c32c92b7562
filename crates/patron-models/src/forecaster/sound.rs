//! Whether a forecaster that was read back can be what a fit made.

use patron_domain::{CustomerDay, Day, Money};

use super::yearly::Yearly;
use super::{CustomerForecast, FittedForecaster};
use crate::ModelError;
use crate::newcomers::NewcomersExpected;

/// Numbers beyond this are no money, rate or weight of any shop.
const LARGEST: f64 = 1e15;
/// Days of a calendar a shop can have.
const FIRST_YEAR: &str = "1900-01-01";
const LAST_YEAR: &str = "2200-01-01";
/// Lists longer than this no fit makes.
const MOST: usize = 10_000;
/// Inner nodes of all trees that a fit may make, many times over: what one forecast may cost.
pub(crate) const MOST_NODES: usize = 100_000;

/// Whether a number can be one of a shop.
pub(crate) fn is_usual(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// Whether it is one, and not below zero.
pub(crate) fn is_size(value: f64) -> bool {
    (0.0..=LARGEST).contains(&value)
}

impl FittedForecaster {
    /// Checks every number and length that forecasting relies on.
    pub(super) fn check_sound(&self) -> Result<(), ModelError> {
        let unsound = |what| Err(ModelError::Unsound { what });
        let (Ok(first), Ok(last)) = (FIRST_YEAR.parse::<Day>(), LAST_YEAR.parse::<Day>()) else {
            return unsound("its calendar");
        };
        let in_calendar = |day: &Day| (first..last).contains(day);
        if ![self.as_of, self.first_purchase].iter().chain(&self.origins).all(in_calendar) {
            return unsound("its days, which are of no shop's calendar");
        }
        if !(1..=36_525).contains(&self.base_days) || self.first_purchase > self.as_of {
            return unsound("its span of time");
        }
        super::check(&self.options, self.as_of)?;
        if self
            .origins
            .len()
            .max(self.totals.len())
            .max(self.data_check.horizons.len())
            .max(self.newcomers.len())
            > MOST
        {
            return unsound("the length of its lists");
        }
        let bounds = self.segment_bounds.iter().copied().all(is_size);
        let totals = self.newcomers.iter().all(NewcomersExpected::is_sound)
            && self.totals.iter().all(|(_, expected)| expected.is_sound());
        if !bounds || !totals || !is_usual(self.mean_purchase) {
            return unsound("its totals");
        }
        if !self.btyd.is_sound() {
            return unsound("the parameters of its purchase and spend models");
        }
        if !self.season.is_sound() {
            return unsound("its season");
        }
        if !self.features.is_sound() {
            return unsound("its features");
        }
        if !self.candidate.is_sound() || !self.yearly.as_ref().is_none_or(Yearly::is_sound) {
            return unsound("the weights or trees of its regression");
        }
        if !self.chance.is_sound() || !self.usual_spend.is_sound() || !self.spend.is_sound() {
            return unsound("its calibration");
        }
        Ok(())
    }

    /// Whether made-up customers get forecasts that obey the laws of [`CustomerForecast`].
    pub(crate) fn is_probable(&self) -> bool {
        let countries: Vec<Option<&str>> =
            self.features.countries().iter().map(|name| Some(name.as_str())).chain([None]).collect();
        let span = self.as_of.days_since(self.first_purchase);
        let steps = [span.max(1), (span / 2).max(1), (span / 20).max(1)];
        let values = [0.01, 1.0, 100.0].map(|factor| (self.mean_purchase * factor).clamp(0.01, 1e9));
        let later = [0, 90, 800].map(|days| self.as_of.plus_days(days));
        steps.iter().all(|&step| {
            values.iter().all(|&value| {
                let days = made_up(self.first_purchase, self.as_of, step, value);
                countries.iter().all(|&country| later.iter().all(|&as_of| self.obeys(&days, country, as_of)))
            })
        })
    }

    fn obeys(&self, days: &[CustomerDay], country: Option<&str>, as_of: Day) -> bool {
        match self.forecast_customer(days, country, as_of, Some(60)) {
            Ok(Some(forecast)) => obeys_the_laws(&forecast),
            Ok(None) => days.is_empty(),
            Err(_) => false,
        }
    }
}

/// A customer who buys every `step` days.
fn made_up(first: Day, as_of: Day, step: i32, value: f64) -> Vec<CustomerDay> {
    let sales = Money::from_f64(value).unwrap_or(Money::from_ten_thousandths(10_000));
    let day =
        |day| CustomerDay { day, orders: 1, lines: 2, products: 2, quantity: 3, sales, returns: Money::ZERO };
    let days = std::iter::successors(Some(first), |day| Some(day.plus_days(step)));
    days.take_while(|day| *day <= as_of).take(25).map(day).collect()
}

fn obeys_the_laws(forecast: &CustomerForecast) -> bool {
    let sizes = [
        forecast.expected_purchases_3m,
        forecast.expected_value,
        forecast.clv_3m,
        forecast.clv_12m,
        forecast.clv_24m,
        forecast.predicted_clv.unwrap_or(0.0),
        forecast.formula_clv.unwrap_or(0.0),
    ];
    let in_order = forecast.clv_3m <= forecast.clv_12m && forecast.clv_12m <= forecast.clv_24m;
    let chance = forecast.chance_to_buy_3m > 0.0 && forecast.chance_to_buy_3m < 1.0;
    let range = forecast.usual_spend_3m.is_none_or(|[low, high]| 0.0 < low && low <= high && is_usual(high));
    let standard = [forecast.clv_3m_range, forecast.clv_12m_range, forecast.clv_24m_range];
    let ends = |[low, high]: [f64; 2]| is_size(low) && is_size(high) && low <= high;
    let wider = standard.windows(2).all(|pair| pair[0][0] <= pair[1][0] && pair[0][1] <= pair[1][1]);
    let intervals = wider && standard.into_iter().chain(forecast.predicted_clv_range).all(ends);
    let reason = forecast.chance_reason.is_none_or(|reason| is_usual(reason.effect));
    let alive = (0.0..=1.0).contains(&forecast.p_alive);
    sizes.into_iter().all(is_size) && in_order && chance && range && intervals && reason && alive
}
