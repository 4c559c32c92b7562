//! The models of when customers buy, on trial.

use patron_columns::HistoryHistogram;
use patron_domain::{DayHistory, PurchaseHistory};
use patron_models::{BgNbd, ModelError, Parameter};
use patron_synth::{BgNbdParams, Buying};

use super::shops::Interior;

/// Every model of when customers buy: one more is one more line here.
pub(super) const ALL: [&dyn BuyingModel; 1] = [&BgNbdOnTrial];

/// The name of the model whose customers also come on a calendar of whole days.
pub(super) const BG_NBD: &str = "bg-nbd";

/// So many of them make a week. Models take histories in whole units of time; these are of 0.6 seconds, so that what
/// comes out of the generator is not put on a calendar.
pub(super) const PER_WEEK: f64 = 1e6;

/// A model of when customers buy, and what the judge needs of it.
pub(super) trait BuyingModel: Sync {
    /// As `--model` takes it.
    fn name(&self) -> &'static str;

    /// As the tables have it.
    fn title(&self) -> &'static str;

    /// Its parameters in the order of the fit's report, and where their true values lie.
    fn interior(&self) -> &'static [Interior];

    /// The generator's process with these parameters.
    fn process(&self, truth: &[f64]) -> Buying;

    /// The model with these parameters.
    fn known(&self, truth: &[f64]) -> Result<Box<dyn Answers>, ModelError>;

    /// The model fitted, in weeks, to histories on a grid of so many units a week.
    fn fit(&self, histories: &HistoryHistogram, per_week: f64) -> Result<Fitted, ModelError>;

    /// Where the parameters of shops without drop-out lie for which the reference distribution of the test holds: the
    /// derivative of ln L toward drop-out must have a variance. Empty where the model has no such test.
    fn edge(&self) -> &'static [Interior] {
        &[]
    }

    /// The p-values of the test that nobody drops out: with the second drop-out parameter held at the middle of its
    /// interior, and with it free. `None` where the model has no such test.
    fn drop_out_test(&self, _: &HistoryHistogram, _: f64) -> Option<Result<(f64, f64), ModelError>> {
        None
    }
}

/// What a fit says.
pub(super) struct Fitted {
    /// The model that was fitted; the limit model where the data asked for one.
    pub(super) model: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) answers: Box<dyn Answers>,
}

/// What a model with parameters says about a customer, in weeks.
pub(super) trait Answers: Send + Sync {
    /// P(alive).
    fn p_alive(&self, history: &PurchaseHistory) -> f64;

    /// The chance of at least one purchase in `horizon`.
    fn chance(&self, history: &PurchaseHistory, horizon: f64) -> f64;

    /// Expected purchases in `horizon`.
    fn purchases(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError>;
}

/// Histories in continuous time as the models take them.
pub(super) fn histogram(histories: &[PurchaseHistory]) -> HistoryHistogram {
    let one = |history: &PurchaseHistory| {
        let (_, t_x, t_cal) = history.symbols();
        // so long that all purchases before it fall into units of their own
        let recency = ((t_x * PER_WEEK).round() as u32).max(history.frequency());
        let customer_age = ((t_cal * PER_WEEK).round() as u32).max(recency);
        DayHistory { frequency: history.frequency(), recency, customer_age }
    };
    HistoryHistogram::of(histories.iter().map(one))
}

struct BgNbdOnTrial;

impl BuyingModel for BgNbdOnTrial {
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

    fn chance(&self, history: &PurchaseHistory, horizon: f64) -> f64 {
        1.0 - self.no_purchase(history, horizon)
    }

    fn purchases(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError> {
        self.expected_purchases(history, horizon)
    }
}
