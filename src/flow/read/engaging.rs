//! The most engaging articles, as readers get them.

use serde::Serialize;
use utoipa::ToSchema;

use super::fragment;
use crate::{
    domain::{Site, Timestamp, Window},
    flow::App,
    store::{RankedRow, StoreError},
};

/// The most engaging articles of a site in a window.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Engaging)]
pub struct EngagingView {
    /// The articles, the most engaging one first.
    pub articles: Vec<EngagingArticle>,
}

/// An article that is engaging, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EngagingArticle {
    /// The site's key.
    pub key: String,
    /// Its canonical URL.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// Published comments, with those from before the window.
    pub comments: i64,
    /// Different people who wrote within the window.
    pub commenters: i64,
    /// The points of all reasons together.
    pub score: f64,
    /// When the latest of its comments was published.
    #[serde(rename = "last_comment_at")]
    pub last: Timestamp,
    /// What the score is made of.
    pub explained: Explained,
}

/// What a score is made of. Everybody counts once for each reason; what they add is halved each quarter of the window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Explained {
    /// People who wrote.
    pub commenters: Counted,
    /// People who answered somebody else.
    pub conversations: Counted,
    /// People whom the editors recommend a comment of.
    pub picks: Counted,
    /// Comments that a moderator approved.
    pub approval: Approval,
}

/// A reason that is counted.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Counted {
    /// How many.
    pub count: i64,
    /// Points.
    pub adds: f64,
}

/// Of the people who wrote, those whose latest comment a moderator approved, and not a rule alone.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Approval {
    /// The part, 0 to 1.
    pub share: f64,
    /// Points: at most a quarter of all others.
    pub adds: f64,
}

/// What readers see of the most engaging articles.
pub async fn engaging(
    app: &App,
    site: &Site,
    window: Window,
    limit: usize,
) -> Result<EngagingView, StoreError> {
    let since = app.clock.now().minus(window.span());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = app.db.read(async |tx| tx.ranked((site.id, window), since, limit).await).await?;
    Ok(EngagingView { articles: rows.into_iter().map(EngagingArticle::new).collect() })
}

impl EngagingArticle {
    fn new(row: RankedRow) -> Self {
        let why = row.reasons;
        let counted = |count, adds| Counted { count, adds: whole(adds) };
        Self {
            key: row.key,
            url: row.url,
            title: row.title,
            comments: row.approved_count,
            commenters: why.commenters,
            score: whole(row.score),
            last: row.last_at,
            explained: Explained {
                commenters: counted(why.commenters, why.by_commenters),
                conversations: counted(why.conversations, why.by_conversations),
                picks: counted(why.picks, why.by_picks),
                approval: Approval { share: whole(why.share), adds: whole(why.by_approval) },
            },
        }
    }
}

/// Of thousandths; 32 bits of them are four million points.
fn whole(thousandths: i64) -> f64 {
    f64::from(i32::try_from(thousandths).unwrap_or(i32::MAX)) / 1_000.0
}

/// The same as a list of links, for the side of a page.
pub async fn engaging_fragment(
    app: &App,
    site: &Site,
    window: Window,
    limit: usize,
) -> Result<String, StoreError> {
    let view = engaging(app, site, window, limit).await?;
    Ok(fragment::engaging(&view, site.policy.language))
}
