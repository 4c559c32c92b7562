//! The forecast of every customer, and what its columns mean.

use patron_columns::Catalog;
use patron_domain::{Day, Horizon, Money};
use patron_models::CustomerForecast;

use crate::format::plain;
use crate::{Kind, MONEY, Table, say};

/// One line per customer: what `predictions.csv` holds, with full numbers.
///
/// `predicted_clv` and its two ends are there only where a horizon in days was asked for, and always before
/// `usual_spend_3m_low`, `usual_spend_3m_high` and `mainly_because`, which are empty where they are not known. A
/// forecast without a customer code has an empty id.
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
        .chance("chance_to_buy_3m", "Chance of at least one purchase in the 3 calendar months after the as-of date, calibrated on earlier dates.", |row| {
            row.chance_to_buy_3m
        })
        .chance("p_alive", "Probability of not having dropped out for good, under the model that p_alive_model names.", |row| {
            row.p_alive
        })
        .composed("p_alive_model", "The model that p_alive comes from.", |row| row.p_alive_model.name().to_owned())
        .forecast("expected_purchases_3m", "purchase days", "Purchase days expected in the 3 calendar months after the as-of date.", |row| {
            row.expected_purchases_3m
        })
        .forecast("expected_value", MONEY, "Expected net value of one purchase.", |row| row.expected_value)
        .forecast("clv_3m", MONEY, "Net revenue expected in the 3 calendar months after the as-of date, undiscounted.", |row| row.clv_3m)
        .forecast("clv_3m_low", MONEY, low_end("3 calendar months after the as-of date", true), |row| row.clv_3m_range[0])
        .forecast("clv_3m_high", MONEY, high_end("3 calendar months after the as-of date", true), |row| row.clv_3m_range[1])
        .forecast("clv_12m", MONEY, "Net revenue expected in the 12 calendar months after the as-of date, undiscounted.", |row| row.clv_12m)
        .forecast("clv_12m_low", MONEY, low_end("12 calendar months after the as-of date", false), |row| row.clv_12m_range[0])
        .forecast("clv_12m_high", MONEY, high_end("12 calendar months after the as-of date", false), |row| row.clv_12m_range[1])
        .forecast("clv_24m", MONEY, "Net revenue expected in the 24 calendar months after the as-of date, undiscounted.", |row| row.clv_24m)
        .forecast("clv_24m_low", MONEY, low_end("24 calendar months after the as-of date", false), |row| row.clv_24m_range[0])
        .forecast("clv_24m_high", MONEY, high_end("24 calendar months after the as-of date", false), |row| row.clv_24m_range[1])
        .forecast("clv_margin_3m", MONEY, margin(3), |row| row.clv_margin.map(|[worth, _, _]| worth))
        .forecast("clv_margin_12m", MONEY, margin(12), |row| row.clv_margin.map(|[_, worth, _]| worth))
        .forecast("clv_margin_24m", MONEY, margin(24), |row| row.clv_margin.map(|[_, _, worth]| worth))
        .composed("grade_3m", "Whether the data are enough to forecast what is bought in the 3 calendar months after the as-of date: yes, rough or no.", |row| {
            row.grade_3m.to_string()
        })
        .composed("grade_12m", "Whether the data are enough to forecast what is bought in the 12 calendar months after the as-of date: yes, rough or no.", |row| {
            row.grade_12m.to_string()
        })
        .composed("grade_24m", "Whether the data are enough to forecast what is bought in the 24 calendar months after the as-of date: yes, rough or no.", |row| {
            row.grade_24m.to_string()
        })
        .forecast("formula_clv", MONEY, "Textbook formula: spent to date ÷ churn rate × margin.", |row| {
            row.formula_clv
        })
        .composed("segment", "Quarter of the customers by net revenue expected in the 12 calendar months after the as-of date (clv_12m): A is the highest, D the lowest.", |row| {
            row.segment.to_string()
        });
    let table = if asked {
        table
            .forecast(
                "predicted_clv",
                MONEY,
                "Net revenue expected in the days asked for, undiscounted.",
                |row| row.predicted_clv,
            )
            .forecast("predicted_clv_low", MONEY, low_end("days asked for", true), |row| {
                row.predicted_clv_range.map(|[low, _]| low)
            })
            .forecast("predicted_clv_high", MONEY, high_end("days asked for", true), |row| {
                row.predicted_clv_range.map(|[_, high]| high)
            })
    } else {
        table
    };
    table
        .forecast(
            "usual_spend_3m_low",
            MONEY,
            format!(
                "Low end of what is usually spent in the 3 calendar months after the as-of date by those who buy at all; {}.",
                say::USUAL_SPEND_MEANS
            ),
            |row| row.usual_spend_3m.map(|[low, _]| low),
        )
        .forecast(
            "usual_spend_3m_high",
            MONEY,
            "High end of what is usually spent in the 3 calendar months after the as-of date by those who buy at all.",
            |row| row.usual_spend_3m.map(|[_, high]| high),
        )
        .composed(
            "mainly_because",
            "The fact that moves the chance to buy furthest from that of the average customer.",
            |row| say::because(row, None).map_or_else(String::new, |fact| plain(&fact)),
        )
        .finish()
}

/// What the low end in a period means; of an untested one it is said.
fn low_end(period: &str, tested: bool) -> String {
    format!("Low end of what is spent in the {period}: {}{}.", say::LOW_END_MEANS, untested(tested))
}

fn margin(months: u32) -> String {
    format!(
        "Margin expected in the {months} calendar months after the as-of date, discounted to the as-of date; empty where no \
         margin is known."
    )
}

fn high_end(period: &str, tested: bool) -> String {
    format!("High end of what is spent in the {period}: {}{}.", say::HIGH_END_MEANS, untested(tested))
}

fn untested(tested: bool) -> String {
    if tested { String::new() } else { format!("; {}", say::CARRIED_OVER) }
}

/// What each column of [`predictions`] means: `column,meaning,unit,period`.
///
/// Meanings and periods are spelled with their first and last day; `unit` names the currency where it is known.
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
        meaning: dated(&column.meaning, as_of, horizon_days),
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

/// The meaning with its dates instead of months counted from the as-of date.
fn dated(meaning: &str, as_of: Day, horizon_days: Option<u32>) -> String {
    let said = |horizon: Horizon| plain(&say::period(as_of, horizon));
    let months = [3, 12, 24].into_iter().fold(meaning.to_owned(), |meaning, months| {
        let counted = format!("in the {months} calendar months after the as-of date");
        meaning.replace(&counted, &said(Horizon::Months(months)))
    });
    match horizon_days {
        Some(days) => months.replace("in the days asked for", &said(Horizon::Days(days))),
        None => months,
    }
}

fn period(column: &str, as_of: Day, horizon_days: Option<u32>) -> String {
    let ahead = |horizon: Horizon| format!("{} to {}", as_of.plus_days(1), horizon.end(as_of));
    let end = column.strip_suffix("_low").or_else(|| column.strip_suffix("_high")).unwrap_or(column);
    let months = [("_3m", 3), ("_12m", 12), ("_24m", 24)];
    if let Some((_, months)) = months.into_iter().find(|(ending, _)| end.ends_with(ending)) {
        return ahead(Horizon::Months(months));
    }
    match end {
        "predicted_clv" => horizon_days.map_or_else(String::new, |days| ahead(Horizon::Days(days))),
        "orders" | "last_purchase" | "spent_to_date" => format!("up to {as_of}"),
        "p_alive" | "p_alive_model" | "mainly_because" => format!("at {as_of}"),
        "formula_clv" => "without end".to_owned(),
        "segment" => ahead(Horizon::Months(12)),
        _ => String::new(),
    }
}
