//! Charts, tables and the self-contained report.
pub mod assets;
mod chart;
pub mod format;
pub mod page;
mod report;
mod table;
pub mod tables;

pub use chart::{CategoryChart, Chart, Direction, HeatMap, Ink, NumberFormat, Step, Waterfall, data_block};
pub use report::{
    Bridge, BridgeLine, Finding, ForecastInput, ReportInput, Screen, last_screen, report_html, three_things,
};
pub use table::{Cell, Column, CsvReader, Kind, MONEY, Table, TableBuilder, TableView};
