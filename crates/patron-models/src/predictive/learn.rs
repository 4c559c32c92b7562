//! Where forecasts of the past come from: each is made as it would have been made then.

use super::{PastSpend, SpendDistribution, SpendFacts};
use crate::ModelError;
use crate::book::Seen;
use crate::buy_chance::BuyChance;
use crate::candidates::{Candidate, ForecasterName, Study};

impl SpendDistribution {
    /// Learns from what the forecaster `name` would have said at the study's earlier origins, and what came in the
    /// study's `base_days` after them; an origin where it could not have been fitted is left out.
    pub(crate) fn learn(study: &Study<'_>, name: ForecasterName) -> Result<Self, ModelError> {
        let mut past = Vec::new();
        for earlier in study.earlier() {
            let Some(facts) = said(&earlier.study, name, study.base_days)? else { continue };
            let values = earlier.outcomes.iter().map(|outcome| outcome.value);
            past.extend(facts.into_iter().zip(values).map(|(facts, value)| PastSpend { facts, value }));
        }
        Ok(Self::fit(&past, study.view.mean_purchase()))
    }
}

/// What the forecaster says of each customer of the study for `days`; `None` where it cannot be fitted.
pub(super) fn said(
    study: &Study<'_>,
    name: ForecasterName,
    days: u32,
) -> Result<Option<Vec<SpendFacts>>, ModelError> {
    let Ok(fitted) = study.fit(name) else { return Ok(None) };
    let means = fitted.value(&study.serving(), &study.view, days)?;
    let chances = BuyChance::fit(study)?.predict(&study.btyd, &study.view, days);
    let one = |((mean, chance), seen): ((f64, f64), &Seen<'_>)| SpendFacts::of(mean, chance, seen);
    Ok(Some(means.into_iter().zip(chances).zip(&study.view.seen).map(one).collect()))
}

impl SpendFacts {
    pub(crate) fn of(mean: f64, chance: f64, seen: &Seen<'_>) -> Self {
        Self { mean, chance, purchases: seen.history.history.frequency.saturating_add(1) }
    }
}
