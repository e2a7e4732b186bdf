use clap::Subcommand;

use super::{Failure, open, say, site_of};
use crate::{
    config::Config,
    domain::{ArticleKey, Title},
    flow::{FlowError, articles, audit::Author},
    store::ArticlePatch,
};

const AUTHOR: Author = Author { moderator: None, via: "cli" };

/// See, open, close, rename and delete articles.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The newest articles of a site, at most 1,000.
    List {
        /// The site's key.
        site: String,
    },
    /// Let an article take comments.
    Open(Which),
    /// Let an article take no more comments; what is published stays.
    Close(Which),
    /// Give an article another title.
    Rename {
        #[command(flatten)]
        which: Which,
        /// The new title, at most 300 characters.
        title: String,
    },
    /// Make an article and its comments unreachable.
    Delete(Which),
}

/// An article.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The site's key.
    site: String,
    /// The article's key.
    article: String,
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config).await?;
    let (which, patch) = match command {
        Command::List { site } => {
            let rows = articles::list(&app, &*site_of(&app, &site)?, None, 1_000).await?;
            return rows.iter().try_for_each(|row| {
                let state = if row.open { "open" } else { "closed" };
                say(format_args!("{}\t{state}\t{}\t{}", row.key, row.approved_count, row.title))
            });
        }
        Command::Delete(which) => {
            let site = site_of(&app, &which.site)?;
            articles::delete(&app, &site, &key(&which)?, AUTHOR)
                .await
                .map_err(|error| missing(error, &which))?;
            return say("Deleted.");
        }
        Command::Open(which) => (which, ArticlePatch { open: Some(true), ..ArticlePatch::default() }),
        Command::Close(which) => (which, ArticlePatch { open: Some(false), ..ArticlePatch::default() }),
        Command::Rename { which, title } => {
            let title =
                Title::parse(&title).map_err(|_| Failure::usage("a title has 1 to 300 characters"))?;
            (which, ArticlePatch { title: Some(title.as_str().to_owned()), ..ArticlePatch::default() })
        }
    };
    let site = site_of(&app, &which.site)?;
    let row = articles::patch(&app, &site, (&key(&which)?, &patch), AUTHOR)
        .await
        .map_err(|error| missing(error, &which))?;
    let state = if row.open { "open" } else { "closed" };
    say(format_args!("{}\t{state}\t{}\t{}", row.key, row.approved_count, row.title))
}

fn key(which: &Which) -> Result<ArticleKey, Failure> {
    ArticleKey::parse(&which.article)
        .map_err(|_| Failure::usage("the key of an article has 1 to 200 characters"))
}

fn missing(error: FlowError, which: &Which) -> Failure {
    match error {
        FlowError::NotFound => Failure::Failed(format!("the site {} has no such article", which.site)),
        other => other.into(),
    }
}
