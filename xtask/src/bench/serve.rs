//! The service under load: a shop with very many customers on loopback, client and server on the same machine.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use patron_testing::Cluster;
use patron_tests::Server;

use super::bulk;
use super::wrk::{self, Load, Measured};
use crate::say;
use crate::shop::{remove, write_seldom};
use crate::tasks::{cargo, run as run_command, target};

/// Pages that the load is spread over.
const PAGES: usize = 200;

#[derive(Args)]
pub(crate) struct Options {
    /// Customers of the shop; it is made once and kept under target/bench
    #[arg(long, default_value_t = 1_000_000)]
    customers: u32,
    /// Runs of each load; medians are told
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Seconds of a run
    #[arg(long, default_value_t = 8)]
    seconds: u32,
    /// Sale lines of the bulk loads
    #[arg(long, default_value_t = 541_909)]
    lines: usize,
    /// An empty PostgreSQL database for a bulk load, which stays in it [default: a throw-away server, without fsync]
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Only the bulk loads
    #[arg(long, conflicts_with = "service_only")]
    bulk_only: bool,
    /// Only the service
    #[arg(long)]
    service_only: bool,
}

/// Measures in release: this program builds itself anew where it is not.
pub(crate) fn run(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let own = ["run", "--release", "--quiet", "--package", "xtask", "--"];
        return cargo(&own.into_iter().chain(arguments.iter().map(String::as_str)).collect::<Vec<_>>());
    }
    let folder = target().join("bench");
    fs::create_dir_all(&folder)?;
    say("| what | measured | wanted | |\n|---|---|---|---|");
    if !options.bulk_only {
        wrk::find()?;
        service(options, &folder)?;
    }
    if !options.service_only {
        let cluster = if options.postgres.is_none() { Cluster::start() } else { None };
        let own = cluster.as_ref().map(Cluster::database);
        let postgres = options.postgres.clone().or_else(|| own.as_ref().map(|database| database.url()));
        bulk::run(options.lines, options.runs, postgres.as_deref(), &folder)?;
    }
    Ok(())
}

fn service(options: &Options, folder: &Path) -> Result<()> {
    let binary = std::env::current_exe()?;
    let kept = folder.join(format!("shop-{}.db", options.customers));
    if !kept.exists() {
        make(&binary, options.customers, folder, &kept)?;
    }
    // loads write: each run of the measurement begins with the same shop
    let database = folder.join("served.db");
    remove(&database)?;
    fs::copy(&kept, &database)?;
    let database = database.to_str().context("the path of the target folder is not UTF-8")?;

    let begun = Instant::now();
    let server = Server::start(&binary, database, &[], &folder.join("service.log"));
    told(
        "start of the service until the first answer",
        &format!("{:.1} s", begun.elapsed().as_secs_f64()),
        "",
        true,
    );
    let customers = options.customers;
    let (pages, buyers) = (pages(&server)?, buyers(&binary, database)?);
    sleep(Duration::from_secs(5));
    let idle = memory(server.process());
    told("memory of the idle service", &format!("{idle:.0} MiB"), "≤ 300 MiB", idle <= 300.0);
    for load in loads(customers, &pages, &buyers) {
        let measured: Vec<Measured> = (0..options.runs.max(1))
            .map(|turn| wrk::run(&load, server.address(), options.seconds, folder, turn))
            .collect::<Result<_>>()?;
        tell(&load, &measured);
    }
    let after = memory(server.process());
    told("memory after the loads", &format!("{after:.0} MiB"), "", true);
    ensure!(server.stop("TERM").success(), "the service did not stop in good order");
    let begun = Instant::now();
    run_command(
        Command::new(&binary).args(["check", "--database", database]).stdout(std::process::Stdio::null()),
    )?;
    told(
        "`patron check` afterwards",
        &format!("clean, {:.1} s", begun.elapsed().as_secs_f64()),
        "clean",
        true,
    );
    Ok(())
}

/// Makes the shop, with a forecaster fitted and stored, so that the service finds one.
fn make(binary: &Path, customers: u32, folder: &Path, database: &Path) -> Result<()> {
    let log = folder.join("sales.csv");
    let lines = write_seldom(&log, customers, 7)?;
    let unfinished = folder.join("unfinished.db");
    remove(&unfinished)?;
    let quietly = |arguments: &[&str]| {
        let mut command = Command::new(binary);
        command.args(arguments).arg("--database").arg(&unfinished).stdout(std::process::Stdio::null());
        run_command(command.stderr(std::process::Stdio::null()))
    };
    let begun = Instant::now();
    quietly(&["import", log.to_str().context("the path of the target folder is not UTF-8")?])?;
    let rate = lines as f64 / begun.elapsed().as_secs_f64();
    told(&format!("import of {lines} lines as CSV"), &format!("{rate:.0} lines/s"), "", true);
    // a service that has once started has left its fit in the database
    let path = unfinished.to_str().context("the path of the target folder is not UTF-8")?;
    ensure!(Server::start(binary, path, &[], &folder.join("service.log")).stop("TERM").success());
    // one file, whole: what the service leaves may still lie in the log beside it
    quietly(&["backup", database.to_str().context("the path of the target folder is not UTF-8")?])?;
    fs::remove_file(&log)?;
    remove(&unfinished)
}

fn loads(customers: u32, pages: &[String], buyers: &str) -> [Load<'static>; 4] {
    let get = |path: &str| format!("function ask(turn) return wrk.format('GET', {path}) end");
    let value = get("'/api/v1/customers/' .. buyers[random(#buyers)] .. '/value?horizon=12m'");
    let value = format!("buyers = {{{buyers}}}\n{value}");
    let one = get(&format!("'/api/v1/customers/' .. random({customers})"));
    let list: Vec<String> = pages.iter().map(|page| format!("'{page}'")).collect();
    let page =
        format!("pages = {{{}}}\n{}", list.join(", "), get(&format!("pages[random({})]", pages.len())));
    let sale = format!(
        r#"function ask(turn)
  local invoice = 'wrk-' .. run .. '-' .. turn
  local body = '{{"invoice_number":"' .. invoice .. '","customer_id":' .. random({customers}) .. ',"product_id":' ..
    random(300) .. ',"timestamp":"2025-01-02T10:00:00","quantity":1,"unit_price":"2.50","create_missing":true}}'
  return wrk.format('POST', '/api/v1/sales', {{['Content-Type'] = 'application/json', ['Idempotency-Key'] = invoice}}, body)
end"#
    );
    let load = |what, lua, at_least, p99_at_most| Load { what, lua, at_least, p99_at_most };
    [
        load("value of one customer", value, 10_000.0, Some(10.0)),
        load("one customer by id", one, 8_000.0, None),
        load("page of 50 customers", page, 2_000.0, None),
        load("posted sales, with an Idempotency-Key, days recomputed", sale, 2_000.0, None),
    ]
}

/// Every tenth customer there is a forecast for; the others have taken back all they bought.
fn buyers(binary: &Path, database: &str) -> Result<String> {
    let select = "SELECT customer_id FROM predictions WHERE customer_id % 10 = 3 AND run_id = 1";
    let mut command = Command::new(binary);
    command.args(["sql", select, "--format", "csv", "--limit", "1000000", "--database", database]);
    let said = String::from_utf8(command.output()?.stdout)?;
    let ids: Vec<&str> = said.lines().skip(1).collect();
    ensure!(!ids.is_empty(), "no forecasts are stored in {database}");
    Ok(ids.join(","))
}

/// Addresses of pages of 50 customers, one after the other.
fn pages(server: &Server) -> Result<Vec<String>> {
    let mut pages = vec!["/api/v1/customers?limit=50".to_owned()];
    while pages.len() < PAGES {
        let answer = server.get(&pages[pages.len() - 1]);
        ensure!(answer.status == 200, "{}", answer.body);
        let Some(next) = answer.json()["next"].as_str().map(str::to_owned) else { break };
        pages.push(format!("/api/v1/customers?limit=50&after={next}"));
    }
    Ok(pages)
}

fn tell(load: &Load<'_>, measured: &[Measured]) {
    let median = |of: fn(&Measured) -> f64| {
        let mut values: Vec<f64> = measured.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (rate, p99) = (median(|run| run.per_second), median(|run| run.p99_ms));
    let wanted = load.p99_at_most.map_or_else(String::new, |limit| format!(", p99 ≤ {limit} ms"));
    told(
        load.what,
        &format!("{rate:.0}/s, p99 {p99:.1} ms"),
        &format!("≥ {}/s{wanted}", load.at_least),
        rate >= load.at_least && load.p99_at_most.is_none_or(|limit| p99 <= limit),
    );
}

/// A line of the table; what falls short is marked.
pub(super) fn told(what: &str, measured: &str, wanted: &str, reached: bool) {
    say(&format!("| {what} | {measured} | {wanted} | {} |", if reached { "" } else { "missed" }));
}

/// MiB that a process has in memory.
fn memory(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}
