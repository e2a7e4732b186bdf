//! Comments for others to show: feeds, pieces of pages, JSON-LD; read by the parsers that read them, and silent about all
//! that readers may not see.

use std::time::Duration;

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use replydesk::{
    domain::{Decision, Language, Policy},
    flow::{
        engaging,
        moderate::{self, Action, Ruling, Target},
        upkeep,
    },
};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, NOON, SITE, TestApp};

/// What stands at the end of `/v1/sites/gazette`, in each form.
const ROUTES: [&str; 8] = [
    "/comments?article=news/1",
    "/comments.html?article=news/1",
    "/comments.jsonld?article=news/1",
    "/feed.atom?article=news/1",
    "/feed.atom",
    "/counts?article=news/1",
    "/engaging",
    "/engaging.html",
];

async fn gets(app: &TestApp, path: &str) -> Answer {
    let answer = app.client.get(&format!("/v1/sites/{SITE}{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer
}

async fn publishes(desk: &Desk<'_>, text: &str, parent: Option<&Value>) -> Value {
    let comment = match parent {
        Some(parent) => desk.app.answers(parent, text, "bob@example.org").await,
        None => desk.app.submits(text, "ann@example.org").await,
    };
    desk.approves(&comment).await;
    comment
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

fn parsed(answer: &Answer) -> feed_rs::model::Feed {
    feed_rs::parser::parse(answer.body.as_slice()).unwrap()
}

fn titles(feed: &feed_rs::model::Feed) -> Vec<String> {
    feed.entries.iter().map(|entry| entry.title.clone().unwrap().content).collect()
}

both_databases! {
    async fn a_feed_tells_what_was_published_last(app: TestApp) {
        let desk = app.moderator().await;
        let late = app.submits("Held for an hour", "ann@example.org").await;
        let root = publishes(&desk, "Root", None).await;
        app.waits(Duration::from_hours(1));
        let reply = publishes(&desk, "A <b>reply</b> & more", Some(&root)).await;
        app.waits(Duration::from_hours(1));
        desk.approves(&late).await;
        for path in ["/feed.atom?article=news/1", "/feed.atom"] {
            let answer = gets(app, path).await;
            assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
            let feed = parsed(&answer);
            assert_eq!(feed.feed_type, feed_rs::model::FeedType::Atom);
            let ids: Vec<String> = [&late, &reply, &root].map(|comment| format!("urn:uuid:{}", id(comment))).into();
            assert_eq!(feed.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(), ids);
            assert_eq!(titles(&feed), vec!["Ann on The bridge"; 3]);
            assert_eq!(feed.updated.unwrap().timestamp_micros(), app.clock.now().micros());
            assert!(feed.id.starts_with("urn:uuid:") && feed.language.as_deref() == Some("en"));
            let link = |rel: &str| feed.links.iter().find(|link| link.rel.as_deref() == Some(rel)).unwrap().href.clone();
            assert_eq!(link("self"), format!("{}/v1/sites/{SITE}{}", app.url(), path.replace("news/1", "news%2F1")));
            let (page, title) = if path == "/feed.atom" { ("https://news.example/", "Comments – The Gazette") } else { ("https://news.example/news/1", "Comments on The bridge") };
            assert_eq!((link("alternate").as_str(), feed.title.clone().unwrap().content.as_str()), (page, title));
            let entry = &feed.entries[1];
            assert_eq!(entry.links[0].href, format!("https://news.example/news/1#comment-{}", id(&reply)));
            assert_eq!((entry.authors[0].name.as_deref(), entry.authors[0].email.as_ref(), entry.authors[0].uri.as_ref()), (Some("Ann"), None, None));
            let content = entry.content.clone().unwrap();
            let html = app.reads("").await["comments"][1]["replies"][0]["html"].clone();
            assert_eq!((content.content_type.to_string(), json!(content.body)), ("text/html".to_owned(), html));
            let answers = format!("<thr:in-reply-to ref=\"urn:uuid:{0}\" href=\"https://news.example/news/1#comment-{0}\" type=\"text/html\"/>", id(&root));
            assert!(answer.text().contains(&answers) && answer.text().matches("thr:in-reply-to").count() == 1);
        }
        // an edit by the site makes it newer; its place is that of its publication
        app.waits(Duration::from_hours(1));
        let version = desk.opens(&root).await["version"].clone();
        let edit = desk.sends(("PATCH", &format!("/v1/moderation/comments/{}", id(&root))), Some(&json!({"comment": "Edited", "version": version}))).await;
        assert_eq!(edit.status, 200, "{}", edit.text());
        let feed = parsed(&gets(app, "/feed.atom").await);
        assert_eq!(feed.entries[2].updated.unwrap().timestamp_micros(), app.clock.now().micros());
        assert_eq!(feed.entries[2].content.clone().unwrap().body.unwrap(), "<p>Edited</p>");
    }

    async fn nothing_that_is_written_breaks_a_feed_or_a_page(app: TestApp) {
        let desk = app.moderator().await;
        let names = ["<b>&amp;</b>", "]]>", "</name></author>", "\"'>", "Ünï 🌉 漢字 مرحبا", "&#0;&#x1F;", "<!--", "{{ t }}"];
        let texts = ["]]></content><entry>", "<script>alert(1)</script>", "\u{fffe}\u{ffff}<p", "a\r\nb\rc\td", "&nbsp;&lt;", "</script><!--", "\u{2028}\u{2029}", "<![CDATA[x]]>"];
        for (name, text) in names.iter().zip(texts) {
            let mut reply = TestApp::reply(&format!("{text} and words"), "ann@example.org");
            reply["name"] = json!(name);
            reply["article"]["title"] = json!("]]> <i>&amp;</i> \"title\"");
            let answer = app.posts(&reply).await;
            assert_eq!(answer.status, 202, "{name}: {}", answer.text());
            desk.approves(&answer.json()).await;
        }
        // past every check, as an archive of others could bring it
        app.database().forces("update comments set name = name || '\u{1}\u{b}' , version = version + 1; update articles set title = title || '\u{1f}', version = version + 1").await;
        app.waits(Duration::from_secs(1));
        let answer = gets(app, "/feed.atom").await;
        let feed = parsed(&answer);
        let mut shown: Vec<String> = feed.entries.iter().map(|entry| entry.authors[0].name.clone().unwrap()).collect();
        shown.reverse();
        assert_eq!(shown, names);
        assert_eq!(titles(&feed)[0], "{{ t }} on ]]> <i>&amp;</i> \"title\"");
        assert!(!answer.text().contains(['\u{1}', '\u{b}', '\u{1f}', '\u{fffe}']));
        let json = app.reads("").await;
        for (entry, comment) in feed.entries.iter().rev().zip(json["comments"].as_array().unwrap()) {
            let html = entry.content.clone().unwrap().body.unwrap();
            let without = comment["html"].as_str().unwrap().replace(['\u{fffe}', '\u{ffff}'], "");
            assert_eq!(html.trim(), without.trim());
        }
        let page = gets(app, "/comments.html?article=news/1").await.text();
        let elements = elements(&page);
        for forbidden in ["script", "style", "form", "iframe", "input", "link", "meta", "i"] {
            assert!(!elements.iter().any(|(name, _)| name == forbidden), "{forbidden} in {page}");
        }
        assert!(elements.iter().flat_map(|(_, attributes)| attributes).all(|(name, _)| !name.starts_with("on") && name != "style"));
        let linked = gets(app, "/comments.jsonld?article=news/1").await;
        assert!(!linked.text().contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        let texts = linked.json()["comment"].as_array().unwrap().iter().map(|comment| comment["text"].clone()).collect::<Vec<_>>();
        assert_eq!(texts, json["comments"].as_array().unwrap().iter().map(|comment| comment["text"].clone()).collect::<Vec<_>>());
        let wrapped = format!("<script type=\"application/ld+json\">{}</script><p>after", linked.text());
        assert_eq!(self::elements(&wrapped).iter().filter(|(name, _)| name == "p").count(), 1);
        engaging::catch_up(app.app()).await.unwrap();
        let side = gets(app, "/engaging.html").await.text();
        assert!(side.contains("]]&#62; &#60;i&#62;&#38;amp;&#60;/i&#62; &#34;title&#34;"), "{side}");
    }

    async fn a_page_of_the_site_can_take_the_comments_in(app: TestApp) {
        let desk = app.moderator().await;
        app.sets_policy(Policy { language: Language::German, ..Policy::default() }).await;
        assert_eq!(gets(app, "/comments.html?article=news/1").await.text().trim(), "<p class=\"replydesk-none\" lang=\"de\" dir=\"ltr\">Noch keine Kommentare</p>");
        let mut said = TestApp::reply("First\n\nhttps://example.org/x", "ann@example.org");
        said["website"] = json!("https://ann.example");
        let root = app.posts(&said).await.json();
        desk.approves(&root).await;
        let reply = publishes(&desk, "Second", Some(&root)).await;
        let leaf = publishes(&desk, "Third", Some(&reply)).await;
        desk.does("reject", &reply).await;
        let page = gets(app, "/comments.html?article=news/1").await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let text = page.text();
        let places: Vec<Option<usize>> = [&root, &reply, &leaf].map(|comment| text.find(&format!("<li id=\"comment-{}\">", id(comment)))).into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
        assert!(text.contains("<a href=\"https://ann.example\" rel=\"nofollow ugc noopener\"><bdi>Ann</bdi></a>"));
        assert!(text.contains("Dieser Kommentar wurde entfernt.") && !text.contains("Second"), "{text}");
        let html = app.reads("").await["comments"][0]["html"].as_str().unwrap().to_owned();
        assert!(text.contains(&format!("<div class=\"text\" dir=\"auto\">{html}</div>")), "{text}");
        assert_eq!((text.matches("<ol").count(), text.matches("</ol>").count(), text.matches("<li").count(), text.matches("</li>").count()), (3, 3, 3, 3));
        let linked = gets(app, "/comments.jsonld?article=news/1").await;
        assert_eq!(linked.header("content-type"), "application/ld+json");
        let (said, url) = (linked.json(), format!("https://news.example/news/1#comment-{}", id(&root)));
        assert_eq!((&said["@context"], &said["@type"], &said["headline"], &said["commentCount"]), (&json!("https://schema.org"), &json!("Article"), &json!("The bridge"), &json!(2)));
        let first = &said["comment"][0];
        assert_eq!((&first["@type"], &first["url"], &first["author"]), (&json!("Comment"), &json!(url), &json!({"@type": "Person", "name": "Ann", "url": "https://ann.example"})));
        let removed = &first["comment"][0];
        assert!(removed["text"].is_null() && removed["author"].is_null());
        assert_eq!(removed["comment"][0]["text"], "Third");
        let unknown = gets(app, "/comments.jsonld?article=never").await.json();
        assert_eq!(unknown, json!({"@context": "https://schema.org", "@type": "Article", "commentCount": 0, "comment": []}));
        // the language is that of now
        app.sets_policy(Policy { language: Language::French, ..Policy::default() }).await;
        assert!(gets(app, "/comments.html?article=news/1").await.text().contains("lang=\"fr\""));
        assert!(gets(app, "/feed.atom").await.text().contains("xml:lang=\"fr\""));
    }

    async fn pages_follow_each_other_in_every_form(app: TestApp) {
        let desk = app.moderator().await;
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(id(&publishes(&desk, &format!("Number {n}"), None).await).to_owned());
        }
        for form in ["html", "jsonld"] {
            let (mut path, mut seen) = (format!("/comments.{form}?article=news%2F1&limit=2&sort=newest"), Vec::new());
            loop {
                let answer = gets(app, &path).await;
                let text = answer.text();
                let mut here: Vec<(usize, String)> = ids.iter().filter_map(|id| Some((text.find(id)?, id.clone()))).collect();
                here.sort();
                seen.extend(here.into_iter().map(|(_, id)| id));
                let link = answer.header("link");
                if link.is_empty() { break }
                let (query, _) = link.strip_prefix("<").unwrap().split_once(">; rel=\"next\"").unwrap();
                path = format!("/comments.{form}{query}");
            }
            assert!(seen.iter().eq(ids.iter().rev()), "{form}: {seen:?}");
        }
        let around = gets(app, &format!("/comments.html?article=news/1&limit=1&around={}", ids[3])).await.text();
        assert!(around.contains(&ids[3]) && !around.contains(&ids[2]));
    }

    async fn the_feed_of_a_site_is_in_memory_until_some_article_changes(app: TestApp) {
        let desk = app.moderator().await;
        publishes(&desk, "One", None).await;
        let feed = async || gets(app, "/feed.atom").await.text();
        // the looks find for a while what changed before, and it is no news
        let mut watch = upkeep::Watch::from(NOON);
        watch.look(app.app()).await.unwrap();
        let before = feed().await;
        // as nobody changes it: without a word to whom it concerns
        app.database().forces("update comments set name = 'Eve', version = version + 1").await;
        for _ in 0..3 {
            watch.look(app.app()).await.unwrap();
            assert_eq!(feed().await, before);
        }
        let other = app.submits("Two", "bob@example.org").await;
        assert_eq!(feed().await, before);
        desk.approves(&other).await;
        let after = feed().await;
        assert!(after.contains("Eve on The bridge") && after.contains("Two"), "{after}");
    }

    async fn a_thread_without_an_end_says_where_the_others_are(app: TestApp) {
        let desk = app.moderator().await;
        let root = publishes(&desk, "Root", None).await;
        for n in 0..27 {
            publishes(&desk, &format!("Reply {n}."), Some(&root)).await;
        }
        let html = gets(app, "/comments.html?article=news%2F1").await.text();
        assert!(html.contains("Reply 24.") && !html.contains("Reply 25."));
        let linked = gets(app, "/comments.jsonld?article=news%2F1").await.json();
        let thread = &linked["comment"][0];
        let last = thread["comment"][24]["identifier"].as_str().unwrap();
        let base = &app.app().settings.public_url;
        let rest = format!("{base}/sites/{SITE}/comments?article=news%2F1&replies={}&cursor={last}", id(&root));
        assert_eq!((&thread["discussionUrl"], &thread["comment"][0]["discussionUrl"]), (&json!(rest), &Value::Null));
        let link = format!("<p class=\"replydesk-more\"><a href=\"{}\">More replies</a></p>", rest.replace('&', "&#38;"));
        assert!(html.contains(&link), "{html}");
        // and there they are
        let page = app.client.get(rest.strip_prefix(base.as_str()).unwrap()).await.text();
        assert!(page.contains("Reply 25.") && page.contains("Reply 26.") && !page.contains("Reply 24."));
    }

    async fn what_readers_may_not_see_is_in_no_form(app: TestApp) {
        let desk = app.moderator().await;
        let known = publishes(&desk, "Known", None).await;
        publishes(&desk, "Answer", Some(&known)).await;
        let all = async || {
            engaging::catch_up(app.app()).await.unwrap();
            let mut all = Vec::new();
            for route in ROUTES.iter().chain(&["/feed.atom?article=news/2", "/comments.html?article=news/2", "/comments.jsonld?article=news/2", "/comments.html?article=news/1&sort=top", "/comments.jsonld?article=news/1&limit=1"]) {
                let answer = gets(app, route).await;
                all.push((*route, answer.header("etag").to_owned(), answer.header("link").to_owned(), answer.text()));
            }
            all
        };
        let before = all().await;
        let held = app.answers(&known, "Under the first article", "eve@example.org").await;
        let mut elsewhere = TestApp::reply("Under another one", "eve@example.org");
        elsewhere["article"] = json!({"key": "news/2", "url": "https://news.example/news/2", "title": "Secret"});
        let elsewhere = app.posts(&elsewhere).await.json();
        assert_eq!(all().await, before, "held");
        // a held comment is no place to be around, like none
        for form in ["html", "jsonld"] {
            let around = async |id: &str| app.client.get(&format!("/v1/sites/{SITE}/comments.{form}?article=news/1&around={id}")).await;
            let without_own = |answer: Answer| (answer.status, answer.problem());
            let nobody = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
            assert_eq!(without_own(around(id(&held)).await), without_own(around(nobody).await));
        }
        for decision in ["reject", "spam", "hold"] {
            desk.does(decision, &held).await;
            desk.does(decision, &elsewhere).await;
            assert_eq!(all().await, before, "{decision}");
        }
        for comment in [&held, &elsewhere] {
            let receipt = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
            assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        }
        assert_eq!(all().await, before, "withdrawn");
        // published, and taken down again
        let seen = publishes(&desk, "Seen for a moment", Some(&known)).await;
        assert!(before.iter().zip(all().await).filter(|(before, now)| before.3 != now.3).count() >= ROUTES.len() - 1);
        desk.does("reject", &seen).await;
        assert_eq!(all().await, before, "taken down");
        // a deleted article leaves nothing in any of them
        let bearer = format!("Bearer {}", app.backend().await);
        let way = ("DELETE", format!("/v1/sites/{SITE}/articles/news%2F1"));
        assert_eq!(app.client.send((way.0, &way.1), &[("authorization", &bearer)], None).await.status, 204);
        for (route, _, _, text) in all().await {
            assert!(!text.contains(id(&known)) && !text.contains("The bridge"), "{route}: {text}");
        }
        assert_eq!(gets(app, "/feed.atom?article=news/1").await.text().replace("news%2F1", "X").len(), gets(app, "/feed.atom?article=never").await.text().replace("never", "X").len());
        assert_eq!(parsed(&gets(app, "/feed.atom").await).entries.len(), 0);
    }

    async fn a_decision_of_another_process_is_seen_at_the_next_look(app: TestApp) {
        let desk = app.moderator().await;
        let comment = publishes(&desk, "Seen by both", None).await;
        let long = publishes(&desk, "Stays", None).await;
        let read = async || {
            let mut texts = Vec::new();
            for route in ROUTES.iter().take(6) {
                texts.push(gets(app, route).await.text());
            }
            texts
        };
        assert!(read().await.iter().take(5).all(|text| text.contains(id(&comment)) && text.contains(id(&long))));
        app.waits(Duration::from_secs(1));
        let other = replydesk::app::open(&app.config(&[]), &app.clock, "http://127.0.0.1".to_owned()).await.unwrap();
        let moderator = replydesk::flow::accounts::of_token(&other, &desk.token).await.unwrap().unwrap().moderator;
        let target = Target { id: id(&comment).parse().unwrap(), version: 2 };
        let ruling = Ruling { action: Action::Decide(Decision::Reject), reason: None, reason_code: None, note: None, moderator: &moderator, via: "api" };
        moderate::decide(&other, &[target], &ruling).await.unwrap();
        other.db.close().await;
        app.looks_around().await;
        let after = read().await;
        assert!(after.iter().take(5).all(|text| !text.contains(id(&comment)) && text.contains(id(&long))));
        assert!(after[5].contains("{\"news/1\":1}"), "{}", after[5]);
    }
}

/// The elements of a piece of HTML, with their attributes.
fn elements(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    fn walk(node: &Handle, found: &mut Vec<(String, Vec<(String, String)>)>) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes = attrs
                .borrow()
                .iter()
                .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
                .collect();
            found.push((name.local.to_string(), attributes));
        }
        for child in node.children.borrow().iter() {
            walk(child, found);
        }
    }
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut found = Vec::new();
    walk(&dom.document, &mut found);
    found
}
