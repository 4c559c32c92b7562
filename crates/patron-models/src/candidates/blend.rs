//! The default forecaster: several candidates, each brought to one level, and their weighted mean.

use serde::{Deserialize, Serialize};

use super::{Candidate, Fitted, ForecasterName, Serving, Study};
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
    scale: f64,
}

/// What is blended. Equal weights: nothing is chosen, so nothing can be chosen with hindsight.
const PARTS: [ForecasterName; 4] =
    [ForecasterName::Boosting, ForecasterName::TwoPart, ForecasterName::Btyd, ForecasterName::SpendOverSpan];

impl Blend {
    /// Fits the parts that the log is long enough for, and scales each to the mean total of those that know a level.
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let serving = study.serving();
        let mut parts = Vec::new();
        for name in PARTS {
            let fitted = match study.fit(name) {
                Ok(fitted) => fitted,
                // too little to learn from: the others remain
                Err(
                    ModelError::TooShortToLearn { .. }
                    | ModelError::NotEnough { .. }
                    | ModelError::Boosting(_),
                ) => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            let values = fitted.value(&serving, &study.view, study.base_days)?;
            parts.push((name, fitted, values.iter().sum::<f64>()));
        }
        // past spend over the whole span says nothing of a level: it lags behind growth and decline alike
        let levels = || parts.iter().filter(|(name, ..)| *name != ForecasterName::SpendOverSpan);
        let level = levels().map(|(.., total)| total).sum::<f64>() / levels().count().max(1) as f64;
        let weight = 1.0 / parts.len().max(1) as f64;
        let scaled = |(name, fitted, total): (ForecasterName, Fitted, f64)| Part {
            name,
            fitted: Box::new(fitted),
            weight,
            scale: if total > 0.0 { level / total } else { 0.0 },
        };
        Ok(Self { parts: parts.into_iter().map(scaled).collect() })
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Result<Vec<f64>, ModelError> {
        let mut sum = vec![0.0; view.len()];
        for part in &self.parts {
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
        self.parts.len() <= PARTS.len() && self.parts.iter().all(sound)
    }

    pub(super) fn weights(&self) -> Vec<(String, f64)> {
        self.parts.iter().map(|part| (part.name.to_string(), part.weight)).collect()
    }

    pub(super) fn boosting(&self) -> Option<&super::Boosting> {
        self.parts.iter().find_map(|part| part.fitted.boosting())
    }
}
