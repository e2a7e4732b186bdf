//! Named values as forms and queries write them (`application/x-www-form-urlencoded`, WHATWG URL §5.1):
//! what we know comes at most once, what we do not know is ignored.

use std::borrow::Cow;

use super::error::ApiError;
use crate::domain::{Code, Fault};

/// The fields of a form that a route knows.
pub struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// Reads a form in UTF-8. A known field that comes twice is refused: which one was meant?
    pub fn of(body: &[u8], known: &[&'static str]) -> Result<Self, ApiError> {
        let mut fields = Self(Vec::new());
        for (name, value) in pairs_of(body)? {
            let Some(name) = known.iter().copied().find(|known| *known == name) else { continue };
            if fields.get(name).is_some() {
                return Err(ApiError::Validation(vec![Fault { field: name, code: Code::Repeated }]));
            }
            fields.0.push((name, value));
        }
        Ok(fields)
    }

    /// The value of a field, if it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// The same, to keep.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

/// All names and values of a body, in their order; one that is not UTF-8 is malformed.
pub fn pairs_of(body: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let text = std::str::from_utf8(body).map_err(|_| ApiError::Malformed)?;
    let whole = |(name, value): Pair<'_>| Some((name?.into_owned(), value?.into_owned()));
    pairs(text).map(|pair| whole(pair).ok_or(ApiError::Malformed)).collect()
}

/// A name and a value, each unless it is not UTF-8.
pub type Pair<'t> = (Option<Cow<'t, str>>, Option<Cow<'t, str>>);

/// The names and values of a text, in their order.
pub fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

fn decoded(raw: &str) -> Option<Cow<'_, str>> {
    // most are as they are
    if !raw.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return Some(Cow::Borrowed(raw));
    }
    let spaced = raw.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(Cow::Owned(decoded.into_owned()))
}
