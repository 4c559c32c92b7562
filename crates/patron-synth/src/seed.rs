//! One random generator per entity, addressed by name.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator every draw of this crate comes from.
pub type SynthRng = Xoshiro256PlusPlus;

/// A tree of seeds: a child depends on nothing but its path of (label, id) pairs from the root.
///
/// A new draw for one customer therefore moves no other customer, and the order or the thread in which children
/// are visited changes nothing. Two paths share a seed with probability 2⁻⁶⁴.
///
/// ```
/// use patron_synth::SeedTree;
/// use rand::RngExt;
///
/// let seed = SeedTree::new(7);
/// let first: f64 = seed.child("spend", 12).random();
/// let again: f64 = seed.child("spend", 12).random();
/// assert_eq!(first, again);
/// assert_ne!(first, seed.child("spend", 13).random::<f64>());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeedTree(u64);

impl SeedTree {
    /// The root for a seed.
    pub fn new(seed: u64) -> Self {
        Self(mixed(seed))
    }

    /// The generator of the entity `id` under `label`.
    pub fn child(self, label: &str, id: u64) -> SynthRng {
        SynthRng::seed_from_u64(self.branch(label, id).0)
    }

    /// The subtree of the entity `id` under `label`.
    pub fn branch(self, label: &str, id: u64) -> Self {
        let label = label.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(mixed(mixed(self.0 ^ mixed(label)).wrapping_add(id.wrapping_mul(0x9e37_79b9_7f4a_7c15))))
    }
}

/// A bijection of 64 bits in which every input bit moves every output bit: the finaliser of SplitMix64
/// (Steele, Lea & Flood 2014).
fn mixed(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn paths_lead_to_different_seeds() {
        let root = SeedTree::new(1);
        let seeds: HashSet<u64> = (0..1000)
            .flat_map(|id| ["buying", "spend", "orders"].map(|label| root.branch(label, id).0))
            .collect();
        assert_eq!(seeds.len(), 3000);
        assert_ne!(root.branch("a", 1).branch("b", 2), root.branch("b", 2).branch("a", 1));
        assert_ne!(root.branch("a", 1), SeedTree::new(2).branch("a", 1));
    }

    #[test]
    fn one_bit_of_the_id_moves_half_of_the_seed() {
        let root = SeedTree::new(1);
        let moved: u32 =
            (0..64).map(|bit| (root.branch("a", 0).0 ^ root.branch("a", 1 << bit).0).count_ones()).sum();
        assert!((28 * 64..36 * 64).contains(&moved), "{moved}");
    }
}
