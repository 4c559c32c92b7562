//! Many shops, each with seeds of its own, worked on side by side and kept in order.

use std::sync::atomic::{AtomicUsize, Ordering};

use patron_synth::{CustomerAge, SeedTree};
use rand::{Rng, RngExt};
use rayon::prelude::*;

/// A parameter and where its true values are drawn from: evenly on the logarithmic scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interior {
    pub(super) name: &'static str,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// How old customers are, in weeks.
pub(super) const AGE: CustomerAge = CustomerAge::Uniform { from: 40.0, to: 80.0 };

/// Shops of one kind.
pub(super) struct Shops<'a> {
    label: &'a str,
    number: usize,
    seed: SeedTree,
    told: &'a (dyn Fn(&str) + Sync),
}

/// A shop that is to be drawn.
pub(super) struct Shop {
    seed: SeedTree,
}

impl<'a> Shops<'a> {
    pub(super) fn new(label: &'a str, number: usize, seed: u64, told: &'a (dyn Fn(&str) + Sync)) -> Self {
        Self { label, number, seed: SeedTree::new(seed).branch(label, 0), told }
    }

    /// What `work` makes of each shop, in the order of the shops; `what` is said of it on the way.
    pub(super) fn each<T: Send>(&self, what: &str, work: impl Fn(&Shop) -> T + Sync) -> Vec<T> {
        let done = AtomicUsize::new(0);
        let one = |number: usize| {
            let made = work(&Shop { seed: self.seed.branch("shop", number as u64) });
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done == self.number || done.is_multiple_of(50) {
                (self.told)(&format!("{}, {what}: {done} of {} shops", self.label, self.number));
            }
            made
        };
        (0..self.number).into_par_iter().map(one).collect()
    }
}

impl Shop {
    /// The true parameters.
    pub(super) fn truth(&self, interior: &[Interior]) -> Vec<f64> {
        let draw = |one: &Interior| {
            let share: f64 = self.seed.child(one.name, 0).random();
            one.from * (one.to / one.from).powf(share)
        };
        interior.iter().map(draw).collect()
    }

    /// The seed of what is drawn under `label`.
    pub(super) fn seed(&self, label: &str) -> u64 {
        self.seed.child(label, 1).next_u64()
    }
}
