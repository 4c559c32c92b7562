//! The measured part of `cargo xtask bench btyd`: makes customers and does one piece of work with them.
//!
//! - `btyd_speed make FILE CUSTOMERS`: simulated histories in days with a mean spend, as CSV: `x,recency,age,mean`.
//! - `btyd_speed ask FILE WORK`: `compress`, `bg-nbd`, `predict`, `gamma-gamma` or `pareto-nbd`.
//!
//! Prints one JSON object: CPU seconds of the work without reading, and a number to hold against the peer's.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::Write;

use patron_columns::HistoryHistogram;
use patron_domain::DayHistory;
use patron_models::{BgNbd, GammaGamma, ParetoNbd, RepeatSpend, TransactionModel};
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Gamma};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Parameters of the customers, in weeks, and of the predictions: those of Fader, Hardie & Lee (2005) for CDNOW.
const CDNOW: (f64, f64, f64, f64) = (0.243, 4.414, 0.793, 2.426);
/// p, q and v of their spend: Fader & Hardie (2013), "The gamma-gamma model of monetary value".
const CDNOW_SPEND: (f64, f64, f64) = (6.25, 3.74, 15.44);
const WEEK: f64 = 7.0;
/// Days of the predictions, 39 weeks, and weeks for which fits are compared.
const HORIZON_DAYS: u32 = 273;
const COMPARED_WEEKS: f64 = 52.0;

#[expect(clippy::print_stdout, reason = "a measuring command prints what it measured")]
fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", file, customers] => make(file, customers.parse()?)?,
        ["ask", file, work] => {
            let (cpu, check) = ask(&read(file)?, work)?;
            println!("{}", json!({ "cpu": cpu, "check": check }));
        }
        _ => return Err("see the head of examples/btyd_speed.rs".into()),
    }
    Ok(())
}

struct Customers {
    histories: Vec<DayHistory>,
    means: Vec<f64>,
}

/// Customers who arrived over half a year, half a year to a year ago.
fn make(file: &str, customers: u64) -> Outcome<()> {
    let ((r, alpha, a, b), (p, q, v)) = (CDNOW, CDNOW_SPEND);
    let model = BgNbd::new(r, alpha, a, b)?;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut out = std::io::BufWriter::new(fs::File::create(file)?);
    writeln!(out, "x,recency,age,mean")?;
    for _ in 0..customers {
        let age: u32 = rng.random_range(180..=364);
        let drawn = model.sample(f64::from(age) / WEEK, &mut rng)?;
        let recency = (drawn.symbols().1 * WEEK).ceil() as u32;
        let frequency = drawn.frequency().min(recency);
        let mean = if frequency > 0 {
            let rate = gamma_with_rate(&mut rng, q, v)?;
            gamma_with_rate(&mut rng, p * f64::from(frequency), rate * f64::from(frequency))?
        } else {
            0.0
        };
        writeln!(out, "{frequency},{recency},{age},{mean:.4}")?;
    }
    Ok(out.flush()?)
}

fn gamma_with_rate(rng: &mut impl Rng, shape: f64, rate: f64) -> Outcome<f64> {
    Ok(Gamma::new(shape, 1.0 / rate)?.sample(rng))
}

fn read(file: &str) -> Outcome<Customers> {
    let mut customers = Customers { histories: Vec::new(), means: Vec::new() };
    for line in fs::read_to_string(file)?.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [frequency, recency, customer_age, mean] = cells[..] else { return Err("not four cells".into()) };
        let (frequency, recency, customer_age) =
            (frequency.parse()?, recency.parse()?, customer_age.parse()?);
        customers.histories.push(DayHistory { frequency, recency, customer_age });
        customers.means.push(mean.parse()?);
    }
    Ok(customers)
}

/// CPU seconds of the work, and what is held against the peer's: purchases expected of a newcomer in a year by a fit,
/// the sum of predictions, the mean spend of all customers by a fit; of a compression its distinct histories.
fn ask(customers: &Customers, work: &str) -> Outcome<(f64, f64)> {
    let histories = &customers.histories;
    let compress = || HistoryHistogram::of(black_box(histories).iter().copied());
    let (r, alpha, a, b) = CDNOW;
    match work {
        "compress" => measured(|| Ok(compress().histories.len() as f64)),
        "bg-nbd" => {
            let histogram = compress();
            measured(|| {
                let fit = BgNbd::params().fit(&histogram)?;
                Ok(fit.model.expected_purchases_of_newcomer(COMPARED_WEEKS)?)
            })
        }
        "predict" => {
            let model = BgNbd::new(r, alpha, a, b)?;
            measured(|| {
                let expected = model.expected_purchases_on_days(histories, WEEK, HORIZON_DAYS)?;
                let alive = histories.iter().map(|history| model.p_alive(&history.in_units(WEEK)));
                Ok(expected.iter().sum::<f64>() + alive.sum::<f64>())
            })
        }
        "gamma-gamma" => {
            let both = histories.iter().zip(&customers.means).filter(|(history, _)| history.frequency > 0);
            let spends: Vec<RepeatSpend> =
                both.map(|(history, &mean)| RepeatSpend { frequency: history.frequency, mean }).collect();
            measured(|| Ok(GammaGamma::params().fit(&spends)?.model.population_mean()))
        }
        "pareto-nbd" => {
            let histogram = compress();
            measured(|| {
                let fit = ParetoNbd::params().fit(&histogram)?;
                Ok(fit.model.expected_purchases_of_newcomer(COMPARED_WEEKS)?)
            })
        }
        _ => Err(format!("no such work: {work}").into()),
    }
}

fn measured(work: impl FnOnce() -> Outcome<f64>) -> Outcome<(f64, f64)> {
    let begun = cpu_seconds();
    let check = work()?;
    Ok((cpu_seconds() - begun, check))
}

/// CPU seconds of all threads so far; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    // the system counts what a thread has used when it next lets it wait
    std::thread::yield_now();
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}
