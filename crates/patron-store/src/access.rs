//! Who may do what, and what is known of a person: API keys, the record of writes, personal data and their erasure.

pub(crate) mod audit;
mod erase;
pub(crate) mod fields;
mod hash;
mod keys;
mod marks;
mod person;
mod personal;
mod scope;
mod wipe;

pub use audit::{Actor, AuditAction, AuditEntry, AuditFilter, FieldChange};
pub(crate) use erase::ERASED_TEXT;
pub use erase::Erasure;
pub use keys::{ApiKey, KeyText, NewKey};
pub(crate) use marks::Erased;
pub use personal::{PersonalData, StoredForecast};
pub use scope::{KeyId, ParseScopeError, Scope, Scopes};
pub(crate) use wipe::wipe;
