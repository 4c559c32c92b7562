//! Covariates that do not change with time (country, channel, first product): they move the distributions of the rates.
//!
//! Fader & Hardie (2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models. All formulas:
//! `docs/models/covariates.md`.

mod kernel;

use patron_columns::HistoryHistogram;
use serde::{Deserialize, Serialize};

use crate::bg_nbd::compressed::{Compressed, WithDropOut, WithoutDropOut};
use crate::fit_report::{FitReport, Parameter};
use crate::optimise::{LogLikelihood, Optimum};
use crate::pareto_nbd::grid::Grid;
use crate::transactions::TransactionParams;
use crate::{BgNbd, ModelError, ParetoNbd};

use kernel::{MOST, Moved, Part, climb};

/// The customers who share the same values of all covariates.
#[derive(Clone, Debug, PartialEq)]
pub struct CovariateGroup {
    /// One value per covariate, in the order of the names; of the size of 1 (a category is one column of 0 and 1 for each
    /// value but one).
    pub values: Vec<f64>,
    /// Their histories.
    pub histories: HistoryHistogram,
}

/// A model for each combination of covariates, fitted to all of them at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CovariateFit<M> {
    /// The model of a customer whose covariates are all 0, in units of `days_per_unit` days.
    pub base: M,
    /// Days in the model's time unit.
    pub days_per_unit: f64,
    /// The covariates' names.
    pub names: Vec<String>,
    /// Estimates with standard errors: of the base model, and of what one more unit of a covariate multiplies a rate or a
    /// parameter with.
    pub report: FitReport,
    /// ln of those factors, one row per moved parameter.
    coefficients: Vec<Vec<f64>>,
}

/// Drop-out of BG/NBD after Fader & Hardie: both parameters of the drop-out probabilities move.
const BG_NBD: [Moved; 3] = [
    Moved { parameter: 1, sign: -1.0, words: "purchase rate" },
    Moved { parameter: 2, sign: 1.0, words: "a" },
    Moved { parameter: 3, sign: 1.0, words: "b" },
];
const PARETO_NBD: [Moved; 2] = [
    Moved { parameter: 1, sign: -1.0, words: "purchase rate" },
    Moved { parameter: 3, sign: -1.0, words: "drop-out rate" },
];

impl BgNbd {
    /// Fits α e^−γ₁z, a e^γ₂z and b e^γ₃z by maximum likelihood, z being a customer's covariates; from the fit without
    /// covariates on. Without names it is that fit.
    ///
    /// # Errors
    /// [`ModelError::Covariates`] for values that are none, do not match the names or are the same for all;
    /// [`ModelError::NotConverged`], for covariates that say the same, too; else as
    /// [`BgNbdParams::fit`](crate::BgNbdParams::fit).
    pub fn fit_with_covariates(
        names: &[&str],
        groups: &[CovariateGroup],
        days_per_unit: f64,
    ) -> Result<CovariateFit<Self>, ModelError> {
        let data = Data::new("BG/NBD", names, groups, days_per_unit)?;
        let pooled = Self::params().days_per_unit(days_per_unit).fit(&data.pooled)?;
        let start = [pooled.model.r(), pooled.model.alpha(), pooled.model.a(), pooled.model.b()];
        let full = |i: usize| Box::new(WithDropOut(&data.compressed[i])) as Box<dyn LogLikelihood<4> + '_>;
        let (at, report, coefficients) = data.fit(start, ["r", "alpha", "a", "b"], &BG_NBD, &full)?;
        let base = Self::new(at[0], at[1], at[2], at[3])?;
        Ok(CovariateFit { base, days_per_unit, names: data.names(), report, coefficients })
    }
}

impl ParetoNbd {
    /// Fits α e^−γ₁z and β e^−γ₂z by maximum likelihood, z being a customer's covariates; from the fit without covariates
    /// on. Without names it is that fit.
    ///
    /// # Errors
    /// As [`BgNbd::fit_with_covariates`].
    pub fn fit_with_covariates(
        names: &[&str],
        groups: &[CovariateGroup],
        days_per_unit: f64,
    ) -> Result<CovariateFit<Self>, ModelError> {
        let data = Data::new("Pareto/NBD", names, groups, days_per_unit)?;
        let pooled = TransactionParams::<Self>::default().days_per_unit(days_per_unit).fit(&data.pooled)?;
        let start = [pooled.model.r(), pooled.model.alpha(), pooled.model.s(), pooled.model.beta()];
        let full = |i: usize| {
            Box::new(Grid::new(&groups[i].histories, days_per_unit, 1)) as Box<dyn LogLikelihood<4> + '_>
        };
        let (at, report, coefficients) = data.fit(start, ["r", "alpha", "s", "beta"], &PARETO_NBD, &full)?;
        let base = Self::new(at[0], at[1], at[2], at[3])?;
        Ok(CovariateFit { base, days_per_unit, names: data.names(), report, coefficients })
    }
}

impl CovariateFit<BgNbd> {
    /// The model of customers with these covariates.
    ///
    /// # Errors
    /// [`ModelError::Covariates`] unless there is one finite value per name.
    pub fn model_for(&self, values: &[f64]) -> Result<BgNbd, ModelError> {
        let base = [self.base.r(), self.base.alpha(), self.base.a(), self.base.b()];
        let [r, alpha, a, b] = moved(base, &BG_NBD, &self.coefficients, &self.names, values)?;
        BgNbd::new(r, alpha, a, b)
    }
}

impl CovariateFit<ParetoNbd> {
    /// The model of customers with these covariates.
    ///
    /// # Errors
    /// [`ModelError::Covariates`] unless there is one finite value per name.
    pub fn model_for(&self, values: &[f64]) -> Result<ParetoNbd, ModelError> {
        let base = [self.base.r(), self.base.alpha(), self.base.s(), self.base.beta()];
        let [r, alpha, s, beta] = moved(base, &PARETO_NBD, &self.coefficients, &self.names, values)?;
        ParetoNbd::new(r, alpha, s, beta)
    }
}

fn moved(
    mut base: [f64; 4],
    moves: &[Moved],
    coefficients: &[Vec<f64>],
    names: &[String],
    values: &[f64],
) -> Result<[f64; 4], ModelError> {
    check_values(names.len(), values)?;
    for (moved, row) in moves.iter().zip(coefficients) {
        let sum: f64 = row.iter().zip(values).map(|(coefficient, value)| coefficient * value).sum();
        base[moved.parameter] *= (moved.sign * sum).exp();
    }
    Ok(base)
}

fn check_values(names: usize, values: &[f64]) -> Result<(), ModelError> {
    if values.len() != names {
        return Err(ModelError::Covariates { what: "there must be one value per name" });
    }
    let finite = values.iter().all(|value| value.is_finite());
    if finite { Ok(()) } else { Err(ModelError::Covariates { what: "every value must be a number" }) }
}

/// The likelihood of a group, by its place.
type GroupLikelihood<'a> = dyn Fn(usize) -> Box<dyn LogLikelihood<4> + 'a> + 'a;

/// Base parameters, report, coefficients by moved parameter.
type Fitted = ([f64; 4], FitReport, Vec<Vec<f64>>);

/// The groups, checked.
struct Data<'a> {
    model: &'static str,
    names: &'a [&'a str],
    groups: &'a [CovariateGroup],
    compressed: Vec<Compressed>,
    pooled: HistoryHistogram,
}

impl<'a> Data<'a> {
    fn new(
        model: &'static str,
        names: &'a [&'a str],
        groups: &'a [CovariateGroup],
        days_per_unit: f64,
    ) -> Result<Self, ModelError> {
        groups.iter().try_for_each(|group| check_values(names.len(), &group.values))?;
        let varies = |k: usize| groups.iter().any(|group| group.values[k] != groups[0].values[k]);
        if !(0..names.len()).all(varies) {
            return Err(ModelError::Covariates { what: "each one must differ between customers" });
        }
        let one = |group: &CovariateGroup| Compressed::new(&group.histories, days_per_unit);
        let compressed = groups.iter().map(one).collect::<Result<_, _>>()?;
        let pooled = HistoryHistogram {
            histories: groups.iter().flat_map(|group| group.histories.histories.iter().copied()).collect(),
            customers: groups.iter().flat_map(|group| group.histories.customers.iter().copied()).collect(),
        };
        Ok(Self { model, names, groups, compressed, pooled })
    }

    fn names(&self) -> Vec<String> {
        self.names.iter().map(|&name| name.to_owned()).collect()
    }

    fn fit(
        &self,
        start: [f64; 4],
        symbols: [&str; 4],
        moves: &[Moved],
        full: &GroupLikelihood<'_>,
    ) -> Result<Fitted, ModelError> {
        let width = self.names.len();
        let values = |i: usize| self.groups[i].values.as_slice();
        let places = 0..self.groups.len();
        if start[2] > 0.0 {
            let part = |i: usize| Part { likelihood: full(i), values: values(i) };
            let optimum = climb(places.map(part).collect(), start, moves, width)?;
            let at = std::array::from_fn(|i| optimum.at[i].exp());
            return Ok(self.report(at, &symbols, moves, &optimum));
        }
        // nobody drops out: what is left is the purchase rate
        let without =
            |i: usize| Box::new(WithoutDropOut(&self.compressed[i])) as Box<dyn LogLikelihood<2> + '_>;
        let part = |i: usize| Part { likelihood: without(i), values: values(i) };
        let moves = &moves[..1];
        let optimum = climb(places.map(part).collect(), [start[0], start[1]], moves, width)?;
        let at = [optimum.at[0].exp(), optimum.at[1].exp(), 0.0, 1.0];
        let (at, mut report, coefficients) = self.report(at, &symbols[..2], moves, &optimum);
        report.model = "NBD".to_owned();
        report.degenerate = Some(NO_DROP_OUT.to_owned());
        Ok((at, report, coefficients))
    }

    fn report(&self, at: [f64; 4], symbols: &[&str], moves: &[Moved], optimum: &Optimum<MOST>) -> Fitted {
        let width = self.names.len();
        let factors = moves
            .iter()
            .flat_map(|moved| self.names.iter().map(|name| format!("{} × per unit of {name}", moved.words)));
        let names = symbols.iter().map(|&symbol| symbol.to_owned()).chain(factors);
        let parameter = |(i, name): (usize, String)| {
            let value = optimum.at[i].exp();
            Parameter { name, value, standard_error: optimum.standard_errors[i].map(|error| error * value) }
        };
        let parameters: Vec<Parameter> = names.enumerate().map(parameter).collect();
        let estimated = parameters.len() as f64;
        let customers: f64 = self.compressed.iter().map(|group| group.customers).sum();
        let mut report = FitReport::new(self.model, parameters, optimum, customers, 0, None);
        report.aic = 2.0 * estimated - 2.0 * report.ln_likelihood;
        report.bic = estimated * customers.ln() - 2.0 * report.ln_likelihood;
        let first = symbols.len();
        let row = |j: usize| optimum.at[first + j * width..first + (j + 1) * width].to_vec();
        (at, report, (0..moves.len()).map(row).collect())
    }
}

const NO_DROP_OUT: &str = "These data show no drop-out, with or without covariates: the model is the limit in which nobody \
    drops out, P(alive) is 1 for everybody, and covariates move the purchase rate alone.";

#[cfg(test)]
mod tests;
