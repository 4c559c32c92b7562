//! The database: everything a shop sold, who bought it, what was set aside, and what was forecast.
//!
//! Sale lines go in as [`SaleBatch`](patron_domain::SaleBatch)es through an [`ImportWriter`], all of a file or
//! nothing of it, and come out again as batches through [`Store::scan`], or spelled out through
//! [`Store::explain_lines`]. What a shop knows beyond them goes in through [`Store::set_files`] and
//! comes out as columns through [`Store::attributes`]. The rest is small and goes through
//! [`Store`]'s queries; twenty of them are ready-made questions, [`ReadyQuery`]. Whatever a function has acknowledged
//! is on disk.
//!
//! ```
//! use patron_store::{DatabaseUrl, Store};
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("shop.db");
//! let mut store = Store::open(&DatabaseUrl::from_path(file))?; // made and migrated where there is none
//! let mut shop = store.shop()?;
//! shop.name = "Corner shop".to_owned();
//! shop.currency = Some("GBP".to_owned());
//! store.set_shop(&shop)?;
//! assert_eq!(store.shop()?, shop);
//! assert_eq!(store.counts()?.sales, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access;
mod bulk;
mod connect;
mod crud;
mod error;
mod idempotency;
mod jobs;
mod maintenance;
mod queries;
mod raw;
mod records;
#[rustfmt::skip]
mod schema;
mod store;
#[cfg(test)]
mod tests;
mod url;

pub use access::{
    Actor, ApiKey, AuditAction, AuditEntry, AuditFilter, Erasure, FieldChange, KeyId, KeyText, NewKey,
    ParseScopeError, PersonalData, Scope, Scopes, StoredForecast,
};
pub use bulk::ImportWriter;
pub use crud::{CostDay, CustomerDays, Editable, Keyed, LiveSettings, LiveWriter, Reading, Writing, Written};
pub use error::{RejectedRow, StoreError};
pub use idempotency::Created;
pub use jobs::{JobEnd, JobId, JobKind, JobList, JobRecord, JobState, Lease, ModelEntry, NewJob, ServiceId};
pub use maintenance::{
    BackupSummary, Check, CheckResult, ColumnInfo, Finding, Reader, SqlCell, SqlLimits, SqlRows, TableInfo,
};
pub use queries::ready::{
    ReadyAnswer, ReadyCell, ReadyColumn, ReadyGiven, ReadyKind, ReadyNeed, ReadyParameter,
    ReadyParameterKind, ReadyQuery,
};
pub use records::crud::{
    Change, CountryId, Cursor, CursorKey, CustomerFacts, CustomerFilter, CustomerId, CustomerPatch,
    CustomerPersonal, CustomerRecord, CustomerRef, CustomerSort, DateFilter, DatePatch, DateRecord, DateSort,
    Direction, FieldError, List, MAX_AMOUNT, NewCustomer, NewDate, NewProduct, NewSale, NewTransaction, Page,
    ParseCursorError, ProductFilter, ProductId, ProductPatch, ProductRecord, ProductRef, ProductSort, Refer,
    Resource, SaleFilter, SaleId, SalePatch, SaleRecord, SaleSort, Sort, TransactionFilter, TransactionId,
    TransactionPatch, TransactionRecord, TransactionRef, TransactionSort, Upserted,
};
pub use records::{
    AttributeFileRecord, Counts, ExplainedLine, HeldLines, ImportId, ImportRecord, KnownSales, LineFilter,
    Matched, ModelRun, NewAttributeFile, NewImport, NewModelRun, Prediction, QuarantineEntry, QuarantineRule,
    RunId, Shop, UndoSummary,
};
pub use store::Store;
pub use url::{DatabaseUrl, Place};
