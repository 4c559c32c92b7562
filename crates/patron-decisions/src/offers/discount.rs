//! The discount of a segment that brings the most margin, where demand's answer is known.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::fit::Estimate;
use super::{BreakEven, break_even};

/// Steps of a discount.
const STEP: f64 = 0.005;
/// Elasticities that stand for what is known of one.
const POINTS: usize = 99;

/// What no discount may pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscountLimits {
    /// Share of the price taken off, at most.
    pub most: f64,
    /// Margin ÷ price that must remain after the discount.
    pub floor_margin: f64,
    /// Share of the customers, those with the highest chance to buy anyway, who get none.
    pub spared: f64,
}

impl Default for DiscountLimits {
    fn default() -> Self {
        Self { most: 0.3, floor_margin: 0.1, spared: 0.25 }
    }
}

/// Some customers and what is expected of them at full price.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferSegment {
    /// Its name.
    pub name: String,
    /// Net revenue expected without a discount over the time it would last, in money.
    pub expected_revenue: f64,
    /// Margin ÷ revenue; `None` where no cost is known.
    pub margin_rate: Option<f64>,
    /// How demand answers (negative); `None` where that is not identified.
    pub elasticity: Option<Estimate>,
}

/// Why there is a discount, or none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum SegmentDiscount {
    /// This one brings the most.
    Discount {
        /// Share of the price.
        discount: f64,
        /// Margin it adds, expected over what is known of the elasticity, in money.
        gain: f64,
        /// 5 % quantile of it.
        low: f64,
        /// 95 % quantile.
        high: f64,
        /// Probability that it adds anything.
        chance_to_pay: f64,
    },
    /// Every discount within the limits is expected to cost more than it brings.
    NoneIsBest,
    /// No margin is known: add unit costs to the products' file, or a margin rate.
    UnknownMargin,
    /// How demand answers is not identified: only the break-even can be told.
    UnknownResponse,
    /// No revenue is expected of whoever could get one: nobody has a forecast, or all of them are spared.
    NobodyToOffer,
}

/// A segment and its discount.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentOffer {
    /// Its name.
    pub segment: String,
    /// The discount, or why none.
    #[serde(flatten)]
    pub answer: SegmentDiscount,
    /// What 10 % (or the discount chosen) must bring in any case.
    pub break_even: BreakEven,
}

/// For every segment the discount that maximises expected margin, within the limits; in the order given.
///
/// At a discount d on a margin rate m with elasticity e, margin changes by revenue × ((1 − d)^e (m − d) − m). The mean is
/// taken over e ~ Normal(value, standard error), never above 0; the discount that is best on average is chosen. Who is
/// spared must not be in `expected_revenue`.
pub fn best_discounts(segments: &[OfferSegment], limits: &DiscountLimits) -> Vec<SegmentOffer> {
    let offer = |segment: &OfferSegment| {
        let answer = best(segment, limits);
        let discount = match answer {
            SegmentDiscount::Discount { discount, .. } => discount,
            _ => limits.most.min(0.1),
        };
        let break_even = break_even(discount, segment.margin_rate);
        SegmentOffer { segment: segment.name.clone(), answer, break_even }
    };
    segments.iter().map(offer).collect()
}

fn best(segment: &OfferSegment, limits: &DiscountLimits) -> SegmentDiscount {
    let Some(margin) = segment.margin_rate else { return SegmentDiscount::UnknownMargin };
    let Some(elasticities) = segment.elasticity.and_then(likely) else {
        return SegmentDiscount::UnknownResponse;
    };
    if segment.expected_revenue <= 0.0 {
        return SegmentDiscount::NobodyToOffer;
    }
    let floor = limits.floor_margin.min(0.99);
    let most = limits.most.min((margin - floor) / (1.0 - floor)).min(0.95);
    let steps = (most / STEP + 1e-9).floor().max(0.0) as usize;
    let gain = |discount: f64, elasticity: f64| {
        segment.expected_revenue * ((1.0 - discount).powf(elasticity) * (margin - discount) - margin)
    };
    let mean = |discount: f64| {
        elasticities.iter().map(|&e| gain(discount, e)).sum::<f64>() / elasticities.len() as f64
    };
    let tried = (1..=steps).map(|step| step as f64 * STEP).map(|discount| (discount, mean(discount)));
    let best = tried.fold((0.0, 0.0), |best, own| if own.1 > best.1 { own } else { best });
    if best.0 == 0.0 {
        return SegmentDiscount::NoneIsBest;
    }
    let mut gains: Vec<f64> = elasticities.iter().map(|&e| gain(best.0, e)).collect();
    gains.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| gains[((gains.len() - 1) as f64 * share).round() as usize];
    let paying = gains.iter().filter(|gain| **gain > 0.0).count() as f64;
    SegmentDiscount::Discount {
        discount: best.0,
        gain: best.1,
        low: at(0.05),
        high: at(0.95),
        chance_to_pay: paying / gains.len() as f64,
    }
}

/// Equally likely elasticities; none is above 0.
fn likely(elasticity: Estimate) -> Option<Vec<f64>> {
    let normal = Normal::new(elasticity.value, elasticity.standard_error.max(1e-12)).ok()?;
    let at = |point: usize| normal.inverse_cdf((point as f64 + 0.5) / POINTS as f64).min(0.0);
    Some((0..POINTS).map(at).collect())
}
