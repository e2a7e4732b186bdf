//! JSON of known members. What serde says of anything else repeats what was sent; only its class and
//! our own names go on.

use std::{fmt, marker::PhantomData, ops::Deref};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::error::ApiError;
use crate::domain::{Code, Fault};

/// Reads one JSON object and nothing after it. What is no JSON is malformed; JSON of another shape is
/// invalid, under the first of `members` that it concerns, or as `body`.
pub fn object<T: DeserializeOwned>(body: &[u8], members: &[&'static str]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read: Object<T> =
        serde_path_to_error::deserialize(&mut reader).map_err(|error| fault(&error, members))?;
    reader.end().map_err(|_| ApiError::Malformed)?;
    Ok(read.0)
}

/// A value that is written as an object: serde would take its members in a list as well, by position.
#[derive(Default)]
pub struct Object<T>(pub T);

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

impl<T: Serialize> Serialize for Object<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>, members: &[&'static str]) -> ApiError {
    if !error.inner().is_data() {
        return ApiError::Malformed;
    }
    let said = error.inner().to_string();
    let code = match () {
        () if said.starts_with("unknown field") => Code::UnknownMember,
        () if said.starts_with("duplicate field") => Code::Repeated,
        () if said.starts_with("missing field") => Code::Required,
        () => Code::WrongType,
    };
    let path = error.path().to_string();
    // serde names the member, its path only where it stands
    let inside = ["missing field `", "duplicate field `"].iter().find_map(|start| said.strip_prefix(start));
    let named = match (inside.and_then(|rest| rest.split('`').next()), path.as_str()) {
        (None, _) => path,
        (Some(member), ".") => member.to_owned(),
        (Some(member), _) if path == member || path.ends_with(&format!(".{member}")) => path,
        (Some(member), _) => format!("{path}.{member}"),
    };
    let field = members.iter().copied().find(|member| *member == named).unwrap_or("body");
    ApiError::Validation(vec![Fault { field, code }])
}
