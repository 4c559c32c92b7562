//! The measured part of `cargo xtask bench scale`: makes a large shop and asks four questions of it.
//!
//! - `scale make FILE LINES`: streams a shop of that many lines, ten a customer, into a table's file.
//! - `scale generate LINES`: the same into nothing, for the cost of making the lines alone.
//! - `scale table LINES sorted|scattered`: the same into a table; its size, and the peak of its building.
//! - `scale load FILE`: reads the whole table.
//! - `scale ask FILE QUESTION parquet|memory`: answers one of the questions.
//!
//! Prints one JSON object: what was found, CPU and wall seconds of the work, memory in MiB.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::Instant;

use patron_columns::{
    LineSource, SalesTable, TableBuilder, TableFile, TableWriter, customer_summaries, product_cells,
    product_pairs, repeat_customers,
};
use patron_domain::{Day, PurchaseRule, SaleBatch};
use patron_synth::{Buying, Scenario, stream};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Lines of a customer of [`scenario`], as they come out.
const LINES_PER_CUSTOMER: f64 = 10.0;
const SEED: u64 = 7;
/// Products whose pairs are counted.
const TOP: usize = 200;

#[expect(clippy::print_stdout, reason = "a measuring command prints what it measured")]
fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let found = match arguments[..] {
        ["make", file, lines] => make(Path::new(file), lines.parse()?)?,
        ["generate", lines] => generate(lines.parse()?)?,
        ["table", lines, order] => table(lines.parse()?, order == "scattered")?,
        ["load", file] => load(Path::new(file))?,
        ["ask", file, question, "memory"] => {
            let table = TableFile::open(Path::new(file))?.read()?;
            measured(|| ask(&table, question))?
        }
        ["ask", file, question, "parquet"] => measured(|| ask(&TableFile::open(Path::new(file))?, question))?,
        _ => return Err("see the head of examples/scale.rs".into()),
    };
    println!("{found}");
    Ok(())
}

/// The ready scenario `huge`, over two years, with rarer purchases and without guests, who come last and in no order.
fn scenario(lines: u64) -> Scenario {
    let mut scenario = Scenario::huge();
    scenario.customers = (lines as f64 / LINES_PER_CUSTOMER) as u32;
    scenario.end = scenario.start.plus_days(729);
    if let Buying::BgNbd(buying) = &mut scenario.buying {
        buying.alpha = 16.0;
    }
    scenario.dirt.without_customer = 0.0;
    scenario
}

fn make(file: &Path, lines: u64) -> Outcome<Value> {
    measured(|| {
        let mut writer = TableWriter::new(BufWriter::new(File::create(file)?), PurchaseRule::NetPositive)?;
        let mut made = 0;
        for batch in stream(&scenario(lines), SEED)? {
            made += batch.len();
            writer.push(&batch)?;
        }
        writer.finish()?;
        Ok(json!({ "lines": made, "bytes": file.metadata()?.len() }))
    })
}

fn generate(lines: u64) -> Outcome<Value> {
    measured(|| {
        Ok(json!({ "lines": stream(&scenario(lines), SEED)?.map(|batch| batch.len()).sum::<usize>() }))
    })
}

fn table(lines: u64, is_scattered: bool) -> Outcome<Value> {
    let scenario = scenario(lines);
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    let mut build = 0.0;
    let whole = measured(|| {
        for batch in stream(&scenario, SEED)? {
            let batch = if is_scattered { scattered(batch, scenario.customers) } else { batch };
            let begun = cpu_seconds();
            builder.push(&batch);
            build += cpu_seconds() - begun;
        }
        let begun = cpu_seconds();
        let (table, arrival) =
            std::mem::replace(&mut builder, TableBuilder::new(PurchaseRule::NetPositive)).finish();
        build += cpu_seconds() - begun;
        drop(arrival);
        Ok(
            json!({ "lines": table.len(), "resident_mib": memory("VmRSS:"), "total": table.total_amount().to_string() }),
        )
    })?;
    let mut whole = whole;
    whole["build_cpu"] = build.into();
    Ok(whole)
}

/// Customers under other codes, so that lines of neighbours arrive far from each other.
fn scattered(mut batch: SaleBatch, customers: u32) -> SaleBatch {
    let step = (u64::from(customers) * 5 / 8) | 1;
    let step = (step..).step_by(2).find(|&step| coprime(step, customers.into())).unwrap_or(1);
    for code in batch.customer.iter_mut().filter(|code| **code < customers) {
        *code = (u64::from(*code) * step % u64::from(customers)) as u32;
    }
    batch
}

fn coprime(a: u64, b: u64) -> bool {
    if b == 0 { a == 1 } else { coprime(b, a % b) }
}

fn load(file: &Path) -> Outcome<Value> {
    measured(|| {
        let table: SalesTable = TableFile::open(file)?.read()?;
        Ok(
            json!({ "lines": table.len(), "total": table.total_amount().to_string(), "resident_mib": memory("VmRSS:") }),
        )
    })
}

fn ask(source: &impl LineSource, question: &str) -> Outcome<Value> {
    let mut sum = Sum::default();
    let day = |day: Day| i64::from(day.number());
    match question {
        "summary" => {
            let found = customer_summaries(source)?;
            sum.working = Some((cpu_seconds(), Instant::now()));
            for row in found.iter().flatten() {
                sum.add([
                    row.customer.into(),
                    row.orders.into(),
                    row.days.into(),
                    day(row.first),
                    day(row.last),
                    row.quantity,
                    row.revenue.ten_thousandths(),
                ]);
            }
        }
        "cells" => {
            let found = product_cells(source)?;
            sum.working = Some((cpu_seconds(), Instant::now()));
            for row in found.iter().flatten() {
                let month = i64::from(row.month.number());
                sum.add([
                    month,
                    row.product.into(),
                    row.country.into(),
                    row.quantity,
                    row.revenue.ten_thousandths(),
                ]);
            }
        }
        "repeat" => {
            let found = repeat_customers(source)?;
            sum.working = Some((cpu_seconds(), Instant::now()));
            found.iter().for_each(|row| {
                sum.add([row.product.into(), row.customers.into(), row.repeat_customers.into()])
            });
        }
        "pairs" => {
            let found = product_pairs(source, TOP)?;
            sum.working = Some((cpu_seconds(), Instant::now()));
            found.iter().for_each(|row| sum.add([row.first.into(), row.second.into(), row.orders.into()]));
        }
        _ => return Err(format!("no question '{question}': summary, cells, repeat or pairs").into()),
    }
    Ok(json!({ "rows": sum.rows, "sum": format!("{:016x}", sum.sum), "checked_cpu": sum.checked() }))
}

/// Rows, and a sum of them that does not depend on their order; benches/peers/ask.py makes the same.
#[derive(Default)]
struct Sum {
    rows: u64,
    sum: u64,
    /// When the answer was there.
    working: Option<(f64, Instant)>,
}

impl Sum {
    fn add<const N: usize>(&mut self, row: [i64; N]) {
        let mut mixed = 0_u64;
        for value in row {
            mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(value.cast_unsigned());
            mixed ^= mixed >> 29;
        }
        self.rows += 1;
        self.sum = self.sum.wrapping_add(mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    }

    /// CPU seconds that making the sum took.
    fn checked(&self) -> f64 {
        self.working.map_or(0.0, |(cpu, _)| cpu_seconds() - cpu)
    }
}

fn measured(work: impl FnOnce() -> Outcome<Value>) -> Outcome<Value> {
    let (begun, cpu, before) = (Instant::now(), cpu_seconds(), memory("VmRSS:"));
    let mut found = work()?;
    let checked = found["checked_cpu"].as_f64().unwrap_or(0.0);
    found["cpu"] = (cpu_seconds() - cpu - checked).into();
    found["wall"] = begun.elapsed().as_secs_f64().into();
    found["before_mib"] = before.into();
    found["peak_mib"] = memory("VmHWM:").into();
    Ok(found)
}

/// CPU seconds of all threads so far; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    // the system counts what a thread has used when it next lets it wait
    std::thread::yield_now();
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// A line of the process's status, in MiB.
fn memory(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|text| text.strip_prefix(line));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).map_or(0.0, |kib| kib / 1024.0)
}
