use std::{mem, sync::LazyLock};

use linkify::{LinkFinder, LinkKind};

use super::markup::{LINK_BYTES, web_link};

/// Quotations in quotations that are shown as such; deeper ones are shown at this depth.
const QUOTES: usize = 4;

/// A blank line or more: the paragraph ends.
const PARAGRAPH: u8 = 2;

/// Bytes of words after which a new text node begins. html5ever's serialiser looks for `<` to the
/// end of the node at each `&`, which is quadratic in the length of a node. An empty comment ends
/// the node, and the sanitiser drops the comment.
const NODE_BYTES: usize = 1_024;

/// An element that began within the paragraph.
struct Inline {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
}

/// HTML in the making: paragraphs, in quotations or not, with elements in them. It is written the
/// way a browser would read it back: well nested, everything closed, no element within itself, so
/// the sanitiser finds nothing to move. Tags wait until there is text for them.
#[derive(Default)]
pub(super) struct Html {
    out: String,
    /// Quotations that are open.
    quotes: usize,
    /// A paragraph is open.
    paragraph: bool,
    /// Line ends since the last text.
    lines: u8,
    /// Elements begun and not ended, outermost first.
    inline: Vec<Inline>,
    /// How many of them are written.
    written: usize,
    /// Bytes of words since the last text node was ended.
    node: usize,
    /// Elements written so far that lead somewhere.
    links: usize,
}

impl Html {
    /// Words, as typed.
    pub(super) fn text(&mut self, text: &str) {
        for (nth, line) in text.split('\n').enumerate() {
            if nth > 0 {
                self.lines(1);
            }
            let begins = self.lines > 0 || !self.paragraph;
            let line = if begins { line.trim_start() } else { line };
            if !line.is_empty() {
                self.make_place();
                self.line(line);
            }
        }
    }

    /// Line ends that were not words.
    pub(super) fn lines(&mut self, lines: u8) {
        self.lines = (self.lines + lines).min(PARAGRAPH);
    }

    /// An element begins. Within itself it means nothing new, except a link, which ends the other.
    pub(super) fn open(&mut self, name: &'static str, attributes: Vec<(&'static str, String)>) {
        if name == "blockquote" {
            return self.open_quote(&attributes);
        }
        if self.lines == PARAGRAPH {
            self.end_paragraph();
        }
        if name == "a" {
            self.close(name);
        }
        if !self.is_within(name) {
            self.inline.push(Inline { name, attributes });
        }
    }

    /// An element ends, and with it all that began within it; one that never began does not.
    pub(super) fn close(&mut self, name: &'static str) {
        if name == "blockquote" {
            return self.close_quote();
        }
        if let Some(at) = self.inline.iter().rposition(|inline| inline.name == name) {
            self.close_down_to(at);
        }
    }

    /// How many links there are.
    pub(super) fn links(&self) -> usize {
        self.links
    }

    /// The HTML, everything closed.
    pub(super) fn finish(mut self) -> String {
        self.end_paragraph();
        while self.quotes > 0 {
            self.close_quote();
        }
        self.out
    }

    fn open_quote(&mut self, attributes: &[(&'static str, String)]) {
        self.end_paragraph();
        if self.quotes < QUOTES {
            self.quotes += 1;
            self.tag("blockquote", attributes);
        }
    }

    fn close_quote(&mut self) {
        self.end_paragraph();
        if self.quotes > 0 {
            self.quotes -= 1;
            self.out.push_str("</blockquote>");
        }
    }

    /// Elements end with their paragraph: carrying them over would multiply what they weigh.
    fn end_paragraph(&mut self) {
        self.close_down_to(0);
        if mem::take(&mut self.paragraph) {
            self.out.push_str("</p>");
        }
        self.lines = 0;
    }

    fn close_down_to(&mut self, depth: usize) {
        // what was never written has nothing to close
        self.inline.truncate(self.written.max(depth));
        for inline in self.inline.drain(depth..).rev() {
            self.out.push_str("</");
            self.out.push_str(inline.name);
            self.out.push('>');
        }
        self.written = self.written.min(depth);
    }

    /// Writes the line breaks and tags that waited for text.
    fn make_place(&mut self) {
        if self.paragraph && self.lines == PARAGRAPH {
            self.end_paragraph();
        }
        if !self.paragraph {
            self.out.push_str("<p>");
            self.paragraph = true;
        } else if self.lines > 0 {
            self.out.push_str("<br>");
        }
        self.lines = 0;
        let waiting = self.inline.split_off(self.written);
        for inline in &waiting {
            self.tag(inline.name, &inline.attributes);
        }
        self.inline.extend(waiting);
        self.written = self.inline.len();
    }

    /// Words within one line, their URLs as links.
    fn line(&mut self, line: &str) {
        if self.is_within("a") || self.is_within("code") {
            return self.words(line);
        }
        // word by word: no URL holds a space, and the finder's look back and ahead stays bounded
        for word in line.split_inclusive(char::is_whitespace) {
            if word.len() <= LINK_BYTES && word.contains("://") {
                self.linked(word);
            } else {
                self.words(word);
            }
        }
    }

    fn linked(&mut self, word: &str) {
        for span in FINDER.spans(word) {
            match span.kind().and_then(|_| web_link(span.as_str())) {
                Some(url) => {
                    self.tag("a", &[("href", url)]);
                    self.words(span.as_str());
                    self.out.push_str("</a>");
                }
                None => self.words(span.as_str()),
            }
        }
    }

    fn words(&mut self, mut words: &str) {
        while self.node + words.len() > NODE_BYTES {
            let (head, tail) = words.split_at(words.floor_char_boundary(NODE_BYTES - self.node));
            self.escaped(head);
            self.out.push_str("<!---->");
            self.node = 0;
            words = tail;
        }
        self.escaped(words);
        self.node += words.len();
    }

    fn tag(&mut self, name: &str, attributes: &[(&'static str, String)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.links += usize::from(*name == "href");
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.escaped(value);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                _ => self.out.push(c),
            }
        }
    }

    fn is_within(&self, name: &str) -> bool {
        self.inline.iter().any(|inline| inline.name == name)
    }
}

/// E-mail addresses are not made into links: it would spread them.
static FINDER: LazyLock<LinkFinder> = LazyLock::new(|| {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder
});
