//! Measuring: the criterion benchmarks of the crates, whole runs of `patron pipeline` beside a peer, and the service.

mod btyd;
mod bulk;
mod quality;
mod scale;
mod serve;
mod wrk;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};

use crate::say;
use crate::tasks::cargo;

/// How often the memory of a running process is looked at.
const POLL: Duration = Duration::from_millis(5);

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// Sales file for whole runs of `patron pipeline` in release; without it only the criterion benchmarks run
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Arguments of the measured pipeline run
    #[arg(
        long,
        value_name = "ARGS",
        default_value = "--forecaster boosting --no-backtest --as-of 2011-09-10 --horizon-days 90"
    )]
    arguments: String,
    /// A command line that does the same work with other tools; runs alternate with ours
    #[arg(long, value_name = "COMMAND")]
    peer: Option<String>,
    /// Whole runs of each
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Leave the criterion benchmarks out
    #[arg(long)]
    whole_only: bool,
}

#[derive(Subcommand)]
enum What {
    /// The service under load (needs wrk), and bulk loads beside a bare loop of prepared statements
    Serve(serve::Options),
    /// The columns at ten million lines and more, beside DuckDB, Polars and pandas (needs Python 3)
    Scale(scale::Options),
    /// The purchase-history models on a million customers, beside lifetimes
    Btyd(btyd::Options),
    /// The default forecast on real logs, beside naive rules, lifetimes, LightGBM and scikit-learn
    Quality(quality::Options),
}

/// One run of a command.
struct Run {
    wall: f64,
    cpu: f64,
    peak_mib: f64,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.what {
        Some(What::Serve(options)) => return serve::run(options),
        Some(What::Scale(options)) => return scale::run(options),
        Some(What::Btyd(options)) => return btyd::run(options),
        Some(What::Quality(options)) => return quality::run(options),
        None => {}
    }
    if let Some(input) = &options.input {
        whole_runs(input, options)?;
    }
    if options.whole_only { Ok(()) } else { cargo(&["bench", "--workspace", "--benches"]) }
}

fn whole_runs(input: &Path, options: &Options) -> Result<()> {
    cargo(&["build", "--release", "--package", "patron"])?;
    let out = std::env::temp_dir().join(format!("patron-bench-{}", std::process::id()));
    let mut ours = Vec::new();
    let mut peers = Vec::new();
    for _ in 0..options.runs.max(1) {
        if out.exists() {
            std::fs::remove_dir_all(&out)?;
        }
        let mut command = Command::new("target/release/patron");
        command.arg("pipeline").arg("--input").arg(input).arg("--out").arg(&out);
        command.args(options.arguments.split_whitespace());
        ours.push(measure(&mut command)?);
        if let Some(peer) = &options.peer {
            let mut words = peer.split_whitespace();
            let program = words.next().context("--peer is empty")?;
            peers.push(measure(Command::new(program).args(words).env("OMP_NUM_THREADS", "1"))?);
        }
    }
    std::fs::remove_dir_all(&out)?;
    say("| command | wall s | CPU s | peak MiB |\n|---|---|---|---|");
    let mine = row("patron pipeline", &ours);
    if !peers.is_empty() {
        let theirs = row("peer", &peers);
        let ratio = |a: f64, b: f64| b / a;
        say(&format!(
            "\npeer ÷ patron: wall {:.1}, CPU {:.1}, memory {:.1}",
            ratio(mine.wall, theirs.wall),
            ratio(mine.cpu, theirs.cpu),
            ratio(mine.peak_mib, theirs.peak_mib)
        ));
    }
    Ok(())
}

/// Prints the medians and returns them.
fn row(name: &str, runs: &[Run]) -> Run {
    let median = |of: fn(&Run) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let middle = Run { wall: median(|r| r.wall), cpu: median(|r| r.cpu), peak_mib: median(|r| r.peak_mib) };
    say(&format!(
        "| {name} (median of {}) | {:.2} | {:.2} | {:.0} |",
        runs.len(),
        middle.wall,
        middle.cpu,
        middle.peak_mib
    ));
    middle
}

fn measure(command: &mut Command) -> Result<Run> {
    let (start, cpu) = (Instant::now(), children_cpu()?);
    let mut child =
        command.stdout(Stdio::null()).spawn().with_context(|| format!("cannot start {command:?}"))?;
    let mut peak_kib = 0_u64;
    let status = loop {
        peak_kib = peak_kib.max(resident_peak_kib(child.id()));
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(POLL),
        }
    };
    ensure!(status.success(), "{command:?} failed");
    Ok(Run {
        wall: start.elapsed().as_secs_f64(),
        cpu: children_cpu()? - cpu,
        peak_mib: peak_kib as f64 / 1024.0,
    })
}

/// `VmHWM` of a running process; 0 where the system does not tell.
fn resident_peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// CPU seconds of all finished child processes so far.
#[cfg(unix)]
fn children_cpu() -> Result<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(micros as f64 / 1e6)
}

#[cfg(not(unix))]
fn children_cpu() -> Result<f64> {
    Ok(f64::NAN)
}
