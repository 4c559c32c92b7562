//! What a discount must bring, which needs no assumption about demand.

use serde::Serialize;

/// By how much volume must rise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "needed", rename_all = "snake_case")]
pub enum NeededVolume {
    /// It pays if volume rises by more than this share of itself: d ÷ (m − d).
    MoreThan {
        /// .5 is half as much again.
        share: f64,
    },
    /// The discount is the whole margin or more: it pays at no volume.
    Never,
    /// No margin is known: add unit costs to the products' file, or a margin rate.
    UnknownMargin,
}

/// A discount and what it must bring.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BreakEven {
    /// Share of the price that is taken off, 0 to 1.
    pub discount: f64,
    /// Margin ÷ price before the discount.
    pub margin_rate: Option<f64>,
    /// What volume must do.
    #[serde(flatten)]
    pub needed: NeededVolume,
}

/// A discount on a margin rate pays if volume rises by more than d ÷ (m − d): units × (m − d) must exceed what units × m were.
/// A discount of 0 or less needs nothing.
pub fn break_even(discount: f64, margin_rate: Option<f64>) -> BreakEven {
    let discount = discount.max(0.0);
    let needed = match margin_rate {
        _ if discount == 0.0 => NeededVolume::MoreThan { share: 0.0 },
        None => NeededVolume::UnknownMargin,
        Some(rate) if rate > discount => NeededVolume::MoreThan { share: discount / (rate - discount) },
        Some(_) => NeededVolume::Never,
    };
    BreakEven { discount, margin_rate, needed }
}
