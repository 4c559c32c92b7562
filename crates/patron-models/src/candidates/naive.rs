//! Rules without a model: what every model has to beat.

use patron_domain::Day;

use crate::book::{Seen, View};

/// Days the status quo looks back.
const STATUS_QUO_DAYS: i32 = 90;

pub(super) fn rate(view: &View<'_>, days: u32) -> Vec<f64> {
    let one = |seen: &Seen<'_>| {
        spent(seen) / (f64::from(seen.history.history.customer_age) + 1.0) * f64::from(days)
    };
    view.seen.iter().map(one).collect()
}

pub(super) fn spend_over_span(view: &View<'_>, first: Day, days: u32) -> Vec<f64> {
    let span = f64::from(view.as_of.days_since(first).max(0)) + 1.0;
    view.seen.iter().map(|seen| spent(seen) / span * f64::from(days)).collect()
}

pub(super) fn status_quo(view: &View<'_>, days: u32) -> Vec<f64> {
    let scale = f64::from(days) / f64::from(STATUS_QUO_DAYS);
    let one = |seen: &Seen<'_>| {
        let recent =
            seen.days.iter().rev().take_while(|day| view.as_of.days_since(day.day) < STATUS_QUO_DAYS);
        recent.map(|day| day.net().to_f64()).sum::<f64>().max(0.0) * scale
    };
    view.seen.iter().map(one).collect()
}

fn spent(seen: &Seen<'_>) -> f64 {
    seen.history.spent_to_date().to_f64().max(0.0)
}
