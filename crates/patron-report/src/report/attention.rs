//! Who is worth attention?

use maud::{Markup, html};
use patron_domain::{Day, Horizon, Money, Segment, Suitability};
use patron_models::CustomerForecast;

use super::{Context, ForecastInput, forecast};
use crate::page::{Section, how_counted};
use crate::{Kind, MONEY, Table, TableView, format};

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

fn until(context: &Context<'_>) -> Day {
    Horizon::Months(3).end(context.input.as_of)
}

fn answer(context: &Context<'_>, forecast: &ForecastInput<'_>) -> String {
    let slipping = slipping(forecast);
    let tenth = format::count(forecast.customers.len().div_ceil(10) as i64);
    if slipping.is_empty() {
        return format!(
            "None of the {tenth} best customers by spend so far has been silent for 30 days with a chance below one half to \
             buy again by {}: looking after those with the highest expected revenue pays most.",
            format::day(until(context))
        );
    }
    let spent: Money = slipping.iter().map(|row| row.spent_to_date).sum();
    format!(
        "{} of the {tenth} best customers by spend so far {} not bought for 30 days and {} less likely than not to buy \
         again by {}; so far they brought {}.",
        format::count(slipping.len() as i64),
        if slipping.len() == 1 { "has" } else { "have" },
        if slipping.len() == 1 { "is" } else { "are" },
        format::day(until(context)),
        context.currency.whole(spent),
    )
}

fn body(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let slipping = slipping(forecast);
    let mut best: Vec<_> = forecast.customers.iter().collect();
    best.sort_by(|a, b| b.clv_12m.total_cmp(&a.clv_12m).then_with(|| a.customer.cmp(&b.customer)));
    let slipping = customers(context, slipping);
    let best = customers(context, best);
    html! {
        @if slipping.rows() > 0 {
            (TableView::new(&slipping, "Good customers who may be slipping away, highest spend first")
                .whole_money().head(NAMED).file("predictions.csv"))
        }
        (TableView::new(&best, &format!("Customers expected to bring the most {}", forecast::period(context, Horizon::Months(12))))
            .whole_money().head(NAMED).file("predictions.csv"))
        (segments(context, forecast))
        (how_counted(&[
            "Slipping away: among the best tenth by net spend so far, without a purchase in the last 30 days, and with a chance below one half of at least one purchase in the three calendar months after the as-of date. The chance is calibrated on earlier dates.",
            "Segments are quarters of the customers by expected net revenue over the twelve calendar months after the as-of date; A is the highest.",
            "Customers appear by their id only.",
        ]))
    }
}

fn customers<'a>(context: &Context<'a>, rows: Vec<&'a CustomerForecast>) -> Table<'a> {
    let names = &context.input.catalog.customers;
    let enough = rows.first().is_some_and(|row| row.grade_12m != Suitability::No);
    let table = Table::of(rows)
        .composed("customer_id", "Id as in the file.", |row| {
            row.customer.map_or_else(String::new, |code| names.text(code).to_owned())
        })
        .heading("Customer")
        .day("last_purchase", "Day of the last purchase.", |row| row.last_purchase)
        .integer("orders", "orders", "Orders.", |row| row.orders)
        .money("spent_to_date", "Net spend so far.", |row| row.spent_to_date)
        .heading("Spent so far")
        .chance("chance_to_buy_3m", "Chance of at least one purchase.", |row| row.chance_to_buy_3m)
        .heading(format!("Chance to buy by {}", format::day(until(context))))
        .forecast("clv_3m", MONEY, "Expected net revenue.", |row| row.clv_3m)
        .heading(format!("Expected to bring by {}", format::day(until(context))))
        .forecast("clv_12m", MONEY, "Expected net revenue.", |row| row.clv_12m)
        .heading(format!("By {}", format::day(Horizon::Months(12).end(context.input.as_of))))
        .finish();
    if enough { table } else { table.without(&["clv_12m"]) }
}

fn segments(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    struct Row {
        segment: Segment,
        customers: usize,
        expected: f64,
        share: f64,
        chance: f64,
        spent: Money,
    }
    let total: f64 = forecast.customers.iter().map(|row| row.clv_12m).sum();
    if forecast.models.data_check.grade(Horizon::Months(12)) == Suitability::No || total <= 0.0 {
        return html! {};
    }
    let row = |segment: Segment| {
        let members: Vec<_> = forecast.customers.iter().filter(|row| row.segment == segment).collect();
        let expected: f64 = members.iter().map(|row| row.clv_12m).sum();
        Row {
            segment,
            customers: members.len(),
            expected,
            share: expected / total,
            chance: members.iter().map(|row| row.chance_to_buy_3m).sum::<f64>() / members.len() as f64,
            spent: members.iter().map(|row| row.spent_to_date).sum(),
        }
    };
    let rows: Vec<_> = [Segment::A, Segment::B, Segment::C, Segment::D].into_iter().map(row).collect();
    let table = Table::of(rows.into_iter().filter(|row| row.customers > 0).collect())
        .composed("segment", "Quarter by expected revenue.", |row: &Row| row.segment.to_string())
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .money("spent", "Net spend so far.", |row| row.spent)
        .heading("Spent so far")
        .forecast("expected", MONEY, "Expected net revenue.", |row| row.expected)
        .heading(format!("Expected {}", forecast::period(context, Horizon::Months(12))))
        .column(Kind::Share { digits: 0 }, "share", "fraction", "Of all expected revenue.", |row| row.share)
        .heading("Share of it")
        .chance("chance", "Mean chance of at least one purchase.", |row| row.chance)
        .heading(format!("Mean chance to buy by {}", format::day(until(context))))
        .finish();
    html! { (TableView::new(&table, "Segments by expected revenue").whole_money()) }
}
