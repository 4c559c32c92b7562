//! `serve`: the shop as a web service.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use patron_api::{ApiError, Origin, ServeSettings, serve};
use patron_store::{DatabaseUrl, Store, StoreError};

use super::Failure;
use super::imports::{database, now, shown};
use crate::args::ServeArgs;
use crate::terminal::{print, say};

/// Serves the shop until the process is asked to stop; its answers are computed meanwhile.
pub(crate) fn run(args: &ServeArgs) -> Result<(), Failure> {
    let settings = settings(args).map_err(Failure::usage)?;
    let url = database(&args.database)?;
    let mut store = opened(&url, args.create)?;
    // before anything that takes its time
    settings.check(&mut store, &url, now()).map_err(|error| match error {
        no_key @ ApiError::NoKeyYet { .. } => Failure::usage(no_key),
        other => other.into(),
    })?;
    let without_keys = store.reading().keys()?.is_empty();
    drop(store);
    serve(&url, now, &settings, |address| {
        if print(&started(address, &settings, without_keys)).is_err() {
            say("serving; standard output is closed");
        }
    })?;
    say("stopped");
    Ok(())
}

/// The database, which must be there unless it is to be made.
fn opened(url: &DatabaseUrl, create: bool) -> Result<Store, Failure> {
    if create {
        return Ok(Store::open(url)?);
    }
    Store::open_existing(url).map_err(|error| match error {
        StoreError::NotFound { .. } => anyhow::anyhow!(
            "there is no database at {at}: fill one with `patron import FILE --database {at}`, make a demo shop with \
             `patron pipeline --database {at}`, or begin with an empty one: `patron serve --create --database {at}`",
            at = shown(url)
        )
        .into(),
        other => other.into(),
    })
}

fn settings(args: &ServeArgs) -> Result<ServeSettings, ApiError> {
    let origins = args.allow_origin.iter().map(|text| text.parse()).collect::<Result<Vec<Origin>, _>>()?;
    let (bind, hosts) = (args.bind.parse()?, args.allow_host.clone());
    Ok(ServeSettings { bind, hosts, origins, rate: NonZeroU32::new(args.rate) })
}

/// Where the service is, and who may ask it.
fn started(address: SocketAddr, settings: &ServeSettings, without_keys: bool) -> String {
    let who = match (settings.bind.is_loopback(), without_keys) {
        (true, true) => "to this computer only, without API keys: whoever can use it may do everything",
        (true, false) => "to this computer only, to those with an API key",
        (false, _) => {
            "to whoever reaches it and has an API key; nothing here is encrypted: put a proxy with TLS before it"
        }
    };
    format!(
        "Serving at http://{address}/ {who}\n\
         Swagger UI: http://{address}/swagger-ui/\n\
         Stop with Ctrl-C; requests in flight finish first"
    )
}
