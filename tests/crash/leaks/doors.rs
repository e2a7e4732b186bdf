//! Every way that changes something: who may, and what would do. With it go the shapes and the values that would not.

use serde_json::{Value, json};

use super::{
    canary::{EMAIL, WRITTEN},
    table,
    visits::Visited,
    walk::{BROWSER, FORM, JSON, Walk, reply},
};
use crate::support::{Answer, PASSWORD, SITE};

/// What people may write there as they like; an article's key is public.
const FREE: [&str; 12] = [
    "comment",
    "reason",
    "note",
    "text",
    "name",
    "title",
    "section",
    "email",
    "author_email",
    "password",
    "url",
    "key",
];

/// What is as well: who is not signed in is signed out, what does not exist is ended, and a site that nobody knows has
/// nothing to claim.
const AS_WELL: [(&str, u16); 3] =
    [("/desk/sign-out", 303), ("/desk/account/sessions", 303), ("/v1/moderation/claims", 200)];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Anybody,
    /// The site's backend.
    Site,
    /// A moderator's program.
    Program,
    /// Somebody at the desk, by a form that was made for them.
    Desk,
}

/// A way that changes something.
#[derive(Debug)]
pub struct Door {
    pattern: &'static str,
    method: &'static str,
    path: String,
    by: By,
    /// An object; of a form, the fields beside its token.
    good: Value,
    is_form: bool,
}

/// All of them, as somebody finds them who was here before.
pub struct Doors<'a> {
    walk: &'a Walk<'a>,
    visited: &'a Visited,
    doors: Vec<Door>,
}

impl<'a> Doors<'a> {
    pub fn of(walk: &'a Walk<'a>, visited: &'a Visited) -> Self {
        let doors = [programs(), forms()].concat();
        let doors: Vec<Door> =
            doors.into_iter().map(|(by, pattern, good)| Door::new(visited, by, pattern, good)).collect();
        let known =
            |way: &table::Way| doors.iter().any(|door| (door.pattern, door.method) == (&way.0, &way.1));
        let missing: Vec<_> = table::ways()
            .0
            .into_iter()
            .filter(|way| !["GET", "HEAD"].contains(&&*way.1) && !known(way))
            .collect();
        assert!(missing.is_empty(), "nobody tries {missing:?}");
        Self { walk, visited, doors }
    }

    /// The token of a receipt.
    pub fn token(&self) -> &str {
        &self.visited.token
    }

    pub fn iter(&self) -> impl Iterator<Item = &Door> {
        self.doors.iter()
    }

    /// Sends what would do.
    pub async fn knocks(&self, door: &Door) -> Answer {
        let kind = if door.is_form { FORM } else { JSON };
        self.sends(door, kind, self.written(door, &door.good)).await
    }

    /// Bodies that are no such request at all, and each member with what is not for it.
    pub async fn refuse(&self) {
        let reads = |door: &&Door| door.method != "DELETE" || door.pattern == "/v1/moderation/claims";
        for door in self.doors.iter().filter(reads) {
            for body in shapes() {
                for kind in [JSON, FORM, ("content-type", EMAIL), ("content-type", "text/plain")] {
                    // also behind the token of a form, so that more of it is read
                    let body = if door.by == By::Desk && kind == FORM {
                        format!("csrf={}&{body}", self.visited.csrf)
                    } else {
                        body.clone()
                    };
                    is_refused(door, &self.sends(door, kind, body.into_bytes()).await);
                }
            }
            for member in door.good.as_object().unwrap().keys() {
                let plain = (!FREE.contains(&member.as_str())).then(|| json!(EMAIL));
                let values = [json!(EMAIL.repeat(300)), json!({EMAIL: EMAIL}), json!([EMAIL])];
                for value in
                    values.into_iter().chain(plain).filter(|value| value.is_string() || !door.is_form)
                {
                    let mut wrong = door.good.clone();
                    wrong[member] = value;
                    let kind = if door.is_form { FORM } else { JSON };
                    is_refused(door, &self.sends(door, kind, self.written(door, &wrong)).await);
                }
            }
        }
    }

    async fn sends(&self, door: &Door, kind: (&str, &str), body: Vec<u8>) -> Answer {
        let (site, program) = (self.walk.bearer(), format!("Bearer {}", self.walk.api_token));
        let who: &[(&str, &str)] = match door.by {
            By::Anybody => &[],
            By::Site => &[("authorization", &site)],
            By::Program => &[("authorization", &program)],
            By::Desk => &[("cookie", &self.visited.session)],
        };
        let reads: &[(&str, &str)] = if door.is_form { &[BROWSER] } else { &[] };
        self.walk.asks((door.method, &door.path), &[&[kind], who, reads].concat(), body).await
    }

    fn written(&self, door: &Door, body: &Value) -> Vec<u8> {
        if !door.is_form {
            return body.to_string().into_bytes();
        }
        let fields =
            body.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
        let token = (door.by == By::Desk).then_some(("csrf", self.visited.csrf.as_str()));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.chain(token))
            .finish()
            .into_bytes()
    }
}

fn is_refused(door: &Door, answer: &Answer) {
    let is_as_well = AS_WELL.contains(&(door.pattern, answer.status));
    assert!(
        (400..500).contains(&answer.status) || is_as_well,
        "{} {}: {}",
        door.method,
        door.pattern,
        answer.status
    );
}

impl Door {
    /// Whoever is not signed in is signed out, with and without a database.
    pub fn is_harmless(&self) -> bool {
        self.pattern == "/desk/sign-out"
    }

    fn new(visited: &Visited, by: By, pattern: &'static str, good: Value) -> Self {
        let (method, pattern) = pattern.split_once(' ').unwrap();
        let token = if pattern.starts_with("/d/") { &visited.link } else { &visited.token };
        let path = pattern
            .replace("{site}", SITE)
            .replace("{id}", &visited.id)
            .replace("{token}", token)
            .replace("{key}", "news%2F1");
        let is_form = method == "POST" && (by == By::Desk || !pattern.starts_with("/v1/"));
        Self { pattern, method, path, by, good, is_form }
    }
}

fn programs() -> Vec<(By, &'static str, Value)> {
    let id = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
    let (program, site) = (By::Program, By::Site);
    vec![
        (By::Anybody, "POST /v1/sites/{site}/comments", reply("At every door.")),
        (By::Anybody, "PATCH /v1/receipts/{token}", json!({"comment": WRITTEN})),
        (By::Anybody, "DELETE /v1/receipts/{token}", json!({})),
        (By::Anybody, "POST /v1/session", json!({"name": EMAIL, "password": EMAIL, "code": EMAIL})),
        (program, "DELETE /v1/session", json!({})),
        (
            site,
            "PUT /v1/sites/{site}/articles/{key}",
            json!({"url": "https://news.example/news/1", "title": "The bridge", "author_email": EMAIL}),
        ),
        (site, "PATCH /v1/sites/{site}/articles/{key}", json!({"section": WRITTEN, "author_email": EMAIL})),
        (site, "DELETE /v1/sites/{site}/articles/{key}", json!({})),
        (
            program,
            "PUT /v1/sites/{site}/reasons",
            json!({"reasons": [{"code": "rude", "text": WRITTEN, "basis": "terms"}]}),
        ),
        (program, "PATCH /v1/moderation/comments/{id}", json!({"comment": WRITTEN, "version": 1})),
        (
            program,
            "POST /v1/moderation/comments/{id}/decisions",
            json!({"decision": "reject", "version": 1, "reason": WRITTEN, "note": WRITTEN}),
        ),
        (program, "POST /v1/moderation/comments/{id}/replies", json!({"comment": WRITTEN})),
        (program, "POST /v1/moderation/comments/{id}/contact", json!({"reason": WRITTEN})),
        (
            program,
            "POST /v1/moderation/decisions",
            json!({"items": [{"id": id, "version": 1}], "decision": "spam", "note": WRITTEN}),
        ),
        (program, "POST /v1/moderation/undo", json!({"batch": id})),
        (program, "POST /v1/moderation/claims", json!({"limit": 1, "site": SITE})),
        (program, "PUT /v1/moderation/claims", json!({"ids": [id]})),
        (program, "DELETE /v1/moderation/claims", json!({"ids": [id]})),
        (program, "POST /v1/ops/outbox", json!({"id": id, "action": "retry"})),
        (
            program,
            "POST /v1/admin/moderators",
            json!({"email": "lou@gazette.example", "name": "Lou", "role": "moderator", "sites": [SITE]}),
        ),
        (program, "PATCH /v1/admin/moderators/{id}", json!({"role": "editor", "sites": [SITE]})),
        (program, "DELETE /v1/admin/moderators/{id}", json!({})),
        (program, "DELETE /v1/admin/tokens/{id}", json!({})),
    ]
}

fn forms() -> Vec<(By, &'static str, Value)> {
    let id = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
    let desk = By::Desk;
    vec![
        (By::Anybody, "POST /receipts/{token}", json!({"action": "edit", "comment": WRITTEN})),
        (By::Anybody, "POST /d/{token}", json!({"decision": "reject", "reason": WRITTEN})),
        (By::Anybody, "POST /desk/invitations/{token}", json!({"password": PASSWORD, "again": PASSWORD})),
        (By::Anybody, "POST /desk/sign-in", json!({"email": EMAIL, "password": EMAIL})),
        (By::Anybody, "POST /desk/sign-out", json!({})),
        (desk, "POST /desk/comments/{id}", json!({"action": "edit", "version": "1", "comment": WRITTEN})),
        (
            desk,
            "POST /desk/comments/{id}/decisions",
            json!({"decision": "reject", "version": "1", "reason": WRITTEN}),
        ),
        (desk, "POST /desk/comments/{id}/claim", json!({"action": "take"})),
        (desk, "POST /desk/claims", json!({"action": "take"})),
        (desk, "POST /desk/decisions", json!({"decision": "reject", "item": format!("{id}:1")})),
        (desk, "POST /desk/undo", json!({"batch": id})),
        (
            desk,
            "POST /desk/reasons",
            json!({"action": "save", "site": SITE, "code": "rude", "text": WRITTEN, "basis": "terms"}),
        ),
        (
            desk,
            "POST /desk/articles",
            json!({"action": "rename", "site": SITE, "key": "news/1", "edition": "1", "title": WRITTEN}),
        ),
        (desk, "POST /desk/outbox", json!({"action": "retry", "id": id})),
        (desk, "POST /desk/audit", json!({"action": "erase-note", "entry": id})),
        (
            desk,
            "POST /desk/people",
            json!({"email": "lou@gazette.example", "name": "Lou", "role": "moderator", "site": SITE}),
        ),
        (desk, "POST /desk/people/{id}", json!({"action": "invite"})),
        (desk, "POST /desk/account/password", json!({"password": EMAIL, "new": PASSWORD, "again": PASSWORD})),
        (desk, "POST /desk/account/sessions", json!({"end": "others"})),
        (
            desk,
            "POST /desk/account/tokens",
            json!({"name": "Figures", "scope": "read", "days": "9", "password": EMAIL}),
        ),
        (
            desk,
            "POST /desk/account/second-factor",
            json!({"action": "confirm", "password": EMAIL, "code": EMAIL}),
        ),
        (
            desk,
            "POST /desk/account/mail",
            json!({"mode": "each", "digest_minutes": "60", "time_zone": "UTC"}),
        ),
    ]
}

/// Bodies that are no request at all.
fn shapes() -> [String; 9] {
    let whole = reply("Shapes.").to_string();
    [
        format!("{{\"email\": \"{EMAIL}"),
        format!("{{\"email\": {EMAIL}}}"),
        format!("{whole} {EMAIL}"),
        format!("\"{EMAIL}\""),
        format!("{{\"email\": \"{EMAIL}\", \"email\": \"{EMAIL}\"}}"),
        format!("{{\"{EMAIL}\": 1}}"),
        format!("email={EMAIL}&email={EMAIL}"),
        format!("email=%FF{EMAIL}"),
        EMAIL.repeat(4_000),
    ]
}
