//! Who may do what, and what is known of a person: API keys, the record of writes, personal data and their erasure.

mod scope;

pub use scope::{KeyId, ParseScopeError, Scope, Scopes};
