//! Who asks.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use patron_store::{Scope, Scopes};

use crate::ApiError;

/// Who asks, and what they may do: put into each request before its handler is called.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    scopes: Scopes,
}

impl Caller {
    /// This computer, where the service has no keys: may do everything.
    pub(crate) fn local() -> Self {
        Self { scopes: Scopes::ALL }
    }

    /// Whether the caller has a scope.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.hold(scope)
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
