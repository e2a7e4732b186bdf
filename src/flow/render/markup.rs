//! Finding the markup in a commenter's text. Only what is well formed counts as a tag: a name,
//! `name=value` pairs, `>`. Everything else is text, so nobody's words get lost in a half-meant
//! `<`. Safety does not rest on this reading being the browser's: text is escaped, and tags are
//! written anew from the names below.

use url::Url;

/// What `WordPress` lets guests write (`$allowedtags` in kses.php), with the attributes kept.
pub(super) const GUEST: [(&str, &[&str]); 14] = [
    ("a", &["href", "title"]),
    ("abbr", &["title"]),
    ("acronym", &["title"]),
    ("b", &[]),
    ("blockquote", &["cite"]),
    ("cite", &[]),
    ("code", &[]),
    ("del", &["datetime"]),
    ("em", &[]),
    ("i", &[]),
    ("q", &["cite"]),
    ("s", &[]),
    ("strike", &[]),
    ("strong", &[]),
];

/// Elements whose tags end a line when they are dropped.
const LINE: &str = " br dd dt li option td th tr ";

/// Elements whose tags end a paragraph when they are dropped.
const PARAGRAPH: &str = " address article aside body center details dialog dir div dl fieldset figcaption \
    figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend main menu nav ol p pre search \
    section summary table tbody tfoot thead ul ";

/// The other elements of HTML, past and present, and the roots of SVG and `MathML`: dropped.
const DROPPED: &str = " applet area audio base basefont bdi bdo bgsound big blink button canvas caption col \
    colgroup data datalist dfn embed font frame frameset iframe image img input ins isindex kbd keygen label \
    link listing map mark marquee math meta meter nobr noembed noframes noscript object optgroup output param \
    picture plaintext portal progress rb rp rt rtc ruby samp script select slot small source span style sub \
    sup svg template textarea time title track tt u var video wbr xmp ";

/// The longest tag, in bytes; what is longer is text. It bounds the look ahead from each `<`.
const TAG_BYTES: usize = 2_500;

/// The longest URL that becomes a link, in bytes.
pub(super) const LINK_BYTES: usize = 2_000;

/// One step through a text.
pub(super) enum Piece<'t> {
    /// Words, as typed.
    Text(&'t str),
    /// A guest element begins, with the attributes it may have.
    Open(&'static str, Vec<(&'static str, String)>),
    /// A guest element ends, if it had begun.
    Close(&'static str),
    /// A tag was dropped that ends the line (1), the paragraph (2) or nothing (0).
    Lines(u8),
}

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        if let Some((piece, after)) = tag(rest) {
            rest = after;
            return Some(piece);
        }
        let searched = first.len_utf8();
        let end = rest[searched..].find('<').map_or(rest.len(), |at| searched + at);
        let (words, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(words))
    })
}

/// An absolute http or https URL without user information, as the URL standard writes it.
pub(super) fn web_link(typed: &str) -> Option<String> {
    let url = (typed.len() <= LINK_BYTES).then(|| Url::parse(typed).ok()).flatten()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let names_user = !url.username().is_empty() || url.password().is_some();
    (is_web && !names_user).then(|| url.into())
}

/// The tag at the start of `text`, and what follows it.
fn tag(text: &str) -> Option<(Piece<'_>, &str)> {
    let window = &text[..text.floor_char_boundary(TAG_BYTES)];
    let inner = window.strip_prefix('<')?;
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let (name, inner) = split_where(inner, |c| !c.is_ascii_alphanumeric());
    // no element has a longer name
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.len() > 10 {
        return None;
    }
    let (given, after) = attributes(inner)?;
    let after = &text[window.len() - after.len()..];
    let name = name.to_ascii_lowercase();
    let piece = match GUEST.iter().find(|(guest, _)| *guest == name) {
        Some((guest, _)) if closes => Piece::Close(guest),
        Some((guest, allowed)) => opening(guest, allowed, &given),
        None => Piece::Lines(lines_ended(&name)?),
    };
    Some((piece, after))
}

fn lines_ended(name: &str) -> Option<u8> {
    let name = format!(" {name} ");
    [DROPPED, LINE, PARAGRAPH]
        .iter()
        .zip(0..)
        .find(|(names, _)| names.contains(&name))
        .map(|(_, lines)| lines)
}

fn opening(name: &'static str, allowed: &[&'static str], given: &[(&str, &str)]) -> Piece<'static> {
    let kept = allowed.iter().filter_map(|allowed| {
        let (_, typed) = given.iter().find(|(name, _)| name.eq_ignore_ascii_case(allowed))?;
        // of the entities only the one that HTML wants in a URL
        let value = typed.replace("&amp;", "&");
        let value = if matches!(*allowed, "href" | "cite") { web_link(&value)? } else { value };
        Some((*allowed, value))
    });
    let kept: Vec<_> = kept.collect();
    let leads_nowhere = name == "a" && !kept.iter().any(|(name, _)| *name == "href");
    if leads_nowhere { Piece::Lines(0) } else { Piece::Open(name, kept) }
}

/// What is given in a tag, and what follows its `>`; nothing when it is not well formed.
fn attributes(mut rest: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let mut given = Vec::new();
    loop {
        let next = rest.trim_ascii_start();
        if let Some(after) = next.strip_prefix('>').or_else(|| next.strip_prefix("/>")) {
            return Some((given, after));
        }
        let (name, after) = split_where(next, |c| !c.is_ascii_alphanumeric() && !"-_:".contains(c));
        // attributes stand apart: `<http://…>` and `<b/onclick=…>` are no tags
        if name.is_empty() || next.len() == rest.len() {
            return None;
        }
        let (value, after) = value(after.trim_ascii_start().strip_prefix('=')?.trim_ascii_start())?;
        given.push((name, value));
        rest = after;
    }
}

fn value(text: &str) -> Option<(&str, &str)> {
    if let quote @ ('"' | '\'') = text.chars().next()? {
        return text[1..].split_once(quote);
    }
    let (value, after) = split_where(text, |c| c.is_ascii_whitespace() || "<>\"'`".contains(c));
    (!value.is_empty()).then_some((value, after))
}

fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}
