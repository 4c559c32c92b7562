//! Killing the service and imports at random moments, many times.

use std::fs;

use anyhow::{Context, Result};
use clap::Args;
use patron_tests::torture::{Torture, torture};

use crate::say;
use crate::tasks::target;

#[derive(Args)]
pub(crate) struct Options {
    /// How often something is killed
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// An empty database to torture, once for each [default: a new SQLite file]
    #[arg(long, value_name = "URL")]
    database: Vec<String>,
    /// Seed of what is killed, and when
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Tortures one database after the other; what happened is said, and what is lost or doubled ends it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = target().join("torture");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let binary = std::env::current_exe()?;
    let own = folder.join("shop.db");
    let own = own.to_str().context("the path of the target folder is not UTF-8")?.to_owned();
    let databases = if options.database.is_empty() { vec![own] } else { options.database.clone() };
    for database in &databases {
        let plan =
            Torture { binary: &binary, database, folder: &folder, kills: options.kills, seed: options.seed };
        say(&format!("{database}, seed {}", options.seed));
        let happened = torture(&plan, |kill, found| say(&format!("kill {kill}: {found}")));
        say(&happened.to_string());
    }
    Ok(())
}
