//! Expected purchases: equation (10) of the paper as a series of positive terms.

use patron_domain::{DayHistory, PurchaseHistory};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::BgNbd;
use crate::ModelError;
use crate::features::FEW;
use crate::special::ScaledSum;

const MOST_TERMS: u64 = 20_000_000;

impl BgNbd {
    /// Expected purchases in (T, T + horizon] given the history.
    ///
    /// `horizon` is in the model's time unit; the result is 0 at `horizon` 0 and finite at a = 1. Equation (10),
    /// rearranged so that nothing is divided by a − 1 and nothing cancels: `docs/models/bg-nbd.md`.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for a negative or infinite horizon; [`ModelError::SeriesDiverged`] if the horizon
    /// is millions of times longer than α + T.
    pub fn expected_purchases(&self, history: &PurchaseHistory, horizon: f64) -> Result<f64, ModelError> {
        let (x, _, t_cal) = history.symbols();
        Ok(self.p_alive(history) * self.purchases_if_alive(x, t_cal, horizon)?)
    }

    /// Expected repeat purchases of a new customer in (0, t]. Equation (9).
    ///
    /// # Errors
    /// As [`Self::expected_purchases`].
    pub fn expected_purchases_of_newcomer(&self, t: f64) -> Result<f64, ModelError> {
        self.purchases_if_alive(0.0, 0.0, t)
    }

    /// [`Self::expected_purchases`] for many histories on the day grid; shape and order of `histories`, the horizon
    /// in days. The series depends on x and T alone, so it is summed once for each distinct pair.
    ///
    /// # Errors
    /// As [`Self::expected_purchases`].
    pub fn expected_purchases_on_days(
        &self,
        histories: &[DayHistory],
        days_per_unit: f64,
        horizon_days: u32,
    ) -> Result<Vec<f64>, ModelError> {
        let if_alive = self.purchases_if_alive_on_days(histories, days_per_unit, horizon_days)?;
        let one =
            |(history, count): (&DayHistory, f64)| self.p_alive(&history.in_units(days_per_unit)) * count;
        if histories.len() < FEW {
            return Ok(histories.iter().zip(if_alive).map(one).collect());
        }
        Ok(histories.par_iter().zip(if_alive).with_min_len(4096).map(one).collect())
    }

    /// Expected purchases on the day grid given that the customer is alive at T.
    pub(crate) fn purchases_if_alive_on_days(
        &self,
        histories: &[DayHistory],
        days_per_unit: f64,
        horizon_days: u32,
    ) -> Result<Vec<f64>, ModelError> {
        let horizon = f64::from(horizon_days) / days_per_unit;
        let one = |(x, age): (u32, u32)| {
            self.purchases_if_alive(f64::from(x), f64::from(age) / days_per_unit, horizon)
        };
        if histories.len() < FEW {
            return histories.iter().map(|history| one((history.frequency, history.customer_age))).collect();
        }
        let mut slots: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let slot_of: Vec<u32> = histories
            .iter()
            .map(|history| {
                let pair = (history.frequency, history.customer_age);
                *slots.entry(pair).or_insert_with(|| {
                    pairs.push(pair);
                    (pairs.len() - 1) as u32
                })
            })
            .collect();
        let by_pair: Vec<f64> =
            pairs.par_iter().with_min_len(64).map(|&pair| one(pair)).collect::<Result<_, _>>()?;
        Ok(slot_of.into_iter().map(|slot| by_pair[slot as usize]).collect())
    }

    /// E[Y(t) | x, T, alive at T].
    ///
    /// Given the history and that the customer is alive, the number of purchases that nobody's drop-out would cut
    /// short is negative binomial with shape s = r + x and y = t ÷ (α + T + t); of k such purchases the customer
    /// makes Σ_{j<k} E[(1 − p)ʲ], with p beta distributed (a, b + x).
    fn purchases_if_alive(&self, x: f64, t_cal: f64, t: f64) -> Result<f64, ModelError> {
        let (Self { r, alpha, a, b }, s) = (*self, self.r + x);
        if !(t >= 0.0 && t.is_finite()) {
            return Err(ModelError::BadParameter { name: "horizon", allowed: "zero or above", value: t });
        }
        if a == 0.0 {
            return Ok((r + x) * t / (alpha + t_cal));
        }
        let (y, ln_one_minus_y) = (t / (alpha + t_cal + t), -(t / (alpha + t_cal)).ln_1p());
        let mut sum = ScaledSum::new(s * ln_one_minus_y);
        // weight: (s)ₖ ÷ k! yᵏ; made: purchases made of k; stays: E[(1 − p)ᵏ]
        let (mut weight, mut made, mut stays) = (1.0_f64, 0.0_f64, 1.0_f64);
        for index in 1..=MOST_TERMS {
            let k = index as f64;
            let ratio = (s + k - 1.0) / k * y;
            weight *= ratio;
            made += stays;
            stays *= (b + x + k - 1.0) / (a + b + x + k - 1.0);
            let mut term = weight * made;
            weight *= sum.add(&mut term);
            // later ratios of terms lie below this one's, or approach y from below
            let bound = ratio.max(y) * (1.0 + stays / made);
            if term == 0.0 || bound < 1.0 && sum.is_settled(term, bound) {
                return Ok(sum.value());
            }
        }
        Err(ModelError::SeriesDiverged { function: "expected purchases", terms: MOST_TERMS, argument: y })
    }

    /// P(no drop-out among the purchases of (T, T + t] | alive at T): the same mixture over E[(1 − p)ᵏ].
    pub(super) fn survival_if_alive(&self, history: &PurchaseHistory, t: f64) -> Result<f64, ModelError> {
        let (x, _, t_cal) = history.symbols();
        self.survival(x, t_cal, t)
    }

    /// P(no drop-out among the purchases of (0, t]) for a new customer.
    pub(super) fn survival_of_newcomer(&self, t: f64) -> Result<f64, ModelError> {
        self.survival(0.0, 0.0, t)
    }

    fn survival(&self, x: f64, t_cal: f64, t: f64) -> Result<f64, ModelError> {
        let Self { r, alpha, a, b } = *self;
        if !(t >= 0.0 && t.is_finite()) {
            return Err(ModelError::BadParameter { name: "later", allowed: "zero or above", value: t });
        }
        let (s, y) = (r + x, t / (alpha + t_cal + t));
        if a == 0.0 || y == 0.0 {
            return Ok(1.0);
        }
        let mut sum = ScaledSum::new(-s * (t / (alpha + t_cal)).ln_1p());
        let mut term = 1.0_f64;
        sum.add(&mut term);
        for index in 1..=MOST_TERMS {
            let k = index as f64;
            let bound = (s + k - 1.0) / k * y;
            term *= bound * (b + x + k - 1.0) / (a + b + x + k - 1.0);
            sum.add(&mut term);
            if term == 0.0 || bound.max(y) < 1.0 && sum.is_settled(term, bound.max(y)) {
                return Ok(sum.value().min(1.0));
            }
        }
        Err(ModelError::SeriesDiverged { function: "P(alive) later", terms: MOST_TERMS, argument: y })
    }
}
