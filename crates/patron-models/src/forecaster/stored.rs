//! A forecaster as it is read back: its version, and whether its parts belong together.

use patron_domain::{Day, Horizon, PurchaseRule};
use serde::Deserialize;

use super::yearly::Yearly;
use super::{FORMAT_VERSION, FittedForecaster, ForecastOptions};
use crate::ModelError;
use crate::btyd::Btyd;
use crate::buy_chance::BuyChance;
use crate::candidates::{Fitted, MODEL_COLUMNS};
use crate::data_check::DataCheck;
use crate::features::FeatureSpec;
use crate::newcomers::NewcomersExpected;
use crate::predictive::SpendDistribution;
use crate::ranges::{Expected, UsualSpend};
use crate::season::Season;
use crate::textbook::TextbookClv;

/// The stored form before its version is checked.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    version: u32,
    options: ForecastOptions,
    as_of: Day,
    first_purchase: Day,
    purchase_rule: PurchaseRule,
    base_days: u32,
    origins: Vec<Day>,
    btyd: Btyd,
    season: Season,
    features: FeatureSpec,
    candidate: Fitted,
    yearly: Option<Yearly>,
    chance: BuyChance,
    usual_spend: UsualSpend,
    spend: SpendDistribution,
    textbook: TextbookClv,
    data_check: DataCheck,
    mean_purchase: f64,
    newcomers: Vec<NewcomersExpected>,
    totals: Vec<(Horizon, Expected)>,
    segment_bounds: [f64; 3],
}

impl TryFrom<Unchecked> for FittedForecaster {
    type Error = ModelError;
    fn try_from(stored: Unchecked) -> Result<Self, Self::Error> {
        let Unchecked { version, options, as_of, first_purchase, purchase_rule, base_days, origins, .. } =
            stored;
        if version != FORMAT_VERSION {
            return Err(ModelError::WrongVersion { found: version, expected: FORMAT_VERSION });
        }
        let Unchecked {
            btyd,
            season,
            features,
            candidate,
            yearly,
            chance,
            usual_spend,
            spend,
            textbook,
            data_check,
            ..
        } = stored;
        let Unchecked { mean_purchase, newcomers, totals, segment_bounds, .. } = stored;
        let columns = features.columns() + MODEL_COLUMNS.len();
        if !candidate.takes(columns) || !yearly.as_ref().is_none_or(Yearly::fits) {
            return Err(ModelError::Damaged { forecaster: options.forecaster.name(), features: columns });
        }
        let read = Self {
            version,
            options,
            as_of,
            first_purchase,
            purchase_rule,
            base_days,
            origins,
            btyd,
            season,
            features,
            candidate,
            yearly,
            chance,
            usual_spend,
            spend,
            textbook,
            data_check,
            mean_purchase,
            newcomers,
            totals,
            segment_bounds,
        };
        read.check_sound()?;
        Ok(read)
    }
}
