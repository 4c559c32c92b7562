//! From bodies to rows, and from what the store finds wrong with them back to the fields of the bodies.

use patron_store::StoreError;

use super::Writable;
use super::given::{Given, Object};
use super::zone::Zone;
use crate::{ApiError, FieldError};

/// Rows with errors that are told.
const MOST_WRONG: usize = 100;

/// The fields with which a body names other rows by their number.
pub(crate) type ById = Vec<&'static str>;

/// A row.
///
/// # Errors
/// [`ApiError::BadFields`].
pub(crate) fn row_of<R: Writable>(object: Object, zone: Zone) -> Result<(R::New, ById), ApiError> {
    read::<R>(object, zone).map_err(ApiError::BadFields)
}

/// As [`row_of`], row by row; in a list, errors tell their rows.
///
/// # Errors
/// [`ApiError::BadFields`] with the errors of the first 100 rows that have any.
pub(crate) fn rows_of<R: Writable>(
    objects: Vec<Object>,
    is_list: bool,
    zone: Zone,
) -> Result<(Vec<R::New>, Vec<ById>), ApiError> {
    let (mut rows, mut by_id) = (Vec::with_capacity(objects.len()), Vec::with_capacity(objects.len()));
    let (mut errors, mut wrong_rows) = (Vec::new(), 0);
    for (place, object) in objects.into_iter().enumerate() {
        match read::<R>(object, zone) {
            Ok((row, ids)) => {
                rows.push(row);
                by_id.push(ids);
            }
            Err(wrong) if is_list => {
                errors.extend(wrong.into_iter().map(|error| error.in_row(place)));
                wrong_rows += 1;
                if wrong_rows == MOST_WRONG {
                    break;
                }
            }
            Err(wrong) => errors.extend(wrong),
        }
    }
    if errors.is_empty() { Ok((rows, by_id)) } else { Err(ApiError::BadFields(errors)) }
}

fn read<R: Writable>(object: Object, zone: Zone) -> Result<(R::New, ById), Vec<FieldError>> {
    let mut given = Given::new(object, zone);
    let row = R::row(&mut given);
    let by_id = given.finish(R::FIELDS)?;
    // a row that lacks something has said so
    row.map(|row| (row, by_id)).ok_or_else(Vec::new)
}

/// What the store finds wrong, field by field as the body calls them; `by_id`: row by row.
pub(crate) fn in_clients_words<R: Writable>(error: ApiError, by_id: &[ById]) -> ApiError {
    match error {
        ApiError::Store(StoreError::Invalid { fields }) => {
            let by_id = by_id.first().map_or(&[][..], Vec::as_slice);
            let told = |wrong: patron_store::FieldError| {
                FieldError::new(name::<R>(wrong.field, by_id), wrong.reason)
            };
            ApiError::BadFields(fields.into_iter().map(told).collect())
        }
        ApiError::Store(StoreError::Rejected { rows }) => {
            let mut errors = Vec::new();
            for rejected in rows {
                let by_id = by_id.get(rejected.row).map_or(&[][..], Vec::as_slice);
                match rejected.error {
                    StoreError::Invalid { fields } => errors.extend(fields.into_iter().map(|wrong| {
                        FieldError::new(name::<R>(wrong.field, by_id), wrong.reason).in_row(rejected.row)
                    })),
                    other => {
                        errors.push(FieldError::new(R::WORD_FIELD, other.to_string()).in_row(rejected.row))
                    }
                }
            }
            ApiError::BadFields(errors)
        }
        other => other,
    }
}

/// The name a client knows a field by.
fn name<R: Writable>(field: &'static str, by_id: &[&str]) -> &'static str {
    match R::REFERS.iter().find(|refers| refers.name == field) {
        Some(refers) if by_id.contains(&refers.id) => refers.id,
        Some(refers) => refers.word,
        None => field,
    }
}
