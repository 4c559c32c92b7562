//! How much hangs on how few?

use maud::{Markup, html};
use patron_analytics::{Answers, Concentration};

use super::Context;
use crate::page::{Section, Tile, how_counted, tiles};
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableView, format};

/// Customers it takes to speak of a best tenth.
const FEWEST: u64 = 20;

pub(super) fn section(context: &Context<'_>) -> Section {
    Section {
        id: "concentration",
        short: "Concentration",
        question: "How much hangs on how few?".to_owned(),
        answer: answer(context.answers),
        body: if known(context.answers).next().is_some() && context.answers.totals.purchasers >= FEWEST {
            body(context)
        } else {
            html! {}
        },
    }
}

/// The best tenth's share; `None` with too few customers to speak of it.
pub(super) fn best_tenth(answers: &Answers) -> Option<(&Concentration, f64)> {
    let enough = answers.totals.purchasers >= FEWEST;
    known(answers).find(|(row, _)| row.top_fraction > 0.05).filter(|_| enough)
}

/// Rows whose share is known.
fn known(answers: &Answers) -> impl Iterator<Item = (&Concentration, f64)> {
    answers.concentration.iter().filter_map(|row| Some((row, row.share_of_known_revenue?)))
}

fn top(fraction: f64) -> String {
    format!("best {}", format::share(fraction, 0))
}

fn answer(answers: &Answers) -> String {
    let rows: Vec<_> = known(answers).collect();
    let Some((row, share)) = rows.iter().find(|(row, _)| row.top_fraction > 0.05).or_else(|| rows.first())
    else {
        return "The file cannot tell: it knows no customer with a purchase.".to_owned();
    };
    let customers = answers.totals.purchasers;
    if customers < FEWEST {
        return format!(
            "{} too few to speak of a best tenth; {} of the revenue with a known customer comes from the best {}.",
            format::counted(customers as i64, "customer is", "customers are"),
            format::share(*share, 0),
            if row.customers == 1 { "one".to_owned() } else { format::count(row.customers as i64) },
        );
    }
    let others: Vec<String> = rows
        .iter()
        .filter(|(other, _)| {
            other.top_fraction != row.top_fraction && other.top_fraction * customers as f64 >= 1.0
        })
        .map(|(other, share)| {
            format!(
                "the {} ({}) {}",
                top(other.top_fraction),
                format::count(other.customers as i64),
                format::share(*share, 0)
            )
        })
        .collect();
    let tail = if others.is_empty() { String::new() } else { format!("; {}", format::listed(&others)) };
    format!(
        "The {} of the customers ({} of {}) bring {} of the revenue with a known customer{tail}.",
        top(row.top_fraction),
        format::count(row.customers as i64),
        format::count(answers.totals.purchasers as i64),
        format::share(*share, 0),
    )
}

fn body(context: &Context<'_>) -> Markup {
    let answers = context.answers;
    let found: Vec<Tile> = known(answers)
        .map(|(row, share)| {
            let label = format!("{} of the customers", format::capital(&top(row.top_fraction)));
            let hint = format!(
                "{}: {}",
                format::counted(row.customers as i64, "customer", "customers"),
                context.currency.whole(row.revenue)
            );
            Tile::new(label, format::share(share, 0), hint)
        })
        .collect();
    let table = Table::of(known(answers).map(|(row, _)| row).collect())
        .column(crate::Kind::Share { digits: 0 }, "top_share", "fraction", "Best customers.", |row| {
            row.top_fraction
        })
        .heading("Best customers")
        .integer("customers", "customers", "How many they are.", |row| row.customers)
        .money("revenue", "Their net revenue.", |row| row.revenue)
        .share("share_of_known_revenue", "Of the revenue with a known customer.", |row| {
            row.share_of_known_revenue
        })
        .share("share_of_revenue", "Of all revenue.", |row| row.share_of_revenue)
        .finish();
    html! {
        (tiles(&found))
        @if answers.lorenz.len() > 2 { (curve(answers)) }
        (TableView::new(&table, "Revenue of the best customers").whole_money().file("analytics/concentration.csv"))
        (how_counted(&[
            "Customers with a purchase are ordered by their net revenue over the whole file; the number of best customers is rounded up.",
            "Revenue without a known customer cannot be given to anyone and is left out of the shares, except in the last column.",
        ]))
    }
}

fn curve(answers: &Answers) -> Markup {
    let points = &answers.lorenz;
    let names = points.iter().map(|point| format::share(point.customers, 0)).collect();
    let revenue: Vec<_> = points.iter().map(|point| Some(point.revenue)).collect();
    let equal: Vec<_> = points.iter().map(|point| Some(point.customers)).collect();
    let half = points.iter().find(|point| point.revenue >= 0.5);
    let summary = half.map_or_else(String::new, |point| {
        format!(
            "Half of the revenue comes from the best {} of the customers.",
            format::share(point.customers, 0)
        )
    });
    let chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Share)
        .axis_name("best customers")
        .between(Some(0.0), None)
        .label_every(10)
        .area("Share of revenue", Ink::Accent, &revenue)
        .dashed("If all brought the same", Ink::Muted, &equal)
        .finish("concentration-curve", "Share of revenue by share of customers, best first", summary);
    html! { (chart) }
}
