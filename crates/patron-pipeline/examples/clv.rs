//! From a sales file to a value per customer: `cargo run --example clv -- sales.csv`

use std::error::Error;
use std::path::PathBuf;

use patron_columns::RollupSource;
use patron_ingest::ReadOptions;
use patron_models::{ForecastOptions, Forecaster};

#[expect(clippy::print_stdout, reason = "an example shows its result")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).map(PathBuf::from).ok_or("usage: clv FILE")?;
    let (table, _report) = patron_pipeline::read_table(&path, &ReadOptions::default())?;
    let as_of = table.span().ok_or("no sales in this file")?.last;
    let fitted = Forecaster::fit(&table, as_of, &ForecastOptions::default())?;
    for forecast in fitted.forecast_all(&table, as_of, None)? {
        let id = forecast.customer.map_or("", |code| table.catalog().customers.text(code));
        println!("{id},{:.2}", forecast.clv_12m);
    }
    Ok(())
}
