//! The addresses of isemail against ours: `docs/email-addresses.md` says where the two differ, and
//! here is where its tables come from.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use super::{Code, Email};
use crate::domain::corpora;

const DOCUMENT: &str = "docs/email-addresses.md";

/// Characters of an address that a table shows.
const SHOWN: usize = 60;

/// isemail's categories, and whether an address of one can be given to a mail server as it is.
const CATEGORIES: [(&str, bool, &str); 7] = [
    ("VALID_CATEGORY", true, "valid"),
    ("DNSWARN", true, "valid; isemail did not find its domain in the DNS"),
    ("RFC5321", true, "valid for SMTP, with unusual parts"),
    ("CFWS", false, "valid in a message: comments or folded white space"),
    ("DEPREC", false, "obsolete forms of RFC 5322"),
    ("RFC5322", false, "valid by the grammar of RFC 5322 only"),
    ("ERR", false, "invalid"),
];

struct Case {
    id: String,
    address: String,
    category: String,
    diagnosis: String,
}

/// The cases of isemail, control characters as such: the set writes U+2400 + code for them.
fn cases() -> Vec<Case> {
    let text = corpora::text("email-validity-isemail/tests.xml").unwrap_or_default();
    let member = |case: &str, name: &str| {
        let (_, rest) = case.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value.to_owned())
    };
    let word = |case: &str, name: &str| member(case, name).unwrap().trim_start_matches("ISEMAIL_").to_owned();
    text.split("<test id=\"")
        .skip(1)
        .map(|case| Case {
            id: case.split('"').next().unwrap().to_owned(),
            address: member(case, "address").as_deref().map(characters).unwrap_or_default(),
            category: word(case, "category"),
            diagnosis: word(case, "diagnosis"),
        })
        .collect()
}

fn characters(xml: &str) -> String {
    let mut text = xml.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    while let Some((head, (code, tail))) =
        text.split_once("&#x").and_then(|(head, rest)| Some((head, rest.split_once(';')?)))
    {
        let code = u32::from_str_radix(code, 16).unwrap();
        let is_symbol = (0x2400..=0x241F).contains(&code);
        let c = char::from_u32(if is_symbol { code - 0x2400 } else { code }).unwrap();
        text = format!("{head}{c}{tail}");
    }
    text.replace("&amp;", "&")
}

/// Why the two differ. A difference of another kind fails, and wants to be understood first.
fn reason(address: &str, ours: Result<&str, Code>) -> &'static str {
    let (local, domain) = address.trim().rsplit_once('@').unwrap();
    match ours {
        Err(Code::NotAnAddress) if local.starts_with('"') => "HTML5 has no quoted part before the @",
        Err(Code::NotAnAddress) if domain.starts_with('[') => "HTML5 has no IP addresses after the @",
        Ok(kept) if kept.len() < address.len() => "white space around what was typed is taken away first",
        Ok(_) if format!(".{local}.").contains("..") => "HTML5 lets dots stand anywhere before the @",
        Ok(_) if local.len() > 64 => "HTML5 bounds no part before the @; the whole has at most 254 bytes",
        _ => panic!("{address:?} is {ours:?}, and no reason is known"),
    }
}

/// In a table's cell, as Markdown shows it word for word.
fn cell(address: &str) -> String {
    let symbol = |c: char| match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap(),
        0x7F => '\u{2421}',
        0x20 => '\u{2423}',
        _ => c,
    };
    let shown: String = address.chars().map(symbol).take(SHOWN).collect();
    let rest = if address.chars().count() > SHOWN { "…" } else { "" };
    format!("`{}{rest}`", shown.replace('|', "\\|"))
}

fn tables(cases: &[Case]) -> String {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut differences = String::new();
    for case in cases {
        let parsed = Email::parse(&case.address);
        let ours = parsed.as_ref().map(Email::reveal).map_err(|code| *code);
        let (taken, refused) = counts.entry(&case.category).or_default();
        *(if ours.is_ok() { taken } else { refused }) += 1;
        let (_, theirs, _) = CATEGORIES.iter().find(|(name, ..)| *name == case.category).unwrap();
        if *theirs == ours.is_ok() {
            continue;
        }
        let here = ours.map_or_else(|code| format!("refused: `{}`", code.as_str()), |_| "taken".to_owned());
        let (address, why) = (cell(&case.address), reason(&case.address, ours));
        writeln!(differences, "| {} | {address} | {} | {here} | {why} |", case.id, case.diagnosis).unwrap();
    }
    let mut text =
        "| isemail says | meaning | cases | taken here | refused here |\n|---|---|---|---|---|\n".to_owned();
    for (name, _, meaning) in CATEGORIES {
        let (taken, refused) = counts.remove(name).unwrap();
        writeln!(text, "| {name} | {meaning} | {} | {taken} | {refused} |", taken + refused).unwrap();
    }
    assert!(counts.is_empty(), "a category that is not known");
    text + "\n| case | address | isemail says | here | why |\n|---|---|---|---|---|\n" + &differences
}

#[test]
fn the_document_says_where_we_differ_from_isemail() {
    let cases = cases();
    if cases.is_empty() {
        return;
    }
    assert_eq!(cases.len(), 164);
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT)).unwrap();
    let (_, rest) = document.split_once("<!-- tables -->\n\n").unwrap();
    let (written, _) = rest.split_once("\n<!-- end of tables -->").unwrap();
    let tables = tables(&cases);
    assert!(written == tables, "the tables of {DOCUMENT} should be:\n{tables}");
}

#[test]
fn no_case_of_isemail_brings_a_character_in_that_a_header_could_not_hold() {
    for case in cases() {
        if let Ok(email) = Email::parse(&case.address) {
            assert!(email.reveal().bytes().all(|byte| byte.is_ascii_graphic()), "case {}", case.id);
        }
    }
}
