//! The shop as a web service: answers and forecasts as JSON and CSV, described by OpenAPI.
//!
//! [`ServedShop::open`] loads a shop, answers every question and takes its stored forecaster; [`serve`] answers
//! requests about it, as [`ServeSettings`] say, until it is asked to stop. [`openapi`] is the
//! description of what can be asked. Whatever goes wrong is an [`ApiError`], and reaches a client as a [`Problem`].
//!
//! ```no_run
//! use patron_api::{ServeSettings, ServedShop, serve};
//! use patron_pipeline::Silent;
//! use patron_store::{DatabaseUrl, Store};
//!
//! let url = DatabaseUrl::from_path("shop.db");
//! let mut store = Store::open_existing(&url)?;
//! let shop = ServedShop::open(&mut store, "shop.db", || chrono::Utc::now().naive_utc(), &Silent)?;
//! let settings = ServeSettings::at("127.0.0.1:8080".parse()?);
//! serve(shop, &url, &settings, |address| println!("http://{address}/"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accept;
mod access;
mod address;
mod answers;
mod customers;
mod database;
mod description;
mod error;
mod forecasts;
mod guard;
mod jobs;
mod metrics;
mod models;
mod pages;
mod parameters;
mod problem;
mod resources;
mod rows;
mod segments;
mod server;
mod shop;
mod topics;
mod value;
mod work;

use chrono::{NaiveDateTime, SubsecRound};

pub use access::{Origin, ServeSettings, USUAL_RATE};
pub use address::BindAddress;
pub use description::openapi;
pub use error::{ApiError, FieldError};
pub use jobs::JobError;
pub use problem::Problem;
pub use segments::SegmentSummary;
pub use server::serve;
pub use shop::{Clock, ServedShop};

/// A time in UTC as clients get it: `2026-01-31T09:30:00Z`.
pub(crate) fn time(at: NaiveDateTime) -> String {
    at.trunc_subsecs(0).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
