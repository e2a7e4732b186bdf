//! Articles at the desk: what editors see of them, and what they do with them.

use std::time::Duration;

use serde_json::json;

use crate::{
    shift::{Browser, hidden, told},
    support::{SITE, TestApp},
};
use replydesk::domain::{Policy, Role};

const PAGE: &str = "/desk/articles";

/// The site announces articles, each a moment after the one before.
async fn announces(app: &TestApp, keys: &[&str]) {
    let bearer = format!("Bearer {}", app.backend().await);
    for key in keys {
        app.waits(Duration::from_secs(1));
        let says = json!({"url": format!("https://news.example/{key}"), "title": format!("About {key}")});
        let way = ("PUT", &*format!("/v1/sites/{SITE}/articles/{key}"));
        let answer = app.client.send(way, &[("authorization", &bearer)], Some(&says)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

/// In which edition the page shows an article.
fn edition(page: &str, key: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"key\" value=\"{key}\"")).expect("the article");
    hidden(rest, "edition")
}

/// The keys on a page, in their order.
fn keys(page: &str) -> Vec<String> {
    page.split("<code><bdi>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// Whether a comment below that article is taken in.
async fn takes(app: &TestApp, text: &str) -> u16 {
    let mut reply = TestApp::reply(text, "ann@example.org");
    reply["article"] = json!({"key": "bridge"});
    app.posts(&reply).await.status
}

both_databases! {
    async fn an_editor_closes_and_opens_an_article(app: TestApp) {
        announces(app, &["ferry", "bridge"]).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let page = eve.sees(PAGE).await;
        assert!(page.contains("<a href=\"/desk/articles\" aria-current=\"page\">Articles</a>"), "it is in the bar");
        assert_eq!(keys(&page), ["bridge", "ferry"]);
        assert!(page.contains("href=\"https://news.example/bridge\"><bdi>About bridge</bdi>") && page.contains(">Open<"));
        let first = edition(&page, "bridge");
        let of = |edition: &str, action: &str| [("action", action.to_owned()), ("key", "bridge".to_owned()), ("edition", edition.to_owned())];
        let does = async |edition: &str, action: &str| {
            app.waits(Duration::from_secs(1));
            let fields = of(edition, action);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            eve.sends(PAGE, &fields).await
        };
        let done = does(&first, "close").await;
        assert_eq!(done.status, 303, "{}", done.text());
        let page = eve.sees(done.header("location")).await;
        assert!(told(&page).starts_with("The article takes no more comments."));
        assert!(page.contains("<a href=\"#article-") && page.contains(">Closed<"));
        assert_eq!(takes(app, "Too late").await, 403);
        // from the page before
        let late = does(&first, "open").await;
        assert_eq!(late.status, 409);
        assert!(late.text().contains("Nothing was saved: here is how it is now.") && late.text().contains(">Closed<"));
        assert_eq!(does(&edition(&page, "bridge"), "open").await.status, 303);
        assert_eq!(takes(app, "In time").await, 202);
        let log = app.rows("select count(*) from audit where object = 'article' and via = 'desk' and action in ('open', 'close') and actor is not null").await;
        assert_eq!(log, 2);
        let log = eve.sees("/desk/audit").await;
        assert!(log.contains("<strong>Opened</strong> – article") && log.contains("<strong>Closed</strong> – article"), "{log}");
    }

    async fn an_article_closes_by_itself(app: TestApp) {
        announces(app, &["bridge"]).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let closes = async |at: &str| {
            let edition = edition(&eve.sees(PAGE).await, "bridge");
            eve.sends(PAGE, &[("action", "close-at"), ("key", "bridge"), ("edition", &edition), ("closes_at", at)]).await
        };
        for (at, why) in [("", "choose a day and a time"), ("tomorrow", "choose a day and a time"), ("2026-11-01T12:00", "still to come")] {
            let refused = closes(at).await;
            let page = refused.text();
            assert_eq!(refused.status, 422, "{at}");
            assert!(page.contains(why) && page.contains(&format!("value=\"{at}\" required aria-invalid=\"true\"")) && page.contains("<details class=\"reason\" open>"), "{at}: {page}");
        }
        // the stories begin on 1 November, at noon
        assert_eq!(closes("2026-11-01T18:00").await.status, 303);
        let page = eve.sees(PAGE).await;
        assert!(page.contains("Open until 1 November 2026, 18:00 UTC") && page.contains("value=\"2026-11-01T18:00\""));
        assert_eq!(takes(app, "In time").await, 202);
        app.waits(Duration::from_hours(6));
        assert_eq!(takes(app, "Too late").await, 403);
        let page = eve.sees(PAGE).await;
        assert!(page.contains("Closed since 1 November 2026, 18:00 UTC") && !page.contains("datetime-local"));
        let (page, _) = eve.does(PAGE, &[("action", "open"), ("key", "bridge"), ("edition", &edition(&page, "bridge"))]).await;
        assert!(page.contains("chip-good\">Open<"));
        assert_eq!(takes(app, "Once more").await, 202);
        assert_eq!(app.rows("select count(*) from audit where action = 'close-at' and via = 'desk'").await, 1);
    }

    async fn a_title_is_mended(app: TestApp) {
        announces(app, &["bridge"]).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let one = edition(&eve.sees(PAGE).await, "bridge");
        let named = async |title: &str, edition: &str| eve.sends(PAGE, &[("action", "rename"), ("key", "bridge"), ("edition", edition), ("title", title)]).await;
        let long = "T".repeat(301);
        for (title, why) in [(" ", "Please enter a title."), (long.as_str(), "at most 300"), ("a\u{202e}b", "stands on one line")] {
            let refused = named(title, &one).await;
            assert!(refused.status == 422 && refused.text().contains(why), "{why}");
        }
        assert_eq!(named("The <old> bridge", &one).await.status, 303);
        let page = eve.sees(PAGE).await;
        assert!(page.contains("The &#60;old&#62; bridge") && !page.contains("<old>"));
        assert_eq!(app.reads("").await["article"]["count"], 0);
        let read = app.client.get(&format!("/v1/sites/{SITE}/comments?article=bridge")).await.json();
        assert_eq!(read["article"]["title"], "The <old> bridge");
        assert_eq!(app.rows("select count(*) from audit where action = 'retitle' and via = 'desk'").await, 1);
        // an approval is no change of what the site says
        assert_eq!(takes(app, "Nice").await, 202);
        let two = edition(&page, "bridge");
        let mo = app.moderator().await;
        let held = mo.queue("").await.remove(0);
        mo.approves(&held).await;
        assert_eq!(named("The bridge", &two).await.status, 303);
    }

    async fn what_is_published_and_what_waits_is_told(app: TestApp) {
        let mo = app.moderator().await;
        let first = app.submits("One", "a@example.org").await;
        for n in 0..3 { app.submits(&format!("Waits {n}"), "b@example.org").await; }
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let page = eve.sees(PAGE).await;
        assert!(page.contains("Not confirmed by the site") && page.contains("0 published") && page.contains("4 waiting<"));
        mo.approves(&first).await;
        let page = eve.sees(PAGE).await;
        assert!(!page.contains("Not confirmed") && page.contains("1 published") && page.contains("3 waiting<"));
        let list = page.split("href=\"/desk?list=waiting").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let list = eve.sees(&format!("/desk?list=waiting{list}")).await;
        assert_eq!(list.matches("class=\"card\"").count(), 3);
    }

    async fn articles_are_found_by_their_key_or_their_address(app: TestApp) {
        let many: Vec<String> = (0..60).map(|n| format!("a{n}")).collect();
        announces(app, &many.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        for (q, found) in [
            ("a7", vec!["a7"]), ("%20a7%20", vec!["a7"]), ("https://News.example/a7/?utm_source=x%23comments", vec!["a7"]),
            ("About%20a7", vec![]), ("a", vec![]), ("https://news.example/", vec![]), ("javascript:alert(1)", vec![]),
        ] {
            let page = eve.sees(&format!("{PAGE}?q={q}")).await;
            assert_eq!(keys(&page), found, "{q}");
            assert_eq!(page.contains("No such article."), found.is_empty(), "{q}");
        }
        let long = "x".repeat(2_001);
        assert!(keys(&eve.sees(&format!("{PAGE}?q={long}")).await).is_empty());
        let (mut seen, mut next) = (Vec::new(), Some(PAGE.to_owned()));
        while let Some(at) = next {
            let page = eve.sees(&at).await;
            assert!(keys(&page).len() <= 25);
            seen.extend(keys(&page));
            next = page.split("rel=\"next\" href=\"").nth(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
        }
        assert!(seen.iter().rev().eq(&many), "{seen:?}");
        // one comes back to the page that one was on
        let page = eve.sees(PAGE).await;
        let older = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let page = eve.sees(&older).await;
        let (key, cursor) = (keys(&page)[0].clone(), hidden(&page, "cursor"));
        let (after, _) = eve.does(PAGE, &[("action", "close"), ("key", &key), ("edition", &edition(&page, &key)), ("cursor", &cursor)]).await;
        assert_eq!(keys(&after), keys(&page));
    }

    async fn they_are_for_editors_of_their_site(app: TestApp) {
        announces(app, &["bridge"]).await;
        app.opens_site("herald", Policy::default()).await;
        let close = [("action", "close"), ("site", SITE), ("key", "bridge"), ("edition", "1")];
        for (name, role, status) in [("Mo", Role::Moderator, 200), ("Otto", Role::Operator, 403)] {
            let browser = Browser::of(app, name, role).await;
            assert_eq!(browser.gets(&format!("{PAGE}?site={SITE}")).await.status, status, "{name}");
            assert_eq!(browser.sends(PAGE, &close).await.status, 403, "{name}");
            let is_led_there = browser.sees("/desk/account").await.contains("href=\"/desk/articles\"");
            assert_eq!(is_led_there, role == Role::Moderator, "{name}");
        }
        let hal = Browser::bound(app, ("Hal", Role::Admin), &["herald"]).await;
        assert_eq!(hal.gets(&format!("{PAGE}?site={SITE}")).await.status, 404);
        assert_eq!(hal.sends(PAGE, &close).await.status, 404);
        let own = hal.sees(PAGE).await;
        assert!(own.contains("No articles.") && !own.contains("aria-label=\"Sites\""));
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        let both = eve.sees(PAGE).await;
        assert!(both.contains("aria-label=\"Sites\"") && both.contains("/desk/articles?site=herald"));
        let mut elsewhere = close;
        elsewhere[1] = ("site", "herald");
        assert_eq!(eve.sends(PAGE, &elsewhere).await.status, 404);
        let mut gone = close;
        gone[2] = ("key", "nothing");
        assert_eq!(eve.sends(PAGE, &gone).await.status, 404);
        for wrong in [&close[..2], &close[..3], &[("action", "burn"), ("site", SITE), ("key", "bridge"), ("edition", "1")]] {
            assert!(matches!(eve.sends(PAGE, wrong).await.status, 400 | 404), "{wrong:?}");
        }
        let nobody = app.client.submit(PAGE, &close, &[]).await;
        assert_eq!((nobody.status, nobody.header("location")), (303, "/desk/sign-in?next=%2Fdesk%2Farticles"));
        let cookie = [("cookie", eve.cookie())];
        assert_eq!(app.client.submit(PAGE, &close, &cookie).await.status, 403, "without the token of a form");
        assert_eq!(app.rows("select count(*) from articles where not open or edition > 1").await, 0);
    }
}
