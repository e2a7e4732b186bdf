//! Bodies: no JSON, the wrong shape, members that nobody may set, the wrong kind, the wrong coding.

use std::io::Write;

use serde_json::json;

use super::{Doors, FORM, JSON, PROGRAM, Route, is, refuses};
use crate::support::TestApp;
use replydesk::http::WORDS_BYTES;

/// What a stranger would like to set.
const MASS: [&str; 12] = [
    "status",
    "id",
    "submitted_at",
    "staff",
    "version",
    "picked",
    "site",
    "needs",
    "published_at",
    "findings",
    "moderator",
    "__proto__",
];
/// Members that one of the routes knows: its method, parts of its path, and the member.
const KNOWN_SOMEWHERE: [(&str, [&str; 2], &str); 9] = [
    ("POST", ["/v1/moderation/", "/blocks"], "site"),
    ("PUT", ["/v1/sites/", "/policy"], "version"),
    ("PUT", ["/v1/sites/", "/words"], "version"),
    ("POST", ["/comments/", "/decisions"], "version"),
    ("POST", ["/moderation/", "/claims"], "site"),
    ("PATCH", ["/moderation/comments/", ""], "version"),
    ("PATCH", ["/moderation/comments/", ""], "picked"),
    ("PATCH", ["/v1/admin/moderators/", ""], "version"),
    ("POST", ["/v1/ops/", ""], "id"),
];

fn knows(route: &Route, member: &str) -> bool {
    KNOWN_SOMEWHERE.iter().any(|(method, [inside, end], known)| {
        route.method == *method
            && route.path.contains(inside)
            && route.path.ends_with(end)
            && *known == member
    })
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
}

/// 100,000 brackets.
fn deep() -> Vec<u8> {
    b"[".repeat(100_000)
}

both_databases! {
    async fn what_is_no_json_is_malformed(app: TestApp) {
        let doors = Doors::of(app).await;
        let bodies: [&[u8]; 14] = [
            b"", b" ", b"{", b"}", b"{\"", b"nonsense", b"{}{}", b"{} x", b"{'a': 1}", b"\xef\xbb\xbf{}",
            b"{\0}", b"{\"\xff\": 1}", b"{\"\\ud800\": 1}", b"\xff\xfe{\0}\0",
        ];
        for route in &doors.json {
            for body in bodies {
                // two objects are one too many, unless the first is refused by itself
                if body.starts_with(b"{}") && route.method != "PATCH" { continue; }
                if body.starts_with(b"{}") && (route.path.starts_with("/v1/receipts") || route.path.contains("/moderation/")) { continue; }
                let sent = format!("{} {} {:?}", route.method, route.path, String::from_utf8_lossy(body));
                is(&doors.sends(route, JSON, body).await, (400, "malformed"), &sent);
            }
            if route.text.is_empty() { continue; }
            for value in [&b"\"\xff\""[..], b"\"\xc0\x80\"", b"\"\\ud800\"", b"\"\\udc00\\ud800\"", b"\"\0\"", b"\"\\x\"", b"\"a\nb\""] {
                let body = [format!("{{\"{}\": ", route.text).as_bytes(), value, b"}"].concat();
                let sent = format!("{} {} {:?}", route.method, route.path, String::from_utf8_lossy(&body));
                is(&doors.sends(route, JSON, body).await, (400, "malformed"), &sent);
            }
        }
        doors.are_shut().await;
    }

    async fn only_an_object_of_known_members_is_taken(app: TestApp) {
        let doors = Doors::of(app).await;
        let by_position = json!([{"key": "news/1"}, null, "Ann", "ann@example.org", null, "By position", null, null, null, null, null]);
        for route in &doors.json {
            let sent = format!("{} {}", route.method, route.path);
            let others = [&b"[]"[..], b"null", b"7", b"-1e400", b"true", b"\"{}\"", b"[[],[],[],[]]"].map(<[u8]>::to_vec);
            for body in others.into_iter().chain([deep(), by_position.to_string().into_bytes()]) {
                let answer = doors.sends(route, JSON, body.clone()).await;
                match body.as_slice() {
                    // no number of JSON's kind is larger than any that can be kept
                    b"-1e400" => assert!(matches!(answer.status, 400 | 422), "{sent}"),
                    _ => refuses(&answer, ("body", "wrong-type"), &format!("{sent} {:?}", &body[..body.len().min(20)])),
                }
            }
            if !route.text.is_empty() {
                let nested = [format!("{{\"{}\": ", route.text).as_bytes(), &deep()].concat();
                refuses(&doors.sends(route, JSON, nested).await, (route.text, "wrong-type"), &sent);
                let twice = format!("{{\"{0}\": \"a\", \"{0}\": \"b\"}}", route.text);
                refuses(&doors.sends(route, JSON, twice).await, (route.text, "repeated"), &sent);
            }
            for member in MASS.into_iter().filter(|member| !knows(route, member)) {
                let answer = doors.sends(route, JSON, json!({member: "canary"}).to_string()).await;
                refuses(&answer, ("body", "unknown-member"), &format!("{sent} {member}"));
                assert!(!answer.text().contains("canary"));
            }
            // as many members as there is room for, and a million
            let crowd = |members: usize| (0..members).map(|n| format!("\"m{n}\":1")).collect::<Vec<_>>().join(",");
            refuses(&doors.sends(route, JSON, format!("{{{}}}", crowd(9_000))).await, ("body", "unknown-member"), &sent);
            let many = doors.sends(route, JSON, format!("{{{}}}", crowd(1_000_000))).await;
            // word lists may be longer than that
            if route.path.ends_with("/words") {
                refuses(&many, ("body", "unknown-member"), &sent);
                is(&doors.sends(route, JSON, vec![b' '; WORDS_BYTES + 1]).await, (413, "too-large"), &sent);
            } else {
                is(&many, (413, "too-large"), &sent);
            }
        }
        doors.are_shut().await;
    }

    async fn what_is_inside_must_be_an_object_too(app: TestApp) {
        let doors = Doors::of(app).await;
        for member in ["article", "client", "commenter"] {
            let mut reply = TestApp::reply("By position", "ann@example.org");
            reply[member] = json!(["news/1", "https://news.example/news/1", "The bridge"]);
            refuses(&doors.sends(&doors.json[0], JSON, reply.to_string()).await, (member, "wrong-type"), member);
        }
        let bulk = json!({"items": [[doors.held["id"], 1]], "decision": "approve"});
        refuses(&doors.sends(&doors.json[5], JSON, bulk.to_string()).await, ("body", "wrong-type"), "items by position");
        let more = json!({"items": [{"id": doors.held["id"], "version": 1, "status": "approved"}], "decision": "approve"});
        refuses(&doors.sends(&doors.json[5], JSON, more.to_string()).await, ("body", "unknown-member"), "items with more");
        let ids = json!({"ids": [[doors.held["id"]]]}).to_string();
        refuses(&doors.sends(&doors.json[8], JSON, ids).await, ("body", "wrong-type"), "ids in a list");
        let filter = json!({"filter": ["gazette"], "expect": 1, "decision": "approve"}).to_string();
        refuses(&doors.sends(&doors.json[5], JSON, filter).await, ("filter", "wrong-type"), "a filter by position");
        doors.are_shut().await;
    }

    async fn every_route_takes_its_kind_only_and_nothing_packed(app: TestApp) {
        let doors = Doors::of(app).await;
        // a hundred times as large as it looks: 10 MiB of spaces, and of what would be a submission
        let bombs = [vec![b' '; 10 << 20], TestApp::reply(&"x".repeat(10 << 20), "ann@example.org").to_string().into_bytes()].map(|body| gzipped(&body));
        assert!(bombs.iter().all(|bomb| bomb.len() < 32 << 10));
        let kinds = ["", "text/plain", "multipart/form-data; boundary=x", "application/jsonp", "application/json, x", "*/*", "json"];
        for (routes, own, other) in [(&doors.json, JSON, FORM), (&doors.forms, FORM, JSON)] {
            for route in routes {
                let sent = format!("{} {}", route.method, route.path);
                let takes_both = route.path == "/v1/sites/gazette/comments" || route.path.ends_with("/reports");
                for kind in kinds.into_iter().chain((!takes_both).then_some(other.1)) {
                    let answer = doors.sends(route, ("content-type", kind), "{}").await;
                    is(&answer, (415, "unsupported-media-type"), &format!("{sent} {kind}"));
                    assert!(answer.header("accept").contains(own.1), "{sent}");
                }
                for coding in ["gzip", "GZIP", "br", "deflate", "identity, gzip", "x-unknown", "gzip, gzip"] {
                    let headers = [own, PROGRAM, ("content-encoding", coding), (route.who.0, route.who.1.as_str())];
                    let answer = app.client.raw((route.method, &route.path), &headers, vec![0x1f; 64]).await;
                    is(&answer, (415, "unsupported-media-type"), &format!("{sent} {coding}"));
                    assert_eq!((answer.header("accept-encoding"), answer.header("accept")), ("identity", ""), "{sent}");
                }
                for bomb in &bombs {
                    let headers = [own, PROGRAM, (route.who.0, route.who.1.as_str())];
                    let said = [&headers[..], &[("content-encoding", "gzip")]].concat();
                    let answer = app.client.raw((route.method, &route.path), &said, bomb.clone()).await;
                    is(&answer, (415, "unsupported-media-type"), &sent);
                    // that it is packed may also go unsaid
                    let answer = app.client.raw((route.method, &route.path), &headers, bomb.clone()).await;
                    assert!(matches!(answer.status, 400 | 403 | 422), "{sent}: {}", answer.status);
                }
            }
        }
        doors.are_shut().await;
        let headers = [JSON, ("content-encoding", "identity")];
        let reply = TestApp::reply("As it is", "ann@example.org").to_string();
        assert_eq!(app.client.raw(("POST", "/v1/sites/gazette/comments"), &headers, reply.into()).await.status, 202);
    }

    async fn forms_are_read_as_forms(app: TestApp) {
        let doors = Doors::of(app).await;
        for route in &doors.forms {
            let sent = route.path.as_str();
            let bodies: [&[u8]; 5] = [b"a=\xff", b"%ff=a", b"a=%c3%28", b"a=%ed%a0%80", b"\xff\xfea\0"];
            for body in bodies {
                is(&doors.sends(route, FORM, body).await, (400, "malformed"), &format!("{sent} {:?}", String::from_utf8_lossy(body)));
            }
            let csrf = format!("csrf={}&", doors.csrf);
            let twice = format!("{}{name}=a&{name}=b", if route.text == "csrf" { "" } else { &csrf }, name = route.text);
            refuses(&doors.sends(route, FORM, twice).await, (route.text, "repeated"), sent);
            let many = doors.sends(route, FORM, "a=&".repeat(1_000_000)).await;
            // word lists may be longer than that
            if sent == "/desk/words" {
                is(&many, (403, "forbidden"), sent);
                is(&doors.sends(route, FORM, vec![b'a'; WORDS_BYTES + 1]).await, (413, "too-large"), sent);
            } else {
                is(&many, (413, "too-large"), sent);
            }
            // as many as there is room for are ignored, and a mark in front makes another name of the first
            let crowd = ["\u{FEFF}name=Ann&", &"zz=&".repeat(30_000)].concat();
            let answer = doors.sends(route, FORM, crowd).await;
            assert!(matches!(answer.status, 400 | 403 | 404 | 422), "{sent}: {}", answer.status);
        }
        doors.are_shut().await;
    }

    async fn fields_that_are_not_ours_change_nothing(app: TestApp) {
        let doors = Doors::of(app).await;
        let more = format!("&{}=approved", MASS.join("=approved&"));
        let body = format!("article=news/1&name=Bob&email=bob@example.org&comment=With+more{more}&commenter[staff]=true");
        let answer = doors.sends(&doors.forms[0], FORM, body).await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (202, Some("pending")), "{}", answer.text());
        assert_ne!(answer.json()["id"], "approved");
        assert_eq!(app.rows("select count(*) from comments where status = 'pending' and version = 1 and not staff").await, 2);
        let body = format!("action=edit&comment=Changed+by+its+author{more}");
        assert_eq!(doors.sends(&doors.forms[1], FORM, body).await.status, 200);
        let csrf = &doors.csrf;
        let body = format!("csrf={csrf}&decision=reject&version=2&status=approved&id=x&moderator=y");
        assert_eq!(doors.sends(&doors.forms[3], FORM, body).await.status, 303);
        assert_eq!(app.rows("select count(*) from comments where status = 'rejected' and version = 3").await, 1);
    }
}
