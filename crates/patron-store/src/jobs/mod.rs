//! Work that takes longer than a request, and which of the stored models serves.

mod lease;
mod record;
mod rows;
mod serving;

pub use lease::{Lease, ServiceId};
pub use record::{JobEnd, JobId, JobKind, JobList, JobRecord, JobState, ModelEntry, NewJob};
