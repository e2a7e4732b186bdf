//! Every field of a submission, at and beyond its bounds: as JSON, as a form of a program, and as a
//! browser's form, which gets a page.

use serde_json::{Value, json};

use super::{BROWSER, NOBODY, PROGRAM, as_fields, is_page, is_problem, reply_with};
use crate::support::TestApp;

/// A field, what it holds (nothing: it is not sent), and the codes of the fields that are refused.
type Row = (&'static str, Option<String>, &'static [(&'static str, &'static str)]);

const GOOD: &[(&str, &str)] = &[];

macro_rules! refused {
    ($field:literal, $code:literal) => {
        &[($field, $code)] as &[(&str, &str)]
    };
}

fn rows() -> Vec<Row> {
    [who(), what(), where_it_belongs()].concat()
}

/// A field, values of it, and the fields and codes that are refused.
type Texts = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

fn who() -> Vec<Row> {
    let local = "a".repeat(254 - "@example.org".len());
    let mut rows: Vec<Row> = vec![
        ("name", None, refused!("name", "required")),
        ("name", Some("ä".repeat(100)), GOOD),
        ("name", Some("ä".repeat(101)), refused!("name", "too-long")),
        ("name", Some("字".repeat(81)), GOOD),
        ("name", Some("字".repeat(82)), refused!("name", "too-long")),
        ("email", None, refused!("email", "required")),
        ("email", Some(format!("{local}@example.org")), GOOD),
        ("email", Some(format!("a{local}@example.org")), refused!("email", "too-long")),
        ("website", None, GOOD),
        ("website", Some(format!("https://example.org/{}", "a".repeat(480))), GOOD),
        (
            "website",
            Some(format!("https://example.org/{}", "a".repeat(481))),
            refused!("website", "too-long"),
        ),
    ];
    let texts: [Texts; 12] = [
        ("name", &["", "   ", "\u{200b}"], refused!("name", "required")),
        ("name", &["A", "  Ann  ", "D’Artagnan ☂", "علی\u{200c}رضا"], GOOD),
        ("name", &["An\0n", "Ann\nBob", "Ann\u{202e}", "\u{2066}Ann"], refused!("name", "control-character")),
        ("name", &["ann@example.org", "@ann"], refused!("name", "at-sign")),
        ("email", &["", "  "], refused!("email", "required")),
        (
            "email",
            &["ann", "ann@", "@nowhere.example", "a b@example.org"],
            refused!("email", "not-an-address"),
        ),
        ("email", &["ann@-x.org", "ann@x..org", "ann@x\r\nBcc: b@x"], refused!("email", "not-an-address")),
        ("email", &["ann@münchen.example", " ann+x@example.org ", "o'brien@localhost"], GOOD),
        ("website", &["", " ", "http://example.org", "https://example.org/?a=b#c"], GOOD),
        (
            "website",
            &["example.org", "javascript:alert(1)", "ftp://a.example"],
            refused!("website", "not-a-url"),
        ),
        ("website", &["https://ann@a.example", "https://a:b@a.example"], refused!("website", "user-info")),
        ("website", &["https://exa\nmple.org"], refused!("website", "not-a-url")),
    ];
    for (field, values, expected) in texts {
        rows.extend(values.iter().map(|value| (field, Some((*value).to_owned()), expected)));
    }
    rows
}

fn what() -> Vec<Row> {
    let mut rows: Vec<Row> = vec![
        ("comment", None, refused!("comment", "required")),
        ("comment", Some("ä".repeat(10_000)), GOOD),
        ("comment", Some(format!("  {}\n", "b".repeat(10_000))), GOOD),
        ("comment", Some("a".repeat(10_001)), refused!("comment", "too-long")),
        ("notify", None, GOOD),
        ("parent", None, GOOD),
        ("token", Some("anything".to_owned()), GOOD),
    ];
    let texts: [Texts; 7] = [
        ("comment", &["", " \r\n\t "], refused!("comment", "required")),
        ("comment", &["!", "Two\r\nlines\tand a tab", "<script>alert(1)</script>"], GOOD),
        ("comment", &["a\0b", "a\u{1b}[31mb"], refused!("comment", "control-character")),
        ("notify", &["", "none", "outcome", "replies"], GOOD),
        ("notify", &["always", "None"], refused!("notify", "unknown-value")),
        ("parent", &["1", "seven dwarfs", "' or 1=1 --"], refused!("parent", "not-an-id")),
        ("parent", &[NOBODY], refused!("parent", "not-published")),
    ];
    for (field, values, expected) in texts {
        rows.extend(values.iter().map(|value| (field, Some((*value).to_owned()), expected)));
    }
    rows
}

fn where_it_belongs() -> Vec<Row> {
    let long = |chars: usize| format!("https://news.example/{}", "a".repeat(chars - 21));
    vec![
        // the canonical URL is the key then
        ("article.key", None, GOOD),
        ("article.key", Some(" ".to_owned()), GOOD),
        ("article.key", Some("é".repeat(200)), GOOD),
        ("article.key", Some("é".repeat(201)), refused!("article.key", "too-long")),
        ("article.key", Some("news\u{7}".to_owned()), refused!("article.key", "control-character")),
        ("article.key", Some("never/seen?a=b#ü".to_owned()), GOOD),
        ("article.url", Some("http://news.example/1".to_owned()), refused!("article.url", "foreign-origin")),
        ("article.url", Some("https://evil.example/1".to_owned()), refused!("article.url", "foreign-origin")),
        (
            "article.url",
            Some("https://news.example.evil.example".to_owned()),
            refused!("article.url", "foreign-origin"),
        ),
        (
            "article.url",
            Some("https://news.example:8443/".to_owned()),
            refused!("article.url", "foreign-origin"),
        ),
        ("article.url", Some("news/1".to_owned()), refused!("article.url", "not-a-url")),
        ("article.url", Some("javascript:alert(1)".to_owned()), refused!("article.url", "not-a-url")),
        ("article.url", Some("https://a@news.example/1".to_owned()), refused!("article.url", "user-info")),
        ("article.url", Some(long(2_000)), GOOD),
        ("article.url", Some(long(2_001)), refused!("article.url", "too-long")),
        ("article.title", Some("T".repeat(300)), GOOD),
        ("article.title", Some("T".repeat(301)), refused!("article.title", "too-long")),
        (
            "article.title",
            Some("The \u{202e}egdirb".to_owned()),
            refused!("article.title", "control-character"),
        ),
    ]
}

/// The row as a submission like no other, so that none is a duplicate.
fn submission(number: usize, (field, value, _): &Row) -> Value {
    let mut reply = reply_with(field, value.clone().map(Value::from));
    if *field != "comment" {
        reply["comment"] = json!(format!("Reply number {number}"));
    }
    if *field != "email" {
        reply["email"] = json!(format!("reader{number}@example.org"));
    }
    reply
}

fn named(codes: &[(&str, &str)]) -> Vec<(String, String)> {
    codes.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect()
}

both_databases! {
    async fn every_field_is_checked_at_its_bounds(app: TestApp) {
        app.submits("So that the article is known", "first@example.org").await;
        for (number, row) in rows().iter().enumerate() {
            let (field, value, codes) = row;
            let told = format!("{field} = {value:?}");
            let expected = if codes.is_empty() { 202 } else { 422 };
            let as_json = app.posts(&submission(number * 3, row)).await;
            assert_eq!(as_json.status, expected, "{told}: {}", as_json.text());
            let as_form = app.fills_in(&as_fields(&submission(number * 3 + 1, row)), PROGRAM).await;
            assert_eq!(as_form.status, expected, "{told}, as a form: {}", as_form.text());
            let browser = app.fills_in(&as_fields(&submission(number * 3 + 2, row)), BROWSER).await;
            if codes.is_empty() {
                assert_eq!(browser.status, 303, "{told}, from a browser: {}", browser.text());
                continue;
            }
            for answer in [&as_json, &as_form] {
                is_problem(app, answer, (422, "validation")).await;
                assert_eq!(answer.faults(), named(codes), "{told}");
                let is_telling = value.as_ref().is_some_and(|value| value.trim().len() > 6);
                assert!(!is_telling || !answer.text().contains(value.as_ref().unwrap().trim()), "{told}");
            }
            is_page(&browser, 422);
            let message = as_json.json()["errors"][0]["message"].as_str().unwrap().to_owned();
            // what only programs can get wrong has one sentence for all of it
            let other = "Something in this field cannot be taken as it is.";
            let says_so = [message.as_str(), other].into_iter().any(|message| browser.text().contains(message));
            assert!(says_so && browser.text().contains("role=\"alert\""), "{told}");
        }
    }

    async fn a_new_article_is_introduced_by_url_and_title(app: TestApp) {
        let unknown = |field: &str| (field.to_owned(), "unknown-article".to_owned());
        let key_only = json!({"key": "new/1"});
        let without_title = json!({"key": "new/1", "url": "https://news.example/new/1"});
        let without_url = json!({"key": "new/1", "title": "New"});
        for (article, expected) in [
            (key_only, vec![unknown("article.url"), unknown("article.title")]),
            (without_title, vec![unknown("article.title")]),
            (without_url, vec![unknown("article.url")]),
            (json!({"title": "New"}), named(&[("article.key", "required")])),
            (json!({}), named(&[("article.key", "required")])),
        ] {
            let answer = app.posts(&reply_with("article", Some(article.clone()))).await;
            assert_eq!((answer.status, answer.faults()), (422, expected), "{article}");
        }
        assert_eq!(app.posts(&reply_with("article", None)).await.faults(), named(&[("article.key", "required")]));
        assert_eq!(app.rows("select count(*) from articles").await, 0);
    }

    async fn without_a_key_the_canonical_url_is_the_key(app: TestApp) {
        let typed = "HTTPS://News.Example:443/a/?utm_source=x&b=1&fbclid=2&gclid=3#top";
        let article = json!({"url": typed, "title": "A"});
        let held = app.posts(&reply_with("article", Some(article))).await;
        assert_eq!((held.status, held.json()["article"].as_str()), (202, Some("https://news.example/a?b=1")));
        let other_spelling = json!({"url": "https://news.example/a?b=1&utm_medium=y"});
        let known = app.posts(&reply_with("article", Some(other_spelling))).await;
        assert_eq!((known.status, known.problem().as_str()), (409, "duplicate"));
        let long = json!({"url": format!("https://news.example/{}", "a".repeat(200)), "title": "A"});
        let refused = app.posts(&reply_with("article", Some(long))).await;
        assert_eq!(refused.faults(), named(&[("article.url", "too-long")]));
    }

    async fn all_that_is_wrong_is_told_at_once(app: TestApp) {
        let wrong = json!({
            "article": {"key": "k", "url": "nonsense", "title": "T".repeat(301)},
            "parent": "x", "name": " ", "email": "ann", "website": "x", "comment": "", "notify": "x",
        });
        let expected = named(&[
            ("article.url", "not-a-url"), ("article.title", "too-long"), ("parent", "not-an-id"),
            ("name", "required"), ("email", "not-an-address"), ("website", "not-a-url"),
            ("comment", "required"), ("notify", "unknown-value"),
        ]);
        assert_eq!(app.posts(&wrong).await.faults(), expected);
        let mut fields = as_fields(&wrong);
        fields.push(("redirect".to_owned(), "https://evil.example/".to_owned()));
        let mut with_redirect = expected;
        with_redirect.push(("redirect".to_owned(), "foreign-origin".to_owned()));
        assert_eq!(app.fills_in(&fields, PROGRAM).await.faults(), with_redirect);
    }
}
