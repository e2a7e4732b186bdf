//! What an invitation says. Its one link is a secret, and only the letter holds it.

use askama::Template;

use super::pages::one_line;
use crate::texts::Texts;

/// An invitation to set a password.
#[derive(Clone, Debug)]
pub struct InvitationMail {
    /// The language of the mail.
    pub t: Texts,
    /// The name of whoever is invited.
    pub name: String,
    /// Their own address: the name to sign in with.
    pub sign_in_name: String,
    /// Until when the link works, for people.
    pub until: String,
    /// The one link: the page where the password is set.
    pub url: String,
    /// Where the desk is, to know again: as text, and no link.
    pub desk_url: String,
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct TextPart<'a> {
    t: Texts,
    mail: &'a InvitationMail,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct HtmlPart<'a> {
    t: Texts,
    mail: &'a InvitationMail,
}

impl InvitationMail {
    /// The same for everybody.
    pub fn subject(&self) -> String {
        self.t.say("mail-invitation-subject").to_string()
    }

    /// The plain-text part, with LF line ends.
    pub fn text(&self) -> askama::Result<String> {
        TextPart { t: self.t, mail: self }.render()
    }

    /// The HTML part.
    pub fn html(&self) -> askama::Result<String> {
        HtmlPart { t: self.t, mail: self }.render()
    }

    fn name(&self) -> String {
        one_line(&self.name, 120)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_have_the_one_link_and_a_hostile_name_is_text() {
        let mail = InvitationMail {
            t: Texts::default(),
            name: "<b>Mo</b>\r\nBcc: all@example.org\u{202e}".to_owned(),
            sign_in_name: "mo@gazette.example".to_owned(),
            until: "8 November 2026, 12:00 UTC".to_owned(),
            url: "https://desk.example/desk/invitations/abc".to_owned(),
            desk_url: "https://desk.example/desk".to_owned(),
        };
        let (text, html) = (mail.text().unwrap(), mail.html().unwrap());
        assert!(text.contains("\nhttps://desk.example/desk/invitations/abc\n") && !text.contains('\r'));
        assert!(text.contains("<b>Mo</b> Bcc: all@example.org,\n") && !text.contains('\u{202e}'), "{text}");
        assert_eq!(html.matches("<a ").count(), 1);
        assert!(
            html.contains("href=\"https://desk.example/desk/invitations/abc\"") && !html.contains("<b>Mo")
        );
        for part in [text, html] {
            assert!(part.contains("mo@gazette.example") && part.contains("8 November 2026, 12:00 UTC"));
        }
    }
}
