//! What commenters are told by mail: what became of their comment, who answered, and, before anything else, whether they
//! want to be told. What people wrote is quoted as plain text; every link leads to the site or to a page of ours.

use askama::Template;

use super::pages::{SITE_CHARS, SUBJECT_CHARS, lines, one_line};
use crate::{
    domain::Basis,
    texts::{Phrase, Texts},
};

/// A mail to one commenter, in the language of the site.
#[derive(Clone, Debug)]
pub struct CommenterMail {
    /// The language of the site.
    pub t: Texts,
    /// The site's name.
    pub site: String,
    /// The article's title.
    pub article_title: String,
    /// What there is to tell.
    pub news: News,
    /// Where the question is answered, or mails are ended.
    pub answer_url: String,
}

/// What a commenter is told.
#[derive(Clone, Debug)]
pub enum News {
    /// Nothing yet: whether mail is wanted at all. It holds nothing that anybody typed.
    Question,
    /// The comment is on the page.
    Published {
        /// There it is.
        url: String,
        /// The private link of the comment.
        receipt_url: String,
        /// The comment.
        text: String,
        /// A moderator has looked at it again because its author asked.
        had_appealed: bool,
    },
    /// The comment is not published.
    Rejected {
        /// Why, in the words of the site.
        reason: Option<String>,
        /// What that rests on.
        basis: Option<Basis>,
        /// The private link of the comment.
        receipt_url: String,
        /// The comment.
        text: String,
        /// A moderator has looked at it again because its author asked.
        had_appealed: bool,
    },
    /// Somebody answered.
    Answered {
        /// Who.
        by: String,
        /// The answer.
        text: String,
        /// What was answered.
        own: String,
        /// There it is.
        url: String,
    },
}

#[derive(Template)]
#[template(path = "mail/commenter.txt")]
struct TextPart<'a> {
    t: Texts,
    mail: &'a CommenterMail,
}

#[derive(Template)]
#[template(path = "mail/commenter.html")]
struct HtmlPart<'a> {
    t: Texts,
    mail: &'a CommenterMail,
}

impl CommenterMail {
    /// `[Site] Your comment is published: Title`: one line, at most 140 characters.
    pub fn subject(&self) -> String {
        let site = one_line(&self.site, SITE_CHARS);
        let about = |title: &str| {
            let said = match &self.news {
                News::Question => self.t.say("commenter-subject-question"),
                News::Published { .. } => self.t.say("commenter-subject-published").with("title", title),
                News::Rejected { .. } => self.t.say("commenter-subject-rejected").with("title", title),
                News::Answered { by, .. } => self
                    .t
                    .say("commenter-subject-answered")
                    .with("name", one_line(by, 40))
                    .with("title", title),
            };
            format!("[{site}] {said}")
        };
        let frame = about("").chars().count();
        one_line(&about(&one_line(&self.article_title, SUBJECT_CHARS.saturating_sub(frame))), SUBJECT_CHARS)
    }

    /// The plain-text part, with LF line ends.
    pub fn text(&self) -> askama::Result<String> {
        TextPart { t: self.t, mail: self }.render()
    }

    /// The HTML part.
    pub fn html(&self) -> askama::Result<String> {
        HtmlPart { t: self.t, mail: self }.render()
    }

    fn site(&self) -> String {
        one_line(&self.site, 120)
    }

    /// What it is about, above everything; nothing with the question.
    fn title(&self) -> Option<String> {
        (!matches!(self.news, News::Question)).then(|| one_line(&self.article_title, 300))
    }

    fn heading(&self) -> Phrase {
        match &self.news {
            News::Question => self.t.say("commenter-question"),
            News::Published { .. } => self.t.say("commenter-published"),
            News::Rejected { .. } => self.t.say("commenter-rejected"),
            News::Answered { by, .. } => self.t.say("commenter-answered").with("name", one_line(by, 120)),
        }
    }

    /// What follows the heading, sentence by sentence.
    fn told(&self) -> Vec<String> {
        let t = self.t;
        match &self.news {
            News::Question => vec![
                t.say("commenter-question-who").with("site", self.site()).into(),
                t.say("commenter-question-how").into(),
            ],
            News::Published { had_appealed, .. } => {
                had_appealed.then(|| t.say("commenter-appeal-granted").into()).into_iter().collect()
            }
            News::Rejected { reason, basis, had_appealed, .. } => {
                let appealed = had_appealed.then(|| t.say("commenter-appeal-refused").into());
                let reason = reason
                    .as_ref()
                    .map(|reason| t.say("commenter-reason").with("reason", one_line(reason, 500)).into());
                let basis = basis.map(|basis| match basis {
                    Basis::Law => t.say("receipt-law").into(),
                    Basis::Terms => t.say("receipt-terms").with("site", self.site()).into(),
                });
                appealed.into_iter().chain(reason).chain(basis).collect()
            }
            News::Answered { .. } => Vec::new(),
        }
    }

    /// What its reader wrote, where that is not all there is to quote.
    fn own(&self) -> Vec<String> {
        match &self.news {
            News::Answered { own, .. } => lines(own),
            _ => Vec::new(),
        }
    }

    fn quote(&self) -> Vec<String> {
        match &self.news {
            News::Question => Vec::new(),
            News::Published { text, .. } | News::Rejected { text, .. } | News::Answered { text, .. } => {
                lines(text)
            }
        }
    }

    /// The one thing to do, and where.
    fn action(&self) -> (Phrase, &str) {
        match &self.news {
            News::Question => (self.t.say("commenter-answer"), &self.answer_url),
            News::Published { url, .. } => (self.t.say("receipt-see"), url),
            News::Rejected { receipt_url, .. } => (self.t.say("commenter-receipt"), receipt_url),
            News::Answered { url, .. } => (self.t.say("commenter-see-answer"), url),
        }
    }

    /// The private page of the comment, where that is not the one thing.
    fn receipt(&self) -> Option<&str> {
        match &self.news {
            News::Published { receipt_url, .. } => Some(receipt_url),
            News::Question | News::Rejected { .. } | News::Answered { .. } => None,
        }
    }

    /// Why it came, for whoever wonders.
    fn why(&self) -> Phrase {
        match &self.news {
            News::Question => self.t.say("commenter-why-question").with("site", self.site()),
            _ => self.t.say("commenter-why").with("site", self.site()),
        }
    }

    /// Where mails are ended, but for the question, which is that place already.
    fn end(&self) -> Option<&str> {
        (!matches!(self.news, News::Question)).then_some(self.answer_url.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    fn mail(news: News) -> CommenterMail {
        CommenterMail {
            t: Texts::for_readers(Language::English),
            site: "The Gazette".to_owned(),
            article_title: "<b>Bridge</b>\r\nBcc: all@example.org ".repeat(20),
            news,
            answer_url: "https://desk.example/mail/abc".to_owned(),
        }
    }

    fn answered() -> News {
        News::Answered {
            by: "<i>Eve</i>\r\nX: y\u{202e}".to_owned(),
            text: "See <a href=\"https://spam.example\">this</a>\r.\r\n<img src=x>".to_owned(),
            own: "What I said".to_owned(),
            url: "https://news.example/1#comment-2".to_owned(),
        }
    }

    #[test]
    fn the_question_holds_nothing_that_was_typed() {
        let question = mail(News::Question);
        for part in [question.subject(), question.text().unwrap(), question.html().unwrap()] {
            assert!(part.contains("The Gazette") && !part.contains("Bridge"), "{part}");
        }
        assert_eq!(question.html().unwrap().matches("<a ").count(), 1);
    }

    #[test]
    fn what_people_wrote_is_text_and_a_subject_is_a_bounded_line() {
        let mail = mail(answered());
        let (subject, text, html) = (mail.subject(), mail.text().unwrap(), mail.html().unwrap());
        assert!(
            subject.starts_with("[The Gazette] ") && subject.chars().count() <= SUBJECT_CHARS,
            "{subject}"
        );
        for part in [&subject, &text, &html] {
            assert!(!part.contains('\r') && !part.contains('\u{202e}'), "{part}");
        }
        assert!(!html.contains("<img") && !html.contains("<i>Eve") && !html.contains("<b>Bridge"), "{html}");
        assert_eq!(html.matches("<a ").count(), 2, "to the answer, and to end mails: {html}");
        assert!(text.contains("\n> See <a href=\"https://spam.example\">this</a>\n> .\n> <img"), "{text}");
        assert!(text.contains("https://desk.example/mail/abc"));
    }

    #[test]
    fn a_rejection_says_why_in_every_language() {
        for language in Language::ALL {
            let news = News::Rejected {
                reason: Some("Please stay with the article.".to_owned()),
                basis: Some(Basis::Terms),
                receipt_url: "https://desk.example/receipts/abc".to_owned(),
                text: "Rubbish".to_owned(),
                had_appealed: true,
            };
            let mail = CommenterMail { t: Texts::for_readers(*language), ..mail(news) };
            for part in [mail.text().unwrap(), mail.html().unwrap()] {
                assert!(
                    part.contains("Please stay with the article.") && part.contains("The Gazette"),
                    "{part}"
                );
                assert!(part.contains("https://desk.example/receipts/abc"), "{part}");
                assert!(!part.contains("commenter-") && !part.contains("receipt-"), "{part}");
            }
        }
    }
}
