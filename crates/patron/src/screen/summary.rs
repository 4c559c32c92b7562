//! The last screen of a whole run.

use std::path::Path;
use std::time::Duration;

use patron_pipeline::{AddedFile, Step, Written};

use super::attributes;

/// What the last screen is made of.
pub(crate) struct Summary<'a> {
    pub(crate) written: &'a Written,
    pub(crate) out: &'a Path,
    pub(crate) database: &'a str,
    /// Said first, where nothing new was imported.
    pub(crate) already_there: Option<String>,
    /// Files of customers, products and costs that came with this run.
    pub(crate) added: &'a [AddedFile],
}

/// One screen: what was read, what was set aside, what can be forecast, three things to know, where it lies.
pub(crate) fn summary(summary: &Summary<'_>) -> String {
    let screen = &summary.written.screen;
    let mut lines: Vec<String> = summary.already_there.iter().cloned().collect();
    labelled(&mut lines, "Read", &screen.read);
    labelled(&mut lines, "Understood", &screen.understood);
    labelled(&mut lines, "Set aside", &screen.set_aside);
    if screen.set_aside.len() > 1 {
        let quarantine = summary.out.join("quarantine.csv");
        lines.push(format!("{:14}every one of them is in {}", "", quarantine.display()));
    }
    if !summary.added.is_empty() {
        labelled(&mut lines, "Added", &attributes::lines(summary.added));
    }
    labelled(&mut lines, "How sure?", &screen.enough);
    lines.push(String::new());
    lines.push("Three things to know".to_owned());
    for (index, finding) in screen.findings.iter().enumerate() {
        lines.push(format!("  {}. {}", index + 1, finding.sentence));
    }
    lines.push(String::new());
    let files = [
        ("Report", summary.written.report.display().to_string()),
        (
            "Tables",
            format!(
                "{}, predictions.csv, models.json, model_card.json",
                summary.out.join("analytics").display()
            ),
        ),
        ("Database", summary.database.to_owned()),
    ];
    lines.extend(files.into_iter().map(|(label, place)| format!("{label:14}{place}")));
    lines.push("Nothing left this machine.".to_owned());
    lines.join("\n")
}

fn labelled(lines: &mut Vec<String>, label: &str, texts: &[String]) {
    for (index, text) in texts.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        lines.push(format!("{label:14}{text}"));
    }
}

/// Where the time went.
pub(crate) fn timings(steps: &[(Step, Duration)]) -> String {
    let mut lines: Vec<String> = steps
        .iter()
        .map(|(step, took)| format!("{:34} {:7.3} s", step.to_string(), took.as_secs_f64()))
        .collect();
    let total: Duration = steps.iter().map(|(_, took)| *took).sum();
    lines.push(format!("{:34} {:7.3} s", "together", total.as_secs_f64()));
    lines.join("\n")
}
