//! Pages of what the comments of a site are judged by.

use replydesk::domain::{BreakerAction, Field, Language, Mode, Policy};
use replydesk::flow::why::Reason;
use replydesk::http::desk::{account_pages::Said, pages::*, people_pages::Choice, rule_pages::*};

use super::samples::{Hostile, bar, hostile, moment, render, texts};

fn tab(label: &str, current: bool) -> Tab {
    Tab { label: label.to_owned(), url: "/desk/policy?site=gazette".to_owned(), current, count: None }
}

fn pick(value: &str, label: String, is_chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label, is_chosen }
}

fn frame(can_set: bool, said: Option<bool>) -> Frame {
    let t = texts();
    let change = |version, by: Option<&str>| ChangeLine { version, at: moment(9), by: by.map(str::to_owned) };
    Frame {
        parts: vec![
            tab(&t.say("rules-policy").to_string(), true),
            tab(&t.say("rules-words").to_string(), false),
        ],
        tabs: vec![tab("The Gazette", true), tab(Hostile::NAME, false)],
        site: "gazette".to_owned(),
        can_set,
        said: said.map(|is_good| Said { part: "rules", text: Hostile::NAME.to_owned(), is_good }),
        is_late: said == Some(false),
        changes: if can_set { vec![change(2, Some(Hostile::NAME)), change(1, None)] } else { Vec::new() },
        days: [7, 30, 90].map(|days| pick("7", t.days(days).into(), days == 30)).to_vec(),
    }
}

fn policy(can_set: bool, said: Option<bool>) -> PolicyPage {
    let t = texts();
    let is_bad = said == Some(false);
    let number = |(name, value, bounds): (_, u32, _)| NumberField {
        name,
        value: if is_bad { Hostile::NAME.to_owned() } else { value.to_string() },
        bounds,
    };
    let faulty = |name: &'static str| (name, Hostile::NAME.to_owned());
    PolicyPage {
        t,
        bar: bar("Nora Lind"),
        frame: frame(can_set, said),
        form: PolicyForm {
            version: 2,
            mode: Mode::TrustKnown.name(),
            by_name_and_address: is_bad,
            form_required: is_bad,
            actions: BreakerAction::ALL
                .map(|action| pick(action.name(), t.breaker(action).into(), false))
                .to_vec(),
            links: "decide",
            languages: Language::ALL
                .iter()
                .map(|one| pick(one.name(), t.language(*one).into(), false))
                .collect(),
            privacy_url: if is_bad { Hostile::NAME.to_owned() } else { String::new() },
            rules_url: "https://gazette.example/rules".to_owned(),
            numbers: Policy::default().numbers().map(number).to_vec(),
            staff_names: format!("Marit Oyelaran\n{}", Hostile::NAME),
            word_fields: Field::ALL.map(|field| pick(field.name(), t.field(field).into(), is_bad)).to_vec(),
            faults: if is_bad {
                let numbers = Policy::default().numbers().map(|(name, ..)| faulty(name));
                numbers.into_iter().chain([faulty("staff_names"), faulty("privacy_url")]).collect()
            } else {
                Vec::new()
            },
        },
        facts: vec![FactGroup {
            legend: t.say("policy-happens").into(),
            facts: vec![
                (t.say("policy-mode").into(), t.mode(Mode::Open).into()),
                (t.say("policy-staff").into(), Hostile::NAME.to_owned()),
            ],
        }],
    }
}

fn lists(is_bad: bool) -> [ListField; 2] {
    let t = texts();
    let list = |name, label: replydesk::texts::Phrase| ListField {
        name,
        label: label.into(),
        text: format!("casino\n{}\n</textarea>{}", Hostile::NAME, hostile::long()),
        count: 1_204,
        faults: if is_bad { vec![Hostile::NAME.to_owned(), hostile::long()] } else { Vec::new() },
    };
    [list("hold", t.say("words-hold")), list("spam", t.say("words-spam"))]
}

fn words(can_set: bool, said: Option<bool>) -> WordsPage {
    let is_bad = said == Some(false);
    WordsPage {
        t: texts(),
        bar: bar("Nora Lind"),
        frame: frame(can_set, said),
        version: 2,
        lists: lists(is_bad),
        in_force: is_bad.then(|| lists(false)),
    }
}

fn trial(judged: usize) -> TrialPage {
    let t = texts();
    let example = |author: &str, excerpt: &str| ExampleLine {
        author: author.to_owned(),
        excerpt: excerpt.to_owned(),
        url: "/desk/comments/k1".to_owned(),
        findings: vec![
            Reason {
                label: t.finding("word-spam").into(),
                term: Some(Hostile::NAME.to_owned()),
                written: None,
            },
            Reason { label: t.finding("links").into(), term: None, written: None },
        ],
    };
    let differing = |title: &str, count| Differing {
        title: title.to_owned(),
        count,
        examples: vec![
            example(Hostile::NAME, &hostile::long()),
            example("Priya N.", "The nurses got their lit path."),
        ],
    };
    TrialPage {
        t,
        bar: bar("Nora Lind"),
        site: Hostile::NAME.to_owned(),
        page: "/desk/words",
        typed: vec![
            ("hold".to_owned(), format!("a\n{}", Hostile::NAME)),
            ("version".to_owned(), "2".to_owned()),
        ],
        span: t.days(30).into(),
        judged,
        most: (judged > 9_000).then_some(10_000),
        rows: [t.say("trial-approved"), t.say("trial-rejected"), t.say("trial-spam")]
            .map(|decided| (decided.into(), [judged, 0, 1_204]))
            .to_vec(),
        silenced: judged / 2,
        let_through: judged / 3,
        kinds: if judged == 0 {
            Vec::new()
        } else {
            vec![
                differing(&t.say("trial-approved-as-spam").to_string(), 1_204),
                differing(&t.say("trial-spam-published").to_string(), 2),
            ]
        },
    }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("desk-policy.html", render(&policy(true, Some(true)))),
        ("desk-policy-late.html", render(&policy(true, Some(false)))),
        ("desk-policy-moderator.html", render(&policy(false, None))),
        ("desk-words.html", render(&words(true, None))),
        ("desk-words-late.html", render(&words(true, Some(false)))),
        ("desk-words-moderator.html", render(&words(false, None))),
        ("desk-rules-tested.html", render(&trial(10_000))),
        ("desk-rules-tested-on-nothing.html", render(&trial(0))),
    ]
}
