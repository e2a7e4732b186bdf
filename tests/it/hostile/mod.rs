//! Input that means harm, or was sent by something broken: each gets the answer of the contract, on
//! every route that could take it.

mod bodies;
mod fuzzed;
mod markup;
mod moderators;
mod names;
mod wire;

use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp};
use replydesk::{
    domain::{ModeratorId, Role},
    flow::accounts,
};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PROGRAM: (&str, &str) = ("accept", "application/json");
const ARTICLE: &str = "/v1/sites/gazette/articles/news%2F1";

/// A route that takes a body: how it is called, who may, and a member that takes text, if one does.
struct Route {
    method: &'static str,
    path: String,
    /// `Authorization` or `Cookie`.
    who: (&'static str, String),
    text: &'static str,
}

/// One story's service, with all routes that take a body.
struct Doors<'a> {
    app: &'a TestApp,
    json: Vec<Route>,
    forms: Vec<Route>,
    /// The fields that a form at the desk needs beside others.
    csrf: String,
    /// A comment that waits.
    held: serde_json::Value,
}

impl<'a> Doors<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let admin = app.hires("Eve", Role::Admin, &[]).await;
        let bearer = format!("Bearer {}", admin.token);
        let held = app.submits("A comment that waits", "ann@example.org").await;
        let (id, token) = (held["id"].as_str().unwrap(), held["receipt"]["token"].as_str().unwrap());
        let (cookie, csrf) = signs_in(app).await;
        let (ivy, invitation) = invites(app).await;
        let route = |method, path: &str, (name, value): (&'static str, &str), text| Route {
            method,
            path: path.to_owned(),
            who: (name, value.to_owned()),
            text,
        };
        let (by_token, nobody) = (("authorization", bearer.as_str()), ("x-nobody", ""));
        let json = vec![
            route("POST", "/v1/sites/gazette/comments", nobody, "name"),
            route("PUT", ARTICLE, by_token, "title"),
            route("PATCH", ARTICLE, by_token, "section"),
            route("PATCH", &format!("/v1/receipts/{token}"), nobody, "comment"),
            route("POST", &format!("/v1/moderation/comments/{id}/decisions"), by_token, "reason"),
            route("POST", "/v1/moderation/decisions", by_token, "note"),
            route("POST", "/v1/moderation/undo", by_token, "batch"),
            route("POST", "/v1/moderation/claims", by_token, "site"),
            route("PUT", "/v1/moderation/claims", by_token, ""),
            route("DELETE", "/v1/moderation/claims", by_token, ""),
            route("POST", "/v1/session", nobody, "name"),
            route("POST", "/v1/admin/moderators", by_token, "name"),
            route("PATCH", &format!("/v1/admin/moderators/{ivy}"), by_token, "name"),
            route("PATCH", &format!("/v1/moderation/comments/{id}"), by_token, "comment"),
            route("POST", &format!("/v1/moderation/comments/{id}/replies"), by_token, "comment"),
            route("POST", &format!("/v1/moderation/comments/{id}/contact"), by_token, "reason"),
            route("PUT", "/v1/sites/gazette/reasons", by_token, ""),
            route("POST", "/v1/ops/outbox", by_token, "action"),
            route("PUT", "/v1/sites/gazette/policy", by_token, "mode"),
            route("PUT", "/v1/sites/gazette/words", by_token, ""),
            route("PUT", &format!("{ARTICLE}/breaker"), by_token, "note"),
            route("POST", "/v1/moderation/blocks", by_token, "reason"),
            route("POST", &format!("/v1/sites/gazette/comments/{id}/reports"), nobody, "text"),
            route("POST", &format!("/v1/receipts/{token}/appeal"), nobody, "text"),
        ];
        let forms = vec![
            route("POST", "/v1/sites/gazette/comments", nobody, "name"),
            route("POST", &format!("/receipts/{token}"), nobody, "comment"),
            route("POST", "/desk/sign-in", nobody, "email"),
            route("POST", &format!("/desk/comments/{id}/decisions"), ("cookie", &cookie), "reason"),
            route("POST", "/desk/sign-out", ("cookie", &cookie), "csrf"),
            route("POST", &format!("/desk/comments/{id}/claim"), ("cookie", &cookie), "action"),
            route("POST", "/desk/claims", ("cookie", &cookie), "action"),
            route("POST", "/desk/decisions", ("cookie", &cookie), "decision"),
            route("POST", "/desk/undo", ("cookie", &cookie), "batch"),
            route("POST", "/desk/account/password", ("cookie", &cookie), "new"),
            route("POST", "/desk/account/sessions", ("cookie", &cookie), "end"),
            route("POST", "/desk/account/tokens", ("cookie", &cookie), "name"),
            route("POST", "/desk/account/second-factor", ("cookie", &cookie), "code"),
            route("POST", &invitation, nobody, "password"),
            route("POST", "/desk/people", ("cookie", &cookie), "email"),
            route("POST", &format!("/desk/people/{ivy}"), ("cookie", &cookie), "action"),
            route("POST", &app.link_for(&held, "eve").await, nobody, "reason"),
            route("POST", "/desk/account/mail", ("cookie", &cookie), "time_zone"),
            route("POST", &format!("/desk/comments/{id}"), ("cookie", &cookie), "comment"),
            route("POST", "/desk/reasons", ("cookie", &cookie), "text"),
            route("POST", "/desk/articles", ("cookie", &cookie), "title"),
            route("POST", "/desk/outbox", ("cookie", &cookie), "action"),
            route("POST", "/desk/audit", ("cookie", &cookie), "entry"),
            route("POST", "/desk/blocks", ("cookie", &cookie), "reason"),
            route("POST", "/desk/policy", ("cookie", &cookie), "staff_names"),
            route("POST", "/desk/words", ("cookie", &cookie), "hold"),
            route("POST", "/v1/sites/gazette/wp-comments-post.php", nobody, "author"),
            route("POST", &format!("/v1/sites/gazette/comments/{id}/reports"), nobody, "text"),
        ];
        Self { app, json, forms, csrf, held }
    }

    /// Sends a body, as a program does.
    async fn sends(&self, route: &Route, kind: (&str, &str), body: impl Into<Vec<u8>>) -> Answer {
        let headers = [kind, PROGRAM, (route.who.0, route.who.1.as_str())];
        self.app.client.raw((route.method, &route.path), &headers, body.into()).await
    }

    async fn gets(&self, path: &str) -> Answer {
        let who = if path.starts_with("/desk") { &self.forms[3].who } else { &self.json[1].who };
        self.app.client.send(("GET", path), &[(who.0, &who.1), PROGRAM], None).await
    }

    /// Nothing came of it: the comment that waits is the only one, and waits.
    async fn are_shut(&self) {
        let of =
            self.app.rows("select count(*) from comments where status = 'pending' and version = 1").await;
        let all = self.app.rows("select count(*) from comments").await;
        assert_eq!((of, all), (1, 1));
        assert_eq!(
            self.app.rows("select count(*) from audit where object not in ('site', 'moderator')").await,
            0
        );
        assert_eq!(self.app.rows("select count(*) from claims").await, 0);
    }
}

/// Invites somebody; who that is, and the path of the link.
async fn invites(app: &TestApp) -> (ModeratorId, String) {
    app.hires("Ivy", Role::Moderator, &[]).await;
    let ivy = accounts::find(app.app(), "ivy@gazette.example").await.unwrap().unwrap();
    accounts::invite(app.app(), ivy.id).await.unwrap();
    let (link, _) = accounts::link(app.app(), ivy.id, app.clock.now()).await.unwrap().unwrap();
    (ivy.id, link.strip_prefix(app.url()).unwrap().to_owned())
}

/// Signs an admin in; the cookie, and what proves that a form was made for it.
async fn signs_in(app: &TestApp) -> (String, String) {
    let page = app.client.get("/desk/sign-in").await.text();
    let fields = [("email", "eve@gazette.example"), ("password", PASSWORD), ("csrf", &proof(&page))];
    let answer = app.client.submit("/desk/sign-in", &fields, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let desk = app.client.send(("GET", "/desk"), &[("cookie", &cookie)], None).await;
    (cookie, proof(&desk.text()))
}

fn proof(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form with a token");
    rest.split('"').next().unwrap().to_owned()
}

/// Holds that an answer is this problem.
fn is(answer: &Answer, (status, slug): (u16, &str), sent: &str) {
    assert_eq!((answer.status, answer.problem().as_str()), (status, slug), "{sent}: {}", answer.text());
}

/// Holds that an answer refuses this one field.
fn refuses(answer: &Answer, (field, code): (&str, &str), sent: &str) {
    is(answer, (422, "validation"), sent);
    assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{sent}");
}

/// An article with one member set.
fn article(member: &str, value: &str) -> serde_json::Value {
    let mut article = json!({"url": "https://news.example/news/1", "title": "The bridge"});
    article[member] = json!(value);
    article
}
