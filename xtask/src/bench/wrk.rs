//! wrk, the load generator, and what it measured.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Connections at a time.
const CONNECTIONS: &str = "32";

/// What is asked, over and over.
pub(super) struct Load<'a> {
    pub(super) what: &'a str,
    /// Lua that defines `ask(turn)`: a request as wrk formats it; `random(n)` is a number from 1 to n.
    pub(super) lua: String,
    /// Requests a second that are wanted,
    pub(super) at_least: f64,
    /// and milliseconds within which 99 of 100 are to be answered.
    pub(super) p99_at_most: Option<f64>,
}

/// One run.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub(super) per_second: f64,
    pub(super) p99_ms: f64,
}

/// Whether wrk is there.
pub(super) fn find() -> Result<()> {
    let found = Command::new("wrk").arg("-v").output();
    ensure!(found.is_ok(), "wrk is needed (Debian: apt-get install wrk)");
    Ok(())
}

/// Asks for some seconds; every answer must be of the kind 2xx.
pub(super) fn run(
    load: &Load<'_>,
    at: SocketAddr,
    seconds: u32,
    folder: &Path,
    run: usize,
) -> Result<Measured> {
    let script = folder.join("load.lua");
    fs::write(&script, format!("{}\n{}\n{EVERY_SCRIPT}", load.lua, format_args!("run = {run}")))?;
    let output = Command::new("wrk")
        .args(["-t1", "-c", CONNECTIONS, "-d", &format!("{seconds}s"), "--timeout", "30s", "-s"])
        .arg(&script)
        .arg(format!("http://{at}"))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let result = text.lines().find_map(|line| line.strip_prefix("RESULT "));
    let told = || format!("{}: wrk said\n{text}{}", load.what, String::from_utf8_lossy(&output.stderr));
    let numbers: Vec<f64> =
        result.with_context(told)?.split(' ').map(str::parse).collect::<Result<_, _>>().with_context(told)?;
    let [requests, wrong, micros, p99] = numbers.as_slice() else { anyhow::bail!(told()) };
    ensure!(
        *wrong == 0.0 && *requests > 0.0,
        "{}: {wrong} of {requests} were not answered well\n{text}",
        load.what
    );
    Ok(Measured { per_second: requests / micros * 1e6, p99_ms: p99 / 1e3 })
}

/// Random numbers that differ from run to run, and results for programs.
const EVERY_SCRIPT: &str = r#"
function init(args)
  math.randomseed(7 + run)
  turn = 0
end
function random(n) return math.random(1, n) end
function request()
  turn = turn + 1
  return ask(turn)
end
function response(status, headers, body)
  if status >= 300 and not said then
    said = true
    io.stderr:write(status .. " " .. body .. "\n")
  end
end
function done(summary, latency, requests)
  local e = summary.errors
  local wrong = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format("RESULT %d %d %d %d", summary.requests, wrong, summary.duration, latency:percentile(99)))
end
"#;
