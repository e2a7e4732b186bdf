//! Both databases behave alike, to the byte: one long story, told on each, and every answer and mail compared. Only what is
//! drawn by chance differs, so identifiers and secrets are numbered as they come up.

use std::{collections::HashMap, time::Duration};

use replydesk::{
    app::block_on,
    domain::{Policy, Role},
};
use serde_json::{Value, json};

use crate::{
    shift::Browser,
    support::{Answer, Database, Desk, SITE, TestApp},
};

const LIST: &str = "/v1/moderation/comments";

#[test]
fn the_same_story_is_answered_in_the_same_bytes() {
    let [sqlite, postgres] =
        [Database::sqlite, Database::postgres].map(|database| block_on(tells(database())));
    for (one, other) in sqlite.iter().zip(&postgres) {
        assert_eq!(one, other);
    }
    assert!(sqlite.len() == postgres.len() && sqlite.len() > 120, "{} {}", sqlite.len(), postgres.len());
}

/// The story so far: what was asked, and what came of it.
struct Story<'a> {
    app: &'a TestApp,
    names: HashMap<String, usize>,
    told: Vec<(String, String)>,
}

async fn tells(database: Database) -> Vec<(String, String)> {
    let app = TestApp::start(database).await;
    let mut story = Story { app: &app, names: HashMap::new(), told: Vec::new() };
    readers(&mut story).await;
    moderators(&mut story).await;
    people(&mut story).await;
    pages(&mut story).await;
    app.delivers_everything().await;
    let answers = story.told.len();
    for (recipients, mail) in app.mails().await {
        story.names.clear();
        story.hears(&format!("a mail to {recipients:?}"), &mail);
    }
    // four go out at one time
    story.told[answers..].sort();
    assert!(story.told.len() > answers + 10, "mails");
    let told = story.told;
    app.stops().await;
    told
}

impl Story<'_> {
    /// Keeps what was asked and what came of it.
    fn hears(&mut self, way: &str, text: &str) {
        let told = (self.plain(way), self.plain(text));
        self.told.push(told);
    }

    /// The text with a number in place of each identifier and secret.
    fn plain(&mut self, text: &str) -> String {
        let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let (mut plain, mut rest) = (String::new(), text);
        while let Some(start) = rest.find(is_of_a_name) {
            let end = rest[start..].find(|c| !is_of_a_name(c)).map_or(rest.len(), |length| start + length);
            plain.push_str(&rest[..start]);
            plain.push_str(&self.named(&rest[start..end]));
            rest = &rest[end..];
        }
        plain.push_str(rest);
        plain.replace(self.app.url(), "http://desk")
    }

    fn named(&mut self, word: &str) -> String {
        let is_id = |text: &str| {
            text.len() == 36
                && text.char_indices().all(|(at, c)| {
                    if [8, 13, 18, 23].contains(&at) { c == '-' } else { c.is_ascii_hexdigit() }
                })
        };
        let has = |of: fn(&char) -> bool| word.chars().any(|c| of(&c));
        // long words of ours are numbered with them: both sides alike
        let is_secret = word.len() >= 20 && has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
        // an anchor or a name may stand before an identifier
        let start = (0..word.len()).find(|at| word.get(*at..at + 36).is_some_and(is_id));
        let (before, name, after) = match start {
            Some(at) => (&word[..at], &word[at..at + 36], &word[at + 36..]),
            None if is_secret => ("", word, ""),
            None => return word.to_owned(),
        };
        let next = self.names.len();
        let number = *self.names.entry(name.to_owned()).or_insert(next);
        format!("{before}N{number}{after}")
    }

    fn keeps(&mut self, way: (&str, &str), answer: &Answer) {
        let mut headers = answer.headers.clone();
        headers.retain(|name, _| !["date", "content-length", "connection"].contains(&name.as_str()));
        // a set, in an order of each service's own
        headers.entry("access-control-expose-headers".to_owned()).and_modify(|names| {
            let mut sorted: Vec<&str> = names.split(", ").collect();
            sorted.sort_unstable();
            *names = sorted.join(", ");
        });
        let text = format!("{} {headers:?}\n{}", answer.status, answer.text());
        self.hears(&format!("{} {}", way.0, way.1), &text);
        self.app.waits(Duration::from_secs(1));
    }

    async fn asks(&mut self, way: (&str, &str), body: Option<&Value>) -> Value {
        let answer = self.app.client.send(way, &[], body).await;
        self.keeps(way, &answer);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    async fn submits(&mut self, reply: &Value) -> Value {
        self.asks(("POST", "/v1/sites/gazette/comments"), Some(reply)).await
    }

    async fn desk(&mut self, desk: &Desk<'_>, way: (&str, &str), body: Option<&Value>) -> Value {
        let answer = desk.sends(way, body).await;
        self.keeps(way, &answer);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

/// Submissions, good and bad; what readers see; receipts.
async fn readers(story: &mut Story<'_>) {
    let eve = story.app.hires("Eve", Role::Editor, &[]).await;
    for (n, text) in
        ["Good", "Ünïcode ﬀ 日本 🙂", "**Bold** <b>not</b> https://news.example/?a=1&b=2", "Good"]
            .iter()
            .enumerate()
    {
        let held = story.submits(&TestApp::reply(text, &format!("ann{n}@example.org"))).await;
        if n > 0 && n < 3 {
            let decide = format!("{LIST}/{}/decisions", id(&held));
            story.desk(&eve, ("POST", &decide), Some(&json!({"decision": "approve", "version": 1}))).await;
            let mut answer = TestApp::reply(&format!("An answer to {n}"), "bob@example.org");
            answer["parent"] = held["id"].clone();
            story.submits(&answer).await;
        }
    }
    for (member, value) in [
        ("name", json!("")),
        ("email", json!("nobody")),
        ("website", json!("ftp://x")),
        ("comment", json!("x\u{0}y")),
        ("parent", json!("none")),
        ("article", json!({"key": "new"})),
        ("zz", json!(1)),
        ("comment", json!("Good")),
    ] {
        let mut reply = TestApp::reply("Good", "ann0@example.org");
        reply[member] = value;
        story.submits(&reply).await;
    }
    let held = story.submits(&TestApp::reply("To be edited", "cleo@example.org")).await;
    let receipt = format!("/v1/receipts/{}", held["receipt"]["token"].as_str().unwrap());
    for (method, body) in [
        ("GET", None),
        ("PATCH", Some(json!({"comment": "Edited"}))),
        ("DELETE", None),
        ("DELETE", None),
        ("GET", None),
    ] {
        story.asks((method, &receipt), body.as_ref()).await;
    }
    let list = "/v1/sites/gazette/comments?article=news/1";
    for query in
        ["", "&sort=newest", "&sort=oldest", "&sort=top", "&limit=1", "&limit=0", "&cursor=x", "&around=x"]
    {
        let page = story.asks(("GET", &format!("{list}{query}")), None).await;
        if let Some(next) = page["next"].as_str() {
            story.asks(("GET", &format!("{list}{query}&cursor={next}")), None).await;
        }
    }
    for path in [
        "/v1/sites/gazette/counts?article=news/1&article=b",
        "/v1/sites/nowhere/comments?article=a",
        "/v1/receipts/nonsense",
        "/problems",
        "/problems/gone",
    ] {
        story.asks(("GET", path), None).await;
    }
}

/// The queue in its orders and filters.
async fn moderators(story: &mut Story<'_>) {
    story.app.opens_site("herald", Policy::default()).await;
    let (mo, ed) = (story.app.moderator().await, story.app.hires("Ed", Role::Editor, &[SITE]).await);
    for n in 0..6 {
        let site = if n % 3 == 2 { "herald" } else { SITE };
        let reply =
            TestApp::reply(&format!("Lantern {n} über dem Pier"), &format!("noor{}@example.org", n % 2));
        story.asks(("POST", &format!("/v1/sites/{site}/comments")), Some(&reply)).await;
    }
    // a rule decides: the field that people do not see
    let form = crate::submission::form("Lantern in a trap", &[("address", "12 Main Street")]);
    let trapped = story.app.client.submit("/v1/sites/gazette/comments", &form, &[]).await;
    story.keeps(("POST", "a form with the trap"), &trapped);
    for query in [
        "",
        "?sort=newest",
        "?sort=priority",
        "?needs=decision&limit=2",
        "?status=approved",
        "?status=spam",
        "?site=herald",
        "?site=nowhere",
        "?finding=repeated-text",
        "?finding=none",
        "?claimed=me",
        "?q=lantern",
        "?q=lantern+pier",
        "?q=%C3%BCber",
        "?q=nothing",
        "?limit=101",
        "?sort=x",
    ] {
        let page = story.desk(&mo, ("GET", &format!("{LIST}{query}")), None).await;
        if let Some(next) = page["next"].as_str() {
            let joint = if query.is_empty() { '?' } else { '&' };
            story.desk(&ed, ("GET", &format!("{LIST}{query}{joint}cursor={next}")), None).await;
        }
    }
    decisions(story, &mo, &ed).await;
}

/// Decisions that win and lose, batches, claims, what editors change.
async fn decisions(story: &mut Story<'_>, mo: &Desk<'_>, ed: &Desk<'_>) {
    let waiting = mo.queue("&site=gazette&sort=newest").await;
    let (first, second, third) = (id(&waiting[0]), id(&waiting[1]), id(&waiting[2]));
    let decide = format!("{LIST}/{first}/decisions");
    for body in [
        json!({"decision": "escalate", "version": 1, "note": "Who knows?"}),
        json!({"decision": "approve", "version": 1}),
        json!({"decision": "approve", "version": 2}),
        json!({"decision": "approve", "version": 2}),
        json!({"decision": "nothing", "version": 2}),
    ] {
        story.desk(mo, ("POST", &decide), Some(&body)).await;
    }
    let items = json!([{"id": second, "version": 1}, {"id": third, "version": 9}, {"id": "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "version": 1}]);
    let made = story
        .desk(
            ed,
            ("POST", "/v1/moderation/decisions"),
            Some(&json!({"items": items, "decision": "reject", "reason": "Off topic"})),
        )
        .await;
    let undo = json!({"batch": made["batch"]});
    for body in [&undo, &undo] {
        story.desk(ed, ("POST", "/v1/moderation/undo"), Some(body)).await;
    }
    for (expect, decision) in [(1, "spam"), (2, "spam")] {
        let filtered = json!({"filter": {"site": "herald"}, "expect": expect, "decision": decision});
        story.desk(mo, ("POST", "/v1/moderation/decisions"), Some(&filtered)).await;
    }
    for (method, body) in [
        ("POST", json!({"limit": 2})),
        ("PUT", json!({})),
        ("POST", json!({"limit": 2, "site": "herald"})),
        ("DELETE", json!({})),
    ] {
        story.desk(mo, (method, "/v1/moderation/claims"), Some(&body)).await;
    }
    let reasons = json!({"reasons": [{"code": "rude", "text": "It is rude.", "basis": "terms"}]});
    let comment = format!("{LIST}/{first}");
    for (way, body) in [
        (("PUT", "/v1/sites/gazette/reasons"), reasons),
        (("PATCH", &*comment), json!({"comment": "Mended", "version": 3})),
        (("PATCH", &comment), json!({"picked": true, "version": 1})),
        (("POST", &format!("{comment}/replies")), json!({"comment": "For the site"})),
        (("POST", &format!("{comment}/contact")), json!({"reason": "She offered documents"})),
        (
            ("POST", &format!("{LIST}/{third}/decisions")),
            json!({"decision": "reject", "version": 1, "reason_code": "rude"}),
        ),
        (("PATCH", "/v1/sites/gazette/articles/news%2F1"), json!({"open": false})),
        (("PATCH", "/v1/sites/gazette/articles/none"), json!({"open": false})),
    ] {
        story.desk(ed, way, Some(&body)).await;
    }
    story.submits(&TestApp::reply("Too late", "ann9@example.org")).await;
    for path in [
        comment.as_str(),
        "/v1/moderation/stats",
        "/v1/moderation/stats?site=herald",
        "/v1/audit?limit=3",
        "/v1/audit?site=gazette",
        "/v1/sites/gazette/articles/news%2F1",
    ] {
        story.desk(ed, ("GET", path), None).await;
    }
}

/// What admins and operators do.
async fn people(story: &mut Story<'_>) {
    let (ada, otto) =
        (story.app.hires("Ada", Role::Admin, &[]).await, story.app.hires("Otto", Role::Operator, &[]).await);
    let new =
        json!({"email": "lee@gazette.example", "name": "Lee", "role": "moderator", "sites": ["gazette"]});
    let made = story.desk(&ada, ("POST", "/v1/admin/moderators"), Some(&new)).await;
    let lee = format!("/v1/admin/moderators/{}", id(&made));
    for (way, body) in [
        (("POST", "/v1/admin/moderators"), new),
        (("PATCH", &*lee), json!({"role": "editor", "version": 1})),
        (("PATCH", &lee), json!({"name": ""})),
        (("PATCH", &lee), json!({"sites": ["nowhere"]})),
        (("DELETE", &lee), json!({})),
        (("DELETE", &lee), json!({})),
    ] {
        story.desk(&ada, way, Some(&body)).await;
    }
    // tokens are listed by their hashes, which are drawn by chance, and so is the order of what one request wrote down twice
    for path in ["/v1/admin/moderators?limit=2", "/v1/admin/moderators?limit=0"] {
        story.desk(&ada, ("GET", path), None).await;
    }
    for path in
        ["/v1/ops/outbox", "/v1/ops/outbox?state=sent", "/v1/ops/outbox?limit=1", "/v1/moderation/stats"]
    {
        story.desk(&otto, ("GET", path), None).await;
    }
}

/// The pages of the desk, but for one's own account, which shows beginnings of secrets.
async fn pages(story: &mut Story<'_>) {
    let app = story.app;
    let browser = Browser::of(app, "Bea", Role::Admin).await;
    let comment = app.hires("Kim", Role::Moderator, &[]).await.queue("").await;
    let comment = format!("/desk/comments/{}", id(&comment[0]));
    for path in [
        "/desk",
        "/desk?list=approved",
        "/desk?list=spam",
        "/desk?q=lantern&sort=newest",
        "/desk?q=nothing",
        &comment,
        "/desk/articles",
        "/desk/articles?q=news/1",
        "/desk/reasons",
        "/desk/policy",
        "/desk/words",
        "/desk/outbox",
        "/desk/audit?site=gazette",
        "/desk/people",
    ] {
        let answer = browser.gets(path).await;
        story.keeps(("GET", path), &answer);
    }
    for (path, fields) in [
        (comment.as_str(), &[("action", "edit"), ("version", "9"), ("comment", "Mended")][..]),
        ("/desk/decisions", &[("decision", "reject")]),
        ("/desk/undo", &[("batch", "x")]),
        (
            "/desk/words",
            &[("action", "test"), ("site", SITE), ("version", "0"), ("hold", "lantern"), ("spam", "")],
        ),
        ("/desk/words", &[("action", "save"), ("site", SITE), ("version", "9"), ("hold", "*"), ("spam", "")]),
        ("/desk/articles", &[("action", "close"), ("site", SITE), ("key", "news/1"), ("edition", "99")]),
        (
            "/desk/reasons",
            &[("action", "save"), ("site", SITE), ("code", "X"), ("text", ""), ("basis", "terms")],
        ),
    ] {
        let answer = browser.sends(path, fields).await;
        story.keeps(("POST", path), &answer);
    }
}
