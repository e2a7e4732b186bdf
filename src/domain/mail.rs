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
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(raw: &str) -> Timestamp {
        Timestamp::parse(&format!("{raw}:00Z")).unwrap()
    }

    fn settings(mode: MailMode, quiet: &str, zone: &str) -> MailSettings {
        MailSettings {
            mode,
            quiet: QuietHours::parse(quiet),
            zone: Zone::parse(zone).unwrap(),
            ..Default::default()
        }
    }

    #[rstest]
    #[case::the_first(MailMode::Each, &[], 6, "12:00")]
    #[case::half_at_once(MailMode::Each, &["11:59", "11:58"], 6, "12:00")]
    #[case::then_at_even_distances(MailMode::Each, &["11:59", "11:58", "11:57"], 6, "12:09")]
    #[case::until_the_hour_is_full(MailMode::Each, &["11:50", "11:40", "11:30", "11:20", "11:10", "11:05"], 6, "12:05")]
    #[case::what_is_an_hour_old_counts_no_more(MailMode::Each, &["11:50", "11:40", "11:00", "11:00", "11:00", "11:00"], 6, "12:00")]
    #[case::one_an_hour(MailMode::Each, &["11:30"], 1, "12:30")]
    #[case::two_an_hour(MailMode::Each, &["11:50"], 2, "12:20")]
    #[case::no_limit(MailMode::Each, &["12:00", "12:00", "12:00"], 0, "12:00")]
    #[case::the_first_digest(MailMode::Digest, &[], 6, "12:00")]
    #[case::the_next_digest(MailMode::Digest, &["11:20"], 6, "12:20")]
    #[case::a_digest_after_a_quiet_day(MailMode::Digest, &["09:00"], 6, "12:00")]
    #[case::a_digest_also_without_a_limit(MailMode::Digest, &["11:59"], 0, "12:59")]
    fn when_the_next_letter_is_due(
        #[case] mode: MailMode,
        #[case] sent: &[&str],
        #[case] per_hour: u32,
        #[case] due: &str,
    ) {
        let on = |time: &&str| at(&format!("2026-11-01T{time}"));
        let sent: Vec<Timestamp> = sent.iter().map(on).collect();
        let found = settings(mode, "none", "UTC").due(Waits::Digest, (per_hour, &sent), on(&"12:00"));
        assert_eq!(found, on(&due));
    }

    #[test]
    fn what_will_not_wait_for_a_digest_waits_for_the_limit() {
        let settings = settings(MailMode::Digest, "none", "UTC");
        let (now, sent) = (at("2026-11-01T12:00"), [at("2026-11-01T11:59")]);
        assert_eq!(settings.due(Waits::Limit, (6, &sent), now), now);
        assert_eq!(settings.due(Waits::Limit, (1, &sent), now), at("2026-11-01T12:59"));
    }

    /// However many letters are owed, and whatever their number an hour.
    #[test]
    fn no_hour_sees_more_than_its_number() {
        for per_hour in 1..=20 {
            let settings = MailSettings::default();
            let (mut now, mut sent) = (at("2026-11-01T12:00"), Vec::new());
            for _ in 0..200 {
                now = settings.due(Waits::Digest, (per_hour, &sent), now);
                sent.insert(0, now);
            }
            let number = usize::try_from(per_hour).unwrap();
            for window in sent.windows(number + 1) {
                assert!(window[0].since(window[number]) >= HOUR, "{per_hour} an hour");
            }
            let hours = sent[0].since(sent[199]).as_secs_f64() / 3600.0;
            assert!(hours <= 200.0 / f64::from(per_hour), "{per_hour} an hour: {hours} hours");
        }
    }

    #[rstest]
    #[case::before("22:00-07:00", "UTC", "2026-11-01T21:59", "2026-11-01T21:59")]
    #[case::in_the_evening("22:00-07:00", "UTC", "2026-11-01T22:00", "2026-11-02T07:00")]
    #[case::after_midnight("22:00-07:00", "UTC", "2026-11-02T03:00", "2026-11-02T07:00")]
    #[case::their_end("22:00-07:00", "UTC", "2026-11-02T07:00", "2026-11-02T07:00")]
    #[case::within_a_day("12:00-13:30", "UTC", "2026-11-01T13:29", "2026-11-01T13:30")]
    #[case::until_midnight("20:00-00:00", "UTC", "2026-11-01T23:59", "2026-11-02T00:00")]
    #[case::in_winter("22:00-07:00", "Europe/Berlin", "2026-12-01T21:00", "2026-12-02T06:00")]
    #[case::in_summer("22:00-07:00", "Europe/Berlin", "2026-07-01T20:00", "2026-07-02T05:00")]
    #[case::the_night_of_23_hours("22:00-07:00", "Europe/Berlin", "2026-03-28T21:00", "2026-03-29T05:00")]
    #[case::the_night_of_25_hours("22:00-07:00", "Europe/Berlin", "2026-10-24T20:00", "2026-10-25T06:00")]
    #[case::an_end_that_is_skipped("22:00-02:30", "Europe/Berlin", "2026-03-29T00:30", "2026-03-29T01:00")]
    #[case::an_end_that_comes_twice("22:00-02:30", "Europe/Berlin", "2026-10-24T23:00", "2026-10-25T00:30")]
    #[case::and_its_second_time("22:00-02:30", "Europe/Berlin", "2026-10-25T01:10", "2026-10-25T01:30")]
    #[case::half_an_hour_off("22:00-07:00", "Asia/Kolkata", "2026-11-01T16:30", "2026-11-02T01:30")]
    #[case::beyond_the_date_line("22:00-07:00", "Pacific/Kiritimati", "2026-11-01T08:00", "2026-11-01T17:00")]
    fn quiet_hours_end_by_the_clock_on_the_wall(
        #[case] quiet: &str,
        #[case] zone: &str,
        #[case] now: &str,
        #[case] due: &str,
    ) {
        let settings = settings(MailMode::Each, quiet, zone);
        assert_eq!(settings.due(Waits::Digest, (6, &[]), at(now)).to_string(), at(due).to_string());
    }

    #[test]
    fn settings_are_read_within_their_bounds() {
        assert_eq!(
            QuietHours::parse("22:00-07:05").map(|quiet| quiet.to_string()).as_deref(),
            Some("22:00-07:05")
        );
        for raw in ["", "22:00", "22-07", "24:00-07:00", "22:00-22:00", "22:60-07:00", "none"] {
            assert_eq!(QuietHours::parse(raw), None, "{raw}");
        }
        assert_eq!((QuietHours::of(0, 1_440), QuietHours::of(-1, 5)), (None, None));
        assert_eq!(DigestEvery::parse(5).map(DigestEvery::minutes), Some(5));
        assert_eq!([4, 1_441, -60].map(DigestEvery::parse), [None; 3]);
        assert_eq!(Zone::parse(" europe/berlin ").map(Zone::name), Some("Europe/Berlin"));
        for raw in ["", "Berlin", "CEST+1", "+02:00"] {
            assert_eq!(Zone::parse(raw), None, "{raw}");
        }
        assert!(Zone::names().all(|name| Zone::parse(name).is_some()) && Zone::names().count() > 300);
        assert_eq!(MailMode::ALL.map(|mode| MailMode::parse(mode.name())), MailMode::ALL.map(Some));
    }
}
