//! The use cases: import a file, answer the questions, forecast, report. No terminal, no HTTP: whoever calls
//! passes the time and listens to the [`Progress`].
//!
//! ```
//! use patron_pipeline::{Silent, compute, ComputeRequest, read_table};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sales.csv");
//! std::fs::write(&path, "customer,date,amount\na,2024-01-31,12.50\nb,2024-02-29,3.00\n")?;
//! let (table, report) = read_table(&path, &Default::default())?;
//! assert_eq!((table.len(), report.lines_read), (2, 2));
//! let results = compute(&table, &ComputeRequest::default(), &Silent)?;
//! assert_eq!(results.answers.monthly.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attributes;
mod changed;
mod decide;
mod demo;
mod error;
mod explain;
mod export;
mod files;
mod import;
#[cfg(test)]
mod live_tests;
mod load;
mod margins;
mod models;
mod outputs;
mod progress;
mod reading;
mod results;
mod runs;
mod season;
mod set_aside;
mod shop;
mod synth;
mod tested;

pub use attributes::{AddedFile, AttributeFiles, ReadAttributes, add_attributes};
pub use changed::{ChangedOrders, HeldOrders};
pub use decide::compute_decisions;
pub use demo::{DEMO_NAME, write_demo, write_log};
pub use error::PipelineError;
pub use explain::{Explained, Tally, explain_revenue, line_time};
pub use export::export_parquet;
pub use files::write_file;
pub use import::{ImportOutcome, ImportRequest, import, undo};
pub use load::{LoadedShop, load, read_table};
pub use margins::purchase_margin;
pub use models::{Refit, load_model, model_file, refit, test_on_the_past};
pub use outputs::{Computed, Presentation, Written, write_decisions, write_outputs};
pub use progress::{Progress, Silent, Step};
pub use reading::{ReadingWords, WrongWord};
pub use results::{ComputeRequest, Forecasts, Results, compute, compute_attributes};
pub use runs::store_forecasts;
pub use season::{learn_season, read_season, write_season};
pub use set_aside::{SetAside, explain_set_aside, order_set_aside, set_aside_rules};
pub use shop::name_shop;
pub use synth::{Invention, WrittenLog, write_truth};
pub use tested::{ThoroughTest, test_thoroughly, write_card};

/// Lines per batch when the database is scanned.
pub(crate) const BATCH_LINES: usize = 1 << 14;
