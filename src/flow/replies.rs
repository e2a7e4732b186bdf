//! Replies of the site's own people: published at once, marked as theirs, and screened by nobody.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
    commenters, likeness,
    submit::{PUBLISHED, Place, SubmitError},
};
use crate::{
    domain::{Body, Code, CommentId, Fault, Moderator, Notify, Site, Status, Timestamp, normalised_text},
    metrics,
    store::{CommentRow, Facts, FactsQuery, IdempotencyRow, NewComment, Proof, QueueRow, Stamp, StoreError},
};

/// How often it looks again when the same request came twice at one moment.
const ATTEMPTS: usize = 4;

/// Why there is no reply.
#[derive(Clone, Debug)]
pub enum ReplyError {
    /// What any reply can be refused for.
    Submit(SubmitError),
    /// Who asks, and for what.
    Flow(FlowError),
}

impl From<FlowError> for ReplyError {
    fn from(error: FlowError) -> Self {
        Self::Flow(error)
    }
}

impl From<StoreError> for ReplyError {
    fn from(error: StoreError) -> Self {
        Self::Flow(error.into())
    }
}

/// A reply that stands under its article.
#[derive(Clone, Debug)]
pub struct Replied {
    /// The reply, as moderators see it.
    pub item: QueueRow,
    /// The same request was answered before.
    pub replayed: bool,
}

/// What is to be answered, and how.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// A comment that readers see.
    pub to: CommentId,
    /// As typed.
    pub text: &'a str,
    /// The request's `Idempotency-Key`.
    pub key: Option<&'a str>,
    /// The way it came: `api`, `desk`.
    pub via: &'static str,
}

/// Answers a published comment under the moderator's name, also where the article takes no comments any more.
pub async fn reply(app: &App, moderator: &Moderator, reply: Reply<'_>) -> Result<Replied, ReplyError> {
    if !moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let found = app.db.read(async |tx| tx.current(&[reply.to]).await).await?.pop();
    let seen = found.filter(|seen| moderator.sees(seen.site)).ok_or(FlowError::NotFound)?;
    let site = app.sites.get(seen.site).ok_or(FlowError::NotFound)?;
    let refused = |fault| ReplyError::Submit(SubmitError::Invalid(vec![fault]));
    let body = Body::parse(reply.text, site.policy.comment_chars)
        .map_err(|code| refused(Fault { field: "comment", code }))?;
    let answer = Answer { app, site: &site, article: &seen.article_key, moderator, reply, body: &body };
    for _ in 0..ATTEMPTS {
        let now = app.clock.now();
        let facts = answer.facts(now).await?;
        if let Some(replay) = &facts.replay {
            return if answer.payload() == replay.fingerprint {
                let known =
                    app.db.snapshot(async |tx| tx.queue_items(&[replay.comment], now).await).await?.pop();
                Ok(Replied { item: known.ok_or(FlowError::NotFound)?, replayed: true })
            } else {
                Err(ReplyError::Submit(SubmitError::KeyReused))
            };
        }
        let Some(new) = answer.compose(&facts, now) else {
            return Err(refused(Fault { field: "parent", code: Code::NotPublished }));
        };
        match answer.write(&new, now).await {
            Err(StoreError::Taken) => {}
            done => {
                let item = done?;
                metrics::decisions(site.key.as_str(), "reply", reply.via, 1);
                app.pages.forget(site.id, &seen.article_key);
                return Ok(Replied { item, replayed: false });
            }
        }
    }
    Err(StoreError::Unavailable("replies-collide").into())
}

/// A reply on its way into rows.
struct Answer<'a> {
    app: &'a App,
    site: &'a Site,
    article: &'a str,
    moderator: &'a Moderator,
    reply: Reply<'a>,
    body: &'a Body,
}

impl Answer<'_> {
    /// In place of the key, which is the moderator's own.
    fn request(&self) -> Option<String> {
        let whose = self.moderator.id;
        self.reply.key.map(|key| self.app.vault.request(self.site.id, &format!("moderator\n{whose}\n{key}")))
    }

    /// Of all that was asked for, to recognise it.
    fn payload(&self) -> String {
        let (to, text) = (self.reply.to, self.body.as_str());
        self.app.vault.request(self.site.id, &format!("reply\n{to}\n{text}"))
    }

    async fn facts(&self, now: Timestamp) -> Result<Facts, StoreError> {
        let request = self.request();
        let query = FactsQuery {
            site: self.site.id,
            article: self.article,
            parent: Some(self.reply.to),
            idempotency_key: request.as_deref(),
            form_key: None,
            // nobody is kept from saying the same twice here
            duplicate_keys: ["", ""],
            duplicates_since: now,
            fingerprint: 0,
            repeats_since: now,
            // nor are the site's own people blocked
            marks: &[],
            alike: likeness::sought(self.app, None, now),
            now,
            proof: Proof::NONE,
        };
        self.app.db.read(async |tx| tx.facts(&query).await).await
    }

    /// All rows; none where readers do not see what is answered.
    fn compose(&self, facts: &Facts, now: Timestamp) -> Option<NewComment> {
        let article = facts.article.as_ref().filter(|article| !article.deleted)?;
        let parent = facts.parent.as_ref().filter(|parent| parent.status == Status::Approved)?;
        let id = CommentId::from(self.app.clock.id(now));
        let place = Place::below(Some(parent), id, i64::from(self.app.settings.comments.max_depth));
        let text = self.body.as_str().to_owned();
        let comment = CommentRow {
            id,
            site: self.site.id,
            article: article.id,
            thread: place.thread,
            parent: place.parent,
            reply_to: Some(parent.id),
            depth: place.depth,
            status: Status::Approved,
            needs: None,
            version: 1,
            revision: 1,
            name: self.moderator.name.clone(),
            website: None,
            staff: true,
            notify: "none",
            form: if self.reply.via == "desk" { "web" } else { "api" },
            contact: None,
            fingerprint: self.app.vault.fingerprint(self.site.id, &normalised_text(&text)),
            duplicate_key: None,
            likeness: None,
            cluster: None,
            approved_below: 0,
            submitted_at: Stamp(now),
            published_at: Some(Stamp(now)),
            lineage: None,
        };
        let idempotency = self.request().map(|key| IdempotencyRow {
            site: self.site.id,
            key,
            fingerprint: self.payload(),
            comment: id,
            status: PUBLISHED,
            expires_at: Stamp(now.plus(self.app.settings.comments.idempotency)),
        });
        let is_wanted = parent.notify == Notify::Replies;
        let reply =
            is_wanted.then(|| commenters::later(self.app, commenters::reply_letter(parent.id, id), now));
        Some(NewComment {
            article: None,
            comment,
            text,
            contact: None,
            findings: Vec::new(),
            entry: None,
            messages: reply.into_iter().collect(),
            idempotency: idempotency.into_iter().collect(),
        })
    }

    async fn write(&self, new: &NewComment, now: Timestamp) -> Result<QueueRow, StoreError> {
        let (id, site) = (new.comment.id.uuid(), self.site.id);
        let object = Object { kind: "comment", id, site: Some(site) };
        let author = Author { moderator: Some(self.moderator.id), via: self.reply.via };
        let entry = NewEntry { version: Some(1), ..NewEntry::new(self.app, now, (object, "reply", author)) };
        let key = self.request();
        self.app
            .db
            .write(async |tx| {
                if let Some(key) = &key {
                    tx.forget_expired_key(site, key, now).await?;
                }
                tx.accept(std::slice::from_ref(new)).await?;
                audit::record(self.app, tx, std::slice::from_ref(&entry)).await?;
                tx.queue_items(&[new.comment.id], now).await?.pop().ok_or(StoreError::Corrupt("reply"))
            })
            .await
    }
}
