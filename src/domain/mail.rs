//! How somebody at the desk wants to be told, and when a letter may go out to them.

use std::{fmt, time::Duration};

use chrono::{Days, LocalResult, NaiveTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use super::Timestamp;

const HOUR: Duration = Duration::from_hours(1);
const MINUTES_A_DAY: u16 = 24 * 60;

/// How somebody wants to be told of comments that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailMode {
    /// At once.
    Each,
    /// Gathered: the first at once, the next ones no sooner than [`DigestEvery`] after.
    Digest,
    /// Not at all.
    Off,
}

impl MailMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Each, Self::Digest, Self::Off];

    /// Its name in databases, commands and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Digest => "digest",
            Self::Off => "off",
        }
    }

    /// The mode of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Minutes between two digests: 5 to 1,440.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestEvery(u16);

impl DigestEvery {
    /// Within its bounds, or none.
    pub fn parse(minutes: i64) -> Option<Self> {
        u16::try_from(minutes).ok().filter(|minutes| (5..=MINUTES_A_DAY).contains(minutes)).map(Self)
    }

    /// In minutes.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    const fn span(self) -> Duration {
        Duration::from_mins(self.0 as u64)
    }
}

/// Hours of the day in which nothing goes out, by minutes of the day: from the first up to the second, over midnight when
/// that is the smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: u16,
    to: u16,
}

impl QuietHours {
    /// From two different minutes of the day.
    pub fn of(from: i64, to: i64) -> Option<Self> {
        let minute = |raw| u16::try_from(raw).ok().filter(|minute| *minute < MINUTES_A_DAY);
        let (from, to) = (minute(from)?, minute(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// Reads `22:00-07:00`.
    pub fn parse(raw: &str) -> Option<Self> {
        let (from, to) = raw.split_once('-')?;
        Self::between(from, to)
    }

    /// Reads two times of the day such as `22:00`.
    pub fn between(from: &str, to: &str) -> Option<Self> {
        let minute = |raw: &str| {
            let time = NaiveTime::parse_from_str(raw.trim(), "%H:%M").ok()?;
            Some(i64::from(time.num_seconds_from_midnight() / 60))
        };
        Self::of(minute(from)?, minute(to)?)
    }

    /// When they begin and end, as minutes of the day.
    pub const fn minutes(self) -> (u16, u16) {
        (self.from, self.to)
    }

    /// When they begin and end, as `22:00`.
    pub fn times(self) -> (String, String) {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        (time(self.from), time(self.to))
    }

    const fn hold(self, minute: u16) -> bool {
        if self.from < self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }

    /// When they end, if they hold at this moment. A time that the clocks skip is the first one after; of one that comes
    /// twice, the next.
    fn end(self, zone: Zone, at: Timestamp) -> Option<Timestamp> {
        let local = at.calendar().with_timezone(&zone.0);
        let minute = u16::try_from(local.num_seconds_from_midnight() / 60).unwrap_or_default();
        if !self.hold(minute) {
            return None;
        }
        let is_tomorrow = self.from > self.to && minute >= self.from;
        let day = local.date_naive().checked_add_days(Days::new(u64::from(is_tomorrow)))?;
        let end = day.and_hms_opt(u32::from(self.to / 60), u32::from(self.to % 60), 0)?;
        (0..=3 * 60).map(|later| end + TimeDelta::minutes(later)).find_map(|wall| {
            let moments = match zone.0.from_local_datetime(&wall) {
                LocalResult::Single(moment) => [Some(moment), None],
                LocalResult::Ambiguous(first, second) => [Some(first), Some(second)],
                LocalResult::None => [None, None],
            };
            let moments = moments.into_iter().flatten();
            moments.map(|moment| Timestamp::from_micros(moment.timestamp_micros())).find(|end| *end > at)
        })
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = self.times();
        write!(f, "{from}-{to}")
    }
}

/// A time zone by its IANA name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(Tz::UTC);

    /// Reads an IANA name, such as `Europe/Berlin`, in whatever case.
    pub fn parse(name: &str) -> Option<Self> {
        let zone = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name.trim()));
        zone.copied().map(Self)
    }

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The names of the zones of cities, and UTC: what a person chooses from.
    pub fn names() -> impl Iterator<Item = &'static str> {
        const PARTS: [&str; 10] = [
            "Africa/",
            "America/",
            "Antarctica/",
            "Arctic/",
            "Asia/",
            "Atlantic/",
            "Australia/",
            "Europe/",
            "Indian/",
            "Pacific/",
        ];
        let is_of_a_city = |name: &&str| *name == "UTC" || PARTS.iter().any(|part| name.starts_with(part));
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(is_of_a_city)
    }
}

/// How somebody wants their mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// How they want to be told.
    pub mode: MailMode,
    /// How far digests are apart.
    pub digest: DigestEvery,
    /// When not.
    pub quiet: Option<QuietHours>,
    /// Where those hours are told.
    pub zone: Zone,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self { mode: MailMode::Each, digest: DigestEvery(60), quiet: None, zone: Zone::UTC }
    }
}

/// What a letter waits for beside the quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For the limit alone: its contents are fixed, or will not wait.
    Limit,
    /// Also for the time of the next digest, if they want those.
    Digest,
}

impl MailSettings {
    /// How far back letters count, for [`MailSettings::due`].
    pub fn memory(&self) -> Duration {
        match self.mode {
            MailMode::Digest => self.digest.span().max(HOUR),
            MailMode::Each | MailMode::Off => HOUR,
        }
    }

    /// When the next letter may go out: no sooner than now, and never so that an hour sees more than `per_hour` (0 for any
    /// number). Half of those go out at once, the others at even distances, so that a flood does not use up the hour in its
    /// first seconds. `sent` are the moments of the letters that went out, the newest first, at least `per_hour` of them.
    pub fn due(&self, waits: Waits, (per_hour, sent): (u32, &[Timestamp]), now: Timestamp) -> Timestamp {
        let mut due = now;
        if let (Some(last), Waits::Digest, MailMode::Digest) = (sent.first(), waits, self.mode) {
            due = due.max(last.plus(self.digest.span()));
        }
        let limit = usize::try_from(per_hour).unwrap_or(usize::MAX);
        let latest = sent.iter().filter(|at| now.since(**at) < HOUR).count();
        if let (Some(last), true) = (sent.first(), limit > 0 && latest >= limit.div_ceil(2)) {
            due = due.max(last.plus(HOUR / per_hour));
        }
        if let Some(oldest) = limit.checked_sub(1).and_then(|last| sent.get(last)) {
            due = due.max(oldest.plus(HOUR));
        }
        self.quiet.and_then(|quiet| quiet.end(self.zone, due)).unwrap_or(due)
    }
}

#[cfg(test)]
mod tests;
