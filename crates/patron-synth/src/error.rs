//! What can be wrong with a scenario, or with writing an export.

use std::io;

use patron_domain::{Day, HistoryError};

/// Why a scenario or a simulation is impossible; every message names the field.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SynthError {
    /// A number outside its range, NaN included.
    #[error("`{field}` is {value}, but must be {rule}")]
    OutOfRange {
        /// The field, with the path inside the scenario (`countries[2].share`).
        field: String,
        /// Its value.
        value: f64,
        /// The range in words.
        rule: &'static str,
    },
    /// Weights of which none is above zero.
    #[error("`{field}` has no weight above zero: nothing could ever happen")]
    NoWeight {
        /// The field.
        field: &'static str,
    },
    /// A list or a text that must not be empty.
    #[error("`{field}` is empty")]
    Empty {
        /// The field.
        field: String,
    },
    /// A period that ends before it starts.
    #[error("`end` is {end}, before `start` {start}")]
    EndBeforeStart {
        /// First day.
        start: Day,
        /// Last day.
        end: Day,
    },
    /// Shares that do not make a whole.
    #[error("the shares in `{field}` add up to {sum}, but must add up to 1")]
    SharesOffOne {
        /// The list.
        field: &'static str,
        /// Their sum.
        sum: f64,
    },
    /// The same name twice in a list.
    #[error("`{field}` names {name} twice")]
    Twice {
        /// The list.
        field: &'static str,
        /// The name.
        name: String,
    },
    /// Periods that end before they start, days outside the log, cohorts out of order.
    #[error("`{field}` is {day}, but must be {rule}")]
    WrongDay {
        /// The field, with the path inside the scenario (`events[0].until`).
        field: String,
        /// Its value.
        day: Day,
        /// What it must be, in words.
        rule: &'static str,
    },
    /// A name that must be one of a list.
    #[error("`{field}` names {name}, but there are only: {known}")]
    NoSuchName {
        /// The field.
        field: String,
        /// The name.
        name: String,
        /// Those there are, with commas between them.
        known: String,
    },
    /// A file that is no scenario; the reason names line or field.
    #[error("no scenario: {reason}")]
    NotAScenario {
        /// Where and why.
        reason: String,
    },
    /// More products with a planted role than products.
    #[error("`catalogue` plants {planted} products with a role, but `products` is only {products}")]
    TooManyRoles {
        /// Products with a role.
        planted: u64,
        /// Products in all.
        products: u32,
    },
    /// More products in pairs than products without a role.
    #[error(
        "`catalogue` plants {pairs} pairs of complements and substitutes, but only {free} products have no role: \
         raise `products`"
    )]
    TooManyPairs {
        /// Pairs.
        pairs: u64,
        /// Products without a role.
        free: u64,
    },
    /// Customers who order without end.
    #[error(
        "a customer is expected to order up to {expected:.0} times, more than {limit:.0}: lower the buying rate \
         (`buying.r` ÷ `buying.alpha`), its factors or the days from `start` to `end`"
    )]
    TooManyOrders {
        /// Expected repeat orders of a mean customer with the largest factors who never drops out.
        expected: f64,
        /// The limit.
        limit: f64,
    },
    /// A scenario whose shop does not fit into memory.
    #[error(
        "about {expected:.0} lines are expected, more than the {limit} a shop can hold: lower `customers`, \
         `lines_per_order`, `dirt.without_customer`, the buying rate (`buying.r` ÷ `buying.alpha`) or the days \
         from `start` to `end`"
    )]
    TooManyLines {
        /// Lines expected after the first customers, or reached.
        expected: f64,
        /// The limit.
        limit: u64,
    },
    /// A currency that is no ISO 4217 code.
    #[error("`currency` is {currency:?}, but must be a code of three capital letters such as EUR")]
    NotACurrency {
        /// What was given.
        currency: String,
    },
    /// The export could not be written; what stands in the file is not the whole of it.
    #[error("the export could not be written: {kind}")]
    Write {
        /// What the file system said.
        kind: io::ErrorKind,
    },
    /// A simulated history that contradicts itself, which takes a waiting time of exactly zero.
    #[error("a simulated history is impossible: {0}")]
    History(#[from] HistoryError),
}
