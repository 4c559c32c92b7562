//! BG/NBD: customers may stop after each repeat purchase.

use patron_columns::HistoryHistogram;
use patron_domain::PurchaseHistory;
use patron_models::{BgNbd, ModelError};
use patron_synth::{BgNbdParams, Buying};

use super::{Answers, BG_NBD, BuyingModel, Fitted};
use crate::recovery::shops::Interior;

/// The model on trial.
pub(super) struct OnTrial;

impl BuyingModel for OnTrial {
    fn name(&self) -> &'static str {
        BG_NBD
    }

    fn title(&self) -> &'static str {
        "BG/NBD"
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

    /// No customer is older than 3 α: (α + T) t_x ÷ (α + t_x)² stays below 1 (docs/models/recovery.md).
    fn edge(&self) -> &'static [Interior] {
        const SPANS: [Interior; 4] = [
            Interior { name: "r", from: 2.0, to: 6.0 },
            Interior { name: "alpha", from: 30.0, to: 60.0 },
            Interior { name: "a", from: 0.5, to: 1.2 },
            Interior { name: "b", from: 1.5, to: 4.0 },
        ];
        &SPANS
    }

    fn process(&self, truth: &[f64]) -> Buying {
        Buying::BgNbd(BgNbdParams { r: truth[0], alpha: truth[1], a: truth[2], b: truth[3] })
    }

    fn known(&self, truth: &[f64]) -> Result<Box<dyn Answers>, ModelError> {
        Ok(Box::new(BgNbd::new(truth[0], truth[1], truth[2], truth[3])?))
    }

    fn fit(&self, histories: &HistoryHistogram, per_week: f64) -> Result<Fitted, ModelError> {
        let fit = BgNbd::params().days_per_unit(per_week).fit(histories)?;
        let report = fit.report;
        Ok(Fitted { model: report.model, parameters: report.parameters, answers: Box::new(fit.model) })
    }

    fn drop_out_test(
        &self,
        histories: &HistoryHistogram,
        per_week: f64,
    ) -> Option<Result<(f64, f64), ModelError>> {
        let b = self.interior().get(3).map(|b| (b.from * b.to).sqrt());
        let p_value = |b| {
            let test = BgNbd::params().days_per_unit(per_week).drop_out_test(histories, b)?;
            Ok(test.p_value)
        };
        Some(p_value(b).and_then(|held| Ok((held, p_value(None)?))))
    }
}

impl Answers for BgNbd {
    fn p_alive(&self, history: &PurchaseHistory) -> f64 {
        self.p_alive(history)
    }

    fn chance(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError> {
        Ok(1.0 - self.no_purchase(history, horizon))
    }

    fn purchases(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError> {
        self.expected_purchases(history, horizon)
    }
}
