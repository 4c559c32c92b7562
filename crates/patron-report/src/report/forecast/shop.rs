//! Customers known today, newcomers and the whole shop.

use maud::{Markup, html};
use patron_domain::{Horizon, Suitability};
use patron_models::{ForecastTotal, TotalOf};

use super::{Context, ForecastInput, QUARTER};
use crate::page::caveat;
use crate::{MONEY, Table, TableView, format, say};

/// What the customers known today are expected to leave, where a margin is known and the data are enough.
pub(super) fn margin(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let models = forecast.models;
    let known = || forecast.customers.iter().filter_map(|row| row.clv_margin);
    let enough =
        |horizon: Horizon| models.data_check.grade(horizon) != Suitability::No && known().next().is_some();
    let places = Horizon::STANDARD.into_iter().enumerate().filter(|&(_, horizon)| enough(horizon));
    let periods: Vec<(Horizon, f64)> =
        places.map(|(place, horizon)| (horizon, known().map(|worth| worth[place]).sum())).collect();
    let said = say::expected_margin(&periods, models.discount_rate, context.input.as_of, context.currency);
    html! {
        @if let Some(said) = said { p { (said) } }
    }
}

/// The totals of the standard horizons for which the data are enough.
fn totals<'a>(forecast: &ForecastInput<'a>) -> Vec<&'a ForecastTotal> {
    let models = forecast.models;
    let shown = |horizon: Horizon| {
        Horizon::STANDARD.contains(&horizon) && models.data_check.grade(horizon) != Suitability::No
    };
    models.forecast_totals.iter().filter(|total| shown(total.horizon)).collect()
}

/// What newcomers add to the coming quarter, as a clause.
pub(super) fn on_top(context: &Context<'_>, forecast: &ForecastInput<'_>) -> String {
    let totals = totals(forecast);
    let of = |whose: TotalOf| {
        let found = totals.iter().find(|total| total.of == whose && total.horizon == QUARTER);
        found.map_or(f64::NAN, |total| total.expected)
    };
    say::newcomers_on_top(of(TotalOf::Newcomers), of(TotalOf::TotalShop), context.currency)
}

/// Two sentences on newcomers, and a row per period and part of the shop; nothing where there are no such totals.
pub(super) fn table(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let rows = totals(forecast);
    if rows.is_empty() {
        return html! {};
    }
    let (as_of, currency) = (context.input.as_of, context.currency);
    let newcomers = forecast.models.newcomers.iter().find(|newcomers| newcomers.horizon == QUARTER);
    let too_uncertain = rows.iter().any(|total| total.too_uncertain());
    let whole: Vec<usize> = rows
        .iter()
        .enumerate()
        .filter(|(_, total)| total.of == TotalOf::TotalShop)
        .map(|(row, _)| row)
        .collect();
    let table = Table::of(rows)
        .day("to", "Last day.", |row: &&ForecastTotal| row.to)
        .heading("Up to")
        .text("whose", "Whose net revenue.", |row| say::whose(row.of))
        .heading("Of whom")
        .forecast("total", MONEY, "Net revenue expected.", |row| row.expected)
        .heading("Net revenue")
        .composed("range", "How far off it may be.", move |row| say::shop_range(row, currency))
        .heading("How far off it may be")
        .finish();
    let caption = format!(
        "Customers known today, newcomers, and the whole shop, from {} on",
        format::day(as_of.plus_days(1))
    );
    html! {
        h3 { "And with new customers?" }
        @if let Some(newcomers) = newcomers { p { (say::newcomers_are(newcomers, as_of, currency)) } }
        (TableView::new(&table, &caption).totals(&whole).file("forecast_totals.csv"))
        @if too_uncertain { (caveat(&say::too_uncertain_means())) }
    }
}
