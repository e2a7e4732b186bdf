use std::time::Duration;

use super::{BreakerAction, Mode, Policy, Timestamp};

/// Seconds between two comments of one client where a breaker slows an article down and its site says nothing of slowness.
pub const SLOW_SECONDS: u32 = 300;
/// Longest slow mode of an article, in seconds: a day.
pub const SLOWEST: u32 = 86_400;
/// Longest that a breaker may be in force, in minutes: a week.
pub const BREAKER_MINUTES: u32 = 10_080;
/// Longest note beside a breaker, in characters.
pub const BREAKER_NOTE: usize = 500;

/// What holds for one article: what was said of it, and when it is taken out of the usual rules for a while. Together with
/// the policy of its site it decides whether and how it takes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArticleRules {
    /// Nobody closed it.
    pub open: bool,
    /// When it closes, where somebody said so: that comes before its age.
    pub closes_at: Option<Timestamp>,
    /// Since when it is known: its age.
    pub created_at: Timestamp,
    /// Somebody opened it by hand: its age does not close it.
    pub stays_open: bool,
    /// In place of the mode of its site.
    pub mode: Option<Mode>,
    /// In place of the slow mode of its site; 0 for none.
    pub slow_seconds: Option<u32>,
    /// The last breaker, also one that is over.
    pub breaker: Option<Breaker>,
}

/// What takes an article out of the usual rules for a while: neither its mode, nor trust, nor an open policy comes against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// What it does.
    pub action: BreakerAction,
    /// When it ends.
    pub until: Timestamp,
}

/// Whether an article takes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Until somebody closes it.
    Open,
    /// Until this moment.
    Until(Timestamp),
    /// No more: somebody closed it.
    Closed,
    /// No more, since this moment.
    Since(Timestamp),
    /// Not until this moment: a breaker closed it.
    Paused(Timestamp),
}

impl Opening {
    /// Whether it takes comments now.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Until(_))
    }
}

impl ArticleRules {
    /// Those of an article of which nobody has said anything yet.
    pub const fn unsaid(created_at: Timestamp) -> Self {
        Self {
            open: true,
            closes_at: None,
            created_at,
            stays_open: false,
            mode: None,
            slow_seconds: None,
            breaker: None,
        }
    }

    /// Whether it takes comments at this moment: the one place that decides it. A closing time that somebody chose comes
    /// before the age of the article, and so does opening it by hand; a breaker comes before both.
    pub fn opening(&self, policy: &Policy, now: Timestamp) -> Opening {
        match self.closing(policy) {
            _ if !self.open => Opening::Closed,
            Some(at) if at <= now => Opening::Since(at),
            closing => match (self.breaker(now), closing) {
                (Some(Breaker { action: BreakerAction::Closed, until }), _) => Opening::Paused(until),
                (_, Some(at)) => Opening::Until(at),
                (_, None) => Opening::Open,
            },
        }
    }

    /// When it closes by itself.
    fn closing(&self, policy: &Policy) -> Option<Timestamp> {
        let days = u64::from(policy.close_after_days);
        let aged = (days > 0 && !self.stays_open)
            .then(|| self.created_at.plus(Duration::from_hours(days.saturating_mul(24))));
        self.closes_at.or(aged)
    }

    /// The breaker that is in force at this moment.
    pub fn breaker(&self, now: Timestamp) -> Option<Breaker> {
        self.breaker.filter(|breaker| breaker.until > now)
    }

    /// Whether a moderator must see first whatever arrives now.
    pub fn holds_all(&self, now: Timestamp) -> bool {
        self.breaker(now).is_some_and(|breaker| breaker.action == BreakerAction::HoldAll)
    }

    /// What happens to a comment in which screening found nothing.
    pub fn mode(&self, policy: &Policy) -> Mode {
        self.mode.unwrap_or(policy.mode)
    }

    /// Seconds between two comments of one client at this moment; 0 for no such limit. A breaker only makes it slower.
    pub fn slow_seconds(&self, policy: &Policy, now: Timestamp) -> u32 {
        let usual = self.slow_seconds.unwrap_or(policy.slow_seconds);
        let slowed = if policy.slow_seconds == 0 { SLOW_SECONDS } else { policy.slow_seconds };
        match self.breaker(now) {
            Some(Breaker { action: BreakerAction::Slow, .. }) => usual.max(slowed),
            _ => usual,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn rules() -> ArticleRules {
        ArticleRules::unsaid(NOW.minus(DAY * 10))
    }

    fn broken(action: BreakerAction, minutes: u64) -> ArticleRules {
        let until = NOW.plus(Duration::from_mins(minutes));
        ArticleRules { breaker: Some(Breaker { action, until }), ..rules() }
    }

    #[rstest]
    #[case::nothing_said(rules(), 0, Opening::Open)]
    #[case::younger_than_that(rules(), 11, Opening::Until(NOW.plus(DAY)))]
    #[case::as_old_as_that(rules(), 10, Opening::Since(NOW))]
    #[case::opened_by_hand(ArticleRules { stays_open: true, ..rules() }, 10, Opening::Open)]
    #[case::a_moment_of_its_own_is_later(ArticleRules { closes_at: Some(NOW.plus(DAY)), ..rules() }, 1, Opening::Until(NOW.plus(DAY)))]
    #[case::a_moment_of_its_own_is_earlier(ArticleRules { closes_at: Some(NOW), ..rules() }, 99, Opening::Since(NOW))]
    #[case::closed_by_hand(ArticleRules { open: false, ..rules() }, 0, Opening::Closed)]
    #[case::paused(broken(BreakerAction::Closed, 5), 0, Opening::Paused(NOW.plus(Duration::from_mins(5))))]
    #[case::paused_and_closed(ArticleRules { open: false, ..broken(BreakerAction::Closed, 5) }, 0, Opening::Closed)]
    #[case::paused_and_too_old(broken(BreakerAction::Closed, 5), 1, Opening::Since(NOW.minus(DAY * 9)))]
    #[case::no_longer_paused(broken(BreakerAction::Closed, 0), 0, Opening::Open)]
    #[case::held_and_open(broken(BreakerAction::HoldAll, 5), 0, Opening::Open)]
    #[case::slow_and_open(broken(BreakerAction::Slow, 5), 0, Opening::Open)]
    fn whether_it_is_open(#[case] rules: ArticleRules, #[case] days: u32, #[case] opening: Opening) {
        let policy = Policy { close_after_days: days, ..Policy::default() };
        assert_eq!(rules.opening(&policy, NOW), opening);
    }

    #[rstest]
    #[case::neither(rules(), 0, 0)]
    #[case::that_of_the_site(rules(), 60, 60)]
    #[case::its_own(ArticleRules { slow_seconds: Some(10), ..rules() }, 60, 10)]
    #[case::none_of_its_own(ArticleRules { slow_seconds: Some(0), ..rules() }, 60, 0)]
    #[case::slowed_down(broken(BreakerAction::Slow, 5), 0, SLOW_SECONDS)]
    #[case::slowed_down_as_the_site_says(broken(BreakerAction::Slow, 5), 60, 60)]
    #[case::slowed_down_against_its_own(ArticleRules { slow_seconds: Some(0), ..broken(BreakerAction::Slow, 5) }, 60, 60)]
    #[case::slower_already(ArticleRules { slow_seconds: Some(900), ..broken(BreakerAction::Slow, 5) }, 0, 900)]
    #[case::no_longer_slowed_down(broken(BreakerAction::Slow, 0), 0, 0)]
    #[case::held_is_not_slow(broken(BreakerAction::HoldAll, 5), 0, 0)]
    fn how_slow_it_is(#[case] rules: ArticleRules, #[case] of_site: u32, #[case] seconds: u32) {
        let policy = Policy { slow_seconds: of_site, ..Policy::default() };
        assert_eq!(rules.slow_seconds(&policy, NOW), seconds);
    }

    #[test]
    fn its_own_mode_comes_before_that_of_its_site() {
        let site = Policy { mode: Mode::TrustKnown, ..Policy::default() };
        assert_eq!(rules().mode(&site), Mode::TrustKnown);
        assert_eq!(ArticleRules { mode: Some(Mode::Open), ..rules() }.mode(&site), Mode::Open);
    }

    #[test]
    fn only_one_that_holds_everything_does() {
        assert!(broken(BreakerAction::HoldAll, 5).holds_all(NOW));
        assert!(
            !broken(BreakerAction::HoldAll, 0).holds_all(NOW)
                && !broken(BreakerAction::Slow, 5).holds_all(NOW)
        );
    }
}
