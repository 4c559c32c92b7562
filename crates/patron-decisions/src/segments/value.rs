//! Value tiers: who makes up the first half of the value, who the next three tenths, who the rest.

use patron_domain::{Segment, quartile_segments};
use serde::{Deserialize, Serialize};

use crate::Shop;

/// Share of all value that the high tier makes up.
pub const HIGH_UP_TO: f64 = 0.5;
/// Share of all value that the high and the medium tier make up together.
pub const MEDIUM_UP_TO: f64 = 0.8;

/// How much a customer is worth, beside the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueTier {
    /// The fewest customers who make up half of the value.
    High,
    /// Those who follow, up to eight tenths.
    Medium,
    /// The rest.
    Low,
}

impl ValueTier {
    /// All of them, the highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];
}

/// What a segmentation is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SegmentBasis {
    /// Expected net revenue of the coming 12 months.
    #[serde(rename = "forecast-12m")]
    Forecast12m,
    /// Net revenue to date, where not everybody has a forecast.
    RevenueToDate,
    /// What customers did so far, money among it.
    Behaviour,
}

/// The value of every customer, in order of [`Shop::customers`], in money: the forecast where all of them have one.
///
/// The two are never mixed: a forecast and a past sum are not the same kind of number.
pub fn customer_values(shop: &Shop<'_>) -> (SegmentBasis, Vec<f64>) {
    let forecasts: Option<Vec<f64>> =
        shop.customers.iter().map(|customer| customer.forecast.map(|forecast| forecast.clv_12m)).collect();
    match forecasts {
        Some(values) => (SegmentBasis::Forecast12m, values),
        None => (SegmentBasis::RevenueToDate, revenues(shop)),
    }
}

pub(crate) fn revenues(shop: &Shop<'_>) -> Vec<f64> {
    shop.customers.iter().map(|customer| customer.revenue().to_f64()).collect()
}

/// The tier of each value, in the order given.
///
/// In falling order (ties in the order given), a value is high while those before it make up less than
/// [`HIGH_UP_TO`] of the sum of all values above zero, medium while less than [`MEDIUM_UP_TO`], and low after that
/// or where it is not above zero itself.
pub fn value_tiers(values: &[f64]) -> Vec<ValueTier> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let total: f64 = values.iter().filter(|value| **value > 0.0).sum();
    let mut tiers = vec![ValueTier::Low; values.len()];
    let mut before = 0.0;
    for place in order.into_iter().take_while(|&place| values[place] > 0.0) {
        tiers[place] = match before / total {
            share if share < HIGH_UP_TO => ValueTier::High,
            share if share < MEDIUM_UP_TO => ValueTier::Medium,
            _ => ValueTier::Low,
        };
        before += values[place];
    }
    tiers
}

/// A to D: as the forecasts have them, by quartile of the revenue to date where not everybody has one.
pub(crate) fn quartiles(shop: &Shop<'_>) -> (SegmentBasis, Vec<Segment>) {
    let forecast: Option<Vec<Segment>> =
        shop.customers.iter().map(|customer| customer.forecast.map(|forecast| forecast.segment)).collect();
    match forecast {
        Some(segments) => (SegmentBasis::Forecast12m, segments),
        None => {
            let names = &shop.source.catalog().customers;
            let ids: Vec<&str> = shop.customers.iter().map(|customer| names.text(customer.code)).collect();
            (SegmentBasis::RevenueToDate, quartile_segments(&revenues(shop), &ids))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_value_then_eight_tenths_then_the_rest() {
        use ValueTier::{High, Low, Medium};
        // of 100: 30 and 20 are the first half, 20 and 10 lead to 80
        let values = [10.0, 30.0, 20.0, 20.0, 0.0, -5.0, 10.0, 10.0];
        assert_eq!(value_tiers(&values), [Medium, High, High, Medium, Low, Low, Low, Low]);
        assert_eq!(value_tiers(&[7.0]), [High]);
        assert_eq!(value_tiers(&[0.0, -1.0]), [Low, Low]);
        assert!(value_tiers(&[]).is_empty());
    }

    #[test]
    fn ten_equal_customers_are_five_three_and_two() {
        let tiers = value_tiers(&[1.0; 10]);
        let count = |tier| tiers.iter().filter(|of| **of == tier).count();
        assert_eq!(ValueTier::ALL.map(count), [5, 3, 2]);
    }
}
