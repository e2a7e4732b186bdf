//! Links that do not decide: used up by a change, too old, altered, of somebody who may not, or not allowed by the site.

use std::time::Duration;

use serde_json::json;

use super::{held, link_to, links_in, mail_to, opens, posts, tells, traces};
use crate::{
    moderation::edits,
    support::{SITE, TestApp},
};
use replydesk::{
    domain::{Links, Mode, Policy, Role},
    flow::{
        accounts::{self, Change},
        links::LIFE,
    },
};

const DAY: Duration = Duration::from_hours(24);

async fn changes_mo(app: &TestApp, role: Role, bound_to: &[&str]) {
    let current = accounts::find(app.app(), "mo@gazette.example").await.unwrap().unwrap();
    let change = Change {
        role: Some(role),
        sites: Some(bound_to.iter().map(|key| app.app().sites.find(key).unwrap().id).collect()),
        ..Change::default()
    };
    accounts::set(app.app(), current.id, (&change, None)).await.unwrap();
}

both_databases! {
    async fn a_link_decides_on_the_version_of_its_mail_only(app: TestApp) {
        let moderator = app.moderator().await;
        let (comment, link) = held(app, "First words").await;
        edits(app, &comment, "Other words").await;
        let before = traces(app).await;
        let page = opens(app, &link).await;
        tells(&page, 200, &["The comment has changed", "/desk/comments/"]);
        assert!(!page.text().contains("Other words") && !page.text().contains("First words"));
        tells(&posts(app, &link, "approve").await, 409, &["The comment has changed", "Your decision was not applied."]);
        assert_eq!(traces(app).await, before);
        assert_eq!(moderator.opens(&comment).await["status"], "pending");
        // put back after a decision it is another version as well
        let (comment, link) = held(app, "Back and forth").await;
        moderator.approves(&comment).await;
        moderator.does("hold", &comment).await;
        tells(&posts(app, &link, "approve").await, 409, &["You have left this comment for another look"]);
        assert_eq!(app.reads("").await["article"]["count"], 0);
        // its author takes it back
        let (comment, link) = held(app, "Taken back").await;
        let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        for (page, status) in [(opens(app, &link).await, 200), (posts(app, &link, "approve").await, 409)] {
            tells(&page, status, &["The comment was withdrawn"]);
            assert!(!page.text().contains("Taken back"));
        }
        assert_eq!(moderator.opens(&comment).await["status"], "withdrawn");
    }

    async fn an_edit_of_a_published_comment_is_decided_by_its_own_mail(app: TestApp) {
        let moderator = app.moderator().await;
        let (comment, first) = held(app, "Before the edit").await;
        assert_eq!(posts(app, &first, "approve").await.status, 303);
        edits(app, &comment, "After the edit").await;
        let link = link_to(app, "Mo", "After the edit").await;
        let page = opens(app, &link).await.text();
        assert!(page.contains("Before the edit") && page.contains("After the edit") && page.contains("Edit waiting"), "{page}");
        tells(&opens(app, &first).await, 200, &["The comment has changed"]);
        // a reply was written to what readers saw
        app.answers(&comment, "An answer to it", "bob@example.org").await;
        let mail = mail_to(app, "Mo", "An answer to it").await;
        let answer = opens(app, &links_in(&mail, "/d/")[0]).await.text();
        for text in [mail, answer] {
            assert!(text.contains("Before the edit") && !text.contains("After the edit"), "{text}");
        }
        assert_eq!(posts(app, &link, "approve").await.status, 303);
        assert_eq!(app.reads("").await["comments"][0]["text"], "After the edit");
        assert_eq!(moderator.opens(&comment).await["version"], 4);
    }

    async fn what_was_published_unseen_is_reviewed_by_the_link(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        app.moderator().await;
        let reply = TestApp::reply("Published unseen", "ann@example.org");
        assert_eq!(app.posts(&reply).await.status, 201);
        let link = link_to(app, "Mo", "Published unseen").await;
        assert!(opens(app, &link).await.text().contains("Published, to be reviewed"));
        assert_eq!(posts(app, &link, "reject").await.status, 303);
        assert_eq!(app.reads("").await["article"]["count"], 0);
    }

    async fn a_link_works_for_seven_days(app: TestApp) {
        let moderator = app.moderator().await;
        let (comment, link) = held(app, "Soon too late").await;
        app.waits(Duration::from_secs(LIFE.as_secs() - 1));
        assert_eq!(opens(app, &link).await.status, 200);
        app.waits(Duration::from_secs(1));
        let before = traces(app).await;
        let at_the_desk = format!("/desk/comments/{}", comment["id"].as_str().unwrap());
        for page in [opens(app, &link).await, posts(app, &link, "approve").await] {
            tells(&page, 410, &["This link has expired", &at_the_desk]);
            assert!(!page.text().contains("Soon too late") && !page.text().contains("The Gazette"));
        }
        assert_eq!(app.client.get(&link).await.problem(), "gone");
        assert_eq!(traces(app).await, before);
        assert_eq!(moderator.opens(&comment).await["status"], "pending");
        // seven days of the letter, however late that went out
        app.submits("Sent late", "bob@example.org").await;
        app.waits(3 * DAY);
        let link = link_to(app, "Mo", "Sent late").await;
        app.waits(6 * DAY);
        assert_eq!(opens(app, &link).await.status, 200);
    }

    async fn an_altered_link_is_none(app: TestApp) {
        app.moderator().await;
        let (comment, link) = held(app, "Hands off").await;
        let before = traces(app).await;
        let token = link.strip_prefix("/d/").unwrap();
        let receipt = comment["receipt"]["token"].as_str().unwrap();
        let mut wrong = vec!["x".to_owned(), receipt.to_owned(), comment["id"].as_str().unwrap().to_owned(), "A".repeat(91), format!("{token}A"), format!("{token}=")];
        for at in (0..token.len()).step_by(7) {
            let mut altered = token.to_owned();
            altered.replace_range(at..=at, if token.as_bytes()[at] == b'A' { "B" } else { "A" });
            wrong.extend([altered, token[..at.max(1)].to_owned()]);
        }
        // signed by us, about a comment that is not there
        let nobody = app.link_for(&json!({"id": "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"}), "mo").await;
        wrong.push(nobody.strip_prefix("/d/").unwrap().to_owned());
        let mut pages = Vec::new();
        for token in &wrong {
            for page in [opens(app, &format!("/d/{token}")).await, posts(app, &format!("/d/{token}"), "approve").await] {
                tells(&page, 404, &["This is not one of our links"]);
                pages.push(page.text());
            }
            assert_eq!(app.client.get(&format!("/d/{token}")).await.problem(), "not-found");
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "they are all alike");
        // and a good one is good for nothing else
        for path in [format!("/receipts/{token}"), format!("/v1/receipts/{token}")] {
            assert_eq!(app.client.get(&path).await.status, 404);
        }
        assert_eq!(traces(app).await, before);
        assert_eq!(posts(app, &link, "reject").await.status, 303);
    }

    async fn a_link_is_nothing_without_its_moderator(app: TestApp) {
        app.opens_site("other", Policy::default()).await;
        app.moderator().await;
        let (_, link) = held(app, "Whose link?").await;
        let refuses = async || {
            let before = traces(app).await;
            for page in [opens(app, &link).await, posts(app, &link, "approve").await] {
                tells(&page, 403, &["This link no longer works"]);
                assert!(!page.text().contains("Whose link?") && !page.text().contains("Mo<") && !page.text().contains("The Gazette"));
            }
            assert_eq!(app.client.get(&link).await.problem(), "forbidden");
            assert_eq!(traces(app).await, before);
        };
        changes_mo(app, Role::Operator, &[]).await;
        refuses().await;
        changes_mo(app, Role::Moderator, &["other"]).await;
        refuses().await;
        changes_mo(app, Role::Editor, &[SITE]).await;
        assert_eq!(opens(app, &link).await.status, 200);
        let mo = accounts::find(app.app(), "mo@gazette.example").await.unwrap().unwrap();
        accounts::remove(app.app(), mo.id).await.unwrap();
        refuses().await;
    }

    async fn a_site_may_keep_decisions_at_the_desk(app: TestApp) {
        let moderator = app.moderator().await;
        let (comment, link) = held(app, "Decided at the desk").await;
        app.sets_policy(Policy { links: Links::Open, ..Policy::default() }).await;
        let before = traces(app).await;
        let at_the_desk = format!("/desk/comments/{}", comment["id"].as_str().unwrap());
        for page in [opens(app, &link).await, posts(app, &link, "approve").await] {
            tells(&page, 403, &["This site decides on the desk", &at_the_desk]);
            assert!(!page.text().contains("Decided at the desk"));
        }
        assert_eq!(app.client.get(&link).await.problem(), "forbidden");
        assert_eq!(traces(app).await, before);
        let other = app.submits("By the other kind of mail", "bob@example.org").await;
        let mail = mail_to(app, "Mo", "By the other kind of mail").await;
        let links = links_in(&mail, "/desk/comments/");
        assert_eq!((links.len(), links_in(&mail, "/d/").len(), mail.matches("<a ").count()), (2, 0, 1), "{mail}");
        assert!(links[0].ends_with(other["id"].as_str().unwrap()) && mail.contains("where you sign in"));
        app.sets_policy(Policy::default()).await;
        assert_eq!(posts(app, &link, "approve").await.status, 303);
        assert_eq!(moderator.opens(&comment).await["status"], "approved");
    }

    async fn under_a_deleted_article_it_decides_as_the_desk_does(app: TestApp) {
        let editor = app.hires("Mo", Role::Editor, &[]).await;
        let (comment, link) = held(app, "Under what is gone").await;
        let bearer = format!("Bearer {}", editor.token);
        let path = format!("/v1/sites/{SITE}/articles/news%2F1");
        assert_eq!(app.client.send(("DELETE", &path), &[("authorization", &bearer)], None).await.status, 204);
        assert_eq!(opens(app, &link).await.status, 200);
        assert_eq!(posts(app, &link, "approve").await.status, 303);
        assert_eq!(editor.opens(&comment).await["status"], "approved");
        let public = format!("/v1/sites/{SITE}/comments/{}", comment["id"].as_str().unwrap());
        assert_eq!(app.client.get(&public).await.status, 404);
    }
}
