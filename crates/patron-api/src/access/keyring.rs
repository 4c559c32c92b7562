//! The keys that are asked for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::http::header::{self, HeaderMap};
use actix_web::rt;
use patron_domain::Day;
use patron_store::{ApiKey, KeyId, KeyText};

use super::Caller;
use crate::ApiError;
use crate::database::Database;

/// After so long the keys are looked at anew: a key that is revoked stops working, and a new one begins to, within
/// that time.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(2);

/// All keys of the database, as they were a moment ago.
pub(crate) struct Keyring {
    database: Database,
    /// Whether a key is asked for even where the database has none.
    always: bool,
    keys: RwLock<Vec<ApiKey>>,
    opened: Instant,
    /// Milliseconds from the opening to the last look.
    looked: AtomicU64,
    /// The last day on which each key was used, as far as it is noted.
    used: Mutex<BTreeMap<KeyId, Day>>,
}

impl Keyring {
    /// Reads the keys; `always`: nobody is let in without one, as the address can be reached from other machines.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn open(database: Database, always: bool) -> Result<Self, ApiError> {
        let keys = database.look(|reading| reading.keys())?;
        let noted = keys.iter().filter_map(|key| Some((key.id, key.last_used_on?)));
        let used = Mutex::new(noted.collect());
        let (opened, looked) = (Instant::now(), AtomicU64::new(0));
        Ok(Self { database, always, keys: RwLock::new(keys), opened, looked, used })
    }

    /// Who sends these headers.
    ///
    /// Without any key in the database, whoever reaches a loopback address is this computer. As soon as there was a
    /// key it is asked for, and stays so when all have expired or were revoked: nothing opens by itself.
    ///
    /// # Errors
    /// [`ApiError::NoKey`] for all there is to say against a key: missing, sent twice, not understood, unknown,
    /// expired, revoked.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        self.look_again();
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if keys.is_empty() && !self.always {
            return Ok(Caller::local());
        }
        let sent = sent(headers).ok_or(ApiError::NoKey)?;
        let now = self.database.now();
        // by number, ascending, as they are stored
        let known =
            keys.binary_search_by_key(&sent.id(), |key| key.id).ok().and_then(|place| keys.get(place));
        let key = known.filter(|key| key.fits(sent.secret()) && key.is_usable(now)).ok_or(ApiError::NoKey)?;
        self.note_use(key.id, Day::from(now.date()));
        Ok(Caller::with_key(key))
    }

    fn look_again(&self) {
        let (now, looked) = (self.opened.elapsed().as_millis() as u64, self.looked.load(Ordering::Relaxed));
        let is_due = now.saturating_sub(looked) > LOOKED_AT_EVERY.as_millis() as u64;
        // one request looks, the others go on with what is known
        if !is_due || self.looked.compare_exchange(looked, now, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        match self.database.look(|reading| reading.keys()) {
            Ok(keys) => *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys,
            Err(error) => tracing::warn!("the API keys could not be looked at anew: {error}"),
        }
    }

    /// Notes the first use of a key on a day, beside the request.
    fn note_use(&self, key: KeyId, day: Day) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.insert(key, day) == Some(day) {
            return;
        }
        drop(used);
        let database = self.database.clone();
        rt::spawn(async move {
            if let Err(error) = database.write(move |writing| writing.note_key_used(key, day)).await {
                tracing::debug!("the use of API key {key} was not noted: {error}");
            }
        });
    }
}

/// The key that a request sends, as RFC 6750 says: one header `Authorization`, the scheme in any case, one text.
fn sent(headers: &HeaderMap) -> Option<KeyText> {
    let mut sent = headers.get_all(header::AUTHORIZATION);
    let only = sent.next().filter(|_| sent.next().is_none())?.to_str().ok()?;
    let (scheme, text) = only.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| KeyText::parse(text.trim_matches(' ')))?
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn one_header_with_one_key_is_understood() {
        let key = format!("patron_3_{}", "x".repeat(43));
        let sent_by = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            sent(&headers).map(|key| key.id())
        };
        for scheme in ["Bearer", "bearer", "BEARER", "Bearer "] {
            assert_eq!(sent_by(&[&format!("{scheme} {key}")]), Some(KeyId(3)), "{scheme}");
        }
        let bearer = format!("Bearer {key}");
        for wrong in [
            vec![],
            vec![bearer.as_str(), bearer.as_str()],
            vec![bearer.as_str(), "Basic YTpi"],
            vec![key.as_str()],
            vec!["Basic YTpi"],
            vec!["Bearer"],
            vec!["Bearer "],
            vec!["Bearer a b"],
        ] {
            assert_eq!(sent_by(&wrong), None, "{wrong:?}");
        }
        for wrong in [format!("Bearer {key}, {key}"), format!("Bearer\t{key}"), format!("Bearer: {key}")] {
            assert_eq!(sent_by(&[&wrong]), None, "{wrong}");
        }
    }
}
