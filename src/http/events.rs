//! What happens to the queue, as server-sent events (HTML Living Standard, §9.2).

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::{
    sync::broadcast,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{
    Shared, auth, cookies,
    error::ApiError,
    openapi::{Operation, operation},
};
use crate::{
    domain::{Moderator, ModeratorId, Role},
    flow::{
        App, FlowError, accounts,
        events::{Event, News},
    },
};

/// Watchers of one process: each is looked up once a second.
const MOST: usize = 200;
/// Of them one person's: a page of the desk in each of so many windows.
const EACH: usize = 20;
/// Seconds between two signs of life: less than any patience with a connection.
const QUIET: u32 = 4;

/// Somebody who watches.
struct Watcher {
    app: Data<App>,
    shared: Data<Shared>,
    by: By,
    moderator: Moderator,
    /// What was told just before.
    before: VecDeque<Event>,
    events: broadcast::Receiver<Event>,
    second: Interval,
    quiet: u32,
    place: Place,
}

/// One of the windows in which a person watches; whoever opens too many loses the oldest.
struct Place {
    watching: Watching,
    moderator: ModeratorId,
    is_over: Arc<AtomicBool>,
}

/// The windows in which each person watches, the oldest first: whether they are over.
pub type Watching = Arc<Mutex<HashMap<ModeratorId, VecDeque<Arc<AtomicBool>>>>>;

impl Place {
    fn of(shared: &Shared, moderator: ModeratorId) -> Self {
        let (watching, is_over) = (shared.watching.clone(), Arc::new(AtomicBool::new(false)));
        let mut all = watching.lock().unwrap_or_else(PoisonError::into_inner);
        let windows = all.entry(moderator).or_default();
        windows.push_back(is_over.clone());
        if windows.len() > EACH
            && let Some(oldest) = windows.pop_front()
        {
            oldest.store(true, Ordering::Release);
        }
        drop(all);
        Self { watching, moderator, is_over }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.watching.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(windows) = all.get_mut(&self.moderator) {
            windows.retain(|window| !Arc::ptr_eq(window, &self.is_over));
            if windows.is_empty() {
                all.remove(&self.moderator);
            }
        }
    }
}

/// What they proved themselves by: looked at again each second, so that who is removed hears no more.
enum By {
    Token(String),
    Session(String),
}

impl By {
    async fn who(&self, app: &App) -> Result<Option<Moderator>, FlowError> {
        match self {
            Self::Token(token) => Ok(accounts::of_token(app, token).await?.map(|program| program.moderator)),
            Self::Session(secret) => {
                let signed = accounts::of_session(app, secret).await?;
                Ok(signed.filter(|signed| !signed.must_enrol).map(|signed| signed.moderator))
            }
        }
    }
}

/// What the document says of [`stream`].
pub fn about_stream() -> Operation {
    operation("events", "moderation", "What happens to the queue, as server-sent events.")
        .note("`comment.waiting`: `{id, site, needs, version}`.")
        .note("`comment.decided`: `{id, site, status, version, by, via}`.")
        .note("`claim.changed`: `{id, site, by, mine, expires_at}`.")
        .note("What was told in the seconds before is told again; of two, the higher version is the news.")
        .by(Role::moderates)
        .answers_text(200, "A stream without an end.", "text/event-stream")
}

/// `GET /v1/moderation/events`
pub async fn stream(
    app: Data<App>,
    shared: Data<Shared>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let by = match auth::bearer(&request) {
        Some(token) => By::Token(token.to_owned()),
        None => By::Session(cookies::session(&app, &request).ok_or(ApiError::Unauthenticated)?),
    };
    let moderator = by.who(&app).await?.ok_or(ApiError::Unauthenticated)?;
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    if app.events.watchers() >= MOST || shared.draining.load(Ordering::Acquire) {
        return Err(ApiError::Unavailable);
    }
    let place = Place::of(&shared, moderator.id);
    let (before, events) = app.events.watch();
    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = VecDeque::from(before);
    before.retain(|event| moderator.sees(event.site));
    let watcher = Watcher { app, shared, by, moderator, before, events, second, quiet: 0, place };
    let begins = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"retry: 2000\n\n")) });
    let goes_on =
        stream::unfold(watcher, |mut watcher| async { watcher.next().await.map(|said| (Ok(said), watcher)) });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx holds answers back otherwise
        .insert_header(("x-accel-buffering", "no"))
        .streaming(begins.chain(goes_on)))
}

impl Watcher {
    /// What is said next; nothing when the watch is over.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(event) = self.before.pop_front() {
            return Some(self.written(&event));
        }
        loop {
            tokio::select! {
                event = self.events.recv() => {
                    // whoever is too far behind has missed some, and must look at the queue again
                    let event = event.ok()?;
                    if self.moderator.sees(event.site) {
                        self.quiet = 0;
                        return Some(self.written(&event));
                    }
                }
                _ = self.second.tick() => {
                    if !self.may_go_on().await {
                        return None;
                    }
                    self.quiet += 1;
                    if self.quiet >= QUIET {
                        self.quiet = 0;
                        return Some(Bytes::from_static(b":\n\n"));
                    }
                }
            }
        }
    }

    async fn may_go_on(&mut self) -> bool {
        if self.shared.draining.load(Ordering::Acquire) || self.place.is_over.load(Ordering::Acquire) {
            return false;
        }
        match self.by.who(&self.app).await {
            Ok(Some(moderator)) if moderator.role.moderates() => {
                self.moderator = moderator;
                true
            }
            Ok(_) => false,
            // a database that is away says nothing about who may watch; what it missed is told when it is back
            Err(_) => true,
        }
    }

    fn written(&self, event: &Event) -> Bytes {
        let site = self.app.sites.get(event.site).map(|site| site.key.as_str().to_owned());
        let (name, data) = match &event.news {
            News::Waiting(needs) => (
                "comment.waiting",
                json!({"id": event.comment, "site": site, "needs": needs.name(), "version": event.version}),
            ),
            News::Decided { status, by, via } => (
                "comment.decided",
                json!({
                    "id": event.comment,
                    "site": site,
                    "status": status.name(),
                    "version": event.version,
                    "by": by,
                    "via": via,
                }),
            ),
            News::Claimed { moderator, by, expires_at } => (
                "claim.changed",
                json!({
                    "id": event.comment,
                    "site": site,
                    "by": by,
                    "mine": *moderator == self.moderator.id,
                    "expires_at": expires_at,
                }),
            ),
            News::Free => (
                "claim.changed",
                json!({"id": event.comment, "site": site, "by": null, "mine": false, "expires_at": null}),
            ),
        };
        Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
    }
}
