//! Comments as JSON-LD in the words of schema.org, for `<script type="application/ld+json">`.

use serde_json::{Map, Value, json};

use super::{CommentView, PageView, rest::Rest};
use crate::domain::CommentId;

/// A page of comments, as those of the article that they are about. Nothing in it ends the element it stands in.
pub fn comments(view: &PageView, rest: &Rest<'_>) -> String {
    let url = view.article.url.as_deref();
    let places = Places { url, rest };
    let all = [
        ("@context", json!("https://schema.org")),
        ("@type", json!("Article")),
        ("@id", json!(url)),
        ("url", json!(url)),
        ("headline", json!(view.article.title)),
        ("commentCount", json!(view.article.count)),
        ("comment", places.list(&view.comments)),
    ];
    harmless(&object(all).to_string())
}

/// Members without those that are null: there, that would be a value.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(there.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

/// Where comments stand.
struct Places<'a> {
    /// The article.
    url: Option<&'a str>,
    rest: &'a Rest<'a>,
}

impl Places<'_> {
    fn list(&self, comments: &[CommentView]) -> Value {
        comments.iter().map(|comment| self.one(comment)).collect()
    }

    /// No deeper than comments are: a setting bounds that.
    fn one(&self, comment: &CommentView) -> Value {
        let place = |id: CommentId| json!(self.url.map(|url| format!("{url}#comment-{id}")));
        let rest = |id, more: Option<CommentId>| json!(more.map(|after| self.rest.replies(id, after)));
        match comment {
            CommentView::Published(said) => object([
                ("@type", json!("Comment")),
                ("@id", place(said.id)),
                ("url", place(said.id)),
                ("identifier", json!(said.id)),
                (
                    "author",
                    object([
                        ("@type", json!("Person")),
                        ("name", json!(said.author.name)),
                        ("url", json!(said.author.website)),
                    ]),
                ),
                ("datePublished", json!(said.at)),
                ("dateModified", json!(said.edited)),
                ("text", json!(said.text)),
                ("comment", self.list(&said.replies)),
                ("discussionUrl", rest(said.id, said.more_replies)),
            ]),
            CommentView::Tombstone { id, replies, more_replies, .. } => object([
                ("@type", json!("Comment")),
                ("@id", place(*id)),
                ("identifier", json!(id)),
                ("comment", self.list(replies)),
                ("discussionUrl", rest(*id, *more_replies)),
            ]),
        }
    }
}

/// JSON in which markup is written as escapes: these characters stand in strings only.
fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_the_same_value() {
        let value = json!({"<a&b>": "</script><!--<script>\u{2028}\u{2029}\\u003c\" ü"});
        let safe = harmless(&value.to_string());
        assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), value);
    }
}
