//! A shop's orders as the files that shop systems export, with totals known to the cent.

mod bill;
mod draw;
mod money;
mod online_retail;
mod options;
mod people;
mod reexports;
mod sheet;
mod shopify;
mod truth;
mod woocommerce;
mod zone;

pub(crate) use online_retail::time;
pub use online_retail::{DirtKind, FileTruth, ONLINE_RETAIL_HEADINGS, PlantedRow, write_online_retail};
pub use options::ExportOptions;
pub use reexports::{ReexportTruth, RepeatedOrder, write_reexports};
pub use shopify::write_shopify;
pub use truth::{ExportAmounts, ExportMonth, ExportTruth, SetAside};
pub use woocommerce::write_woocommerce;
pub use zone::ExportZone;
