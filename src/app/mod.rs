//! The composition root: settings become a running service here, and here it ends.

mod error;
mod parts;
mod running;
mod servers;
mod stream;
mod tasks;

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{rt, web::Data};
use futures_util::FutureExt;
use tokio::sync::watch;

pub use error::StartError;
pub use running::Running;

use parts::Parts;

use crate::{
    clock::Clock,
    config::{Config, MailTarget},
    flow::{self, App, Settings, blocks, deliver::Deliverer, sites},
    http::{Extra, Shared},
    notify::Mailer,
    store::{Committer, Db, Doorway, Kind, StoreError},
    vault::{Keyrings, Vault},
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
    /// Paths beside those of the table.
    pub extra: Option<Extra>,
}

/// Opens what commands and servers share: the database, migrated, and the keys.
///
/// The returned app takes no submissions until [`start`] runs the committer; commands do not submit.
pub async fn open(config: &Config, clock: &Clock, public_url: String) -> Result<Arc<App>, StartError> {
    let db = Db::connect(&config.database).await?;
    let (app, _committer) = assemble(config, db, (clock, public_url)).await?;
    Ok(app)
}

async fn assemble(
    config: &Config,
    db: Db,
    (clock, public_url): (&Clock, String),
) -> Result<(Arc<App>, Committer), StartError> {
    db.migrate().await?;
    let vault = Vault::new(keys(config, &db, clock).await?);
    let (door, committer) = Doorway::new(db.clone());
    let app = App::new(flow::Parts {
        db,
        door,
        vault,
        clock: clock.clone(),
        settings: Settings {
            public_url,
            comments: config.comments.clone(),
            session: config.sessions.length,
            letters_per_hour: config.mail.letters_per_hour,
            sign_in_per_hour: config.limits.sign_in_per_hour,
            // an answer that comes too late tells nobody what was done
            batch: config.server.client_timeout / 3,
            second_factor: config.accounts.require_second_factor,
            cache_bytes: config.cache.pages_bytes(),
        },
        limits: config.limits.clone(),
    });
    sites::refresh(&app).await?;
    blocks::refresh(&app).await?;
    Ok((app, committer))
}

/// The keys. With `SQLite` they are made at the first start, beside the database; a database that
/// holds sealed values already has its keys somewhere, and others would not open them.
async fn keys(config: &Config, db: &Db, clock: &Clock) -> Result<Keyrings, StartError> {
    let path = config.keys_file()?;
    let is_first_start =
        db.kind() == Kind::Sqlite && !path.exists() && !db.read(async |tx| tx.holds_seals().await).await?;
    if is_first_start {
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
    let listen =
        |addr| TcpListener::bind(addr).and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
    let failed = |setting| move |error: io::Error| StartError::Listen(setting, error.kind());
    let ops_socket = listen(config.ops.listen).map_err(failed("ops.listen"))?;
    let ops = ops_socket.local_addr().map_err(failed("ops.listen"))?;
    let socket = match role {
        Role::Worker => None,
        Role::All | Role::Web => Some(listen(config.server.listen).map_err(failed("server.listen"))?),
    };
    let public = socket.as_ref().map(TcpListener::local_addr).transpose().map_err(failed("server.listen"))?;
    let public_url = config.public_url(public.unwrap_or(config.server.listen)).as_str().to_owned();

    let db = Db::connect(&config.database).await?;
    // before anything is changed in a file that another server may have open
    let lock = db.lock_for_serving().map_err(|error| match error {
        StoreError::Taken => StartError::AlreadyServed,
        other => StartError::Store(other),
    })?;
    // left behind by a crash; nobody reads yet
    db.shorten_log(tasks::LOG_BYTES).await?;
    let (app, committer) = assemble(config, db, (&clock, public_url)).await?;
    check_durability(config, &app).await?;

    let mailer = match overrides.mailer {
        Some(mailer) => Some(mailer),
        None => mailer(config)?,
    };
    let deliverer =
        mailer.map(|mailer| Arc::new(Deliverer::new(app.clone(), mailer, &config.mail, &config.outbox)));
    let shared = Shared::new(&app.limits, config.server.trusted_proxies.clone(), &clock);
    let shared = Data::new(Shared { is_demo: overrides.is_demo, ..shared });
    let (ending, ended) = watch::channel(false);

    let (mut core, mut tasks) = (Parts::default(), Parts::default());
    core.start("the committer", committer.run());
    let operations = servers::operations(ops_socket, &app, &shared)?;
    let mut handles = vec![operations.handle()];
    // a server that fails has ended, which is what counts
    core.start("the operations server", operations.map(drop));
    if let Some(socket) = socket {
        let public = servers::public(config, socket, &app, (&shared, overrides.extra))?;
        handles.push(public.handle());
        core.start("the public server", public.map(drop));
    }
    if !overrides.by_hand {
        tasks.start("the look for changes", tasks::look(app.clone(), ended.clone()));
        tasks.start("the search", tasks::make_searchable(app.clone(), ended.clone()));
        tasks.start("Most Engaging", tasks::count_engagement(app.clone(), ended.clone()));
        tasks.start("the upkeep", tasks::keep_up(app.clone(), config.outbox.keep, ended.clone()));
        match &deliverer {
            Some(deliverer) if role != Role::Web => {
                let (app, deliverer) = (app.clone(), deliverer.clone());
                let terms =
                    tasks::Terms { per_second: config.mail.per_second, shutdown: config.server.shutdown };
                tasks.start("the delivery", tasks::deliver(app, deliverer, terms, ended));
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
        handles,
        core,
        tasks,
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
        Some(MailTarget::Smtp(url)) => Mailer::smtp(&url, &mail.from, mail.timeout, mail.ca_file.as_deref()),
        Some(MailTarget::Folder(path)) => Mailer::folder(&path, &mail.from),
    };
    made.map(Some).map_err(StartError::Mail)
}

/// Runs a command or a service on this thread, with what servers and tasks need around it.
pub fn block_on<F: Future>(work: F) -> F::Output {
    rt::System::new().block_on(work)
}

/// The same for a process that ends with it: threads that still look up a name are not waited for.
pub fn block_on_to_the_end<F: Future>(work: F) -> F::Output {
    let system = rt::System::new();
    let done = system.block_on(work);
    std::mem::forget(system);
    done
}
