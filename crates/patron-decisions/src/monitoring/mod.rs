//! Monitoring: what moved between two runs, why the value did, and whether a forecast held. Nothing is read or kept here.
//! Formulas and rules: `docs/decisions/monitoring.md`.

mod change;
mod months;
#[cfg(test)]
mod tests;

pub use change::{FlowRow, Snapshot, SnapshotCustomer, ValueChange, ValueParts, flows, value_change};
pub use months::{MonthCheck, MonthForecast, MonthsAnswer, Sign, SignReason, check_months};
