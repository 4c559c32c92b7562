//! Waterfalls: how one total becomes another.

use std::cmp::Ordering;

use patron_domain::Money;
use serde_json::{Value, json};

use super::{Chart, Ink};
use crate::format;

/// One bar of a waterfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A total, standing on zero.
    Total(String, Money),
    /// What is added (or taken away, when negative).
    Change(String, Money),
}

/// From a first total over changes to a last one. The steps are given from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Waterfall {
    steps: Vec<Step>,
}

impl Waterfall {
    /// A waterfall of these steps.
    pub fn new(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// The chart, bars running sideways. Amounts are exact in the tooltips; on a narrow screen they are brief beside the
    /// bars, and names take two lines.
    pub fn finish(self, id: &str, title: impl Into<String>, summary: impl Into<String>) -> Chart {
        let mut names = Vec::new();
        let mut gap: Vec<Value> = Vec::new();
        let mut bars: Vec<Value> = Vec::new();
        let mut running = Money::ZERO;
        for step in &self.steps {
            let (name, from, to, ink) = match step {
                Step::Total(name, total) => (name, Money::ZERO, *total, Ink::Accent),
                Step::Change(name, change) => {
                    let ink = match change.cmp(&Money::ZERO) {
                        Ordering::Less => Ink::Down,
                        Ordering::Equal => Ink::Muted,
                        Ordering::Greater => Ink::Up,
                    };
                    (name, running, running + *change, ink)
                }
            };
            running = to;
            names.push(name.clone());
            let amount = match step {
                Step::Total(_, amount) | Step::Change(_, amount) => *amount,
            };
            let words = format!("{name}: {}", format::exact_money(amount));
            let (low, high) = (from.min(to).to_f64(), from.max(to).to_f64());
            // A bar that crosses zero cannot stand on an invisible one; it is drawn from zero.
            let crosses = low < 0.0 && high > 0.0;
            let (hidden, seen) = match (crosses, high <= 0.0) {
                (true, _) => (0.0, amount.to_f64()),
                (false, true) => (high, low - high),
                (false, false) => (low, high - low),
            };
            gap.push(json!(hidden));
            bars.push(json!({
                "value": seen, "text": words, "amount": format::exact_decimal(amount, 0), "change": amount.to_f64(),
                "itemStyle": { "color": ink.css() },
            }));
        }
        let height = 60 + 30 * names.len() as u32;
        let option = json!({
            "legend": { "show": false },
            "grid": { "top": 8, "right": 84 },
            "tooltip": { "trigger": "item", "formatter": "@text" },
            "xAxis": { "type": "value", "axisLabel": { "formatter": "@compact" } },
            "yAxis": { "type": "category", "data": names, "inverse": true, "axisLabel": { "names": true, "wrap": true } },
            "series": [
                {
                    "type": "bar", "stack": "all", "data": gap, "silent": true,
                    "itemStyle": { "opacity": 0 }, "tooltip": { "show": false },
                },
                {
                    "type": "bar", "stack": "all", "data": bars, "barMaxWidth": 20, "barMinHeight": 2,
                    "label": {
                        "show": true, "position": "right", "formatter": "@amount", "brief": true, "fontSize": 11.5,
                    },
                },
            ],
        });
        Chart::new(id, title, summary, height, option)
    }
}
