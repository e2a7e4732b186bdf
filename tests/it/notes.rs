//! Notes of decisions are erased for good, and the log stays whole.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    shift::{Browser, hidden, told},
    support::{Desk, SITE, TestApp},
};
use replydesk::{
    domain::{Policy, Role},
    flow::audit,
};

const NOTE: &str = "Canary: his wife told me <b>on the phone</b>";

/// A comment that was rejected with a note; its id.
async fn noted(app: &TestApp, desk: &Desk<'_>, text: &str) -> String {
    let held = app.submits(text, "reader@example.org").await;
    app.waits(Duration::from_secs(1));
    let path = format!("/v1/moderation/comments/{}/decisions", held["id"].as_str().unwrap());
    let says = json!({"decision": "reject", "version": 1, "reason": "Off topic", "note": NOTE});
    assert_eq!(desk.post(&path, &says).await.status, 200);
    app.waits(Duration::from_secs(1));
    held["id"].as_str().unwrap().to_owned()
}

async fn history(desk: &Desk<'_>, id: &str) -> Vec<Value> {
    desk.get(&format!("/v1/moderation/comments/{id}")).await.json()["history"].as_array().unwrap().clone()
}

/// Sealed, and looked at a day later.
async fn verified(app: &TestApp) -> audit::Report {
    while audit::chain(app.app()).await.unwrap() > 0 {}
    app.waits(Duration::from_hours(24));
    audit::verify(app.app(), &[], |_| {}).await.unwrap()
}

both_databases! {
    async fn an_admin_erases_a_note_at_the_comment(app: TestApp) {
        let mo = app.moderator().await;
        let id = noted(app, &mo, "One").await;
        while audit::chain(app.app()).await.unwrap() > 0 {}
        let ada = Browser::of(app, "Ada", Role::Admin).await;
        let page = format!("/desk/comments/{id}");
        let before = ada.sees(&page).await;
        assert!(before.contains("Canary: his wife told me &#60;b&#62;on the phone&#60;/b&#62;") && before.contains("It cannot be brought back."));
        let entry = hidden(&before, "entry");
        let (after, at) = ada.does("/desk/audit", &[("action", "erase-note"), ("entry", &entry), ("next", &page)]).await;
        assert_eq!((told(&after), at.as_str()), ("The note is erased. The log says that there was one, and who erased it.", format!("{page}?amended=erase-note").as_str()));
        assert!(after.contains("Note erased") && !after.contains("Canary") && !after.contains("name=\"entry\""));
        assert!(after.contains("<strong>Erased a note</strong> by <bdi>Ada</bdi>"), "{after}");
        assert!(after.contains("Off topic"), "the reason, which its author was told, stays");
        let told = history(&mo, &id).await;
        assert_eq!((&told[0]["action"], &told[0]["by"], &told[0]["via"], &told[0]["note"], &told[0]["note_erased"]), (&json!("erase-note"), &json!("Ada"), &json!("desk"), &Value::Null, &json!(false)));
        assert_eq!(told[0]["reason"], format!("Of entry {entry}"));
        assert_eq!((&told[1]["action"], &told[1]["note"], &told[1]["note_erased"]), (&json!("reject"), &Value::Null, &json!(true)));
        assert_eq!(app.rows("select count(*) from notes").await, 0);
        // once more is no other thing, and is not written down again
        ada.does("/desk/audit", &[("action", "erase-note"), ("entry", &entry), ("next", &page)]).await;
        assert_eq!(app.rows("select count(*) from audit where action = 'erase-note'").await, 1);
        let report = verified(app).await;
        assert!(report.is_clean() && report.erased_notes == 1, "{report:?}");
        // the decision can still be taken back: it is the last change
        let undo = json!({"decision_id": entry});
        assert_eq!(mo.post("/v1/moderation/undo", &undo).await.status, 200);
        assert_eq!(mo.opens(&json!({"id": id})).await["status"], "pending");
    }

    async fn an_admin_erases_a_note_in_the_log(app: TestApp) {
        let mo = app.moderator().await;
        let (one, other) = (noted(app, &mo, "One").await, noted(app, &mo, "Other").await);
        let ada = Browser::of(app, "Ada", Role::Admin).await;
        let here = format!("/desk/audit?object={one}");
        let page = ada.sees(&here).await;
        let (entry, next) = (hidden(&page, "entry"), hidden(&page, "next"));
        assert_eq!(next, here);
        let (page, _) = ada.does("/desk/audit", &[("action", "erase-note"), ("entry", &entry), ("next", &next)]).await;
        assert!(told(&page).starts_with("The note is erased.") && page.contains("Note erased") && !page.contains("Canary"));
        assert!(page.contains("<strong>Erased a note</strong>"));
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let log = eve.get(&format!("/v1/audit?object={one}")).await.json();
        let of = |n: usize| (log["items"][n]["action"].clone(), log["items"][n]["note"].clone(), log["items"][n]["note_erased"].clone());
        assert_eq!([of(0), of(1)], [(json!("erase-note"), Value::Null, json!(false)), (json!("reject"), Value::Null, json!(true))]);
        assert_eq!(history(&mo, &other).await[0]["note"], NOTE, "no other one");
    }

    async fn it_is_for_admins_of_the_site(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let mo = app.moderator().await;
        let id = noted(app, &mo, "One").await;
        let entry = history(&mo, &id).await[0]["id"].as_str().unwrap().to_owned();
        let erase = [("action", "erase-note"), ("entry", entry.as_str())];
        for (name, role, sites, status) in [
            ("Max", Role::Moderator, &[][..], 403), ("Eve", Role::Editor, &[], 403), ("Otto", Role::Operator, &[], 403), ("Hal", Role::Admin, &["herald"], 404),
        ] {
            let browser = Browser::bound(app, (name, role), sites).await;
            assert_eq!(browser.sends("/desk/audit", &erase).await.status, status, "{name}");
            if role == Role::Editor {
                assert!(!browser.sees(&format!("/desk/comments/{id}")).await.contains("Erase the note"));
                assert!(!browser.sees("/desk/audit").await.contains("Erase the note"));
            }
        }
        let ada = Browser::bound(app, ("Ada", Role::Admin), &[SITE]).await;
        for (fields, status) in [
            (&[("action", "burn"), ("entry", entry.as_str())][..], 400), (&[("action", "erase-note")], 404),
            (&[("action", "erase-note"), ("entry", "7")], 404), (&[("action", "erase-note"), ("entry", id.as_str())], 404),
        ] {
            assert_eq!(ada.sends("/desk/audit", fields).await.status, status, "{fields:?}");
        }
        let forged = app.client.submit("/desk/audit", &erase, &[("cookie", ada.cookie())]).await;
        assert_eq!(forged.status, 403);
        let nobody = app.client.submit("/desk/audit", &erase, &[]).await;
        assert_eq!((nobody.status, nobody.header("location")), (303, "/desk/sign-in?next=%2Fdesk%2Faudit"));
        assert_eq!(app.rows("select count(*) from notes").await, 1);
        assert_eq!(ada.sends("/desk/audit", &erase).await.header("location"), "/desk/audit?amended=erase-note");
        assert_eq!(app.rows("select count(*) from notes").await, 0);
    }

    async fn the_command_line_erases_all_about_a_comment(app: TestApp) {
        let mo = app.moderator().await;
        let (one, other) = (noted(app, &mo, "One").await, noted(app, &mo, "Other").await);
        let again = json!({"decision": "spam", "version": 2, "note": NOTE});
        assert_eq!(mo.post(&format!("/v1/moderation/comments/{one}/decisions"), &again).await.status, 200);
        app.waits(Duration::from_secs(1));
        let erased = audit::erase_notes(app.app(), one.parse().unwrap()).await.unwrap();
        let actions: Vec<(&str, Option<&str>)> = erased.iter().map(|row| (row.action.as_str(), row.actor.as_deref())).collect();
        assert_eq!(actions, [("reject", Some("Mo")), ("spam", Some("Mo"))]);
        assert_eq!(audit::erase_notes(app.app(), one.parse().unwrap()).await.unwrap().len(), 0);
        let entry = history(&mo, &other).await[0]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(audit::erase_notes(app.app(), entry).await.unwrap().len(), 1, "by the entry");
        assert!(audit::erase_notes(app.app(), replydesk::domain::CommentId::from(uuid::Uuid::nil()).uuid()).await.is_err());
        assert_eq!(app.rows("select count(*) from audit where action = 'erase-note' and via = 'cli' and actor is null").await, 3);
        let report = verified(app).await;
        assert!(report.is_clean() && report.erased_notes == 3, "{report:?}");
    }
}
