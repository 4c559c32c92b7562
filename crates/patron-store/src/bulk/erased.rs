//! People who were erased do not come back with a file.

use std::borrow::Cow;

use patron_domain::{CustomerAttributes, CustomerRow, QuarantinedLine};

use crate::access::{ERASED_TEXT, Erased};
use crate::error::{OptionalExtension, Outcome};
use crate::raw::Connection;

/// Those who were erased so far.
pub(super) fn load(connection: &Connection) -> Outcome<Erased> {
    let salt = connection.query_row("SELECT salt FROM erased_salt", [], |row| row.get(0)).optional()?;
    let Some(salt) = salt else { return Ok(Erased::default()) };
    let mut statement = connection.prepare("SELECT mark, stand_in FROM erased")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Erased::new(salt, rows.collect::<Result<Vec<(String, String)>, _>>()?))
}

/// A line that was set aside, without its text where that names one of them.
pub(super) fn without_names<'l>(erased: &Erased, line: &'l QuarantinedLine) -> Cow<'l, QuarantinedLine> {
    if !erased.is_in(&line.raw) {
        return Cow::Borrowed(line);
    }
    let (reason, raw) = (ERASED_TEXT.to_owned(), ERASED_TEXT.to_owned());
    Cow::Owned(QuarantinedLine { reason, raw, rule: line.rule.clone(), ..*line })
}

/// Whether contact data are those of one of them, by the e-mail address.
pub(super) fn is_told_of(erased: &Erased, said: &CustomerAttributes) -> bool {
    said.email.as_deref().is_some_and(|email| erased.stand_in(email).is_some())
}

/// The rows of a file of customers that are about others.
pub(super) fn about_others<'r>(erased: &Erased, rows: &'r [CustomerRow]) -> Cow<'r, [CustomerRow]> {
    let is_about_them = |row: &CustomerRow| {
        let id = row.external_id.as_deref();
        id.is_some_and(|id| erased.stand_in(id).is_some()) || is_told_of(erased, &row.attributes)
    };
    if erased.is_empty() || !rows.iter().any(is_about_them) {
        return Cow::Borrowed(rows);
    }
    Cow::Owned(rows.iter().filter(|row| !is_about_them(row)).cloned().collect())
}
