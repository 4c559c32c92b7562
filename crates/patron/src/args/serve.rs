//! Arguments of `serve`.

use clap::Args;

use super::{DATABASE_URL, PATRON_DB};

/// Arguments of `serve`.
#[derive(Args)]
pub struct ServeArgs {
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// Address and port to serve at; only addresses of this computer (port 0 takes a free one)
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: String,
}
