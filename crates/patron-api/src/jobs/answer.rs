//! Jobs as clients get them.

use patron_domain::ImportReport;
use patron_store::{JobRecord, JobState};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::live::{Live, Reached};
use crate::time;

/// Work that takes longer than a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its number.
    #[schema(example = 3)]
    id: i64,
    /// What it does.
    #[schema(example = "import", pattern = "^(import|refit|backtest)$")]
    kind: &'static str,
    /// `queued`, `running`, `done`, `failed`, `cancelled`, or `interrupted`: stopped with its service, and runs again when that
    /// starts.
    #[schema(example = "running", pattern = "^(queued|running|done|failed|cancelled|interrupted)$")]
    state: &'static str,
    /// Its place among those that wait for the same thread, from 1; null for one that does not wait.
    #[schema(minimum = 1)]
    place: Option<usize>,
    /// How far it is; null where that is not known any more.
    progress: Option<Reached>,
    /// Whether it was asked to stop and has not stopped yet.
    stopping: bool,
    /// When it was asked for, in UTC.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
    created_at: String,
    /// When it began last, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<String>,
    /// When it ended, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<String>,
    /// Who asked: an API key by its number, or this computer where the service has none.
    #[schema(example = "this computer")]
    asked_by: String,
    /// How often it was begun; three times at most.
    #[schema(example = 1)]
    attempts: u32,
    /// What was asked for.
    #[schema(value_type = Object)]
    request: Value,
    /// What came of it, once it is done: of an import its number, its counts and, where it is one job that is asked for,
    /// its whole report (`report`); of a refit the number of the model, which serves now, its grades and the latest test on
    /// the past; of a backtest every candidate's scores at each origin.
    #[schema(value_type = Option<Object>)]
    outcome: Option<Value>,
    /// Why it failed, in words.
    error: Option<String>,
}

impl Job {
    /// A job with what is known of it beyond the database: its live state, and its place in the queue.
    pub(crate) fn of(job: &JobRecord, live: Option<&Live>, place: Option<usize>) -> Self {
        let live = live.filter(|_| !job.state.has_ended());
        let state =
            live.map_or(job.state, |live| if live.state().has_ended() { job.state } else { live.state() });
        let stored = || job.progress.clone().and_then(|stored| serde_json::from_value(stored).ok());
        let progress = match state {
            JobState::Done => Some(Reached { fraction: 1.0, ..stored().unwrap_or_else(nothing_known) }),
            _ => live.map(Live::reached).or_else(stored),
        };
        Self {
            id: job.id.0,
            kind: job.kind.word(),
            state: state.word(),
            place,
            progress,
            stopping: live.is_some_and(|live| live.stop().is_some()),
            created_at: time(job.created_at),
            started_at: job.started_at.map(time),
            ended_at: job.ended_at.map(time),
            asked_by: job.asked_by.clone(),
            attempts: job.attempts,
            request: shown(&job.request),
            outcome: job.outcome.clone(),
            error: job.error.clone(),
        }
    }

    /// The same with the report of the import it made.
    pub(crate) fn with_report(mut self, report: &ImportReport) -> Self {
        if let (Some(Value::Object(outcome)), Ok(report)) = (&mut self.outcome, serde_json::to_value(report))
        {
            outcome.insert("report".to_owned(), report);
        }
        self
    }
}

fn nothing_known() -> Reached {
    Reached { fraction: 0.0, step: "Done".to_owned(), lines: 0 }
}

/// What was asked for, without what is absent and without the place of a file.
fn shown(request: &Value) -> Value {
    match request {
        Value::Object(fields) => {
            let told = fields.iter().filter(|(name, value)| *name != "upload" && !value.is_null());
            Value::Object(told.map(|(name, value)| (name.clone(), shown(value))).collect())
        }
        other => other.clone(),
    }
}

/// A page of jobs.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobPage {
    /// Pass it as `after` for the next page; null on the last.
    #[schema(example = 3)]
    pub(crate) next: Option<i64>,
    /// The jobs, the latest first.
    pub(crate) items: Vec<Job>,
}
