//! How does demand answer to prices?

use maud::{Markup, html};
use patron_analytics::ElasticityMeasure;

use super::Context;
use crate::page::caveat;
use crate::{Table, TableView, format};

/// The part; nothing where prices never moved enough to tell.
pub(super) fn part(context: &Context<'_>) -> Markup {
    let all = context
        .input
        .attributes
        .map(|attributes| attributes.price_elasticities.as_slice())
        .unwrap_or_default();
    let told = |measure| all.iter().filter(move |row| row.measure == measure && row.elasticity.is_some());
    let units = |category: &Option<String>| {
        told(ElasticityMeasure::Units).find(|row| row.category == *category).and_then(|row| row.elasticity)
    };
    let rows: Vec<_> = told(ElasticityMeasure::Orders).map(|row| (row, units(&row.category))).collect();
    if rows.is_empty() {
        return html! {};
    }
    let table = Table::of(rows)
        .composed("products", "Category.", |(row, _)| {
            row.category.clone().unwrap_or_else(|| "All products".to_owned())
        })
        .heading("Products")
        .integer("changes", "price changes", "Price changes it is told from.", |(row, _)| row.changes)
        .heading("Price changes")
        .number(
            1,
            "orders",
            "per cent",
            "Change in orders where the price is one per cent higher.",
            |(row, _)| row.elasticity,
        )
        .heading("Orders at 1% more")
        .figures("range", "95 % interval.", |(row, _)| match row.low.zip(row.high) {
            Some((low, high)) => format!("{} to {}", format::decimal(low, 1), format::decimal(high, 1)),
            None => String::new(),
        })
        .heading("95% interval")
        .number(
            1,
            "units",
            "per cent",
            "Change in units where the price is one per cent higher.",
            |(_, units)| *units,
        )
        .heading("Units at 1% more")
        .finish();
    html! {
        h3 { "How does demand answer to prices?" }
        (TableView::new(&table, "Change in per cent where a price is one per cent higher").head(12).file("analytics/price_elasticities.csv"))
        (caveat("Told from price changes of the same product. Prices that were raised because demand rose, or lowered because it fell, hide how people would have answered."))
    }
}
