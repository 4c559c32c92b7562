//! `synth`: an invented shop whose truth is known, into a database or files.

mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use patron_domain::Day;
use patron_pipeline::{Invention, PipelineError, WrittenLog, write_truth};
use patron_store::{DatabaseUrl, StoreError};
use patron_synth::{ExportOptions, Scenario, SynthError, Truth};

use crate::{anstream_line, say};
use watch::Watch;

/// Beside the outputs, unless said otherwise.
const TRUTH: &str = "truth.json";
const SCENARIOS: &str = "\
Ready scenarios:
  demo                a gift shop, 3,000 customers in ten countries, two years: the default
  cdnow-like          music by mail, 23,570 customers who all came in one quarter of 1997
  online-retail-like  a British wholesaler, 4,340 customers, long invoices, a dirty log
  subscription-box    a box every month, 5,000 customers who stop at any order
  holiday-heavy       6,000 customers, half of the year in November and December, promotions, two campaigns
  dying-shop          4,000 customers, fewer and worse newcomers, a competitor, rising prices
  huge                100 million lines: 4 million customers over five years, 20,000 products

A file says `base = \"demo\"` and what is to be otherwise: docs/synthetic-shops.md.";

#[derive(Args)]
#[command(after_long_help = SCENARIOS, after_help = "Ready scenarios are listed by --help.")]
pub(crate) struct Options {
    /// A ready scenario (listed below), or a scenario file in TOML
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "demo")]
    scenario: String,
    /// Customers, instead of the scenario's
    #[arg(long, value_name = "N")]
    customers: Option<u32>,
    /// Products, instead of the scenario's
    #[arg(long, value_name = "N")]
    products: Option<u32>,
    /// The same scenario and seed make the same bytes, on any number of threads
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// An empty database to fill, shop.db or postgres://…; a name that ends in .csv or .parquet is a file of the log
    #[arg(long, value_name = "URL|FILE")]
    to: Option<String>,
    /// Write the log, dirt and all, as CSV in the columns of Online Retail
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// The same as Parquet
    #[arg(long, value_name = "FILE")]
    parquet: Option<PathBuf>,
    /// Write the orders as Shopify exports them
    #[arg(long, value_name = "FILE")]
    shopify: Option<PathBuf>,
    /// Write the orders as WooCommerce exports them
    #[arg(long, value_name = "FILE")]
    woocommerce: Option<PathBuf>,
    /// Write the log as two CSV files whose dates overlap, as somebody exports a shop twice
    #[arg(long, num_args = 2, value_names = ["FIRST", "SECOND"])]
    re_exports: Option<Vec<PathBuf>>,
    /// Last day of the first one [default: the middle of the log]
    #[arg(long, value_name = "DAY", requires = "re_exports")]
    first_until: Option<Day>,
    /// First day of the second one [default: four weeks before that]
    #[arg(long, value_name = "DAY", requires = "re_exports")]
    second_from: Option<Day>,
    /// Where to write what is true of the shop [default: truth.json beside the first output]; what is planted in a file
    /// stands beside it, in FILE.truth.json
    #[arg(long, value_name = "FILE", conflicts_with = "no_truth")]
    truth: Option<PathBuf>,
    /// With the true state of every customer
    #[arg(long, conflicts_with = "no_truth")]
    truth_customers: bool,
    /// Write none of that
    #[arg(long)]
    no_truth: bool,
    /// Show the scenario as a file with every key, and make nothing
    #[arg(long)]
    show_scenario: bool,
}

/// Why nothing, or not all, was made.
struct Failure {
    error: anyhow::Error,
    /// 1 when data or machine stood in the way, 2 when what was asked for makes no sense.
    code: u8,
}

/// Makes the shop. Exit code 2 for a scenario that is impossible, with its field; 1 for a database that is not empty, a
/// full disk and the like.
pub(crate) fn run(options: &Options) -> ExitCode {
    match make(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { error, code }) => {
            anstream_line(&format!("error: {error:#}"));
            ExitCode::from(code)
        }
    }
}

fn make(options: &Options) -> Result<(), Failure> {
    let mut shop = Invention::new(scenario(options)?, options.seed);
    shop.keeps_customers = options.truth_customers;
    shop.scenario.check()?;
    if options.show_scenario {
        say(shop.scenario.to_toml()?.trim_end());
        return Ok(());
    }
    let mut outputs = Outputs::of(options, &shop.scenario)?;
    let beside = outputs.folder();
    let mut told = None;
    for output in outputs.take() {
        let (truth, written) = output.make(&shop)?;
        let totals = truth.totals;
        let planted = written.filter(|_| !options.no_truth).zip(output.list());
        let told_of = planted.as_ref().map_or_else(String::new, |(_, list)| format!("; {}", list.display()));
        say(&format!("{}: {}{told_of}", output.name(), output.told(&truth)));
        if let Some((written, list)) = planted {
            written.write(&list)?;
        }
        debug_assert!(told.as_ref().is_none_or(|told: &Truth| told.totals.lines == totals.lines));
        told.get_or_insert(truth);
    }
    if let (Some(truth), false) = (told, options.no_truth) {
        let path = options.truth.clone().unwrap_or_else(|| beside.join(TRUTH));
        write_truth(&path, &truth)?;
        say(&format!("{}: what is true of it", path.display()));
    }
    Ok(())
}

fn scenario(options: &Options) -> Result<Scenario, Failure> {
    let name = &options.scenario;
    let mut scenario = if Scenario::READY.contains(&name.as_str()) {
        Scenario::ready(name)?
    } else if Path::new(name).is_file() {
        let text = fs::read_to_string(name).map_err(|error| Failure::machine(error, name))?;
        Scenario::from_toml(&text).map_err(|error| Failure::nonsense(error, name))?
    } else {
        let known = Scenario::READY.join(", ");
        let why = format!("there is neither a scenario nor a file {name}; ready ones are {known}");
        return Err(Failure { error: anyhow::Error::msg(why), code: 2 });
    };
    scenario.customers = options.customers.unwrap_or(scenario.customers);
    scenario.products = options.products.unwrap_or(scenario.products);
    Ok(scenario)
}

/// What is to be made, in order.
struct Outputs(Vec<Output>);

enum Output {
    Database(DatabaseUrl),
    Csv(PathBuf),
    Parquet(PathBuf),
    Shopify(PathBuf),
    WooCommerce(PathBuf),
    ReExports([PathBuf; 2], (Day, Day)),
}

impl Outputs {
    fn of(options: &Options, scenario: &Scenario) -> Result<Self, Failure> {
        let mut outputs = Vec::new();
        if let Some(to) = &options.to {
            let ending = Path::new(to).extension().map(|ending| ending.to_string_lossy().to_lowercase());
            outputs.push(match ending.as_deref() {
                Some("csv") => Output::Csv(to.into()),
                Some("parquet") => Output::Parquet(to.into()),
                _ => Output::Database(
                    to.parse().map_err(|error: StoreError| Failure { error: error.into(), code: 2 })?,
                ),
            });
        }
        outputs.extend(options.csv.clone().map(Output::Csv));
        outputs.extend(options.parquet.clone().map(Output::Parquet));
        outputs.extend(options.shopify.clone().map(Output::Shopify));
        outputs.extend(options.woocommerce.clone().map(Output::WooCommerce));
        if let Some([first, second]) = options.re_exports.as_deref() {
            let middle = scenario.start.plus_days(scenario.end.days_since(scenario.start) / 2);
            let until = options.first_until.unwrap_or(middle);
            let from = options.second_from.unwrap_or_else(|| until.plus_days(-27).max(scenario.start));
            outputs.push(Output::ReExports([first.clone(), second.clone()], (until, from)));
        }
        if outputs.is_empty() {
            let why = "say where the shop goes: --to shop.db, --to postgres://…, --csv, --parquet, --shopify, --woocommerce \
                       or --re-exports";
            return Err(Failure { error: anyhow::Error::msg(why), code: 2 });
        }
        Ok(Self(outputs))
    }

    /// Where the first file lies.
    fn folder(&self) -> PathBuf {
        let file = self.0.iter().find_map(|output| output.file()).and_then(Path::parent);
        file.map_or_else(PathBuf::new, Path::to_owned)
    }

    fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.0)
    }
}

impl Output {
    fn make(&self, shop: &Invention) -> Result<(Truth, Option<WrittenLog>), PipelineError> {
        let watch = Watch::new();
        // the shop system's own currency is that of the shop
        let export =
            ExportOptions { currency: shop.scenario.currency().to_owned(), ..ExportOptions::default() };
        let with_list = |(truth, list)| (truth, Some(list));
        match self {
            Self::Database(url) => Ok((shop.fill(url, &watch)?, None)),
            Self::Csv(path) => shop.write_csv(path, &watch),
            Self::Parquet(path) => Ok((shop.write_parquet(path, &watch)?, None)),
            Self::Shopify(path) => shop.write_shopify(path, &export, &watch).map(with_list),
            Self::WooCommerce(path) => shop.write_woocommerce(path, &export, &watch).map(with_list),
            Self::ReExports([first, second], days) => {
                shop.write_reexports([first, second], *days, &watch).map(with_list)
            }
        }
    }

    /// Its file; a server has none.
    fn file(&self) -> Option<&Path> {
        match self {
            Self::Database(url) => url.path(),
            Self::Csv(path) | Self::Parquet(path) | Self::Shopify(path) | Self::WooCommerce(path) => {
                Some(path)
            }
            Self::ReExports([first, _], _) => Some(first),
        }
    }

    /// The file for what is planted in it.
    fn list(&self) -> Option<PathBuf> {
        let mut name = self.file()?.as_os_str().to_owned();
        name.push(".truth.json");
        Some(name.into())
    }

    fn name(&self) -> String {
        match self {
            Self::Database(url) => url.place().to_string(),
            Self::ReExports([first, second], _) => format!("{} and {}", first.display(), second.display()),
            _ => self.file().map_or_else(String::new, |path| path.display().to_string()),
        }
    }

    /// What is in it, in a few words.
    fn told(&self, truth: &Truth) -> String {
        let (totals, scenario) = (&truth.totals, &truth.scenario);
        let shop = format!(
            "{} customers, {} products, {} to {}",
            scenario.customers, scenario.products, scenario.start, scenario.end
        );
        let revenue = totals.sales + totals.cancellations + totals.returns;
        match self {
            Self::Database(_) => {
                let planted = &truth.planted;
                let aside = planted.duplicate_lines + planted.zero_price_lines + planted.negative_price_lines;
                let currency = scenario.currency();
                format!(
                    "{shop}; {} sale lines and {aside} in the quarantine, product revenue {revenue} {currency}",
                    totals.lines - aside
                )
            }
            Self::Csv(_) | Self::Parquet(_) => format!("{shop}; {} lines", totals.lines),
            Self::ReExports(_, (until, from)) => format!("{shop}; one until {until}, one from {from}"),
            Self::Shopify(_) | Self::WooCommerce(_) => format!("{shop}; {} orders", totals.orders),
        }
    }
}

impl Failure {
    fn machine(error: std::io::Error, file: &str) -> Self {
        Self { error: anyhow::Error::new(error).context(format!("cannot read {file}")), code: 1 }
    }

    fn nonsense(error: SynthError, file: &str) -> Self {
        Self { error: anyhow::Error::new(error).context(file.to_owned()), code: 2 }
    }
}

impl From<SynthError> for Failure {
    fn from(error: SynthError) -> Self {
        Self { error: error.into(), code: 2 }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        let code = if matches!(error, PipelineError::Synth(_)) { 2 } else { 1 };
        Self { error: error.into(), code }
    }
}
