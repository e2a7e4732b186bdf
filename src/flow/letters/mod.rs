//! What moderators are told: a letter made from the comments as they stand when it is sent.

mod breaker;
mod digest;

use std::time::Duration;

use super::{
    App, accounts, links,
    render::excerpt,
    why::{self, Reason},
};
use crate::{
    domain::{CommentId, Links, ModeratorId, OutboxId, Status, Timestamp},
    notify::{InvitationMail, Letter, MailLink, ModeratorMail, ParentExcerpt, TestMail, quoted},
    store::{ModeratorRow, QueueRow, StoreError},
    texts::Texts,
};

pub use breaker::breaker;
pub use digest::about_mentions;

/// Characters of the comment that is answered.
const CONTEXT: usize = 280;

/// The letter to a moderator about a comment; none when it waits no more.
pub async fn about_one(
    app: &App,
    id: OutboxId,
    (comment, moderator): (CommentId, ModeratorId),
) -> Result<Option<Letter>, StoreError> {
    Ok(single(app, (comment, moderator), None).await?.map(|found| found.letter(id, None)))
}

/// What a letter about one comment says.
struct Single {
    mail: ModeratorMail,
    item: QueueRow,
}

/// The mail to a moderator about a comment, which has waited for too long if it says for how long; none when it waits no
/// more.
async fn single(
    app: &App,
    (comment, moderator): (CommentId, ModeratorId),
    overdue: Option<Duration>,
) -> Result<Option<Single>, StoreError> {
    let now = app.clock.now();
    let found = app.db.snapshot(async |tx| tx.queue_items(&[comment], now).await).await?.pop();
    let Some(item) = found.filter(|item| item.needs.is_some()) else { return Ok(None) };
    // what was taken back, or taken down, goes out no more
    let parent = item.answered.as_ref().filter(|parent| parent.status == Status::Approved);
    let t = Texts::default();
    let mail = ModeratorMail {
        t,
        site: site_name(app, &item),
        article_title: item.article_title.clone(),
        author: item.name.clone(),
        text: item.text.clone(),
        submitted: t.moment(item.submitted_at).to_string(),
        overdue: overdue.map(|waited| in_words(t, waited)),
        findings: findings(t, &item),
        nothing: nothing(app, t, &item),
        parent: parent.map(|parent| ParentExcerpt {
            author: parent.name.clone(),
            excerpt: excerpt(&parent.text, CONTEXT),
        }),
        link: link(app, (&item, t), moderator),
    };
    Ok(Some(Single { mail, item }))
}

impl Single {
    /// The letter, dated when it was closed, or when the comment arrived.
    fn letter(&self, id: OutboxId, closed_at: Option<Timestamp>) -> Letter {
        let (mail, item) = (&self.mail, &self.item);
        Letter {
            id: id.to_string(),
            date: closed_at.unwrap_or(item.submitted_at),
            site: item.site_key.clone(),
            thread: thread(&item.site_key, &item.article_key),
            subject: mail.subject(),
            text: mail.text().unwrap_or_default(),
            html: mail.html().unwrap_or_default(),
            unsubscribe: None,
        }
    }
}

/// What letters about the same article have in common.
pub(super) fn thread(site: &str, article: &str) -> String {
    format!("article.{}", crate::vault::digest(format!("{site}\n{article}").as_bytes()))
}

fn site_name(app: &App, item: &QueueRow) -> String {
    app.sites.get(item.site).map_or_else(|| item.site_key.clone(), |site| site.name.clone())
}

fn findings(t: Texts, item: &QueueRow) -> Vec<String> {
    why::reasons(t, item).iter().map(|reason| finding(t, reason)).collect()
}

fn finding(t: Texts, reason: &Reason) -> String {
    let label = &reason.label;
    let told = match (reason.term.as_deref().map(quoted), reason.written.as_deref().map(quoted)) {
        (Some(term), Some(written)) => {
            t.say("card-finding-written").with("finding", label).with("term", term).with("written", written)
        }
        (Some(term), None) => t.say("card-finding").with("finding", label).with("term", term),
        (None, _) => return label.clone(),
    };
    told.into()
}

fn nothing(app: &App, t: Texts, item: &QueueRow) -> Option<String> {
    why::nothing(app, t, item).map(Into::into)
}

/// A span of time in a unit of which there are some: `4 hours`, but `90 minutes`.
fn in_words(t: Texts, span: Duration) -> String {
    let minutes = (span.as_secs() / 60).max(1);
    let span = match minutes {
        0..120 => t.minutes(minutes),
        120..2_880 => t.hours(minutes / 60),
        _ => t.days(minutes / 1_440),
    };
    span.to_string()
}

/// Where this moderator is led: to a decision when the site allows that, bound to the version that the letter shows.
fn link(app: &App, (item, t): (&QueueRow, Texts), moderator: ModeratorId) -> MailLink {
    let public_url = &app.settings.public_url;
    match app.sites.get(item.site).map(|site| site.policy.links) {
        Some(Links::Decide) => {
            let (token, expires) = links::mint(app, (item.id, item.version), moderator);
            MailLink::Decide { url: format!("{public_url}/d/{token}"), until: t.moment(expires).to_string() }
        }
        Some(Links::Open) | None => MailLink::Desk { url: format!("{public_url}/desk/comments/{}", item.id) },
    }
}

/// The letter of an invitation; none when that is not open any more.
pub async fn invitation(
    app: &App,
    id: OutboxId,
    (person, invited_at): (&ModeratorRow, Timestamp),
) -> Result<Option<Letter>, StoreError> {
    let Some((url, until)) = accounts::link(app, person.id, invited_at).await? else { return Ok(None) };
    let t = Texts::default();
    let mail = InvitationMail {
        t,
        name: person.name.clone(),
        sign_in_name: person.email.clone(),
        until: t.moment(until).to_string(),
        url,
        desk_url: format!("{}/desk", app.settings.public_url),
    };
    Ok(Some(Letter {
        id: id.to_string(),
        date: invited_at,
        site: "desk".to_owned(),
        thread: format!("invitation.{}", person.id),
        subject: mail.subject(),
        text: mail.text().unwrap_or_default(),
        html: mail.html().unwrap_or_default(),
        unsubscribe: None,
    }))
}

/// A letter that only shows that letters arrive.
pub fn test_letter(app: &App, id: OutboxId) -> Letter {
    let mail = TestMail { t: Texts::default() };
    Letter {
        id: id.to_string(),
        date: app.clock.now(),
        site: "test".to_owned(),
        thread: "test".to_owned(),
        subject: mail.subject(),
        text: mail.text(),
        html: mail.html().unwrap_or_default(),
        unsubscribe: None,
    }
}
