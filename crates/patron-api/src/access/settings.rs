//! How a shop is served: where, to whom, and how much of it.

use std::num::NonZeroU32;

use chrono::NaiveDateTime;
use patron_store::{DatabaseUrl, Store};

use super::Origin;
use crate::ApiError;
use crate::address::BindAddress;

/// Requests a second that each key may send where nothing else is said.
pub const USUAL_RATE: u32 = 1_000;

/// How a shop is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeSettings {
    /// Where. An address that other machines can reach asks everybody for a key.
    pub bind: BindAddress,
    /// Host names under which it may be asked besides its own, on any port: that of a proxy before it. Where keys
    /// are asked for at an address that other machines can reach, an empty list stands for every name.
    pub hosts: Vec<String>,
    /// Sites whose pages may ask from a browser; none but its own where the list is empty.
    pub origins: Vec<Origin>,
    /// Requests a second that each key may send; `None` for as many as it likes. This computer's own requests to a
    /// service without keys are not counted.
    pub rate: Option<NonZeroU32>,
}

impl ServeSettings {
    /// At this address, under its own names only, for its own pages only, at the usual rate.
    pub fn at(bind: BindAddress) -> Self {
        Self { bind, hosts: Vec::new(), origins: Vec::new(), rate: NonZeroU32::new(USUAL_RATE) }
    }

    /// Refuses an address that other machines can reach while the database has no key in force: nobody could ask
    /// anything, and that is better told at once. `now`: in UTC.
    ///
    /// # Errors
    /// [`ApiError::NoKeyYet`], with the command that makes a key; what the database says.
    pub fn check(&self, store: &mut Store, url: &DatabaseUrl, now: NaiveDateTime) -> Result<(), ApiError> {
        if self.bind.is_loopback() || store.reading().keys()?.iter().any(|key| key.is_usable(now)) {
            return Ok(());
        }
        Err(ApiError::NoKeyYet { address: self.bind.address(), database: url.to_string() })
    }
}
