//! The two servers of a process: the public one and the operators'.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_http::HttpService;
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App as Router, HttpServer,
    dev::{AppConfig, Server},
    rt::net::TcpStream,
    web::Data,
};

use super::{
    StartError,
    stream::{Patience, Patient},
};
use crate::{
    config::Config,
    flow::App,
    http::{self, Extra, Shared},
    metrics::Metrics,
};

/// How long a connection may take to end; until then what is still sent to it is read, so that the last
/// answer is not lost.
const LINGERING: Duration = Duration::from_secs(1);

/// The public server. Its connections are [`Patient`], which `HttpServer` has no place for: so what that
/// does is done here, by the same parts.
pub(super) fn public(
    config: &Config,
    socket: TcpListener,
    app: &Arc<App>,
    (shared, extra): (&Data<Shared>, Option<Extra>),
) -> Result<Server, StartError> {
    let server = config.server.clone();
    let failed = |error: std::io::Error| StartError::Listen("server.listen", error.kind());
    let address = socket.local_addr().map_err(failed)?;
    let (app, shared) = (Data::from(app.clone()), shared.clone());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = if server.workers == 0 { cores } else { usize::try_from(server.workers).unwrap_or(cores) };
    let connections = usize::try_from(connections(server.max_connections)).unwrap_or(usize::MAX);
    let builder = ServerBuilder::new()
        .workers(workers)
        .max_concurrent_connections(connections.div_ceil(workers))
        .shutdown_timeout(server.shutdown.as_secs())
        .disable_signals();
    let ending = builder.graceful_shutdown_signal();
    let made = builder.listen("public", socket, move || {
        let ending = ending.clone();
        let router = http::router(&app, &shared, extra).into_factory();
        let router = router.map_err(|error| error.error_response());
        let patience =
            Patience { busy: server.client_timeout, resting: server.client_timeout + server.keep_alive };
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .keep_alive(server.keep_alive)
            .client_request_timeout(server.client_request_timeout)
            .client_disconnect_timeout(LINGERING)
            .local_addr(address)
            .h1(map_config(router, |()| AppConfig::default()));
        fn_service(move |socket: TcpStream| async move {
            let peer = socket.peer_addr().ok();
            Ok((Patient::new(socket, patience), peer))
        })
        .and_then(http)
    });
    Ok(made.map_err(failed)?.run())
}

/// Descriptors that a process needs beside its connections: listeners, databases, files.
const DESCRIPTORS: u64 = 256;

/// How many connections may be open: as many as wanted, unless the system gives this process fewer descriptors.
/// More wait to be accepted then; that is better than accepting and failing. The common limit of 1024 is low
/// only for the sake of programs that cannot count further, and every process may raise it to the hard one.
fn connections(wanted: u32) -> u64 {
    let wanted = u64::from(wanted);
    let given = rlimit::increase_nofile_limit(wanted + DESCRIPTORS).unwrap_or(1024);
    let possible = wanted.min(given.saturating_sub(DESCRIPTORS).max(1));
    if possible < wanted {
        tracing::info!(
            connections.possible = possible,
            "this process may open {given} files, so at most {possible} connections are open at one time"
        );
    }
    possible
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
