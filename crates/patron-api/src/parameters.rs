//! The parameters of a request, read one by one; everything that is wrong is told at once.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::web::Query;
use patron_store::Refer;

use crate::{ApiError, FieldError};

/// Rows of a page where none are asked for.
pub(crate) const PAGE: usize = 100;
/// Rows of a page at most.
pub(crate) const LARGEST_PAGE: usize = 1000;

/// The query of a request. Take every parameter, then [`Parameters::finish`].
pub(crate) struct Parameters {
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Parameters {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let read = Query::<Vec<(String, String)>>::from_query(request.query_string());
        let (given, errors) = match read {
            Ok(given) => (given.into_inner(), Vec::new()),
            Err(error) => (Vec::new(), vec![FieldError::new("query", error.to_string())]),
        };
        Self { given, known: Vec::new(), errors }
    }

    /// A text; `None` where it is not given.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let mut values = self.given.iter().filter(|(given, _)| given == name).map(|(_, value)| value.clone());
        let first = values.next();
        if values.next().is_some() {
            self.errors.push(FieldError::new(name, "is given more than once"));
        }
        first
    }

    /// A value of its own kind, `None` where it is not given or wrong.
    pub(crate) fn value<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        text.parse().map_err(|error: T::Err| self.wrong(name, error.to_string())).ok()
    }

    /// A value that `read` reads, `None` where it is not given or wrong.
    pub(crate) fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name)?;
        read(&text).map_err(|detail| self.wrong(name, detail)).ok()
    }

    /// A row, by its number or by the shop's own word; not by both.
    pub(crate) fn refer<I: FromStr>(&mut self, id: &'static str, word: &'static str) -> Option<Refer<I>> {
        let not_a_number = |text: &str| format!("'{text}' is no number of a row; write a whole number");
        let number = self.read(id, |text| text.parse().map_err(|_| not_a_number(text)));
        match (number, self.text(word)) {
            (Some(_), Some(_)) => {
                self.wrong(id, format!("says the same as {word}; leave one of them out"));
                None
            }
            (Some(number), None) => Some(Refer::Id(number)),
            (None, word) => word.map(Refer::Key),
        }
    }

    /// How many rows a page has.
    pub(crate) fn limit(&mut self) -> usize {
        self.limit_or(PAGE)
    }

    /// How many rows a page has; `usual` where nothing is said.
    pub(crate) fn limit_or(&mut self, usual: usize) -> usize {
        let Some(text) = self.text("limit") else { return usual };
        match text.parse() {
            Ok(limit) if (1..=LARGEST_PAGE).contains(&limit) => limit,
            _ => {
                self.wrong(
                    "limit",
                    format!("'{text}' is no page size; write a number from 1 to {LARGEST_PAGE}"),
                );
                usual
            }
        }
    }

    /// A file is always the whole table.
    pub(crate) fn refuse_pages_of_files(&mut self) {
        for name in ["limit", "after"] {
            if self.given.iter().any(|(given, _)| given == name) {
                self.wrong(name, "belongs to JSON; a file is always the whole table");
            }
        }
    }

    pub(crate) fn wrong(&mut self, name: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(name, detail));
    }

    /// # Errors
    /// [`ApiError::BadParameters`] with everything that was wrong, parameters nobody asked for among it.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        for (name, _) in &self.given {
            if !self.known.contains(&name.as_str()) {
                let known = if self.known.is_empty() { "none".to_owned() } else { self.known.join(", ") };
                self.errors.push(FieldError::new(name, format!("is no parameter here; there are: {known}")));
            }
        }
        if self.errors.is_empty() { Ok(()) } else { Err(ApiError::BadParameters(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use patron_domain::Day;

    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters::of(&TestRequest::with_uri(&format!("/?{query}")).to_http_request())
    }

    #[test]
    fn values_are_read_and_everything_wrong_is_told_at_once() {
        let mut right = parameters("as_of=2011-12-09&limit=5&after=a%20b");
        assert_eq!(right.value::<Day>("as_of").unwrap().to_string(), "2011-12-09");
        assert_eq!((right.limit(), right.text("after").unwrap().as_str()), (5, "a b"));
        assert!(right.finish().is_ok());

        let mut wrong = parameters("as_of=9.12.2011&limit=0&after=a&after=b&sort=up");
        assert_eq!(wrong.value::<Day>("as_of"), None);
        wrong.limit();
        wrong.text("after");
        let Err(ApiError::BadParameters(errors)) = wrong.finish() else { unreachable!("four are wrong") };
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["as_of", "limit", "after", "sort"]);
    }
}
