//! What imports remember of a customer's former values: a value that is written by hand is not theirs to take back.

use diesel::prelude::*;
use serde_json::{Map, Value};

use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::customer_changes;

/// Imports forget these fields of a customer, named as in the domain's `CustomerAttributes`.
pub(super) fn forget(
    connection: &mut Connection,
    customer: i64,
    is_written: impl Fn(&str) -> bool,
) -> Outcome<()> {
    let own = customer_changes::table.filter(customer_changes::customer_id.eq(customer));
    let own = own.select((customer_changes::import_id, customer_changes::former));
    for (import, former) in own.load::<(i64, String)>(connection)? {
        let mut fields: Map<String, Value> = serde_json::from_str(&former)?;
        let before = fields.len();
        fields.retain(|field, _| !is_written(field));
        let layer = customer_changes::table.find((customer, import));
        if fields.is_empty() {
            diesel::delete(layer).execute(connection)?;
        } else if fields.len() < before {
            let left = serde_json::to_string(&fields)?;
            diesel::update(layer).set(customer_changes::former.eq(left)).execute(connection)?;
        }
    }
    Ok(())
}
