//! How the value of a purchase day goes with its lines, the same customer compared with himself.

use serde::Serialize;

use crate::Seen;

/// Purchase days of customers with more than one that a word about lines needs.
pub const LEAST_ORDERS: u64 = 100;
/// Quantile of the normal distribution for 95 %.
const NORMAL: f64 = 1.959_963_985;

/// Per cent of value that went with one per cent of lines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LinesWorth {
    /// Slope of ln value on ln lines within customers; 1: a day with twice the lines was worth twice as much.
    pub slope: f64,
    /// 95 % interval, customers being drawn.
    pub interval: (f64, f64),
    /// Purchase days behind it.
    pub orders: u64,
}

/// Least squares on ln value and ln lines less the customer's means, days with a value above zero only; the error is
/// clustered by customer (Liang & Zeger 1986). `None` below [`LEAST_ORDERS`] days or where lines never differ.
pub(super) fn lines_worth(seen: &Seen, places: &[usize]) -> Option<LinesWorth> {
    let mut own_sums: Vec<(f64, f64)> = Vec::new();
    let mut orders = 0_u64;
    for &place in places {
        let days = seen.visits(place).iter().filter(|day| day.lines > 0 && day.net.to_f64() > 0.0);
        let days: Vec<(f64, f64)> =
            days.map(|day| (f64::from(day.lines).ln(), day.net.to_f64().ln())).collect();
        if days.len() < 2 {
            continue;
        }
        orders += days.len() as u64;
        let count = days.len() as f64;
        let (x, y) = days.iter().fold((0.0, 0.0), |sum, day| (sum.0 + day.0 / count, sum.1 + day.1 / count));
        let centred: Vec<(f64, f64)> = days.iter().map(|day| (day.0 - x, day.1 - y)).collect();
        let xx = centred.iter().map(|day| day.0 * day.0).sum();
        let xy = centred.iter().map(|day| day.0 * day.1).sum();
        own_sums.push((xx, xy));
    }
    let (xx, xy) = own_sums.iter().fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    if orders < LEAST_ORDERS || xx <= 1e-9 {
        return None;
    }
    let slope = xy / xx;
    let score = |own: &(f64, f64)| (own.1 - slope * own.0).powi(2);
    let reach = NORMAL * own_sums.iter().map(score).sum::<f64>().sqrt() / xx;
    Some(LinesWorth { slope, interval: (slope - reach, slope + reach), orders })
}
