//! The command line, as types. Help texts are what a person reads first: they say what happens, not how.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use patron_domain::Day;

/// What `patron` can do.
#[derive(Subcommand)]
pub enum Command {
    /// The main job: from a sales file to answers, predictions and a report
    ///
    /// Reads the file, cleans it, stores it in a database, answers the questions of a marketer, forecasts every
    /// customer's next 3, 12 and 24 months and writes a report. Without --input it makes a small demo shop first.
    #[command(after_help = PIPELINE_EXAMPLES)]
    Pipeline(PipelineArgs),
    /// Read a sales file into the database, and nothing else
    Import(ImportArgs),
    /// What was imported so far; take an import back
    #[command(subcommand)]
    Imports(ImportsCommand),
    /// Show how a file would be read, without storing anything
    Inspect(InspectArgs),
    /// Answers, predictions and the report again, from a database filled earlier
    Analyze(AnalyzeArgs),
}

const PIPELINE_EXAMPLES: &str = "Examples:
  patron pipeline                                        a demo shop, into out/demo
  patron pipeline --input sales.csv                      your own file, into out/sales
  patron pipeline --input sales.xlsx --map customer=Client,date=Day,amount=Total
  patron pipeline --input sales.csv --as-of 2011-09-10   a forecast as it would have been made that day";

/// Arguments of `pipeline`.
#[derive(Args)]
pub struct PipelineArgs {
    /// Sales file: CSV, TSV or semicolons (plain, gzip, zstd), Excel .xlsx, Parquet, or fixed-width CDNOW text
    #[arg(long, short, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Folder for everything written [default: out/<name of the file>, out/demo for the demo shop]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Database [default: <out>/patron.db]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// What is forecast
    #[command(flatten)]
    pub forecast: ForecastArgs,
    /// How the shop is called
    #[command(flatten)]
    pub shop: ShopArgs,
    /// Print where the time went
    #[arg(long)]
    pub timings: bool,
}

/// Arguments of `import`.
#[derive(Args)]
pub struct ImportArgs {
    /// Sales file
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// Database, made if it does not exist
    #[arg(long, value_name = "URL", default_value = "patron.db")]
    pub database: String,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Subcommands of `imports`.
#[derive(Subcommand)]
pub enum ImportsCommand {
    /// One line per import
    List {
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
    /// Take an import back: its lines, its quarantine, and whatever only it brought
    Undo {
        /// Number of the import, as `patron imports list` shows it
        id: i64,
        /// Database
        #[arg(long, value_name = "URL", default_value = "patron.db")]
        database: String,
    },
}

/// Arguments of `inspect`.
#[derive(Args)]
pub struct InspectArgs {
    /// Sales file
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Arguments of `analyze`.
#[derive(Args)]
pub struct AnalyzeArgs {
    /// Database filled by `patron import` or `patron pipeline`
    #[arg(long, value_name = "URL", default_value = "patron.db")]
    pub database: String,
    /// Folder for everything written
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// What is forecast
    #[command(flatten)]
    pub forecast: ForecastArgs,
    /// How the shop is called
    #[command(flatten)]
    pub shop: ShopArgs,
    /// Print where the time went
    #[arg(long)]
    pub timings: bool,
}

/// How a file is read.
#[derive(Args)]
#[command(next_help_heading = "Reading the file")]
pub struct ReadingArgs {
    /// Which column is what: customer, date, order, product, description, quantity, price, amount, discount,
    /// payment, country [default: recognised by name]
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    pub map: Option<String>,
    /// Order of day and month, where the data do not decide
    #[arg(long, value_enum, value_name = "ORDER")]
    pub dates: Option<DatesArg>,
    /// What begins the decimals, where the data do not decide
    #[arg(long, value_enum, value_name = "MARK")]
    pub decimal: Option<DecimalArg>,
    /// Cleaning rules: retail, positive-quantity, none, or a TOML file of your own
    #[arg(long, value_name = "PROFILE", default_value = "retail")]
    pub profile: String,
    /// Sheet of an Excel file [default: the first with data]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Import again a file that was imported under other settings: the former import goes
    #[arg(long)]
    pub replace: bool,
    /// A log without order numbers whose dates overlap an earlier import: add the lines, they are new purchases
    #[arg(long)]
    pub allow_overlap: bool,
}

/// Values of `--dates`.
#[derive(Clone, Copy, ValueEnum)]
pub enum DatesArg {
    /// 3/4/2011 is 3 April 2011
    DayFirst,
    /// 3/4/2011 is 4 March 2011
    MonthFirst,
    /// 2011/4/3 is 3 April 2011
    YearFirst,
}

/// Values of `--decimal`.
#[derive(Clone, Copy, ValueEnum)]
pub enum DecimalArg {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// What is forecast, and how.
#[derive(Args)]
#[command(next_help_heading = "Forecast")]
pub struct ForecastArgs {
    /// The day up to which the forecast sees [default: the day of the last sale]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Day>,
    /// Add `predicted_clv`: net revenue in exactly so many days after the as-of date
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub horizon_days: Option<u32>,
    /// Forecaster: blend, or one of its parts and rivals: boosting, btyd, two-part, linear, spend-over-span,
    /// naive-rate, status-quo
    #[arg(long, value_name = "NAME", default_value = "blend")]
    pub forecaster: String,
    /// Profit margin as a share of revenue, 0 to 1 [default: 0.1, and every display says so]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub margin: Option<f64>,
    /// Seed of whatever is drawn at random
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,
    /// Skip testing the forecast on the past (faster; the report then has no record to show)
    #[arg(long)]
    pub no_backtest: bool,
}

/// How the shop is called.
#[derive(Args)]
#[command(next_help_heading = "Shop")]
pub struct ShopArgs {
    /// Name on the report
    #[arg(long, value_name = "NAME")]
    pub shop_name: Option<String>,
    /// Currency of the amounts, such as GBP or € [default: bare numbers]
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("'{text}' is not a number"))?;
    if value > 0.0 && value <= 1.0 {
        Ok(value)
    } else if value > 1.0 && value <= 100.0 {
        Err(format!("{value} looks like a percentage: write {}", value / 100.0))
    } else {
        Err("a margin lies between 0 and 1".to_owned())
    }
}
