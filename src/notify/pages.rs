//! What a moderator's mail says. The text of the comment is quoted as plain text in both parts: no
//! link and no image of a commenter reaches an inbox, and the commenter's address is not here at all.

use askama::Template;

use crate::texts::{Phrase, Texts};

pub(super) const SUBJECT_CHARS: usize = 140;
pub(super) const SITE_CHARS: usize = 40;
const QUOTED_CHARS: usize = 60;
const WORD_JOINER: char = '\u{2060}';

/// One waiting comment, as told to the moderators of its site.
#[derive(Clone, Debug)]
pub struct ModeratorMail {
    /// The language of the mail.
    pub t: Texts,
    /// The site's name.
    pub site: String,
    /// The article's title.
    pub article_title: String,
    /// The commenter's name.
    pub author: String,
    /// The comment, as typed.
    pub text: String,
    /// When it was sent, for people.
    pub submitted: String,
    /// How long it has been waiting, for people, when that is what the mail is about.
    pub overdue: Option<String>,
    /// Why screening held it, in plain words; what they quote of it is [`quoted`].
    pub findings: Vec<String>,
    /// What is said where it waits and nothing was found.
    pub nothing: Option<String>,
    /// The comment it answers.
    pub parent: Option<ParentExcerpt>,
    /// The one link.
    pub link: MailLink,
}

/// Where the link of a mail leads.
#[derive(Clone, Debug)]
pub enum MailLink {
    /// To a page that decides for this moderator, without signing in.
    Decide {
        /// The page.
        url: String,
        /// Until when it works, for people.
        until: String,
    },
    /// To the comment at the desk.
    Desk {
        /// The page.
        url: String,
    },
}

/// The beginning of the comment that a reply answers.
#[derive(Clone, Debug)]
pub struct ParentExcerpt {
    /// Who wrote it.
    pub author: String,
    /// Its beginning, as text.
    pub excerpt: String,
}

#[derive(Template)]
#[template(path = "mail/moderator.txt")]
struct TextPart<'a> {
    t: Texts,
    mail: &'a ModeratorMail,
}

#[derive(Template)]
#[template(path = "mail/moderator.html")]
struct HtmlPart<'a> {
    t: Texts,
    mail: &'a ModeratorMail,
}

impl ModeratorMail {
    /// `[Site] New reply to "Title"`, or how long it has been waiting: one line, at most 140 characters.
    pub fn subject(&self) -> String {
        let site = one_line(&self.site, SITE_CHARS);
        let about = |title: &str| match &self.overdue {
            Some(span) => self
                .t
                .say("mail-subject-overdue")
                .with("site", &site)
                .with("span", span)
                .with("title", title)
                .to_string(),
            None => self.t.say("mail-subject").with("site", &site).with("title", title).to_string(),
        };
        let frame = about("").chars().count();
        about(&one_line(&self.article_title, SUBJECT_CHARS.saturating_sub(frame)))
    }

    /// The plain-text part, with LF line ends.
    pub fn text(&self) -> askama::Result<String> {
        TextPart { t: self.t, mail: self }.render()
    }

    /// The HTML part.
    pub fn html(&self) -> askama::Result<String> {
        HtmlPart { t: self.t, mail: self }.render()
    }

    fn author(&self) -> String {
        one_line(&self.author, 120)
    }

    fn lines(&self) -> Vec<String> {
        lines(&self.text)
    }

    fn url(&self) -> &str {
        self.link.url()
    }

    fn action(&self) -> Phrase {
        self.link.action(self.t)
    }

    /// What the link does, for whoever wonders.
    fn note(&self) -> Phrase {
        match &self.link {
            MailLink::Decide { until, .. } => self.t.say("mail-note-decide").with("until", until),
            MailLink::Desk { .. } => self.t.say("mail-note-desk"),
        }
    }

    fn title(&self) -> String {
        one_line(&self.article_title, 300)
    }

    fn site(&self) -> String {
        one_line(&self.site, 120)
    }
}

impl MailLink {
    pub(super) fn url(&self) -> &str {
        match self {
            Self::Decide { url, .. } | Self::Desk { url } => url,
        }
    }

    pub(super) fn action(&self, t: Texts) -> Phrase {
        match self {
            Self::Decide { .. } => t.say("mail-decide"),
            Self::Desk { .. } => t.say("mail-open"),
        }
    }
}

impl ParentExcerpt {
    fn author(&self) -> String {
        one_line(&self.author, 120)
    }

    fn lines(&self) -> Vec<String> {
        lines(&self.excerpt)
    }
}

/// The lines of a text, whatever ends them; a bare CR must not reach the wire (RUSTSEC-2026-0561).
pub(super) fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace('\r', "\n").lines().map(visible).collect()
}

/// Without control characters, and without those that turn the reading direction around.
fn visible(text: &str) -> String {
    text.chars().filter(|&c| c == '\t' || !(c.is_control() || turns_direction(c))).collect()
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line of at most `most` characters, for headers and headings.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible(&spaced.split_whitespace().collect::<Vec<_>>().join(" "));
    if line.chars().count() <= most {
        return line;
    }
    let kept: String = line.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A stretch of a comment, or a term of a list, within our own words: a line of at most 60 characters that no mail program
/// makes a link of. After each sign that holds an address together it has one that shows nothing and lets no line break.
pub fn quoted(text: &str) -> String {
    let line = one_line(text, QUOTED_CHARS);
    let mut quoted = String::with_capacity(line.len());
    for c in line.chars() {
        quoted.push(c);
        if matches!(c, '.' | ':' | '/' | '@') {
            quoted.push(WORD_JOINER);
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> ModeratorMail {
        ModeratorMail {
            t: Texts::default(),
            site: "The Gazette\r\nBcc: all@example.org".to_owned(),
            article_title: "Line one\r\nSubject: two ".repeat(30),
            author: "<script>alert(1)</script>\u{202e}".to_owned(),
            text: "See <a href=\"https://spam.example\">this</a>\r.\r\n<img src=x onerror=y>".to_owned(),
            submitted: "23 November 2026, 21:04 UTC".to_owned(),
            overdue: None,
            findings: vec!["Honeypot filled".to_owned()],
            nothing: None,
            parent: None,
            link: MailLink::Desk { url: "https://desk.example/d/abc?a=1&b=2".to_owned() },
        }
    }

    #[test]
    fn a_subject_is_one_bounded_line() {
        let subject = hostile().subject();
        assert!(subject.starts_with("[The Gazette Bcc: all@example.org] New reply to \"Line one"));
        assert!(subject.ends_with("…\"") && subject.chars().count() <= SUBJECT_CHARS);
        assert!(!subject.contains(['\r', '\n']));
    }

    #[test]
    fn a_mail_says_how_long_a_comment_has_waited() {
        let mail = ModeratorMail { overdue: Some("4 hours".to_owned()), ..hostile() };
        let subject = mail.subject();
        assert!(subject.contains("] Waiting for 4 hours: reply to \"Line one"), "{subject}");
        assert!(subject.ends_with("…\"") && subject.chars().count() <= SUBJECT_CHARS);
        for part in [mail.text().unwrap(), mail.html().unwrap()] {
            assert!(part.contains("It has been waiting for a moderator for 4 hours."), "{part}");
        }
    }

    #[test]
    fn nothing_of_the_comment_is_live_in_the_html_part() {
        let html = hostile().html().unwrap();
        assert!(html.contains("&#60;script&#62;") && html.contains("&#60;img src=x"));
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\u{202e}'));
        assert_eq!(html.matches("<a ").count(), 1, "ours is the only one");
        assert!(html.contains("href=\"https://desk.example/d/abc?a=1&#38;b=2\""));
    }

    #[test]
    fn the_text_part_quotes_every_line_and_has_no_bare_carriage_return() {
        let text = hostile().text().unwrap();
        assert!(!text.contains('\r'));
        assert!(text.contains(" has written a reply to\n\n  Line one Subject: two"), "{text}");
        assert!(text.contains("\n> See <a href=\"https://spam.example\">this</a>\n> .\n> <img"), "{text}");
        assert!(text.contains("https://desk.example/d/abc?a=1&b=2"));
    }

    #[test]
    fn what_is_quoted_is_one_line_and_no_link() {
        assert_eq!(quoted("a\r\nb\u{202e}c"), "a bc");
        let address = quoted("https://casino.example/x or ann@casino.example");
        for part in ["://", "o.e", "n@c", "/x"] {
            assert!(!address.contains(part), "{address:?}");
        }
        assert_eq!(address.replace(WORD_JOINER, ""), "https://casino.example/x or ann@casino.example");
        let long = quoted(&"ab ".repeat(100));
        assert!(long.ends_with('…') && long.chars().count() <= QUOTED_CHARS, "{long}");
    }

    #[test]
    fn a_mail_says_that_nothing_was_found() {
        let nothing = || "Nothing was found in it.".to_owned();
        let mail = ModeratorMail { findings: vec![], nothing: Some(nothing()), ..hostile() };
        for part in [mail.text().unwrap(), mail.html().unwrap()] {
            assert!(part.contains(&nothing()) && !part.contains("Why it was held"), "{part}");
        }
    }

    #[test]
    fn a_mail_says_what_its_link_does() {
        let desk = hostile();
        let (url, until) = ("https://desk.example/d/abc".to_owned(), "2 December 2026, 12:00 UTC".to_owned());
        let decide = ModeratorMail { link: MailLink::Decide { url, until }, ..desk.clone() };
        for part in [desk.html().unwrap(), desk.text().unwrap()] {
            assert!(part.contains("Open on the desk") && part.contains("where you sign in."));
            assert!(!part.contains("do not pass this mail on"));
        }
        for part in [decide.html().unwrap(), decide.text().unwrap()] {
            assert!(part.contains("Read and decide") && part.contains("until 2 December 2026, 12:00 UTC,"));
            assert!(part.contains("https://desk.example/d/abc") && part.contains("do not pass this mail on"));
        }
    }
}
