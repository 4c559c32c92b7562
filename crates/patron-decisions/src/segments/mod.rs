//! Segments: who belongs together, in words and numbers.
//!
//! [`segments`] gives them all: the default one of every page, value tier × rhythm ([`Cell`]); A to D; the named RFM
//! segments; clusters, where they would come out again; products by revenue. Each row says what the segment is worth, what is
//! expected of it and how to recognise it. Formulas: `docs/decisions/segments.md`.

mod abc;
mod behaviour;
mod clusters;
mod outcome;
mod rfm;
mod rhythm;
mod rows;
mod rule;
mod seen;
mod value;
mod words;

pub use abc::{A_UP_TO, AbcClass, AbcProduct, AbcRow, B_UP_TO, ProductSegments, product_segments};
pub use behaviour::{Feature, PersonalAttribute};
pub use clusters::{ClusterCentre, STABLE_FROM, Stability, TRIED};
pub use outcome::{Outcome, outcomes_3m};
pub use rfm::{RfmName, rfm_scores};
pub use rhythm::{
    COME_BACK_SHARE, CustomerRhythm, MINIMUM_SIMILAR, Rhythm, RhythmBasis, SIMILAR_GAPS, rhythms,
};
pub use rows::{Favourite, SegmentRow, Segmentation};
pub use rule::{Condition, Description};
pub use seen::{Bought, Seen, Visit};
pub use value::{HIGH_UP_TO, MEDIUM_UP_TO, SegmentBasis, ValueTier, customer_values, value_tiers};

use behaviour::Behaviour;
use patron_domain::{Money, Segment};
use rows::RowMaker;
use rule::Describer;
use serde::{Deserialize, Serialize};
pub(crate) use value::revenues;

use crate::shop::median;
use crate::{DecisionError, Shop};

/// A cell of the default segmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// How much a customer is worth.
    pub value: ValueTier,
    /// Whether a customer is away for longer than usual.
    pub rhythm: Rhythm,
}

impl Cell {
    /// `high, overdue`.
    pub fn name(self) -> &'static str {
        match (self.value, self.rhythm) {
            (ValueTier::High, Rhythm::OnRhythm) => "high, on rhythm",
            (ValueTier::High, Rhythm::Overdue) => "high, overdue",
            (ValueTier::Medium, Rhythm::OnRhythm) => "medium, on rhythm",
            (ValueTier::Medium, Rhythm::Overdue) => "medium, overdue",
            (ValueTier::Low, Rhythm::OnRhythm) => "low, on rhythm",
            (ValueTier::Low, Rhythm::Overdue) => "low, overdue",
        }
    }

    /// All six: high, medium, low, each on rhythm, then overdue.
    pub fn all() -> Vec<Self> {
        let rhythms = |value| Rhythm::ALL.map(|rhythm| Self { value, rhythm });
        ValueTier::ALL.into_iter().flat_map(rhythms).collect()
    }
}

/// What can be chosen; the default keeps everything personal out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SegmentOptions {
    /// Personal attributes that may enter descriptions and clusters. Values and rhythms never see any.
    pub personal: Vec<PersonalAttribute>,
    /// Seed of the clusters.
    pub seed: u64,
}

/// Clusters, or why there are none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clusters {
    /// How stable each number of clusters is; empty below 200 customers.
    pub stability: Vec<Stability>,
    /// The largest stable number of clusters; `None` where none is: then there are no clusters worth a name.
    pub chosen: Option<usize>,
    /// Clusters by mean value, the highest first, numbered from 1.
    pub segmentation: Option<Segmentation<u8>>,
    /// Their middles, in the same order.
    pub centres: Vec<ClusterCentre>,
}

/// Every segmentation of a shop.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segments {
    /// Value tier × rhythm.
    pub default: Segmentation<Cell>,
    /// The rhythm of each customer, in order of [`Shop::customers`].
    pub rhythms: Vec<CustomerRhythm>,
    /// A to D.
    pub quartiles: Segmentation<Segment>,
    /// Named by recency, frequency and money.
    pub rfm: Segmentation<RfmName>,
    /// By behaviour.
    pub clusters: Clusters,
    /// Products by revenue.
    pub products: ProductSegments,
}

/// Every segmentation of `shop`; `margins` are the customers' margins to date in order of [`Shop::customers`], where
/// costs are known.
///
/// # Errors
/// [`DecisionError::Rollup`] as the source fails.
pub fn segments(
    shop: &Shop<'_>,
    seen: &Seen,
    margins: Option<&[Option<Money>]>,
    options: &SegmentOptions,
) -> Result<Segments, DecisionError> {
    let behaviour = Behaviour::of(shop, seen, &options.personal);
    let codes: Vec<u32> = shop.customers.iter().map(|customer| customer.code).collect();
    let maker = RowMaker { shop, seen, margins, describer: Describer::new(&behaviour, &codes) };

    let (basis, values) = customer_values(shop);
    let rhythms = rhythms(shop, seen);
    let cell = |(value, of): (ValueTier, &CustomerRhythm)| Cell { value, rhythm: of.rhythm };
    let cells = value_tiers(&values).into_iter().zip(&rhythms).map(cell).collect();
    let (quartile_basis, quartiles) = value::quartiles(shop);
    let names = rfm_scores(shop).into_iter().map(RfmName::of).collect();
    Ok(Segments {
        default: maker.segmentation(basis, &Cell::all(), cells),
        quartiles: maker.segmentation(quartile_basis, &Segment::ALL, quartiles),
        rfm: maker.segmentation(SegmentBasis::Behaviour, &RfmName::ALL, names),
        clusters: clustered(&maker, &behaviour, &codes, &values, options.seed),
        products: product_segments(shop)?,
        rhythms,
    })
}

fn clustered(
    maker: &RowMaker<'_>,
    behaviour: &Behaviour,
    codes: &[u32],
    values: &[f64],
    seed: u64,
) -> Clusters {
    let found = clusters::cluster(behaviour, codes, seed);
    let Some(count) = found.chosen else {
        return Clusters {
            stability: found.stability,
            chosen: None,
            segmentation: None,
            centres: Vec::new(),
        };
    };
    let mut sums = vec![(0.0, 0.0_f64); count];
    for (&of, value) in found.of.iter().zip(values) {
        sums[of] = (sums[of].0 + value, sums[of].1 + 1.0);
    }
    let mut order: Vec<usize> = (0..count).collect();
    let mean = |of: usize| sums[of].0 / sums[of].1.max(1.0);
    order.sort_by(|&a, &b| mean(b).total_cmp(&mean(a)).then(a.cmp(&b)));
    let mut number = vec![0_u8; count];
    order.iter().zip(1..).for_each(|(&of, rank)| number[of] = rank);
    let labels: Vec<u8> = found.of.iter().map(|&of| number[of]).collect();
    let all: Vec<u8> = (1..=count as u8).collect();
    let centre = |&cluster: &u8| {
        let middle = |(feature, column): (&Feature, &Vec<f64>)| {
            let own = column.iter().zip(&labels).filter(|(value, of)| **of == cluster && !value.is_nan());
            let values: Vec<f64> = own.map(|(value, _)| *value).collect();
            let middle = match feature.is_word() {
                true => Some(values.iter().sum::<f64>() / values.len().max(1) as f64),
                false => median(values),
            };
            middle.map(|middle| (feature.clone(), middle))
        };
        let middle = behaviour.features.iter().zip(&behaviour.columns).filter_map(middle).collect();
        ClusterCentre { cluster, middle }
    };
    Clusters {
        stability: found.stability,
        chosen: found.chosen,
        centres: all.iter().map(centre).collect(),
        segmentation: Some(maker.segmentation(SegmentBasis::Behaviour, &all, labels)),
    }
}

#[cfg(test)]
mod real_tests;
#[cfg(test)]
mod tests;
