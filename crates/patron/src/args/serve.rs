//! Arguments of `serve`.

use clap::Args;

/// Arguments of `serve`.
#[derive(Args)]
pub struct ServeArgs {
    /// Database filled by `patron import` or `patron pipeline`
    #[arg(long, value_name = "URL", default_value = "patron.db")]
    pub database: String,
    /// Address and port to serve at; only addresses of this computer (port 0 takes a free one)
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: String,
}
