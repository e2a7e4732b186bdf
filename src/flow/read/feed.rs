//! Atom feeds (RFC 4287, with the threads of RFC 4685) of an article and of a site: what was published last.

use std::{io, sync::Arc};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use tokio::time::Instant;
use url::form_urlencoded;

use super::{CommentView, Page, article, is_open, view::Published};
use crate::{
    domain::{ArticleId, Site, Timestamp},
    flow::{
        App, FlowError,
        pages::{Contents, Fresh, PageKey, Seen},
    },
    store::{FreshRow, Sort, StoreError},
    texts::Texts,
    vault::{digest, named},
};

/// Comments of a feed.
const ENTRIES: usize = 50;
/// The same, as the store counts.
const MOST: i64 = 50;

/// A feed of an article, or of a whole site; from memory when it was read before. That of an article which readers do not
/// know is empty.
pub async fn feed(app: &App, site: &Site, key: Option<&str>) -> Result<Arc<Page>, FlowError> {
    let arrived = Instant::now();
    match key {
        Some(key) => of_article(app, site, (key, arrived)).await,
        None => of_site(app, site, arrived).await,
    }
}

const fn page_key(site: &Site, article: ArticleId, (version, open): (i64, bool)) -> PageKey {
    let contents = Contents::Feed(site.policy.language);
    PageKey {
        contents,
        article,
        version,
        open,
        sort: Sort::Newest,
        after: None,
        limit: ENTRIES,
        around: None,
    }
}

async fn of_article(app: &App, site: &Site, (key, arrived): (&str, Instant)) -> Result<Arc<Page>, FlowError> {
    let Some(seen) = article(app, site, key).await? else {
        return Ok(Arc::new(Feed::new(app, site, Some(key)).page(&[])));
    };
    let of = |seen: &crate::store::PublishedArticle| {
        page_key(site, seen.id, (seen.version, is_open(app, site, seen)))
    };
    let wanted = of(&seen);
    if let Some(page) = app.pages.page(&wanted) {
        return Ok(page);
    }
    let prepare = async {
        let epoch = app.pages.epoch();
        let (seen, rows): (Seen, Vec<FreshRow>) = app
            .db
            .snapshot(async |tx| {
                let Some(article) = tx.published_article(site.id, key).await? else {
                    return Ok::<_, StoreError>((None, Vec::new()));
                };
                let rows = tx.fresh_of_article(article.id, MOST).await?;
                Ok((Some(Arc::new(article)), rows))
            })
            .await?;
        app.pages.keep_article((site.id, key), &seen, epoch);
        let mut feed = Feed::new(app, site, Some(key));
        if let Some(article) = &seen {
            feed.title = feed.t.say("comments-title-on").with("title", article.title.clone()).into();
            feed.alternate = Some(article.url.clone());
        }
        let page = Arc::new(feed.page(&rows));
        if let Some(article) = &seen {
            app.pages.keep_page(of(article), &page);
        }
        Ok(page)
    };
    app.pages.build(&wanted).since(arrived, prepare).await
}

async fn of_site(app: &App, site: &Site, arrived: Instant) -> Result<Arc<Page>, FlowError> {
    let feed = Feed::new(app, site, None);
    // a site has no version: which comments these are, and each one's, tells as much
    let of = |state: &Fresh| {
        let says = (&feed.title, &feed.alternate, state);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest(&serde_json::to_vec(&says).unwrap_or_default()).as_bytes()[..8]);
        page_key(site, site.id.uuid().into(), (i64::from_be_bytes(bytes), true))
    };
    let wanted = of(&fresh(app, site).await?);
    if let Some(page) = app.pages.page(&wanted) {
        return Ok(page);
    }
    let prepare = async {
        let (state, rows) = app
            .db
            .snapshot(async |tx| {
                let state = tx.fresh_state(site.id, MOST).await?;
                Ok::<_, StoreError>((state, tx.fresh_of_site(site.id, MOST).await?))
            })
            .await?;
        let page = Arc::new(feed.page(&rows));
        app.pages.keep_page(of(&state.into()), &page);
        Ok(page)
    };
    app.pages.build(&wanted).since(arrived, prepare).await
}

/// What the feed tells now: from memory, or read and remembered.
async fn fresh(app: &App, site: &Site) -> Result<Fresh, StoreError> {
    if let Some(fresh) = app.pages.fresh(site.id) {
        return Ok(fresh);
    }
    let changes = app.pages.changes();
    let fresh = app.db.read(async |tx| tx.fresh_state(site.id, MOST).await).await?.into();
    app.pages.keep_fresh(site.id, changes, &fresh);
    Ok(fresh)
}

/// What a feed says of itself.
struct Feed {
    t: Texts,
    id: String,
    title: String,
    /// Where it is read.
    own: String,
    /// The page that it is about.
    alternate: Option<String>,
}

impl Feed {
    fn new(app: &App, site: &Site, key: Option<&str>) -> Self {
        let t = Texts::for_readers(site.policy.language);
        let mut own = format!("{}/v1/sites/{}/feed.atom", app.settings.public_url, site.key.as_str());
        let title = match key {
            Some(key) => {
                own += "?article=";
                own.extend(form_urlencoded::byte_serialize(key.as_bytes()));
                t.say("comments-title").into()
            }
            None => t.say("feed-title").with("site", site.name.clone()).into(),
        };
        let home = || site.origins.first().map(|origin| format!("{}/", origin.as_str()));
        // by its key, and not by an id: an article that nobody knows has none
        let id = key.map_or(site.id.uuid(), |key| named(site.id.uuid(), key));
        let alternate = if key.is_none() { home() } else { None };
        Self { t, id: format!("urn:uuid:{id}"), title, own, alternate }
    }

    fn page(&self, rows: &[FreshRow]) -> Page {
        // nothing can go wrong where bytes are put behind each other
        Page::of(self.written(rows).unwrap_or_default())
    }

    fn written(&self, rows: &[FreshRow]) -> io::Result<Vec<u8>> {
        let entries: Vec<Entry<'_>> = rows.iter().filter_map(Entry::of).collect();
        let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or_default();
        let mut xml = Writer::new(Vec::new());
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        xml.create_element("feed")
            .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
            .with_attribute(("xmlns:thr", "http://purl.org/syndication/thread/1.0"))
            .with_attribute(("xml:lang", self.t.lang()))
            .write_inner_content(|xml| {
                text(xml, "id", &self.id)?;
                text(xml, "title", &self.title)?;
                text(xml, "updated", &updated.to_string())?;
                link(xml, ("self", "application/atom+xml"), &self.own)?;
                if let Some(url) = &self.alternate {
                    link(xml, ("alternate", "text/html"), url)?;
                }
                entries.iter().try_for_each(|entry| entry.write(xml, self.t))
            })?;
        Ok(xml.into_inner())
    }
}

/// A comment of a feed.
struct Entry<'a> {
    said: Published,
    updated: Timestamp,
    url: &'a str,
    title: &'a str,
}

impl<'a> Entry<'a> {
    fn of(row: &'a FreshRow) -> Option<Self> {
        let CommentView::Published(said) = CommentView::new(row.comment.clone()) else { return None };
        let updated = said.at.max(said.edited).unwrap_or_default();
        Some(Self { said: *said, updated, url: &row.url, title: &row.title })
    }

    fn write(&self, xml: &mut Writer<Vec<u8>>, t: Texts) -> io::Result<()> {
        let (said, author) = (&self.said, &self.said.author.name);
        let title = t.say("feed-entry").with("author", author.clone()).with("title", self.title.to_owned());
        xml.create_element("entry").write_inner_content(|xml| {
            text(xml, "id", &format!("urn:uuid:{}", said.id))?;
            text(xml, "title", &title.to_string())?;
            text(xml, "published", &said.at.unwrap_or_default().to_string())?;
            text(xml, "updated", &self.updated.to_string())?;
            xml.create_element("author").write_inner_content(|xml| text(xml, "name", author))?;
            link(xml, ("alternate", "text/html"), &format!("{}#comment-{}", self.url, said.id))?;
            if let Some(parent) = said.parent {
                xml.create_element("thr:in-reply-to")
                    .with_attribute(("ref", format!("urn:uuid:{parent}").as_str()))
                    .with_attribute(("href", clean(&format!("{}#comment-{parent}", self.url)).as_str()))
                    .with_attribute(("type", "text/html"))
                    .write_empty()?;
            }
            let html = clean(&said.html);
            let content = xml.create_element("content").with_attribute(("type", "html"));
            content.write_text_content(BytesText::new(&html)).map(drop)
        })?;
        Ok(())
    }
}

fn text(xml: &mut Writer<Vec<u8>>, name: &str, says: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&clean(says))).map(drop)
}

fn link(xml: &mut Writer<Vec<u8>>, (rel, kind): (&str, &str), href: &str) -> io::Result<()> {
    xml.create_element("link")
        .with_attribute(("rel", rel))
        .with_attribute(("type", kind))
        .with_attribute(("href", clean(href).as_str()))
        .write_empty()
        .map(drop)
}

/// Without the characters that XML 1.0 has no way to write (§2.2).
fn clean(text: &str) -> String {
    let may_stand = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(may_stand).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_say_is_left_out() {
        assert_eq!(
            clean("a\0\u{1}\u{b}\u{1f}b\t\n\u{7f}\u{fffd}\u{fffe}\u{ffff}\u{10ffff}"),
            "ab\t\n\u{7f}\u{fffd}\u{10ffff}"
        );
    }
}
