//! A number, what it is made of, and the lines behind it.

use std::path::Path;

use patron_domain::{Day, Money, QuarantinedLine};
use patron_pipeline::{Explained, SetAside, Tally, line_time};
use patron_report::format::{Currency, exact_money, long_month};
use patron_store::{ExplainedLine, LineFilter, QuarantineRule};

use super::{grouped, plain};

/// Longest text shown of a description or of a raw line.
const SHOWN: usize = 48;

/// Revenue under a filter.
pub(crate) fn explained(
    filter: &LineFilter,
    explained: &Explained,
    span: Option<(Day, Day)>,
    currency: Option<&str>,
    csv: Option<&Path>,
) -> String {
    let currency = Currency::new(currency);
    let mut lines = vec![
        format!("Product revenue{}: {}", of(filter), currency.exact(explained.revenue())),
        part("sold, after discounts", explained.sales),
        part("returned or cancelled", explained.returns),
    ];
    if explained.discounts != Money::ZERO {
        lines.push(format!(
            "  Discounts of {} are taken off what was sold.",
            exact_money(explained.discounts)
        ));
    }
    if explained.services.lines > 0 {
        lines.push(format!(
            "  Not in it: shipping, tax, tips, gift cards and fees, {} lines worth {}.",
            grouped(explained.services.lines),
            exact_money(explained.services.amount)
        ));
    }
    if let (0, Some((first, last))) = (explained.sales.lines + explained.returns.lines, span) {
        lines.push(format!("  No line fits; the log runs from {first} to {last}."));
    }
    lines.push("  A return counts on its own day, also where the sale was earlier.".to_owned());
    if !explained.first.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "{:19}  {:>12}  {:>12}  {:12}  {:>6}  {:>12}  {:>14}  file line, description",
            "time", "order", "customer", "product", "units", "unit price", "amount"
        ));
        lines.extend(explained.first.iter().map(line));
    }
    lines.extend(rest(explained.sales.lines + explained.returns.lines, explained.first.len(), csv));
    plain(&lines.join("\n"))
}

fn part(what: &str, tally: Tally) -> String {
    format!("  {what:24}{:>12} lines  {:>20}", grouped(tally.lines), exact_money(tally.amount))
}

/// " of November 2011, customer 12346".
fn of(filter: &LineFilter) -> String {
    let parts: Vec<String> = [
        filter.month.map(long_month),
        filter.customer.as_ref().map(|id| format!("customer {id}")),
        filter.product.as_ref().map(|sku| format!("product {sku}")),
        filter.country.clone(),
        filter.order.as_ref().map(|number| format!("order {number}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { " of the whole log".to_owned() } else { format!(" of {}", parts.join(", ")) }
}

fn line(line: &ExplainedLine) -> String {
    let place = match (&line.file_name, line.line) {
        (Some(file), Some(number)) => format!("{file}:{number}"),
        _ => "not from a file".to_owned(),
    };
    format!(
        "{:19}  {:>12}  {:>12}  {:12}  {:>6}  {:>12}  {:>14}  {place}, {}",
        line_time(line),
        line.invoice,
        line.customer.as_deref().unwrap_or("-"),
        line.sku.as_deref().unwrap_or("-"),
        line.quantity,
        exact_money(line.unit_price),
        exact_money(line.amount),
        cut(&line.description)
    )
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let head: String = text.chars().take(SHOWN - 1).collect();
    format!("{}…", head.trim_end())
}

fn rest(all: u64, shown: usize, csv: Option<&Path>) -> Option<String> {
    let more = all.saturating_sub(shown as u64);
    match csv {
        Some(path) => Some(format!("All {} lines are in {}.", grouped(all), path.display())),
        None if more > 0 => {
            Some(format!("… and {} more lines: --csv FILE writes all of them.", grouped(more)))
        }
        None => None,
    }
}

/// What the cleaning rules set aside, rule by rule.
pub(crate) fn set_aside(rules: &[(QuarantineRule, Money)]) -> String {
    if rules.is_empty() {
        return "No line was set aside.".to_owned();
    }
    let mut lines = vec!["Lines set aside, by rule:".to_owned()];
    lines.extend(rules.iter().map(|(rule, before)| {
        let after = after_discounts(rule, *before);
        format!("  {:28}{:>12} lines  {:>20}{after}", rule.rule, grouped(rule.lines), exact_money(*before))
    }));
    lines.push("See the lines of one with: patron explain set-aside --rule NAME".to_owned());
    plain(&lines.join("\n"))
}

/// ", after discounts 1,182.85" where there were any.
fn after_discounts(rule: &QuarantineRule, before: Money) -> String {
    if rule.amount == before {
        return String::new();
    }
    format!(", after discounts {}", exact_money(rule.amount))
}

/// Where an order went that is not in the revenue.
pub(crate) fn order_set_aside(number: &str, found: &[(String, QuarantinedLine)]) -> String {
    let mut lines = vec![format!("Order {number} is not in the revenue: its lines were set aside.")];
    lines.extend(
        found.iter().map(|(file, line)| format!("  {file}:{}  {}: {}", line.line, line.rule, line.reason)),
    );
    plain(&lines.join("\n"))
}

/// The lines one rule set aside.
pub(crate) fn set_aside_by(found: &SetAside, csv: Option<&Path>) -> String {
    let SetAside { rule, before_discounts, first } = found;
    let mut lines = vec![format!(
        "Set aside by the rule '{}': {} lines worth {}{}",
        rule.rule,
        grouped(rule.lines),
        exact_money(*before_discounts),
        after_discounts(rule, *before_discounts)
    )];
    lines.extend(first.iter().map(|(file, line)| {
        let amount = line.amount.map_or_else(|| "no amount".to_owned(), exact_money);
        format!("  {file}:{}  {amount}  {}\n      {}", line.line, line.reason, cut(&line.raw))
    }));
    lines.extend(rest(rule.lines, first.len(), csv));
    plain(&lines.join("\n"))
}
