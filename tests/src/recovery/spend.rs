//! Gamma-gamma on trial: what purchases are worth.

use patron_models::{GammaGamma, ModelError, Parameter, RepeatSpend};
use patron_synth::{BgNbdParams, GammaGammaParams, simulate_histories, simulate_spend};

use super::shops::{AGE, Interior};

/// As `--model` takes it.
pub(super) const NAME: &str = "gamma-gamma";
/// As the tables have it.
pub(super) const TITLE: &str = "Gamma-gamma";

/// Its parameters and where their true values lie.
pub(super) const INTERIOR: [Interior; 3] = [
    Interior { name: "p", from: 2.0, to: 8.0 },
    Interior { name: "q", from: 2.5, to: 6.0 },
    Interior { name: "v", from: 10.0, to: 40.0 },
];

/// Purchases after which nothing but a customer's own mean is left.
const ENDLESS: u32 = 1_000_000;

/// What repeat buyers have spent, and what a purchase of each is truly worth on average.
pub(super) struct Spends {
    pub(super) seen: Vec<RepeatSpend>,
    pub(super) true_means: Vec<f64>,
}

/// Draws `customers`; those who buy again are kept.
pub(super) fn draw(truth: &[f64], customers: usize, seed: u64) -> Spends {
    // how often they buy, which has nothing to do with what they spend
    let buying = BgNbdParams { r: 1.0, alpha: 5.0, a: 0.7, b: 2.5 };
    let histories = simulate_histories(&buying, customers, AGE, seed).expect("possible parameters");
    let frequencies: Vec<u32> = histories.iter().map(|history| history.frequency()).collect();
    let params = GammaGammaParams { p: truth[0], q: truth[1], v: truth[2] };
    let spends = |frequencies: &[u32]| simulate_spend(&params, frequencies, seed).expect("possible spends");
    // the same customers, each with the same rate of their own
    let endless: Vec<u32> = frequencies.iter().map(|&x| if x > 0 { ENDLESS } else { 0 }).collect();
    let seen = spends(&frequencies).into_iter().map(|(frequency, mean)| RepeatSpend { frequency, mean });
    Spends { seen: seen.collect(), true_means: spends(&endless).into_iter().map(|(_, mean)| mean).collect() }
}

/// The fitted model and its parameters.
pub(super) fn fit(spends: &[RepeatSpend]) -> Result<(GammaGamma, Vec<Parameter>), ModelError> {
    let fit = GammaGamma::params().fit(spends)?;
    Ok((fit.model, fit.report.parameters))
}
