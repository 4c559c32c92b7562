//! What can be chosen.

use patron_domain::Day;

/// Choices behind the answers; [`AnalysisOptions::at`] fills in the documented defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysisOptions {
    /// Day to which inactivity and purchase rates are counted. The answers describe the whole log: a day before
    /// the last sale is held at the last sale.
    pub as_of: Day,
    /// Rows of each end of a ranking (20).
    pub top: usize,
    /// Best-selling products named per country (5).
    pub top_per_country: usize,
    /// "Least" looks only at products on sale for so many days (90).
    pub minimum_days_on_sale: u32,
    /// Below so many customers a country is "too few to say" (10).
    pub minimum_country_customers: u64,
    /// Buyers a product needs for a repeat share, and customers who begin with it for a return share (30).
    pub minimum_customers: u64,
    /// Products, those in the most orders, whose pairs are looked at (300).
    pub pair_products: usize,
    /// Two products belong together, or apart, where the 95 % interval of their lift lies beyond this factor (1.5).
    pub pair_factor: f64,
    /// Days within which a return counts after a first product (90).
    pub return_days: u32,
    /// Complete months a trend needs (6).
    pub minimum_trend_months: u32,
    /// Level of the adjusted p-values below which a trend, a season or a difference counts (0.05).
    pub level: f64,
}

impl AnalysisOptions {
    /// The documented defaults at an as-of date.
    pub fn at(as_of: Day) -> Self {
        Self {
            as_of,
            top: 20,
            top_per_country: 5,
            minimum_days_on_sale: 90,
            minimum_country_customers: 10,
            minimum_customers: 30,
            pair_products: 300,
            pair_factor: 1.5,
            return_days: 90,
            minimum_trend_months: 6,
            level: 0.05,
        }
    }
}
