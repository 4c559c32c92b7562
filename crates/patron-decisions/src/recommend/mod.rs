//! What to put in front of whom: what goes together, what is new to a customer, what is due again, and the dearer
//! neighbour.
//!
//! [`association_rules`] look at baskets, of orders or of customers' whole histories. [`Recommender`] answers customer by
//! customer, new products and products to buy again kept apart; [`evaluate`] says on a later period whether that beats
//! what anybody could have said. [`up_sells`] names the dearer neighbour of a product. All of it reads only what was
//! known at the as-of date. Formulas, settings and measured figures: `docs/decisions/recommendations.md`.

mod baskets;
mod bootstrap;
mod due;
mod evaluate;
mod fisher;
mod neighbours;
mod purchases;
mod recommender;
mod rules;
#[cfg(test)]
mod tests;
mod upsell;

pub use baskets::Baskets;
pub use bootstrap::Interval;
pub use due::RepeatWaits;
pub use evaluate::{
    AgainstBaseline, Baseline, Evaluation, KindEvaluation, ListScore, choose_settings, evaluate,
};
pub use neighbours::{Neighbour, NeighbourSettings, Neighbours};
pub use purchases::{Purchased, Purchases};
pub use recommender::{BuyAgain, CustomerRecommendations, NewToCustomer, Recommender, WhyNew};
pub use rules::{Rule, RuleSettings, Rules, association_rules};
pub use upsell::{UpSell, UpSellBasis, UpSellSettings, up_sells};
