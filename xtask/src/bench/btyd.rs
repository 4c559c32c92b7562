//! Speed of the purchase-history models beside lifetimes, in turns.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use super::scale::asked;
use crate::outside::environment;
use crate::say;
use crate::tasks::{cargo, root, target};

/// Work, what it is called, whether the peer can do it, and whether it is done with the fewer customers.
const WORKS: [(&str, &str, bool, bool); 5] = [
    ("compress", "compress histories", false, false),
    ("bg-nbd", "BG/NBD fit from compressed histories", true, false),
    ("predict", "expected purchases and P(alive)", true, false),
    ("gamma-gamma", "gamma-gamma fit", true, false),
    ("pareto-nbd", "Pareto/NBD fit", true, true),
];

#[derive(Args)]
pub(crate) struct Options {
    /// Customers; their file is made once and kept under target/bench
    #[arg(long, default_value_t = 1_000_000)]
    customers: u64,
    /// Customers of the Pareto/NBD fit, which the peer takes longest for
    #[arg(long, default_value_t = 100_000)]
    pareto_customers: u64,
    /// Runs of each; medians are told
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Do the same work with lifetimes, in turns (needs Python 3)
    #[arg(long)]
    peers: bool,
    /// A Python that has the packages of benches/peers/requirements.txt; without it they are installed
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    cargo(&["build", "--release", "--package", "patron-models", "--example", "btyd_speed"])?;
    let ours = target().join("release/examples/btyd_speed");
    let folder = target().join("bench");
    fs::create_dir_all(&folder)?;
    let python = options.peers.then(|| python(options, &folder)).transpose()?;
    say(
        "| work | customers | patron CPU s | lifetimes CPU s | lifetimes ÷ patron | patron says | lifetimes says |",
    );
    say(&format!("|{}", "---|".repeat(7)));
    for (work, called, peer_can, fewer) in WORKS {
        let customers = if fewer { options.pareto_customers } else { options.customers };
        let file = made(&ours, &folder, customers)?;
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..options.runs.max(1) {
            let mut command = Command::new(&ours);
            command.arg("ask").arg(&file).arg(work).env("RAYON_NUM_THREADS", "1");
            mine.push(asked(&mut command)?);
            if let Some(python) = python.as_ref().filter(|_| peer_can) {
                let mut command = Command::new(python);
                command.arg(root().join("benches/peers/btyd.py")).arg(&file).arg(work);
                theirs.push(asked(command.env("OMP_NUM_THREADS", "1"))?);
            }
        }
        say(&row(called, customers, &mine, &theirs));
    }
    Ok(())
}

fn python(options: &Options, folder: &Path) -> Result<PathBuf> {
    let made = || {
        environment(&folder.join("peers"), &root().join("benches/peers/requirements.txt"))
            .map(|tools| tools.join("python"))
    };
    options.python.clone().map_or_else(made, Ok)
}

/// The file of so many customers; made where it is not there.
fn made(ours: &Path, folder: &Path, customers: u64) -> Result<PathBuf> {
    let file = folder.join(format!("btyd-{customers}.csv"));
    if !file.exists() {
        let unfinished = folder.join("btyd-unfinished.csv");
        let mut command = Command::new(ours);
        command.arg("make").arg(&unfinished).arg(customers.to_string());
        let status = command.status()?;
        anyhow::ensure!(status.success(), "{command:?} failed");
        fs::rename(&unfinished, &file)?;
    }
    Ok(file)
}

/// A line of the table: medians, and of both the number that must agree; a peer that gave up is said to have.
fn row(called: &str, customers: u64, mine: &[Value], theirs: &[Value]) -> String {
    let cpu =
        |answers: &[Value]| median(answers.iter().map(|answer| answer["cpu"].as_f64().unwrap_or(f64::NAN)));
    let said = |answers: &[Value]| match answers.first() {
        None => String::new(),
        Some(answer) => {
            answer["check"].as_f64().map_or_else(|| "gave up".to_owned(), |number| format!("{number:.4}"))
        }
    };
    let (own, other) = (cpu(mine).unwrap_or(f64::NAN), cpu(theirs));
    let other_said = other.map_or_else(String::new, |other| format!("{other:.2}"));
    let ratio = other.map_or_else(String::new, |other| format!("{:.0}", other / own));
    format!(
        "| {called} | {customers} | {own:.3} | {other_said} | {ratio} | {} | {} |",
        said(mine),
        said(theirs)
    )
}

/// The middle one; `None` of none.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_tells_medians_and_who_gave_up() {
        let mine = [0.3, 0.1, 0.2].map(|cpu| json!({ "cpu": cpu, "check": 1.25 }));
        let theirs = [json!({ "cpu": 30.0, "check": 1.25 }), json!({ "cpu": 20.0, "check": 1.25 })];
        assert_eq!(row("fit", 9, &mine, &theirs), "| fit | 9 | 0.200 | 30.00 | 150 | 1.2500 | 1.2500 |");
        let gave_up = [json!({ "cpu": 40.0, "gave_up": "no" })];
        assert_eq!(row("fit", 9, &mine, &gave_up), "| fit | 9 | 0.200 | 40.00 | 200 | 1.2500 | gave up |");
        assert_eq!(row("fit", 9, &mine, &[]), "| fit | 9 | 0.200 |  |  | 1.2500 |  |");
    }
}
