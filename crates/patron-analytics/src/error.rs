//! What can go wrong.

use patron_columns::RollupError;
use patron_domain::{Money, Month};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnalyticsError {
    /// The source failed.
    #[error(transparent)]
    Rollup(#[from] RollupError),
    /// A line is dated so far from the others that a table by month makes no sense.
    #[error("the log runs from {first} to {last}, more than 200 years: the date of a line must be wrong")]
    SpanTooLong {
        /// First month with a line.
        first: Month,
        /// Last month with a line.
        last: Month,
    },
    /// Costs so high that their sum is no exact amount.
    #[error(
        "the costs add up to more than an amount of money can hold; the highest is {amount} for '{name}': correct it in \
         the file it came from"
    )]
    CostsTooLarge {
        /// Stock code of the product, or the channel.
        name: String,
        /// Its unit cost, or its spend in a month.
        amount: Money,
    },
}
