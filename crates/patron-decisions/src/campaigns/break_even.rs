//! What a campaign must bring to pay, without any assumption on response.

use patron_domain::Money;
use serde::Serialize;

use crate::Missing;

/// What writing to somebody costs. Incentives count where they are paid: a gift in the letter with the contact, free
/// shipping with every buyer, those who would have bought anyway among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CostOfContact {
    /// For everybody written to.
    pub per_contact: Money,
    /// For everybody written to who buys.
    pub per_buyer: Money,
}

/// How many of those written to must buy who would not have bought anyway.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakEven {
    /// It pays from there on.
    PaysFrom {
        /// Extra buyers as a share of those written to.
        share: f64,
        /// The same of 1,000, rounded up.
        of_thousand: u32,
        /// The same of those written to, rounded up.
        of_contacts: u64,
    },
    /// Not even if everybody bought.
    NotEvenIfAll,
    /// What is not known.
    Unknown {
        /// And what would unlock it.
        missing: Vec<Missing>,
    },
}

impl BreakEven {
    /// The share of those written to from which it pays, where there is one.
    pub fn share(&self) -> Option<f64> {
        match self {
            Self::PaysFrom { share, .. } => Some(*share),
            Self::NotEvenIfAll | Self::Unknown { .. } => None,
        }
    }
}

/// The break-even of writing to `contacts` customers: (c + g b) ÷ (m − g) for a cost of c a contact and g a buyer, the
/// margin m of a buyer's purchase and the share b who would buy anyway.
///
/// [`BreakEven::NotEvenIfAll`] where a buyer costs what the purchase earns, or more would have to buy than would not
/// anyway.
pub fn break_even(cost: CostOfContact, margin: f64, baseline: f64, contacts: u64) -> BreakEven {
    let (c, g) = (cost.per_contact.to_f64(), cost.per_buyer.to_f64());
    let share = (c + g * baseline) / (margin - g);
    if margin <= g || !(0.0..=1.0 - baseline).contains(&share) {
        return BreakEven::NotEvenIfAll;
    }
    BreakEven::PaysFrom {
        share,
        of_thousand: rounded_up(1_000.0 * share) as u32,
        of_contacts: rounded_up(contacts as f64 * share),
    }
}

/// The next whole number, but for what rounding may have added.
fn rounded_up(exact: f64) -> u64 {
    (exact - 1e-9 * exact.max(1.0)).ceil().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::margins::test_shop::money;

    fn check(cost: (&str, &str), margin: f64, baseline: f64, expected: Option<(u32, u64)>) {
        let cost = CostOfContact { per_contact: money(cost.0), per_buyer: money(cost.1) };
        let found = match break_even(cost, margin, baseline, 500) {
            BreakEven::PaysFrom { of_thousand, of_contacts, .. } => Some((of_thousand, of_contacts)),
            _ => None,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn as_reckoned_on_paper() {
        check(("0.85", "0"), 0.4 * 120.0, 0.3, Some((18, 9))); // .85 ÷ 48 = 17.7 of 1,000
        check(("0.50", "0"), 25.0, 0.3, Some((20, 10))); // exactly 20: not 21
        check(("0.50", "5"), 25.0, 0.3, Some((100, 50))); // (.5 + 5 × .3) ÷ 20
        check(("0", "0"), 25.0, 0.3, Some((0, 0)));
        check(("20", "0"), 25.0, 0.3, None); // 800 of 1,000, and 300 buy anyway
        check(("0.10", "25"), 25.0, 0.0, None);
        check(("0.10", "0"), -3.0, 0.0, None);
    }
}
