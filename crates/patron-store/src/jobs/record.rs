//! Jobs and stored models, as callers see them.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDateTime;
use patron_domain::Day;
use serde_json::Value;

use super::ServiceId;
use crate::RunId;

/// Number of a job, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Stores a file.
    Import,
    /// Fits a model to the shop as it is.
    Refit,
    /// Forecasts the past and compares.
    Backtest,
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Import, Self::Refit, Self::Backtest];

    /// The word in the database and in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Refit => "refit",
            Self::Backtest => "backtest",
        }
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// Runs; after a process was killed, has been running.
    Running,
    /// Did what was asked.
    Done,
    /// Could not do what was asked, and says why.
    Failed,
    /// Somebody had it stopped.
    Cancelled,
    /// Was stopped with its service; runs again when that starts.
    Interrupted,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled, Self::Interrupted];

    /// The word in the database and in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether nothing more will happen.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A job about to be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// When, by the caller's clock.
    pub created_at: NaiveDateTime,
    /// Name of who asks.
    pub asked_by: String,
    /// What is asked for, in the caller's own form.
    pub request: Value,
    /// The service that is to do it.
    pub service: ServiceId,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRecord {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub state: JobState,
    /// When it was asked for.
    pub created_at: NaiveDateTime,
    /// When it began last.
    pub started_at: Option<NaiveDateTime>,
    /// When it ended.
    pub ended_at: Option<NaiveDateTime>,
    /// Name of who asked.
    pub asked_by: String,
    /// How often it was begun; a shutdown that it was told of is not counted.
    pub attempts: u32,
    /// What was asked for.
    pub request: Value,
    /// How far it was when that was last noted.
    pub progress: Option<Value>,
    /// What came of it.
    pub outcome: Option<Value>,
    /// Why it failed, in words.
    pub error: Option<String>,
    /// The service that does it.
    pub service: ServiceId,
}

/// How a job ends.
#[derive(Clone, Debug, PartialEq)]
pub struct JobEnd {
    /// As what: [`JobState::has_ended`].
    pub state: JobState,
    /// When, by the caller's clock.
    pub ended_at: NaiveDateTime,
    /// How far it was.
    pub progress: Option<Value>,
    /// What came of it.
    pub outcome: Option<Value>,
    /// Why it failed, in words.
    pub error: Option<String>,
}

/// A page of jobs, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobList {
    /// Only jobs before this one, where there was a page before.
    pub after: Option<JobId>,
    /// Jobs at most.
    pub limit: u32,
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this kind.
    pub kind: Option<JobKind>,
}

/// A stored model run, without the fitted forecaster itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelEntry {
    /// Its number.
    pub id: RunId,
    /// When it was stored.
    pub created_at: NaiveDateTime,
    /// The day up to which it has seen.
    pub as_of: Day,
    /// Name of the forecaster.
    pub forecaster: String,
    /// Parameters and settings.
    pub parameters: Value,
    /// Scores.
    pub metrics: Value,
    /// Whether a fitted forecaster is stored with it.
    pub can_serve: bool,
    /// Whether it is the one that serves.
    pub serving: bool,
}
