//! What a trained model must do, through the public interface only.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod behaviour;
mod contributions;
mod data;
mod errors;
mod monotone;
mod oracle;
mod permutation;
mod properties;
mod quantiles;
mod stored;
