use std::fmt;

use clap::Subcommand;

use super::{Failure, open, say, site_of};
use crate::{
    config::Config,
    domain::{
        ArticleKey, BREAKER_MINUTES, BREAKER_NOTE, BreakerAction, Cause, Mode, Opening, SLOWEST, Site,
        Timestamp, Title,
    },
    flow::{
        App, FlowError, articles,
        audit::Author,
        breakers::{self, Pause, Target},
        engaging,
    },
    store::{ArticlePatch, ArticleRow, Change},
};

const AUTHOR: Author = Author { moderator: None, via: "cli" };

/// See, open, close, pause, rename and delete articles, and give them rules of their own.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The newest articles of a site, at most 1,000.
    List {
        /// The site's key.
        site: String,
    },
    /// All that is known of an article.
    Show(Which),
    /// Let an article take comments, however old it is.
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
    /// Give an article rules in place of those of its site.
    #[command(group = clap::ArgGroup::new("rules").args(["mode", "slow"]).required(true).multiple(true))]
    Set {
        #[command(flatten)]
        which: Which,
        /// What happens to a comment in which screening found nothing; `site` for what the site has.
        #[arg(long, value_parser = ["hold-all", "trust-known", "open", "site"])]
        mode: Option<String>,
        /// Seconds between two comments of one reader, 0 to 86400; `site` for those of the site.
        #[arg(long, value_name = "SECONDS")]
        slow: Option<String>,
    },
    /// Take an article out of the usual rules for a while.
    Pause {
        #[command(flatten)]
        which: Which,
        /// What happens to new comments: a moderator sees them first, each reader can write only now and then, or none are taken.
        #[arg(long, value_parser = ["hold-all", "slow", "closed"], default_value = "hold-all")]
        action: String,
        /// For how long, at most a week.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=i64::from(BREAKER_MINUTES)))]
        minutes: u32,
        /// Why, for colleagues.
        #[arg(long)]
        note: Option<String>,
    },
    /// Put an article back under the usual rules.
    Resume(Which),
    /// Make an article and its comments unreachable.
    Delete(Which),
    /// Count anew how engaging all articles are, of every site: while it goes on, some are missed in the list.
    Recount,
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
            let site = site_of(&app, &site)?;
            let rows = articles::list(&app, &site, None, 1_000).await?;
            return rows.iter().try_for_each(|row| say(Line(row, &site, app.clock.now())));
        }
        Command::Show(which) => {
            let site = site_of(&app, &which.site)?;
            let row =
                articles::get(&app, &site, &key(&which)?).await.map_err(|error| missing(error, &which))?;
            return show(&row, &site, app.clock.now());
        }
        Command::Delete(which) => {
            let site = site_of(&app, &which.site)?;
            articles::delete(&app, &site, &key(&which)?, AUTHOR)
                .await
                .map_err(|error| missing(error, &which))?;
            return say("Deleted.");
        }
        Command::Pause { which, action, minutes, note } => {
            let action = BreakerAction::parse(&action)
                .ok_or_else(|| Failure::usage("--action is not one of the three"))?;
            return interrupt(&app, &which, Some(Pause { action, minutes, note: note_of(note)? })).await;
        }
        Command::Resume(which) => return interrupt(&app, &which, None).await,
        Command::Recount => {
            let counted = engaging::rebuild(&app).await?;
            return say(format_args!("Counted {counted} articles."));
        }
        Command::Set { which, mode, slow } => {
            let mode = mode.map_or(Change::Stays, |name| Change::Becomes(Mode::parse(&name)));
            let slow_seconds = slow.map_or(Ok(Change::Stays), |raw| slow_of(&raw))?;
            (which, ArticlePatch { mode, slow_seconds, ..ArticlePatch::default() })
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
    if patch.mode == Change::Stays && patch.slow_seconds == Change::Stays {
        say(Line(&row, &site, app.clock.now()))
    } else {
        show(&row, &site, app.clock.now())
    }
}

/// Takes an article out of the usual rules, or puts it back.
async fn interrupt(app: &App, which: &Which, pause: Option<Pause>) -> Result<(), Failure> {
    let (site, key) = (site_of(app, &which.site)?, key(which)?);
    let target = Target { site: &site, key: &key, edition: None };
    let done = match &pause {
        Some(pause) => breakers::paused(app, AUTHOR, target, pause).await,
        None => breakers::resumed(app, AUTHOR, target).await,
    };
    match done {
        Ok(row) => show(&row, &site, app.clock.now()),
        Err(FlowError::AlreadyDecided) => Err(Failure::Failed("the article is not paused".to_owned())),
        Err(error) => Err(missing(error, which)),
    }
}

fn note_of(raw: Option<String>) -> Result<Option<String>, Failure> {
    let note = raw.map(|raw| raw.trim().to_owned()).filter(|note| !note.is_empty());
    let is_fit = |note: &String| note.chars().count() <= BREAKER_NOTE && !note.chars().any(char::is_control);
    if note.as_ref().is_none_or(is_fit) {
        Ok(note)
    } else {
        Err(Failure::usage("--note takes at most 500 characters on one line"))
    }
}

fn slow_of(raw: &str) -> Result<Change<u32>, Failure> {
    if raw == "site" {
        return Ok(Change::Becomes(None));
    }
    let seconds = raw.parse().ok().filter(|seconds| *seconds <= SLOWEST);
    let seconds = seconds.ok_or_else(|| Failure::usage("--slow takes 0 to 86400 seconds, or `site`"))?;
    Ok(Change::Becomes(Some(seconds)))
}

/// An article on one line: its key, whether it takes comments, how many are published, its title.
struct Line<'a>(&'a ArticleRow, &'a Site, Timestamp);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(row, site, now) = self;
        let state = match row.rules.opening(&site.policy, *now) {
            Opening::Open | Opening::Until(_) => "open",
            Opening::Closed | Opening::Since(_) => "closed",
            Opening::Paused(_) => "paused",
        };
        write!(f, "{}\t{state}\t{}\t{}", row.key, row.approved_count, row.title)
    }
}

fn show(row: &ArticleRow, site: &Site, now: Timestamp) -> Result<(), Failure> {
    say(format_args!("key        {}", row.key))?;
    say(format_args!("title      {}", row.title))?;
    say(format_args!("url        {}", row.url))?;
    say(format_args!("published  {}", row.approved_count))?;
    match row.rules.opening(&site.policy, now) {
        Opening::Open => say("comments   open"),
        Opening::Until(at) => say(format_args!("comments   open until {at}")),
        Opening::Closed => say("comments   closed"),
        Opening::Since(at) => say(format_args!("comments   closed since {at}")),
        Opening::Paused(at) => say(format_args!("comments   closed until {at}")),
    }?;
    match row.rules.mode {
        Some(mode) => say(format_args!("mode       {}", mode.name())),
        None => say(format_args!("mode       {} (the site's)", site.policy.mode.name())),
    }?;
    match (row.rules.slow_seconds, site.policy.slow_seconds) {
        (Some(0), _) => say("slow       no"),
        (Some(seconds), _) => say(format_args!("slow       {seconds} seconds")),
        (None, 0) => say("slow       no (the site's)"),
        (None, seconds) => say(format_args!("slow       {seconds} seconds (the site's)")),
    }?;
    let Some(breaker) = row.rules.breaker(now) else { return say("paused     no") };
    say(format_args!("paused     {} until {}", breaker.action.name(), breaker.until))?;
    match row.breaker.cause() {
        Some(Cause::Rate { arrived }) => {
            say(format_args!("why        {arrived} comments within ten minutes"))
        }
        Some(Cause::Rejections { rejected, decided }) => {
            say(format_args!("why        {rejected} rejected of {decided} decided within ten minutes"))
        }
        None => Ok(()),
    }?;
    match &row.breaker.breaker_note {
        Some(note) => say(format_args!("note       {note}")),
        None => Ok(()),
    }
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
