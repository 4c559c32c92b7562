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
}
