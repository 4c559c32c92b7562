//! A model that `patron model save` wrote, as a library: `cargo run -p patron-models --example load_model -- model.json`
//!
//! No shop and no database is needed: the days a customer bought on are enough.

use std::error::Error;
use std::fs::File;

use patron_domain::{CustomerDay, Day, Money};
use patron_models::ModelFile;

#[expect(clippy::print_stdout, reason = "an example shows its result")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: load_model FILE")?;
    let fitted = ModelFile::from_reader(File::open(path)?)?.into_fitted();
    let as_of = fitted.as_of();

    // a customer who bought for 20.00 three times, the last time ten days before the model's as-of date
    let days: Vec<CustomerDay> =
        [150, 80, 10].map(|before| bought(as_of.plus_days(-before), 200_000)).to_vec();
    let forecast = fitted.forecast_customer(&days, None, as_of, None)?.ok_or("nothing bought by then")?;

    println!("model:                     {} at {as_of}", fitted.forecaster());
    println!("chance to buy, 3 months:   {:.3}", forecast.chance_to_buy_3m);
    println!("expected purchases, 3 m.:  {:.3}", forecast.expected_purchases_3m);
    println!("expected value, 3 months:  {:.2}", forecast.clv_3m);
    println!("expected value, 12 months: {:.2}", forecast.clv_12m);
    println!("expected value, 24 months: {:.2}", forecast.clv_24m);
    Ok(())
}

/// A day with one order of one line.
fn bought(day: Day, ten_thousandths: i64) -> CustomerDay {
    let sales = Money::from_ten_thousandths(ten_thousandths);
    CustomerDay { day, orders: 1, lines: 1, products: 1, quantity: 1, sales, returns: Money::ZERO }
}
