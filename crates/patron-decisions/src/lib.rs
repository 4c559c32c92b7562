//! From forecast to decision: what to do, for whom, with how much money, and what it has to bring to pay.
//!
//! [`Shop`] is what every decision starts from: the customers as they were known on a day, beside what is expected of
//! them. Nothing here reads a line of the log, draws or writes; results are plain rows with documented units and order.
//! What the data cannot identify is never guessed: the result says that it is unknown, and what would unlock it.

mod budget;
mod campaigns;
mod decide;
mod error;
pub mod levers;
mod margins;
pub mod monitoring;
pub mod offers;
pub mod recommend;
pub mod retention;
pub mod segments;
mod shop;

pub use budget::{
    ActualCost, BudgetItem, BudgetShare, BudgetSplit, CurvePoint, HighestCost, NewcomersBy, NextLoses,
    Payback, PaybackBasis, PaysBack, ResponseCurve, payback, split_budget,
};
pub use campaigns::{
    Arm, ArmFacts, Assignment, BreakEven, CampaignAsk, CampaignPlan, CampaignResult, Contactable,
    CostOfContact, Difference, Gain, Incentive, LeftOut, Listed, MoneyIs, Play, Range, Response,
    SmallestEffect, Stratum, StratumCount, ValueOf, Verdict, Worth, arm_of, break_even, means_differ,
    measure, plan_campaign, shares_differ, smallest_difference_of_means, smallest_extra_share, value_factors,
};
pub use decide::{BudgetAnswer, DecideInput, DecideOptions, Decisions, decide};
pub use error::DecisionError;
pub use margins::{
    CustomerMargin, GroupMargin, MarginBasis, MarginRates, MarginValue, Margins, Missing, NamedMargin,
    RestsOn, YEARLY_DISCOUNT, margin_value,
};
pub use segments::Seen;
pub use shop::{Customer, Shop};
