//! Forecasts of all customers: `/forecasts`, `/segments`, `/models`.

use actix_web::{HttpRequest, HttpResponse, web};
use patron_models::CustomerForecast;
use patron_report::{CsvReader, tables};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accept::{Form, form};
use crate::parameters::Parameters;
use crate::rows::Rows;
use crate::segments::SegmentSummary;
use crate::shop::ServedShop;
use crate::work::{apart, csv, json};
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

/// The forecast of every customer, page by page in the order of the customers' ids, or as one CSV.
pub(crate) async fn forecasts(
    request: HttpRequest,
    shop: web::Data<ServedShop>,
) -> Result<HttpResponse, ApiError> {
    let form = form(&request, true)?;
    let mut parameters = Parameters::of(&request);
    let after = parameters.text("after");
    let limit = parameters.limit();
    if form == Form::Csv {
        parameters.refuse_pages_of_csv();
    }
    parameters.finish()?;
    shop.forecasts()?;
    match form {
        Form::Json => page(&shop, after.as_deref(), limit),
        Form::Csv => {
            let shop = shop.into_inner();
            let text = apart(move || {
                let (forecasts, _) = shop.forecasts()?;
                Ok(tables::predictions(&forecasts.customers, &shop.catalog).to_csv(CsvReader::Machine))
            });
            Ok(csv(text.await?, "predictions.csv"))
        }
    }
}

fn page(shop: &ServedShop, after: Option<&str>, limit: usize) -> Result<HttpResponse, ApiError> {
    let (forecasts, model) = shop.forecasts()?;
    let (ids, all) = (&shop.catalog.customers, &forecasts.customers);
    let of = |&code: &u32| all.binary_search_by_key(&Some(code), |forecast| forecast.customer).ok();
    let mut places = shop.customers.after(ids, after).iter().filter_map(of);
    let rows: Vec<CustomerForecast> = places.by_ref().take(limit).map(|place| all[place].clone()).collect();
    let last = rows.last().and_then(|row| row.customer).filter(|_| places.next().is_some());
    let table = tables::predictions(&rows, &shop.catalog);
    json(&Page {
        as_of: forecasts.fitted.as_of().to_string(),
        computed_at: time(shop.computed_at),
        model_id: model.id.0,
        total: all.len(),
        next: last.map(|code| ids.text(code).to_owned()),
        items: Rows { table: &table, range: 0..rows.len() },
    })
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

/// Customers by expected value
///
/// Four quarters of the customers by what they are expected to bring in the 12 months after the as-of date.
#[utoipa::path(get, path = "/api/v1/segments", tag = "Forecasts", operation_id = "segments",
    responses((status = 200, description = "The four segments", body = Segments)))]
pub(crate) async fn segments(
    request: HttpRequest,
    shop: web::Data<ServedShop>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let (forecasts, model) = shop.forecasts()?;
    json(&Segments {
        as_of: forecasts.fitted.as_of().to_string(),
        computed_at: time(shop.computed_at),
        model_id: model.id.0,
        items: shop.segments.clone(),
    })
}
