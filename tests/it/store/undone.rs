use replydesk::{
    domain::{AuditId, BatchId, CommentId, Needs, Status},
    store::Made,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::site_of;
use crate::{claims::wait, support::TestApp};

both_databases! {
    async fn what_a_decision_replaced_is_kept_with_its_batch(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Nice piece", "ann@example.org").await;
        let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        let approved_at = app.clock.now();
        let mut made = Vec::new();
        for (decision, reason) in [("approve", None), ("reject", Some("House rule 3")), ("hold", None)] {
            let version = i64::try_from(made.len()).unwrap() + 1;
            let ruling = json!({"decision": decision, "version": version, "reason": reason});
            let answer = moderator.post(&path, &ruling).await.json();
            made.push(decision_of(app, &answer["decision_id"]).await.unwrap());
            app.waits(std::time::Duration::from_secs(1));
        }
        let state = |made: &Made| (made.version, made.state.status, made.state.needs, made.state.reason.clone());
        assert_eq!(state(&made[0]), (2, Status::Pending, Some(Needs::Decision), None));
        assert_eq!(state(&made[1]), (3, Status::Approved, None, None));
        assert_eq!(state(&made[2]), (4, Status::Rejected, None, Some("House rule 3".to_owned())));
        assert_eq!((made[0].state.published_at, made[0].state.decided_at), (None, None));
        assert_eq!((made[1].state.published_at, made[1].state.decided_at), (Some(approved_at), Some(approved_at)));
        assert!(made.iter().all(|made| made.site == site_of(app) && made.actor.is_some() && (made.state.revision, made.state.waiting) == (1, None)));
        assert_eq!(app.rows("select count(distinct batch) from decisions").await, 3, "each request is one batch");
    }

    async fn a_batch_is_read_in_turns(app: TestApp) {
        let moderator = app.moderator().await;
        let waiting = wait(app, 7).await;
        let items: Vec<Value> = waiting.iter().map(|comment| json!({"id": comment["id"], "version": 1})).collect();
        let answer = moderator.post("/v1/moderation/decisions", &json!({"items": items, "decision": "spam"})).await.json();
        let batch: BatchId = answer["batch"].as_str().unwrap().parse().unwrap();
        let (mut after, mut read) = (AuditId::from(Uuid::nil()), Vec::new());
        for expected in [3, 3, 1, 0] {
            let turn = app.app().db.read(async |tx| tx.decisions_of(batch, after, 3).await).await.unwrap();
            assert_eq!(turn.len(), expected);
            after = turn.last().map_or(after, |made| made.id);
            read.extend(turn.into_iter().map(|made| made.comment));
        }
        read.sort_unstable();
        let all: Vec<CommentId> = waiting.iter().map(|comment| comment["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(read, all);
    }

    async fn what_is_no_decision_has_a_site_all_the_same(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Nice piece", "ann@example.org").await;
        moderator.approves(&comment).await;
        app.waits(std::time::Duration::from_secs(1));
        let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        let history = moderator.opens(&comment).await["history"].clone();
        let withdrawal = history[0]["id"].clone();
        assert_eq!(history[0]["action"], "withdraw");
        assert!(decision_of(app, &withdrawal).await.is_none());
        let site = async |id: AuditId| app.app().db.read(async |tx| tx.changed_site(id).await).await.unwrap();
        assert_eq!(site(withdrawal.as_str().unwrap().parse().unwrap()).await, Some(site_of(app)));
        assert_eq!(site(Uuid::nil().into()).await, None);
    }
}

async fn decision_of(app: &TestApp, id: &Value) -> Option<Made> {
    let id: AuditId = id.as_str().unwrap().parse().unwrap();
    app.app().db.read(async |tx| tx.decision(id).await).await.unwrap()
}
