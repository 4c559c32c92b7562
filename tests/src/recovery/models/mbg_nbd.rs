//! MBG/NBD: customers may stop after the first purchase too.

use patron_columns::HistoryHistogram;
use patron_models::{MbgNbd, ModelError};
use patron_synth::{BgNbdParams, Buying};

use super::{Answers, BuyingModel, Fitted, Transactions};
use crate::recovery::shops::Interior;

/// The model on trial.
pub(super) struct OnTrial;

impl BuyingModel for OnTrial {
    fn name(&self) -> &'static str {
        "mbg-nbd"
    }

    fn title(&self) -> &'static str {
        "MBG/NBD"
    }

    fn interior(&self) -> &'static [Interior] {
        const SPANS: [Interior; 4] = [
            Interior { name: "r", from: 0.5, to: 1.5 },
            Interior { name: "alpha", from: 3.0, to: 8.0 },
            Interior { name: "a", from: 0.5, to: 1.2 },
            Interior { name: "b", from: 1.5, to: 4.0 },
        ];
        &SPANS
    }

    fn process(&self, truth: &[f64]) -> Buying {
        Buying::MbgNbd(BgNbdParams { r: truth[0], alpha: truth[1], a: truth[2], b: truth[3] })
    }

    fn known(&self, truth: &[f64]) -> Result<Box<dyn Answers>, ModelError> {
        Ok(Box::new(Transactions(MbgNbd::new(truth[0], truth[1], truth[2], truth[3])?)))
    }

    fn fit(&self, histories: &HistoryHistogram, per_week: f64) -> Result<Fitted, ModelError> {
        Ok(MbgNbd::params().days_per_unit(per_week).fit(histories)?.into())
    }
}
