//! Why a job is not taken, stopped or shown.

use std::io;

use actix_web::http::StatusCode;
use patron_store::{JobId, JobState};

/// Why a job is not taken, stopped or shown.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Too many jobs wait.
    #[error(
        "{waiting} jobs of this kind are waiting already; ask again when one of them has ended (GET /api/v1/jobs)"
    )]
    QueueFull {
        /// How many.
        waiting: usize,
    },
    /// A job that has ended cannot be stopped.
    #[error("job {id} has ended ({state}): there is nothing to stop")]
    Ended {
        /// Its number.
        id: JobId,
        /// How it ended.
        state: JobState,
    },
    /// Another service of the database does the job.
    #[error("job {id} is done by another service of this database; ask that one")]
    Elsewhere {
        /// Its number.
        id: JobId,
    },
    /// The service is about to stop.
    #[error("the service is stopping; ask again when it has started")]
    Stopping,
    /// The file could not be kept.
    #[error("the file could not be kept on the disk of the service: {0}")]
    Upload(#[from] io::Error),
    /// The file did not come to its end.
    #[error("the file was not sent to its end: {reason}; send it again")]
    Incomplete {
        /// What is known of it.
        reason: String,
    },
    /// Nothing was sent.
    #[error("the body of this request is the file, and it is empty")]
    Empty,
    /// A file that is no model, or a model that cannot be taken out.
    #[error(transparent)]
    Model(#[from] patron_models::ModelError),
    /// No model can serve.
    #[error("{0}")]
    NoModel(String),
}

impl JobError {
    /// Status, kind and title for a client.
    pub(crate) fn told(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::QueueFull { .. } => (StatusCode::SERVICE_UNAVAILABLE, "queue-full", "Too many jobs wait"),
            Self::Ended { .. } => (StatusCode::CONFLICT, "job-ended", "The job has ended"),
            Self::Elsewhere { .. } => (StatusCode::CONFLICT, "job-elsewhere", "Another service does the job"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping", "The service is stopping"),
            Self::Upload(error) if is_full(error) => {
                (StatusCode::INSUFFICIENT_STORAGE, "disk-full", "No room for the file")
            }
            Self::Upload(_) => (StatusCode::INTERNAL_SERVER_ERROR, "upload", "The file could not be kept"),
            Self::Incomplete { .. } => (StatusCode::BAD_REQUEST, "incomplete", "The file is not complete"),
            Self::Empty => (StatusCode::BAD_REQUEST, "empty", "An empty file"),
            Self::Model(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad-model", "A model that cannot be used"),
            Self::NoModel(_) => (StatusCode::NOT_FOUND, "unknown-model", "No such model"),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
