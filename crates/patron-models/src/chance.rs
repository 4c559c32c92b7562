//! Random draws. Every generator comes from the caller.

use rand::Rng;
use rand_distr::{Distribution, Gamma};

use crate::ModelError;

/// A draw from the gamma distribution with this shape and *rate*: the one place that writes scale = 1 ÷ rate.
pub(crate) fn gamma_with_rate(shape: f64, rate: f64, rng: &mut impl Rng) -> Result<f64, ModelError> {
    let gamma = Gamma::new(shape, 1.0 / rate);
    let gamma =
        gamma.map_err(|_| ModelError::BadParameter { name: "shape", allowed: "drawable", value: shape })?;
    Ok(gamma.sample(rng))
}
