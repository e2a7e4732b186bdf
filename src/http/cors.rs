//! Which pages of other origins may call us.

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::{
    http::{Method, header},
    web::Data,
};

use crate::{domain::Origin, flow::App};

/// Pages of a site's origins may call the routes of that site; a receipt's, those of any site.
pub fn cors(app: &Data<App>) -> Cors {
    let app: Arc<App> = app.clone().into_inner();
    Cors::default()
        .allowed_origin_fn(move |origin, head| {
            let Some(origin) = origin.to_str().ok().and_then(|raw| Origin::parse(raw).ok()) else {
                return false;
            };
            let key = head.uri.path().strip_prefix("/v1/sites/").and_then(|rest| rest.split('/').next());
            match key {
                Some(key) => app.sites.find(key).is_some_and(|site| site.owns(&origin)),
                None => app.sites.all().iter().any(|site| site.owns(&origin)),
            }
        })
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE])
        .allowed_headers([
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            "Location",
            "ETag",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotency-Replayed",
            "X-Request-Id",
        ])
        .max_age(3600)
        .block_on_origin_mismatch(false)
}
