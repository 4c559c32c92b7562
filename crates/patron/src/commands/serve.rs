//! `serve`: the shop as a web service.

use patron_api::{ApiError, Loopback, ServedShop, serve};
use patron_store::Store;

use super::Failure;
use super::imports::{database, now, shown};
use crate::args::ServeArgs;
use crate::terminal::{Terminal, print, say};

/// Loads the shop and serves it until the process is asked to stop.
pub(crate) fn run(args: &ServeArgs) -> Result<(), Failure> {
    let at: Loopback = args.bind.parse().map_err(|error: ApiError| Failure::usage(error))?;
    let url = database(&args.database)?;
    let terminal = Terminal::new();
    let mut store = Store::open_existing(&url)?;
    let shop = ServedShop::open(&mut store, &shown(&url), now, &terminal)?;
    drop(store);
    serve(shop, &url, at, |address| {
        let told = print(&format!(
            "Serving at http://{address}/ to this computer only, without API keys\n\
             Swagger UI: http://{address}/swagger-ui/\n\
             Stop with Ctrl-C; requests in flight finish first"
        ));
        if told.is_err() {
            say("serving; standard output is closed");
        }
    })?;
    say("stopped");
    Ok(())
}
