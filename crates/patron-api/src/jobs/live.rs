//! A job while it waits and runs: how far it is, what is told of it, and whether it is to stop.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use patron_pipeline::{Progress, Step};
use patron_store::{JobKind, JobRecord, JobState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Progress that is smaller is not told.
const TOLD: f64 = 0.01;

/// Why a job is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Somebody asked for it.
    Cancelled,
    /// The service stops.
    Interrupted,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Reached {
    /// From 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.42)]
    pub(crate) fraction: f64,
    /// What it does, in words.
    #[schema(example = "Reading, cleaning, storing")]
    pub(crate) step: String,
    /// Lines read so far, where it reads a file.
    #[serde(default)]
    #[schema(example = 262144)]
    pub(crate) lines: u64,
}

/// Something that is told of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// `progress` or `end`.
    pub(crate) name: &'static str,
    /// One line of JSON.
    pub(crate) data: String,
}

/// A job that has not ended, or has ended a moment ago.
pub(crate) struct Live {
    kind: JobKind,
    stop: AtomicU8,
    told: Mutex<Told>,
}

struct Told {
    attempt: u32,
    state: JobState,
    reached: Reached,
    /// Steps that are over, and the one that runs, by their share of the whole.
    before: f64,
    share: f64,
    bytes: Option<u64>,
    events: Vec<Event>,
}

impl Live {
    pub(crate) fn new(job: &JobRecord) -> Self {
        let reached = Reached { fraction: 0.0, step: "Waiting for its turn".to_owned(), lines: 0 };
        let mut told = Told {
            attempt: job.attempts,
            state: job.state,
            reached,
            before: 0.0,
            share: 0.0,
            bytes: None,
            events: Vec::new(),
        };
        told.tell();
        Self { kind: job.kind, stop: AtomicU8::new(0), told: Mutex::new(told) }
    }

    /// It begins, for the `attempt`-th time.
    pub(crate) fn begin(&self, attempt: u32) {
        let mut told = self.told();
        told.attempt = attempt;
        told.state = JobState::Running;
    }

    /// It has ended, or been interrupted; `job` as clients get it.
    pub(crate) fn end(&self, state: JobState, job: &Value) {
        let mut told = self.told();
        told.state = state;
        if state == JobState::Done {
            told.reached.fraction = 1.0;
        }
        told.events.push(Event { name: "end", data: job.to_string() });
    }

    /// Asks it to stop; a wish to cancel it is not taken back by the service stopping.
    pub(crate) fn ask_to_stop(&self, why: Stop) {
        let why = match why {
            Stop::Cancelled => 1,
            Stop::Interrupted => 2,
        };
        // the first wish stands
        let _ = self.stop.compare_exchange(0, why, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Why it is to stop, if it is.
    pub(crate) fn stop(&self) -> Option<Stop> {
        match self.stop.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Stop::Cancelled),
            _ => Some(Stop::Interrupted),
        }
    }

    pub(crate) fn state(&self) -> JobState {
        self.told().state
    }

    pub(crate) fn reached(&self) -> Reached {
        self.told().reached.clone()
    }

    /// The number of the attempt, and what has been told since the `after`-th event of it; everything where there have
    /// not been so many.
    pub(crate) fn events_after(&self, after: usize) -> (u32, usize, Vec<Event>) {
        let told = self.told();
        let from = if after <= told.events.len() { after } else { 0 };
        (told.attempt, from, told.events[from..].to_vec())
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The share of a step in the time a job takes, roughly.
    fn share(&self, step: Step) -> f64 {
        match (self.kind, step) {
            (JobKind::Import, Step::Inspect) => 0.05,
            (JobKind::Import, Step::Import) => 0.75,
            (JobKind::Import, Step::Attributes) => 0.5,
            (JobKind::Import, _) => 0.1,
            (JobKind::Refit, Step::Load) => 0.15,
            (JobKind::Refit, Step::Forecast) => 0.35,
            (JobKind::Refit, Step::Backtest) => 0.4,
            (JobKind::Refit, Step::Commit) => 0.1,
            (JobKind::Backtest, Step::Load) => 0.2,
            (JobKind::Backtest, Step::Backtest) => 0.8,
            (JobKind::Refit | JobKind::Backtest, _) => 0.05,
        }
    }
}

impl Told {
    fn tell(&mut self) {
        let data = serde_json::json!({
            "state": self.state.word(), "fraction": self.reached.fraction, "step": self.reached.step,
            "lines": self.reached.lines,
        });
        self.events.push(Event { name: "progress", data: data.to_string() });
    }
}

impl Progress for Live {
    fn begin(&self, step: Step, bytes: Option<u64>) {
        let share = self.share(step);
        let mut told = self.told();
        told.reached.step = step.to_string();
        (told.share, told.bytes) = (share, bytes);
        told.tell();
    }

    fn advance(&self, _: Step, bytes: u64, lines: u64) {
        let mut told = self.told();
        let of = told.bytes.filter(|&all| all > 0).map_or(0.0, |all| (bytes as f64 / all as f64).min(1.0));
        let fraction = (told.before + told.share * of).min(1.0);
        told.reached.lines = lines;
        if fraction >= told.reached.fraction + TOLD {
            told.reached.fraction = fraction;
            told.tell();
        }
    }

    fn end(&self, _: Step) {
        let mut told = self.told();
        told.before = (told.before + told.share).min(1.0);
        told.reached.fraction = told.reached.fraction.max(told.before);
        told.share = 0.0;
    }

    fn stopped(&self) -> bool {
        self.stop().is_some()
    }
}
