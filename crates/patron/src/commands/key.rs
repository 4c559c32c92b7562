//! `key`: who may ask the service.

use anyhow::{Context, anyhow};
use patron_store::{Actor, KeyId, NewKey, Store, StoreError};

use super::Failure;
use super::imports::{database, now};
use crate::args::{KeyArgs, KeyCommand};
use crate::screen;
use crate::terminal::{print, say};

/// Makes, lists or revokes keys.
pub(crate) fn run(args: KeyArgs) -> Result<(), Failure> {
    match args.command {
        KeyCommand::Create { name, scope, expires, database: url } => {
            let created_at = now();
            let too_far = || Failure::usage(anyhow!("--expires lies too far ahead"));
            let expires_at = expires.map(|end| end.from(created_at).ok_or_else(too_far)).transpose()?;
            let new = NewKey { name, scopes: scope, created_at, expires_at };
            let mut random = [0; 32];
            getrandom::fill(&mut random).context("this computer gives no random numbers")?;
            let mut store = Store::open_existing(&database(&url)?)?;
            let made = store.write(|writing| {
                writing.acting_as(Actor { key: None, at: created_at });
                writing.create_key(&new, random)
            });
            let (key, text) = made.map_err(usage_or_not)?;
            say(&screen::key_made(&key));
            print(&text.to_string())?;
        }
        KeyCommand::List { database: url } => {
            let keys = Store::open_existing(&database(&url)?)?.reading().keys()?;
            print(&screen::keys(&keys, &url, now()))?;
        }
        KeyCommand::Revoke { id, database: url } => {
            let mut store = Store::open_existing(&database(&url)?)?;
            let at = now();
            let revoked = store.write(|writing| {
                writing.acting_as(Actor { key: None, at });
                writing.revoke_key(KeyId(id), at)
            });
            print(&screen::key_revoked(&revoked.map_err(usage_or_not)?))?;
        }
    }
    Ok(())
}

/// A mistake in the command line, or something else.
fn usage_or_not(error: StoreError) -> Failure {
    match error {
        StoreError::Invalid { .. } | StoreError::Missing { .. } => Failure::usage(error),
        other => other.into(),
    }
}
