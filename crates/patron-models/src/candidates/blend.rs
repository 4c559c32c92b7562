//! The default forecaster: the shape of several candidates, weighed on earlier dates, at one level.

use serde::{Deserialize, Serialize};

use super::level::level;
use super::weights::Weighing;
use super::{Candidate, Fitted, ForecasterName, Learned, Serving, Study};
use crate::ModelError;
use crate::book::View;
use crate::forecaster::is_size;

/// A weighted mean of candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blend {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Part {
    name: ForecasterName,
    fitted: Box<Fitted>,
    weight: f64,
    /// To the level of a season that is average.
    scale: f64,
}

/// What is blended: two that correct the purchase models, one that does not, and the models themselves.
const PARTS: [ForecasterName; 4] =
    [ForecasterName::BoostingBtyd, ForecasterName::TwoPart, ForecasterName::TwoPartLog, ForecasterName::Btyd];

/// What stands beside them where the log is too short for trees, or for an earlier date with trees to compare them.
const WHILE_UNTESTED: ForecasterName = ForecasterName::SpendOverSpan;

impl Blend {
    /// Fits the parts that the log is long enough for, weighs them on earlier dates, and brings each to one total.
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let serving = study.serving();
        let mut parts = Vec::new();
        let mut add = |name: ForecasterName| -> Result<(), ModelError> {
            if let Some(fitted) = fitted(study, name)? {
                let values = fitted.value(&serving, &study.view, study.base_days)?;
                parts.push((name, fitted, values.iter().sum::<f64>()));
            }
            Ok(())
        };
        PARTS.into_iter().try_for_each(&mut add)?;
        // trees that no earlier date has tested yet
        if study.earlier().iter().all(|earlier| earlier.study.tests.is_empty()) {
            add(WHILE_UNTESTED)?;
        }
        let names: Vec<ForecasterName> = parts.iter().map(|(name, ..)| *name).collect();
        let weights = weights(study, &names)?;
        let learned =
            parts.iter().find(|(name, ..)| *name == ForecasterName::TwoPart).map(|(.., total)| *total);
        let level = level(study, learned)?;
        let part = |((name, fitted, total), weight): ((ForecasterName, Fitted, f64), f64)| Part {
            name,
            fitted: Box::new(fitted),
            weight,
            scale: if total > 0.0 { level / total } else { 0.0 },
        };
        Ok(Self { parts: parts.into_iter().zip(weights).map(part).collect() })
    }

    /// In an average season.
    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Result<Vec<f64>, ModelError> {
        let mut sum = vec![0.0; view.len()];
        for part in self.parts.iter().filter(|part| part.weight > 0.0) {
            let values = part.fitted.value(serving, view, serving.base_days)?;
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += part.weight * part.scale * value);
        }
        Ok(sum)
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.parts.iter().all(|part| part.fitted.takes(columns))
    }

    /// Whether a fit may have made it: no blends inside, and no more parts than it makes.
    pub(super) fn is_sound(&self) -> bool {
        let sound = |part: &Part| {
            let blend = matches!(*part.fitted, Fitted::Blend(_));
            !blend && is_size(part.weight) && is_size(part.scale) && part.fitted.is_sound()
        };
        self.parts.len() <= PARTS.len() + 1 && self.parts.iter().all(sound)
    }

    pub(super) fn weights(&self) -> Vec<(String, f64)> {
        self.parts.iter().map(|part| (part.name.to_string(), part.weight)).collect()
    }

    pub(super) fn learned(&self) -> Option<Learned> {
        self.parts.iter().find_map(|part| part.fitted.learned())
    }
}

/// A candidate, `None` where there is too little to learn it from.
fn fitted(study: &Study<'_>, name: ForecasterName) -> Result<Option<Fitted>, ModelError> {
    match study.fit(name) {
        Ok(fitted) => Ok(Some(fitted)),
        Err(ModelError::TooShortToLearn { .. } | ModelError::NotEnough { .. } | ModelError::Boosting(_)) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// How much each of `names` counts: by forecasts made at earlier dates, of which nothing later was known then.
fn weights(study: &Study<'_>, names: &[ForecasterName]) -> Result<Vec<f64>, ModelError> {
    let mut weighing = Weighing::new(names.len());
    for earlier in study.earlier() {
        let then = &earlier.study;
        let one = |&name: &ForecasterName| match fitted(then, name)? {
            Some(fitted) => fitted.value(&then.serving(), &then.view, study.base_days).map(Some),
            None => Ok(None),
        };
        let forecasts: Vec<Option<Vec<f64>>> = names.iter().map(one).collect::<Result<_, ModelError>>()?;
        let came: Vec<f64> = earlier.outcomes.iter().map(|outcome| outcome.value).collect();
        weighing.add(&forecasts, &came);
    }
    Ok(weighing.weights())
}
