//! What no client library sends: heads that contradict themselves, bodies without end, floods. What the
//! framework answers itself, before there is a request, is an empty answer; see `docs/architecture.md`.

use crate::support::{Database, TestApp, tell};

const HOST: &str = "Host: x\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const POST: &str = "POST /v1/sites/gazette/comments HTTP/1.1\r\n";
/// A second request, which must not be answered when the first leaves open where it ends.
const NEXT: &str = "GET /problems HTTP/1.1\r\nHost: x\r\n\r\n";

/// The statuses of all answers on a connection, without those that only say to go on.
fn statuses(said: &str) -> Vec<u16> {
    let lines = said.match_indices("HTTP/1.1 ").map(|(at, _)| said[at + 9..at + 12].parse().unwrap());
    lines.filter(|status| *status != 100).collect()
}

/// Sends this and `NEXT`; holds that one answer of this status comes, and the connection ends.
async fn ends(app: &TestApp, sent: &[u8], status: u16) -> String {
    let said = app.client.talks([sent, NEXT.as_bytes()].concat()).await;
    let shown = String::from_utf8_lossy(&sent[..sent.len().min(200)]).into_owned();
    assert_eq!(statuses(&said), [status], "{shown}: {said}");
    said
}

fn on_both(story: &impl AsyncFn(&TestApp)) {
    for database in [Database::sqlite, Database::postgres] {
        tell(database, async |app| story(app).await);
    }
}

#[test]
fn a_request_of_which_two_ends_can_be_read_is_refused() {
    on_both(&async |app| {
        let body = "{}";
        for framing in [
            "Content-Length: 2\r\nContent-Length: 2\r\n",
            "Content-Length: 2\r\nContent-Length: 9\r\n",
            "Content-Length: 2, 2\r\n",
            "Content-Length: -2\r\n",
            "Content-Length: +2\r\n",
            "Content-Length: 0x2\r\n",
            "Content-Length: 2 2\r\n",
            "Content-Length:\r\n",
            "Content-Length: 99999999999999999999999\r\n",
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked, identity\r\n",
            "Transfer-Encoding: identity\r\nContent-Length: 2\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: \"chunked\"\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Content-Length : 2\r\n",
            " Content-Length: 2\r\n",
            "X: a\r\n Content-Length: 2\r\n",
            "X: a\0b\r\n",
            "X: a\rContent-Length: 2\r\n",
            "X\r\n",
            ": a\r\n",
            "Host: y\r\n",
        ] {
            ends(app, format!("{POST}{HOST}{JSON}{framing}\r\n{body}").as_bytes(), 400).await;
        }
        for head in [
            format!("{POST}{JSON}Content-Length: 2\r\n\r\n{{}}"),
            "POST /v1/sites/gazette/comments HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .to_owned(),
            "POST /v1/sites/gazette/comments HTTP/1.0\r\n\r\n".to_owned(),
            "GET / HTTP/2.0\r\nHost: x\r\n\r\n".to_owned(),
            "GET / HTTP/9\r\nHost: x\r\n\r\n".to_owned(),
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET / a HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GE\0T / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET /<> HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "\u{16}\u{3}\u{1}\u{2}\r\n\r\n".to_owned(),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        ] {
            let said = app.client.talks([head.as_bytes(), NEXT.as_bytes()].concat()).await;
            assert_eq!(statuses(&said), [400], "{head:?}: {said}");
        }
        assert_eq!(app.rows("select count(*) from comments").await, 0);
    });
}

#[test]
fn chunks_that_are_none_end_the_connection() {
    on_both(&async |app| {
        for chunks in [
            "x\r\n{}\r\n0\r\n\r\n",
            "-1\r\n{}\r\n",
            "ffffffffffffffffff\r\n{}",
            "2\n{}\n0\n\n",
            "2\r\n{}0\r\n\r\n",
            " 2\r\n{}\r\n0\r\n\r\n",
        ] {
            let sent = format!("{POST}{HOST}{JSON}Transfer-Encoding: chunked\r\n\r\n{chunks}{NEXT}");
            let said = app.client.talks(sent.into_bytes()).await;
            assert_eq!(statuses(&said), [400], "{chunks:?}: {said}");
        }
    });
}

#[test]
fn a_body_that_is_longer_than_it_says_is_cut_where_it_says() {
    on_both(&async |app| {
        let body = TestApp::reply("Short", "ann@example.org").to_string();
        let sent = format!("{POST}{HOST}{JSON}Content-Length: {}\r\n\r\n{body}", body.len() - 3);
        let said = app.client.talks(sent.into_bytes()).await;
        assert_eq!(statuses(&said), [400, 400], "the rest is no request: {said}");
        // the framework would have taken all that follows for the body
        let sent = format!(
            "{POST}{HOST}{JSON}Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let said = ends(app, sent.as_bytes(), 400).await;
        assert!(said.contains("/problems/malformed") && said.contains("connection: close"), "{said}");
        assert_eq!(app.rows("select count(*) from comments").await, 0);
    });
}

/// Holds that this is the one answer, with its problem where it has a body that tells one.
fn is_refused(said: &str, status: u16, head: &str) {
    assert_eq!(statuses(said), [status], "{head}: {said}");
    let slug = match status {
        400 => "malformed",
        404 => "not-found",
        405 => "method-not-allowed",
        413 => "too-large",
        415 => "unsupported-media-type",
        _ => return,
    };
    assert!(said.contains(&format!("/problems/{slug}\"")), "{head}: {said}");
}

/// The heads of requests whose bodies nobody reads, or not to the end, and their answers.
fn unread() -> Vec<(String, u16)> {
    let json = "Content-Type: application/json\r\n";
    let packed = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let with = |line: &str, more: &str| format!("{line} HTTP/1.1\r\nHost: x\r\n{more}");
    [
        (with("POST /v1/sites/gazette/comments", json), 413),
        (with("POST /v1/sites/gazette/comments", packed), 415),
        (with("POST /v1/sites/gazette/comments", "Content-Type: text/plain\r\n"), 415),
        (with("POST /v1/moderation/decisions", json), 413),
        (with("PATCH /v1/receipts/x", json), 413),
        (with("PUT /v1/sites/gazette/articles/a", json), 413),
        (with("POST /receipts/x", "Content-Type: application/x-www-form-urlencoded\r\n"), 413),
        (with("POST /d/x", "Content-Type: application/x-www-form-urlencoded\r\n"), 413),
        (with("POST /desk/sign-in", "Content-Type: application/x-www-form-urlencoded\r\n"), 413),
        (with("DELETE /v1/receipts/x", ""), 404),
        (with("GET /v1/sites/gazette/counts?article=a", ""), 200),
        (with("HEAD /problems", ""), 200),
        (with("POST /nowhere", ""), 404),
        (with("BREW /desk", ""), 405),
        (with("POST /v1/sites/gazette/comments", "Content-Type: a\r\nContent-Type: b\r\n"), 400),
    ]
    .to_vec()
}

#[test]
fn a_body_without_end_is_cut_off() {
    on_both(&async |app| {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        for (head, status) in unread() {
            // no last chunk: whoever reads to the end reads for ever
            let endless = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(4));
            let said = app.client.talks(endless.into_bytes()).await;
            is_refused(&said, status, &head);
            assert!(said.contains("connection: close") && said.contains("x-request-id: "), "{head}: {said}");
        }
    });
}

#[test]
fn a_body_that_says_too_much_is_refused_before_it_comes() {
    on_both(&async |app| {
        for (head, status) in unread() {
            for length in ["10485760", "18446744073709551615"] {
                let said =
                    app.client.talks(format!("{head}Content-Length: {length}\r\n\r\n").into_bytes()).await;
                is_refused(&said, status, &head);
                assert!(said.contains("connection: close"), "{head}: {said}");
            }
        }
        let ten = vec![b' '; 10 * 1024 * 1024];
        let head = format!("{POST}{HOST}{JSON}Content-Length: {}\r\n\r\n", ten.len());
        let said = app.client.talks([head.as_bytes(), &ten].concat()).await;
        is_refused(&said, 413, "ten MiB");
    });
}

#[test]
fn a_head_has_a_bound() {
    on_both(&async |app| {
        let get = |more: &str| format!("GET /problems HTTP/1.1\r\nHost: x\r\n{more}\r\n");
        let many = |count: usize| (0..count).map(|n| format!("X-{n}: a\r\n")).collect::<Vec<_>>().concat();
        assert_eq!(
            statuses(
                &app.client.talks(get(&format!("{}Connection: close\r\n", many(94))).into_bytes()).await
            ),
            [200]
        );
        ends(app, get(&many(96)).as_bytes(), 431).await;
        ends(app, get(&many(10_000)).as_bytes(), 431).await;
        ends(app, get(&format!("X: {}\r\n", "a".repeat(256 * 1024))).as_bytes(), 431).await;
        let path = |length: usize| {
            format!("GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(length))
        };
        let said = app.client.talks(path(60_000).into_bytes()).await;
        assert!(statuses(&said) == [404] && said.contains("/problems/not-found"), "{said}");
        ends(app, path(100 * 1024).as_bytes(), 400).await;
        let query = format!(
            "GET /v1/sites/gazette/comments?article={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "a".repeat(60_000)
        );
        assert!(app.client.talks(query.into_bytes()).await.contains("/problems/validation"));
    });
}

#[test]
fn a_method_is_known_or_not() {
    on_both(&async |app| {
        for (line, status) in [
            ("BREW /desk", 405),
            ("get /desk", 405),
            ("TRACE /desk", 405),
            ("TRACE /nowhere", 404),
            ("OPTIONS *", 404),
            ("CONNECT example.org:80", 404),
            ("GET http://example.org/problems", 200),
            ("OPTIONS /desk", 405),
        ] {
            let sent = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: canary=1\r\n\r\n");
            let said = app.client.talks(sent.into_bytes()).await;
            assert_eq!(statuses(&said), [status], "{line}: {said}");
            assert!(!said.contains("canary"), "{said}");
        }
    });
}

#[test]
fn a_thousand_requests_at_once_are_answered_in_their_order() {
    on_both(&async |app| {
        let one = |n: usize| format!("GET /v1/sites/gazette/counts?article=n{n} HTTP/1.1\r\nHost: x\r\n\r\n");
        let all: String = (0..1_000).map(one).collect();
        let last = "GET /problems HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let said = app.client.talks(format!("{all}{last}").into_bytes()).await;
        assert_eq!(statuses(&said), [200; 1_001]);
        let bodies: Vec<&str> =
            said.match_indices("{\"counts\"").map(|(at, _)| said[at..].split("}}").next().unwrap()).collect();
        let expected: Vec<String> = (0..1_000).map(|n| format!("{{\"counts\":{{\"n{n}\":0")).collect();
        assert_eq!(bodies, expected);
    });
}
