//! How one customer buys (BG/NBD) and spends (gamma-gamma).

use crate::SynthError;
use crate::chance::{DropoutShape, GammaShape, gamma_with_rate, happens, unit_wait};
use crate::scenario::{BgNbdParams, GammaGammaParams};
use crate::seed::SynthRng;

/// The population BG/NBD customers are drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BuyerPopulation {
    r: GammaShape,
    alpha: f64,
    dropout: DropoutShape,
}

/// What BG/NBD knows of one customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Buyer {
    /// λ: purchases per week while alive.
    pub(crate) rate: f64,
    /// p: probability of stopping after a repeat purchase.
    pub(crate) dropout: f64,
}

impl BuyerPopulation {
    pub(crate) fn new(params: &BgNbdParams) -> Result<Self, SynthError> {
        params.check()?;
        Ok(Self {
            r: GammaShape::new("buying.r", params.r)?,
            alpha: params.alpha,
            dropout: DropoutShape::new(params.a, params.b)?,
        })
    }

    pub(crate) fn draw(&self, rng: &mut SynthRng) -> Buyer {
        let rate = gamma_with_rate(rng, self.r, self.alpha);
        Buyer { rate, dropout: self.dropout.draw(rng) }
    }
}

impl Buyer {
    /// Calls `purchase` with the time of each repeat purchase in (0, `age`], in weeks since the first purchase
    /// and in order; returns whether the customer is still alive at `age`.
    ///
    /// The story of BG/NBD told forwards: wait an exponential time with rate λ, buy, then stop with
    /// probability p (Fader, Hardie & Lee 2005, section 3). The first purchase itself is followed by no drop-out.
    pub(crate) fn live(&self, rng: &mut SynthRng, age: f64, mut purchase: impl FnMut(f64)) -> bool {
        let mut time = 0.0;
        loop {
            time += unit_wait(rng) / self.rate;
            let in_time = time <= age;
            if !in_time {
                return true;
            }
            purchase(time);
            if happens(rng, self.dropout) {
                return false;
            }
        }
    }
}

/// The population gamma-gamma customers are drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpenderPopulation {
    params: GammaGammaParams,
    p: GammaShape,
    q: GammaShape,
}

/// What gamma-gamma knows of one customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spender {
    p: GammaShape,
    /// ν, the rate of the order values.
    rate: f64,
    /// E[z | ν] = p ÷ ν, in currency units.
    pub(crate) mean_spend: f64,
}

impl SpenderPopulation {
    pub(crate) fn new(params: &GammaGammaParams) -> Result<Self, SynthError> {
        params.check()?;
        let (p, q) = (GammaShape::new("spend.p", params.p)?, GammaShape::new("spend.q", params.q)?);
        Ok(Self { params: *params, p, q })
    }

    pub(crate) fn draw(&self, rng: &mut SynthRng) -> Spender {
        let rate = gamma_with_rate(rng, self.q, self.params.v);
        Spender { p: self.p, rate, mean_spend: self.params.p / rate }
    }
}

impl Spender {
    /// The value of one order, z | ν ~ Gamma(p, rate ν), in currency units.
    pub(crate) fn order_value(&self, rng: &mut SynthRng) -> f64 {
        gamma_with_rate(rng, self.p, self.rate)
    }

    /// The mean of x order values, z̄ | ν ~ Gamma(p·x, rate ν·x), in one draw; `shape` is p·x.
    pub(crate) fn mean_of(&self, rng: &mut SynthRng, shape: GammaShape, x: f64) -> f64 {
        gamma_with_rate(rng, shape, self.rate * x)
    }
}
