//! How far off the expected amount of a group of customers may be.

use std::collections::HashMap;

use patron_analytics::CustomerGroup;
use patron_domain::Horizon;
use patron_models::ModelsReport;

use crate::ForecastInput;

/// Every customer's expected net revenue in the coming three months, by code, and how far off sums of it are.
#[derive(Debug)]
pub(crate) struct GroupRanges<'a> {
    models: &'a ModelsReport,
    expected: HashMap<u32, f64>,
}

impl<'a> GroupRanges<'a> {
    pub(crate) fn new(forecast: &ForecastInput<'a>) -> Self {
        let rows = forecast.customers.iter();
        let expected = rows.filter_map(|row| Some((row.customer?, row.clv_3m))).collect();
        Self { models: forecast.models, expected }
    }

    /// Low and high end, in 9 of 10 cases, of what the group spends in the coming three months, in currency units.
    /// `None` where nobody in it has a forecast, nothing is expected, or no such forecast was tested on the past.
    pub(crate) fn of(&self, group: &CustomerGroup) -> Option<(f64, f64)> {
        let members = group.members.iter();
        let values: Vec<f64> = members.filter_map(|code| self.expected.get(code).copied()).collect();
        self.models.group_range(Horizon::Months(3), &values)
    }
}
