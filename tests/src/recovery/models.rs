//! The models of when customers buy, on trial.

mod bg_nbd;
mod mbg_nbd;
mod pareto_nbd;

use patron_columns::HistoryHistogram;
use patron_domain::{DayHistory, PurchaseHistory};
use patron_models::{ModelError, Parameter, TransactionFit, TransactionModel};
use patron_synth::Buying;

use super::shops::Interior;

/// Every model of when customers buy: one more is one more line here.
pub(super) const ALL: [&dyn BuyingModel; 3] = [&bg_nbd::OnTrial, &mbg_nbd::OnTrial, &pareto_nbd::OnTrial];

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
    fn chance(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError>;

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

/// A model that answers as every [`TransactionModel`] does.
struct Transactions<M>(M);

impl<M> Answers for Transactions<M>
where
    M: TransactionModel<History = PurchaseHistory, Span = f64> + Send + Sync,
{
    fn p_alive(&self, history: &PurchaseHistory) -> f64 {
        self.0.p_alive(history)
    }

    fn chance(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError> {
        Ok(1.0 - self.0.chance_of_none(history, horizon)?)
    }

    fn purchases(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError> {
        self.0.expected_purchases(history, horizon)
    }
}

impl<M> From<TransactionFit<M>> for Fitted
where
    M: TransactionModel<History = PurchaseHistory, Span = f64> + Send + Sync + 'static,
{
    fn from(fit: TransactionFit<M>) -> Self {
        let report = fit.report;
        Self {
            model: report.model,
            parameters: report.parameters,
            answers: Box::new(Transactions(fit.model)),
        }
    }
}
