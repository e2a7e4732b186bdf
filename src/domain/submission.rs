use super::{ArticleKey, ArticleUrl, Body, CommentId, Email, Name, Notify, Title, Website};

/// What arrived, after parsing: valid by type, not yet judged.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Where it belongs.
    pub article: ArticleRef,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    /// How the commenter wants to be called.
    pub name: Name,
    /// How the commenter can be reached; never published.
    pub email: Email,
    /// The commenter's own page.
    pub website: Option<Website>,
    /// What they say.
    pub body: Body,
    /// What they want to hear back.
    pub notify: Notify,
    /// The way it came.
    pub form: Form,
    /// Whether the field that people do not see was filled in.
    pub trapped: bool,
    /// The site's own word about its signed-in reader or reporter.
    pub reader: Option<Reader>,
}

/// How a submission names its article: a key, and what is needed when the article is new.
#[derive(Clone, Debug)]
pub struct ArticleRef {
    /// The site's key, or the canonical URL where it gave none.
    pub key: ArticleKey,
    /// Where the article stands.
    pub url: Option<ArticleUrl>,
    /// Its headline.
    pub title: Option<Title>,
}

/// A signed-in person of the site, as its backend states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The site's own identifier, 1 to 200 characters.
    pub id: String,
    /// The site has proof of the address.
    pub verified: bool,
    /// Works for the site; shown as such.
    pub staff: bool,
}

/// The way a comment came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A reader's browser.
    Web,
    /// The site's backend.
    Api,
    /// A browser, by the form of a `WordPress` theme.
    WordPress,
}

impl Form {
    /// Its name in the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::WordPress => "wordpress",
        }
    }
}
