//! What can go wrong.

use patron_analytics::AnalyticsError;
use patron_columns::RollupError;
use patron_domain::Day;

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The source of the sales failed.
    #[error(transparent)]
    Rollup(#[from] RollupError),
    /// An answer that a decision rests on failed.
    #[error(transparent)]
    Analytics(#[from] AnalyticsError),
    /// Nobody had bought by then.
    #[error("nobody had bought anything by {as_of}: choose a later --as-of")]
    NobodyYet {
        /// The as-of date.
        as_of: Day,
    },
    /// A rate, share or amount that was asked for cannot be.
    #[error("{name} must be {allowed}, but is {value}")]
    Asked {
        /// What.
        name: &'static str,
        /// What may be asked for.
        allowed: &'static str,
        /// What was asked for.
        value: f64,
    },
    /// Costs or margins that add up to more than an amount can hold.
    #[error(
        "costs of {name} add up to more than an amount of money can hold: check unit_cost in the products file"
    )]
    CostsTooLarge {
        /// Of what.
        name: String,
    },
}
