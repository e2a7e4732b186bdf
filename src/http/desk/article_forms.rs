//! What the forms beside an article ask for, and what they hold.

use super::{
    article_pages::Typed,
    people_pages::{Choice, FieldFault},
};
use crate::{
    domain::{
        ArticleRules, BREAKER_MINUTES, BREAKER_NOTE, BreakerAction, Code, Mode, SLOWEST, Timestamp, Title,
    },
    flow::{articles::Keeping, breakers::Pause},
    http::{error::ApiError, fields::Fields, moderation::free_text},
    texts::Texts,
};

/// For how long an article is taken out of the usual rules, unless somebody says otherwise.
const MINUTES: &str = "60";

/// What somebody wants done with an article.
pub enum Wish {
    /// For those who keep articles.
    Keep(Keeping),
    /// For all who moderate: out of the usual rules for a while.
    Pause(Pause),
    /// Back to these.
    Resume,
}

/// What a form asks for, or what is wrong with it.
pub fn wish(
    t: Texts,
    form: &Fields,
    (action, now): (&str, Timestamp),
) -> Result<Result<Wish, FieldFault>, ApiError> {
    let value = |field| form.get(field).unwrap_or_default();
    Ok(match action {
        "open" => Ok(Wish::Keep(Keeping::Open)),
        "close" => Ok(Wish::Keep(Keeping::Close)),
        "close-at" => match moment(value("closes_at")) {
            None => Err(t.say("article-closes-fault")),
            Some(at) if at <= now => Err(t.say("article-closes-past")),
            Some(at) => Ok(Wish::Keep(Keeping::CloseAt(at))),
        }
        .map_err(|text| FieldFault { field: "closes_at", text: text.into() }),
        "rename" => {
            Title::parse(value("title")).map(|title| Wish::Keep(Keeping::Rename(title))).map_err(|code| {
                let text = match code {
                    Code::Required => t.say("article-title-required"),
                    Code::TooLong => t.say("article-title-long"),
                    _ => t.say("article-title-fault"),
                };
                FieldFault { field: "title", text: text.into() }
            })
        }
        "rules" => {
            let mode = match value("mode") {
                "" => None,
                name => Some(Mode::parse(name).ok_or(ApiError::Malformed)?),
            };
            let slow = match value("slow_seconds").trim() {
                "" => Ok(None),
                raw => number(raw, 0..=SLOWEST).map(Some).ok_or_else(|| FieldFault {
                    field: "slow_seconds",
                    text: t.say("article-slow-fault").with("most", SLOWEST).into(),
                }),
            };
            slow.map(|slow| Wish::Keep(Keeping::Rules(mode, slow)))
        }
        "pause" => pause(t, form)?.map(Wish::Pause),
        "resume" => Ok(Wish::Resume),
        _ => return Err(ApiError::Malformed),
    })
}

fn pause(t: Texts, form: &Fields) -> Result<Result<Pause, FieldFault>, ApiError> {
    let value = |field| form.get(field).unwrap_or_default();
    let action = BreakerAction::parse(value("breaker")).ok_or(ApiError::Malformed)?;
    let Some(minutes) = number(value("minutes").trim(), 1..=BREAKER_MINUTES) else {
        let text = t.say("article-minutes-fault").with("most", BREAKER_MINUTES).into();
        return Ok(Err(FieldFault { field: "minutes", text }));
    };
    Ok(match free_text("note", form.owned("note"), BREAKER_NOTE) {
        Ok(note) => Ok(Pause { action, minutes, note }),
        Err(_) => Err(FieldFault {
            field: "note",
            text: t.say("article-note-fault").with("most", BREAKER_NOTE).into(),
        }),
    })
}

/// A number as people type it, within its bounds.
pub fn number(raw: &str, bounds: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let is_plain = !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_digit());
    raw.parse().ok().filter(|number| is_plain && bounds.contains(number))
}

/// What the forms of an article hold when nobody has typed anything.
pub fn untouched(t: Texts, (title, rules): (&str, &ArticleRules), now: Timestamp) -> Typed {
    Typed {
        title: title.to_owned(),
        closing: rules.closes_at.filter(|at| *at > now).map_or_else(String::new, field),
        modes: modes(t, rules.mode.map(Mode::name).unwrap_or_default()),
        slow: rules.slow_seconds.map_or_else(String::new, |seconds| seconds.to_string()),
        actions: actions(t, BreakerAction::HoldAll.name()),
        minutes: MINUTES.to_owned(),
        note: String::new(),
    }
}

/// The same with what was typed.
pub fn typed(t: Texts, form: &Fields, untouched: Typed) -> Typed {
    Typed {
        title: form.owned("title").unwrap_or(untouched.title),
        closing: form.owned("closes_at").unwrap_or(untouched.closing),
        modes: form.get("mode").map_or(untouched.modes, |mode| modes(t, mode)),
        slow: form.owned("slow_seconds").unwrap_or(untouched.slow),
        actions: form.get("breaker").map_or(untouched.actions, |action| actions(t, action)),
        minutes: form.owned("minutes").unwrap_or(untouched.minutes),
        note: form.owned("note").unwrap_or(untouched.note),
    }
}

fn modes(t: Texts, chosen: &str) -> Vec<Choice> {
    let of_site = ("", t.say("article-mode-of-site"));
    let own = Mode::ALL.map(|mode| (mode.name(), t.mode(mode)));
    ticked(std::iter::once(of_site).chain(own), chosen)
}

fn actions(t: Texts, chosen: &str) -> Vec<Choice> {
    ticked(BreakerAction::ALL.map(|action| (action.name(), t.breaker(action))), chosen)
}

fn ticked(
    choices: impl IntoIterator<Item = (&'static str, crate::texts::Phrase)>,
    chosen: &str,
) -> Vec<Choice> {
    let one = |(value, label): (&str, crate::texts::Phrase)| Choice {
        value: value.to_owned(),
        label: label.into(),
        is_chosen: value == chosen,
    };
    choices.into_iter().map(one).collect()
}

/// A day and a time as a browser's field writes them (HTML, "local date and time"): here, of UTC.
fn moment(raw: &str) -> Option<Timestamp> {
    let seconds = if raw.len() == "2026-12-01T18:00".len() { ":00" } else { "" };
    Timestamp::parse(&format!("{raw}{seconds}Z"))
}

/// A moment as such a field shows it.
fn field(at: Timestamp) -> String {
    at.to_string().chars().take("2026-12-01T18:00".len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_browsers_write_it_and_written_as_they_read_it() {
        let evening = Timestamp::parse("2026-12-01T18:00:00Z").unwrap();
        for raw in ["2026-12-01T18:00", "2026-12-01T18:00:00", "2026-12-01T18:00:00.000"] {
            assert_eq!(moment(raw), Some(evening), "{raw}");
        }
        for raw in
            ["", "2026-12-01", "18:00", "2026-12-01T18:00Z", "2026-12-01T18:00+01:00", "2026-13-01T18:00"]
        {
            assert_eq!(moment(raw), None, "{raw}");
        }
        assert_eq!(field(evening), "2026-12-01T18:00");
    }

    #[test]
    fn a_number_is_plain_and_within_its_bounds() {
        assert_eq!([number("0", 0..=9), number("9", 0..=9)], [Some(0), Some(9)]);
        for raw in ["", "10", "-1", "+1", "1e0", "0.5", "99999999999"] {
            assert_eq!(number(raw, 0..=9), None, "{raw}");
        }
    }
}
