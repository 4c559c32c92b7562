//! C.3: trend lines.

use patron_analytics::{Answers, Trend};

use super::{NamedTable, words};
use crate::{Table, TableBuilder};

pub(super) fn tables(answers: &Answers) -> Vec<NamedTable<'_>> {
    let products = Table::over(&answers.product_trends)
        .text("measure", "Which monthly number.", |row| words::trend_measure(row.measure))
        .text("sku", "Stock code.", |row| &row.product.sku)
        .text("description", "Description as the file has it.", |row| &row.product.description)
        .text("class", "Slope against zero: rising, steady, declining.", |row| words::class(row.class))
        .text("class_against_shop", "Slope against the shop's own total.", |row| {
            words::class_against_shop(row.class_against_shop)
        })
        .text("season", "What is known of the season.", |row| words::season(row.season));
    let products = line(products, |row| row.trend.as_ref())
        .number(
            4,
            "q_value",
            "probability",
            "p-value adjusted over all products (Benjamini–Hochberg).",
            |row| row.q_value,
        )
        .number(4, "slope_against_shop", "means a month", "Relative slope less the shop's.", |row| {
            row.slope_against_shop
        })
        .number(
            4,
            "q_value_against_shop",
            "probability",
            "A steady share of the shop's total, adjusted over all products.",
            |row| row.q_value_against_shop,
        )
        .number(
            4,
            "season_q_value",
            "probability",
            "Equal months of the year, adjusted; empty below 24 months.",
            |row| row.season_q_value,
        )
        .share("share_growth", "Growth a month of its share of the shop's total.", |row| row.share_growth)
        .text(
            "own_season",
            "Whether its share of the shop's orders differs by the month of the year.",
            |row| words::own_season(row.own_season),
        )
        .number(
            4,
            "own_season_q_value",
            "probability",
            "Equal shares in all months of the year, adjusted; empty below 24 months.",
            |row| row.own_season_q_value,
        )
        .finish();
    let totals = Table::over(&answers.total_trends)
        .text("measure", "Which number of the shop.", |row| words::total_measure(row.measure))
        .text("class", "Slope against zero: rising, steady, declining.", |row| words::class(row.class))
        .text("season", "What is known of the season.", |row| words::season(row.season));
    let totals = line(totals, |row| row.trend.as_ref())
        .number(
            4,
            "season_p_value",
            "probability",
            "Equal months of the year; empty below 24 months.",
            |row| row.season_p_value,
        )
        .finish();
    vec![
        NamedTable::new(
            "product_trends.csv",
            "C.3",
            "Trend of every product, by measure, then stock code",
            products,
        ),
        NamedTable::new("total_trends.csv", "C.3", "Trends of the whole shop", totals),
    ]
}

fn line<'a, T: Send + Sync + 'a>(
    table: TableBuilder<'a, T>,
    trend: impl Fn(&T) -> Option<&Trend> + Copy + Send + Sync + 'a,
) -> TableBuilder<'a, T> {
    let unit = "as the measure, a month";
    table
        .month("first_month", "First complete month of the series.", move |row| trend(row).map(|t| t.first))
        .integer("months", "months", "Complete months.", move |row| trend(row).map(|t| t.months))
        .number(2, "mean", "as the measure", "Mean per month.", move |row| trend(row).map(|t| t.mean))
        .number(2, "start", "as the measure", "Height of the line in the first month.", move |row| {
            trend(row).map(|t| t.start)
        })
        .number(3, "slope", unit, "Ordinary least squares.", move |row| trend(row).map(|t| t.ols.slope))
        .number(3, "slope_low", unit, "95 % interval (Newey–West), lower end.", move |row| {
            trend(row).map(|t| t.ols.low)
        })
        .number(3, "slope_high", unit, "95 % interval (Newey–West), upper end.", move |row| {
            trend(row).map(|t| t.ols.high)
        })
        .number(3, "theil_sen_slope", unit, "Theil–Sen slope.", move |row| {
            trend(row).map(|t| t.theil_sen.slope)
        })
        .number(3, "theil_sen_low", unit, "Its 95 % interval, lower end.", move |row| {
            trend(row).map(|t| t.theil_sen.low)
        })
        .number(3, "theil_sen_high", unit, "Its 95 % interval, upper end.", move |row| {
            trend(row).map(|t| t.theil_sen.high)
        })
        .number(4, "p_value", "probability", "Two-sided p-value of a slope of zero.", move |row| {
            trend(row).map(|t| t.p_value)
        })
}
