//! Quality of forecasts: the default forecast on real logs, beside naive rules, lifetimes, LightGBM and scikit-learn.

mod notebook;
mod rolling;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use patron_columns::{RollupSource, SalesTable};
use patron_domain::Day;
use patron_ingest::ReadOptions;
use patron_models::{ForecastOptions, Forecaster, Scores, scores};
use patron_pipeline::read_table;
use patron_tests::real_data;

use super::{Run, measure, row};
use crate::outside::environment;
use crate::say;
use crate::tasks::{cargo, root, run as run_shown, target};

/// Log, as-of date, days after it.
const TASKS: [(&str, &str, u32); 5] = [
    ("online_retail", "2011-09-10", 90),
    ("cdnow_full", "1997-09-30", 90),
    ("cdnow_full", "1997-09-30", 273),
    ("cdnow_full", "1997-06-30", 365),
    ("cdnow_sample", "1997-09-30", 273),
];

#[derive(Args)]
pub(crate) struct Options {
    /// Ask the peers too (needs Python 3); their forecasts are kept under target/bench/quality
    #[arg(long)]
    peers: bool,
    /// Also many dates of Online Retail and CDNOW, with paired differences to the best peer
    #[arg(long)]
    rolling: bool,
    /// Also the CPU time of a whole run and of a backtest of Online Retail in release
    #[arg(long)]
    speed: bool,
    /// A Python that has the packages of benches/peers/requirements.txt; without it they are installed
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
}

/// One log at one date: what came, and what was forecast.
struct Outcome {
    /// Ids, in the order of all that follows.
    customers: Vec<String>,
    actual: Vec<f64>,
    ours: Vec<f64>,
    peers: Vec<(String, Vec<f64>)>,
}

/// Where the peers are asked, and where their answers are kept.
struct Peers {
    python: PathBuf,
    folder: PathBuf,
}

/// A log in memory, and where it lies.
struct Log {
    name: &'static str,
    path: PathBuf,
    table: SalesTable,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = target().join("bench/quality");
    fs::create_dir_all(&folder)?;
    let peers = options.peers.then(|| Peers::new(options, &folder)).transpose()?;
    let mut logs = Vec::new();
    for name in ["online_retail", "cdnow_full", "cdnow_sample"] {
        logs.extend(Log::read(name)?);
    }
    say("| log, as-of date, days | forecast | R² | normalised Gini | bias | MAE | in the top 10 % |");
    say(&format!("|{}", "---|".repeat(7)));
    for (name, as_of, days) in TASKS {
        let Some(log) = logs.iter().find(|log| log.name == name) else { continue };
        log.outcome(as_of, days, peers.as_ref())?.say(&format!("{name}, {as_of}, {days}"))?;
    }
    if options.rolling {
        rolling::run(&logs, peers.as_ref())?;
    }
    if let Some(log) = logs.iter().find(|log| log.name == "online_retail") {
        notebook::run(&log.path, &folder, peers.as_ref())?;
        if options.speed {
            speed(&log.path, &folder)?;
        }
    }
    Ok(())
}

impl Peers {
    fn new(options: &Options, folder: &Path) -> Result<Self> {
        let requirements = root().join("benches/peers/requirements.txt");
        let made =
            || environment(&target().join("bench/peers"), &requirements).map(|tools| tools.join("python"));
        let python = options.python.clone().map_or_else(made, Ok)?;
        Ok(Self { python, folder: folder.to_owned() })
    }

    /// The script with the peers in it, on one thread.
    fn script(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(root().join("benches/peers/forecasts.py")).env("OMP_NUM_THREADS", "1");
        command
    }

    /// Customers, targets and forecasts, by name of the column; made where they are not there.
    fn forecasts(&self, log: &Log, as_of: &str, days: u32) -> Result<Vec<(String, Vec<String>)>> {
        let file = self.folder.join(format!("{}-{as_of}-{days}.csv", log.name));
        if !file.exists() {
            let unfinished = self.folder.join("unfinished.csv");
            let mut script = self.script();
            script.arg("log").arg(&log.path).args([as_of, &days.to_string()]).arg(&unfinished);
            run_shown(&mut script)?;
            fs::rename(&unfinished, &file)?;
        }
        let text = fs::read_to_string(&file)?;
        let mut lines = text.lines();
        let names = lines.next().context("the peers have no heading")?.split(',');
        let mut columns: Vec<_> = names.map(|name| (name.to_owned(), Vec::new())).collect();
        for line in lines {
            for ((_, column), cell) in columns.iter_mut().zip(line.split(',')) {
                column.push(cell.to_owned());
            }
        }
        Ok(columns)
    }
}

impl Log {
    fn read(name: &'static str) -> Result<Option<Self>> {
        let Some(path) = real_data(&format!("{name}.csv.gz")) else { return Ok(None) };
        let (table, _) = read_table(&path, &ReadOptions::default())?;
        Ok(Some(Self { name, path, table }))
    }

    /// `predicted_clv` of every customer with a purchase by `as_of`, and what each spent in the days after it, returns
    /// taken off, at least 0.
    fn outcome(&self, as_of: &str, days: u32, peers: Option<&Peers>) -> Result<Outcome> {
        let day: Day = as_of.parse()?;
        let end = day.plus_days(i32::try_from(days)?);
        let options = ForecastOptions { horizon_days: Some(days), ..ForecastOptions::default() };
        let forecasts =
            Forecaster::fit(&self.table, day, &options)?.forecast_all(&self.table, day, Some(days))?;
        let names = &self.table.catalog().customers;
        let mut spent = vec![0.0; names.len()];
        for batch in self.table.customer_days() {
            for customer in batch?.iter() {
                let after = customer.days.iter().filter(|bought| bought.day > day && bought.day <= end);
                let net: f64 = after.map(|bought| bought.net().to_f64()).sum();
                spent[customer.customer as usize] = net.max(0.0);
            }
        }
        let mut outcome = Outcome { customers: vec![], actual: vec![], ours: vec![], peers: vec![] };
        for forecast in forecasts {
            let code = forecast.customer.context("a customer of the log has a code")?;
            outcome.customers.push(names.get(code).context("a customer of the log has a name")?.to_owned());
            outcome.actual.push(spent[code as usize]);
            outcome.ours.push(forecast.predicted_clv.context("the horizon was asked for")?);
        }
        if let Some(peers) = peers {
            outcome.add(peers.forecasts(self, as_of, days)?)?;
        }
        Ok(outcome)
    }
}

impl Outcome {
    /// Takes the peers in, who must have forecast the same for the same customers.
    fn add(&mut self, columns: Vec<(String, Vec<String>)>) -> Result<()> {
        let mut columns = columns.into_iter();
        let (_, customers) = columns.next().context("the peers name no customers")?;
        let row_of: std::collections::HashMap<&str, usize> =
            customers.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
        let rows: Option<Vec<usize>> =
            self.customers.iter().map(|id| row_of.get(id.as_str()).copied()).collect();
        let rows = rows.filter(|rows| rows.len() == customers.len());
        let rows = rows.context("the peers forecast for other customers than ours")?;
        for (name, cells) in columns {
            let values: Vec<f64> = rows.iter().map(|&row| cells[row].parse()).collect::<Result<_, _>>()?;
            self.peers.push((name, values));
        }
        let (_, targets) = self.peers.remove(0);
        let same = self.actual.iter().zip(&targets).all(|(ours, theirs)| (ours - theirs).abs() < 0.01);
        ensure!(same, "the peers' customers spent something else than ours: see how the log was cleaned");
        Ok(())
    }

    /// A line for our forecast, and one for each peer that is best in R² or in the order of customers.
    fn say(&self, task: &str) -> Result<()> {
        let line = |name: &str, of: &Scores| {
            let told = [of.r2, of.normalised_gini, of.bias, Some(of.mae), of.top_tenth_share];
            let digits = [3, 3, 2, 2, 3];
            let cells = told.iter().zip(digits).map(|(score, digits)| {
                score.map_or_else(|| "–".to_owned(), |score| format!("{score:.digits$}"))
            });
            say(&format!("| {task} | {name} | {} |", cells.collect::<Vec<_>>().join(" | ")));
        };
        let score = |predicted: &[f64]| scores(&self.actual, predicted).context("there are no customers");
        line("**Patron**", &score(&self.ours)?);
        let mut best: Vec<(&str, Scores)> = Vec::new();
        for (name, predicted) in &self.peers {
            best.push((name, score(predicted)?));
        }
        for (by, of) in [("R²", (|s| s.r2) as fn(&Scores) -> Option<f64>), ("order", |s| s.normalised_gini)]
        {
            let of = |scores: &Scores| of(scores).unwrap_or(f64::NEG_INFINITY);
            if let Some((name, scores)) = best.iter().max_by(|a, b| of(&a.1).total_cmp(&of(&b.1))) {
                line(&format!("best peer in {by}: {name}"), scores);
            }
        }
        Ok(())
    }
}

/// Whole runs in release: from the file to forecasts and report, without and with tests on the past, and the test of
/// every candidate at every origin.
fn speed(log: &Path, folder: &Path) -> Result<()> {
    cargo(&["build", "--release", "--package", "patron"])?;
    let patron = target().join("release/patron");
    let out = folder.join("run");
    say("\n| Online Retail | wall s | CPU s | peak MiB |\n|---|---|---|---|");
    let dated = ["--as-of", "2011-09-10", "--horizon-days", "90"];
    for (called, more) in [("pipeline without backtest", &["--no-backtest"][..]), ("pipeline", &[])] {
        let mut runs: Vec<Run> = Vec::new();
        for _ in 0..3 {
            if out.exists() {
                fs::remove_dir_all(&out)?;
            }
            let mut command = Command::new(&patron);
            command.arg("pipeline").arg("--input").arg(log).arg("--out").arg(&out).args(dated).args(more);
            runs.push(measure(&mut command)?);
        }
        row(called, &runs);
    }
    let mut command = Command::new(&patron);
    command.arg("backtest").arg("--database").arg(out.join("patron.db"));
    row("backtest", &[measure(&mut command)?]);
    Ok(())
}
