//! Margin rates the user states.

use std::collections::BTreeMap;

use crate::DecisionError;

/// Margin ÷ revenue as the user states it, exact to a hundredth of a per cent. Nothing is assumed where nothing is
/// stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarginRates {
    /// Ten-thousandths by category, in lower case without outer blanks.
    by_category: BTreeMap<String, i64>,
    overall: Option<i64>,
}

impl MarginRates {
    /// Rates per category (case and outer blanks do not count; of a category stated twice the last one holds) and
    /// one for everything else.
    ///
    /// # Errors
    /// [`DecisionError::Asked`] for a rate below 0 or above 1.
    pub fn new<'n>(
        by_category: impl IntoIterator<Item = (&'n str, f64)>,
        overall: Option<f64>,
    ) -> Result<Self, DecisionError> {
        let mut stated = Self { overall: overall.map(exact).transpose()?, ..Self::default() };
        for (name, rate) in by_category {
            stated.by_category.insert(key(name), exact(rate)?);
        }
        Ok(stated)
    }

    pub(super) fn of_category(&self, name: &str) -> Option<i64> {
        self.by_category.get(&key(name)).copied()
    }

    pub(super) fn overall(&self) -> Option<i64> {
        self.overall
    }
}

/// What makes two words one.
pub(super) fn key(word: &str) -> String {
    word.trim().to_lowercase()
}

fn exact(rate: f64) -> Result<i64, DecisionError> {
    if (0.0..=1.0).contains(&rate) {
        return Ok((rate * 10_000.0).round() as i64);
    }
    Err(DecisionError::Asked {
        name: "the margin rate",
        allowed: "between 0 and 1 (0.35 for 35 %)",
        value: rate,
    })
}
