//! Which pages of other origins may call us.

use std::{rc::Rc, sync::Arc};

use actix_cors::Cors;
use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    web::Data,
};
use futures_util::{
    FutureExt, TryFutureExt,
    future::{Either, LocalBoxFuture, MapOk},
};

use crate::{domain::Origin, flow::App};

/// Pages of a site's origins may call the routes of that site; a receipt's, those of any site.
pub fn cors(app: &Data<App>) -> ForOrigins {
    ForOrigins(rules(app))
}

/// Rules for requests that name an origin. All others, such as those of a shared cache that fetches for everybody, go past
/// them, and learn only that the answer may differ by origin.
pub struct ForOrigins(Cors);

impl<S, B> Transform<S, ServiceRequest> for ForOrigins
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Ways<S, <Cors as Transform<Rc<S>, ServiceRequest>>::Transform>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let past = Rc::new(service);
        let ruled = self.0.new_transform(past.clone());
        async move { Ok(Ways { past, ruled: ruled.await? }) }.boxed_local()
    }
}

/// The way through the rules, and the one past them.
pub struct Ways<S, C> {
    past: Rc<S>,
    ruled: C,
}

impl<S, C, B> Service<ServiceRequest> for Ways<S, C>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    C: Service<ServiceRequest, Response = ServiceResponse<EitherBody<B>>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Either<C::Future, MapOk<S::Future, fn(ServiceResponse<B>) -> Self::Response>>;

    forward_ready!(past);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if request.headers().contains_key(header::ORIGIN) {
            return Either::Left(self.ruled.call(request));
        }
        let passed: fn(ServiceResponse<B>) -> Self::Response = |mut answer| {
            vary(answer.headers_mut());
            answer.map_into_left_body()
        };
        Either::Right(self.past.call(request).map_ok(passed))
    }
}

/// Says what of a request the answer depends on, in the words of the CORS layer.
fn vary(headers: &mut HeaderMap) {
    const BY_ORIGIN: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    const BY_CODING: &str =
        "Accept-Encoding, Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let value = match headers.get(header::VARY) {
        None => HeaderValue::from_static(BY_ORIGIN),
        Some(given) if given == "Accept-Encoding" => HeaderValue::from_static(BY_CODING),
        Some(given) => HeaderValue::from_bytes(&[given.as_bytes(), b", ", BY_ORIGIN.as_bytes()].concat())
            .unwrap_or(HeaderValue::from_static("*")),
    };
    headers.insert(header::VARY, value);
}

fn rules(app: &Data<App>) -> Cors {
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
            "Link",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotency-Replayed",
            "X-Request-Id",
        ])
        .max_age(3600)
        .block_on_origin_mismatch(false)
}
