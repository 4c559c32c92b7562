//! Who is worth attention?

use maud::{Markup, html};
use patron_domain::{Day, Horizon, Money, Segment, Suitability};
use patron_models::CustomerForecast;

use super::forecast::{self, QUARTER};
use super::{Context, ForecastInput, cover};
use crate::format::Currency;
use crate::page::{Section, caveat, how_counted};
use crate::say::{self, NoRange};
use crate::{Kind, MONEY, Table, TableView, format};

pub(super) const YEAR: Horizon = Horizon::Months(12);

/// Customers named in a list.
const NAMED: usize = 12;
/// Below this chance a good customer counts as slipping away.
const SLIPPING: f64 = 0.5;

/// Nobody who bought in so many days before the as-of date counts as slipping away.
const SILENT_DAYS: i32 = 30;

pub(super) fn section(context: &Context<'_>) -> Section {
    let found = context.forecast().ok().filter(|forecast| forecast::quarter(forecast).is_some());
    Section {
        id: "attention",
        short: "Worth attention",
        question: "Who is worth attention?".to_owned(),
        answer: found.map_or_else(
            || "Without a forecast it cannot be told who is about to leave or to buy.".to_owned(),
            |found| answer(context, found),
        ),
        body: found.map_or_else(|| html! {}, |found| body(context, found)),
    }
}

/// Customers among the best tenth by spend so far who have not bought for a month and whose chance to buy in the
/// coming quarter is below one half, highest spend first.
pub(super) fn slipping<'a>(forecast: &ForecastInput<'a>) -> Vec<&'a CustomerForecast> {
    let mut customers: Vec<_> =
        forecast.customers.iter().filter(|row| row.spent_to_date > Money::ZERO).collect();
    customers.sort_by(|a, b| b.spent_to_date.cmp(&a.spent_to_date).then_with(|| a.customer.cmp(&b.customer)));
    customers.truncate(forecast.customers.len().div_ceil(10));
    let silent_since = forecast.models.as_of.plus_days(-SILENT_DAYS);
    customers.retain(|row| row.chance_to_buy_3m < SLIPPING && row.last_purchase < silent_since);
    customers
}

/// The last day of the coming quarter.
pub(super) fn until(context: &Context<'_>) -> Day {
    QUARTER.end(context.input.as_of)
}

fn answer(context: &Context<'_>, forecast: &ForecastInput<'_>) -> String {
    let slipping = slipping(forecast);
    let tenth = format::count(forecast.customers.len().div_ceil(10) as i64);
    if slipping.is_empty() {
        return format!(
            "None of the {tenth} best customers by spend so far {}: looking after those with the highest expected revenue \
             pays most.",
            silent_and_unlikely(context, 1),
        );
    }
    let spent: Money = slipping.iter().map(|row| row.spent_to_date).sum();
    format!(
        "{} of the {tenth} best customers by spend so far {}; so far they brought {}.",
        format::count(slipping.len() as i64),
        silent_and_unlikely(context, slipping.len()),
        context.currency.whole(spent),
    )
}

pub(super) fn silent_and_unlikely(context: &Context<'_>, customers: usize) -> String {
    say::silent_and_unlikely(customers, SILENT_DAYS, until(context))
}

/// Expected net revenue in the horizon the lists look at.
fn value(row: &CustomerForecast, horizon: Horizon) -> f64 {
    if horizon == YEAR { row.clv_12m } else { row.clv_3m }
}

fn body(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let horizon = ahead(forecast);
    let value = |row: &CustomerForecast| value(row, horizon);
    let mut best: Vec<_> = forecast.customers.iter().collect();
    best.sort_by(|a, b| value(b).total_cmp(&value(a)).then_with(|| a.customer.cmp(&b.customer)));
    let slipping = slipping(forecast);
    let first = slipping.first().or(best.first()).copied();
    let slipping = customers(context, forecast, slipping);
    let best = customers(context, forecast, best);
    let expected = say::expected(context.input.as_of, horizon);
    html! {
        @if let Some(row) = first { p { (two_facts(context, row)) } }
        @if slipping.rows() > 0 {
            (TableView::new(&slipping, "Good customers who may be slipping away, highest spend first")
                .whole_money().head(NAMED).file("predictions.csv"))
        }
        (TableView::new(&best, &format!("Customers {expected} to bring the most"))
            .whole_money().head(NAMED).file("predictions.csv"))
        (segments(context, forecast))
        (counted(context, forecast))
    }
}

fn counted(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let as_of = context.input.as_of;
    let slipping = format!(
        "Slipping away: among the best tenth by net spend so far, without a purchase in the last {SILENT_DAYS} days, and \
         with a chance below one half of at least one purchase {}. The chance is calibrated on earlier dates.",
        say::period(as_of, QUARTER)
    );
    let usual = format!("What they usually spend if they buy: {}.", say::USUAL_SPEND_MEANS);
    let reason = "Mainly because: the fact about the customer that moves the chance furthest from that of the average \
                  customer. It tells what the chance rests on, not what would change it.";
    let segments = format!(
        "Segments are quarters of the customers by net revenue {}; A is the highest.",
        say::expected(as_of, YEAR)
    );
    let rows = forecast.customers;
    let sentences = [
        Some(slipping.as_str()),
        rows.iter().any(|row| row.usual_spend_3m.is_some()).then_some(usual.as_str()),
        rows.iter().any(|row| row.chance_reason.is_some()).then_some(reason),
        (ahead(forecast) == YEAR).then_some(segments.as_str()),
        Some(cover::customers_appear(context)),
    ];
    how_counted(&sentences.into_iter().flatten().collect::<Vec<_>>())
}

/// The longest period up to a year that the data are enough for.
fn ahead(forecast: &ForecastInput<'_>) -> Horizon {
    if forecast.models.data_check.grade(YEAR) == Suitability::No { QUARTER } else { YEAR }
}

/// The two facts about a customer, and what they rest on, in a sentence: how to read a line of the lists.
fn two_facts(context: &Context<'_>, row: &CustomerForecast) -> String {
    let as_of = context.input.as_of;
    let because = say::mainly_because(row, Some(as_of))
        .map_or_else(String::new, |because| format!(" The chance is what it is {because}."));
    format!("Customer {}: {}.{because}", id(context, row), say::customer(row, as_of, context.currency))
}

fn id(context: &Context<'_>, row: &CustomerForecast) -> String {
    row.customer.map_or_else(String::new, |code| context.input.catalog.customers.text(code).to_owned())
}

fn customers<'a>(
    context: &Context<'a>,
    found: &ForecastInput<'_>,
    rows: Vec<&'a CustomerForecast>,
) -> Table<'a> {
    let context = *context;
    let (as_of, horizon) = (context.input.as_of, ahead(found));
    let value = move |row: &CustomerForecast| value(row, horizon);
    let unknown = |none: bool, key| none.then_some(key);
    let left_out: Vec<&str> = [
        unknown(rows.iter().all(|row| row.usual_spend_3m.is_none()), "usual_spend"),
        unknown(rows.iter().all(|row| row.chance_reason.is_none()), "because"),
    ]
    .into_iter()
    .flatten()
    .collect();
    Table::of(rows)
        .composed("customer_id", "Id as in the file.", move |row| id(&context, row))
        .heading("Customer")
        .day("last_purchase", "Day of the last purchase.", |row| row.last_purchase)
        .figures("chance", "Chance of at least one purchase.", |row| say::chance(row.chance_to_buy_3m))
        .heading(format::capital(&say::chance_by(until(&context))))
        .figures("usual_spend", "What such customers usually spend by then, if they buy.", move |row| {
            say::usual_spend(row.usual_spend_3m, Currency::default()).unwrap_or_default()
        })
        .heading("If they do, usually")
        .money("spent_to_date", "Net spend so far.", |row| row.spent_to_date)
        .heading("Spent so far")
        .forecast("expected", MONEY, "Expected net revenue.", move |row| value(row))
        .heading(forecast::column_heading(&context, found, horizon).unwrap_or_default())
        .figures("together", "Spent so far and expected.", move |row| {
            say::together(row.spent_to_date, value(row), Currency::default())
        })
        .heading("Together")
        .composed("because", "What the chance rests on most.", move |row| {
            say::because(row, Some(as_of)).unwrap_or_default()
        })
        .heading("Mainly because")
        .finish()
        .without(&left_out)
}

fn segments(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    struct Row {
        segment: Segment,
        customers: usize,
        coming: f64,
        range: Option<(f64, f64)>,
        expected: f64,
        share: f64,
        chance: f64,
        spent: Money,
    }
    let total: f64 = forecast.customers.iter().map(|row| row.clv_12m).sum();
    if ahead(forecast) != YEAR || total <= 0.0 {
        return html! {};
    }
    let row = |segment: Segment| {
        let members: Vec<_> = forecast.customers.iter().filter(|row| row.segment == segment).collect();
        let expected: f64 = members.iter().map(|row| row.clv_12m).sum();
        let coming: Vec<f64> = members.iter().map(|row| row.clv_3m).collect();
        Row {
            segment,
            customers: members.len(),
            coming: coming.iter().sum(),
            range: forecast.models.group_range(QUARTER, &coming),
            expected,
            share: expected / total,
            chance: members.iter().map(|row| row.chance_to_buy_3m).sum::<f64>() / members.len() as f64,
            spent: members.iter().map(|row| row.spent_to_date).sum(),
        }
    };
    let rows: Vec<_> = Segment::ALL.into_iter().map(row).collect();
    let ranged = rows.iter().any(|row| row.range.is_some());
    let heading = |horizon| forecast::column_heading(context, forecast, horizon).unwrap_or_default();
    let table = Table::of(rows.into_iter().filter(|row| row.customers > 0).collect())
        .composed("segment", "Quarter by expected revenue.", |row: &Row| row.segment.to_string())
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .figures("chance", "Mean chance of at least one purchase.", |row| say::chance(row.chance))
        .heading(format!("Mean {}", say::chance_by(until(context))))
        .money("spent", "Net spend so far.", |row| row.spent)
        .heading("Spent so far")
        .forecast("coming", MONEY, "Expected net revenue.", |row| row.coming)
        .heading(heading(QUARTER))
        .composed("range", "How far off it may be.", move |row| {
            row.range.and_then(|(low, high)| say::between(low, high, Currency::default())).unwrap_or_default()
        })
        .heading(say::RANGE_HEADING)
        .forecast("expected", MONEY, "Expected net revenue.", |row| row.expected)
        .heading(heading(YEAR))
        .column(Kind::Share { digits: 0 }, "share", "fraction", "Of all expected revenue.", |row| row.share)
        .heading("Share of it")
        .figures("together", "Spent so far and expected by the later day.", |row| {
            say::together(row.spent, row.expected, Currency::default())
        })
        .heading("Together")
        .finish();
    let table = if ranged { table } else { table.without(&["range"]) };
    html! {
        (TableView::new(&table, "Segments by expected revenue").whole_money())
        @if !ranged { (caveat(&say::groups_without_range(NoRange::of(forecast.models, QUARTER)))) }
    }
}
