//! Answers about customers, products, countries and time, computed from rollups.
//!
//! [`analyse`] gives every answer at once; [`Analysis`] asks one question at a time and reads only the rollups
//! that question needs. Nothing here sees a single line of the log: whatever yields
//! [rollups](patron_columns::RollupSource), a table in memory or a cluster, gets the same answers from the same
//! code. Results are plain rows with documented units and order; this crate draws and writes nothing.
//!
//! [`attribute_answers`] ([`Analysis::attributes`]) groups customers and products by what the shop knows of them beyond
//! the log: countries, ages, channels, categories, costs.
//!
//! # What the words mean
//! - A customer is *active* in a month with an order that has its first sale line in it, *new* when no order came
//!   before, *returning* when one did in an earlier month. *Repeat customer* has three named definitions:
//!   [`RepeatDefinition`].
//! - A *purchase day* follows the source's [`PurchaseRule`](patron_domain::PurchaseRule): under `NetPositive` a day
//!   whose lines and cancellations add up to more than nothing. First purchase, days between, cohorts and second
//!   purchases count purchase days; an order is an invoice.
//! - A customer *bought* a product on a day with net units or net value above zero.
//! - Revenue is net: a return counts in the month it happened, and against the customer who brought it back.
//! - The log's first month calls everybody new, for nobody's earlier orders are in it; its cohort is marked.
//!
//! ```
//! use patron_analytics::{AnalysisOptions, Analysis};
//! use patron_columns::TableBuilder;
//! use patron_domain::{Day, LineKind, Money, NO_CODE, NewEntries, OrderEntry, PurchaseRule, SaleBatch};
//!
//! let days: [Day; 2] = ["2011-11-09".parse()?, "2011-12-09".parse()?];
//! let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
//! builder.push(&SaleBatch {
//!     customer: vec![0; 2], product: vec![NO_CODE; 2], order: vec![0, 1], country: vec![NO_CODE; 2],
//!     timestamp: days.map(Day::start).to_vec(), quantity: vec![6; 2], unit_price: vec!["2.55".parse()?; 2],
//!     discount: vec![Money::ZERO; 2], amount: vec!["15.30".parse()?; 2], kind: vec![LineKind::Sale; 2],
//!     line: vec![2, 3],
//!     added: NewEntries {
//!         customers: vec!["17850".into()],
//!         orders: ["536365", "536366"].map(|n| OrderEntry { number: n.into(), ..Default::default() }).to_vec(),
//!         ..Default::default()
//!     },
//! });
//! let (table, _) = builder.finish();
//! let options = AnalysisOptions::at(days[1]);
//! let monthly = Analysis::new(&table, &options)?.monthly()?;
//! assert_eq!((monthly[0].new_customers, monthly[1].returning_customers), (1, 1));
//! assert_eq!(monthly[1].returning_revenue.to_string(), "15.30");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod against_shop;
mod analysis;
mod answers;
mod attributes;
mod countries;
mod customers;
mod error;
mod facts;
mod monthly;
mod options;
mod pairs;
mod products;
mod repeat;
mod returns;
mod stats;
mod trends;

pub use analysis::Analysis;
pub use answers::*;
pub use attributes::attribute_answers;
pub use error::AnalyticsError;
pub use options::AnalysisOptions;
use patron_columns::RollupSource;
use patron_domain::Day;
use serde::Serialize;
pub use stats::{Survival, WatchTimes, benjamini_hochberg, wilson};

/// Every answer about a shop.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    /// Day to which inactivity and rates are counted: the later of the asked day and the last sale.
    pub as_of: Day,
    /// What the log does not name, so that the answers about it are empty; in the order of [`AbsentAnswers`].
    pub absent: Vec<AbsentAnswers>,
    /// The shop as a whole.
    pub totals: ShopTotals,
    /// The months of the log; `None` for an empty one.
    pub calendar: Option<MonthCalendar>,
    /// Month by month (C.3).
    pub monthly: Vec<MonthTotals>,
    /// Month by month: average order value, revenue by kind of customer (C.3).
    pub month_details: Vec<MonthDetail>,
    /// Repeat customers of the whole log and of each month (C.1).
    pub repeat_shares: Vec<RepeatShare>,
    /// The same by country of the customer's first line (C.1).
    pub repeat_by_country: Vec<RepeatShare>,
    /// What repeat customers spend (C.1).
    pub repeat_spend: Vec<SpendSummary>,
    /// The product with the most repeat customers and the popular product: spend on them (C.1).
    pub product_spend: Vec<ProductSpend>,
    /// Every product (C.2).
    pub products: Vec<ProductSummary>,
    /// Most and least by five measures (C.2).
    pub product_ranking: Vec<RankedProduct>,
    /// Products bought again (C.2).
    pub repeat_items: Vec<RepeatItem>,
    /// Products bought together, or seldom (C.2).
    pub product_pairs: Vec<ProductPair>,
    /// Popular products: the level (C.2).
    pub popular: Vec<PopularProduct>,
    /// Trending products: the change (C.2).
    pub trending: Vec<TrendingProduct>,
    /// Products by month (C.3).
    pub product_months: Vec<ProductMonthRow>,
    /// Trend of every product (C.3).
    pub product_trends: Vec<ProductTrend>,
    /// Trends of the whole shop (C.3).
    pub total_trends: Vec<TotalTrend>,
    /// Countries (C.4).
    pub countries: Vec<CountrySummary>,
    /// Best-selling products per country (C.4).
    pub country_products: Vec<CountryProduct>,
    /// Every customer (C.5).
    pub customers: Vec<CustomerSummary>,
    /// Orders per customer (C.5).
    pub orders_histogram: Vec<OrdersBucket>,
    /// Days between purchases (C.5).
    pub days_between: DaysBetween,
    /// Second purchase by day 30, 60, 90, 180: all customers, then each cohort (C.5).
    pub second_order: Vec<SecondOrderShare>,
    /// The whole curve for all customers (C.5).
    pub second_order_curve: Vec<SecondOrderPoint>,
    /// First product against later return (C.5).
    pub first_products: Vec<FirstProduct>,
    /// Cohorts (C.5).
    pub cohorts: Cohorts,
    /// Share of revenue of the top 1, 10, 20 % (C.5).
    pub concentration: Vec<Concentration>,
    /// The curve behind it (C.5).
    pub lorenz: Vec<LorenzPoint>,
}

/// Every answer at once.
///
/// Reads each rollup once, batch by batch. The result depends on nothing but the source and the options: not on
/// the number of threads, nor on where batches begin.
///
/// # Errors
/// [`AnalyticsError::Rollup`] as the source fails; [`AnalyticsError::SpanTooLong`] for a log of more than 200
/// years.
pub fn analyse(source: &dyn RollupSource, options: &AnalysisOptions) -> Result<Answers, AnalyticsError> {
    Analysis::new(source, options)?.answers()
}
