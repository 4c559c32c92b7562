//! The last screen of a run, as plain lines.

use patron_domain::ImportReport;

use super::{Context, Finding, bridge, findings};
use crate::format::{self, plain};
use crate::say::{self, Verdict};

/// What the last screen tells, in its order; where files lie is for the caller to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// What was read: one line per file.
    pub read: Vec<String>,
    /// Which column served as what, and how dates were read: one line per file; after it what the file does not tell or
    /// what can be read only roughly.
    pub understood: Vec<String>,
    /// What was set aside, in all and rule by rule.
    pub set_aside: Vec<String>,
    /// How far forecasts may be trusted (tested, rough, not enough data) and why, one line per horizon, and
    /// what it takes to know the margin; or why there is no forecast.
    pub enough: Vec<String>,
    /// Three things to know.
    pub findings: [Finding; 3],
}

pub(super) fn screen(context: &Context<'_>) -> Screen {
    Screen {
        read: context.imports.iter().map(read).collect(),
        understood: context.imports.iter().flat_map(understood).collect(),
        set_aside: set_aside(context),
        enough: enough(context),
        findings: findings::three(context).map(|finding| Finding {
            number: plain(&finding.number),
            sentence: plain(&finding.sentence),
            ..finding
        }),
    }
}

fn read(import: &ImportReport) -> String {
    let span = match (import.before.first_day, import.before.last_day) {
        (Some(first), Some(last)) => format!(", {} to {}", format::day(first), format::day(last)),
        _ => String::new(),
    };
    let kind = import.file.recognised.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
    plain(&format!("{}{kind}: {}{span}", import.file.name, rows_and_lines(import)))
}

/// `541,909 lines`; `57 rows, 122 lines with shipping, tax and refunds` where rows describe orders too.
fn rows_and_lines(import: &ImportReport) -> String {
    let lines = format::counted(import.lines_read as i64, "line", "lines");
    match &import.order_form {
        None => lines,
        Some(form) => {
            let rows = format::counted(form.rows as i64, "row", "rows");
            format!("{rows}, {lines} with shipping, tax and refunds")
        }
    }
}

fn understood(import: &ImportReport) -> Vec<String> {
    let columns = import.mapping.iter().map(|column| format!("{} = {}", column.field, column.column));
    let all: Vec<String> = columns.chain([format!("dates: {}", import.dates)]).collect();
    let told = std::iter::once(all.join(", ")).chain(bridge::reservations(import));
    told.map(|words| plain(&words)).collect()
}

fn set_aside(context: &Context<'_>) -> Vec<String> {
    let mut lines = vec![plain(&bridge::set_aside(context.imports))];
    let rejected = bridge::rejected(context.imports);
    lines.extend(rejected.into_iter().map(|(rule, _, count, amount)| {
        plain(&format!(
            "{rule}: {}, {}",
            format::counted(count as i64, "line", "lines"),
            context.currency.exact(amount)
        ))
    }));
    lines
}

fn enough(context: &Context<'_>) -> Vec<String> {
    let forecast = match context.forecast() {
        Ok(forecast) => forecast,
        Err(reason) => return vec![plain(&format!("no forecast: {reason}"))],
    };
    let models = forecast.models;
    let checks = models.data_check.horizons.iter();
    let margin_known = forecast.customers.iter().any(|row| row.clv_margin.is_some());
    let unknown = (!margin_known).then(|| plain(&say::margin_unknown()));
    let horizons = checks.map(|check| {
        let period = say::period(context.input.as_of, check.horizon);
        let (verdict, why) = (Verdict::of(models, check.horizon), say::verdict_reason(models, check.horizon));
        plain(&format!("{period}: {verdict}. {why}"))
    });
    horizons.chain(unknown).collect()
}
