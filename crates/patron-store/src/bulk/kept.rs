//! What files of customers and products have told outlives the replacement of an import.

use crate::error::Outcome;
use crate::raw::Connection;

/// Puts attributes aside, before the customers and products of the replaced import go.
pub(super) fn put_aside(connection: &Connection) -> Outcome<()> {
    connection.execute_batch(include_str!("../sql/keep_attributes.sql"))
}

/// Gives them to the customers and products that have come again.
pub(super) fn give_back(connection: &Connection) -> Outcome<()> {
    connection.execute_batch(include_str!("../sql/give_attributes_back.sql"))
}
