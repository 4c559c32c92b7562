//! Forecasts of all customers: `/forecasts`, `/segments`, `/models`.

use actix_web::{HttpRequest, HttpResponse, web};
use patron_report::Cell;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accept::{Form, form};
use crate::download::download;
use crate::live::Live;
use crate::parameters::Parameters;
use crate::rows::Rows;
use crate::segments::{Quarter, SegmentSummary};
use crate::shop::ServedShop;
use crate::work::{apart, json};
use crate::{ApiError, time};

#[derive(Serialize)]
struct Page<'a> {
    as_of: String,
    computed_at: String,
    model_id: i64,
    total: usize,
    next: Option<String>,
    items: Rows<'a>,
}

/// The forecast of every customer, page by page in the order of the customers' ids, or as one file.
pub(crate) async fn forecasts(request: HttpRequest, live: web::Data<Live>) -> Result<HttpResponse, ApiError> {
    let form = form(&request, true)?;
    let mut parameters = Parameters::of(&request);
    let after = parameters.text("after");
    let limit = parameters.limit();
    if form != Form::Json {
        parameters.refuse_pages_of_files();
    }
    parameters.finish()?;
    let shop = live.shop()?;
    shop.forecasts()?;
    match form {
        Form::Json => {
            let body = apart(move || page(&shop, after.as_deref(), limit)).await?;
            Ok(HttpResponse::Ok().content_type("application/json").body(body))
        }
        Form::Whole(file) => Ok(download(shop, file, "predictions", |shop| {
            shop.forecasts().ok().map(|(forecasts, _)| &forecasts.rows)
        })),
    }
}

fn page(shop: &ServedShop, after: Option<&str>, limit: usize) -> Result<Vec<u8>, ApiError> {
    let (forecasts, model) = shop.forecasts()?;
    let range = forecasts.after(after, limit)?;
    let total = forecasts.rows.rows();
    let is_last = range.end >= total;
    let cells = forecasts.rows.cells(range).map_err(ApiError::Tables)?;
    let next = match cells.last().and_then(|row| row.first()) {
        Some(Cell::Text(id)) if !is_last => Some(id.clone()),
        _ => None,
    };
    Ok(serde_json::to_vec(&Page {
        as_of: forecasts.as_of.to_string(),
        computed_at: time(shop.computed_at),
        model_id: model.0,
        total,
        next,
        items: Rows { columns: forecasts.rows.columns(), cells },
    })?)
}

/// Customers by expected value.
#[derive(Serialize, ToSchema)]
pub(crate) struct Segments {
    /// The day up to which the forecasts have seen.
    #[schema(value_type = String, format = Date, example = "2011-12-09")]
    as_of: String,
    /// When they were computed, in UTC.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
    computed_at: String,
    /// The model run that answers.
    #[schema(example = 1)]
    model_id: i64,
    /// A to D.
    items: Vec<SegmentSummary>,
}

/// The four segments, as JSON or as a file.
pub(crate) async fn segments(request: HttpRequest, live: web::Data<Live>) -> Result<HttpResponse, ApiError> {
    let form = form(&request, true)?;
    Parameters::of(&request).finish()?;
    let shop = live.shop()?;
    let (forecasts, model) = shop.forecasts()?;
    if let Form::Whole(file) = form {
        return Ok(download(shop, file, "segments", |shop| {
            shop.forecasts().ok().map(|(forecasts, _)| &forecasts.segment_rows)
        }));
    }
    json(&Segments {
        as_of: forecasts.as_of.to_string(),
        computed_at: time(shop.computed_at),
        model_id: model.0,
        items: forecasts.segments.iter().map(Quarter::summary).collect(),
    })
}
