//! Watching the queue: what others do is told at once, to those who may know.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Desk, TestApp};
use replydesk::{
    domain::{Policy, Role},
    flow::accounts,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who watches.
pub(crate) struct Watch {
    stream: TcpStream,
    said: String,
}

impl Watch {
    pub(crate) async fn of(desk: &Desk<'_>) -> Self {
        Self::with(desk.app, &format!("Authorization: Bearer {}\r\n", desk.token)).await
    }

    async fn with(app: &TestApp, headers: &str) -> Self {
        let mut stream = TcpStream::connect(app.running.public.unwrap()).await.unwrap();
        let head =
            format!("GET /v1/moderation/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut watch = Self { stream, said: String::new() };
        watch.hears("\r\n\r\n").await;
        watch
    }

    /// How often it was told of this version of a comment.
    pub(crate) fn told(&self, comment: &Value, version: i64) -> usize {
        let (id, version) = (comment["id"].to_string(), format!("\"version\":{version}"));
        self.said.lines().filter(|line| line.contains(&id) && line.contains(&version)).count()
    }

    /// Listens until it was told of this version of a comment.
    pub(crate) async fn hears_of(&mut self, comment: &Value, version: i64) {
        let heard = timeout(PATIENCE, async {
            while self.told(comment, version) == 0 {
                assert!(self.listens().await, "it ended: {}", self.said);
            }
        });
        assert!(heard.await.is_ok(), "nothing of version {version} of {}", comment["id"]);
    }

    /// Listens until this is said.
    async fn hears(&mut self, words: &str) {
        let heard = timeout(PATIENCE, async {
            while !self.said.contains(words) {
                assert!(self.listens().await, "it ended without {words:?}: {}", self.said);
            }
        });
        assert!(heard.await.is_ok(), "no {words:?} in {}", self.said);
    }

    /// Listens until the other side ends it.
    async fn ends(&mut self) {
        let ended = timeout(PATIENCE, async { while self.listens().await {} });
        assert!(ended.await.is_ok(), "it goes on: {}", self.said);
    }

    async fn listens(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = self.stream.read(&mut bytes).await.unwrap();
        self.said.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        read > 0
    }
}

both_databases! {
    async fn who_watches_hears_what_comes_and_what_others_decide(app: TestApp) {
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.moderator().await);
        let mut watch = Watch::of(&ann).await;
        assert!(watch.said.contains("content-type: text/event-stream") && watch.said.contains("cache-control: no-store"), "{}", watch.said);
        let held = app.submits("Please look", "reader@example.org").await;
        let id = held["id"].as_str().unwrap();
        app.looks_around().await;
        watch.hears(&format!("event: comment.waiting\ndata: {{\"id\":\"{id}\",\"needs\":\"decision\",\"site\":\"gazette\",\"version\":1}}\n\n")).await;
        ben.does("escalate", &held).await;
        app.looks_around().await;
        watch.hears(&format!("{{\"id\":\"{id}\",\"needs\":\"escalated\",\"site\":\"gazette\",\"version\":2}}")).await;
        ben.approves(&held).await;
        app.looks_around().await;
        app.looks_around().await;
        let decided = format!("event: comment.decided\ndata: {{\"by\":\"Mo\",\"id\":\"{id}\",\"site\":\"gazette\",\"status\":\"approved\",\"version\":3,\"via\":\"api\"}}\n\n");
        watch.hears(&decided).await;
        let next = app.submits("The next one", "reader@example.org").await;
        app.looks_around().await;
        watch.hears(next["id"].as_str().unwrap()).await;
        assert_eq!(watch.said.matches(&decided).count(), 1, "told once: {}", watch.said);
        assert!(!watch.said.contains("Please look") && !watch.said.contains("reader@"), "{}", watch.said);
    }

    async fn changes_close_behind_each_other_are_told_once_each(app: TestApp) {
        let (ann, eve) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Eve", Role::Editor, &[]).await);
        let (first, second) = (app.submits("Please look", "reader@example.org").await, app.submits("And here", "reader@example.org").await);
        let mut watch = Watch::of(&ann).await;
        app.looks_around().await;
        // a decision, and a recommendation before anybody looks
        eve.approves(&first).await;
        let path = |comment: &Value| format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap());
        assert_eq!(eve.sends(("PATCH", &path(&first)), Some(&json!({"picked": true, "version": 2}))).await.status, 200);
        // decided, held again and decided by somebody else
        eve.approves(&second).await;
        eve.does("hold", &second).await;
        ann.does("reject", &second).await;
        app.looks_around().await;
        app.looks_around().await;
        watch.hears_of(&second, 4).await;
        let told = |comment: &Value, status: &str, by: &str, version: u8| format!("{{\"by\":\"{by}\",\"id\":{},\"site\":\"gazette\",\"status\":\"{status}\",\"version\":{version},", comment["id"]);
        for (comment, status, by, version) in [(&first, "approved", "Eve", 2), (&second, "approved", "Eve", 2), (&second, "rejected", "Ann", 4)] {
            assert_eq!(watch.said.matches(&told(comment, status, by, version)).count(), 1, "{status} {version}: {}", watch.said);
        }
        assert_eq!((watch.told(&first, 3), watch.told(&second, 3)), (0, 0), "{}", watch.said);
        // text and recommendation of what has an edit that waits: two entries, one piece of news
        let third = app.submits("With an edit", "reader@example.org").await;
        eve.approves(&third).await;
        let receipt = format!("/v1/receipts/{}", third["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("PATCH", &receipt), &[], Some(&json!({"comment": "With another one"}))).await.status, 200);
        let both = json!({"picked": true, "comment": "With ours", "version": 3});
        assert_eq!(eve.sends(("PATCH", &path(&third)), Some(&both)).await.status, 200);
        app.looks_around().await;
        app.looks_around().await;
        let next = app.submits("The next one", "reader@example.org").await;
        app.looks_around().await;
        watch.hears_of(&next, 1).await;
        assert!(watch.told(&third, 4) <= 1, "{}", watch.said);
    }

    async fn who_reads_what_is_told_when_it_changes(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let (ann, ben) = (app.hires("Ann", Role::Moderator, &[]).await, app.hires("Ben", Role::Moderator, &[]).await);
        let theirs = app.hires("Her", Role::Moderator, &["herald"]).await;
        let held = app.submits("Please look", "reader@example.org").await;
        let (mut watch, mut own, mut elsewhere) = (Watch::of(&ann).await, Watch::of(&ben).await, Watch::of(&theirs).await);
        app.looks_around().await;
        assert_eq!(ben.claims(1).await.len(), 1);
        app.looks_around().await;
        let told = |mine: bool| format!("\"id\":{},\"mine\":{mine},\"site\":\"gazette\"}}\n\n", held["id"]);
        watch.hears("event: claim.changed\ndata: {\"by\":\"Ben\",\"expires_at\":\"").await;
        watch.hears(&told(false)).await;
        own.hears(&told(true)).await;
        app.looks_around().await;
        app.waits(Duration::from_mins(6));
        app.looks_around().await;
        watch.hears("event: claim.changed\ndata: {\"by\":null,\"expires_at\":null,").await;
        assert_eq!(watch.said.matches("claim.changed").count(), 2, "nothing twice: {}", watch.said);
        let next = app.client.post("/v1/sites/herald/comments", &TestApp::reply("On theirs", "reader@example.org")).await.json();
        app.looks_around().await;
        elsewhere.hears(next["id"].as_str().unwrap()).await;
        assert_eq!(elsewhere.said.matches("claim.changed").count(), 0, "{}", elsewhere.said);
    }

    async fn of_their_sites_only(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let theirs = app.hires("Her", Role::Moderator, &["herald"]).await;
        let mut watch = Watch::of(&theirs).await;
        app.submits("On the other site", "reader@example.org").await;
        let own = app.client.post("/v1/sites/herald/comments", &TestApp::reply("On theirs", "reader@example.org")).await.json();
        app.looks_around().await;
        watch.hears(own["id"].as_str().unwrap()).await;
        assert_eq!(watch.said.matches("event:").count(), 1, "{}", watch.said);
    }

    async fn who_may_not_is_refused_and_who_is_removed_hears_no_more(app: TestApp) {
        let operator = app.hires("Ops", Role::Operator, &[]).await;
        assert_eq!(operator.get("/v1/moderation/events").await.status, 403);
        assert_eq!(app.client.get("/v1/moderation/events").await.status, 401);
        let moderator = app.moderator().await;
        let mut watch = Watch::of(&moderator).await;
        watch.hears("retry: ").await;
        let row = accounts::find(app.app(), "mo@gazette.example").await.unwrap().unwrap();
        accounts::remove(app.app(), row.id).await.unwrap();
        watch.ends().await;
    }
}
