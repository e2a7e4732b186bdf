use std::fmt;

/// Why a field was refused. The code is part of the contract and never changes; neither it nor
/// its message repeats what was typed, so both may be logged and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Nothing visible was entered.
    Required,
    /// More characters or bytes than the field takes.
    TooLong,
    /// Fewer characters than the field needs.
    TooShort,
    /// A control character, or one that reorders the text around it.
    ControlCharacter,
    /// An `@` in a name: an address would be published.
    AtSign,
    /// Not a mailbox as HTML5 defines it.
    NotAnAddress,
    /// Not an absolute http or https URL.
    NotAUrl,
    /// A URL with a user name or password in it.
    UserInfo,
    /// A URL that is not on one of the site's origins.
    ForeignOrigin,
    /// A JSON value of another type than expected.
    WrongType,
    /// A member the contract does not know.
    UnknownMember,
    /// A value outside the list of possible ones.
    UnknownValue,
    /// A field given twice.
    Repeated,
    /// Not an identifier of the expected form.
    NotAnId,
    /// A reply to a comment that readers cannot see, or that does not exist.
    NotPublished,
    /// An article nobody has introduced yet.
    UnknownArticle,
    /// Something only the site's own backend may state.
    NotPermitted,
    /// Somebody else has it already.
    Taken,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 18] = [
        Self::Required,
        Self::TooLong,
        Self::TooShort,
        Self::ControlCharacter,
        Self::AtSign,
        Self::NotAnAddress,
        Self::NotAUrl,
        Self::UserInfo,
        Self::ForeignOrigin,
        Self::WrongType,
        Self::UnknownMember,
        Self::UnknownValue,
        Self::Repeated,
        Self::NotAnId,
        Self::NotPublished,
        Self::UnknownArticle,
        Self::NotPermitted,
        Self::Taken,
    ];

    /// The stable code of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong => "too-long",
            Self::TooShort => "too-short",
            Self::ControlCharacter => "control-character",
            Self::AtSign => "at-sign",
            Self::NotAnAddress => "not-an-address",
            Self::NotAUrl => "not-a-url",
            Self::UserInfo => "user-info",
            Self::ForeignOrigin => "foreign-origin",
            Self::WrongType => "wrong-type",
            Self::UnknownMember => "unknown-member",
            Self::UnknownValue => "unknown-value",
            Self::Repeated => "repeated",
            Self::NotAnId => "not-an-id",
            Self::NotPublished => "not-published",
            Self::UnknownArticle => "unknown-article",
            Self::NotPermitted => "not-permitted",
            Self::Taken => "taken",
        }
    }

    /// One sentence for the reader that says what to do about `field`.
    pub fn message(self, field: &str) -> &'static str {
        match (self, field) {
            (Self::Required, "name") => "Please enter your name.",
            (Self::Required, "email") => "Please enter your email address.",
            (Self::Required, "comment") => "Please write a comment.",
            (Self::Required, _) => "Please fill in this field.",
            (Self::TooLong, "name") => "Please use at most 100 characters for your name.",
            (Self::TooLong, "email") => "Please enter an email address of at most 254 characters.",
            (Self::TooLong, "website") => "Please enter a web address of at most 500 characters.",
            (Self::TooLong, "comment") => "Please shorten your comment.",
            (Self::TooLong, _) => "Please shorten this field.",
            (Self::TooShort, _) => "Please write a little more.",
            (Self::ControlCharacter, _) => "Please remove control characters from this field.",
            (Self::AtSign, _) => "Please enter a name without an @ sign; it will be shown to everyone.",
            (Self::NotAnAddress, "value") => {
                "Please enter what is to be blocked: an address, a domain or a prefix."
            }
            (Self::NotAnAddress, _) => "Please enter an email address, such as name@example.org.",
            (Self::NotAUrl, _) => "Please enter a web address that starts with https:// or http://.",
            (Self::UserInfo, _) => "Please remove the user name or password from the web address.",
            (Self::ForeignOrigin, _) => "This web address does not belong to the site.",
            (Self::WrongType, _) => "This member has the wrong type.",
            (Self::UnknownMember, _) => "This member is not known.",
            (Self::UnknownValue, _) => "Please choose one of the possible values.",
            (Self::Repeated, _) => "Please give this field only once.",
            (Self::NotAnId, _) => "This is not an identifier.",
            (Self::NotPublished, _) => "The comment you reply to is not published on this article.",
            (Self::UnknownArticle, _) => "This article is not known yet; please give its URL and title.",
            (Self::NotPermitted, "email") => "An account keeps its address: make a new one.",
            (Self::NotPermitted, _) => "Only the site itself may state this.",
            (Self::Taken, _) => "This is taken already.",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One refused field: its name in the contract, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The JSON name, such as `article.url`.
    pub field: &'static str,
    /// Why it was refused.
    pub code: Code,
}

impl Fault {
    /// The fault `code` of `field`; written to fit `map_err(Fault::of("name"))`.
    pub fn of(field: &'static str) -> impl Fn(Code) -> Self {
        move |code| Self { field, code }
    }

    /// The sentence for the reader.
    pub fn message(&self) -> &'static str {
        self.code.message(self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_field_where_that_helps() {
        let fault = Err::<(), _>(Code::Required).map_err(Fault::of("name")).unwrap_err();
        assert_eq!((fault.code.as_str(), fault.message()), ("required", "Please enter your name."));
        assert_eq!(Code::Required.message("article.title"), "Please fill in this field.");
    }
}
