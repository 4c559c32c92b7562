//! Whether the data are enough for a horizon, and why not: the rule of `docs/models/data-check.md`.

use patron_domain::{Day, Horizon, Suitability};
use serde::{Deserialize, Serialize};

use crate::book::View;
use crate::candidates::MIN_HISTORY;

/// What the data hold, and what that is enough for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataCheck {
    /// The as-of date.
    pub as_of: Day,
    /// Days from the first purchase to the as-of date, both counted.
    pub history_days: u32,
    /// Customers with a purchase.
    pub customers: u64,
    /// Share of them with two or more purchase days.
    pub with_two_purchases: f64,
    /// Share of them with three or more purchase days.
    pub with_three_purchases: f64,
    /// Days from the last purchase of all to the as-of date.
    pub days_since_last_purchase: u32,
    /// Verdict per horizon, the standard ones first.
    pub horizons: Vec<HorizonCheck>,
}

/// The verdict on one horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HorizonCheck {
    /// The horizon.
    pub horizon: Horizon,
    /// Its length in days from the as-of date on.
    pub days: u32,
    /// Yes, rough or no.
    pub grade: Suitability,
    /// Why, in whole sentences; one that says what speaks for it where the grade is yes.
    pub reasons: Vec<String>,
}

impl DataCheck {
    /// Checks the standard horizons, and `horizon_days` if given.
    pub(crate) fn of(view: &View<'_>, first: Day, horizon_days: Option<u32>) -> Self {
        let customers = view.len() as u64;
        let with = |repeats: u32| {
            let count = view.seen.iter().filter(|seen| seen.history.history.frequency >= repeats).count();
            (count as u64, count as f64 / customers.max(1) as f64)
        };
        let last = view.seen.iter().map(|seen| seen.history.last).max().unwrap_or(first);
        let facts = Facts {
            history_days: view.as_of.days_since(first).max(0) as u32 + 1,
            customers,
            two: with(1),
            three: with(2),
            silence: view.as_of.days_since(last).max(0) as u32,
        };
        let asked = horizon_days.map(Horizon::Days);
        let horizons =
            Horizon::STANDARD.into_iter().chain(asked).map(|h| facts.check(h, view.as_of)).collect();
        Self {
            as_of: view.as_of,
            history_days: facts.history_days,
            customers,
            with_two_purchases: facts.two.1,
            with_three_purchases: facts.three.1,
            days_since_last_purchase: facts.silence,
            horizons,
        }
    }

    /// The grade of a horizon; `No` for one that was not checked.
    pub fn grade(&self, horizon: Horizon) -> Suitability {
        let found = self.horizons.iter().find(|check| check.horizon == horizon);
        found.map_or(Suitability::No, |check| check.grade)
    }
}

struct Facts {
    history_days: u32,
    customers: u64,
    two: (u64, f64),
    three: (u64, f64),
    silence: u32,
}

impl Facts {
    fn check(&self, horizon: Horizon, as_of: Day) -> HorizonCheck {
        let days = horizon.days(as_of);
        let (mut no, mut rough) = (Vec::new(), Vec::new());
        self.check_history(days, &mut no, &mut rough);
        self.check_customers(&mut no, &mut rough);
        if self.silence > 92 {
            no.push(format!("The last purchase is {} days before {as_of}: the log has ended.", self.silence));
        } else if self.silence > 31 {
            rough.push(format!("The last purchase is {} days before {as_of}.", self.silence));
        }
        let (grade, reasons) = match (no.is_empty(), rough.is_empty()) {
            (false, _) => (Suitability::No, no.into_iter().chain(rough).collect()),
            (true, false) => (Suitability::Rough, rough),
            (true, true) => (Suitability::Yes, vec![self.in_favour(days)]),
        };
        HorizonCheck { horizon, days, grade, reasons }
    }

    fn check_history(&self, days: u32, no: &mut Vec<String>, rough: &mut Vec<String>) {
        let history = self.history_days;
        if history < 60 {
            no.push(format!("{history} days of history are too few: it takes at least 60."));
        } else if history <= days {
            let longer = if history < days { "longer than" } else { "as long as" };
            rough.push(format!("The horizon of {days} days is {longer} the {history} days of history."));
        } else if history <= days + MIN_HISTORY {
            rough.push(format!(
                "A forecast of {days} days could not be tested on the past: that takes {} days of history, and \
                 there are {history}.",
                days + MIN_HISTORY + 1
            ));
        } else if history < 365 {
            rough.extend((days > 120).then(|| {
                format!("With {history} days of history no season has been seen twice, and none can be told.")
            }));
        }
    }

    fn check_customers(&self, no: &mut Vec<String>, rough: &mut Vec<String>) {
        let percent = |share: f64| format!("{:.1}%", share * 100.0);
        match self.customers {
            0..30 => no.push(format!("{} too few: it takes at least 30.", customers_are(self.customers))),
            30..200 => rough.push(format!("{} customers are few: 200 or more make it firm.", self.customers)),
            _ => {}
        }
        let ((two, two_share), (three, three_share)) = (self.two, self.three);
        if two < 10 {
            no.push(format!(
                "{} ({}) bought on two or more days: it takes 10.",
                customers(two),
                percent(two_share)
            ));
        } else if two < 50 || two_share < 0.05 {
            let share = percent(two_share);
            rough.push(format!("Only {} ({share}) bought on two or more days.", customers(two)));
        }
        if two >= 10 && (three < 20 || three_share < 0.01) {
            let share = percent(three_share);
            rough.push(format!("Only {} ({share}) bought on three or more days.", customers(three)));
        }
    }

    fn in_favour(&self, days: u32) -> String {
        format!(
            "{} days of history hold {} customers, {:.1}% of them with two or more purchase days, and a forecast \
             of {days} days could be tested on the past.",
            self.history_days,
            self.customers,
            self.two.1 * 100.0
        )
    }
}

fn customers(count: u64) -> String {
    if count == 1 { "1 customer".to_owned() } else { format!("{count} customers") }
}

fn customers_are(count: u64) -> String {
    if count == 1 { "1 customer is".to_owned() } else { format!("{count} customers are") }
}
