//! BG/NBD × gamma-gamma × net share: a customer's forecast from x, t_x, T and z̄.

use patron_columns::HistoryHistogram;
use patron_domain::DayHistory;
use serde::{Deserialize, Serialize};

use crate::book::View;
use crate::forecaster::is_usual;
use crate::returns::Returns;
use crate::spend_groups::SpendGroups;
use crate::{BgNbd, BgNbdFit, GammaGamma, GammaGammaFit, ModelError, RepeatSpend};

/// Days in the models' time unit.
pub(crate) const DAYS_PER_WEEK: f64 = 7.0;

/// Both models with their reports; where one could not be fitted, a shrunk stand-in and the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Btyd {
    transactions: BgNbd,
    spend: GammaGamma,
    /// What returns take away.
    returns: Returns,
    /// What a purchase is worth by country and cohort.
    groups: SpendGroups,
    /// The transaction model's fit, unless it failed.
    pub transaction_fit: Option<BgNbdFit>,
    /// The spend model's fit, unless it failed.
    pub spend_fit: Option<GammaGammaFit>,
    /// Why a stand-in serves, in words; one sentence each.
    pub stand_ins: Vec<String>,
}

/// The model that P(alive) comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AliveModel {
    /// BG/NBD, fitted to the log.
    BgNbd,
    /// Rates shrunk toward the shop's, nobody dropping out: stands in where BG/NBD could not be fitted.
    StandIn,
}

impl AliveModel {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BgNbd => "BG/NBD",
            Self::StandIn => "stand-in",
        }
    }
}

impl Btyd {
    /// The model that P(alive) comes from.
    pub fn alive_model(&self) -> AliveModel {
        if self.transaction_fit.is_some() { AliveModel::BgNbd } else { AliveModel::StandIn }
    }

    pub(crate) fn fit(view: &View<'_>) -> Result<Self, ModelError> {
        let histories: Vec<DayHistory> = view.seen.iter().map(|seen| seen.history.history).collect();
        let mut stand_ins = Vec::new();
        let transaction_fit = BgNbd::params().fit(&HistoryHistogram::of(histories.iter().copied()));
        let transaction_fit =
            or_note(transaction_fit, "Purchase rates are shrunk toward the shop's", &mut stand_ins);
        let transactions = match &transaction_fit {
            Some(fit) => fit.model,
            None => BgNbd::prior_guess(&histories, DAYS_PER_WEEK).ok_or(ModelError::NotEnough {
                model: "a purchase rate",
                what: "days since a first purchase",
                needed: 1,
                found: 0,
            })?,
        };
        let groups = SpendGroups::fit(view);
        let spends: Vec<RepeatSpend> = view
            .seen
            .iter()
            .filter_map(|seen| {
                let frequency = seen.history.history.frequency;
                let factor = groups.factor(seen.country, seen.history.first);
                Some(RepeatSpend { frequency, mean: seen.history.monetary_value()? / factor })
            })
            .collect();
        let spend_fit = GammaGamma::params().fit(&spends);
        let spend_fit =
            or_note(spend_fit, "Purchase values are shrunk toward the shop's mean", &mut stand_ins);
        let spend = match &spend_fit {
            Some(fit) => fit.model,
            None => GammaGamma::prior_guess(view.mean_purchase().max(1e-4))?,
        };
        let returns = Returns::fit(view);
        Ok(Self { transactions, spend, returns, groups, transaction_fit, spend_fit, stand_ins })
    }

    /// Whether its parameters can be those of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        let model = &self.transactions;
        let parameters = [model.r(), model.alpha(), model.a(), model.b()];
        let purchases = BgNbd::new(model.r(), model.alpha(), model.a(), model.b()).is_ok();
        let spend = [self.spend.p(), self.spend.q(), self.spend.v(), self.spend.population_mean()];
        let spend = spend.into_iter().all(|value| value > 0.0 && is_usual(value));
        purchases
            && parameters.into_iter().all(is_usual)
            && spend
            && self.returns.is_sound()
            && self.groups.is_sound()
    }

    /// The transaction model, in weeks.
    pub fn transactions(&self) -> &BgNbd {
        &self.transactions
    }

    /// The spend model.
    pub fn spend(&self) -> &GammaGamma {
        &self.spend
    }

    /// Share of the value of purchases that is not brought back, late returns of recent purchases reckoned in.
    pub fn net_share(&self) -> f64 {
        self.returns.shop_net_share()
    }

    pub(crate) fn expected_purchases(&self, view: &View<'_>, days: u32) -> Result<Vec<f64>, ModelError> {
        self.transactions.expected_purchases_on_days(&histories(view), DAYS_PER_WEEK, days)
    }

    /// Expected purchases in `days` of a customer who is alive.
    pub(crate) fn purchases_if_alive(&self, view: &View<'_>, days: u32) -> Result<Vec<f64>, ModelError> {
        self.transactions.purchases_if_alive_on_days(&histories(view), DAYS_PER_WEEK, days)
    }

    /// Expected net value of a purchase.
    pub(crate) fn expected_value(&self, view: &View<'_>) -> Vec<f64> {
        let value = |seen: &crate::book::Seen<'_>| {
            let frequency = seen.history.history.frequency;
            let factor = self.groups.factor(seen.country, seen.history.first);
            let own = seen.history.monetary_value().map(|value| value / factor);
            self.spend.expected_value(frequency, own) * factor * self.returns.net_share(seen, view)
        };
        view.seen.iter().map(value).collect()
    }

    pub(crate) fn value(&self, view: &View<'_>, days: u32) -> Result<Vec<f64>, ModelError> {
        let purchases = self.expected_purchases(view, days)?;
        Ok(purchases.into_iter().zip(self.expected_value(view)).map(|(count, value)| count * value).collect())
    }

    /// What a customer who buys at all in `days` is expected to spend: purchases given at least one × expected net
    /// value of a purchase, learned from all purchases of the customer, the first one included.
    pub(crate) fn spend_if_bought(&self, view: &View<'_>, days: u32) -> Result<Vec<f64>, ModelError> {
        let counts = self.transactions.purchases_if_alive_on_days(&histories(view), DAYS_PER_WEEK, days)?;
        let horizon = f64::from(days) / DAYS_PER_WEEK;
        let one = |(seen, count): (&crate::book::Seen<'_>, f64)| {
            // P(alive) stands in both terms of the quotient and is left out
            let history = &seen.history.history;
            let chance = self.transactions.buys_if_alive(&history.in_units(DAYS_PER_WEEK), horizon);
            let purchases = if chance > 0.0 { (count / chance).max(1.0) } else { 1.0 };
            let bought = history.frequency + 1;
            let mean = seen.history.purchase_value.to_f64() / f64::from(bought);
            let factor = self.groups.factor(seen.country, seen.history.first);
            purchases
                * self.spend.expected_value(bought, Some(mean / factor))
                * factor
                * self.returns.net_share(seen, view)
        };
        Ok(view.seen.iter().zip(counts).map(one).collect())
    }

    /// Expected purchases in `days` ÷ expected purchases in `base_days`, per customer.
    pub(crate) fn extension(
        &self,
        view: &View<'_>,
        base_days: u32,
        days: u32,
    ) -> Result<Vec<f64>, ModelError> {
        if days == base_days {
            return Ok(vec![1.0; view.len()]);
        }
        let histories = histories(view);
        let longer = self.transactions.purchases_if_alive_on_days(&histories, DAYS_PER_WEEK, days)?;
        let base = self.transactions.purchases_if_alive_on_days(&histories, DAYS_PER_WEEK, base_days)?;
        let linear = f64::from(days) / f64::from(base_days.max(1));
        let ratio = |(longer, base): (f64, f64)| if base > 0.0 { longer / base } else { linear };
        Ok(longer.into_iter().zip(base).map(ratio).collect())
    }

    pub(crate) fn p_alive(&self, seen: &crate::book::Seen<'_>) -> f64 {
        self.transactions.p_alive(&seen.history.history.in_units(DAYS_PER_WEEK))
    }

    /// P(X > 0) in `days`, per customer, as the model has it.
    pub(crate) fn chance_to_buy(&self, view: &View<'_>, days: u32) -> Vec<f64> {
        let horizon = f64::from(days) / DAYS_PER_WEEK;
        let one = |history: DayHistory| {
            1.0 - self.transactions.no_purchase(&history.in_units(DAYS_PER_WEEK), horizon)
        };
        histories(view).into_iter().map(one).collect()
    }
}

fn histories(view: &View<'_>) -> Vec<DayHistory> {
    view.seen.iter().map(|seen| seen.history.history).collect()
}

fn or_note<T>(fit: Result<T, ModelError>, instead: &str, notes: &mut Vec<String>) -> Option<T> {
    fit.map_err(|error| notes.push(format!("{instead}, because {error}."))).ok()
}
