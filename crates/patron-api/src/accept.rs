//! In which form a client wants an answer.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};
use actix_web::mime::{self, Mime};

use crate::ApiError;

/// The media type of Parquet.
pub(crate) const PARQUET: &str = "application/vnd.apache.parquet";

/// The forms a table is served in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    /// The whole table.
    Whole(File),
}

/// A table as one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    Csv,
    Parquet,
}

/// The form the client likes best; where it says nothing or likes several, JSON before CSV before Parquet.
///
/// # Errors
/// [`ApiError::NotAcceptable`]; `table` tells whether there is a table.
pub(crate) fn form(request: &HttpRequest, table: bool) -> Result<Form, ApiError> {
    let offered = if table {
        "application/json, text/csv and application/vnd.apache.parquet"
    } else {
        "application/json"
    };
    let none = ApiError::NotAcceptable { offered };
    if !request.headers().contains_key("accept") {
        return Ok(Form::Json);
    }
    let Ok(accept) = Accept::parse(request) else { return Err(none) };
    let liked = |wanted: (&str, &str)| {
        let ranges = accept.iter().filter(|item| covers(&item.item, wanted));
        let closest = ranges.max_by_key(|item| exactness(&item.item));
        closest.map_or(Quality::ZERO, |item| item.quality)
    };
    let forms = [
        (Form::Json, ("application", "json")),
        (Form::Whole(File::Csv), ("text", "csv")),
        (Form::Whole(File::Parquet), ("application", "vnd.apache.parquet")),
    ];
    let forms = forms.into_iter().take(if table { forms.len() } else { 1 });
    let best = forms.map(|(form, wanted)| (liked(wanted), form)).fold(None, |best, next| match best {
        Some((quality, _)) if quality >= next.0 => best,
        _ => Some(next),
    });
    best.filter(|(quality, _)| *quality > Quality::ZERO).map(|(_, form)| form).ok_or(none)
}

/// Whether a range such as `text/*` takes in a media type.
fn covers(range: &Mime, (kind, subtype): (&str, &str)) -> bool {
    (range.type_() == mime::STAR || range.type_() == kind)
        && (range.subtype() == mime::STAR || range.subtype() == subtype)
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
        let served = |accept: &str, table| {
            let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
            form(&request, table).ok()
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
            assert_eq!(served(csv, true), Some(Form::Whole(File::Csv)), "{csv}");
        }
        for parquet in [
            PARQUET,
            "application/*, application/json;q=0.9",
            "text/csv;q=0.1, application/vnd.apache.parquet",
        ] {
            assert_eq!(served(parquet, true), Some(Form::Whole(File::Parquet)), "{parquet}");
        }
        for neither in ["text/html", "image/*", "*/*;q=0"] {
            assert_eq!(served(neither, true), None, "{neither}");
        }
        assert_eq!((served("text/csv", false), served(PARQUET, false)), (None, None));
    }
}
