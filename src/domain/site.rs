use super::{Origin, Policy, SiteId, SiteKey};

/// One publication: who may post from where, and what happens to what they post.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its identifier in the databases.
    pub id: SiteId,
    /// Its name in URLs.
    pub key: SiteKey,
    /// Its name for people.
    pub name: String,
    /// Whose pages may post and read: scheme, host and port, as browsers send them.
    pub origins: Vec<Origin>,
    /// The site's rules.
    pub policy: Policy,
}

impl Site {
    /// Whether pages of this origin belong to the site.
    pub fn owns(&self, origin: &Origin) -> bool {
        self.origins.contains(origin)
    }
}
