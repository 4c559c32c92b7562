//! Trend lines and their tests.

use patron_domain::Month;
use serde::Serialize;

use super::ProductRef;

/// A slope per month with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SlopeInterval {
    /// Change per month.
    pub slope: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What a trend means in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrendClass {
    /// Slope above zero: the adjusted p-value is below the level, and the Theil–Sen interval lies above zero.
    Rising,
    /// No trend could be told from chance.
    Steady,
    /// Slope below zero, both tests agreeing.
    Declining,
    /// Fewer complete months than a trend needs.
    TooShort,
}

/// What is known of the season.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Season {
    /// Fewer than 24 complete months: a rise may be the season.
    NotExcluded,
    /// 24 or more months, and the months of the year do not differ beyond chance; the trend is freed of them.
    NotFound,
    /// 24 or more months, and the months of the year differ; the trend is freed of them.
    Seasonal,
}

/// A trend line over complete months.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// First month of the series.
    pub first: Month,
    /// Number of months.
    pub months: u32,
    /// Mean per month.
    pub mean: f64,
    /// Height of the line in the first month (at the mean season, where the season was taken out).
    pub start: f64,
    /// Ordinary least squares slope; interval from Newey–West errors.
    pub ols: SlopeInterval,
    /// Newey–West standard error of the slope.
    pub standard_error: f64,
    /// Two-sided p-value of a slope of zero (Student t).
    pub p_value: f64,
    /// Theil–Sen slope with Sen's interval.
    pub theil_sen: SlopeInterval,
}

/// Which of a product's monthly numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrendMeasure {
    /// Net units.
    Quantity,
    /// Net revenue, in currency units.
    Revenue,
}

/// A product's trend; ordered by measure, then SKU. Every product with a sale has one row per measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductTrend {
    /// Which monthly number.
    pub measure: TrendMeasure,
    /// The product.
    pub product: ProductRef,
    /// The line; `None` when the series is too short.
    pub trend: Option<Trend>,
    /// p-value adjusted over all products of the measure (Benjamini–Hochberg), slope against zero.
    pub q_value: Option<f64>,
    /// Slope in means of the product per month, less the same of the shop's total over the same months.
    pub slope_against_shop: Option<f64>,
    /// p-value of a steady share of the shop's total, adjusted over all products of the measure: a log-linear
    /// (quasi-Poisson) trend of the share, freed of the product's own season from 24 months on.
    pub q_value_against_shop: Option<f64>,
    /// Against zero.
    pub class: TrendClass,
    /// Against the shop's own total: growing faster, alike, slower.
    pub class_against_shop: TrendClass,
    /// What is known of the season.
    pub season: Season,
    /// p-value of equal months of the year, adjusted over all products; `None` below 24 months.
    pub season_q_value: Option<f64>,
    /// Growth per month of the product's share of the shop's total, as a fraction (0.1: a tenth more each month).
    pub share_growth: Option<f64>,
    /// Whether the product has a season of its own: whether its share of the shop's total differs by the month of the
    /// year. A product that only follows the shop's season has none.
    pub own_season: Season,
    /// p-value of equal shares in all months of the year, adjusted over all products; `None` below 24 months.
    pub own_season_q_value: Option<f64>,
}

/// Which number of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TotalMeasure {
    /// Net revenue, in currency units.
    Revenue,
    /// Net units.
    Quantity,
    /// Orders.
    Orders,
    /// Known customers with an order.
    ActiveCustomers,
    /// Of these, the new ones.
    NewCustomers,
    /// Of these, the returning ones.
    ReturningCustomers,
    /// Revenue ÷ orders, in currency units; months without an order count as zero.
    AverageOrderValue,
}

impl TotalMeasure {
    /// All, in the order of the tables.
    pub const ALL: [Self; 7] = [
        Self::Revenue,
        Self::Quantity,
        Self::Orders,
        Self::ActiveCustomers,
        Self::NewCustomers,
        Self::ReturningCustomers,
        Self::AverageOrderValue,
    ];
}

/// A trend of the whole shop; ordered by measure. p-values are not adjusted: each line is a question of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TotalTrend {
    /// Which number.
    pub measure: TotalMeasure,
    /// The line; `None` with too few complete months.
    pub trend: Option<Trend>,
    /// Against zero.
    pub class: TrendClass,
    /// What is known of the season.
    pub season: Season,
    /// p-value of equal months of the year; `None` below 24 months.
    pub season_p_value: Option<f64>,
}
