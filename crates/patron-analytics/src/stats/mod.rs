//! The statistics behind the answers, each from its paper.

mod adjust;
mod median;
mod moderate;
mod panel;
mod poisson;
mod proportion;
mod share;
mod slope;
mod survival;
mod theil_sen;

pub use adjust::benjamini_hochberg;
pub(crate) use median::median;
pub(crate) use moderate::DispersionPrior;
pub(crate) use panel::{PanelCell, PanelRow, PanelSlope, panel_slopes};
pub(crate) use poisson::{poisson_at_least, poisson_at_most, poisson_interval};
pub(crate) use proportion::two_proportions_p;
pub use proportion::wilson;
pub(crate) use share::{ShareTrend, f_tail};
pub(crate) use slope::{Design, season_p_value};
pub use survival::{Survival, WatchTimes};
pub(crate) use theil_sen::theil_sen;

/// Standard normal quantile at 0.975.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;
