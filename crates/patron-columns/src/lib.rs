//! The sales table in columns and the rollups folded from it.
//!
//! A [`SalesTable`] holds every line as a struct of arrays, sorted by customer, then time, and never changes.
//! Everything analytic reads [rollups](RollupSource) of it, never the lines themselves, so that another source
//! of the same rollups (a cluster) serves the same answers.
//!
//! [`SalesTable::write_parquet`] writes a table into a Parquet file that any program reads, [`TableWriter`] a sorted
//! stream of any length; [`TableFile`] reads it back to the bit. Sums over all lines ([`customer_summaries`],
//! [`product_cells`], [`repeat_customers`], [`product_pairs`]) are made from the table or straight from its file, of which
//! only the columns that are needed are read.
//!
//! ```
//! use patron_columns::{RollupSource, TableBuilder};
//! use patron_domain::{Day, LineKind, Money, NewEntries, NO_CODE, OrderEntry, PurchaseRule, SaleBatch};
//!
//! let day: Day = "2011-12-09".parse()?;
//! let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
//! builder.push(&SaleBatch {
//!     customer: vec![0], product: vec![NO_CODE], order: vec![0], country: vec![NO_CODE],
//!     timestamp: vec![day.start()], quantity: vec![6], unit_price: vec!["2.55".parse()?],
//!     discount: vec![Money::ZERO], amount: vec!["15.30".parse()?], kind: vec![LineKind::Sale], line: vec![2],
//!     added: NewEntries {
//!         customers: vec!["17850".into()],
//!         orders: vec![OrderEntry { number: "536365".into(), ..Default::default() }],
//!         ..Default::default()
//!     },
//! });
//! let (table, _) = builder.finish();
//! let batch = table.customer_days().next().transpose()?.ok_or("no customers")?;
//! let customer = batch.iter().next().ok_or("no customer")?;
//! assert_eq!(customer.days[0].net().to_string(), "15.30");
//! assert_eq!(table.histories(day).len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod catalog;
mod customer_days;
mod file;
mod histories;
mod lines;
mod links;
mod orders;
mod products;
mod rollups;
mod source;
mod summaries;
mod table;

pub use builder::TableBuilder;
pub use catalog::Catalog;
pub use file::{Changed, TableFile, TableFileError, TableWriter};
pub use lines::{Column, LineSource, Lines};
pub use rollups::{
    Batches, CustomerDayBatch, CustomerDays, CustomerProductDay, HistoryHistogram, OrderMonth, ProductDay,
    ProductMonth, RollupError, RollupSource,
};
pub use summaries::{
    CustomerSummary, ProductCell, ProductPair, RepeatCustomers, customer_summaries, product_cells,
    product_pairs, repeat_customers,
};
pub use table::{SalesTable, Span};
