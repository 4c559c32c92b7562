//! The demo shop: an export file as a shop system would write it, dirt included.

use std::io::Write;
use std::path::Path;

use chrono::DateTime;
use patron_synth::{LogLine, ONLINE_RETAIL_HEADINGS, Scenario, Shop, Truth, generate};

use crate::{PipelineError, write_file};

/// Name on the demo shop's report.
pub const DEMO_NAME: &str = "Demo shop (invented data)";

/// Makes the demo shop and writes its sales log as CSV in the columns of the Online Retail file.
///
/// The same seed writes the same bytes. The truth behind the shop is returned.
///
/// # Errors
/// [`PipelineError::Write`] when the file cannot be written.
pub fn write_demo(path: &Path, seed: u64) -> Result<Truth, PipelineError> {
    write_log(path, &Scenario::demo(), seed)
}

/// The same for the shop of any scenario.
///
/// # Errors
/// [`PipelineError::Synth`] for a scenario that is impossible; [`PipelineError::Write`].
pub fn write_log(path: &Path, scenario: &Scenario, seed: u64) -> Result<Truth, PipelineError> {
    let shop = generate(scenario, seed)?;
    write_file(path, |file| write_csv(&shop, file))?;
    Ok(shop.truth)
}

fn write_csv(shop: &Shop, file: &mut dyn Write) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(ONLINE_RETAIL_HEADINGS)?;
    shop.try_for_each_line(|line: &LogLine<'_>| -> std::io::Result<()> {
        let time = DateTime::from_timestamp(line.timestamp, 0)
            .map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M:%S").to_string());
        let (quantity, price) = (line.quantity.to_string(), line.unit_price.to_string());
        let customer = line.customer.unwrap_or_default();
        csv.write_record([
            line.order,
            line.sku,
            line.description,
            &quantity,
            &time,
            &price,
            customer,
            line.country,
        ])?;
        Ok(())
    })?;
    csv.flush()
}
