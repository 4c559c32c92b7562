//! What learned candidates see of a customer: the features of the history, the purchase models' numbers, and an anchor.

use ndarray::Array2;
use patron_domain::Day;
use serde::{Deserialize, Serialize};

use super::naive;
use crate::book::View;
use crate::btyd::Btyd;
use crate::features::FeatureSpec;
use crate::forecaster::is_size;

/// Numbers of the purchase and spend models, in the order of the columns that follow the features.
pub(crate) const MODEL_COLUMNS: [&str; 5] =
    ["btyd_purchases", "btyd_value_of_purchase", "btyd_value", "btyd_chance_to_buy", "btyd_p_alive"];
/// Share of the mean value that an anchor has at least: what a customer of whom nothing is expected may still spend.
const FLOOR: f64 = 0.02;

/// Features of the customers of `view`, and what the models of `btyd` expect of them in `days`; one row per customer.
/// Without models their columns are NaN.
pub(crate) fn inputs(view: &View<'_>, spec: &FeatureSpec, btyd: Option<&Btyd>, days: u32) -> Array2<f64> {
    let features = spec.matrix(view);
    let own = features.ncols();
    let numbers = btyd.map(|btyd| numbers(view, btyd, days));
    let number = |row: usize, column: usize| {
        numbers.as_ref().and_then(|numbers| numbers[column].get(row)).copied().unwrap_or(f64::NAN)
    };
    Array2::from_shape_fn((view.len(), own + MODEL_COLUMNS.len()), |(row, column)| {
        match column.checked_sub(own) {
            None => features[[row, column]],
            Some(column) => number(row, column),
        }
    })
}

fn numbers(view: &View<'_>, btyd: &Btyd, days: u32) -> [Vec<f64>; 5] {
    // a horizon for which the series diverges leaves its column missing
    let purchases = btyd.expected_purchases(view, days).unwrap_or_default();
    let value = btyd.expected_value(view);
    let product = purchases.iter().zip(&value).map(|(count, value)| count * value).collect();
    let alive = view.seen.iter().map(|seen| btyd.p_alive(seen)).collect();
    [purchases, value, product, btyd.chance_to_buy(view, days), alive]
}

/// A first guess of each customer's value, which trees then correct by a factor: half BG/NBD × gamma-gamma, half past
/// spend per day of the log. Trees alone end at the largest leaf; a factor knows no largest customer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Anchor {
    /// What brings past spend to the models' total.
    span_scale: f64,
    /// Added to every customer, in money.
    floor: f64,
}

impl Anchor {
    /// For the customers of `view` at its as-of date.
    pub(crate) fn of(view: &View<'_>, btyd: Option<&Btyd>, first: Day, days: u32) -> Self {
        let span: f64 = naive::spend_over_span(view, first, days).iter().sum();
        let model: f64 =
            btyd.and_then(|btyd| btyd.value(view, days).ok()).map_or(span, |value| value.iter().sum());
        let floor = FLOOR * model / view.len().max(1) as f64;
        Self { span_scale: if span > 0.0 { model / span } else { 0.0 }, floor: floor.max(f64::MIN_POSITIVE) }
    }

    /// The guess per customer, in money: above zero.
    pub(crate) fn values(&self, view: &View<'_>, btyd: Option<&Btyd>, first: Day, days: u32) -> Vec<f64> {
        let span = naive::spend_over_span(view, first, days).into_iter().map(|value| value * self.span_scale);
        match btyd.and_then(|btyd| btyd.value(view, days).ok()) {
            None => span.map(|span| span + self.floor).collect(),
            Some(model) => model.into_iter().zip(span).map(|(m, s)| 0.5 * m + 0.5 * s + self.floor).collect(),
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        is_size(self.span_scale) && is_size(self.floor) && self.floor > 0.0
    }
}
