//! The widget: one script for the pages of all sites.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
};

use super::reading::answer;
use crate::flow::read::Page;

/// What `scripts/lib/embed.mjs` makes of `assets/embed.js`; a test holds that it is made of it.
const SCRIPT: &str = include_str!("../../../assets/embed.min.js");

/// `GET /embed.js`: nothing of it depends on who asks, so pages of any origin may load it, as a module too.
pub async fn script(request: HttpRequest) -> HttpResponse {
    static PREPARED: LazyLock<Page> = LazyLock::new(|| Page::prepare_small(SCRIPT.as_bytes().to_vec()));
    let mut response = answer(&request, &PREPARED);
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in headers {
        if name != header::CONTENT_TYPE || response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
