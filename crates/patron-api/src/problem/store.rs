//! What a client is told of an error of the database: of what was asked for everything, of files and disks only what
//! is to be done.

use actix_web::http::StatusCode;
use patron_store::{RejectedRow, StoreError};

use super::{Problem, Referring};
use crate::FieldError;

pub(super) fn problem(error: &StoreError) -> Problem {
    let told = |status: StatusCode, kind: &str, title: &'static str| {
        Problem::new(status, kind, title, error.to_string())
    };
    match error {
        StoreError::Missing { what, .. } => {
            told(StatusCode::NOT_FOUND, &format!("unknown-{what}"), no_such(what))
        }
        StoreError::UnknownName { what, .. } => {
            told(StatusCode::NOT_FOUND, &format!("unknown-{what}"), no_such(what))
        }
        StoreError::UnknownCustomer(_) => {
            told(StatusCode::NOT_FOUND, "unknown-customer", no_such("customer"))
        }
        StoreError::UnknownImport(_) => told(StatusCode::NOT_FOUND, "unknown-import", no_such("import")),
        StoreError::UnknownRun(_) => told(StatusCode::NOT_FOUND, "unknown-model", no_such("model")),
        StoreError::UnknownRule { .. } => told(StatusCode::NOT_FOUND, "unknown-rule", no_such("rule")),
        StoreError::UnknownQuery { .. } => told(StatusCode::NOT_FOUND, "unknown-query", no_such("query")),
        StoreError::Invalid { .. } => Problem {
            errors: fields(error),
            ..told(StatusCode::UNPROCESSABLE_ENTITY, "bad-fields", "Fields that cannot be used")
        },
        StoreError::Rejected { rows } => Problem {
            errors: rows.iter().flat_map(of_row).collect(),
            ..told(StatusCode::UNPROCESSABLE_ENTITY, "bad-fields", "Fields that cannot be used")
        },
        StoreError::Taken { .. } => {
            Problem { errors: fields(error), ..told(StatusCode::CONFLICT, "taken", "There is one already") }
        }
        StoreError::Changed { .. } => {
            told(StatusCode::PRECONDITION_FAILED, "changed", "Changed in the meantime")
        }
        StoreError::Referenced { by, count, .. } => Problem {
            referring: Some(Referring { what: by, count: *count }),
            ..told(StatusCode::CONFLICT, "referenced", "Others refer to it")
        },
        StoreError::AlreadyImported { .. } => {
            told(StatusCode::CONFLICT, "already-imported", "Imported already")
        }
        StoreError::NothingMatched { .. } | StoreError::Contradiction { .. } => {
            told(StatusCode::UNPROCESSABLE_ENTITY, "bad-file", "A file that cannot be used")
        }
        StoreError::MissingParameter { .. } | StoreError::UnwantedParameter { .. } => {
            told(StatusCode::BAD_REQUEST, "bad-parameters", "Parameters that cannot be used")
        }
        StoreError::Busy => told(StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy"),
        StoreError::Locked { .. } => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Busy",
            "something else is writing to the database, such as an import; try again in a moment".to_owned(),
        ),
        StoreError::ReadOnly { .. } => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "read-only",
            "The database is read-only",
            "the database cannot be written to; whoever runs the service must make it writable".to_owned(),
        ),
        StoreError::NotFound { .. }
        | StoreError::CannotOpen { .. }
        | StoreError::Unavailable { .. }
        | StoreError::Refused { .. } => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no-database",
            "The database cannot be reached",
            "the database cannot be reached; try again in a moment".to_owned(),
        ),
        StoreError::OutcomeUnknown { .. } => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "outcome-unknown",
            "Nobody knows whether the change was made",
            "the connection to the database was lost in the middle of it; look before making it again"
                .to_owned(),
        ),
        StoreError::DiskFull { .. } => Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk-full",
            "No room left",
            "no room left on the disk of the database; nothing was stored".to_owned(),
        ),
        StoreError::UnsupportedUrl { .. }
        | StoreError::NoTls { .. }
        | StoreError::NoDump { .. }
        | StoreError::DumpFailed { .. }
        | StoreError::NotADatabase { .. }
        | StoreError::NotPatron { .. }
        | StoreError::Newer { .. }
        | StoreError::Damaged { .. }
        | StoreError::UnevenBatch { .. }
        | StoreError::UnknownCode { .. }
        | StoreError::OrderWithoutLine { .. }
        | StoreError::CountMismatch { .. }
        | StoreError::BrokenReference { .. }
        | StoreError::Unreadable { .. }
        | StoreError::Outdated { .. }
        | StoreError::Sql { .. }
        | StoreError::SqlEmpty
        | StoreError::SqlSeveral
        | StoreError::SqlNotReading { .. }
        | StoreError::SqlTimeout { .. }
        | StoreError::SqlTooLarge { .. }
        | StoreError::BackupExists { .. }
        | StoreError::BackupOntoItself { .. }
        | StoreError::BackupInUse { .. }
        | StoreError::BackupFailed { .. }
        | StoreError::BackupDiffers { .. }
        | StoreError::Stopped
        | StoreError::Json(_)
        | StoreError::Other { .. } => Problem::internal(),
    }
}

/// Field by field, what is wrong with a row.
fn fields(error: &StoreError) -> Vec<FieldError> {
    match error {
        StoreError::Invalid { fields } => {
            fields.iter().map(|wrong| FieldError::new(wrong.field, wrong.reason.as_str())).collect()
        }
        StoreError::Taken { what, .. } => vec![FieldError::new(word(what), error.to_string())],
        other => vec![FieldError::new("row", other.to_string())],
    }
}

fn of_row(rejected: &RejectedRow) -> Vec<FieldError> {
    fields(&rejected.error).into_iter().map(|error| error.in_row(rejected.row)).collect()
}

/// The field with the shop's own word for a kind of row.
fn word(what: &str) -> &'static str {
    match what {
        "customer" => "external_id",
        "product" => "sku",
        "transaction" => "invoice_number",
        _ => "id",
    }
}

fn no_such(what: &str) -> &'static str {
    match what {
        "customer" => "No such customer",
        "product" => "No such product",
        "transaction" | "order" => "No such transaction",
        "sale" => "No such sale",
        "date" => "No such day",
        "import" => "No such import",
        "model" => "No such model",
        _ => "No such thing",
    }
}
