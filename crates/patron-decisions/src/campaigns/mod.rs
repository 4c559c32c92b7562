//! Campaigns: what they must bring to pay, whom to write to, whom to hold back, and what they brought:
//! `docs/decisions/campaigns.md`.
//!
//! A sales log does not tell what a campaign adds. So the break-even comes first, which needs no assumption; a gain is
//! only ever told as a function of a [`Response`], which the user states as a range or a measured campaign has shown.

mod arms;
mod assign;
mod break_even;
mod contact;
mod earned;
mod effect;
mod list;
mod measure;
mod plan;
mod play;
#[cfg(test)]
pub(crate) mod proof_tests;
mod response;
#[cfg(test)]
mod tests;

pub(crate) use arms::mean_with_range;
pub use arms::{ArmFacts, Difference, Verdict, means_differ, shares_differ};
pub use assign::{Arm, Stratum, StratumCount, arm_of};
pub use break_even::{BreakEven, CostOfContact, break_even};
pub use contact::{Contactable, LeftOut};
pub(crate) use earned::{Earned, earned_in};
pub use effect::{SmallestEffect, smallest_difference_of_means, smallest_extra_share};
pub use list::{Listed, ValueOf};
pub use measure::{Assignment, CampaignResult, MoneyIs, measure};
pub use plan::{CampaignAsk, CampaignPlan, plan_campaign, value_factors};
pub use play::{Incentive, Play, Worth};
pub use response::{Gain, Range, Response};
