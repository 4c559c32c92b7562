//! The shop as a web service: answers and forecasts as JSON and CSV, described by OpenAPI.
//!
//! [`serve`] takes requests at once, as [`ServeSettings`] say, until it is asked to stop; beside it the shop is loaded,
//! every question answered and the stored forecaster taken, and again whenever the database has changed. What one
//! customer is worth is computed from the database when it is asked for. [`openapi`] is the description of what can be
//! asked. Whatever goes wrong is an [`ApiError`], and reaches a client as a [`Problem`].
//!
//! ```no_run
//! use patron_api::{ServeSettings, serve};
//! use patron_store::DatabaseUrl;
//!
//! let url = DatabaseUrl::from_path("shop.db");
//! let settings = ServeSettings::at("127.0.0.1:8080".parse()?);
//! serve(&url, || chrono::Utc::now().naive_utc(), &settings, |address| println!("http://{address}/"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accept;
mod access;
mod address;
mod answers;
mod database;
mod description;
mod download;
mod error;
mod forecasts;
mod guard;
mod jobs;
mod live;
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

/// Tells the time, in UTC.
pub type Clock = fn() -> NaiveDateTime;

/// A time in UTC as clients get it: `2026-01-31T09:30:00Z`.
pub(crate) fn time(at: NaiveDateTime) -> String {
    at.trunc_subsecs(0).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
