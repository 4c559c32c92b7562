//! Scale of the columns: four questions to ten million lines, beside DuckDB, Polars and pandas.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::Value;

use crate::outside::environment;
use crate::say;
use crate::tasks::{cargo, root, target};

const QUESTIONS: [(&str, &str); 4] = [
    ("summary", "per-customer summary"),
    ("cells", "month × product × country"),
    ("repeat", "repeat customers per product"),
    ("pairs", "pairs in one order, top 200 products"),
];
const MODES: [(&str, &str); 2] = [("parquet", "Parquet"), ("memory", "memory")];
/// Who is asked, ourselves first.
const WHO: [&str; 4] = ["patron", "duckdb", "polars", "pandas"];
const THREADS: &str = "2";

#[derive(Args)]
pub(crate) struct Options {
    /// Lines of the shop, ten a customer; its file is made once and kept under target/bench
    #[arg(long, default_value_t = 10_000_000)]
    lines: u64,
    /// Runs of each question; medians are told
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Leave pandas out, which takes longest
    #[arg(long)]
    without_pandas: bool,
    /// Shops of these sizes for the cost of a line, without the peers
    #[arg(long, value_name = "LINES", value_delimiter = ',', default_value = "1000000,10000000")]
    curve: Vec<u64>,
    /// Build a table of so many lines, which arrive scattered, and tell its memory
    #[arg(long, value_name = "LINES")]
    table: Option<u64>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    cargo(&["build", "--release", "--package", "patron-columns", "--example", "scale"])?;
    let ours = target().join("release/examples/scale");
    let folder = target().join("bench");
    fs::create_dir_all(&folder)?;
    if options.runs > 0 {
        beside_peers(options, &ours, &folder)?;
    }
    curve(options, &ours, &folder)?;
    if let Some(lines) = options.table {
        let built = asked(Command::new(&ours).args(["table", &lines.to_string(), "scattered"]))?;
        say(&format!(
            "\nA table of {} lines: {:.0} MiB, {:.0} MiB at the peak of its building, {:.1} CPU s",
            built["lines"],
            number(&built, "resident_mib"),
            number(&built, "peak_mib"),
            number(&built, "build_cpu")
        ));
    }
    Ok(())
}

/// Every question to everyone, one after the other, as often as is asked for; all answers must be the same.
fn beside_peers(options: &Options, ours: &Path, folder: &Path) -> Result<()> {
    let file = shop(ours, folder, options.lines)?;
    let python =
        environment(&folder.join("peers"), &root().join("benches/peers/requirements.txt"))?.join("python");
    let script = root().join("benches/peers/ask.py");
    let who = &WHO[..if options.without_pandas { 3 } else { 4 }];
    say(&format!("| question | from | {} | better peer ÷ Patron | peak MiB |", who.join(" CPU s | ")));
    say(&format!("|{}", "---|".repeat(who.len() + 4)));
    for (question, called) in QUESTIONS {
        for (mode, from) in MODES {
            let mut answers: Vec<Vec<Value>> = vec![Vec::new(); who.len()];
            for _ in 0..options.runs {
                for (peer, answers) in who.iter().zip(&mut answers) {
                    let mut command =
                        if *peer == "patron" { Command::new(ours) } else { Command::new(&python) };
                    if *peer == "patron" {
                        command
                            .arg("ask")
                            .arg(&file)
                            .args([question, mode])
                            .env("RAYON_NUM_THREADS", THREADS);
                    } else {
                        command.arg(&script).arg(&file).args([question, *peer, mode]);
                    }
                    answers.push(asked(&mut command)?);
                }
            }
            let told = |answer: &Value| (answer["rows"].clone(), answer["sum"].clone());
            let first = told(&answers[0][0]);
            for (peer, answers) in who.iter().zip(&answers) {
                let same = answers.iter().all(|answer| told(answer) == first);
                ensure!(
                    same,
                    "{peer} answers '{question}' otherwise: {:?}, not {first:?}",
                    told(&answers[0])
                );
            }
            let cpu: Vec<f64> = answers.iter().map(|answers| median(answers, "cpu")).collect();
            let peaks = answers.iter().map(|answers| format!("{:.0}", median(answers, "peak_mib")));
            let times = cpu.iter().map(|cpu| format!("{cpu:.2}")).collect::<Vec<_>>().join(" | ");
            let better = cpu[1..].iter().copied().fold(f64::INFINITY, f64::min) / cpu[0];
            let peaks = peaks.collect::<Vec<_>>().join(" / ");
            say(&format!("| {called} | {from} | {times} | {better:.1} | {peaks} |"));
        }
    }
    Ok(())
}

/// What a line costs as shops grow.
fn curve(options: &Options, ours: &Path, folder: &Path) -> Result<()> {
    say(
        "\n| lines | generate ns | into Parquet ns | load ns | summary ns | cells ns | repeat ns | pairs ns |",
    );
    say(&format!("|{}", "---|".repeat(8)));
    for &lines in &options.curve {
        let file = shop(ours, folder, lines)?;
        let file = file.to_str().context("the path of the target folder is not UTF-8")?;
        let written = folder.join("scale-written.parquet");
        let mut works: Vec<Vec<&str>> = vec![vec!["generate"], vec!["make"], vec!["load", file]];
        works.extend(QUESTIONS.map(|(question, _)| vec!["ask", file, question, "parquet"]));
        let count = lines.to_string();
        let mut told = Vec::new();
        let mut made = lines as f64;
        for work in works {
            let mut answers = Vec::new();
            for _ in 0..options.runs.max(1) {
                let mut command = Command::new(ours);
                command.args(&work).env("RAYON_NUM_THREADS", THREADS);
                match work[0] {
                    "generate" => command.arg(&count),
                    "make" => command.arg(&written).arg(&count),
                    _ => &mut command,
                };
                answers.push(asked(&mut command)?);
            }
            made = answers[0]["lines"].as_f64().unwrap_or(made);
            told.push(format!("{:.0}", median(&answers, "cpu") / made * 1e9));
        }
        fs::remove_file(&written)?;
        say(&format!("| {made:.0} | {} |", told.join(" | ")));
    }
    Ok(())
}

/// The file of a shop of so many lines; made where it is not there.
fn shop(ours: &Path, folder: &Path, lines: u64) -> Result<PathBuf> {
    let file = folder.join(format!("scale-{lines}.parquet"));
    if !file.exists() {
        let unfinished = folder.join("scale-unfinished.parquet");
        asked(Command::new(ours).arg("make").arg(&unfinished).arg(lines.to_string()))?;
        fs::rename(&unfinished, &file)?;
    }
    Ok(file)
}

/// The last line a program prints, which is JSON.
pub(super) fn asked(command: &mut Command) -> Result<Value> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let failed = || format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), failed());
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(said.lines().last().unwrap_or_default()).with_context(failed)
}

fn number(answer: &Value, name: &str) -> f64 {
    answer[name].as_f64().unwrap_or(f64::NAN)
}

fn median(answers: &[Value], name: &str) -> f64 {
    let mut values: Vec<f64> = answers.iter().map(|answer| number(answer, name)).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
