//! What was left out of these numbers? The bridge from the file's total to the report's total.

use maud::{Markup, html};
use patron_analytics::Answers;
use patron_domain::{ImportReport, Money, RuleAction};

use super::Context;
use crate::page::{Section, caveat, how_counted};
use crate::tables::overview;
use crate::{Step, Table, TableView, Waterfall, format};

/// One line of the bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeLine {
    /// What it is.
    pub name: String,
    /// In words.
    pub meaning: String,
    /// Lines of the file, where they can be counted.
    pub lines: Option<u64>,
    /// A total, or what is taken off (negative) or added.
    pub amount: Money,
    /// Whether the amount is a total of the lines above.
    pub total: bool,
}

/// From the files' total to the report's total, rule by rule, to the last ten-thousandth.
///
/// Each total is the sum of the total before it and the changes between. What the reports do not explain (sales
/// that came another way than these imports) is a line of its own, so the bridge always adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The lines from top to bottom.
    pub lines: Vec<BridgeLine>,
    /// What no rule and no kind of line explains; zero when all is well.
    pub unexplained: Money,
}

impl Bridge {
    /// The bridge of these imports to the revenue of these answers.
    pub fn of(imports: &[ImportReport], answers: &Answers) -> Self {
        let mut bridge = Self { lines: Vec::new(), unexplained: Money::ZERO };
        let sum = |value: fn(&ImportReport) -> Money| -> Money { imports.iter().map(value).sum() };
        let name = match imports {
            [one] => format!("All lines of {}", one.file.name),
            many => format!("All lines of {} files", many.len()),
        };
        let file_total = sum(|import| import.before.amount);
        let lines_read = imports.iter().map(|import| import.lines_read).sum();
        bridge.push(name, "Quantity × price of every readable line.", Some(lines_read), file_total, true);
        let mut running = file_total;
        for (rule, meaning, lines, amount) in rejected(imports) {
            bridge.push(rule.replace('-', " "), &meaning, Some(lines), -amount, false);
            running += -amount;
        }
        let after = sum(|import| import.after.amount);
        running += bridge.explain(after - running);
        let services = sum(|import| import.services_amount);
        if services != Money::ZERO {
            bridge.push(
                "services",
                "Postage, fees, manual adjustments: kept, but no product.",
                None,
                -services,
                false,
            );
            running += -services;
        }
        let revenue = answers.totals.revenue;
        running += bridge.explain(revenue - running);
        bridge.push("Net revenue in this report".to_owned(), "Sales less returns.", None, running, true);
        let unknown = revenue - answers.totals.known_revenue;
        if unknown != Money::ZERO {
            bridge.push(
                "without a known customer",
                "In product and month answers, not in customer answers.",
                None,
                -unknown,
                false,
            );
            let known = answers.totals.known_revenue;
            bridge.push(
                "Of known customers".to_owned(),
                "What customer answers and forecasts build on.",
                None,
                known,
                true,
            );
        }
        bridge
    }

    /// The bridge as a table.
    pub fn table(&self) -> Table<'_> {
        Table::over(&self.lines)
            .text("what", "What it is.", |line| &line.name)
            .integer("lines", "lines", "Lines of the file.", |line| line.lines)
            .column(
                crate::Kind::Money { digits: 4 },
                "amount",
                crate::MONEY,
                "Total, or what is taken off.",
                |line| line.amount,
            )
            .text("meaning", "In words.", |line| &line.meaning)
            .finish()
    }

    fn push(
        &mut self,
        name: impl Into<String>,
        meaning: &str,
        lines: Option<u64>,
        amount: Money,
        total: bool,
    ) {
        self.lines.push(BridgeLine { name: name.into(), meaning: meaning.to_owned(), lines, amount, total });
    }

    fn explain(&mut self, difference: Money) -> Money {
        if difference != Money::ZERO {
            self.unexplained += difference;
            self.push(
                "not explained by these imports",
                "Sales that came another way.",
                None,
                difference,
                false,
            );
        }
        difference
    }
}

/// Rules that set lines aside, summed over the imports, in the order of their first appearance.
pub(super) fn rejected(imports: &[ImportReport]) -> Vec<(String, String, u64, Money)> {
    let mut rules: Vec<(String, String, u64, Money)> = Vec::new();
    let all = imports.iter().flat_map(|import| &import.rules);
    for rule in all.filter(|rule| rule.action == RuleAction::Reject && rule.lines > 0) {
        match rules.iter_mut().find(|(name, ..)| *name == rule.rule) {
            Some((_, _, lines, amount)) => {
                *lines += rule.lines;
                *amount += rule.amount;
            }
            None => rules.push((rule.rule.clone(), rule.meaning.clone(), rule.lines, rule.amount)),
        }
    }
    rules
}

pub(super) fn section(context: &Context<'_>) -> Section {
    let bridge = Bridge::of(context.imports, context.answers);
    Section {
        id: "left-out",
        short: "What was left out",
        question: "What was left out of these numbers?".to_owned(),
        answer: answer(context, &bridge),
        body: body(context, &bridge),
    }
}

/// "5,268 of 541,909 lines (1.0%)": what was set aside.
pub(crate) fn set_aside(imports: &[ImportReport]) -> String {
    let read: u64 = imports.iter().map(|import| import.lines_read).sum();
    let aside: u64 = imports.iter().map(|import| import.lines_quarantined).sum();
    format!(
        "{} of {} ({})",
        format::count(aside as i64),
        format::counted(read as i64, "line", "lines"),
        format::part(aside, read)
    )
}

fn answer(context: &Context<'_>, bridge: &Bridge) -> String {
    let total = |at: Option<&BridgeLine>| at.map_or(Money::ZERO, |line| line.amount);
    let revenue = context.answers.totals.revenue;
    format!(
        "{} were set aside; from the file's total of {} to the net revenue of {} in this report, every amount is accounted for{}.",
        set_aside(context.imports),
        context.currency.exact(total(bridge.lines.first())),
        context.currency.exact(revenue),
        if bridge.unexplained == Money::ZERO {
            String::new()
        } else {
            format!(" but {}", context.currency.exact(bridge.unexplained))
        },
    )
}

fn body(context: &Context<'_>, bridge: &Bridge) -> Markup {
    let steps = bridge.lines.iter().map(|line| {
        if line.total {
            Step::Total(line.name.clone(), line.amount)
        } else {
            Step::Change(line.name.clone(), line.amount)
        }
    });
    let title = format!("From the file's total to the report's total{}", context.currency.suffix());
    let changes = bridge.lines.iter().filter(|line| !line.total);
    let summary = changes.max_by_key(|line| line.amount.abs()).map_or_else(String::new, |line| {
        format!("Largest step: {}, {}.", line.name, context.currency.exact(line.amount))
    });
    let chart = Waterfall::new(steps.collect()).finish("bridge", title, summary);
    let table = bridge.table();
    let totals: Vec<_> =
        bridge.lines.iter().enumerate().filter(|(_, line)| line.total).map(|(row, _)| row).collect();
    let file: &[&str] = if context.imports.len() == 1 { &["file"] } else { &[] };
    let cleaning = overview::cleaning(context.imports).without(file);
    let before_after = overview::overview(context.imports).without(file);
    html! {
        (chart)
        (TableView::new(&table, "The bridge, exact").totals(&totals))
        (TableView::new(&before_after, "The data before and after cleaning").file("analytics/overview.csv"))
        (TableView::new(&cleaning, "Cleaning rules in the order applied").file("analytics/cleaning.csv"))
        @if bridge.unexplained != Money::ZERO {
            (caveat("Part of the revenue does not stem from the imports listed here; the bridge shows it as a line of its own."))
        }
        (how_counted(&[
            "The rules run in the order of the profile and the first that applies owns the line, so no line is counted twice. Lines set aside are kept with file, line number, reason and raw text.",
            "Lines whose value could not be read count as lines but carry no amount.",
            "Returns stay in as negative lines on their own date; they are not left out.",
        ]))
        (how_read(context.imports))
    }
}

fn how_read(imports: &[ImportReport]) -> Markup {
    html! {
        @for import in imports {
            details {
                summary { "How " (import.file.name) " was read" }
                ul {
                    li { "Profile: " (import.profile) ". Dates: " (import.dates) "." }
                    li {
                        "Columns: "
                        @for (index, column) in import.mapping.iter().enumerate() {
                            @if index > 0 { ", " } (column.field) " from \u{201c}" (column.column) "\u{201d}"
                        }
                        "."
                    }
                    @if import.derived_orders { li { "The file has no order numbers: all lines of a customer on one day are one order." } }
                    li { "SHA-256 of the file: " code { (import.file.sha256) } }
                }
            }
        }
    }
}
