//! Precision and recall.

use std::collections::BTreeSet;
use std::fmt;

/// What was found against what was planted, summed over shops.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Score {
    pub(super) found: usize,
    pub(super) planted: usize,
    pub(super) hit: usize,
}

impl Score {
    pub(super) fn of<T: Ord>(found: &BTreeSet<T>, planted: &BTreeSet<T>) -> Self {
        Self { found: found.len(), planted: planted.len(), hit: found.intersection(planted).count() }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.found += other.found;
        self.planted += other.planted;
        self.hit += other.hit;
    }

    /// Of what was found, the part that was planted; 1 where nothing was found.
    pub(super) fn precision(self) -> f64 {
        if self.found == 0 { 1.0 } else { self.hit as f64 / self.found as f64 }
    }

    /// Of what was planted, the part that was found; 1 where nothing was planted.
    pub(super) fn recall(self) -> f64 {
        if self.planted == 0 { 1.0 } else { self.hit as f64 / self.planted as f64 }
    }

    /// Asserts both, with the name of what was looked for.
    #[track_caller]
    pub(super) fn check(self, name: &str, precision: f64, recall: f64) {
        assert!(self.precision() >= precision && self.recall() >= recall, "{name}: {self}");
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found, planted, hit } = self;
        let (precision, recall) = (self.precision(), self.recall());
        write!(f, "{planted} | {found} | {hit} | {precision:.2} | {recall:.2}")
    }
}
