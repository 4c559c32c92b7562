//! The words of the field, shared by every Patron crate: money, days and months, sale lines in column
//! batches, a customer's purchase days and the fold to a purchase history, horizons, segments, and what an
//! import reports. No input or output, no clock, no chance.
//!
//! ```
//! use patron_domain::{Day, Money};
//!
//! let price: Money = "2.55".parse()?;
//! assert_eq!(price.times(6).map(|amount| amount.to_string()).as_deref(), Some("15.30"));
//! let day: Day = "2011-12-09".parse()?;
//! assert_eq!(day.month().to_string(), "2011-12");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attributes;
mod history;
mod horizon;
mod import;
mod lines;
mod money;
mod names;
mod segment;
mod time;

pub use attributes::{
    AcquisitionSpend, AttributeKind, Attributes, ContactCost, CustomerAttributes, CustomerRow,
    MarketingCosts, ProductAttributes, ProductRow, Trait,
};
pub use history::{CustomerDay, CustomerHistory, DayHistory, HistoryError, PurchaseHistory, PurchaseRule};
pub use horizon::Horizon;
pub use import::{
    ColumnFacts, FileFacts, ImportReport, JoinedByEmail, MappedColumn, OrderForm, Overview, QuantilePoint,
    QuarantinedLine, RuleAction, RuleCount, ServiceAmount, StatusCount, StatusMeaning,
};
pub use lines::{LineKind, NO_CODE, NewEntries, OrderEntry, ProductEntry, SaleBatch, line_key};
pub use money::{Money, ParseMoneyError};
pub use names::Names;
pub use segment::{Segment, Suitability, quartile_segments};
pub use time::{Day, Month, ParseDayError, ParseMonthError, SECONDS_PER_DAY, Timestamp};
