//! The chance to buy, calibrated on earlier as-of dates whose outcomes are known.

use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::{Seen, View};
use crate::btyd::Btyd;
use crate::candidates::Study;
use crate::forecaster::is_usual;
use crate::ranges::ChanceReason;

/// Chances shown are never closer to 0 or 1 than this.
const EDGE: f64 = 0.001;
/// Ridge on the standardised coefficients, in rows.
const RIDGE: f64 = 1.0;
/// Rows it takes of those who bought and of those who did not.
const FEWEST_OF_EACH: usize = 20;
const INPUTS: usize = 5;

/// A logistic regression of "bought in the period" on the model's chance and a few facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BuyChance {
    /// Intercept, then one coefficient per standardised input; `None` where no earlier date could be learned from.
    regression: Option<Regression>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Regression {
    means: [f64; INPUTS],
    deviations: [f64; INPUTS],
    coefficients: [f64; INPUTS + 1],
    rows: usize,
}

impl BuyChance {
    /// Learns from the study's origins, each with a BTYD model fitted at that origin.
    pub(crate) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let none = Self { regression: None };
        if study.origins.is_empty() {
            return Ok(none);
        }
        let training = study.training(crate::ForecasterName::Blend)?;
        let (mut rows, mut bought) = (Vec::new(), Vec::new());
        for (view, outcomes, btyd) in training.past() {
            rows.extend(inputs(btyd, view, study.base_days));
            bought.extend(outcomes.iter().map(|outcome| outcome.purchases > 0));
        }
        let buyers = bought.iter().filter(|&&bought| bought).count();
        if buyers < FEWEST_OF_EACH || bought.len() - buyers < FEWEST_OF_EACH {
            return Ok(none);
        }
        Ok(Self { regression: Regression::fit(&rows, &bought) })
    }

    /// Chance of at least one purchase in `days`, per customer; strictly between 0 and 1.
    pub(crate) fn predict(&self, btyd: &Btyd, view: &View<'_>, days: u32) -> Vec<f64> {
        let raw = btyd.chance_to_buy(view, days);
        let chances = match &self.regression {
            None => raw,
            Some(regression) => inputs(btyd, view, days).iter().map(|row| regression.chance(row)).collect(),
        };
        chances.into_iter().map(|chance: f64| chance.clamp(EDGE, 1.0 - EDGE)).collect()
    }

    /// What moves the chance most, per customer; `None` where it is not calibrated.
    pub(crate) fn reasons(&self, btyd: &Btyd, view: &View<'_>, days: u32) -> Vec<Option<ChanceReason>> {
        let Some(regression) = &self.regression else { return vec![None; view.len()] };
        let [_, coefficients @ ..] = &regression.coefficients;
        let one = |row: &[f64; INPUTS]| {
            let [_, inputs @ ..] = regression.standardised(row);
            ChanceReason::among(coefficients, &inputs)
        };
        inputs(btyd, view, days).iter().map(one).collect()
    }

    /// Whether every number in it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        self.regression.as_ref().is_none_or(|regression| {
            let Regression { means, deviations, coefficients, .. } = regression;
            let usual = means.iter().chain(coefficients).copied().all(is_usual);
            usual && deviations.iter().all(|&deviation| deviation > 0.0 && is_usual(deviation))
        })
    }

    /// Rows it was calibrated on; `None` where it was not.
    pub(crate) fn rows(&self) -> Option<usize> {
        self.regression.as_ref().map(|regression| regression.rows)
    }
}

/// The facts in the order of [`ChanceFact`](crate::ChanceFact), on the scales of the regression.
fn inputs(btyd: &Btyd, view: &View<'_>, days: u32) -> Vec<[f64; INPUTS]> {
    let chances = btyd.chance_to_buy(view, days);
    let one = |(seen, chance): (&Seen<'_>, f64)| {
        let chance = chance.clamp(1e-4, 1.0 - 1e-4);
        let history = &seen.history.history;
        let inactivity = f64::from(history.customer_age - history.recency);
        let x = f64::from(history.frequency);
        // silence in units of the customer's own gaps
        let late = if x > 0.0 { inactivity / (f64::from(history.recency) / x) } else { 0.0 };
        let recent = seen.days.iter().rev().take_while(|day| view.as_of.days_since(day.day) < 91);
        let recent = recent.filter(|day| day.is_purchase(view.rule)).count();
        [(chance / (1.0 - chance)).ln(), inactivity.ln_1p(), x.ln_1p(), late.ln_1p(), (recent as f64).ln_1p()]
    };
    view.seen.iter().zip(chances).map(one).collect()
}

impl Regression {
    /// Newton's method on the penalised log-likelihood, which is concave; `None` if it does not settle.
    fn fit(rows: &[[f64; INPUTS]], bought: &[bool]) -> Option<Self> {
        let n = rows.len() as f64;
        let means: [f64; INPUTS] = std::array::from_fn(|i| rows.iter().map(|row| row[i]).sum::<f64>() / n);
        let deviations: [f64; INPUTS] = std::array::from_fn(|i| {
            let variance = rows.iter().map(|row| (row[i] - means[i]).powi(2)).sum::<f64>() / n;
            if variance > 1e-12 { variance.sqrt() } else { 1.0 }
        });
        let mut model = Self { means, deviations, coefficients: [0.0; INPUTS + 1], rows: rows.len() };
        for _ in 0..50 {
            let mut gradient = [0.0; INPUTS + 1];
            let mut information = [[0.0; INPUTS + 1]; INPUTS + 1];
            for (row, &bought) in rows.iter().zip(bought) {
                let z = model.standardised(row);
                let chance = model.chance(row);
                let (error, weight) = (f64::from(u8::from(bought)) - chance, chance * (1.0 - chance));
                for i in 0..=INPUTS {
                    gradient[i] += error * z[i];
                    for j in 0..=i {
                        information[i][j] += weight * z[i] * z[j];
                        information[j][i] = information[i][j];
                    }
                }
            }
            for i in 1..=INPUTS {
                gradient[i] -= RIDGE * model.coefficients[i];
                information[i][i] += RIDGE;
            }
            let step = crate::optimise::solve_positive(&information, &gradient)?;
            let longest = step.iter().fold(0.0_f64, |longest, s| longest.max(s.abs()));
            let shrink = if longest > 2.0 { 2.0 / longest } else { 1.0 };
            model
                .coefficients
                .iter_mut()
                .zip(step)
                .for_each(|(coefficient, step)| *coefficient += shrink * step);
            if longest < 1e-9 {
                return Some(model);
            }
        }
        None
    }

    fn standardised(&self, row: &[f64; INPUTS]) -> [f64; INPUTS + 1] {
        std::array::from_fn(|i| match i {
            0 => 1.0,
            i => (row[i - 1] - self.means[i - 1]) / self.deviations[i - 1],
        })
    }

    fn chance(&self, row: &[f64; INPUTS]) -> f64 {
        let z = self.standardised(row);
        let logit: f64 = (0..=INPUTS).map(|i| z[i] * self.coefficients[i]).sum();
        1.0 / (1.0 + (-logit).exp())
    }
}
