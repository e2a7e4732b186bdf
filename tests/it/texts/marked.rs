//! A language in which every text is marked: whatever is shown without the mark comes from a template or from code, and
//! would stay English in any other language.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use replydesk::{
    domain::Direction,
    http::desk::script::words,
    notify::{InvitationMail, MailLink, ModeratorMail, TestMail},
    texts::Texts,
};

use serde_json::Value;

use super::{entries, read};
use crate::pages::{
    of_moderators, of_readers,
    samples::{self, Hostile, calm, hostile, spoken, told_in},
};

const OPEN: char = '⟦';
const CLOSE: char = '⟧';

/// An English catalogue with a mark around each text.
fn marked(catalogue: &str, direction: Direction) -> Texts {
    let mark = |(id, text): (String, String)| {
        let words = text.trim();
        let before = &text[..text.find(words).unwrap()];
        let words =
            if id.starts_with("digits-") { words.to_owned() } else { format!("{OPEN}{words}{CLOSE}") };
        format!("{id} ={before}{words}\n")
    };
    let source: String = entries(&read(catalogue)).into_iter().map(mark).collect();
    Texts::foreign("en-XA", direction, &source).unwrap()
}

fn of_the_desk() -> Texts {
    marked("locales/en.ftl", Direction::LeftToRight)
}

/// Readers' pages that are English: the demo's article, and what is for programmers.
const LEFT: [&str; 2] = ["article-", "problem"];

/// What samples bring along outside of elements that hold such: names, addresses, and what handlers would have said.
const DATA: [&str; 52] = [
    "Replydesk",
    "nora@gazette.example",
    "Firefox on Linux",
    "Chrome on Android",
    "Figures for the morning meeting",
    // what is wrong with a form
    "Choose.",
    "More.",
    "Until when?",
    "Where?",
    "Email or password is not right. Please try again.",
    // of people
    "Invited",
    "Moderator: reads the queue and decides",
    "Editor",
    // pages with one thing to say
    "Shown once",
    "Keep it.",
    "This form is out of date",
    "You were signed out or the page was open for a long time. Nothing was changed.",
    "Back to the queue",
    samples::ADDRESS,
    // of articles
    "The bridge",
    "The ferry",
    "The lights",
    "The quay",
    // of a list
    "Waiting",
    "Mine",
    "Approved",
    "Rejected",
    "Spam",
    "1,204 waiting, the oldest for 3 hours · 12 reported · 86 decided in the last hour",
    "Newer",
    "Select all on this page",
    "Anything",
    "Any or none",
    "Oldest first",
    "Please look for at most 8 words at a time.",
    "Only from the address or the network of",
    "one comment",
    "Only on the article",
    // of a comment
    "Edit waiting",
    "for 5 more minutes",
    "for 1 more minute",
    "2 approved, 1 rejected",
    "4 similar comments",
    "It is not about this article.",
    "It names a person in a way that the law forbids.",
    "Please write a comment.",
    // what was done
    "Approved.",
    "Someone else was first:",
    "has approved it.",
    "See the comment",
    "Nora Lind",
    "Tom Bexley",
];

/// The same of samples of readers' pages.
const OF_READERS: [&str; 11] = [
    "https://",
    "The Gazette",
    "Some fields need attention",
    "Nothing has been sent yet. Please correct the fields below; what you typed is still there.",
    "Too many comments at once",
    "Several comments have arrived from your network within a short time.",
    "Comments are closed",
    "This article no longer takes comments, so yours could not be sent.",
    "Page not found",
    "There is nothing at this address, or it is not public.",
    "To the front page",
];

/// Without what is marked. Marks close where they open, in the same element.
fn unmarked(text: &str, depth: &mut usize) -> String {
    let mut left = String::new();
    for c in text.chars() {
        match c {
            OPEN => *depth += 1,
            CLOSE => *depth = depth.checked_sub(1).unwrap_or_else(|| panic!("a mark too many in {text}")),
            _ if *depth == 0 => left.push(c),
            _ => {}
        }
    }
    left
}

struct Page<'a> {
    name: &'a str,
    data: Vec<String>,
}

impl Page<'_> {
    fn is_data(&self, text: &str) -> bool {
        let left = self.data.iter().fold(text.to_owned(), |text, known| text.replace(known.as_str(), ""));
        !left.chars().any(char::is_alphabetic)
    }

    fn check(&self, text: &str, depth: &mut usize) {
        let left = unmarked(text, depth);
        assert!(self.is_data(&left), "{} says {:?} by itself", self.name, left.trim());
    }

    fn look(&self, node: &Handle) {
        let mut depth = 0;
        for child in node.children.borrow().iter() {
            match &child.data {
                NodeData::Text { contents } => self.check(&contents.borrow(), &mut depth),
                NodeData::Element { name, attrs, .. } => {
                    let attrs = attrs.borrow();
                    let attribute = |name: &str| attrs.iter().find(|one| &*one.name.local == name);
                    for read in ["title", "aria-label", "placeholder", "alt"] {
                        let value = attribute(read).map(|one| one.value.to_string()).unwrap_or_default();
                        self.check(&value, &mut 0);
                    }
                    // people's words, what is typed, and what programs read
                    let is_of_others = ["bdi", "code", "kbd", "textarea", "style"].contains(&&*name.local)
                        || attribute("dir").is_some_and(|dir| &*dir.value == "auto");
                    if !is_of_others {
                        self.look(child);
                    }
                }
                _ => self.look(child),
            }
        }
        assert_eq!(depth, 0, "{}: a mark closes elsewhere than it opens", self.name);
    }
}

fn check(name: &str, html: &str, data: &[String]) {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut data: Vec<String> = data.iter().cloned().chain(DATA.map(str::to_owned)).collect();
    data.sort_by_key(|known| std::cmp::Reverse(known.len()));
    Page { name, data }.look(&dom.document);
}

#[test]
fn nothing_on_a_page_is_said_without_the_catalogue() {
    for (name, page) in spoken(of_the_desk(), of_moderators) {
        assert!(page.contains("<html lang=\"en-XA\">"), "{name}");
        check(name, &page, &[hostile::title(), hostile::long(), Hostile::NAME.to_owned()]);
    }
}

/// Their language runs from the right to the left here: the pages say so.
#[test]
fn nothing_on_a_page_of_readers_is_said_without_the_catalogue() {
    let t = marked("locales/readers/en.ftl", Direction::RightToLeft);
    let mut left = LEFT.to_vec();
    for (name, page) in told_in(t, of_readers) {
        if let Some(known) = LEFT.iter().find(|known| name.starts_with(**known)) {
            left.retain(|left| left != known);
            continue;
        }
        assert!(page.contains("<html lang=\"en-XA\" dir=\"rtl\">"), "{name}");
        let mut data = vec![hostile::title(), hostile::long(), Hostile::NAME.to_owned()];
        data.extend(OF_READERS.map(str::to_owned));
        check(name, &page, &data);
    }
    assert!(left.is_empty(), "no page is called {left:?}");
}

#[test]
fn nothing_in_the_script_is_said_without_the_catalogue() {
    fn leaves(value: &Value, told: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.values().for_each(|value| leaves(value, told)),
            leaf => told.push(leaf.as_str().unwrap().to_owned()),
        }
    }
    let mut told = Vec::new();
    leaves(&words(of_the_desk()), &mut told);
    assert!(
        told.len() > 20 && told.iter().all(|text| text.starts_with(OPEN) && text.ends_with(CLOSE)),
        "{told:?}"
    );
    let english = words(Texts::default());
    assert_eq!(english["decidedBy"]["spam"], "Marked as spam by {name}, just now.");
    assert_eq!(english["decided"]["other"], "Decided, just now.");
    let more = |form: &str| english["more"][form].as_str().unwrap().to_owned();
    assert_eq!((more("one"), more("few")), ("{count} more comment waits. {link}".to_owned(), more("other")));
}

/// A mail: its name, the subject, both parts.
type Mail = (&'static str, String, String, String);

fn mails() -> Vec<Mail> {
    let t = samples::texts();
    let until = samples::moment(-10_080).exact;
    let invitation = InvitationMail {
        t,
        name: "Nora Lind".to_owned(),
        sign_in_name: "nora@gazette.example".to_owned(),
        until,
        url: "https://comments.gazette.example/desk/invitations/abc".to_owned(),
        desk_url: "https://comments.gazette.example/desk".to_owned(),
    };
    let one = calm::mail();
    let late = ModeratorMail {
        overdue: Some(t.hours(4).to_string()),
        link: MailLink::Desk { url: "https://comments.gazette.example/desk/comments/k1".to_owned() },
        parent: None,
        ..calm::mail()
    };
    let many = samples::digest("Tom Bexley", "Lovely for the people who drive in.", calm::HEADLINE);
    let mut few = many.clone();
    (few.total, few.sites_in_all, few.is_digest) = (1, 1, false);
    few.sites.truncate(1);
    few.sites[0].items.truncate(1);
    few.sites[0].items[0].link = MailLink::Desk { url: "https://comments.gazette.example/desk".to_owned() };
    let (trial, told) = (TestMail { t }, |html: askama::Result<String>| html.unwrap());
    vec![
        ("invitation", invitation.subject(), told(invitation.text()), told(invitation.html())),
        ("one", one.subject(), told(one.text()), told(one.html())),
        ("late", late.subject(), told(late.text()), told(late.html())),
        ("many", many.subject(), told(many.text()), told(many.html())),
        ("few", few.subject(), told(few.text()), told(few.html())),
        ("test", trial.subject(), trial.text(), told(trial.html())),
    ]
}

#[test]
fn nothing_in_a_mail_is_said_without_the_catalogue() {
    let one = calm::mail();
    let mut data: Vec<String> = one.text.lines().map(str::to_owned).collect();
    data.extend(one.parent.map(|parent| parent.excerpt));
    data.extend([calm::HEADLINE, "Tom Bexley", "Lovely for the people who drive in."].map(str::to_owned));
    data.retain(|line| !line.is_empty());
    for (name, subject, text, html) in spoken(of_the_desk(), mails) {
        check(name, &html, &data);
        assert!(!html.contains("lang=\"en\""), "{name}");
        let page = Page { name, data: with_addresses(&text, &data) };
        for part in [&subject, &text] {
            let mut depth = 0;
            page.check(part, &mut depth);
            assert_eq!(depth, 0, "{name}: {part}");
        }
    }
}

/// The known data of a text, with the addresses of pages in it; the longest first.
fn with_addresses(text: &str, data: &[String]) -> Vec<String> {
    let mut data = data.to_vec();
    data.extend(text.split_whitespace().filter(|word| word.starts_with("https://")).map(str::to_owned));
    data.sort_by_key(|known| std::cmp::Reverse(known.len()));
    data
}

#[test]
fn what_is_not_marked_is_found() {
    let found = |html: &str| std::panic::catch_unwind(|| check("x", html, &[])).is_err();
    assert!(!found("<p>⟦a <bdi>Mo</bdi> ⟦b⟧ c⟧ 12 · <b title='⟦d⟧'>⟦e⟧</b></p>"));
    for html in
        ["<p>a</p>", "<p>⟦a⟧ b</p>", "<p>⟦a <b>c</b> d⟧</p>", "<p title='a'>⟦b⟧</p>", "<p>⟦a</p><p>b⟧</p>"]
    {
        assert!(found(html), "{html}");
    }
}
