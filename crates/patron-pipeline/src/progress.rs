//! What a use case tells while it works.

use std::fmt;

use crate::PipelineError;

/// A part of the work, in the order it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Making the demo shop's export file.
    Demo,
    /// Making up a whole shop.
    Plan,
    /// Writing customers, products and costs of an invented shop.
    Lists,
    /// Writing its sales.
    Invent,
    /// Finding out what the file is.
    Inspect,
    /// Reading, cleaning and storing.
    Import,
    /// Loading the lines of an earlier import from the database.
    Load,
    /// Sorting lines into the table.
    Sort,
    /// Reading customers, products and costs files.
    Attributes,
    /// Answering the questions about customers, products, countries and time.
    Answers,
    /// Answering the questions about groups of customers and products.
    Groups,
    /// Fitting the forecast and computing every customer's value.
    Forecast,
    /// Forecasting the past and comparing.
    Backtest,
    /// Working out what to do.
    Decide,
    /// Waiting for the database to finish.
    Commit,
    /// Writing tables and report.
    Report,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Demo => "Making a demo shop",
            Self::Plan => "Making up a shop",
            Self::Lists => "Writing customers, products, costs",
            Self::Invent => "Writing sales",
            Self::Inspect => "Looking at the file",
            Self::Import => "Reading, cleaning, storing",
            Self::Load => "Loading from the database",
            Self::Sort => "Sorting by customer",
            Self::Attributes => "Reading customers, products, costs",
            Self::Answers => "Answering questions",
            Self::Groups => "Comparing groups",
            Self::Forecast => "Forecasting every customer",
            Self::Backtest => "Testing the forecast on the past",
            Self::Decide => "Working out what to do",
            Self::Commit => "Finishing the database",
            Self::Report => "Writing tables and report",
        })
    }
}

/// Listens to a use case. Methods are called from the thread that runs it.
pub trait Progress: Sync {
    /// A step begins; `bytes` is its size where known ([`Step::Invent`]: customers).
    fn begin(&self, step: Step, bytes: Option<u64>);
    /// So much of it is done.
    fn advance(&self, step: Step, bytes: u64, lines: u64);
    /// Of the equal parts of a step so many are done; called from any thread.
    fn part(&self, _step: Step, _done: usize, _all: usize) {}
    /// It ends.
    fn end(&self, step: Step);
    /// Whether the work is to stop; asked from any thread, between batches of lines and between the parts of a fit.
    /// Work that is stopped leaves nothing and returns [`PipelineError::Stopped`]. A commit that has begun, and the
    /// fit of a single model, cannot stop in the middle.
    fn stopped(&self) -> bool {
        false
    }
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Step, _: Option<u64>) {}
    fn advance(&self, _: Step, _: u64, _: u64) {}
    fn end(&self, _: Step) {}
}

/// Goes on, unless the work is to stop.
pub(crate) fn go_on(progress: &dyn Progress) -> Result<(), PipelineError> {
    if progress.stopped() { Err(PipelineError::Stopped) } else { Ok(()) }
}

/// Runs `work` as one step.
pub(crate) fn step<T>(progress: &dyn Progress, step: Step, work: impl FnOnce() -> T) -> T {
    progress.begin(step, None);
    let done = work();
    progress.end(step);
    done
}
