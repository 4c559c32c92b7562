//! Charts as data: option objects for Apache ECharts, built by typed builders.
//!
//! An option carries no code and no colours: formatters go by name (`"@money"`) and colours by CSS custom
//! property (`"var(--series-1)"`); the page's own script resolves both, so the same chart serves light, dark and
//! print, under a content security policy without inline code.

mod category;
mod heat_map;
mod waterfall;

use maud::{Markup, PreEscaped, Render, html};
use serde_json::{Value, json};

pub use category::{CategoryChart, Direction};
pub use heat_map::HeatMap;
pub use waterfall::{Step, Waterfall};

/// How the numbers of a chart are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFormat {
    /// Whole numbers: `18,532`.
    Count,
    /// Amounts of money in whole units: `8,300,066`.
    Money,
    /// Fractions as percentages: `29.7%`.
    Share,
    /// Numbers with up to two decimals.
    Number,
}

impl NumberFormat {
    /// The formatter's name for full values (tooltips).
    const fn full(self) -> &'static str {
        match self {
            Self::Count => "@count",
            Self::Money => "@money",
            Self::Share => "@share",
            Self::Number => "@number",
        }
    }

    /// The formatter's name where space is short (axes).
    const fn short(self) -> &'static str {
        match self {
            Self::Count | Self::Money | Self::Number => "@compact",
            Self::Share => "@percent",
        }
    }
}

/// A colour by its role; what it looks like is the style sheet's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The first colour: what the chart is about.
    Accent,
    /// Second colour.
    Second,
    /// Third colour.
    Third,
    /// Fourth colour.
    Fourth,
    /// Background information.
    Muted,
    /// More, better.
    Up,
    /// Less, worse.
    Down,
    /// A place among many of one kind, from 0 (pale) to 9 (strong).
    Scale(u8),
}

impl Ink {
    /// The CSS custom property that holds the colour.
    pub fn css(self) -> String {
        match self {
            Self::Accent => "var(--series-1)".to_owned(),
            Self::Second => "var(--series-2)".to_owned(),
            Self::Third => "var(--series-3)".to_owned(),
            Self::Fourth => "var(--series-4)".to_owned(),
            Self::Muted => "var(--series-muted)".to_owned(),
            Self::Up => "var(--series-up)".to_owned(),
            Self::Down => "var(--series-down)".to_owned(),
            Self::Scale(place) => format!("var(--scale-{})", place.min(9)),
        }
    }
}

/// A chart with the words that go with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Name within the page: letters, digits and hyphens.
    pub id: String,
    /// What is drawn, with its unit.
    pub title: String,
    /// What there is to see, in one sentence: for those who cannot see it.
    pub summary: String,
    /// Height in pixels.
    pub height: u32,
    /// The option object for ECharts.
    pub option: Value,
}

impl Chart {
    /// Joins words and an option.
    pub fn new(
        id: &str,
        title: impl Into<String>,
        summary: impl Into<String>,
        height: u32,
        option: Value,
    ) -> Self {
        let summary = summary.into();
        let mut option = option;
        option["aria"] = json!({ "enabled": true, "label": { "description": summary } });
        Self { id: id.to_owned(), title: title.into(), summary, height, option }
    }
}

impl Render for Chart {
    /// A figure with its caption, the place of the drawing and the option as a JSON data block.
    fn render(&self) -> Markup {
        html! {
            figure.chart-box {
                figcaption { strong { (self.title) } " " span { (self.summary) } }
                div.chart id=(self.id) role="img" aria-label=(self.summary) data-height=(self.height) {}
                (data_block(&format!("{}-option", self.id), &self.option))
            }
        }
    }
}

/// JSON as a data block of a page, safe against text that looks like markup.
pub fn data_block(id: &str, value: &Value) -> Markup {
    let text = value.to_string();
    let safe = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    html! { script type="application/json" id=(id) { (PreEscaped(safe)) } }
}

#[cfg(test)]
mod tests;
