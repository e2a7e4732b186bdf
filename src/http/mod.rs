//! The route table: every path on one screen, with what guards it.
//!
//! Handlers translate between HTTP and the flows; they decide nothing. `gate` and `layer::edge` stand in
//! front of all of them, `limits::submissions` and CORS in front of the routes that pages of the news
//! site call; `layer::calm` stands around each of them.

mod admin;
mod audit;
pub mod auth;
mod batches;
mod body;
mod claims;
mod cookies;
pub mod desk;
mod editing;
mod error;
mod events;
mod fields;
mod gate;
mod json;
mod language;
mod layer;
mod limits;
mod listing;
mod moderation;
mod ops;
pub mod probe;
pub mod public;
mod query;
mod reasons;
mod session;
pub mod view;

use std::sync::{Arc, atomic::AtomicBool};

use actix_cors::Cors;
use actix_web::{
    Error, HttpResponse, Resource, Route,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    guard,
    http::{Method, header},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};
use ipnet::IpNet;

use self::error::ApiError;
pub use self::events::Watching;
use crate::{
    clock::Clock,
    config::LimitsConfig,
    domain::{Origin, Site},
    flow::App,
    screen::Limiter,
};

/// Largest body of a request, in bytes.
pub const BODY_BYTES: usize = 128 * 1024;

/// What the HTTP side needs beside the use cases.
#[derive(Debug)]
pub struct Shared {
    /// The peers whose word about the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Submissions of one client.
    pub submissions: Limiter,
    /// Requests of a limited client that may be repetitions.
    pub replays: Limiter,
    /// Attempts to sign in of one client.
    pub sign_ins: Limiter,
    /// Who watches the queue, and in how many windows.
    pub watching: Watching,
    /// The demo's article page is served.
    pub is_demo: bool,
    /// The process is about to end: load balancers should look elsewhere.
    pub draining: AtomicBool,
}

impl Shared {
    /// The limits of a process, all empty.
    pub fn new(limits: &LimitsConfig, trusted_proxies: Vec<IpNet>, clock: &Clock) -> Self {
        let tracked = usize::try_from(limits.clients_tracked).unwrap_or(usize::MAX);
        let limiter = |name, per_minute| Limiter::new(name, per_minute, tracked, clock);
        Self {
            trusted_proxies,
            submissions: limiter("submit", limits.submit_per_minute),
            replays: limiter("replay", limits.submit_per_minute.saturating_mul(4)),
            sign_ins: limiter("sign-in", limits.sign_in_per_minute),
            watching: Watching::default(),
            is_demo: false,
            draining: AtomicBool::new(false),
        }
    }
}

/// Paths beside those of the table, which only tests bring along.
pub type Extra = fn(&mut ServiceConfig);

/// All public routes, and whatever else is brought along.
#[expect(clippy::too_many_lines, reason = "a table, to be read as one")]
pub fn routes(app: Data<App>, shared: Data<Shared>, extra: Option<Extra>) -> impl Fn(&mut ServiceConfig) {
    use public::{articles, assets, comments, demo, reading, receipts};
    move |config| {
        let is_demo = shared.is_demo;
        config
            .app_data(app.clone())
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES))
            .service(
                web::scope("")
                    .wrap(from_fn(gate::heads))
                    .wrap(from_fn(layer::edge))
                    .wrap(from_fn(gate::unread))
                    .service(
                        web::scope("/v1/sites/{site}")
                            .wrap(cors(&app))
                            // a scope does not take over the one around it
                            .default_service(web::to(not_found))
                            .service(
                                at("/comments", "GET, HEAD, POST")
                                    .route(read().to(reading::comments))
                                    .route(web::post().to(comments::post).wrap(from_fn(limits::submissions))),
                            )
                            .service(at("/comments/{id}", "GET, HEAD").route(read().to(reading::comment)))
                            .service(
                                at("/comments/{id}/replies", "GET, HEAD").route(read().to(reading::replies)),
                            )
                            .service(at("/counts", "GET, HEAD").route(read().to(reading::counts)))
                            .service(
                                at("/reasons", "GET, HEAD, PUT")
                                    .route(read().to(reasons::get))
                                    .route(web::put().to(reasons::put)),
                            )
                            .service(
                                at("/articles/{key}", "GET, HEAD, PUT, PATCH, DELETE")
                                    .route(read().to(articles::get))
                                    .route(web::put().to(articles::put))
                                    .route(web::patch().to(articles::patch))
                                    .route(web::delete().to(articles::delete)),
                            ),
                    )
                    .service(
                        web::scope("/v1/receipts")
                            .wrap(cors(&app))
                            .default_service(web::to(not_found))
                            .service(
                                at("/{token}", "GET, HEAD, PATCH, DELETE")
                                    .route(read().to(receipts::get))
                                    .route(web::patch().to(receipts::patch))
                                    .route(web::delete().to(receipts::delete)),
                            ),
                    )
                    .service(
                        at("/receipts/{token}", "GET, HEAD, POST")
                            .route(read().to(receipts::page))
                            .route(web::post().to(receipts::act)),
                    )
                    .service(at("/v1/moderation/comments", "GET, HEAD").route(read().to(moderation::list)))
                    .service(
                        at("/v1/moderation/comments/{id}", "GET, HEAD, PATCH")
                            .route(read().to(moderation::get))
                            .route(web::patch().to(editing::patch)),
                    )
                    .service(
                        at("/v1/moderation/comments/{id}/replies", "POST")
                            .route(web::post().to(editing::reply)),
                    )
                    .service(
                        at("/v1/moderation/comments/{id}/contact", "POST")
                            .route(web::post().to(editing::contact)),
                    )
                    .service(
                        at("/v1/moderation/comments/{id}/decisions", "POST")
                            .route(web::post().to(moderation::decide)),
                    )
                    .service(at("/v1/moderation/stats", "GET, HEAD").route(read().to(moderation::stats)))
                    .service(at("/v1/moderation/decisions", "POST").route(web::post().to(batches::decide)))
                    .service(at("/v1/moderation/undo", "POST").route(web::post().to(batches::undo)))
                    .service(
                        at("/v1/moderation/claims", "POST, PUT, DELETE")
                            .route(web::post().to(claims::take))
                            .route(web::put().to(claims::renew))
                            .route(web::delete().to(claims::give_back)),
                    )
                    .service(at("/v1/moderation/events", "GET").route(web::get().to(events::stream)))
                    .service(at("/v1/audit", "GET, HEAD").route(read().to(audit::list)))
                    .service(
                        at("/v1/session", "GET, HEAD, POST, DELETE")
                            .route(read().to(session::show))
                            .route(web::post().to(session::sign_in).wrap(from_fn(limits::sign_ins)))
                            .route(web::delete().to(session::sign_out)),
                    )
                    .service(
                        at("/v1/admin/moderators", "GET, HEAD, POST")
                            .route(read().to(admin::list))
                            .route(web::post().to(admin::add)),
                    )
                    .service(
                        at("/v1/admin/moderators/{id}", "PATCH, DELETE")
                            .route(web::patch().to(admin::change))
                            .route(web::delete().to(admin::remove)),
                    )
                    .service(at("/v1/admin/tokens", "GET, HEAD").route(read().to(admin::tokens::list)))
                    .service(
                        at("/v1/admin/tokens/{id}", "DELETE").route(web::delete().to(admin::tokens::revoke)),
                    )
                    .service(
                        at("/d/{token}", "GET, HEAD, POST")
                            .route(read().to(desk::links::page))
                            .route(web::post().to(desk::links::decide)),
                    )
                    .service(at("/desk", "GET, HEAD").route(read().to(desk::queue)))
                    .service(
                        at("/desk/sign-in", "GET, HEAD, POST")
                            .route(read().to(desk::sign_in_page))
                            .route(web::post().to(desk::sign_in).wrap(from_fn(limits::sign_ins))),
                    )
                    .service(at("/desk/audit", "GET, HEAD").route(read().to(desk::audit::page)))
                    .service(
                        at("/desk/reasons", "GET, HEAD, POST")
                            .route(read().to(desk::reasons::page))
                            .route(web::post().to(desk::reasons::act)),
                    )
                    .service(at("/desk/sign-out", "POST").route(web::post().to(desk::sign_out)))
                    .service(at("/desk/decisions", "POST").route(web::post().to(desk::decide_selected)))
                    .service(at("/desk/undo", "POST").route(web::post().to(desk::undo)))
                    .service(at("/desk/claims", "POST").route(web::post().to(desk::claim_many)))
                    .service(
                        at("/desk/invitations/{token}", "GET, HEAD, POST")
                            .route(read().to(desk::invitation::page))
                            .route(web::post().to(desk::invitation::accept)),
                    )
                    .service(at("/desk/account", "GET, HEAD").route(read().to(desk::account::page)))
                    .service(at("/desk/account/mail", "POST").route(web::post().to(desk::mail_form::save)))
                    .service(
                        at("/desk/account/password", "POST").route(web::post().to(desk::account::password)),
                    )
                    .service(
                        at("/desk/account/sessions", "POST").route(web::post().to(desk::account::sessions)),
                    )
                    .service(at("/desk/account/tokens", "POST").route(web::post().to(desk::account::tokens)))
                    .service(
                        at("/desk/account/second-factor", "GET, HEAD, POST")
                            .route(read().to(desk::second_factor::page))
                            .route(web::post().to(desk::second_factor::act)),
                    )
                    .service(
                        at("/desk/people", "GET, HEAD, POST")
                            .route(read().to(desk::people::page))
                            .route(web::post().to(desk::people::add)),
                    )
                    .service(at("/desk/people/{id}", "POST").route(web::post().to(desk::people::act)))
                    .service(
                        at("/desk/comments/{id}", "GET, HEAD, POST")
                            .route(read().to(desk::comment))
                            .route(web::post().to(desk::editing::act)),
                    )
                    .service(at("/desk/comments/{id}/decisions", "POST").route(web::post().to(desk::decide)))
                    .service(at("/desk/comments/{id}/claim", "POST").route(web::post().to(desk::claim)))
                    .service(at("/problems", "GET, HEAD").route(read().to(assets::problems)))
                    .service(at("/problems/{slug}", "GET, HEAD").route(read().to(assets::problem)))
                    .service(at("/assets/{name}", "GET, HEAD").route(read().to(assets::asset)))
                    .service(at("/favicon.ico", "GET, HEAD").route(read().to(assets::favicon)))
                    .configure(|config| {
                        if is_demo {
                            config.service(at("/demo", "GET, HEAD").route(read().to(demo::article)));
                        }
                        if let Some(extra) = extra {
                            extra(config);
                        }
                    })
                    .default_service(web::to(not_found)),
            );
    }
}

/// The routes of the operators' port.
pub fn ops_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").get(ops::healthz).wrap(from_fn(layer::calm)))
        .service(web::resource("/readyz").get(ops::readyz).wrap(from_fn(layer::calm)))
        .service(web::resource("/metrics").get(ops::metrics).wrap(from_fn(layer::calm)));
}

/// A path with the methods it takes; all others are 405 with `Allow`. What panics there is a 500.
pub fn at(
    path: &str,
    allow: &'static str,
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let refused = move || async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed(allow)) };
    web::resource(path).default_service(web::to(refused)).wrap(from_fn(layer::calm))
}

/// GET, and HEAD with it.
fn read() -> Route {
    Route::new().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}

/// Pages of a site's origins may call the routes of that site; a receipt's, those of any site.
fn cors(app: &Data<App>) -> Cors {
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

/// The site of a path.
fn site(app: &App, key: &str) -> Result<Arc<Site>, ApiError> {
    app.sites.find(key).ok_or(ApiError::NotFound)
}
