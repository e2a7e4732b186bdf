//! Every path and the methods that it takes; all others are told which would do. HEAD is GET without
//! the body.

use serde_json::json;

use super::{BROWSER, NOBODY, is_page, is_problem};
use crate::support::TestApp;

/// The paths that are built, with a good comment, article and receipt in them, and what they allow.
pub fn paths(id: &str, token: &str) -> Vec<(String, &'static str)> {
    let reading = "GET, HEAD";
    [
        ("/v1/sites/gazette/comments?article=news/1".to_owned(), "GET, HEAD, POST"),
        (format!("/v1/sites/gazette/comments/{id}"), reading),
        (format!("/v1/sites/gazette/comments/{id}/replies"), reading),
        (format!("/v1/sites/gazette/comments/{id}/reports"), "POST"),
        ("/v1/sites/gazette/wp-comments-post.php".to_owned(), "POST"),
        ("/v1/sites/gazette/counts?article=news/1".to_owned(), reading),
        ("/v1/sites/gazette/comments.html?article=news/1".to_owned(), reading),
        ("/v1/sites/gazette/comments.jsonld?article=news/1".to_owned(), reading),
        ("/v1/sites/gazette/feed.atom".to_owned(), reading),
        ("/v1/sites/gazette/engaging".to_owned(), reading),
        ("/v1/sites/gazette/engaging.html".to_owned(), reading),
        ("/v1/sites/gazette/articles/news%2F1".to_owned(), "GET, HEAD, PUT, PATCH, DELETE"),
        ("/v1/sites/gazette/articles/news%2F1/breaker".to_owned(), "PUT, DELETE"),
        (format!("/v1/receipts/{token}"), "GET, HEAD, PATCH, DELETE"),
        (format!("/v1/receipts/{token}/appeal"), "POST"),
        ("/sites/gazette/comments?article=news/1".to_owned(), reading),
        (format!("/sites/gazette/comments/{id}/report"), reading),
        (format!("/receipts/{token}"), "GET, HEAD, POST"),
        (format!("/mail/{token}"), "GET, HEAD, POST"),
        (format!("/d/{token}"), "GET, HEAD, POST"),
        ("/v1/moderation/comments".to_owned(), reading),
        (format!("/v1/moderation/comments/{NOBODY}"), "GET, HEAD, PATCH"),
        (format!("/v1/moderation/comments/{NOBODY}/replies"), "POST"),
        (format!("/v1/moderation/comments/{NOBODY}/contact"), "POST"),
        ("/v1/sites/gazette/form".to_owned(), reading),
        ("/v1/sites/gazette/widget?lang=de".to_owned(), reading),
        ("/v1/sites/gazette/policy".to_owned(), "GET, HEAD, PUT"),
        ("/v1/sites/gazette/words".to_owned(), "GET, HEAD, PUT"),
        ("/v1/sites/gazette/reasons".to_owned(), "GET, HEAD, PUT"),
        ("/desk/reasons".to_owned(), "GET, HEAD, POST"),
        ("/desk/policy".to_owned(), "GET, HEAD, POST"),
        ("/desk/words".to_owned(), "GET, HEAD, POST"),
        ("/desk/articles".to_owned(), "GET, HEAD, POST"),
        ("/v1/ops/outbox".to_owned(), "GET, HEAD, POST"),
        ("/desk/outbox".to_owned(), "GET, HEAD, POST"),
        ("/v1/audit".to_owned(), reading),
        ("/desk/audit".to_owned(), "GET, HEAD, POST"),
        (format!("/v1/moderation/comments/{NOBODY}/decisions"), "POST"),
        ("/v1/moderation/decisions".to_owned(), "POST"),
        ("/v1/moderation/undo".to_owned(), "POST"),
        ("/v1/moderation/claims".to_owned(), "POST, PUT, DELETE"),
        ("/v1/moderation/blocks".to_owned(), "GET, HEAD, POST"),
        (format!("/v1/moderation/blocks/{NOBODY}"), "DELETE"),
        ("/desk/blocks".to_owned(), "GET, HEAD, POST"),
        ("/desk".to_owned(), reading),
        ("/desk/sign-in".to_owned(), "GET, HEAD, POST"),
        ("/desk/sign-out".to_owned(), "POST"),
        ("/desk/invitations/nonsense".to_owned(), "GET, HEAD, POST"),
        ("/desk/account".to_owned(), reading),
        ("/desk/account/password".to_owned(), "POST"),
        ("/desk/account/sessions".to_owned(), "POST"),
        ("/desk/account/tokens".to_owned(), "POST"),
        ("/desk/account/mail".to_owned(), "POST"),
        ("/desk/account/second-factor".to_owned(), "GET, HEAD, POST"),
        ("/desk/people".to_owned(), "GET, HEAD, POST"),
        (format!("/desk/people/{NOBODY}"), "POST"),
        ("/v1/admin/moderators".to_owned(), "GET, HEAD, POST"),
        (format!("/v1/admin/moderators/{NOBODY}"), "PATCH, DELETE"),
        ("/v1/admin/tokens".to_owned(), reading),
        ("/v1/admin/tokens/abcdefgh".to_owned(), "DELETE"),
        ("/v1/audit".to_owned(), reading),
        ("/v1/moderation/stats".to_owned(), reading),
        ("/v1/moderation/events".to_owned(), "GET"),
        ("/openapi.json".to_owned(), reading),
        ("/v1/session".to_owned(), "GET, HEAD, POST, DELETE"),
        (format!("/desk/comments/{NOBODY}"), "GET, HEAD, POST"),
        (format!("/desk/comments/{NOBODY}/decisions"), "POST"),
        (format!("/desk/comments/{NOBODY}/claim"), "POST"),
        ("/desk/claims".to_owned(), "POST"),
        ("/desk/decisions".to_owned(), "POST"),
        ("/desk/undo".to_owned(), "POST"),
        ("/problems".to_owned(), reading),
        ("/problems/gone".to_owned(), reading),
        ("/assets/replydesk.css".to_owned(), reading),
        ("/favicon.ico".to_owned(), reading),
        ("/embed.js".to_owned(), reading),
        ("/demo".to_owned(), reading),
        ("/demo/widget".to_owned(), reading),
    ]
    .to_vec()
}

both_databases! {
    async fn a_wrong_method_is_told_the_right_ones(app: TestApp) {
        for (path, allow) in paths(NOBODY, "x") {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
                if allow.split(", ").any(|allowed| allowed == method) {
                    continue;
                }
                let answer = app.client.send((method, &path), &[], Some(&json!({}))).await;
                assert_eq!(answer.header("allow"), allow, "{method} {path}");
                is_problem(app, &answer, (405, "method-not-allowed")).await;
            }
            if !allow.contains("HEAD") {
                let answer = app.client.send(("HEAD", &path), &[], None).await;
                assert_eq!((answer.status, answer.header("allow")), (405, allow), "{path}");
            }
        }
        is_page(&app.client.send(("DELETE", "/desk"), &[BROWSER], None).await, 405);
        let by_form = app.client.submit("/v1/sites/gazette/counts", &[("a", "b")], &[]).await;
        is_page(&by_form, 405);
        assert_eq!(by_form.header("allow"), "GET, HEAD");
    }

    async fn no_line_of_the_table_is_missing_here(app: TestApp) {
        let known = paths(NOBODY, "x");
        let mut lines = 0;
        for group in replydesk::http::table() {
            for line in &group.lines {
                let pattern = format!("{}{}", group.prefix, line.path);
                let fits = |path: &str| {
                    let (path, pattern) = (path.split('?').next().unwrap().split('/'), pattern.split('/'));
                    path.clone().count() == pattern.clone().count() && path.zip(pattern).all(|(part, expected)| part == expected || expected.starts_with('{'))
                };
                assert!(known.iter().any(|(path, _)| fits(path)), "nobody asks for {pattern}");
                lines += 1;
            }
        }
        // and one that only the demo has
        assert_eq!(known.iter().filter(|(path, _)| path == "/demo").count(), 1);
        assert!(lines > 40 && app.client.get("/demo").await.status == 404, "{lines}");
    }

    async fn head_is_get_without_the_body(app: TestApp) {
        let desk = app.moderator().await;
        let held = app.publishes("Nice piece", "ann@example.org", &desk).await;
        let (id, token) = (held["id"].as_str().unwrap(), held["receipt"]["token"].as_str().unwrap());
        for (path, allow) in paths(id, token) {
            if !allow.contains("HEAD") {
                continue;
            }
            let (whole, bare) = (app.client.get(&path).await, app.client.send(("HEAD", &path), &[], None).await);
            assert_eq!((bare.status, bare.body.len()), (whole.status, 0), "{path}");
            let without_own = |answer: &crate::support::Answer| {
                let mut headers = answer.headers.clone();
                headers.retain(|name, _| !matches!(name.as_str(), "x-request-id" | "date" | "set-cookie"));
                headers
            };
            assert_eq!(without_own(&bare), without_own(&whole), "{path}");
            let bytes = app.client.wire(&format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
            assert!(bytes.starts_with("HTTP/1.1 ") && bytes.ends_with("\r\n\r\n"), "{path}: {bytes}");
            assert_eq!(bytes.matches("\r\n\r\n").count(), 1, "{path}");
        }
    }
}
