//! Drawing from the model.

use patron_domain::PurchaseHistory;
use rand::{Rng, RngExt};
use rand_distr::{Beta, Distribution, Exp};

use super::BgNbd;
use crate::ModelError;
use crate::chance::gamma_with_rate;

impl BgNbd {
    /// A random customer of age `customer_age` (T): the purchase history the model gives such a customer.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for an age below zero or infinite, or parameters beyond what can be drawn from.
    pub fn sample(&self, customer_age: f64, rng: &mut impl Rng) -> Result<PurchaseHistory, ModelError> {
        let times = self.draw_times(customer_age, rng)?;
        let last = times.last().copied().unwrap_or(0.0);
        let bad_age = ModelError::BadParameter { name: "age", allowed: "zero or above", value: customer_age };
        PurchaseHistory::new(times.len() as u32, last, customer_age).map_err(|_| bad_age)
    }

    /// A random number of purchases in (T, T + horizon] for a customer with this history.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for parameters beyond what can be drawn from.
    pub fn sample_purchases(
        &self,
        history: &PurchaseHistory,
        horizon: f64,
        rng: &mut impl Rng,
    ) -> Result<u32, ModelError> {
        let (x, _, t_cal) = history.symbols();
        if rng.random::<f64>() >= self.p_alive(history) {
            return Ok(0);
        }
        let rate = gamma_with_rate(self.r + x, self.alpha + t_cal, rng)?;
        let drop_out = self.draw_drop_out(self.b + x, rng)?;
        Ok(purchase_times(rate, drop_out, horizon, rng).len() as u32)
    }

    /// The moments of a new customer's purchases in (0, end].
    pub(super) fn draw_times(&self, end: f64, rng: &mut impl Rng) -> Result<Vec<f64>, ModelError> {
        let rate = gamma_with_rate(self.r, self.alpha, rng)?;
        let drop_out = self.draw_drop_out(self.b, rng)?;
        Ok(purchase_times(rate, drop_out, end, rng))
    }

    fn draw_drop_out(&self, b: f64, rng: &mut impl Rng) -> Result<f64, ModelError> {
        if self.a == 0.0 {
            return Ok(0.0);
        }
        let beta = Beta::new(self.a, b);
        let beta =
            beta.map_err(|_| ModelError::BadParameter { name: "a", allowed: "drawable", value: self.a })?;
        Ok(beta.sample(rng))
    }
}

fn purchase_times(rate: f64, drop_out: f64, end: f64, rng: &mut impl Rng) -> Vec<f64> {
    let Ok(gaps) = Exp::new(rate) else { return Vec::new() };
    let mut times = Vec::new();
    let mut time = gaps.sample(rng);
    while time <= end {
        times.push(time);
        if rng.random::<f64>() < drop_out {
            break;
        }
        time += gaps.sample(rng);
    }
    times
}
