//! What moderators are told: a letter made from the comment as it stands when it is sent.

use super::{App, accounts, links, render::excerpt};
use crate::{
    domain::{CommentId, Links, ModeratorId, OutboxId, Timestamp},
    notify::{InvitationMail, Letter, MailLink, ModeratorMail, ParentExcerpt},
    screen,
    store::{ModeratorRow, QueueRow, StoreError},
};

/// Characters of the comment that is answered.
const CONTEXT: usize = 280;

/// The letter to a moderator about a comment; none when it waits no more.
pub async fn compose(
    app: &App,
    id: OutboxId,
    (comment, moderator): (CommentId, ModeratorId),
) -> Result<Option<Letter>, StoreError> {
    let now = app.clock.now();
    let found = app
        .db
        .snapshot(async |tx| {
            let Some(item) = tx.queue_items(&[comment], now).await?.pop() else { return Ok(None) };
            let parent = match item.parent {
                Some(parent) => tx.queue_items(&[parent], now).await?.pop(),
                None => None,
            };
            Ok::<_, StoreError>(Some((item, parent)))
        })
        .await?;
    let Some((item, parent)) = found.filter(|(item, _)| item.needs.is_some()) else { return Ok(None) };
    let link = link(app, &item, moderator);
    Ok(Some(letter(app, id, (&item, parent.as_ref()), link)))
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

fn letter(app: &App, id: OutboxId, (item, parent): (&QueueRow, Option<&QueueRow>), link: MailLink) -> Letter {
    let site = app.sites.get(item.site).map_or_else(|| item.site_key.clone(), |site| site.name.clone());
    let mail = ModeratorMail {
        site,
        article_title: item.article_title.clone(),
        author: item.name.clone(),
        text: item.text.clone(),
        submitted: item.submitted_at.for_people(),
        findings: item.findings.iter().map(|finding| screen::in_words(&finding.code).to_owned()).collect(),
        parent: parent.map(|parent| ParentExcerpt {
            author: parent.name.clone(),
            excerpt: excerpt(parent.text_in_force(), CONTEXT),
        }),
        link,
    };
    Letter {
        id: id.to_string(),
        date: item.submitted_at,
        site: item.site_key.clone(),
        thread: format!(
            "article.{}",
            crate::vault::digest(format!("{}\n{}", item.site_key, item.article_key).as_bytes())
        ),
        subject: mail.subject(),
        text: mail.text().unwrap_or_default(),
        html: mail.html().unwrap_or_default(),
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
