//! A reader's addresses stay in: in no answer, no mail and no byte that the database keeps.

use serde_json::json;

use crate::support::{SITE, TestApp};

const EMAIL: &str = "canary.reader@quiet-place.example";
const ADDRESS: &str = "203.0.113.77";

both_databases! {
    async fn no_byte_of_the_database_and_no_answer_holds_an_address(app: TestApp) {
        let moderator = app.moderator().await;
        let bearer = format!("Bearer {}", app.backend().await);
        let mut reply = TestApp::reply("Who am I?", EMAIL);
        reply["client"] = json!({"ip": ADDRESS});
        let path = format!("/v1/sites/{SITE}/comments");
        let key = [("authorization", bearer.as_str()), ("idempotency-key", "canary-key")];
        let accepted = app.client.send(("POST", &path), &key, Some(&reply)).await;
        assert_eq!(accepted.status, 202, "{}", accepted.text());
        let comment = accepted.json();
        let mut answers = vec![accepted];
        answers.push(app.client.send(("POST", &path), &key, Some(&reply)).await);
        let bearer_only = [("authorization", bearer.as_str())];
        answers.push(app.client.send(("POST", &path), &bearer_only, Some(&reply)).await);
        reply["name"] = json!(EMAIL);
        answers.push(app.client.send(("POST", &path), &bearer_only, Some(&reply)).await);
        moderator.approves(&comment).await;
        answers.push(app.client.get(&format!("{path}?article=news/1")).await);
        answers.push(app.client.get(&format!("{path}/{}", comment["id"].as_str().unwrap())).await);
        let token = comment["receipt"]["token"].as_str().unwrap();
        answers.push(app.client.get(&format!("/v1/receipts/{token}")).await);
        answers.push(app.client.get(&format!("/receipts/{token}")).await);
        answers.push(moderator.get("/v1/moderation/comments?status=approved").await);
        answers.push(moderator.get(&format!("/v1/moderation/comments/{}", comment["id"].as_str().unwrap())).await);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [202, 202, 409, 422, 200, 200, 200, 200, 200, 200]);
        for answer in &answers {
            let all = format!("{:?} {}", answer.headers, answer.text());
            for secret in [EMAIL, "canary", "quiet-place", ADDRESS, "203.0.113"] {
                assert!(!all.contains(secret), "{} in {all}", "an address");
            }
        }
        app.delivers_everything().await;
        for (_, raw) in app.mails().await {
            assert!(!raw.contains("canary") && !raw.contains(ADDRESS));
        }
        let kept = app.database().bytes();
        let holds = |needle: &str| kept.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
        assert!(holds("Who am I?"), "the bytes are the right ones");
        for secret in [EMAIL, "canary.reader", "quiet-place", ADDRESS, "203.0.113."] {
            assert!(!holds(secret), "an address is kept in the open");
        }
    }
}
