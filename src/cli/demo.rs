use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;

use super::{
    Failure, say,
    serve::{Signals, until_told_to_end},
};
use crate::{
    app::{self, Overrides, Role},
    clock::Clock,
    config::Config,
    domain::{Origin, Policy, SiteKey},
    flow::{
        App,
        accounts::{self, Account},
        sites::{self, SiteSettings},
    },
    telemetry,
    vault::{Password, Secret},
};

/// Who signs in at the demo's desk.
const MODERATOR: &str = "editor@gazette.example";

/// Try it: a site, an article with a form, a desk, and mail in a folder.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the demo keeps its database, keys and mail.
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
}

impl Demo {
    pub(super) async fn run(self, file: Option<&Path>) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.data)
            .map_err(|_| Failure::failed("the folder of --data cannot be made"))?;
        let config = Config::load(file, self.environment())?;
        telemetry::init(&config.log);
        let mut signals = Signals::listen()?;
        let overrides = Overrides { is_demo: true, ..Overrides::default() };
        let Some(running) = signals.unless_told(app::start(&config, Role::All, overrides)).await? else {
            return Ok(());
        };
        let password = prepare(&running.app).await?;
        let url = &running.app.settings.public_url;
        say("Replydesk, the demo. Stop it with Ctrl-C.")?;
        say("")?;
        say(format_args!("  article   {url}/demo"))?;
        say(format_args!("  desk      {url}/desk"))?;
        say(format_args!("  mail      {}", self.data.join("mail").display()))?;
        say(format_args!("  sign in   {MODERATOR}"))?;
        match password {
            Some(password) => say(format_args!("  password  {}  (shown once)", password.reveal()))?,
            None => say(format_args!("  password  shown when {} was made", self.data.display()))?,
        }
        until_told_to_end(running, signals, Duration::ZERO).await
    }

    /// The process's environment, with the demo's own folder where nothing else is said.
    fn environment(&self) -> Vec<(OsString, OsString)> {
        let mut environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        let mut default = |name: &str, value: OsString| {
            if !environment.iter().any(|(known, _)| known == name) {
                environment.push((name.into(), value));
            }
        };
        let mut url = OsString::from("sqlite://");
        url.push(self.data.join("replydesk.db"));
        default("REPLYDESK_DATABASE__URL", url);
        default("REPLYDESK_LOG__FORMAT", "text".into());
        default("REPLYDESK_LOG__LEVEL", "warn".into());
        environment
    }
}

/// Makes the site and the moderator when they are not there; the password, when it is new.
async fn prepare(app: &App) -> Result<Option<Secret>, Failure> {
    let origin =
        Origin::parse(&app.settings.public_url).map_err(|_| Failure::usage("setting server.public_url"))?;
    let says =
        SiteSettings { name: "The Gazette".to_owned(), origins: vec![origin], policy: Policy::default() };
    let key = SiteKey::parse("demo").map_err(Failure::failed)?;
    match app.sites.find("demo") {
        // the port may be another one than last time
        Some(site) => sites::set(app, &site, &says).await?,
        None => drop(sites::add(app, &key, &says).await?),
    }
    if accounts::find(app, MODERATOR).await?.is_some() {
        return Ok(None);
    }
    let secret = Secret::generate(&Clock::System, "");
    let password =
        Password::parse(secret.reveal()).map_err(|_| Failure::failed("no password could be made"))?;
    let account = Account {
        email: MODERATOR.to_owned(),
        name: "Robin Vale".to_owned(),
        role: crate::domain::Role::Admin,
        sites: Vec::new(),
        password: Some(password),
    };
    accounts::add(app, &account).await?;
    Ok(Some(secret))
}
