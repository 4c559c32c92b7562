//! The command line, as types. Help texts are what a person reads first: they say what happens, not how.

mod backtest;
mod decide;
mod export;
mod groups;
mod key;
mod maintenance;
mod model;
mod query;
mod season;
mod serve;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use patron_domain::Month;

pub use backtest::BacktestArgs;
pub use decide::DecideArgs;
pub use export::ExportArgs;
pub use groups::{
    AttributeArgs, DatesArg, DecimalArg, DecisionArgs, ForecastArgs, ReadingArgs, ShopArgs, TableArgs,
};
pub use key::{Expiry, KeyArgs, KeyCommand};
pub use maintenance::{BackupArgs, CheckArgs, SqlArgs, SqlFormat};
pub use model::{ModelArgs, ModelCommand};
pub use query::{QueryArgs, QueryFormat};
pub use season::SeasonArgs;
pub use serve::ServeArgs;

/// Where the database is told when the command line does not tell it.
pub(crate) const DATABASE_URL: &str = "DATABASE_URL";

/// The database when nothing tells it.
pub(crate) const PATRON_DB: &str = "patron.db";

/// What `patron` can do.
#[derive(Subcommand)]
pub enum Command {
    /// The main job: from a sales file to answers, predictions and a report
    ///
    /// Reads the file, cleans it, stores it in a database, answers the questions of a marketer, forecasts what every
    /// customer brings over 3, 12 and 24 months and writes a report. Without --input it makes a small demo shop first.
    #[command(after_help = PIPELINE_EXAMPLES)]
    Pipeline(PipelineArgs),
    /// Read a sales file, or what it does not hold, into the database, and nothing else
    ///
    /// Takes a sales file, or files of customers, products and costs for a shop that is in the database already, or
    /// all of them at once.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// What was imported so far; take an import back
    #[command(args_conflicts_with_subcommands = true)]
    Imports(ImportsArgs),
    /// Show how a file would be read, without storing anything
    Inspect(InspectArgs),
    /// Answers, predictions and the report again, from a database filled earlier
    Analyze(AnalyzeArgs),
    /// Test the forecast on dates that have passed: every candidate's scores, and what the forecast is worth beside them
    #[command(after_help = backtest::EXAMPLES)]
    Backtest(BacktestArgs),
    /// What to do: segments, campaigns and what they must bring to pay, budget, offers, recommendations
    ///
    /// Works on any shop imported before. Where the data cannot tell something, it says so and names what would.
    #[command(after_help = decide::EXAMPLES)]
    Decide(DecideArgs),
    /// Learn the shop's season and write it as a file, for --season in another year or for another shop
    #[command(after_help = season::EXAMPLES)]
    Season(SeasonArgs),
    /// Show the lines behind a number, so that it can be found again in the shop system
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Ready-made questions to the database: twenty queries, listed when no name is given
    #[command(after_help = query::EXAMPLES)]
    Query(QueryArgs),
    /// Read the database with SQL of your own: one statement that only reads
    #[command(after_help = maintenance::SQL_EXAMPLES)]
    Sql(SqlArgs),
    /// Copy the database into a file, also while other programs write to it
    Backup(BackupArgs),
    /// Write all sale lines into one file for other programs: Parquet, with texts, codes and exact amounts
    #[command(after_help = export::EXAMPLES)]
    Export(ExportArgs),
    /// Check that the database is sound: file, references, and every number that is stored twice
    Check(CheckArgs),
    /// Serve the shop to programs and browsers: answers and forecasts as JSON and CSV, Swagger UI
    ///
    /// Loads the shop, answers every question, takes the forecaster of the latest run (or fits one and stores it), then
    /// answers requests until it is stopped with Ctrl-C.
    Serve(ServeArgs),
    /// API keys: who may ask the service, and what for
    #[command(after_help = key::EXAMPLES)]
    Key(KeyArgs),
    /// Stored models: list them, write one into a file, load one, choose which serves
    #[command(after_help = model::EXAMPLES)]
    Model(ModelArgs),
    /// Write an empty customers, products or costs file with headings and an example line
    Template(TemplateArgs),
}

const IMPORT_EXAMPLES: &str = "Examples:
  patron import orders_export.csv                         a Shopify or WooCommerce export, or any sales log
  patron import orders_export.csv --timezone Europe/Berlin --products products.csv
  patron import --customers customers.csv --costs costs.csv
                                                          for the shop that is in patron.db already";

const EXPLAIN_EXAMPLES: &str = "Examples:
  patron explain revenue --month 2011-11
  patron explain revenue --customer 12346 --csv lines.csv
  patron explain revenue --product 22423 --month 2011-11
  patron explain set-aside --rule duplicate";

const PIPELINE_EXAMPLES: &str = "Examples:
  patron pipeline                                        a demo shop, into out/demo
  patron pipeline --input sales.csv                      your own file, into out/sales
  patron pipeline --input orders_export.csv --products products.csv
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
    /// Database: a file, or postgres://USER@HOST/NAME [default: <out>/patron.db]
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true)]
    pub database: Option<String>,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// What is forecast
    #[command(flatten)]
    pub forecast: ForecastArgs,
    /// What decisions rest on
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// What the sales file does not hold
    #[command(flatten)]
    pub attributes: AttributeArgs,
    /// How the shop is called
    #[command(flatten)]
    pub shop: ShopArgs,
    /// How tables are written
    #[command(flatten)]
    pub tables: TableArgs,
    /// Print where the time went
    #[arg(long)]
    pub timings: bool,
}

/// Arguments of `import`.
#[derive(Args)]
pub struct ImportArgs {
    /// Sales file; may be left out where a customers, products or costs file is given
    #[arg(value_name = "FILE", required_unless_present_any = ["customers", "products", "costs"])]
    pub input: Option<PathBuf>,
    /// Database, made if it does not exist: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// How the file is read
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// What the sales file does not hold
    #[command(flatten)]
    pub attributes: AttributeArgs,
}

/// Arguments of `imports`; alone it lists them.
#[derive(Args)]
pub struct ImportsArgs {
    /// What to do
    #[command(subcommand)]
    pub command: Option<ImportsCommand>,
    /// Database: a file, or postgres://USER@HOST/NAME [env: DATABASE_URL] [default: patron.db]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// Subcommands of `imports`.
#[derive(Subcommand)]
pub enum ImportsCommand {
    /// One line per import
    List {
        /// Database: a file, or postgres://USER@HOST/NAME
        #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
        database: String,
    },
    /// Take an import back: its lines, its quarantine, and whatever only it brought
    Undo {
        /// Number of the import, as `patron imports list` shows it
        id: i64,
        /// Database: a file, or postgres://USER@HOST/NAME
        #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
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
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// Folder for everything written
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// What is forecast
    #[command(flatten)]
    pub forecast: ForecastArgs,
    /// What decisions rest on
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// How the shop is called
    #[command(flatten)]
    pub shop: ShopArgs,
    /// Currency of the amounts, such as GBP or € [default: the shop's, else bare numbers]
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// How tables are written
    #[command(flatten)]
    pub tables: TableArgs,
    /// Print where the time went
    #[arg(long)]
    pub timings: bool,
}

/// Arguments of `explain`.
#[derive(Args)]
pub struct ExplainArgs {
    /// Which number
    #[arg(value_enum, value_name = "WHAT")]
    pub what: ExplainWhat,
    /// Only the lines of a month
    #[arg(long, value_name = "YYYY-MM")]
    pub month: Option<Month>,
    /// Only the lines of a customer
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Only the lines of a product
    #[arg(long, value_name = "SKU")]
    pub product: Option<String>,
    /// Only the lines of a country
    #[arg(long, value_name = "NAME")]
    pub country: Option<String>,
    /// Only the lines of an order
    #[arg(long, value_name = "NUMBER")]
    pub order: Option<String>,
    /// Only the lines that a cleaning rule set aside (with `set-aside`)
    #[arg(long, value_name = "NAME")]
    pub rule: Option<String>,
    /// So many lines are shown
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub lines: usize,
    /// Write all lines to this file
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Database filled by `patron import` or `patron pipeline`: a file, or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = DATABASE_URL, hide_env_values = true, default_value = PATRON_DB)]
    pub database: String,
    /// How the file of `--csv` is written
    #[command(flatten)]
    pub tables: TableArgs,
}

/// Numbers that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainWhat {
    /// Product revenue: sales less returns, after discounts, without shipping, tax, tips and gift cards
    Revenue,
    /// What the cleaning rules set aside
    SetAside,
}

/// Arguments of `template`.
#[derive(Args)]
pub struct TemplateArgs {
    /// Which file
    #[arg(value_enum, value_name = "KIND")]
    pub kind: TemplateKind,
    /// Where to; `-` for the screen [default: customers.csv, products.csv or costs.csv, here]
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Files that may be added to a sales log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TemplateKind {
    /// Who the customers are
    Customers,
    /// What the products are and cost
    Products,
    /// What marketing costs
    Costs,
}
