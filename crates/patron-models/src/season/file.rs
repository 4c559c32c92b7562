//! A season that travels from one year or shop to another.

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use crate::ModelError;

/// Indices beyond this factor of an average day, up or down, are no season.
const LARGEST: f64 = 1_000.0;
/// Names of the entries, as errors name them.
const MONTHS: [&str; 12] = [
    "season index 1 (January)",
    "season index 2 (February)",
    "season index 3 (March)",
    "season index 4 (April)",
    "season index 5 (May)",
    "season index 6 (June)",
    "season index 7 (July)",
    "season index 8 (August)",
    "season index 9 (September)",
    "season index 10 (October)",
    "season index 11 (November)",
    "season index 12 (December)",
];
const SPREADS: [&str; 12] = [
    "season spread 1 (January)",
    "season spread 2 (February)",
    "season spread 3 (March)",
    "season spread 4 (April)",
    "season spread 5 (May)",
    "season spread 6 (June)",
    "season spread 7 (July)",
    "season spread 8 (August)",
    "season spread 9 (September)",
    "season spread 10 (October)",
    "season spread 11 (November)",
    "season spread 12 (December)",
];

/// What `--season FILE` holds: twelve indices, where they were learned, and from which days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeasonFile {
    /// The shop or log it was learned from, in words.
    pub source: String,
    /// First day learned from.
    pub first: Day,
    /// Last day learned from; a forecast at an earlier as-of date refuses the file.
    pub last: Day,
    /// Sales of a day of each month ÷ of an average day, January first; their mean need not be 1.
    pub index: [f64; 12],
    /// Standard error of each ln(index), January first; zeros where none is known.
    #[serde(default)]
    pub spread: [f64; 12],
}

impl SeasonFile {
    /// Checks every number.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] naming the first index that is not above zero and finite, or the first spread
    /// below zero; [`ModelError::SeasonSpan`] where the last day lies before the first.
    pub fn check(&self) -> Result<(), ModelError> {
        for (name, value) in MONTHS.into_iter().zip(self.index) {
            if !(1.0 / LARGEST..=LARGEST).contains(&value) {
                return Err(ModelError::BadParameter { name, allowed: "from 0.001 to 1000", value });
            }
        }
        for (name, value) in SPREADS.into_iter().zip(self.spread) {
            if !(0.0..=LARGEST).contains(&value) {
                return Err(ModelError::BadParameter { name, allowed: "from 0 to 1000", value });
            }
        }
        if self.last < self.first {
            return Err(ModelError::SeasonSpan { first: self.first, last: self.last });
        }
        Ok(())
    }
}
