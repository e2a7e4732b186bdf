//! Comments as JSON-LD in the words of schema.org, for `<script type="application/ld+json">`.

use serde_json::{Map, Value, json};

use super::{CommentView, PageView};
use crate::domain::CommentId;

/// A page of comments, as those of the article that they are about. Nothing in it ends the element it stands in.
pub fn comments(view: &PageView) -> String {
    let url = view.article.url.as_deref();
    let all = [
        ("@context", json!("https://schema.org")),
        ("@type", json!("Article")),
        ("@id", json!(url)),
        ("url", json!(url)),
        ("headline", json!(view.article.title)),
        ("commentCount", json!(view.article.count)),
        ("comment", list(&view.comments, url)),
    ];
    harmless(&object(all).to_string())
}

/// Members without those that are null: there, that would be a value.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(there.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

fn list(comments: &[CommentView], url: Option<&str>) -> Value {
    comments.iter().map(|comment| one(comment, url)).collect()
}

/// No deeper than comments are: a setting bounds that.
fn one(comment: &CommentView, url: Option<&str>) -> Value {
    let place = |id: CommentId| json!(url.map(|url| format!("{url}#comment-{id}")));
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
            ("comment", list(&said.replies, url)),
        ]),
        CommentView::Tombstone { id, replies, .. } => object([
            ("@type", json!("Comment")),
            ("@id", place(*id)),
            ("identifier", json!(id)),
            ("comment", list(replies, url)),
        ]),
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
