//! Query parameters: bad values of known ones are refused, unknown ones ignored.

use std::borrow::Cow;

use actix_web::{HttpRequest, http::header::HeaderName};

use super::{error::ApiError, fields};
use crate::domain::{Code, Fault};

/// The query of a request.
pub struct Query<'r>(Vec<(Cow<'r, str>, Cow<'r, str>)>);

impl<'r> Query<'r> {
    /// Reads the query; these parameters are known and have one value each.
    ///
    /// A control character in one is refused here, where both databases are still alike: PostgreSQL
    /// takes no U+0000 in a text.
    pub fn of(request: &'r HttpRequest, known: &[&'static str]) -> Result<Self, ApiError> {
        Self::read(request.query_string(), known)
    }

    /// Reads one that a form carries.
    pub fn read(text: &'r str, known: &[&'static str]) -> Result<Self, ApiError> {
        let mut query = Self(Vec::new());
        for (name, value) in fields::pairs(text) {
            let Some(name) = name else { continue };
            if let Some(field) = known.iter().copied().find(|known| *known == name) {
                let code = match &value {
                    _ if query.all(field).next().is_some() => Some(Code::Repeated),
                    None => Some(Code::UnknownValue),
                    Some(value) => value.chars().any(char::is_control).then_some(Code::ControlCharacter),
                };
                if let Some(code) = code {
                    return Err(ApiError::Validation(vec![Fault { field, code }]));
                }
            }
            // of a parameter with many values, one that is not UTF-8 is refused as what it looks like
            query.0.push((name, value.unwrap_or_else(|| "\u{FFFD}".into())));
        }
        Ok(query)
    }

    /// The first value of a parameter; an empty one counts as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    /// All values of a parameter.
    pub fn all<'q, 'n>(&'q self, name: &'n str) -> impl Iterator<Item = &'q str> + use<'q, 'n> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_ref())
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

/// The members of a header that is a list, on however many lines (RFC 9110 §5.6.1).
pub fn members(request: &HttpRequest, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = request.headers().get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|member| !member.is_empty())
}

/// A header that is a list: its lines, as one (RFC 9110 §5.3).
pub fn listed(request: &HttpRequest, name: HeaderName) -> String {
    let lines: Vec<&str> = request.headers().get_all(name).filter_map(|line| line.to_str().ok()).collect();
    lines.join(", ")
}
