//! From one run to the next: movement between segments, and the change in value by its causes.

use std::collections::BTreeMap;

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use crate::segments::Cell;

/// A customer as a run saw them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotCustomer {
    /// The customer's id: codes may differ from run to run.
    pub id: String,
    /// Cell of the default segmentation.
    pub cell: Cell,
    /// Expected purchases of the next 3 months.
    pub purchases_3m: f64,
    /// Expected net revenue of the next 3 months, in money.
    pub clv_3m: f64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its as-of date.
    pub as_of: Day,
    /// Purchases of the 3 months ahead ÷ those of 3 average months, as the season has it; `None` where no season is known.
    pub season: Option<f64>,
    /// Its customers, each once, in any order.
    pub customers: Vec<SnapshotCustomer>,
}

/// Customers who went from one cell to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowRow {
    /// Cell of the earlier run; `None`: not a customer then.
    pub from: Option<Cell>,
    /// Cell of the later run; `None`: not there any more.
    pub to: Option<Cell>,
    /// Customers.
    pub customers: u64,
    /// Their `clv_3m` of the earlier run, in money.
    pub value_before: f64,
    /// Of the later run.
    pub value_after: f64,
}

/// The flow table, in order of the cells from and to, newcomers first; staying in a cell is a row too.
pub fn flows(before: &Snapshot, after: &Snapshot) -> Vec<FlowRow> {
    let mut pairs: BTreeMap<&str, [Option<&SnapshotCustomer>; 2]> = BTreeMap::new();
    for (side, snapshot) in [before, after].into_iter().enumerate() {
        for customer in &snapshot.customers {
            pairs.entry(&customer.id).or_default()[side] = Some(customer);
        }
    }
    let mut rows: BTreeMap<(Option<Cell>, Option<Cell>), FlowRow> = BTreeMap::new();
    for [before, after] in pairs.into_values() {
        let (from, to) = (before.map(|own| own.cell), after.map(|own| own.cell));
        let empty = FlowRow { from, to, customers: 0, value_before: 0.0, value_after: 0.0 };
        let row = rows.entry((from, to)).or_insert(empty);
        row.customers += 1;
        row.value_before += before.map_or(0.0, |own| own.clv_3m);
        row.value_after += after.map_or(0.0, |own| own.clv_3m);
    }
    rows.into_values().collect()
}

/// The change by its causes, in money; they add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ValueParts {
    /// More customers, or fewer.
    pub customers: f64,
    /// More purchases per customer, the season left out where it is known.
    pub rate: f64,
    /// More value per purchase.
    pub spend: f64,
    /// Another season ahead; `None` where it is unknown and stays within `rate`.
    pub season: Option<f64>,
}

/// The change in expected value from one run to the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ValueChange {
    /// Sum of `clv_3m` of the earlier run, in money.
    pub before: f64,
    /// Of the later run.
    pub after: f64,
    /// The change by its causes; `None` where a run expects nothing and yet has customers, or purchases without value.
    pub parts: Option<ValueParts>,
}

/// Value = customers × rate × season × spend. Each factor takes L · ln(after ÷ before) of the change, L being the logarithmic mean
/// of both values (Ang 2004, Energy Policy 32): nothing is left over. From or to no customers at all, everything is customers.
pub fn value_change(before: &Snapshot, after: &Snapshot) -> ValueChange {
    let season = before.season.zip(after.season).filter(|(a, b)| *a > 0.0 && *b > 0.0);
    let [old, new] = [before, after].map(Factors::of);
    let parts = match (old.customers > 0.0, new.customers > 0.0) {
        (false, _) | (_, false) => {
            let customers = new.value - old.value;
            Some(ValueParts { customers, rate: 0.0, spend: 0.0, season: season.map(|_| 0.0) })
        }
        (true, true) if !(old.is_whole() && new.is_whole()) => None,
        (true, true) => {
            let mean = log_mean(old.value, new.value);
            let part = |before: f64, after: f64| mean * (after / before).ln();
            let season = season.map(|(before, after)| part(before, after));
            let rate = part(old.purchases / old.customers, new.purchases / new.customers);
            Some(ValueParts {
                customers: part(old.customers, new.customers),
                rate: rate - season.unwrap_or(0.0),
                spend: part(old.value / old.purchases, new.value / new.purchases),
                season,
            })
        }
    };
    ValueChange { before: old.value, after: new.value, parts }
}

struct Factors {
    customers: f64,
    purchases: f64,
    value: f64,
}

impl Factors {
    fn of(snapshot: &Snapshot) -> Self {
        let sum =
            |of: fn(&SnapshotCustomer) -> f64| snapshot.customers.iter().map(of).fold(0.0, |a, b| a + b);
        Self {
            customers: snapshot.customers.len() as f64,
            purchases: sum(|own| own.purchases_3m),
            value: sum(|own| own.clv_3m),
        }
    }

    fn is_whole(&self) -> bool {
        self.purchases > 0.0 && self.value > 0.0
    }
}

/// (b − a) ÷ (ln b − ln a), a where both are the same.
fn log_mean(a: f64, b: f64) -> f64 {
    let ln = (b / a).ln();
    if ln.abs() < 1e-12 { a } else { (b - a) / ln }
}
