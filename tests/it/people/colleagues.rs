//! How admins keep the people at the desk: by the API and by its page.

use replydesk::domain::{Policy, Role};
use serde_json::{Value, json};

use super::{Browser, FIREFOX, MO, id_of};
use crate::support::{Answer, Desk, SITE, TestApp};

const API: &str = "/v1/admin/moderators";
const PAGE: &str = "/desk/people";

async fn sends(desk: &Desk<'_>, way: (&str, &str), body: &Value) -> Answer {
    let bearer = format!("Bearer {}", desk.token);
    let body = (way.0 != "DELETE").then_some(body);
    desk.app.client.send(way, &[("authorization", &bearer)], body).await
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    let mut names: Vec<String> = items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    names
}

both_databases! {
    async fn people_come_change_and_go_by_the_api(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        let new = json!({"email": "Mo@Gazette.example", "name": " Mo ", "role": "moderator", "sites": [SITE]});
        let made = admin.post(API, &new).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let body = made.json();
        let told = (&body["email"], &body["name"], &body["role"], &body["sites"], &body["second_factor"]);
        assert_eq!(told, (&json!(MO), &json!("Mo"), &json!("moderator"), &json!([SITE]), &json!(false)));
        assert!(body["invited_at"].is_string() && body["seen_at"].is_null());
        app.delivers_everything().await;
        assert_eq!(app.mails().await.pop().unwrap().0, [MO], "the invitation");
        let again = admin.post(API, &new).await;
        assert_eq!((again.problem().as_str(), again.faults()), ("validation", vec![("email".to_owned(), "taken".to_owned())]));
        assert_eq!(names(&admin.get(API).await), ["Ada", "Mo"]);
        let path = format!("{API}/{}", body["id"].as_str().unwrap());
        let raised = sends(&admin, ("PATCH", &path), &json!({"role": "editor", "sites": null})).await;
        assert_eq!((raised.status, &raised.json()["role"], &raised.json()["sites"]), (200, &json!("editor"), &json!(null)));
        let renamed = sends(&admin, ("PATCH", &path), &json!({"name": "Moira"})).await;
        assert_eq!((&renamed.json()["name"], &renamed.json()["role"]), (&json!("Moira"), &json!("editor")));
        assert_eq!(sends(&admin, ("DELETE", &path), &Value::Null).await.status, 204);
        for way in [("DELETE", path.as_str()), ("PATCH", &path), ("PATCH", "/v1/admin/moderators/nonsense")] {
            assert_eq!(sends(&admin, way, &json!({"name": "Mo"})).await.problem(), "not-found");
        }
    }

    async fn what_is_wrong_is_named(app: TestApp) {
        let admin = app.hires("Ada", Role::Admin, &[]).await;
        let good = json!({"email": MO, "name": "Mo", "role": "moderator", "sites": [SITE]});
        for (field, value, code) in [
            ("email", json!("mo"), "not-an-address"),
            ("name", json!(" "), "required"),
            ("name", json!("x".repeat(101)), "too-long"),
            ("name", json!("a\tb"), "control-character"),
            ("name", json!("a\u{202e}b"), "control-character"),
            ("name", json!("mo@gazette"), "at-sign"),
            ("name", json!("\u{200b}"), "required"),
            ("role", json!("boss"), "unknown-value"),
            ("sites", json!(["nowhere"]), "unknown-value"),
            ("sites", json!([]), "unknown-value"),
            ("sites", json!(SITE), "wrong-type"),
        ] {
            let mut wrong = good.clone();
            wrong[field] = value;
            assert_eq!(admin.post(API, &wrong).await.faults(), [(field.to_owned(), code.to_owned())], "{wrong}");
        }
        let missing = admin.post(API, &json!({})).await.faults();
        assert_eq!(missing, ["email", "name", "role"].map(|field| (field.to_owned(), "required".to_owned())));
        let own = format!("{API}/{}", id_of(app, "ada@gazette.example").await);
        let moved = sends(&admin, ("PATCH", &own), &json!({"email": MO})).await;
        assert_eq!(moved.faults(), [("email".to_owned(), "not-permitted".to_owned())]);
        // the last admin cannot lock everybody out
        for (method, body) in [("PATCH", json!({"role": "editor"})), ("PATCH", json!({"sites": [SITE]})), ("DELETE", Value::Null)] {
            assert_eq!(sends(&admin, (method, &own), &body).await.problem(), "forbidden");
        }
        // nor take the second factor off without the password and a code
        assert_eq!(sends(&admin, ("PATCH", &own), &json!({"reset_second_factor": true})).await.problem(), "forbidden");
        for body in [json!({"invite": true}), json!({"reset_second_factor": true}), json!({"version": 1})] {
            assert_eq!(admin.post(API, &body).await.faults()[0].1, "unknown-member", "{body}");
        }
        assert_eq!(sends(&admin, ("PATCH", &own), &json!({"name": "Adah"})).await.status, 200);
    }

    async fn nobody_but_admins_keeps_people(app: TestApp) {
        let editor = app.hires("Eve", Role::Editor, &[]).await;
        let path = format!("{API}/{}", id_of(app, "eve@gazette.example").await);
        let new = json!({"email": MO, "name": "Mo", "role": "admin"});
        assert_eq!(editor.get(API).await.problem(), "forbidden");
        assert_eq!(editor.post(API, &new).await.problem(), "forbidden");
        assert_eq!(sends(&editor, ("PATCH", &path), &json!({"role": "admin"})).await.problem(), "forbidden");
        assert_eq!(sends(&editor, ("DELETE", &path), &Value::Null).await.problem(), "forbidden");
        assert_eq!(app.client.get(API).await.problem(), "unauthenticated");
        let mut browser = Browser::of(app, FIREFOX);
        browser.signs_in("eve@gazette.example").await;
        assert_eq!(browser.gets(PAGE).await.status, 403);
        let form = [("email", MO), ("name", "Mo"), ("role", "admin")];
        assert_eq!(browser.posts(PAGE, "/desk/account", &form).await.status, 403);
        assert_eq!(app.rows("select count(*) from moderators").await, 1);
    }

    async fn an_admin_of_some_sites_keeps_the_people_of_these(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let bound = app.hires("Ada", Role::Admin, &[SITE]).await;
        app.hires("Mo", Role::Moderator, &[SITE]).await;
        app.hires("Hal", Role::Moderator, &["herald"]).await;
        app.hires("Bo", Role::Moderator, &[SITE, "herald"]).await;
        app.hires("All", Role::Moderator, &[]).await;
        assert_eq!(names(&bound.get(API).await), ["Ada", "Mo"]);
        for name in ["hal", "bo", "all"] {
            let path = format!("{API}/{}", id_of(app, &format!("{name}@gazette.example")).await);
            assert_eq!(sends(&bound, ("DELETE", &path), &Value::Null).await.problem(), "not-found");
            assert_eq!(sends(&bound, ("PATCH", &path), &json!({"name": "x"})).await.problem(), "not-found");
        }
        let mo = format!("{API}/{}", id_of(app, MO).await);
        // a site of others is as unknown as one that is not there
        for (sites, problem) in [
            (json!(null), "forbidden"),
            (json!(["herald"]), "validation"),
            (json!([SITE, "herald"]), "validation"),
            (json!([SITE, "nowhere"]), "validation"),
        ] {
            assert_eq!(sends(&bound, ("PATCH", &mo), &json!({"sites": sites})).await.problem(), problem);
            let new = json!({"email": "new@gazette.example", "name": "New", "role": "moderator", "sites": sites});
            assert_eq!(bound.post(API, &new).await.problem(), problem);
        }
        assert_eq!(sends(&bound, ("PATCH", &mo), &json!({"role": "admin"})).await.status, 200);
    }

    async fn people_come_change_and_go_at_the_desk(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        app.hires("Ada", Role::Admin, &[]).await;
        let mut ada = Browser::of(app, FIREFOX);
        ada.signs_in("ada@gazette.example").await;
        assert!(ada.gets("/desk").await.text().contains("href=\"/desk/people\""));
        let form = [("email", MO), ("name", "Mo <b>"), ("role", "editor"), ("site", SITE), ("site", "herald")];
        let wrong = form.map(|(name, value)| (name, if name == "name" { " " } else { value }));
        let refused = ada.posts(PAGE, PAGE, &wrong).await;
        let page = refused.text();
        assert!(refused.status == 422 && page.contains("<p class=\"field-error\" id=\"name-fault\">Please enter a name.</p>") && page.contains(MO));
        let add = page.split("id=\"add\"").nth(1).unwrap();
        assert!(add.contains("<option value=\"editor\" selected>"), "{add}");
        for key in [SITE, "herald"] {
            assert!(add.contains(&format!("value=\"{key}\" checked")), "{add}");
        }
        let added = ada.posts(PAGE, PAGE, &form).await;
        assert_eq!((added.status, added.header("location")), (303, "/desk/people?done=added"));
        let twice = ada.posts(PAGE, PAGE, &form).await;
        assert!(twice.status == 422 && twice.text().contains("That address has an account already."));
        let page = ada.gets("/desk/people?done=added").await.text();
        assert!(page.contains("Mo &#60;b&#62;") && page.contains("Invited") && page.contains("on its way"), "{page}");
        let mo = format!("{PAGE}/{}", id_of(app, MO).await);
        let change = [("action", "change"), ("version", "1"), ("name", "Mo"), ("role", "editor"), ("site", SITE)];
        assert_eq!(ada.posts(&mo, PAGE, &change).await.header("location"), "/desk/people?done=changed");
        let page = ada.gets(PAGE).await.text();
        assert!(page.contains("Editor, <bdi>The Gazette</bdi>; without a second factor"), "{page}");
        for (action, done) in [("invite", "invited"), ("reset", "reset"), ("remove", "removed")] {
            let answer = ada.posts(&mo, PAGE, &[("action", action)]).await;
            assert_eq!(answer.header("location"), format!("/desk/people?done={done}"));
        }
        assert_eq!(ada.posts(&mo, PAGE, &[("action", "invite")]).await.status, 404);
        let own = format!("{PAGE}/{}", id_of(app, "ada@gazette.example").await);
        assert_eq!(ada.posts(&own, PAGE, &[("action", "remove")]).await.status, 403);
        let demotes = [("action", "change"), ("version", "1"), ("name", "Ada"), ("role", "moderator"), ("everywhere", "yes")];
        assert_eq!(ada.posts(&own, PAGE, &demotes).await.status, 422);
    }
}
