//! Limits, as use cases ask them: what counts, for whom, and where it is remembered.
//!
//! With PostgreSQL the database remembers, so that any number of replicas hold a client to one limit; what
//! each of them counts on arrival (`http::limits`) only spares it work. With SQLite one process serves, and
//! its own memory is all there is.

use super::App;
use crate::{
    clock::Clock,
    config::LimitsConfig,
    domain::{HostPrefix, SiteId, Timestamp},
    screen::{Buckets, Check, Limit, Rate},
    store::{Bucket, Kind, Pace, StoreError, Taken, Whose},
    vault::Counted,
};

/// How many times as often a limited client may ask whether a request is a repetition.
const REPLAYS: u32 = 4;

/// The limits of a service; nothing where one is switched off.
#[derive(Debug)]
pub struct Limits {
    /// Submissions of one client.
    pub submit: Option<Limit>,
    /// Requests of a limited client that may be repetitions.
    pub replay: Option<Limit>,
    /// What one client does to receipts.
    pub receipts: Option<Limit>,
    /// Reports of one client.
    pub reports: Option<Limit>,
    /// Attempts of one client to sign in.
    pub sign_in: Option<Limit>,
    /// Prefixes that are remembered in the process for one limit.
    pub clients_tracked: usize,
    new_articles: Option<Limit>,
    site_new_articles: Option<Limit>,
    site: Option<Limit>,
    here: Buckets,
    slow: Buckets,
}

/// What a request asks one of.
#[derive(Clone, Debug)]
pub struct Ask {
    /// As it is told of.
    limit: Limit,
    /// As it is counted.
    rate: Rate,
    key: String,
    whose: Whose,
    /// The process has counted it on arrival.
    arrived: bool,
}

/// What a submission asks.
#[derive(Clone, Copy, Debug)]
pub struct Submitted<'a> {
    /// The site it was posted to.
    pub site: SiteId,
    /// The key of its article.
    pub article: &'a str,
    /// Where it came from, when that is known.
    pub client: Option<&'a HostPrefix>,
    /// A reader begins an article that nobody knows.
    pub begins_article: bool,
    /// Seconds from one comment of a client under the article to the next; 0 for any number.
    pub slow_seconds: u32,
}

/// What limits said of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whether it may go on.
    pub check: Check,
    /// The site takes more than it should.
    pub is_flood: bool,
}

impl Limits {
    /// By the settings. What readers do by client has no limit where their submissions have none.
    pub fn new(config: &LimitsConfig, clock: &Clock) -> Self {
        let limit = |policy, rate, burst| Rate::per_minute(rate, burst).map(|rate| Limit { policy, rate });
        let submit = limit("submit", config.submit_per_minute, config.submit_burst);
        let site = limit("site", config.site_per_minute, config.site_burst);
        let of_readers = |of: Option<Limit>| of.filter(|_| submit.is_some());
        let of_site = |of: Option<Limit>| of.filter(|_| site.is_some());
        let tracked = usize::try_from(config.clients_tracked).unwrap_or(usize::MAX);
        Self {
            submit,
            replay: submit.map(|Limit { rate, .. }| Limit { policy: "replay", rate: rate.times(REPLAYS) }),
            receipts: of_readers(limit("receipts", config.receipts_per_minute, config.receipts_burst)),
            reports: of_readers(limit("reports", config.reports_per_minute, config.reports_burst)),
            sign_in: limit("sign-in", config.sign_in_per_minute, config.sign_in_burst),
            new_articles: of_readers(limit(
                NEW_ARTICLES,
                config.new_articles_per_minute,
                config.new_articles_burst,
            )),
            site_new_articles: of_site(limit(
                NEW_ARTICLES,
                config.site_new_articles_per_minute,
                config.site_new_articles_burst,
            )),
            site,
            clients_tracked: tracked,
            here: Buckets::new(tracked, clock),
            // together, all rates that are in force
            slow: Buckets::new(tracked / 16, clock),
        }
    }

    fn here(&self, ask: &Ask) -> Check {
        let buckets = if ask.limit.policy == SLOW { &self.slow } else { &self.here };
        buckets.take(Limit { rate: ask.rate, ..ask.limit }, &ask.key)
    }
}

/// The names of limits as headers tell them, where more than one place must know them.
pub const NEW_ARTICLES: &str = "new-articles";
/// Of slow mode.
pub const SLOW: &str = "slow";

/// One comment of a client under an article of a site, by its key, in so many seconds, and eight of the IPv6 network
/// around it; nothing to ask for 0.
fn slow(app: &App, (site, article): (SiteId, &str), client: &HostPrefix, seconds: u32) -> Vec<Ask> {
    let Some(rate) = Rate::once_in(seconds) else { return Vec::new() };
    let ask = |of: Counted<'_>, whose| Ask::of(app, Limit { policy: SLOW, rate }, (of, whose));
    let mut asks = vec![ask(Counted::Under(site, article, client), Whose::Client)];
    if let Some(network) = client.shared_network() {
        let around = ask(Counted::AroundUnder(site, article, &network), Whose::Neighbours);
        asks.push(Ask { rate: rate.of_network(), ..around });
    }
    asks
}

/// A limit of one client, and of the IPv6 network around it.
fn of_client(app: &App, limit: Limit, client: &HostPrefix) -> Vec<Ask> {
    let ask = |of: Counted<'_>, whose| Ask { arrived: true, ..Ask::of(app, limit, (of, whose)) };
    let mut asks = vec![ask(Counted::Client(client), Whose::Client)];
    if let Some(network) = client.shared_network() {
        let around = ask(Counted::Network(&network), Whose::Neighbours);
        asks.push(Ask { rate: limit.rate.of_network(), ..around });
    }
    asks
}

/// Counts a submission: once, and before anything of it is written.
pub async fn submission(app: &App, said: &Submitted<'_>) -> Result<Said, StoreError> {
    let (limits, mut asks) = (&app.limits, Vec::new());
    let begins = |limit: Option<Limit>| limit.filter(|_| said.begins_article);
    if let Some(client) = said.client {
        asks.extend(limits.submit.into_iter().flat_map(|limit| of_client(app, limit, client)));
        let begun = begins(limits.new_articles).into_iter();
        // not counted on arrival, unlike submissions
        asks.extend(
            begun.flat_map(|limit| of_client(app, limit, client)).map(|ask| Ask { arrived: false, ..ask }),
        );
        asks.extend(slow(app, (said.site, said.article), client, said.slow_seconds));
    }
    let of_site = |limit: Limit, whose| Ask::of(app, limit, (Counted::Site(said.site), whose));
    asks.extend(begins(limits.site_new_articles).map(|limit| of_site(limit, Whose::Neighbours)));
    asks.extend(limits.site.map(|limit| of_site(limit, Whose::Site)));
    take(app, asks).await
}

/// Counts one request of a client that its process has let through, for all replicas.
pub async fn shared(app: &App, limit: Limit, client: &HostPrefix) -> Result<Check, StoreError> {
    match app.db.kind() {
        Kind::Sqlite => Ok(Check::Unlimited),
        Kind::Postgres => Ok(take(app, of_client(app, limit, client)).await?.check),
    }
}

/// Takes one of each, the clients' own first: who is refused must not use up what others share.
async fn take(app: &App, mut asks: Vec<Ask>) -> Result<Said, StoreError> {
    asks.sort_by_key(|ask| ask.whose);
    if asks.is_empty() {
        return Ok(Said { check: Check::Unlimited, is_flood: false });
    }
    match app.db.kind() {
        Kind::Sqlite => Ok(take_here(&app.limits, &asks)),
        Kind::Postgres => take_together(app, &asks).await,
    }
}

/// Of what this process remembers; what it has counted on arrival is not asked again.
fn take_here(limits: &Limits, asks: &[Ask]) -> Said {
    let mut said = Said { check: Check::Unlimited, is_flood: false };
    for ask in asks.iter().filter(|ask| !ask.arrived) {
        let check = limits.here(ask);
        match (check.retry_after(), ask.whose) {
            (None, _) => {}
            (Some(_), Whose::Site) => said.is_flood = true,
            (Some(_), _) => return Said { check, ..said },
        }
    }
    said
}

/// Of what the database remembers for all replicas.
async fn take_together(app: &App, asks: &[Ask]) -> Result<Said, StoreError> {
    let (buckets, now): (Vec<Bucket>, _) = (asks.iter().map(Ask::bucket).collect(), app.clock.now());
    let rows = app.db.single(async |tx| tx.take_from(&buckets, now).await).await?;
    let of_whom =
        |is_site: bool| asks.iter().zip(&rows).filter(move |(ask, _)| (ask.whose == Whose::Site) == is_site);
    let missed = of_whom(false).find(|(_, row)| row.taken.is_none()).map(|(ask, _)| ask);
    let checks = of_whom(false).filter_map(|(ask, row)| ask.told(row, now));
    let check = checks.fold(Check::Unlimited, Check::tighter);
    match missed {
        None => Ok(Said { check, is_flood: of_whom(true).any(|(_, row)| row.taken.is_none()) }),
        Some(_) if check.retry_after().is_some() => Ok(Said { check, is_flood: false }),
        // it was there when the statement began, and somebody else was quicker
        Some(ask) => Ok(Said { check: Check::of(ask.limit, Err(ask.rate.every())), is_flood: false }),
    }
}

impl Ask {
    fn of(app: &App, limit: Limit, (of, whose): (Counted<'_>, Whose)) -> Self {
        Self { limit, rate: limit.rate, key: app.vault.limit(limit.policy, of), whose, arrived: false }
    }

    fn bucket(&self) -> Bucket {
        let every = i64::try_from(self.rate.every().as_micros()).unwrap_or(i64::MAX);
        let pace = Pace { every, at_once: self.rate.at_once().into() };
        Bucket { key: self.key.clone(), pace, whose: self.whose }
    }

    /// What its row says: how many are left, where the headers tell that, or how long until there is one.
    fn told(&self, row: &Taken, now: Timestamp) -> Option<Check> {
        let left = match row.taken {
            Some(whole) => Ok(self.rate.left(whole.since(now))),
            None => Err(row.stood.since(now).checked_sub(self.rate.room()).filter(|wait| !wait.is_zero())?),
        };
        (self.arrived || left.is_err()).then(|| Check::of(self.limit, left))
    }
}
