//! Totals of known customers, newcomers and the shop: what `forecast_totals.csv` holds.

use patron_models::ForecastTotal;

use crate::{MONEY, Table};

/// A line per horizon and part of the shop, in the order of the models.
pub fn forecast_totals(totals: &[ForecastTotal]) -> Table<'_> {
    Table::over(totals)
        .composed(
            "total",
            "Whose: total_known (customers known at the as-of date), newcomers (first purchase in the period), total_shop (both).",
            |row| row.of.to_string(),
        )
        .composed("horizon", "3m, 12m, 24m: calendar months; 90d: days.", |row| row.horizon.to_string())
        .day("from", "First day.", |row| row.from)
        .day("to", "Last day.", |row| row.to)
        .forecast("expected", MONEY, "Net revenue expected, undiscounted; returns taken off without a floor.", |row| {
            row.expected
        })
        .forecast("low", MONEY, "Low end of the range.", |row| row.low)
        .forecast("high", MONEY, "High end of the range.", |row| row.high)
        .number(2, "level", "share", "Share of cases the range is made for.", |row| Some(row.level))
        .integer("tested_on_past", "forecasts", "Forecasts of the past made in this way and compared with what came.", |row| {
            row.tested_on_past as u64
        })
        .composed("note", "What is to be known about it.", |row| row.note.clone())
        .finish()
}
