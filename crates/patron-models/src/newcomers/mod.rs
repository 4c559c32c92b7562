//! What customers who are not there yet will bring: arrivals × value of a newcomer. `docs/models/totals.md`.

mod arrivals;
mod record;
mod shop;
#[cfg(test)]
mod tests;
mod value;

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};

use crate::book::View;
use crate::forecaster::{is_size, is_usual};
use crate::season::Season;
use arrivals::Arrivals;
pub use record::PastNewcomers;
use record::{interval, past};
pub(crate) use shop::rows;
pub use shop::{ForecastTotal, MOST_TO_PLAN_WITH, TotalOf};
use value::ValueByAge;

/// What newcomers are expected to bring in a horizon, their first purchase included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewcomersExpected {
    /// The horizon.
    pub horizon: Horizon,
    /// Customers who buy for the first time in it.
    pub arrivals: f64,
    /// Net revenue of one of them until the end of the horizon, in money.
    pub value_per_newcomer: f64,
    /// Net revenue of all of them, in money.
    pub revenue: f64,
    /// Low end of `revenue`, in money.
    pub low: f64,
    /// High end, in money.
    pub high: f64,
    /// Share of cases the range is made for: 0.9.
    pub level: f64,
    /// The same forecast made on earlier dates, the latest first, each with the range it would have had then.
    pub record: Vec<PastNewcomers>,
}

impl NewcomersExpected {
    /// Whether a fit may have made it.
    pub(crate) fn is_sound(&self) -> bool {
        let sizes = [self.arrivals, self.revenue, self.low, self.high];
        sizes.into_iter().all(is_size)
            && is_usual(self.value_per_newcomer)
            && self.low <= self.revenue
            && self.revenue <= self.high
            && self.record.len() <= record::MOST_ORIGINS
            && self.record.iter().all(PastNewcomers::is_sound)
    }
}

/// First purchases and what followed, up to a day.
pub(crate) struct Newcomers<'a> {
    view: &'a View<'a>,
    season: &'a Season,
    first: Day,
}

impl<'a> Newcomers<'a> {
    /// Of the customers of `view`; `None` without any.
    pub(crate) fn fit(view: &'a View<'a>, season: &'a Season) -> Option<Self> {
        Some(Self { view, season, first: view.first_purchase()? })
    }

    /// What is expected in `horizon`, with the range learned from earlier dates of the same log.
    pub(crate) fn expected(&self, horizon: Horizon) -> NewcomersExpected {
        let as_of = self.view.as_of;
        let now = self.at(as_of, horizon);
        let past = past(self, horizon);
        let (low, high) = interval(&now, horizon.days(as_of), &past);
        NewcomersExpected {
            horizon,
            arrivals: now.arrivals,
            value_per_newcomer: now.value,
            revenue: now.revenue(),
            low,
            high,
            level: record::LEVEL,
            record: past,
        }
    }

    /// The forecast as it would have been made on a day, from nothing later.
    fn at(&self, origin: Day, horizon: Horizon) -> Forecast {
        let (days, end) = (horizon.days(origin), horizon.end(origin));
        let arrivals = Arrivals::until(self.view, origin, self.first);
        let expected = arrivals.expected(self.season, end);
        let value = ValueByAge::until(self.view, origin).mean(days);
        Forecast { arrivals: expected, unseen: arrivals.unseen(days), value, seen: arrivals.seen() }
    }
}

/// One forecast: arrivals × value.
#[derive(Clone, Copy, Debug)]
struct Forecast {
    arrivals: f64,
    /// Arrivals that cannot be ruled out where none are expected.
    unseen: f64,
    /// Net revenue of one of them.
    value: f64,
    /// Arrivals it was learned from.
    seen: f64,
}

impl Forecast {
    fn revenue(&self) -> f64 {
        (self.arrivals * self.value).max(0.0)
    }
}
