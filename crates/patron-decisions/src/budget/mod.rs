//! How much a new customer may cost, and over whom to split a budget: `docs/decisions/budget.md`.

mod actual;
mod greedy;
mod item;
mod newcomers;
mod payback;
#[cfg(test)]
mod proof_tests;
mod split;
#[cfg(test)]
mod tests;

pub use actual::{ActualCost, PaysBack};
pub use item::{BudgetItem, ResponseCurve};
pub use newcomers::NewcomersBy;
pub use payback::{HighestCost, Payback, PaybackBasis, payback};
pub use split::{BudgetShare, BudgetSplit, CurvePoint, NextLoses, split_budget};
