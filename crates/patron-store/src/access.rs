//! Who may do what, and what is known of a person: API keys, the record of writes, personal data and their erasure.

pub(crate) mod audit;
pub(crate) mod fields;
mod hash;
mod keys;
mod scope;

pub use audit::{Actor, AuditAction, AuditEntry, AuditFilter, FieldChange};
pub use keys::{ApiKey, KeyText, NewKey};
pub use scope::{KeyId, ParseScopeError, Scope, Scopes};
