//! Charts, tables and the self-contained report.
//!
//! - [`Table`]: typed columns over rows, written as CSV, HTML, JSON, Markdown or Parquet; [`tables`] makes every answer one.
//!   A [`Shelf`] holds tables in a file instead of in memory.
//! - [`Chart`]: option objects for Apache ECharts from typed builders ([`CategoryChart`], [`HeatMap`],
//!   [`Waterfall`]), without code and without colours.
//! - [`page`]: the pieces of pages, and a page as one file that loads nothing.
//! - [`say`]: how a forecast is said, in one place.
//! - [`report_html`]: the report. [`three_things`] and [`last_screen`] tell the same in plain words.
//!
//! ```
//! use patron_report::{CategoryChart, CsvReader, Direction, Ink, NumberFormat, Table};
//!
//! let months = [("Oct 2011", 2040_u32), ("Nov 2011", 2884)];
//! let table = Table::over(&months)
//!     .text("month", "Calendar month.", |month| month.0)
//!     .integer("orders", "orders", "Invoices with a sale line.", |month| month.1)
//!     .finish();
//! assert_eq!(table.to_markdown().lines().last(), Some("| Nov 2011 | 2,884 |"));
//! assert!(table.to_csv(CsvReader::Machine).starts_with("month,orders\n"));
//!
//! let names = months.iter().map(|month| month.0.to_owned()).collect();
//! let orders: Vec<_> = months.iter().map(|month| Some(f64::from(month.1))).collect();
//! let chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Count)
//!     .bars("Orders", Ink::Accent, &orders)
//!     .finish("orders", "Orders by month", "Orders rose from 2,040 to 2,884.");
//! assert_eq!(chart.option["series"][0]["itemStyle"]["color"], "var(--series-1)");
//! ```

pub mod assets;
mod bridge;
mod chart;
pub mod format;
mod group_ranges;
pub mod page;
mod report;
pub mod say;
mod table;
pub mod tables;

pub use bridge::{Bridge, BridgeLine, BridgeStep};
pub use chart::{CategoryChart, Chart, Direction, HeatMap, Ink, NumberFormat, Step, Waterfall, data_block};
pub use report::{
    AttributeFile, Finding, ForecastInput, ReportInput, Screen, last_screen, report_html, three_things,
};
pub use table::{
    Cell, Column, CsvReader, Kind, MONEY, Shelf, ShelvedColumn, ShelvedTable, Table, TableBuilder, TableView,
    defused, quoted,
};
