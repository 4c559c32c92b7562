//! Parameters of how people buy and spend, of products and of prices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::one;

/// The process by which customers buy and stop.
///
/// In a scenario file the table `[buying]` with `process = "bg-nbd"`, `"mbg-nbd"` or `"pareto-nbd"` and the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "process", rename_all = "kebab-case")]
pub enum Buying {
    /// BG/NBD (Fader, Hardie & Lee 2005): a customer may stop after each repeat purchase.
    BgNbd(BgNbdParams),
    /// MBG/NBD (Batislam, Denizel & Filiztekin 2007): a customer may stop after the first purchase too.
    MbgNbd(BgNbdParams),
    /// Pareto/NBD (Schmittlein, Morrison & Colombo 1987): a customer may stop at any time.
    ParetoNbd(ParetoNbdParams),
}

/// Parameters of the BG/NBD model (Fader, Hardie & Lee 2005), in weeks.
///
/// While alive a customer buys at a rate λ ~ Gamma(shape r, *rate* α); after every purchase but the first one the
/// customer stops for good with probability p ~ Beta(a, b). `a` = 0 means that nobody ever stops (NBD).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BgNbdParams {
    /// r: shape of the purchase rates.
    pub r: f64,
    /// α: rate of the purchase rates, in weeks; the mean purchase rate is r ÷ α per week.
    pub alpha: f64,
    /// a: first shape of the drop-out probabilities; their mean is a ÷ (a + b).
    pub a: f64,
    /// b: second shape of the drop-out probabilities.
    pub b: f64,
}

/// Parameters of the Pareto/NBD model (Schmittlein, Morrison & Colombo 1987), in weeks.
///
/// While alive a customer buys at a rate λ ~ Gamma(shape r, *rate* α) and stops at a rate μ ~ Gamma(shape s, *rate* β),
/// whether buying or not. `s` = 0 means that nobody ever stops (NBD).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParetoNbdParams {
    /// r: shape of the purchase rates.
    pub r: f64,
    /// α: rate of the purchase rates, in weeks; the mean purchase rate is r ÷ α per week.
    pub alpha: f64,
    /// s: shape of the drop-out rates.
    pub s: f64,
    /// β: rate of the drop-out rates, in weeks; the mean drop-out rate is s ÷ β per week.
    pub beta: f64,
}

impl Buying {
    /// r ÷ α: purchases per week of the mean customer while alive.
    pub fn mean_rate(&self) -> f64 {
        match *self {
            Self::BgNbd(BgNbdParams { r, alpha, .. })
            | Self::MbgNbd(BgNbdParams { r, alpha, .. })
            | Self::ParetoNbd(ParetoNbdParams { r, alpha, .. }) => r / alpha,
        }
    }
}

impl From<BgNbdParams> for Buying {
    fn from(params: BgNbdParams) -> Self {
        Self::BgNbd(params)
    }
}

impl From<ParetoNbdParams> for Buying {
    fn from(params: ParetoNbdParams) -> Self {
        Self::ParetoNbd(params)
    }
}

/// Parameters of the gamma-gamma model (Fader & Hardie 2013), in currency units.
///
/// An order is worth z ~ Gamma(shape p, rate ν), with ν ~ Gamma(shape q, rate v) drawn once per customer. The
/// mean over customers is p·v ÷ (q − 1), infinite for q ≤ 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GammaGammaParams {
    /// p: shape of the order values of one customer.
    pub p: f64,
    /// q: shape of the rates ν.
    pub q: f64,
    /// v: rate of the rates ν, in currency units.
    pub v: f64,
}

/// Products, their prices and what is planted in them.
///
/// Products with a role are drawn from the more popular third of the catalogue, pairs from the products without one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueParams {
    /// Zipf exponent: the product of rank k sells in proportion to k^−exponent.
    pub zipf_exponent: f64,
    /// Median price, in currency units.
    pub median_price: f64,
    /// Standard deviation of the logarithm of the price.
    pub price_spread: f64,
    /// Products whose demand rises.
    pub rising: u32,
    /// Products whose demand fades.
    pub fading: u32,
    /// Factor per year by which the demand for a rising product grows (and for a fading one shrinks).
    pub trend_per_year: f64,
    /// Products wanted in November and December.
    pub christmas: u32,
    /// Products wanted from June to August.
    pub summer: u32,
    /// Factor on the demand for such a product in its months.
    pub seasonal_factor: f64,
    /// Products that bring people back.
    pub brings_back: u32,
    /// Factor on the purchase rate λ of customers whose first order holds a product that brings people back.
    pub return_factor: f64,
    /// Probability that such a customer puts that product into a later order.
    pub rebuy_chance: f64,
    /// Products that come out while the log runs, on the first day of a month.
    #[serde(default)]
    pub launched: u32,
    /// Products given up while the log runs, on the last day of a month.
    #[serde(default)]
    pub retired: u32,
    /// Pairs of products that go together; no product is in two pairs.
    #[serde(default)]
    pub complements: u32,
    /// Probability that the second product of such a pair joins an order that the first one is in.
    #[serde(default)]
    pub complement_chance: f64,
    /// Pairs of products that take each other's place.
    #[serde(default)]
    pub substitutes: u32,
    /// Probability that of such a pair, where an order would hold both, one is put back.
    #[serde(default)]
    pub substitute_chance: f64,
}

impl CatalogueParams {
    /// Products with a planted role.
    pub(crate) fn planted(&self) -> u64 {
        let roles = [self.rising, self.fading, self.christmas, self.summer, self.brings_back];
        roles.into_iter().chain([self.launched, self.retired]).map(u64::from).sum()
    }

    /// Products in pairs.
    pub(crate) fn paired(&self) -> u64 {
        2 * (u64::from(self.complements) + u64::from(self.substitutes))
    }

    pub(crate) fn demo() -> Self {
        Self {
            zipf_exponent: 0.7,
            median_price: 4.5,
            price_spread: 0.8,
            rising: 10,
            fading: 10,
            trend_per_year: 3.0,
            christmas: 10,
            summer: 6,
            seasonal_factor: 6.0,
            brings_back: 8,
            return_factor: 2.0,
            rebuy_chance: 0.4,
            launched: 0,
            retired: 0,
            complements: 0,
            complement_chance: 0.0,
            substitutes: 0,
            substitute_chance: 0.0,
        }
    }
}

/// How prices move, and how demand answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriceParams {
    /// Price changes of a product per year, each on the first day of a month; at most 12.
    pub changes_per_year: f64,
    /// Standard deviation of the logarithm of what a price is multiplied by at a change.
    pub change_spread: f64,
    /// Factor per year on all prices, month by month (1: none).
    pub inflation_per_year: f64,
    /// By department, the e in demand ∝ (price ÷ first price)^−e, inflation left out; 0 where not named.
    pub elasticity: BTreeMap<String, f64>,
}

impl Default for PriceParams {
    /// Prices that never move.
    fn default() -> Self {
        Self {
            changes_per_year: 0.0,
            change_spread: 0.15,
            inflation_per_year: one(),
            elasticity: BTreeMap::new(),
        }
    }
}
