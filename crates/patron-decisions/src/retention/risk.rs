//! Who will probably not buy in the next three months, what rides on them, and whom to win back.

use serde::Serialize;

use crate::Shop;
use crate::segments::{CustomerRhythm, Rhythm, RhythmBasis, ValueTier, revenues, value_tiers};

/// Chance to buy below which an overdue customer is on the win-back list.
pub const WIN_BACK_BELOW: f64 = 0.5;

/// What is known of the risk of one customer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CustomerRisk {
    /// The customer's code.
    pub customer: u32,
    /// Days from the last purchase to the as-of date.
    pub inactivity: u32,
    /// Usual days from one purchase to the next; `None` where nobody has come back yet.
    pub usual_gap: Option<f64>,
    /// Whose gaps that is.
    pub rhythm_basis: RhythmBasis,
    /// Days beyond the limit of the rhythm; 0 or less while on rhythm.
    pub days_overdue: Option<f64>,
    /// The verdict.
    pub rhythm: Rhythm,
    /// Chance of no purchase in the next 3 calendar months, calibrated; `None` without a forecast.
    pub no_purchase_3m: Option<f64>,
    /// P(alive), beside it.
    pub p_alive: Option<f64>,
    /// Expected net revenue of the next 12 months × the chance of no purchase in the first 3 of them, in money.
    pub value_at_risk: Option<f64>,
}

/// A customer worth winning back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WinBack {
    /// From 1.
    pub rank: u32,
    /// The customer and the risk.
    pub risk: CustomerRisk,
    /// Tier by net revenue to date: what the customer was worth, whatever is expected now.
    pub past_value: ValueTier,
    /// Net revenue to date, in money.
    pub revenue: f64,
}

/// All customers together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RiskTotals {
    /// Customers.
    pub customers: u64,
    /// Customers with a forecast: the sums below are over them.
    pub with_forecast: u64,
    /// Overdue customers, with a forecast or not.
    pub overdue: u64,
    /// Customers of whom no purchase is expected in the next 3 months: the sum of the chances.
    pub expected_silent_3m: f64,
    /// Sum of the value at risk, in money.
    pub value_at_risk: f64,
    /// Sum of the expected net revenue of 12 months, in money.
    pub clv_12m: f64,
}

/// The risk of every customer, in order of [`Shop::customers`].
pub fn customer_risks(shop: &Shop<'_>, rhythms: &[CustomerRhythm]) -> Vec<CustomerRisk> {
    let risk = |(customer, rhythm): (&crate::Customer<'_>, &CustomerRhythm)| {
        let silent = customer.forecast.map(|forecast| 1.0 - forecast.chance_to_buy_3m);
        CustomerRisk {
            customer: customer.code,
            inactivity: customer.inactivity(),
            usual_gap: rhythm.usual_gap,
            rhythm_basis: rhythm.basis,
            days_overdue: rhythm.limit.map(|limit| f64::from(customer.inactivity()) - limit),
            rhythm: rhythm.rhythm,
            no_purchase_3m: silent,
            p_alive: customer.forecast.map(|forecast| forecast.p_alive),
            value_at_risk: customer.forecast.zip(silent).map(|(forecast, silent)| forecast.clv_12m * silent),
        }
    };
    shop.customers.iter().zip(rhythms).map(risk).collect()
}

pub(crate) fn totals(shop: &Shop<'_>, risks: &[CustomerRisk]) -> RiskTotals {
    RiskTotals {
        customers: risks.len() as u64,
        with_forecast: risks.iter().filter(|risk| risk.no_purchase_3m.is_some()).count() as u64,
        overdue: risks.iter().filter(|risk| risk.rhythm == Rhythm::Overdue).count() as u64,
        expected_silent_3m: risks.iter().filter_map(|risk| risk.no_purchase_3m).sum(),
        value_at_risk: risks.iter().filter_map(|risk| risk.value_at_risk).sum(),
        clv_12m: shop.customers.iter().filter_map(|customer| customer.forecast).map(|f| f.clv_12m).sum(),
    }
}

/// Customers worth winning back: of the high or medium tier by what they have spent, overdue, and with a chance to buy in
/// the next 3 months below [`WIN_BACK_BELOW`]. The most value at risk first, ties by code.
///
/// The tier is by revenue to date, not by forecast: a customer who has stopped has little forecast left.
pub(crate) fn win_back(shop: &Shop<'_>, risks: &[CustomerRisk]) -> Vec<WinBack> {
    let revenues = revenues(shop);
    let tiers = value_tiers(&revenues);
    let worth = |place: &usize| {
        let silent = risks[*place].no_purchase_3m;
        tiers[*place] != ValueTier::Low
            && risks[*place].rhythm == Rhythm::Overdue
            && silent.is_some_and(|silent| 1.0 - silent < WIN_BACK_BELOW)
    };
    let mut places: Vec<usize> = (0..risks.len()).filter(worth).collect();
    let at_risk = |place: usize| risks[place].value_at_risk.unwrap_or(0.0);
    places.sort_by(|&a, &b| at_risk(b).total_cmp(&at_risk(a)).then(a.cmp(&b)));
    let row = |(place, rank): (usize, u32)| WinBack {
        rank,
        risk: risks[place],
        past_value: tiers[place],
        revenue: revenues[place],
    };
    places.into_iter().zip(1..).map(row).collect()
}
