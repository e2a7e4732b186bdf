//! The routes as the HTTP library wants them, made of the lines of the table.

use actix_web::{
    App as Router, HttpResponse, Scope,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};

use super::{BODY_BYTES, Extra, Group, Shared, at, cors::cors, error::ApiError, layer, ops, public, table};
use crate::flow::App;

/// All public routes, and whatever else is brought along, behind the edge.
pub fn router(
    app: &Data<App>,
    shared: &Data<Shared>,
    extra: Option<Extra>,
) -> Router<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let edge = (app.clone(), shared.clone());
    Router::new()
        .app_data(app.clone())
        .app_data(shared.clone())
        .app_data(web::PayloadConfig::new(BODY_BYTES))
        .configure(|config| lines(config, (app, shared), extra))
        .default_service(web::to(not_found))
        .wrap(from_fn(move |request, next| layer::edge(edge.clone(), request, next)))
}

fn lines(config: &mut ServiceConfig, (app, shared): (&Data<App>, &Data<Shared>), extra: Option<Extra>) {
    for Group { prefix, is_for_pages, lines } in table() {
        let resources = lines.into_iter().map(|line| line.resource(prefix));
        if is_for_pages {
            // a scope does not take over the default of the router
            let scope = web::scope(prefix).wrap(cors(app)).default_service(web::to(not_found));
            config.service(resources.fold(scope, Scope::service));
        } else {
            for resource in resources {
                config.service(resource);
            }
        }
    }
    if shared.is_demo {
        config.service(at("/demo").page(public::demo::article).resource(""));
        config.service(at("/demo/widget").page(public::demo::widget).resource(""));
    }
    if let Some(extra) = extra {
        extra(config);
    }
}

/// The routes of the operators' port.
pub fn ops_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").get(ops::healthz).wrap(from_fn(layer::calm)))
        .service(web::resource("/readyz").get(ops::readyz).wrap(from_fn(layer::calm)))
        .service(web::resource("/metrics").get(ops::metrics).wrap(from_fn(layer::calm)));
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}
