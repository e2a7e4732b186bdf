//! What stories are told with: a service of their own on a database of their own, time that moves by
//! hand, and verbs.

#[allow(clippy::cast_precision_loss, reason = "what is made up need not be exact")]
pub mod archive;
mod chance;
mod client;
pub mod database;
pub mod described;
pub mod service;
pub mod smtp;
mod terminal;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use replydesk::{
    app::{self, Overrides, Role, Running},
    clock::Clock,
    config::Config,
    domain::{ModeratorId, Origin, Policy, Role as MayDo, Scope, SiteKey, Timestamp},
    flow::{
        App,
        accounts::{self, Account, NewApiToken},
        deliver::Turn,
        links,
        sites::{self, SiteSettings},
        upkeep,
    },
    notify::Mailer,
    vault::Password,
};
use serde_json::{Value, json};

pub use chance::Chance;
pub use client::{Answer, Client};
pub use database::Database;
pub use service::Service;
pub use terminal::{Done, Terminal};

/// Where the stories begin: 1 November 2026, noon.
pub const NOON: Timestamp = Timestamp::from_micros(1_793_534_400_000_000);
pub const SITE: &str = "gazette";
pub const ORIGIN: &str = "https://news.example";
pub const PASSWORD: &str = "correct horse battery staple";

/// Tells one story twice: once on each database.
macro_rules! both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($app:ident: $kind:ty) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn story($app: &$kind) $body

            $(#[$attribute])*
            #[test]
            fn sqlite() {
                $crate::support::tell($crate::support::Database::sqlite, async |app| story(app).await);
            }

            $(#[$attribute])*
            #[test]
            fn postgres() {
                $crate::support::tell($crate::support::Database::postgres, async |app| story(app).await);
            }
        }
    )+};
}

/// Starts a service, tells the story, and checks that nothing is left owed that could not be sent.
pub fn tell(database: fn() -> Database, story: impl AsyncFnOnce(&TestApp)) {
    app::block_on(async {
        let app = TestApp::start(database()).await;
        story(&app).await;
        app.ends().await;
    });
}

/// A service with its database, and whoever uses it.
pub struct TestApp {
    pub running: Running,
    pub clock: Clock,
    pub client: Client,
    database: Database,
}

impl TestApp {
    pub async fn start(database: Database) -> Self {
        Self::with(database, &[]).await
    }

    /// With settings of its own, as environment variables name them.
    pub async fn with(database: Database, settings: &[(&str, &str)]) -> Self {
        let clock = Clock::manual(NOON);
        let config = database.config(settings);
        let overrides = Overrides {
            clock: Some(clock.clone()),
            mailer: Some(Mailer::memory("Desk <desk@gazette.example>").unwrap()),
            by_hand: true,
            is_demo: true,
            ..Overrides::default()
        };
        let running = app::start(&config, Role::All, overrides).await.unwrap();
        let client = Client::strict(running.public.unwrap());
        let app = Self { running, clock, client, database };
        app.opens_site(SITE, Policy::default()).await;
        app
    }

    /// A second service with settings of its own, on another database of the same kind.
    pub async fn beside(&self, settings: &[(&str, &str)]) -> Self {
        Self::with(Database::of(self.database.kind), settings).await
    }

    /// The address that its links begin with.
    pub fn url(&self) -> &str {
        &self.app().settings.public_url
    }

    pub fn app(&self) -> &Arc<App> {
        &self.running.app
    }

    pub fn config(&self, settings: &[(&str, &str)]) -> Config {
        self.database.config(settings)
    }

    pub async fn opens_site(&self, key: &str, policy: Policy) {
        let says = SiteSettings {
            name: "The Gazette".to_owned(),
            origins: vec![Origin::parse(ORIGIN).unwrap()],
            policy,
        };
        sites::add(self.app(), &SiteKey::parse(key).unwrap(), &says).await.unwrap();
    }

    pub async fn sets_policy(&self, policy: Policy) {
        let site = self.app().sites.find(SITE).unwrap();
        let says = SiteSettings { name: site.name.clone(), origins: site.origins.clone(), policy };
        sites::set(self.app(), &site, &says).await.unwrap();
    }

    /// The token of the site's backend.
    pub async fn backend(&self) -> String {
        let site = self.app().sites.find(SITE).unwrap();
        sites::issue_token(self.app(), &site).await.unwrap().reveal().to_owned()
    }

    /// Somebody at the desk, with an API token; bound to these sites, or to none.
    pub async fn hires(&self, name: &str, role: MayDo, bound_to: &[&str]) -> Desk<'_> {
        let account = Account {
            email: format!("{}@gazette.example", name.to_lowercase()),
            name: name.to_owned(),
            role,
            sites: bound_to.iter().map(|key| self.app().sites.find(key).unwrap().id).collect(),
            password: Some(Password::parse(PASSWORD).unwrap()),
        };
        let id = accounts::add(self.app(), &account).await.unwrap();
        let token = self.gives_token(id, Scope::All).await;
        Desk { app: self, token }
    }

    /// An API token, good for longer than any story.
    pub async fn gives_token(&self, id: ModeratorId, scope: Scope) -> String {
        let life = Duration::from_hours(24) * 3_650;
        let new = NewApiToken { name: "A story".to_owned(), scope, life, made_by: None };
        accounts::issue_token(self.app(), id, &new).await.unwrap().reveal().to_owned()
    }

    pub async fn moderator(&self) -> Desk<'_> {
        self.hires("Mo", MayDo::Moderator, &[]).await
    }

    /// A reply to the story's article.
    pub fn reply(text: &str, email: &str) -> Value {
        json!({
            "article": {"key": "news/1", "url": "https://news.example/news/1", "title": "The bridge"},
            "name": "Ann",
            "email": email,
            "comment": text,
        })
    }

    /// Posts a reply that is taken in; the answer's body.
    pub async fn submits(&self, text: &str, email: &str) -> Value {
        let answer = self.posts(&Self::reply(text, email)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    /// Posts a reply to a comment that is taken in; the answer's body.
    pub async fn answers(&self, parent: &Value, text: &str, email: &str) -> Value {
        let mut reply = Self::reply(text, email);
        reply["parent"] = parent["id"].clone();
        let answer = self.posts(&reply).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    /// A moment after whatever came before.
    pub async fn posts(&self, body: &Value) -> Answer {
        self.waits(Duration::from_millis(1));
        self.client.post(&format!("/v1/sites/{SITE}/comments"), body).await
    }

    /// A page of the story's article.
    pub async fn reads(&self, query: &str) -> Value {
        let answer = self.client.get(&format!("/v1/sites/{SITE}/comments?article=news/1{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Sends all that is owed and due now.
    pub async fn delivers_everything(&self) {
        let deliverer = self.running.deliverer.as_ref().unwrap();
        while deliverer.turn(100).await.unwrap() != Turn::default() {}
    }

    /// What was sent so far: recipients and raw message.
    pub async fn mails(&self) -> Vec<(Vec<String>, String)> {
        self.running.deliverer.as_ref().unwrap().mailer().sent().await
    }

    /// The path of the link that a mail about a comment leads somebody to; about its first version, where none is named.
    pub async fn link_for(&self, comment: &Value, name: &str) -> String {
        let (id, version) = (comment["id"].as_str().unwrap().parse().unwrap(), comment["version"].as_i64());
        let person = accounts::find(self.app(), &format!("{name}@gazette.example")).await.unwrap().unwrap();
        format!("/d/{}", links::mint(self.app(), (id, version.unwrap_or(1)), person.id).0)
    }

    pub fn waits(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// What a second process would notice within a second.
    pub async fn looks_around(&self) {
        upkeep::Watch::from(NOON).look(self.app()).await.unwrap();
    }

    pub async fn rows(&self, sql: &'static str) -> i64 {
        self.database.number(sql).await
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Every message is delivered or was not needed any more, and findings know which comments wait.
    pub async fn ends(self) {
        self.delivers_everything().await;
        assert_eq!(self.rows("select count(*) from outbox where outcome = 'dead'").await, 0, "dead letters");
        let astray = "select count(*) from findings f join comments c on c.id = f.comment where (f.waits is null) <> (c.needs is null)";
        assert_eq!(self.rows(astray).await, 0, "findings that are wrong about their comment");
        self.ranks_are_kept().await;
        self.stops().await;
    }

    /// What is kept of the order `top` is what one would count.
    pub async fn ranks_are_kept(&self) {
        let astray = "select count(*) from comments t where t.parent is null and t.rank <> \
            -(select count(distinct case when r.status = 'approved' and not r.staff then k.email_index end) \
            from comments r join contacts k on k.id = r.contact \
            where r.thread = t.id and r.parent is not null and (r.status = 'approved' or r.approved_below > 0)) \
            - case when t.picked_at is null then 0 else 1000000000 end";
        assert_eq!(self.rows(astray).await, 0, "threads that are out of order");
    }

    /// Whatever is still owed.
    pub async fn stops(self) {
        self.running.stop().await;
    }
}

/// Somebody at the desk.
pub struct Desk<'a> {
    pub app: &'a TestApp,
    pub token: String,
}

impl Desk<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.app.client.send(("GET", path), &[("authorization", &self.bearer())], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app.client.send(("POST", path), &[("authorization", &self.bearer())], Some(body)).await
    }

    pub async fn sends(&self, way: (&str, &str), body: Option<&Value>) -> Answer {
        self.app.client.send(way, &[("authorization", &self.bearer())], body).await
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// Takes the next ones to read; the texts.
    pub async fn claims(&self, limit: usize) -> Vec<String> {
        let answer = self.post("/v1/moderation/claims", &json!({"limit": limit})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let items = answer.json()["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn queue(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/v1/moderation/comments?limit=100{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().unwrap().clone()
    }

    pub async fn opens(&self, comment: &Value) -> Value {
        let answer = self.get(&format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn decides(&self, comment: &Value, decision: &str, version: i64) -> Answer {
        let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        self.post(&path, &json!({"decision": decision, "version": version})).await
    }

    /// Decides on the version there is.
    pub async fn does(&self, decision: &str, comment: &Value) -> Value {
        let version = self.opens(comment).await["version"].as_i64().unwrap();
        let answer = self.decides(comment, decision, version).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn approves(&self, comment: &Value) -> Value {
        self.does("approve", comment).await
    }
}

/// Whether the long forms are asked for (`scripts/test --long`).
pub fn is_long() -> bool {
    std::env::var_os("REPLYDESK_TEST_LONG").is_some_and(|set| set == "1")
}

/// Asks again and again, every few milliseconds, until it is so.
pub fn until(patience: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + patience;
    while !is_so() {
        assert!(Instant::now() < end, "not within {patience:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
