//! In which form a client wants an answer.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};
use actix_web::mime::{self, Mime};

use crate::ApiError;

/// The forms a table is served in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Csv,
}

/// The form the client likes best; JSON where it says nothing, or likes both.
///
/// # Errors
/// [`ApiError::NotAcceptable`]; `csv` tells whether there is a table.
pub(crate) fn form(request: &HttpRequest, csv: bool) -> Result<Form, ApiError> {
    let offered = if csv { "application/json and text/csv" } else { "application/json" };
    let none = ApiError::NotAcceptable { offered };
    if !request.headers().contains_key("accept") {
        return Ok(Form::Json);
    }
    let Ok(accept) = Accept::parse(request) else { return Err(none) };
    let liked = |wanted: &Mime| {
        let ranges = accept.iter().filter(|item| covers(&item.item, wanted));
        let closest = ranges.max_by_key(|item| exactness(&item.item));
        closest.map_or(Quality::ZERO, |item| item.quality)
    };
    let (json, as_csv) = (liked(&mime::APPLICATION_JSON), liked(&mime::TEXT_CSV));
    match (json > Quality::ZERO, csv && as_csv > Quality::ZERO) {
        (false, false) => Err(none),
        (true, true) if as_csv > json => Ok(Form::Csv),
        (true, _) => Ok(Form::Json),
        (false, true) => Ok(Form::Csv),
    }
}

/// Whether a range such as `text/*` takes in a media type.
fn covers(range: &Mime, wanted: &Mime) -> bool {
    (range.type_() == mime::STAR || range.type_() == wanted.type_())
        && (range.subtype() == mime::STAR || range.subtype() == wanted.subtype())
}

fn exactness(range: &Mime) -> u8 {
    u8::from(range.type_() != mime::STAR) + u8::from(range.subtype() != mime::STAR)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_form_liked_best_is_served() {
        let served = |accept: &str, csv| {
            let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
            form(&request, csv).ok()
        };
        assert_eq!(form(&TestRequest::default().to_http_request(), true).ok(), Some(Form::Json));
        for json in
            ["*/*", "application/json", "text/csv, application/json", "text/csv;q=0.5, */*", "application/*"]
        {
            assert_eq!(served(json, true), Some(Form::Json), "{json}");
        }
        for csv in [
            "text/csv",
            "text/*",
            "application/json;q=0.1, text/csv",
            "text/html, text/csv",
            "*/*, application/json;q=0",
        ] {
            assert_eq!(served(csv, true), Some(Form::Csv), "{csv}");
        }
        for neither in ["text/html", "image/*", "*/*;q=0"] {
            assert_eq!(served(neither, true), None, "{neither}");
        }
        assert_eq!(served("text/csv", false), None);
    }
}
