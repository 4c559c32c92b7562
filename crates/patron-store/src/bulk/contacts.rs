//! Contact data that came with a sales file, and what it wrote over.

use std::borrow::Cow;
use std::collections::BTreeMap;

use patron_domain::CustomerAttributes;
use serde_json::Value;

use super::details::{Detailed, Details, Fields};
use crate::ImportId;
use crate::error::Outcome;
use crate::raw::{Connection, Statement, params};

/// Writes what a file says over what is known, and remembers for the undo what that was. `customers`: by database id,
/// each once.
///
/// The word of the import whose lines reach furthest counts, of two that reach as far the later one's. An import that
/// is not the furthest slips beneath those that are, which remember its words as the former ones, and leaves alone
/// what files of customers, or somebody by hand, have told.
pub(super) fn write(
    connection: &Connection,
    import: ImportId,
    customers: &BTreeMap<i64, Cow<'_, CustomerAttributes>>,
) -> Outcome<()> {
    let is_behind = is_behind(connection, import)?;
    let mut details = Details::new::<CustomerAttributes>(connection)?;
    let mut layers = Layers::new(connection)?;
    let mut remember = connection
        .prepare("INSERT INTO customer_changes (customer_id, import_id, former) VALUES (?, ?, ?)")?;
    for (id, said) in customers.iter().filter(|(_, said)| !said.is_empty()) {
        let mut known: CustomerAttributes = details.read(*id)?;
        let (mut said, mut beneath) = (Cow::Borrowed(said.as_ref()), Fields::new());
        if is_behind {
            beneath = layers.slip_beneath(*id, import, &said)?;
            let of_imports = layers.fields(*id)?;
            let others = known.fields()?.into_iter().filter(|(field, _)| !of_imports.contains_key(field));
            for (field, _) in beneath.clone().into_iter().chain(others) {
                said.to_mut().put(&field, Value::Null)?;
            }
        }
        let mut former = known.before(&said)?;
        former.append(&mut beneath);
        if !said.is_empty() {
            known.lay_over(&said);
            details.write(*id, &known)?;
        }
        if !former.is_empty() {
            remember.execute(params![id, import.0, serde_json::to_string(&former)?])?;
        }
    }
    Ok(())
}

/// Whether another import has lines of a later day.
fn is_behind(connection: &Connection, import: ImportId) -> Outcome<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM imports AS own JOIN imports AS other ON other.last_day > own.last_day \
               WHERE own.id = ?)";
    connection.query_row(sql, [import.0], |row| row.get(0))
}

/// Undoes what an import wrote: each value before it comes back, unless an import above wrote over it; then it is
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
        layers.edit(customer, Some(import), |above| {
            for (field, value) in above.iter_mut() {
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

/// What imports remember of a customer's former values: the lowest layer first, which is the import whose lines reach
/// least far, and of those that reach as far the earliest.
pub(super) struct Layers<'c> {
    find: Statement<'c>,
    update: Statement<'c>,
    delete: Statement<'c>,
}

impl<'c> Layers<'c> {
    pub(super) fn new(connection: &'c Connection) -> Outcome<Self> {
        Ok(Self {
            find: connection.prepare(
                "SELECT import_id, former FROM customer_changes JOIN imports ON imports.id = import_id \
                 WHERE customer_id = ?1 AND (?2 IS NULL OR (coalesce(CAST(last_day AS TEXT), ''), import_id) > \
                     (SELECT coalesce(CAST(last_day AS TEXT), ''), id FROM imports WHERE id = ?2)) \
                 ORDER BY coalesce(CAST(last_day AS TEXT), ''), import_id",
            )?,
            update: connection.prepare(
                "UPDATE customer_changes SET former = ?3 WHERE customer_id = ?1 AND import_id = ?2",
            )?,
            delete: connection
                .prepare("DELETE FROM customer_changes WHERE customer_id = ? AND import_id = ?")?,
        })
    }

    /// Changes what the imports above `import`, or all of them, remember; one that is left with nothing to remember
    /// forgets.
    pub(super) fn edit(
        &mut self,
        customer: i64,
        import: Option<ImportId>,
        mut change: impl FnMut(&mut Fields),
    ) -> Outcome<()> {
        let above = params![customer, import.map(|import| import.0)];
        let found = self.find.query_map(above, |row| Ok((row.get(0)?, row.get(1)?)))?;
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

    /// The fields that imports have told, each with the value before all of them.
    pub(super) fn fields(&mut self, customer: i64) -> Outcome<Fields> {
        let mut fields = Fields::new();
        self.edit(customer, None, |layer| {
            for (field, value) in layer.iter() {
                fields.entry(field.as_str()).or_insert_with(|| value.clone());
            }
        })?;
        Ok(fields)
    }

    /// Lets the imports above `import` remember what it says as the former values, and returns what they remembered.
    fn slip_beneath(
        &mut self,
        customer: i64,
        import: ImportId,
        said: &CustomerAttributes,
    ) -> Outcome<Fields> {
        let (mut said, mut beneath) = (said.fields()?, Fields::new());
        self.edit(customer, Some(import), |above| {
            for (field, value) in above.iter_mut() {
                if let Some(word) = said.remove(field) {
                    beneath.insert(field.clone(), std::mem::replace(value, word));
                }
            }
        })?;
        Ok(beneath)
    }
}
