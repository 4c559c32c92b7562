//! Arguments of `serve`.

use clap::Args;

use super::{DATABASE_URL, PATRON_DB};

/// Arguments of `serve`.
#[derive(Args)]
pub struct ServeArgs {
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// Make an empty database where there is none: customers, products and sales are then posted to it
    #[arg(long)]
    pub create: bool,
    /// Address and port to serve at (port 0 takes a free one); one that other computers can reach needs an API key
    /// first: `patron key create`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: String,
    /// Also answer to this host name, that of a proxy for example; may be given several times
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Let pages of this site ask from a browser, such as https://shop.example; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
    /// Requests a second that each API key may send; 0 for as many as it likes
    #[arg(long, value_name = "N", default_value_t = patron_api::USUAL_RATE)]
    pub rate: u32,
}
