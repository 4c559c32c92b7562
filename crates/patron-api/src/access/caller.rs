//! Who asks.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::NaiveDateTime;
use patron_store::{Actor, ApiKey, KeyId, Scope, Scopes};

use crate::ApiError;

/// Who asks, and what they may do: put into each request before its handler is called.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The key; none for this computer's own requests to a service without keys.
    key: Option<KeyId>,
    scopes: Scopes,
}

impl Caller {
    /// This computer, where the service has no keys: may do everything.
    pub(crate) fn local() -> Self {
        Self { key: None, scopes: Scopes::ALL }
    }

    /// Whoever has this key.
    pub(crate) fn with_key(key: &ApiKey) -> Self {
        Self { key: Some(key.id), scopes: key.scopes }
    }

    /// The key; none for this computer's own requests to a service without keys.
    pub(crate) fn key(&self) -> Option<KeyId> {
        self.key
    }

    /// Whether the caller has a scope.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.hold(scope)
    }

    /// An error unless the caller has all these scopes.
    ///
    /// # Errors
    /// [`ApiError::MissingScope`] with the first that is missing.
    pub(crate) fn must(&self, needed: Scopes) -> Result<(), ApiError> {
        match needed.iter().find(|scope| !self.may(*scope)) {
            Some(scope) => Err(ApiError::MissingScope { scope }),
            None => Ok(()),
        }
    }

    /// As the record of writes knows the caller; `at`: now, in UTC.
    pub(crate) fn actor(&self, at: NaiveDateTime) -> Actor {
        Actor { key: self.key, at }
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    /// A request that nobody has let in has no caller, and is refused.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(ApiError::NoKey))
    }
}
