//! Breakers: an article that is flooded, or whose comments are mostly rubbish, is taken out of the usual rules for a
//! while, by a rule or by a person. They come before its own mode, before trust, and before an open policy.

use std::time::Duration;

use super::{
    App, FlowError,
    articles::record,
    audit::{self, Author, NewEntry, Object},
};
use crate::{
    domain::{
        ArticleId, ArticleKey, BreakerAction, BreakerRules, CommentId, MailMode, Message, Moderator,
        ModeratorId, OutboxId, Site, SiteId, Timestamp,
    },
    metrics,
    store::{ArticleRow, BurstRow, Interruption, NewMessage, StoreError, Tx},
};

/// How far back a rule looks.
const WINDOW: Duration = Duration::from_mins(10);

/// What somebody does to an article for a while.
#[derive(Clone, Debug)]
pub struct Pause {
    /// What happens to what arrives.
    pub action: BreakerAction,
    /// For how long, 1 to [`crate::domain::BREAKER_MINUTES`] minutes.
    pub minutes: u32,
    /// Why, for colleagues.
    pub note: Option<String>,
}

/// Which article, as somebody saw it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its site.
    pub site: &'a Site,
    /// Its key.
    pub key: &'a ArticleKey,
    /// Only in this edition, when one is named.
    pub edition: Option<i64>,
}

/// Takes articles out of the usual rules where those of their sites ask for it. To be called every few seconds, by as many
/// processes as there are: one of them wins, writes it down, and owes the letters.
pub async fn look(app: &App) -> Result<(), StoreError> {
    let rules = |site: &Site| Some(site.policy.breaker).filter(BreakerRules::is_on);
    let Some(least) = app.sites.all().iter().filter_map(|site| rules(site)).map(|rules| rules.least()).min()
    else {
        return Ok(());
    };
    let now = app.clock.now();
    let since = first_id(now.minus(WINDOW));
    let found = app.db.read(async |tx| tx.bursts(since, (now, least)).await).await?;
    for row in found {
        let Some(site) = app.sites.get(row.site) else { continue };
        let Some(rules) = rules(&site) else { continue };
        if trip(app, (&site, rules), &row, now).await? {
            app.pages.forget(site.id, &row.key);
            app.owed.notify_one();
            let action = rules.action.name();
            metrics::breaker(site.key.as_str(), action, "rule");
            tracing::warn!(site.key = site.key.as_str(), article.id = %row.article, breaker.action = action, "the breaker of article {} tripped", row.article);
        }
    }
    Ok(())
}

/// Trips the breaker of one article if that is called for; whether this process did.
async fn trip(
    app: &App,
    (site, rules): (&Site, BreakerRules),
    row: &BurstRow,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(cause) = rules.trips(row.burst) else { return Ok(false) };
    let until = now.plus(Duration::from_mins(u64::from(rules.minutes)));
    let what = Interruption { action: rules.action, at: now, until };
    app.db
        .write(async |tx| {
            if !tx.trip((row.article, row.seen), what, cause).await? {
                return Ok(false);
            }
            let author = Author { moderator: None, via: "rule" };
            record(app, tx, (site, row.article.uuid()), (action(rules.action), author)).await?;
            owe_letters(app, tx, (site.id, row.article), now).await?;
            Ok(true)
        })
        .await
}

/// A letter to each moderator of the site who wants mail. It holds the article and the moment, and is made when it goes out.
async fn owe_letters(
    app: &App,
    tx: &mut Tx,
    (site, article): (SiteId, ArticleId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let people = tx.hold_addressees().await?;
    let told = people.iter().filter(|person| person.sees(site) && person.mail.mode != MailMode::Off);
    let letter = |moderator: ModeratorId| {
        let message = Message::BreakerLetter { moderator, article, tripped_at: now };
        NewMessage::closed(OutboxId::from(app.clock.id(now)), (message, moderator), now)
    };
    let letters: Vec<NewMessage> = told.map(|person| letter(person.id)).collect();
    tx.enqueue(&letters).await
}

/// Takes an article out of the usual rules, in place of a breaker that is in force, as a moderator does.
pub async fn pause(
    app: &App,
    (moderator, via): (&Moderator, &'static str),
    target: Target<'_>,
    pause: &Pause,
) -> Result<ArticleRow, FlowError> {
    moderates(moderator, target.site)?;
    paused(app, Author { moderator: Some(moderator.id), via }, target, pause).await
}

/// The same by whoever needs no leave: the site's backend, the command line.
pub async fn paused(
    app: &App,
    author: Author,
    target: Target<'_>,
    pause: &Pause,
) -> Result<ArticleRow, FlowError> {
    let now = app.clock.now();
    let until = now.plus(Duration::from_mins(u64::from(pause.minutes)));
    let what = Interruption { action: pause.action, at: now, until };
    let done = app
        .db
        .write(async |tx| {
            let of = (target.site.id, target.key.as_str(), target.edition);
            let Some(row) = tx.pause(of, what, (pause.note.as_deref(), author.moderator)).await? else {
                return Ok(Err(missing(tx, target).await?));
            };
            let object = Object { kind: "article", id: row.id.uuid(), site: Some(target.site.id) };
            let entry = NewEntry::new(app, now, (object, action(pause.action), author));
            audit::record(app, tx, &[NewEntry { note: pause.note.clone(), ..entry }]).await?;
            Ok(Ok(row))
        })
        .await?;
    app.pages.forget(target.site.id, target.key.as_str());
    if done.is_ok() {
        metrics::breaker(target.site.key.as_str(), pause.action.name(), author.via);
    }
    done
}

/// Ends the breaker of an article, as a moderator does. `AlreadyDecided`: none is in force.
pub async fn resume(
    app: &App,
    (moderator, via): (&Moderator, &'static str),
    target: Target<'_>,
) -> Result<ArticleRow, FlowError> {
    moderates(moderator, target.site)?;
    resumed(app, Author { moderator: Some(moderator.id), via }, target).await
}

/// The same by whoever needs no leave.
pub async fn resumed(app: &App, author: Author, target: Target<'_>) -> Result<ArticleRow, FlowError> {
    let now = app.clock.now();
    let done = app
        .db
        .write(async |tx| {
            let of = (target.site.id, target.key.as_str(), target.edition);
            let Some(row) = tx.resume(of, now).await? else { return Ok(Err(missing(tx, target).await?)) };
            record(app, tx, (target.site, row.id.uuid()), ("resume", author)).await?;
            Ok(Ok(row))
        })
        .await?;
    app.pages.forget(target.site.id, target.key.as_str());
    done
}

/// Why nothing was changed.
async fn missing(tx: &mut Tx, target: Target<'_>) -> Result<FlowError, StoreError> {
    let found = tx.article(target.site.id, target.key.as_str()).await?;
    Ok(match found.filter(|article| article.deleted_at.is_none()) {
        None => FlowError::NotFound,
        Some(article) if target.edition.is_some_and(|edition| edition != article.edition) => {
            FlowError::VersionConflict
        }
        Some(_) => FlowError::AlreadyDecided,
    })
}

/// The articles whose breaker is in force, of the sites that somebody sees; at most so many of each site.
pub async fn in_force(app: &App, moderator: &Moderator, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
    let now = app.clock.now();
    let sites: Vec<SiteId> =
        app.sites.all().iter().map(|site| site.id).filter(|site| moderator.sees(*site)).collect();
    app.db
        .read(async |tx| {
            let mut found = Vec::new();
            for site in &sites {
                found.extend(tx.breakers(*site, (now, limit)).await?);
            }
            Ok(found)
        })
        .await
}

fn moderates(moderator: &Moderator, site: &Site) -> Result<(), FlowError> {
    match (moderator.role.moderates(), moderator.sees(site.id)) {
        (false, _) => Err(FlowError::Forbidden),
        (true, false) => Err(FlowError::NotFound),
        (true, true) => Ok(()),
    }
}

/// What it is called in the log.
const fn action(action: BreakerAction) -> &'static str {
    match action {
        BreakerAction::HoldAll => "pause-hold-all",
        BreakerAction::Slow => "pause-slow",
        BreakerAction::Closed => "pause-closed",
    }
}

/// The smallest identifier that a comment of that moment can have.
pub(super) fn first_id(at: Timestamp) -> CommentId {
    audit::first_id(at).uuid().into()
}
