//! What one customer may spend: mass at zero and a positive part. `docs/models/intervals.md`.

mod customer;
mod fit;
mod learn;
#[cfg(test)]
mod record_tests;
mod scores;
mod shape;

pub use customer::CustomerSpend;
pub use fit::{PastSpend, SpendDistribution, SpendFacts};
pub use scores::{BoundHeld, DistributionScores};
