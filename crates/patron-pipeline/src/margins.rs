//! Unit costs joined with what customers bought, for the margin they are expected to leave: `docs/models/margin.md`.

use std::collections::BTreeMap;

use patron_columns::{RollupError, RollupSource};
use patron_domain::{Attributes, Day};
use patron_models::{MarginShares, PurchaseMargin};
use patron_store::CostDay;
use rustc_hash::FxHashMap;

use crate::{Forecasts, PipelineError};

/// Days of known cost by customer code.
type Bought = BTreeMap<u32, Vec<PurchaseMargin>>;

/// Learns the shop's margin and fills [`CustomerForecast::clv_margin`](patron_models::CustomerForecast::clv_margin): from
/// unit costs, else from the share that was given; leaves both empty where neither is there. Nothing after `as_of` is looked
/// at, nor, of a customer whose forecast is of a later day, after the last purchase.
pub(crate) fn add_margins(
    source: &dyn RollupSource,
    attributes: &Attributes,
    as_of: Day,
    forecasts: &mut Forecasts,
) -> Result<(), PipelineError> {
    let options = forecasts.fitted.options();
    let (rate, given) = (options.discount_rate, options.margin.map(MarginShares::same_for_all).transpose()?);
    let mut seen_to: FxHashMap<u32, Day> = FxHashMap::default();
    for forecast in &forecasts.customers {
        let later = forecast.customer.filter(|_| forecast.last_purchase > as_of);
        seen_to.extend(later.map(|code| (code, forecast.last_purchase)));
    }
    let until = |customer: u32| seen_to.get(&customer).copied().unwrap_or(as_of);
    let bought = bought(source, attributes, until).map_err(patron_models::ModelError::from)?;
    forecasts.margins = MarginShares::learn(bought.values().map(Vec::as_slice)).or(given);
    let Some(shares) = forecasts.margins else { return Ok(()) };
    for forecast in &mut forecasts.customers {
        let own = forecast.customer.and_then(|code| bought.get(&code));
        let share = shares.of(own.map_or(&[], Vec::as_slice));
        forecast.clv_margin = Some(forecast.margin(share, rate));
    }
    Ok(())
}

/// What customers bought of products with a known cost, each customer up to a day.
fn bought(
    source: &dyn RollupSource,
    attributes: &Attributes,
    until: impl Fn(u32) -> Day,
) -> Result<Bought, RollupError> {
    if attributes.unit_cost.iter().all(Option::is_none) {
        return Ok(Bought::new());
    }
    let mut days: FxHashMap<(u32, Day), CostDay> = FxHashMap::default();
    for batch in source.customer_product_days() {
        for row in batch? {
            let Some(unit_cost) = attributes.unit_cost(row.product) else { continue };
            if row.day <= until(row.customer) {
                let day = days.entry((row.customer, row.day));
                day.or_insert_with(|| CostDay::empty(row.day)).add(row.quantity, row.revenue, unit_cost);
            }
        }
    }
    let mut days: Vec<((u32, Day), CostDay)> = days.into_iter().collect();
    days.sort_unstable_by_key(|&(key, _)| key);
    let mut bought = Bought::new();
    for ((customer, _), day) in days {
        bought.entry(customer).or_default().push(purchase_margin(day));
    }
    Ok(bought)
}

/// A day's revenue and margin as the models take them.
pub fn purchase_margin(day: CostDay) -> PurchaseMargin {
    let revenue = day.revenue.to_f64();
    PurchaseMargin { revenue, margin: revenue - day.cost() }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use patron_columns::SalesTable;
    use patron_models::{DiscountRate, ForecastOptions, ForecasterName};

    use super::*;
    use crate::{ComputeRequest, Silent, compute, read_table};

    /// Half of 30 customers buy 85001, the others 85002, with few exceptions, at 2.50 each, `later` units a time after September 2023.
    fn log(later: u32) -> SalesTable {
        let mut text =
            String::from("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
        for order in 0..360_u32 {
            let (customer, month) = (order % 30, 1 + order / 30);
            let product = if (customer % 2 == 0) == (order % 11 != 0) { "85001" } else { "85002" };
            let quantity = if month > 9 { later } else { 1 + order % 3 };
            let (number, day) = (1_000 + order, 1 + order % 27);
            let line = format!(
                "{number},{product},{quantity},2023-{month:02}-{day:02} 10:00:00,2.50,c{customer},France"
            );
            writeln!(text, "{line}").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sales.csv");
        std::fs::write(&path, text).unwrap();
        read_table(&path, &Default::default()).unwrap().0
    }

    fn forecasts(table: &SalesTable, costs: &[(&str, &str)], margin: Option<f64>) -> Forecasts {
        let options =
            ForecastOptions { forecaster: ForecasterName::Btyd, margin, ..ForecastOptions::default() };
        let as_of = "2023-09-30".parse().unwrap();
        let request = ComputeRequest { as_of: Some(as_of), options, backtest: false };
        let mut forecasts = compute(table, &request, &Silent).unwrap().forecasts.unwrap();
        let cost =
            |sku: &str| costs.iter().find(|known| known.0 == sku).map(|known| known.1.parse().unwrap());
        let unit_cost = table.catalog().skus.iter().map(cost).collect();
        let attributes = Attributes { unit_cost, ..Attributes::default() };
        add_margins(table, &attributes, as_of, &mut forecasts).unwrap();
        forecasts
    }

    #[test]
    fn one_share_for_all_is_that_share() {
        let table = log(2);
        let rate = DiscountRate::default();
        // 60 % of the price of everything, and the same told
        for (costs, told) in [(&[("85001", "1"), ("85002", "1")][..], None), (&[], Some(0.6))] {
            let found = forecasts(&table, costs, told);
            assert!((found.margins.unwrap().shop() - 0.6).abs() < 1e-12);
            assert_eq!(found.customers.len(), 30);
            for row in &found.customers {
                let (worth, expected) = (row.clv_margin.unwrap(), row.margin(0.6, rate));
                assert!(
                    worth.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9),
                    "{worth:?} {expected:?}"
                );
                assert!(worth[0] <= 0.6 * row.clv_3m && worth[2] < 0.6 * row.clv_24m);
            }
        }
        let unknown = forecasts(&table, &[], None);
        assert!(unknown.margins.is_none() && unknown.customers.iter().all(|row| row.clv_margin.is_none()));
    }

    #[test]
    fn shares_are_the_customers_own_and_of_the_past() {
        let costs = [("85001", "0.50"), ("85002", "2")];
        let (now, other) = (forecasts(&log(2), &costs, None), forecasts(&log(9), &costs, None));
        let shares = now.margins.unwrap();
        assert!(shares.half_at().unwrap() > 0.0, "{shares:?}");
        assert_eq!(now.margins, other.margins, "what was sold later is not looked at");
        let own = |row: &patron_models::CustomerForecast| {
            row.clv_margin.unwrap()[1] / row.margin(1.0, DiscountRate::default())[1]
        };
        for (row, altered) in now.customers.iter().zip(&other.customers) {
            assert_eq!(row.clv_margin, altered.clv_margin);
            // 80 % on the one and 20 % on the other product, held back toward all customers' rate
            let buys_85001 = row.customer.unwrap() % 2 == 0;
            assert!((0.2..0.8).contains(&own(row)) && (own(row) > shares.shop()) == buys_85001, "{row:?}");
        }
    }
}
