//! After customers, products or costs were added.

use patron_domain::AttributeKind;
use patron_pipeline::AddedFile;

use super::grouped;

/// Names shown of what did not match.
const NAMED: usize = 10;

/// What matched, what did not, and what looks odd.
pub(crate) fn added(files: &[AddedFile], database: &str) -> String {
    let mut lines = lines(files);
    let rest = if files.iter().any(|file| file.unmatched.len() > NAMED) {
        ", and unmatched.csv with all that is not in the shop"
    } else {
        ""
    };
    lines.push(format!("All of it is in {database}; patron analyze writes the report with it{rest}."));
    lines.join("\n")
}

/// The same without a place: for the last screen of a whole run.
pub(crate) fn lines(files: &[AddedFile]) -> Vec<String> {
    let mut lines = Vec::new();
    for file in files {
        lines.push(match file.kind {
            AttributeKind::Costs => {
                format!("{}: {} lines of marketing costs", file.name, grouped(file.lines))
            }
            AttributeKind::Customers | AttributeKind::Products => format!(
                "{}: {} of {} lines found their {}",
                file.name,
                grouped(file.matched),
                grouped(file.lines),
                if file.kind == AttributeKind::Customers { "customer" } else { "product" },
            ),
        });
        if !file.unmatched.is_empty() {
            let named: Vec<&str> = file.unmatched.iter().take(NAMED).map(String::as_str).collect();
            let more = file.unmatched.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {} more", grouped(more as u64)) } else { String::new() };
            lines.push(format!("  not in the shop: {}{more}", named.join(", ")));
        }
        if !file.ignored.is_empty() {
            lines.push(format!("  columns not used: {}", file.ignored.join(", ")));
        }
        lines.extend(file.warnings.iter().map(|warning| format!("  note: {warning}")));
    }
    lines
}
