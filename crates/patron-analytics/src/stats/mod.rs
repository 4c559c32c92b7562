//! The statistics behind the answers, each from its paper.

mod adjust;
mod median;
mod proportion;
mod slope;
mod survival;
mod theil_sen;

pub(crate) use adjust::benjamini_hochberg;
pub(crate) use median::median;
pub(crate) use proportion::{two_proportions_p, wilson};
pub(crate) use slope::{Design, Fit, season_p_value};
pub(crate) use survival::WatchTimes;
pub(crate) use theil_sen::theil_sen;

/// Standard normal quantile at 0.975.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;
