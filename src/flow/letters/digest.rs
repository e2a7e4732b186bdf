//! A letter about what its mentions name: like any other about one comment, a list where there are several. The list is
//! fixed, and what of it still waits is looked up each time that the letter goes out.

use std::collections::BTreeMap;

use super::{App, findings, in_words, link, nothing, single, site_name};
use crate::{
    domain::{MailMode, OutboxId, SiteId, Timestamp},
    flow::render::excerpt,
    notify::{DigestItem, DigestMail, DigestSite, Letter},
    store::{AddresseeRow, Listed, QueueRow, StoreError},
    texts::Texts,
};

/// Comments that a letter shows; the others are counted.
const SHOWN: i64 = 20;
/// Characters of each.
const EXCERPT: usize = 280;

/// What a letter finds of its list.
struct Found {
    listed: Vec<Listed>,
    items: Vec<QueueRow>,
    counts: Vec<(SiteId, i64)>,
}

/// The letter that was closed at that moment; none when nothing of its list waits any more.
pub async fn about_mentions(
    app: &App,
    (id, closed_at): (OutboxId, Timestamp),
    person: &AddresseeRow,
) -> Result<Option<Letter>, StoreError> {
    let now = app.clock.now();
    let letter = (id, person.all_sites);
    let found = app
        .db
        .snapshot(async |tx| {
            let counts = tx.counted(letter).await?;
            let listed = tx.listed(letter, SHOWN).await?;
            let ids: Vec<_> = listed.iter().map(|one| one.comment).collect();
            let items = if ids.len() > 1 { tx.queue_items(&ids, now).await? } else { Vec::new() };
            Ok::<_, StoreError>(Found { listed, items, counts })
        })
        .await?;
    match found.listed[..] {
        [] => Ok(None),
        [one] => {
            let waited = one.is_overdue.then(|| now.since(one.since));
            let found = single(app, (one.comment, person.id), waited).await?;
            Ok(found.map(|found| found.letter(id, Some(closed_at))))
        }
        _ => Ok(Some(digest(app, (id, closed_at), (person, &found)))),
    }
}

fn digest(
    app: &App,
    (id, closed_at): (OutboxId, Timestamp),
    (person, found): (&AddresseeRow, &Found),
) -> Letter {
    let (now, t) = (app.clock.now(), Texts::default());
    let mut sites: BTreeMap<(String, SiteId), DigestSite> = BTreeMap::new();
    for one in &found.listed {
        let Some(item) = found.items.iter().find(|item| item.id == one.comment) else { continue };
        let name = site_name(app, item);
        let count = found.counts.iter().find(|(site, _)| *site == item.site).map_or(0, |(_, count)| *count);
        let site = sites.entry((name.to_lowercase(), item.site)).or_insert_with(|| DigestSite {
            name,
            count: count.unsigned_abs(),
            items: Vec::new(),
        });
        site.items.push(DigestItem {
            article_title: item.article_title.clone(),
            author: item.name.clone(),
            submitted: t.moment(item.submitted_at).to_string(),
            excerpt: excerpt(&item.text, EXCERPT),
            overdue: one.is_overdue.then(|| in_words(t, now.since(one.since))),
            findings: findings(t, item),
            nothing: nothing(app, t, item),
            link: link(app, (item, t), person.id),
        });
    }
    // of one site by its key, of several by the desk's
    let key = match &found.counts[..] {
        [(site, _)] => app.sites.get(*site).map(|site| site.key.as_str().to_owned()),
        _ => None,
    };
    let mail = DigestMail {
        t,
        total: found.counts.iter().map(|(_, count)| count.unsigned_abs()).sum(),
        sites_in_all: found.counts.len(),
        sites: sites.into_values().collect(),
        desk_url: format!("{}/desk", app.settings.public_url),
        is_digest: person.mail.mode == MailMode::Digest,
        account_url: format!("{}/desk/account#mail", app.settings.public_url),
    };
    let key = key.unwrap_or_else(|| "desk".to_owned());
    Letter {
        id: id.to_string(),
        date: closed_at,
        thread: format!("digest.{}", crate::vault::digest(key.as_bytes())),
        site: key,
        subject: mail.subject(),
        text: mail.text().unwrap_or_default(),
        html: mail.html().unwrap_or_default(),
        unsubscribe: None,
    }
}
