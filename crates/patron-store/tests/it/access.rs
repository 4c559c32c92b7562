//! Keys, the record of writes, and people who are erased.

mod audit;
mod erase;
mod keys;

use chrono::{NaiveDate, NaiveDateTime};

/// A time of 2026-01-31.
fn at(hour: u32, minute: u32, second: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 31).unwrap().and_hms_opt(hour, minute, second).unwrap()
}
