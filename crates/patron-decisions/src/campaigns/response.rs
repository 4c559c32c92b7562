//! Response rates: stated by the user or measured, never assumed here.

use patron_domain::Money;
use serde::Serialize;

use super::break_even::CostOfContact;
use crate::DecisionError;

/// A number with its ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Low end.
    pub low: f64,
    /// Between.
    pub middle: f64,
    /// High end.
    pub high: f64,
}

/// Buyers who would not have bought anyway, as a share of those written to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// What the user expects: "your assumption" wherever it appears.
    YourAssumption {
        /// At least.
        low: f64,
        /// At most.
        high: f64,
    },
    /// What a campaign with a control group has shown.
    Measured {
        /// The best estimate.
        share: f64,
        /// Low end of its 95 % interval; may be below zero.
        low: f64,
        /// High end.
        high: f64,
        /// The campaign.
        campaign: String,
    },
}

impl Response {
    /// What the user expects.
    ///
    /// # Errors
    /// [`DecisionError::Asked`] unless 0 ≤ low ≤ high ≤ 1.
    pub fn your_assumption(low: f64, high: f64) -> Result<Self, DecisionError> {
        if (0.0..=1.0).contains(&low) && (low..=1.0).contains(&high) {
            return Ok(Self::YourAssumption { low, high });
        }
        let value = if (0.0..=1.0).contains(&low) { high } else { low };
        Err(DecisionError::Asked {
            name: "the response",
            allowed: "a range from low to high within 0 and 1",
            value,
        })
    }

    /// Its ends and the middle: the estimate of a measured one, else halfway.
    pub fn range(&self) -> Range {
        match *self {
            Self::YourAssumption { low, high } => Range { low, middle: (low + high) / 2.0, high },
            Self::Measured { share, low, high, .. } => Range { low, middle: share, high },
        }
    }

    /// Whether it was measured and may as well be nothing: its interval holds zero.
    pub fn too_small_to_tell(&self) -> bool {
        matches!(self, Self::Measured { low, .. } if *low <= 0.0)
    }

    /// What stands beside every number that rests on it: `your assumption`, or `measured: NAME`.
    pub fn label(&self) -> String {
        match self {
            Self::YourAssumption { .. } => "your assumption".to_owned(),
            Self::Measured { campaign, .. } => format!("measured: {campaign}"),
        }
    }
}

/// What a campaign would add, less what it costs, under a response. In currency units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gain {
    /// What it rests on.
    pub response: Response,
    /// [`Response::label`].
    pub rests_on: String,
    /// Extra buyers.
    pub extra_buyers: Range,
    /// Their margin less all costs; the low end joins the low ends of response and value, the high end the high ones.
    pub gain: Range,
    /// Whether the value's own uncertainty is in it.
    pub value_uncertain: bool,
}

impl Gain {
    /// Of writing to `contacts`: contacts × (e (m − g) − c − g b); see [`super::break_even`]. `value_factors`: the ends
    /// of the value as factors of it.
    pub fn of(
        response: &Response,
        cost: CostOfContact,
        margin: f64,
        baseline: f64,
        contacts: u64,
        value_factors: Option<[f64; 2]>,
    ) -> Self {
        let range = response.range();
        let [low, high] = value_factors.unwrap_or([1.0, 1.0]);
        let at = |extra: f64, margin: f64| {
            let extra = extra.min(1.0 - baseline);
            let (c, g) = (cost.per_contact.to_f64(), cost.per_buyer.to_f64());
            contacts as f64 * (extra * (margin - g) - c - g * baseline)
        };
        let ends =
            [range.low, range.high].map(|extra| [low, 1.0, high].map(|factor| at(extra, factor * margin)));
        let all = ends.into_iter().flatten();
        Self {
            response: response.clone(),
            rests_on: response.label(),
            extra_buyers: Range {
                low: range.low * contacts as f64,
                middle: range.middle * contacts as f64,
                high: range.high * contacts as f64,
            },
            gain: Range {
                low: all.clone().fold(f64::INFINITY, f64::min),
                middle: at(range.middle, margin),
                high: all.fold(f64::NEG_INFINITY, f64::max),
            },
            value_uncertain: value_factors.is_some(),
        }
    }
}

impl CostOfContact {
    /// Both parts added to another's.
    pub fn and(self, other: Self) -> Option<Self> {
        let add = |a: Money, b: Money| a.checked_add(b);
        Some(Self {
            per_contact: add(self.per_contact, other.per_contact)?,
            per_buyer: add(self.per_buyer, other.per_buyer)?,
        })
    }
}
