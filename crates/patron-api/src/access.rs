//! Who may do what.

mod caller;
mod rules;

pub(crate) use caller::Caller;
pub(crate) use rules::needed;
