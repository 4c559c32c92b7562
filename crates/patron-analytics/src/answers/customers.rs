//! Customers one by one, their orders, returns and cohorts.

use patron_domain::{Day, Money, Month};
use serde::Serialize;

use super::ProductRef;

/// Recency, frequency and monetary scores from 1 (low) to 5 (high).
///
/// Quintiles over all customers with a purchase: a customer of whom `below` have less and `equal` as much (the
/// customer included) scores 1 + ⌊5 · (below + (equal − 1) / 2) ÷ n⌋, so equal values score the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RfmScores {
    /// By the day of the last purchase (later is higher).
    pub recency: u8,
    /// By purchase days.
    pub frequency: u8,
    /// By net revenue.
    pub monetary: u8,
}

/// One customer; ordered by code. Customers without a sale or return line are absent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CustomerSummary {
    /// Customer code.
    pub customer: u32,
    /// Code of the country of the first line ([`patron_domain::NO_CODE`] where unknown).
    pub country: u32,
    /// First purchase day; `None` for a customer whose days all net to nothing.
    pub first_purchase: Option<Day>,
    /// Last purchase day.
    pub last_purchase: Option<Day>,
    /// Orders with a sale line.
    pub orders: u32,
    /// Purchase days.
    pub purchase_days: u32,
    /// Net revenue, returns taken off; may be negative.
    pub revenue: Money,
    /// Net revenue ÷ orders, in currency units; `None` without an order.
    pub average_order_value: Option<f64>,
    /// Purchase days after the first, per 365 days since the first purchase; `None` on the first day itself.
    pub purchases_per_year: Option<f64>,
    /// Mean days between purchase days; `None` below two.
    pub mean_days_between: Option<f64>,
    /// Days from the last purchase to the as-of date.
    pub inactivity: Option<u32>,
    /// Scores; `None` without a purchase.
    pub rfm: Option<RfmScores>,
}

/// How many customers have this many orders; ordered by orders. Customers without an order are left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OrdersBucket {
    /// Orders.
    pub orders: u32,
    /// Customers with exactly so many.
    pub customers: u64,
    /// Of all customers with an order.
    pub share: f64,
    /// Share of customers with so many or more.
    pub share_at_least: f64,
}

/// Days between a customer's purchase days, over all customers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DaysBetween {
    /// Number of gaps.
    pub gaps: u64,
    /// Median days; `None` without gaps.
    pub median: Option<f64>,
    /// Mean days.
    pub mean: Option<f64>,
    /// Weeks, empty ones included, from 1–7 days up to the longest gap.
    pub buckets: Vec<DaysBetweenBucket>,
}

/// Gaps of some length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DaysBetweenBucket {
    /// Shortest gap, in days.
    pub from_days: u32,
    /// Longest gap, in days.
    pub to_days: u32,
    /// Gaps of that length.
    pub gaps: u64,
    /// Of all gaps.
    pub share: f64,
}

/// Share of customers with a second purchase day by some day after the first.
///
/// Kaplan–Meier (1958): customers too young to know stay in as long as they were watched, then leave
/// (censored). 95 % interval from Greenwood's variance on the log(−log) scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SecondOrderShare {
    /// Calendar month of the first purchase; `None` for all customers.
    pub cohort: Option<Month>,
    /// Days after the first purchase.
    pub by_day: u32,
    /// Customers with a first purchase.
    pub customers: u64,
    /// Of these, those watched for so many days.
    pub watched: u64,
    /// Of all customers, those seen to return by then.
    pub returned: u64,
    /// Estimated share; `None` when nobody was watched for so long (for a cohort: when not everybody was).
    pub share: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A point of the curve of returning customers (Kaplan–Meier): every day from 0 to 365, as far as watched.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SecondOrderPoint {
    /// Days after the first purchase.
    pub day: u32,
    /// Estimated share with a second purchase day by then.
    pub share: f64,
    /// Customers still watched who had not returned before this day.
    pub at_risk: u64,
}

/// A product in the first purchase, and whether those customers came back; ordered by share, descending, then
/// SKU. Products below the minimum of customers are left out.
///
/// Only customers old enough to know are counted: first purchase at least `within_days` before the end of the
/// log. In a log of six calendar months or more the customers of its first month are left out: most of them bought
/// before it begins. A basket counts for each product in it; a higher share is not proof that the product is the cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FirstProduct {
    /// The product.
    pub product: ProductRef,
    /// Days within which a second purchase day counts.
    pub within_days: u32,
    /// Customers old enough who bought it on their first purchase day.
    pub customers: u64,
    /// Of these, those who bought (anything) on a later day within the days.
    pub returned: u64,
    /// Returned ÷ customers.
    pub share: f64,
    /// 95 % interval of the share (Wilson 1927), lower end.
    pub share_low: f64,
    /// Upper end.
    pub share_high: f64,
    /// The same share among all customers old enough who did not begin with it; `None` where there are none.
    pub share_others: Option<f64>,
    /// p-value of no difference from the others (two proportions, pooled), adjusted over all rows
    /// (Benjamini–Hochberg).
    pub q_value: f64,
}

/// Customers by the month of their first purchase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cohorts {
    /// By month.
    pub cohorts: Vec<Cohort>,
    /// By month, then months since.
    pub cells: Vec<CohortCell>,
    /// Net revenue of customers without a purchase day, who are in no cohort: cells and this add up to the net
    /// revenue of known customers.
    pub revenue_without_purchase: Money,
}

/// One cohort; ordered by month. Months without newcomers are absent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cohort {
    /// Month of the first purchase.
    pub cohort: Month,
    /// Customers.
    pub customers: u64,
    /// Customers of it who bought on two or more days so far.
    pub repeat_customers: u64,
    /// Net revenue so far.
    pub revenue: Money,
    /// Whether it is the log's first month: it holds older customers too, whose first purchases lie before the
    /// log, and is not to be compared with the others.
    pub holds_older_customers: bool,
}

/// A cohort in one month after its first; ordered by cohort, then months since.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CohortCell {
    /// Month of the first purchase.
    pub cohort: Month,
    /// Calendar months since, from 0.
    pub months_since: u32,
    /// Customers of the cohort with a purchase day in that month.
    pub active: u64,
    /// Active ÷ cohort size.
    pub retention: f64,
    /// Net revenue of the cohort in that month (month 0 also takes what was brought back before the first
    /// purchase).
    pub revenue: Money,
    /// Net revenue of the cohort up to and including that month ÷ cohort size, in currency units.
    pub cumulative_revenue_per_customer: f64,
    /// Whether the calendar month was seen whole; an unfinished cell will still grow.
    pub complete: bool,
}

/// Revenue of the best customers; ordered by fraction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Concentration {
    /// 0.01, 0.1, 0.2.
    pub top_fraction: f64,
    /// Customers in it: that part of all customers with a purchase, rounded up.
    pub customers: u64,
    /// Their net revenue.
    pub revenue: Money,
    /// Of the net revenue of known customers.
    pub share_of_known_revenue: Option<f64>,
    /// Of all net revenue.
    pub share_of_revenue: Option<f64>,
}

/// A point of the curve of concentration: customers with a purchase, best first, at each whole per cent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LorenzPoint {
    /// Part of the customers, 0 to 1.
    pub customers: f64,
    /// Part of these customers' net revenue.
    pub revenue: f64,
}
