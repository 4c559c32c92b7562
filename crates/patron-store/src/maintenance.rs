//! Looking after a database: reading it with one's own SQL, copying it while others write, finding damage.

mod backup;
mod calendar;
mod check;
mod imports;
mod lock;
mod orders;
mod reader;
mod sql;
mod tables;

pub use backup::BackupSummary;
pub use check::{Check, CheckResult, Finding};
pub use reader::Reader;
pub use sql::{SqlCell, SqlLimits, SqlRows};
pub use tables::{ColumnInfo, TableInfo};
