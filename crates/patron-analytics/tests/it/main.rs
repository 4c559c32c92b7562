//! Answers against published numbers, against numbers worked out by hand, and against their own laws.

#![expect(clippy::unwrap_used, reason = "a table in memory never fails to yield its rollups")]
#![expect(clippy::panic, reason = "a test that cannot go on stops")]

mod absent;
mod attribute_laws;
mod attributes_by_hand;
mod by_hand;
mod laws;
mod pairs;
mod published;
mod real_data;
mod shop;
mod trends;
