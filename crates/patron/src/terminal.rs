//! Progress for a person at a terminal, and plain lines for everyone else.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use patron_pipeline::{Progress, Step};

/// Bars on a terminal, one line per step otherwise; remembers how long each step took.
pub(crate) struct Terminal {
    is_terminal: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    bar: Option<ProgressBar>,
    running: Vec<(Step, Instant, u64)>,
    took: Vec<(Step, Duration)>,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self { is_terminal: Term::stderr().is_term(), state: Mutex::default() }
    }

    /// How long each step took, in the order they ended.
    pub(crate) fn timings(&self) -> Vec<(Step, Duration)> {
        self.lock().took.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn bar(bytes: Option<u64>) -> ProgressBar {
        let template = match bytes {
            Some(_) => "  {msg:32} {bar:24} {bytes}/{total_bytes}  {prefix}  {eta} left",
            None => "  {msg:32} {spinner} {elapsed}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(bytes.unwrap_or(0)).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

impl Progress for Terminal {
    fn begin(&self, step: Step, bytes: Option<u64>) {
        let mut state = self.lock();
        state.running.push((step, Instant::now(), 0));
        if self.is_terminal {
            let bar = Self::bar(bytes);
            bar.set_message(step.to_string());
            state.bar = Some(bar);
        } else {
            say(&format!("{step} …"));
        }
    }

    fn advance(&self, step: Step, bytes: u64, lines: u64) {
        let mut state = self.lock();
        let Some(entry) = state.running.iter_mut().find(|(running, ..)| *running == step) else { return };
        entry.2 = lines;
        let per_second = lines as f64 / entry.1.elapsed().as_secs_f64().max(1e-3);
        if let Some(bar) = &state.bar {
            bar.set_position(bytes);
            bar.set_prefix(format!("{lines} lines, {per_second:.0}/s"));
        }
    }

    fn part(&self, step: Step, done: usize, all: usize) {
        if let Some(bar) = &self.lock().bar {
            bar.set_message(format!("{step}: {done} of {all}"));
        }
    }

    fn end(&self, step: Step) {
        let mut state = self.lock();
        if let Some(bar) = state.bar.take() {
            bar.finish_and_clear();
        }
        let Some(position) = state.running.iter().position(|(running, ..)| *running == step) else { return };
        let (_, begun, lines) = state.running.remove(position);
        let took = begun.elapsed();
        state.took.push((step, took));
        if self.is_terminal || lines > 0 {
            let lines = if lines > 0 { format!(" ({lines} lines)") } else { String::new() };
            say(&format!("  {step}{lines}: {:.1} s", took.as_secs_f64()));
        }
    }
}

/// A line for the person who watches.
pub(crate) fn say(text: &str) {
    // a terminal that went away must not stop the work
    let _ = writeln!(io::stderr().lock(), "{}", visible(text));
}

/// A result for a person, to standard output.
///
/// # Errors
/// As standard output fails; a reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    print_exactly(&visible(text))
}

/// A result for a program (CSV, JSON), to standard output, exactly as it is.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_exactly(text: &str) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// The text with every character that would steer a terminal spelled out: what stands in a file must not move the
/// cursor, change colours or turn the order of letters around.
fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_would_steer_a_terminal_is_spelled_out() {
        assert_eq!(visible("a\tb\nü €"), "a\tb\nü €");
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(visible("abc\u{202e}def\r"), "abc\\u{202e}def\\u{d}");
    }
}
