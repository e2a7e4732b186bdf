use url::form_urlencoded::Serializer;

use crate::{
    domain::{CommentId, Site},
    flow::App,
};

/// Where the replies stand that a page has no room for: on a page of the service, for whoever took the comments elsewhere.
pub struct Rest<'a> {
    public_url: &'a str,
    site: &'a str,
    article: &'a str,
}

impl<'a> Rest<'a> {
    pub fn of(app: &'a App, site: &'a Site, article: &'a str) -> Self {
        Self { public_url: &app.settings.public_url, site: site.key.as_str(), article }
    }

    /// The replies to this comment that came after the last one shown.
    pub fn replies(&self, to: CommentId, after: CommentId) -> String {
        let mut url = format!("{}/sites/{}/comments?", self.public_url, self.site);
        let begin = url.len();
        let (to, after) = (to.to_string(), after.to_string());
        Serializer::for_suffix(&mut url, begin).extend_pairs([
            ("article", self.article),
            ("replies", &to),
            ("cursor", &after),
        ]);
        url
    }
}
