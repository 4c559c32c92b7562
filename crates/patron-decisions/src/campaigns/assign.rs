//! Who is written to and who is held back, by chance.

use serde::Serialize;

/// Written to, or held back to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// Written to.
    Treated,
    /// Held back.
    Control,
}

/// Customers of one kind, within whom both arms are to be alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stratum {
    /// One purchase day.
    OneDay,
    /// Two to four.
    TwoToFour,
    /// Five or more.
    FiveOrMore,
}

impl Stratum {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OneDay, Self::TwoToFour, Self::FiveOrMore];

    /// Of a customer with so many purchase days.
    pub fn of(purchase_days: u32) -> Self {
        match purchase_days {
            0 | 1 => Self::OneDay,
            2..=4 => Self::TwoToFour,
            _ => Self::FiveOrMore,
        }
    }
}

/// How the arms came out in a stratum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StratumCount {
    /// Which.
    pub stratum: Stratum,
    /// Written to.
    pub treated: u64,
    /// Held back.
    pub control: u64,
}

/// The arm of a customer: held back where a number in [0, 1) made from the seed, the campaign, the stratum and the
/// customer's own id lies below `control_share`.
///
/// It depends on nobody else: with more or fewer customers, or other codes for them, everybody stays in the arm; with a
/// larger share, those held back stay so. Each stratum has its share of them but for chance.
pub fn arm_of(seed: u64, campaign: &str, stratum: Stratum, customer: &str, control_share: f64) -> Arm {
    let mut state = mixed(seed);
    for part in [campaign.as_bytes(), &[0xff, stratum as u8], customer.as_bytes()] {
        let text = part.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        state = mixed(state ^ mixed(text));
    }
    let number = (state >> 11) as f64 / (1_u64 << 53) as f64;
    if number < control_share { Arm::Control } else { Arm::Treated }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014).
fn mixed(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_back(seed: u64, campaign: &str, share: f64) -> Vec<usize> {
        let is_held = |id: &usize| {
            arm_of(seed, campaign, Stratum::OneDay, &format!("{}", 12_000 + id), share) == Arm::Control
        };
        (0..10_000).filter(is_held).collect()
    }

    #[test]
    fn a_tenth_is_a_tenth_and_a_larger_share_moves_nobody_out() {
        let tenth = held_back(7, "spring", 0.1);
        assert!((900..1_100).contains(&tenth.len()), "{}", tenth.len());
        let third = held_back(7, "spring", 0.3);
        assert!(tenth.iter().all(|id| third.contains(id)));
        assert_eq!((held_back(7, "spring", 0.0).len(), held_back(7, "spring", 1.0).len()), (0, 10_000));
    }

    #[test]
    fn another_seed_or_campaign_is_another_draw() {
        let one = held_back(7, "spring", 0.5);
        for other in [held_back(8, "spring", 0.5), held_back(7, "autumn", 0.5)] {
            let both = one.iter().filter(|id| other.contains(id)).count() as f64 / 10_000.0;
            assert!((both - 0.25).abs() < 0.02, "{both}");
        }
    }
}
