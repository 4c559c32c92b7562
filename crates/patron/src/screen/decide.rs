//! What `decide` shows.

use std::path::Path;

use patron_decisions::Decisions;
use patron_report::{format, say};

use super::plain;

/// The most important in sentences, and where the rest is.
pub(crate) fn decide(decisions: &Decisions, currency: Option<&str>, out: &Path) -> String {
    let mut lines = vec![format!("What to do, as of {}", format::day(decisions.as_of)), String::new()];
    let sentences = say::decisions(decisions, format::Currency::new(currency));
    lines.extend(sentences.into_iter().enumerate().map(|(place, said)| format!("  {}. {said}", place + 1)));
    lines.push(String::new());
    lines.push(format!("Tables        {}", out.join("decisions").display()));
    plain(&lines.join("\n"))
}
