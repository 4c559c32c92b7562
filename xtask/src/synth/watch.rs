//! Progress: one line that changes on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use patron_pipeline::{Progress, Step};

/// How often something is said where nobody sees a line change.
const SELDOM: Duration = Duration::from_secs(20);
/// And on a terminal.
const OFTEN: Duration = Duration::from_millis(200);

/// Says how far the work is, to standard error.
pub(super) struct Watch {
    is_terminal: bool,
    state: Mutex<Option<Running>>,
}

struct Running {
    begun: Instant,
    said: Instant,
    whole: Option<u64>,
    lines: u64,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { is_terminal: stderr().is_terminal(), state: Mutex::new(None) }
    }

    /// Overwrites the line on a terminal. One that went away must not stop the work.
    fn write(&self, text: &str, stays: bool) {
        let _ = match (self.is_terminal, stays) {
            (true, false) => write!(stderr(), "\r\u{1b}[K{text}"),
            (true, true) => writeln!(stderr(), "\r\u{1b}[K{text}"),
            (false, _) => writeln!(stderr(), "{text}"),
        };
    }
}

impl Progress for Watch {
    fn begin(&self, step: Step, whole: Option<u64>) {
        let now = Instant::now();
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Running { begun: now, said: now, whole, lines: 0 });
        if self.is_terminal {
            self.write(&format!("  {step} …"), false);
        }
    }

    fn advance(&self, step: Step, done: u64, lines: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = state.as_mut() else { return };
        running.lines = lines;
        if running.said.elapsed() < if self.is_terminal { OFTEN } else { SELDOM } {
            return;
        }
        running.said = Instant::now();
        let seconds = running.begun.elapsed().as_secs_f64();
        let share = running.whole.filter(|whole| *whole > 0).map(|whole| done as f64 / whole as f64);
        let left = share.filter(|share| *share > 0.0).map_or_else(String::new, |share| {
            format!(", {:.0} %, {:.0} s left", 100.0 * share, seconds / share - seconds)
        });
        self.write(&format!("  {step}: {lines} lines, {:.0}/s{left}", lines as f64 / seconds), false);
    }

    fn end(&self, step: Step) {
        let running = self.state.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { begun, lines, .. }) = running else { return };
        let lines = if lines > 0 { format!(" ({lines} lines)") } else { String::new() };
        self.write(&format!("  {step}{lines}: {:.1} s", begun.elapsed().as_secs_f64()), true);
    }
}
