//! The form of a policy: what it holds, and what was typed into it.

use super::{
    article_forms::number,
    people_pages::Choice,
    rule_pages::{FactGroup, NumberField, PolicyForm},
};
use crate::{
    domain::{
        BreakerAction, BreakerRules, Field, FormRules, Language, Links, Mode, Name, Policy, STAFF_NAMES,
        Trust, Website,
    },
    http::{body::FormBody, error::ApiError, fields::Fields},
    texts::{Phrase, Texts},
};

/// What the form may say, each once; beside it `word_fields`, for each field.
pub const KNOWN: [&str; 25] = [
    "csrf",
    "action",
    "site",
    "version",
    "days",
    "mode",
    "trust.approved",
    "trust.by_name_and_address",
    "max_links",
    "staff_names",
    "form.required",
    "form.min_seconds",
    "form.max_minutes",
    "close_after_days",
    "slow_seconds",
    "breaker.per_ten_minutes",
    "breaker.rejected_percent",
    "breaker.action",
    "breaker.minutes",
    "comment_chars",
    "links",
    "overdue_minutes",
    "language",
    "privacy_url",
    "rules_url",
];
/// The fields that the word lists look into.
pub const WORD_FIELDS: &str = "word_fields";

/// The form of a policy as it is.
pub fn of(t: Texts, (version, policy): (i64, &Policy)) -> PolicyForm {
    let number = |(name, value, bounds): (_, u32, _)| NumberField { name, value: value.to_string(), bounds };
    PolicyForm {
        version,
        mode: policy.mode.name(),
        by_name_and_address: policy.trust.by_name_and_address,
        form_required: policy.form.required,
        actions: actions(t, policy.breaker.action),
        links: policy.links.name(),
        languages: languages(t, policy.language),
        privacy_url: policy.privacy_url.clone().unwrap_or_default(),
        rules_url: policy.rules_url.clone().unwrap_or_default(),
        numbers: policy.numbers().map(number).to_vec(),
        staff_names: policy.staff_names.join("\n"),
        word_fields: word_fields(t, &policy.word_fields),
        faults: Vec::new(),
    }
}

/// The form as it was typed, and the policy that it makes, unless the form says what is wrong with it.
pub fn typed(t: Texts, form: &Fields, body: &FormBody) -> Result<(PolicyForm, Option<Policy>), ApiError> {
    let value = |name| form.get(name).unwrap_or_default();
    let version = value("version").parse().map_err(|_| ApiError::Malformed)?;
    let mode = Mode::parse(value("mode")).ok_or(ApiError::Malformed)?;
    let links = Links::parse(value("links")).ok_or(ApiError::Malformed)?;
    let action = BreakerAction::parse(value("breaker.action")).ok_or(ApiError::Malformed)?;
    let language = Language::parse(value("language")).ok_or(ApiError::Malformed)?;
    let looks_into = body.every(WORD_FIELDS)?;
    if looks_into.iter().any(|name| Field::parse(name).is_none()) {
        return Err(ApiError::Malformed);
    }
    // in one order, each once
    let looks_into: Vec<Field> =
        Field::ALL.into_iter().filter(|field| looks_into.iter().any(|name| name == field.name())).collect();
    let mut faults = Vec::new();
    let numbers = Policy::default().numbers().map(|(name, _, bounds)| {
        let raw = value(name).trim();
        let read = number(raw, bounds.clone());
        if read.is_none() {
            let fault =
                t.say("policy-number-fault").with("least", *bounds.start()).with("most", *bounds.end());
            faults.push((name, fault.into()));
        }
        (NumberField { name, value: raw.to_owned(), bounds }, read)
    });
    let of = |name| numbers.iter().find(|(field, _)| field.name == name).and_then(|(_, read)| *read);
    let of = |name| of(name).unwrap_or_default();
    let staff_names = match names(value("staff_names")) {
        Ok(names) => names,
        Err(fault) => {
            faults.push(("staff_names", fault.in_words(t).into()));
            Vec::new()
        }
    };
    let mut url = |name| {
        let typed = value(name).trim();
        let parsed = Some(typed).filter(|typed| !typed.is_empty()).map(Website::parse).transpose();
        parsed.unwrap_or_else(|_| {
            faults.push((name, t.say("policy-url-fault").into()));
            None
        })
    };
    let (privacy_url, rules_url) = (url("privacy_url"), url("rules_url"));
    let kept = |url: Option<Website>| url.map(|url| url.as_str().to_owned());
    let policy = Policy {
        mode,
        trust: Trust {
            approved: of("trust.approved"),
            by_name_and_address: form.get("trust.by_name_and_address").is_some(),
        },
        max_links: of("max_links"),
        staff_names,
        word_fields: looks_into,
        form: FormRules {
            required: form.get("form.required").is_some(),
            min_seconds: of("form.min_seconds"),
            max_minutes: of("form.max_minutes"),
        },
        close_after_days: of("close_after_days"),
        slow_seconds: of("slow_seconds"),
        breaker: BreakerRules {
            per_ten_minutes: of("breaker.per_ten_minutes"),
            rejected_percent: of("breaker.rejected_percent"),
            action,
            minutes: of("breaker.minutes"),
        },
        comment_chars: usize::try_from(of("comment_chars")).unwrap_or_default(),
        links,
        reasons: Vec::new(),
        overdue_minutes: of("overdue_minutes"),
        language,
        privacy_url: kept(privacy_url),
        rules_url: kept(rules_url),
    };
    let shown = PolicyForm {
        version,
        numbers: numbers.into_iter().map(|(field, _)| field).collect(),
        staff_names: value("staff_names").to_owned(),
        privacy_url: value("privacy_url").trim().to_owned(),
        rules_url: value("rules_url").trim().to_owned(),
        faults,
        ..self::of(t, (version, &policy))
    };
    let is_good = shown.faults.is_empty();
    Ok((shown, Some(policy).filter(|policy| is_good && policy.check().is_ok())))
}

/// What is wrong with a list of names.
enum BadNames {
    /// This line, from 1, is no name.
    Line(usize),
    /// There are too many.
    Many,
}

impl BadNames {
    fn in_words(&self, t: Texts) -> Phrase {
        match self {
            Self::Line(line) => t.say("policy-staff-fault").with("line", *line),
            Self::Many => t.say("policy-staff-many").with("most", STAFF_NAMES),
        }
    }
}

/// Names, one a line, as commenters may have them; blank lines are left out.
fn names(typed: &str) -> Result<Vec<String>, BadNames> {
    let mut names = Vec::new();
    for (nth, line) in typed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let name = line.trim();
        Name::parse(name).map_err(|_| BadNames::Line(nth + 1))?;
        names.push(name.to_owned());
    }
    if names.len() > STAFF_NAMES { Err(BadNames::Many) } else { Ok(names) }
}

fn actions(t: Texts, chosen: BreakerAction) -> Vec<Choice> {
    let choice = |action: BreakerAction| Choice {
        value: action.name().to_owned(),
        label: t.breaker(action).into(),
        is_chosen: action == chosen,
    };
    BreakerAction::ALL.map(choice).to_vec()
}

fn word_fields(t: Texts, chosen: &[Field]) -> Vec<Choice> {
    let choice = |field: Field| Choice {
        value: field.name().to_owned(),
        label: t.field(field).into(),
        is_chosen: chosen.contains(&field),
    };
    Field::ALL.map(choice).to_vec()
}

fn languages(t: Texts, chosen: Language) -> Vec<Choice> {
    let choice = |language: &Language| Choice {
        value: language.name().to_owned(),
        label: t.language(*language).into(),
        is_chosen: *language == chosen,
    };
    Language::ALL.iter().map(choice).collect()
}

/// A policy in words, for those who read it.
pub fn facts(t: Texts, policy: &Policy) -> Vec<FactGroup> {
    let number = |value: u32| t.say("policy-number").with("count", value);
    let or_off = |value: u32| if value == 0 { t.say("policy-off") } else { number(value) };
    let is = |yes: bool| if yes { t.say("policy-yes") } else { t.say("policy-no") };
    let listed =
        |items: Vec<String>| if items.is_empty() { t.say("policy-none").into() } else { items.join(", ") };
    let fields = policy.word_fields.iter().map(|field| t.field(*field).into()).collect();
    let links = match policy.links {
        Links::Decide => t.say("policy-links-decide"),
        Links::Open => t.say("policy-links-open"),
    };
    let chars = number(u32::try_from(policy.comment_chars).unwrap_or(u32::MAX));
    let group = |legend: Phrase, facts: Vec<(Phrase, String)>| FactGroup {
        legend: legend.into(),
        facts: facts.into_iter().map(|(label, value)| (label.into(), value)).collect(),
    };
    let (form, breaker) = (policy.form, policy.breaker);
    vec![
        group(
            t.say("policy-happens"),
            vec![
                (t.say("policy-mode"), t.mode(policy.mode).into()),
                (t.say("policy-approved"), number(policy.trust.approved).into()),
                (t.say("policy-by-name"), is(policy.trust.by_name_and_address).into()),
            ],
        ),
        group(
            t.say("policy-found"),
            vec![
                (t.say("policy-max-links"), or_off(policy.max_links).into()),
                (t.say("policy-staff"), listed(policy.staff_names.clone())),
                (t.say("policy-fields"), listed(fields)),
                (t.say("policy-form-required"), is(form.required).into()),
                (t.say("policy-min-seconds"), or_off(form.min_seconds).into()),
                (t.say("policy-max-minutes"), number(form.max_minutes).into()),
            ],
        ),
        group(
            t.say("policy-articles"),
            vec![
                (t.say("policy-close-after"), or_off(policy.close_after_days).into()),
                (t.say("policy-slow"), or_off(policy.slow_seconds).into()),
            ],
        ),
        group(
            t.say("policy-breaker"),
            vec![
                (t.say("policy-per-ten-minutes"), or_off(breaker.per_ten_minutes).into()),
                (t.say("policy-rejected-percent"), or_off(breaker.rejected_percent).into()),
                (t.say("policy-breaker-action"), t.breaker(breaker.action).into()),
                (t.say("policy-breaker-minutes"), number(breaker.minutes).into()),
            ],
        ),
        group(
            t.say("policy-readers"),
            vec![
                (t.say("policy-language"), t.language(policy.language).into()),
                (t.say("policy-rules-url"), listed(policy.rules_url.iter().cloned().collect())),
                (t.say("policy-privacy-url"), listed(policy.privacy_url.iter().cloned().collect())),
            ],
        ),
        group(
            t.say("policy-people"),
            vec![
                (t.say("policy-comment-chars"), chars.into()),
                (t.say("policy-links"), links.into()),
                (t.say("policy-overdue"), or_off(policy.overdue_minutes).into()),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_one_a_line_and_blank_lines_are_left_out() {
        assert_eq!(
            names(" Marit Oyelaran \r\n\r\nTom\n").ok(),
            Some(vec!["Marit Oyelaran".to_owned(), "Tom".to_owned()])
        );
        assert!(matches!(names("Tom\r\n\r\na@b\r\n"), Err(BadNames::Line(3))));
        assert!(matches!(names(&"Tom\n".repeat(STAFF_NAMES + 1)), Err(BadNames::Many)));
    }

    #[test]
    fn the_form_knows_every_number_of_a_policy() {
        for (name, ..) in Policy::default().numbers() {
            assert!(KNOWN.contains(&name), "{name}");
        }
    }
}
