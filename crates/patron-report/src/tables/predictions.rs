//! The forecast of every customer, and what its columns mean.

use patron_columns::Catalog;
use patron_domain::{Day, Horizon, Money};
use patron_models::CustomerForecast;

use crate::{Kind, MONEY, Table};

/// One line per customer: what `predictions.csv` holds.
///
/// `predicted_clv` is there only where a horizon in days was asked for. A forecast without a customer code has an
/// empty id.
pub fn predictions<'a>(forecasts: &'a [CustomerForecast], catalog: &'a Catalog) -> Table<'a> {
    let asked = forecasts.iter().any(|row| row.predicted_clv.is_some());
    let table = Table::over(forecasts)
        .composed("customer_id", "Id exactly as in the file.", |row| {
            row.customer.map_or_else(String::new, |code| catalog.customers.text(code).to_owned())
        })
        .integer("orders", "orders", "Orders with a sale line.", |row| row.orders)
        .day("last_purchase", "Day of the last purchase.", |row| row.last_purchase)
        .money(
            "spent_to_date",
            "Net revenue of the customer, returns taken off; 0 where more was returned than bought in this log.",
            |row| row.spent_to_date.max(Money::ZERO),
        )
        .chance("chance_to_buy_3m", "Chance of at least one purchase, calibrated on earlier dates.", |row| {
            row.chance_to_buy_3m
        })
        .chance("p_alive", "Probability under the BG/NBD model of not having dropped out for good.", |row| {
            row.p_alive
        })
        .forecast("expected_purchases_3m", "purchase days", "Expected purchases.", |row| {
            row.expected_purchases_3m
        })
        .forecast("expected_value", MONEY, "Expected net value of one purchase.", |row| row.expected_value)
        .forecast("clv_3m", MONEY, "Expected net revenue, undiscounted.", |row| row.clv_3m)
        .forecast("clv_12m", MONEY, "Expected net revenue, undiscounted.", |row| row.clv_12m)
        .forecast("clv_24m", MONEY, "Expected net revenue, undiscounted.", |row| row.clv_24m)
        .composed("grade_3m", "Whether the data are enough for 3 months: yes, rough or no.", |row| {
            row.grade_3m.to_string()
        })
        .composed("grade_12m", "Whether the data are enough for 12 months: yes, rough or no.", |row| {
            row.grade_12m.to_string()
        })
        .composed("grade_24m", "Whether the data are enough for 24 months: yes, rough or no.", |row| {
            row.grade_24m.to_string()
        })
        .forecast("formula_clv", MONEY, "Textbook formula: spent to date ÷ churn rate × margin.", |row| {
            row.formula_clv
        })
        .composed("segment", "Quarter of the customers by clv_12m: A is the highest, D the lowest.", |row| {
            row.segment.to_string()
        });
    let table = if asked {
        table.forecast(
            "predicted_clv",
            MONEY,
            "Expected net revenue in the days asked for, undiscounted.",
            |row| row.predicted_clv,
        )
    } else {
        table
    };
    table.finish()
}

/// What each column of [`predictions`] means: `column,meaning,unit,period`.
///
/// Periods are spelled with their first and last day; `unit` names the currency where it is known.
pub fn prediction_columns(
    predictions: &Table<'_>,
    as_of: Day,
    horizon_days: Option<u32>,
    currency: Option<&str>,
) -> Table<'static> {
    struct Row {
        column: String,
        meaning: String,
        unit: String,
        period: String,
    }
    let rows = predictions.columns().iter().map(|column| Row {
        column: column.key.to_string(),
        meaning: column.meaning.to_string(),
        unit: match (column.unit.as_ref(), column.kind) {
            (MONEY, _) => currency.unwrap_or(MONEY).to_owned(),
            ("", Kind::Text) => "text".to_owned(),
            (unit, _) => unit.to_owned(),
        },
        period: period(&column.key, as_of, horizon_days),
    });
    Table::of(rows.collect())
        .text("column", "Name of the column.", |row: &Row| &row.column)
        .text("meaning", "What it holds.", |row| &row.meaning)
        .text("unit", "What it is counted in.", |row| &row.unit)
        .text("period", "Which days it covers.", |row| &row.period)
        .finish()
}

fn period(column: &str, as_of: Day, horizon_days: Option<u32>) -> String {
    let ahead = |horizon: Horizon| format!("{} to {}", as_of.plus_days(1), horizon.end(as_of));
    let months = [("_3m", 3), ("_12m", 12), ("_24m", 24)];
    if let Some((_, months)) = months.into_iter().find(|(ending, _)| column.ends_with(ending)) {
        return ahead(Horizon::Months(months));
    }
    match column {
        "predicted_clv" => horizon_days.map_or_else(String::new, |days| ahead(Horizon::Days(days))),
        "orders" | "last_purchase" | "spent_to_date" => format!("up to {as_of}"),
        "p_alive" => format!("at {as_of}"),
        "formula_clv" => "without end".to_owned(),
        "segment" => ahead(Horizon::Months(12)),
        _ => String::new(),
    }
}
