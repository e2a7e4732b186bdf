//! What a letter says that only shows that letters arrive.

use askama::Template;

use crate::texts::Texts;

/// A letter to try the way with.
#[derive(Clone, Copy, Debug)]
pub struct TestMail {
    /// The language of the mail.
    pub t: Texts,
}

#[derive(Template)]
#[template(path = "mail/test.html")]
struct HtmlPart {
    text: String,
}

impl TestMail {
    /// That it is a test.
    pub fn subject(&self) -> String {
        self.t.say("mail-test-subject").to_string()
    }

    /// The plain-text part.
    pub fn text(&self) -> String {
        self.t.say("mail-test").to_string()
    }

    /// The HTML part.
    pub fn html(&self) -> askama::Result<String> {
        HtmlPart { text: self.text() }.render()
    }
}
