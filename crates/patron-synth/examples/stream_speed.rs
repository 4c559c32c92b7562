//! Streams a ready scenario and says how many lines came: time it from outside.
//!
//! `cargo build --release -p patron-synth --example stream_speed`, then
//! `time target/release/examples/stream_speed huge 200000` (scenario, customers). Lines divided by user time is the
//! speed per CPU second, the peak memory is in `/usr/bin/time -v`.

use std::error::Error;

use patron_synth::{Scenario, stream};

#[expect(clippy::print_stdout, reason = "a measuring command prints what it measured")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "huge".to_owned());
    let mut scenario = Scenario::ready(&name)?;
    if let Some(customers) = arguments.next() {
        scenario.customers = customers.parse()?;
    }
    let mut stream = stream(&scenario, 7)?;
    let batches = stream.by_ref().count();
    let totals = stream.into_truth().totals;
    println!("{name}: {} lines, {} orders, {batches} batches", totals.lines, totals.orders);
    Ok(())
}
