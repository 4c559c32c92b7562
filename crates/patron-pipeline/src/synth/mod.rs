//! Invented shops: into a database, into files, into a table; and what is true of them.

mod batches;
mod files;
mod fill;
mod parquet;
mod report;

use patron_columns::{SalesTable, TableBuilder};
use patron_ingest::Profile;
use patron_synth::{Scenario, Truth};
use serde::Serialize;

pub use files::{Written as WrittenLog, write_truth};

use crate::{PipelineError, Progress, Step};

/// Up to so many customers a shop is made whole, and its log is in order of time; a larger one comes customer by
/// customer, in the memory of a few batches.
const IN_ORDER_OF_TIME: u32 = 100_000;

/// An invented shop that is to be made.
///
/// Whatever it is made into holds the same lines, and the same scenario and seed give the same bytes, on any number of
/// threads. Shops of up to 100,000 customers and 20 million lines come in order of time; larger ones customer by customer, each in order of
/// time, in the memory of a few batches; orders are numbered in that order.
///
/// ```
/// use patron_pipeline::{Invention, Silent};
/// use patron_synth::Scenario;
///
/// let shop = Invention::new(Scenario { customers: 50, ..Scenario::demo() }, 7);
/// let (table, truth) = shop.table(&Silent)?;
/// assert_eq!(table.customers(), 50);
/// assert_eq!(table.len() as u64, truth.totals.lines - truth.planted.duplicate_lines - truth.planted.zero_price_lines);
/// # Ok::<(), patron_pipeline::PipelineError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Invention {
    /// What shapes it.
    pub scenario: Scenario,
    /// The same seed makes the same shop.
    pub seed: u64,
    /// Whether the truth tells the true state of each customer; costs about 200 bytes each.
    pub keeps_customers: bool,
}

impl Invention {
    /// A shop whose truth does not tell of each customer.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        Self { scenario, seed, keeps_customers: false }
    }

    /// The shop's log as a table, without what the `retail` rules set aside (duplicates, prices of zero or less), and
    /// what is true of it. Customers, products and orders have the names that files and databases of the shop have.
    ///
    /// # Errors
    /// [`PipelineError::Synth`] for a scenario that is impossible; [`PipelineError::Stopped`].
    pub fn table(&self, progress: &dyn Progress) -> Result<(SalesTable, Truth), PipelineError> {
        let mut builder = TableBuilder::new(Profile::default().purchase_rule());
        let mut descriptions = Vec::new();
        let truth = self.each_clean_batch(progress, |batch, _| {
            descriptions.extend(batch.added.products.iter().map(|product| product.description.clone()));
            builder.push(&batch);
            Ok(())
        })?;
        builder.describe(&descriptions);
        let (table, _) = crate::progress::step(progress, Step::Sort, || builder.finish());
        Ok((table, truth))
    }

    /// What people call it.
    fn shop_name(&self) -> String {
        if self.scenario.name == Scenario::demo().name {
            return crate::DEMO_NAME.to_owned();
        }
        format!("{} (invented data)", self.scenario.name)
    }
}

/// Something that is true of a file, as JSON.
fn to_json(value: &impl Serialize, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
