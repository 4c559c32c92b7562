//! Bars, lines, steps and areas over categories.

use serde_json::{Value, json};

use super::{Chart, Ink, NumberFormat};

/// Which way the bars of a [`CategoryChart`] run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Categories from left to right.
    Upright,
    /// Categories from top to bottom: for long names.
    Sideways,
}

/// A chart over named categories (months, products, days): bars, stacked bars, lines, steps and bands.
#[derive(Clone, Debug)]
pub struct CategoryChart {
    categories: Vec<String>,
    direction: Direction,
    format: NumberFormat,
    axis_name: Option<String>,
    series: Vec<Value>,
    legend: Vec<String>,
    faint: Vec<usize>,
    value_range: (Option<f64>, Option<f64>),
    label_every: Option<usize>,
}

impl CategoryChart {
    /// An empty chart over these categories; `format` tells how its values are written.
    pub fn new(categories: Vec<String>, direction: Direction, format: NumberFormat) -> Self {
        Self {
            categories,
            direction,
            format,
            axis_name: None,
            series: Vec::new(),
            legend: Vec::new(),
            faint: Vec::new(),
            value_range: (None, None),
            label_every: None,
        }
    }

    /// What the categories are, below the axis.
    #[must_use]
    pub fn axis_name(mut self, name: &str) -> Self {
        self.axis_name = Some(name.to_owned());
        self
    }

    /// Bars drawn faintly in the bar series that follow: unfinished months.
    #[must_use]
    pub fn faint(mut self, categories: Vec<usize>) -> Self {
        self.faint = categories;
        self
    }

    /// Fixed ends of the value axis.
    #[must_use]
    pub fn between(mut self, low: Option<f64>, high: Option<f64>) -> Self {
        self.value_range = (low, high);
        self
    }

    /// Labels only every so many categories.
    #[must_use]
    pub fn label_every(mut self, categories: usize) -> Self {
        self.label_every = Some(categories.max(1));
        self
    }

    /// Bars side by side; `None` leaves a gap.
    #[must_use]
    pub fn bars(self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        self.bar_series(name, ink, values, None)
    }

    /// Bars stacked on the other stacked bars.
    #[must_use]
    pub fn stacked(self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        self.bar_series(name, ink, values, Some("all"))
    }

    /// Bars with a colour each.
    #[must_use]
    pub fn inked_bars(mut self, name: &str, bars: &[(f64, Ink)]) -> Self {
        let data: Value =
            bars.iter().map(|(v, ink)| json!({ "value": v, "itemStyle": { "color": ink.css() } })).collect();
        self.series.push(json!({ "type": "bar", "name": name, "data": data, "barMaxWidth": 28 }));
        self
    }

    /// A line; `None` breaks it.
    #[must_use]
    pub fn line(self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        self.line_series(name, ink, values, json!({}))
    }

    /// A line with its name at its end instead of in the legend: one of many of a kind.
    #[must_use]
    pub fn named_line(mut self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        let label = json!({ "show": true, "formatter": "{a}", "fontSize": 11 });
        self = self.line_series(name, ink, values, json!({ "endLabel": label }));
        self.legend.pop();
        self
    }

    /// A dashed line without points: a comparison.
    #[must_use]
    pub fn dashed(self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        self.line_series(
            name,
            ink,
            values,
            json!({ "lineStyle": { "type": "dashed", "width": 1.5 }, "symbol": "none" }),
        )
    }

    /// A line that jumps.
    #[must_use]
    pub fn step(self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        self.line_series(
            name,
            ink,
            values,
            json!({ "step": "end", "symbol": "none", "areaStyle": { "opacity": 0.08 } }),
        )
    }

    /// A line with the area below it tinted.
    #[must_use]
    pub fn area(self, name: &str, ink: Ink, values: &[Option<f64>]) -> Self {
        self.line_series(name, ink, values, json!({ "symbol": "none", "areaStyle": { "opacity": 0.1 } }))
    }

    /// A tinted band between two lines of one length; it has no entry in the legend.
    #[must_use]
    pub fn band(mut self, ink: Ink, low: &[Option<f64>], high: &[Option<f64>]) -> Self {
        let width: Vec<_> = low.iter().zip(high).map(|(low, high)| Some((*high)? - (*low)?)).collect();
        let stack = format!("band {}", self.series.len());
        for (data, opacity) in [(low, 0.0), (width.as_slice(), 0.16)] {
            self.series.push(json!({
                "type": "line", "data": data, "stack": stack, "symbol": "none", "silent": true,
                "lineStyle": { "opacity": 0 }, "areaStyle": { "opacity": opacity, "color": ink.css() },
                "itemStyle": { "color": ink.css() }, "tooltip": { "show": false }, "z": 1,
            }));
        }
        self
    }

    /// Marks a category with a line and a few words.
    #[must_use]
    pub fn mark(mut self, category: &str, words: &str) -> Self {
        if let Some(series) = self.series.last_mut() {
            let axis = if self.direction == Direction::Upright { "xAxis" } else { "yAxis" };
            let mark = json!({ axis: category, "name": words, "label": { "formatter": "{b}" } });
            push_mark(series, mark);
        }
        self
    }

    /// Marks a value with a line across and a few words.
    #[must_use]
    pub fn mark_value(mut self, value: f64, words: &str) -> Self {
        if let Some(series) = self.series.last_mut() {
            // The axis of names runs downwards, so a line across sideways bars starts at the top.
            let (axis, at) = if self.direction == Direction::Upright {
                ("yAxis", "insideEndTop")
            } else {
                ("xAxis", "start")
            };
            let mark = json!({ axis: value, "name": words, "label": { "formatter": "{b}", "position": at } });
            push_mark(series, mark);
        }
        self
    }

    /// The chart; bars that run sideways make it as high as they need.
    pub fn finish(self, id: &str, title: impl Into<String>, summary: impl Into<String>) -> Chart {
        let sideways = self.direction == Direction::Sideways;
        let bars = self.series.iter().any(|series| series["type"] == "bar");
        let mut category = json!({ "type": "category", "data": self.categories, "inverse": sideways });
        if !bars {
            category["boundaryGap"] = json!(false);
        }
        if let Some(name) = &self.axis_name {
            category["name"] = json!(name);
        }
        if let Some(every) = self.label_every {
            category["axisLabel"] = json!({ "interval": every - 1 });
        }
        if sideways {
            category["axisLabel"] = json!({ "names": true });
        }
        let mut value = json!({ "type": "value", "axisLabel": { "formatter": self.format.short() } });
        let ends = [("min", self.value_range.0), ("max", self.value_range.1)];
        for (end, at) in ends.into_iter().filter_map(|(end, at)| Some((end, at?))) {
            value[end] = json!(at);
        }
        let (x, y) = if sideways { (value, category) } else { (category, value) };
        let legend = self.legend.len() > 1;
        let option = json!({
            "legend": { "show": legend, "data": self.legend },
            "grid": { "top": if legend { 44 } else { 20 } },
            "tooltip": {
                "trigger": "axis",
                "axisPointer": { "type": if bars { "shadow" } else { "line" } },
                "valueFormatter": self.format.full(),
            },
            "xAxis": x,
            "yAxis": y,
            "series": self.series,
        });
        let height = match self.direction {
            Direction::Sideways => 60 + 26 * self.categories.len() as u32,
            Direction::Upright => 340,
        };
        Chart::new(id, title, summary, height, option)
    }

    fn bar_series(mut self, name: &str, ink: Ink, values: &[Option<f64>], stack: Option<&str>) -> Self {
        let data = values.iter().enumerate().map(|(index, value)| {
            if self.faint.contains(&index) {
                json!({ "value": value, "itemStyle": { "opacity": 0.45 } })
            } else {
                json!(value)
            }
        });
        let mut series = json!({
            "type": "bar", "name": name, "data": data.collect::<Value>(), "barMaxWidth": 36,
            "itemStyle": { "color": ink.css() },
        });
        if let Some(stack) = stack {
            series["stack"] = json!(stack);
        }
        self.legend.push(name.to_owned());
        self.series.push(series);
        self
    }

    fn line_series(mut self, name: &str, ink: Ink, values: &[Option<f64>], extra: Value) -> Self {
        let mut series = json!({
            "type": "line", "name": name, "data": values, "showSymbol": false, "symbolSize": 6,
            "lineStyle": { "width": 2 }, "itemStyle": { "color": ink.css() }, "z": 3,
        });
        if let Value::Object(extra) = extra {
            for (key, value) in extra {
                series[key] = value;
            }
        }
        self.legend.push(name.to_owned());
        self.series.push(series);
        self
    }
}

fn push_mark(series: &mut Value, mark: Value) {
    if series["markLine"].is_null() {
        series["markLine"] = json!({ "data": [], "symbol": "none", "silent": true });
    }
    if let Some(marks) = series["markLine"]["data"].as_array_mut() {
        marks.push(mark);
    }
}
