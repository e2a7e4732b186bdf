//! The two servers of a process: the public one and the operators'.

use std::{net::TcpListener, sync::Arc};

use actix_web::{App as Router, HttpServer, dev::Server, web::Data};

use super::StartError;
use crate::{
    config::Config,
    flow::App,
    http::{self, Shared},
    metrics::Metrics,
};

pub(super) fn public(
    config: &Config,
    socket: TcpListener,
    app: &Arc<App>,
    shared: &Data<Shared>,
) -> Result<Server, StartError> {
    let server = &config.server;
    let (app, shared) = (Data::from(app.clone()), shared.clone());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = if server.workers == 0 { cores } else { usize::try_from(server.workers).unwrap_or(cores) };
    let connections = usize::try_from(server.max_connections).unwrap_or(usize::MAX);
    let made = HttpServer::new(move || Router::new().configure(http::routes(app.clone(), shared.clone())))
        .workers(workers)
        .max_connections(connections.div_ceil(workers))
        .client_request_timeout(server.client_request_timeout)
        .keep_alive(server.keep_alive)
        .shutdown_timeout(server.shutdown.as_secs())
        .disable_signals()
        .listen(socket)
        .map_err(|error| StartError::Listen("server.listen", error.kind()))?;
    Ok(made.run())
}

pub(super) fn operations(
    socket: TcpListener,
    app: &Arc<App>,
    shared: &Data<Shared>,
) -> Result<Server, StartError> {
    let (app, shared, metrics) = (Data::from(app.clone()), shared.clone(), Data::new(Metrics::install()));
    let made = HttpServer::new(move || {
        Router::new()
            .app_data(app.clone())
            .app_data(shared.clone())
            .app_data(metrics.clone())
            .configure(http::ops_routes)
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(socket)
    .map_err(|error| StartError::Listen("ops.listen", error.kind()))?;
    Ok(made.run())
}
