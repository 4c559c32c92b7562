//! What was left out of these numbers? The bridge from all lines of the files to the report's total.

use maud::{Markup, html};
use patron_domain::{ImportReport, Money};

use super::Context;
use crate::bridge::EXACT;
use crate::bridge::{Bridge, BridgeLine, BridgeStep};
use crate::page::{Section, caveat, how_counted};
use crate::tables::overview;
use crate::{MONEY, Step, Table, TableView, Waterfall, format};

pub(super) use crate::bridge::{rejected, reservations};

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
    let from = match (bridge.lead.first().and_then(|line| line.amount), context.imports.len()) {
        (Some(total), _) => {
            format!(
                "what the shop system shows as the total of the orders, {}",
                context.currency.exact(total)
            )
        }
        (None, files) => format!(
            "the sum of the {}, {}",
            if files == 1 { "file" } else { "files" },
            context.currency.exact(Bridge::file_sum(context.imports))
        ),
    };
    format!(
        "{} were set aside; from {from}, to the product revenue of {} in this report, every amount is accounted for{}.",
        set_aside(context.imports),
        context.currency.exact(context.answers.totals.revenue),
        if bridge.unexplained == Money::ZERO {
            String::new()
        } else {
            format!(" but {}", context.currency.exact(bridge.unexplained))
        },
    )
}

fn body(context: &Context<'_>, bridge: &Bridge) -> Markup {
    let imports = context.imports;
    let file: &[&str] = if imports.len() == 1 { &["file"] } else { &[] };
    let rules = overview::rules(imports).without(file);
    let before_after = overview::overview(imports).without(file);
    let customers = overview::customer_counts(imports, context.answers);
    let lines: Vec<&BridgeLine> = bridge.lead.iter().chain(&bridge.lines).collect();
    let totals: Vec<_> = (0..lines.len()).filter(|row| is_total(bridge, *row)).collect();
    // what leads to the first line stands in the bridge itself
    let led = |fact: &&BridgeLine| bridge.lead.iter().any(|line| line.name == fact.name);
    let facts = bridge.facts.iter().filter(|fact| !led(fact)).collect();
    html! {
        @for words in context.imports.iter().flat_map(reservations) { (caveat(&words)) }
        (chart(context, bridge))
        (TableView::new(&rows(lines), "The bridge, exact").totals(&totals).file("analytics/cleaning.csv"))
        (TableView::new(&rows(facts).without(&["running"]), "What the file says of itself"))
        (TableView::new(&customers, "From the customers in the file to the customers in the answers").file("analytics/customer_counts.csv"))
        (TableView::new(&before_after, "The data before and after cleaning").file("analytics/overview.csv"))
        (TableView::new(&rules, "Cleaning rules in the order applied").file("analytics/rules.csv"))
        @if bridge.lines.iter().any(|line| line.step == BridgeStep::Unexplained) {
            (caveat("Part of the revenue does not stem from the imports listed here; the bridge shows it as a line of its own."))
        }
        (how_counted(&[
            "The rules run in the order of the profile and the first that applies owns the line, so no line is counted twice. Lines set aside are kept with file, line number, reason and raw text.",
            "Lines whose value could not be read count as lines but carry no amount.",
            "The bar of all lines stands before discounts and before anything was brought back, so that both are steps of their own. The sum of the file, as a spreadsheet gives it, already has the negative lines taken off.",
            "Returns stay in as negative lines on their own date; they are not left out. Money by month counts a refund in the month it happened, a customer's value counts it against the customer, whenever it happened.",
            "Services such as postage, tax, tips and gift cards are kept apart from product revenue. Rules that keep and flag lines take nothing off, so they are no part of the bridge.",
        ]))
        (how_read(imports))
    }
}

fn chart(context: &Context<'_>, bridge: &Bridge) -> Markup {
    let amount = |line: &BridgeLine| line.amount.unwrap_or_default();
    let all: Vec<_> = bridge.lead.iter().chain(&bridge.lines).enumerate().collect();
    let seen = all.iter().filter(|(row, line)| is_total(bridge, *row) || amount(line) != Money::ZERO);
    let steps = seen.map(|(row, line)| match is_total(bridge, *row) {
        true => Step::Total(line.label(), amount(line)),
        false => Step::Change(line.label(), amount(line)),
    });
    let end = match bridge.lines.last().map(|line| line.step) {
        Some(BridgeStep::KnownCustomers) => "the revenue of known customers",
        _ => "product revenue",
    };
    let start = if bridge.lead.is_empty() { "all lines" } else { "the orders' totals" };
    let title = format!("From {start} to {end}{}", context.currency.suffix());
    let changes = bridge.lines.iter().filter(|line| !line.step.is_total());
    let Some(largest) =
        changes.max_by_key(|line| amount(line).abs()).filter(|line| amount(line) != Money::ZERO)
    else {
        return html! { p { "No amount is taken off on the way." } };
    };
    let summary = format!("Largest step: {}, {}.", largest.label(), context.currency.exact(amount(largest)));
    html! { (Waterfall::new(steps.collect()).finish("bridge", title, summary)) }
}

/// Whether a row of the lead and the lines after it is a total.
fn is_total(bridge: &Bridge, row: usize) -> bool {
    match row.checked_sub(bridge.lead.len()) {
        None => row == 0,
        Some(row) => bridge.lines.get(row).is_some_and(|line| line.step.is_total()),
    }
}

fn rows(lines: Vec<&BridgeLine>) -> Table<'_> {
    Table::of(lines)
        .composed("what", "What it is.", |line| line.label())
        .integer("lines", "lines", "Lines of the file, where they can be counted.", |line| line.lines)
        .column(EXACT, "amount", MONEY, "Total, or what is added (taken off when negative).", |line| {
            line.amount
        })
        .column(EXACT, "running", MONEY, "The total so far.", |line| line.running)
        .heading("Total so far")
        .text("meaning", "In words.", |line| &line.meaning)
        .finish()
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
