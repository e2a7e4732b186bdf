//! Everything that can be refused, with the reader's address in whatever was wrong.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    canary::{EMAIL, MODERATOR, V4, V6, WRITTEN},
    doors::{Doors, Things},
    table::Way,
    visits::{Visited, csrf_of},
    walk::{BROWSER, FORM, JSON, POST, Walk, reply},
};

const FIELDS: [&str; 17] = [
    "article",
    "article.key",
    "article.url",
    "article.title",
    "parent",
    "name",
    "email",
    "website",
    "comment",
    "notify",
    "token",
    "receipt",
    "client",
    "client.ip",
    "commenter",
    "commenter.id",
    "nobody-knows-this",
];
/// What a reader writes there is for all to see.
const PUBLIC: [&str; 3] = ["article.key", "article.title", "comment"];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "canary.reader"];
const QUERY: [&str; 21] = [
    "sort", "limit", "cursor", "around", "needs", "status", "site", "finding", "list", "q", "article",
    "same_as", "cluster", "object", "actor", "claimed", "by", "next", "replyto", "state", "done",
];

/// All that a request can get wrong.
pub async fn walk(walk: &Walk<'_>, (visited, invitation): (&Visited, String), ways: &BTreeSet<Way>) {
    fields(walk).await;
    let things = Things::found(walk, invitation).await;
    Doors::of(walk, visited, things).refuse().await;
    headers(walk).await;
    rules(walk).await;
    moderators(walk, visited).await;
    paths(walk, visited, ways).await;
    wire(walk).await;
}

/// Each field with something that is not for it, as JSON and in both kinds of form.
async fn fields(walk: &Walk<'_>) {
    for (n, field) in FIELDS.into_iter().enumerate() {
        let long = EMAIL.repeat(300);
        let values = [json!(EMAIL), json!({EMAIL: EMAIL}), json!([EMAIL]), json!(long)];
        for value in values.into_iter().filter(|value| !PUBLIC.contains(&field) || *value != json!(EMAIL)) {
            let reply = with(reply(&format!("Wrong field {n}.")), field, value.clone());
            walk.posts(&reply).await;
            walk.sends(("POST", POST), &[("authorization", &walk.bearer())], &reply).await;
            if let Some(value) = value.as_str() {
                let fields = [
                    ("article", "news/1"),
                    ("name", "Q@"),
                    ("email", EMAIL),
                    (&field.replace('.', "_"), value),
                ];
                walk.submits(POST, &[], &fields).await;
                let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                walk.asks(("POST", POST), &[FORM, ("accept", "application/json")], body.into_bytes()).await;
            }
        }
    }
    let wrong = walk.submits(POST, &[], &[("email", EMAIL), ("name", EMAIL), ("website", EMAIL)]).await;
    assert!(
        wrong.status == 422 && wrong.text().contains("Canary.Reader"),
        "what was typed is kept for its writer"
    );
}

async fn headers(walk: &Walk<'_>) {
    let domain = "https://nightingale-place.example";
    for (name, value, status) in [
        ("origin", domain, 403),
        ("authorization", "Bearer Canary.Reader+quiet@nightingale-place.example", 401),
        ("idempotency-key", &EMAIL.repeat(6), 422),
    ] {
        let answer = walk.sends(("POST", POST), &[(name, value)], &reply("Headers.")).await;
        assert_eq!(answer.status, status, "{name}");
    }
    for path in ["/v1/sites/gazette/comments?article=news/1", "/v1/receipts/nonsense"] {
        walk.asks(("GET", path), &[("accept", EMAIL), ("origin", domain)], Vec::new()).await;
        let preflight = [("origin", domain), ("access-control-request-method", "canary.reader")];
        walk.asks(("OPTIONS", path), &preflight, Vec::new()).await;
    }
}

/// What is well formed and refused all the same.
async fn rules(walk: &Walk<'_>) {
    let duplicate = reply("Said twice.");
    let statuses = [walk.posts(&duplicate).await.status, walk.posts(&duplicate).await.status];
    // from one place and then from the other, since the walk comes by two
    let again = [walk.posts(&duplicate).await, walk.posts(&duplicate).await];
    assert_eq!((statuses, again[0].status, again[1].status), ([202, 202], 409, 409));
    let twice = walk.submits(POST, &[], &as_fields(&duplicate)).await;
    assert_eq!(twice.status, 409);
    for (key, status) in [("closed", 403), ("gone", 404)] {
        let reply = with(reply("Too late."), "article.key", json!(key));
        assert_eq!(walk.posts(&reply).await.status, status);
        assert_eq!(walk.submits(POST, &[], &as_fields(&reply)).await.status, status);
    }
    let orphan = with(reply("To nobody."), "parent", json!("01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"));
    assert_eq!(walk.posts(&orphan).await.status, 422);
    assert_eq!(walk.sends(("POST", "/v1/sites/nowhere/comments"), &[], &reply("Nowhere.")).await.status, 404);
}

async fn moderators(walk: &Walk<'_>, visited: &Visited) {
    let csrf = csrf_of(&walk.client.get("/desk/sign-in").await);
    for (name, password, token, status) in [
        (EMAIL, "a wrong password", csrf.as_str(), 422),
        (MODERATOR, EMAIL, &csrf, 422),
        (EMAIL, EMAIL, EMAIL, 403),
    ] {
        let fields = [("email", name), ("password", password), ("csrf", token), ("next", EMAIL)];
        assert_eq!(walk.submits("/desk/sign-in", &[], &fields).await.status, status);
    }
    for (token, decision, version) in
        [(EMAIL, "approve", "1"), (&visited.csrf, EMAIL, "1"), (&visited.csrf, "approve", EMAIL)]
    {
        let fields = [("csrf", token), ("decision", decision), ("version", version)];
        let path = format!("/desk/comments/{}/decisions", visited.id);
        let answer = walk.submits(&path, &[("cookie", &visited.session)], &fields).await;
        assert!(matches!(answer.status, 400 | 403), "{}", answer.status);
    }
    let link = format!("/d/{}", visited.link);
    for (decision, reason, status) in
        [(EMAIL, WRITTEN, 422), ("reject", &EMAIL.repeat(20), 422), ("approve", EMAIL, 409)]
    {
        let fields = [("decision", decision), ("reason", reason), (EMAIL, EMAIL)];
        assert_eq!(walk.submits(&link, &[], &fields).await.status, status);
    }
    let decide = format!("/v1/moderation/comments/{}/decisions", visited.id);
    for wrong in [
        json!({"decision": EMAIL, "version": 1}),
        json!({"decision": "approve", "version": EMAIL}),
        json!({"decision": "approve", "version": 1}),
        json!({"decision": "approve", "version": 1, EMAIL: 1}),
        json!({"decision": "approve", "version": 1, "reason": EMAIL.repeat(100)}),
    ] {
        assert!(matches!(walk.moderates(("POST", &decide), &wrong).await.status, 409 | 422));
    }
    let article = "/v1/sites/gazette/articles/news%2F1";
    for field in ["url", "closes_at", "open", "author_email", EMAIL] {
        let value = if field == "author_email" { format!("{EMAIL} x") } else { EMAIL.to_owned() };
        let answer = walk
            .sends(("PATCH", article), &[("authorization", &walk.bearer())], &json!({field: value}))
            .await;
        assert_eq!(answer.status, 422, "{field}");
    }
}

/// The address in place of whatever a path or a query names, by every method, as everybody.
async fn paths(walk: &Walk<'_>, visited: &Visited, ways: &BTreeSet<Way>) {
    let patterns: BTreeSet<&String> = ways.iter().map(|(pattern, _)| pattern).collect();
    let (site, api) = (walk.bearer(), format!("Bearer {}", walk.api_token));
    let everybody: [&[(&str, &str)]; 3] =
        [&[], &[("authorization", &site)], &[("authorization", &api), ("cookie", &visited.session)]];
    for pattern in patterns {
        let path = pattern.replace("{site}", "gazette");
        let path = ["{id}", "{token}", "{key}", "{name}", "{slug}"]
            .iter()
            .fold(path, |path, name| path.replace(name, EMAIL));
        for (n, method) in METHODS.into_iter().enumerate() {
            let headers = [everybody[n % 3], &[JSON, BROWSER][..=n % 2]].concat();
            walk.asks((method, &path), &headers, json!({EMAIL: V4}).to_string().into_bytes()).await;
        }
        // an article's key is public: readers are answered with the one that they ask for
        let is_public = |name: &&str| *name == "article" && path.starts_with("/v1/sites");
        for name in QUERY.into_iter().filter(|name| !is_public(name)) {
            let article = if name == "article" { "" } else { "article=news/1&" };
            let query = format!("{path}?{article}{name}={}", EMAIL.replace('+', "%2B"));
            if path.starts_with("/desk") {
                walk.types(&query, everybody[2]).await;
            } else {
                walk.asks(("GET", &query), everybody[2], Vec::new()).await;
            }
        }
        walk.gets(&pattern.replace("{site}", EMAIL).replace(['{', '}'], "")).await;
    }
    walk.gets(&format!("/{EMAIL}/{V6}")).await;
}

/// What the server refuses before there is a request.
async fn wire(walk: &Walk<'_>) {
    for request in [
        format!("GET /{EMAIL} HTTP/9.9\r\nHost: x\r\n\r\n"),
        format!("{EMAIL} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: x\r\n{EMAIL}\r\nConnection: close\r\n\r\n"),
        format!("POST {POST} HTTP/1.1\r\nHost: x\r\nContent-Length: {EMAIL}\r\nConnection: close\r\n\r\n"),
        format!(
            "POST {POST} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{EMAIL}\r\n"
        ),
        format!("GET /{} HTTP/1.1\r\nHost: {EMAIL}\r\nConnection: close\r\n\r\n", EMAIL.repeat(1_000)),
    ] {
        let answer = walk.client.wire(&request).await;
        walk.keeps(&format!("wire {}", request.len()), answer.into_bytes());
    }
}

/// One client after too many, then all of them: for a process whose limits are low.
pub async fn limits(walk: &Walk<'_>) {
    for _ in 0..2 {
        for n in 0..8 {
            walk.posts(&reply(&format!("Too many {n}."))).await;
            walk.submits(POST, &[], &as_fields(&reply(&format!("Too many {n}.")))).await;
            walk.speaks_for(reply(&format!("Far too many {n}.")), V4).await;
            walk.sends(("POST", POST), &[("idempotency-key", EMAIL)], &reply("Sent twice.")).await;
        }
    }
    for n in 0..6 {
        let answer = walk.speaks_for(reply(&format!("A flood {n}.")), &format!("192.0.2.{n}")).await;
        assert_eq!(answer.status, 202);
    }
    let csrf = csrf_of(&walk.client.get("/desk/sign-in").await);
    for _ in 0..4 {
        let fields = [("email", EMAIL), ("password", EMAIL), ("csrf", &csrf)];
        walk.submits("/desk/sign-in", &[], &fields).await;
    }
}

fn with(mut reply: Value, field: &str, value: Value) -> Value {
    match field.split_once('.') {
        Some((object, member)) => {
            if reply[object].is_null() {
                reply[object] = json!({});
            }
            reply[object][member] = value;
        }
        None => reply[field] = value,
    }
    reply
}

fn as_fields(reply: &Value) -> [(&'static str, &str); 4] {
    let field = |name: &str| reply[name].as_str().unwrap();
    let key = reply["article"]["key"].as_str().unwrap();
    [("article", key), ("name", field("name")), ("email", field("email")), ("comment", field("comment"))]
}
