//! The first page: title, facts, three things to know; and the footer.

use maud::{Markup, html};

use super::{Context, findings};
use crate::format;
use crate::page::{Tile, tiles};

pub(super) fn window_title(context: &Context<'_>) -> String {
    format!("{}: who buys again, and what to expect", name(context))
}

/// The shop's name; without one, the file's.
fn name(context: &Context<'_>) -> String {
    match (context.input.shop, context.imports) {
        (Some(shop), _) => shop.to_owned(),
        (None, [one]) => one.file.name.clone(),
        (None, many) => format::counted(many.len() as i64, "sales file", "sales files"),
    }
}

pub(super) fn cover(context: &Context<'_>) -> Markup {
    let totals = &context.answers.totals;
    let span = totals.span.map(|span| format::span(span.first, span.last));
    let files: Vec<String> = context.imports.iter().map(|import| import.file.name.clone()).collect();
    html! {
        @if context.input.demo { p.kicker { "Demo shop, invented data" } }
        h1 { (name(context)) ": who buys again, and what to expect" }
        p.facts {
            @if let Some(span) = span { "Sales of " (span) ". " }
            @match totals.span {
                Some(span) if span.last > context.input.as_of => {
                    "The answers tell of all of it; the forecasts stand at " (format::day(context.input.as_of))
                    " and have seen nothing after it."
                }
                _ => { "As of " (format::day(context.input.as_of)) "." }
            }
            @if context.input.shop.is_some() && !files.is_empty() { " From " (format::listed(&files)) "." }
            @if context.currency.name().is_none() { " The currency was not given: amounts are bare numbers." }
        }
        ol.findings {
            @for finding in findings::three(context) {
                li {
                    span.number { (finding.number) }
                    p { (finding.sentence) }
                    a href={ "#" (finding.section) } { "Read on" }
                }
            }
        }
        (tiles(&key_figures(context)))
    }
}

fn key_figures(context: &Context<'_>) -> Vec<Tile> {
    let totals = &context.answers.totals;
    let mut tiles = vec![
        Tile::new("Net revenue", context.currency.whole(totals.revenue), "returns taken off"),
        Tile::new("Orders", format::count(totals.orders as i64), "with a sale line"),
    ];
    if let Some(value) = totals.average_order_value {
        tiles.push(Tile::new("Average order", context.currency.mean(value), "all net revenue ÷ all orders"));
    }
    if totals.customers > 0 {
        tiles.push(Tile::new("Customers", format::count(totals.customers as i64), "known, with an order"));
    }
    if let Some(rate) = totals.repeat_rate {
        let purchasers = format::counted(
            totals.purchasers as i64,
            "customer with a purchase",
            "customers with a purchase",
        );
        let basis = format!("of the {purchasers} bought on two or more days");
        tiles.push(Tile::new("Repeat share", format::share(rate, 0), basis));
    }
    if totals.products > 0 {
        tiles.push(Tile::new("Products", format::count(totals.products as i64), "sold or returned"));
    }
    tiles
}

/// How customers are named on this page.
pub(super) fn customers_appear(context: &Context<'_>) -> &'static str {
    if context.names_addresses() {
        "Customers appear by the name that the sales file gives them, and some of these are e-mail addresses: mind whom you pass this file on to."
    } else {
        "Customers appear by the name that the sales file gives them."
    }
}

pub(super) fn footer(context: &Context<'_>) -> Markup {
    html! {
        p {
            "Made by Patron on " (context.input.generated_on) ". Everything was computed on this machine; "
            "this file loads nothing from anywhere and sends nothing. " (customers_appear(context))
        }
        p {
            "Charts: Apache ECharts, Copyright 2017\u{2013}2026 The Apache Software Foundation, licensed under the "
            "Apache License, Version 2.0 (www.apache.org/licenses/LICENSE-2.0)."
        }
    }
}
