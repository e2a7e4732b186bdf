//! The body of a request: which kinds a route takes, and that it comes as it is.
//!
//! A route names the kind by its extractor. What the head says is checked before anything of the body
//! is read; how much of it is read, the limit of the routes says.

use actix_web::{
    Error, FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::Bytes,
};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{error::ApiError, fields::Fields, json};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body of JSON.
pub struct JsonBody(Bytes);

/// A body of a plain HTML form.
pub struct FormBody(Bytes);

/// One of the two.
pub enum AnyBody {
    Json(JsonBody),
    Form(FormBody),
}

impl JsonBody {
    /// An object of these members; see [`json::object`].
    pub fn read<T: DeserializeOwned>(&self, members: &[&'static str]) -> Result<T, ApiError> {
        json::object(&self.0, members)
    }

    /// As it came.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FormBody {
    /// Its fields of these names; see [`Fields::of`].
    pub fn read(&self, known: &[&'static str]) -> Result<Fields, ApiError> {
        Fields::of(&self.0, known)
    }

    /// As it came.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

type Taken<T> = LocalBoxFuture<'static, Result<T, Error>>;

impl FromRequest for JsonBody {
    type Error = Error;
    type Future = Taken<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        take(request, payload, &[JSON], |_, bytes| Self(bytes))
    }
}

impl FromRequest for FormBody {
    type Error = Error;
    type Future = Taken<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        take(request, payload, &[FORM], |_, bytes| Self(bytes))
    }
}

impl FromRequest for AnyBody {
    type Error = Error;
    type Future = Taken<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        take(request, payload, &[JSON, FORM], |kind, bytes| match kind {
            JSON => Self::Json(JsonBody(bytes)),
            _ => Self::Form(FormBody(bytes)),
        })
    }
}

fn take<T: 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    kinds: &'static [&'static str],
    made: fn(&'static str, Bytes) -> T,
) -> Taken<T> {
    let kind = fits(request.headers(), kinds);
    let bytes = kind.is_ok().then(|| Bytes::from_request(request, payload));
    Box::pin(async move {
        let kind = kind?;
        let bytes = match bytes {
            Some(bytes) => bytes.await?,
            None => Bytes::new(),
        };
        Ok(made(kind, bytes))
    })
}

/// The kind that the head names, if it is one of these and in no other coding.
fn fits(headers: &HeaderMap, kinds: &'static [&'static str]) -> Result<&'static str, ApiError> {
    // nothing is unpacked here: what is small on the way could be large at home
    let codings = headers.get_all(header::CONTENT_ENCODING);
    let is_plain = |value: &header::HeaderValue| {
        let names = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        names.into_iter().all(|name| name.is_empty() || name.eq_ignore_ascii_case(b"identity"))
    };
    if !codings.into_iter().all(is_plain) {
        return Err(ApiError::UnsupportedCoding);
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let known = kinds.iter().copied().find(|kind| kind.eq_ignore_ascii_case(essence));
    known.ok_or(ApiError::UnsupportedMediaType(kinds))
}
