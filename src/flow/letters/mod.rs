//! What moderators are told: a letter made from the comments as they stand when it is sent.

mod digest;

use std::time::Duration;

use super::{App, accounts, links, render::excerpt};
use crate::{
    domain::{CommentId, Links, ModeratorId, OutboxId, Status, Timestamp},
    notify::{InvitationMail, Letter, MailLink, ModeratorMail, ParentExcerpt},
    screen,
    store::{ModeratorRow, QueueRow, StoreError},
};

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
    let mail = ModeratorMail {
        site: site_name(app, &item),
        article_title: item.article_title.clone(),
        author: item.name.clone(),
        text: item.text.clone(),
        submitted: item.submitted_at.for_people(),
        overdue: overdue.map(in_words),
        findings: findings(&item),
        parent: parent.map(|parent| ParentExcerpt {
            author: parent.name.clone(),
            excerpt: excerpt(&parent.text, CONTEXT),
        }),
        link: link(app, &item, moderator),
    };
    Ok(Some(Single { mail, item }))
}

impl Single {
    /// The letter, dated when it was closed, or when the comment arrived.
    fn letter(&self, id: OutboxId, closed_at: Option<Timestamp>) -> Letter {
        let (mail, item) = (&self.mail, &self.item);
        let article = format!("{}\n{}", item.site_key, item.article_key);
        Letter {
            id: id.to_string(),
            date: closed_at.unwrap_or(item.submitted_at),
            site: item.site_key.clone(),
            thread: format!("article.{}", crate::vault::digest(article.as_bytes())),
            subject: mail.subject(),
            text: mail.text().unwrap_or_default(),
            html: mail.html().unwrap_or_default(),
        }
    }
}

fn site_name(app: &App, item: &QueueRow) -> String {
    app.sites.get(item.site).map_or_else(|| item.site_key.clone(), |site| site.name.clone())
}

fn findings(item: &QueueRow) -> Vec<String> {
    item.findings.iter().map(|finding| screen::in_words(&finding.code).to_owned()).collect()
}

/// A span of time in its largest whole unit: `4 hours`.
fn in_words(span: Duration) -> String {
    let minutes = (span.as_secs() / 60).max(1);
    let (count, unit) = match minutes {
        0..120 => (minutes, "minute"),
        120..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Where this moderator is led: to a decision when the site allows that, bound to the version that the letter shows.
fn link(app: &App, item: &QueueRow, moderator: ModeratorId) -> MailLink {
    let public_url = &app.settings.public_url;
    match app.sites.get(item.site).map(|site| site.policy.links) {
        Some(Links::Decide) => {
            let (token, expires) = links::mint(app, (item.id, item.version), moderator);
            MailLink::Decide { url: format!("{public_url}/d/{token}"), until: expires.for_people() }
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
    let mail = InvitationMail {
        name: person.name.clone(),
        sign_in_name: person.email.clone(),
        until: until.for_people(),
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
    }))
}

/// A letter that only shows that letters arrive.
pub fn test_letter(app: &App, id: OutboxId) -> Letter {
    let text = "This is a test from Replydesk: mail to moderators arrives.".to_owned();
    Letter {
        id: id.to_string(),
        date: app.clock.now(),
        site: "test".to_owned(),
        thread: "test".to_owned(),
        subject: "Replydesk: a test letter".to_owned(),
        html: format!("<p>{text}</p>"),
        text,
    }
}
