//! Pareto/NBD: customers may stop at any moment.

use patron_columns::HistoryHistogram;
use patron_models::{ModelError, ParetoNbd};
use patron_synth::{Buying, ParetoNbdParams};

use super::{Answers, BuyingModel, Fitted, Transactions};
use crate::recovery::shops::Interior;

/// The model on trial.
pub(super) struct OnTrial;

impl BuyingModel for OnTrial {
    fn name(&self) -> &'static str {
        "pareto-nbd"
    }

    fn title(&self) -> &'static str {
        "Pareto/NBD"
    }

    fn interior(&self) -> &'static [Interior] {
        const SPANS: [Interior; 4] = [
            Interior { name: "r", from: 0.5, to: 1.5 },
            Interior { name: "alpha", from: 2.0, to: 5.0 },
            Interior { name: "s", from: 0.5, to: 1.5 },
            Interior { name: "beta", from: 6.0, to: 15.0 },
        ];
        &SPANS
    }

    fn process(&self, truth: &[f64]) -> Buying {
        Buying::ParetoNbd(ParetoNbdParams { r: truth[0], alpha: truth[1], s: truth[2], beta: truth[3] })
    }

    fn known(&self, truth: &[f64]) -> Result<Box<dyn Answers>, ModelError> {
        Ok(Box::new(Transactions(ParetoNbd::new(truth[0], truth[1], truth[2], truth[3])?)))
    }

    fn fit(&self, histories: &HistoryHistogram, per_week: f64) -> Result<Fitted, ModelError> {
        Ok(ParetoNbd::params().days_per_unit(per_week).fit(histories)?.into())
    }
}
