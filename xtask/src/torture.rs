//! Killing the service and imports at random moments, many times.

use std::fs;

use anyhow::{Context, Result};
use clap::Args;
use patron_testing::Cluster;
use patron_tests::torture::{Torture, torture};

use crate::say;
use crate::tasks::target;

#[derive(Args)]
pub(crate) struct Options {
    /// How often something is killed
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// An empty database to torture, once for each [default: a new SQLite file, and a throw-away PostgreSQL server]
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
    let cluster = if options.database.is_empty() { Cluster::start() } else { None };
    let of_cluster = cluster.as_ref().map(Cluster::database);
    let mut databases = options.database.clone();
    if databases.is_empty() {
        databases.push(own);
        databases.extend(of_cluster.as_ref().map(|database| database.url()));
    }
    for database in &databases {
        let folder = folder.join(if database.starts_with("postgres") { "postgres" } else { "sqlite" });
        fs::create_dir_all(&folder)?;
        let plan =
            Torture { binary: &binary, database, folder: &folder, kills: options.kills, seed: options.seed };
        say(&format!("{database}, seed {}", options.seed));
        let happened = torture(&plan, |kill, found| say(&format!("kill {kill}: {found}")));
        say(&happened.to_string());
    }
    Ok(())
}
