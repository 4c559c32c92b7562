//! One row.

use actix_web::{HttpRequest, HttpResponse, web};

use super::place::Place;
use super::row::{View, zone_for};
use super::{Readable, respond};
use crate::ApiError;
use crate::accept::form;
use crate::access::Caller;
use crate::database::Database;
use crate::parameters::Parameters;

pub(crate) async fn one<R: Readable, P: Place<R>>(
    request: HttpRequest,
    name: web::Path<String>,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    let mut view = View::of(&caller);
    let mut parameters = Parameters::of(&request);
    view.take_fields::<R>(&mut parameters);
    parameters.finish()?;
    let place = P::of(name.into_inner());
    let (row, zone) = database.look(|reading| Ok((place.find(reading)?, zone_for::<R>(reading)?)))?;
    respond::unless_known(&request, &row, &view.with_zone(zone))
}
