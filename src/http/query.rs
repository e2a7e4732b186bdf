//! Query parameters: bad values of known ones are refused, unknown ones ignored.

use actix_web::HttpRequest;
use url::form_urlencoded;

use super::error::ApiError;
use crate::domain::{Code, Fault};

/// The query of a request.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// All parameters, in their order.
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first value of a parameter; an empty one counts as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    /// All values of a parameter.
    pub fn all<'q, 'n>(&'q self, name: &'n str) -> impl Iterator<Item = &'q str> + use<'q, 'n> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A parameter as a type; one that cannot be read is refused under its name.
    pub fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let invalid = || ApiError::Validation(vec![Fault { field: name, code: Code::UnknownValue }]);
        self.get(name).map(|raw| parse(raw).ok_or_else(invalid)).transpose()
    }

    /// `limit`: 1 to 100.
    pub fn limit(&self, default: usize) -> Result<usize, ApiError> {
        let within = |raw: &str| raw.parse().ok().filter(|limit| (1..=100).contains(limit));
        Ok(self.parsed("limit", within)?.unwrap_or(default))
    }
}
