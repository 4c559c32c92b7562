//! What single customers may spend: the ends that 9 in 10 lie between, per horizon.

use patron_domain::Horizon;

use super::{CustomerForecast, FittedForecaster};
use crate::ModelError;
use crate::book::View;
use crate::candidates::Candidate;
use crate::predictive::{CustomerSpend, SpendFacts};

impl FittedForecaster {
    /// The 5 % and the 95 % quantile per horizon and customer; `values` are the forecasts for `horizons` (in days), the
    /// three standard ones first, whose ends do not fall.
    pub(super) fn intervals(
        &self,
        view: &View<'_>,
        horizons: &[u32],
        values: &[Vec<f64>],
    ) -> Result<Vec<Vec<[f64; 2]>>, ModelError> {
        let facts = self.spend_facts(view)?;
        let mut intervals: Vec<Vec<[f64; 2]>> = Vec::new();
        for (&days, values) in horizons.iter().zip(values) {
            let spends = self.spends(view, &facts, days, values);
            let mut ends: Vec<[f64; 2]> = spends.iter().map(CustomerSpend::interval).collect();
            if let Some(shorter) = intervals.last().filter(|_| intervals.len() < 3) {
                let rows = ends.iter_mut().zip(shorter);
                rows.for_each(|(ends, shorter)| *ends = [0, 1].map(|end| ends[end].max(shorter[end])));
            }
            intervals.push(ends);
        }
        Ok(intervals)
    }

    /// What each customer may spend in `days`, around the forecaster's own values.
    pub(crate) fn distributions(&self, view: &View<'_>, days: u32) -> Result<Vec<CustomerSpend>, ModelError> {
        let facts = self.spend_facts(view)?;
        Ok(self.spends(view, &facts, days, &self.values(view, days)?))
    }

    /// What is said of each customer for the days that were learned from.
    fn spend_facts(&self, view: &View<'_>) -> Result<Vec<SpendFacts>, ModelError> {
        let means = self.candidate.value(&self.serving(), view, self.base_days)?;
        let rows = means.into_iter().zip(self.chances(view, self.base_days)).zip(&view.seen);
        Ok(rows.map(|((mean, chance), seen)| SpendFacts::of(mean, chance, seen)).collect())
    }

    fn spends(&self, view: &View<'_>, facts: &[SpendFacts], days: u32, values: &[f64]) -> Vec<CustomerSpend> {
        let rows = facts.iter().zip(values).zip(self.chances(view, days));
        rows.map(|((facts, &value), chance)| self.spend.in_horizon(facts, value, chance)).collect()
    }
}

impl CustomerForecast {
    /// The 5 % and the 95 % quantile of what is spent in one of the three standard horizons, or in the days that the
    /// forecast was asked for, in money.
    pub fn range_in(&self, horizon: Horizon) -> [f64; 2] {
        match horizon {
            Horizon::Months(3) => self.clv_3m_range,
            Horizon::Months(12) => self.clv_12m_range,
            Horizon::Months(_) => self.clv_24m_range,
            Horizon::Days(_) => self.predicted_clv_range.unwrap_or_default(),
        }
    }
}
