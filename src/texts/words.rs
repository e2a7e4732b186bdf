//! What many places of the desk tell: how long something was, and the names of what the domain knows.

use std::time::Duration;

use super::{Phrase, Texts};
use crate::domain::{BreakerAction, Cause, Code, Field, Language, Mode, ReportReason, Role};

impl Texts {
    /// How long ago something was, in the largest whole unit: `5 minutes ago`.
    pub fn ago(self, span: Duration) -> Phrase {
        if span < Duration::from_mins(1) {
            self.say("time-now")
        } else {
            self.say("time-ago").with("span", self.span(span))
        }
    }

    /// A span in the largest whole unit, from a minute up: `5 minutes`.
    pub fn span(self, span: Duration) -> Phrase {
        let minutes = span.as_secs() / 60;
        match minutes {
            0..60 => self.minutes(minutes),
            60..1_440 => self.hours(minutes / 60),
            _ => self.days(minutes / 1_440),
        }
    }

    /// So many days.
    pub fn days(self, count: u64) -> Phrase {
        self.say("time-days").with("count", count)
    }

    /// The name of a role.
    pub fn role(self, role: Role) -> Phrase {
        match role {
            Role::Moderator => self.say("role-moderator"),
            Role::Editor => self.say("role-editor"),
            Role::Admin => self.say("role-admin"),
            Role::Operator => self.say("role-operator"),
        }
    }

    /// What somebody signed in with, as the domain tells browsers apart: `Firefox on Linux`; nothing for those that were
    /// not noted.
    pub fn browser(self, kind: &str) -> String {
        let browser = |name: &str| match name {
            "" | "A browser" => self.say("browser-some").to_string(),
            "A program" => self.say("browser-program").to_string(),
            name => name.to_owned(),
        };
        match kind.split_once(" on ") {
            Some((name, system)) => {
                self.say("browser-on").with("browser", browser(name)).with("system", system).to_string()
            }
            None => browser(kind),
        }
    }

    /// That so many readers reported a comment for a reason.
    pub fn reported(self, reason: ReportReason, count: i64) -> Phrase {
        match reason {
            ReportReason::Illegal => self.say("report-illegal").with("count", count),
            ReportReason::Abuse => self.say("report-abuse").with("count", count),
            ReportReason::Spam => self.say("report-spam").with("count", count),
            ReportReason::OffTopic => self.say("report-off-topic").with("count", count),
            ReportReason::Other => self.say("report-other").with("count", count),
        }
    }

    /// What screening found, by the code of the finding.
    pub fn finding(self, code: &str) -> Phrase {
        match code {
            "breaker" => self.say("finding-breaker"),
            "blocked-address" => self.say("finding-blocked-address"),
            "blocked-domain" => self.say("finding-blocked-domain"),
            "blocked-network" => self.say("finding-blocked-network"),
            "honeypot" => self.say("finding-honeypot"),
            "not-checked" => self.say("finding-not-checked"),
            "site-rate" => self.say("finding-site-rate"),
            "near-duplicate" => self.say("finding-near-duplicate"),
            "repeated-text" => self.say("finding-repeated-text"),
            "form-missing" => self.say("finding-form-missing"),
            "form-forged" => self.say("finding-form-forged"),
            "form-early" => self.say("finding-form-early"),
            "form-late" => self.say("finding-form-late"),
            "form-reused" => self.say("finding-form-reused"),
            "links" => self.say("finding-links"),
            "word-hold" => self.say("finding-word-hold"),
            "word-spam" => self.say("finding-word-spam"),
            "blocked-term" => self.say("finding-blocked-term"),
            "own-address" => self.say("finding-own-address"),
            "staff-name" => self.say("finding-staff-name"),
            "mixed-script-name" => self.say("finding-mixed-script-name"),
            "not-known" => self.say("finding-not-known"),
            _ => self.say("finding-other"),
        }
    }

    /// The same, with the field that it was found in where that is not the text.
    pub fn finding_in(self, code: &str, field: Option<Field>) -> Phrase {
        let finding = self.finding(code);
        match field {
            None | Some(Field::Text) => finding,
            Some(Field::Name) => self.say("finding-in-name").with("finding", finding),
            Some(Field::Website) => self.say("finding-in-website").with("finding", finding),
            Some(Field::Email) => self.say("finding-in-email").with("finding", finding),
            Some(Field::Client) => self.say("finding-in-client").with("finding", finding),
            Some(Field::Agent) => self.say("finding-in-agent").with("finding", finding),
        }
    }

    /// What happens to a comment in which screening found nothing.
    pub fn mode(self, mode: Mode) -> Phrase {
        match mode {
            Mode::HoldAll => self.say("mode-hold-all"),
            Mode::TrustKnown => self.say("mode-trust-known"),
            Mode::Open => self.say("mode-open"),
        }
    }

    /// What readers can be spoken to in.
    pub fn language(self, language: Language) -> Phrase {
        match language {
            Language::English => self.say("language-en"),
            Language::German => self.say("language-de"),
            Language::French => self.say("language-fr"),
            Language::Spanish => self.say("language-es"),
            Language::Ukrainian => self.say("language-uk"),
        }
    }

    /// Where the word lists can look.
    pub fn field(self, field: Field) -> Phrase {
        match field {
            Field::Text => self.say("field-text"),
            Field::Name => self.say("field-name"),
            Field::Website => self.say("field-website"),
            Field::Email => self.say("field-email"),
            Field::Client => self.say("field-client"),
            Field::Agent => self.say("field-agent"),
        }
    }

    /// What a breaker does.
    pub fn breaker(self, action: BreakerAction) -> Phrase {
        match action {
            BreakerAction::HoldAll => self.say("breaker-hold-all"),
            BreakerAction::Slow => self.say("breaker-slow"),
            BreakerAction::Closed => self.say("breaker-closed"),
        }
    }

    /// Why a breaker tripped.
    pub fn cause(self, cause: Cause) -> Phrase {
        match cause {
            Cause::Rate { arrived } => self.say("breaker-rate").with("count", arrived),
            Cause::Rejections { rejected, decided } => {
                self.say("breaker-rejections").with("rejected", rejected).with("decided", decided)
            }
        }
    }

    /// What is wrong with a field, and what to do about it.
    pub fn fault(self, field: &str, code: Code) -> Phrase {
        match (code, field) {
            (Code::Required, "comment") => self.say("fault-required-comment"),
            (Code::Required, _) => self.say("fault-required"),
            (Code::TooLong, "comment") => self.say("fault-too-long-comment"),
            (Code::TooLong, _) => self.say("fault-too-long"),
            (Code::TooShort, _) => self.say("fault-too-short"),
            (Code::ControlCharacter, _) => self.say("fault-control-character"),
            (Code::NotPublished, _) => self.say("fault-not-published"),
            _ => self.say("fault-other"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_gone_by_is_told_in_the_largest_whole_unit() {
        let told = |seconds| Texts::default().ago(Duration::from_secs(seconds)).to_string();
        assert_eq!(told(59), "just now");
        assert_eq!(told(60), "1 minute ago");
        assert_eq!(told(7_300), "2 hours ago");
        assert_eq!(told(86_400 * 3), "3 days ago");
    }

    /// Readers and programs are told the same by the domain.
    #[test]
    fn faults_are_told_in_the_words_of_the_domain() {
        for field in ["comment", "text"] {
            for code in [
                Code::Required,
                Code::TooLong,
                Code::TooShort,
                Code::ControlCharacter,
                Code::NotPublished,
                Code::UnknownValue,
            ] {
                assert_eq!(Texts::default().fault(field, code).to_string(), code.message(field));
            }
        }
    }
}
