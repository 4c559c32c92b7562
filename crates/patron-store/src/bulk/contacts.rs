//! Contact data that came with a sales file, and what it wrote over.

use std::borrow::Cow;
use std::collections::BTreeMap;

use patron_domain::CustomerAttributes;
use rusqlite::{Connection, params};

use super::details::{Detailed, Details, Fields};
use crate::ImportId;
use crate::error::Outcome;

/// Writes what a file says over what is known, and remembers for the undo what that was. `customers`: by database id,
/// each once.
pub(super) fn write(
    connection: &Connection,
    import: ImportId,
    customers: &BTreeMap<i64, Cow<'_, CustomerAttributes>>,
) -> Outcome<()> {
    let mut details = Details::new::<CustomerAttributes>(connection)?;
    let mut remember = connection
        .prepare("INSERT INTO customer_changes (customer_id, import_id, former) VALUES (?, ?, ?)")?;
    for (id, said) in customers.iter().filter(|(_, said)| !said.is_empty()) {
        let mut known: CustomerAttributes = details.read(*id)?;
        let former = known.before(said)?;
        known.lay_over(said);
        details.write(*id, &known)?;
        remember.execute(params![id, import.0, serde_json::to_string(&former)?])?;
    }
    Ok(())
}

/// Undoes what an import wrote: each value before it comes back, unless a later import wrote over it; then it is
/// that import which will give the earlier value back.
pub(super) fn take_back(connection: &Connection, import: ImportId) -> Outcome<()> {
    let mut changes =
        connection.prepare("SELECT customer_id, former FROM customer_changes WHERE import_id = ?")?;
    let changes = changes.query_map([import.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let changes = changes.collect::<Result<Vec<(i64, String)>, _>>()?;
    let mut details = Details::new::<CustomerAttributes>(connection)?;
    let mut layers = Layers::new(connection)?;
    for (customer, former) in changes {
        let mut former: Fields = serde_json::from_str(&former)?;
        layers.edit(customer, import.0, |later| {
            for (field, value) in later.iter_mut() {
                if let Some(earlier) = former.remove(field) {
                    *value = earlier;
                }
            }
        })?;
        if !former.is_empty() {
            let mut known: CustomerAttributes = details.read(customer)?;
            for (field, value) in former {
                known.put(&field, value)?;
            }
            details.write(customer, &known)?;
        }
    }
    connection.execute("DELETE FROM customer_changes WHERE import_id = ?", [import.0])?;
    Ok(())
}

/// What imports remember of a customer's former values, oldest import first.
pub(super) struct Layers<'c> {
    find: rusqlite::Statement<'c>,
    update: rusqlite::Statement<'c>,
    delete: rusqlite::Statement<'c>,
}

impl<'c> Layers<'c> {
    pub(super) fn new(connection: &'c Connection) -> Outcome<Self> {
        Ok(Self {
            find: connection.prepare(
                "SELECT import_id, former FROM customer_changes WHERE customer_id = ? AND import_id > ? \
                 ORDER BY import_id",
            )?,
            update: connection.prepare(
                "UPDATE customer_changes SET former = ?3 WHERE customer_id = ?1 AND import_id = ?2",
            )?,
            delete: connection
                .prepare("DELETE FROM customer_changes WHERE customer_id = ? AND import_id = ?")?,
        })
    }

    /// Changes what the imports after `after` remember; one that is left with nothing to remember forgets.
    pub(super) fn edit(
        &mut self,
        customer: i64,
        after: i64,
        mut change: impl FnMut(&mut Fields),
    ) -> Outcome<()> {
        let found = self.find.query_map([customer, after], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (import, stored) in found.collect::<Result<Vec<(i64, String)>, _>>()? {
            let before: Fields = serde_json::from_str(&stored)?;
            let mut fields = before.clone();
            change(&mut fields);
            if fields.is_empty() {
                self.delete.execute([customer, import])?;
            } else if fields != before {
                self.update.execute(params![customer, import, serde_json::to_string(&fields)?])?;
            }
        }
        Ok(())
    }
}
