use proptest::{collection::vec, prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner};
use replydesk::domain::{Body, Name, Title, Website};
use serde_json::{Value, json};

use crate::support::TestApp;

/// What has broken encoders, escapers, drivers and people before.
const AWKWARD: [&str; 36] = [
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\n",
    "$1",
    "$$",
    "%s",
    "--",
    ";",
    "/*",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "\u{FFFD}",
    "\u{FEFF}",
    "\u{200D}",
    "\u{200F}",
    "\u{2028}",
    "\u{E000}",
    "\u{10FFFF}",
    "\u{FFFF}",
    "\u{7F}",
    "e\u{301}",
    "é",
    "👩\u{200D}👩\u{200D}👧",
    "🏴\u{E0067}\u{E007F}",
    "مرحبا",
    "שלום",
    "ß",
    "İ",
    "ﬁ",
];

/// One submission, as its author means it.
#[derive(Clone, Debug)]
struct Meant {
    name: String,
    text: String,
    website: Option<String>,
    title: String,
}

both_databases! {
    async fn whatever_was_accepted_is_read_back_unchanged(app: TestApp) {
        let moderator = app.moderator().await;
        // the same cases on both databases and in every run
        let mut runner = TestRunner::deterministic();
        let strategy = meant();
        for case in 0..cases() {
            let meant = strategy.new_tree(&mut runner).unwrap().current();
            let answer = app.posts(&reply(&meant, case)).await;
            assert_eq!(answer.status, 202, "{meant:?}: {}", answer.text());
            let read = moderator.opens(&answer.json()).await;
            assert_eq!(read["author"]["name"], meant.name, "{meant:?}");
            assert_eq!(read["author"]["website"], json!(meant.website), "{meant:?}");
            assert_eq!(read["text"], meant.text, "{meant:?}");
            assert_eq!(read["revisions"][0]["text"], meant.text, "{meant:?}");
            assert_eq!(read["article"]["title"], meant.title, "{meant:?}");
        }
    }

    async fn a_text_of_every_plane_is_read_back_unchanged(app: TestApp) {
        let moderator = app.moderator().await;
        app.sets_policy(replydesk::domain::Policy { comment_chars: 65_525, ..Default::default() }).await;
        let all: Vec<char> = ('\u{20}'..=char::MAX).step_by(61).collect();
        for part in all.chunks(9_000) {
            let text = format!("<{}>", part.iter().collect::<String>());
            let comment = app.submits(&text, "ann@example.org").await;
            assert!(moderator.opens(&comment).await["text"] == text, "from {:?}", part[0]);
        }
    }
}

fn cases() -> u32 {
    if crate::support::is_long() { 2_000 } else { 64 }
}

fn reply(meant: &Meant, case: u32) -> Value {
    let url = format!("https://news.example/case/{case}");
    json!({
        "article": {"key": format!("case/{case}"), "url": url, "title": meant.title},
        "name": meant.name,
        "email": format!("reader{case}@example.org"),
        "website": meant.website,
        "comment": meant.text,
    })
}

/// Characters of all Unicode, the awkward ones among them more often than by chance.
fn characters(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => any::<char>().prop_map(String::from),
        3 => select(&AWKWARD[..]).prop_map(str::to_owned),
        2 => "[ -~]{1,8}",
        1 => Just("\n".to_owned()),
    ];
    vec(piece, 1..most).prop_map(|pieces| pieces.concat())
}

/// Values that the domain takes; what it would refuse is left out character by character first.
fn meant() -> impl Strategy<Value = Meant> {
    let in_a_line =
        |raw: String| raw.replace(|c: char| c.is_control() || "@＠﹫\u{2028}\u{2029}".contains(c), "");
    let name = characters(20).prop_filter_map("a name", move |raw| {
        Name::parse(&in_a_line(raw)).map(|name| name.as_str().to_owned()).ok()
    });
    let title = characters(30).prop_filter_map("a title", move |raw| {
        Title::parse(&in_a_line(raw)).map(|title| title.as_str().to_owned()).ok()
    });
    let short = characters(120);
    let long = (characters(40), 50_usize..200).prop_map(|(text, times)| text.repeat(times));
    let text = prop_oneof![9 => short.boxed(), 1 => long.boxed()].prop_filter_map("a text", |raw| {
        let kept = raw.replace(|c: char| c < ' ' && c != '\n' && c != '\t', "");
        let kept: String = kept.chars().take(10_000).collect();
        Body::parse(&kept, 10_000).map(|body| body.as_str().to_owned()).ok()
    });
    let website = prop::option::of("[a-z]{1,9}(/[!-~éß字]{0,20}){0,2}").prop_map(|path| {
        path.and_then(|path| Website::parse(&format!("https://site.example/{path}")).ok())
            .map(|website| website.as_str().to_owned())
    });
    (name, text, website, title).prop_map(|(name, text, website, title)| Meant { name, text, website, title })
}
