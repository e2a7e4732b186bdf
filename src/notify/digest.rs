//! What a mail about several comments says: each with a link of its own, and how many more there are. Like the mail about
//! one, it holds no link, no image and no address of a commenter.

use askama::Template;

use super::pages::{MailLink, SITE_CHARS, SUBJECT_CHARS, one_line};
use crate::texts::{Phrase, Texts};

/// Several waiting comments, as told to one moderator.
#[derive(Clone, Debug)]
pub struct DigestMail {
    /// The language of the mail.
    pub t: Texts,
    /// How many wait, those that are not shown with them.
    pub total: u64,
    /// On how many sites.
    pub sites_in_all: usize,
    /// Those that are shown, by site.
    pub sites: Vec<DigestSite>,
    /// Where all of them are.
    pub desk_url: String,
    /// They come so because the moderator wants that, and not because there are many.
    pub is_digest: bool,
    /// Where that is set.
    pub account_url: String,
}

/// The comments of one site.
#[derive(Clone, Debug)]
pub struct DigestSite {
    /// The site's name.
    pub name: String,
    /// How many wait there, those that are not shown with them.
    pub count: u64,
    /// Those that are shown.
    pub items: Vec<DigestItem>,
}

/// One comment.
#[derive(Clone, Debug)]
pub struct DigestItem {
    /// The article's title.
    pub article_title: String,
    /// The commenter's name.
    pub author: String,
    /// When it was sent, for people.
    pub submitted: String,
    /// Its beginning, as text.
    pub excerpt: String,
    /// How long it has been waiting, for people, when that is too long.
    pub overdue: Option<String>,
    /// Why screening held it, in plain words; what they quote of it is [`super::quoted`].
    pub findings: Vec<String>,
    /// What is said where it waits and nothing was found.
    pub nothing: Option<String>,
    /// Its own link.
    pub link: MailLink,
}

#[derive(Template)]
#[template(path = "mail/digest.txt")]
struct TextPart<'a> {
    t: Texts,
    mail: &'a DigestMail,
}

#[derive(Template)]
#[template(path = "mail/digest.html")]
struct HtmlPart<'a> {
    t: Texts,
    mail: &'a DigestMail,
}

impl DigestMail {
    /// `[Site] 12 replies wait`, and how long the one that has waited for too long: one line, at most 140 characters.
    pub fn subject(&self) -> String {
        let place = match &self.sites[..] {
            [site] if self.sites_in_all == 1 => one_line(&site.name, SITE_CHARS),
            _ => "Replydesk".to_owned(),
        };
        let (t, heading) = (self.t, self.heading());
        let subject = match self.items().find_map(|item| item.overdue.as_deref()) {
            Some(span) => t
                .say("mail-digest-subject-overdue")
                .with("place", place)
                .with("heading", heading)
                .with("span", span),
            None => t.say("mail-digest-subject").with("place", place).with("heading", heading),
        };
        one_line(&subject.to_string(), SUBJECT_CHARS)
    }

    /// The plain-text part, with LF line ends.
    pub fn text(&self) -> askama::Result<String> {
        TextPart { t: self.t, mail: self }.render()
    }

    /// The HTML part.
    pub fn html(&self) -> askama::Result<String> {
        HtmlPart { t: self.t, mail: self }.render()
    }

    fn items(&self) -> impl Iterator<Item = &DigestItem> {
        self.sites.iter().flat_map(|site| &site.items)
    }

    fn heading(&self) -> Phrase {
        match self.sites_in_all {
            0 | 1 => self.t.say("mail-digest-heading").with("count", self.total),
            sites => self.t.say("mail-digest-heading-sites").with("count", self.total).with("sites", sites),
        }
    }

    /// Where they wait, when that is one place.
    fn place(&self) -> Option<String> {
        match &self.sites[..] {
            [site] if self.sites_in_all == 1 => Some(site.name()),
            _ => None,
        }
    }

    /// How many are not shown.
    fn more(&self) -> u64 {
        self.total.saturating_sub(u64::try_from(self.items().count()).unwrap_or_default())
    }

    /// What the links do, for whoever wonders.
    fn note(&self) -> Phrase {
        let until = self.items().find_map(|item| match &item.link {
            MailLink::Decide { until, .. } => Some(until),
            MailLink::Desk { .. } => None,
        });
        match until {
            Some(until) => self.t.say("mail-digest-note-decide").with("until", until),
            None => self.t.say("mail-digest-note-desk"),
        }
    }

    /// Why there are several in one mail.
    fn reason(&self) -> Phrase {
        if self.is_digest { self.t.say("mail-digest-chosen") } else { self.t.say("mail-digest-many") }
    }
}

impl DigestSite {
    fn name(&self) -> String {
        one_line(&self.name, 120)
    }
}

impl DigestItem {
    fn title(&self) -> String {
        one_line(&self.article_title, 300)
    }

    fn author(&self) -> String {
        one_line(&self.author, 120)
    }

    fn excerpt(&self) -> String {
        one_line(&self.excerpt, 400)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(n: usize) -> DigestItem {
        DigestItem {
            article_title: "The bridge\r\nBcc: x@evil.example".to_owned(),
            author: "<script>alert(1)</script>\u{202e}".to_owned(),
            submitted: "23 November 2026, 21:04 UTC".to_owned(),
            excerpt: "See <a href=\"https://spam.example\">this</a>\r. <img src=x onerror=y>".to_owned(),
            overdue: None,
            findings: vec!["Honeypot filled".to_owned()],
            nothing: None,
            link: MailLink::Decide {
                url: format!("https://desk.example/d/{n}"),
                until: "2 December 2026, 12:00 UTC".to_owned(),
            },
        }
    }

    fn site(name: &str, count: u64, shown: usize) -> DigestSite {
        DigestSite { name: name.to_owned(), count, items: (0..shown).map(item).collect() }
    }

    fn mail(sites: Vec<DigestSite>) -> DigestMail {
        DigestMail {
            t: Texts::default(),
            total: sites.iter().map(|site| site.count).sum(),
            sites_in_all: sites.len(),
            sites,
            desk_url: "https://desk.example/desk".to_owned(),
            is_digest: false,
            account_url: "https://desk.example/desk/account#mail".to_owned(),
        }
    }

    #[test]
    fn a_subject_counts_and_names_the_place() {
        assert_eq!(
            mail(vec![site("The Gazette\r\nBcc: x", 12, 12)]).subject(),
            "[The Gazette Bcc: x] 12 replies wait"
        );
        let two = mail(vec![site("A", 9_000, 10), site("B", 1_234, 10)]);
        assert_eq!(two.subject(), "[Replydesk] 10,234 replies wait on 2 sites");
        let mut late = mail(vec![site("A", 2, 2)]);
        late.sites[0].items[0].overdue = Some("4 hours".to_owned());
        assert_eq!(late.subject(), "[A] 2 replies wait, one for 4 hours");
    }

    #[test]
    fn each_comment_has_one_link_and_the_others_are_counted() {
        let mail = mail(vec![site("A", 50, 15), site("B", 12, 5)]);
        let (text, html) = (mail.text().unwrap(), mail.html().unwrap());
        assert_eq!(html.matches("href=\"https://desk.example/d/").count(), 20);
        assert_eq!(html.matches("<a ").count(), 23, "those to the desk and the account are the only others");
        assert_eq!(text.matches("https://desk.example/d/").count(), 20);
        for part in [&text, &html] {
            assert!(part.contains("and 42 more"), "{part}");
            assert!(part.contains("50 replies") && part.contains("12 replies"));
        }
    }

    #[test]
    fn nothing_of_a_comment_is_live() {
        let mail = mail(vec![site("A", 2, 2)]);
        let (text, html) = (mail.text().unwrap(), mail.html().unwrap());
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\u{202e}'));
        assert!(
            !html.contains("href=\"https://spam") && !text.contains('\r') && !text.contains("and 0 more")
        );
        assert!(text.contains("> See <a href=\"https://spam.example\">this</a> . <img"), "{text}");
        assert!(text.contains(" on\n\n  The bridge Bcc: x@evil.example\n\n23 November"), "{text}");
        assert!(text.contains("do not pass this mail on"));
    }
}
