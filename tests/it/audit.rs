//! The audit log: who reads it, and that nobody changes it unnoticed.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Desk, TestApp};
use replydesk::{
    app::open,
    domain::{Mode, Policy, Role},
    flow::audit::{self, Head, Report, Trouble},
    store::{Kind, StoreError},
};

/// Looked at a day later, when all had to be sealed.
async fn report(app: &TestApp, heads: &[Head]) -> Report {
    app.waits(Duration::from_hours(24));
    audit::verify(app.app(), heads, |_| {}).await.unwrap()
}

async fn seals(app: &TestApp) -> Head {
    while audit::chain(app.app()).await.unwrap() > 0 {}
    audit::head(app.app()).await.unwrap().unwrap()
}

/// So many comments, each rejected with a reason and a note.
async fn rejects(app: &TestApp, moderator: &Desk<'_>, many: usize) {
    for n in 0..many {
        let held = app.submits(&format!("Number {n}"), &format!("reader{n}@example.org")).await;
        let path = format!("/v1/moderation/comments/{}/decisions", held["id"].as_str().unwrap());
        let says =
            json!({"decision": "reject", "version": 1, "reason": "Off topic", "note": format!("Note {n}")});
        assert_eq!(moderator.post(&path, &says).await.status, 200);
    }
}

/// The log as this person gets it.
async fn whole_log(desk: &Desk<'_>, query: &str) -> Vec<Value> {
    let answer = desk.get(&format!("/v1/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// The same without what became of accounts: stories begin with some.
async fn log(desk: &Desk<'_>, query: &str) -> Vec<Value> {
    let mut entries = whole_log(desk, query).await;
    entries.retain(|entry| entry["object"]["kind"] != "moderator");
    entries
}

both_databases! {
    async fn what_was_altered_removed_moved_or_cut_off_is_found(app: TestApp) {
        let moderator = app.moderator().await;
        rejects(app, &moderator, 14).await;
        let head = seals(app).await;
        // the first ones are that the site was made, and an account with a token
        assert_eq!(head.number, 17);
        let clean = report(app, std::slice::from_ref(&head)).await;
        assert_eq!((clean.good, clean.erased_notes, clean.head.as_ref()), (17, 0, Some(&head)));
        assert!(clean.is_clean(), "{:?}", clean.troubles);

        let entry = |number: i64| app.database().audit_id(number);
        let (removed, noted, unlinked, cut) = (entry(6).await, entry(10).await, entry(12).await, entry(17).await);
        for change in [
            "update audit set reason = 'On topic' where id = (select audit from audit_chain where number = 4)",
            "delete from notes where audit = (select audit from audit_chain where number = 6)",
            "delete from audit where id = (select audit from audit_chain where number = 6)",
            "update audit_chain set number = 1008 where number = 8",
            "update audit_chain set number = 8 where number = 9",
            "update audit_chain set number = 9 where number = 1008",
            "update notes set text = 'Kind words' where audit = (select audit from audit_chain where number = 10)",
            "delete from audit_chain where number = 12",
            "delete from notes where audit = (select audit from audit_chain where number = 15)",
            "delete from audit_chain where number = 17",
        ] {
            app.database().forces(change).await;
        }
        let found = report(app, std::slice::from_ref(&head)).await;
        let altered: Vec<i64> = found.troubles.iter().filter_map(|trouble| match trouble {
            Trouble::Altered(number, _) => Some(*number),
            _ => None,
        }).collect();
        // the one behind a moved or missing one was sealed together with another
        assert_eq!(altered, [4, 8, 9, 10, 13]);
        let others: Vec<&Trouble> =
            found.troubles.iter().filter(|trouble| !matches!(trouble, Trouble::Altered(..))).collect();
        let expected = [
            Trouble::Removed(6, removed),
            Trouble::Note(noted),
            Trouble::Gap(12, 12),
            Trouble::CutOff(17),
            Trouble::Unsealed(unlinked),
            Trouble::Unsealed(cut),
        ];
        assert_eq!(others, expected.iter().collect::<Vec<_>>());
        assert_eq!((found.good, found.erased_notes), (9, 1));
    }

    async fn what_the_service_did_not_write_is_not_sealed(app: TestApp) {
        let moderator = app.moderator().await;
        rejects(app, &moderator, 2).await;
        let head = seals(app).await;
        app.waits(Duration::from_hours(2));
        let (now, future) = match app.database().kind {
            Kind::Sqlite => ("x'019a4003000070008000000000000001'", "x'7fffffff000070008000000000000001'"),
            Kind::Postgres => ("'019a4003-0000-7000-8000-000000000001'", "'7fffffff-0000-7000-8000-000000000001'"),
        };
        for id in [now, future] {
            app.database().forces(&format!(
                "insert into audit (id, at, site, actor, via, action, object, object_id, version, from_status, to_status, \
                 reason, note_hash, key, mac) select {id}, at + 1, site, actor, via, 'approve', object, object_id, version, \
                 from_status, 'approved', reason, null, key, mac from audit where id = (select audit from audit_chain where number = 4)"
            )).await;
        }
        assert_eq!(seals(app).await, head);
        let found = report(app, &[]).await.troubles;
        assert!(matches!(found[..], [Trouble::Unsealed(_), Trouble::Unsealed(_)]), "{found:?}");
        // with a place of its own making, it is no better
        let place = format!("insert into audit_chain (number, audit, key, seal) values (6, {now}, 'i1', 'x')");
        app.database().forces(&place).await;
        let note = "insert into notes (audit, salt, text) select audit, '', 'Kind words' from audit_chain where number = 1";
        app.database().forces(note).await;
        let found = report(app, &[]).await.troubles;
        assert!(matches!(found[..], [Trouble::Note(_), Trouble::Altered(6, _), Trouble::Unsealed(_)]), "{found:?}");
    }

    async fn a_service_does_not_go_on_from_an_end_that_it_did_not_make(app: TestApp) {
        let moderator = app.moderator().await;
        rejects(app, &moderator, 3).await;
        seals(app).await;
        app.database().forces("delete from audit_chain where number > 4").await;
        app.database().forces("update audit set reason = 'On topic' where id = (select audit from audit_chain where number = 4)").await;
        assert!(matches!(audit::chain(app.app()).await, Err(StoreError::Corrupt("audit chain"))));
        assert_eq!(app.rows("select max(number) from audit_chain").await, 4);
    }

    async fn a_log_that_was_cut_off_whole_shows_against_an_earlier_end_alone(app: TestApp) {
        let moderator = app.moderator().await;
        rejects(app, &moderator, 3).await;
        let head = seals(app).await;
        for change in [
            "delete from notes where audit = (select audit from audit_chain where number = 6)",
            "delete from audit where id = (select audit from audit_chain where number = 6)",
            "delete from audit_chain where number = 6",
        ] {
            app.database().forces(change).await;
        }
        assert!(report(app, &[]).await.is_clean());
        assert_eq!(report(app, std::slice::from_ref(&head)).await.troubles, [Trouble::CutOff(6)]);
        // what another process writes behind it does not bring it back
        let other = open(&app.config(&[]), &app.clock, app.url().to_owned()).await.unwrap();
        rejects(app, &moderator, 5).await;
        while audit::chain(&other).await.unwrap() > 0 {}
        other.db.close().await;
        assert_eq!(report(app, &[head]).await.troubles, [Trouble::CutOff(6)]);
    }

    async fn workers_that_seal_at_once_make_one_chain(app: TestApp) {
        let moderator = app.moderator().await;
        rejects(app, &moderator, 20).await;
        join_all((0..8).map(|_| audit::chain(app.app()))).await.into_iter().for_each(|sealed| assert!(sealed.is_ok(), "{sealed:?}"));
        let head = seals(app).await;
        let report = report(app, &[]).await;
        assert_eq!((report.good, report.head), (23, Some(head)));
    }

    async fn editors_read_the_log_of_their_sites(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let moderator = app.moderator().await;
        rejects(app, &moderator, 3).await;
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let all = log(&editor, "").await;
        assert_eq!(all.len(), 5);
        assert_eq!((&all[0]["action"], &all[0]["via"], &all[0]["note"]), (&json!("reject"), &json!("api"), &json!("Note 2")));
        assert_eq!((&all[0]["actor"]["name"], &all[0]["from"], &all[0]["to"]), (&json!("Mo"), &json!("pending"), &json!("rejected")));
        assert_eq!((&all[4]["action"], &all[4]["object"]["kind"], &all[4]["actor"]), (&json!("add"), &json!("site"), &json!(null)));
        let by = |member: &str, of: &Value| format!("{member}={}", of.as_str().unwrap());
        let who = by("actor", &all[0]["actor"]["id"]);
        assert_eq!(log(&editor, &who).await.len(), 3);
        assert_eq!(log(&editor, &by("object", &all[1]["object"]["id"])).await, [all[1].clone()]);
        assert_eq!(log(&editor, "site=herald").await, [all[3].clone()]);
        assert_eq!(log(&editor, &format!("site=herald&{who}")).await, [] as [Value; 0]);
        assert_eq!(log(&editor, "site=nowhere").await, [] as [Value; 0]);

        let first = editor.get("/v1/audit?limit=2").await.json();
        assert_eq!(first["next"], first["items"][1]["id"]);
        assert_eq!(log(&editor, &format!("limit=100&cursor={}", all[1]["id"].as_str().unwrap())).await, all[2..]);
        let theirs = app.hires("Her", Role::Editor, &["herald"]).await;
        // and nothing that belongs to no site, such as accounts
        assert_eq!(whole_log(&theirs, "").await, [all[3].clone()]);
        assert!(whole_log(&editor, "").await.len() > all.len());
        assert_eq!(log(&theirs, "site=gazette").await, [] as [Value; 0]);
        let both = app.hires("Bo", Role::Editor, &["gazette", "herald"]).await;
        assert_eq!(whole_log(&both, "").await, all, "one log, whatever it is made of");
        assert_eq!(whole_log(&both, "limit=2").await, all[..2]);
        assert_eq!(whole_log(&both, &format!("cursor={}", all[2]["id"].as_str().unwrap())).await, all[3..]);
        for (name, role) in [("Pat", Role::Moderator), ("Ops", Role::Operator)] {
            let answer = app.hires(name, role, &[]).await.get("/v1/audit").await;
            assert_eq!((answer.status, answer.problem().as_str()), (403, "forbidden"));
        }
        assert_eq!(app.client.get("/v1/audit").await.status, 401);
        assert_eq!(editor.get("/v1/audit?actor=mo").await.status, 422);
    }

    async fn what_a_rule_decides_is_there(app: TestApp) {
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let held = app.submits("A person decides", "ann@example.org").await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let shown = app.posts(&TestApp::reply("Nobody saw it first", "bob@example.org")).await.json();
        let form = crate::submission::form("Buy lamps", &[("address", "12 Main Street")]);
        assert_eq!(app.client.submit("/v1/sites/gazette/comments", &form, &[]).await.status, 303);
        let of = async |id: &Value| log(&editor, &format!("object={}", id.as_str().unwrap())).await;
        assert_eq!(of(&held["id"]).await, [] as [Value; 0]);
        let entry = of(&shown["id"]).await.remove(0);
        let told = ["via", "action", "from", "to"].map(|member| entry[member].as_str().unwrap().to_owned());
        assert_eq!((told, &entry["version"], &entry["actor"]), (["rule", "approve", "pending", "approved"].map(str::to_owned), &json!(1), &Value::Null));
        let all = log(&editor, "site=gazette&limit=100").await;
        let spam: Vec<&Value> = all.iter().filter(|entry| entry["action"] == "spam").collect();
        assert!(spam.len() == 1 && spam[0]["via"] == "rule", "{all:?}");
        seals(app).await;
        assert_eq!(app.rows("select count(*) from audit a where not exists (select 1 from audit_chain c where c.audit = a.id)").await, 0);
        // people's work is counted, and not what rules do
        let stats = editor.get("/v1/moderation/stats").await.json();
        assert_eq!(stats["decisions_per_hour"], 0, "{stats}");
    }

    async fn every_change_of_a_site_is_there(app: TestApp) {
        app.sets_policy(Policy::default()).await;
        app.backend().await;
        let site = app.app().sites.find("gazette").unwrap();
        replydesk::flow::sites::revoke_tokens(app.app(), &site).await.unwrap();
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let mut actions: Vec<String> =
            log(&editor, "site=gazette").await.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
        // of one moment, and so in no order
        actions.sort_unstable();
        assert_eq!(actions, ["add", "issue-token", "revoke-tokens", "set"]);
        let eve = crate::shift::Browser::of(app, "Bea", Role::Moderator).await;
        app.waits(Duration::from_secs(1));
        eve.does("/desk/account/mail", &[("mode", "off"), ("digest_minutes", "60"), ("time_zone", "UTC")]).await;
        let entry = whole_log(&editor, "").await.remove(0);
        assert_eq!((&entry["action"], &entry["via"], &entry["actor"]["name"]), (&json!("set-mail"), &json!("desk"), &json!("Bea")));
    }
}
