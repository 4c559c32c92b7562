//! For analysts: heat maps, histograms, models and their parameters.

use maud::{Markup, html};
use patron_models::{HeatMap as ModelMap, ModelsReport};

use super::forecast::{no_drop_out, quarter};
use super::tested::{calibration, candidates};
use super::{Context, ForecastInput, margins};
use crate::page::{Section, how_counted};
use crate::{CategoryChart, Direction, HeatMap, Ink, NumberFormat, Table, TableView, format};

/// Repeat purchases shown in the heat maps at most.
const MOST_REPEATS: u32 = 14;
/// Steps of recency in the heat maps.
const STEPS: u32 = 20;

pub(super) fn section(context: &Context<'_>) -> Section {
    let forecast = context.forecast().ok();
    Section {
        id: "appendix",
        short: "For analysts",
        question: "What lies behind this? An appendix for analysts".to_owned(),
        answer: answer(forecast),
        body: html! {
            (histograms(context))
            @if let Some(forecast) = forecast {
                @if quarter(forecast).is_some() { (heat_maps(forecast)) }
                (models(context, forecast.models))
            }
        },
    }
}

fn answer(forecast: Option<&ForecastInput<'_>>) -> String {
    let Some(forecast) = forecast else {
        return "No model was fitted; here are the distributions of orders and of the days between them."
            .to_owned();
    };
    if quarter(forecast).is_none() {
        return "The data are not enough for a forecast; here are the distributions of orders and of the days between them, \
                and what the models made of so little."
            .to_owned();
    }
    let models = forecast.models;
    let fit = models.bg_nbd.as_ref().map_or_else(String::new, |fit| {
        let parameters: Vec<String> =
            fit.report.parameters.iter().map(|p| parameter(&p.name, p.value)).collect();
        format!("; {} with {}", fit.report.model, format::listed(&parameters))
    });
    format!(
        "The forecasts come from \u{201c}{}\u{201d}: {}{fit}.",
        models.forecaster.name(),
        models.forecaster_meaning
    )
}

/// "r = 0.823"; a parameter that ran to zero is said to have done so.
fn parameter(name: &str, value: f64) -> String {
    if value < 1e-6 {
        format!("{name} → 0")
    } else {
        format!("{name} = {}", format::decimal(value, 3)).replace(' ', "\u{a0}")
    }
}

fn histograms(context: &Context<'_>) -> Markup {
    let answers = context.answers;
    html! {
        div.two {
            @if !answers.orders_histogram.is_empty() { (orders(context)) }
            @if answers.days_between.gaps > 0 { (days_between(context)) }
        }
    }
}

fn orders(context: &Context<'_>) -> Markup {
    const LAST: u32 = 20;
    let buckets = &context.answers.orders_histogram;
    let exact: Vec<u64> = (1..LAST)
        .map(|orders| {
            buckets.iter().filter(|bucket| bucket.orders == orders).map(|bucket| bucket.customers).sum()
        })
        .collect();
    let more: u64 =
        buckets.iter().filter(|bucket| bucket.orders >= LAST).map(|bucket| bucket.customers).sum();
    let names = (1..LAST).map(|orders| orders.to_string()).chain([format!("{LAST}+")]).collect();
    let values: Vec<_> = exact.into_iter().chain([more]).map(|customers| Some(customers as f64)).collect();
    let once = buckets.iter().find(|bucket| bucket.orders == 1).map_or(0.0, |bucket| bucket.share);
    let summary = format!("{} have one order so far.", format::share(once, 0));
    let chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Count)
        .axis_name("orders of a customer")
        .bars("Customers", Ink::Accent, &values)
        .finish("appendix-orders", "Customers by number of orders", summary);
    html! { (chart) }
}

fn days_between(context: &Context<'_>) -> Markup {
    const WEEKS: usize = 30;
    let days = &context.answers.days_between;
    let shown = days.buckets.iter().take(WEEKS);
    let rest: u64 = days.buckets.iter().skip(WEEKS).map(|bucket| bucket.gaps).sum();
    let names = shown.clone().map(|bucket| format!("{}–{}", bucket.from_days, bucket.to_days)).collect();
    let values: Vec<_> = shown.map(|bucket| Some(bucket.gaps as f64)).collect();
    let longer = if rest == 0 {
        String::new()
    } else {
        format!(" {} longer gaps are not drawn.", format::count(rest as i64))
    };
    let summary = match (days.median, days.mean) {
        (Some(median), Some(mean)) => format!(
            "Median {} days, mean {} days.{longer}",
            format::decimal(median, 0),
            format::decimal(mean, 0)
        ),
        _ => longer,
    };
    let chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Count)
        .axis_name("days between two purchases")
        .bars("Gaps", Ink::Accent, &values)
        .finish("appendix-days-between", "Days between a customer's purchases", summary);
    html! { (chart) }
}

fn heat_maps(forecast: &ForecastInput<'_>) -> Markup {
    let check = &forecast.models.data_check;
    let age = check.history_days.saturating_sub(1);
    if age == 0 {
        return html! {};
    }
    let days = patron_domain::Horizon::Months(3).days(forecast.models.as_of);
    let purchases = forecast.btyd.expected_purchases_map(age, MOST_REPEATS, STEPS, days).ok();
    let alive = forecast.btyd.p_alive_map(age, MOST_REPEATS, STEPS);
    let certain = alive.cells.iter().flatten().flatten().all(|alive| *alive > 0.999);
    let title = |what: &str| {
        format!(
            "{what}, for a customer whose first purchase lies {} days back",
            format::count(i64::from(age))
        )
    };
    html! {
        h3 { "What does the model expect of whom?" }
        div.two {
            @if let Some(map) = purchases {
                (heat_map("appendix-purchases", title(&format!("Purchases expected in {days} days")), &map, NumberFormat::Number))
            }
            @if !certain { (heat_map("appendix-alive", title("P(alive)"), &alive, NumberFormat::Share)) }
        }
        @if certain && no_drop_out(forecast) {
            p { "There is no map of P(alive): these data show no drop-out, so under the model nobody is lost for good." }
        } @else if certain {
            p { "There is no map of P(alive): it is above 99% for every such customer." }
        }
        (how_counted(&[
            "Frequency is the number of purchase days after the first, recency the days from the first to the last purchase. Empty cells: no such customer can exist.",
            "P(alive) is the probability, under the BG/NBD model, that the customer has not dropped out for good. It is 1 for everybody who bought once, which is why the chance to buy is shown everywhere else.",
        ]))
    }
}

fn heat_map(id: &str, title: String, map: &ModelMap, number: NumberFormat) -> Markup {
    let columns = map.recency_days.iter().map(u32::to_string).collect();
    let rows = map.frequencies.iter().map(u32::to_string).collect();
    let mut chart = HeatMap::new(columns, rows, number).names("recency, days", "frequency").upwards();
    if number == NumberFormat::Share {
        chart = chart.range(0.0, 1.0);
    }
    let mut highest = (f64::MIN, 0, 0);
    for (row, cells) in map.cells.iter().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let (Some(value), Some(x), Some(t_x)) =
                (*value, map.frequencies.get(row), map.recency_days.get(column))
            else {
                continue;
            };
            let shown =
                if number == NumberFormat::Share { format::chance(value) } else { format::two_digits(value) };
            chart.cell(
                column,
                row,
                value,
                &format!("{x} repeat purchases, the last after {t_x} days: {shown}"),
                false,
            );
            if value > highest.0 {
                highest = (value, *x, *t_x);
            }
        }
    }
    let (value, x, t_x) = highest;
    let shown = if number == NumberFormat::Share { format::chance(value) } else { format::two_digits(value) };
    let summary = if value == f64::MIN {
        "No cell could be computed.".to_owned()
    } else {
        format!("Highest with {x} repeat purchases, the last after {t_x} days: {shown}.")
    };
    html! { (chart.finish(id, title, summary)) }
}

fn models(context: &Context<'_>, models: &ModelsReport) -> Markup {
    html! {
        h3 { "Which models, with which parameters?" }
        (parameters(models))
        @for words in &models.stand_ins { p { (words) } }
        (textbook(context, models))
        @if !models.regression.importance.is_empty() { (importance(models)) }
        @if let Some(backtest) = &models.backtest { (candidates(backtest)) (calibration(backtest)) }
        (how_counted(&[
            "BG/NBD: Fader, Hardie and Lee (2005), time in weeks of seven days. Gamma-gamma: Fader and Hardie (2013). Both by maximum likelihood; the remaining gain is the log-likelihood that one more Newton step would promise, the proof that the search has ended.",
            "Boosted trees and linear regression learn from earlier as-of dates what followed them. R² and the others are measured on days that lie after everything learned from.",
            "Normalised Gini: how well the forecast ranks the customers, 1 for a perfect ranking. Bias: forecast total ÷ actual total of the customers' values, negative values counted as zero.",
        ]))
    }
}

fn parameters(models: &ModelsReport) -> Markup {
    let reports: Vec<_> = models
        .bg_nbd
        .iter()
        .map(|fit| &fit.report)
        .chain(models.gamma_gamma.iter().map(|fit| &fit.report))
        .collect();
    if reports.is_empty() {
        return html! {};
    }
    let rows: Vec<_> = reports
        .iter()
        .flat_map(|report| report.parameters.iter().map(move |p| (report.model.as_str(), p)))
        .collect();
    let parameters = Table::of(rows)
        .composed("model", "The model.", |(model, _)| (*model).to_owned())
        .text("parameter", "The paper's symbol.", |(_, parameter)| &parameter.name)
        .number(6, "estimate", "number", "The estimate.", |(_, parameter)| parameter.value)
        .number(6, "standard_error", "number", "From the observed information.", |(_, parameter)| {
            parameter.standard_error
        })
        .finish();
    let fits = Table::of(reports.clone())
        .text("model", "The model.", |report| &report.model)
        .number(4, "ln_likelihood", "number", "ln L at the estimates.", |report| report.ln_likelihood)
        .heading("ln L")
        .number(1, "aic", "number", "Akaike's information criterion.", |report| report.aic)
        .heading("AIC")
        .number(1, "bic", "number", "Bayesian information criterion.", |report| report.bic)
        .heading("BIC")
        .integer("customers", "customers", "Customers behind it.", |report| report.customers)
        .integer("iterations", "steps", "Newton steps.", |report| report.iterations)
        .figures("remaining_gain", "ln L that one more step would promise.", |report| {
            format!("{:.1e}", report.remaining_gain)
        })
        .finish();
    html! {
        (TableView::new(&parameters, "Parameters").file("models.json"))
        (TableView::new(&fits, "Fits").file("models.json"))
        @for words in reports.iter().filter_map(|report| report.degenerate.as_ref()) { p { (words) } }
    }
}

fn textbook(context: &Context<'_>, models: &ModelsReport) -> Markup {
    let book = &models.textbook;
    let money = |value: Option<f64>| value.map(|value| context.currency.mean(value));
    let share = |value: Option<f64>| value.map(|value| format::share(value, 1));
    let known = context.input.attributes.and_then(|attributes| margins::known_share(attributes.margin));
    let margin = match (book.assumed_margin, known) {
        (false, _) => "as given".to_owned(),
        (true, None) => "assumes 10% margin: none was given".to_owned(),
        (true, Some(known)) => format!("assumes 10% margin: none was given; it is {known}"),
    };
    let rows = [
        (
            "Average order value",
            money(book.average_order_value),
            "revenue ÷ orders, of the customers known at the as-of date",
        ),
        (
            "Purchase frequency",
            book.purchase_frequency.map(|f| format::decimal(f, 2)),
            "their orders ÷ these customers, from the first day on",
        ),
        (
            "Repeat rate",
            share(book.repeat_rate),
            "those with two or more purchase days ÷ those with a purchase",
        ),
        ("Churn rate", share(book.churn_rate), "1 − repeat rate: bought only once so far"),
        ("Customer value", money(book.customer_value), "average order value × purchase frequency"),
        ("Profit margin", Some(format::share(book.margin, 0)), margin.as_str()),
        ("Customer lifetime value by the formula", money(book.clv), "customer value ÷ churn rate × margin"),
    ];
    let table = Table::of(rows.to_vec())
        .composed("what", "The number.", |(what, _, _)| (*what).to_owned())
        .figures("value", "Its value.", |(_, value, _)| {
            value.clone().unwrap_or_else(|| "cannot be given".to_owned())
        })
        .composed("how", "How it is had.", |(_, _, how)| (*how).to_owned())
        .finish();
    html! {
        (TableView::new(&table, "The textbook formula, beside the models"))
        p {
            @if let Some(reason) = &book.reason { "There is no value by the formula: " (reason) ". " }
            "The formula takes everybody who bought once so far for lost, knows no time, and gives profit without end; it cannot tell one customer's future from another's."
        }
    }
}

fn importance(models: &ModelsReport) -> Markup {
    let table = Table::of(models.regression.importance.iter().filter(|row| row.share > 0.0).collect())
        .text("feature", "The feature.", |row| &row.feature)
        .share("share", "Share of the boosted trees' gain.", |row| row.share)
        .heading("Share of the gain")
        .finish();
    html! { (TableView::new(&table, "What the boosted trees look at").head(12).file("models.json")) }
}
