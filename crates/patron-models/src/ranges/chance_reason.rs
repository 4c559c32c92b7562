//! The fact that moves a customer's chance to buy most.

use serde::{Deserialize, Serialize};

/// Effects below this, in log-odds, are not worth telling.
const TINY: f64 = 0.1;

/// What moves a customer's chance to buy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChanceReason {
    /// Which fact.
    pub fact: ChanceFact,
    /// Whether it raises the chance (else it lowers it).
    pub raises: bool,
    /// How far, on the scale of log-odds (absolute value).
    pub effect: f64,
}

/// A fact about a customer that moves the chance to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChanceFact {
    /// Buying rhythm and silence together, as the BG/NBD model reads them.
    History,
    /// Days since the last purchase.
    Inactivity,
    /// Number of purchases.
    Purchases,
    /// Silence measured in the customer's own usual gaps.
    Lateness,
    /// Purchases in the last three months.
    RecentPurchases,
}

impl ChanceFact {
    /// All of them, in the order of the regression's inputs.
    const ALL: [Self; 5] =
        [Self::History, Self::Inactivity, Self::Purchases, Self::Lateness, Self::RecentPurchases];

    /// Whether more of it speaks for buying again.
    fn speaks_for(self) -> bool {
        matches!(self, Self::History | Self::Purchases | Self::RecentPurchases)
    }
}

impl ChanceReason {
    /// The reason among exact contributions to the log-odds: `coefficients` × `inputs`, both in units of standard
    /// deviations from the average customer, in the order of [`ChanceFact`].
    ///
    /// The five facts overlap. Where a coefficient has the sign that its fact alone would not have (more purchases,
    /// lower chance), it corrects the model's reading of the history, so its part is told as part of that. Of the
    /// facts that move the chance to the side where it is, the one with the largest part is the reason; `None` if
    /// that is below 0.1.
    pub(crate) fn among(coefficients: &[f64; 5], inputs: &[f64; 5]) -> Option<Self> {
        let mut effects = [0.0; 5];
        for (place, fact) in ChanceFact::ALL.into_iter().enumerate() {
            let natural = (coefficients[place] >= 0.0) == fact.speaks_for();
            effects[if natural { place } else { 0 }] += coefficients[place] * inputs[place];
        }
        let raises = effects.iter().sum::<f64>() > 0.0;
        let toward = |effect: f64| if raises { effect } else { -effect };
        let parts = ChanceFact::ALL.into_iter().zip(effects.map(toward));
        let (fact, effect) =
            parts.fold((ChanceFact::History, 0.0), |most, part| if part.1 > most.1 { part } else { most });
        (effect >= TINY && effect.is_finite()).then_some(Self { fact, raises, effect })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: [f64; 5] = [0.5, -0.4, 0.3, -0.2, 0.1];

    #[test]
    fn the_largest_part_to_the_side_of_the_chance() {
        // parts −0.5, −0.8, +0.9, 0, 0: in all −0.4, so the reason is what lowers it most
        let reason = ChanceReason::among(&USUAL, &[-1.0, 2.0, 3.0, 0.0, 0.0]).unwrap();
        assert_eq!((reason.fact, reason.raises), (ChanceFact::Inactivity, false));
        assert!((reason.effect - 0.8).abs() < 1e-12);
        // a long silence that is short for this customer: +0.6 against −0.2
        let reason = ChanceReason::among(&USUAL, &[0.0, 0.5, 0.0, -3.0, 0.0]).unwrap();
        assert_eq!((reason.fact, reason.raises), (ChanceFact::Lateness, true));
    }

    #[test]
    fn a_coefficient_against_its_fact_counts_with_the_history() {
        // "more purchases, lower chance" would be told: −0.6 goes to the history's +1.0
        let reason = ChanceReason::among(&[0.5, -0.4, -0.3, -0.2, 0.1], &[2.0, 0.0, 2.0, 0.0, 1.0]).unwrap();
        assert_eq!((reason.fact, reason.raises), (ChanceFact::History, true));
        assert!((reason.effect - 0.4).abs() < 1e-12);
    }

    #[test]
    fn an_average_customer_has_no_reason() {
        assert_eq!(ChanceReason::among(&USUAL, &[0.0; 5]), None);
        assert_eq!(ChanceReason::among(&USUAL, &[0.1, -0.1, 0.1, 0.1, 0.1]), None);
        assert_eq!(ChanceReason::among(&[f64::NAN; 5], &[1.0; 5]), None);
    }
}
