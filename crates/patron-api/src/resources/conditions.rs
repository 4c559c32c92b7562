//! Conditions of a request: what its sender has seen of a row (RFC 9110, section 13).

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use patron_store::{Resource, StoreError, Writing};

use crate::{ApiError, FieldError};

/// A list of entity tags, or a star.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    Any,
    /// Each with whether it is weak.
    These(Vec<(bool, String)>),
}

/// `If-Match`: change the row only if it is as it was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct IfMatch(Option<Tags>);

impl IfMatch {
    /// # Errors
    /// [`ApiError::BadParameters`] for a header that is no list of entity tags.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        Ok(Self(tags(request, &header::IF_MATCH)?))
    }

    /// The mark that the row with this number must have; `None` where it may be as it likes.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where it has none of the marks, [`StoreError::Missing`]; what the database says.
    pub(crate) fn expected<R: Resource>(
        &self,
        writing: &mut Writing<'_>,
        id: R::Id,
    ) -> Result<Option<String>, StoreError> {
        match &self.0 {
            None | Some(Tags::Any) => Ok(None),
            Some(Tags::These(tags)) => {
                let key = id.to_string();
                let row = writing.get::<R>(id)?;
                let Some(row) = row else { return Err(StoreError::Missing { what: R::WHAT, key }) };
                let mark = row.etag();
                let seen = tags.iter().any(|(weak, tag)| !weak && *tag == mark);
                if seen { Ok(Some(mark)) } else { Err(StoreError::Changed { what: R::WHAT, key }) }
            }
        }
    }

    /// Whether a row must be there already.
    pub(crate) fn is_said(&self) -> bool {
        self.0.is_some()
    }
}

/// Whether the client has the row with this mark already (`If-None-Match`).
///
/// # Errors
/// As [`IfMatch::of`].
pub(crate) fn is_known(request: &HttpRequest, mark: &str) -> Result<bool, ApiError> {
    Ok(match tags(request, &header::IF_NONE_MATCH)? {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::These(tags)) => tags.iter().any(|(_, tag)| tag == mark),
    })
}

/// Whether the row may only be created (`If-None-Match: *`).
///
/// # Errors
/// As [`IfMatch::of`].
pub(crate) fn only_if_new(request: &HttpRequest) -> Result<bool, ApiError> {
    Ok(tags(request, &header::IF_NONE_MATCH)? == Some(Tags::Any))
}

fn tags(request: &HttpRequest, name: &HeaderName) -> Result<Option<Tags>, ApiError> {
    let mut all = Vec::new();
    let mut said = false;
    for value in request.headers().get_all(name) {
        said = true;
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Some(Tags::Any));
        }
        let read = read(text).ok_or_else(|| {
            let detail = "is no list of entity tags; send the ETag of an answer as it is, with its quotes";
            ApiError::BadParameters(vec![FieldError::new(name.as_str(), detail)])
        })?;
        all.extend(read);
    }
    Ok(said.then_some(Tags::These(all)))
}

/// `"a", W/"b"`.
fn read(text: &str) -> Option<Vec<(bool, String)>> {
    let (mut rest, mut tags) = (text, Vec::new());
    loop {
        let weak = rest.strip_prefix("W/");
        let (tag, behind) = weak.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        tags.push((weak.is_some(), tag.to_owned()));
        rest = behind.trim_start();
        if rest.is_empty() {
            return Some(tags);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_tags_are_read_with_their_strength() {
        let tag = |weak: bool, text: &str| (weak, text.to_owned());
        assert_eq!(read("\"a\""), Some(vec![tag(false, "a")]));
        assert_eq!(read("W/\"a,b\" , \"c\""), Some(vec![tag(true, "a,b"), tag(false, "c")]));
        for text in ["", "a", "\"a", "\"a\" \"b\"", "\"a\",", "w/\"a\""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
