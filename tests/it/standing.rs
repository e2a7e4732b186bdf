//! The comments of an article as a page of their own: what a reader sees and does in a browser without scripts.

use std::time::Duration;

use serde_json::Value;

use crate::{
    shift::{hidden, told},
    support::{Answer, Desk, SITE, TestApp},
};
use replydesk::{
    domain::{Language, Mode, Policy, Role},
    texts::Texts,
};

const PAGE: &str = "/sites/gazette/comments";
const ARTICLE: &str = "?article=news%2F1";
/// As pages of the site link to it.
const INTRODUCED: &str =
    "?article=news%2F1&article_url=https%3A%2F%2Fnews.example%2Fnews%2F1&article_title=The+bridge";
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

impl TestApp {
    async fn opens_page(&self, query: &str) -> String {
        let answer = self.visits(query).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.text()
    }

    async fn visits(&self, query: &str) -> Answer {
        self.client.send(("GET", &format!("{PAGE}{query}")), &[BROWSER], None).await
    }

    /// Fills in the form of that page, as a browser does it.
    async fn fills(&self, page: &str, typed: &[(&str, &str)]) -> Answer {
        let mut fields: Vec<(&str, String)> = Vec::new();
        for name in ["article", "article_url", "article_title", "token"] {
            fields.push((name, unescaped(&hidden(page, name))));
        }
        if page.contains("name=\"parent\"") {
            fields.push(("parent", hidden(page, "parent")));
        }
        let of_form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.waits(Duration::from_secs(20));
        let path = page.split("method=\"post\" action=\"").nth(1).unwrap().split('"').next().unwrap();
        self.client.submit(path, &[&of_form, typed].concat(), &[("origin", self.url())]).await
    }

    async fn makes_public(&self, by: &Desk<'_>, text: &str) -> Value {
        let comment = self.submits(text, "ann@example.org").await;
        by.approves(&comment).await;
        comment
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"")
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

/// Where the link that says this leads.
fn link(page: &str, label: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!(">{label}</a>"))?;
    let href = before.rsplit("<a ").next()?.split("href=\"").nth(1)?.split('"').next()?;
    Some(unescaped(href))
}

const TYPED: [(&str, &str); 3] =
    [("name", "Bob"), ("email", "bob@example.org"), ("comment", "The ferry is no bridge.")];

both_databases! {
    async fn only_what_is_published_is_there(app: TestApp) {
        let moderator = app.moderator().await;
        let shown = app.makes_public(&moderator, "Shown to everybody").await;
        let answer = app.answers(&shown, "An answer to it", "bob@example.org").await;
        moderator.approves(&answer).await;
        app.submits("Held for now", "cem@example.org").await;
        for (decision, text) in [("reject", "Rejected words"), ("spam", "Cheap watches")] {
            let comment = app.submits(text, "dan@example.org").await;
            moderator.does(decision, &comment).await;
        }
        let taken_back = app.submits("Taken back", "eve@example.org").await;
        let receipt = format!("/v1/receipts/{}", taken_back["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        let page = app.opens_page(ARTICLE).await;
        assert!(page.contains("Shown to everybody") && page.contains("An answer to it") && page.contains(">2 comments</h2>"));
        for hidden in ["Held for now", "Rejected words", "Cheap watches", "Taken back", "@example.org", id(&taken_back)] {
            assert!(!page.contains(hidden), "{hidden}");
        }
        // by a link to it, a held comment is told from one that is none by nothing
        let held = app.submits("Held as well", "cem@example.org").await;
        for way in ["around", "replyto"] {
            let of = |id: &str| format!("{ARTICLE}&{way}={id}");
            let nobody = "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe";
            let (held, none) = (app.opens_page(&of(id(&held))).await, app.opens_page(&of(nobody)).await);
            let token = |page: &str| hidden(page, "token");
assert_eq!(held.replace(&token(&held), ""), none.replace(&token(&none), ""));
            assert!(held.contains("The comment that you are looking for is not published here."), "{way}");
            assert!(!held.contains("name=\"parent\""));
        }
        let below = [id(&held), "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe"].map(|id| format!("{ARTICLE}&replies={id}"));
        assert_eq!((app.visits(&below[0]).await.status, app.visits(&below[1]).await.status), (404, 404));
        moderator.does("reject", &shown).await;
        let page = app.opens_page(ARTICLE).await;
        assert!(page.contains("This comment was removed.") && !page.contains("Shown to everybody") && page.contains(">1 comment</h2>"));
    }

    async fn a_reader_writes_without_scripts_and_is_told_what_became_of_it(app: TestApp) {
        let moderator = app.moderator().await;
        let page = app.opens_page(INTRODUCED).await;
        assert!(page.contains(">No comments yet</h2>") && page.contains("Be the first to say what you think."));
        assert!(!page.contains("<script") && page.contains("<base target=\"_top\">"));
        // what is wrong comes back with what was typed
        let wrong = app.fills(&page, &[("name", "Bob & co"), ("email", "bob"), ("comment", " ")]).await;
        assert_eq!((wrong.status, wrong.header("cache-control")), (422, "no-store"));
        let refused = wrong.text();
        assert!(refused.contains("value=\"Bob &#38; co\"") && refused.contains("value=\"bob\""), "{refused}");
        assert!(refused.contains("Please enter an email address, such as name@example.org.") && refused.contains("Please write a comment."));
        let done = app.fills(&refused, &TYPED).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let receipt = done.header("location").strip_prefix(app.url()).unwrap().to_owned();
        let told = app.client.send(("GET", &receipt), &[BROWSER], None).await.text();
        assert!(told.contains("Waiting for a moderator") && told.contains("The ferry is no bridge."));
        assert!(!app.opens_page(ARTICLE).await.contains("The ferry"));
        let first = moderator.queue("").await.remove(0);
        moderator.does("approve", &first).await;
        let page = app.opens_page(ARTICLE).await;
        assert!(page.contains("The ferry is no bridge.") && page.contains("<a href=\"https://news.example/news/1\" dir=\"auto\">The bridge</a>"));
        // and an answer to it
        let form = link(&page, "Reply").unwrap();
        assert!(form.ends_with("#respond"), "{form}");
        let page = app.opens_page(form.split('#').next().unwrap()).await;
        assert!(page.contains("Replying to <strong><bdi>Bob</bdi></strong>"), "{page}");
        let cancel = link(&page, "Cancel reply").unwrap();
        assert!(!app.opens_page(cancel.split('#').next().unwrap()).await.contains("name=\"parent\""));
        let done = app.fills(&page, &[("name", "Cem"), ("email", "cem@example.org"), ("comment", "It carries cars.")]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let waiting = moderator.queue("").await.remove(0);
assert!(waiting["parent"].to_string().contains(id(&first)), "{waiting}");
        moderator.does("approve", &waiting).await;
        assert!(app.opens_page(ARTICLE).await.contains("It carries cars."));
    }

    async fn the_first_comment_needs_an_article_of_the_site(app: TestApp) {
        let form = "<form class=\"form\"";
        let url = |url: &str| format!("?article_url={url}&article_title=Your+account+is+locked");
        for (query, is_there) in [
            (INTRODUCED.to_owned(), true),
            (url("https%3A%2F%2Fnews.example%2Fnew"), true),
            (url("https%3A%2F%2Fevil.example%2Fnew"), false),
            ("?article_url=https%3A%2F%2Fnews.example%2Fnew".to_owned(), false),
            (ARTICLE.to_owned(), false),
        ] {
            let page = app.opens_page(&query).await;
            assert_eq!(page.contains(form), is_there, "{query}");
            assert_eq!(page.contains("This page was opened without the article that it belongs to."), !is_there, "{query}");
            // anybody can write a title into an address: it is in the form, and nowhere to be seen
            assert_eq!(page.matches("locked").count(), usize::from(is_there && query.contains("locked")) , "{query}");
        }
        app.submits("Held", "ann@example.org").await;
        let page = app.opens_page(ARTICLE).await;
        assert!(!page.contains("The bridge") && page.contains(">No comments yet</h2>"), "an article of which nothing is public");
        for query in ["", "?article=", "?article_url=nonsense", "?article=a&sort=best", "?article=a&cursor=x"] {
            assert_eq!(app.visits(query).await.status, 422, "{query}");
        }
        assert_eq!(app.client.send(("GET", "/sites/nobody/comments?article=a"), &[BROWSER], None).await.status, 404);
    }

    async fn long_discussions_have_pages(app: TestApp) {
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let post = async |text: &str, parent: Option<&Value>| {
            let mut reply = TestApp::reply(text, "ann@example.org");
            if let Some(parent) = parent {
                reply["parent"] = parent["id"].clone();
            }
            let answer = app.posts(&reply).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.json()
        };
        let mut roots = Vec::new();
        for n in 0..120 {
            roots.push(post(&format!("Root {n}."), None).await);
        }
        for n in 0..70 {
            post(&format!("Reply {n}."), Some(&roots[60])).await;
        }
        let best = format!("{INTRODUCED}&sort=top");
        for (first, of_first) in [(INTRODUCED, "Root 0."), (&best, "Root 60.")] {
            let (mut query, mut pages, mut seen) = (first.to_owned(), 0, 0);
            loop {
                let page = app.opens_page(&query).await;
                assert!(page.contains(">190 comments</h2>"));
                assert_eq!(link(&page, "From the beginning").is_some(), pages > 0);
                assert_eq!(page.contains(&format!("<p>{of_first}</p>")), pages == 0);
                for n in 0..120 {
                    seen += usize::from(page.contains(&format!("<p>Root {n}.</p>")));
                }
                pages += 1;
                let Some(next) = link(&page, "More comments") else { break };
                query = next;
            }
            assert_eq!((pages, seen), (3, 120));
        }
        // what is said of the article is in no link of one that is known, however long it is
        let long = app.opens_page(&format!("{INTRODUCED}{}", "%21".repeat(10_000))).await;
        assert!(long.len() < 2 * app.opens_page(INTRODUCED).await.len() && !long.contains("%21"), "{}", long.len());
        // the form that answers one of the best stands below it, in their order
        let answering = app.opens_page(&format!("{best}&replyto={}", id(&roots[60]))).await;
        assert!(answering.find("<p>Root 60.</p>").unwrap() < answering.find("<p>Root 0.</p>").unwrap());
        assert!(answering.contains("name=\"parent\""));
        let newest = app.opens_page(&link(&app.opens_page(INTRODUCED).await, "Newest first").unwrap()).await;
        assert!(newest.contains("<p>Root 119.</p>") && !newest.contains("<p>Root 0.</p>"));
        assert!(newest.contains("aria-current=\"true\">Newest first</a>"));
        // a link to one of them finds its page; what it carries stays
        let there = app.opens_page(&format!("{INTRODUCED}&around={}", id(&roots[60]))).await;
        assert!(there.contains("<p>Root 60.</p>") && there.contains("<p>Reply 0.</p>") && !there.contains("<p>Root 59.</p>"));
        let mut more = link(&there, "More replies");
        assert!(more.as_ref().is_some_and(|more| more.starts_with(&format!("{ARTICLE}&replies="))), "{more:?}");
        let mut replies: Vec<usize> = (0..70).filter(|n| there.contains(&format!("<p>Reply {n}.</p>"))).collect();
        while let Some(query) = more {
            let page = app.opens_page(&query).await;
            assert!(page.contains("Replies to <bdi>Ann</bdi>") && !page.contains("<form"));
            assert!(link(&page, "All comments").unwrap().contains(&format!("around={}", id(&roots[60]))));
            replies.extend((0..70).filter(|n| page.contains(&format!("<p>Reply {n}.</p>"))));
            more = link(&page, "More replies");
        }
        assert_eq!(replies, (0..70).collect::<Vec<_>>());
    }

    async fn the_page_stands_in_frames_of_the_site_and_nowhere_else(app: TestApp) {
        let answer = app.visits(INTRODUCED).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'self' https://news.example") && policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self' https://news.example;"), "{policy}");
        assert_eq!((answer.header("cache-control"), answer.header("set-cookie"), answer.header("x-frame-options")), ("no-store", "", ""));
        assert!(answer.text().contains("<meta name=\"robots\" content=\"noindex, indexifembedded\">"));
        let head = app.client.send(("HEAD", &format!("{PAGE}{ARTICLE}")), &[], None).await;
        assert_eq!((head.status, head.text().as_str()), (200, ""));
        // each form has a token of its own
        let tokens = [app.opens_page(INTRODUCED).await, app.opens_page(INTRODUCED).await].map(|page| hidden(&page, "token"));
        assert_ne!(tokens[0], tokens[1]);
        let notice = app.opens_page(&format!("{INTRODUCED}&replydesk=published")).await;
        assert_eq!(told(&notice), "Your comment is published. Thank you for joining the conversation.");
        assert!(!app.opens_page(&format!("{INTRODUCED}&replydesk=nonsense")).await.contains("role=\"status\""));
    }

    async fn a_closed_article_is_read_and_not_written_under(app: TestApp) {
        let moderator = app.hires("Eve", Role::Editor, &[]).await;
        let comment = app.makes_public(&moderator, "Before it closed").await;
        let closes = serde_json::json!({"open": false});
        assert_eq!(moderator.sends(("PATCH", "/v1/sites/gazette/articles/news%2F1"), Some(&closes)).await.status, 200);
        let page = app.opens_page(INTRODUCED).await;
        assert!(page.contains("Before it closed") && page.contains("Comments are closed"));
        assert!(!page.contains("<form") && link(&page, "Reply").is_none());
        let asked = app.opens_page(&format!("{INTRODUCED}&replyto={}", id(&comment))).await;
        assert!(!asked.contains("<form"));
    }

    async fn readers_report_without_scripts(app: TestApp) {
        let moderator = app.moderator().await;
        let shown = app.makes_public(&moderator, "Shown, and reported").await;
        let path = link(&app.opens_page(ARTICLE).await, "Report").unwrap();
        let open = async |path: &str| app.client.send(("GET", path), &[BROWSER], None).await;
        let sends = async |fields: &[(&str, &str)]| {
            let post = format!("/v1/sites/{SITE}/comments/{}/reports", id(&shown));
            app.client.submit(&post, fields, &[("origin", app.url())]).await
        };
        let page = open(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert!(page.text().contains("Comment of <bdi>Ann</bdi>") && page.text().contains("Shown, and reported"));
        // what is wrong comes back with what was typed
        let wrong = sends(&[("text", "Not nice & rude"), ("email", "bob"), ("law", ""), ("name", "")]).await;
        assert_eq!(wrong.status, 422);
        for there in ["Please choose what is wrong with the comment.", "Not nice &#38; rude", "value=\"bob\"", "Please enter an email address"] {
            assert!(wrong.text().contains(there), "{there}: {}", wrong.text());
        }
        let illegal = [("reason", "illegal"), ("email", "bob@example.org"), ("name", "Bob"), ("law", " "), ("text", "")];
        let wrong = sends(&illegal).await;
        assert!(wrong.text().contains("Please say what makes it unlawful.") && wrong.text().contains("Please tick this box"), "{}", wrong.text());
        assert!(wrong.text().contains("value=\"illegal\" required checked") && wrong.text().contains("value=\"Bob\""));
        assert_eq!(app.rows("select count(*) from reports").await, 0);
        // a form sends its empty fields with every reason
        let good = [("reason", "abuse"), ("text", "It calls people names."), ("email", ""), ("law", ""), ("name", "Bob")];
        for _ in 0..2 {
            let done = sends(&good).await;
            assert_eq!((done.status, done.header("location")), (303, format!("{path}?done=received").as_str()));
            let done = open(done.header("location")).await;
            assert!(done.text().contains("Thank you for your report") && !done.text().contains("<form"), "{}", done.text());
            assert!(done.text().contains(&format!("https://news.example/news/1#comment-{}", id(&shown))));
        }
        assert_eq!(app.rows("select count(*) from reports").await, 1);
        assert_eq!(moderator.queue("&needs=report").await.len(), 1);
        assert!(app.opens_page(ARTICLE).await.contains("Shown, and reported"));
        // a program that sends a form is answered as a program
        let post = format!("/v1/sites/{SITE}/comments/{}/reports", id(&shown));
        let form = ("content-type", "application/x-www-form-urlencoded");
        let told = app.client.raw(("POST", &post), &[form, ("accept", "application/json")], b"reason=abuse".to_vec()).await;
        assert_eq!((told.status, told.json()["status"].as_str()), (202, Some("received")));
        let told = app.client.raw(("POST", &post), &[form, ("accept", "application/json")], b"reason=rude".to_vec()).await;
        assert_eq!(told.faults(), [("reason".to_owned(), "unknown-value".to_owned())]);
        // of what is not public there is no form
        let held = app.submits("Held for now", "cem@example.org").await;
        for nothing in [id(&held), "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe", "nonsense"] {
            let answer = open(&format!("/sites/{SITE}/comments/{nothing}/report")).await;
            assert_eq!(answer.status, 404);
            assert!(answer.text().contains("There is nothing here") && !answer.text().contains("Held for now"));
            let post = format!("/v1/sites/{SITE}/comments/{nothing}/reports");
            assert_eq!(app.client.submit(&post, &good, &[("origin", app.url())]).await.status, 404);
            let wrong = app.client.submit(&post, &[("reason", "rude")], &[("origin", app.url())]).await;
            assert_eq!(wrong.status, 404, "{nothing}");
        }
    }

    async fn readers_are_spoken_to_in_the_language_of_their_site(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        for (number, language) in Language::ALL.iter().enumerate() {
            let t = Texts::for_readers(*language);
            let policy = Policy {
                language: *language,
                rules_url: Some("https://news.example/rules".to_owned()),
                privacy_url: Some("https://news.example/privacy".to_owned()),
                ..Policy::default()
            };
            app.sets_policy(policy).await;
            let begins = format!("<html lang=\"{}\" dir=\"ltr\">", language.name());
            let says = |page: &str, texts: &[&replydesk::texts::Phrase]| {
                assert!(page.contains(&begins), "{begins}: {page}");
                for text in texts {
                    assert!(page.contains(&text.to_string()), "{text}: {page}");
                }
            };
            let page = app.opens_page(INTRODUCED).await;
            says(&page, &[&t.say("form-title"), &t.say("form-post"), &t.say("form-rules-link"), &t.say("form-privacy-link")]);
            assert!(page.contains("<a href=\"https://news.example/rules\">") && page.contains("<a href=\"https://news.example/privacy\">"));
            let wrong = app.fills(&page, &[("name", ""), ("email", "bob@example.org"), ("comment", "Typed")]).await;
            says(&wrong.text(), &[&t.say("refused-invalid"), &t.say("fault-required-name"), &t.say("page-back")]);
            let comment = format!("In the language of number {number}.");
            let done = app.fills(&page, &[("name", "Bob"), ("email", "bob@example.org"), ("comment", &comment)]).await;
            assert_eq!(done.status, 303, "{}", done.text());
            let receipt = done.header("location").strip_prefix(app.url()).unwrap().to_owned();
            let shown = app.client.send(("GET", &receipt), &[BROWSER], None).await.text();
            says(&shown, &[&t.say("receipt-title"), &t.say("receipt-waiting"), &t.say("receipt-keep-text")]);
            let twice = app.fills(&app.opens_page(INTRODUCED).await, &[("name", "Bob"), ("email", "bob@example.org"), ("comment", &comment)]).await;
            assert_eq!(twice.status, 409);
            says(&twice.text(), &[&t.say("refused-duplicate")]);
            let gone = app.client.send(("GET", "/sites/gazette/nothing"), &[BROWSER], None).await;
            assert_eq!(gone.status, 404);
            says(&gone.text(), &[&t.say("problem-not-found"), &t.say("problem-not-found-text")]);
            // what a moderator wrote stays as it is
            let waiting = eve.queue("").await.remove(0);
            let decision = serde_json::json!({"decision": "reject", "version": waiting["version"], "reason": "Please be kind."});
            let path = format!("/v1/moderation/comments/{}/decisions", id(&waiting));
            assert_eq!(eve.post(&path, &decision).await.status, 200);
            let shown = app.client.send(("GET", &receipt), &[BROWSER], None).await.text();
            says(&shown, &[&t.say("receipt-rejected"), &t.say("receipt-reason")]);
            assert!(shown.contains("<span dir=\"auto\">Please be kind.</span>"));
            // programs are told the same in every language
            let told = app.client.send(("GET", &format!("/v1/sites/{SITE}/nothing")), &[], None).await;
            assert_eq!(told.json()["title"], "Not found");
            // a link of which no site is known: what the browser asks for
            let asks = ("accept-language", language.name());
            let nobody = app.client.send(("GET", "/receipts/nonsense"), &[BROWSER, asks], None).await;
            assert_eq!(nobody.status, 404);
            says(&nobody.text(), &[&t.say("problem-not-found")]);
        }
    }
}
