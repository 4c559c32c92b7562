//! How far a forecast may be off, and what moves it: `docs/models/ranges.md`.

mod chance_reason;
mod level;
#[cfg(test)]
mod record_tests;
mod totals;
mod usual_spend;

pub use chance_reason::{ChanceFact, ChanceReason};
pub(crate) use level::LEVEL;
pub use level::{Conformal, PastTotal, TotalSpread};
pub(crate) use totals::Expected;
pub use totals::{PastForecast, TotalRange, TotalsTested};
pub use usual_spend::Coverage;
pub(crate) use usual_spend::{UsualSpend, about_three_months};
