//! Value segments and the verdict on a horizon.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Quartile of the expected value: A is the highest quarter of the customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Segment {
    /// Highest quarter.
    A,
    /// Second quarter.
    B,
    /// Third quarter.
    C,
    /// Lowest quarter.
    D,
}

impl Segment {
    /// All of them, A first.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Segments by quartile of `values`, in the order given; ties are broken by `ids`, ascending.
///
/// Position p of n (0 = highest) is A, B, C or D for p·4 ÷ n = 0, 1, 2, 3.
pub fn quartile_segments(values: &[f64], ids: &[&str]) -> Vec<Segment> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let by_id = |&a: &usize, &b: &usize| ids.get(a).cmp(&ids.get(b));
    order.sort_by(|a, b| match values[*b].total_cmp(&values[*a]) {
        Ordering::Equal => by_id(a, b),
        unequal => unequal,
    });
    let mut segments = vec![Segment::D; values.len()];
    for (position, &row) in order.iter().enumerate() {
        segments[row] = Segment::ALL[position * 4 / values.len()];
    }
    segments
}

/// Whether the data are enough for a horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suitability {
    /// Enough history, customers and repeat purchases, and the horizon could be tested on the past.
    Yes,
    /// A number can be given, but it was not or could not be tested on the past.
    Rough,
    /// Not enough data: no number is worth giving.
    No,
}

impl fmt::Display for Suitability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::Rough => "rough",
            Self::No => "no",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_even_and_ties_go_by_id() {
        let ids = ["d", "c", "b", "a"];
        let tied = quartile_segments(&[1.0; 4], &ids);
        assert_eq!(tied, [Segment::D, Segment::C, Segment::B, Segment::A]);
        let ranked = quartile_segments(&[1.0, 5.0, 3.0, 2.0], &ids);
        assert_eq!(ranked, [Segment::D, Segment::A, Segment::B, Segment::C]);
        assert!(quartile_segments(&[], &[]).is_empty());
    }
}
