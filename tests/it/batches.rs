//! Many decisions at once: by name, and by what the comments have in common.

use serde_json::{Value, json};

use crate::{
    claims::wait,
    support::{Answer, Desk, SITE, TestApp},
};
use replydesk::{
    domain::{Decision, Moderator, Policy, Role},
    flow::{
        accounts,
        batch::{self, Expected},
        moderate::{Action, Ruling},
        queue::Wanted,
        undo::{self, Which},
    },
};

const PATH: &str = "/v1/moderation/decisions";

/// Rejects all that a filter finds, if there are so many.
async fn rejects(desk: &Desk<'_>, filter: &Value, expect: usize) -> Answer {
    desk.post(PATH, &json!({"filter": filter, "expect": expect, "decision": "reject"})).await
}

fn outcomes(answer: &Answer, outcome: &str) -> usize {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let results = answer.json()["results"].as_array().unwrap().clone();
    results.iter().filter(|result| result["outcome"] == outcome).count()
}

both_databases! {
    async fn whose_rights_change_on_the_way_goes_no_further(app: TestApp) {
        let ann = app.hires("Ann", Role::Moderator, &[]).await;
        for number in 0..60 {
            app.submits(&format!("Waiting {number}"), &format!("reader{number}@example.org")).await;
        }
        let row = accounts::find(app.app(), "ann@gazette.example").await.unwrap().unwrap();
        // as she was when the request came; her account says otherwise since
        let before = Moderator { id: row.id, name: row.name, role: Role::Editor, sites: None };
        let ruling = Ruling {
            action: Action::Decide(Decision::Reject),
            reason: None,
            reason_code: None,
            note: None,
            moderator: &before,
            via: "api",
        };
        let all = (&Wanted { limit: 100, ..Wanted::default() }, Expected { count: 60, slack: 0 });
        let batch = batch::decide_listed(app.app(), all, &ruling).await.unwrap();
        assert_eq!((batch.results.len(), batch.left), (50, 10));
        assert_eq!(ann.queue("").await.len(), 10);
        let what = serde_json::json!({"batch": batch.id});
        let undone = ann.post("/v1/moderation/undo", &what).await.json();
        assert_eq!((undone["results"].as_array().unwrap().len(), &undone["left"]), (50, &serde_json::json!(0)));
        assert_eq!(ann.queue("").await.len(), 60);
    }

    async fn what_is_left_to_undo_is_counted_of_ones_own_sites(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        for number in 0..65 {
            let site = if number < 60 { SITE } else { "herald" };
            app.waits(std::time::Duration::from_millis(1));
            let reply = TestApp::reply(&format!("Waiting {number}"), &format!("reader{number}@example.org"));
            assert_eq!(app.client.post(&format!("/v1/sites/{site}/comments"), &reply).await.status, 202);
        }
        let batch = rejects(&eve, &json!({}), 65).await.json()["batch"].as_str().unwrap().to_owned();
        app.hires("Bea", Role::Moderator, &[SITE]).await;
        let row = accounts::find(app.app(), "bea@gazette.example").await.unwrap().unwrap();
        let sites = Some(vec![app.app().sites.find(SITE).unwrap().id]);
        // as she was when the request came: she goes no further than the first turn
        let before = Moderator { id: row.id, name: row.name, role: Role::Editor, sites };
        let undone = undo::undo(app.app(), (&before, "api"), Which::Batch(batch.parse().unwrap())).await.unwrap();
        assert!(undone.left > 0 && undone.results.len() + undone.left == 60, "{} {}", undone.results.len(), undone.left);
    }

    async fn all_that_a_filter_finds_in_turns_and_back_again(app: TestApp) {
        let moderator = app.moderator().await;
        wait(app, 130).await;
        let spam = json!({"filter": {"needs": "decision", "site": "gazette"}, "expect": 130, "decision": "spam", "note": "A campaign"});
        let answer = moderator.post(PATH, &spam).await;
        assert_eq!((outcomes(&answer, "done"), answer.json()["left"].clone()), (130, json!(0)));
        assert_eq!(app.rows("select count(*) from comments where status = 'spam'").await, 130);
        assert_eq!(app.rows("select count(distinct batch) from decisions").await, 1);
        assert_eq!(app.rows("select count(*) from notes").await, 130);
        let undone = moderator.post("/v1/moderation/undo", &json!({"batch": answer.json()["batch"]})).await;
        assert_eq!(outcomes(&undone, "done"), 130);
        assert_eq!(moderator.queue("").await.len(), 100);
        assert_eq!(app.rows("select count(*) from comments where needs = 'decision' and version = 3").await, 130);
    }

    async fn nothing_is_decided_when_the_count_has_moved(app: TestApp) {
        let moderator = app.moderator().await;
        wait(app, 5).await;
        for (expect, slack) in [(4, 0), (6, 0), (3, 1), (7, 1), (0, 4)] {
            let body = json!({"filter": {}, "expect": expect, "slack": slack, "decision": "reject"});
            let answer = moderator.post(PATH, &body).await;
            assert_eq!((answer.status, answer.problem().as_str()), (409, "version-conflict"), "{body}");
            assert_eq!(answer.json()["current"], json!({"count": 5}));
        }
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 0);
        let body = json!({"filter": {}, "expect": 7, "slack": 2, "decision": "reject"});
        assert_eq!(outcomes(&moderator.post(PATH, &body).await, "done"), 5);
        assert_eq!(outcomes(&rejects(&moderator, &json!({}), 0).await, "done"), 0);
    }

    async fn a_filter_takes_what_the_list_takes(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let moderator = app.moderator().await;
        wait(app, 3).await;
        let mut other = TestApp::reply("Under another article", "ann@example.org");
        other["article"]["key"] = json!("news/2");
        app.posts(&other).await;
        let elsewhere = TestApp::reply("Elsewhere", "ann@example.org");
        assert_eq!(app.client.post("/v1/sites/herald/comments", &elsewhere).await.status, 202);
        app.submits("Sign the petition for the bridge today!", "one@example.org").await;
        let again = app.submits("Sign the petition for the bridge today!", "two@example.org").await;
        let code = moderator.opens(&again).await["findings"][0]["code"].clone();
        moderator.does("escalate", &again).await;
        for (filter, expect) in [
            (json!({"article": "news/2"}), 1),
            (json!({"needs": "escalated"}), 1),
            (json!({"finding": code}), 1),
            (json!({"site": "herald"}), 1),
            (json!({"site": "herald", "article": "news/2"}), 0),
            (json!({"status": "pending"}), 7),
            (json!({"status": "pending", "needs": "any"}), 7),
            (json!({"status": "approved"}), 0),
            (json!({"needs": "any"}), 7),
        ] {
            let listed = filter.as_object().unwrap().iter().fold(String::new(), |query, (name, value)| {
                format!("{query}&{name}={}", value.as_str().unwrap())
            });
            assert_eq!(moderator.queue(&listed).await.len(), expect, "{listed}");
            let wrong = rejects(&moderator, &filter, expect + 1).await;
            assert_eq!(wrong.json()["current"]["count"], expect, "{filter}");
        }
        let bound = app.hires("Olga", Role::Editor, &["herald"]).await;
        assert_eq!(outcomes(&rejects(&bound, &json!({}), 1).await, "done"), 1);
        assert_eq!(outcomes(&rejects(&moderator, &json!({"status": "rejected"}), 1).await, "conflict"), 1, "the table has the last word");
    }

    async fn a_comment_that_is_named_twice_is_decided_once(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Named twice", "ann@example.org").await;
        let items = json!([{"id": comment["id"], "version": 1}, {"id": comment["id"], "version": 1}, {"id": comment["id"], "version": 2}]);
        let answer = moderator.post(PATH, &json!({"items": items, "decision": "approve"})).await;
        assert_eq!((outcomes(&answer, "done"), outcomes(&answer, "conflict")), (1, 2));
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 1);
        let one = json!({"decision_id": answer.json()["results"][0]["decision_id"]});
        assert_eq!(moderator.post("/v1/moderation/undo", &one).await.status, 200, "one of a batch can be undone, too");
    }

    async fn what_is_asked_for_must_make_sense(app: TestApp) {
        let moderator = app.moderator().await;
        let comment = app.submits("Here", "ann@example.org").await;
        let items = json!([{"id": comment["id"], "version": 1}]);
        for (body, field, code) in [
            (json!({"decision": "reject"}), "items", "required"),
            (json!({"decision": "reject", "items": []}), "items", "required"),
            (json!({"decision": "reject", "items": items, "filter": {}}), "filter", "unknown-member"),
            (json!({"decision": "reject", "items": items, "expect": 1}), "expect", "unknown-member"),
            (json!({"decision": "reject", "items": items, "slack": 1}), "slack", "unknown-member"),
            (json!({"decision": "reject", "filter": {}}), "expect", "required"),
            (json!({"decision": "reject", "filter": {}, "expect": 10_001}), "expect", "unknown-value"),
            (json!({"decision": "reject", "filter": {}, "expect": 1, "slack": 10_001}), "slack", "unknown-value"),
            (json!({"decision": "reject", "filter": {}, "expect": -1}), "expect", "wrong-type"),
            (json!({"decision": "reject", "filter": [], "expect": 1}), "filter", "wrong-type"),
            (json!({"decision": "reject", "filter": {"needs": "x"}, "expect": 1}), "filter.needs", "unknown-value"),
            (json!({"decision": "reject", "filter": {"status": "x"}, "expect": 1}), "filter.status", "unknown-value"),
            (json!({"decision": "reject", "filter": {"site": "a\0"}, "expect": 1}), "filter.site", "control-character"),
            (json!({"decision": "reject", "filter": {"text": "x"}, "expect": 1}), "body", "unknown-member"),
            (json!({"decision": "perhaps", "filter": {}, "expect": 1}), "decision", "unknown-value"),
            (json!({"filter": {}, "expect": 1}), "decision", "required"),
        ] {
            let answer = moderator.post(PATH, &body).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{body}");
        }
        let operator = app.hires("Otto", Role::Operator, &[]).await;
        assert_eq!(rejects(&operator, &json!({}), 1).await.problem(), "forbidden");
        assert_eq!(app.rows("select count(*) from audit where object = 'comment'").await, 0);
    }
}
