//! What a mail says of an article that a rule took out of the usual rules: why, what that does, until when, and how to
//! end it. It holds nothing of any comment.

use askama::Template;

use super::pages::{SITE_CHARS, SUBJECT_CHARS, one_line};
use crate::{
    domain::{BreakerAction, Cause},
    texts::{Phrase, Texts},
};

/// A tripped breaker, as told to one moderator.
#[derive(Clone, Debug)]
pub struct BreakerMail {
    /// The language of the mail.
    pub t: Texts,
    /// The site's name.
    pub site: String,
    /// The article's title.
    pub article_title: String,
    /// What it does.
    pub action: BreakerAction,
    /// Why.
    pub cause: Cause,
    /// Between two comments of one reader, for people, where it slows the article down.
    pub slow: String,
    /// When it tripped, for people.
    pub since: String,
    /// When it ends, for people.
    pub until: String,
    /// The one link: the article at the desk.
    pub url: String,
}

#[derive(Template)]
#[template(path = "mail/breaker.txt")]
struct TextPart<'a> {
    t: Texts,
    mail: &'a BreakerMail,
}

#[derive(Template)]
#[template(path = "mail/breaker.html")]
struct HtmlPart<'a> {
    t: Texts,
    mail: &'a BreakerMail,
}

impl BreakerMail {
    /// `[Site] Comments are held for now: "Title"`: one line, at most 140 characters.
    pub fn subject(&self) -> String {
        let (t, site) = (self.t, one_line(&self.site, SITE_CHARS));
        let whole = |title: &str| match self.action {
            BreakerAction::HoldAll => {
                t.say("mail-breaker-subject-hold-all").with("site", &site).with("title", title).to_string()
            }
            BreakerAction::Slow => {
                t.say("mail-breaker-subject-slow").with("site", &site).with("title", title).to_string()
            }
            BreakerAction::Closed => {
                t.say("mail-breaker-subject-closed").with("site", &site).with("title", title).to_string()
            }
        };
        let room = SUBJECT_CHARS.saturating_sub(whole("").chars().count());
        whole(&one_line(&self.article_title, room))
    }

    /// The plain-text part, with LF line ends.
    pub fn text(&self) -> askama::Result<String> {
        TextPart { t: self.t, mail: self }.render()
    }

    /// The HTML part.
    pub fn html(&self) -> askama::Result<String> {
        HtmlPart { t: self.t, mail: self }.render()
    }

    /// With a gap for the title.
    fn heading(&self) -> Phrase {
        match self.action {
            BreakerAction::HoldAll => self.t.say("mail-breaker-heading-hold-all").gap("title"),
            BreakerAction::Slow => self.t.say("mail-breaker-heading-slow").gap("title"),
            BreakerAction::Closed => self.t.say("mail-breaker-heading-closed").gap("title"),
        }
    }

    fn why(&self) -> Phrase {
        self.t.cause(self.cause)
    }

    fn effect(&self) -> Phrase {
        let (t, until) = (self.t, &self.until);
        match self.action {
            BreakerAction::HoldAll => t.say("mail-breaker-hold-all").with("until", until),
            BreakerAction::Slow => t.say("mail-breaker-slow").with("until", until).with("span", &self.slow),
            BreakerAction::Closed => t.say("mail-breaker-closed").with("until", until),
        }
    }

    fn site(&self) -> String {
        one_line(&self.site, 120)
    }

    fn title(&self) -> String {
        one_line(&self.article_title, 300)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile(action: BreakerAction, cause: Cause) -> BreakerMail {
        BreakerMail {
            t: Texts::default(),
            site: "The Gazette\r\nBcc: all@example.org".to_owned(),
            article_title: "<b>One</b>\r\nSubject: two\u{202e} ".repeat(30),
            action,
            cause,
            slow: "5 minutes".to_owned(),
            since: "23 November 2026, 21:04 UTC".to_owned(),
            until: "23 November 2026, 22:04 UTC".to_owned(),
            url: "https://desk.example/desk/articles?site=a&q=b".to_owned(),
        }
    }

    #[test]
    fn both_parts_say_why_what_it_does_and_until_when_with_one_link() {
        let rate = Cause::Rate { arrived: 61 };
        let rejections = Cause::Rejections { rejected: 12, decided: 15 };
        for (action, cause, words) in [
            (
                BreakerAction::HoldAll,
                rate,
                ["61 comments arrived within ten minutes", "a moderator sees every new comment first"],
            ),
            (BreakerAction::Slow, rate, ["61 comments arrived within ten minutes", "once in 5 minutes"]),
            (BreakerAction::Closed, rejections, ["12 of 15", "takes no comments"]),
        ] {
            let mail = hostile(action, cause);
            let (text, html) = (mail.text().unwrap(), mail.html().unwrap());
            for part in [&text, &html] {
                assert!(words.iter().all(|word| part.contains(word)), "{part}");
                assert!(part.contains("23 November 2026, 22:04 UTC") && part.contains("End now"), "{part}");
                assert!(!part.contains('\u{202e}') && !part.contains('\r'));
            }
            assert!(text.contains("\nhttps://desk.example/desk/articles?site=a&q=b\n"), "{text}");
            assert!(html.contains("href=\"https://desk.example/desk/articles?site=a&#38;q=b\""));
            assert!(html.matches("<a ").count() == 1 && !html.contains("<b>One"));
        }
    }

    #[test]
    fn a_subject_is_one_bounded_line() {
        for action in BreakerAction::ALL {
            let subject = hostile(action, Cause::Rate { arrived: 1 }).subject();
            assert!(
                subject.starts_with("[The Gazette Bcc: all@example.org] ") && subject.ends_with("…\""),
                "{subject}"
            );
            assert!(subject.chars().count() <= SUBJECT_CHARS && !subject.contains(['\r', '\n', '\u{202e}']));
        }
    }
}
