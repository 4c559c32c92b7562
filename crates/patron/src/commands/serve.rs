//! `serve`: the shop as a web service.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use patron_api::{ApiError, Origin, ServeSettings, ServedShop, serve};
use patron_store::Store;

use super::Failure;
use super::imports::{database, now, shown};
use crate::args::ServeArgs;
use crate::terminal::{Terminal, print, say};

/// Loads the shop and serves it until the process is asked to stop.
pub(crate) fn run(args: &ServeArgs) -> Result<(), Failure> {
    let settings = settings(args).map_err(Failure::usage)?;
    let url = database(&args.database)?;
    let terminal = Terminal::new();
    let mut store = Store::open_existing(&url)?;
    // before anything that takes its time
    settings.check(&mut store, &url, now()).map_err(|error| match error {
        no_key @ ApiError::NoKeyYet { .. } => Failure::usage(no_key),
        other => other.into(),
    })?;
    let without_keys = store.reading().keys()?.is_empty();
    let shop = ServedShop::open(&mut store, &shown(&url), now, &terminal)?;
    drop(store);
    serve(shop, &url, &settings, |address| {
        if print(&started(address, &settings, without_keys)).is_err() {
            say("serving; standard output is closed");
        }
    })?;
    say("stopped");
    Ok(())
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
