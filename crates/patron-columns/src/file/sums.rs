//! Sums by which damage to a column is found.

use patron_domain::{LineKind, Money};

/// What is summed of a value.
pub(super) trait Summed: Copy {
    fn bits(self) -> u64;
}

impl Summed for u32 {
    fn bits(self) -> u64 {
        self.into()
    }
}

impl Summed for i32 {
    fn bits(self) -> u64 {
        self.cast_unsigned().into()
    }
}

impl Summed for i64 {
    fn bits(self) -> u64 {
        self.cast_unsigned()
    }
}

impl Summed for u8 {
    fn bits(self) -> u64 {
        self.into()
    }
}

impl Summed for bool {
    fn bits(self) -> u64 {
        self.into()
    }
}

impl Summed for Money {
    fn bits(self) -> u64 {
        self.ten_thousandths().cast_unsigned()
    }
}

impl Summed for LineKind {
    fn bits(self) -> u64 {
        self as u64
    }
}

/// Values that are summed side by side, so that a processor can do them at once.
const LANES: usize = 4;

/// Depends on every value and its place: Fletcher's sum (1982) over 64-bit words, in four lanes.
pub(super) fn sum_of<T: Summed>(values: &[T]) -> u64 {
    let (mut once, mut twice) = ([0_u64; LANES], [0_u64; LANES]);
    let (rows, rest) = values.as_chunks::<LANES>();
    for row in rows {
        for lane in 0..LANES {
            once[lane] = once[lane].wrapping_add(row[lane].bits());
            twice[lane] = twice[lane].wrapping_add(once[lane]);
        }
    }
    let sums = once.into_iter().chain(twice).chain(rest.iter().map(|value| value.bits()));
    let mix = |sum: u64, next: u64| (sum.rotate_left(5) ^ next).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    sums.fold(values.len() as u64, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_and_every_place_counts() {
        let values: Vec<i64> = (0..103).map(|n| n * n - 50).collect();
        let whole = sum_of(&values);
        for place in 0..values.len() {
            let mut other = values.clone();
            other[place] ^= 1 << (place % 64);
            assert_ne!(sum_of(&other), whole, "a bit of value {place}");
            other.clone_from(&values);
            other.swap(place, (place + 4) % 103);
            assert_ne!(sum_of(&other), whole, "value {place} in another place");
        }
        assert_ne!(sum_of(&values[..102]), whole);
        assert_ne!(sum_of::<u32>(&[]), sum_of(&[0_u32]));
    }
}
