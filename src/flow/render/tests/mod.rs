mod dom;
mod generated;

use std::time::{Duration, Instant};

use rstest::rstest;

use super::*;
use crate::domain::{Body, corpora};

const REL: &str = r#" rel="nofollow ugc noopener""#;

#[rstest]
#[case::words("Nice piece", "<p>Nice piece</p>")]
#[case::lines("one\ntwo\n\n\nthree\n \t\nfour", "<p>one<br>two</p><p>three</p><p>four</p>")]
#[case::nothing(" \n ", "")]
#[case::hearts("I <3 this & a < b > c", "<p>I &lt;3 this &amp; a &lt; b &gt; c</p>")]
#[case::irony("great <sarcasm>idea</sarcasm>", "<p>great &lt;sarcasm&gt;idea&lt;/sarcasm&gt;</p>")]
#[case::half_meant("if a <b and c> d", "<p>if a &lt;b and c&gt; d</p>")]
#[case::entities("&lt;b&gt; &amp; &#106;", "<p>&amp;lt;b&amp;gt; &amp;amp; &amp;#106;</p>")]
#[case::guests("<B>a</b> <i >b</i> <code>c</code> <s/>", "<p><b>a</b> <i>b</i> <code>c</code> </p>")]
#[case::titles(
    r#"<abbr title='a "b" <c>' lang=x>d</abbr>"#,
    r#"<p><abbr title="a &quot;b&quot; &lt;c&gt;">d</abbr></p>"#
)]
#[case::handlers(r#"<b onclick="x()" style='y'>a</b>"#, "<p><b>a</b></p>")]
#[case::misnested("<b><i>a</b>b</i>", "<p><b><i>a</i></b>b</p>")]
#[case::unclosed("<b>a\n\nb", "<p><b>a</b></p><p>b</p>")]
#[case::never_opened("a</b></blockquote></p>b", "<p>a</p><p>b</p>")]
#[case::in_itself("<b>a<b>b</b>c", "<p><b>ab</b>c</p>")]
#[case::empty("a<b></b><i> </i>b", "<p>a<i> </i>b</p>")]
#[case::dropped("<div>a<br>b</div><p>c</p><u>d</u>", "<p>a<br>b</p><p>c</p><p>d</p>")]
#[case::scripts("<script src=x>alert(1)</script>", "<p>alert(1)</p>")]
#[case::images(r#"a<img src="x" onerror="alert(1)">b"#, "<p>ab</p>")]
#[case::comments("a<!-- b -->c", "<p>a&lt;!-- b --&gt;c</p>")]
#[case::quotes(
    "a<blockquote>b\n\nc</blockquote>d",
    "<p>a</p><blockquote><p>b</p><p>c</p></blockquote><p>d</p>"
)]
#[case::cited(r#"<q cite="javascript:x">a</q>"#, "<p><q>a</q></p>")]
#[case::bad_links(r#"<a href="javascript:alert(1)">a</a> <a href="/b">b</a> <a>c</a>"#, "<p>a b c</p>")]
#[case::phishing("<a href=https://bank.example@evil.example>a</a>", "<p>a</p>")]
#[case::addresses("ann@example.org <ann@example.org>", "<p>ann@example.org &lt;ann@example.org&gt;</p>")]
#[case::other_schemes("ftp://a.example javascript://x", "<p>ftp://a.example javascript://x</p>")]
#[case::code_is_no_link("<code>http://a.example</code>", "<p><code>http://a.example</code></p>")]
fn shown(#[case] text: &str, #[case] html: &str) {
    assert_eq!(comment_html(text), html);
}

#[rstest]
#[case(
    "see http://a.example/b?c=1&d=(2), ok",
    r#"see <a href="http://a.example/b?c=1&amp;d=(2)"…>http://a.example/b?c=1&amp;d=(2)</a>, ok"#
)]
#[case("(https://a.example/)", r#"(<a href="https://a.example/"…>https://a.example/</a>)"#)]
#[case("<https://a.example/b>", r#"&lt;<a href="https://a.example/b"…>https://a.example/b</a>&gt;"#)]
#[case("<a href='http://a.example?b=1&amp;c=2'>x</a>", r#"<a href="http://a.example/?b=1&amp;c=2"…>x</a>"#)]
#[case(
    "<a href=http://a.example/>http://b.example</a>",
    r#"<a href="http://a.example/"…>http://b.example</a>"#
)]
#[case("http://a.example/\"onclick=x", r#"<a href="http://a.example/"…>http://a.example/</a>"onclick=x"#)]
#[case(
    "<a href=http://a.example>a<a href=http://b.example>b",
    r#"<a href="http://a.example/"…>a</a><a href="http://b.example/"…>b</a>"#
)]
fn links(#[case] text: &str, #[case] html: &str) {
    assert_eq!(comment_html(text), format!("<p>{}</p>", html.replace('…', REL)));
}

#[rstest]
#[case("short", 10, "short")]
#[case("one two\n\nthree", 13, "one two three")]
#[case("one two\n\nthree", 12, "one two…")]
#[case("one two\n\nthree", 8, "one two…")]
#[case("abcdefghij", 5, "abcd…")]
#[case("<b>bo</b>ld<br>I <3 <a href=http://a.example>it</a>", 40, "bold I <3 it")]
#[case("ünïcödé", 4, "ünï…")]
#[case("abc", 0, "")]
#[case("abc", 1, "…")]
fn excerpts(#[case] text: &str, #[case] chars: usize, #[case] line: &str) {
    assert_eq!(excerpt(text, chars), line);
}

#[test]
fn a_long_line_stays_in_one_piece() {
    let line = "a & ü ".repeat(2_000);
    assert_eq!(comment_html(&line), format!("<p>{}</p>", line.replace('&', "&amp;")));
}

/// What must hold for any text: only what guests may write is in the HTML, the sanitiser finds nothing left to do, and the
/// line for lists is the same words without markup.
fn fault(text: &str) -> Option<String> {
    let html = comment_html(text);
    let shown = match dom::text(&html) {
        Ok(shown) => shown,
        Err(what) => return Some(format!("{what}\n  from {text:?}\n  in   {html}")),
    };
    let again = SANITISER.clean(&html).to_string();
    if again != html {
        return Some(format!("cleaned again from {text:?}\n  {html}\n  {again}"));
    }
    let line = excerpt(text, usize::MAX);
    if line.split_whitespace().collect::<Vec<_>>().join(" ") != line {
        return Some(format!("not one line from {text:?}\n  {line:?}"));
    }
    // a parser replaces control characters, which a comment cannot hold
    let is_a_comment = Body::parse(text, usize::MAX).is_ok_and(|body| body.as_str() == text);
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let differs = is_a_comment && bare(&line) != bare(&shown);
    differs.then(|| format!("other words in the line from {text:?}\n  {line:?}\n  {shown:?}"))
}

fn check(text: &str) {
    assert_eq!(fault(text), None);
}

#[test]
fn nothing_of_the_attackers_collections_gets_through() {
    let cases = corpora::members("sanitizer-dompurify/cases.jsonl", "payload");
    for payload in corpora::lines("xss-payloadbox/payloads.txt").into_iter().chain(cases) {
        check(&payload);
    }
}

#[test]
fn what_people_really_wrote_is_shown_word_for_word() {
    for text in corpora::members("fox-news-comments/comments.jsonl", "text") {
        check(&text);
        if !text.contains(['<', '\n']) && !text.contains("://") {
            let shown =
                comment_html(&text).replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{A0}");
            assert_eq!(shown.replace("&amp;", "&"), format!("<p>{}</p>", text.trim_start()));
        }
    }
}

#[rstest]
#[case("<")]
#[case("[")]
#[case("@")]
#[case("&")]
#[case("\u{A1}")]
#[case("\"")]
#[case("http://")]
#[case("http://a.example ")]
#[case("://")]
#[case("a:b.c@")]
#[case("<b>")]
#[case("<b><i>x")]
#[case("</b>")]
#[case("<blockquote>")]
#[case("<a href=http://a.example>x")]
#[case("<a title=\"")]
#[case("<a b=")]
#[case("<b \n")]
#[case("<!--")]
#[case("x\n\n")]
#[case("\n")]
fn twice_the_text_takes_about_twice_the_time(#[case] fragment: &str) {
    let time = |bytes: usize| {
        let text = fragment.repeat(bytes / fragment.len());
        let start = Instant::now();
        let html = comment_html(&text);
        let took = start.elapsed();
        assert!(html.len() <= 16 * text.len() + 100, "bounded in size");
        took
    };
    // Two doublings at most three times each: linear is 4, quadratic 16. The shortest runs count,
    // since the others were interrupted, and a busy machine gets more rounds.
    let (mut quarter, mut whole) = (Duration::MAX, Duration::MAX);
    for round in 1..=40 {
        quarter = quarter.min(time(16 * 1024));
        whole = whole.min(time(64 * 1024));
        if round >= 4 && whole <= quarter * 9 + Duration::from_millis(1) {
            return;
        }
    }
    panic!("{quarter:?} → {whole:?}");
}
