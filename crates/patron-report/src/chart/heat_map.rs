//! Heat maps.

use serde_json::{Value, json};

use super::{Chart, NumberFormat};

/// Numbers on a grid of two lists of categories.
#[derive(Clone, Debug)]
pub struct HeatMap {
    columns: Vec<String>,
    rows: Vec<String>,
    format: NumberFormat,
    names: (String, String),
    cells: Vec<Value>,
    range: Option<(f64, f64)>,
    written: bool,
    downwards: bool,
    highest: f64,
}

impl HeatMap {
    /// An empty grid; `columns` run from left to right, `rows` from top to bottom.
    pub fn new(columns: Vec<String>, rows: Vec<String>, format: NumberFormat) -> Self {
        let names = (String::new(), String::new());
        Self {
            columns,
            rows,
            format,
            names,
            cells: Vec::new(),
            range: None,
            written: false,
            downwards: true,
            highest: 0.0,
        }
    }

    /// What columns and rows are.
    #[must_use]
    pub fn names(mut self, columns: &str, rows: &str) -> Self {
        self.names = (columns.to_owned(), rows.to_owned());
        self
    }

    /// Ends of the colour scale; without them, 0 and the highest value.
    #[must_use]
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Writes each value into its cell, as whole percent where it is a share.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.written = true;
        self
    }

    /// Rows from bottom to top, as on a plot of two quantities.
    #[must_use]
    pub fn upwards(mut self) -> Self {
        self.downwards = false;
        self
    }

    /// Adds a cell; `words` is what its tooltip says, `faint` marks it as unfinished.
    pub fn cell(&mut self, column: usize, row: usize, value: f64, words: &str, faint: bool) {
        if !value.is_finite() {
            return;
        }
        self.highest = self.highest.max(value);
        let mut cell = json!({ "value": [column, row, value], "text": words });
        if faint {
            cell["itemStyle"] = json!({ "opacity": 0.5 });
        }
        self.cells.push(cell);
    }

    /// The chart.
    pub fn finish(self, id: &str, title: impl Into<String>, summary: impl Into<String>) -> Chart {
        let (low, high) = self.range.unwrap_or((0.0, if self.highest > 0.0 { self.highest } else { 1.0 }));
        let label = if self.format == NumberFormat::Share { "@cellPercent" } else { "@cell" };
        let height = 90 + 22 * self.rows.len().clamp(6, 24) as u32;
        let option = json!({
            "grid": { "top": 8, "bottom": 30 },
            "tooltip": { "trigger": "item", "formatter": "@text" },
            "xAxis": { "type": "category", "data": self.columns, "name": self.names.0 },
            "yAxis": {
                "type": "category", "data": self.rows, "name": self.names.1, "inverse": self.downwards,
                "nameRotate": 90,
            },
            "visualMap": {
                "type": "continuous", "min": low, "max": high, "calculable": false, "show": false,
                "dimension": 2, "inRange": { "color": "scale" },
            },
            "series": [{
                "type": "heatmap", "data": self.cells, "contrast": [low, high],
                "label": { "show": self.written, "formatter": label, "fontSize": 11 },
            }],
        });
        Chart::new(id, title, summary, height, option)
    }
}
