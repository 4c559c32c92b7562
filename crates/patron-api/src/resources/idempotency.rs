//! `Idempotency-Key`: a request to create rows that is sent again, because its answer was lost, creates nothing twice.

use std::fmt::Write;

use actix_web::HttpRequest;
use chrono::NaiveDateTime;
use patron_store::{Created, Resource, StoreError, Writing};
use sha2::{Digest, Sha256};

use crate::access::Caller;
use crate::{ApiError, FieldError};

/// Characters of a key at most.
pub(crate) const LONGEST_KEY: usize = 255;

/// A request with a key.
#[derive(Clone, Debug)]
pub(crate) struct Repeatable {
    caller: String,
    key: String,
    request: String,
    now: NaiveDateTime,
}

/// What was found under the key of a request.
pub(crate) enum Found<R> {
    /// The same request: the numbers of what it has created, and the rows as they are now, where they still are.
    Same(Vec<(i64, Option<R>)>),
    /// Another request.
    Another,
}

/// The same where what was created is no row of a table of the shop.
pub(crate) enum FoundIds {
    /// The same request: the numbers of what it has created.
    Same(Vec<i64>),
    /// Another request.
    Another,
}

impl Repeatable {
    /// The numbers of what has been created under this key.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn find_ids(&self, writing: &mut Writing<'_>) -> Result<Option<FoundIds>, StoreError> {
        let created = writing.created_under(&self.caller, &self.key, self.now)?;
        Ok(created.map(|created| {
            if created.request == self.request { FoundIds::Same(created.ids) } else { FoundIds::Another }
        }))
    }

    /// Remembers the numbers of what the request has created.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn remember_ids(&self, writing: &mut Writing<'_>, ids: Vec<i64>) -> Result<(), StoreError> {
        let created = Created { request: self.request.clone(), ids };
        writing.remember_created(&self.caller, &self.key, &created, self.now)
    }

    /// The request, where it has a key.
    ///
    /// # Errors
    /// [`ApiError::BadParameters`] for a key that is none.
    pub(crate) fn of(
        request: &HttpRequest,
        caller: &Caller,
        body: &[u8],
        now: NaiveDateTime,
    ) -> Result<Option<Self>, ApiError> {
        let mut keys = request.headers().get_all("idempotency-key");
        let Some(key) = keys.next() else { return Ok(None) };
        let key = key.as_bytes();
        let fits =
            (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(|byte| (0x21..=0x7e).contains(byte));
        if !fits || keys.next().is_some() {
            let detail = format!("must be one text of 1 to {LONGEST_KEY} visible ASCII characters");
            return Err(ApiError::BadParameters(vec![FieldError::new("Idempotency-Key", detail)]));
        }
        let target = format!("{} {}\n", request.method(), request.path());
        Ok(Some(Self {
            caller: caller.key().map_or_else(String::new, |key| key.to_string()),
            key: hash(&[key]),
            request: hash(&[target.as_bytes(), body]),
            now,
        }))
    }

    /// What has been created under this key.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn find<R: Resource>(
        &self,
        writing: &mut Writing<'_>,
    ) -> Result<Option<Found<R>>, StoreError> {
        let Some(created) = writing.created_under(&self.caller, &self.key, self.now)? else {
            return Ok(None);
        };
        if created.request != self.request {
            return Ok(Some(Found::Another));
        }
        let rows = created.ids.iter().map(|id| Ok((*id, writing.get::<R>(R::Id::from(*id))?)));
        Ok(Some(Found::Same(rows.collect::<Result<_, StoreError>>()?)))
    }

    /// Remembers what the request has created.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn remember<R: Resource>(
        &self,
        writing: &mut Writing<'_>,
        rows: &[R],
    ) -> Result<(), StoreError> {
        let ids = rows.iter().map(|row| row.id().into()).collect();
        let created = Created { request: self.request.clone(), ids };
        writing.remember_created(&self.caller, &self.key, &created, self.now)
    }
}

/// SHA-256, in hexadecimal.
fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // writing to a text does not fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}
