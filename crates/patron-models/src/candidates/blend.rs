//! The default forecaster: several candidates, each brought to one level, and their weighted mean.

use serde::{Deserialize, Serialize};

use super::{Candidate, Fitted, ForecasterName, Serving, Study};
use crate::ModelError;
use crate::book::View;

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

/// Candidates whose shape is blended.
const SHAPES: [ForecasterName; 3] =
    [ForecasterName::Boosting, ForecasterName::Btyd, ForecasterName::SpendOverSpan];

impl Blend {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let learned = !study.origins.is_empty();
        let names = SHAPES.into_iter().filter(|&name| learned || name != ForecasterName::Boosting);
        let fitted: Vec<(ForecasterName, Fitted)> =
            names.map(|name| Ok((name, study.fit(name)?))).collect::<Result<_, ModelError>>()?;
        let serving = study.serving();
        let mut totals = Vec::new();
        for (_, candidate) in &fitted {
            totals.push(candidate.value(&serving, &study.view, study.base_days)?.iter().sum::<f64>());
        }
        let weight = 1.0 / fitted.len() as f64;
        let models: Vec<f64> = fitted
            .iter()
            .zip(&totals)
            .filter(|((name, _), _)| *name != ForecasterName::SpendOverSpan)
            .map(|(_, total)| *total)
            .collect();
        let level = models.iter().sum::<f64>() / models.len() as f64;
        let parts = fitted
            .into_iter()
            .zip(totals)
            .map(|((name, fitted), total)| Part {
                name,
                fitted: Box::new(fitted),
                weight,
                scale: if total > 0.0 { level / total } else { 0.0 },
            })
            .collect();
        Ok(Self { parts })
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Result<Vec<f64>, ModelError> {
        let mut sum = vec![0.0; view.len()];
        for part in &self.parts {
            let values = part.fitted.value(serving, view, serving.base_days)?;
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += part.weight * part.scale * value);
        }
        Ok(sum)
    }

    pub(super) fn weights(&self) -> Vec<(String, f64)> {
        self.parts.iter().map(|part| (part.name.to_string(), part.weight)).collect()
    }

    pub(super) fn boosting(&self) -> Option<&super::Boosting> {
        self.parts.iter().find_map(|part| part.fitted.boosting())
    }
}
