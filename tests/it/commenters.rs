//! Mail to commenters: to nobody who has not said yes, about nothing that does not stand, and once.

use std::time::Duration;

use replydesk::domain::{Language, Mode, Policy};
use serde_json::{Value, json};

use crate::{
    delivery::decoded,
    support::{Answer, Desk, TestApp},
};

const DAY: Duration = Duration::from_hours(24);
/// In which a decision can be thought over.
pub const WINDOW: Duration = Duration::from_mins(5);
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub async fn sends(app: &TestApp, text: &str, (email, notify): (&str, &str)) -> Value {
    app.waits(Duration::from_millis(1));
    let mut reply = TestApp::reply(text, email);
    reply["notify"] = json!(notify);
    let answer = app.posts(&reply).await;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
    answer.json()
}

/// Below a comment.
pub async fn answers(app: &TestApp, parent: &Value, text: &str, (email, notify): (&str, &str)) -> Value {
    app.waits(Duration::from_millis(1));
    let mut reply = TestApp::reply(text, email);
    reply["parent"] = parent["id"].clone();
    reply["notify"] = json!(notify);
    app.posts(&reply).await.json()
}

/// What came to an address so far, as it is read.
pub async fn mailbox(app: &TestApp, email: &str) -> Vec<String> {
    app.delivers_everything().await;
    let mails = app.mails().await;
    mails.iter().filter(|(to, _)| to.iter().any(|to| to == email)).map(|(_, raw)| decoded(raw)).collect()
}

/// The path of the link in the plain part of a mail.
fn link(mail: &str) -> String {
    let (_, rest) = mail.split_once("/mail/").unwrap_or_else(|| panic!("a link: {mail}"));
    format!("/mail/{}", rest.split(|c: char| c.is_whitespace() || c == '>').next().unwrap())
}

/// The address in the header that ends mails.
pub fn one_click(mail: &str) -> String {
    let (_, rest) = mail.split_once("List-Unsubscribe: <").unwrap();
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{mail}");
    link(rest.split_once('>').unwrap().0)
}

/// The question that came to an address, in its plain part.
pub async fn question(app: &TestApp, email: &str) -> String {
    let mail = mailbox(app, email).await.pop().unwrap();
    let (_, plain) = mail.split_once("Answer yes or no:").unwrap_or_else(|| panic!("{mail}"));
    link(plain)
}

pub async fn answers_mail(app: &TestApp, path: &str, body: &str) -> Answer {
    app.client.raw(("POST", path), &[FORM], body.into()).await
}

pub async fn confirms(app: &TestApp, email: &str) {
    let path = question(app, email).await;
    assert_eq!(answers_mail(app, &path, "action=confirm").await.status, 200);
}

/// Decides, later than what was before.
pub async fn decides(app: &TestApp, desk: &Desk<'_>, what: &str, comment: &Value) {
    app.waits(Duration::from_secs(1));
    desk.does(what, comment).await;
}

both_databases! {
    async fn nobody_is_written_to_who_has_not_said_yes(app: TestApp) {
        let mo = app.moderator().await;
        let mut reply = TestApp::reply("Cheap ferries at my shop", "ann@example.org");
        reply["name"] = json!("Casino Royale");
        reply["notify"] = json!("outcome");
        reply["article"]["title"] = json!("Buy my ferries");
        let comment = app.posts(&reply).await.json();
        let mails = mailbox(app, "ann@example.org").await;
        assert_eq!(mails.len(), 1);
        // whoever typed the address cannot write to it by this
        for typed in ["Casino", "ferries", "Buy my"] {
            assert!(!mails[0].contains(typed), "{typed}: {}", mails[0]);
        }
        assert!(mails[0].contains("Do you want mail about your comments?") && mails[0].contains("Auto-Submitted: auto-generated"));
        let path = question(app, "ann@example.org").await;
        // to open the link changes nothing
        for _ in 0..2 {
            let page = app.client.get(&path).await;
            assert_eq!((page.status, page.header("cache-control"), page.header("referrer-policy")), (200, "no-store", "same-origin"));
            assert!(page.text().contains("Yes, send me mail") && page.text().contains("No, never ask again"));
        }
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 1, "nobody has said yes");
        // and what was decided meanwhile is told to who says so now
        let page = answers_mail(app, &path, "action=confirm").await;
        assert!(page.status == 200 && page.text().contains("You get mail about your comments"), "{}", page.text());
        let mails = mailbox(app, "ann@example.org").await;
        assert_eq!(mails.len(), 2);
        assert!(mails[1].contains("Your comment is published") && mails[1].contains("Cheap ferries at my shop"));
        // said again it changes nothing
        answers_mail(app, &path, "action=confirm").await;
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2);
    }

    async fn a_decision_is_told_once_and_when_it_was_thought_over(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", ("ann@example.org", "outcome")).await;
        confirms(app, "ann@example.org").await;
        decides(app, &mo, "approve", &comment).await;
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 1);
        // thought over: it is the later decision that stands
        decides(app, &mo, "reject", &comment).await;
        app.waits(WINDOW);
        let mails = mailbox(app, "ann@example.org").await;
        assert_eq!(mails.len(), 2);
        assert!(mails[1].contains("Your comment was not published") && mails[1].contains("/receipts/"), "{}", mails[1]);
        let (_, plain) = mails[1].split_once("End these mails:").unwrap();
        assert_eq!(one_click(&mails[1]), link(plain));
        // edits, picks and what is undone are no decisions
        let version = mo.opens(&comment).await["version"].as_i64().unwrap();
        let done = mo.decides(&comment, "approve", version).await.json();
        app.waits(Duration::from_secs(1));
        let undone = mo.post("/v1/moderation/undo", &json!({"decision_id": done["decision_id"]})).await;
        assert_eq!(undone.status, 200);
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2, "told already, and undone in time");
        decides(app, &mo, "spam", &comment).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2, "spam is told nothing");
    }

    async fn a_rejection_says_why(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "Something else entirely", ("ann@example.org", "outcome")).await;
        confirms(app, "ann@example.org").await;
        let path = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        let said = json!({"decision": "reject", "version": 1, "reason": "Please stay with the article."});
        app.waits(Duration::from_secs(1));
        assert_eq!(mo.post(&path, &said).await.status, 200);
        app.waits(WINDOW);
        let mails = mailbox(app, "ann@example.org").await;
        assert!(mails[1].contains("Reason: Please stay with the article."), "{}", mails[1]);
    }

    async fn who_is_answered_hears_of_it_once_and_not_from_themselves(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "What about the ferry?", ("ann@example.org", "replies")).await;
        confirms(app, "ann@example.org").await;
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2);
        let reply = answers(app, &comment, "It was sold in March.", ("bob@example.org", "none")).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2, "held is silent");
        decides(app, &mo, "approve", &reply).await;
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2);
        app.waits(WINDOW);
        let mails = mailbox(app, "ann@example.org").await;
        assert_eq!(mails.len(), 3);
        let told = &mails[2];
        assert!(told.contains("has answered you") && told.contains("It was sold in March.") && told.contains("What about the ferry?"), "{told}");
        assert!(told.contains(&format!("#comment-{}", reply["id"].as_str().unwrap())) && !told.contains("bob@"), "{told}");
        // what was taken back in time is not told, nor what they say themselves
        let back = answers(app, &comment, "Never mind.", ("bob@example.org", "none")).await;
        let own = answers(app, &comment, "I found it out.", ("Ann@EXAMPLE.org", "none")).await;
        for reply in [&back, &own] {
            decides(app, &mo, "approve", reply).await;
        }
        let receipt = format!("/v1/receipts/{}", back["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.send(("DELETE", &receipt), &[], None).await.status, 200);
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 3);
        // the site's own answer is one, and so is what is published at once
        app.waits(Duration::from_secs(1));
        let path = format!("/v1/moderation/comments/{}/replies", comment["id"].as_str().unwrap());
        assert_eq!(mo.post(&path, &json!({"comment": "We have asked the council."})).await.status, 201);
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        answers(app, &comment, "Was it?", ("eve@example.org", "none")).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 5);
        assert_eq!(mailbox(app, "bob@example.org").await.len() + mailbox(app, "eve@example.org").await.len(), 0);
    }

    async fn an_address_is_asked_once_a_day_and_three_times_in_all(app: TestApp) {
        for number in 0..10 {
            for half in 0..2 {
                sends(app, &format!("Number {number}, {half}"), ("ann@example.org", "replies")).await;
                app.waits(DAY / 2);
            }
            let asked = mailbox(app, "ann@example.org").await.len();
            assert!(asked <= 3 && asked <= number + 1, "{number}: {asked}");
        }
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 3);
        // another address is another matter
        sends(app, "Hello", ("bob@example.org", "replies")).await;
        assert_eq!(mailbox(app, "bob@example.org").await.len(), 1);
        // who says no is not asked again
        let path = question(app, "bob@example.org").await;
        let page = answers_mail(app, &path, "action=end").await;
        assert!(page.text().contains("You get no more mail"), "{}", page.text());
        app.waits(2 * DAY);
        sends(app, "Hello again", ("Bob@example.org", "replies")).await;
        assert_eq!(mailbox(app, "bob@example.org").await.len(), 1);
    }

    async fn one_click_ends_all_mail_and_it_can_be_wanted_again(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "The first words", ("ann@example.org", "outcome")).await;
        let asked = mailbox(app, "ann@example.org").await.pop().unwrap();
        confirms(app, "ann@example.org").await;
        let path = one_click(&asked);
        assert!(app.client.get(&path).await.text().contains("End all mail"), "opening it changes nothing");
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2);
        // as mail programs send it, and without a word
        for body in ["List-Unsubscribe=One-Click", ""] {
            let page = answers_mail(app, &path, body).await;
            assert!(page.status == 200 && page.text().contains("You get no more mail"), "{}", page.text());
        }
        decides(app, &mo, "reject", &comment).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2);
        assert_eq!(answers_mail(app, &path, "action=confirm").await.status, 200);
        // what happened in between is told then
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 3);
    }

    async fn a_link_is_good_for_one_thing_and_for_a_time(app: TestApp) {
        sends(app, "The first words", ("ann@example.org", "outcome")).await;
        let path = question(app, "ann@example.org").await;
        let altered = format!("{}A", &path[..path.len() - 1]);
        for wrong in [altered.as_str(), "/mail/x"] {
            assert_eq!(app.client.get(wrong).await.status, 404, "{wrong}");
            assert_eq!(answers_mail(app, wrong, "action=confirm").await.status, 404, "{wrong}");
        }
        for body in ["", "action=yes", "List-Unsubscribe=One-Click"] {
            assert_eq!(answers_mail(app, &path, body).await.status, 400, "{body}");
        }
        let foreign = [FORM, ("origin", "https://elsewhere.example")];
        assert_eq!(app.client.raw(("POST", &path), &foreign, b"action=confirm".to_vec()).await.status, 403);
        app.waits(31 * DAY);
        assert_eq!(app.client.get(&path).await.status, 410);
        assert_eq!(answers_mail(app, &path, "action=confirm").await.status, 410);
    }

    async fn mails_speak_the_language_of_the_site(app: TestApp) {
        let mo = app.moderator().await;
        app.sets_policy(Policy { language: Language::German, ..Policy::default() }).await;
        let comment = sends(app, "Ein Wort", ("ann@example.org", "outcome")).await;
        let asked = mailbox(app, "ann@example.org").await.pop().unwrap();
        assert!(asked.contains("lang=\"de\"") && asked.contains("Ja oder nein antworten"), "{asked}");
        let (_, plain) = asked.split_once("Ja oder nein antworten:").unwrap();
        let page = answers_mail(app, &link(plain), "action=confirm").await.text();
        assert!(page.contains("Sie erhalten E-Mails zu Ihren Kommentaren"), "{page}");
        decides(app, &mo, "approve", &comment).await;
        app.waits(WINDOW);
        assert!(mailbox(app, "ann@example.org").await[1].contains("Ihr Kommentar ist veröffentlicht"));
    }

    async fn spam_is_asked_like_what_waits(app: TestApp) {
        let held = [("article", "news/1"), ("article_url", "https://news.example/news/1"), ("article_title", "News"), ("name", "Ann"), ("email", "ann@example.org"), ("comment", "Held"), ("notify", "outcome")];
        let path = "/v1/sites/gazette/comments";
        assert_eq!(app.client.submit(path, &held, &[]).await.status, 303);
        let mut spam = held;
        (spam[4].1, spam[5].1) = ("bob@example.org", "Spam");
        let spam = [&spam[..], &[("address", "filled")]].concat();
        assert_eq!(app.client.submit(path, &spam, &[]).await.status, 303);
        assert_eq!(app.rows("select count(*) from comments where status = 'spam'").await, 1);
        let (one, other) = (mailbox(app, "ann@example.org").await, mailbox(app, "bob@example.org").await);
        assert_eq!((one.len(), other.len()), (1, 1));
        // nobody is asked for nothing
        app.submits("Without a wish", "eve@example.org").await;
        assert_eq!(mailbox(app, "eve@example.org").await.len(), 0);
    }

    async fn nothing_is_told_of_an_article_that_was_deleted(app: TestApp) {
        let (mo, token) = (app.moderator().await, app.backend().await);
        let comment = sends(app, "The first words", ("ann@example.org", "replies")).await;
        confirms(app, "ann@example.org").await;
        decides(app, &mo, "approve", &comment).await;
        let reply = answers(app, &comment, "An answer", ("bob@example.org", "none")).await;
        decides(app, &mo, "approve", &reply).await;
        let bearer = format!("Bearer {token}");
        let way = ("DELETE", "/v1/sites/gazette/articles/news%2F1");
        assert_eq!(app.client.send(way, &[("authorization", &bearer)], None).await.status, 204);
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 1);
    }

    async fn too_many_letters_a_day_are_not_sent(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "What about the ferry?", ("ann@example.org", "replies")).await;
        confirms(app, "ann@example.org").await;
        decides(app, &mo, "approve", &comment).await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        for number in 0..25 {
            answers(app, &comment, &format!("Answer {number}"), (&format!("r{number}@example.org"), "none")).await;
        }
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 1 + 20);
        app.waits(DAY);
        answers(app, &comment, "The day after", ("bob@example.org", "none")).await;
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 1 + 20 + 1);
    }

    async fn an_author_chooses_mail_by_the_receipt(app: TestApp) {
        let comment = app.submits("The first words", "ann@example.org").await;
        let token = comment["receipt"]["token"].as_str().unwrap();
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 0);
        let path = format!("/v1/receipts/{token}");
        let answer = app.client.send(("PATCH", &path), &[], Some(&json!({"notify": "replies"}))).await;
        assert_eq!((answer.status, &answer.json()["notify"]), (200, &json!("replies")));
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 1);
        let page = app.client.submit(&format!("/receipts/{token}"), &[("action", "notify"), ("notify", "none")], &[]).await;
        assert!(page.status == 200 && page.text().contains("Saved. You get no mail about this comment."), "{}", page.text());
        for (body, fault) in [(json!({}), ("comment", "required")), (json!({"notify": "always"}), ("notify", "unknown-value"))] {
            let answer = app.client.send(("PATCH", &path), &[], Some(&body)).await;
            assert_eq!(answer.faults(), [(fault.0.to_owned(), fault.1.to_owned())]);
        }
    }

    async fn a_rejection_can_be_appealed_against_once(app: TestApp) {
        let mo = app.moderator().await;
        let comment = sends(app, "I sell no ferries", ("ann@example.org", "outcome")).await;
        confirms(app, "ann@example.org").await;
        let token = comment["receipt"]["token"].as_str().unwrap();
        let (path, appeal) = (format!("/v1/receipts/{token}"), format!("/v1/receipts/{token}/appeal"));
        let against = json!({"text": "It is no advertisement."});
        let state = async || app.client.get(&path).await.json()["appeal"]["state"].clone();
        assert_eq!((state().await, app.client.post(&appeal, &against).await.status), (json!(null), 409));
        let decide = format!("/v1/moderation/comments/{}/decisions", comment["id"].as_str().unwrap());
        let said = json!({"decision": "reject", "version": 1, "reason": "Advertising"});
        app.waits(Duration::from_secs(1));
        assert_eq!(mo.post(&decide, &said).await.status, 200);
        assert_eq!(state().await, json!("possible"));
        for (text, code) in [(" ".to_owned(), "required"), ("x".repeat(2_001), "too-long"), ("a\u{0}b".to_owned(), "control-character")] {
            let answer = app.client.post(&appeal, &json!({"text": text})).await;
            assert_eq!(answer.faults(), [("text".to_owned(), code.to_owned())]);
        }
        app.waits(WINDOW);
        assert_eq!(mailbox(app, "ann@example.org").await.len(), 2);
        let answer = app.client.post(&appeal, &against).await;
        assert_eq!((answer.status, answer.json()["status"].clone(), answer.json()["appeal"]["state"].clone()), (200, json!("rejected"), json!("waiting")));
        let again = app.client.post(&appeal, &against).await;
        assert_eq!((again.status, again.problem()), (409, "already-decided".to_owned()));
        // the moderators are told, and read what is said
        let waiting = mo.queue("&needs=appeal").await;
        assert_eq!((waiting.len(), &waiting[0]["appeal"]), (1, &json!("It is no advertisement.")));
        app.delivers_everything().await;
        let told = decoded(&app.mails().await.last().unwrap().1);
        assert!(told.contains("Its author asks for another look"), "{told}");
        // it stays as it is, for the reason that was given
        decides(app, &mo, "reject", &comment).await;
        let receipt = app.client.get(&path).await.json();
        assert_eq!((&receipt["status"], &receipt["reason"], &receipt["appeal"]["state"]), (&json!("rejected"), &json!("Advertising"), &json!("answered")));
        assert_eq!(mo.queue("").await, [] as [Value; 0]);
        app.waits(WINDOW);
        let mails = mailbox(app, "ann@example.org").await;
        assert!(mails.len() == 3 && mails[2].contains("it stays unpublished"), "{}", mails[2]);
        let version = mo.opens(&comment).await["version"].as_i64().unwrap();
        assert_eq!(mo.decides(&comment, "reject", version).await.status, 409, "there is nothing to answer any more");
        assert_eq!(app.client.post(&appeal, &against).await.status, 409);
    }

    async fn an_appeal_that_is_granted_publishes(app: TestApp) {
        let mo = app.moderator().await;
        let comment = app.submits("I sell no ferries", "ann@example.org").await;
        decides(app, &mo, "reject", &comment).await;
        let token = comment["receipt"]["token"].as_str().unwrap();
        let page = app.client.get(&format!("/receipts/{token}")).await.text();
        assert!(page.contains("Do you disagree?"), "{page}");
        app.waits(Duration::from_secs(1));
        let fields = |text| [("action", "appeal"), ("text", text)];
        let refused = app.client.submit(&format!("/receipts/{token}"), &fields(""), &[]).await;
        assert_eq!(refused.status, 422);
        let page = app.client.submit(&format!("/receipts/{token}"), &fields("Look again"), &[]).await;
        assert!(page.status == 200 && page.text().contains("A moderator will look at it again."), "{}", page.text());
        decides(app, &mo, "approve", &comment).await;
        assert_eq!(app.reads("").await["comments"][0]["text"], "I sell no ferries");
        let page = app.client.get(&format!("/receipts/{token}")).await.text();
        assert!(page.contains("as you asked, and it is published"), "{page}");
        // spam looks as if it waited, for good
        let spam = app.submits("Spam", "bob@example.org").await;
        decides(app, &mo, "spam", &spam).await;
        let path = format!("/v1/receipts/{}", spam["receipt"]["token"].as_str().unwrap());
        assert_eq!(app.client.get(&path).await.json()["appeal"], json!(null));
        assert_eq!(app.client.post(&format!("{path}/appeal"), &json!({"text": "No"})).await.status, 409);
    }
}
