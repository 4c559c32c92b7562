//! What a calendar does: the same customers in continuous time, and as whole days with one purchase a day at most.

use patron_columns::HistoryHistogram;
use patron_models::BgNbd;
use patron_synth::{BgNbdParams, simulate_day_histories, simulate_histories};

use super::estimates::{Estimated, found};
use super::models::{ALL, BG_NBD, PER_WEEK, histogram};
use super::shops::AGE;
use super::table::part;
use super::{Judge, Recovered};

/// Customers who buy every fifth week on average, and such who buy three times a week.
const POPULATIONS: [(&str, BgNbdParams); 2] = [
    ("every fifth week", BgNbdParams { r: 1.0, alpha: 5.0, a: 0.7, b: 2.5 }),
    ("three times a week", BgNbdParams { r: 3.0, alpha: 1.0, a: 0.5, b: 20.0 }),
];

/// A shop seen both ways.
struct Seen {
    continuous: Estimated,
    days: Estimated,
    /// Repeat purchases, and days with one.
    purchases: [f64; 2],
}

pub(super) fn report(judge: &Judge<'_>) -> Recovered {
    let plan = judge.plan;
    let Some(model) = ALL.iter().find(|model| model.name() == BG_NBD) else {
        return Recovered { text: String::new(), off: Vec::new() };
    };
    let mut rows = Vec::new();
    let mut merged = Vec::new();
    for (how, params) in POPULATIONS {
        let truth = vec![params.r, params.alpha, params.a, params.b];
        let what = format!("on a calendar, {how}");
        let shops = judge.shops(model.title()).each(&what, |shop| {
            let seed = shop.seed(how);
            let exact = simulate_histories(&params, plan.size, AGE, seed).expect("possible parameters");
            let days = simulate_day_histories(&params, plan.size, AGE, seed).expect("possible parameters");
            let purchases = [
                exact.iter().map(|history| f64::from(history.frequency())).sum(),
                days.iter().map(|history| f64::from(history.frequency)).sum(),
            ];
            let continuous = model.fit(&histogram(&exact), PER_WEEK).map(|fit| fit.parameters);
            let days = BgNbd::params().fit(&HistoryHistogram::of(days)).map(|fit| fit.report.parameters);
            Seen { continuous: (truth.clone(), continuous), days: (truth.clone(), days), purchases }
        });
        let sum = |which: usize| shops.iter().map(|shop| shop.purchases[which]).sum::<f64>();
        merged.push(format!("{:.1} % ({how})", 100.0 * (1.0 - sum(1) / sum(0))));
        let (continuous, days): (Vec<_>, Vec<_>) =
            shops.into_iter().map(|shop| (shop.continuous, shop.days)).unzip();
        let (continuous, days) = (found(model.interior(), &continuous), found(model.interior(), &days));
        for (place, parameter) in model.interior().iter().enumerate() {
            let (continuous, days) = (&continuous[place], &days[place]);
            rows.push(vec![
                how.to_owned(),
                format!("{} = {}", parameter.name, truth[place]),
                format!("{:+.3}", continuous.bias()),
                format!("{:+.3}", days.bias()),
                continuous.covered.to_string(),
                days.covered.to_string(),
            ]);
        }
    }
    let note = format!(
        "{} shops of {} customers. Repeat purchases that are lost to the calendar: {}. Reported, not judged.",
        plan.shops,
        plan.size,
        merged.join(", ")
    );
    let headings = [
        "customers buy",
        "parameter",
        "bias of ln, continuous",
        "bias of ln, days",
        "intervals that hold it, continuous",
        "days",
    ];
    part("BG/NBD on a calendar of whole days", &note, &headings.map(str::to_owned), rows, Vec::new())
}
