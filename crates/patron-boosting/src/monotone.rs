use serde::{Deserialize, Serialize};

/// Which way predictions may go as one column rises and all others stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monotone {
    /// Any way: no constraint (0 in other libraries).
    #[default]
    Free,
    /// Never down (+1).
    Rising,
    /// Never up (−1).
    Falling,
}

impl Monotone {
    /// Whether the outputs of a left and a right child go the right way.
    #[inline]
    pub(crate) fn allows(self, left: f64, right: f64) -> bool {
        match self {
            Self::Free => true,
            Self::Rising => left <= right,
            Self::Falling => left >= right,
        }
    }
}

/// The range in which all leaves below a node must lie, so that no leaf overtakes one it is constrained against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    pub(crate) const NONE: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    #[inline]
    pub(crate) fn keep(self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }

    /// Bounds of the two children of a split on a column of the given direction, whose outputs are `left` and
    /// `right`: every leaf of one side stays on its side of the middle. Both outputs lie within `self`.
    pub(crate) fn of_children(self, direction: Monotone, [left, right]: [f64; 2]) -> [Self; 2] {
        let middle = self.keep(left / 2.0 + right / 2.0);
        let (below, above) = (Self { high: middle, ..self }, Self { low: middle, ..self });
        match direction {
            Monotone::Free => [self, self],
            Monotone::Rising => [below, above],
            Monotone::Falling => [above, below],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_share_the_middle_and_keep_their_parents_bounds() {
        let [left, right] = Bounds::NONE.of_children(Monotone::Rising, [1.0, 3.0]);
        assert_eq!([left.keep(5.0), right.keep(0.0)], [2.0, 2.0]);
        let [inner_left, inner_right] = left.of_children(Monotone::Falling, [0.0, -4.0]);
        assert_eq!([inner_left.keep(9.0), inner_left.keep(-9.0)], [2.0, -2.0]);
        assert_eq!([inner_right.keep(9.0), inner_right.keep(-9.0)], [-2.0, -9.0]);
        assert_eq!(left.of_children(Monotone::Free, [7.0, -7.0]), [left, left]);
        assert_eq!(Bounds::NONE.of_children(Monotone::Rising, [f64::MAX, f64::MAX])[0].keep(1.0), 1.0);
    }
}
