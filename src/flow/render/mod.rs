//! From the commenter's text to HTML, and to a line for a list. The text is what is stored; HTML
//! is derived when a comment is read. Whatever happens before, the sanitiser has the last word,
//! and nothing touches what it returns.

mod html;
mod markup;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use self::{html::Html, markup::Piece};

/// Who follows a commenter's link vouches for nothing: no search rank, no handle on our window.
const LINK_REL: &str = "nofollow ugc noopener";

/// Safe HTML of a commenter's text: the markup `WordPress` allows guests, paragraphs, line breaks
/// and links from bare URLs. Other HTML elements are dropped with their words kept; what is no
/// HTML (`<3`, `a < b`, `<sarcasm>`) is shown as typed, and so are entities. Linear in time; for a
/// text of ordinary density the result is a few times as long.
pub fn comment_html(text: &str) -> String {
    sanitised(&written(text).finish())
}

/// How many links readers would see in a commenter's text: those that were marked up, and those from bare URLs.
pub fn links(text: &str) -> usize {
    written(text).links()
}

fn written(text: &str) -> Html {
    let mut html = Html::default();
    for piece in markup::pieces(text) {
        match piece {
            Piece::Text(words) => html.text(words),
            Piece::Open(name, attributes) => html.open(name, attributes),
            Piece::Close(name) => html.close(name),
            Piece::Lines(lines) => html.lines(lines),
        }
    }
    html
}

/// The last word about any HTML of a commenter; what it has said once, it says again.
pub fn sanitised(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

/// The beginning of a text in one line of at most `chars` characters, without its markup, cut
/// between words where possible. Not HTML.
pub fn excerpt(text: &str, chars: usize) -> String {
    let mut words = String::with_capacity(text.len());
    for piece in markup::pieces(text) {
        match piece {
            Piece::Text(some) => words.push_str(some),
            Piece::Open("blockquote", _) | Piece::Close("blockquote") | Piece::Lines(1..) => words.push(' '),
            Piece::Open(..) | Piece::Close(_) | Piece::Lines(0) => {}
        }
    }
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().nth(chars).is_none() {
        return line;
    }
    // one character is for the ellipsis
    let end = line.char_indices().nth(chars.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    let Some(head) = line.get(..end).filter(|_| chars > 0) else { return String::new() };
    let between_words = line[end..].starts_with(' ');
    let cut = head.rfind(' ').filter(|at| !between_words && *at > end / 2).unwrap_or(end);
    format!("{}…", head[..cut].trim_end())
}

/// Built once: the guest markup of `markup`, and the two elements that `html` adds.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = markup::GUEST.iter().map(|(name, _)| *name).chain(["p", "br"]);
    let own = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let attributes: HashMap<_, _> = markup::GUEST.iter().map(|(name, names)| (*name, own(names))).collect();
    let mut builder = Builder::empty();
    builder
        .tags(tags.collect())
        .tag_attributes(attributes)
        .clean_content_tags(HashSet::from(["script", "style"]))
        .url_schemes(HashSet::from(["http", "https"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(LINK_REL))
        .strip_comments(true)
        .attribute_filter(web_links_only);
    builder
});

/// The sanitiser takes `href` for a URL, but not `cite`.
fn web_links_only<'v>(_: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_url = matches!(name, "href" | "cite");
    (!is_url || markup::web_link(value).is_some()).then_some(Cow::Borrowed(value))
}
