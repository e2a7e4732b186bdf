//! A shift at the desk, in a browser's requests: take some, decide many, take a mistake back.

use serde_json::Value;

use crate::{
    claims::wait,
    support::{Answer, PASSWORD, TestApp},
};
use replydesk::domain::Role;

/// Somebody who is signed in.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    pub(crate) async fn of(app: &'a TestApp, name: &str, role: Role) -> Self {
        Self::bound(app, (name, role), &[]).await
    }

    /// Bound to these sites, or to none.
    pub(crate) async fn bound(app: &'a TestApp, (name, role): (&str, Role), sites: &[&str]) -> Self {
        app.hires(name, role, sites).await;
        let page = app.client.get("/desk/sign-in").await.text();
        let email = format!("{}@gazette.example", name.to_lowercase());
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("csrf", &hidden(&page, "csrf"))];
        let answer = app.client.submit("/desk/sign-in", &fields, &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let page = app.client.send(("GET", "/desk/account"), &[("cookie", &cookie)], None).await.text();
        Self { app, cookie, csrf: hidden(&page, "csrf") }
    }

    pub(crate) async fn gets(&self, path: &str) -> Answer {
        self.app.client.send(("GET", path), &[("cookie", &self.cookie)], None).await
    }

    pub(crate) async fn sees(&self, path: &str) -> String {
        let answer = self.gets(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    pub(crate) async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        self.app.client.submit(path, &fields, &[("cookie", &self.cookie)]).await
    }

    /// Sends a form; the page that it leads to, and where that is.
    pub(crate) async fn does(&self, path: &str, fields: &[(&str, &str)]) -> (String, String) {
        let answer = self.sends(path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        let next = answer.header("location").to_owned();
        (self.sees(&next).await, next)
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Presses the button of the notice on this page.
    pub(crate) async fn undoes(&self, page: &str) -> String {
        let notice = page.split("action=\"/desk/undo\"").nth(1).expect("a button to undo");
        let name = if notice.contains("name=\"batch\"") { "batch" } else { "decision_id" };
        let (value, next) = (hidden(notice, name), hidden(notice, "next"));
        self.does("/desk/undo", &[(name, value.as_str()), ("next", &next)]).await.0
    }
}

pub(crate) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("a hidden field");
    rest.split('"').next().unwrap().to_owned()
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

/// What the notice says.
pub(crate) fn told(page: &str) -> &str {
    page.split("role=\"status\">").nth(1).expect("a notice").split(['<', '\n']).next().unwrap()
}

both_databases! {
    async fn a_comment_is_claimed_and_colleagues_see_it(app: TestApp) {
        let (ann, ben) = (Browser::of(app, "Ann", Role::Moderator).await, Browser::of(app, "Ben", Role::Moderator).await);
        let waiting = wait(app, 12).await;
        let claim = format!("/desk/comments/{}/claim", id(&waiting[0]));
        assert!(ann.sees("/desk").await.contains("Claim<span"));
        let page = format!("/desk/comments/{}", id(&waiting[0]));
        let (said, _) = ann.does(&claim, &[("action", "take"), ("next", &page)]).await;
        assert_eq!(told(&said), "The comment is yours to read for 5 minutes.");
        assert!(said.contains("You are reading it <span class=\"quiet\">for 5 more minutes"));
        let seen = ben.sees(&page).await;
        assert!(seen.contains("<bdi>Ann</bdi> is reading it") && seen.contains("value=\"approve\""), "he may decide all the same");
        let (said, _) = ben.does(&claim, &[("action", "take")]).await;
        assert_eq!(told(&said), "Ann is reading this comment already.");
        let (said, at) = ben.does("/desk/claims", &[("action", "take"), ("next", "/desk?list=mine")]).await;
        assert_eq!((told(&said), at.as_str()), ("10 comments to read in the next 5 minutes.", "/desk?list=mine&claim=took&count=10"));
        assert_eq!(said.matches("Give back<span").count(), 10);
        assert!(!said.contains("Number 0<"), "that one is Ann's");
        let (said, _) = ben.does("/desk/claims", &[("action", "take")]).await;
        assert_eq!(told(&said), "1 comment to read in the next 5 minutes.");
        let (said, _) = ben.does("/desk/claims", &[("action", "take")]).await;
        assert!(told(&said).starts_with("There was nothing to take"));
        let (said, _) = ben.does("/desk/claims", &[("action", "renew")]).await;
        assert_eq!(told(&said), "11 comments kept for 5 more minutes.");
        let (said, _) = ann.does(&claim, &[("action", "give-back")]).await;
        assert_eq!(told(&said), "1 comment given back.");
        let (said, _) = ben.does("/desk/claims", &[("action", "give-back"), ("next", "/desk?list=mine")]).await;
        assert!(told(&said) == "11 comments given back." && said.contains("You are reading nothing."));
        assert_eq!(app.rows("select count(*) from claims").await, 0);
    }

    async fn a_decision_is_taken_back_from_its_notice(app: TestApp) {
        let (ann, ben) = (Browser::of(app, "Ann", Role::Moderator).await, Browser::of(app, "Ben", Role::Moderator).await);
        let comment = app.submits("A mistake", "ann@example.org").await;
        let decide = format!("/desk/comments/{}/decisions", id(&comment));
        let (said, _) = ann.does(&decide, &[("decision", "approve"), ("version", "1")]).await;
        assert_eq!(told(&said), "Approved. It is on the page now.");
        assert_eq!(app.reads("").await["article"]["count"], 1);
        assert_eq!(told(&ann.undoes(&said).await), "Undone: the comment is as it was before.");
        assert_eq!(app.reads("").await["article"]["count"], 0);
        assert_eq!(told(&ann.undoes(&said).await), "Nothing was undone. 1 comment had changed since and was left as it is.");
        let page = format!("/desk/comments/{}", id(&comment));
        assert!(ben.sees(&page).await.contains("<strong>Took the last decision back</strong> by <bdi>Ann</bdi>"));
        let (said, at) = ann.does(&decide, &[("decision", "spam"), ("version", "3"), ("next", &page)]).await;
        assert!(at.starts_with(&format!("{page}?done=spam&undo=")));
        let made = hidden(said.split("action=\"/desk/undo\"").nth(1).unwrap(), "decision_id");
        assert_eq!(ben.sends("/desk/undo", &[("decision_id", &made)]).await.status, 403, "it is not his");
        assert_eq!(app.client.submit("/desk/undo", &[("decision_id", &made)], &[("cookie", &ann.cookie)]).await.status, 403, "a form of ours only");
        assert_eq!(told(&ann.undoes(&said).await), "Undone: the comment is as it was before.");
    }

    async fn whoever_was_first_is_named_and_oneself_is_told_so(app: TestApp) {
        let (ann, ben) = (Browser::of(app, "Ann", Role::Moderator).await, Browser::of(app, "Ben", Role::Moderator).await);
        let comment = app.submits("Decided in two windows", "ann@example.org").await;
        let (page, decide) = (format!("/desk/comments/{}", id(&comment)), format!("/desk/comments/{}/decisions", id(&comment)));
        let rejects = [("decision", "reject"), ("version", "1"), ("next", page.as_str())];
        ann.does(&decide, &[("decision", "approve"), ("version", "1")]).await;
        assert!(told(&ben.does(&decide, &rejects).await.0).starts_with("Someone else was first: Ann has approved it ("));
        let (said, _) = ann.does(&decide, &rejects).await;
        assert_eq!(told(&said), "You have approved it already, perhaps in another window. Your decision was not applied. ");
    }

    async fn a_decision_on_the_comments_own_page_offers_the_way_on(app: TestApp) {
        let ann = Browser::of(app, "Ann", Role::Moderator).await;
        let comment = app.submits("Read by itself", "ann@example.org").await;
        let (page, decide) = (format!("/desk/comments/{}", id(&comment)), format!("/desk/comments/{}/decisions", id(&comment)));
        let goes_on = "href=\"/desk\" data-goes-on";
        let (said, _) = ann.does(&format!("{page}/claim"), &[("action", "take"), ("next", &page)]).await;
        assert!(!said.contains(goes_on), "it is still to be read");
        let (said, _) = ann.does(&decide, &[("decision", "approve"), ("version", "1"), ("next", &page)]).await;
        let (before, notice) = said.split_once("role=\"status\">Approved.").unwrap();
        assert!(!before.contains(goes_on) && notice.find(goes_on) < notice.find("/desk/undo") && notice.contains(goes_on));
        assert!(!ann.undoes(&said).await.contains(goes_on));
        let (said, _) = ann.does(&decide, &[("decision", "approve"), ("version", "3")]).await;
        assert!(!said.contains(goes_on), "the queue is where one goes on");
    }

    async fn times_are_told_from_now_with_the_exact_one_behind_them(app: TestApp) {
        let ann = Browser::of(app, "Ann", Role::Moderator).await;
        let comment = app.submits("When was that?", "ann@example.org").await;
        let decide = format!("/desk/comments/{}/decisions", id(&comment));
        ann.does(&decide, &[("decision", "approve"), ("version", "1")]).await;
        let page = ann.sees(&format!("/desk/comments/{}", id(&comment))).await;
        let times: Vec<&str> = page.split("<time").skip(1).map(|time| time.split("</time>").next().unwrap()).collect();
        assert!(times.len() >= 3 && times.iter().all(|time| time.contains(" title=") && time.ends_with(">just now")), "{times:?}");
    }

    async fn the_bar_says_where_one_is(app: TestApp) {
        let ann = Browser::of(app, "Ann", Role::Admin).await;
        for page in ["/desk/articles", "/desk/reasons", "/desk/policy", "/desk/outbox", "/desk/audit", "/desk/people", "/desk/account"] {
            let seen = ann.sees(page).await;
            let bar = seen.split("</header>").next().unwrap();
            assert_eq!(bar.matches("aria-current").count(), 1, "{page}");
            assert!(bar.contains(&format!("href=\"{page}\" aria-current=\"page\"")), "{page}");
        }
        assert!(!ann.sees("/desk").await.split("</header>").next().unwrap().contains("aria-current"), "the tabs say it");
    }

    async fn many_are_selected_decided_and_taken_back(app: TestApp) {
        let ann = Browser::of(app, "Ann", Role::Moderator).await;
        let moderator = app.moderator().await;
        let waiting = wait(app, 6).await;
        let page = ann.sees("/desk").await;
        assert_eq!((page.matches("name=\"item\"").count(), page.matches(" checked>").count()), (6, 0));
        assert!(page.contains("/desk?list=waiting&#38;select=all#bulk"), "{page}");
        assert_eq!(ann.sees("/desk?list=waiting&select=all").await.matches(" checked>").count(), 6);
        let seen: Vec<String> = waiting.iter().map(|comment| format!("{}:1", id(comment))).collect();
        assert!(seen.iter().all(|item| page.contains(&format!("value=\"{item}\""))), "with the version that is shown");
        moderator.does("reject", &waiting[1]).await;
        moderator.does("escalate", &waiting[2]).await;
        let mut fields: Vec<(&str, &str)> = seen[..5].iter().map(|item| ("item", item.as_str())).collect();
        fields.extend([("decision", "approve"), ("next", "/desk?list=waiting")]);
        let (said, at) = ann.does("/desk/decisions", &fields).await;
        assert_eq!(told(&said), "3 comments approved. 2 had changed since you opened the page and were left as they are.");
        assert!(at.starts_with("/desk?list=waiting&done=approve&count=3&missed=2&batch="), "{at}");
        assert_eq!(app.reads("").await["article"]["count"], 3);
        moderator.does("spam", &waiting[0]).await;
        assert_eq!(told(&ann.undoes(&said).await), "Undone: 2 comments are as they were before. 1 comment had changed since and was left as it is.");
        assert_eq!(app.reads("").await["article"]["count"], 0);
        let (said, _) = ann.does("/desk/decisions", &[("decision", "spam")]).await;
        assert_eq!(told(&said), "Nothing was selected.");
        let (said, _) = ann.does("/desk/decisions", &[("decision", "spam"), ("item", &seen[1])]).await;
        assert!(told(&said).starts_with("Nothing was marked as spam.") && !said.contains("/desk/undo"));
        for item in ["", "x", "x:1", &format!("{}:", id(&waiting[5])), id(&waiting[5])] {
            assert_eq!(ann.sends("/desk/decisions", &[("decision", "spam"), ("item", item)]).await.status, 400, "{item}");
        }
        let crowd: Vec<(&str, &str)> = (0..201).map(|_| ("item", seen[5].as_str())).chain([("decision", "spam")]).collect();
        assert_eq!(ann.sends("/desk/decisions", &crowd).await.status, 422);
    }

    async fn it_is_escalated_with_a_note_and_held_again(app: TestApp) {
        let ann = Browser::of(app, "Ann", Role::Moderator).await;
        let comment = app.submits("Difficult", "ann@example.org").await;
        let (page, decide) = (format!("/desk/comments/{}", id(&comment)), format!("/desk/comments/{}/decisions", id(&comment)));
        assert!(ann.sees(&page).await.contains("value=\"escalate\""));
        let escalates = [("decision", "escalate"), ("version", "1"), ("note", "Is this <b>libel</b>?"), ("next", &page)];
        let (said, _) = ann.does(&decide, &escalates).await;
        assert!(told(&said) == "Escalated." && said.contains("<bdi>Is this &#60;b&#62;libel&#60;/b&#62;?</bdi>"));
        assert!(!said.contains("value=\"escalate\""), "once");
        let rejects = [("decision", "reject"), ("version", "2"), ("note", "It is"), ("reason", "House rule 3"), ("next", &page)];
        let (said, _) = ann.does(&decide, &rejects).await;
        assert!(said.contains("<bdi>It is</bdi>") && said.contains("House rule 3"), "both are kept");
        let (said, _) = ann.does(&decide, &[("decision", "hold"), ("version", "3"), ("note", "Once more"), ("next", &page)]).await;
        assert!(told(&said) == "Back in the queue." && said.contains("<bdi>Once more</bdi>"));
        let receipt = app.client.get(&format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap())).await;
        assert_eq!((&receipt.json()["status"], receipt.text().contains("Once more")), (&serde_json::json!("pending"), false));
    }

    async fn who_is_signed_out_is_asked_first_and_comes_back(app: TestApp) {
        let comment = app.submits("Hello", "ann@example.org").await;
        let page = format!("/desk/comments/{}", id(&comment));
        for (path, back) in [
            (format!("{page}/claim"), page.as_str()),
            ("/desk/claims".to_owned(), "/desk"),
            ("/desk/decisions".to_owned(), "/desk"),
            ("/desk/undo".to_owned(), "/desk"),
        ] {
            let asked = app.client.submit(&path, &[("action", "take"), ("decision", "spam")], &[]).await;
            let back = format!("/desk/sign-in?next={}", back.replace('/', "%2F"));
            assert_eq!((asked.status, asked.header("location")), (303, back.as_str()), "{path}");
            let foreign = app.client.submit(&path, &[], &[("origin", "https://evil.example")]).await;
            assert_eq!(foreign.status, 403, "{path}");
        }
    }
}
