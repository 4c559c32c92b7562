//! The set-up of a well-known notebook: twelve numbers of a customer, spending of the two months after, random splits.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use patron_domain::{Day, Money, NO_CODE, Timestamp};
use patron_ingest::{Known, Profile, ReadOptions, inspect, open};
use serde_json::Value;

use super::Peers;
use crate::say;
use crate::tasks::{cargo, target};

/// Where the quarters of the features end, and the two months after them.
const ENDS: [&str; 5] = ["2011-01-01", "2011-04-01", "2011-07-01", "2011-10-01", "2011-12-01"];
const QUARTERS: usize = 4;
/// LightGBM's mean R² (the settings of benches/peers/forecasts.py), where it is not asked anew.
const LIGHTGBM: f64 = 0.545;

/// Prints R² and bias of every forecast over the splits, and paired differences to LightGBM.
pub(super) fn run(log: &Path, folder: &Path, peers: Option<&Peers>) -> Result<()> {
    let table = folder.join("notebook.tsv");
    let customers = write_table(log, &table)?;
    cargo(&["build", "--package", "patron-models", "--example", "notebook"])?;
    let ours = asked(Command::new(target().join("debug/examples/notebook")).arg(&table))?;
    let lightgbm = peers
        .map(|peers| asked(peers.script().arg("notebook").arg(&table)))
        .transpose()?
        .as_ref()
        .map(splits);
    say(&format!(
        "\n| {customers} customers, 40 splits | mean R² | its standard error | bias | R² less LightGBM's |"
    ));
    say(&format!("|{}", "---|".repeat(5)));
    let line = |name: &str, scores: &[[f64; 2]]| {
        let (r2, error) = mean(scores.iter().map(|score| score[0]));
        let (bias, _) = mean(scores.iter().map(|score| score[1]));
        let lead = lightgbm.as_ref().map_or_else(
            || format!("{:+.3}", r2 - LIGHTGBM),
            |theirs| {
                let pairs = scores.iter().zip(theirs).map(|(ours, theirs)| ours[0] - theirs[0]);
                let (lead, error) = mean(pairs);
                format!("{lead:+.4} ± {error:.4}")
            },
        );
        say(&format!("| {name} | {r2:.4} | {error:.3} | {bias:.2} | {lead} |"));
    };
    for (name, called) in [
        ("linear", "linear regression (linfa-linear)"),
        ("boosting", "boosted trees, Tweedie (patron-boosting)"),
        ("ensemble", "ensemble"),
    ] {
        line(called, &splits(&ours[name]));
    }
    if let Some(theirs) = &lightgbm {
        line("LightGBM, Tweedie", theirs);
    }
    Ok(())
}

/// Sums, means and counts of orders in the quarters before October 2011, and what was spent in October and November,
/// of every customer with an order before; positive quantities, prices as they are. Returns the number of customers.
fn write_table(log: &Path, table: &Path) -> Result<usize> {
    let reading = ReadOptions { profile: Profile::named("positive-quantity")?, ..ReadOptions::default() };
    let inspection = inspect(log, &reading)?;
    let mut reader = open(log, &inspection, &reading, Known::default())?;
    let ends: Vec<Timestamp> =
        ENDS.iter().map(|end| end.parse().map(Day::start)).collect::<Result<_, _>>()?;
    let mut names = Vec::new();
    let mut orders: HashMap<(u32, u32), (Money, Timestamp)> = HashMap::new();
    while let Some(batch) = reader.next_batch()? {
        let sales = batch.sales;
        names.extend(sales.added.customers);
        for row in 0..sales.amount.len() {
            if sales.customer[row] == NO_CODE || sales.timestamp[row] >= ends[QUARTERS] {
                continue;
            }
            let order = orders.entry((sales.customer[row], sales.order[row]));
            let (amount, time) = order.or_insert((Money::ZERO, sales.timestamp[row]));
            *amount += sales.amount[row];
            *time = sales.timestamp[row].max(*time);
        }
    }
    let mut customers: BTreeMap<&str, [(f64, f64); QUARTERS + 1]> = BTreeMap::new();
    for ((customer, _), (amount, time)) in orders {
        let period = ends.partition_point(|&end| end <= time);
        let name = names.get(customer as usize).context("a customer of the log has a name")?;
        let (sum, count) = &mut customers.entry(name).or_default()[period];
        (*sum, *count) = (*sum + amount.to_f64(), *count + 1.0);
    }
    customers.retain(|_, periods| periods[..QUARTERS].iter().any(|&(_, count)| count > 0.0));
    let mut text = String::new();
    for periods in customers.values() {
        let quarters = &periods[..QUARTERS];
        let sums = quarters.iter().map(|&(sum, _)| sum);
        let means = quarters.iter().map(|&(sum, count)| if count > 0.0 { sum / count } else { 0.0 });
        let counts = quarters.iter().map(|&(_, count)| count);
        for value in sums.chain(means).chain(counts) {
            write!(text, "{value}\t")?;
        }
        writeln!(text, "{}", periods[QUARTERS].0)?;
    }
    fs::write(table, text)?;
    Ok(customers.len())
}

/// What a program prints, which is JSON.
fn asked(command: &mut Command) -> Result<Value> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let failed = || format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), failed());
    serde_json::from_slice(&output.stdout).with_context(failed)
}

/// R² and bias of every split.
fn splits(told: &Value) -> Vec<[f64; 2]> {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    told.as_array().into_iter().flatten().map(|split| [number(&split[0]), number(&split[1])]).collect()
}

/// Mean and its standard error.
fn mean(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let values: Vec<f64> = values.collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}
