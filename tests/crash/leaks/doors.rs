//! Every way that changes something: who may, and what would do. With it go the shapes and the values that would not.

use serde_json::{Value, json};

use super::{
    canary::{EMAIL, MODERATOR, WRITTEN},
    table,
    visits::{Visited, csrf_of, good, text},
    walk::{BROWSER, FORM, JSON, Walk, notice, reply},
};
use crate::support::{Answer, PASSWORD, SITE};

/// What people may write there as they like; an article's key is public.
const FREE: [&str; 13] = [
    "law",
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

/// What is as well: who is not signed in is signed out, what does not exist is ended, a site that nobody knows has nothing
/// to claim, and a name or a password of another shape is a wrong one.
const AS_WELL: [(&str, u16); 7] = [
    ("/desk/sign-out", 303),
    ("/desk/account/sessions", 303),
    ("/v1/moderation/claims", 200),
    ("/v1/session", 401),
    // a term may be any text
    ("/v1/moderation/blocks", 201),
    ("/desk/blocks", 303),
    // what is not a line of its own is tried like any list
    ("/desk/words", 200),
];

/// What may be any list of texts, and is told again to whoever set it.
const LISTS: [&str; 2] = ["hold", "spam"];

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

/// What there is to change.
pub struct Things {
    /// The path of a link that sets a password.
    invitation: String,
    /// Proves that a form was made for somebody who is not signed in.
    csrf: String,
    person: String,
    /// The mark of an API token.
    mark: String,
    message: String,
    /// A decision on many.
    batch: String,
    /// Of the log, with a note.
    entry: String,
    block: String,
    /// Another comment that waits.
    comment: String,
    published: String,
}

impl Things {
    pub async fn found(walk: &Walk<'_>, invitation: String) -> Self {
        let list = async |path: &str| good(&walk.moderates(("GET", path), &json!({})).await)["items"].clone();
        let first = |items: &Value, fits: &dyn Fn(&Value) -> bool| {
            text(&items.as_array().unwrap().iter().find(|item| fits(item)).expect("one")["id"])
        };
        // different at each service
        let one = async |text: &str| good(&walk.posts(&reply(&format!("{text}: {invitation}."))).await);
        let (bulk, published) = (one("To be decided with others").await, one("To be answered").await);
        let approves = json!({"decision": "approve", "version": 1});
        let decide = format!("/v1/moderation/comments/{}/decisions", text(&published["id"]));
        good(&walk.moderates(("POST", &decide), &approves).await);
        let items = json!({"items": [{"id": bulk["id"], "version": 1}], "decision": "spam", "note": WRITTEN});
        let made = good(&walk.moderates(("POST", "/v1/moderation/decisions"), &items).await);
        let term = json!({"site": SITE, "kind": "term", "value": "never said", "effect": "hold", "reason": WRITTEN, "days": 1});
        let blocked = walk.moderates(("POST", "/v1/moderation/blocks"), &term).await;
        assert_eq!(blocked.status, 201, "{}", blocked.text());
        Self {
            block: text(&blocked.json()["blocks"][0]["id"]),
            csrf: csrf_of(&walk.client.get("/desk/sign-in").await),
            person: first(&list("/v1/admin/moderators").await, &|item| item["name"] != "Mo"),
            mark: first(&list("/v1/admin/tokens").await, &|_| true),
            message: first(&list("/v1/ops/outbox?state=dead").await, &|_| true),
            batch: text(&made["batch"]),
            entry: first(&list("/v1/audit?limit=100").await, &|item| item["note"] == WRITTEN),
            comment: text(&one("Waits beside it").await["id"]),
            published: text(&published["id"]),
            invitation,
        }
    }
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
    things: Things,
    all: Vec<Door>,
}

impl<'a> Doors<'a> {
    pub fn of(walk: &'a Walk<'a>, visited: &'a Visited, things: Things) -> Self {
        let doors = [programs(&things), forms(&things)].concat();
        let doors: Vec<Door> = doors
            .into_iter()
            .map(|(by, pattern, good)| Door::new((visited, &things), by, pattern, good))
            .collect();
        let known =
            |way: &table::Way| doors.iter().any(|door| (door.pattern, door.method) == (&way.0, &way.1));
        let missing: Vec<_> = table::ways()
            .0
            .into_iter()
            .filter(|way| !["GET", "HEAD"].contains(&&*way.1) && !known(way))
            .collect();
        assert!(missing.is_empty(), "nobody tries {missing:?}");
        Self { walk, visited, things, all: doors }
    }

    /// The token of a receipt.
    pub fn token(&self) -> &str {
        &self.visited.token
    }

    pub fn iter(&self) -> impl Iterator<Item = &Door> {
        self.all.iter()
    }

    /// Sends what would do.
    pub async fn knocks(&self, door: &Door) -> Answer {
        let kind = if door.is_form { FORM } else { JSON };
        self.sends(door, kind, self.written(door, &door.good)).await
    }

    /// Bodies that are no such request at all, and each member with what is not for it.
    pub async fn refuse(&self) {
        let reads = |door: &&Door| door.method != "DELETE" || door.pattern == "/v1/moderation/claims";
        for door in self.all.iter().filter(reads) {
            for body in shapes() {
                for kind in [JSON, FORM, ("content-type", EMAIL), ("content-type", "text/plain")] {
                    // also behind the token of a form, so that more of it is read
                    let body = match self.token_of(door) {
                        Some(token) if kind == FORM => format!("csrf={token}&{body}"),
                        _ => body.clone(),
                    };
                    is_refused(door, &self.sends(door, kind, body.into_bytes()).await);
                }
            }
            for member in door.good.as_object().unwrap().keys() {
                let plain = (!FREE.contains(&member.as_str())).then(|| json!(EMAIL));
                let list = (!LISTS.contains(&member.as_str())).then(|| json!([EMAIL]));
                let values = [json!(EMAIL.repeat(300)), json!({EMAIL: EMAIL})];
                for value in values
                    .into_iter()
                    .chain(plain)
                    .chain(list)
                    .filter(|value| value.is_string() || !door.is_form)
                {
                    let mut wrong = door.good.clone();
                    wrong[member] = value;
                    let kind = if door.is_form { FORM } else { JSON };
                    is_refused(door, &self.sends(door, kind, self.written(door, &wrong)).await);
                }
            }
        }
    }

    /// What proves that a form was made for whoever sends it.
    fn token_of(&self, door: &Door) -> Option<&str> {
        let is_at_the_door = ["/desk/sign-in", "/desk/invitations/{token}"].contains(&door.pattern);
        match door.by {
            By::Desk => Some(&self.visited.csrf),
            _ => is_at_the_door.then_some(&self.things.csrf),
        }
    }

    async fn sends(&self, door: &Door, kind: (&str, &str), body: Vec<u8>) -> Answer {
        let (site, program) = (self.walk.bearer(), format!("Bearer {}", self.walk.api_token));
        let who: &[(&str, &str)] = match door.by {
            By::Anybody => &[],
            By::Site => &[("authorization", &site)],
            By::Program => &[("authorization", &program)],
            By::Desk => &[("cookie", &self.visited.session), ("x-csrf-token", &self.visited.csrf)],
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
        let token = self.token_of(door).map(|token| ("csrf", token));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.chain(token))
            .finish()
            .into_bytes()
    }
}

fn is_refused(door: &Door, answer: &Answer) {
    // for what it is, and not because somebody may not come in
    let is_wrong = [400, 404, 409, 410, 413, 415, 422].contains(&answer.status);
    assert!(
        is_wrong || AS_WELL.contains(&(door.pattern, answer.status)),
        "{} {}: {}",
        door.method,
        door.pattern,
        answer.status
    );
}

impl Door {
    /// Whoever is not signed in is signed out, with and without a database; and what only tries rules writes nothing.
    pub fn needs_nothing(&self) -> bool {
        ["/desk/sign-out", "/desk/policy", "/desk/words"].contains(&self.pattern)
    }

    fn new((visited, things): (&Visited, &Things), by: By, pattern: &'static str, good: Value) -> Self {
        let (method, pattern) = pattern.split_once(' ').unwrap();
        let id = match pattern {
            "/v1/admin/moderators/{id}" | "/desk/people/{id}" => &things.person,
            "/v1/admin/tokens/{id}" => &things.mark,
            "/v1/moderation/blocks/{id}" => &things.block,
            "/v1/moderation/comments/{id}/replies" => &things.published,
            _ => &visited.id,
        };
        let token = visited.token_of(pattern);
        let path = pattern
            .replace("{site}", SITE)
            .replace("{id}", id)
            .replace("{token}", token)
            .replace("{key}", "news%2F1");
        let path = if pattern.starts_with("/desk/invitations/") { things.invitation.clone() } else { path };
        let is_page = by == By::Desk || !pattern.starts_with("/v1/") || pattern.contains("wp-comments-post");
        let is_form = method == "POST" && is_page;
        Self { pattern, method, path, by, good, is_form }
    }
}

fn programs(things: &Things) -> Vec<(By, &'static str, Value)> {
    let (program, site) = (By::Program, By::Site);
    let about = json!({"url": "https://news.example/news/1", "title": "The bridge", "author_email": EMAIL});
    let items = json!([{"id": things.comment, "version": 1}]);
    let new = json!({"email": "lou@gazette.example", "name": "Lou", "role": "moderator", "sites": [SITE]});
    let reasons = json!([{"code": "rude", "text": WRITTEN, "basis": "terms"}]);
    let term = json!({"site": SITE, "kind": "term", "value": "said by nobody", "effect": "hold", "reason": WRITTEN, "days": 1});
    vec![
        (By::Anybody, "POST /v1/sites/{site}/comments", reply("At every door.")),
        (By::Anybody, "POST /v1/sites/{site}/comments/{id}/reports", notice()),
        (By::Anybody, "PATCH /v1/receipts/{token}", json!({"comment": WRITTEN})),
        (By::Anybody, "POST /v1/receipts/{token}/appeal", json!({"text": WRITTEN})),
        (By::Anybody, "DELETE /v1/receipts/{token}", json!({})),
        (By::Anybody, "POST /v1/session", json!({"name": MODERATOR, "password": PASSWORD})),
        (By::Desk, "DELETE /v1/session", json!({})),
        (site, "PUT /v1/sites/{site}/articles/{key}", about),
        (site, "PATCH /v1/sites/{site}/articles/{key}", json!({"section": WRITTEN, "author_email": EMAIL})),
        (
            site,
            "PUT /v1/sites/{site}/articles/{key}/breaker",
            json!({"action": "slow", "minutes": 5, "note": WRITTEN}),
        ),
        (site, "DELETE /v1/sites/{site}/articles/{key}/breaker", json!({})),
        (site, "DELETE /v1/sites/{site}/articles/{key}", json!({})),
        (program, "PUT /v1/sites/{site}/reasons", json!({"reasons": reasons})),
        (program, "PUT /v1/sites/{site}/policy", json!({"version": 0, "max_links": 7})),
        (program, "PUT /v1/sites/{site}/words", json!({"version": 0, "hold": [WRITTEN], "spam": []})),
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
            json!({"items": items, "decision": "spam", "note": WRITTEN}),
        ),
        (program, "POST /v1/moderation/undo", json!({"batch": things.batch})),
        (program, "POST /v1/moderation/claims", json!({"limit": 1, "site": SITE})),
        (program, "PUT /v1/moderation/claims", json!({"ids": [things.comment]})),
        (program, "DELETE /v1/moderation/claims", json!({"ids": [things.comment]})),
        (program, "POST /v1/moderation/blocks", term),
        (program, "DELETE /v1/moderation/blocks/{id}", json!({})),
        (program, "POST /v1/ops/outbox", json!({"id": things.message, "action": "retry"})),
        (program, "POST /v1/admin/moderators", new),
        (program, "PATCH /v1/admin/moderators/{id}", json!({"role": "editor", "sites": [SITE]})),
        (program, "DELETE /v1/admin/moderators/{id}", json!({})),
        (program, "DELETE /v1/admin/tokens/{id}", json!({})),
    ]
}

fn forms(things: &Things) -> Vec<(By, &'static str, Value)> {
    let desk = By::Desk;
    let password = json!({"password": PASSWORD, "new": PASSWORD, "again": PASSWORD});
    let token = json!({"name": "Figures", "scope": "read", "days": "9", "password": PASSWORD});
    let reason = json!({"action": "save", "site": SITE, "code": "rude", "text": WRITTEN, "basis": "terms"});
    let article =
        json!({"action": "rename", "site": SITE, "key": "news/1", "edition": "1", "title": WRITTEN});
    let policy = json!({
        "action": "test", "site": SITE, "version": "0", "mode": "open", "links": "open", "breaker.action": "slow",
        "staff_names": "Marit Oyelaran", "trust.approved": "1", "max_links": "3", "form.min_seconds": "3",
        "form.max_minutes": "60", "close_after_days": "0", "slow_seconds": "0", "breaker.per_ten_minutes": "0",
        "breaker.rejected_percent": "0", "breaker.minutes": "60", "comment_chars": "10000", "overdue_minutes": "240",
        "language": "en", "privacy_url": WRITTEN, "rules_url": "",
    });
    let words = json!({"action": "test", "site": SITE, "version": "0", "hold": WRITTEN, "spam": ""});
    let new = json!({"email": "lou@gazette.example", "name": "Lou", "role": "moderator", "site": SITE});
    let ruling = json!({"decision": "reject", "version": "1", "reason": WRITTEN});
    let block = json!({
        "action": "block", "site": SITE, "kind": "term", "value": "said by nobody", "effect": "hold", "reason": WRITTEN, "days": "1",
    });
    vec![
        (
            By::Anybody,
            // the post is known: where a browser goes back to may be anything
            "POST /v1/sites/{site}/wp-comments-post.php",
            json!({"author": "Ann", "email": EMAIL, "comment": WRITTEN, "comment_post_ID": "12",
                "comment_parent": "0"}),
        ),
        (By::Anybody, "POST /mail/{token}", json!({"action": "end"})),
        (By::Anybody, "POST /receipts/{token}", json!({"action": "edit", "comment": WRITTEN})),
        (By::Anybody, "POST /d/{token}", json!({"decision": "reject", "reason": WRITTEN})),
        (By::Anybody, "POST /desk/invitations/{token}", json!({"password": PASSWORD, "again": PASSWORD})),
        (By::Anybody, "POST /desk/sign-in", json!({"email": MODERATOR, "password": PASSWORD})),
        (By::Anybody, "POST /desk/sign-out", json!({})),
        (desk, "POST /desk/comments/{id}", json!({"action": "edit", "version": "1", "comment": WRITTEN})),
        (desk, "POST /desk/comments/{id}/decisions", ruling),
        (desk, "POST /desk/comments/{id}/claim", json!({"action": "take"})),
        (desk, "POST /desk/claims", json!({"action": "take"})),
        (
            desk,
            "POST /desk/decisions",
            json!({"decision": "reject", "item": format!("{}:1", things.comment)}),
        ),
        (desk, "POST /desk/undo", json!({"batch": things.batch})),
        (desk, "POST /desk/reasons", reason),
        (desk, "POST /desk/articles", article),
        (desk, "POST /desk/policy", policy),
        (desk, "POST /desk/words", words),
        (desk, "POST /desk/blocks", block),
        (desk, "POST /desk/outbox", json!({"action": "retry", "id": things.message})),
        (desk, "POST /desk/audit", json!({"action": "erase-note", "entry": things.entry})),
        (desk, "POST /desk/people", new),
        (desk, "POST /desk/people/{id}", json!({"action": "invite"})),
        (desk, "POST /desk/account/password", password),
        (desk, "POST /desk/account/sessions", json!({"end": "others"})),
        (desk, "POST /desk/account/tokens", token),
        (desk, "POST /desk/account/second-factor", json!({"action": "begin"})),
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
