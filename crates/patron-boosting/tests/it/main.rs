//! What a trained model must do, through the public interface only.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod behaviour;
mod data;
mod errors;
mod oracle;
mod properties;
