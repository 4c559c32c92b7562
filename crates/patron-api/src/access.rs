//! Who may do what: keys and their scopes, limits, and pages of other sites.

mod caller;
pub(crate) mod description;
mod keyring;
mod origins;
mod personal;
mod rate;
mod record;
mod routes;
mod rules;
mod settings;

pub(crate) use caller::Caller;
pub(crate) use keyring::Keyring;
pub use origins::Origin;
pub(crate) use origins::Origins;
pub(crate) use rate::{Counted, Rates};
pub(crate) use routes::routes;
pub(crate) use rules::{Limits, limits, needed};
pub use settings::{ServeSettings, USUAL_RATE};
