//! No words in templates and in code.

use super::{LEFT, read, templates};
use crate::structure;

/// What is called so in every language, and what is typed at a terminal.
const NAMES: [&str; 2] = ["Replydesk", "https://"];

/// What stands between `from` and `to`, and the text without it.
fn cut(text: &str, from: &str, to: &str) -> (Vec<String>, String) {
    let (mut inside, mut outside, mut rest) = (Vec::new(), String::new(), text);
    while let Some((before, after)) = rest.split_once(from) {
        let (within, behind) = after.split_once(to).unwrap_or_else(|| panic!("no {to} after {after:.60}"));
        outside.push_str(before);
        inside.push(within.to_owned());
        rest = behind;
    }
    outside.push_str(rest);
    (inside, outside)
}

/// What a template shows of its own: its text, and attributes that are read.
fn shows(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (from, to) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
        text = cut(&text, from, to).1;
    }
    for element in ["style", "code", "kbd"] {
        text = cut(&text, &format!("<{element}>"), &format!("</{element}>")).1;
    }
    let (tags, text) = cut(&text, "<", ">");
    let mut shown = vec![text];
    for attribute in ["title", "aria-label", "placeholder", "alt"] {
        for tag in &tags {
            let (values, _) = cut(tag, &format!(" {attribute}=\""), "\"");
            shown.extend(values);
        }
    }
    shown
}

fn has_words(text: &str) -> bool {
    NAMES.iter().fold(text.to_owned(), |text, name| text.replace(name, "")).chars().any(char::is_alphabetic)
}

#[test]
fn templates_hold_no_words() {
    for (name, text) in templates() {
        // attributes that stand in a tag of another one
        let text = if name == "desk/parts.html" { format!("<main{text}>") } else { text };
        let text = text.replace(" dir=\"{{ t.dir() }}\"", "");
        let text = text.replace(" aria-invalid=\"true\" aria-describedby=\"{{ id }}-error\"", "");
        let words: Vec<String> = shows(&text).into_iter().filter(|shown| has_words(shown)).collect();
        assert_eq!(LEFT.contains(&name.as_str()), !words.is_empty(), "{name} shows {words:?}");
    }
    assert!(!shows(&read("templates/layout.html")).iter().any(|shown| has_words(shown)));
}

/// Where pages and mails are made.
const PLACES: [&str; 5] = ["http/desk/", "http/public/", "http/view.rs", "notify/", "flow/letters/"];

/// Of these the demo's article, which is English, and what is for programmers.
const FOR_PROGRAMMERS: [&str; 6] = [
    "http/public/assets.rs",
    "http/public/demo.rs",
    "http/public/input.rs",
    "http/public/problems.rs",
    "http/public/wordpress.rs",
    "http/public/reports.rs",
];

/// What is no word of ours although it looks like one.
const OTHERS: [&str; 17] = [
    // what programs read
    "../../../assets/embed.min.js",
    "text/html; charset=utf-8",
    "Replydesk ({host})",
    "Replydesk",
    // members of a policy, as its form names them
    "trust.approved",
    "form.required",
    "breaker.action",
    "breaker.minutes",
    // members of bodies
    "client.ip",
    "client.user_agent",
    // headers
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Unsubscribe=One-Click",
    "Auto-Submitted",
    "List-Id",
    "Subject",
    "To",
];

/// The texts in quotes of a piece of code, without those that a log, an error of ours, a lint or the OpenAPI
/// document takes.
fn quoted(code: &str) -> Vec<String> {
    let mut code = code.to_owned();
    let of_others = [
        ("#[", "]\n"),
        ("tracing::", ");"),
        (".expect(", ")"),
        ("impl fmt::Display", "\n}\n"),
        ("pub fn about_", "\n}\n"),
    ];
    for (from, to) in of_others {
        code = cut(&code, from, to).1;
    }
    let code = code.replace("'\"'", "").replace("\\\"", "");
    code.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn is_said(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(char::is_alphabetic);
    let words: Vec<&str> = text.split([' ', '.', ',', ':']).collect();
    let begins = |word: &str| is_word(&word) && word.starts_with(char::is_uppercase);
    (words.iter().filter(|word| is_word(word)).count() > 1 || begins(words[0])) && !OTHERS.contains(&text)
}

#[test]
fn code_holds_no_words() {
    let mut said = Vec::new();
    for (file, code) in structure::sources() {
        let is_for_people = PLACES.iter().any(|place| file.starts_with(place));
        if is_for_people && !FOR_PROGRAMMERS.contains(&file.as_str()) && !file.starts_with("notify/smtp/") {
            said.extend(
                quoted(&code).into_iter().filter(|text| is_said(text)).map(|text| (file.clone(), text)),
            );
        }
    }
    assert!(said.is_empty(), "{said:?}");
    for text in ["Approved", "in other words", "Sent by {name}", "Nothing: at all"] {
        assert!(is_said(text), "{text}");
    }
    for text in ["approve", "decision_id", "/desk?list=mine", "{} {}", ""] {
        assert!(!is_said(text), "{text}");
    }
}

/// What the desk's script looks for and what it reads is no word of ours.
#[test]
fn the_script_holds_no_words() {
    let script = read("assets/desk.js");
    let lines = script.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("/**"));
    let code: Vec<&str> = lines.collect();
    let said = |text: &str| {
        let is_word = |word: &str| word.len() > 1 && word.chars().all(char::is_alphabetic);
        let is_sentence =
            text.split(' ').filter(|word| is_word(word)).count() > 1 && !text.contains(['[', '.', '#']);
        is_sentence || is_word(text.split(' ').next().unwrap()) && text.starts_with(char::is_uppercase)
    };
    let texts = code.join("\n").replace('`', "\"");
    let texts: Vec<&str> = texts.split('"').skip(1).step_by(2).filter(|text| said(text)).collect();
    assert_eq!(texts, ["use strict", "Escape", "form button", "form textarea", "POST"]);
    assert!(said("Load it again") && said(" is reading it") && !said(".select input:checked"));
}
