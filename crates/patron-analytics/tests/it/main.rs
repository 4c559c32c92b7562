//! Answers against published numbers, against numbers worked out by hand, and against their own laws.

#![expect(clippy::unwrap_used, reason = "a table in memory never fails to yield its rollups")]

mod published;
mod real_data;
