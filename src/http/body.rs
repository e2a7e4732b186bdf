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

use super::{
    error::ApiError,
    fields::{self, Fields},
    json,
};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body of JSON.
pub struct JsonBody(Bytes);

/// A body of JSON, where none is as good as an empty object.
pub struct MaybeJson(Option<JsonBody>);

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

impl MaybeJson {
    /// An object of these members, or what stands for none.
    pub fn read<T: DeserializeOwned + Default>(&self, members: &[&'static str]) -> Result<T, ApiError> {
        self.0.as_ref().map_or_else(|| Ok(T::default()), |body| body.read(members))
    }
}

impl FormBody {
    /// Its fields of these names; see [`Fields::of`].
    pub fn read(&self, known: &[&'static str]) -> Result<Fields, ApiError> {
        Fields::of(&self.0, known)
    }

    /// All values of a field that may come many times.
    pub fn every(&self, name: &str) -> Result<Vec<String>, ApiError> {
        let named = |(given, value): (String, String)| (given == name).then_some(value);
        Ok(fields::pairs_of(&self.0)?.into_iter().filter_map(named).collect())
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

impl FromRequest for MaybeJson {
    type Error = Error;
    type Future = Taken<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if is_bare(request.headers()) {
            return Box::pin(async { Ok(Self(None)) });
        }
        take(request, payload, &[JSON], |_, bytes| Self(Some(JsonBody(bytes))))
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

/// Whether the head says nothing of a body (RFC 9110 §8.6, RFC 9112 §6.3).
fn is_bare(headers: &HeaderMap) -> bool {
    let says = [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::TRANSFER_ENCODING];
    let is_long = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    !is_long && !says.iter().any(|name| headers.contains_key(name))
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
