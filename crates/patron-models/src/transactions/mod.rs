//! What every model of buying answers, whatever its story of dropping out.
//!
//! A model says how likely a history is and how likely its customer is still active; given that, the customer's future is
//! that of somebody new whose rates are known better. So all that is conditional is written once, here.

mod params;
pub(crate) mod search;

#[cfg(test)]
pub(crate) mod laws;
#[cfg(test)]
mod penalty_tests;
#[cfg(test)]
mod reference_tests;
#[cfg(test)]
mod table_tests;

use rand::{Rng, RngExt};

pub use params::{Fittable, TransactionFit, TransactionParams, TransactionValidParams};

use crate::ModelError;

/// Somebody who is active now, and of whom no more is known than the distributions of the rates.
///
/// Time runs from now on, in the model's unit.
pub trait ActiveCustomer {
    /// How time is measured: `f64` units, or a `u32` count of opportunities.
    type Span: Copy;

    /// Chance to be active still at `t`.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for a time below zero or infinite, [`ModelError::SeriesDiverged`].
    fn still_active(&self, t: Self::Span) -> Result<f64, ModelError>;

    /// Expected purchases in (0, t]; 0 at t = 0.
    ///
    /// # Errors
    /// As [`Self::still_active`].
    fn expected_purchases_in(&self, t: Self::Span) -> Result<f64, ModelError>;

    /// Chance of exactly `count` purchases in (0, t].
    ///
    /// # Errors
    /// As [`Self::still_active`].
    fn chance_of_count(&self, count: u32, t: Self::Span) -> Result<f64, ModelError>;

    /// Expected purchases in (0, ∞), each discounted from its moment to now.
    ///
    /// `discount` is continuous, per time unit (ln(1 + effective rate)); per opportunity for a discrete model, where a
    /// purchase j opportunities ahead counts (1 + discount)^−j.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] unless `discount` is above zero.
    fn discounted_purchases(&self, discount: f64) -> Result<f64, ModelError>;

    /// Draws the moments of the purchases in (0, t], ascending.
    ///
    /// # Errors
    /// As [`Self::still_active`]; [`ModelError::BadParameter`] for parameters beyond what can be drawn from.
    fn draw_purchases(&self, t: Self::Span, rng: &mut impl Rng) -> Result<Vec<Self::Span>, ModelError>;
}

/// A model of how often customers buy and whether they still do, with known parameters.
///
/// ```
/// use patron_domain::PurchaseHistory;
/// use patron_models::{MbgNbd, TransactionModel};
///
/// let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
/// let history = PurchaseHistory::new(2, 30.43, 38.86)?;
/// let none = model.chance_of_purchases(&history, 39.0, 0)?;
/// assert!(none > 0.0 && none < 1.0 && model.expected_purchases(&history, 39.0)? > 1.0 - none);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait TransactionModel {
    /// What the model sees of a customer.
    type History;
    /// How time is measured.
    type Span: Copy;
    /// The future of a customer who is active.
    type Active: ActiveCustomer<Span = Self::Span>;

    /// ln of the likelihood of one history; finite for every possible one.
    fn ln_likelihood(&self, history: &Self::History) -> f64;

    /// P(alive): the chance that the customer has not dropped out by the end of the history.
    fn p_alive(&self, history: &Self::History) -> f64;

    /// The future of the customer with this history, if active at its end.
    fn if_alive(&self, history: &Self::History) -> Self::Active;

    /// The chance that a new customer is active right after the first purchase, and the future of one who is.
    fn newcomer(&self) -> (f64, Self::Active);

    /// The history that purchases at these moments make at the age `age`.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for an age that is none.
    fn history_of(&self, purchases: &[Self::Span], age: Self::Span) -> Result<Self::History, ModelError>;

    /// P(alive) `later` after the end of the history, seen from its end.
    ///
    /// # Errors
    /// As [`ActiveCustomer::still_active`].
    fn p_alive_at(&self, history: &Self::History, later: Self::Span) -> Result<f64, ModelError> {
        Ok(self.p_alive(history) * self.if_alive(history).still_active(later)?)
    }

    /// Expected purchases within `horizon` after the end of the history; 0 at horizon 0.
    ///
    /// # Errors
    /// As [`ActiveCustomer::still_active`].
    fn expected_purchases(&self, history: &Self::History, horizon: Self::Span) -> Result<f64, ModelError> {
        Ok(self.p_alive(history) * self.if_alive(history).expected_purchases_in(horizon)?)
    }

    /// Expected repeat purchases of a new customer in (0, t].
    ///
    /// # Errors
    /// As [`ActiveCustomer::still_active`].
    fn expected_purchases_of_newcomer(&self, t: Self::Span) -> Result<f64, ModelError> {
        let (active, future) = self.newcomer();
        Ok(active * future.expected_purchases_in(t)?)
    }

    /// Chance of exactly `count` purchases within `horizon` after the end of the history.
    ///
    /// # Errors
    /// As [`ActiveCustomer::still_active`].
    fn chance_of_purchases(
        &self,
        history: &Self::History,
        horizon: Self::Span,
        count: u32,
    ) -> Result<f64, ModelError> {
        mixed_chance(self.p_alive(history), &self.if_alive(history), horizon, count)
    }

    /// Chance that a new customer makes exactly `count` repeat purchases in (0, t].
    ///
    /// # Errors
    /// As [`ActiveCustomer::still_active`].
    fn chance_of_newcomer(&self, t: Self::Span, count: u32) -> Result<f64, ModelError> {
        let (active, future) = self.newcomer();
        mixed_chance(active, &future, t, count)
    }

    /// Chance of no purchase within `horizon` after the end of the history.
    ///
    /// # Errors
    /// As [`ActiveCustomer::still_active`].
    fn chance_of_none(&self, history: &Self::History, horizon: Self::Span) -> Result<f64, ModelError> {
        self.chance_of_purchases(history, horizon, 0)
    }

    /// DERT: expected purchases after the end of the history without limit in time, each discounted to that end; see
    /// [`ActiveCustomer::discounted_purchases`].
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] unless `discount` is above zero.
    fn discounted_residual_purchases(
        &self,
        history: &Self::History,
        discount: f64,
    ) -> Result<f64, ModelError> {
        Ok(self.p_alive(history) * self.if_alive(history).discounted_purchases(discount)?)
    }

    /// Discounted repeat purchases of a new customer without limit in time.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] unless `discount` is above zero.
    fn discounted_purchases_of_newcomer(&self, discount: f64) -> Result<f64, ModelError> {
        let (active, future) = self.newcomer();
        Ok(active * future.discounted_purchases(discount)?)
    }

    /// Draws a customer of this age.
    ///
    /// # Errors
    /// As [`ActiveCustomer::draw_purchases`].
    fn sample_history(&self, age: Self::Span, rng: &mut impl Rng) -> Result<Self::History, ModelError> {
        let (active, future) = self.newcomer();
        let stays = rng.random::<f64>() < active;
        let purchases = if stays { future.draw_purchases(age, rng)? } else { Vec::new() };
        self.history_of(&purchases, age)
    }

    /// Draws the future of the customer with this history: the moments of the purchases within `horizon` after its end,
    /// counted from there.
    ///
    /// # Errors
    /// As [`ActiveCustomer::draw_purchases`].
    fn sample_future(
        &self,
        history: &Self::History,
        horizon: Self::Span,
        rng: &mut impl Rng,
    ) -> Result<Vec<Self::Span>, ModelError> {
        let alive = rng.random::<f64>() < self.p_alive(history);
        if alive { self.if_alive(history).draw_purchases(horizon, rng) } else { Ok(Vec::new()) }
    }
}

fn mixed_chance<A: ActiveCustomer>(
    active: f64,
    future: &A,
    horizon: A::Span,
    count: u32,
) -> Result<f64, ModelError> {
    let chance = future.chance_of_count(count, horizon)?;
    Ok(if count == 0 { (1.0 - active) + active * chance } else { active * chance })
}

/// `time` if it is one.
pub(crate) fn checked_time(time: f64) -> Result<f64, ModelError> {
    let usable = time >= 0.0 && time.is_finite();
    let refused = ModelError::BadParameter { name: "time", allowed: "zero or above", value: time };
    usable.then_some(time).ok_or(refused)
}

/// `discount` if it is above zero.
pub(crate) fn checked_discount(discount: f64) -> Result<f64, ModelError> {
    let usable = discount > 0.0 && discount.is_finite();
    let refused = ModelError::BadParameter { name: "discount", allowed: "above zero", value: discount };
    usable.then_some(discount).ok_or(refused)
}

/// The history of purchases in continuous time.
pub(crate) fn continuous_history(
    purchases: &[f64],
    age: f64,
) -> Result<patron_domain::PurchaseHistory, ModelError> {
    let last = purchases.last().copied().unwrap_or(0.0);
    let refused = ModelError::BadParameter { name: "age", allowed: "zero or above", value: age };
    patron_domain::PurchaseHistory::new(purchases.len() as u32, last, age).map_err(|_| refused)
}
