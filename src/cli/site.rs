use clap::{Args, Subcommand, ValueEnum, builder::PossibleValuesParser};

use super::{Failure, open, say, site_of};
use crate::{
    config::Config,
    domain::{Language, Links, Mode, Origin, Policy, Site, SiteKey, Website},
    flow::sites::{self, SiteSettings},
    store::StoreError,
};

/// Make and change sites.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a site.
    Add {
        /// Its name in URLs: a to z, 0 to 9 and hyphens, at most 40.
        key: String,
        #[command(flatten)]
        says: Says,
    },
    /// All sites.
    List,
    /// One site.
    Show {
        /// Its key.
        key: String,
    },
    /// Change a site; what is not named stays.
    Set {
        /// Its key.
        key: String,
        #[command(flatten)]
        says: Says,
    },
    /// Give out a token for the site's backend; it is shown once.
    Token {
        /// The site's key.
        key: String,
        /// Withdraw all tokens of the site instead.
        #[arg(long)]
        revoke: bool,
    },
}

/// What is said of a site.
#[derive(Debug, Args)]
pub struct Says {
    /// Its name for people.
    #[arg(long)]
    name: Option<String>,
    /// Whose pages may post and read, as `https://news.example`; may be given several times.
    #[arg(long = "origin", value_name = "URL")]
    origins: Vec<String>,
    /// What happens to a comment in which screening found nothing.
    #[arg(long, value_enum)]
    policy: Option<PolicyMode>,
    /// Longest comment in characters.
    #[arg(long, value_name = "CHARS")]
    comment_chars: Option<usize>,
    /// What the link in a moderator's mail may do.
    #[arg(long, value_enum)]
    links: Option<LinksMode>,
    /// Minutes after which a comment that still waits is brought up again by mail, 0 (never) to 43200.
    #[arg(long, value_name = "MINUTES")]
    overdue: Option<u32>,
    /// What its readers are spoken to in.
    #[arg(long, value_parser = PossibleValuesParser::new(Language::ALL.iter().map(|language| language.name())))]
    language: Option<String>,
    /// The site's privacy notice, which the form links to; empty for none.
    #[arg(long, value_name = "URL")]
    privacy_url: Option<String>,
    /// What the site says of what comments may be, which the form links to; empty for none.
    #[arg(long, value_name = "URL")]
    rules_url: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LinksMode {
    /// It opens a page that decides, without signing in.
    Decide,
    /// It opens the desk.
    Open,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PolicyMode {
    /// A moderator sees it first.
    HoldAll,
    /// That of people who are known is published at once, and a moderator sees the others first.
    TrustKnown,
    /// It is published at once and reviewed after.
    Open,
}

pub(super) async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config).await?;
    match command {
        Command::Add { key, says } => {
            let key = SiteKey::parse(&key)
                .map_err(|_| Failure::usage("the key of a site is a-z, 0-9 and hyphens, at most 40"))?;
            if says.origins.is_empty() {
                return Err(Failure::usage("a site needs at least one --origin"));
            }
            let name = says.name.clone().unwrap_or_else(|| key.as_str().to_owned());
            let settings =
                says.over(SiteSettings { name, origins: Vec::new(), policy: Policy::default() })?;
            match sites::add(&app, &key, &settings).await {
                Err(StoreError::Taken) => Err(Failure::failed("there is a site of that key already")),
                done => done.map_err(Failure::from).map(drop),
            }?;
            say(format_args!("Made the site {}.", key.as_str()))
        }
        Command::List => {
            let mut all = app.sites.all();
            all.sort_by(|a, b| a.key.as_str().cmp(b.key.as_str()));
            all.iter().try_for_each(|site| say(format_args!("{}\t{}", site.key.as_str(), site.name)))
        }
        Command::Show { key } => show(&*site_of(&app, &key)?),
        Command::Set { key, says } => {
            let site = site_of(&app, &key)?;
            let now = SiteSettings {
                name: site.name.clone(),
                origins: site.origins.clone(),
                policy: site.policy.clone(),
            };
            sites::set(&app, &site, &says.over(now)?).await?;
            show(&*site_of(&app, &key)?)
        }
        Command::Token { key, revoke: true } => {
            let revoked = sites::revoke_tokens(&app, &*site_of(&app, &key)?).await?;
            say(format_args!("Withdrew {revoked} tokens; running servers notice within a second."))
        }
        Command::Token { key, revoke: false } => {
            let secret = sites::issue_token(&app, &*site_of(&app, &key)?).await?;
            say("The token of the site's backend, shown once:")?;
            say(secret.reveal())
        }
    }
}

impl Says {
    fn over(self, mut settings: SiteSettings) -> Result<SiteSettings, Failure> {
        if let Some(name) = self.name {
            name.trim().clone_into(&mut settings.name);
        }
        if settings.name.is_empty() || settings.name.chars().count() > 200 {
            return Err(Failure::usage("--name takes 1 to 200 characters"));
        }
        if !self.origins.is_empty() {
            let parsed = self.origins.iter().map(|raw| Origin::parse(raw));
            settings.origins = parsed
                .collect::<Result<_, _>>()
                .map_err(|_| Failure::usage("--origin takes a scheme and a host, as https://news.example"))?;
        }
        if let Some(mode) = self.policy {
            settings.policy.mode = match mode {
                PolicyMode::HoldAll => Mode::HoldAll,
                PolicyMode::TrustKnown => Mode::TrustKnown,
                PolicyMode::Open => Mode::Open,
            };
        }
        if let Some(chars) = self.comment_chars {
            settings.policy.comment_chars = chars;
        }
        if let Some(links) = self.links {
            settings.policy.links = match links {
                LinksMode::Decide => Links::Decide,
                LinksMode::Open => Links::Open,
            };
        }
        if let Some(minutes) = self.overdue {
            settings.policy.overdue_minutes = minutes;
        }
        if let Some(language) = self.language.as_deref().and_then(Language::parse) {
            settings.policy.language = language;
        }
        if let Some(url) = &self.privacy_url {
            settings.policy.privacy_url = link(url, "--privacy-url")?;
        }
        if let Some(url) = &self.rules_url {
            settings.policy.rules_url = link(url, "--rules-url")?;
        }
        settings.policy.check().map_err(|member| match member {
            "overdue_minutes" => Failure::usage("--overdue takes 0 to 43200"),
            _ => Failure::usage("--comment-chars takes 1 to 65525"),
        })?;
        Ok(settings)
    }
}

fn link(typed: &str, flag: &str) -> Result<Option<String>, Failure> {
    let typed = Some(typed.trim()).filter(|typed| !typed.is_empty());
    let parsed = typed.map(Website::parse).transpose();
    let wrong = |_| Failure::usage(format!("{flag} takes an address of the web of at most 500 characters"));
    Ok(parsed.map_err(wrong)?.map(|url| url.as_str().to_owned()))
}

fn show(site: &Site) -> Result<(), Failure> {
    let origins: Vec<&str> = site.origins.iter().map(Origin::as_str).collect();
    say(format_args!("key            {}", site.key.as_str()))?;
    say(format_args!("name           {}", site.name))?;
    say(format_args!("origins        {}", origins.join(" ")))?;
    say(format_args!("policy         {}", site.policy.mode.name()))?;
    say(format_args!("comment chars  {}", site.policy.comment_chars))?;
    say(format_args!("links          {}", site.policy.links.name()))?;
    match site.policy.overdue_minutes {
        0 => say("overdue        never")?,
        minutes => say(format_args!("overdue        after {minutes} minutes"))?,
    }
    say(format_args!("language       {}", site.policy.language.name()))?;
    say(format_args!("privacy url    {}", site.policy.privacy_url.as_deref().unwrap_or("none")))?;
    say(format_args!("rules url      {}", site.policy.rules_url.as_deref().unwrap_or("none")))
}
