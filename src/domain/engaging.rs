use std::{
    collections::BTreeMap,
    ops::{AddAssign, Neg},
    time::Duration,
};

use super::Timestamp;

/// Whole stretches of a window beside the one that goes on.
const STRETCHES: i64 = 24;

/// What is left of a stretch by its age, in thousandths: half of it after six stretches, a quarter of the window.
const LEFT: [i64; 6] = [1_000, 891, 794, 707, 630, 561];

/// What one person adds by writing, by answering somebody else, by being picked.
const COMMENTER: i64 = 10;
const CONVERSATION: i64 = 5;
const PICK: i64 = 15;

/// What approval adds at most: this part of all else.
const APPROVAL: i64 = 4;

/// How far Most Engaging looks back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// 24 hours.
    #[default]
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

impl Window {
    /// All of them, the longest last.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// As URLs and the database name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// Reads such a name.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.name() == raw)
    }

    /// How long it is.
    pub const fn span(self) -> Duration {
        Duration::from_hours(match self {
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        })
    }

    const fn stretch_micros(self) -> i64 {
        self.span().as_secs().cast_signed() * 1_000_000 / STRETCHES
    }

    /// The stretch of time that a moment is in: the twenty-fourth part of the window.
    pub const fn bucket(self, at: Timestamp) -> i64 {
        at.micros().div_euclid(self.stretch_micros())
    }

    /// The first stretch that counts.
    pub const fn first_bucket(self, now: Timestamp) -> i64 {
        self.bucket(now) - STRETCHES
    }

    /// What counts of a stretch, in thousandths; nothing of those before the window. What a faster clock wrote is new.
    pub fn left(self, bucket: i64, now: Timestamp) -> i64 {
        let age = (self.bucket(now) - bucket).max(0);
        let step = usize::try_from(age % 6).unwrap_or_default();
        if age > STRETCHES { 0 } else { LEFT[step] >> (age / 6) }
    }
}

/// The moment before which nothing counts in any window.
pub const fn engaging_since(now: Timestamp) -> Timestamp {
    Timestamp::from_micros(Window::Month.first_bucket(now) * Window::Month.stretch_micros())
}

/// What makes somebody count under an article: each of it once, however much they write, at its latest moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// They have a published comment; whether a moderator approved the latest.
    pub spoke: Option<(Timestamp, bool)>,
    /// They answered somebody else.
    pub answered: Option<Timestamp>,
    /// One of their comments is recommended.
    pub picked: Option<Timestamp>,
}

/// How many people counted in a stretch of time, for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those who wrote.
    pub people: i64,
    /// Of these, those whose latest comment a moderator approved.
    pub approved: i64,
    /// Those who answered somebody else.
    pub answers: i64,
    /// Those who are recommended.
    pub picks: i64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.people += more.people;
        self.approved += more.approved;
        self.answers += more.answers;
        self.picks += more.picks;
    }
}

impl Neg for Tally {
    type Output = Self;

    fn neg(self) -> Self {
        Self { people: -self.people, approved: -self.approved, answers: -self.answers, picks: -self.picks }
    }
}

/// Tallies by window and stretch.
pub type Tallies = BTreeMap<(Window, i64), Tally>;

impl Standing {
    /// What somebody adds to the tallies of their article: to those of the stretches that count now.
    pub fn tallies(self, now: Timestamp) -> Tallies {
        let mut tallies = Tallies::new();
        for window in Window::ALL {
            let mut add = |at: Option<Timestamp>, tally: Tally| {
                if let Some(bucket) = at.map(|at| window.bucket(at))
                    && bucket >= window.first_bucket(now)
                {
                    *tallies.entry((window, bucket)).or_default() += tally;
                }
            };
            let approved = i64::from(self.spoke.is_some_and(|(_, approved)| approved));
            add(self.spoke.map(|(at, _)| at), Tally { people: 1, approved, ..Tally::default() });
            add(self.answered, Tally { answers: 1, ..Tally::default() });
            add(self.picked, Tally { picks: 1, ..Tally::default() });
        }
        tallies
    }
}

/// How engaging an article is in a window, with the reasons; points in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Engagement {
    /// Different people who wrote, and their points.
    pub commenters: (i64, i64),
    /// Different people who answered somebody else, and their points.
    pub conversations: (i64, i64),
    /// Different people who are recommended, and their points.
    pub picks: (i64, i64),
    /// The part of the people whose latest comment a moderator approved, in thousandths, and what that adds.
    pub approval: (i64, i64),
}

impl Engagement {
    /// Of the tallies of an article. Whole numbers, in whatever order: the same tallies have the same score.
    pub fn of(window: Window, tallies: impl IntoIterator<Item = (i64, Tally)>, now: Timestamp) -> Self {
        let (mut all, mut left) = (Tally::default(), Tally::default());
        for (bucket, tally) in tallies {
            let part = window.left(bucket, now);
            if part > 0 {
                all += tally;
                left += tally.times(part);
            }
        }
        let commenters = (all.people, left.people * COMMENTER);
        let conversations = (all.answers, left.answers * CONVERSATION);
        let picks = (all.picks, left.picks * PICK);
        let share = if left.people > 0 { left.approved * 1_000 / left.people } else { 0 };
        let adds = (commenters.1 + conversations.1 + picks.1) * share / (1_000 * APPROVAL);
        Self { commenters, conversations, picks, approval: (share, adds) }
    }

    /// The points of all reasons together.
    pub const fn score(self) -> i64 {
        self.commenters.1 + self.conversations.1 + self.picks.1 + self.approval.1
    }
}

impl Tally {
    const fn times(self, part: i64) -> Self {
        Self {
            people: self.people * part,
            approved: self.approved * part,
            answers: self.answers * part,
            picks: self.picks * part,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_793_534_400_000_000);
    const EVERYTHING: Standing =
        Standing { spoke: Some((NOW, true)), answered: Some(NOW), picked: Some(NOW) };
    const ONE: Standing = Standing { spoke: Some((NOW, true)), answered: None, picked: None };

    fn engagement(window: Window, people: &[Standing], now: Timestamp) -> Engagement {
        let tallies = people.iter().flat_map(|standing| standing.tallies(now));
        let of_window = tallies.filter(|((of, _), _)| *of == window);
        Engagement::of(window, of_window.map(|((_, bucket), tally)| (bucket, tally)), now)
    }

    #[test]
    fn whatever_one_person_does_five_people_do_more() {
        for window in Window::ALL {
            let shouter = engagement(window, &[EVERYTHING], NOW).score();
            let five = engagement(window, &[ONE; 5], NOW).score();
            assert_eq!((shouter, five), (37_500, 62_500));
            // beside any number of others, too
            for others in [1, 10, 1_000] {
                let mut people = vec![ONE; others];
                let alone = engagement(window, &people, NOW).score();
                people.push(EVERYTHING);
                let with_shouter = engagement(window, &people, NOW).score();
                people.pop();
                people.extend([ONE; 5]);
                assert!(engagement(window, &people, NOW).score() - alone > with_shouter - alone);
            }
        }
    }

    #[test]
    fn half_is_left_after_a_quarter_of_the_window_and_nothing_behind_its_end() {
        for window in Window::ALL {
            let later = |part: u32| NOW.plus(window.span() * part / 24);
            let score = |part: u32| engagement(window, &[ONE], later(part)).score();
            assert_eq!([0, 6, 12, 24].map(score), [12_500, 6_250, 3_125, 775]);
            assert_eq!(score(25), 0);
            assert!((1..=24).all(|part| score(part) < score(part - 1)), "{window:?}");
        }
    }

    #[test]
    fn the_reasons_add_up() {
        let unseen = Standing { spoke: Some((NOW, false)), ..ONE };
        let of = engagement(Window::Day, &[EVERYTHING, ONE, unseen, ONE], NOW);
        assert_eq!((of.commenters, of.conversations, of.picks), ((4, 40_000), (1, 5_000), (1, 15_000)));
        assert_eq!((of.approval, of.score()), ((750, 11_250), 71_250));
        assert_eq!(engagement(Window::Day, &[], NOW), Engagement::default());
    }

    #[test]
    fn windows_are_read_by_their_names() {
        assert!(Window::ALL.iter().all(|window| Window::parse(window.name()) == Some(*window)));
        assert_eq!(Window::parse("1h"), None);
    }
}
