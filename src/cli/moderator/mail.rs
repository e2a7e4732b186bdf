//! How somebody wants their mail, as the command line says it.

use clap::Args;

use super::Failure;
use crate::{
    domain::{DigestEvery, MailMode, MailSettings, ModeratorId, QuietHours, Zone},
    flow::{App, accounts},
};

/// What of it is changed; what is not named stays.
#[derive(Debug, Args)]
pub struct Mail {
    /// How they are told of comments that wait: each at once, in digests, or off.
    #[arg(long = "mail", value_parser = mode, value_name = "each|digest|off")]
    mode: Option<MailMode>,
    /// Minutes between two digests, 5 to 1440.
    #[arg(long, value_parser = digest, value_name = "N")]
    digest_minutes: Option<DigestEvery>,
    /// Hours in which they get no mail, as 22:00-07:00; none for mail at any hour.
    #[arg(long, value_parser = quiet, value_name = "HH:MM-HH:MM|none")]
    quiet: Option<Quiet>,
    /// Where those hours are told, as Europe/Berlin.
    #[arg(long, value_parser = zone, value_name = "ZONE")]
    time_zone: Option<Zone>,
}

/// Quiet hours, or none.
#[derive(Clone, Copy, Debug)]
struct Quiet(Option<QuietHours>);

fn mode(raw: &str) -> Result<MailMode, String> {
    MailMode::parse(raw).ok_or_else(|| "one of each, digest, off".to_owned())
}

fn digest(raw: &str) -> Result<DigestEvery, String> {
    raw.parse().ok().and_then(DigestEvery::parse).ok_or_else(|| "5 to 1440".to_owned())
}

fn quiet(raw: &str) -> Result<Quiet, String> {
    if raw == "none" {
        return Ok(Quiet(None));
    }
    QuietHours::parse(raw)
        .map(|hours| Quiet(Some(hours)))
        .ok_or_else(|| "two different times as 22:00-07:00, or none".to_owned())
}

fn zone(raw: &str) -> Result<Zone, String> {
    Zone::parse(raw).ok_or_else(|| "a time zone as Europe/Berlin".to_owned())
}

impl Mail {
    /// The settings with what is changed; none when nothing is.
    pub(super) async fn over(self, app: &App, id: ModeratorId) -> Result<Option<MailSettings>, Failure> {
        let Self { mode, digest_minutes, quiet, time_zone } = self;
        if mode.is_none() && digest_minutes.is_none() && quiet.is_none() && time_zone.is_none() {
            return Ok(None);
        }
        let now = accounts::mail_of(app, id).await?;
        Ok(Some(MailSettings {
            mode: mode.unwrap_or(now.mode),
            digest: digest_minutes.unwrap_or(now.digest),
            quiet: quiet.map_or(now.quiet, |Quiet(hours)| hours),
            zone: time_zone.unwrap_or(now.zone),
        }))
    }
}

/// The settings on one line.
pub(super) fn in_words(mail: &MailSettings) -> String {
    let mode = match mail.mode {
        MailMode::Each | MailMode::Off => format!("mail {}", mail.mode.name()),
        MailMode::Digest => format!("mail digest every {} minutes", mail.digest.minutes()),
    };
    match mail.quiet {
        Some(hours) => format!("{mode}, quiet {hours} {}", mail.zone.name()),
        None => mode,
    }
}
