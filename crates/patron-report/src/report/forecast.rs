//! What will the coming quarter bring, and how good were past forecasts?

use maud::{Markup, html};
use patron_domain::{Horizon, Suitability};
use patron_models::{Backtest, CustomerForecast, Holdout};

use super::{Context, ForecastInput};
use crate::page::{Section, caveat, how_counted};
use crate::{CategoryChart, Direction, Ink, MONEY, NumberFormat, Table, TableView, format};

const QUARTER: Horizon = Horizon::Months(3);

pub(super) fn section(context: &Context<'_>) -> Section {
    Section {
        id: "forecast",
        short: "Forecast",
        question: "What will the coming quarter bring, and how good were past forecasts?".to_owned(),
        answer: answer(context),
        body: context.forecast().map_or_else(|_| html! {}, |forecast| body(context, forecast)),
    }
}

/// "from 10 Dec 2011 to 9 Mar 2012".
pub(super) fn period(context: &Context<'_>, horizon: Horizon) -> String {
    let as_of = context.input.as_of;
    format!("from {} to {}", format::day(as_of.plus_days(1)), format::day(horizon.end(as_of)))
}

/// Expected net revenue of all known customers, in currency units.
fn total(forecast: &ForecastInput<'_>, value: fn(&CustomerForecast) -> f64) -> f64 {
    forecast.customers.iter().map(value).sum()
}

/// The coming quarter's total; `None` where the data are not enough.
pub(super) fn quarter(forecast: &ForecastInput<'_>) -> Option<f64> {
    let enough = forecast.models.data_check.grade(QUARTER) != Suitability::No;
    enough.then(|| total(forecast, |row| row.clv_3m))
}

fn answer(context: &Context<'_>) -> String {
    let forecast = match context.forecast() {
        Ok(forecast) => forecast,
        Err(reason) => return format!("There is no forecast: {}", sentence(reason)),
    };
    let Some(expected) = quarter(forecast) else {
        let reasons = reasons(forecast, QUARTER);
        return format!("The data are not enough to say what comes {}. {reasons}", period(context, QUARTER));
    };
    let record = match &forecast.models.backtest {
        Some(backtest) => format!(" {}", record(context, backtest)),
        None => " How good such forecasts were in the past was not tested in this run.".to_owned(),
    };
    format!(
        "Expected {}: net revenue of about {} from the {} known today; whoever buys for the first time comes on top.{record}",
        period(context, QUARTER),
        context.currency.rough(expected),
        format::counted(forecast.customers.len() as i64, "customer", "customers"),
    )
}

fn sentence(reason: &str) -> String {
    let ended = if reason.ends_with('.') { "" } else { "." };
    format!("{reason}{ended}")
}

fn reasons(forecast: &ForecastInput<'_>, horizon: Horizon) -> String {
    let checks = &forecast.models.data_check.horizons;
    checks
        .iter()
        .find(|check| check.horizon == horizon)
        .map_or_else(String::new, |check| check.reasons.join(" "))
}

/// Forecast ÷ what came, less 1; `None` where nothing came.
fn off(holdout: &Holdout) -> Option<f64> {
    (holdout.actual_net > 0.0).then(|| holdout.predicted_total / holdout.actual_net - 1.0)
}

/// "5% less than came".
fn missed(change: f64) -> String {
    if change.abs() < 0.005 {
        "as much as came".to_owned()
    } else if change > 0.0 {
        format!("{} more than came", format::share(change, 0))
    } else {
        format!("{} less than came", format::share(-change, 0))
    }
}

fn tests(backtest: &Backtest) -> impl Iterator<Item = &Holdout> {
    std::iter::once(&backtest.holdout).chain(&backtest.earlier)
}

/// "between 35% less and 2% more than came"; `None` without tests that can be judged.
pub(super) fn record_range(backtest: &Backtest) -> Option<(usize, String)> {
    let mut changes: Vec<f64> = tests(backtest).filter_map(off).collect();
    changes.sort_by(f64::total_cmp);
    let (low, high) = (*changes.first()?, *changes.last()?);
    let word = |change: f64| {
        let side = if change < 0.0 { "less" } else { "more" };
        format!("{} {side}", format::share(change.abs(), 0))
    };
    let range = if changes.len() == 1 {
        missed(low)
    } else {
        format!("between {} and {} than came", word(low), word(high))
    };
    Some((changes.len(), range))
}

fn record(context: &Context<'_>, backtest: &Backtest) -> String {
    let holdout = &backtest.holdout;
    let Some(change) = off(holdout) else {
        return "In the latest test nothing came, so the forecast cannot be judged.".to_owned();
    };
    let all = match record_range(backtest) {
        Some((tests, range)) if tests > 1 => format!(" Over {tests} such tests it was {range}."),
        _ => String::new(),
    };
    format!(
        "Made in the same way on {}, the forecast up to {} was {}: {} against {}.{all}",
        format::day(holdout.origin),
        format::day(holdout.end),
        missed(change),
        context.currency.rough(holdout.predicted_total),
        context.currency.rough(holdout.actual_net),
    )
}

fn body(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let backtest = forecast.models.backtest.as_ref();
    html! {
        @if forecast.models.data_check.grade(QUARTER) == Suitability::Rough {
            (caveat(&format!("Take it as a rough number. {}", reasons(forecast, QUARTER))))
        }
        (horizons(context, forecast))
        (caveat(beyond_the_quarter(forecast)))
        @if let Some(backtest) = backtest { (tested(context, backtest)) }
        (how_counted(&[
            "Expected net revenue is the sum over all customers with a purchase on or before the as-of date; it is not discounted, and amounts are given with two significant digits.",
            "A test fits everything as if the file ended at an earlier date, forecasts the customers known then and compares with what they did; nothing later can reach it.",
            "The data are enough (yes), give a number that was not or could not be tested (rough), or are not enough (no), by the days of history, the number of customers, how many bought more than once, and the age of the last sale.",
        ]))
    }
}

/// How the two long horizons come about.
fn beyond_the_quarter(forecast: &ForecastInput<'_>) -> &'static str {
    let no_drop_out = forecast.models.bg_nbd.as_ref().is_some_and(|fit| fit.report.degenerate.is_some());
    if no_drop_out {
        "Beyond the quarter each customer's value grows with the purchases the model expects. These data show no \
         drop-out, so it grows in proportion to time: take the long horizons as what today's customers would bring if \
         none of them left, and no season changed it."
    } else {
        "Beyond the quarter each customer's value grows with the purchases the model expects, drop-out included; a \
         season is not part of it."
    }
}

fn horizons(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    struct Row {
        period: String,
        enough: Suitability,
        total: Option<f64>,
        why: String,
    }
    let values: [fn(&CustomerForecast) -> f64; 3] = [|row| row.clv_3m, |row| row.clv_12m, |row| row.clv_24m];
    let rows = Horizon::STANDARD.into_iter().zip(values).map(|(horizon, value)| {
        let enough = forecast.models.data_check.grade(horizon);
        Row {
            period: period(context, horizon),
            enough,
            total: (enough != Suitability::No).then(|| total(forecast, value)),
            why: reasons(forecast, horizon),
        }
    });
    let table = Table::of(rows.collect())
        .text("period", "First and last day.", |row: &Row| &row.period)
        .heading("Expected")
        .forecast("total", MONEY, "Net revenue of the customers known today.", |row| row.total)
        .heading("Net revenue")
        .composed("enough", "Whether the data are enough.", |row| row.enough.to_string())
        .heading("Data enough?")
        .text("why", "Why.", |row| &row.why)
        .finish();
    html! { (TableView::new(&table, "What the customers known today are expected to bring")) }
}

fn tested(context: &Context<'_>, backtest: &Backtest) -> Markup {
    let table = Table::of(tests(backtest).collect())
        .day("origin", "Last day the forecast has seen.", |row| row.origin)
        .heading("Made on")
        .day("end", "Last day forecast.", |row| row.end)
        .heading("Up to")
        .integer("customers", "customers", "Customers known then.", |row| row.customers)
        .forecast("predicted", MONEY, "Forecast net revenue.", |row| row.predicted_total)
        .heading("Forecast")
        .forecast("actual", MONEY, "Net revenue that came.", |row| row.actual_net)
        .heading("Came")
        .composed("missed", "Forecast against what came.", |row| off(row).map_or_else(String::new, missed))
        .heading("The forecast was")
        .finish();
    html! {
        h3 { "How good were past forecasts?" }
        (weeks(context, &backtest.holdout))
        (deciles(context, &backtest.holdout))
        (TableView::new(&table, "Forecasts made in the same way on earlier dates"))
    }
}

fn weeks(context: &Context<'_>, holdout: &Holdout) -> Markup {
    let points = &holdout.weeks;
    let days = points.iter().map(|point| format::day(point.day)).collect();
    let predicted: Vec<_> = points.iter().map(|point| Some(point.predicted_revenue)).collect();
    let actual: Vec<_> = points.iter().map(|point| Some(point.actual_revenue)).collect();
    let summary = off(holdout)
        .map_or_else(String::new, |change| format!("By the end the forecast was {}.", missed(change)));
    let title = format!(
        "Net revenue of the customers known on {}, summed up from then on{}",
        format::day(holdout.origin),
        context.currency.suffix()
    );
    let chart = CategoryChart::new(days, Direction::Upright, NumberFormat::Money)
        .line("Came", Ink::Accent, &actual)
        .dashed("Forecast", Ink::Third, &predicted)
        .finish("forecast-weeks", title, summary);
    html! { (chart) }
}

fn deciles(context: &Context<'_>, holdout: &Holdout) -> Markup {
    let tenths = &holdout.deciles;
    if tenths.len() < 2 {
        return html! {};
    }
    let names = (1..=tenths.len()).map(|place| place.to_string()).collect();
    let predicted: Vec<_> = tenths.iter().map(|tenth| Some(tenth.predicted)).collect();
    let actual: Vec<_> = tenths.iter().map(|tenth| Some(tenth.actual)).collect();
    let summary = tenths.last().map_or_else(String::new, |best| {
        format!(
            "The tenth with the highest forecasts was to bring {} a customer and brought {}.",
            context.currency.rough(best.predicted),
            context.currency.rough(best.actual)
        )
    });
    let title = format!(
        "Net revenue a customer, by tenths of the customers from low to high forecast{}",
        context.currency.suffix()
    );
    let chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Money)
        .axis_name("tenths of the customers by forecast")
        .bars("Forecast", Ink::Third, &predicted)
        .bars("Came", Ink::Accent, &actual)
        .finish("forecast-deciles", title, summary);
    html! { (chart) }
}
