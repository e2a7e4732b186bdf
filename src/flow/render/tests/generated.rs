//! Generated texts: 100,000 in the long form. The seed is fixed and told with a failure;
//! `REPLYDESK_TEST_SEED` sets another.

use std::env;

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use rstest::rstest;

use super::{dom, excerpt, fault};
use crate::domain::corpora;

const SEED: u64 = 20_261_124;

/// Texts of each kind; there are four kinds.
const CASES: (u32, u32) = (2_500, 25_000);

/// What matters to a parser, in any order.
const FRAGMENTS: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=\"http://a.example\">",
    "</a>",
    "<a href=",
    "\"",
    "'",
    "<blockquote cite=https://b.example>",
    "</blockquote>",
    "<code>",
    "</code>",
    "<q cite='//x'>",
    "</q>",
    "<del>",
    "<p>",
    "<br>",
    "<div>",
    "</div>",
    "<script>",
    "</script>",
    "<style>",
    "<svg>",
    "<math>",
    "<table><tr>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<x y=z>",
    "&lt;",
    "&#60;",
    "&amp;",
    "&",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\t",
    "\0",
    "\u{c}",
    "\u{A0}",
    "\u{200B}",
    "\u{202E}",
    "http://",
    "https://c.example/?a=1&b=<2>",
    "javascript:",
    "data:",
    "<a title='",
    "<abbr title=\"<b>\">",
    "`",
    "=",
    "[",
    "(",
    ")",
    "@",
    "ann@d.example",
    "word",
    "é",
];

const NAMES: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "blockquote",
    "cite",
    "code",
    "del",
    "em",
    "i",
    "q",
    "s",
    "strike",
    "strong",
    "p",
    "br",
    "div",
    "script",
    "style",
    "svg",
    "math",
    "iframe",
    "form",
    "object",
    "embed",
    "base",
    "meta",
    "link",
    "template",
    "noscript",
    "textarea",
    "title",
    "select",
    "option",
    "table",
    "td",
    "frameset",
    "body",
    "html",
    "plaintext",
    "xmp",
    "listing",
    "foreignObject",
    "annotation-xml",
    "mglyph",
    "x",
    "sarcasm",
    "svg:a",
];

const ATTRIBUTES: &[&str] = &[
    "href",
    "title",
    "cite",
    "datetime",
    "onclick",
    "onerror",
    "onmouseover",
    "style",
    "src",
    "srcdoc",
    "action",
    "formaction",
    "xlink:href",
    "id",
    "name",
    "class",
    "rel",
    "target",
    "data",
    "background",
    "http-equiv",
    "xmlns",
];

const VALUES: &[&str] = &[
    "http://a.example/",
    "https://b.example/?a=1&amp;b=\"2\"",
    "//c.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " java\tscript:alert(1)",
    "java&#115;cript:alert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "blob:http://a.example/x",
    "https://u:p@d.example/",
    "x\" onclick=\"y",
    "x' onclick='y",
    "x` onclick=`y",
    "</q><script>",
    "<b>",
    "",
    "http://[::1]/",
    "http://e.example/\u{202E}moc",
];

/// Where the collections of attackers are not here, these are changed instead.
const LINES: &[&str] = &[
    "<script>alert(1)</script>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>",
];

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(str::to_owned)
}

fn fragments() -> BoxedStrategy<String> {
    let part = prop_oneof![4 => one_of(FRAGMENTS), 1 => "(?s).{0,12}"];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat()).boxed()
}

/// Elements as somebody who knows the grammar writes them, with its corners cut here and there.
fn elements() -> BoxedStrategy<String> {
    let space = || one_of(&[" ", "", "\n", "\t", "/", " / "]);
    let value =
        (one_of(VALUES), one_of(&["\"", "'", "", "`"])).prop_map(|(v, quote)| format!("{quote}{v}{quote}"));
    let attribute = (space(), one_of(ATTRIBUTES), one_of(&["=", " = ", "==", ""]), value)
        .prop_map(|(space, name, equals, value)| [space, name, equals, value].concat());
    let name =
        (one_of(NAMES), any::<bool>()).prop_map(|(name, loud)| if loud { name.to_uppercase() } else { name });
    let begin =
        (name, prop::collection::vec(attribute, 0..4), space(), one_of(&[">", ">", ">", "/>", "", " <"]))
            .prop_map(|(name, given, space, end)| format!("<{name}{}{space}{end}", given.concat()));
    let end = (one_of(NAMES), one_of(&[">", " >", ""])).prop_map(|(name, end)| format!("</{name}{end}"));
    let part = prop_oneof![4 => begin, 2 => end, 2 => one_of(FRAGMENTS)];
    prop::collection::vec(part, 1..14).prop_map(|parts| parts.concat()).boxed()
}

/// Texts of attackers, changed in a few places and run together.
fn mutations() -> BoxedStrategy<String> {
    let mut lines = corpora::lines("xss-payloadbox/payloads.txt");
    lines.extend(corpora::members("sanitizer-dompurify/cases.jsonl", "payload"));
    lines.extend(LINES.iter().map(ToString::to_string));
    let line = prop::sample::select(lines);
    let piece = prop_oneof![one_of(FRAGMENTS), one_of(VALUES), line.clone(), ".{1,3}"];
    let change = (0_u8..4, any::<prop::sample::Index>(), 0_usize..9, piece);
    (line, prop::collection::vec(change, 0..6))
        .prop_map(|(line, changes)| {
            changes
                .into_iter()
                .fold(line, |text, (how, at, length, piece)| changed(&text, how, at, (length, &piece)))
        })
        .boxed()
}

fn changed(text: &str, how: u8, at: prop::sample::Index, (length, piece): (usize, &str)) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = chars.split_at(at.index(chars.len() + 1));
    let (middle, rest) = tail.split_at(length.min(tail.len()));
    let of = |chars: &[char]| chars.iter().collect::<String>();
    match how {
        0 => of(head) + &of(rest),
        1 => of(head) + piece + &of(tail),
        2 => of(head) + &of(middle) + &of(middle) + &of(rest),
        _ => {
            let hidden = middle.iter().map(|c| format!("&#{};", u32::from(*c))).collect::<Vec<_>>().concat();
            of(head) + &hidden + &of(rest)
        }
    }
}

/// Characters that are more or less than they seem: white space, marks, surrogates' neighbours, look-alikes of `<`.
fn characters() -> BoxedStrategy<String> {
    let odd = prop::sample::select(vec![
        '\u{FF1C}',
        '\u{FF1E}',
        '\u{2039}',
        '\u{226E}',
        '\u{338}',
        '\u{FEFF}',
        '\u{FFFD}',
        '\u{FFFE}',
        '\u{85}',
        '\u{A0}',
        '\u{1680}',
        '\u{2028}',
        '\u{2029}',
        '\u{3000}',
        '\u{200D}',
        '\u{202E}',
        '\u{2066}',
        '\u{AD}',
        '\u{180E}',
        '\u{E0001}',
        '\u{10FFFF}',
        '\u{D7FF}',
        '\u{E000}',
        '\u{7F}',
        '\u{130}',
        '\u{17F}',
        '\u{212A}',
        '\u{1F468}',
    ]);
    let part = prop_oneof![
        2 => odd.prop_map(String::from),
        2 => any::<char>().prop_map(String::from),
        2 => one_of(FRAGMENTS),
        1 => one_of(NAMES),
    ];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat()).boxed()
}

#[rstest]
#[case::fragments(fragments())]
#[case::elements(elements())]
#[case::mutations(mutations())]
#[case::characters(characters())]
fn whatever_is_typed(#[case] texts: BoxedStrategy<String>) {
    let seed = env::var("REPLYDESK_TEST_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let is_long = env::var_os("REPLYDESK_TEST_LONG").is_some_and(|set| set == "1");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = ProptestConfig {
        cases: if is_long { CASES.1 } else { CASES.0 },
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let held = runner.run(&(texts, 0_usize..80), |(text, most)| {
        let line = excerpt(&text, most);
        prop_assert!(line.chars().count() <= most, "{line:?} has more than {most} characters");
        fault(&text).map_or(Ok(()), |what| Err(TestCaseError::fail(what)))
    });
    held.unwrap_or_else(|failure| panic!("REPLYDESK_TEST_SEED={seed}: {failure}"));
}

/// The generators reach what they are there for: markup that is kept, and markup that is not.
#[rstest]
#[case::fragments(fragments())]
#[case::elements(elements())]
#[case::mutations(mutations())]
fn the_generators_write_markup(#[case] texts: BoxedStrategy<String>) {
    let mut runner = TestRunner::deterministic();
    let (mut kept, mut unsafe_as_typed) = (0, 0);
    for _ in 0..500 {
        let text = texts.new_tree(&mut runner).expect("a text").current();
        kept += u32::from(super::comment_html(&text).contains("<a href"));
        unsafe_as_typed += u32::from(dom::text(&text).is_err());
    }
    assert!(kept >= 10 && unsafe_as_typed >= 250, "{kept} with links, {unsafe_as_typed} unsafe as typed");
}
