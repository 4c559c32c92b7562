//! What is expected of the coming quarter, and how good were past forecasts?

mod shop;

use maud::{Markup, html};
use patron_domain::{Day, Horizon, Money, Suitability};
use patron_models::{Backtest, CustomerForecast, ForecasterName, Holdout, TotalRange};

use super::{Context, ForecastInput};
use crate::format::Currency;
use crate::page::{Section, Tile, caveat, how_counted, tiles};
use crate::say::{self, NoRange, Verdict};
use crate::{CategoryChart, Direction, Ink, MONEY, NumberFormat, Table, TableView, format};

pub(super) const QUARTER: Horizon = Horizon::Months(3);

pub(super) fn section(context: &Context<'_>) -> Section {
    Section {
        id: "forecast",
        short: "Forecast",
        question: format!(
            "What is {}, and how good were past forecasts?",
            say::expected(context.input.as_of, QUARTER)
        ),
        answer: answer(context),
        body: context.forecast().map_or_else(|_| html! {}, |forecast| body(context, forecast)),
    }
}

/// What is expected of all customers known at the as-of date, in currency units, and its range where there is one.
pub(super) struct Total<'a> {
    /// Which days.
    pub(super) horizon: Horizon,
    /// The amount.
    pub(super) expected: f64,
    /// The amount again, with its range.
    pub(super) range: Option<&'a TotalRange>,
}

impl<'a> Total<'a> {
    /// `None` where the data are not enough.
    fn of(
        forecast: &ForecastInput<'a>,
        horizon: Horizon,
        value: fn(&CustomerForecast) -> f64,
    ) -> Option<Self> {
        let models = forecast.models;
        let enough = models.data_check.grade(horizon) != Suitability::No;
        let range = models.totals.iter().find(|total| total.horizon == horizon);
        let expected =
            range.map_or_else(|| forecast.customers.iter().map(value).sum(), |range| range.expected);
        enough.then_some(Self { horizon, expected, range })
    }

    /// The amount, its range and the record of such ranges, as far as they are known.
    pub(super) fn said(&self, context: &Context<'_>, forecast: &ForecastInput<'_>) -> String {
        match self.range {
            Some(range) => say::total(range, context.currency),
            None => {
                let why = NoRange::of(forecast.models, self.horizon);
                say::total_without_range(self.expected, why, context.currency)
            }
        }
    }
}

/// The coming quarter's total; `None` where the data are not enough.
pub(super) fn quarter<'a>(forecast: &ForecastInput<'a>) -> Option<Total<'a>> {
    Total::of(forecast, QUARTER, |row| row.clv_3m)
}

/// What stands above a column of expected amounts; `None` where the data are not enough for one.
pub(super) fn column_heading(
    context: &Context<'_>,
    forecast: &ForecastInput<'_>,
    horizon: Horizon,
) -> Option<String> {
    let verdict = Verdict::of(forecast.models, horizon);
    say::expected_column(context.input.as_of, horizon, verdict).map(|heading| format::capital(&heading))
}

/// Months of the log that were seen whole up to the as-of date.
fn complete_months(context: &Context<'_>) -> u32 {
    let Some(calendar) = context.answers.calendar.as_ref() else { return 0 };
    let Some((first, last)) = calendar.first_complete.zip(calendar.last_complete) else { return 0 };
    let tolerance = i32::try_from(calendar.tolerance_days).unwrap_or(0);
    let seen = context.input.as_of.plus_days(1 + tolerance).month().plus(-1);
    u32::try_from(last.min(seen).number() - first.number() + 1).unwrap_or(0)
}

/// That the season is not known, as a clause; `None` where it can be told.
pub(super) fn season_unknown_shortly(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Option<String> {
    if forecast.models.season.source().is_some() {
        return None;
    }
    say::season_unknown_shortly(complete_months(context), forecast.models.data_check.history_days)
}

fn season_unknown(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Option<String> {
    let days = forecast.models.data_check.history_days;
    quarter(forecast)?;
    if forecast.models.season.source().is_some() {
        return Some(forecast.models.season_said.join(" "));
    }
    say::season_unknown(complete_months(context), days, context.input.as_of)
}

fn answer(context: &Context<'_>) -> String {
    let forecast = match context.forecast() {
        Ok(forecast) => forecast,
        Err(reason) => return format!("There is no forecast: {}", sentence(reason)),
    };
    let as_of = context.input.as_of;
    let Some(total) = quarter(forecast) else {
        let reasons = say::verdict_reason(forecast.models, QUARTER);
        return format!("Not enough data to say what comes {}. {reasons}", say::period(as_of, QUARTER));
    };
    let tested = forecast.models.backtest.as_ref().filter(|_| total.range.is_none());
    format!(
        "{}, from the {} known on {}: net revenue of {}. {}.{}",
        format::capital(&say::expected(as_of, QUARTER)),
        format::counted(forecast.customers.len() as i64, "customer", "customers"),
        format::day(as_of),
        total.said(context, forecast),
        shop::on_top(context, forecast),
        tested.map_or_else(String::new, |backtest| format!(" {}", record(context, backtest))),
    )
}

fn sentence(reason: &str) -> String {
    let ended = if reason.ends_with('.') { "" } else { "." };
    format!("{reason}{ended}")
}

/// Forecast ÷ what came, less 1; `None` where nothing came.
fn off(predicted: f64, came: f64) -> Option<f64> {
    (came > 0.0).then(|| predicted / came - 1.0)
}

fn tests(backtest: &Backtest) -> impl Iterator<Item = &Holdout> {
    std::iter::once(&backtest.holdout).chain(&backtest.earlier)
}

/// The latest test and, where there are more, the worst and the best of all.
fn record(context: &Context<'_>, backtest: &Backtest) -> String {
    let latest = &backtest.holdout;
    let (predicted, came) = (latest.predicted_total, latest.actual_net);
    let changes: Vec<f64> =
        tests(backtest).filter_map(|test| off(test.predicted_total, test.actual_net)).collect();
    let all = match say::missed_between(&changes) {
        Some(range) if changes.len() > 1 => format!(" Over {} such tests it was {range}.", changes.len()),
        _ => String::new(),
    };
    let said = say::made_before(latest.origin, latest.end, predicted, came, context.currency);
    format!("{}.{all}", format::capital(&said))
}

fn body(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let verdict = Verdict::of(forecast.models, QUARTER);
    html! {
        @if let Some(words) = season_unknown(context, forecast) { (caveat(&words)) }
        @if verdict == Verdict::Rough {
            (caveat(&format!("Take it as a rough number. {}", say::verdict_reason(forecast.models, QUARTER))))
        }
        @if quarter(forecast).is_some() {
            (apart(context, forecast))
            (horizons(context, forecast))
            (caveat(&beyond_the_quarter(context, forecast)))
            (shop::margin(context, forecast))
            (shop::table(context, forecast))
        }
        (tested(context, forecast))
        (how_counted(&[
            "Expected net revenue is the sum over all customers with a purchase on or before the as-of date; it is not discounted, and every forecast is given with two significant digits.",
            "A test fits everything as if the file ended at an earlier date, forecasts the customers known then and compares with what they did; nothing later can reach it.",
            "The range is made from how far such tests were off; its record counts the past forecasts whose range, as it would have been then, held what came.",
            &format!("Tested: the data are enough, and this run compared such forecasts of the past with what came. Rough: a number can be given, but the data are thin or no such forecast was tested in this run. Not enough data: no number is worth giving. The limits, by days of history, customers, repeat customers and the age of the last sale, are published in {}.", say::RULE_FILE),
        ]))
    }
}

/// Spent so far, expected and together, each on its own.
fn apart(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let Some(total) = quarter(forecast) else { return html! {} };
    let spent: Money = forecast.customers.iter().map(|row| row.spent_to_date).sum();
    let (as_of, currency) = (context.input.as_of, context.currency);
    tiles(&[
        Tile::new("Spent so far", currency.whole(spent), "by the customers known today, returns taken off"),
        Tile::new(
            format::capital(&say::expected(as_of, QUARTER)),
            currency.rough(total.expected),
            total.range.map_or_else(String::new, |range| say::range(range, currency)),
        ),
        Tile::new(
            "Together",
            say::together(spent, total.expected, currency),
            "to the last digit of what is expected",
        ),
    ])
}

/// Whether the fitted model is the limit a → 0, in which nobody drops out; other limits say nothing of it.
pub(super) fn no_drop_out(forecast: &ForecastInput<'_>) -> bool {
    forecast.models.bg_nbd.as_ref().is_some_and(|fit| fit.model.a() <= 0.0)
}

/// How the two long horizons come about.
fn beyond_the_quarter(context: &Context<'_>, forecast: &ForecastInput<'_>) -> String {
    let after = format::day(QUARTER.end(context.input.as_of));
    let season = &forecast.models.season;
    let seasonal = forecast.models.forecaster == ForecasterName::Blend;
    let season = say::season_of_long_periods(season.known(), season.source(), seasonal);
    if no_drop_out(forecast) {
        format!(
            "After {after} each customer's value grows with the purchases the model expects. These data show no \
             drop-out, so it grows in proportion to time: take the long periods as what today's customers would bring \
             if none of them left; {season}."
        )
    } else {
        format!(
            "After {after} each customer's value grows with the purchases the model expects, drop-out included; {season}."
        )
    }
}

fn horizons(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    struct Row {
        period: String,
        total: Option<f64>,
        range: String,
        verdict: Verdict,
        why: String,
    }
    let values: [fn(&CustomerForecast) -> f64; 3] = [|row| row.clv_3m, |row| row.clv_12m, |row| row.clv_24m];
    let rows = Horizon::STANDARD.into_iter().zip(values).map(|(horizon, value)| {
        let total = Total::of(forecast, horizon, value);
        let range = total.as_ref().and_then(|total| total.range);
        Row {
            period: say::period(context.input.as_of, horizon),
            total: total.as_ref().map(|total| total.expected),
            range: range.map_or_else(
                || "not known".to_owned(),
                |range| format!("{}; {}", say::range(range, context.currency), say::record(&range.record)),
            ),
            verdict: Verdict::of(forecast.models, horizon),
            why: say::verdict_reason(forecast.models, horizon),
        }
    });
    let table = Table::of(rows.collect())
        .text("period", "First and last day.", |row: &Row| &row.period)
        .heading("Expected")
        .forecast("total", MONEY, "Net revenue of the customers known today.", |row| row.total)
        .heading("Net revenue")
        .text("range", "How far off it may be, and how often such ranges held.", |row| &row.range)
        .heading("How far off it may be")
        .composed("verdict", "Tested, rough or not enough data.", |row| row.verdict.to_string())
        .heading("How sure?")
        .text("why", "Why.", |row| &row.why)
        .finish();
    html! { (TableView::new(&table, "What the customers known today are expected to bring")) }
}

/// A forecast of the past: what came, and where it is known its range.
struct Past {
    origin: Day,
    end: Day,
    predicted: f64,
    ends: Option<[f64; 2]>,
    came: f64,
    inside: Option<bool>,
}

/// The record of the quarter's range; without a range the tests alone.
fn past(forecast: &ForecastInput<'_>) -> Vec<Past> {
    let record = quarter(forecast).and_then(|total| total.range).map(|range| range.record.as_slice());
    if let Some(record) = record.filter(|record| !record.is_empty()) {
        let ranged = record.iter().map(|past| Past {
            origin: past.origin,
            end: past.end,
            predicted: past.expected,
            ends: Some([past.low, past.high]),
            came: past.came,
            inside: Some(past.landed_inside()),
        });
        return ranged.collect();
    }
    let bare = |test: &Holdout| Past {
        origin: test.origin,
        end: test.end,
        predicted: test.predicted_total,
        ends: None,
        came: test.actual_net,
        inside: None,
    };
    forecast.models.backtest.iter().flat_map(tests).map(bare).collect()
}

fn tested(context: &Context<'_>, forecast: &ForecastInput<'_>) -> Markup {
    let rows = past(forecast);
    if rows.is_empty() {
        return html! {};
    }
    let ranged = rows.iter().any(|row| row.ends.is_some());
    let table = Table::of(rows)
        .day("origin", "Last day the forecast has seen.", |row: &Past| row.origin)
        .heading("Made on")
        .day("end", "Last day forecast.", |row| row.end)
        .heading("Up to")
        .forecast("predicted", MONEY, "Forecast net revenue.", |row| row.predicted)
        .heading("Forecast")
        .composed("range", "The range it would have had then.", move |row| {
            row.ends.and_then(|[low, high]| say::between(low, high, Currency::default())).unwrap_or_default()
        })
        .heading(say::RANGE_HEADING)
        .forecast("came", MONEY, "Net revenue that came.", |row| row.came)
        .yes_no("inside", "Whether what came lies in the range.", |row| row.inside)
        .heading("Landed inside?")
        .figures("missed", "Forecast against what came.", |row| {
            off(row.predicted, row.came).map_or_else(String::new, say::missed)
        })
        .heading("The forecast was")
        .finish();
    let table = if ranged { table } else { table.without(&["range", "inside"]) };
    html! {
        h3 { "How good were past forecasts?" }
        @if let Some(backtest) = &forecast.models.backtest {
            @if let Some(words) = say::tested_in_words(backtest, last_day(context)) { p { (words) } }
            (weeks(context, &backtest.holdout))
            (deciles(context, &backtest.holdout))
        }
        (TableView::new(&table, "Forecasts made in the same way on earlier dates"))
    }
}

/// The last day of the log.
fn last_day(context: &Context<'_>) -> Option<Day> {
    context.input.imports.iter().filter_map(|import| import.after.last_day).max()
}

fn weeks(context: &Context<'_>, holdout: &Holdout) -> Markup {
    let points = &holdout.weeks;
    let days = points.iter().map(|point| format::day(point.day)).collect();
    let predicted: Vec<_> = points.iter().map(|point| Some(point.predicted_revenue)).collect();
    let actual: Vec<_> = points.iter().map(|point| Some(point.actual_revenue)).collect();
    let summary = off(holdout.predicted_total, holdout.actual_net)
        .map_or_else(String::new, |change| format!("By the end the forecast was {}.", say::missed(change)));
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
