//! Groups of arguments that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use patron_domain::{Day, Money};

/// How a file is read.
#[derive(Args)]
#[command(next_help_heading = "Reading the file")]
pub struct ReadingArgs {
    /// Which column is what: customer, email, date, order, product, description, quantity, price, amount, discount,
    /// payment, country and more, see `patron inspect` [default: recognised by name]
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
    /// The shop's time zone, such as Europe/Berlin or +01:00: times written with an offset are moved to it [default:
    /// the shop's from an earlier import, else times stay as written]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub timezone: Option<String>,
    /// Currency of the amounts, such as GBP or €; picks one where a file holds several [default: the file's, else bare
    /// numbers]
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// The file takes the place of an earlier import: of its own under other settings, or of those whose orders have
    /// changed since and are all in it
    #[arg(long)]
    pub replace: bool,
    /// A log without order numbers whose dates overlap an earlier import: add the lines, they are new purchases
    #[arg(long)]
    pub allow_overlap: bool,
}

/// What the user states for decisions; nothing stands in for what is not stated.
#[derive(Args)]
#[command(next_help_heading = "What you know or expect")]
pub struct DecisionArgs {
    /// Margin of a category as a share of revenue, such as "Garden=0.4", for products without a unit cost; may be given
    /// many times. One margin for everything else is --margin
    #[arg(long, value_name = "CATEGORY=SHARE")]
    pub category_margin: Vec<String>,
    /// What writing to one customer costs [default: the costs file's, else unknown]
    #[arg(long, value_name = "AMOUNT")]
    pub contact_cost: Option<Money>,
    /// How customers are written to, as the costs file names it
    #[arg(long, value_name = "NAME", default_value = "e-mail")]
    pub channel: String,
    /// Your assumption: of those written to, the share who buy and would not have bought anyway, such as 0.01-0.03
    #[arg(long, value_name = "LOW-HIGH")]
    pub response: Option<String>,
    /// Money to split over campaigns; needs --response, a margin and a contact cost
    #[arg(long, value_name = "AMOUNT")]
    pub budget: Option<Money>,
    /// Share of each campaign's customers held back at random, so that its effect can be measured
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    pub control: f64,
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
    /// Profit margin as a share of revenue, 0 to 1; for clv_margin it counts where no product has a cost, for decisions
    /// for every product without one [default: 0.1 in the textbook formula, and every display says so; else none]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub margin: Option<f64>,
    /// Effective annual rate at which later margin is worth less (columns clv_margin), 0 to 1
    #[arg(long, value_name = "RATE", value_parser = rate, default_value_t = 0.1)]
    pub discount_rate: f64,
    /// The season of another year of the shop, or of another shop: a file that `patron season` wrote. Its days must end
    /// by the as-of date
    #[arg(long, value_name = "FILE")]
    pub season: Option<PathBuf>,
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
}

/// What a sales file does not hold. `patron template customers` (products, costs) writes an empty file to fill in.
#[derive(Args)]
#[command(next_help_heading = "What the sales file does not hold")]
pub struct AttributeArgs {
    /// Customers: country, city, gender, birthday, acquisition channel …, joined by id or e-mail address
    #[arg(long, value_name = "FILE")]
    pub customers: Option<PathBuf>,
    /// Products: cost, category, producer country, launch, joined by stock code
    #[arg(long, value_name = "FILE")]
    pub products: Option<PathBuf>,
    /// Marketing costs: a contact by channel, acquisition spend by month and channel
    #[arg(long, value_name = "FILE")]
    pub costs: Option<PathBuf>,
}

/// How tables are written.
#[derive(Args)]
#[command(next_help_heading = "Tables")]
pub struct TableArgs {
    /// Write texts in CSV files exactly as they are, for programs; without it, a text that a spreadsheet would run as
    /// a formula (beginning with = + - @, tab or return) gets an apostrophe in front
    #[arg(long)]
    pub raw_csv: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("'{text}' is not a number"))?;
    match value {
        0.0..=1.0 => Ok(value),
        1.0..=100.0 => Err(format!("{value} looks like a percentage: write {}", value / 100.0)),
        _ => Err("a discount rate lies between 0 and 1".to_owned()),
    }
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
