//! The composition root: settings become a running service here, and here it ends.

use std::{
    fmt,
    fs::File,
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use actix_web::{
    App as Router, HttpServer,
    dev::{Server, ServerHandle},
    rt::{self, task::JoinHandle},
    web::Data,
};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{
    clock::Clock,
    config::{Config, ConfigError, MailTarget},
    flow::{
        App, Parts, Settings,
        deliver::{Deliverer, Turn},
        sites, upkeep,
    },
    http::{self, Shared},
    metrics::Metrics,
    notify::{Mailer, MailerError},
    store::{Db, Doorway, Kind, StoreError},
    vault::{Keyrings, KeysError, Vault},
};

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Answers requests and delivers messages.
    All,
    /// Only answers requests.
    Web,
    /// Only delivers messages.
    Worker,
}

/// Why the service did not start. One line each, without values.
#[derive(Debug)]
pub enum StartError {
    /// A setting.
    Config(ConfigError),
    /// The keys.
    Keys(KeysError),
    /// The mail door.
    Mail(MailerError),
    /// The database.
    Store(StoreError),
    /// Another server has the `SQLite` file open.
    AlreadyServed,
    /// `PostgreSQL` would forget what it acknowledged; the settings that say so.
    Unsafe(Vec<(&'static str, String)>),
    /// An address could not be listened on.
    Listen(&'static str, io::ErrorKind),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Keys(error) => write!(f, "keys: {error}"),
            Self::Mail(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::AlreadyServed => f.write_str("another `replydesk serve` has this SQLite database open"),
            Self::Unsafe(settings) => {
                let said: Vec<String> =
                    settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                write!(
                    f,
                    "the database would lose acknowledged comments in a crash ({}); \
                     set database.allow_unsafe_durability to run it all the same",
                    said.join(", ")
                )
            }
            Self::Listen(setting, kind) => write!(f, "setting {setting}: cannot listen there ({kind})"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A service that is up, and what is needed to end it.
pub struct Running {
    /// What every use case works with.
    pub app: Arc<App>,
    /// Delivers what the outbox owes; none when there is no mail door.
    pub deliverer: Option<Arc<Deliverer>>,
    /// Where readers reach it.
    pub public: Option<SocketAddr>,
    /// Where operators reach it.
    pub ops: SocketAddr,
    shared: Data<Shared>,
    servers: Vec<ServerHandle>,
    tasks: Vec<JoinHandle<()>>,
    committer: JoinHandle<()>,
    ending: watch::Sender<bool>,
    shutdown: Duration,
    _lock: Option<File>,
}

/// The parts that tests bring along; the system's own otherwise.
#[derive(Debug, Default)]
pub struct Overrides {
    /// In place of the system's.
    pub clock: Option<Clock>,
    /// In place of the configured door.
    pub mailer: Option<Mailer>,
    /// Nothing happens by itself: no worker and no looking.
    pub by_hand: bool,
    /// The demo's page is served.
    pub is_demo: bool,
}

/// Opens what commands and servers share: the database, migrated, and the keys.
///
/// The returned app takes no submissions until [`start`] runs the committer; commands do not submit.
pub async fn open(config: &Config, clock: &Clock, public_url: String) -> Result<Arc<App>, StartError> {
    let (app, _committer) = assemble(config, clock, public_url).await?;
    Ok(app)
}

async fn assemble(
    config: &Config,
    clock: &Clock,
    public_url: String,
) -> Result<(Arc<App>, crate::store::Committer), StartError> {
    let db = Db::connect(&config.database).await?;
    db.migrate().await?;
    let vault = Vault::new(keys(config, &db, clock)?);
    let (door, committer) = Doorway::new(db.clone());
    let app = App::new(Parts {
        db,
        door,
        vault,
        clock: clock.clone(),
        settings: Settings {
            public_url,
            comments: config.comments.clone(),
            session: config.sessions.length,
            cache_bytes: config.cache.pages_bytes(),
        },
        limits: config.limits.clone(),
    });
    sites::refresh(&app).await?;
    Ok((app, committer))
}

/// The keys; with `SQLite` they are made at the first start, beside the database.
fn keys(config: &Config, db: &Db, clock: &Clock) -> Result<Keyrings, StartError> {
    let path = config.keys_file()?;
    if db.kind() == Kind::Sqlite && !path.exists() {
        let made = Keyrings::generate(clock);
        made.write_new(&path).map_err(StartError::Keys)?;
        tracing::warn!(
            "made new keys in {}: keep a copy, apart from the database; without them no address can be read",
            path.display()
        );
        return Ok(made);
    }
    Keyrings::read(&path).map_err(StartError::Keys)
}

/// Starts a service and returns once it answers.
pub async fn start(config: &Config, role: Role, overrides: Overrides) -> Result<Running, StartError> {
    let clock = overrides.clock.unwrap_or(Clock::System);
    let listen = |addr| {
        std::net::TcpListener::bind(addr).and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
    };
    let failed = |setting| move |error: io::Error| StartError::Listen(setting, error.kind());
    let ops_socket = listen(config.ops.listen).map_err(failed("ops.listen"))?;
    let ops = ops_socket.local_addr().map_err(failed("ops.listen"))?;
    let socket = match role {
        Role::Worker => None,
        Role::All | Role::Web => Some(listen(config.server.listen).map_err(failed("server.listen"))?),
    };
    let public = socket
        .as_ref()
        .map(std::net::TcpListener::local_addr)
        .transpose()
        .map_err(failed("server.listen"))?;
    let public_url = config.public_url(public.unwrap_or(config.server.listen)).as_str().to_owned();

    let (app, committer) = assemble(config, &clock, public_url).await?;
    let lock = app.db.lock_for_serving().map_err(|error| match error {
        StoreError::Taken => StartError::AlreadyServed,
        other => StartError::Store(other),
    })?;
    check_durability(config, &app).await?;

    let mailer = match overrides.mailer {
        Some(mailer) => Some(mailer),
        None => mailer(config)?,
    };
    let deliverer =
        mailer.map(|mailer| Arc::new(Deliverer::new(app.clone(), mailer, &config.mail, &config.outbox)));
    let shared = Shared::new(&config.limits, config.server.trusted_proxies.clone(), &clock);
    let shared = Data::new(Shared { is_demo: overrides.is_demo, ..shared });
    let (ending, ended) = watch::channel(false);

    let mut servers = vec![serve_ops(ops_socket, &app, &shared)?];
    let mut tasks = Vec::new();
    let committer = rt::spawn(committer.run());
    if let Some(socket) = socket {
        servers.push(serve_public(config, socket, &app, &shared)?);
    }
    let handles = servers
        .into_iter()
        .map(|server| {
            let handle = server.handle();
            tasks.push(rt::spawn(async move {
                if server.await.is_err() {
                    tracing::error!("a server ended by itself");
                }
            }));
            handle
        })
        .collect();
    if !overrides.by_hand {
        tasks.push(rt::spawn(look(app.clone(), ended.clone())));
        tasks.push(rt::spawn(keep_up(app.clone(), config.outbox.keep, ended.clone())));
        match &deliverer {
            Some(deliverer) if role != Role::Web => {
                tasks.push(rt::spawn(deliver(app.clone(), deliverer.clone(), config.mail.per_second, ended)));
            }
            Some(_) => {}
            None => tracing::warn!("setting mail.url is empty: nobody will be told about comments that wait"),
        }
    }
    Ok(Running {
        app,
        deliverer,
        public,
        ops,
        shared,
        servers: handles,
        tasks,
        committer,
        ending,
        shutdown: config.server.shutdown,
        _lock: lock,
    })
}

async fn check_durability(config: &Config, app: &App) -> Result<(), StartError> {
    let durability = app.db.durability().await?;
    match (durability.safe, config.database.allow_unsafe_durability) {
        (true, _) => Ok(()),
        (false, false) => Err(StartError::Unsafe(durability.settings)),
        (false, true) => {
            tracing::error!(
                "the database may lose acknowledged comments in a crash, as database.allow_unsafe_durability permits"
            );
            Ok(())
        }
    }
}

/// The door that the settings name; none when mail goes nowhere.
pub fn mailer(config: &Config) -> Result<Option<Mailer>, StartError> {
    let mail = &config.mail;
    let made = match config.mail_target() {
        None => return Ok(None),
        Some(MailTarget::Smtp(url)) => Mailer::smtp(&url, &mail.from, mail.timeout),
        Some(MailTarget::Folder(path)) => Mailer::folder(&path, &mail.from),
    };
    made.map(Some).map_err(StartError::Mail)
}

fn serve_public(
    config: &Config,
    socket: std::net::TcpListener,
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

fn serve_ops(
    socket: std::net::TcpListener,
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

/// Looks once a second for what other processes changed.
async fn look(app: Arc<App>, mut ended: watch::Receiver<bool>) {
    let mut watch = upkeep::Watch::from(app.clock.now());
    let mut tick = every(Duration::from_secs(1));
    while goes_on(&mut ended, tick.tick()).await {
        if let Err(error) = watch.look(&app).await {
            tracing::warn!(error.class = error.class(), "cannot see what changed: {error}");
        }
    }
}

/// Measures every few seconds, and forgets what is over every few minutes.
async fn keep_up(app: Arc<App>, keep: Duration, mut ended: watch::Receiver<bool>) {
    let metrics = Metrics::install();
    let mut tick = every(Duration::from_secs(5));
    let mut turns: u32 = 0;
    while goes_on(&mut ended, tick.tick()).await {
        metrics.upkeep();
        let swept = if turns.is_multiple_of(60) { upkeep::sweep(&app, keep).await } else { Ok(()) };
        let measured = upkeep::measure(&app).await;
        if let Err(error) = swept.and(measured) {
            tracing::warn!(error.class = error.class(), "upkeep failed: {error}");
        }
        turns = turns.wrapping_add(1);
    }
}

/// Delivers what is owed, at most so many letters a second.
async fn deliver(
    app: Arc<App>,
    deliverer: Arc<Deliverer>,
    per_second: u32,
    mut ended: watch::Receiver<bool>,
) {
    let mut tick = every(Duration::from_secs(1));
    let mut allowance = per_second;
    loop {
        let woken = async {
            tokio::select! {
                _ = tick.tick() => true,
                () = app.owed.notified(), if allowance > 0 => false,
            }
        };
        let Some(is_second) = until_end(&mut ended, woken).await else { return };
        if is_second {
            allowance = per_second;
        }
        while allowance > 0 {
            match deliverer.turn(allowance).await {
                Ok(Turn { leased: 0, .. }) => break,
                Ok(turn) => allowance = allowance.saturating_sub(turn.letters.max(1)),
                Err(error) => {
                    tracing::warn!(error.class = error.class(), "the outbox cannot be read: {error}");
                    break;
                }
            }
        }
    }
}

fn every(span: Duration) -> tokio::time::Interval {
    let mut tick = interval(span);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

async fn goes_on<T>(ended: &mut watch::Receiver<bool>, next: impl Future<Output = T>) -> bool {
    until_end(ended, next).await.is_some()
}

/// What comes next, unless the end comes first.
async fn until_end<T>(ended: &mut watch::Receiver<bool>, next: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        next = next => Some(next),
        _ = ended.wait_for(|ended| *ended) => None,
    }
}

impl Running {
    /// The HTTP side's own state.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Ends it: not ready any more, what is in flight finished, everything acknowledged durable.
    pub async fn stop(self) {
        let deadline = Instant::now() + self.shutdown;
        self.shared.draining.store(true, Ordering::Release);
        for server in self.servers.iter().rev() {
            server.stop(true).await;
        }
        // a receiver that is gone has ended already
        let _ = self.ending.send(true);
        for task in self.tasks {
            if timeout(deadline.saturating_duration_since(Instant::now()), task).await.is_err() {
                tracing::warn!("a task did not end in time");
            }
        }
        // every request was answered, so nobody waits for a commit any more
        self.committer.abort();
        self.app.db.close().await;
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("public", &self.public)
            .field("ops", &self.ops)
            .finish_non_exhaustive()
    }
}

/// Runs a command or a service on this thread, with what servers and tasks need around it.
pub fn block_on<F: Future>(work: F) -> F::Output {
    rt::System::new().block_on(work)
}
