//! Prepared pages: bytes that were rendered once and are copied from then on.
//!
//! A page is kept under its article's public version, so that a page of an older version is simply
//! never asked for again. Which version an article has is kept too; it is forgotten when this
//! process changes the article, and when the once-a-second look finds that another one did.

use std::{
    convert::Infallible,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use quick_cache::{Equivalent, Weighter, sync::Cache};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    domain::{ArticleId, CommentId, Language, SiteId},
    store::{Around, PublishedArticle, Sort},
};

/// Articles whose version is kept, at most.
const ARTICLES: usize = 100_000;
/// Sites whose feed is kept, at most.
const SITES: usize = 1_000;
/// Pages that somebody prepares or has just prepared, at most.
const BUILDS: usize = 4_000;
/// What a large page weighs. The cache is cut into parts for at least 32 of these, and keeps no page that is larger
/// than a part.
const LARGE: u64 = 256 * 1024;
/// What the bookkeeping of an entry weighs beside its bytes.
const OVERHEAD: usize = 256;

/// What a page is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Programs: JSON.
    #[default]
    Json,
    /// Pages of the site that take it in: HTML, in the language of the site.
    Html(Language),
    /// The same, for search engines: JSON-LD in the words of schema.org.
    JsonLd,
}

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contents {
    /// Comments with what answers them.
    Comments(Format),
    /// What was published last, as Atom (RFC 4287) in the language of the site.
    Feed(Language),
}

/// One page of one version of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageKey {
    pub contents: Contents,
    pub article: ArticleId,
    pub version: i64,
    /// An article that closes by itself does so without a new version.
    pub open: bool,
    pub sort: Sort,
    pub after: Option<CommentId>,
    pub limit: usize,
    pub around: Option<Around>,
}

impl PageKey {
    /// The same page of whichever version.
    const fn of_any_version(self) -> Self {
        Self { version: 0, open: true, ..self }
    }
}

/// Where those who want the same page wait for the one who prepares it.
#[derive(Debug, Default)]
pub struct Build {
    latest: Mutex<Option<(Instant, Weak<Page>)>>,
}

impl Build {
    /// The page that somebody prepared who began at this moment or later; else what `prepare` makes. One at a time: where an
    /// article changes and a crowd reads it, the crowd is served by two of them, and not each by its own.
    pub async fn since<E>(
        &self,
        arrived: Instant,
        prepare: impl Future<Output = Result<Arc<Page>, E>>,
    ) -> Result<Arc<Page>, E> {
        let mut latest = self.latest.lock().await;
        if let Some((began, page)) = latest.as_ref()
            && *began >= arrived
            && let Some(page) = page.upgrade()
        {
            return Ok(page);
        }
        let began = Instant::now();
        let page = prepare.await?;
        *latest = Some((began, Arc::downgrade(&page)));
        Ok(page)
    }
}

/// An article as readers may know it; none when there is no such article.
pub type Seen = Option<Arc<PublishedArticle>>;

/// The comments that the feed of a site tells: each with its version and that of its article.
pub type Fresh = Arc<[(CommentId, i64, i64)]>;

/// The caches.
#[derive(Debug)]
pub struct Pages {
    bytes: Option<Cache<PageKey, Arc<Page>, Weight>>,
    articles: Cache<(SiteId, String), Seen>,
    builds: Cache<PageKey, Arc<Build>>,
    /// What feeds of sites tell, as of so many changes.
    fresh: Cache<SiteId, (u64, Fresh)>,
    /// Counts what was forgotten: what was read before must not be kept after.
    epoch: AtomicU64,
    /// Counts the changes of whichever article, known here or not.
    changes: AtomicU64,
}

/// A rendered answer in one encoding.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What is sent.
    pub bytes: Bytes,
    /// Its strong validator (RFC 9110 §8.8.3), as the header has it.
    pub etag: Bytes,
}

/// A rendered answer in all encodings that are worth it.
#[derive(Clone, Debug)]
pub struct Page {
    /// As it is.
    pub plain: Variant,
    /// Brotli (RFC 7932), when that is shorter.
    pub brotli: Option<Variant>,
    /// Gzip (RFC 1952), when that is shorter.
    pub gzip: Option<Variant>,
    /// Behind which the next page begins, where the bytes do not say it.
    pub next: Option<CommentId>,
}

impl Page {
    fn weight(&self) -> usize {
        let variants = [Some(&self.plain), self.brotli.as_ref(), self.gzip.as_ref()];
        variants.into_iter().flatten().map(|variant| variant.bytes.len()).sum::<usize>() + OVERHEAD
    }
}

/// Pages weigh as much as their bytes.
#[derive(Clone, Debug)]
struct Weight;

impl Weighter<PageKey, Arc<Page>> for Weight {
    fn weight(&self, _: &PageKey, page: &Arc<Page>) -> u64 {
        page.weight().try_into().unwrap_or(u64::MAX)
    }
}

/// An article's key as it is looked up.
#[derive(Hash)]
struct Named<'k>(SiteId, &'k str);

impl Equivalent<(SiteId, String)> for Named<'_> {
    fn equivalent(&self, known: &(SiteId, String)) -> bool {
        self.0 == known.0 && self.1 == known.1
    }
}

impl Pages {
    /// Keeps at most `bytes` of pages; 0 keeps none.
    pub fn new(bytes: u64) -> Self {
        let large = usize::try_from(bytes / LARGE).unwrap_or(usize::MAX);
        Self {
            bytes: (bytes > 0).then(|| Cache::with_weighter(large, bytes, Weight)),
            articles: Cache::new(ARTICLES),
            builds: Cache::new(BUILDS),
            fresh: Cache::new(SITES),
            epoch: AtomicU64::new(0),
            changes: AtomicU64::new(0),
        }
    }

    /// What must be taken before reading what is to be kept.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// The article, if it is known whether there is one.
    pub fn article(&self, site: SiteId, key: &str) -> Option<Seen> {
        self.bytes.as_ref()?;
        self.articles.get(&Named(site, key))
    }

    /// Keeps an article that was read since `epoch`, unless something was forgotten meanwhile.
    pub fn keep_article(&self, (site, key): (SiteId, &str), seen: &Seen, epoch: u64) {
        if self.bytes.is_some() && self.epoch() == epoch {
            self.articles.insert((site, key.to_owned()), seen.clone());
            if self.epoch() != epoch {
                self.articles.remove(&Named(site, key));
            }
        }
    }

    /// What must be taken before reading what the feed of a site tells.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// What the feed of this site tells, if nothing changed since that was read.
    pub fn fresh(&self, site: SiteId) -> Option<Fresh> {
        self.bytes.as_ref()?;
        let (changes, fresh) = self.fresh.get(&site)?;
        (changes == self.changes()).then_some(fresh)
    }

    /// Keeps what was read after so many changes.
    pub fn keep_fresh(&self, site: SiteId, changes: u64, fresh: &Fresh) {
        if self.bytes.is_some() {
            self.fresh.insert(site, (changes, fresh.clone()));
        }
    }

    /// A page that was prepared before.
    pub fn page(&self, key: &PageKey) -> Option<Arc<Page>> {
        self.bytes.as_ref()?.get(key)
    }

    /// Where a page that is not there yet is prepared.
    pub fn build(&self, key: &PageKey) -> Arc<Build> {
        let made =
            self.builds.get_or_insert_with(&key.of_any_version(), || Ok::<_, Infallible>(Arc::default()));
        made.unwrap_or_default()
    }

    /// Keeps a page of the version it names.
    pub fn keep_page(&self, key: PageKey, page: &Arc<Page>) {
        if let Some(bytes) = &self.bytes {
            bytes.insert(key, page.clone());
        }
    }

    /// The article of that key changed, or came to be.
    pub fn forget(&self, site: SiteId, key: &str) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.articles.remove(&Named(site, key));
    }

    /// Another process may have changed this article to that version.
    pub fn forget_older(&self, site: SiteId, key: &str, version: i64) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        let known = self.articles.get(&Named(site, key));
        if known.is_some_and(|seen| seen.as_ref().is_none_or(|seen| seen.version != version)) {
            self.forget(site, key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use futures_util::future::join_all;

    use super::*;

    fn page(text: &'static str) -> Arc<Page> {
        Arc::new(Page {
            plain: Variant { bytes: Bytes::from_static(text.as_bytes()), etag: Bytes::new() },
            brotli: None,
            gzip: None,
            next: None,
        })
    }

    #[tokio::test]
    async fn a_crowd_is_served_by_one_who_prepares() {
        let build = Build::default();
        let prepared = AtomicU64::new(0);
        let prepare = async || {
            prepared.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(page("new"))
        };
        let arrived = Instant::now();
        let pages = join_all((0..100).map(|_| build.since(arrived, prepare()))).await;
        assert!(pages.iter().all(|page| page.as_ref().is_ok_and(|page| page.plain.bytes == "new")));
        assert_eq!(prepared.into_inner(), 1);
    }

    #[tokio::test]
    async fn whoever_comes_later_gets_none_that_was_begun_before() {
        let build = Build::default();
        let made = |text| async move { Ok::<_, Infallible>(page(text)) };
        let old = build.since(Instant::now(), made("old")).await.unwrap();
        let later = Instant::now() + Duration::from_millis(1);
        assert_eq!(build.since(later, made("new")).await.unwrap().plain.bytes, "new");
        assert_eq!(old.plain.bytes, "old");
    }

    #[tokio::test]
    async fn one_who_fails_or_goes_away_leaves_it_to_the_next() {
        let build = Build::default();
        let arrived = Instant::now();
        assert_eq!(
            build.since(arrived, async { Err::<Arc<Page>, _>("failed") }).await.unwrap_err(),
            "failed"
        );
        let gone = tokio::time::timeout(Duration::ZERO, build.since::<Infallible>(arrived, pending())).await;
        assert!(gone.is_err());
        assert_eq!(
            build.since(arrived, async { Ok::<_, Infallible>(page("new")) }).await.unwrap().plain.bytes,
            "new"
        );
    }
}
