//! What must not be told looks like what is not there, to the byte: an id, a time and the number of the request apart.

use serde_json::{Value, json};

use crate::people::code;
use crate::shift::Browser;
use crate::support::{Answer, PASSWORD, SITE, TestApp};
use replydesk::{
    domain::{Policy, Role},
    flow::accounts,
    vault::OneTimeKey,
};

const POST: &str = "/v1/sites/gazette/comments";
const BROWSER: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

/// Status, headers and body, without what is each answer's own.
fn bare(answer: &Answer, own: &[&str]) -> String {
    let mut headers = answer.headers.clone();
    // how many more a client has falls with each that it sends, whatever it asks
    headers.retain(|name, _| !matches!(name.as_str(), "date" | "x-request-id" | "ratelimit"));
    let mut text = format!("{} {headers:?}\n{}", answer.status, answer.text());
    for own in own.iter().copied().chain([answer.header("x-request-id")]).filter(|own| !own.is_empty()) {
        text = text.replace(own, "…");
    }
    text
}

fn id(comment: &Value) -> &str {
    comment["id"].as_str().unwrap()
}

fn token(comment: &Value) -> &str {
    comment["receipt"]["token"].as_str().unwrap()
}

/// The id next to this one: nobody has it.
fn nobody_beside(id: &str) -> String {
    let last = if id.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &id[..id.len() - 1])
}

/// A comment in every state that readers must not see; also one of another site, and one of an article that is gone.
async fn hidden(app: &TestApp) -> Vec<(&'static str, String)> {
    let moderator = app.hires("Eva", Role::Editor, &[]).await;
    app.opens_site("herald", Policy::default()).await;
    let shown = app.submits("For all to see", "ann@example.org").await;
    moderator.approves(&shown).await;
    let mut hidden = Vec::new();
    for state in ["pending", "spam", "reject"] {
        let held = app.submits(&format!("It is {state}"), "bob@example.org").await;
        if state != "pending" {
            moderator.does(state, &held).await;
        }
        hidden.push((state, id(&held).to_owned()));
    }
    let held = app.submits("Taken back", "bob@example.org").await;
    app.client.send(("DELETE", &format!("/v1/receipts/{}", token(&held))), &[], None).await;
    hidden.push(("withdrawn", id(&held).to_owned()));
    let below = app.answers(&shown, "A hidden answer", "bob@example.org").await;
    hidden.push(("pending below", id(&below).to_owned()));
    let elsewhere = app
        .client
        .post("/v1/sites/herald/comments", &TestApp::reply("Elsewhere", "bob@example.org"))
        .await
        .json();
    moderator.approves(&elsewhere).await;
    hidden.push(("of another site", id(&elsewhere).to_owned()));
    let mut reply = TestApp::reply("Under an article that goes", "bob@example.org");
    reply["article"]["key"] = json!("news/9");
    let gone = app.posts(&reply).await.json();
    moderator.approves(&gone).await;
    let bearer = format!("Bearer {}", moderator.token);
    let deleted = app
        .client
        .send(("DELETE", "/v1/sites/gazette/articles/news%2F9"), &[("authorization", &bearer)], None)
        .await;
    assert_eq!(deleted.status, 204);
    hidden.push(("of a deleted article", id(&gone).to_owned()));
    hidden
}

/// All that a stranger can ask about an id.
async fn asked(app: &TestApp, id: &str, backend: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (method, path) in [
        ("GET", format!("{POST}/{id}")),
        ("HEAD", format!("{POST}/{id}")),
        ("GET", format!("{POST}/{id}/replies")),
        ("GET", format!("{POST}/{id}/replies?cursor={id}")),
        ("GET", format!("{POST}?article=news/1&around={id}")),
        ("GET", format!("{POST}?article=news/1&sort=top&around={id}")),
        ("GET", format!("{POST}?article=news/1&cursor={id}")),
        ("GET", format!("{POST}?article=unknown&around={id}")),
        ("GET", format!("/v1/receipts/{id}")),
        ("GET", format!("/desk/comments/{id}")),
        ("GET", format!("/v1/moderation/comments/{id}")),
    ] {
        for headers in [&[][..], &[BROWSER], &[("origin", "https://news.example"), ("accept-encoding", "br")]]
        {
            answers.push(app.client.send((method, &path), headers, None).await);
        }
    }
    let mut reply = TestApp::reply("To a hidden one", "cid@example.org");
    reply["parent"] = json!(id);
    let bearer = format!("Bearer {backend}");
    answers.push(app.client.post(POST, &reply).await);
    answers.push(app.client.send(("POST", POST), &[("authorization", &bearer)], Some(&reply)).await);
    answers.push(app.client.send(("POST", POST), &[("idempotency-key", "again")], Some(&reply)).await);
    let fields = [
        ("article", "news/1"),
        ("name", "Cid"),
        ("email", "cid@example.org"),
        ("comment", "To it"),
        ("parent", id),
    ];
    answers.push(app.client.submit(POST, &fields, &[]).await);
    answers
}

/// Sets a second factor up for somebody; a code that would be right.
async fn second_factor(app: &TestApp, name: &str) -> String {
    let (clock, now) = (&app.clock, app.clock.now());
    let id = accounts::find(app.app(), name).await.unwrap().unwrap().id;
    let key = OneTimeKey::generate(clock);
    let sealed = app.app().vault.seal_one_time_key(clock, id, &key);
    app.app()
        .db
        .write(async |tx| {
            tx.begin_second_factor(id, (sealed.as_str(), ""), now).await?;
            tx.confirm_second_factor(id, (sealed.as_str(), 0), now).await
        })
        .await
        .unwrap();
    code(app, &key.reveal(), 0)
}

both_databases! {
    async fn a_hidden_comment_looks_like_none(app: TestApp) {
        let backend = app.backend().await;
        for (state, id) in hidden(app).await {
            let nobody = nobody_beside(&id);
            let (there, absent) = (asked(app, &id, &backend).await, asked(app, &nobody, &backend).await);
            for (there, absent) in there.iter().zip(&absent) {
                assert_eq!(bare(there, &[&id]), bare(absent, &[&nobody]), "{state}");
            }
            let parents = &there[there.len() - 4..];
            assert!(parents.iter().all(|answer| answer.status == 422), "{state}");
            assert_eq!(there[0].status, 404, "{state}");
        }
    }

    async fn a_list_does_not_change_by_what_waits(app: TestApp) {
        let moderator = app.moderator().await;
        let shown = app.submits("For all to see", "ann@example.org").await;
        moderator.approves(&shown).await;
        let paths = [
            format!("{POST}?article=news/1"),
            format!("{POST}/{}", id(&shown)),
            format!("{POST}/{}/replies", id(&shown)),
            "/v1/sites/gazette/counts?article=news/1&article=news/2".to_owned(),
            format!("{POST}?article=news/2"),
        ];
        let mut before = Vec::new();
        for path in &paths {
            before.push(bare(&app.client.get(path).await, &[]));
        }
        app.answers(&shown, "A hidden answer", "bob@example.org").await;
        app.submits("A hidden one", "bob@example.org").await;
        let mut reply = TestApp::reply("Under a new article", "bob@example.org");
        reply["article"]["key"] = json!("news/2");
        assert_eq!(app.posts(&reply).await.status, 202);
        app.looks_around().await;
        for (path, before) in paths.iter().zip(before) {
            assert_eq!(bare(&app.client.get(path).await, &[]), before, "{path}");
        }
    }

    async fn another_sites_comment_looks_like_none_to_a_moderator(app: TestApp) {
        app.opens_site("herald", Policy::default()).await;
        let bound = app.hires("Bo", Role::Editor, &[SITE]).await;
        let desk = Browser::bound(app, ("Bea", Role::Editor), &[SITE]).await;
        let other = app.client.post("/v1/sites/herald/comments", &TestApp::reply("Elsewhere", "bob@example.org")).await.json();
        let (there, nobody) = (id(&other).to_owned(), nobody_beside(id(&other)));
        let (mut seen, mut at_the_desk) = (Vec::new(), Vec::new());
        // a batch of theirs, and the account of somebody who is theirs alone
        let hers = app.hires("Her", Role::Editor, &["herald"]).await;
        let second = app.client.post("/v1/sites/herald/comments", &TestApp::reply("Elsewhere, too", "bob@example.org")).await.json();
        let items = json!([{"id": second["id"], "version": 1}]);
        let made = hers.post("/v1/moderation/decisions", &json!({"items": items, "decision": "reject"})).await.json();
        let batch = made["batch"].as_str().unwrap().to_owned();
        let person = accounts::find(app.app(), "her@gazette.example").await.unwrap().unwrap().id.to_string();
        let two = |one: &str| [one.to_owned(), nobody_beside(one)];
        let mut asked = Vec::new();
        for ((batch, person), site) in two(&batch).into_iter().zip(two(&person)).zip(["herald", "nowhere"]) {
            let own = [batch.as_str(), &person, site];
            let filter = json!({"filter": {"site": site}, "expect": 1, "decision": "spam"});
            asked.push([
                bare(&bound.post("/v1/moderation/undo", &json!({"batch": batch})).await, &own),
                bare(&bound.post("/v1/moderation/decisions", &filter).await, &own),
                bare(&bound.post("/v1/moderation/claims", &json!({"limit": 9, "site": site})).await, &own),
                bare(&bound.get(&format!("/v1/audit?actor={person}")).await, &own),
                bare(&bound.get(&format!("/v1/audit?site={site}")).await, &own),
                bare(&bound.get(&format!("/v1/moderation/comments?site={site}&status=rejected")).await, &own),
                bare(&bound.get(&format!("/v1/moderation/comments?article=news/1&site={site}")).await, &own),
            ]);
        }
        assert_eq!(asked[0], asked[1]);
        for id in [&there, &nobody] {
            let path = format!("/v1/moderation/comments/{id}");
            let decide = json!({"decision": "approve", "version": 1});
            let bulk = json!({"items": [{"id": id, "version": 1}], "decision": "approve"});
            let claims = json!({"ids": [id]});
            seen.push([
                bare(&bound.get(&path).await, &[id]),
                bare(&bound.post(&format!("{path}/decisions"), &decide).await, &[id]),
                bare(&bound.post("/v1/moderation/decisions", &bulk).await, &[id]),
                bare(&bound.post("/v1/moderation/undo", &json!({"decision_id": id})).await, &[id]),
                bare(&bound.sends(("PUT", "/v1/moderation/claims"), Some(&claims)).await, &[id]),
                bare(&bound.sends(("DELETE", "/v1/moderation/claims"), Some(&claims)).await, &[id]),
                bare(&bound.sends(("PATCH", &path), Some(&json!({"comment": "Mended", "version": 1}))).await, &[id]),
                bare(&bound.sends(("PATCH", &path), Some(&json!({"picked": true, "version": 1}))).await, &[id]),
                bare(&bound.post(&format!("{path}/replies"), &json!({"comment": "For the site"})).await, &[id]),
                bare(&bound.post(&format!("{path}/contact"), &json!({"reason": "She offered documents"})).await, &[id]),
                bare(&bound.get(&format!("/v1/moderation/comments?same_as={id}")).await, &[id]),
                bare(&bound.get(&format!("/v1/audit?object={id}")).await, &[id]),
            ]);
            let page = format!("/desk/comments/{id}");
            let mut pages = vec![bare(&desk.gets(&page).await, &[id])];
            for (path, fields) in [
                (page.as_str(), &[("action", "edit"), ("version", "1"), ("comment", "Mended")][..]),
                (&page, &[("action", "pick"), ("version", "1")]),
                (&page, &[("action", "reply"), ("key", "one"), ("comment", "For the site")]),
                (&page, &[("action", "contact"), ("reason", "She offered documents")]),
                (&format!("{page}/decisions"), &[("decision", "approve"), ("version", "1")]),
                (&format!("{page}/claim"), &[("action", "take")]),
                ("/desk/decisions", &[("decision", "approve"), ("item", &format!("{id}:1"))]),
            ] {
                pages.push(bare(&desk.sends(path, fields).await, &[id]));
            }
            at_the_desk.push(pages);
        }
        assert_eq!(seen[0], seen[1]);
        for (nth, (there, nobody)) in at_the_desk[0].iter().zip(&at_the_desk[1]).enumerate() {
            assert_eq!(there, nobody, "page {nth}");
        }
        assert!(seen[0][0].starts_with("404") && seen[0][2].starts_with("200") && at_the_desk[0][0].starts_with("404"));
        assert_eq!(app.rows("select count(*) from comments where version > 1 or parent is not null").await, 1, "theirs alone");
    }

    async fn a_known_address_is_answered_like_a_new_one(app: TestApp) {
        let moderator = app.moderator().await;
        let first = app.submits("Known from now on", "known@example.org").await;
        moderator.approves(&first).await;
        let mut answers = Vec::new();
        for email in ["known@example.org", "never@example.org"] {
            // at one moment, so that times agree
            let reply = TestApp::reply(&format!("Said by {email}"), email);
            let answer = app.client.post(POST, &reply).await;
            let posted = answer.json();
            answers.push(bare(&answer, &[token(&posted), id(&posted)]));
        }
        assert_eq!(answers[0], answers[1]);
        assert!(answers[0].starts_with("202"));
    }

    async fn spam_looks_held_to_its_author(app: TestApp) {
        let moderator = app.moderator().await;
        let held = app.client.post(POST, &TestApp::reply("The same text", "one@example.org")).await.json();
        let spam = app.client.post(POST, &TestApp::reply("The same text", "two@example.org")).await.json();
        moderator.does("spam", &spam).await;
        let mut seen = Vec::new();
        for comment in [&held, &spam] {
            let (data, page) = (format!("/v1/receipts/{}", token(comment)), format!("/receipts/{}", token(comment)));
            let edit = json!({"comment": "Other words"});
            let answers = [
                app.client.get(&data).await,
                app.client.get(&page).await,
                app.client.send(("PATCH", &data), &[], Some(&edit)).await,
                app.client.submit(&page, &[("action", "edit"), ("comment", "Third words")], &[]).await,
                app.client.submit(&page, &[("action", "edit"), ("comment", " ")], &[]).await,
                app.client.send(("DELETE", &data), &[], None).await,
                app.client.get(&page).await,
            ];
            seen.push(answers.map(|answer| bare(&answer, &[token(comment), id(comment)])));
        }
        for (held, spam) in seen[0].iter().zip(&seen[1]) {
            assert_eq!(held, spam);
        }
    }

    async fn a_receipt_of_nothing_looks_like_no_receipt(app: TestApp) {
        let held = app.submits("To be looked at", "ann@example.org").await;
        let nobody = nobody_beside(id(&held)).parse::<replydesk::domain::CommentId>().unwrap();
        let (signed, _) = app.app().receipt_token(nobody, app.clock.now());
        let forged = format!("{}{}", &token(&held)[..token(&held).len() - 4], "AAAA");
        for path in ["/v1/receipts/", "/receipts/"] {
            let mut seen = Vec::new();
            for token in [signed.as_str(), &forged, "nonsense"] {
                seen.push(bare(&app.client.get(&format!("{path}{token}")).await, &[token]));
            }
            assert!(seen[0].starts_with("404") && seen.iter().all(|other| *other == seen[0]), "{seen:?}");
        }
    }

    async fn a_moderators_name_is_refused_like_any(app: TestApp) {
        app.moderator().await;
        app.hires("Op", Role::Operator, &[]).await;
        app.hires("Tw", Role::Editor, &[]).await;
        let with_second_factor = second_factor(app, "tw@gazette.example").await;
        let page = app.client.get("/desk/sign-in").await.text();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut seen = Vec::new();
        // as long as each other, since the form repeats what was typed
        for name in ["mo@gazette.example", "no@gazette.example", "op@gazette.example", "no address at all."] {
            let fields = [("email", name), ("password", "a wrong password"), ("csrf", csrf.as_str())];
            let answer = app.client.submit("/desk/sign-in", &fields, &[]).await;
            let text = answer.text();
            let new = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            seen.push(bare(&answer, &[&new, name]));
        }
        // with a second factor: a wrong password with and without a code, and the right one without
        let code = with_second_factor.as_str();
        for (password, code) in [("a wrong password", ""), ("a wrong password", code), (PASSWORD, ""), (PASSWORD, "000000")] {
            let fields = [("email", "tw@gazette.example"), ("password", password), ("csrf", csrf.as_str()), ("code", code)];
            let answer = app.client.submit("/desk/sign-in", &fields, &[]).await;
            let text = answer.text();
            let new = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            seen.push(bare(&answer, &[&new, "tw@gazette.example"]));
        }
        assert!(seen[0].starts_with("422") && seen.iter().all(|other| *other == seen[0]), "{seen:?}");
        assert!(!seen[0].contains(PASSWORD));
        // so that the client may go on
        app.waits(std::time::Duration::from_mins(1));
        let mut by_api = Vec::new();
        for (name, password, code) in [
            ("mo@gazette.example", "a wrong password", ""),
            ("no@gazette.example", PASSWORD, ""),
            ("tw@gazette.example", "a wrong password", code),
            ("op@gazette.example", "a wrong password", "000000"),
            ("no address at all.", "", ""),
        ] {
            let said = json!({"name": name, "password": password, "code": code});
            by_api.push(bare(&app.client.post("/v1/session", &said).await, &[]));
        }
        assert!(by_api[0].starts_with("401") && by_api.iter().all(|other| *other == by_api[0]), "{by_api:?}");
    }
}
