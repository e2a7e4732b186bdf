//! What only readers are told, in many places: what is wrong with a field, and why something was not done.

use super::{Phrase, Texts};
use crate::domain::{Code, Fault};

impl Texts {
    /// What is wrong with a field of a form, and what to do about it.
    pub fn refused(self, fault: &Fault) -> Phrase {
        match (fault.code, fault.field) {
            (Code::Required, "name") => self.say("fault-required-name"),
            (Code::Required, "email") => self.say("fault-required-email"),
            (Code::Required | Code::UnknownValue, "reason") => self.say("fault-required-reason"),
            (Code::Required, "law") => self.say("fault-required-law"),
            (Code::Required, "good_faith") => self.say("fault-required-good-faith"),
            (Code::NotPermitted, "law" | "good_faith") => self.say("fault-only-illegal"),
            (Code::Required, "comment") => self.say("fault-required-comment"),
            (Code::Required, _) => self.say("fault-required"),
            (Code::TooLong, "name") => self.say("fault-too-long-name"),
            (Code::TooLong, "email") => self.say("fault-too-long-email"),
            (Code::TooLong, "website") => self.say("fault-too-long-website"),
            (Code::TooLong, "comment") => self.say("fault-too-long-comment"),
            (Code::TooLong, _) => self.say("fault-too-long"),
            (Code::TooShort, _) => self.say("fault-too-short"),
            (Code::ControlCharacter, _) => self.say("fault-control-character"),
            (Code::AtSign, _) => self.say("fault-at-sign"),
            (Code::NotAnAddress, _) => self.say("fault-not-an-address"),
            (Code::NotAUrl, _) => self.say("fault-not-a-url"),
            (Code::UserInfo, _) => self.say("fault-user-info"),
            (Code::ForeignOrigin, _) => self.say("fault-foreign-origin"),
            (Code::NotPublished, _) => self.say("fault-not-published"),
            (Code::UnknownArticle, _) => self.say("fault-unknown-article"),
            _ => self.say("fault-other"),
        }
    }

    /// Why a page is not there, or something else was not done, by the slug of the problem: a title and a sentence.
    pub fn problem(self, slug: &str) -> (Phrase, Phrase) {
        match slug {
            "not-found" => (self.say("problem-not-found"), self.say("problem-not-found-text")),
            "gone" => (self.say("problem-gone"), self.say("problem-gone-text")),
            "already-decided" | "version-conflict" => {
                (self.say("problem-changed"), self.say("problem-changed-text"))
            }
            "rate-limited" => (self.say("problem-fast"), self.say("problem-fast-text")),
            "internal" | "unavailable" | "out-of-space" => {
                (self.say("problem-later"), self.say("problem-later-text"))
            }
            "origin-not-allowed" => (self.say("problem-origin"), self.say("problem-origin-text")),
            "too-large" => (self.say("problem-large"), self.say("problem-large-text")),
            _ => (self.say("problem-other"), self.say("problem-other-text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    /// Readers and programs are told the same by the domain, but for what only programs can get wrong.
    #[test]
    fn faults_are_told_in_the_words_of_the_domain() {
        let t = Texts::for_readers(Language::English);
        let fields = ["name", "email", "website", "comment", "parent", "article.title"];
        for (field, code) in fields.into_iter().flat_map(|field| Code::ALL.map(|code| (field, code))) {
            let told = t.refused(&Fault { field, code }).to_string();
            let is_for_readers = told == t.say("fault-other").to_string() || code == Code::UnknownArticle;
            assert!(is_for_readers || told == code.message(field), "{field}: {told}");
        }
    }
}
