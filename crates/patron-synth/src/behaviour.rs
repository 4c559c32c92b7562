//! How one customer buys (BG/NBD, MBG/NBD or Pareto/NBD) and spends (gamma-gamma).

use crate::SynthError;
use crate::chance::{DropoutShape, GammaShape, gamma_with_rate, happens, unit_wait};
use crate::pace::Pace;
use crate::scenario::{Buying, GammaGammaParams};
use crate::seed::SynthRng;

/// The population customers are drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BuyerPopulation {
    r: GammaShape,
    alpha: f64,
    leaving: Leaving,
    waits: Waits,
}

/// How the population's customers stop.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    AfterRepeats(DropoutShape),
    AfterPurchases(DropoutShape),
    AnyTime { s: Option<GammaShape>, beta: f64 },
}

/// How long customers wait, but for their rate.
#[derive(Clone, Copy, Debug)]
enum Waits {
    Exponential,
    Gamma { shape: GammaShape, k: f64 },
}

/// What is true of one customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buyer {
    /// λ: purchases per week while alive.
    pub(crate) rate: f64,
    pub(crate) dropout: Dropout,
    waits: Waits,
}

/// How one customer stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Dropout {
    /// With this probability p after each repeat purchase.
    AfterRepeats(f64),
    /// With this probability p after each purchase, the first one included.
    AfterPurchases(f64),
    /// At this rate μ per week.
    AnyTime(f64),
}

impl BuyerPopulation {
    /// `regularity`: the k of gamma waits, 1 for exponential ones.
    pub(crate) fn new(buying: &Buying, regularity: f64) -> Result<Self, SynthError> {
        buying.check()?;
        let (r, alpha, leaving) = match *buying {
            Buying::BgNbd(p) => (p.r, p.alpha, Leaving::AfterRepeats(DropoutShape::new(p.a, p.b)?)),
            Buying::MbgNbd(p) => (p.r, p.alpha, Leaving::AfterPurchases(DropoutShape::new(p.a, p.b)?)),
            Buying::ParetoNbd(p) => {
                let s = (p.s > 0.0).then(|| GammaShape::new("buying.s", p.s)).transpose()?;
                (p.r, p.alpha, Leaving::AnyTime { s, beta: p.beta })
            }
        };
        let waits = match regularity {
            1.0 => Waits::Exponential,
            k => Waits::Gamma { shape: GammaShape::new("regularity", k)?, k },
        };
        Ok(Self { r: GammaShape::new("buying.r", r)?, alpha, leaving, waits })
    }

    pub(crate) fn draw(&self, rng: &mut SynthRng) -> Buyer {
        let rate = gamma_with_rate(rng, self.r, self.alpha);
        let dropout = match self.leaving {
            Leaving::AfterRepeats(shape) => Dropout::AfterRepeats(shape.draw(rng)),
            Leaving::AfterPurchases(shape) => Dropout::AfterPurchases(shape.draw(rng)),
            Leaving::AnyTime { s, beta } => {
                Dropout::AnyTime(s.map_or(0.0, |shape| gamma_with_rate(rng, shape, beta)))
            }
        };
        Buyer { rate, dropout, waits: self.waits }
    }
}

impl Dropout {
    /// p or μ.
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::AfterRepeats(p) | Self::AfterPurchases(p) => p,
            Self::AnyTime(rate) => rate,
        }
    }

    /// Times a factor; a probability stays at most 1.
    fn times(self, factor: f64) -> Self {
        match self {
            Self::AfterRepeats(p) => Self::AfterRepeats((p * factor).min(1.0)),
            Self::AfterPurchases(p) => Self::AfterPurchases((p * factor).min(1.0)),
            Self::AnyTime(rate) => Self::AnyTime(rate * factor),
        }
    }
}

impl Buyer {
    /// The same customer in other circumstances.
    pub(crate) fn with_factors(self, buying: f64, dropout: f64) -> Self {
        Self { rate: self.rate * buying, dropout: self.dropout.times(dropout), ..self }
    }

    /// Calls `purchase` with the time of each repeat purchase in (0, `age`], in weeks since the first purchase
    /// and in order; returns when the customer stopped, `None` while alive at `age`.
    ///
    /// The story of the models told forwards: wait a time with mean 1 ÷ λ, buy, then stop with probability p (Fader,
    /// Hardie & Lee 2005, section 3; in BG/NBD the first purchase is followed by no drop-out, in MBG/NBD by one), or
    /// stop after a lifetime with mean 1 ÷ μ (Schmittlein, Morrison & Colombo 1987). Waits run at `pace`.
    pub(crate) fn live(
        &self,
        rng: &mut SynthRng,
        pace: &Pace,
        age: f64,
        mut purchase: impl FnMut(f64),
    ) -> Option<f64> {
        let (leaves, lifetime) = match self.dropout {
            Dropout::AfterRepeats(p) => (Some(p), f64::INFINITY),
            Dropout::AfterPurchases(p) if happens(rng, p) => return Some(0.0),
            Dropout::AfterPurchases(p) => (Some(p), f64::INFINITY),
            Dropout::AnyTime(rate) => (None, unit_wait(rng) / rate),
        };
        let end = lifetime.min(age);
        let mut time = 0.0;
        loop {
            time = pace.after(time, self.wait(rng));
            let in_time = time <= end;
            if !in_time {
                return (lifetime <= age).then_some(lifetime);
            }
            purchase(time);
            if leaves.is_some_and(|p| happens(rng, p)) {
                return Some(time);
            }
        }
    }

    fn wait(&self, rng: &mut SynthRng) -> f64 {
        match self.waits {
            Waits::Exponential => unit_wait(rng) / self.rate,
            Waits::Gamma { shape, k } => gamma_with_rate(rng, shape, k * self.rate),
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
    /// Someone who spends `factor` times as much.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { rate: self.rate / factor, mean_spend: self.mean_spend * factor, ..self }
    }

    /// The value of one order, z | ν ~ Gamma(p, rate ν), in currency units.
    pub(crate) fn order_value(&self, rng: &mut SynthRng) -> f64 {
        gamma_with_rate(rng, self.p, self.rate)
    }

    /// The mean of x order values, z̄ | ν ~ Gamma(p·x, rate ν·x), in one draw; `shape` is p·x.
    pub(crate) fn mean_of(&self, rng: &mut SynthRng, shape: GammaShape, x: f64) -> f64 {
        gamma_with_rate(rng, shape, self.rate * x)
    }
}
