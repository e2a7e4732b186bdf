//! Every way of the table, answered with success.

use std::time::{Duration, Instant};

use replydesk::{app, clock::Clock, flow::commenters};

use serde_json::{Value, json};

use super::{
    canary::{EMAIL, MODERATOR, V4, V6, WRITTEN},
    table::Way,
    walk::{POST, Walk, filled, notice, reply},
};
use crate::support::{Answer, PASSWORD, SITE, Terminal, smtp, until};

const ARTICLE: &str = "/v1/sites/gazette/articles";

/// What later requests need.
pub struct Visited {
    /// A published comment, and the token of its receipt.
    pub id: String,
    pub token: String,
    /// A session at the desk, as a cookie.
    pub session: String,
    pub csrf: String,
    /// The token of a link in a mail, which has decided.
    pub link: String,
    /// That of the question whether mail is wanted.
    pub question: String,
}

/// Walks all ways once; letters arrive at `mail`.
pub async fn walk<'w>(
    walk: &Walk<'_>,
    (invitation, mail, at): (&str, &smtp::Server, &Terminal),
    ways: impl Iterator<Item = &'w Way>,
) -> Visited {
    articles(walk).await;
    let published = good(&walk.posts(&reply("The first reply.")).await);
    let (id, token) = (text(&published["id"]), text(&published["receipt"]["token"]));
    submissions(walk).await;
    let decide = format!("/v1/moderation/comments/{id}/decisions");
    let approves = json!({"decision": "approve", "version": 1, "reason": WRITTEN, "note": WRITTEN});
    good(&walk.moderates(("POST", &decide), &approves).await);
    let answer = json!({"parent": id});
    good(&walk.posts(&merged(reply("An answer."), &answer)).await);
    receipts(walk).await;
    let (session, csrf) = desk(walk).await;
    let link = decides_by_mail(walk, mail).await;
    sees_to_the_outbox(walk, (&session, &csrf)).await;
    let question = asked(walk, at, "at first").await;
    let answer =
        walk.submits(&format!("/mail/{question}"), &[], &[("action", "confirm"), (EMAIL, EMAIL)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    appeals(walk).await;
    let visited = Visited { id, token, session, csrf, link, question };
    for (pattern, method) in ways.filter(|(_, method)| method == "GET" || method == "HEAD") {
        let bearer = format!("Bearer {}", walk.api_token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("cookie", &visited.session),
            ("origin", super::walk::ORIGIN),
        ];
        let token = visited.token_of(pattern);
        let mut path = filled(pattern, &visited.id, token);
        let of_an_article = ["/comments", "/comments.html", "/comments.jsonld", "/counts", "/feed.atom"];
        if of_an_article.iter().any(|end| pattern.ends_with(end)) {
            path.push_str("?article=news/1");
        }
        if pattern.starts_with("/desk/invitations/") {
            invitation.clone_into(&mut path);
        }
        let answer = walk.asks((method, &path), &headers, Vec::new()).await;
        assert!(
            matches!(answer.status, 200 | 303),
            "{method} {pattern}: {} {}",
            answer.status,
            answer.text()
        );
    }
    people(walk, &visited, invitation).await;
    let out =
        walk.submits("/desk/sign-out", &[("cookie", &visited.session)], &[("csrf", &visited.csrf)]).await;
    assert_eq!(out.status, 303);
    // signed out by that: once more, for what comes
    let (session, csrf) = signs_in(walk).await;
    Visited { session, csrf, ..visited }
}

/// What those need who come to a service that is about to fail: a comment of their own, and a session.
pub async fn enters(walk: &Walk<'_>, comment: &str, (link, at): (String, &Terminal)) -> Visited {
    let held = good(&walk.posts(&reply(comment)).await);
    let (session, csrf) = signs_in(walk).await;
    let (id, token) = (text(&held["id"]), text(&held["receipt"]["token"]));
    let question = asked(walk, at, comment).await;
    Visited { id, token, session, csrf, link, question }
}

/// Somebody who does not agree with a rejection.
async fn appeals(walk: &Walk<'_>) {
    let comment = good(&walk.posts(&reply("To be appealed for.")).await);
    let (id, token) = (text(&comment["id"]), text(&comment["receipt"]["token"]));
    let rejects = json!({"decision": "reject", "version": 1, "reason": WRITTEN});
    good(&walk.moderates(("POST", &format!("/v1/moderation/comments/{id}/decisions")), &rejects).await);
    let against = json!({"text": WRITTEN});
    good(&walk.sends(("POST", &format!("/v1/receipts/{token}/appeal")), &[], &against).await);
}

/// The token of the question that an author is asked who wants mail.
async fn asked(walk: &Walk<'_>, at: &Terminal, when: &str) -> String {
    let wish = json!({"notify": "replies"});
    let comment = good(&walk.posts(&merged(reply(&format!("By whoever wants mail: {when}")), &wish)).await);
    let id = text(&comment["id"]).parse().unwrap();
    let app = app::open(&at.database.config(&[]), &Clock::System, String::new()).await.unwrap();
    let until = Instant::now() + Duration::from_mins(1);
    let link = loop {
        if let Some(link) = commenters::link(&app, id).await.unwrap() {
            break link;
        }
        assert!(Instant::now() < until, "nobody was asked");
        std::thread::park_timeout(Duration::from_millis(50));
    };
    app.db.close().await;
    link.rsplit('/').next().unwrap().to_owned()
}

impl Visited {
    /// The token that such a path holds.
    pub fn token_of(&self, pattern: &str) -> &str {
        match pattern {
            "/d/{token}" => &self.link,
            "/mail/{token}" => &self.question,
            _ => &self.token,
        }
    }
}

async fn articles(walk: &Walk<'_>) {
    let bearer = walk.bearer();
    let headers = [("authorization", bearer.as_str())];
    for (key, title) in [("news%2F1", "The bridge"), ("gone", "Gone"), ("closed", "Closed")] {
        let says =
            json!({"url": format!("https://news.example/{key}"), "title": title, "author_email": EMAIL});
        good(&walk.sends(("PUT", &format!("{ARTICLE}/{key}")), &headers, &says).await);
    }
    let closes = json!({"open": false, "author_email": EMAIL, "section": WRITTEN});
    good(&walk.sends(("PATCH", &format!("{ARTICLE}/closed")), &headers, &closes).await);
    assert_eq!(walk.asks(("DELETE", &format!("{ARTICLE}/gone")), &headers, Vec::new()).await.status, 204);
    let pause = json!({"action": "hold-all", "minutes": 5, "note": WRITTEN});
    let breaker = format!("{ARTICLE}/closed/breaker");
    good(&walk.sends(("PUT", &breaker), &headers, &pause).await);
    assert_eq!(walk.asks(("DELETE", &breaker), &headers, Vec::new()).await.status, 204);
}

/// By a program, by a browser, and by the site's backend, which says where the reader is.
async fn submissions(walk: &Walk<'_>) {
    for (n, ip) in [V4, V6, "::ffff:198.51.100.213", "198.51.100.213:4711"].into_iter().enumerate() {
        good(&walk.speaks_for(reply(&format!("Said for a reader {n}.")), ip).await);
    }
    let fields = [
        ("article", "news/1"),
        ("name", "Quiet Reader"),
        ("email", EMAIL),
        ("comment", "By a form."),
        ("notify", "replies"),
        ("address", EMAIL),
        ("e_mail", EMAIL),
    ];
    assert_eq!(walk.submits(POST, &[], &fields).await.status, 303);
    let fields = [
        ("comment_post_ID", "12"),
        ("author", "Quiet Reader"),
        ("email", EMAIL),
        ("comment", "By the form of a theme."),
        ("redirect_to", "https://news.example/2026/bridge/"),
        ("address", EMAIL),
    ];
    let form = POST.replace("comments", "wp-comments-post.php");
    assert_eq!(walk.submits(&form, &[], &fields).await.status, 302);
    // kept by its key, which is whatever the client likes
    let key = [("idempotency-key", EMAIL)];
    for _ in 0..2 {
        good(&walk.sends(("POST", POST), &key, &reply("Sent twice.")).await);
    }
    let other = walk.sends(("POST", POST), &key, &reply("Under the same key.")).await;
    assert_eq!((other.status, other.problem().as_str()), (422, "idempotency-key-reused"));
}

async fn receipts(walk: &Walk<'_>) {
    let held = good(&walk.posts(&reply("To be edited.")).await);
    let token = text(&held["receipt"]["token"]);
    let (data, page) = (format!("/v1/receipts/{token}"), format!("/receipts/{token}"));
    good(&walk.sends(("PATCH", &data), &[], &json!({"comment": format!("Edited: {WRITTEN}")})).await);
    let edit = [("action", "edit"), ("comment", WRITTEN), ("email", EMAIL)];
    assert_eq!(walk.submits(&page, &[], &edit).await.status, 200);
    assert_eq!(walk.submits(&page, &[], &[("action", "withdraw"), ("email", EMAIL)]).await.status, 200);
    let held = good(&walk.posts(&reply("To be withdrawn.")).await);
    let data = format!("/v1/receipts/{}", text(&held["receipt"]["token"]));
    good(&walk.asks(("DELETE", &data), &[], Vec::new()).await);
}

async fn desk(walk: &Walk<'_>) -> (String, String) {
    let held = good(&walk.posts(&reply("For the desk.")).await);
    let bulk = good(&walk.posts(&reply("For many at once.")).await);
    let (session, csrf) = signs_in(walk).await;
    let decide = format!("/desk/comments/{}/decisions", text(&held["id"]));
    let ruling = [("decision", "reject"), ("version", "1"), ("csrf", &csrf), ("reason", WRITTEN)];
    for _ in 0..2 {
        assert_eq!(walk.submits(&decide, &[("cookie", &session)], &ruling).await.status, 303);
    }
    let items = json!({"items": [{"id": bulk["id"], "version": 1}], "decision": "spam", "note": WRITTEN});
    let made = good(&walk.moderates(("POST", "/v1/moderation/decisions"), &items).await);
    good(&walk.moderates(("POST", "/v1/moderation/undo"), &json!({"batch": made["batch"]})).await);
    let claims = "/v1/moderation/claims";
    good(&walk.moderates(("POST", claims), &json!({"limit": 2, "site": "gazette"})).await);
    good(&walk.moderates(("PUT", claims), &json!({"ids": [bulk["id"]]})).await);
    shift(walk, (&session, &csrf), &text(&bulk["id"])).await;
    words(walk, (&session, &csrf)).await;
    searches(walk, &session, &text(&bulk["id"])).await;
    good(&walk.moderates(("DELETE", claims), &json!({})).await);
    (session, csrf)
}

/// Texts, recommendations, replies and reasons, by a program and at the desk. The one answer that holds the address is not
/// kept: whoever asks for it says why, and that is written down.
async fn words(walk: &Walk<'_>, (session, csrf): (&str, &str)) {
    let comment = good(&walk.posts(&reply("To be published.")).await);
    let id = text(&comment["id"]);
    let (path, page) = (format!("/v1/moderation/comments/{id}"), format!("/desk/comments/{id}"));
    good(&walk.moderates(("PATCH", &path), &json!({"comment": WRITTEN, "version": 1})).await);
    let approves = json!({"decision": "approve", "version": 2});
    good(&walk.moderates(("POST", &format!("{path}/decisions")), &approves).await);
    let said = json!({"comment": format!("For the site: {WRITTEN}")});
    assert_eq!(walk.moderates(("POST", &format!("{path}/replies")), &said).await.status, 201);
    let bearer = format!("Bearer {}", walk.api_token);
    let why = json!({"reason": WRITTEN});
    let way = ("POST", &*format!("{path}/contact"));
    let told = walk.client.send(way, &[("authorization", &bearer)], Some(&why)).await;
    assert_eq!(good(&told)["email"], EMAIL);
    let reasons = json!({"reasons": [{"code": "off-topic", "text": WRITTEN, "basis": "terms"}]});
    good(&walk.moderates(("PUT", "/v1/sites/gazette/reasons"), &reasons).await);
    let cookie = [("cookie", session)];
    let pick = [("csrf", csrf), ("action", "pick"), ("version", "3"), ("email", EMAIL)];
    assert_eq!(walk.submits(&page, &cookie, &pick).await.status, 303);
    let of = |action: &'static str| [("csrf", csrf), ("email", EMAIL), ("action", action)];
    let edit = [&of("edit")[..], &[("version", "4"), ("comment", "To be published, by us.")]].concat();
    assert_eq!(walk.submits(&page, &cookie, &edit).await.status, 303);
    let reported =
        walk.sends(("POST", &format!("/v1/sites/{SITE}/comments/{id}/reports")), &[], &notice()).await;
    assert_eq!(reported.status, 202, "{}", reported.text());
    let (path, form) = (format!("/v1/sites/{SITE}/comments/{id}/reports"), notice());
    let mut fields: Vec<(&str, &str)> = form
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, said)| Some((name.as_str(), said.as_str()?)))
        .collect();
    fields.push(("good_faith", "true"));
    assert_eq!(walk.submits(&path, &[], &fields).await.status, 303);
    let answer =
        [&of("reply")[..], &[("key", "leaks-1"), ("comment", "For the site, at the desk.")]].concat();
    assert_eq!(walk.submits(&page, &cookie, &answer).await.status, 303);
    // the page that shows the address is not kept either; what stands around it is
    let asks = [&of("contact")[..], &[("reason", WRITTEN)]].concat();
    let told = walk.client.submit(&page, &asks, &cookie).await;
    assert!(told.status == 200 && told.text().contains(EMAIL), "{}", told.status);
    assert!(!format!("{:?}", told.headers).contains(EMAIL));
    assert_eq!(told.header("cache-control"), "no-store");
    let save = [&of("save")[..], &[("site", SITE), ("code", "rude"), ("text", WRITTEN), ("basis", "terms")]]
        .concat();
    assert_eq!(walk.submits("/desk/reasons", &cookie, &save).await.status, 303);
    let remove =
        [("csrf", csrf), ("action", "remove"), ("site", SITE), ("code", "off-topic"), ("email", EMAIL)];
    assert_eq!(walk.submits("/desk/reasons", &cookie, &remove).await.status, 303);
    keeps_articles(walk, (session, csrf)).await;
    blocks(walk, (session, csrf)).await;
    tries_rules(walk, (session, csrf)).await;
    erases_a_note(walk, (session, csrf)).await;
}

/// What editors do with the rules of a site, with the reader's address where nobody asks for it.
async fn tries_rules(walk: &Walk<'_>, (session, csrf): (&str, &str)) {
    let cookie = [("cookie", session)];
    for path in ["/desk/policy", "/desk/words"] {
        assert_eq!(walk.asks(("GET", path), &cookie, Vec::new()).await.status, 200, "{path}");
    }
    let of = |action: &'static str| [("csrf", csrf), ("email", EMAIL), ("action", action), ("version", "0")];
    let lists = [("hold", WRITTEN), ("spam", "casino")];
    for (action, status) in [("test", 200), ("edit", 200)] {
        let fields = [&of(action)[..], &lists].concat();
        assert_eq!(walk.submits("/desk/words", &cookie, &fields).await.status, status, "{action}");
    }
    let wrong = [&of("save")[..], &[("hold", "*"), ("spam", "")]].concat();
    assert_eq!(walk.submits("/desk/words", &cookie, &wrong).await.status, 422);
    let policy = [
        ("mode", "open"),
        ("links", "open"),
        ("breaker.action", "slow"),
        ("language", "en"),
        ("max_links", "many"),
    ];
    let wrong = [&of("save")[..], &policy].concat();
    assert_eq!(walk.submits("/desk/policy", &cookie, &wrong).await.status, 422);
    let numbers = [
        ("trust.approved", "1"),
        ("max_links", "3"),
        ("form.min_seconds", "3"),
        ("form.max_minutes", "60"),
        ("close_after_days", "0"),
        ("slow_seconds", "0"),
        ("breaker.per_ten_minutes", "0"),
        ("breaker.rejected_percent", "0"),
        ("breaker.minutes", "60"),
        ("comment_chars", "10000"),
        ("overdue_minutes", "240"),
    ];
    let tried = [&of("test")[..], &policy[..4], &numbers, &[("staff_names", "Marit Oyelaran")]].concat();
    assert_eq!(walk.submits("/desk/policy", &cookie, &tried).await.status, 200);
    let now = good(&walk.moderates(("GET", "/v1/sites/gazette/policy"), &json!({})).await);
    let same = good(&walk.moderates(("PUT", "/v1/sites/gazette/policy"), &now).await);
    assert_eq!(same["mode"], now["mode"]);
    let words = json!({"version": 0, "hold": ["said by nobody"], "spam": []});
    good(&walk.moderates(("PUT", "/v1/sites/gazette/words"), &words).await);
}

/// Erases a note in which the reader's address was written.
async fn erases_a_note(walk: &Walk<'_>, (session, csrf): (&str, &str)) {
    let log = good(&walk.moderates(("GET", "/v1/audit"), &json!({})).await);
    let noted = log["items"].as_array().unwrap().iter().find(|entry| entry["note"] == WRITTEN).unwrap();
    let erase = [("csrf", csrf), ("action", "erase-note"), ("entry", &text(&noted["id"])), ("email", EMAIL)];
    assert_eq!(walk.submits("/desk/audit", &[("cookie", session)], &erase).await.status, 303);
}

/// What editors do with articles, with the reader's address wherever they may write.
async fn keeps_articles(walk: &Walk<'_>, (session, csrf): (&str, &str)) {
    let cookie = [("cookie", session)];
    // a page shows again what was typed there
    let page = walk.asks(("GET", "/desk/articles?q=reader"), &cookie, Vec::new()).await;
    assert_eq!(page.status, 200);
    let page = walk.asks(("GET", "/desk/articles?q=closed"), &cookie, Vec::new()).await.text();
    let edition = page.split("name=\"edition\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (of, proof) = ([("key", "closed"), ("edition", edition)], [("csrf", csrf), ("email", EMAIL)]);
    for (fields, status) in [
        ([("action", "rename"), ("title", "")], 422),
        ([("action", "close-at"), ("closes_at", EMAIL)], 422),
        ([("action", "rules"), ("slow_seconds", EMAIL)], 422),
        ([("action", "open"), ("title", EMAIL)], 303),
        ([("action", "close"), ("title", EMAIL)], 409),
    ] {
        let fields = [&fields[..], &of, &proof].concat();
        assert_eq!(walk.submits("/desk/articles", &cookie, &fields).await.status, status, "{fields:?}");
    }
    // as it was, for what comes
    let next = (edition.parse::<i64>().unwrap() + 1).to_string();
    let closes =
        [("csrf", csrf), ("action", "close"), ("key", "closed"), ("edition", &next), ("email", EMAIL)];
    assert_eq!(walk.submits("/desk/articles", &cookie, &closes).await.status, 303);
}

/// Blocks the reader's address, its domain and the author of a comment, by a program and at the desk, and ends it again.
async fn blocks(walk: &Walk<'_>, (session, csrf): (&str, &str)) {
    let comment = text(&good(&walk.posts(&reply("To be blocked.")).await)["id"]);
    let list = "/v1/moderation/blocks";
    let block = |kind: &str, value: &str| json!({"site": SITE, "kind": kind, "value": value, "effect": "hold", "reason": WRITTEN, "days": 1});
    let domain = EMAIL.rsplit_once('@').unwrap().1;
    for said in [
        block("email", EMAIL),
        block("domain", domain),
        block("term", EMAIL),
        json!({"comment": comment, "kinds": ["email", "domain", "host"], "effect": "hold", "reason": WRITTEN, "days": 1}),
    ] {
        let made = walk.moderates(("POST", list), &said).await;
        assert!(matches!(made.status, 201 | 409), "{}", made.text());
    }
    for wrong in [block("email", &EMAIL.repeat(9)), block("host", EMAIL), block(EMAIL, EMAIL)] {
        assert_eq!(walk.moderates(("POST", list), &wrong).await.status, 422);
    }
    let cookie = [("cookie", session)];
    let of = [
        ("csrf", csrf),
        ("action", "block-author"),
        ("comment", comment.as_str()),
        ("kind", "email"),
        ("email", EMAIL),
    ];
    let more = [
        ("effect", "refuse"),
        ("reason", WRITTEN),
        ("days", "1"),
        ("clean_up", "yes"),
        ("clean_up_days", "1"),
    ];
    // this asks first: it shows what it would mark as spam
    assert_eq!(walk.submits("/desk/blocks", &cookie, &[&of[..], &more].concat()).await.status, 200);
    let done = [&of[..], &more[..3]].concat();
    assert_eq!(walk.submits("/desk/blocks", &cookie, &done).await.status, 303);
    // nothing is blocked for what comes
    for block in good(&walk.moderates(("GET", list), &json!({})).await)["items"].as_array().unwrap() {
        let ended = walk.moderates(("DELETE", &format!("{list}/{}", text(&block["id"]))), &json!({})).await;
        assert_eq!(ended.status, 204);
    }
}

/// Looks for the reader's address, and for others from the same place.
async fn searches(walk: &Walk<'_>, session: &str, id: &str) {
    let bearer = format!("Bearer {}", walk.api_token);
    let headers = [("authorization", bearer.as_str()), ("cookie", session)];
    let list = "/v1/moderation/comments";
    let typed = EMAIL.replace('+', "%2B");
    for path in [
        format!("{list}?q={typed}"),
        format!("{list}?finding={typed}&sort=priority"),
        format!("{list}?same_as={id}"),
        format!("{list}?cluster={id}"),
        format!("/desk?list=waiting&cluster={id}"),
        // a page shows again what was typed there
        format!("/desk?list=waiting&q=reader&same_as={id}"),
    ] {
        let answer = walk.asks(("GET", &path), &headers, Vec::new()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
}

/// What the desk's other forms do: with the version that two changes have left.
async fn shift(walk: &Walk<'_>, (session, csrf): (&str, &str), id: &str) {
    let sends = async |path: &str, fields: &[(&str, &str)]| {
        let fields = [&[("csrf", csrf), ("e_mail", EMAIL)], fields].concat();
        let answer = walk.submits(path, &[("cookie", session)], &fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        let next = answer.header("location").to_owned();
        walk.asks(("GET", &next), &[("cookie", session)], Vec::new()).await;
        next
    };
    for action in ["take", "renew", "give-back"] {
        sends("/desk/claims", &[("action", action)]).await;
    }
    for action in ["take", "give-back"] {
        sends(&format!("/desk/comments/{id}/claim"), &[("action", action), ("next", "/desk?list=mine")])
            .await;
    }
    let said = sends("/desk/decisions", &[("decision", "reject"), ("item", &format!("{id}:3"))]).await;
    let (_, batch) = said.split_once("&batch=").unwrap();
    sends("/desk/undo", &[("batch", batch)]).await;
}

/// What people do with their own accounts, with the reader's address wherever they may write.
async fn people(walk: &Walk<'_>, visited: &Visited, invitation: &str) {
    let cookie = [("cookie", visited.session.as_str())];
    let posts = async |path: &str, fields: &[(&str, &str)]| {
        let fields = [fields, &[("csrf", visited.csrf.as_str()), ("email", EMAIL)]].concat();
        walk.submits(&format!("/desk/account/{path}"), &cookie, &fields).await.status
    };
    let password = [("password", PASSWORD), ("new", PASSWORD), ("again", PASSWORD)];
    let mail = [("mode", "each"), ("digest_minutes", "60"), ("time_zone", "UTC"), ("quiet_from", EMAIL)];
    assert_eq!(posts("mail", &mail[..3]).await, 303);
    assert_eq!(posts("mail", &mail).await, 422);
    let token = [("name", "Figures"), ("scope", "read"), ("days", "9"), ("password", PASSWORD)];
    assert_eq!(posts("password", &password).await, 303);
    assert_eq!(posts("sessions", &[("end", "others")]).await, 303);
    assert_eq!(posts("tokens", &token).await, 200);
    assert_eq!(posts("second-factor", &[("action", "begin")]).await, 303);
    for (path, fields) in [
        ("password", [("password", EMAIL), ("new", PASSWORD), ("again", PASSWORD)]),
        ("tokens", [("name", "Figures"), ("scope", EMAIL), ("days", EMAIL)]),
        ("second-factor", [("action", "confirm"), ("password", PASSWORD), ("code", EMAIL)]),
    ] {
        assert_eq!(posts(path, &fields).await, 422, "{path}");
    }
    colleagues(walk, visited).await;
    let set = [("password", PASSWORD), ("again", PASSWORD)];
    let csrf = csrf_of(&walk.client.get(invitation).await);
    let set = [&set[..], &[("csrf", &csrf), ("email", EMAIL)]].concat();
    for status in [303, 410] {
        assert_eq!(walk.submits(invitation, &[], &set).await.status, status);
    }
    let says = json!({"name": MODERATOR, "password": PASSWORD, "code": EMAIL});
    let entered = walk.sends(("POST", "/v1/session"), &[], &says).await;
    let csrf = text(&good(&entered)["csrf"]);
    let cookie = session_of(&entered);
    let proof = [("cookie", cookie.as_str()), ("x-csrf-token", &csrf)];
    assert_eq!(walk.asks(("DELETE", "/v1/session"), &proof, Vec::new()).await.status, 204);
    let wrong = json!({"name": EMAIL, "password": EMAIL, "code": EMAIL});
    assert_eq!(walk.sends(("POST", "/v1/session"), &[], &wrong).await.status, 401);
}

/// What an admin does with the accounts of others.
async fn colleagues(walk: &Walk<'_>, visited: &Visited) {
    let new = json!({"email": "lee@gazette.example", "name": "Lee", "role": "moderator"});
    let made = walk.moderates(("POST", "/v1/admin/moderators"), &new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("/v1/admin/moderators/{}", text(&made.json()["id"]));
    good(&walk.moderates(("PATCH", &path), &json!({"name": "Leigh", "role": "editor"})).await);
    for (member, value) in [("email", EMAIL), ("role", EMAIL), ("sites", EMAIL), (EMAIL, EMAIL)] {
        assert_eq!(walk.moderates(("PATCH", &path), &json!({member: value})).await.status, 422, "{member}");
    }
    assert_eq!(walk.moderates(("DELETE", &path), &json!({})).await.status, 204);
    let tokens = good(&walk.moderates(("GET", "/v1/admin/tokens"), &json!({})).await);
    let figures = tokens["items"].as_array().unwrap().iter().find(|item| item["name"] == "Figures").unwrap();
    let path = format!("/v1/admin/tokens/{}", text(&figures["id"]));
    assert_eq!(walk.moderates(("DELETE", &path), &json!({})).await.status, 204);
    let cookie = [("cookie", visited.session.as_str())];
    let posts = async |path: &str, fields: &[(&str, &str)]| {
        let fields = [fields, &[("csrf", visited.csrf.as_str()), ("e-mail", EMAIL)]].concat();
        walk.submits(path, &cookie, &fields).await.status
    };
    let new = [("email", "lea@gazette.example"), ("name", "Lea"), ("role", "moderator"), ("site", SITE)];
    assert_eq!(posts("/desk/people", &new).await, 303);
    let listed = walk.moderates(("GET", "/v1/admin/moderators"), &json!({})).await.json();
    let lea = listed["items"].as_array().unwrap().iter().find(|item| item["name"] == "Lea").unwrap();
    assert_eq!(posts(&format!("/desk/people/{}", text(&lea["id"])), &[("action", "remove")]).await, 303);
}

/// The cookie of the session that somebody was given.
fn session_of(answer: &Answer) -> String {
    let session = answer.cookies.iter().find(|cookie| cookie.starts_with("replydesk="));
    session.unwrap().split(';').next().unwrap().to_owned()
}

/// Rejects what waits by the link of a letter; the token of that link.
async fn decides_by_mail(walk: &Walk<'_>, mail: &smtp::Server) -> String {
    let mut seen = 0;
    loop {
        until(Duration::from_mins(1), "a letter about what waits", || mail.taken().len() > seen);
        let letter = mail.taken().swap_remove(seen);
        seen += 1;
        let text = quoted_printable::decode(&letter.data, quoted_printable::ParseMode::Robust).unwrap();
        let text = String::from_utf8_lossy(&text);
        // invitations and tests have none
        let Some((_, link)) = text.split_once("/d/") else { continue };
        let link = link.split_whitespace().next().unwrap().to_owned();
        let path = format!("/d/{link}");
        if walk.gets(&path).await.text().contains("class=\"decide\"") {
            let rejects = [("decision", "reject"), ("reason", WRITTEN), ("email", EMAIL)];
            assert_eq!(walk.submits(&path, &[], &rejects).await.status, 303);
            return link;
        }
    }
}

/// Retries one letter that was given up, and drops another.
async fn sees_to_the_outbox(walk: &Walk<'_>, (session, csrf): (&str, &str)) {
    let dead = async || loop {
        let page = good(&walk.moderates(("GET", "/v1/ops/outbox?state=dead"), &json!({})).await);
        let ids = page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect::<Vec<_>>();
        if let Some(id) = ids.first() {
            return id.clone();
        }
        // every second letter is refused
        good(&walk.posts(&reply(&format!("To be told of: {}.", walk.statuses().len()))).await);
        std::thread::park_timeout(Duration::from_millis(100));
    };
    good(&walk.moderates(("POST", "/v1/ops/outbox"), &json!({"id": dead().await, "action": "retry"})).await);
    let drop =
        [("csrf", csrf), ("action", "drop"), ("id", &dead().await), ("state", "dead"), ("email", EMAIL)];
    assert_eq!(walk.submits("/desk/outbox", &[("cookie", session)], &drop).await.status, 303);
}

/// The cookie of a new session, and the token of its forms.
async fn signs_in(walk: &Walk<'_>) -> (String, String) {
    let csrf = csrf_of(&walk.client.get("/desk/sign-in").await);
    let fields = [("email", MODERATOR), ("password", PASSWORD), ("csrf", &csrf), ("next", "/desk")];
    let answer = walk.submits("/desk/sign-in", &[], &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let session = session_of(&answer);
    let queue = walk.asks(("GET", "/desk"), &[("cookie", &session)], Vec::new()).await;
    (session, csrf_of(&queue))
}

pub fn csrf_of(page: &Answer) -> String {
    let page = page.text();
    page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

pub fn good(answer: &Answer) -> Value {
    assert!(matches!(answer.status, 200..=202), "{}: {}", answer.status, answer.text());
    answer.json()
}

fn merged(mut reply: Value, more: &Value) -> Value {
    reply.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    reply
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
