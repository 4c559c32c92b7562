//! A 64-bit mark of a line as it stands in the file, by which exact repetitions are found.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::rows::Row;

/// Marks of the lines seen. Two different lines share a mark with probability 2⁻⁶⁴: among half a million lines
/// some pair does with a chance of 1 in 100 million, among 10 million of 1 in 400 thousand.
#[derive(Debug, Default)]
pub(crate) struct SeenLines {
    marks: HashSet<u64, BuildHasherDefault<AsItIs>>,
}

impl SeenLines {
    /// Notes a line; `true` when an equal one was noted before. Lines are equal when all of `columns` are.
    pub(crate) fn is_repeated(&mut self, row: Row<'_>, columns: &[usize]) -> bool {
        let fields = columns.iter().map(|&column| row.field(column));
        !self.marks.insert(fields.fold(0x9e37_79b9_7f4a_7c15, mixed))
    }
}

/// The product of two words folded on itself, eight bytes at a time (the round of wyhash).
fn mixed(state: u64, field: &[u8]) -> u64 {
    let round = |state: u64, word: u64| {
        let product =
            u128::from(state ^ word) * u128::from(word ^ 0xa076_1d64_78bd_642f ^ state.rotate_left(23));
        (product as u64) ^ ((product >> 64) as u64) ^ state.rotate_left(17)
    };
    let (words, rest) = field.as_chunks::<8>();
    let state = words.iter().fold(state, |state, &word| round(state, u64::from_le_bytes(word)));
    // At most seven bytes are left; the eighth holds the length, which tells where one field ends.
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = field.len() as u8;
    round(state, u64::from_le_bytes(last))
}

/// Marks are mixed already; hashing them again would gain nothing.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |value, &byte| value.rotate_left(8) ^ u64::from(byte));
    }
    fn write_u64(&mut self, mark: u64) {
        self.0 = mark;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn different_fields_have_different_marks() {
        let mut marks = HashSet::new();
        for a in 0..200_u32 {
            for b in 0..200_u32 {
                let (a, b) = (a.to_string(), b.to_string());
                assert!(marks.insert(mixed(mixed(1, a.as_bytes()), b.as_bytes())));
            }
        }
        assert!(marks.insert(mixed(mixed(1, b"ab"), b"")));
        assert!(marks.insert(mixed(mixed(1, b"a"), b"b")));
        assert!(marks.insert(mixed(mixed(1, b""), b"ab")));
    }

    #[test]
    fn every_bit_of_a_line_moves_half_the_bits_of_its_mark() {
        let line = *b"536365,85123A,WHITE HANGING HEART";
        let mark = mixed(1, &line);
        let mut flipped = 0;
        for bit in 0..line.len() * 8 {
            let mut other = line;
            other[bit / 8] ^= 1 << (bit % 8);
            flipped += (mark ^ mixed(1, &other)).count_ones();
        }
        let mean = f64::from(flipped) / (line.len() * 8) as f64;
        assert!((30.0..34.0).contains(&mean), "{mean}");
    }
}
