//! What the model expects of a customer, by frequency and recency.

use patron_domain::PurchaseHistory;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::btyd::{Btyd, DAYS_PER_WEEK};

/// A matrix over frequency (rows) and recency (columns) for customers of one age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// x of the rows, ascending from 0.
    pub frequencies: Vec<u32>,
    /// t_x of the columns in days, ascending from 0.
    pub recency_days: Vec<u32>,
    /// T of the customers, in days.
    pub customer_age_days: u32,
    /// Cells, row by row; `None` where no such customer can exist (x = 0 with t_x > 0, x > 0 with t_x = 0, or more
    /// purchases than days).
    pub cells: Vec<Vec<Option<f64>>>,
}

impl Btyd {
    /// Expected purchases in the next `horizon_days`, for x up to `most` and `columns` steps of recency.
    ///
    /// # Errors
    /// As [`crate::BgNbd::expected_purchases`].
    pub fn expected_purchases_map(
        &self,
        customer_age_days: u32,
        most: u32,
        columns: u32,
        horizon_days: u32,
    ) -> Result<HeatMap, ModelError> {
        let horizon = f64::from(horizon_days) / DAYS_PER_WEEK;
        self.map(customer_age_days, most, columns, |history| {
            self.transactions().expected_purchases(history, horizon)
        })
    }

    /// P(alive), for x up to `most` and `columns` steps of recency.
    pub fn p_alive_map(&self, customer_age_days: u32, most: u32, columns: u32) -> HeatMap {
        let alive = |history: &PurchaseHistory| Ok(self.transactions().p_alive(history));
        let empty = HeatMap {
            frequencies: Vec::new(),
            recency_days: Vec::new(),
            customer_age_days,
            cells: Vec::new(),
        };
        self.map(customer_age_days, most, columns, alive).unwrap_or(empty)
    }

    fn map(
        &self,
        customer_age_days: u32,
        most: u32,
        columns: u32,
        value: impl Fn(&PurchaseHistory) -> Result<f64, ModelError>,
    ) -> Result<HeatMap, ModelError> {
        let steps = columns.clamp(1, customer_age_days.max(1));
        let place = |step: u32| (u64::from(customer_age_days) * u64::from(step) / u64::from(steps)) as u32;
        let recency_days: Vec<u32> = (0..=steps).map(place).collect();
        let frequencies: Vec<u32> = (0..=most).collect();
        let cell = |x: u32, recency: u32| {
            let weeks = |days: u32| f64::from(days) / DAYS_PER_WEEK;
            let history = PurchaseHistory::new(x, weeks(recency), weeks(customer_age_days));
            history.ok().filter(|_| x <= recency).map(|history| value(&history)).transpose()
        };
        let row = |&x: &u32| recency_days.iter().map(|&recency| cell(x, recency)).collect();
        let cells = frequencies.iter().map(row).collect::<Result<_, _>>()?;
        Ok(HeatMap { frequencies, recency_days, customer_age_days, cells })
    }
}
