//! One training run as `tests/oracle/lightgbm_speed.py` asks for it: `speed ROWS COLUMNS
//! all|sampled|monotone|absolute`, answered by one line: CPU seconds to fit, to predict the training rows, and to explain 20,000 held-out rows; the loss on the latter.
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::fs;

use linfa::traits::Fit;
use patron_boosting::{Loss, Monotone};

#[path = "../benches/common/mod.rs"]
mod common;

const HELD_OUT: usize = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, columns, kind] = &arguments[..] else {
        return Err("ROWS COLUMNS all|sampled|monotone|absolute".into());
    };
    let (rows, columns): (usize, usize) = (rows.parse()?, columns.parse()?);
    let settings = match kind.as_str() {
        "sampled" => common::settings().row_fraction(0.8).column_fraction(0.8),
        "monotone" => {
            let direction = |column| if column == 3 { Monotone::Rising } else { Monotone::Free };
            common::settings().monotone((0..columns).map(direction).collect::<Vec<_>>())
        }
        "absolute" => common::settings().loss(Loss::AbsoluteError),
        _ => common::settings(),
    };
    let training = common::data(0..rows, columns);
    let held_out = common::data(rows..rows + HELD_OUT, columns);
    let start = cpu_seconds()?;
    let model = settings.fit(&training)?;
    let fitted = cpu_seconds()?;
    model.try_predict(training.records.view())?;
    let predicted = cpu_seconds()?;
    let predictions = model.try_predict(held_out.records.view())?;
    let loss = model.loss().mean_loss(held_out.targets.view(), predictions.view(), None)?;
    let before = cpu_seconds()?;
    model.contributions(held_out.records.view())?;
    let explained = cpu_seconds()? - before;
    println!("{:.4} {:.4} {explained:.4} {loss:.6}", fitted - start, predicted - fitted);
    Ok(())
}

/// CPU time of all threads so far, as Linux counts it.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let mut nanoseconds = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += text.split_whitespace().next().unwrap_or("0").parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}
