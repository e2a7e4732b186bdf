//! The comment form of a `WordPress` theme, posted to us: the contract's table, row by row.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, ORIGIN, SITE, TestApp};
use replydesk::domain::{Language, Mode, Policy};

const FORM: &str = "/v1/sites/gazette/wp-comments-post.php";
const BRIDGE: &str = "https://news.example/2026/the-bridge/";
const NOWHERE: &str = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";

/// The fields as `WordPress` prints them, with these in place of the usual ones; an empty name leaves a field out.
fn fields<'a>(comment: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("comment", comment),
        ("author", "Ann"),
        ("email", "ann@example.org"),
        ("url", ""),
        ("wp-comment-cookies-consent", "yes"),
        ("submit", "Post Comment"),
        ("comment_post_ID", "12"),
        ("comment_parent", "0"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        if *value != LEFT_OUT {
            fields.push((name, value));
        }
    }
    fields
}

const LEFT_OUT: &str = "(left out)";

/// A browser posts the form from the article, by way of the site's own server.
async fn posts(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    comes(app, fields, &[("origin", ORIGIN), ("referer", BRIDGE)]).await
}

async fn comes(app: &TestApp, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    app.waits(Duration::from_millis(1));
    app.client.submit(FORM, fields, headers).await
}

/// The id of a comment that its browser was led to.
fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.text());
    answer.header("location").split_once("#comment-").unwrap().1.to_owned()
}

/// The site's backend keeps an article.
async fn keeps(app: &TestApp, number: u32, more: Value) {
    let bearer = format!("Bearer {}", app.backend().await);
    let mut says = json!({"url": format!("https://news.example/?p={number}"), "title": "Kept"});
    for (name, value) in more.as_object().unwrap() {
        says[name] = value.clone();
    }
    let path = format!("/v1/sites/{SITE}/articles/wp:{number}");
    let answer = app.client.send(("PUT", &path), &[("authorization", &bearer)], Some(&says)).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
}

async fn deletes(app: &TestApp, number: u32) {
    let bearer = format!("Bearer {}", app.backend().await);
    let path = format!("/v1/sites/{SITE}/articles/wp:{number}");
    assert_eq!(app.client.send(("DELETE", &path), &[("authorization", &bearer)], None).await.status, 204);
}

/// What it is, its status, the text, and the fields that differ.
type Row<'a> = (&'a str, u16, &'a str, Vec<(&'a str, &'a str)>);

both_databases! {
    async fn every_row_of_the_table(app: TestApp) {
        let mo = app.moderator().await;
        let published = id(&posts(app, &fields("The first of all.", &[])).await);
        mo.approves(&json!({"id": published})).await;
        let held = id(&posts(app, &fields("The second waits.", &[])).await);
        let elsewhere = app.submits("Under another article.", "bob@example.org").await;
        mo.approves(&elsewhere).await;
        let elsewhere = elsewhere["id"].as_str().unwrap();
        keeps(app, 13, json!({"open": false})).await;
        keeps(app, 14, json!({})).await;
        deletes(app, 14).await;
        let long = "a".repeat(10_001);
        let post = "comment_post_ID";
        let parent = "comment_parent";
        // what, the status, and the fields that differ
        let rows: Vec<Row<'_>> = vec![
            ("held", 302, "Held.", vec![]),
            ("the same again", 409, "Held.", vec![]),
            ("an answer", 302, "An answer.", vec![(parent, &published)]),
            ("no parent at all", 302, "No parent.", vec![(parent, LEFT_OUT)]),
            ("an empty parent", 302, "An empty parent.", vec![(parent, "")]),
            ("a number with spaces", 302, "Spaces.", vec![(post, " 12 ")]),
            ("closed", 403, "Too late.", vec![(post, "13")]),
            ("an answer to one that waits", 403, "Waits.", vec![(parent, &held)]),
            ("an answer to none", 403, "None.", vec![(parent, NOWHERE)]),
            ("an answer under another article", 403, "Another.", vec![(parent, elsewhere)]),
            ("an answer to one of WordPress's own", 403, "Old.", vec![(parent, "57")]),
            ("an answer to nonsense", 422, "Nonsense.", vec![(parent, "x57")]),
            ("an answer to one of WordPress's own, without a name", 422, "Old.", vec![(parent, "57"), ("author", "")]),
            ("no comment", 422, "", vec![]),
            ("a comment of spaces", 422, " \n ", vec![]),
            ("too long", 422, &long, vec![]),
            ("no name", 422, "No name.", vec![("author", "")]),
            ("no field for the name", 422, "No field.", vec![("author", LEFT_OUT)]),
            ("no address", 422, "No address.", vec![("email", "")]),
            ("an address that is none", 422, "None.", vec![("email", "ann at example.org")]),
            ("a website that is none", 422, "None.", vec![("url", "javascript:alert(1)")]),
            ("no post", 404, "No post.", vec![(post, LEFT_OUT)]),
            ("an empty post", 404, "No post.", vec![(post, "")]),
            ("the post 0", 404, "No post.", vec![(post, "0")]),
            ("a post below 0", 404, "No post.", vec![(post, "-12")]),
            ("a post that is a word", 404, "No post.", vec![(post, "bridge")]),
            ("a post that begins with a number", 404, "No post.", vec![(post, "12abc")]),
            ("a post between two", 404, "No post.", vec![(post, "12.5")]),
            ("a post with a sign", 404, "No post.", vec![(post, "+12")]),
            ("a post beyond all numbers", 404, "No post.", vec![(post, "99999999999999999999")]),
            ("a deleted post", 404, "Deleted.", vec![(post, "14")]),
        ];
        for (what, status, comment, more) in rows {
            let answer = posts(app, &fields(comment, &more)).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.text());
            if status == 302 {
                let id = id(&answer);
                assert_eq!(answer.header("location"), format!("{BRIDGE}?unapproved={id}#comment-{id}"), "{what}");
                let thing = mo.opens(&json!({"id": id})).await;
                assert_eq!((&thing["article"]["key"], &thing["status"]), (&json!("wp:12"), &json!("pending")), "{what}");
                continue;
            }
            // a page, with what was typed
            assert!(answer.header("content-type").starts_with("text/html"), "{what}");
            assert!(answer.text().contains(comment.trim()), "{what}: {}", answer.text());
            let again = answer.text().contains("name=\"comment_post_ID\" value=\"12\"");
            assert_eq!(again, matches!(status, 409 | 422) || more.iter().any(|(name, _)| *name == parent), "{what}");
        }
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
            let answer = app.client.send((method, FORM), &[], None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method}");
        }
        let form = "select count(*) from comments where form = 'wordpress'";
        assert_eq!(app.rows(form).await, app.rows("select count(*) from comments").await - 1);
    }

    async fn what_is_published_at_once_is_no_longer_unapproved(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let answer = posts(app, &fields("Out at once.", &[("redirect_to", "https://news.example/2026/the-bridge/?a=1&unapproved=9&moderation-hash=x&b=%20#respond")])).await;
        let id = id(&answer);
        assert_eq!(answer.header("location"), format!("{BRIDGE}?a=1&b=%20#comment-{id}"));
        let page = app.client.get("/v1/sites/gazette/comments?article=wp:12").await.json();
        assert_eq!((&page["article"]["count"], &page["comments"][0]["id"]), (&json!(1), &json!(id)));
    }

    async fn an_article_is_made_of_what_the_browser_says(app: TestApp) {
        let mo = app.moderator().await;
        // the number, `redirect_to`, `Referer`, and the address that is kept; nothing where the article stays unknown
        let rows: Vec<(&str, &str, &str, Option<&str>)> = vec![
            ("21", "https://news.example/21/", "https://news.example/other/", Some("https://news.example/21")),
            ("22", "", "https://News.Example:443/22/?utm_source=x&replytocom=5", Some("https://news.example/22")),
            ("23", "/23/", "https://news.example/other/", Some("https://news.example/23")),
            ("24", "/24/", "", Some("https://news.example/24")),
            ("25", "https://evil.example/25/", "https://news.example/25/comment-page-2/", Some("https://news.example/25")),
            ("26", "//evil.example/26/", "https://news.example/?p=26&cpage=3", Some("https://news.example/?p=26")),
            ("27", "javascript:alert(1)", "https://news.example/a/comment-page-x/", Some("https://news.example/a/comment-page-x")),
            ("28", "https://news.example@evil.example/", "https://news.example/28", Some("https://news.example/28")),
            ("29", "https://ann@news.example/29", "https://news.example/29", Some("https://news.example/29")),
            ("30", "https://news.example/", "", Some("https://news.example/")),
            // nobody knows what else stands there
            ("36", "", "https://news.example/36/?email=ann@example.org&lang=de", Some("https://news.example/36?lang=de")),
            ("37", "ann@example.org", "https://news.example/37", Some("https://news.example/37")),
            ("38", "https://news.example/38?email=ann@example.org", "", Some("https://news.example/38")),
            ("39", "", "https://news.example/?email=ann@example.org", None),
            // from another origin browsers tell no more than this
            ("31", "", "https://news.example/", None),
            ("32", "", "https://news.example/wp-comments-post.php", None),
            ("33", "https://evil.example/", "https://evil.example/33", None),
            ("34", "", "", None),
            ("35", "", "nonsense", None),
        ];
        for (number, to, from, kept) in rows {
            let text = format!("Under article {number}.");
            let sent = fields(&text, &[("comment_post_ID", number), ("redirect_to", to)]);
            let headers = [("origin", ORIGIN), ("referer", from)];
            let answer = comes(app, &sent, if from.is_empty() { &headers[..1] } else { &headers }).await;
            let Some(kept) = kept else {
                assert_eq!(answer.status, 422, "{number}");
                assert!(answer.text().contains("This article is not known here yet."), "{}", answer.text());
                assert_eq!(answer.text().matches("This article is not known").count(), 1);
                continue;
            };
            let id = id(&answer);
            assert!(answer.header("location").starts_with("https://news.example/"), "{number}");
            let article = mo.opens(&json!({"id": id})).await["article"].clone();
            let title = kept.strip_prefix("https://").unwrap();
            let key = format!("wp:{number}");
            assert_eq!(article, json!({"key": key, "url": kept, "title": title}), "{number}");
        }
    }

    async fn the_site_says_what_the_form_cannot(app: TestApp) {
        let (mo, cyrillic) = (app.moderator().await, "https://news.example/%D0%BC%D1%96%D1%81%D1%82/");
        let first = id(&posts(app, &fields("Before the site said it.", &[("redirect_to", cyrillic)])).await);
        assert_eq!(mo.opens(&json!({"id": first})).await["article"]["title"], "news.example/міст");
        keeps(app, 12, json!({"url": BRIDGE, "title": "The bridge"})).await;
        // where nothing says the page, it is the article's
        let answer = comes(app, &fields("After it.", &[]), &[]).await;
        let second = id(&answer);
        assert_eq!(answer.header("location"), format!("https://news.example/2026/the-bridge?unapproved={second}#comment-{second}"));
        assert_eq!(mo.opens(&json!({"id": second})).await["article"]["title"], "The bridge");
        // one that nobody confirmed has no address that others may know
        posts(app, &fields("The first under another.", &[("comment_post_ID", "40"), ("redirect_to", "/40/")])).await;
        let answer = comes(app, &fields("The second.", &[("comment_post_ID", "40")]), &[]).await;
        assert_eq!(answer.status, 302);
        assert!(answer.header("location").starts_with(&format!("{}/receipts/", app.url())), "{}", answer.header("location"));
    }

    async fn a_refused_form_can_be_sent_again_from_its_page(app: TestApp) {
        app.sets_policy(Policy { language: Language::German, ..Policy::default() }).await;
        let token = app.client.get("/v1/sites/gazette/form").await.json()["token"].as_str().unwrap().to_owned();
        let more = [
            ("author", "A & \"B\" <i>"), ("email", "ann@"), ("url", "https://ann.example/"), ("comment_parent", "57"),
            ("replydesk_token", token.as_str()), ("replydesk_notify", "outcome"),
        ];
        let answer = posts(app, &fields("<b>Kept</b>", &more)).await;
        assert_eq!(answer.status, 422);
        let page = answer.text();
        for part in [
            "<html lang=\"de\"", "Ihr Kommentar wurde noch nicht gesendet",
            "auf den Sie antworten, ist hier nicht veröffentlicht",
            "<form class=\"form\" method=\"post\" accept-charset=\"utf-8\">",
            "name=\"author\" type=\"text\" value=\"A &#38; &#34;B&#34; &#60;i&#62;\"",
            "name=\"email\" type=\"email\" value=\"ann@\"", "name=\"url\" type=\"url\" value=\"https://ann.example/\"",
            "&#60;b&#62;Kept&#60;/b&#62;</textarea>", "name=\"replydesk_address\"",
            "<input type=\"hidden\" name=\"comment_post_ID\" value=\"12\">",
            &format!("<input type=\"hidden\" name=\"redirect_to\" value=\"{BRIDGE}\">"),
            "name=\"replydesk_notify\"", "<option value=\"outcome\" selected>",
            &format!("<input type=\"hidden\" name=\"replydesk_token\" value=\"{token}\">"),
            &format!("href=\"{}/assets/replydesk.css\"", app.url()),
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        // the parent would be refused again
        assert!(!page.contains("comment_parent") && !page.contains("href=\"/"), "{page}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains(&format!("style-src 'self' {};", app.url())), "{policy}");
        assert!(policy.contains(&format!("form-action 'self' {ORIGIN};")), "{policy}");
        assert_eq!((answer.header("cache-control"), answer.header("referrer-policy")), ("no-store", "same-origin"));
        // from that page, whose address is that of the form
        let sent = fields("<b>Kept</b>", &[("comment_parent", LEFT_OUT), ("redirect_to", BRIDGE), ("replydesk_token", &token)]);
        let headers = [("origin", ORIGIN), ("referer", "https://news.example/wp-comments-post.php")];
        let first = comes(app, &sent, &headers).await;
        let again = comes(app, &sent, &headers).await;
        assert_eq!((id(&first), first.header("idempotency-replayed")), (id(&again), ""));
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(app.rows("select count(*) from comments").await, 1);
    }

    async fn only_pages_of_the_site_may_post_it(app: TestApp) {
        for (origin, status) in [(ORIGIN, 302), ("https://evil.example", 403), ("null", 403)] {
            let text = format!("From {origin}.");
            let answer = comes(app, &fields(&text, &[]), &[("origin", origin), ("referer", BRIDGE)]).await;
            assert_eq!(answer.status, status, "{origin}");
        }
        assert_eq!(comes(app, &fields("From nobody.", &[]), &[("referer", BRIDGE)]).await.status, 302);
        assert_eq!(app.client.submit("/v1/sites/nobody/wp-comments-post.php", &fields("Hello", &[]), &[]).await.status, 404);
        let json = app.client.post(FORM, &json!({"comment": "Hello"})).await;
        assert_eq!((json.status, json.problem().as_str()), (415, "unsupported-media-type"));
    }

    async fn a_program_is_told_by_the_names_of_the_form(app: TestApp) {
        let program = [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")];
        let sends = async |body: &str| app.client.raw(("POST", FORM), &program, body.as_bytes().to_vec()).await;
        let refused = sends("author=a%40b&email=x&url=x&comment=&comment_post_ID=12&comment_parent=x").await;
        let expected = [("comment_parent", "not-an-id"), ("author", "at-sign"), ("email", "not-an-address"), ("url", "not-a-url"), ("comment", "required")];
        let mut expected = expected.map(|(field, code)| (field.to_owned(), code.to_owned())).to_vec();
        let mut faults = refused.faults();
        expected.sort();
        faults.sort();
        assert_eq!((refused.status, faults), (422, expected));
        let unknown = sends("author=Ann&email=ann@example.org&comment=Hello&comment_post_ID=12").await;
        assert_eq!(unknown.faults(), [("redirect_to".to_owned(), "unknown-article".to_owned())]);
        let good = "author=Ann&email=ann@example.org&comment=Hello&comment_post_ID=12&redirect_to=/12";
        let unseen = sends(&format!("{good}&comment_parent=57")).await;
        assert_eq!((unseen.status, unseen.problem().as_str()), (403, "forbidden"));
        assert_eq!(sends("author=Ann&comment_post_ID=x").await.problem(), "not-found");
        assert_eq!(sends("url=1&url=2").await.faults(), [("url".to_owned(), "repeated".to_owned())]);
        // what others call by the names of the usual form is theirs
        let taken = sends(&format!("{good}&address=12+Main+Street&token=x&website=x&article=news/1&_wp_unfiltered_html_comment=1")).await;
        assert_eq!(taken.status, 302);
        assert_eq!(app.rows("select count(*) from comments where status = 'pending'").await, 1);
        let trapped = sends(&good.replace("Hello", "Buy&replydesk_address=12")).await;
        assert_eq!((trapped.status, trapped.header("location").contains("?unapproved=")), (302, true));
        assert_eq!(app.rows("select count(*) from comments where status = 'spam'").await, 1);
    }

    async fn too_fast_is_429_as_everywhere(app: TestApp) {
        let limited = app.beside(&[("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "2")]).await;
        for text in ["One.", "Two."] {
            let answer = posts(&limited, &fields(text, &[])).await;
            assert_eq!((answer.status, answer.header("ratelimit").is_empty()), (302, false));
        }
        let refused = posts(&limited, &fields("Three.", &[])).await;
        assert_eq!(refused.status, 429);
        assert!(!refused.header("retry-after").is_empty());
        assert!(refused.text().contains(&format!("href=\"{}/assets/replydesk.css\"", limited.url())), "{}", refused.text());
        limited.ends().await;
        // slow mode is told with what was typed
        app.sets_policy(Policy { slow_seconds: 60, ..Policy::default() }).await;
        assert_eq!(posts(app, &fields("One.", &[])).await.status, 302);
        let slow = posts(app, &fields("Two, at once.", &[])).await;
        assert_eq!(slow.status, 429);
        assert!(slow.text().contains("Two, at once.") && slow.text().contains("name=\"author\""));
    }
}
