//! Moments and spans, which both moderators and readers are told.

use super::{Phrase, Texts};
use crate::domain::Timestamp;

impl Texts {
    /// A moment: `23 November 2026, 21:04 UTC`.
    pub fn moment(self, at: Timestamp) -> Phrase {
        let two = |number: u32| format!("{number:02}");
        let civil = at.civil();
        self.say("time-moment")
            .with("day", civil.day)
            .with("month", self.month(civil.month))
            .with("year", civil.year.to_string())
            .with("hour", two(civil.hour))
            .with("minute", two(civil.minute))
    }

    /// The day of a moment: `23 November 2026`.
    pub fn day(self, at: Timestamp) -> Phrase {
        let civil = at.civil();
        self.say("time-day")
            .with("day", civil.day)
            .with("month", self.month(civil.month))
            .with("year", civil.year.to_string())
    }

    fn month(self, month: u32) -> Phrase {
        self.say("time-month").with("month", month)
    }

    /// A span of so many seconds, to the second: `90 seconds`, `5 minutes`, `2 hours`.
    pub fn wait(self, seconds: u32) -> Phrase {
        let seconds = u64::from(seconds);
        match (seconds % 60, seconds % 3_600) {
            (_, 0) if seconds > 0 => self.hours(seconds / 3_600),
            (0, _) if seconds > 0 => self.minutes(seconds / 60),
            _ => self.say("time-seconds").with("count", seconds),
        }
    }

    /// So many minutes.
    pub fn minutes(self, count: u64) -> Phrase {
        self.say("time-minutes").with("count", count)
    }

    /// So many hours.
    pub fn hours(self, count: u64) -> Phrase {
        self.say("time-hours").with("count", count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn what_somebody_waits_is_told_to_the_second() {
        let told = |seconds| Texts::default().wait(seconds).to_string();
        assert_eq!(
            [told(1), told(90), told(300), told(7_200)],
            ["1 second", "90 seconds", "5 minutes", "2 hours"]
        );
    }

    #[test]
    fn a_moment_is_told_in_utc() {
        let at = Timestamp::from_micros(1_790_000_000_123_456);
        assert_eq!(Texts::default().moment(at).to_string(), "21 September 2026, 14:13 UTC");
        assert_eq!(Texts::default().day(Timestamp::default()).to_string(), "1 January 1970");
    }

    #[test]
    fn a_moment_is_told_as_the_language_has_it() {
        let at = |raw: &str| Timestamp::parse(raw).unwrap();
        let (late, early) = (at("2026-11-23T21:04:00Z"), at("2027-08-01T06:30:00Z"));
        let told = |language| {
            let t = Texts::for_readers(language);
            [t.moment(late).to_string(), t.day(early).to_string()]
        };
        for (language, moment, day) in [
            (Language::English, "23 November 2026, 21:04 UTC", "1 August 2027"),
            (Language::German, "23. November 2026, 21:04 Uhr UTC", "1. August 2027"),
            (Language::French, "23 novembre 2026 à 21:04 UTC", "1er août 2027"),
            (Language::Spanish, "23 de noviembre de 2026, 21:04 UTC", "1 de agosto de 2027"),
            (Language::Ukrainian, "23 листопада 2026 року, 21:04 UTC", "1 серпня 2027 року"),
        ] {
            assert_eq!(told(language), [moment, day]);
        }
    }

    #[test]
    fn numbers_take_the_form_and_the_marks_of_the_language() {
        let told = |language, count: u32| {
            Texts::for_readers(language).say("comments-count").with("count", count).to_string()
        };
        for (language, count, expected) in [
            (Language::English, 1, "1 comment"),
            (Language::English, 1_204, "1,204 comments"),
            (Language::German, 1_204_000, "1.204.000 Kommentare"),
            (Language::French, 0, "0 commentaire"),
            (Language::French, 1_204, "1\u{202f}204 commentaires"),
            (Language::Spanish, 1_204, "1204 comentarios"),
            (Language::Spanish, 12_040, "12.040 comentarios"),
            (Language::Ukrainian, 1, "1 коментар"),
            (Language::Ukrainian, 3, "3 коментарі"),
            (Language::Ukrainian, 11, "11 коментарів"),
            (Language::Ukrainian, 21, "21 коментар"),
            (Language::Ukrainian, 12_042, "12\u{a0}042 коментарі"),
        ] {
            assert_eq!(told(language, count), expected);
        }
        let wait = |language, seconds| Texts::for_readers(language).wait(seconds).to_string();
        assert_eq!(wait(Language::Ukrainian, 300), "5 хвилин");
        assert_eq!(wait(Language::German, 61), "61 Sekunden");
    }
}
