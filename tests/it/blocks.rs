//! Blocks: what editors keep out, who is hit by it and who is not, and what nobody learns of it.

use std::time::Duration;

use replydesk::{
    domain::{BlockKind, BlockValue, Mode, Policy, Role},
    flow::{blocks, upkeep},
    store::{BlockRow, Stamp},
};
use serde_json::{Value, json};

use crate::{
    shift::{Browser, hidden, told},
    support::{Answer, Desk, SITE, TestApp},
};

const PATH: &str = "/v1/moderation/blocks";
const DAY: Duration = Duration::from_hours(24);

/// Who writes: by which address, from where, and whether the site vouches for it.
#[derive(Clone, Copy)]
struct Who<'a> {
    email: &'a str,
    ip: &'a str,
    vouched: bool,
}

const fn who<'a>(email: &'a str, ip: &'a str) -> Who<'a> {
    Who { email, ip, vouched: false }
}

impl Who<'_> {
    const fn vouched(self) -> Self {
        Self { vouched: true, ..self }
    }
}

/// The site's backend, which says where its readers are.
struct Gazette<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Gazette<'a> {
    async fn of(app: &'a TestApp) -> Self {
        Self { app, token: app.backend().await }
    }

    async fn sends(&self, who: Who<'_>, text: &str) -> Answer {
        let mut reply = TestApp::reply(text, who.email);
        reply["client"] = json!({"ip": who.ip});
        if who.vouched {
            reply["commenter"] = json!({"id": who.email, "verified": true});
        }
        self.app.waits(Duration::from_millis(1));
        let bearer = format!("Bearer {}", self.token);
        let path = format!("/v1/sites/{SITE}/comments");
        self.app.client.send(("POST", &path), &[("authorization", &bearer)], Some(&reply)).await
    }

    async fn posts(&self, who: Who<'_>, text: &str) -> Value {
        let answer = self.sends(who, text).await;
        assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
        answer.json()
    }
}

fn block(kind: &str, value: &str, effect: &str) -> Value {
    json!({"site": SITE, "kind": kind, "value": value, "effect": effect, "reason": "A campaign", "days": 30})
}

fn of_author(comment: &Value, kinds: &[&str]) -> Value {
    json!({"comment": comment["id"], "kinds": kinds, "effect": "refuse", "reason": "Threats", "days": 30})
}

async fn makes(desk: &Desk<'_>, said: &Value) -> Value {
    // later than the one before, so that they have an order
    desk.app.waits(Duration::from_millis(1));
    let answer = desk.post(PATH, said).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// The status of a comment, and what was found in it.
async fn stands(desk: &Desk<'_>, comment: &Value) -> (String, Vec<String>) {
    let item = desk.opens(comment).await;
    let findings = item["findings"].as_array().unwrap().iter();
    let codes = findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
    (item["status"].as_str().unwrap().to_owned(), codes)
}

fn is(status: &str, codes: &[&str]) -> (String, Vec<String>) {
    (status.to_owned(), codes.iter().map(|code| (*code).to_owned()).collect())
}

async fn opens_to_all(app: &TestApp) {
    app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
}

both_databases! {
    async fn nobody_silences_another_by_typing_their_address(app: TestApp) {
        opens_to_all(app).await;
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        let (ann, mallory) = (who("ann@quiet.example", "192.0.2.10"), who("ann@quiet.example", "203.0.113.66"));
        let typed = gazette.posts(mallory, "Rubbish, in the name of somebody else").await;
        makes(&eve, &of_author(&typed, &["email", "domain", "host"])).await;
        // whoever typed it is refused where they are, by whatever address
        let again = gazette.posts(who("other@elsewhere.example", mallory.ip), "More rubbish").await;
        assert_eq!(stands(&eve, &again).await, is("spam", &["blocked-network"]));
        // Ann is held, and not refused: a moderator reads her
        let hers = gazette.posts(ann, "What I really think").await;
        assert_eq!(stands(&eve, &hers).await, is("pending", &["blocked-address", "blocked-domain"]));
        // also where she proves that it is hers: nobody knows whose words were blocked
        let proven = gazette.posts(ann.vouched(), "The same person, the site says").await;
        assert_eq!(stands(&eve, &proven).await, is("pending", &["blocked-address", "blocked-domain"]));
        // and others are as they were
        assert_eq!(gazette.sends(who("bob@elsewhere.example", "192.0.2.11"), "Nothing to do with it").await.status, 201);
    }

    async fn no_answer_tells_whether_an_address_is_blocked(app: TestApp) {
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        makes(&eve, &block("email", "held@quiet.example", "refuse")).await;
        makes(&eve, &block("host", "203.0.113.66", "refuse")).await;
        let mut seen = Vec::new();
        for (who, status) in [
            (who("anybody@quiet.example", "192.0.2.10"), "pending"),
            (who("held@quiet.example", "192.0.2.11"), "pending"),
            (who("held@quiet.example", "192.0.2.12").vouched(), "spam"),
            (who("refused@quiet.example", "203.0.113.66"), "spam"),
        ] {
            let answer = gazette.sends(who, &format!("A text by {}", who.email.len() + who.ip.len())).await;
            let comment = answer.json();
            assert_eq!(stands(&eve, &comment).await.0, status, "{}", who.email);
            let token = comment["receipt"]["token"].as_str().unwrap();
            let receipt = app.client.get(&format!("/v1/receipts/{token}")).await;
            let page = app.client.get(&format!("/receipts/{token}")).await;
            // the same person says the same again
            let twice = gazette.sends(who, &format!("A text by {}", who.email.len() + who.ip.len())).await;
            let own: Vec<String> = ["id", "submitted_at"].map(|name| comment[name].as_str().unwrap().to_owned()).into();
            let own = [own, vec![token.to_owned(), comment["receipt"]["expires_at"].as_str().unwrap().to_owned()]].concat();
            let even = |answer: &Answer| {
                let mut headers = answer.headers.clone();
                headers.retain(|name, _| !matches!(name.as_str(), "x-request-id" | "date" | "etag"));
                let shown = format!("{} {headers:?} {}", answer.status, answer.text());
                let shown = own.iter().fold(shown, |shown, own| shown.replace(own.as_str(), "…"));
                let shown = shown.replace(answer.header("x-request-id"), "…");
                shown.replace(&format!("A text by {}", who.email.len() + who.ip.len()), "…")
            };
            seen.push([&answer, &receipt, &page, &twice].map(even));
        }
        for other in &seen[1..] {
            assert_eq!(&seen[0], other);
        }
    }

    async fn each_kind_hits_whom_it_is_about_on_its_site_and_for_its_time(app: TestApp) {
        app.opens_site("herald", Policy { mode: Mode::Open, ..Policy::default() }).await;
        opens_to_all(app).await;
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        for (kind, value, hit, missed) in [
            ("email", "Ann@Quiet.example", who("ann@quiet.example", "192.0.2.1"), who("bob@quiet.example", "192.0.2.1")),
            ("domain", "spam.example", who("x@a.b.spam.example", "192.0.2.1"), who("x@notspam.example", "192.0.2.1")),
            ("host", "203.0.113.66/32", who("x@y.example", "203.0.113.66"), who("x@y.example", "203.0.113.67")),
            ("host", "2001:db8:1:2::5", who("x@y.example", "2001:db8:1:2:ffff::1"), who("x@y.example", "2001:db8:1:3::5")),
            ("network", "198.51.100.0/24", who("x@y.example", "198.51.100.200"), who("x@y.example", "198.51.101.200")),
        ] {
            let made = makes(&eve, &block(kind, value, "hold")).await["blocks"][0].clone();
            assert_eq!((&made["kind"], &made["effect"], &made["by"]["name"]), (&json!(kind), &json!("hold"), &json!("Eve")));
            let number = app.clock.now().micros();
            assert_eq!(gazette.sends(hit, &format!("Hit at {number}")).await.status, 202, "{kind}");
            assert_eq!(gazette.sends(missed, &format!("Missed at {number}")).await.status, 201, "{kind}");
            let reply = TestApp::reply(&format!("Elsewhere at {number}"), hit.email);
            assert_eq!(app.client.post("/v1/sites/herald/comments", &reply).await.status, 201, "{kind}");
            // over by its end, or by an editor before that
            if kind == "network" {
                app.waits(DAY * 30);
            } else {
                let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
                assert_eq!(eve.sends(("DELETE", &path), None).await.status, 204);
                assert_eq!(eve.sends(("DELETE", &path), None).await.problem(), "not-found");
            }
            assert_eq!(gazette.sends(hit, &format!("Not any more at {number}")).await.status, 201, "{kind}");
        }
        // the one whose time is over is listed for a week, and then is gone
        assert_eq!(eve.get(PATH).await.json()["items"].as_array().unwrap().len(), 1);
        upkeep::sweep(app.app(), DAY).await.unwrap();
        assert_eq!(app.rows("select count(*) from blocks").await, 1);
        app.waits(DAY * 7);
        upkeep::sweep(app.app(), DAY).await.unwrap();
        assert_eq!(app.rows("select count(*) from blocks").await, 0);
        assert_eq!(app.rows("select count(*) from audit where object = 'block' and action = 'block'").await, 5);
        assert_eq!(app.rows("select count(*) from audit where object = 'block' and action = 'end-block'").await, 4);
    }

    async fn what_is_blocked_again_is_blocked_once_and_the_stronger_of_two_counts(app: TestApp) {
        opens_to_all(app).await;
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        makes(&eve, &block("host", "203.0.113.66", "hold")).await;
        makes(&eve, &block("host", "203.0.113.66/32", "refuse")).await;
        assert_eq!(app.rows("select count(*) from blocks where effect = 'refuse'").await, 1);
        makes(&eve, &block("network", "203.0.113.0/24", "hold")).await;
        assert_eq!(app.rows("select count(*) from blocks").await, 2);
        let here = gazette.posts(who("x@y.example", "203.0.113.66"), "From the host").await;
        assert_eq!(stands(&eve, &here).await, is("spam", &["blocked-network"]));
        let near = gazette.posts(who("x@y.example", "203.0.113.67"), "From its network").await;
        assert_eq!(stands(&eve, &near).await, is("pending", &["blocked-network"]));
    }

    async fn a_term_is_found_in_what_readers_would_see_and_in_edits(app: TestApp) {
        opens_to_all(app).await;
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let clean = app.client.post(&format!("/v1/sites/{SITE}/comments"), &TestApp::reply("Nothing in it", "a@y.example")).await.json();
        makes(&eve, &block("term", "Casino", "refuse")).await;
        makes(&eve, &block("term", "lamps", "hold")).await;
        makes(&eve, &block("term", " LAMPS ", "hold")).await;
        assert_eq!(app.rows("select count(*) from blocks").await, 2, "the same term is blocked once");
        let spam = app.submits("Visit our CASINO now", "b@y.example").await;
        assert_eq!(stands(&eve, &spam).await, is("spam", &["blocked-term"]));
        let finding = &eve.opens(&spam).await["findings"][0];
        assert_eq!(finding["term"], Value::Null, "what is blocked is told to nobody");
        let held = app.submits("Buy lamps", "c@y.example").await;
        assert_eq!(stands(&eve, &held).await, is("pending", &["blocked-term"]));
        let mut named = TestApp::reply("Only in the name", "d@y.example");
        named["name"] = json!("Casino Royal");
        assert_eq!(stands(&eve, &app.posts(&named).await.json()).await, is("spam", &["blocked-term"]));
        assert_eq!(app.posts(&TestApp::reply("Casinos are something else, and so is lampshade", "e@y.example")).await.status, 201);
        let path = format!("/v1/receipts/{}", clean["receipt"]["token"].as_str().unwrap());
        let edited = app.client.send(("PATCH", &path), &[], Some(&json!({"comment": "Nothing but a casino"}))).await;
        assert_eq!(edited.status, 200, "{}", edited.text());
        let item = eve.opens(&clean).await;
        assert_eq!((&item["status"], &item["needs"]), (&json!("approved"), &json!("edit")));
        // another process sees it within a second, and when it is over
        app.waits(DAY * 30);
        app.looks_around().await;
        assert_eq!(app.posts(&TestApp::reply("A casino is a casino", "f@y.example")).await.status, 201);
    }

    async fn what_comes_is_held_while_a_term_cannot_be_read(app: TestApp) {
        opens_to_all(app).await;
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        makes(&eve, &block("term", "casino", "refuse")).await;
        app.database().forces("update blocks set term = 's1.AAAA', made_at = made_at + 1").await;
        app.looks_around().await;
        let held = app.submits("Nothing in it", "a@y.example").await;
        assert_eq!(stands(&eve, &held).await, is("pending", &["not-checked"]));
    }

    async fn an_edit_of_somebody_who_was_blocked_since_waits(app: TestApp) {
        opens_to_all(app).await;
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        let comment = gazette.posts(who("x@y.example", "203.0.113.66"), "As it was").await;
        makes(&eve, &of_author(&comment, &["host"])).await;
        let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("PATCH", &path), &[], Some(&json!({"comment": "Now for the threats"}))).await.status, 200);
        assert_eq!(eve.opens(&comment).await["needs"], "edit");
        assert_eq!(app.reads("").await["comments"][0]["text"], "As it was");
    }

    async fn a_clean_up_is_counted_first_done_as_one_batch_and_undone(app: TestApp) {
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        app.opens_site("herald", Policy::default()).await;
        let troll = who("troll@own.example", "203.0.113.66");
        let old = gazette.posts(troll, "Long ago").await;
        app.waits(DAY * 8);
        let first = gazette.posts(troll.vouched(), "Rubbish").await;
        let published = gazette.posts(who("second@own.example", troll.ip), "Rubbish under another address").await;
        eve.approves(&published).await;
        // the site vouches for the address: the same person, wherever
        let elsewhere = gazette.posts(who(troll.email, "192.0.2.1").vouched(), "Rubbish from elsewhere").await;
        // who only types it is somebody else
        let innocent = gazette.posts(who(troll.email, "192.0.2.2"), "I only type this").await;
        let neighbour = gazette.posts(who("n@y.example", "203.0.113.67"), "A neighbour").await;
        let mut said = of_author(&first, &["email", "host"]);
        said["clean_up_days"] = json!(7);
        let asked = eve.post(PATH, &said).await;
        assert_eq!((asked.status, asked.problem().as_str(), &asked.json()["current"]["count"]), (409, "version-conflict", &json!(3)));
        assert_eq!(app.rows("select count(*) from blocks").await, 0, "nothing is done before it is agreed on");
        said["expect"] = json!(3);
        let done = makes(&eve, &said).await;
        assert_eq!(done["blocks"].as_array().unwrap().len(), 2);
        assert_eq!((&done["clean_up"]["done"], &done["clean_up"]["missed"]), (&json!(3), &json!(0)));
        for (comment, status) in
            [(&old, "pending"), (&first, "spam"), (&published, "spam"), (&elsewhere, "spam"), (&innocent, "pending"), (&neighbour, "pending")]
        {
            assert_eq!(stands(&eve, comment).await.0, status);
        }
        assert_eq!(app.reads("").await["article"]["count"], 0);
        let undone = eve.post("/v1/moderation/undo", &json!({"batch": done["clean_up"]["batch"]})).await;
        assert_eq!(undone.json()["results"].as_array().unwrap().len(), 3);
        assert_eq!(stands(&eve, &published).await.0, "approved");
        assert_eq!(eve.opens(&first).await["history"].as_array().unwrap().iter().filter(|entry| entry["action"] == "block-author").count(), 1);
    }

    async fn an_address_that_was_only_typed_leads_a_clean_up_to_nobody(app: TestApp) {
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        let ann = gazette.posts(who("ann@quiet.example", "192.0.2.10").vouched(), "My own words").await;
        let typed = gazette.posts(who("ann@quiet.example", "203.0.113.66"), "Not hers").await;
        let mut said = of_author(&typed, &["email"]);
        (said["clean_up_days"], said["expect"]) = (json!(90), json!(1));
        assert_eq!(makes(&eve, &said).await["clean_up"]["done"], 1);
        assert_eq!((stands(&eve, &ann).await.0, stands(&eve, &typed).await.0), ("pending".to_owned(), "spam".to_owned()));
    }

    async fn a_receipt_proves_who_wrote_and_leads_a_clean_up_to_them(app: TestApp) {
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        let first = gazette.posts(who("x@y.example", "192.0.2.1"), "The first").await;
        let mut second = TestApp::reply("The second, from another place", "x@y.example");
        second["receipt"] = first["receipt"]["token"].clone();
        let second = app.posts(&second).await.json();
        let mut said = of_author(&first, &["email"]);
        (said["clean_up_days"], said["expect"]) = (json!(1), json!(2));
        assert_eq!(makes(&eve, &said).await["clean_up"]["done"], 2);
        assert_eq!(stands(&eve, &second).await.0, "spam");
        // and from now on, whoever shows it is held: the address may still be that of somebody else
        let mut third = TestApp::reply("The third", "x@y.example");
        third["receipt"] = first["receipt"]["token"].clone();
        assert_eq!(stands(&eve, &app.posts(&third).await.json()).await, is("pending", &["blocked-address"]));
    }

    async fn who_is_proven_is_refused_by_what_is_taken_from_their_own_words(app: TestApp) {
        let (eve, gazette) = (app.hires("Eve", Role::Editor, &[]).await, Gazette::of(app).await);
        let own = who("ann@quiet.example", "192.0.2.10").vouched();
        let first = gazette.posts(own, "Her own words, the site says").await;
        makes(&eve, &of_author(&first, &["email"])).await;
        let again = gazette.posts(own, "Her own words again").await;
        assert_eq!(stands(&eve, &again).await, is("spam", &["blocked-address"]));
        let typed = gazette.posts(who("ann@quiet.example", "203.0.113.66"), "Typed by somebody").await;
        assert_eq!(stands(&eve, &typed).await, is("pending", &["blocked-address"]));
    }

    async fn a_domain_that_many_use_is_blocked_only_by_who_knows(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let mut last = Value::Null;
        for name in ["one", "two", "three", "one"] {
            last = app.submits(&format!("By {name} at {:?}", app.clock.now()), &format!("{name}@mail.big.example")).await;
            eve.approves(&last).await;
        }
        let mut said = block("domain", "big.example", "hold");
        let asked = eve.post(PATH, &said).await;
        assert_eq!((asked.status, &asked.json()["current"]["count"]), (409, &json!(3)));
        assert_eq!(eve.post(PATH, &of_author(&last, &["domain"])).await.status, 409);
        said["neighbours"] = json!(2);
        assert_eq!(eve.post(PATH, &said).await.status, 409);
        said["neighbours"] = json!(3);
        assert_eq!(makes(&eve, &said).await["blocks"][0]["needs_proof"], false);
        makes(&eve, &block("domain", "small.example", "hold")).await;
    }

    async fn editors_keep_the_blocks_of_their_sites_and_nobody_reads_a_value(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let (eve, mo) = (app.hires("Eve", Role::Editor, &[]).await, app.hires("Mo", Role::Moderator, &[]).await);
        let bound = app.hires("Bea", Role::Editor, &["herald"]).await;
        let comment = app.submits("By somebody", "ann@quiet.example").await;
        for number in 0..3 {
            makes(&eve, &block("term", &format!("quiet{number}"), "hold")).await;
        }
        makes(&eve, &of_author(&comment, &["email", "host", "network"])).await;
        let page = eve.get(&format!("{PATH}?limit=4&site={SITE}")).await;
        let (items, next) = (page.json()["items"].clone(), page.json()["next"].clone());
        assert_eq!(items.as_array().unwrap().len(), 4);
        let rest = eve.get(&format!("{PATH}?limit=4&cursor={}", next.as_str().unwrap())).await;
        assert_eq!((rest.json()["items"].as_array().unwrap().len(), &rest.json()["next"]), (2, &Value::Null));
        assert_eq!((&items[0]["comment"], &items[0]["reason"]), (&comment["id"], &json!("Threats")));
        for text in [page.text(), rest.text()] {
            assert!(!text.contains("quiet") && !text.contains("ann@") && !text.contains("127.0.0"), "{text}");
        }
        assert_eq!(bound.get(PATH).await.json()["items"], json!([]));
        assert_eq!(bound.get(&format!("{PATH}?site={SITE}")).await.json()["items"], json!([]));
        assert_eq!(bound.post(PATH, &block("term", "x", "hold")).await.problem(), "not-found");
        assert_eq!(bound.post(PATH, &of_author(&comment, &["email"])).await.problem(), "not-found");
        let path = format!("{PATH}/{}", items[0]["id"].as_str().unwrap());
        assert_eq!(bound.sends(("DELETE", &path), None).await.problem(), "not-found");
        for answer in [mo.get(PATH).await, mo.post(PATH, &block("term", "x", "hold")).await, mo.sends(("DELETE", &path), None).await] {
            assert_eq!(answer.problem(), "forbidden");
        }
        assert_eq!(app.rows("select count(*) from blocks").await, 6);
    }

    async fn what_is_asked_for_must_make_sense(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let comment = app.submits("By somebody", "ann@quiet.example").await;
        eve.approves(&comment).await;
        let reply = eve.post(&format!("/v1/moderation/comments/{}/replies", comment["id"].as_str().unwrap()), &json!({"comment": "By us"})).await.json();
        let with = |mut said: Value, member: &str, value: Value| {
            said[member] = value;
            said
        };
        let (term, author) = (block("term", "x", "hold"), of_author(&comment, &["email"]));
        for (said, field, code) in [
            (with(term.clone(), "kind", json!("word")), "kind", "unknown-value"),
            (with(term.clone(), "value", json!("***")), "value", "required"),
            (with(term.clone(), "value", json!(null)), "value", "required"),
            (block("email", "x", "hold"), "value", "not-an-address"),
            (block("domain", "org", "hold"), "value", "not-an-address"),
            (block("network", "203.0.113.0/16", "hold"), "value", "not-an-address"),
            (with(term.clone(), "effect", json!("ban")), "effect", "unknown-value"),
            (with(term.clone(), "reason", json!(" ")), "reason", "required"),
            (with(term.clone(), "reason", json!("x".repeat(501))), "reason", "too-long"),
            (with(term.clone(), "days", json!(0)), "days", "unknown-value"),
            (with(term.clone(), "days", json!(3_651)), "days", "unknown-value"),
            (with(term.clone(), "kinds", json!(["host"])), "kinds", "unknown-member"),
            (with(term.clone(), "clean_up_days", json!(1)), "clean_up_days", "unknown-member"),
            (with(author.clone(), "kinds", json!([])), "kinds", "required"),
            (with(author.clone(), "kinds", json!(["term"])), "kinds", "unknown-value"),
            (with(author.clone(), "value", json!("x")), "value", "unknown-member"),
            (with(author.clone(), "clean_up_days", json!(91)), "clean_up_days", "unknown-value"),
            (of_author(&reply, &["email"]), "comment", "not-permitted"),
        ] {
            let answer = eve.post(PATH, &said).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{said}");
        }
        assert_eq!(eve.post(PATH, &with(term, "site", json!("nowhere"))).await.problem(), "not-found");
        assert_eq!(app.rows("select count(*) from blocks").await, 0);
    }

    async fn a_site_blocks_so_many_terms_and_no_more(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        let made = makes(&eve, &block("term", "the first", "hold")).await["blocks"][0].clone();
        let (app_, now) = (app.app(), app.clock.now());
        let site = app_.sites.find(SITE).unwrap().id;
        let row = |number: usize| {
            let term = BlockValue::parse(BlockKind::Term, &format!("term{number}")).unwrap();
            let BlockValue::Term(plain) = &term else { unreachable!("it is a term") };
            let (id, keyed) = (app.clock.id(now), app_.vault.block(site, &term));
            BlockRow {
                id: id.into(),
                site,
                kind: "term",
                index_key: keyed.key_id.to_owned(),
                value: keyed.value,
                term: Some(app_.vault.seal_term(&app.clock, id, plain).as_str().to_owned()),
                effect: "hold",
                needs_proof: false,
                reason: "Many".to_owned(),
                moderator: made["by"]["id"].as_str().unwrap().parse().unwrap(),
                comment: None,
                made_at: Stamp(now),
                expires_at: Stamp(now.plus(DAY)),
            }
        };
        let rows: Vec<BlockRow> = (1..blocks::TERMS).map(row).collect();
        app_.db.write(async |tx| tx.block((site, &[]), &rows).await).await.unwrap();
        app.looks_around().await;
        let full = eve.post(PATH, &block("term", "one more", "hold")).await;
        assert_eq!(full.faults(), [("kind".to_owned(), "too-long".to_owned())]);
        let held = app.submits("In the middle: term250.", "a@y.example").await;
        assert_eq!(stands(&eve, &held).await, is("pending", &["blocked-term"]));
    }

    async fn no_byte_of_the_database_holds_what_is_blocked(app: TestApp) {
        let eve = app.hires("Eve", Role::Editor, &[]).await;
        for (kind, value) in [
            ("email", "canary.blocked@quiet-house.example"),
            ("domain", "quiet-house.example"),
            ("host", "203.0.113.77"),
            ("network", "203.0.113.0/24"),
            ("term", "Canary Blocked Words"),
        ] {
            let answer = eve.post(PATH, &block(kind, value, "refuse")).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            assert!(!format!("{:?} {}", answer.headers, answer.text()).to_lowercase().contains("canary"));
        }
        let kept = app.database().bytes();
        let holds = |needle: &str| kept.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
        assert!(holds("A campaign"), "the bytes are the right ones");
        for secret in ["canary", "quiet-house", "203.0.113.", "blocked words"] {
            assert!(!holds(secret), "{secret} is kept in the open");
        }
    }

    async fn at_the_desk_an_author_is_blocked_from_a_card(app: TestApp) {
        let (eve, mo) = (Browser::of(app, "Eve", Role::Editor).await, Browser::of(app, "Mo", Role::Moderator).await);
        let gazette = Gazette::of(app).await;
        let comment = gazette.posts(who("troll@own.example", "203.0.113.66"), "Rubbish").await;
        gazette.posts(who("other@own.example", "203.0.113.66"), "More rubbish").await;
        let id = comment["id"].as_str().unwrap();
        assert!(eve.sees("/desk").await.contains("value=\"block-author\"") && !mo.sees("/desk").await.contains("value=\"block-author\""));
        let mut fields = vec![
            ("action", "block-author"), ("comment", id), ("next", "/desk"), ("kind", "host"), ("kind", "email"),
            ("effect", "refuse"), ("days", "30"), ("clean_up_days", "7"), ("reason", "Insults"),
        ];
        assert_eq!(mo.sends("/desk/blocks", &fields).await.status, 403);
        let (page, next) = eve.does("/desk/blocks", &fields).await;
        assert!(told(&page).starts_with("The author is blocked.") && next.starts_with("/desk?"), "{next}");
        assert!(eve.sees(&format!("/desk/comments/{id}")).await.contains("Blocked its author"));
        assert_eq!(app.rows("select count(*) from comments where status = 'spam'").await, 0);
        // with the clean-up it is shown first
        fields.push(("clean_up", "yes"));
        let asked = eve.sends("/desk/blocks", &fields).await;
        assert_eq!(asked.status, 200);
        let shown = asked.text();
        assert!(shown.contains("2 comments would be marked as spam") && shown.contains("More rubbish"), "{shown}");
        let expect = hidden(&shown, "expect");
        fields.push(("expect", &expect));
        let (page, _) = eve.does("/desk/blocks", &fields).await;
        assert!(told(&page).contains("2 comments marked as spam"), "{}", told(&page));
        assert_eq!(app.rows("select count(*) from comments where status = 'spam'").await, 2);
        eve.undoes(&page).await;
        assert_eq!(app.rows("select count(*) from comments where status = 'spam'").await, 0);
        // where it is another number by now, it is asked about anew
        fields.pop();
        fields.push(("expect", "5"));
        let moved = eve.sends("/desk/blocks", &fields).await;
        assert!(moved.status == 200 && moved.text().contains("2 comments would be marked as spam now"), "{}", moved.text());
        assert_eq!(hidden(&moved.text(), "expect"), "2");
        let wrong: Vec<_> = fields.iter().map(|(name, value)| (*name, if *name == "days" { "x" } else { value })).collect();
        let wrong = eve.sends("/desk/blocks", &wrong).await;
        assert!(wrong.status == 422 && wrong.text().contains("Insults") && wrong.text().contains("aria-invalid"), "{}", wrong.text());
        let form = eve.sees(&format!("/desk/blocks?comment={id}")).await;
        assert!(form.contains("The mail domain, with all below it") && !form.contains("203.0.113"), "{form}");
        assert_eq!(eve.gets("/desk/blocks?comment=01a20af0-dc8f-7591-9eb1-0d2af4d96cfe").await.status, 404);
    }

    async fn at_the_desk_blocks_are_kept(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let eve = Browser::of(app, "Eve", Role::Editor).await;
        assert!(eve.sees("/desk/blocks").await.contains("Nothing is blocked."));
        let fields = |kind: &'static str, value: &'static str| {
            [("action", "block"), ("site", SITE), ("kind", kind), ("value", value), ("effect", "hold"), ("reason", "A campaign"), ("days", "30")]
        };
        let (page, _) = eve.does("/desk/blocks", &fields("term", "quetzal")).await;
        assert!(page.contains("It is blocked.") && page.contains("A campaign") && !page.contains("quetzal"), "{page}");
        let wrong = eve.sends("/desk/blocks", &fields("host", "quetzal")).await;
        assert!(wrong.status == 422 && wrong.text().contains("value=\"quetzal\"") && wrong.text().contains("block-value-fault"), "{}", wrong.text());
        let id = hidden(&page, "id");
        let (page, next) = eve.does("/desk/blocks", &[("action", "end"), ("site", SITE), ("id", &id)]).await;
        assert!(page.contains("The block is over.") && next == "/desk/blocks?site=gazette&done=ended", "{next}");
        let (page, _) = eve.does("/desk/blocks", &[("action", "end"), ("site", SITE), ("id", &id)]).await;
        assert!(page.contains("That block was over already."));
        for name in ["one", "two", "three"] {
            let comment = app.submits(&format!("By {name}"), &format!("{name}@big.example")).await;
            let path = format!("/desk/comments/{}/decisions", comment["id"].as_str().unwrap());
            eve.does(&path, &[("decision", "approve"), ("version", "1"), ("next", "/desk")]).await;
        }
        let asked = eve.sends("/desk/blocks", &fields("domain", "big.example")).await;
        assert!(asked.status == 409 && asked.text().contains("3 people whose comments"), "{}", asked.text());
        let count = hidden(&asked.text(), "neighbours");
        let all = [&fields("domain", "big.example")[..], &[("neighbours", count.as_str())]].concat();
        assert!(eve.does("/desk/blocks", &all).await.0.contains("It is blocked."));
        assert!(eve.sees("/desk/audit").await.contains("Blocked"));
    }
}
