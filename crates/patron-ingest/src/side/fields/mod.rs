//! What the columns of the three files can hold, and the headings by which they are found.

mod costs;
mod customers;
mod products;

pub(super) use costs::CostField;
pub(super) use customers::CustomerField;
pub(super) use products::ProductField;
