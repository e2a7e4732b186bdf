//! Whoever only looks, by whatever means, decides nothing.

use super::{BROWSER, held, opens, posts, traces};
use crate::support::TestApp;
use replydesk::metrics::Metrics;

both_databases! {
    async fn whatever_only_fetches_changes_nothing(app: TestApp) {
        app.moderator().await;
        let (comment, link) = held(app, "Look, and do not touch").await;
        let before = traces(app).await;
        let bytes = opens(app, &link).await.body;
        let likes: [&[(&str, &str)]; 10] = [
            &[], &[("sec-purpose", "prefetch")], &[("sec-purpose", "prefetch;prerender")], &[("purpose", "prefetch")], &[("x-moz", "prefetch")],
            &[("x-purpose", "preview")], &[("user-agent", "Mozilla/5.0 (compatible; MailScanner/5.1; +https://scanner.example)")],
            &[("user-agent", "Slackbot-LinkExpanding 1.0")], &[("range", "bytes=0-99"), ("accept-encoding", "gzip, br")],
            &[("origin", "https://evil.example"), ("referer", "https://mail.example/"), ("sec-fetch-site", "cross-site")],
        ];
        for nth in 0..50 {
            let page = app.client.send(("GET", &link), likes[nth % likes.len()], None).await;
            assert_eq!((page.status, page.body == bytes), (200, true), "{nth}");
            assert_eq!(page.header("set-cookie"), "");
        }
        for headers in likes {
            let head = app.client.send(("HEAD", &link), headers, None).await;
            assert_eq!((head.status, head.body.len(), head.header("content-type")), (200, 0, "text/html; charset=utf-8"));
        }
        // as queries, as some scanners press buttons
        for query in ["?decision=approve", "?decision=spam&reason=x", "?_method=POST&decision=approve"] {
            let page = app.client.get(&format!("{link}{query}")).await;
            assert_eq!((page.status, page.body == bytes), (200, true), "{query}");
        }
        for method in ["OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            let answer = app.client.send((method, &link), &[("access-control-request-method", "POST")], None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"), "{method}");
        }
        let override_it = [BROWSER, ("x-http-method-override", "POST")];
        assert_eq!(app.client.send(("GET", &link), &override_it, None).await.status, 200);
        // a post without a decision is none
        for fields in [&[][..], &[("decision", "")], &[("decision", "hold")], &[("decision", "escalate")], &[("decision", "Approve")], &[("reason", "x")]] {
            assert_eq!(app.client.submit(&link, fields, &[]).await.status, 422, "{fields:?}");
        }
        for (kind, status) in [("application/json", 415), ("text/plain", 415), ("", 415)] {
            let answer = app.client.raw(("POST", &link), &[("content-type", kind)], b"{\"decision\":\"approve\"}".to_vec()).await;
            assert_eq!(answer.status, status, "{kind}");
        }
        for origin in ["https://evil.example", "null", "https://news.example"] {
            let answer = app.client.submit(&link, &[("decision", "approve")], &[("origin", origin)]).await;
            assert_eq!(answer.status, 403, "{origin}");
        }
        assert_eq!(traces(app).await, before);
        let ours = app.url().to_owned();
        let done = app.client.submit(&link, &[("decision", "approve")], &[("origin", ours.as_str())]).await;
        assert_eq!((done.status, done.header("location")), (303, link.as_str()), "and it still decides");
        assert_ne!(traces(app).await, before);
        assert_eq!(app.reads("").await["comments"][0]["id"], comment["id"]);
    }

    async fn a_link_stays_out_of_the_log_and_the_figures(app: TestApp) {
        app.moderator().await;
        let (_, link) = held(app, "Quiet link").await;
        opens(app, &link).await;
        posts(app, &link, "approve").await;
        let figures = Metrics::install().render();
        assert!(figures.contains("route=\"/d/{token}\"") && !figures.contains(&link), "{figures}");
    }
}
