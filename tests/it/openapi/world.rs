//! Two sites with people of every role bound to the first one, and what requests are about.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use replydesk::{
    domain::{Policy, Role},
    flow::{
        accounts::{self, Account},
        claims,
    },
};
use serde_json::{Value, json};

use super::Operation;
use crate::support::{Answer, Desk, PASSWORD, SITE, TestApp};

/// Another site, of which the people know nothing.
const OTHER: &str = "herald";
/// An id that nothing has.
const NOBODY: &str = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// Of the site that the people are bound to.
    Own,
    /// Of another one.
    Other,
    /// Of none.
    Absent,
}

/// How somebody proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Token,
    Cookie,
    CookieAlone,
}

/// Who asks; nobody and the site's backend are two of them.
pub const ACTORS: [&str; 6] = ["nobody", "moderator", "editor", "admin", "operator", "site token"];

struct Person {
    token: String,
    cookie: String,
    csrf: String,
}

/// The story's service, with everybody in it.
pub struct World<'a> {
    pub app: &'a TestApp,
    people: BTreeMap<&'static str, Person>,
    backend: String,
    /// Bound to no site: they prepare what the others ask for.
    everywhere: Desk<'a>,
    made: AtomicUsize,
}

/// A thing that requests are about, with what they say of it.
#[derive(Clone, Debug)]
pub struct Thing {
    site: &'static str,
    /// The comment, the person or the token.
    id: String,
    /// A decision on the comment.
    decision: String,
    /// Different for each.
    number: usize,
}

/// A request as it is sent.
pub struct Asked {
    pub path: String,
    pub body: Option<Value>,
}

impl<'a> World<'a> {
    pub async fn of(app: &'a TestApp) -> Self {
        app.opens_site(OTHER, Policy::default()).await;
        let mut people = BTreeMap::new();
        for role in Role::ALL {
            let token = app.hires(role.name(), role, &[SITE]).await.token;
            people.insert(role.name(), Person { token, cookie: String::new(), csrf: String::new() });
        }
        let everywhere = app.hires("everywhere", Role::Admin, &[]).await;
        let backend = app.backend().await;
        let mut world = Self { app, people, backend, everywhere, made: AtomicUsize::default() };
        for role in Role::ALL {
            world.signs_in(role.name()).await;
        }
        world
    }

    /// Signs somebody in with a browser.
    pub async fn signs_in(&mut self, role: &'static str) {
        // nobody is held up by the limit of another story
        self.app.waits(Duration::from_mins(1));
        let answer = self.app.client.post("/v1/session", &credentials(role)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.cookies.iter().find(|cookie| cookie.starts_with("replydesk=")).unwrap();
        let person = self.people.get_mut(role).unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut person.cookie);
        answer.json()["csrf"].as_str().unwrap().clone_into(&mut person.csrf);
    }

    /// Makes what an operation is about.
    pub async fn makes(&self, operation: Operation, object: Object) -> Thing {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let site = match object {
            Object::Own => SITE,
            Object::Other => OTHER,
            Object::Absent => "nowhere",
        };
        let mut thing = Thing { site, id: NOBODY.to_owned(), decision: NOBODY.to_owned(), number };
        let is_there = object != Object::Absent;
        match operation.path {
            "/v1/admin/moderators/{id}" if is_there => thing.id = self.person(site, number).await,
            "/v1/admin/tokens/{id}" => thing.id = self.mark(is_there, (site, number)).await,
            "/v1/sites/{site}/articles/{key}" | "/v1/sites/{site}/articles/{key}/breaker" if is_there => {
                self.article(site).await;
            }
            "/v1/sites/{site}/comments/{id}/reports" if is_there => {
                thing.id = self.comment(site, number).await;
                self.decision(&thing).await;
            }
            "/v1/moderation/blocks/{id}" if is_there => thing.id = self.block(site).await,
            "/v1/ops/outbox" if is_there && operation.method == "post" => {
                thing.id = self.message(site, number).await;
            }
            path if is_there && path.starts_with("/v1/moderation/") => {
                thing.id = self.comment(site, number).await;
                // only what is published is replied to
                if matches!(operation.id(), "undo" | "reply") {
                    thing.decision = self.decision(&thing).await;
                }
            }
            _ => {}
        }
        thing
    }

    /// What is owed about a comment.
    async fn message(&self, site: &str, number: usize) -> String {
        let comment = self.comment(site, number).await;
        let mut page = "/v1/ops/outbox?limit=100".to_owned();
        loop {
            let owed = self.everywhere.get(&page).await.json();
            let items = owed["items"].as_array().unwrap();
            if let Some(item) = items.iter().find(|item| item["comment"] == comment) {
                return item["id"].as_str().unwrap().to_owned();
            }
            page = format!("/v1/ops/outbox?limit=100&cursor={}", owed["next"].as_str().unwrap());
        }
    }

    async fn comment(&self, site: &str, number: usize) -> String {
        self.app.waits(Duration::from_millis(1));
        let reply = TestApp::reply(&format!("The bridge, for the {number}th time."), "ann@example.org");
        let answer = self.app.client.post(&format!("/v1/sites/{site}/comments"), &reply).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// A term that nobody says.
    async fn block(&self, site: &str) -> String {
        let said = json!({"site": site, "kind": "term", "value": "said by nobody", "effect": "hold", "reason": "Why", "days": 1});
        let answer = self.everywhere.post("/v1/moderation/blocks", &said).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["blocks"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Made by the moderator of the site, where there is one.
    async fn decision(&self, thing: &Thing) -> String {
        let by = if thing.site == SITE { &self.people["moderator"].token } else { &self.everywhere.token };
        let desk = Desk { app: self.app, token: by.clone() };
        let answer = desk.decides(&json!({"id": thing.id}), "approve", 1).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["decision_id"].as_str().unwrap().to_owned()
    }

    async fn article(&self, site: &str) {
        let says = json!({"url": "https://news.example/news/1", "title": "The bridge"});
        let path = format!("/v1/sites/{site}/articles/news%2F1");
        let answer = self.everywhere.sends(("PUT", &path), Some(&says)).await;
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
    }

    async fn person(&self, site: &str, number: usize) -> String {
        let account = Account {
            email: format!("person-{number}@gazette.example"),
            name: format!("Person {number}"),
            role: Role::Moderator,
            sites: vec![self.app.app().sites.find(site).unwrap().id],
            password: None,
        };
        accounts::add(self.app.app(), &account).await.unwrap().to_string()
    }

    async fn mark(&self, is_there: bool, (site, number): (&str, usize)) -> String {
        if !is_there {
            return "abcdefghij".to_owned();
        }
        let person = self.person(site, number).await;
        self.app.gives_token(person.parse().unwrap(), replydesk::domain::Scope::All).await;
        // each token that there is, whoever's
        let mut page = "/v1/admin/tokens?limit=100".to_owned();
        loop {
            let tokens = self.everywhere.get(&page).await.json();
            let items = tokens["items"].as_array().unwrap();
            if let Some(token) = items.iter().find(|token| token["moderator"] == person.as_str()) {
                return token["id"].as_str().unwrap().to_owned();
            }
            page = format!("/v1/admin/tokens?limit=100&cursor={}", tokens["next"].as_str().unwrap());
        }
    }

    /// What is asked of an operation about a thing: the example of the document, and the thing where it has its place.
    pub fn asks(operation: Operation, thing: &Thing) -> Asked {
        let mut path = operation.path.replace("{site}", thing.site).replace("{id}", &thing.id);
        path = path.replace("{key}", "news%2F1");
        if operation.parameters("query").iter().any(|parameter| parameter["name"] == "site") {
            path = format!("{path}?site={}", thing.site);
        }
        let body = match operation.id() {
            "decideMany" => Some(json!({"items": [{"id": thing.id, "version": 1}], "decision": "spam"})),
            "undo" => Some(json!({"decision_id": thing.decision})),
            "claim" => Some(json!({"limit": 1, "site": thing.site})),
            "renewClaims" | "giveBackClaims" => Some(json!({"ids": [thing.id]})),
            "makeBlocks" => Some(
                json!({"comment": thing.id, "kinds": ["email"], "effect": "hold", "reason": "Why", "days": 1}),
            ),
            "settleMessage" => Some(json!({"id": thing.id, "action": "drop"})),
            "signIn" => Some(credentials("moderator")),
            "addPerson" => Some(json!({
                "email": format!("new-{}@gazette.example", thing.number),
                "name": "Eve",
                "role": "moderator",
                "sites": [thing.site],
            })),
            _ => operation.example("application/json").cloned(),
        };
        Asked { path, body }
    }

    /// Whether it makes a difference what the operation is about.
    pub fn is_about_something(operation: Operation) -> bool {
        let thing = |site, id: &str| Thing { site, id: id.to_owned(), decision: id.to_owned(), number: 0 };
        let [one, other] = [thing(SITE, "1"), thing(OTHER, "2")].map(|thing| Self::asks(operation, &thing));
        (one.path, one.body) != (other.path, other.body)
    }

    /// What somebody shows who may do this; nothing where nobody has to.
    pub fn bearer(&self, operation: Operation) -> String {
        let is_for_people = operation.said.get("x-roles").is_some();
        if is_for_people { format!("Bearer {}", self.everywhere.token) } else { String::new() }
    }

    /// Lets somebody read the comment, if they may: who renews a claim or gives it back must have one.
    pub async fn claims(&self, operation: Operation, thing: &Thing, who: &str) {
        let Some(person) =
            self.people.get(who).filter(|_| matches!(operation.id(), "renewClaims" | "giveBackClaims"))
        else {
            return;
        };
        let token = accounts::of_token(self.app.app(), &person.token).await.unwrap().unwrap();
        // what is not theirs to read is refused, and so it is asked about all the same
        let _wish = claims::take(self.app.app(), &token.moderator, thing.id.parse().unwrap()).await;
    }

    /// Sends it as somebody.
    pub async fn sends(&self, operation: Operation, asked: &Asked, (who, by): (&str, By)) -> Answer {
        let bearer = |token: &str| ("authorization", format!("Bearer {token}"));
        let mut headers: Vec<(&str, String)> = Vec::new();
        match (self.people.get(who), by) {
            (None, _) if who == "site token" => headers.push(bearer(&self.backend)),
            (None, _) => {}
            (Some(person), By::Token) => headers.push(bearer(&person.token)),
            (Some(person), By::Cookie) => {
                headers.extend([("cookie", person.cookie.clone()), ("x-csrf-token", person.csrf.clone())]);
            }
            (Some(person), By::CookieAlone) => headers.push(("cookie", person.cookie.clone())),
        }
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let method = operation.method.to_uppercase();
        self.app.client.send((&method, &asked.path), &headers, asked.body.as_ref()).await
    }
}

impl Thing {
    /// A text without what is different in each request by itself.
    pub fn hides(&self, text: &str, answer: &Answer) -> String {
        let names = [&self.id, &self.decision, self.site, answer.header("x-request-id")];
        names
            .into_iter()
            .filter(|name| !name.is_empty())
            .fold(text.to_owned(), |text, name| text.replace(name, "…"))
    }
}

fn credentials(role: &str) -> Value {
    json!({"name": format!("{role}@gazette.example"), "password": PASSWORD})
}
