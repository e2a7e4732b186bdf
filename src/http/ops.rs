//! The operators' port: alive, ready, and how much waits. Never public.

use std::sync::atomic::Ordering;

use actix_web::{HttpResponse, http::header, web::Data};
use serde_json::json;

use super::Shared;
use crate::{flow::App, metrics::Metrics};

/// `GET /healthz`: the process runs.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`: database, migrations and keys are good, and it is not draining; else which is not.
pub async fn readyz(app: Data<App>, shared: Data<Shared>) -> HttpResponse {
    let migrated = app.db.is_migrated().await;
    let checks = [
        ("database", migrated.is_ok()),
        // a database that does not answer says nothing about them
        ("migrations", migrated.unwrap_or(true)),
        // without keys it would not have started
        ("keys", true),
        ("draining", !shared.draining.load(Ordering::Acquire)),
    ];
    let is_ready = checks.iter().all(|(_, good)| *good);
    let mut builder = if is_ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    let failed: Vec<&str> = checks.iter().filter(|(_, good)| !good).map(|(name, _)| *name).collect();
    builder
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"ready": is_ready, "failed": failed}))
}

/// `GET /metrics`: Prometheus' text format, 0.0.4.
pub async fn metrics(metrics: Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.render())
}
