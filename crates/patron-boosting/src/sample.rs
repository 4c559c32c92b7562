//! Seeded draws of rows and columns.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// What a draw is for; each purpose and round has its own generator, so no draw moves another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Bins = 1,
    Rows = 2,
    Columns = 3,
    Permutation = 4,
}

/// `amount` of the numbers below `length`, each subset equally likely, in increasing order.
///
/// Selection sampling: Knuth, *The Art of Computer Programming* 2, algorithm 3.4.2 S.
pub(crate) fn without_replacement(
    length: usize,
    amount: usize,
    seed: u64,
    round: usize,
    purpose: Purpose,
) -> Vec<u32> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(child_seed(seed, round as u64, purpose as u64));
    let mut chosen = Vec::with_capacity(amount.min(length));
    let mut wanted = amount.min(length) as u64;
    for index in 0..length {
        let left = (length - index) as u64;
        if below(&mut generator, left) < wanted {
            chosen.push(index as u32);
            wanted -= 1;
        }
    }
    chosen
}

/// The numbers below `length` in an order of which each is equally likely.
///
/// Fisher and Yates: Knuth, algorithm 3.4.2 P.
pub(crate) fn shuffled(length: usize, seed: u64, round: usize, purpose: Purpose) -> Vec<u32> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(child_seed(seed, round as u64, purpose as u64));
    let mut order: Vec<u32> = (0..length as u32).collect();
    for index in (1..length).rev() {
        order.swap(index, below(&mut generator, index as u64 + 1) as usize);
    }
    order
}

/// A number below `limit`.
fn below(generator: &mut Xoshiro256PlusPlus, limit: u64) -> u64 {
    ((u128::from(generator.next_u64()) * u128::from(limit)) >> 64) as u64
}

/// How many of `length` a fraction is: rounded, at least one.
pub(crate) fn share(length: usize, fraction: f64) -> usize {
    ((length as f64 * fraction).round() as usize).clamp(1, length.max(1))
}

fn child_seed(seed: u64, round: u64, purpose: u64) -> u64 {
    mix(seed ^ mix(round ^ mix(purpose)))
}

/// Stafford's mix 13 of the 64-bit finaliser of MurmurHash3, as in SplitMix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_wanted_size_and_order() {
        for (length, amount) in [(0, 0), (1, 1), (10, 3), (10, 10), (10, 20)] {
            let chosen = without_replacement(length, amount, 7, 0, Purpose::Rows);
            assert_eq!(chosen.len(), amount.min(length));
            assert!(chosen.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn every_row_is_drawn_equally_often() {
        let mut drawn = [0_u32; 20];
        for round in 0..4_000 {
            for row in without_replacement(20, 5, 1, round, Purpose::Rows) {
                drawn[row as usize] += 1;
            }
        }
        // binomial with n = 4000, p = 1/4: mean 1000, standard deviation 27
        assert!(drawn.iter().all(|&count| (880..1120).contains(&count)), "{drawn:?}");
    }

    #[test]
    fn every_order_is_drawn_equally_often() {
        let mut drawn = std::collections::BTreeMap::new();
        for round in 0..6_000 {
            *drawn.entry(shuffled(3, 5, round, Purpose::Permutation)).or_insert(0) += 1;
        }
        // binomial with n = 6000, p = 1/6: mean 1000, standard deviation 29
        assert_eq!(drawn.len(), 6);
        assert!(drawn.values().all(|&count| (870..1130).contains(&count)), "{drawn:?}");
        let mut many = shuffled(1_000, 5, 0, Purpose::Permutation);
        many.sort_unstable();
        assert!(many.into_iter().eq(0..1_000));
    }

    #[test]
    fn rounds_purposes_and_seeds_differ() {
        let base = without_replacement(100, 50, 7, 3, Purpose::Rows);
        assert_eq!(base, without_replacement(100, 50, 7, 3, Purpose::Rows));
        assert_ne!(base, without_replacement(100, 50, 7, 4, Purpose::Rows));
        assert_ne!(base, without_replacement(100, 50, 8, 3, Purpose::Rows));
        assert_ne!(base, without_replacement(100, 50, 7, 3, Purpose::Columns));
    }

    #[test]
    fn shares_are_rounded_and_never_empty() {
        assert_eq!([share(10, 0.25), share(10, 0.01), share(10, 1.0), share(1, 0.1)], [3, 1, 10, 1]);
    }
}
